"""Scoring rules: the value of an indicator becomes a score."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from parkscore.language import Text
from parkscore.methods.columns import Divisor, is_constant, moments
from parkscore.methods.domain import BoolArray, DomainError, FloatArray, Needs
from parkscore.methods.parameters import Meaning, Problem
from parkscore.methods.partial_fits import ENDS, Gathered, deviation_from, gather, mean_from
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
    statistic,
)

_LOW = Meaning("下界；不给则取数据的最小值", "lower bound; the smallest value where not stated", "indicator")
_HIGH = Meaning("上界；不给则取数据的最大值", "upper bound; the largest value where not stated", "indicator")
_STATED_LOW = Meaning("下阈值，必须给定", "lower goalpost, must be stated", "indicator")
_STATED_HIGH = Meaning("上阈值，必须给定", "upper goalpost, must be stated", "indicator")


# --- rules between two bounds ------------------------------------------------------------------------------------


def fit_bounds(
    x: ArrayLike, *, low: Statistic | None = None, high: Statistic | None = None, **_others: object
) -> dict[str, Statistic]:
    """The bounds that are not stated, from the data: `low` the smallest and `high` the largest value of each column.

    >>> fit_bounds([2.0, 4.0, np.nan], high=10.0)
    {'low': 2.0}
    """
    if low is not None and high is not None:
        return {}
    return bounds_from(gather(x, ENDS), low=low, high=high)


def bounds_from(
    gathered: Gathered, *, low: Statistic | None = None, high: Statistic | None = None, **_others: object
) -> dict[str, Statistic]:
    """The bounds that are not stated, as `fit_bounds`, from what was gathered."""
    fitted: dict[str, Statistic] = {}
    if low is None:
        fitted["low"] = statistic(gathered["lowest"])
    if high is None:
        fitted["high"] = statistic(gathered["highest"])
    return fitted


def _bounds(x: FloatArray, low: Statistic | None, high: Statistic | None) -> tuple[FloatArray, FloatArray]:
    """Stated bounds, completed from the data; DomainError where one is infinite or they are crossed."""
    bounds = {"low": low, "high": high} | fit_bounds(x, low=low, high=high)
    lower, upper = (np.asarray(bounds[end], dtype=np.float64) for end in ("low", "high"))
    wrong = np.isinf(lower) | np.isinf(upper) | (lower > upper)
    if wrong.any():
        reason = Text("下界大于上界，或不是有限数", "the lower bound is above the upper bound, or one is not finite")
        raise DomainError(reason, columns=np.flatnonzero(wrong).tolist())
    return lower, upper


def _score_between(
    x: FloatArray, low: FloatArray, high: FloatArray, constant: BoolArray, direction: Direction, to: Pair, clip: bool
) -> FloatArray:
    """Map [low, high] to the ends of `to`, reversed where lower is better; a constant column to their middle."""
    rising = is_higher_better(direction)
    share = x - low if rising.all() else np.where(rising, x - low, high - x) if rising.any() else high - x
    with np.errstate(over="ignore"):
        share /= np.where(constant, 1.0, high - low)
    if constant.any():
        share = np.where(constant & ~np.isnan(x), 0.5, share)
    return between(share, to, clip)


def _bounded_range(stated: Stated) -> Interval:
    """The scores of a rule between bounds; a bound that is stated (or frozen) may be passed, one from the data not."""
    worst, best = stated.get("to", (0.0, 1.0))
    falling = stated.get("direction", 1) == -1
    worst_end, best_end = ("high", "low") if falling else ("low", "high")
    clipped = stated.get("clip", True)
    worst_stated, best_stated = (stated.get(end) is not None for end in (worst_end, best_end))
    if not worst_stated:
        return Interval(worst, best if clipped or not best_stated else math.inf, "always")
    if clipped:
        return Interval(worst, best, "possible")
    return Interval(-math.inf, best if not best_stated else math.inf, "never")


def _crossed(stated: Stated) -> list[Problem]:
    """Problems between parameters that are each fine alone."""
    problems = []
    low, high = stated.get("low"), stated.get("high")
    if low is not None and high is not None and not np.all(np.less(low, high)):
        problems.append(
            Problem("low", Text(f"low（{low}）应小于 high（{high}）", f"low ({low}) must be below high ({high})"))
        )
    return problems + falling_ends(stated)


def _crossed_or_not_positive(stated: Stated) -> list[Problem]:
    return _crossed(stated) + [
        Problem(end, Text(f"取对数时 {end} 应大于零", f"{end} must be above zero for a logarithm"))
        for end in ("low", "high")
        if stated.get(end) is not None and not np.all(np.greater(stated[end], 0))
    ]


@scoring(
    "minmax",
    zh="极差标准化",
    en="Min-max",
    formula="s = a + (b - a) (x - low) / (high - low);  -: s = a + (b - a) (high - x) / (high - low)",
    obeys={
        "unit order",
        "indicator order",
        "shift of an indicator",
        "scaling of an indicator",
        "duplicate unit",
        "monotone",
    },
    reference="OECD/JRC, Handbook on Constructing Composite Indicators, 2008, step 5 (normalisation)",
    golden="asem_0_to_100",
    golden_source="COINr 1.1.14 (R), on the ASEM data that it ships (JRC, ASEM Sustainable Connectivity Portal): "
    "n_minmax to 0-100",
    parameters={"direction": DIRECTION, "low": _LOW, "high": _HIGH, "to": TO, "clip": CLIP},
    fit=fit_bounds,
    gathers=ENDS,
    fit_gathered=bounds_from,
    relations=_crossed,
    score_range=_bounded_range,
)
def minmax(
    x: FloatArray,
    *,
    direction: Direction = 1,
    low: Statistic | None = None,
    high: Statistic | None = None,
    to: Pair = (0.0, 1.0),
    clip: bool = True,
) -> FloatArray:
    """Scores in proportion to the way from the worst to the best value.

    x: (units,) or (units, indicators) in the indicator's own measure; a gap stays a gap. low, high: numbers or one per
    indicator, each from the data where not stated. Returns scores of the shape of x, between the ends of `to`; values
    beyond a stated bound go beyond the ends where `clip` is off.

    An indicator that is the same for all units gives all the middle of `to`: no unit is better than another, and full
    marks or none would move every total. That includes a spread within rounding (8 units in the last place).

    Raises DomainError where low > high, e.g. a stated low above all the data.

    >>> minmax([1.0, 2.0, np.nan, 5.0], to=(0, 100))
    array([  0.,  25.,  nan, 100.])
    >>> minmax([1.0, 2.0, 5.0], direction=-1)
    array([1.  , 0.75, 0.  ])
    >>> minmax([7.0, 7.0])
    array([0.5, 0.5])
    """
    lower, upper = _bounds(x, low, high)
    return _score_between(x, lower, upper, is_constant(lower, upper), direction, to, clip)


@scoring(
    "goalposts",
    zh="阈值法（固定上下阈值）",
    en="Goalposts",
    formula="s = a + (b - a) min(max((x - low) / (high - low), 0), 1)",
    obeys={"unit order", "indicator order", "duplicate unit", "unit by unit", "monotone"},
    reference="UNDP, Human Development Report 2021-22, technical note 1",
    golden="hdi_2017_to_2021",
    golden_source="UNDP, Human Development Report 2021-22, statistical annex, HDI of 2017 to 2021: what the published "
    "index leaves for its health",
    parameters={"direction": DIRECTION, "low": _STATED_LOW, "high": _STATED_HIGH, "to": TO},
    relations=_crossed,
    score_range=_bounded_range,
)
def goalposts(
    x: FloatArray, *, direction: Direction = 1, low: Statistic, high: Statistic, to: Pair = (0.0, 1.0)
) -> FloatArray:
    """Scores in proportion to the way between two stated goalposts, capped at both ends.

    x: (units,) or (units, indicators) in the indicator's own measure; a gap stays a gap. Nothing is taken from the
    data, so scores of different years compare. Raises DomainError where low is not below high.

    >>> goalposts([10.0, 20.0, 52.5, 90.0], low=20, high=85)
    array([0. , 0. , 0.5, 1. ])
    """
    lower, upper = _bounds(x, low, high)
    empty = np.asarray(lower >= upper)
    if empty.any():
        reason = Text("下阈值应小于上阈值", "the lower goalpost must be below the upper one")
        raise DomainError(reason, columns=np.flatnonzero(empty).tolist())
    return _score_between(x, lower, upper, np.zeros_like(empty), direction, to, clip=True)


@scoring(
    "log",
    zh="对数极差标准化",
    en="Logarithmic min-max",
    formula="s = a + (b - a) (ln x - ln low) / (ln high - ln low)",
    needs=Needs(positive=True),
    obeys={"unit order", "indicator order", "scaling of an indicator", "duplicate unit", "monotone"},
    reference="UNDP, Human Development Report 2021-22, technical note 1 (income)",
    golden="hdi_2017_to_2021",
    golden_source="UNDP, Human Development Report 2021-22, statistical annex, HDI of 2017 to 2021: what the published "
    "index leaves for its income",
    parameters={"direction": DIRECTION, "low": _LOW, "high": _HIGH, "to": TO, "clip": CLIP},
    fit=fit_bounds,
    gathers=ENDS,
    fit_gathered=bounds_from,
    relations=_crossed_or_not_positive,
    score_range=_bounded_range,
)
def log_minmax(
    x: FloatArray,
    *,
    direction: Direction = 1,
    low: Statistic | None = None,
    high: Statistic | None = None,
    to: Pair = (0.0, 1.0),
    clip: bool = True,
) -> FloatArray:
    """Min-max of the logarithm: each doubling counts the same.

    x: (units,) or (units, indicators), above zero; a gap stays a gap. As `minmax` otherwise; the bounds are stated in
    the indicator's own measure (100 and 75000, not their logarithms).

    Raises DomainError, with the columns, where a value or a bound is not above zero.

    >>> log_minmax([1.0, 10.0, 100.0])
    array([0. , 0.5, 1. ])
    >>> log_minmax([1.0, 0.0])
    Traceback (most recent call last):
    ...
    parkscore.methods.domain.DomainError: needs values above zero / 需要全部为正值 (columns 0)
    """
    lower, upper = _bounds(x, low, high)
    wrong = (lower <= 0) | (upper <= 0)
    if wrong.any():
        reason = Text("取对数时上下界应大于零", "both bounds must be above zero for a logarithm")
        raise DomainError(reason, columns=np.flatnonzero(wrong).tolist())
    log_lower, log_upper = np.log(lower), np.log(upper)
    constant = is_constant(lower, upper) | is_constant(log_lower, log_upper)
    return _score_between(np.log(x), log_lower, log_upper, constant, direction, to, clip)


# --- standard scores ---------------------------------------------------------------------------------------------


def fit_moments(
    x: ArrayLike,
    *,
    mean: Statistic | None = None,
    sd: Statistic | None = None,
    divisor: Divisor = "n",
    **_others: object,
) -> dict[str, Statistic]:
    """The mean and the standard deviation `sd` of each column, unless they are stated.

    Raises DomainError where one of the two is stated without the other.

    >>> fit_moments([1.0, 3.0])
    {'mean': 2.0, 'sd': 1.0}
    """
    if _are_stated(mean, sd):
        return {}
    array = np.asarray(x, dtype=np.float64)
    try:
        fitted_mean, fitted_sd = moments(array, divisor)
    except DomainError:
        Needs().require(array)
        raise
    return {"mean": statistic(fitted_mean), "sd": statistic(fitted_sd)}


def moments_from(
    gathered: Gathered,
    *,
    mean: Statistic | None = None,
    sd: Statistic | None = None,
    divisor: Divisor = "n",
    **_others: object,
) -> dict[str, Statistic]:
    """The mean and the standard deviation, as `fit_moments`, from what was gathered."""
    if _are_stated(mean, sd):
        return {}
    return {"mean": statistic(mean_from(gathered)), "sd": statistic(deviation_from(gathered, divisor))}


def _are_stated(mean: Statistic | None, sd: Statistic | None) -> bool:
    """Whether both are stated; DomainError where one of them is."""
    for problem in _half_stated(mean, sd):
        raise DomainError(problem.reason)
    return mean is not None


def _together_and_positive(stated: Stated) -> list[Problem]:
    return _half_stated(stated.get("mean"), stated.get("sd")) + not_above_zero(stated, "sd", "scale")


def _half_stated(mean: Statistic | None, sd: Statistic | None) -> list[Problem]:
    """A problem where one of the two is stated and the other left to the data.

    A unit that improves would then move the deviation away from the stated mean, and could lose by it.
    """
    if (mean is None) == (sd is None):
        return []
    reason = Text("mean 与 sd 应一并给出，或都不给", "state mean and sd together, or neither")
    return [Problem("sd" if sd is None else "mean", reason)]


def _unbounded_range(_stated: Stated) -> Interval:
    return Interval(-math.inf, math.inf, "never")


def _three_deviations(stated: Stated) -> Interval:
    """Where nearly all z-scores lie: within three standard deviations of the center."""
    center, width = float(stated.get("center", 0.0)), 3.0 * abs(float(stated.get("scale", 1.0)))
    return Interval(center - width, center + width, "never")


@scoring(
    "zscore",
    zh="Z 分数标准化",
    en="Z-score",
    formula="s = center ± scale (x - mean) / sd",
    obeys={"unit order", "indicator order", "shift of an indicator", "scaling of an indicator", "monotone"},
    reference="OECD/JRC, Handbook on Constructing Composite Indicators, 2008, step 5 (normalisation)",
    golden="asem_0_1",
    golden_source="COINr 1.1.14 (R), on the ASEM data that it ships (JRC, ASEM Sustainable Connectivity Portal): "
    "n_zscore",
    parameters={
        "direction": DIRECTION,
        "mean": Meaning(
            "均值，与 sd 一并给出；不给则取数据的均值",
            "mean, stated together with sd; that of the data where not stated",
            "indicator",
        ),
        "sd": Meaning(
            "标准差，与 mean 一并给出；不给则取数据的标准差",
            "standard deviation, stated together with mean; that of the data where not stated",
            "indicator",
        ),
        "center": Meaning("处于均值者的得分", "the score of a unit at the mean", "score"),
        "scale": Meaning("高出一个标准差所加的分", "points for one standard deviation", "score"),
        "divisor": Meaning("方差的除数：n 为总体，n-1 为样本", "divisor of the variance: n population, n-1 sample"),
    },
    fit=fit_moments,
    gathers=("count", *ENDS, "sum", "squares"),
    fit_gathered=moments_from,
    relations=_together_and_positive,
    score_range=_unbounded_range,
    usual_range=_three_deviations,
)
def zscore(
    x: FloatArray,
    *,
    direction: Direction = 1,
    mean: Statistic | None = None,
    sd: Statistic | None = None,
    center: float = 0.0,
    scale: float = 1.0,
    divisor: Divisor = "n",
) -> FloatArray:
    """Standard deviations above (or, with direction -1, below) the mean, moved to `center` and stretched by `scale`.

    x: (units,) or (units, indicators) in the indicator's own measure; a gap stays a gap. `center` 100 and `scale` 10
    are the scores of the Mazziotta-Pareto index. `divisor` matters only where sd comes from the data.

    An indicator that is the same for all units, or differs only by rounding, has sd 0 exactly and gives all `center`.
    Raises DomainError where sd < 0, or where one of mean and sd is stated without the other.

    >>> zscore([1.0, 3.0, np.nan])
    array([-1.,  1., nan])
    >>> zscore([1.0, 3.0], direction=-1, center=100, scale=10)
    array([110.,  90.])
    >>> zscore([0.1, 0.1, 0.1])
    array([0., 0., 0.])
    """
    reference = {"mean": mean, "sd": sd} | fit_moments(x, mean=mean, sd=sd, divisor=divisor)
    middle, spread = (np.asarray(reference[name], dtype=np.float64) for name in ("mean", "sd"))
    if (spread < 0).any():
        reason = Text("标准差不能小于零", "a standard deviation cannot be below zero")
        raise DomainError(reason, columns=np.flatnonzero(spread < 0).tolist())
    sign = np.where(is_higher_better(direction), 1.0, -1.0)
    with np.errstate(over="ignore"):
        distance = (x - middle) / np.where(spread == 0, 1.0, spread)
    distance = np.where((spread == 0) & ~np.isnan(x), 0.0, distance)
    return finite(center + sign * scale * distance)


# --- the value itself --------------------------------------------------------------------------------------------


@scoring(
    "as_is",
    zh="原值为分",
    en="The value is the score",
    formula="s = ± x",
    obeys={"unit order", "indicator order", "duplicate unit", "unit by unit", "monotone"},
    reference="国家高新区创新能力评价指标体系 (2014): base-period indices are added as they are",
    golden="zone_innovation_2015",
    golden_source="国家高新区创新能力指数, 2015: 180.9 and its five sub-indices, "
    "121jk.cn/news/redianzhuanti/show51010.html",
    parameters={"direction": DIRECTION},
    score_range=_unbounded_range,
)
def as_is(x: FloatArray, *, direction: Direction = 1) -> FloatArray:
    """Scores that are the values themselves, for points and indices that somebody has scored already.

    x: (units,) or (units, indicators); a gap stays a gap. Where lower is better the sign is turned.

    >>> as_is([162.6, 298.8]), as_is([3.0], direction=-1)
    (array([162.6, 298.8]), array([-3.]))
    """
    return direction * x + 0.0
