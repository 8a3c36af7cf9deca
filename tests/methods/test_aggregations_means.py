"""Means, extremes and sums against their definitions, their limits and published numbers."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.methods import DomainError, Interval, aggregation, scoring

SCORES = st.lists(st.integers(1, 400), min_size=3, max_size=3)
WEIGHTS = [1.0, 2.0, 4.0]


@given(cells=SCORES)
def test_harmonic_is_the_exact_fraction_of_its_definition(cells: list[int]) -> None:
    exact = Fraction(7) / sum(Fraction(int(w)) / Fraction(s) for w, s in zip(WEIGHTS, cells, strict=True))
    assert aggregation["harmonic"]([cells], WEIGHTS)[0] == pytest.approx(float(exact), rel=1e-14)


def test_harmonic_of_the_smallest_numbers_does_not_overflow() -> None:
    np.testing.assert_array_equal(aggregation["harmonic"]([[5e-324, 5e-324]], [1, 1]), [5e-324])


@given(cells=SCORES)
@pytest.mark.parametrize(
    ("exponent", "name"), [(1, "arithmetic"), (0, "geometric"), (1e-11, "geometric"), (-1, "harmonic")]
)
def test_power_passes_through_the_means_that_it_contains(exponent: float, name: str, cells: list[int]) -> None:
    expected = aggregation[name]([cells], WEIGHTS)
    np.testing.assert_allclose(aggregation["power"]([cells], WEIGHTS, exponent=exponent), expected, rtol=1e-9)


@given(cells=SCORES)
def test_power_goes_to_the_extremes(cells: list[int]) -> None:
    assert aggregation["power"]([cells], WEIGHTS, exponent=1e6)[0] == pytest.approx(max(cells), rel=1e-4)
    assert aggregation["power"]([cells], WEIGHTS, exponent=-1e6)[0] == pytest.approx(min(cells), rel=1e-4)


@pytest.mark.parametrize("exponent", [1e300, -1e300])
def test_power_stays_within_the_scores_for_any_exponent(exponent: float) -> None:
    result = aggregation["power"]([[2.0, 8.0]], [1, 1], exponent=exponent)
    np.testing.assert_allclose(result, [8.0 if exponent > 0 else 2.0])


def test_power_of_two_takes_the_root_of_the_mean_unlike_compind_3_4() -> None:
    # Compind's ci_generalized_mean divides by p where it should take the root: 4.25, 5, 18.25.
    result = aggregation["power"]([[1.0, 4.0], [2.0, 4.0], [3.0, 8.0]], [1, 1], exponent=2)
    np.testing.assert_allclose(result, np.sqrt([8.5, 10.0, 36.5]), rtol=1e-14)
    np.testing.assert_allclose(result, [2.92, 3.16, 6.04], atol=5e-3)


def test_power_keeps_its_digits_where_a_small_weight_carries_all() -> None:
    result = aggregation["power"]([[0.0, 3.0]], [1.0, 1e-300], exponent=1)
    np.testing.assert_allclose(result, [3e-300], rtol=1e-12)


@pytest.mark.parametrize(("exponent", "expected"), [(2, math.sqrt(8)), (0, 0), (-1, 0)])
def test_power_of_a_zero_vanishes_for_exponents_up_to_zero(exponent: float, expected: float) -> None:
    np.testing.assert_allclose(aggregation["power"]([[0.0, 4.0]], [1, 1], exponent=exponent), [expected])


@given(cells=SCORES)
def test_owa_with_exponent_one_is_the_arithmetic_mean(cells: list[int]) -> None:
    expected = aggregation["arithmetic"]([cells], WEIGHTS)
    np.testing.assert_allclose(aggregation["owa"]([cells], WEIGHTS, exponent=1), expected, rtol=1e-13)


@given(cells=SCORES)
def test_owa_goes_to_the_weakest_and_to_the_strongest(cells: list[int]) -> None:
    assert aggregation["owa"]([cells], WEIGHTS, exponent=2000)[0] == pytest.approx(min(cells), rel=1e-6)
    assert aggregation["owa"]([cells], WEIGHTS, exponent=1e-9)[0] == pytest.approx(max(cells), rel=1e-6)


def test_owa_by_hand() -> None:
    # Best first 1, 0.7, 0.6, 0.5 with importances 0.6, 1, 0.9, 0.5 of 3; Q(r) = r².
    reached = np.cumsum([0.6, 1.0, 0.9, 0.5]) / 3
    expected = np.array([1.0, 0.7, 0.6, 0.5]) @ np.diff(reached**2, prepend=0)
    result = aggregation["owa"]([[0.7, 1.0, 0.5, 0.6]], [1.0, 0.6, 0.5, 0.9], exponent=2)
    np.testing.assert_allclose(result, [expected], rtol=1e-14)
    assert result[0] == pytest.approx(0.61, abs=5e-4)


@pytest.mark.parametrize("exponent", [0, -1.0])
def test_owa_refuses_an_exponent_that_orders_nothing(exponent: float) -> None:
    assert [problem.parameter for problem in aggregation["owa"].check({"exponent": exponent})] == ["exponent"]
    with pytest.raises(DomainError, match="exponent must be above zero"):
        aggregation["owa"]([[1.0]], [1], exponent=exponent)


def test_min_and_max_pass_over_gaps_and_columns_without_weight() -> None:
    X = [[3.0, 7.0, 99.0], [np.nan, 5.0, -99.0], [np.nan, np.nan, 1.0]]
    np.testing.assert_array_equal(aggregation["min"](X, [1, 9, 0]), [3.0, 5.0, np.nan])
    np.testing.assert_array_equal(aggregation["max"](X, [1, 9, 0]), [7.0, 5.0, np.nan])


def test_capped_sum_adds_points_whatever_the_weights_and_stops_at_the_ceiling() -> None:
    # High-tech enterprises: 29 points and a bonus of 2 stay 30 (国科发火〔2016〕195号).
    X = [[29.0, 2.0], [20.0, 2.0], [20.0, np.nan], [np.nan, np.nan]]
    expected = [30.0, 22.0, 20.0, np.nan]
    np.testing.assert_array_equal(aggregation["capped_sum"](X, [1, 1], cap=30), expected)
    np.testing.assert_array_equal(aggregation["capped_sum"](X, [0.9, 0.1], cap=30), expected)


def test_sum_specialised_sme_2022_of_full_marks_in_all_items() -> None:
    # 工信部企业〔2022〕63号 附件2: the items of each dimension, and the local items as one.
    dimensions = [[5, 10, 5, 5, 0], [5, 5, 10, 5, 0], [15, 0, 0, 0, 0], [10, 10, 5, 10, 0]]
    totals = aggregation["sum"](np.array(dimensions, dtype=float), [1, 1, 1, 1, 1])
    np.testing.assert_array_equal(totals, [25, 25, 15, 35])
    assert aggregation["sum"]([totals], [25, 25, 15, 35])[0] == 100


def test_sum_technology_centre_of_18_items_is_100_whatever_the_weights() -> None:
    items = [8.0, 12, 7, 4, 4, 5, 4, 4, 3, 2, 4, 3, 5, 6, 4, 10, 10, 5]
    assert len(items) == 18
    assert aggregation["sum"]([items], items)[0] == 100
    assert aggregation["sum"]([items], np.ones(18))[0] == 100


def test_deductions_lower_a_sum_to_its_floor_and_no_further() -> None:
    # Ningbo's engineering centres: a loss costs 5 points, two years of it 20.
    X = [[30.0, -5.0], [30.0, -20.0], [10.0, -20.0], [np.nan, -20.0], [np.nan, np.nan]]
    np.testing.assert_array_equal(aggregation["sum"](X, [1, 1]), [25.0, 10.0, -10.0, -20.0, np.nan])
    np.testing.assert_array_equal(aggregation["sum"](X, [1, 1], floor=0), [25.0, 10.0, 0.0, 0.0, np.nan])
    capped = aggregation["capped_sum"](X, [1, 1], cap=15, floor=-15)
    np.testing.assert_array_equal(capped, [15.0, 10.0, -10.0, -15.0, np.nan])


def test_a_column_of_weight_0_adds_nothing_to_a_sum() -> None:
    np.testing.assert_array_equal(aggregation["sum"]([[3.0, 7.0], [np.nan, 7.0]], [1, 0]), [3.0, np.nan])


def test_a_floor_above_the_cap_is_refused() -> None:
    (problem,) = aggregation["capped_sum"].check({"cap": 5, "floor": 6})
    assert (problem.parameter, problem.reason.en) == ("floor", "floor (6) must not be above cap (5)")
    with pytest.raises(DomainError, match="above cap"):
        aggregation["capped_sum"]([[1.0]], [1], cap=5, floor=6)


@given(cells=SCORES)
def test_product_is_the_geometric_mean_to_the_number_of_factors(cells: list[int]) -> None:
    expected = aggregation["geometric"]([cells], [1, 1, 1]) ** 3
    np.testing.assert_allclose(aggregation["product"]([cells], [1, 1, 1]), expected, rtol=1e-12)


def test_product_refuses_gaps_and_what_no_measurement_has() -> None:
    with pytest.raises(DomainError, match="no missing values"):
        aggregation["product"]([[1.0, np.nan]], [1, 1])
    with pytest.raises(DomainError, match="beyond 1e150") as caught:
        aggregation["product"]([[1.0, 1.0], [1e150, 1e150]], [1, 1])
    assert caught.value.units == (1,)


@pytest.mark.parametrize("name", ["power", "product", "harmonic", "benefit_of_doubt"])
def test_z_scores_are_refused_before_a_run_by(name: str) -> None:
    refuse = aggregation[name].refuse_range
    assert refuse is not None
    reason = refuse(Interval(-math.inf, math.inf, "never"), {})
    assert reason is not None
    assert reason.en.startswith("scores can be negative (from -inf)")


def test_harmonic_refuses_before_a_run_what_always_vanishes() -> None:
    refuse = aggregation["harmonic"].refuse_range
    assert refuse is not None
    assert refuse(Interval(0, 1, "always"), {}) is not None
    assert refuse(Interval(0, 1, "possible"), {}) is None


@pytest.mark.parametrize(
    ("name", "stated", "children", "expected"),
    [
        ("min", {}, [Interval(0, 1, "always"), Interval(0, 5, "never")], Interval(0, 5, "always")),
        ("min", {}, [Interval(0, 1, "always"), Interval(-1, 5, "possible")], Interval(-1, 5, "possible")),
        ("max", {}, [Interval(0, 1, "always"), Interval(1, 5, "always")], Interval(0, 5, "never")),
        ("capped_sum", {"cap": 30}, [Interval(0, 30)] * 2, Interval(0, 30)),
        ("capped_sum", {"cap": 99}, [Interval(-5, 30), Interval(1, 2)], Interval(-5, 32)),
        ("capped_sum", {"cap": 99}, [Interval(2, 30), Interval(1, 2)], Interval(1, 32)),
        ("capped_sum", {"cap": 20, "floor": -3}, [Interval(-5, 30), Interval(1, 2)], Interval(-3, 20)),
        ("sum", {}, [Interval(-5, 30), Interval(1, 2)], Interval(-5, 32)),
        ("sum", {"floor": 0}, [Interval(-5, 30), Interval(1, 2)], Interval(0, 32)),
        ("sum", {}, [Interval(-math.inf, 0, "never"), Interval(1, 2)], Interval(-math.inf, 2, "never")),
        ("sum", {}, [Interval(0, math.inf), Interval(1, 2)], Interval(0, math.inf)),
        ("product", {}, [Interval(1, 2), Interval(0, math.inf)], Interval(0, math.inf)),
        ("product", {}, [Interval(1, 0), Interval(0, math.inf)], Interval(0, 0)),
        ("power", {"exponent": -1}, [Interval(0, 1), Interval(1, 2)], Interval(0, 2)),
        ("power", {"exponent": 2}, [Interval(0, 1), Interval(1, 2)], Interval(0, 2, "never")),
    ],
)
def test_the_range_of_a_node_follows_from_those_of_its_children(
    name: str, stated: dict[str, Any], children: list[Interval], expected: Interval
) -> None:
    combine = aggregation[name].combine_range
    assert combine is not None
    assert combine(children, stated) == expected


# --- published numbers -------------------------------------------------------------------------------------------


def test_ampi_eurostat_two_years(table) -> None:
    # Goalposts of Mazziotta and Pareto: reference values 50 and 100, half the range of both years on either side.
    figures = table("methods/ampi_input_long.csv")
    expected = table("methods/ampi_expected_compind_3_4.csv")
    columns = []
    for name, reference in {"employ": 50.0, "finalenergy": 100.0}.items():
        values = figures[name].to_numpy(dtype=float)
        half = (values.max() - values.min()) / 2
        low, high = reference - half, reference + half
        columns.append(scoring["minmax"](values, low=low, high=high, to=(70, 130), clip=False))
    index = aggregation["ampi"](np.column_stack(columns), [1, 1])
    for year in ("2010", "2011"):
        own = figures["time"].astype(str) == year
        np.testing.assert_allclose(index[own], expected[year], atol=5e-4, rtol=0)


def test_ampi_penalties_differ_unlike_compind_3_4() -> None:
    # There the argument is overwritten: POS and NEG give the same.
    low, high = (aggregation["ampi"]([[70.0, 130.0]], [1, 1], penalty=each)[0] for each in ("negative", "positive"))
    assert (low, high) == (91.0, 109.0)


def test_mazziotta_pareto_divides_by_n_unlike_compind_3_4() -> None:
    # ci_mpi takes the sample deviation and gives 98.
    np.testing.assert_allclose(aggregation["mazziotta_pareto"]([[90.0, 110.0]], [1, 1]), [99.0], rtol=1e-15)


@pytest.fixture
def pymcdm(golden: Path) -> dict[str, Any]:
    return _cases(golden / "methods" / "pymcdm_tests.json")


@pytest.fixture
def scikit(golden: Path) -> dict[str, Any]:
    return _cases(golden / "methods" / "scikit_criteria_tests.json")


def _cases(path: Path) -> dict[str, Any]:
    return {case["id"].split(".", 1)[1]: case for case in json.loads(path.read_text(encoding="utf-8"))}


def _shares_of_sum(X: Any, directions: Any) -> np.ndarray:
    values = np.asarray(X, dtype=np.float64)
    values = np.where(np.asarray(directions) > 0, values, 1 / values)
    return values / values.sum(axis=0)


def test_arithmetic_is_the_weighted_sum_model_of_pymcdm(pymcdm) -> None:
    case = pymcdm["TestWSM.test_output"]
    scores = aggregation["arithmetic"](_shares_of_sum(case["matrix"], case["types"]), case["weights"])
    np.testing.assert_allclose(scores * sum(case["weights"]), case["expected"], atol=5e-4)


def test_geometric_is_the_weighted_product_model_of_pymcdm(pymcdm) -> None:
    case = pymcdm["TestWPM.test_output"]
    scores = aggregation["geometric"](_shares_of_sum(case["matrix"], case["types"]), case["weights"])
    np.testing.assert_allclose(scores ** sum(case["weights"]), case["expected"], atol=5e-4)


def test_arithmetic_is_the_weighted_sum_of_kracka_2010(scikit) -> None:
    case = scikit["test_WeightedSumModel_kracka2010ranking"]
    matrix = case["decision_matrix"]
    scores = aggregation["arithmetic"](_shares_of_sum(matrix["matrix"], matrix["objectives"]), matrix["weights"])
    np.testing.assert_allclose(scores, case["expected"]["extra"]["score"], atol=5e-9)


def test_arithmetic_is_the_weighted_sum_model_of_scikit_criteria(scikit) -> None:
    case = scikit["test_WeightedSumModel"]
    matrix = case["decision_matrix"]
    scores = aggregation["arithmetic"](matrix["matrix"], matrix["weights"]) * sum(matrix["weights"])
    np.testing.assert_allclose(scores, case["expected"]["extra"]["score"], rtol=1e-14)


def test_geometric_is_the_weighted_product_model_of_scikit_criteria(scikit) -> None:
    plain = scikit["test_WeightedProductModel"]
    logs = 3 * np.log10(aggregation["geometric"](plain["decision_matrix"]["matrix"], [1, 1, 1]))
    np.testing.assert_allclose(logs, plain["expected"]["extra"]["score"], atol=5e-9)
    case = scikit["test_WeightedProductModel_enwiki_1015567716"]
    matrix = case["decision_matrix"]
    scores = aggregation["geometric"](_shares_of_sum(matrix["matrix"], matrix["objectives"]), matrix["weights"])
    np.testing.assert_allclose(np.log10(scores), case["expected"]["extra"]["score"], atol=5e-9)


def test_a_power_mean_of_zero_and_a_score_near_zero_is_zero_without_an_overflow():
    assert aggregation["power"]([[0.0, 0.0], [0.0, 1.9e-215]], [1, 1], exponent=-2.0).tolist() == [0.0, 0.0]
