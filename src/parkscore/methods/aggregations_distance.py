"""Aggregations that measure each unit against the best and the worst of all units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from parkscore.language import Text
from parkscore.methods.columns import highest, in_order, is_constant, lowest, sums
from parkscore.methods.domain import DomainError, FloatArray, Needs
from parkscore.methods.parameters import Meaning, Problem
from parkscore.methods.ranges import Interval
from parkscore.methods.registry import aggregation
from parkscore.methods.standing import standings

Stated = Mapping[str, Any]

_AMONG_UNITS = frozenset({"unit order", "indicator order", "scaling of an indicator", "scaling of the weights"})
_BY_EXTREMES = _AMONG_UNITS | {"shift of an indicator", "duplicate unit"}

# A spread of sums of shares this small against their whole is rounding and not a difference between units.
_ROUNDING = 1e-12

# A score this close to 0, of at most 1, is what rounding leaves.
_NOTHING = 8 * np.finfo(np.float64).eps


def _unit_range(_children: Sequence[Interval], _stated: Stated) -> Interval:
    return Interval(0.0, 1.0, "possible")


def _counted(X: FloatArray, w: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The columns that carry weight, and their weights, the largest being 1."""
    counted = w > 0
    return np.ascontiguousarray(X[:, counted]), w[counted] / w.max()


def _between_extremes(X: FloatArray) -> tuple[FloatArray, FloatArray]:
    """How far each score is above the worst and below the best, as shares of the range: (units, indicators) each.

    Both are 0 where all units are equal: such an indicator tells no unit from another.
    """
    low, high = lowest(X), highest(X)
    differs = (high > low) & ~is_constant(low, high)
    width = np.where(differs, high - low, 1.0)
    return np.where(differs, (X - low) / width, 0.0), np.where(differs, (high - X) / width, 0.0)


# --- TOPSIS ------------------------------------------------------------------------------------------------------


def _closeness(above: FloatArray, below: FloatArray) -> FloatArray:
    """D⁻ / (D⁺ + D⁻) from weighted differences; 0.5 for all where no unit differs from another."""
    to_worst = np.sqrt(np.square(above).sum(axis=1))
    to_best = np.sqrt(np.square(below).sum(axis=1))
    both = to_worst + to_best
    return np.asarray(np.divide(to_worst, both, out=np.full_like(both, 0.5), where=both > 0))


@aggregation(
    "topsis_vector",
    zh="逼近理想解排序法（TOPSIS，向量规范化）",
    en="TOPSIS with vector normalisation",
    formula="C = D⁻ / (D⁺ + D⁻);  D± = √Σ (w (s - s±) / √Σs²)²;  s⁺ = max s, s⁻ = min s",
    needs=Needs(complete=True),
    obeys=_AMONG_UNITS,
    reference="Hwang, Yoon 1981, Multiple Attribute Decision Making, Springer",
    golden="tzeng_2011",
    golden_source="Tzeng, Huang 2011, Multiple Attribute Decision Making, CRC Press; as in scikit-criteria, "
    "tests/agg/test_topsis.py",
    may_lower=Text(
        "得分有正有负的一列除以自身长度，其余各格随之变动",
        "a column of both signs is divided by its length, which moves all its other cells",
    ),
    combine_range=_unit_range,
)
def topsis_vector(X: FloatArray, w: FloatArray) -> FloatArray:
    """How near a unit is to the best values of all units, and how far from the worst, 0 to 1.

    X: (units, indicators), complete; w: (indicators,), not negative, of any sum above 0. Returns (units,).
    The result depends on which units are there. Indicators equal for all units, zero or not, play no part; where all
    are, every unit gets 0.5. A column of weight 0 never matters. Improving a score can lower the unit's own result,
    as the length of the column grows with it.

    >>> topsis_vector([[3.0, 0.0], [4.0, 0.0]], [1, 1])
    array([0., 1.])
    """
    scores, weights = _counted(X, w)
    size = np.fmax.reduce(np.abs(scores), axis=0, initial=0.0)
    scaled = scores / np.where(size > 0, size, 1.0)
    length = np.sqrt(sums(np.square(in_order(scaled))))
    low, high = lowest(scaled), highest(scaled)
    factor = np.where(is_constant(low, high), 0.0, weights / np.where(length > 0, length, 1.0))
    return _closeness((scaled - low) * factor, (high - scaled) * factor)


@aggregation(
    "topsis_minmax",
    zh="逼近理想解排序法（TOPSIS，极差规范化）",
    en="TOPSIS with min-max normalisation",
    formula="C = D⁻ / (D⁺ + D⁻);  D⁻ = √Σ (w r)²,  D⁺ = √Σ (w (1 - r))²;  r = (s - min s) / (max s - min s)",
    needs=Needs(complete=True),
    obeys=_BY_EXTREMES | {"monotone"},
    reference="Hwang, Yoon 1981; min-max form as in Opricovic, Tzeng 2004, EJOR 156, 445-455",
    golden="opricovic_tzeng_2004",
    golden_source="Opricovic, Tzeng 2004, European Journal of Operational Research 156, 445-455; as in pymcdm, "
    "test/test_mcdm.py",
    combine_range=_unit_range,
)
def topsis_minmax(X: FloatArray, w: FloatArray) -> FloatArray:
    """How near a unit is to the best values of all units, each indicator spread from 0 to 1 first.

    X: (units, indicators), complete; w: (indicators,), not negative, of any sum above 0. Returns (units,), 0 to 1.
    The result depends on the best and the worst units that are there. Indicators equal for all units play no part;
    where all are, every unit gets 0.5. A column of weight 0 never matters.

    >>> topsis_minmax([[3.0, 0.0], [4.0, 0.0], [5.0, 0.0]], [1, 1])
    array([0. , 0.5, 1. ])
    """
    scores, weights = _counted(X, w)
    above, below = _between_extremes(scores)
    return _closeness(above * weights, below * weights)


# --- VIKOR -------------------------------------------------------------------------------------------------------


def _check_share(stated: Stated) -> list[Problem]:
    if 0 <= stated.get("majority", 0.5) <= 1:
        return []
    return [Problem("majority", Text("majority 应在 0 与 1 之间", "majority must be from 0 to 1"))]


@aggregation(
    "vikor",
    zh="折衷排序法（VIKOR）",
    en="VIKOR compromise ranking",
    formula="1 - Q;  Q = v (S - min S) / (max S - min S) + (1 - v) (R - min R) / (max R - min R);  "
    "S = Σ w d, R = max w d;  d = (max s - s) / (max s - min s)",
    needs=Needs(complete=True),
    obeys=_BY_EXTREMES,
    reference="Opricovic, Tzeng 2004, European Journal of Operational Research 156, 445-455",
    golden="opricovic_tzeng_2007",
    golden_source="Opricovic, Tzeng 2007, European Journal of Operational Research 178, 514-529, four scenarios",
    may_lower=None,
    parameters={
        "majority": Meaning(
            "总体差距与最大单项差距之间的权衡 v：1 只看总体，0 只看最差一项",
            "v, between the regret in all (1) and the largest single regret (0)",
        )
    },
    relations=_check_share,
    combine_range=_unit_range,
)
def vikor(X: FloatArray, w: FloatArray, *, majority: float = 0.5) -> FloatArray:
    """How good a compromise a unit is: 1 - Q, so that 1 is the best unit and higher is better.

    X: (units, indicators), complete; w: (indicators,), not negative, of any sum above 0. Returns (units,), 0 to 1.
    The result depends on the best and the worst units that are there. An indicator equal for all units plays no part;
    a part of Q in which all units are equal is 0, so a unit alone gets 1. A column of weight 0 never matters.
    Raises DomainError where majority is not from 0 to 1.

    >>> vikor([[1.0, 3.0], [2.0, 3.0], [3.0, 3.0]], [1, 0])
    array([0. , 0.5, 1. ])
    """
    if problems := _check_share({"majority": majority}):
        raise DomainError(problems[0].reason)
    scores, weights = _counted(X, w)
    regrets = _between_extremes(scores)[1] * weights
    whole, largest = regrets.sum(axis=1), regrets.max(axis=1, initial=0.0)
    size = float(weights.sum())
    result = 1 - majority * _above_least(whole, size) - (1 - majority) * _above_least(largest, size)
    # The worst in both gets 0, and not what rounding leaves of 1 - 1.
    return np.asarray(np.where(result < _NOTHING, 0.0, result))


def _above_least(values: FloatArray, size: float) -> FloatArray:
    """Values spread from 0 to 1; all 0 where they differ by no more than rounding."""
    low, high = lowest(values), highest(values)
    if not high - low > _ROUNDING * size:
        return np.zeros_like(values)
    return np.asarray((values - low) / (high - low))


# --- grey relational analysis ------------------------------------------------------------------------------------


def _check_distinguishing(stated: Stated) -> list[Problem]:
    if 0 < stated.get("distinguishing", 0.5) <= 1:
        return []
    reason = Text("distinguishing 应大于 0 且不超过 1", "distinguishing must be above 0 and at most 1")
    return [Problem("distinguishing", reason)]


def _grey_range(_children: Sequence[Interval], stated: Stated) -> Interval:
    ratio = stated.get("distinguishing", 0.5)
    return Interval(ratio / (1 + ratio), 1.0, "possible")


@aggregation(
    "grey_relational",
    zh="灰色关联度",
    en="Grey relational grade",
    formula="S = Σ w ξ / Σ w;  ξ = (min Δ + ρ max Δ) / (Δ + ρ max Δ);  Δ = (max s - s) / (max s - min s)",
    needs=Needs(complete=True),
    obeys=_BY_EXTREMES | {"monotone"},
    reference="Deng 1989, Journal of Grey System 1, 1-24; Kuo, Yang, Huang 2008, Computers & Industrial Engineering 55",
    golden="yildirim_onder_2015",
    golden_source="Yıldırım, Önder 2015, Çok Kriterli Karar Verme Yöntemleri, Dora; every digit in the documentation "
    "of JMcDM (Julia), grey",
    parameters={
        "distinguishing": Meaning(
            "分辨系数 ρ，通常取 0.5；越小，差异越明显",
            "the distinguishing coefficient, by custom 0.5; the smaller, the further units are apart",
        )
    },
    relations=_check_distinguishing,
    combine_range=_grey_range,
)
def grey_relational(X: FloatArray, w: FloatArray, *, distinguishing: float = 0.5) -> FloatArray:
    """How closely a unit follows the best value of every indicator, each spread from 0 to 1 first.

    X: (units, indicators), complete; w: (indicators,), not negative, of any sum above 0. Returns (units,), from
    ρ / (1 + ρ) to 1. After the spreading min Δ is 0 and max Δ is 1. The result depends on the best and the worst units
    that are there. An indicator equal for all units is the best value for each. A column of weight 0 never matters.
    Raises DomainError where the coefficient is not above 0 or is above 1.

    >>> grey_relational([[0.0], [5.0], [10.0]], [1])
    array([0.33333333, 0.5       , 1.        ])
    """
    if problems := _check_distinguishing({"distinguishing": distinguishing}):
        raise DomainError(problems[0].reason)
    scores, weights = _counted(X, w)
    relation = distinguishing / (_between_extremes(scores)[1] + distinguishing)
    return np.asarray((relation * weights).sum(axis=1) / weights.sum())


# --- rank-sum ratio ----------------------------------------------------------------------------------------------


def _ratio_range(_children: Sequence[Interval], _stated: Stated) -> Interval:
    # The worst rank is 1 of however many units.
    return Interval(0.0, 1.0, "never")


@aggregation(
    "rsr",
    zh="秩和比（RSR）",
    en="Rank-sum ratio",
    formula="S = Σ w R / (n Σ w);  whole: R = rank, 1 = worst, ties share the mean;  "
    "linear: R = 1 + (n - 1) (s - min s) / (max s - min s)",
    needs=Needs(complete=True),
    obeys=_AMONG_UNITS | {"shift of an indicator", "monotone"},
    reference="田凤调 1993, 秩和比法及其应用, 中国医药科技出版社",
    golden="mathmodels",
    golden_source="mathmodels (R, zhjx19), example of rank_sum_ratio, "
    "rdrr.io/github/zhjx19/mathmodels/man/rank_sum_ratio.html",
    parameters={
        "ranks": Meaning(
            "编秩：whole 整次秩（相同者取平均秩），linear 非整次秩（按数值线性内插）",
            "ranks: whole numbers (equal scores share the mean), or linear between the worst and the best",
        )
    },
    combine_range=_ratio_range,
)
def rsr(X: FloatArray, w: FloatArray, *, ranks: Literal["whole", "linear"] = "whole") -> FloatArray:
    """The weighted mean of a unit's ranks within each indicator, as a share of the number of units.

    X: (units, indicators), complete; w: (indicators,), not negative, of any sum above 0. Returns (units,), above 0 and
    at most 1. The result depends on which units are there. An indicator equal for all units gives each the middle rank
    of whole ranks and of linear ones. A column of weight 0 never matters.

    >>> rsr([[1.0], [2.0], [2.0], [9.0]], [1])
    array([0.25 , 0.625, 0.625, 1.   ])
    """
    scores, weights = _counted(X, w)
    above, below = _between_extremes(scores)
    # Equal for all: (0 - 0 + 1) / 2 is the middle; otherwise (above - below + 1) / 2 is the share of the range.
    place = standings(scores) if ranks == "whole" else (above - below + 1) / 2
    ratios = (1 + (len(scores) - 1) * place) / max(len(scores), 1)
    return np.asarray((ratios * weights).sum(axis=1) / weights.sum())
