"""Matter-of-degree evaluation: published examples, what each operator keeps, and what is refused."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.methods import DomainError, Interval, aggregation
from parkscore.methods.aggregations_fuzzy import Operator, compose, greatest_membership, memberships

GRADES = [20.0, 40.0, 60.0, 80.0, 100.0]
OPERATORS = get_args(Operator)
fuzzy = aggregation["fuzzy"]


# --- published ---------------------------------------------------------------------------------------------------

# 司守奎, 孙玺菁, 数学建模算法与应用, 第14章, 某单位员工的年终综合评定; results as printed by two re-computations of the
# book's example (RabbitWhite1/Mathematical-Modeling-In-Python, and a public notebook).
STAFF = [[0.1, 0.5, 0.4, 0, 0], [0.2, 0.5, 0.2, 0.1, 0], [0.2, 0.5, 0.3, 0, 0], [0.2, 0.6, 0.2, 0, 0]]

# The same chapter, 多层次模糊综合评判在人事考核中的应用: weights and degrees within each of four groups.
STAFF_GROUPS = [
    ([0.2, 0.3, 0.3, 0.2],
     [[0.8, 0.15, 0.05, 0, 0], [0.2, 0.6, 0.1, 0.1, 0], [0.5, 0.4, 0.1, 0, 0], [0.1, 0.3, 0.5, 0.05, 0.05]]),
    ([0.3, 0.2, 0.1, 0.2, 0.2],
     [[0.3, 0.5, 0.15, 0.05, 0], [0.2, 0.2, 0.4, 0.1, 0.1], [0.4, 0.4, 0.1, 0.1, 0], [0.1, 0.3, 0.3, 0.2, 0.1],
      [0.3, 0.2, 0.2, 0.2, 0.1]]),
    ([0.1, 0.2, 0.3, 0.2, 0.2],
     [[0.1, 0.3, 0.5, 0.1, 0], [0.2, 0.3, 0.3, 0.1, 0.1], [0.2, 0.3, 0.35, 0.15, 0], [0.1, 0.3, 0.4, 0.1, 0.1],
      [0.1, 0.4, 0.3, 0.1, 0.1]]),
    ([0.3, 0.2, 0.2, 0.3],
     [[0.3, 0.4, 0.2, 0.1, 0], [0.1, 0.4, 0.3, 0.1, 0.1], [0.2, 0.3, 0.4, 0.1, 0], [0.4, 0.3, 0.2, 0.1, 0]]),
]  # fmt: skip


def test_fuzzy_weighted_average_staff_appraisal_of_si_and_sun_chapter_14() -> None:
    B = compose([0.25, 0.2, 0.25, 0.3], STAFF, "weighted_average")
    np.testing.assert_allclose(B, [0.175, 0.53, 0.275, 0.02, 0], atol=1e-12)


def test_fuzzy_weighted_average_in_two_levels_staff_appraisal_of_si_and_sun_chapter_14() -> None:
    groups = [compose(weights, R) for weights, R in STAFF_GROUPS]
    B = compose([0.4, 0.3, 0.2, 0.1], groups)
    np.testing.assert_allclose(B, [0.288, 0.354, 0.2355, 0.0865, 0.036], atol=1e-12)


def test_fuzzy_weighted_average_of_a_garment_zhang_mathmodels_fuzzy_eval() -> None:
    # 张敬信, mathmodels (R), example of fuzzy_eval, type 3; the output of its package check.
    R = [[0.8, 0.1, 0.1], [0.7, 0.2, 0.1], [0.6, 0.2, 0.2], [0.7, 0.1, 0.2]]
    np.testing.assert_allclose(compose([0.3, 0.3, 0.3, 0.1], R), [0.70, 0.16, 0.14], atol=1e-12)


@pytest.mark.parametrize(
    ("weights", "expected"),
    [([0.1, 0.2, 0.3, 0.4], [0.2, 0.3, 0.4, 0.1]), ([0.4, 0.35, 0.15, 0.1], [0.35, 0.4, 0.2, 0.1])],
)
def test_fuzzy_max_min_of_a_garment_for_two_groups_of_customers(weights: list[float], expected: list[float]) -> None:
    # 服装评判, Example8_4 of a MATLAB course (主因素决定型), with its printed output.
    R = [[0.2, 0.5, 0.2, 0.1], [0.7, 0.2, 0.1, 0], [0, 0.4, 0.5, 0.1], [0.2, 0.3, 0.5, 0]]
    np.testing.assert_array_equal(compose(weights, R, "max_min"), expected)


def test_fuzzy_max_min_of_a_garment_lecture_seven() -> None:
    # 第七讲 模糊综合评价法, 例1: five properties, four grades, B and B normalised as printed.
    R = [[0.2, 0.5, 0.3, 0], [0.1, 0.3, 0.5, 0.1], [0, 0.1, 0.6, 0.3], [0, 0.4, 0.5, 0.1], [0.5, 0.3, 0.2, 0]]
    B = compose([0.1, 0.1, 0.15, 0.3, 0.35], R, "max_min")
    np.testing.assert_array_equal(B, [0.35, 0.3, 0.3, 0.15])
    np.testing.assert_allclose(B / B.sum(), [0.32, 0.27, 0.27, 0.14], atol=5e-3)


def test_fuzzy_max_min_of_a_training_course_in_matrix_calculation() -> None:
    # 关于模糊综合评价的矩阵算法, part 1 (按模糊矩阵运算), B and B normalised as printed.
    R = [[0, 0.1, 0.2, 0.3, 0.4], [0.1, 0.1, 0.4, 0.2, 0.2], [0, 0.1, 0.2, 0.6, 0.1], [0, 0.2, 0.5, 0.3, 0]]
    B = compose([0.2, 0.2, 0.2, 0.4], R, "max_min")
    np.testing.assert_array_equal(B, [0.1, 0.2, 0.4, 0.3, 0.2])
    np.testing.assert_allclose(B / B.sum(), [0.083, 0.167, 0.333, 0.250, 0.167], atol=5e-4)


def test_degrees_of_a_concentration_zhang_mathmodels_compute_mf() -> None:
    # Half trapezoids at the ends, triangles between: SO2 of 0.07 with the limits 0.05, 0.15, 0.25, 0.5.
    np.testing.assert_allclose(memberships(0.07, [0.05, 0.15, 0.25, 0.5]), [0.8, 0.2, 0, 0], atol=1e-12)


def test_fuzzy_mathmodels_defuzzify_gives_the_printed_score_and_the_greatest_grade() -> None:
    B, grades = [0.318, 0.351, 0.203, 0.128], [30, 60, 75, 90]
    # A score at the value of each grade belongs to that grade alone, so B is the weights.
    np.testing.assert_allclose(fuzzy([[30, 60, 75, 90]], B, grades=grades), [57.345], rtol=1e-12)
    assert greatest_membership(B, grades) == 60


# --- by definition -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("weighted_average", [0.25, 0.45, 0.3]),
        ("max_min", [0.5, 0.5, 0.5]),
        ("max_product", [0.25, 0.25, 0.3]),
        ("bounded_sum", [0.5, 0.9, 0.5]),
    ],
)
def test_the_four_operators_by_hand(operator: Operator, expected: list[float]) -> None:
    np.testing.assert_allclose(compose([0.5, 0.5], [[0.5, 0.5, 0], [0, 0.4, 0.6]], operator), expected, rtol=1e-15)


def test_sums_of_degrees_are_bounded_by_one_where_weights_sum_to_more() -> None:
    assert compose([1.0, 0.8], [[0.9, 0.1], [0.9, 0.1]], "bounded_sum").tolist() == [1.0, 0.2]
    assert compose([1.0, 0.8], [[0.9, 0.1], [0.9, 0.1]], "weighted_average")[0] == 1.0


@pytest.mark.parametrize("operator", OPERATORS)
def test_the_method_is_the_mean_of_the_grades_by_the_composed_degrees(operator: Operator) -> None:
    generator = np.random.default_rng(0)
    X, w = generator.uniform(0, 120, (40, 6)), generator.dirichlet(np.ones(6))
    B = compose(w, memberships(X, GRADES), operator)
    assert B.shape == (40, 5)
    expected = B @ GRADES / B.sum(axis=1)
    np.testing.assert_allclose(fuzzy(X, 7 * w, grades=GRADES, operator=operator), expected, rtol=1e-12)


def test_the_average_is_what_a_framework_gets_that_states_no_operator() -> None:
    X = [[30.0, 90.0, 55.0]]
    stated = fuzzy(X, [1, 2, 3], grades=GRADES, operator="weighted_average")
    np.testing.assert_array_equal(fuzzy(X, [1, 2, 3], grades=GRADES), stated)


# --- what holds --------------------------------------------------------------------------------------------------

NUMBERS = st.floats(-50, 150)
ROWS = st.lists(st.tuples(NUMBERS, st.integers(1, 9)), min_size=1, max_size=6)
RISING = st.lists(st.integers(-40, 140), min_size=2, max_size=7, unique=True).map(sorted)


@given(x=NUMBERS, grades=RISING)
def test_degrees_sum_to_one_and_their_mean_is_the_score_cut_to_the_grades(x: float, grades: list[int]) -> None:
    degrees = memberships(x, grades)
    assert degrees.min() >= 0
    assert np.count_nonzero(degrees) <= 2
    np.testing.assert_allclose(degrees.sum(), 1, rtol=1e-12)
    np.testing.assert_allclose(degrees @ grades, np.clip(x, grades[0], grades[-1]), rtol=1e-12, atol=1e-11)


@given(row=ROWS, grades=RISING)
def test_the_average_equals_the_mean_of_scores_cut_to_the_grades(
    row: list[tuple[float, int]], grades: list[int]
) -> None:
    scores, weights = np.array(row).T
    cut = np.clip(scores, grades[0], grades[-1])
    expected = aggregation["arithmetic"]([cut], weights)
    np.testing.assert_allclose(fuzzy([scores], weights, grades=grades), expected, rtol=1e-12, atol=1e-11)


@given(row=ROWS, grades=RISING, better=st.floats(0, 60), which=st.integers(0, 5))
def test_the_average_rewards_every_improvement(
    row: list[tuple[float, int]], grades: list[int], better: float, which: int
) -> None:
    scores, weights = np.array(row).T
    improved = scores.copy()
    improved[which % len(scores)] += better
    before, after = fuzzy([scores, improved], weights, grades=grades)
    assert after >= before - 1e-11


@pytest.mark.parametrize("operator", OPERATORS)
@given(x=NUMBERS, grades=RISING)
def test_a_single_indicator_keeps_its_score_under_every_operator(
    operator: Operator, x: float, grades: list[int]
) -> None:
    result = fuzzy([[x]], [3], grades=grades, operator=operator)
    np.testing.assert_allclose(result, [np.clip(x, grades[0], grades[-1])], rtol=1e-12, atol=1e-11)


@pytest.mark.parametrize("operator", OPERATORS)
@given(row=ROWS)
def test_a_score_lies_between_the_lowest_and_the_highest_grade(
    operator: Operator, row: list[tuple[float, int]]
) -> None:
    scores, weights = np.array(row).T
    (result,) = fuzzy([scores], weights, grades=GRADES, operator=operator)
    assert GRADES[0] <= result <= GRADES[-1]


# --- what does not hold, and is not promised ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operator", "weights", "before", "after", "scores"),
    [
        ("max_min", [0.3, 0.7], [20, 100], [25, 100], (76, 68.8)),
        ("bounded_sum", [0.3, 0.7], [20, 100], [25, 100], (76, 68.8)),
        ("max_product", [0.3, 0.35, 0.35], [80, 100, 20], [90, 100, 20], (66, 54 / 0.85)),
    ],
)
def test_only_the_average_rewards_every_improvement(
    operator: Operator, weights: list[float], before: list[float], after: list[float], scores: tuple[float, float]
) -> None:
    np.testing.assert_allclose(fuzzy([before, after], weights, grades=GRADES, operator=operator), scores, rtol=1e-12)
    worse, better = fuzzy([before, after], weights, grades=GRADES)
    assert better > worse
    assert "monotone" not in fuzzy.obeys


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("weighted_average", 25),
        ("max_product", 25),
        # The largest weight, 0.4, holds the degree of 0.75 down and leaves that of 0.25.
        ("max_min", (0.4 * 20 + 0.25 * 40) / 0.65),
        # 0.4 + 0.4 + 0.2 and 0.25 + 0.25 + 0.2.
        ("bounded_sum", (1.0 * 20 + 0.7 * 40) / 1.7),
    ],
)
def test_equal_scores_give_another_score_where_weights_bound_the_degrees(operator: Operator, expected: float) -> None:
    result = fuzzy([[25, 25, 25]], [0.4, 0.4, 0.2], grades=GRADES, operator=operator)
    np.testing.assert_allclose(result, [expected], rtol=1e-12)
    assert "unanimity" not in fuzzy.obeys


# --- the grade of greatest membership ----------------------------------------------------------------------------


def test_of_grades_with_equal_degrees_the_lowest_is_taken_though_rounding_parts_them() -> None:
    assert greatest_membership([0.3, 0.1 + 0.2, 0.4 - 0.1], [1, 2, 3]) == 1
    assert greatest_membership([0.2, 0.1 + 0.2, 0.3], [1, 2, 3]) == 2


def test_a_unit_with_a_missing_degree_has_no_grade() -> None:
    B = memberships([[np.nan, 50.0], [90.0, 95.0]], GRADES)
    np.testing.assert_array_equal(greatest_membership(B, GRADES), [[np.nan, 40], [80, 100]])


# --- ranges, gaps and refusals -----------------------------------------------------------------------------------


def test_the_range_is_that_of_scores_cut_to_the_grades() -> None:
    combine = fuzzy.combine_range
    assert combine is not None
    stated: dict[str, Any] = {"grades": (20.0, 40.0, 60.0, 80.0, 100.0)}
    assert combine([Interval(30, 70), Interval(50, 90)], stated) == Interval(30, 90)
    assert combine([Interval(30, 70), Interval(50, 90)], stated | {"operator": "max_min"}) == Interval(20, 100)
    assert combine([Interval(30, 70, "never")], stated | {"operator": "max_min"}) == Interval(30, 70, "never")
    assert combine([Interval(0, 1, "always")], stated) == Interval(20, 20)
    assert combine([Interval(-np.inf, np.inf, "never")], stated) == Interval(20, 100)


def test_a_unit_is_scored_by_itself_and_the_result_is_no_sum_of_contributions() -> None:
    assert fuzzy.row_local
    assert not fuzzy.additive


def test_a_gap_is_refused_by_name_and_place() -> None:
    with pytest.raises(DomainError, match="no missing values") as caught:
        fuzzy([[50.0, 60.0], [50.0, np.nan]], [1, 1], grades=GRADES)
    assert (caught.value.columns, caught.value.units) == ((1,), (1,))


def test_a_gap_in_a_column_without_weight_is_nothing() -> None:
    np.testing.assert_array_equal(fuzzy([[50.0, np.nan]], [2, 0], grades=GRADES), [50])


@pytest.mark.parametrize("grades", [(20, 20), (40, 20), (20, 60, 40), (20, 40, 40)])
def test_grades_that_do_not_rise_are_refused_before_and_in_a_run_in_both_languages(grades: tuple[float, ...]) -> None:
    (problem,) = fuzzy.check({"grades": grades})
    assert problem.parameter == "grades"
    assert problem.reason.en == f"grades must be at least two numbers that rise, not {list(grades)}"
    assert problem.reason.zh == f"grades 应至少有两个数，从低到高且互不相同，而不是 {list(grades)}"
    with pytest.raises(DomainError, match="rise"):
        fuzzy([[50.0]], [1], grades=grades)
    with pytest.raises(DomainError, match="rise"):
        memberships(50.0, grades)


@pytest.mark.parametrize(
    ("stated", "parameter", "english"),
    [
        ({}, "grades", "grades must be stated"),
        ({"grades": (20,)}, "grades", "grades is (20,), not at least two numbers"),
        ({"grades": 20}, "grades", "grades is 20, not at least two numbers"),
        ({"grades": "20, 40"}, "grades", "grades is '20, 40', not at least two numbers"),
        ({"grades": (20, "good")}, "grades", "grades is (20, 'good'), not at least two numbers"),
        ({"grades": (20, float("inf"))}, "grades", "grades is (20, inf), not at least two numbers"),
        ({"grades": (20, 40), "operator": "maxmin"}, "operator",
         "operator is 'maxmin', not one of weighted_average, max_min, max_product, bounded_sum; did you mean max_min?"),
    ],
)  # fmt: skip
def test_what_is_no_list_of_grades_is_refused_before_a_run(
    stated: dict[str, Any], parameter: str, english: str
) -> None:
    (problem,) = fuzzy.check(stated)
    assert (problem.parameter, problem.reason.en) == (parameter, english)
    assert problem.reason.zh != english


@pytest.mark.parametrize("grades", [[20.0], [20.0, np.nan], [20.0, np.inf]])
def test_grades_that_are_no_scale_are_refused_in_a_call(grades: list[float]) -> None:
    with pytest.raises(DomainError, match="at least two numbers"):
        memberships(50.0, grades)


@pytest.mark.parametrize(
    ("weights", "R"),
    [([0.5, 1.5], STAFF[:2]), ([0.5, 0.5], [[0.5, 1.1], [0, 1]]), ([0.5, 0.5], [[0.5, np.nan], [0, 1]])],
)
def test_weights_and_degrees_outside_0_to_1_are_refused(weights: list[float], R: list[list[float]]) -> None:
    with pytest.raises(DomainError, match="from 0 to 1"):
        compose(weights, R)


def test_degrees_that_do_not_go_with_the_weights_or_the_grades_are_refused() -> None:
    with pytest.raises(ValueError, match="do not go with weights"):
        compose([0.5, 0.5], [[1.0, 0.0]])
    with pytest.raises(ValueError, match="do not go with 5 grades"):
        greatest_membership([0.5, 0.5], GRADES)


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0, 20), (100, 200)])
def test_scores_that_all_lie_beyond_the_end_grades_are_refused_before_a_run(low: float, high: float) -> None:
    assert fuzzy.refuse_range is not None
    reason = fuzzy.refuse_range(Interval(low, high), {"grades": GRADES})
    assert reason is not None
    assert f"scores of {low}-{high} and grades of 20-100" in reason.en
    assert "所有评价对象都会同分" in reason.zh


def test_scores_that_some_grades_can_tell_apart_are_taken() -> None:
    assert fuzzy.refuse_range is not None
    assert fuzzy.refuse_range(Interval(0, 100), {"grades": GRADES}) is None
    assert fuzzy.refuse_range(Interval(-np.inf, np.inf), {"grades": GRADES}) is None
