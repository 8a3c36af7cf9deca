"""Aggregations: the scores of the children become the score of their node."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from parkscore.language import Text, plural
from parkscore.methods.domain import DomainError, FloatArray, Needs
from parkscore.methods.parameters import Meaning
from parkscore.methods.ranges import Interval, hull, reaches_common_low, refuse_vanishing
from parkscore.methods.registry import aggregation
from parkscore.methods.rows import mean_of_present, rows_of, weighted_mean

Stated = Mapping[str, Any]


def _arithmetic_range(children: Sequence[Interval], _stated: Stated) -> Interval:
    return hull(children, reaches_common_low(children))


@aggregation(
    "arithmetic",
    zh="加权算术平均",
    en="Weighted arithmetic mean",
    formula="S = Σ w s / Σ w",
    obeys={
        "unit order",
        "indicator order",
        "duplicate unit",
        "unit by unit",
        "monotone",
        "unanimity",
        "scaling of all scores",
        "scaling of the weights",
    },
    reference="OECD/JRC, Handbook on Constructing Composite Indicators, 2008, step 6 (weighting and aggregation)",
    golden="asem_amean",
    golden_source="COINr 1.1.14 (R), on the ASEM data that it ships (JRC, ASEM Sustainable Connectivity Portal): "
    "a_amean",
    additive=True,
    combine_range=_arithmetic_range,
)
def arithmetic(X: FloatArray, w: FloatArray) -> FloatArray:
    """The weighted arithmetic mean: a weakness is made up for by an equal strength.

    X: (units, indicators); w: (indicators,), not negative, of any sum above 0. Returns (units,).
    The share of a missing score goes to the present ones in proportion; a unit with none is NaN. A column of weight 0
    never matters.

    >>> arithmetic([[0.0, 1.0], [np.nan, 0.4]], [1, 3])
    array([0.75, 0.4 ])
    """
    return mean_of_present(X, w)


def _geometric_range(children: Sequence[Interval], _stated: Stated) -> Interval:
    can_vanish = any(child.low == 0 and child.reaches_low != "never" for child in children)
    return hull(children, "possible" if can_vanish else reaches_common_low(children))


def _refuse_vanishing(child: Interval, _stated: Stated) -> Text | None:
    return refuse_vanishing(child, Text("几何平均", "a geometric mean"))


def _by_a_common_factor(_stated: Stated) -> bool:
    """Another scale of one child multiplies the results of all units by the same number."""
    return True


@aggregation(
    "geometric",
    zh="加权几何平均",
    en="Weighted geometric mean",
    formula="S = exp(Σ w ln s / Σ w)",
    needs=Needs(nonnegative=True),
    obeys={
        "unit order",
        "indicator order",
        "duplicate unit",
        "unit by unit",
        "monotone",
        "unanimity",
        "scaling of all scores",
        "scaling of the weights",
    },
    reference="OECD/JRC, Handbook on Constructing Composite Indicators, 2008, step 6 (weighting and aggregation)",
    golden="hdi_2017_to_2021",
    golden_source="UNDP, Human Development Report 2021-22, statistical annex, HDI of 2017 to 2021, 954 of 954",
    combine_range=_geometric_range,
    refuse_range=_refuse_vanishing,
    mixes_scales=_by_a_common_factor,
)
def geometric(X: FloatArray, w: FloatArray) -> FloatArray:
    """The weighted geometric mean: a weakness costs more than an equal strength makes up for.

    X: (units, indicators), not negative; w: (indicators,), not negative, of any sum above 0. Returns (units,).
    A score of 0 with any weight gives 0. The share of a missing score goes to the present ones in proportion; a unit
    with none is NaN. A column of weight 0 never matters, be it 0, negative or missing.

    >>> geometric([[1.0, 4.0], [0.0, 9.0], [np.nan, 5.0]], [0.5, 0.5])
    array([2., 0., 5.])
    """
    rows = rows_of(X, w)
    vanishes = ((rows.scores == 0) & (rows.weights > 0)).any(axis=1)
    logs = np.log(rows.scores, out=np.zeros_like(rows.scores), where=rows.scores > 0)
    return np.asarray(np.where(vanishes, 0.0, np.exp(weighted_mean(logs, rows))))


def mazziotta_range(children: Sequence[Interval], stated: Stated) -> Interval:
    """The sharp range of M ∓ S²/M for scores in [a, b], from S² ≤ (M - a)(b - M).

    +: M + S²/M = Σ w s² / Σ w s stays within [a, b] for a ≥ 0.
    -: M - (M - a)(b - M)/M = 2M - a - b + ab/M is least at M = √(ab/2), or at M = a where that is below a.
    """
    whole = hull(children, "never")
    a, b = whole.low, whole.high
    if stated.get("penalty", "negative") == "positive":
        return Interval(a, b, reaches_common_low(children)) if a >= 0 else Interval(0.0, math.inf, "never")
    if a < 0 or math.isinf(b):
        return Interval(-math.inf, b, "never")
    if b <= 2 * a:
        return Interval(a, b, reaches_common_low(children))
    return Interval(2 * math.sqrt(2 * a * b) - a - b, b, "never")


@aggregation(
    "mazziotta_pareto",
    zh="马齐奥塔-帕累托指数",
    en="Mazziotta-Pareto index",
    formula="S = M ∓ V / M;  M = Σ w s / Σ w;  V = Σ w (s - M)² / Σ w",
    obeys={
        "unit order",
        "indicator order",
        "duplicate unit",
        "unit by unit",
        "unanimity",
        "scaling of all scores",
        "scaling of the weights",
    },
    reference="De Muro, Mazziotta, Pareto 2011, Social Indicators Research 104; Mazziotta, Pareto 2016",
    golden="croatia_2017",
    golden_source="the official development index of Croatia (indeks razvijenosti), 2017, all 556 municipalities",
    may_lower=Text(
        "得分更不均衡的惩罚可能大过均值的提高",
        "the penalty for being uneven may grow faster than the mean",
    ),
    parameters={
        "penalty": Meaning(
            "不均衡的作用：negative 扣分（分高为好的指数），positive 加分（分高为差的指数）",
            "imbalance: negative lowers the score (indices where high is good), positive raises it (high is bad)",
        )
    },
    combine_range=mazziotta_range,
)
def mazziotta_pareto(
    X: FloatArray, w: FloatArray, *, penalty: Literal["negative", "positive"] = "negative"
) -> FloatArray:
    """The mean, less (or plus) a penalty for scores that are out of balance.

    X: (units, indicators), as a rule z-scores with center 100 and scale 10; w: (indicators,), not negative, of any sum
    above 0; equal weights give the published index. Returns (units,). M is the weighted mean and V the weighted
    population variance of a unit's scores. The share of a missing score goes to the present ones in proportion; a unit
    with none is NaN. A column of weight 0 never matters.

    Raises DomainError, with the units, where a mean is not above 0: the penalty V / M has no meaning there.

    >>> mazziotta_pareto([[90.0, 110.0], [100.0, 100.0]], [1, 1])
    array([ 99., 100.])
    """
    rows = rows_of(X, w)
    mean = weighted_mean(rows.scores, rows)
    _refuse_units(mean <= 0)
    variance = weighted_mean(np.square(rows.scores - mean[:, np.newaxis]), rows)
    with np.errstate(over="ignore"):
        imbalance = variance / mean
    # Positive and negative scores can cancel to a mean that is 0 but for rounding.
    _refuse_units(np.isinf(imbalance))
    return np.asarray(mean - imbalance if penalty == "negative" else mean + imbalance)


def _refuse_units(bad: np.typing.NDArray[np.bool_]) -> None:
    if bad.any():
        reason = Text(
            f"有 {int(bad.sum())} 个评价对象的平均分不大于零，无法计算不均衡罚分",
            f"the mean score of {plural(int(bad.sum()), 'unit')} is not above zero, so imbalance cannot be measured "
            "against it",
        )
        raise DomainError(reason, units=np.flatnonzero(bad).tolist())
