"""Scoring rules that measure a value against a stated value, another unit or the best."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from parkscore.language import Text
from parkscore.methods.columns import is_constant
from parkscore.methods.domain import BoolArray, DomainError, FloatArray
from parkscore.methods.parameters import Meaning, Problem
from parkscore.methods.partial_fits import ENDS, Gathered, GatheredName, gather
from parkscore.methods.ranges import Interval
from parkscore.methods.registry import scoring
from parkscore.methods.score_scale import (
    CLIP,
    DIRECTION,
    TO,
    Direction,
    Pair,
    Stated,
    Statistic,
    between,
    falling_ends,
    finite,
    is_higher_better,
    not_above_zero,
    refuse_cells,
    statistic,
)

UNCAPPED_COST = Text(
    "越低越好且不封顶时需要全部为正值", "needs values above zero where lower is better and nothing is capped"
)

_OF_UNIT: tuple[GatheredName, ...] = (*ENDS, "named", "named_rows")
_WORST = Meaning("起点；不给则取数据中最差的值", "where the way begins; the worst value where not stated", "indicator")


def worst_of(gathered: Gathered, direction: Direction) -> Statistic:
    """The worst present value of each column.

    >>> worst_of(gather([1.0, 4.0, np.nan], ENDS), -1)
    4.0
    """
    return statistic(np.where(is_higher_better(direction), gathered["lowest"], gathered["highest"]))


def best_of(gathered: Gathered, direction: Direction) -> Statistic:
    """The best present value of each column."""
    return statistic(np.where(is_higher_better(direction), gathered["highest"], gathered["lowest"]))


def _same(x: FloatArray, y: FloatArray) -> BoolArray:
    """Whether two values differ by no more than rounding."""
    return is_constant(np.minimum(x, y), np.maximum(x, y))


def _way(x: FloatArray, start: FloatArray, goal: FloatArray, direction: Direction) -> FloatArray:
    """The share of the way from `start` to `goal`.

    Where the goal is no better than the start there is no way: who has reached the goal has all of it, others none.
    """
    sign = np.where(is_higher_better(direction), 1.0, -1.0)
    length = sign * (goal - start)
    nowhere = (length <= 0) | _same(start, goal)
    with np.errstate(over="ignore"):
        share = sign * (x - start) / np.where(nowhere, 1.0, length)
    reached = (sign * (x - goal) >= 0) | _same(x, goal)
    return np.where(np.isnan(x), np.nan, np.where(nowhere, reached, share))


def _way_range(stated: Stated) -> Interval:
    """A start from the data is never fallen short of; a goal may be passed, and may be passed by all."""
    worst, best = stated.get("to", (0.0, 1.0))
    if stated.get("clip", True):
        return Interval(worst, best, "possible")
    return Interval(worst if stated.get("worst") is None else -math.inf, math.inf, "possible")


# --- the best, a target, a unit ----------------------------------------------------------------------------------


def fit_ends(
    x: ArrayLike,
    *,
    direction: Direction = 1,
    worst: Statistic | None = None,
    best: Statistic | None = None,
    **_others: object,
) -> dict[str, Statistic]:
    """The worst and the best value of each column, where they are not stated.

    >>> fit_ends([1.0, 4.0], direction=-1)
    {'worst': 4.0, 'best': 1.0}
    """
    return ends_from(gather(x, ENDS), direction=direction, worst=worst, best=best)


def ends_from(
    gathered: Gathered,
    *,
    direction: Direction = 1,
    worst: Statistic | None = None,
    best: Statistic | None = None,
    **_others: object,
) -> dict[str, Statistic]:
    """The worst and the best value, as `fit_ends`, from what was gathered."""
    fitted = worst_from(gathered, direction=direction, worst=worst)
    return fitted if best is not None else fitted | {"best": best_of(gathered, direction)}


@scoring(
    "distance_to_max",
    zh="与最优值的距离",
    en="Distance to the best",
    formula="s = a + (b - a) (1 - |best - x| / |best - worst|)",
    obeys={
        "unit order",
        "indicator order",
        "shift of an indicator",
        "scaling of an indicator",
        "duplicate unit",
        "monotone",
    },
    reference="COINr 1.1.14, n_dist2max; OECD/JRC Handbook, 2008, step 5 (distance to a reference)",
    golden="doing_business_2018",
    golden_source="World Bank, Doing Business 2018, country tables: 84.28 of Afghanistan for starting a business",
    parameters={
        "direction": DIRECTION,
        "worst": _WORST,
        "best": Meaning("最优值；不给则取自数据", "the best value; that of the data where not stated", "indicator"),
        "to": TO,
        "clip": CLIP,
    },
    fit=fit_ends,
    gathers=ENDS,
    fit_gathered=ends_from,
    relations=falling_ends,
    score_range=_way_range,
)
def distance_to_max(
    x: FloatArray,
    *,
    direction: Direction = 1,
    worst: Statistic | None = None,
    best: Statistic | None = None,
    to: Pair = (0.0, 1.0),
    clip: bool = True,
) -> FloatArray:
    """How near a unit is to the best one: full marks at no distance, none at that of the worst.

    x: (units,) or (units, indicators); a gap stays a gap. Where all units are equal, each of them is the best and gets
    full marks; this is all in which the rule differs from min-max.

    >>> distance_to_max([1.0, 2.0, 5.0])
    array([0.  , 0.25, 1.  ])
    >>> distance_to_max([3.0, 3.0])
    array([1., 1.])
    """
    fitted = {"worst": worst, "best": best, **fit_ends(x, direction=direction, worst=worst, best=best)}
    start, goal = (np.asarray(fitted[end], dtype=np.float64) for end in ("worst", "best"))
    return between(_way(x, start, goal, direction), to, clip)


def fit_worst(
    x: ArrayLike, *, direction: Direction = 1, worst: Statistic | None = None, **_others: object
) -> dict[str, Statistic]:
    """The worst value of each column, where it is not stated.

    >>> fit_worst([1.0, 4.0])
    {'worst': 1.0}
    """
    return worst_from(gather(x, ENDS), direction=direction, worst=worst)


def worst_from(
    gathered: Gathered, *, direction: Direction = 1, worst: Statistic | None = None, **_others: object
) -> dict[str, Statistic]:
    """The worst value, as `fit_worst`, from what was gathered."""
    return {} if worst is not None else {"worst": worst_of(gathered, direction)}


@scoring(
    "distance_to_target",
    zh="与目标值的距离",
    en="Distance to a target",
    formula="s = a + (b - a) (x - worst) / (target - worst); 1 for who meets a target that is no better than the worst",
    obeys={"unit order", "indicator order", "duplicate unit", "monotone"},
    reference="COINr 1.1.14, n_dist2targ; OECD/JRC Handbook, 2008, step 5 (distance to a reference)",
    golden="hdi_2017_to_2021",
    golden_source="UNDP, Human Development Report 2021-22, statistical annex, HDI of 2017 to 2021",
    parameters={
        "direction": DIRECTION,
        "target": Meaning("目标值，必须给定", "the target, must be stated", "indicator"),
        "worst": _WORST,
        "to": TO,
        "clip": CLIP,
    },
    fit=fit_worst,
    gathers=ENDS,
    fit_gathered=worst_from,
    relations=falling_ends,
    score_range=_way_range,
)
def distance_to_target(
    x: FloatArray,
    *,
    direction: Direction = 1,
    target: Statistic,
    worst: Statistic | None = None,
    to: Pair = (0.0, 1.0),
    clip: bool = True,
) -> FloatArray:
    """How much of the way from the worst unit to the target a unit has made.

    x: (units,) or (units, indicators); a gap stays a gap. Beyond the target scores go on rising where `clip` is off.
    Where even the worst unit meets the target, all that meet it get full marks.

    >>> distance_to_target([1.0, 2.0, 5.0, 9.0], target=5)
    array([0.  , 0.25, 1.  , 1.  ])
    >>> distance_to_target([6.0, 9.0], target=5)
    array([1., 1.])
    >>> distance_to_target([0.5, 0.4, 0.3], target=0.4, direction=-1, clip=False)
    array([0., 1., 2.])
    """
    fitted = {"worst": worst, **fit_worst(x, direction=direction, worst=worst)}
    start = np.asarray(fitted["worst"], dtype=np.float64)
    return between(_way(x, start, np.asarray(target, dtype=np.float64), direction), to, clip)


def fit_unit(
    x: ArrayLike,
    *,
    direction: Direction = 1,
    unit: str,
    units: NDArray[Any] | None = None,
    worst: Statistic | None = None,
    goal: Statistic | None = None,
    **_others: object,
) -> dict[str, Statistic]:
    """The worst value of each column and, as `goal`, the value of the unit, where they are not stated.

    units: the name of each row. Raises DomainError where the unit is not among them, or more than once.

    >>> fit_unit([1.0, 4.0, 2.0], unit="乙", units=np.array(["甲", "乙", "丙"]))
    {'worst': 1.0, 'goal': 4.0}
    """
    named = None if units is None else np.asarray(units == unit)
    return unit_from(gather(x, _OF_UNIT, named=named), direction=direction, unit=unit, worst=worst, goal=goal)


def unit_from(
    gathered: Gathered,
    *,
    direction: Direction = 1,
    unit: str,
    worst: Statistic | None = None,
    goal: Statistic | None = None,
    **_others: object,
) -> dict[str, Statistic]:
    """The worst value and that of the unit, as `fit_unit`, from what was gathered with the rows of the unit `named`."""
    fitted = worst_from(gathered, direction=direction, worst=worst)
    if goal is None:
        rows = np.atleast_1d(gathered["named_rows"])
        for number in rows[rows != 1].astype(int).tolist():
            raise DomainError(_not_one_row(unit, number))
        fitted["goal"] = statistic(gathered["named"])
    return fitted


def _not_one_row(unit: str, rows: int) -> Text:
    if rows:
        return Text(f"参照中有 {rows} 行 {unit}，应只有一行", f"the reference has {rows} rows of {unit}, not one")
    return Text(f"参照中没有 {unit}", f"the reference has no unit {unit}")


@scoring(
    "distance_to_reference",
    zh="与参照对象的距离",
    en="Distance to a reference unit",
    formula="s = a + (b - a) (x - worst) / (x of the unit - worst); 1 for who equals a unit that is the worst",
    obeys={"unit order", "indicator order", "shift of an indicator", "scaling of an indicator", "monotone"},
    reference="COINr 1.1.14, n_dist2ref; from a worst value of 0, OECD/JRC Handbook, 2008, section 5.4 and Table 15 "
    "(distance to a reference country)",
    golden="handbook_2008",
    golden_source="OECD/JRC, Handbook on Constructing Composite Indicators, 2008, Table 15 (distance to a reference "
    "country, c = best and c = worst)",
    parameters={
        "direction": DIRECTION,
        "unit": Meaning("参照对象，必须给定", "the unit to measure against, must be stated"),
        "units": Meaning("各行的评价对象", "the unit of each row"),
        "worst": _WORST,
        "goal": Meaning(
            "参照对象的值；不给则取自数据", "the unit's value; that in the data if not stated", "indicator"
        ),
        "to": TO,
        "clip": CLIP,
    },
    fit=fit_unit,
    gathers=_OF_UNIT,
    fit_gathered=unit_from,
    relations=falling_ends,
    score_range=_way_range,
)
def distance_to_reference(
    x: FloatArray,
    *,
    direction: Direction = 1,
    unit: str,
    units: NDArray[Any] | None = None,
    worst: Statistic | None = None,
    goal: Statistic | None = None,
    to: Pair = (0.0, 1.0),
    clip: bool = True,
) -> FloatArray:
    """How much of the way from the worst unit to one named unit a unit has made.

    x: (units,) or (units, indicators); a gap stays a gap. units: the name of each row. Beyond the named unit scores go
    on rising where `clip` is off. Where the named unit is itself the worst, all get full marks.

    Raises DomainError where the unit is not among the rows, or more than once.

    >>> distance_to_reference([1.0, 3.0, 5.0], unit="乙", units=np.array(["甲", "乙", "丙"]), clip=False)
    array([0., 1., 2.])
    """
    fitted = {
        "worst": worst,
        "goal": goal,
        **fit_unit(x, direction=direction, unit=unit, units=units, worst=worst, goal=goal),
    }
    start, end = (np.asarray(fitted[name], dtype=np.float64) for name in ("worst", "goal"))
    share = _way(x, start, end, direction)
    # A unit without a value gives nobody a score.
    return between(np.where(np.isnan(end), np.nan, share), to, clip)


# --- 功效系数 ----------------------------------------------------------------------------------------------------


def fit_standards(
    x: ArrayLike,
    *,
    direction: Direction = 1,
    unallowed: Statistic | None = None,
    satisfactory: Statistic | None = None,
    **_others: object,
) -> dict[str, Statistic]:
    """The standards that are not stated: `unallowed` the worst and `satisfactory` the best value of each column.

    >>> fit_standards([1.0, 4.0], satisfactory=5.0)
    {'unallowed': 1.0}
    """
    return standards_from(gather(x, ENDS), direction=direction, unallowed=unallowed, satisfactory=satisfactory)


def standards_from(
    gathered: Gathered,
    *,
    direction: Direction = 1,
    unallowed: Statistic | None = None,
    satisfactory: Statistic | None = None,
    **_others: object,
) -> dict[str, Statistic]:
    """The standards, as `fit_standards`, from what was gathered."""
    fitted = {} if unallowed is not None else {"unallowed": worst_of(gathered, direction)}
    return fitted if satisfactory is not None else fitted | {"satisfactory": best_of(gathered, direction)}


def _efficacy_problems(stated: Stated) -> list[Problem]:
    problems = not_above_zero(stated, "d")
    unallowed, satisfactory = stated.get("unallowed"), stated.get("satisfactory")
    if unallowed is not None and satisfactory is not None and np.any(np.equal(unallowed, satisfactory)):
        reason = Text("satisfactory 与 unallowed 不能相等", "satisfactory and unallowed must differ")
        problems.append(Problem("satisfactory", reason))
    return problems


def _efficacy_range(stated: Stated) -> Interval:
    low = stated.get("c", 60.0)
    high = low + stated.get("d", 40.0)
    floor = stated.get("floor")
    open_below, open_above = (stated.get(name) is not None for name in ("unallowed", "satisfactory"))
    if open_above:
        high = math.inf
    if not open_below:
        return Interval(low if floor is None else max(low, floor), max(high, low if floor is None else floor), "always")
    return Interval(-math.inf, high, "never") if floor is None else Interval(floor, max(high, floor), "possible")


@scoring(
    "efficacy",
    zh="功效系数法",
    en="Efficacy coefficient",
    formula="s = c + d (x - unallowed) / (satisfactory - unallowed), no less than the floor",
    obeys={
        "unit order",
        "indicator order",
        "shift of an indicator",
        "scaling of an indicator",
        "duplicate unit",
        "monotone",
    },
    reference="功效系数法: 60 + 40 (实际值 - 不允许值) / (满意值 - 不允许值); general form c + d (x - m) / (M - m)",
    golden="exam_item_58_73",
    golden_source="an examination question in financial analysis, 5.81 between 6 and 12 gets 58.73, "
    "222.198.130.40:8081",
    parameters={
        "direction": DIRECTION,
        "unallowed": Meaning(
            "不允许值，得 c 分；不给则取数据中最差的值",
            "the unallowed value, which gets c; the worst value where not stated",
            "indicator",
        ),
        "satisfactory": Meaning(
            "满意值，得 c + d 分；不给则取数据中最优的值",
            "the satisfactory value, which gets c + d; the best value where not stated",
            "indicator",
        ),
        "c": Meaning("不允许值的得分", "the score of the unallowed value", "score"),
        "d": Meaning("满意值比不允许值多得的分", "what the satisfactory value gets beyond that", "score"),
        "floor": Meaning("得分的下限；不给则没有", "the least score; none where not stated", "score"),
    },
    fit=fit_standards,
    gathers=ENDS,
    fit_gathered=standards_from,
    relations=_efficacy_problems,
    score_range=_efficacy_range,
)
def efficacy(
    x: FloatArray,
    *,
    direction: Direction = 1,
    unallowed: Statistic | None = None,
    satisfactory: Statistic | None = None,
    c: float = 60.0,
    d: float = 40.0,
    floor: float | None = None,
) -> FloatArray:
    """Points from the unallowed value, which gets c, to the satisfactory one, which gets c + d, and on beyond both.

    x: (units,) or (units, indicators); a gap stays a gap. Where the standards come from the data and all units are
    equal, all get the middle.

    Raises DomainError where the satisfactory value is worse than the unallowed one.

    >>> efficacy([5.81, 9.0, 12.0], unallowed=6, satisfactory=12).round(2)
    array([ 58.73,  80.  , 100.  ])
    >>> efficacy([5.81, 9.0], unallowed=6, satisfactory=12, floor=60)
    array([60., 80.])
    """
    fitted = {
        "unallowed": unallowed,
        "satisfactory": satisfactory,
        **fit_standards(x, direction=direction, unallowed=unallowed, satisfactory=satisfactory),
    }
    low, high = (np.asarray(fitted[name], dtype=np.float64) for name in ("unallowed", "satisfactory"))
    sign = np.where(is_higher_better(direction), 1.0, -1.0)
    crossed = np.asarray(sign * (high - low) < 0)
    if crossed.any():
        reason = Text("满意值比不允许值更差", "the satisfactory value is worse than the unallowed one")
        raise DomainError(reason, columns=np.flatnonzero(crossed).tolist())
    equal = _same(low, high)
    with np.errstate(over="ignore"):
        share = (x - low) / np.where(equal, 1.0, high - low)
    scores = between(np.where(equal & ~np.isnan(x), 0.5, share), (c, c + d), clip=False)
    return scores if floor is None else np.maximum(scores, floor)


# --- 标杆比值 ----------------------------------------------------------------------------------------------------


def _benchmark_problems(stated: Stated) -> list[Problem]:
    return not_above_zero(stated, "benchmark", "full")


def _benchmark_range(stated: Stated) -> Interval:
    if stated.get("cap", True):
        return Interval(0.0, stated.get("full", 100.0), "possible")
    return Interval(-math.inf, math.inf, "never")


@scoring(
    "benchmark",
    zh="标杆比值法",
    en="Ratio to a benchmark",
    formula="s = full · x / benchmark;  -: s = full · benchmark / x;  capped: no less than 0, no more than full",
    obeys={"unit order", "indicator order", "duplicate unit", "unit by unit", "monotone"},
    reference="科创指数标杆值法 (实际值 / 标杆值 × 100, 不超过 100); 黄岩区亩均效益评价办法, 2022 (不封顶)",
    golden="published_index",
    golden_source="an index of innovation by 标杆值, its table of scores, "
    "html.hanspub.org/file/_12-1150539_4_hanspub.htm",
    parameters={
        "direction": DIRECTION,
        "benchmark": Meaning("标杆值，必须给定，大于零", "the benchmark, must be stated, above zero", "indicator"),
        "full": Meaning("达到标杆的得分", "the score of a value at the benchmark", "score"),
        "cap": Meaning("得分不超过 full，也不低于零", "scores are no more than full and no less than zero"),
    },
    relations=_benchmark_problems,
    score_range=_benchmark_range,
)
def benchmark(
    x: FloatArray, *, direction: Direction = 1, benchmark: Statistic, full: float = 100.0, cap: bool = True
) -> FloatArray:
    """Points in proportion to the value over its benchmark; where lower is better, to the benchmark over the value.

    x: (units,) or (units, indicators); a gap stays a gap. Capped, whoever is at least as good as the benchmark gets
    `full` and a negative value where higher is better gets 0.

    Raises DomainError where the benchmark is not above zero and, uncapped where lower is better, where a value is not:
    no ratio says how much better than the benchmark that is.

    >>> benchmark([10391.0, 20000.0], benchmark=19470.05).round(2)
    array([ 53.37, 100.  ])
    >>> benchmark([0.8, 0.0], benchmark=0.4, direction=-1)
    array([ 50., 100.])
    """
    level = np.asarray(benchmark, dtype=np.float64)
    higher = is_higher_better(direction)
    wrong = ~(level > 0)
    if wrong.any():
        raise DomainError(Text("标杆值应大于零", "the benchmark must be above zero"), np.flatnonzero(wrong).tolist())
    if not cap:
        refuse_cells((x <= 0) & ~higher, UNCAPPED_COST)
    return full_at(x, level, higher, full, cap)


def full_at(x: FloatArray, level: FloatArray, higher: BoolArray, full: float, cap: bool) -> FloatArray:
    """`full` times the ratio of a value to a positive level, or of the level to the value where lower is better.

    Capped, who is at least as good as the level gets `full`, and nobody less than zero.

    >>> full_at(np.array([1.0, 3.0]), np.array(2.0), np.array(False), 100.0, True)
    array([100.        ,  66.66666667])
    """
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        share = np.where(higher, x / level, level / x)
    if cap:
        met = np.where(higher, x >= level, x <= level)
        share = np.where(met, 1.0, np.clip(share, 0.0, 1.0))
    return finite(full * np.where(np.isnan(x), np.nan, share))
