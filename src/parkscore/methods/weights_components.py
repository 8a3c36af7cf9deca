"""Weights from the principal components of the indicators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from parkscore.language import Text
from parkscore.methods.columns import highest, is_constant, lowest
from parkscore.methods.domain import DomainError, FloatArray, Needs
from parkscore.methods.parameters import Meaning, Problem
from parkscore.methods.registry import weighting
from parkscore.methods.shares import shares_of
from parkscore.methods.unit_order import in_unit_order, sums_and_products

# Variances of components this near to each other are the same but for rounding; so is a share this near to another.
_SAME = 1e-9
# Squares about the mean that are this part of those about zero, and no smaller than that, keep all but two digits.
_FAR = 0.01
_SMALLEST = 1e-280
# A squared loading below this is a rounding of 0.
_NO_LOADING = 1e-24

_OUTSIDE = Text("explained 应在 0 和 1 之间", "explained must be between 0 and 1")


def _outside(stated: Mapping[str, Any]) -> list[Problem]:
    return [] if 0 <= stated.get("explained", 0.0) <= 1 else [Problem("explained", _OUTSIDE)]


@weighting(
    "pca",
    zh="主成分赋权",
    en="Principal component weights",
    formula="R a_k = λ_k a_k;  w_j = Σ_k λ_k a_jk² / Σ_k λ_k",
    needs=Needs(complete=True, units=2),
    # Another order of the indicators moves a weight by some 1e-14, which is too much of a tiny one to promise.
    obeys={"unit order", "shift of an indicator", "scaling of an indicator"},
    reference="Nicoletti, Scarpetta, Boylaud 2000; OECD/JRC, Handbook on Composite Indicators, 2008, step 6",
    golden="us_arrests",
    golden_source="James, Witten, Hastie, Tibshirani 2013, An Introduction to Statistical Learning, section 10.4: "
    "loadings of USArrests",
    parameters={
        "explained": Meaning(
            "所取主成分至少解释的方差比例；0 表示只取第一主成分",
            "the share of variance that the components taken explain at least; 0 takes the first alone",
        )
    },
    relations=_outside,
)
def pca(X: FloatArray, *, explained: float = 0.0) -> FloatArray:
    """Weights by the squared loadings on the first principal components of the correlations, without rotation.

    X: (units, indicators), larger is better, without gaps. Returns shares, (indicators,), summing to 1.
    Raises DomainError where X has gaps or one unit only, or `explained` is not in 0-1.

    A squared loading, the part of a component's variance that an indicator accounts for, is never negative and the
    same whichever way the component points, so no sign is left to chance. An indicator that runs against the others is
    therefore weighted by how strongly it does: look at the correlations before using these weights. Components of
    equal variance are taken together, as none of them is the first. An indicator equal for all units gets 0; if all
    are, the shares are equal.

    >>> pca(np.array([[0.0, 0.0, 1.0], [1.0, 2.0, 0.0], [2.0, 4.0, 1.0]]))
    array([0.5, 0.5, 0. ])
    """
    if not 0 <= explained <= 1:
        raise DomainError(_OUTSIDE)
    sums, products = sums_and_products(X)
    # What is left of the squares once the mean is taken off, and has lost two digits at most.
    about_mean = products - np.outer(sums, sums / len(X))
    squares = np.diagonal(about_mean)
    if squares.size and (squares > _FAR * np.diagonal(products) + _SMALLEST).all():
        size = 1.0 / np.sqrt(squares)
        return shares_of(_communalities(about_mean * size * size[:, np.newaxis], explained))
    rows = in_unit_order(X)
    low, high = lowest(rows), highest(rows)
    uneven = ~is_constant(low, high)
    weights = np.zeros(len(uneven))
    if uneven.any():
        scaled = (rows[:, uneven] - low[uneven]) / (high - low)[uneven]
        scaled -= scaled.mean(axis=0)
        scaled /= np.sqrt(np.square(scaled).sum(axis=0))
        weights[uneven] = _communalities(scaled.T @ scaled, explained)
    return shares_of(weights)


def _communalities(R: FloatArray, explained: float) -> FloatArray:
    """Σ_k λ_k a_jk² over the components that are taken."""
    variances, loadings = np.linalg.eigh(R)  # the largest variance last
    reached = np.cumsum(variances[::-1]) >= (explained - _SAME) * len(R)
    last = variances[-1 - reached.argmax()]
    taken = variances >= last - _SAME * variances[-1]
    communalities = np.square(loadings[:, taken]) @ variances[taken]
    return np.where(communalities > _NO_LOADING, communalities, 0.0)
