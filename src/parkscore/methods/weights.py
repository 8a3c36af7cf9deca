"""Weighting methods: scores of the units become the shares of the indicators."""

from __future__ import annotations

import math
from typing import Literal

import numpy as np

from parkscore.methods.columns import counts, highest, in_order, is_constant, lowest, means, sums
from parkscore.methods.domain import FloatArray, Needs
from parkscore.methods.parameters import Meaning
from parkscore.methods.registry import weighting
from parkscore.methods.scoring_rules import minmax
from parkscore.methods.unit_order import BLOCK, unit_order

# The shift of 0-1 scores by 0.01 that practitioners use, as a part of the range so that 0-100 scores get the same.
_SHIFT = 0.01
# The squeeze of the R package mathmodels: scores into [0.002, 0.998].
_SQUEEZE = 0.002
# In 0 ln 0, the 0 that a logarithm is taken of.
_ALMOST_ZERO = 1e-300
# 1 - e below this may be short of digits.
_NEARLY_EVEN = 1e-6


@weighting(
    "equal",
    zh="等权",
    en="Equal weights",
    formula="w = 1 / m",
    needs=Needs(finite=False),
    obeys={"unit order", "indicator order", "shift of an indicator", "scaling of an indicator", "duplicate unit"},
    reference="OECD/JRC, Handbook on Constructing Composite Indicators, 2008, step 6 (weighting and aggregation)",
    golden="salabun_2020",
    golden_source="Sałabun, Wątróbski, Shekhovtsov 2020, Symmetry 12(9), 1549, three criteria of .333; as in crispyn "
    "(Python, energyinpython), tests of the weighting methods",
)
def equal(X: FloatArray) -> FloatArray:
    """The same share for each indicator, whatever the data.

    X: (units, indicators). Returns shares, (indicators,), summing to 1.

    >>> equal(np.zeros((3, 4)))
    array([0.25, 0.25, 0.25, 0.25])
    """
    indicators = X.shape[1]
    shares = np.empty(indicators)
    shares.fill(1.0 / max(indicators, 1))
    return shares


@weighting(
    "entropy",
    zh="熵权法",
    en="Entropy weights",
    formula="p = x / Σx;  e = -Σ p ln p / ln n;  w = (1 - e) / Σ(1 - e)",
    needs=Needs(nonnegative=True, units=2),
    obeys={"unit order", "indicator order", "scaling of an indicator"},
    reference="Shannon 1948; Zeleny 1982",
    golden="elsayed_2017",
    golden_source="Elsayed, Dawood, Karthikeyan 2017, International Journal of Engineering Trends and Technology "
    "46(2), 60-66",
    parameters={
        "zeros": Meaning(
            "零值的处理：limit 取极限 0·ln 0 = 0，shift 平移，squeeze 压入 [0.002, 0.998]",
            "zeros: limit takes 0 ln 0 = 0, shift moves them up, squeeze maps each indicator into [0.002, 0.998]",
        )
    },
)
def entropy(X: FloatArray, *, zeros: Literal["limit", "shift", "squeeze"] = "limit") -> FloatArray:
    """Weights that grow with how unevenly an indicator is spread over the units.

    X: (units, indicators), scores where larger is better. Returns shares, (indicators,), summing to 1.
    Raises DomainError where X is negative or has one unit only.

    Each indicator is taken over the units that have a value, n being their number; with fewer than two it gets 0. So
    does an indicator equal for all units; if all are, the shares are equal.

    Tools differ in what they do about zeros, and the weights differ with it: `limit` takes 0 ln 0 = 0; `shift` adds 1 %
    of its range to an indicator that has a zero (0.01 on scores of 0-1); `squeeze` first maps each indicator, zeros or
    not, from its smallest and largest value to 0.002 and 0.998.

    >>> entropy(np.array([[1.0, 1.0], [1.0, 3.0]]))
    array([0., 1.])
    """
    return _shares(_unevenness(_without_zeros(X, zeros)))


def _without_zeros(X: FloatArray, zeros: Literal["limit", "shift", "squeeze"]) -> FloatArray:
    if zeros == "limit":
        return X
    if zeros == "squeeze":
        return minmax(X, to=(_SQUEEZE, 1 - _SQUEEZE))
    low, high = lowest(X), highest(X)
    return np.asarray(X + np.where(low == 0, _SHIFT * (high - low), 0.0))


def _unevenness(X: FloatArray) -> FloatArray:
    """1 - e of each column; 0 for a column that is constant or has fewer than two values.

    With r = x / mean, 1 - e = (Σ r ln r - Σ (r - 1)) / (n ln n), as Σ r = n. Columns with gaps, and nearly even ones,
    whose digits this would cancel, are added up term by term.
    """
    n = len(X)
    order = unit_order(X)
    blocks = [order[start : start + BLOCK] for start in range(0, n, BLOCK)]
    mean = np.sum([np.take(X, block, axis=0).sum(axis=0) for block in blocks], axis=0) / n
    size = np.where(mean > 0, mean, 1.0)
    total = np.zeros(X.shape[1])
    for block in blocks:
        ratios = np.take(X, block, axis=0)
        ratios /= size
        logs = np.maximum(ratios, _ALMOST_ZERO)
        np.log(logs, out=logs)
        total += np.einsum("ij,ij->j", ratios, logs) - (ratios.sum(axis=0) - len(block))
    uneven = total / (n * math.log(n))
    sure = (mean > 0) & (uneven > _NEARLY_EVEN)
    if not sure.all():
        uneven[~sure] = _unevenness_by_terms(X[:, ~sure])
    return np.asarray(uneven)


def _unevenness_by_terms(X: FloatArray) -> FloatArray:
    """1 - e as Σ (r ln r - r + 1) / (n ln n), a sum of terms none of which is negative."""
    n = counts(X)
    mean = means(X)
    even = (n < 2) | (mean == 0) | is_constant(lowest(X), highest(X))
    excess = in_order(X) / np.where(even, 1.0, mean)[:, np.newaxis] - 1.0
    logs = np.log1p(excess, out=np.zeros_like(excess), where=excess > -1.0)
    terms = np.maximum((1.0 + excess) * logs - excess, 0.0)
    scale = np.where(even, 1.0, n * np.log(np.maximum(n, 2)))
    return np.asarray(np.where(even, 0.0, sums(terms) / scale))


def _shares(amounts: FloatArray) -> FloatArray:
    """Amounts as shares of their sum; equal shares where all are 0."""
    total = amounts.sum()
    return np.asarray(amounts / total if total > 0 else np.full(amounts.shape, 1.0 / max(amounts.size, 1)))
