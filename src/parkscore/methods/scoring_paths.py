"""Scoring rules that measure a value against a base year: the unit's own value then, or a dated path from it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from parkscore.language import Text
from parkscore.methods.domain import DomainError, FloatArray
from parkscore.methods.parameters import Meaning, Problem
from parkscore.methods.ranges import Interval
from parkscore.methods.registry import scoring
from parkscore.methods.score_scale import (
    DIRECTION,
    Direction,
    Stated,
    Statistic,
    is_higher_better,
    not_above_zero,
    refuse_cells,
)
from parkscore.methods.scoring_targets import UNCAPPED_COST, full_at

Years = NDArray[np.integer[Any]]

_BASE = Meaning("同一评价对象在基期的值", "the value of the same unit in the base year", "indicator")
_BASE_YEAR = Meaning("基期年份，必须给定", "the base year, must be stated")


def _given_base(base: FloatArray | None) -> FloatArray:
    """The values of the base year; DomainError where they were not handed in or are not above zero."""
    if base is None:
        raise DomainError(Text("需要基期的数值", "needs the values of the base year"))
    values = np.asarray(base, dtype=np.float64)
    refuse_cells(values <= 0, Text("基期的值应大于零", "the values of the base year must be above zero"))
    return values


# --- 基期指数 ----------------------------------------------------------------------------------------------------


def _positive_full(stated: Stated) -> list[Problem]:
    return not_above_zero(stated, "full")


def _any_score(_stated: Stated) -> Interval:
    return Interval(-math.inf, math.inf, "never")


@scoring(
    "base_index",
    zh="基期指数（基期为 100）",
    en="Base-period index",
    formula="s = full · x / x of the unit in the base year;  -: s = full · x of the unit in the base year / x",
    obeys={"unit order", "indicator order", "duplicate unit", "unit by unit"},
    reference="OECD/JRC, Handbook on Constructing Composite Indicators, 2008, section 5.4 (the unit's own value in the "
    "initial year as its reference); 国家高新区创新能力评价指标体系: indices with a base period of 100",
    golden="rd_bulletin_2022",
    golden_source="国家统计局、科学技术部、财政部: 全国科技经费投入统计公报, 2021 and 2022 (growth of R&D expenditure)",
    may_lower=None,
    parameters={
        "direction": DIRECTION,
        "base_year": _BASE_YEAR,
        "base": _BASE,
        "full": Meaning("基期的得分", "the score of the base year", "score"),
    },
    relations=_positive_full,
    score_range=_any_score,
)
def base_index(
    x: FloatArray, *, direction: Direction = 1, base_year: int, base: FloatArray | None = None, full: float = 100.0
) -> FloatArray:
    """The value over that of the same unit in the base year; where lower is better, the latter over the former.

    x: (units,) or (units, indicators); a gap stays a gap, and a unit without a value in the base year has no score.
    base: the values of the same units in `base_year`, of the shape of x, above zero.

    Units are not compared with each other: a better value raises the unit's own score, but of two units the better one
    may have the lower score.

    Raises DomainError where a value of the base year is not above zero or, where lower is better, a value is not.

    >>> base_index([150.0, 90.0, 5.0], base_year=2020, base=np.array([100.0, 100.0, np.nan]))
    array([150.,  90.,  nan])
    >>> base_index([0.5], base_year=2020, base=np.array([0.6]), direction=-1)
    array([120.])
    """
    then = _given_base(base)
    higher = is_higher_better(direction)
    refuse_cells((x <= 0) & ~higher, UNCAPPED_COST)
    return full_at(x, then, higher, full, cap=False)


# --- dated target ------------------------------------------------------------------------------------------------


def _path_problems(stated: Stated) -> list[Problem]:
    """Either a target with its year or a yearly rate, and years that follow each other."""
    problems = not_above_zero(stated, "full", "target", "base_value")
    target, year, rate = (stated.get(name) is not None for name in ("target", "target_year", "rate"))
    if target == rate:
        reason = Text("target 与 rate 应给出且只给出一个", "state either target or rate, and not both")
        problems.append(Problem("target" if target else None, reason))
    if target and not year:
        reason = Text("给出 target 时应给出 target_year", "a target needs its target_year")
        problems.append(Problem("target_year", reason))
    if year and not stated["base_year"] < stated["target_year"]:
        reason = Text("target_year 应晚于 base_year", "target_year must be after base_year")
        problems.append(Problem("target_year", reason))
    if rate and not stated["rate"] > -1:
        problems.append(Problem("rate", Text("rate 应大于 -100%", "rate must be above -100 %")))
    return problems


def _path_range(stated: Stated) -> Interval:
    return Interval(0.0, stated.get("full", 100.0), "possible")


@scoring(
    "dated_target",
    zh="目标路径完成度",
    en="Attainment of a dated target",
    formula="due = base + (target - base) (t - t0) / (t1 - t0) but asks no more than the target itself, "
    "or base (1 + rate)^(t - t0); s = full where met, else full · x / due;  -: full · due / x",
    obeys={"unit order", "indicator order", "duplicate unit", "unit by unit"},
    reference="国科发火〔2021〕28号: 到 2025 年单位工业增加值综合能耗 ≤ 0.4 吨标准煤/万元, 二氧化碳排放量年均下降 4%; "
    "Climate Change (Scotland) Act 2009, section 3 (annual targets in equal steps)",
    golden="scotland_2023",
    golden_source="Scottish Government 2023, statement on the Climate Change (Scotland) Act 2009 interim target "
    "amendment regulations: annual targets",
    may_lower=None,
    parameters={
        "direction": DIRECTION,
        "years": Meaning("各行的数据年份", "the data year of each row"),
        "base": _BASE,
        "base_year": Meaning("起始年份，必须给定", "the year in which the path begins, must be stated"),
        "base_value": Meaning(
            "起始值；不给则取同一评价对象在起始年份的值",
            "the value at which the path begins; that of the same unit in that year where not stated",
            "indicator",
        ),
        "target": Meaning("目标值", "the value to reach", "indicator"),
        "target_year": Meaning("目标年份，其后目标不变", "the year of the target; none is asked for beyond it"),
        "rate": Meaning("每年的变化率，如 -4%", "the change asked for each year, such as -4 %"),
        "full": Meaning("达到当年目标的得分", "the score of who is on the path or better", "score"),
    },
    relations=_path_problems,
    score_range=_path_range,
)
def dated_target(
    x: FloatArray,
    *,
    direction: Direction = 1,
    years: Years | None = None,
    base: FloatArray | None = None,
    base_year: int,
    base_value: Statistic | None = None,
    target: Statistic | None = None,
    target_year: int | None = None,
    rate: float | None = None,
    full: float = 100.0,
) -> FloatArray:
    """How far a unit attains what is due in its year on the path to a target: met is full marks.

    x: (units,) or (units, indicators); a gap stays a gap. years: the data year of each unit. The path begins in
    `base_year` at `base_value`, or else at the value of the same unit then (`base`, of the shape of x; without it the
    unit has no score), and goes in a straight line to `target` in `target_year`, or changes by `rate` each year.
    Before the base year its beginning is due, after the target year its end, and never more than the target itself.
    Who falls short gets the part of the full marks that the value is of what is due (where lower is better, the part
    that what is due is of the value).

    Raises DomainError where a path does not stay above zero or no year is given.

    >>> dated_target([0.5, 0.5, 0.44], direction=-1, years=np.array([2021, 2025, 2023]),
    ...     base_year=2020, base_value=0.6, target_year=2025, target=0.4).round(2)
    array([100.,  80., 100.])
    >>> dated_target([96.0, 96.0], direction=-1, years=np.array([2021, 2022]),
    ...     base_year=2020, base=np.array([100.0, 100.0]), rate=-0.04).round(2)
    array([100.,  96.])
    """
    for problem in _path_problems({
        "base_year": base_year, "target": target, "target_year": target_year, "rate": rate, "base_value": base_value,
        "full": full,
    }):  # fmt: skip
        raise DomainError(problem.reason)
    if years is None:
        raise DomainError(Text("需要各行的数据年份", "needs the data year of each row"))
    elapsed = np.asarray(years, dtype=np.float64) - base_year
    if x.ndim == 2:
        elapsed = elapsed[:, np.newaxis]
    elapsed = np.clip(elapsed, 0.0, math.inf if target_year is None else target_year - base_year)
    begin = _given_base(base) if base_value is None else np.asarray(base_value, dtype=np.float64)
    higher = is_higher_better(direction)
    if target is None or target_year is None:
        with np.errstate(over="ignore"):
            due = begin * (1.0 + np.float64(rate or 0.0)) ** elapsed
    else:
        goal = np.asarray(target, dtype=np.float64)
        due = begin + (goal - begin) * (elapsed / (target_year - base_year))
        due = np.where(higher, np.minimum(due, goal), np.maximum(due, goal))
    return full_at(x, due, higher, full, cap=True)
