"""Weighting methods that give an indicator the more, the less the others could stand in for it."""

from __future__ import annotations

from typing import Literal

import numpy as np

from parkscore.methods.columns import Divisor, highest, is_constant, lowest
from parkscore.methods.domain import FloatArray, Needs
from parkscore.methods.parameters import Meaning
from parkscore.methods.registry import weighting
from parkscore.methods.shares import shares_of
from parkscore.methods.unit_order import in_unit_order
from parkscore.methods.weights import entropy

# Above this correlation, 1 - r is computed in the way that keeps its digits; below the other it is a rounding of 0.
_NEARLY_ONE = 0.99
_ROUNDING = 1e-20
# Logarithms of values below this are subtracted, as their ratios might overflow.
_TINY = 1e-150
# Each loss counts this much more, which decides only where the losses themselves do not; a weight so small is 0.
_TRACE = 1e-100
_NO_WEIGHT = 1e-50


@weighting(
    "critic",
    zh="CRITIC 客观赋权法",
    en="CRITIC weights",
    formula="C_j = σ_j Σ_k (1 - r_jk);  w = C / ΣC;  σ of the indicators scaled to 0-1",
    needs=Needs(complete=True, units=2),
    obeys={"unit order", "indicator order", "shift of an indicator", "scaling of an indicator"},
    reference="Diakoulaki, Mavrotas, Papayannakis 1995, Computers and Operations Research 22",
    golden="diakoulaki_1995",
    golden_source="Diakoulaki, Mavrotas, Papayannakis 1995, Computers and Operations Research 22(7), 763-770; to nine "
    "digits in scikit-criteria, tests/preprocessing/test_weighters.py",
    parameters={
        "correlation": Meaning(
            "相关系数：pearson 或 spearman（秩相关）", "the correlation: pearson, or spearman of the ranks"
        ),
        "absolute": Meaning(
            "以 |r| 代替 r：负相关也不算冲突", "take |r| for r, so that moving against each other is no conflict either"
        ),
        "divisor": Meaning(
            "标准差的分母：n 或 n-1，如文献所述；权重与此无关",
            "what the standard deviation divides by, n or n-1, as a source states it; it cancels in the weights",
        ),
    },
)
def critic(
    X: FloatArray,
    *,
    correlation: Literal["pearson", "spearman"] = "pearson",
    absolute: bool = False,
    divisor: Divisor = "n-1",
) -> FloatArray:
    """Weights that grow with the spread of an indicator and with its lack of correlation with the others.

    X: (units, indicators), larger is better, without gaps. Returns shares, (indicators,), summing to 1.
    Raises DomainError where X has gaps or one unit only.

    An indicator equal for all units gets 0 and is nobody's conflict. Where the others all move exactly together
    (there may be but one), they share alike. If all indicators are equal for all units, so are the shares.

    >>> critic(np.array([[0.0, 0.0, 5.0], [1.0, 2.0, 1.0], [2.0, 4.0, 5.0]])).round(4)
    array([0.2321, 0.2321, 0.5359])
    """
    rows = in_unit_order(X)
    low, high = lowest(rows), highest(rows)
    uneven = ~is_constant(low, high)
    amounts = np.zeros(len(uneven))
    if not uneven.any():
        return shares_of(amounts)
    scaled = rows if uneven.all() else rows[:, uneven]
    scaled -= low[uneven]
    scaled /= (high - low)[uneven]
    from_mean = scaled - scaled.mean(axis=0)
    spread = np.sqrt(np.einsum("ij,ij->j", from_mean, from_mean) / (len(X) - (divisor == "n-1")))
    if correlation == "spearman":
        from_mean = np.apply_along_axis(_average_ranks, 0, scaled) - (len(X) + 1) / 2
    amounts[uneven] = spread * _conflicts(from_mean, absolute).sum(axis=0)
    return shares_of(amounts, uneven)


def _average_ranks(x: FloatArray) -> FloatArray:
    """Ranks from 1, smallest first, the equal ones sharing the mean of their ranks."""
    order = np.argsort(x)
    ordered = x[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    ends = np.append(starts[1:], len(x))
    ranks = np.empty(len(x))
    ranks[order] = np.repeat((starts + ends + 1) / 2, ends - starts)
    return ranks


def _conflicts(from_mean: FloatArray, absolute: bool) -> FloatArray:
    """1 - r of each pair of columns of deviations, none of them all 0; or 1 - |r|.

    Of columns that nearly coincide it is half the squared distance of the two at length 1, where 1 - r would cancel.
    """
    unit = from_mean / np.sqrt(np.einsum("ij,ij->j", from_mean, from_mean))
    r = unit.T @ unit
    conflicts = 1.0 - (np.abs(r) if absolute else r)
    np.fill_diagonal(conflicts, 0.0)
    for j, k in zip(*np.nonzero(np.triu(conflicts < 1.0 - _NEARLY_ONE, 1)), strict=True):
        apart = unit[:, j] - np.sign(r[j, k]) * unit[:, k]
        half = np.square(apart).sum() / 2
        conflicts[j, k] = conflicts[k, j] = half if half > _ROUNDING else 0.0
    return np.asarray(conflicts)


@weighting(
    "merec",
    zh="准则移除效应法",
    en="MEREC weights",
    formula="S_i = ln(1 + Σ_j |ln(min_j / x_ij)| / m);  E_j = Σ_i |S_i without j - S_i|;  w = E / ΣE",
    needs=Needs(positive=True, complete=True, units=2),
    obeys={"unit order", "indicator order", "scaling of an indicator"},
    reference="Keshavarz-Ghorabaee, Amiri, Zavadskas, Turskis, Antucheviciene 2021, Symmetry 13(4), 525",
    golden="keshavarz_ghorabaee_2021",
    golden_source="Keshavarz-Ghorabaee, Amiri, Zavadskas, Turskis, Antucheviciene 2021, Symmetry 13(4), 525, "
    "illustrative example",
)
def merec(X: FloatArray) -> FloatArray:
    """Weights by how much the performance of the units changes when an indicator is removed.

    X: (units, indicators), larger is better, all above zero, without gaps; the paper's scaling min / x is part of the
    method. Returns shares, (indicators,), summing to 1. Raises DomainError where X has gaps or values of zero or below
    (min-max scores from 0 have), or one unit only.

    An indicator equal for all units gets 0, though it counts among the m; if all are equal, so are the shares.

    >>> merec(np.array([[1.0, 1.0], [2.0, 4.0]])).round(4)
    array([0.3096, 0.6904])
    """
    rows = in_unit_order(X)
    low, high = lowest(rows), highest(rows)
    tiny = low < _TINY
    far = np.log(rows[:, tiny]) - np.log(low[tiny])
    rows /= np.where(tiny, 1.0, low)
    above = np.log(rows, out=rows)
    above[:, tiny] = far
    above[:, is_constant(low, high)] = 0.0
    # S without j is S + ln(1 - share of j in the sum whose logarithm S is).
    count = above.shape[1]
    above /= -(count + above @ np.ones(count))[:, np.newaxis]
    return shares_of(-np.log1p(above, out=above).sum(axis=0))


@weighting(
    "cilos",
    zh="准则影响损失法",
    en="CILOS weights",
    formula="p_ij = (max_j - x_kj) / max_j with k the best unit on i;  q_j Σ_i p_ij = Σ_i p_ji q_i;  w = q / Σq",
    needs=Needs(nonnegative=True, complete=True, units=2),
    obeys={"unit order", "indicator order", "scaling of an indicator"},
    reference="Zavadskas, Podvezko 2016, International Journal of Information Technology and Decision Making 15(2)",
    golden="zavadskas_podvezko_2016",
    golden_source="Zavadskas, Podvezko 2016, International Journal of Information Technology and Decision Making "
    "15(2), 267-283",
)
def cilos(X: FloatArray) -> FloatArray:
    """Weights that grow as less of an indicator is lost where another one is at its best.

    X: (units, indicators), larger is better, none below zero, without gaps; turn costs round first, as the paper does
    by min / x. Returns shares, (indicators,), summing to 1. Raises DomainError where X has gaps or negative values, or
    one unit only.

    Of several units that are best on an indicator, the loss is the mean, so that the order of the units does not
    matter. An indicator equal for all units has nothing to lose and would take all the weight; it gets 0. Where the
    losses leave the weights open, as when one unit is best on several indicators, they are what the weights tend to
    when every loss is a trace larger: indicators that are alike share alike. If all are equal for all units, so are
    the shares.

    >>> cilos(np.array([[1.0, 4.0], [2.0, 1.0]])).round(4)
    array([0.6, 0.4])
    """
    rows = in_unit_order(X)
    low, high = lowest(rows), highest(rows)
    uneven = ~is_constant(low, high)
    weights = np.zeros(len(uneven))
    if uneven.any():
        weights[uneven] = _balance(_losses(rows[:, uneven], high[uneven]).T)
    return shares_of(weights)


def _losses(rows: FloatArray, high: FloatArray) -> FloatArray:
    """p_ij: the relative loss on j, as a mean over the units that are best on i."""
    lost = high - rows
    best = (lost == 0).astype(np.float64)
    lost /= high
    return np.asarray((best.T @ lost) / best.sum(axis=0)[:, np.newaxis])


def _balance(rates: FloatArray) -> FloatArray:
    """What stays in each place when, per unit of time, the part rates[j, i] of j moves on to i.

    The elimination of Grassmann, Taksar and Heyman: it never subtracts, so nothing turns negative or loses its digits.
    """
    rates = rates + _TRACE
    count = len(rates)
    for last in range(count - 1, 0, -1):
        rates[:last, last] /= rates[last, :last].sum()
        rates[:last, :last] += np.outer(rates[:last, last], rates[last, :last])
    stays = np.ones(count)
    for place in range(1, count):
        stays[place] = stays[:place] @ rates[:place, place]
    stays /= stays.max()
    return np.where(stays > _NO_WEIGHT, stays, 0.0)


@weighting(
    "idocriw",
    zh="综合客观准则权重法",
    en="IDOCRIW weights",
    formula="w = q e / Σ q e;  q the CILOS weights, e the entropy weights",
    needs=Needs(nonnegative=True, complete=True, units=2),
    obeys={"unit order", "indicator order", "scaling of an indicator"},
    reference="Zavadskas, Podvezko 2016, International Journal of Information Technology and Decision Making 15(2)",
    golden="zavadskas_podvezko_2016",
    golden_source="Zavadskas, Podvezko 2016, International Journal of Information Technology and Decision Making "
    "15(2), 267-283: the ratio of its two benefits; of costs it takes the entropy before they are turned round",
)
def idocriw(X: FloatArray) -> FloatArray:
    """The product of CILOS and entropy weights: an indicator counts that is uneven and that little is lost of.

    X: (units, indicators), larger is better, none below zero, without gaps. Returns shares, (indicators,), summing to
    1. Raises DomainError where X has gaps or negative values, or one unit only.

    The paper takes the entropy of a cost from its raw values and the loss from min / x; here both come from the same
    scores. What `cilos` and `entropy` say of even indicators and of zeros holds: those get 0, these have 0 ln 0 = 0.

    >>> idocriw(np.array([[1.0, 4.0], [2.0, 1.0]])).round(4)
    array([0.3059, 0.6941])
    """
    return shares_of(cilos.function(X) * entropy.function(X))
