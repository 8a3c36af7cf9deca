"""Weights that spread the units as far apart as they can be, over all years of a panel together."""

from __future__ import annotations

import numpy as np

from parkscore.language import Text
from parkscore.methods.domain import DomainError, FloatArray, Needs
from parkscore.methods.registry import weighting
from parkscore.methods.unit_order import sums_and_products

# Eigenvalues this near to the largest are the same but for rounding.
_SAME = 1e-12
# So many multiplications are faster than a decomposition; where they do not settle, two eigenvalues are near.
_STEPS = 12
# Sums of products of values this large neither overflow nor vanish.
_SMALLEST, _LARGEST = 1e-100, 1e100


@weighting(
    "vertical_horizontal",
    zh="纵横向拉开档次法",
    en="Vertical and horizontal scatter degree",
    formula="H = Σ_t A_tᵀ A_t;  H w = λ w with the largest λ;  w / Σw",
    needs=Needs(complete=True, units=2),
    obeys={"unit order", "indicator order"},
    reference="郭亚军 2002, 管理科学学报 5(2), 49-54; the paper was not at hand, the formula is that of its users",
    golden="us_arrests",
    golden_source="of one year: James, Witten, Hastie, Tibshirani 2013, An Introduction to Statistical Learning, "
    "section 10.4: loadings of USArrests; no panel with printed weights was found",
    spans_years=True,
)
def vertical_horizontal(X: FloatArray) -> FloatArray:
    """Weights with which the sum of the squared scores of all units in all years is largest.

    X: (units, indicators), the rows of all years below each other, without gaps. As Σ_t A_tᵀ A_t is the product of that
    stacked table with itself, it does not matter which row is of which year; with the rows of one year only it is the
    method for a single year (横向拉开档次). Returns shares, (indicators,), summing to 1; equal shares where all scores
    are 0.

    Squared scores are counted from zero, nothing is centred here. Users standardise first (z-scores), and the square
    sum is then the spread about the mean; or take scores of one scale.
    Scores of zero and above always have such weights. Others may lead to weights of both signs, which are no shares:
    then DomainError.

    >>> vertical_horizontal(np.array([[3.0, 4.0], [3.0, 4.0]])).round(4)
    array([0.4286, 0.5714])
    """
    size = max(X.max(initial=0.0), -X.min(initial=0.0))
    if size == 0:
        return np.full(X.shape[1], 1.0 / max(X.shape[1], 1))
    ordinary = _SMALLEST < size < _LARGEST
    vector = _principal(sums_and_products(X if ordinary else X / size)[1])
    if vector.sum() <= 0 or vector.min() < -_SAME * vector.max():
        raise DomainError(
            Text(
                "最大特征值的特征向量有正有负，不能作为权重；请用不小于零的得分",
                "the eigenvector of the largest eigenvalue has both signs and gives no weights; score from 0 up",
            )
        )
    shares = np.maximum(vector, 0.0)
    return np.asarray(shares / shares.sum())


def _principal(H: FloatArray) -> FloatArray:
    """The part of equal weights that lies along the largest eigenvalue: its eigenvector, with its sign fixed.

    Where several indicators share that eigenvalue, no order of the indicators is preferred. Of a matrix above zero only
    the largest eigenvalue has a vector above zero (Perron 1907), so what a few multiplications settle on is it.
    """
    vector = np.ones(len(H))
    for _ in range(_STEPS if H.min() > 0 else 0):
        before, vector = vector, H @ vector
        vector /= vector.max()
        if np.abs(vector - before).max() < _SAME:
            return np.asarray(H @ vector)
    values, vectors = np.linalg.eigh(H)
    top = vectors[:, values >= values[-1] * (1 - _SAME)]
    vector = top @ top.sum(axis=0)
    # Multiplying keeps every digit of small entries, which the decomposition knows only against the largest.
    for _ in range(3):
        vector = H @ vector / values[-1]
    return np.asarray(vector)
