"""Scoring rules that relate a value to one statistic of its indicator, or to its percentiles."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from parkscore.language import Text
from parkscore.methods.columns import counts, in_order, is_constant
from parkscore.methods.domain import BoolArray, DomainError, FloatArray, Needs
from parkscore.methods.parameters import Meaning, Problem
from parkscore.methods.partial_fits import Gathered, GatheredName, gather, harmonic_total_from, length_from
from parkscore.methods.ranges import Interval
from parkscore.methods.registry import scoring
from parkscore.methods.score_scale import (
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

_TOTAL: tuple[GatheredName, ...] = ("count", "lowest", "sum", "reciprocals")
_TOP: tuple[GatheredName, ...] = ("highest",)
_LENGTH: tuple[GatheredName, ...] = ("count", "squares")
_COSTS_OF_ZERO = Text("越低越好时需要全部为正值", "needs values above zero where lower is better")
_OBEYS = {"unit order", "indicator order", "scaling of an indicator", "monotone"}


def _share_range(stated: Stated, name: str, lowest_share: float = 0.0) -> Interval:
    """Shares of a statistic from the data are at most 1; those of a stated (or frozen) one can be anything."""
    if stated.get(name) is None:
        return Interval(lowest_share, 1.0, "possible")
    return Interval(-math.inf, math.inf, "never")


# --- sum ---------------------------------------------------------------------------------------------------------


def fit_total(
    x: ArrayLike, *, direction: Direction = 1, total: Statistic | None = None, **_others: object
) -> dict[str, Statistic]:
    """The total that is not stated, from the data: the sum, or where lower is better 1 / the sum of the reciprocals.

    >>> fit_total([1.0, 3.0]), fit_total([1.0, 3.0], direction=-1)
    ({'total': 4.0}, {'total': 0.75})
    """
    if total is not None:
        return {}
    _refuse_costs_of_zero(np.asarray(x, dtype=np.float64), is_higher_better(direction))
    return total_from(gather(x, _TOTAL), direction=direction)


def total_from(
    gathered: Gathered, *, direction: Direction = 1, total: Statistic | None = None, **_others: object
) -> dict[str, Statistic]:
    """The total, as `fit_total`, from what was gathered.

    Raises DomainError, with the columns, where lower is better and a value is not above zero.
    """
    if total is not None:
        return {}
    higher = is_higher_better(direction)
    refused = np.atleast_1d((gathered["lowest"] <= 0) & ~higher)
    if refused.any():
        raise DomainError(_COSTS_OF_ZERO, columns=np.flatnonzero(refused).tolist())
    whole = np.where(higher, gathered["sum"], harmonic_total_from(gathered))
    return {"total": statistic(np.where(gathered["count"] > 0, whole, np.nan))}


def _refuse_costs_of_zero(x: FloatArray, higher: BoolArray) -> None:
    refuse_cells((x <= 0) & ~higher, _COSTS_OF_ZERO)


def _sum_range(stated: Stated) -> Interval:
    return _share_range(stated, "total")


def _positive_total(stated: Stated) -> list[Problem]:
    return not_above_zero(stated, "total")


@scoring(
    "sum",
    zh="归一化（占总和之比）",
    en="Share of the sum",
    formula="s = x / Σx;  -: s = (1/x) / Σ(1/x)",
    needs=Needs(nonnegative=True),
    obeys=_OBEYS,
    reference="Hwang, Yoon, Multiple Attribute Decision Making, 1981 (linear normalisation)",
    golden="kracka_2010_weighted_sum",
    golden_source="Kracka, Brauers, Zavadskas 2010, Inzinerine Ekonomika - Engineering Economics 21(4), 352-359 "
    "(weighted sum)",
    parameters={
        "direction": DIRECTION,
        "total": Meaning(
            "总和（越低越好时为倒数之和的倒数）；不给则取自数据",
            "the sum (where lower is better, 1 / the sum of reciprocals); that of the data where not stated",
            "indicator",
        ),
    },
    fit=fit_total,
    gathers=_TOTAL,
    fit_gathered=total_from,
    relations=_positive_total,
    score_range=_sum_range,
)
def share_of_sum(x: FloatArray, *, direction: Direction = 1, total: Statistic | None = None) -> FloatArray:
    """The part that a unit has of the whole; where lower is better, the part of its reciprocal.

    x: (units,) or (units, indicators), not negative, and above zero where lower is better; a gap stays a gap and is not
    counted. The shares of an indicator sum to 1, unless all its values are zero: then all shares are zero.

    Raises DomainError, with columns and units, where lower is better and a value is zero.

    >>> share_of_sum([1.0, 3.0])
    array([0.25, 0.75])
    >>> share_of_sum([1.0, 3.0], direction=-1)
    array([0.75, 0.25])
    """
    higher = is_higher_better(direction)
    _refuse_costs_of_zero(x, higher)
    whole = np.asarray({"total": total, **fit_total(x, direction=direction, total=total)}["total"], dtype=np.float64)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        shares = np.where(higher, x / whole, whole / x)
    return finite(np.where(x == 0, 0.0, shares))


# --- maximum -----------------------------------------------------------------------------------------------------


def fit_top(x: ArrayLike, *, top: Statistic | None = None, **_others: object) -> dict[str, Statistic]:
    """The largest value, where it is not stated.

    >>> fit_top([1.0, 4.0, np.nan])
    {'top': 4.0}
    """
    return top_from(gather(x, _TOP), top=top)


def top_from(gathered: Gathered, *, top: Statistic | None = None, **_others: object) -> dict[str, Statistic]:
    """The largest value, as `fit_top`, from what was gathered."""
    return {"top": statistic(gathered["highest"])} if top is None else {}


def _top_range(stated: Stated) -> Interval:
    return _share_range(stated, "top")


def _positive_top(stated: Stated) -> list[Problem]:
    return not_above_zero(stated, "top")


@scoring(
    "max",
    zh="最大值法（占最大值之比）",
    en="Share of the maximum",
    formula="s = x / max x;  -: s = 1 - x / max x",
    needs=Needs(nonnegative=True),
    obeys=_OBEYS | {"duplicate unit"},
    reference="Hwang, Yoon, Multiple Attribute Decision Making, 1981 (linear normalisation); OECD/JRC Handbook, 2008, "
    "section 5.4 and Table 15 (distance to the best country)",
    golden="handbook_2008",
    golden_source="OECD/JRC, Handbook on Constructing Composite Indicators, 2008, Table 15 (distance to a reference "
    "country, c = best)",
    parameters={
        "direction": DIRECTION,
        "top": Meaning("最大值；不给则取自数据", "the largest value; that of the data where not stated", "indicator"),
    },
    fit=fit_top,
    gathers=_TOP,
    fit_gathered=top_from,
    relations=_positive_top,
    score_range=_top_range,
)
def share_of_maximum(x: FloatArray, *, direction: Direction = 1, top: Statistic | None = None) -> FloatArray:
    """The value as a share of the largest; where lower is better, what is left to the largest.

    x: (units,) or (units, indicators), not negative; a gap stays a gap. Where all values are zero, so are the shares.

    >>> share_of_maximum([1.0, 2.0, 4.0])
    array([0.25, 0.5 , 1.  ])
    >>> share_of_maximum([1.0, 2.0, 4.0], direction=-1)
    array([0.75, 0.5 , 0.  ])
    """
    whole = np.asarray({"top": top, **fit_top(x, top=top)}["top"], dtype=np.float64)
    return _share_or_rest(x, whole, direction)


def _share_or_rest(x: FloatArray, whole: FloatArray, direction: Direction) -> FloatArray:
    """X / whole, zero where x is; where lower is better, 1 less that."""
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        shares = np.where(x == 0, 0.0, x / whole)
    return finite(np.where(is_higher_better(direction), shares, 1.0 - shares))


# --- vector ------------------------------------------------------------------------------------------------------


def fit_length(x: ArrayLike, *, length: Statistic | None = None, **_others: object) -> dict[str, Statistic]:
    """The length of each column as a vector, where it is not stated.

    >>> fit_length([3.0, 4.0, np.nan])
    {'length': 5.0}
    """
    return {} if length is not None else length_gathered(gather(x, _LENGTH))


def length_gathered(gathered: Gathered, *, length: Statistic | None = None, **_others: object) -> dict[str, Statistic]:
    """The length, as `fit_length`, from what was gathered."""
    return {"length": statistic(length_from(gathered))} if length is None else {}


def _length_range(stated: Stated) -> Interval:
    if stated.get("length") is not None:
        return Interval(-math.inf, math.inf, "never")
    return Interval(0.0, 2.0, "possible") if stated.get("direction", 1) == -1 else Interval(-1.0, 1.0, "possible")


def _positive_length(stated: Stated) -> list[Problem]:
    return not_above_zero(stated, "length")


@scoring(
    "vector",
    zh="向量规范化",
    en="Vector normalisation",
    formula="s = x / √Σx²;  -: s = 1 - x / √Σx²",
    obeys=_OBEYS,
    reference="Hwang, Yoon, Multiple Attribute Decision Making, 1981 (vector normalisation)",
    golden="kracka_2010_moora",
    golden_source="Kracka, Brauers, Zavadskas 2010, Inzinerine Ekonomika - Engineering Economics 21(4), 352-359 (ratio"
    " system)",
    parameters={
        "direction": DIRECTION,
        "length": Meaning(
            "平方和的平方根；不给则取自数据",
            "the root of the sum of squares; that of the data where not stated",
            "indicator",
        ),
    },
    fit=fit_length,
    gathers=_LENGTH,
    fit_gathered=length_gathered,
    relations=_positive_length,
    score_range=_length_range,
)
def vector(x: FloatArray, *, direction: Direction = 1, length: Statistic | None = None) -> FloatArray:
    """The value over the length of its indicator as a vector; where lower is better, 1 less that.

    x: (units,) or (units, indicators); a gap stays a gap and counts nothing. Negative values are taken as they are.
    Where all values are zero, so are the shares.

    >>> vector([3.0, 4.0])
    array([0.6, 0.8])
    >>> vector([3.0, 4.0], direction=-1)
    array([0.4, 0.2])
    """
    whole = np.asarray({"length": length, **fit_length(x, length=length)}["length"], dtype=np.float64)
    return _share_or_rest(x, whole, direction)


# --- percentiles -------------------------------------------------------------------------------------------------


def fit_percentiles(
    x: ArrayLike,
    *,
    percentiles: Pair = (5.0, 95.0),
    low: Statistic | None = None,
    high: Statistic | None = None,
    **_others: object,
) -> dict[str, Statistic]:
    """The bounds that are not stated, at percentiles of the data (linear between two values).

    >>> fit_percentiles([0.0, 10.0, 20.0, np.nan], percentiles=(25, 75))
    {'low': 5.0, 'high': 15.0}
    """
    array = np.asarray(x, dtype=np.float64)
    if low is not None and high is not None:
        return {}
    return _percentiles(in_order(array), counts(array), percentiles, low, high)


def percentiles_in_order(
    ordered: FloatArray,
    *,
    percentiles: Pair = (5.0, 95.0),
    low: Statistic | None = None,
    high: Statistic | None = None,
    **_others: object,
) -> dict[str, Statistic]:
    """As `fit_percentiles`, from the values of a single column in order, of which it looks at two for each bound.

    >>> percentiles_in_order(np.array([0.0, 10.0, 20.0]), percentiles=(25, 75))
    {'low': 5.0, 'high': 15.0}
    """
    return _percentiles(ordered, np.asarray(float(ordered.size)), percentiles, low, high)


def _percentiles(
    ordered: FloatArray, count: FloatArray, percentiles: Pair, low: Statistic | None, high: Statistic | None
) -> dict[str, Statistic]:
    return {
        end: statistic(_percentile(ordered, count, percent))
        for (end, stated), percent in zip({"low": low, "high": high}.items(), percentiles, strict=True)
        if stated is None
    }


def _percentile(ordered: FloatArray, count: FloatArray, percent: float) -> FloatArray:
    """A percentile of so many values of each column, the first of them in order; NaN where there is none."""
    if not ordered.shape[-1]:
        return np.full(ordered.shape[:-1], np.nan)
    place = np.maximum(count - 1, 0.0) * (percent / 100.0)
    first = np.floor(place).astype(np.intp)
    second = np.minimum(first + 1, ordered.shape[-1] - 1)
    below = np.take_along_axis(ordered, first[..., np.newaxis], axis=-1)[..., 0]
    above = np.take_along_axis(ordered, second[..., np.newaxis], axis=-1)[..., 0]
    return np.asarray(np.where(place > first, below + (above - below) * (place - first), below))


def _percentile_problems(stated: Stated) -> list[Problem]:
    lower, upper = stated.get("percentiles", (5.0, 95.0))
    problems = falling_ends(stated)
    if not 0 <= lower < upper <= 100:
        reason = Text(
            f"percentiles 应在 0 到 100 之间递增，而不是 {lower} 到 {upper}",
            f"percentiles must rise within 0 and 100, not go from {lower} to {upper}",
        )
        problems.append(Problem("percentiles", reason))
    return problems


def _percentile_range(stated: Stated) -> Interval:
    worst, best = stated.get("to", (0.0, 1.0))
    return Interval(worst, best, "possible")


@scoring(
    "percentile_minmax",
    zh="百分位截断极差标准化",
    en="Min-max between percentiles",
    formula="s = a + (b - a) min(max((x - P5) / (P95 - P5), 0), 1);  -: (P95 - x) / (P95 - P5)",
    obeys={"unit order", "indicator order", "shift of an indicator", "scaling of an indicator", "monotone"},
    reference="OECD/JRC, Handbook on Constructing Composite Indicators, 2008, step 5 (outliers in min-max)",
    golden="astropy",
    golden_source="Astropy, astropy/visualization/tests/test_interval.py: AsymmetricPercentileInterval(10.5, 70.5)",
    parameters={
        "direction": DIRECTION,
        "percentiles": Meaning("下界与上界所取的百分位", "the percentiles at which the two bounds lie"),
        "low": Meaning(
            "下界；不给则取数据的百分位", "lower bound; a percentile of the data if not stated", "indicator"
        ),
        "high": Meaning(
            "上界；不给则取数据的百分位", "upper bound; a percentile of the data if not stated", "indicator"
        ),
        "to": TO,
    },
    fit=fit_percentiles,
    fit_in_order=percentiles_in_order,
    needs_sort=True,
    relations=_percentile_problems,
    score_range=_percentile_range,
)
def percentile_minmax(
    x: FloatArray,
    *,
    direction: Direction = 1,
    percentiles: Pair = (5.0, 95.0),
    low: Statistic | None = None,
    high: Statistic | None = None,
    to: Pair = (0.0, 1.0),
) -> FloatArray:
    """Min-max between two percentiles of the data: a few extreme units no longer squeeze all others together.

    x: (units,) or (units, indicators); a gap stays a gap and is not counted. Values beyond the bounds get the ends of
    `to`. Where both percentiles are the same value, units at it get the middle and all others an end.

    Raises DomainError where a stated bound is beyond the other one.

    >>> percentile_minmax([0.0, 10.0, 20.0, 30.0, 1000.0], percentiles=(0, 75))
    array([0.        , 0.33333333, 0.66666667, 1.        , 1.        ])
    """
    fitted = {"low": low, "high": high, **fit_percentiles(x, percentiles=percentiles, low=low, high=high)}
    lower, upper = (np.asarray(fitted[end], dtype=np.float64) for end in ("low", "high"))
    crossed = np.asarray(lower > upper)
    if crossed.any():
        reason = Text("下界大于上界", "the lower bound is above the upper bound")
        raise DomainError(reason, columns=np.flatnonzero(crossed).tolist())
    narrow = is_constant(lower, upper)
    with np.errstate(over="ignore"):
        share = (x - lower) / np.where(narrow, 1.0, upper - lower)
    share = np.where(narrow, np.where(is_constant(np.fmin(x, lower), np.fmax(x, upper)), 0.5, share > 0), share)
    share = np.where(is_higher_better(direction), share, 1.0 - share)
    return between(np.where(np.isnan(x), np.nan, np.clip(share, 0.0, 1.0)), to, clip=True)
