"""Matter-of-degree evaluation (模糊综合评价): scores belong to grades by degree, and the degrees are combined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from parkscore.language import Text
from parkscore.methods.domain import DomainError, FloatArray, Needs
from parkscore.methods.parameters import Meaning, Problem
from parkscore.methods.ranges import Interval, hull
from parkscore.methods.registry import aggregation

Stated = Mapping[str, Any]
Operator = Literal["weighted_average", "max_min", "max_product", "bounded_sum"]

# How a weight meets a degree, and how the indicators are put together.
_OPERATORS: Mapping[Operator, tuple[np.ufunc, np.ufunc]] = MappingProxyType(
    {
        "weighted_average": (np.multiply, np.add),
        "max_min": (np.minimum, np.maximum),
        "max_product": (np.multiply, np.maximum),
        "bounded_sum": (np.minimum, np.add),
    }
)

# Degrees that differ by less are equal but for rounding.
_ROUNDING = 1e-12


# --- degrees -----------------------------------------------------------------------------------------------------


def memberships(x: ArrayLike, grades: Sequence[float]) -> FloatArray:
    """The degree to which each score belongs to each grade: 1 at the grade's value, 0 from its neighbours on.

    x: scores of any shape; grades: the values of at least two grades, rising. Returns x's shape and one axis more,
    (..., grades): half trapezoids (降半梯形, 升半梯形) for the lowest and the highest grade, which hold all that lies
    beyond, triangles between. The degrees of a score sum to 1, those of a gap are NaN. Shape as in 张敬信, mathmodels
    (R), `compute_mf`. Raises DomainError for grades that do not rise.

    >>> memberships([70.0, 10.0], [20, 40, 60, 80, 100])
    array([[0. , 0. , 0.5, 0.5, 0. ],
           [1. , 0. , 0. , 0. , 0. ]])
    """
    values = _values(grades)
    scores = np.asarray(x, dtype=np.float64)
    return np.stack([_degree(scores, values, grade) for grade in range(len(values))], axis=-1)


def _degree(scores: FloatArray, values: FloatArray, grade: int) -> FloatArray:
    """The degrees of scores in one grade, straight between the grades' values and flat beyond."""
    return np.asarray(np.interp(scores, values, np.arange(len(values)) == grade), dtype=np.float64)


def compose(w: ArrayLike, R: ArrayLike, operator: Operator = "weighted_average") -> FloatArray:
    """B = A∘R: the degree to which a whole belongs to each grade, from the degrees of its indicators.

    w: (indicators,), weights from 0 to 1, by custom summing to 1; R: (..., indicators, grades), degrees from 0 to 1.
    Returns (..., grades), not normalised. weighted_average is M(·,⊕), b = min(1, Σ w r); max_min is M(∧,∨),
    b = max min(w, r); max_product is M(·,∨), b = max w r; bounded_sum is M(∧,⊕), b = min(1, Σ min(w, r)).
    Raises DomainError for weights or degrees outside 0 to 1, a gap included.

    >>> compose([0.75, 0.25], [[0.5, 0.5], [1.0, 0.0]], "max_min")
    array([0.5, 0.5])
    """
    weights, degrees = np.asarray(w, dtype=np.float64), np.asarray(R, dtype=np.float64)
    if weights.ndim != 1 or degrees.ndim < 2 or degrees.shape[-2] != len(weights):
        raise ValueError(f"degrees of {degrees.shape} do not go with weights of {weights.shape}")
    if not all(((each >= 0) & (each <= 1)).all() for each in (weights, degrees)):
        raise DomainError(Text("权重与隶属度应在 0 与 1 之间", "weights and degrees must be from 0 to 1"))
    by_grade = np.ascontiguousarray(np.moveaxis(degrees, -1, 0))
    return np.moveaxis(_combined(weights, by_grade, operator), 0, -1)


def _combined(weights: FloatArray, degrees: FloatArray, operator: Operator) -> FloatArray:
    """The degrees of the indicators, (..., indicators), as one: (...,)."""
    meet, join = _OPERATORS[operator]
    # The bound is part of ⊕. Where weights sum to 1 it takes away nothing but rounding.
    return np.asarray(np.minimum(join.reduce(meet(degrees, weights), axis=-1), 1.0))


def _values(grades: Sequence[float]) -> FloatArray:
    """The values of the grades; DomainError where they do not rise."""
    if problems := _check_grades({"grades": grades}):
        raise DomainError(problems[0].reason)
    return np.asarray(grades, dtype=np.float64)


def _check_grades(stated: Stated) -> list[Problem]:
    grades = stated["grades"]
    values = np.asarray(grades, dtype=np.float64)
    if len(values) >= 2 and np.isfinite(values).all() and (values[1:] > values[:-1]).all():
        return []
    reason = Text(
        f"grades 应至少有两个数，从低到高且互不相同，而不是 {list(grades)}",
        f"grades must be at least two numbers that rise, not {list(grades)}",
    )
    return [Problem("grades", reason)]


# --- the method --------------------------------------------------------------------------------------------------


def _fuzzy_range(children: Sequence[Interval], stated: Stated) -> Interval:
    """Scores cut to the grades; other operators than the average also move a score between its two grades."""
    values, whole = _values(stated["grades"]), hull(children, "possible")
    low, high = np.clip([whole.low, whole.high], values[0], values[-1])
    # A single indicator has weight 1, and every operator gives back its score.
    if stated.get("operator", "weighted_average") != "weighted_average" and len(children) > 1:
        low, high = values[values <= low].max(), values[values >= high].min()
    return Interval(float(low), float(high), whole.reaches_low if whole.low >= values[0] else "possible")


def _refuse_beyond_grades(child: Interval, stated: Stated) -> Text | None:
    """Why scores that all lie beyond the lowest or the highest grade cannot be told apart, or None."""
    lowest, highest = float(stated["grades"][0]), float(stated["grades"][-1])
    if child.high > lowest and child.low < highest:
        return None
    scores, grades = f"{child.low:g}-{child.high:g}", f"{lowest:g}-{highest:g}"
    return Text(
        f"得分在 {scores}，等级分值在 {grades}，尺度不同，所有评价对象都会同分",
        f"scores of {scores} and grades of {grades} are on two scales: every unit would get the same",
    )


_GRADES = Meaning(
    "各评价等级的分值，从低到高，与下级得分同一尺度，如 [20, 40, 60, 80, 100]",
    "the values of the grades, lowest first, on the scale of the scores below, such as [20, 40, 60, 80, 100]",
    "score",
)
_OPERATOR = Meaning(
    "合成算子：weighted_average 加权平均型 M(·,⊕)，max_min 主因素决定型 M(∧,∨)，"
    "max_product 主因素突出型 M(·,∨)，bounded_sum 取小上界和型 M(∧,⊕)",
    "how degrees are combined: weighted_average M(·,⊕), max_min M(∧,∨), max_product M(·,∨), bounded_sum M(∧,⊕)",
)


@aggregation(
    "fuzzy",
    zh="模糊综合评价",
    en="Matter-of-degree (fuzzy) evaluation",
    formula="S = Σ b v / Σ b;  B = A∘R, A = w / Σ w;  r: degree of s in the grade of value v;  "
    "weighted_average: b = min(1, Σ a r);  max_min: b = max min(a, r);  max_product: b = max a r;  "
    "bounded_sum: b = min(1, Σ min(a, r))",
    needs=Needs(complete=True),
    obeys={"unit order", "indicator order", "duplicate unit", "unit by unit", "scaling of the weights"},
    reference="司守奎, 孙玺菁, 数学建模算法与应用, 国防工业出版社, 第14章 (模糊综合评判); "
    "operators, degrees and the score as in 张敬信, mathmodels (R): fuzzy_eval, compute_mf, defuzzify",
    golden="mathmodels_defuzzify",
    golden_source="mathmodels (R, zhjx19), example of defuzzify",
    may_lower=Text(
        "max_min 等算子会截断隶属度：离开一个等级后，另一个等级可能完全没有",
        "max_min and the like cut degrees off: rising from one grade may leave the other without any",
    ),
    parameters={"grades": _GRADES, "operator": _OPERATOR},
    relations=_check_grades,
    combine_range=_fuzzy_range,
    refuse_range=_refuse_beyond_grades,
)
def fuzzy(
    X: FloatArray, w: FloatArray, *, grades: Sequence[float], operator: Operator = "weighted_average"
) -> FloatArray:
    """How far a unit belongs to each grade, as one score: the grades' values weighted by those degrees.

    X: (units, indicators), complete, on the scale of the grades; w: (indicators,), not negative, of any sum above 0,
    made to sum to 1. Returns (units,), from the lowest to the highest grade. A column of weight 0 never matters.
    Raises DomainError for grades that do not rise.

    weighted_average is the weighted arithmetic mean of the scores cut to [lowest, highest grade]. A score
    s = v + t (v' - v) between two grades has the degrees 1 - t and t, so Σ r v = (1 - t) v + t v' = s, beyond the ends
    Σ r v is the end, and S = Σ_grades v Σ a r = Σ a Σ_grades r v = Σ a cut(s), as Σ b = Σ a = 1. The grades between the
    ends change nothing; the degrees of each grade (`memberships`, `compose`) are what it tells beyond the mean.

    The other three do not reward improvement everywhere, and equal scores may give another one. With weights 0.3 and
    0.7, scores of 20 and 100 give 76 under max_min and bounded_sum; raising 20 to 25 gives 68.8, for it adds a degree
    in the grade 40, which is below 76, and takes none away. Under max_product a grade that falls may be hidden behind
    another indicator. That is why the card promises neither monotony nor unanimity.

    A gap is refused. The sources state whole tables only. Sharing out the weight of a gap would be in place under
    weighted_average, where `arithmetic` on clipped scores is the same and does it; under the others a weight is also a
    bound on degrees, which would loosen for a unit because it reported less.

    >>> fuzzy([[70.0, 50.0], [130.0, 100.0]], [3, 1], grades=[20, 40, 60, 80, 100])
    array([ 65., 100.])
    """
    values = _values(grades)
    degrees = _whole_degrees(X, w, values, operator)
    score = (degrees * values).sum(axis=1) / degrees.sum(axis=1)
    # A mean of the grades' values is beyond them by rounding only.
    return np.asarray(np.clip(score, values[0], values[-1]))


def _whole_degrees(X: FloatArray, w: FloatArray, values: FloatArray, operator: Operator) -> FloatArray:
    """B of each unit, (units, grades), grade by grade: all degrees at once would be as many tables as grades."""
    counted = w > 0
    scores = np.ascontiguousarray(X[:, counted])
    # First against overflow, then to shares.
    weights = w[counted] / w.max()
    weights = weights / weights.sum()
    by_grade = [_combined(weights, _degree(scores, values, grade), operator) for grade in range(len(values))]
    return np.stack(by_grade, axis=-1)


def greatest_membership(B: ArrayLike, grades: Sequence[float]) -> FloatArray:
    """The value of the grade that a whole belongs to most (最大隶属度原则).

    B: (..., grades), degrees as `compose` gives them; grades: the grades' values, rising. Returns (...,); NaN where a
    degree is missing. Of grades with equal degrees, for which the principle has no rule, the lowest.
    Raises DomainError for grades that do not rise.

    >>> greatest_membership([[0.2, 0.3, 0.4, 0.1], [0.4, 0.1, 0.4, 0.1]], [1, 2, 3, 4])
    array([3., 1.])
    """
    values, degrees = _values(grades), np.asarray(B, dtype=np.float64)
    if degrees.shape[-1:] != values.shape:
        raise ValueError(f"degrees of {degrees.shape} do not go with {len(values)} grades")
    top = degrees.max(axis=-1, keepdims=True)
    first = np.argmax(degrees >= top - _ROUNDING, axis=-1)
    return np.asarray(np.where(np.isnan(top[..., 0]), np.nan, values[first]))
