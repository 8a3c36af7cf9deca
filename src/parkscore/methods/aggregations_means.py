"""Aggregations that look at one unit at a time: further means, extremes, sums."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from parkscore.language import Text
from parkscore.methods.aggregations import geometric
from parkscore.methods.domain import LARGEST, DomainError, FloatArray, Needs
from parkscore.methods.parameters import Meaning, Problem
from parkscore.methods.ranges import Interval, Reach, hull, reaches_common_low, refuse_negative, refuse_vanishing
from parkscore.methods.registry import aggregation
from parkscore.methods.rows import Rows, rows_of, weighted_mean

Stated = Mapping[str, Any]

_ROW_BY_ROW = frozenset(
    {"unit order", "indicator order", "duplicate unit", "unit by unit", "monotone", "scaling of the weights"}
)
_MEAN = _ROW_BY_ROW | {"unanimity", "scaling of all scores"}

# An exponent closer to 0 than this gives the geometric mean to the last digits.
_NO_EXPONENT = 1e-12


def _mean_range(children: Sequence[Interval], _stated: Stated) -> Interval:
    return hull(children, reaches_common_low(children))


def _vanishing_range(children: Sequence[Interval], _stated: Stated) -> Interval:
    """The range of a mean that is 0 as soon as one score is."""
    can_vanish = any(child.low == 0 and child.reaches_low != "never" for child in children)
    return hull(children, "possible" if can_vanish else reaches_common_low(children))


def _present(rows: Rows, otherwise: float) -> FloatArray:
    """The scores, with this number in the place of gaps."""
    return np.where(rows.weights > 0, rows.scores, otherwise)


def _known(values: FloatArray, rows: Rows) -> FloatArray:
    """The values of units that have any score, NaN for the others."""
    return np.where(np.isnan(rows.total), np.nan, values)


# --- means -------------------------------------------------------------------------------------------------------


def _refuse_under_harmonic(child: Interval, _stated: Stated) -> Text | None:
    return refuse_vanishing(child, Text("调和平均", "a harmonic mean"))


@aggregation(
    "harmonic",
    zh="加权调和平均",
    en="Weighted harmonic mean",
    formula="S = Σ w / Σ (w / s)",
    needs=Needs(nonnegative=True),
    obeys=_MEAN,
    reference="Bullen 2003, Handbook of Means and Their Inequalities, chapter II",
    golden="python_statistics",
    golden_source="Python documentation, statistics.harmonic_mean (docs.python.org/3/library/statistics.html)",
    combine_range=_vanishing_range,
    refuse_range=_refuse_under_harmonic,
)
def harmonic(X: FloatArray, w: FloatArray) -> FloatArray:
    """The weighted harmonic mean: a weakness costs more still than under the geometric mean.

    X: (units, indicators), not negative; w: (indicators,), not negative, of any sum above 0. Returns (units,).
    A score of 0 with any weight gives 0. The share of a missing score goes to the present ones in proportion; a unit
    with none is NaN. A column of weight 0 never matters.

    >>> harmonic([[1.0, 3.0], [0.0, 9.0], [np.nan, 5.0]], [1, 1])
    array([1.5, 0. , 5. ])
    """
    rows = rows_of(X, w)
    least = _present(rows, np.inf).min(axis=1)
    # Relative to the smallest score: the reciprocal of a very small one would overflow.
    parts = np.divide(least[:, np.newaxis], rows.scores, out=np.ones_like(rows.scores), where=rows.scores > 0)
    return np.asarray(least / weighted_mean(parts, rows))


def _power_range(children: Sequence[Interval], stated: Stated) -> Interval:
    return (_mean_range if stated["exponent"] >= _NO_EXPONENT else _vanishing_range)(children, stated)


def _refuse_under_power(child: Interval, _stated: Stated) -> Text | None:
    return refuse_negative(child, Text("幂平均", "a power mean"))


def _is_geometric(stated: Stated) -> bool:
    return bool(abs(stated["exponent"]) < _NO_EXPONENT)


@aggregation(
    "power",
    zh="加权幂平均",
    en="Weighted power mean",
    formula="S = (Σ w sᵖ / Σ w)^(1/p);  p = 0: exp(Σ w ln s / Σ w)",
    needs=Needs(nonnegative=True),
    obeys=_MEAN,
    reference="Hardy, Littlewood, Polya 1934, Inequalities, chapter II; in use in UNDP's human poverty index (p = 3)",
    golden="hdr_2007_hpi_2",
    golden_source="UNDP, Human Development Report 2007/2008, table 4 and technical note 1 (HPI-2)",
    parameters={
        "exponent": Meaning(
            "指数 p：1 为算术平均，0 为几何平均，-1 为调和平均；越小，短板的影响越大",
            "the exponent p: 1 arithmetic, 0 geometric, -1 harmonic; the lower, the more a weakness costs",
        )
    },
    combine_range=_power_range,
    refuse_range=_refuse_under_power,
    mixes_scales=_is_geometric,
)
def power(X: FloatArray, w: FloatArray, *, exponent: float) -> FloatArray:
    """The weighted power mean, from the smallest score (exponent far below 0) to the largest (far above).

    X: (units, indicators), not negative; w: (indicators,), not negative, of any sum above 0. Returns (units,).
    For exponents up to 0 a score of 0 with any weight gives 0. The share of a missing score goes to the present ones
    in proportion; a unit with none is NaN. A column of weight 0 never matters.

    >>> power([[1.0, 7.0], [np.nan, 5.0]], [1, 1], exponent=2)
    array([5., 5.])
    """
    if abs(exponent) < _NO_EXPONENT:
        return geometric.function(X, w)
    rows = rows_of(X, w)
    extreme = _present(rows, -np.inf).max(axis=1) if exponent > 0 else _present(rows, np.inf).min(axis=1)
    # Relative to the score that weighs most in the sum, so that no power overflows or vanishes.
    size = np.where((extreme > 0) & np.isfinite(extreme), extreme, 1.0)
    logs = np.log(rows.scores, out=np.full_like(rows.scores, -np.inf), where=rows.scores > 0)
    with np.errstate(over="ignore"):
        powers = np.where(rows.weights > 0, exponent * (logs - np.log(size)[:, np.newaxis]), 0.0)
    with np.errstate(divide="ignore", over="ignore"):
        # Near equal scores or an exponent of 0 the first keeps its digits; where a small weight carries all, the other.
        near = np.log1p(weighted_mean(np.expm1(powers), rows))
        far = np.log(weighted_mean(np.exp(powers), rows))
    return _known(size * np.exp(np.where(near > -0.5, near, far) / exponent), rows)


def _check_quantifier(stated: Stated) -> list[Problem]:
    if stated.get("exponent", 1) > 0:
        return []
    return [Problem("exponent", Text("exponent 必须大于零", "exponent must be above zero"))]


@aggregation(
    "owa",
    zh="有序加权平均（OWA）",
    en="Ordered weighted average",
    formula="S = Σ v s↓;  v(k) = Q(T(k)) - Q(T(k-1));  T(k) = Σ(i≤k) w / Σ w;  Q(r) = rᵃ",
    obeys=_MEAN,
    reference="Yager 1996, International Journal of Intelligent Systems 11, 49-73 (quantifier-guided aggregation)",
    golden="yager_1996",
    golden_source="Yager 1996, International Journal of Intelligent Systems 11, 49-73, example of four criteria of "
    "unequal importance",
    parameters={
        "exponent": Meaning(
            "量词 Q(r) = rᵃ 的指数 a：1 为算术平均，大于 1 偏重短板（2：“大多数”），小于 1 偏重长板",
            "a of the quantifier Q(r) = rᵃ: 1 arithmetic, above 1 favours weak scores (2: most), below 1 strong ones",
        )
    },
    relations=_check_quantifier,
    combine_range=_mean_range,
)
def owa(X: FloatArray, w: FloatArray, *, exponent: float) -> FloatArray:
    """A mean whose weights go by the place of a score among the unit's own, best first, and by its importance.

    X: (units, indicators); w: (indicators,), importances, not negative, of any sum above 0. Returns (units,).
    The share of a missing score goes to the present ones in proportion; a unit with none is NaN. A column of weight 0
    never matters. Raises DomainError where the exponent is not above 0.

    >>> owa([[0.0, 1.0], [1.0, 0.0], [np.nan, 0.5]], [1, 1], exponent=2)
    array([0.25, 0.25, 0.5 ])
    """
    if problems := _check_quantifier({"exponent": exponent}):
        raise DomainError(problems[0].reason)
    rows = rows_of(X, w)
    best_first = np.argsort(-_present(rows, -np.inf), axis=1, kind="stable")
    scores = np.ascontiguousarray(np.take_along_axis(rows.scores, best_first, axis=1))
    reached = np.cumsum(np.take_along_axis(rows.weights, best_first, axis=1), axis=1)
    # The last sum is the whole, to the last digit.
    shares = np.divide(reached, reached[:, -1:], out=np.ones_like(reached), where=reached[:, -1:] > 0)
    weights = np.diff(np.power(shares, exponent), axis=1, prepend=0.0)
    return _known((scores * weights).sum(axis=1), rows)


# --- extremes ----------------------------------------------------------------------------------------------------


def _least_range(children: Sequence[Interval], _stated: Stated) -> Interval:
    lowest = min(child.low for child in children)
    at_low = {child.reaches_low for child in children if child.low == lowest}
    reach: Reach = "always" if "always" in at_low else "possible" if "possible" in at_low else "never"
    # With gaps the largest score may be the only one.
    return Interval(lowest, max(child.high for child in children), reach)


@aggregation(
    "min",
    zh="最小值（短板法）",
    en="Smallest score",
    formula="S = min s",
    obeys=_MEAN,
    reference="Wald 1950, Statistical Decision Functions; Rawls 1971, A Theory of Justice (the maximin rule)",
    golden="wald_ceopedia",
    golden_source="CEOpedia, Maximin criterion, example of four strategies (ceopedia.org)",
    combine_range=_least_range,
)
def smallest(X: FloatArray, w: FloatArray) -> FloatArray:
    """The smallest score: a unit is as good as its weakest side.

    X: (units, indicators); w: (indicators,), not negative. Returns (units,). Weights only say which columns count: one
    of weight 0 never matters. Missing scores are passed over; a unit with none is NaN.

    >>> smallest([[3.0, 1.0], [np.nan, 2.0]], [0.9, 0.1])
    array([1., 2.])
    """
    rows = rows_of(X, w)
    return _known(_present(rows, np.inf).min(axis=1), rows)


@aggregation(
    "max",
    zh="最大值（择优计分）",
    en="Largest score (best of)",
    formula="S = max s",
    obeys=_MEAN,
    reference="科技部等 国科发政〔2017〕115号, annex: of two R&D ratios the better one scores",
    golden="epa_aqi",
    golden_source="EPA-454/B-18-007, 2018, Technical Assistance Document for the Reporting of Daily Air Quality, "
    "section II, worked example",
    combine_range=_mean_range,
)
def largest(X: FloatArray, w: FloatArray) -> FloatArray:
    """The largest score: the best of several ways to earn points.

    X: (units, indicators); w: (indicators,), not negative. Returns (units,). Weights only say which columns count: one
    of weight 0 never matters. Missing scores are passed over; a unit with none is NaN.

    >>> largest([[3.0, 1.0], [np.nan, 2.0]], [0.9, 0.1])
    array([3., 2.])
    """
    rows = rows_of(X, w)
    return _known(_present(rows, -np.inf).max(axis=1), rows)


# --- points that add up or multiply ------------------------------------------------------------------------------


def _as_they_are(_stated: Stated) -> bool:
    """Points and coefficients are meant to differ in width: their width is their weight."""
    return True


def _sum_range(children: Sequence[Interval], stated: Stated) -> Interval:
    """The range of a sum of any of the children, one at least: the others may be missing."""
    lows, highs = [child.low for child in children], [child.high for child in children]
    low = sum(min(each, 0.0) for each in lows) or min(lows)
    high = sum(max(each, 0.0) for each in highs) or max(highs)
    floor, cap = _ends_of_sum(stated.get("floor"), stated.get("cap"))
    low, high = (min(max(end, floor), cap) for end in (low, high))
    return Interval(low, high, "never" if math.isinf(low) else "possible")


def _ends_of_sum(floor: float | None, cap: float | None) -> tuple[float, float]:
    return -math.inf if floor is None else float(floor), math.inf if cap is None else float(cap)


def _sum_within(X: FloatArray, w: FloatArray, floor: float | None, cap: float | None) -> FloatArray:
    """The sums of the present scores of the columns that count, within floor and cap."""
    for problem in _crossed_ends({"floor": floor, "cap": cap}):
        raise DomainError(problem.reason)
    rows = rows_of(X, w)
    return _known(np.clip(rows.scores.sum(axis=1), *_ends_of_sum(floor, cap)), rows)


def _crossed_ends(stated: Stated) -> list[Problem]:
    floor, cap = _ends_of_sum(stated.get("floor"), stated.get("cap"))
    if floor <= cap:
        return []
    reason = Text(f"floor（{floor:g}）不应大于 cap（{cap:g}）", f"floor ({floor:g}) must not be above cap ({cap:g})")
    return [Problem("floor", reason)]


_FLOOR = Meaning(
    "最低得分（扣分托底）；不给则不托底", "the fewest points there are; no floor where not stated", "score"
)


@aggregation(
    "sum",
    zh="求和",
    en="Sum",
    formula="S = max(Σ s, floor)",
    obeys=_ROW_BY_ROW,
    reference="工信部企业〔2022〕63号, 创新型中小企业 and 专精特新中小企业: the points of all items are added up",
    golden="specialised_sme_2022",
    golden_source="工信部企业〔2022〕63号 附件2, as two public transcriptions have it: 专业化 25, 精细化 25, "
    "特色化 15, 创新能力 35, in all 100 points",
    parameters={"floor": _FLOOR},
    combine_range=_sum_range,
    mixes_scales=_as_they_are,
)
def points_sum(X: FloatArray, w: FloatArray, *, floor: float | None = None) -> FloatArray:
    """The points of a unit added up, deductions included, down to a floor where one is stated.

    X: (units, indicators), points; w: (indicators,), not negative. Returns (units,). Points are added as they are:
    weights only say which columns count, one of weight 0 never matters. A missing score adds nothing (its coverage
    says so); a unit with none is NaN.

    >>> points_sum([[20.0, 15.0], [5.0, -20.0], [np.nan, 5.0]], [1, 1])
    array([ 35., -15.,   5.])
    >>> points_sum([[5.0, -20.0]], [1, 1], floor=0)
    array([0.])
    """
    return _sum_within(X, w, floor, None)


@aggregation(
    "capped_sum",
    zh="封顶求和",
    en="Sum with a cap",
    formula="S = min(max(Σ s, floor), cap)",
    obeys=_ROW_BY_ROW,
    reference="国科发火〔2016〕195号: intellectual property earns at most 30 points, a bonus for standards included",
    golden="cvss_3_1",
    golden_source="FIRST, Common Vulnerability Scoring System 3.1, specification section 7.1 and examples; National "
    "Vulnerability Database, CVE-2021-44228",
    parameters={"cap": Meaning("最高得分（加分封顶）", "the most points there are", "score"), "floor": _FLOOR},
    relations=_crossed_ends,
    combine_range=_sum_range,
    mixes_scales=_as_they_are,
)
def capped_sum(X: FloatArray, w: FloatArray, *, cap: float, floor: float | None = None) -> FloatArray:
    """The points of a unit added up, up to a ceiling and, where it is stated, down to a floor.

    X: (units, indicators), points; w: (indicators,), not negative. Returns (units,). Points are added as they are:
    weights only say which columns count, one of weight 0 never matters. A missing score adds nothing (its coverage
    says so); a unit with none is NaN. Raises DomainError where the floor is above the cap.

    >>> capped_sum([[1.0, 0.5], [1.5, 1.5], [np.nan, 1.0]], [1, 1], cap=2)
    array([1.5, 2. , 1. ])
    """
    return _sum_within(X, w, floor, cap)


def _product_range(children: Sequence[Interval], _stated: Stated) -> Interval:
    low = math.prod(max(child.low, 0.0) for child in children)
    highs = [child.high for child in children]
    # 0 times a score without limit is 0.
    high = 0.0 if 0 in highs else math.prod(highs)
    can_vanish = any(child.low == 0 and child.reaches_low != "never" for child in children)
    return Interval(low, high, "possible" if can_vanish else reaches_common_low(children))


def _refuse_under_product(child: Interval, _stated: Stated) -> Text | None:
    return refuse_negative(child, Text("乘积", "a product"))


@aggregation(
    "product",
    zh="连乘",
    en="Product",
    formula="S = Π s",
    needs=Needs(nonnegative=True, complete=True),
    obeys=_ROW_BY_ROW,
    reference="Bridgman 1922, Dimensional Analysis; Brauers, Zavadskas 2010 (full multiplicative form of MULTIMOORA)",
    golden="kracka_2010",
    golden_source="Kracka, Brauers, Zavadskas 2010, Inzinerine Ekonomika - Engineering Economics 21(4), 352-359 (full "
    "multiplicative form)",
    combine_range=_product_range,
    refuse_range=_refuse_under_product,
    mixes_scales=_as_they_are,
)
def product(X: FloatArray, w: FloatArray) -> FloatArray:
    """The product of the scores, for factors such as a score and a coefficient; `geometric` is the weighted form.

    X: (units, indicators), not negative, complete; w: (indicators,), not negative. Returns (units,). Weights only say
    which columns count: one of weight 0 never matters. Raises DomainError where a product passes 1e150.

    >>> product([[80.0, 1.2], [90.0, 0.0]], [1, 1])
    array([96.,  0.])
    """
    with np.errstate(over="ignore"):
        result = np.asarray(rows_of(X, w).scores.prod(axis=1))
    if (beyond := result > LARGEST).any():
        reason = Text("乘积超过 1e150", "a product is beyond 1e150")
        raise DomainError(reason, units=np.flatnonzero(beyond).tolist())
    return result
