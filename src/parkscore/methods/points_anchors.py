"""Points by two anchors, a part at the basic requirement and all at the full one, and points for every so much."""

from __future__ import annotations

import math

import numpy as np

from parkscore.language import Text
from parkscore.methods.domain import FloatArray
from parkscore.methods.parameters import Meaning, Problem
from parkscore.methods.points_digits import shown, to_digits
from parkscore.methods.ranges import Interval
from parkscore.methods.registry import scoring
from parkscore.methods.score_scale import (
    DIRECTION,
    Direction,
    Stated,
    finite,
    is_higher_better,
    not_above_zero,
    refuse_first,
)

_ROW_BY_ROW = frozenset({"unit order", "indicator order", "duplicate unit", "unit by unit"})


def _bad_anchors(stated: Stated) -> list[Problem]:
    """Anchors that do not rise from zero to the full requirement, and directions that they do not fit."""
    basic, full = stated["basic"], stated["full"]
    problems = not_above_zero(stated, "points")
    if not 0 <= stated["at_basic"] <= 1:
        problems.append(Problem("at_basic", Text("at_basic 应在 0 与 100% 之间", "at_basic must be from 0 to 100%")))
    if not is_higher_better(stated.get("direction", 1)).all():
        reason = Text(
            "两点计分只适用于越高越好的指标；越低越好的写 steps 或 bands",
            "two anchors are for indicators where higher is better; write steps or bands where lower is",
        )
        problems.append(Problem(None, reason, "lower_is_better"))
    if full <= 0:
        reason = Text(
            f"满分要求为 {shown(full)}：任何数值（包括 0）都得满分",
            f"the full requirement is {shown(full)}: every value, 0 included, would score full marks",
        )
        problems.append(Problem("full", reason, "full_at_zero"))
    elif basic < 0:
        problems.append(Problem("basic", Text("basic 不能小于零", "basic must not be below zero")))
    elif basic > full:
        reason = Text(
            f"基本要求（{shown(basic)}）高于满分要求（{shown(full)}）",
            f"the basic requirement ({shown(basic)}) is above the full one ({shown(full)})",
        )
        problems.append(Problem("basic", reason, "basic_above_full"))
    return problems


def _missing_branches(stated: Stated) -> list[Problem]:
    """What an official table may mean, and should be known: anchors that leave out a part of the way."""
    basic, full = stated["basic"], stated["full"]
    if basic == full:
        reason = Text(
            f"基本要求与满分要求相同（{shown(full)}）：达到即从 {stated['at_basic']:.4g} 倍跳到满分，没有中间段",
            f"the basic and the full requirement are the same ({shown(full)}): at it the points jump from "
            f"{stated['at_basic']:.4g} of all to all, with nothing in between",
        )
        return [Problem("basic", reason, "no_middle_branch")]
    if basic == 0:
        reason = Text(
            f"基本要求为零：任何大于零的数值至少得 {stated['at_basic']:.4g} 倍分值",
            f"the basic requirement is zero: every value above zero earns at least {stated['at_basic']:.4g} of all",
        )
        return [Problem("basic", reason, "basic_at_zero")]
    return []


def _anchors_range(stated: Stated) -> Interval:
    return Interval(0.0, float(stated["points"]), "possible")


@scoring(
    "two_anchor",
    zh="基本要求与满分要求两点计分",
    en="Two anchors",
    formula="s = 0 for x ≤ 0;  a w x / b for 0 < x ≤ b;  a w + (1 - a) w (x - b) / (f - b) for b < x < f;  w for x ≥ f",
    obeys=_ROW_BY_ROW | {"monotone"},
    reference="企业技术中心评价 (基本要求, 满分要求), as public code computes it; the official wording was not seen",
    golden="technology_centre",
    golden_source="18 items of 烟台市企业技术中心 as transcribed in public code: w 8, b 5, f 20 and w 12, b 10, f 20",
    parameters={
        "direction": DIRECTION,
        "points": Meaning("满分 w", "full marks, w", "score"),
        "basic": Meaning("基本要求 b", "the basic requirement, b", "indicator"),
        "full": Meaning("满分要求 f", "the full requirement, f", "indicator"),
        "at_basic": Meaning(
            "达到基本要求时得满分的多少，如 60%", "the part of full marks at the basic one, such as 60%"
        ),
    },
    relations=_bad_anchors,
    cautions=_missing_branches,
    score_range=_anchors_range,
)
def two_anchor(
    x: FloatArray, *, direction: Direction = 1, points: float, basic: float, full: float, at_basic: float
) -> FloatArray:
    """A part of the points at the basic requirement, all of them at the full one, straight in between and down to zero.

    x: (units,) or (units, indicators) in the indicator's own measure; a gap stays a gap. Values up to zero earn
    nothing, values beyond the full requirement no more than all. Where both requirements are the same, reaching it
    earns all; whether it is reached is compared to twelve significant digits.

    Raises DomainError where lower is better, the basic requirement is above the full one, or the full one is zero.

    >>> two_anchor([0.0, 2.5, 5.0, 12.5, 20.0, 25.0], points=8, basic=5, full=20, at_basic=0.6)
    array([0. , 2.4, 4.8, 6.4, 8. , 8. ])
    """
    refuse_first(
        _bad_anchors({"direction": direction, "points": points, "basic": basic, "full": full, "at_basic": at_basic})
    )
    w, b, f, part = float(points), float(basic), float(full), float(at_basic)
    values = to_digits(x)
    # Branches that do not exist are divided by 1 and never chosen; a value far beyond the full one is cut to it first.
    inside = np.clip(values, 0.0, f)
    below = part * w * (inside / (b if b > 0 else 1.0))
    above = part * w + (1 - part) * w * ((inside - b) / (f - b if f > b else 1.0))
    scores = np.where(inside <= b, np.minimum(below, part * w), np.clip(above, part * w, w))
    scores = np.where(values >= to_digits(f), w, np.where(values <= 0, 0.0, scores))
    return np.where(np.isnan(values), np.nan, scores)


# --- for every so much -------------------------------------------------------------------------------------------


def _bad_per(stated: Stated) -> list[Problem]:
    problems = not_above_zero(stated, "each")
    if stated["points"] == 0:
        problems.append(Problem("points", Text("points 不能为零", "points must not be zero")))
    least, most = stated.get("least"), stated.get("most")
    if least is not None and most is not None and least > most:
        reason = Text(
            f"least（{shown(least)}）不应大于 most（{shown(most)}）",
            f"least ({shown(least)}) must not be above most ({shown(most)})",
        )
        problems.append(Problem("least", reason))
    return problems


def _against_direction(stated: Stated) -> list[Problem]:
    """What may be meant, and should be known: points for what is worse, or deductions for what is better."""
    higher = bool(is_higher_better(stated.get("direction", 1)).all())
    if higher == (stated["points"] > 0):
        return []
    if higher:
        reason = Text("越高越好的指标，数值越高扣分越多", "higher is better, and yet a higher value loses more points")
    else:
        reason = Text("越低越好的指标，数值越高得分越多", "lower is better, and yet a higher value earns more points")
    return [Problem("points", reason, "not_monotone")]


def _per_range(stated: Stated) -> Interval:
    least = -math.inf if stated.get("least") is None else float(stated["least"])
    most = math.inf if stated.get("most") is None else float(stated["most"])
    ends = (0.0, math.inf) if stated["points"] > 0 else (-math.inf, 0.0)
    low, high = (min(max(end, least), most) for end in ends)
    return Interval(low, high, "never" if math.isinf(low) else "possible")


@scoring(
    "per",
    zh="每满若干计分",
    en="Points for every so much",
    formula="s = min(max(points n, least), most);  whole: n = ⌊max(x, 0) / each⌋;  else n = max(x, 0) / each",
    obeys=_ROW_BY_ROW,
    reference="工信部企业〔2022〕63号 附件2 (每满2年得1分, 最高5分); 黄岩 2022, 亩均论英雄 (亩均税收÷24.097×30)",
    golden="specialised_sme_2022",
    golden_source="工信部企业〔2022〕63号 附件2, as two public transcriptions have it: 从事特定细分市场年限, "
    "每满2年得1分, 最高5分; 7 years earn 3",
    may_lower=Text(
        "points 为负即扣分：数值越高扣得越多",
        "points below zero are deductions: the higher the value, the more is lost",
    ),
    parameters={
        "direction": DIRECTION,
        "each": Meaning("每满多少计一次", "how much makes one", "indicator"),
        "points": Meaning("每一次的得分，负数为扣分", "the points for each, below zero for a deduction", "score"),
        "most": Meaning("最多得多少分；不给则不封顶", "the most points there are; no cap where not stated", "score"),
        "least": Meaning(
            "最少得多少分；不给则不托底", "the fewest points there are; no floor where not stated", "score"
        ),
        "whole": Meaning("只计满的次数；关闭则按比例", "count only what is full; in proportion where it is off"),
    },
    relations=_bad_per,
    cautions=_against_direction,
    score_range=_per_range,
)
def per(
    x: FloatArray,
    *,
    direction: Direction = 1,
    each: float,
    points: float,
    most: float | None = None,
    least: float | None = None,
    whole: bool = True,
) -> FloatArray:
    """Points for every so many years, patents or events that a value holds, or in proportion to it.

    x: (units,) or (units, indicators) in the indicator's own measure; a gap stays a gap. A negative value holds none:
    it counts as zero, before `least` and `most`. What is full is counted to twelve significant digits: 0.3 holds three
    times 0.1. The direction only says, to `check`, whether points go with it.

    Raises DomainError where `each` is not above zero, least > most, or points are beyond all numbers.

    >>> per([7.0, 12.0, 1.9, -3.0, np.nan], each=2, points=1, most=5)
    array([ 3.,  5.,  0.,  0., nan])
    >>> per([12.0485], each=24.097, points=30, whole=False)
    array([15.])
    """
    is_higher_better(direction)
    refuse_first(_bad_per({"each": each, "points": points, "most": most, "least": least}))
    with np.errstate(over="ignore"):
        count = to_digits(np.maximum(x, 0.0) / float(each)) if whole else np.maximum(x, 0.0) / float(each)
        scores = float(points) * (np.floor(count) if whole else count)
    low, high = -np.inf if least is None else float(least), np.inf if most is None else float(most)
    return finite(np.clip(scores, low, high)) + 0.0
