"""Scoring rules for indicators that are best at a value or within an interval, whatever their direction."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from parkscore.language import Text
from parkscore.methods.columns import is_constant
from parkscore.methods.domain import DomainError, FloatArray
from parkscore.methods.parameters import Meaning, Problem
from parkscore.methods.partial_fits import ENDS, Gathered, gather
from parkscore.methods.ranges import Interval
from parkscore.methods.registry import scoring
from parkscore.methods.score_scale import (
    TO,
    Direction,
    Pair,
    Stated,
    Statistic,
    between,
    falling_ends,
    is_higher_better,
    not_above_zero,
    statistic,
)

_ANY_DIRECTION = Meaning("方向：对本规则无影响，越近越好", "direction: no matter to this rule, nearer is better")
_FARTHEST = Meaning(
    "得零分的距离；不给则取数据中最远的距离",
    "the distance that gets nothing; the farthest in the data where not stated",
    "indicator",
)


def fit_farthest(
    x: ArrayLike, *, low: Statistic, high: Statistic, farthest: Statistic | None = None, **_others: object
) -> dict[str, Statistic]:
    """The farthest that a value of each column lies outside [low, high], where it is not stated.

    >>> fit_farthest([1.0, 4.0, 9.0], low=3.0, high=5.0)
    {'farthest': 4.0}
    """
    return farthest_from(gather(x, ENDS), low=low, high=high, farthest=farthest)


def farthest_from(
    gathered: Gathered, *, low: Statistic, high: Statistic, farthest: Statistic | None = None, **_others: object
) -> dict[str, Statistic]:
    """The farthest outside [low, high], as `fit_farthest`, from what was gathered."""
    if farthest is not None:
        return {}
    outside = np.maximum(_outside(gathered["lowest"], low, high), _outside(gathered["highest"], low, high))
    return {"farthest": statistic(outside)}


def _outside(x: FloatArray, low: Statistic, high: Statistic) -> FloatArray:
    """How far values lie outside [low, high]; 0 inside, and where only rounding keeps them out."""
    lower, upper = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    nearest = np.clip(x, lower, upper)
    same = is_constant(np.minimum(x, nearest), np.maximum(x, nearest))
    return np.asarray(np.where(same, 0.0, np.abs(x - nearest)))


def _nearness(
    x: FloatArray, low: Statistic, high: Statistic, farthest: Statistic | None, direction: Direction, to: Pair
) -> FloatArray:
    is_higher_better(direction)
    limit = np.asarray(
        {"farthest": farthest, **fit_farthest(x, low=low, high=high, farthest=farthest)}["farthest"], dtype=np.float64
    )
    distance = _outside(x, low, high)
    with np.errstate(over="ignore"):
        share = 1.0 - distance / np.where(limit > 0, limit, 1.0)
    share = np.where((limit > 0) | np.isnan(x), share, distance == 0)
    return between(np.maximum(share, 0.0), to, clip=True)


def _shape_problems(stated: Stated) -> list[Problem]:
    return falling_ends(stated) + not_above_zero(stated, "farthest")


def _interval_problems(stated: Stated) -> list[Problem]:
    low, high = stated["low"], stated["high"]
    problems = _shape_problems(stated)
    if not np.all(np.less_equal(low, high)):
        reason = Text(f"low（{low}）不应大于 high（{high}）", f"low ({low}) must not be above high ({high})")
        problems.insert(0, Problem("low", reason))
    return problems


def _middle_range(stated: Stated) -> Interval:
    worst, best = stated.get("to", (0.0, 1.0))
    return Interval(worst, best, "always" if stated.get("farthest") is None else "possible")


def _interval_range(stated: Stated) -> Interval:
    worst, best = stated.get("to", (0.0, 1.0))
    return Interval(worst, best, "possible")


def fit_middle(
    x: ArrayLike, *, best: Statistic, farthest: Statistic | None = None, **_others: object
) -> dict[str, Statistic]:
    """The farthest that a value of each column lies from `best`, where it is not stated.

    >>> fit_middle([1.0, 4.0, 9.0], best=5.0)
    {'farthest': 4.0}
    """
    return middle_from(gather(x, ENDS), best=best, farthest=farthest)


def middle_from(
    gathered: Gathered, *, best: Statistic, farthest: Statistic | None = None, **_others: object
) -> dict[str, Statistic]:
    """The farthest from `best`, as `fit_middle`, from what was gathered."""
    return farthest_from(gathered, low=best, high=best, farthest=farthest)


@scoring(
    "middle",
    zh="中间型（越接近某值越好）",
    en="Best at a value",
    formula="s = a + (b - a) (1 - |x - best| / max |x - best|)",
    obeys={"unit order", "indicator order", "duplicate unit"},
    reference="中间型指标正向化: 1 - |x - m| / max |x - m|, common in Chinese texts on comprehensive evaluation; "
    "Dezert, Tchamova, Han, Tacnet 2020, The SPOTIS Rank Reversal Free Method, FUSION (expected solution point)",
    golden="dezert_2020",
    golden_source="Dezert, Tchamova, Han, Tacnet 2020, SPOTIS, FUSION 2020, 1-8, example with an expected solution "
    "point; as in pymcdm, test/test_mcdm.py",
    may_lower=Text(
        "超过最佳值以后，越大反而越差",
        "a larger value is better up to the best one only",
    ),
    parameters={
        "direction": _ANY_DIRECTION,
        "best": Meaning("最优值，必须给定", "the best value, must be stated", "indicator"),
        "farthest": _FARTHEST,
        "to": TO,
    },
    fit=fit_middle,
    gathers=ENDS,
    fit_gathered=middle_from,
    relations=_shape_problems,
    score_range=_middle_range,
)
def middle(
    x: FloatArray,
    *,
    direction: Direction = 1,
    best: Statistic,
    farthest: Statistic | None = None,
    to: Pair = (0.0, 1.0),
) -> FloatArray:
    """Full marks at the best value, and less the farther from it on either side; none for the farthest unit.

    x: (units,) or (units, indicators); a gap stays a gap. Where all units are at the best value, all get full marks. A
    larger value is not always a better one: the rule is not monotone, and `direction` does not matter to it.

    >>> middle([3.0, 5.0, 6.0, 9.0], best=5)
    array([0.5 , 1.  , 0.75, 0.  ])
    """
    return _nearness(x, best, best, farthest, direction, to)


@scoring(
    "interval",
    zh="区间型（落在区间内最好）",
    en="Best within an interval",
    formula="s = b within [low, high], else a + (b - a) (1 - distance / M), M = max(low - min x, max x - high)",
    obeys={"unit order", "indicator order", "duplicate unit"},
    reference="区间型指标正向化: M = max(a - min, max - b), common in Chinese texts on comprehensive evaluation; "
    "Cables, Lamata, Verdegay 2016, RIM: Reference Ideal Method, Information Sciences 337 (each side its own M)",
    golden="cables_2016",
    golden_source="Cables, Lamata, Verdegay 2016, Information Sciences 337, 1-10, example; as corrected with the "
    "authors in pymcdm, test/test_mcdm.py",
    may_lower=Text(
        "超出区间以后，越大反而越差",
        "a larger value is better up to the interval only",
    ),
    parameters={
        "direction": _ANY_DIRECTION,
        "low": Meaning("最优区间的下端，必须给定", "the lower end of the best values, must be stated", "indicator"),
        "high": Meaning("最优区间的上端，必须给定", "the upper end of the best values, must be stated", "indicator"),
        "farthest": _FARTHEST,
        "to": TO,
    },
    fit=fit_farthest,
    gathers=ENDS,
    fit_gathered=farthest_from,
    relations=_interval_problems,
    score_range=_interval_range,
)
def interval(
    x: FloatArray,
    *,
    direction: Direction = 1,
    low: Statistic,
    high: Statistic,
    farthest: Statistic | None = None,
    to: Pair = (0.0, 1.0),
) -> FloatArray:
    """Full marks within an interval, and less the farther outside it on either side; none for the farthest unit.

    x: (units,) or (units, indicators); a gap stays a gap. Where all units are within, all get full marks. A larger
    value is not always a better one: the rule is not monotone, and `direction` does not matter to it.

    Raises DomainError where low is above high.

    >>> interval([1.0, 3.0, 4.0, 5.0, 9.0], low=3, high=5)
    array([0.5, 1. , 1. , 1. , 0. ])
    """
    crossed = np.atleast_1d(np.asarray(low, dtype=np.float64) > np.asarray(high, dtype=np.float64))
    if crossed.any():
        reason = Text("区间的下端大于上端", "the lower end of the interval is above the upper one")
        raise DomainError(reason, columns=np.flatnonzero(crossed).tolist())
    return _nearness(x, low, high, farthest, direction, to)
