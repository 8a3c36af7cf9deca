"""TOPSIS, VIKOR, grey relational grades and rank-sum ratios: published cases, peers, and peers' defects."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.methods import DomainError, Interval, aggregation

RELATIVE = ["topsis_vector", "topsis_minmax", "vikor", "grey_relational", "rsr", "promethee_ii", "benefit_of_doubt"]


@pytest.fixture
def cases(golden: Path) -> dict[str, Any]:
    found = {}
    for name in ("pymcdm_tests.json", "scikit_criteria_tests.json"):
        listed = json.loads((golden / "methods" / name).read_text(encoding="utf-8"))
        found |= {case["id"].split(".", 1)[1]: case for case in listed}
    return found


def _benefits(case: dict[str, Any]) -> tuple[np.ndarray, list[float]]:
    """The matrix with costs turned round, and the weights; a case of scikit-criteria keeps them one level down."""
    inner = case.get("decision_matrix", case)
    directions = inner.get("objectives", inner.get("types"))
    return np.array(case.get("matrix", inner.get("matrix")), float) * directions, case.get("weights", inner["weights"])


# --- published ---------------------------------------------------------------------------------------------------


def test_topsis_vector_tzeng_2011(cases) -> None:
    case = cases["test_TOPSIS_tzeng2011multiple"]
    result = aggregation["topsis_vector"](*_benefits(case))
    np.testing.assert_allclose(result, case["expected"]["extra"]["similarity"], atol=5e-5)


def test_topsis_minmax_opricovic_tzeng_2004(cases) -> None:
    case = cases["TestTOPSIS.test_output"]
    np.testing.assert_allclose(aggregation["topsis_minmax"](*_benefits(case)), case["expected"], atol=5e-4)


def test_topsis_minmax_of_scikit_criteria_with_weights_that_undo_its_scaling(cases) -> None:
    # That package scales beforehand, here not at all; the ranges of the columns as weights undo what is done here.
    X, _ = _benefits(cases["test_TOPSIS"])
    result = aggregation["topsis_minmax"](X, np.ptp(X, axis=0))
    np.testing.assert_allclose(result, cases["test_TOPSIS"]["expected"]["extra"]["similarity"], atol=5e-9)


@pytest.mark.parametrize("scenario", [1, 2, 3, 4])
def test_vikor_opricovic_tzeng_2007(cases, scenario: int) -> None:
    case = cases[f"test_VIKOR_opricovic2007extended[{scenario}]"]
    result = aggregation["vikor"](*_benefits(case))
    np.testing.assert_allclose(1 - result, case["expected"]["extra"]["q_k"], atol=5e-4)


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("test_VIKOR", 1e-12),
        ("test_VIKOR_tied", 5e-9),
        ("test_VIKOR_opricovic2004compromise[True]", 1e-12),
        ("test_VIKOR_opricovic2004compromise[False]", 1e-12),
        ("test_VIKOR_acceptable_advantage_but_not_stability[True]", 6e-5),
        ("test_VIKOR_acceptable_advantage_but_not_stability[False]", 6e-5),
    ],
)
def test_vikor_of_scikit_criteria(cases, name: str, places: float) -> None:
    case = cases[name]
    result = aggregation["vikor"](*_benefits(case))
    np.testing.assert_allclose(1 - result, case["expected"]["extra"]["q_k"], atol=places)


@pytest.mark.parametrize("name", ["TestVIKOR.test_output_opricovic", "TestVIKOR.test_output_yang"])
def test_vikor_of_pymcdm_from_opricovic_2004_and_yang_2020(cases, name: str) -> None:
    np.testing.assert_allclose(1 - aggregation["vikor"](*_benefits(cases[name])), cases[name]["expected"], atol=5e-5)


# --- peers -------------------------------------------------------------------------------------------------------


@pytest.fixture
def random_table() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(0)
    return generator.uniform(1, 100, (60, 7)), generator.dirichlet(np.ones(7))


@pytest.mark.parametrize(
    ("name", "normalisation"), [("topsis_vector", "vector_normalization"), ("topsis_minmax", "minmax_normalization")]
)
def test_topsis_agrees_with_pymcdm(random_table, name: str, normalisation: str) -> None:
    methods = pytest.importorskip("pymcdm.methods")
    normalisations = pytest.importorskip("pymcdm.normalizations")
    X, w = random_table
    peer = methods.TOPSIS(getattr(normalisations, normalisation))(X, w, np.ones(7))
    np.testing.assert_allclose(aggregation[name](X, w), peer, rtol=1e-12)


@pytest.mark.parametrize("majority", [0.0, 0.3, 1.0])
def test_vikor_agrees_with_pymcdm(random_table, majority: float) -> None:
    methods = pytest.importorskip("pymcdm.methods")
    X, w = random_table
    peer = methods.VIKOR(v=majority)(X, w, np.ones(7))
    np.testing.assert_allclose(1 - aggregation["vikor"](X, w, majority=majority), peer, atol=1e-12)


# --- defects of peers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["topsis_vector", "topsis_minmax"])
@pytest.mark.parametrize("value", [0.0, 3.0])
def test_topsis_leaves_out_zero_and_constant_columns_unlike_scikit_criteria_8(name: str, value: float) -> None:
    X = np.array([[1.0, 5.0], [2.0, 3.0], [4.0, 4.0]])
    with_column = np.column_stack([X, np.full(3, value)])
    result = aggregation[name](with_column, [1, 2, 3])
    np.testing.assert_allclose(result, aggregation[name](X, [1, 2]), rtol=1e-14)


def test_vikor_passes_over_a_weight_of_zero_unlike_adria_629() -> None:
    X = np.array([[1.0, 5.0, 7.0], [2.0, 3.0, 7.0], [4.0, 4.0, 7.0]])
    np.testing.assert_array_equal(aggregation["vikor"](X, [1, 2, 0]), aggregation["vikor"](X[:, :2], [1, 2]))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("test_VIKOR_warn_zerodiv[criterion_all_equals]", [0.0, 1.0]),
        ("test_VIKOR_warn_zerodiv[regret_all_equals]", [0.5, 1.0]),
    ],
)
def test_vikor_tells_units_apart_where_scikit_criteria_divides_by_zero_and_ranks_both_first(
    cases, name: str, expected: list[float]
) -> None:
    # The second unit is ahead: in both criteria that differ, or in the sum of regrets where the largest are equal.
    assert cases[name]["expected"]["values"] == [1, 1]
    np.testing.assert_array_equal(aggregation["vikor"](*_benefits(cases[name])), expected)


def test_vikor_takes_a_constant_column_unlike_pymcdm_1_4() -> None:
    X = np.array([[1.0, 5.0, 7.0], [2.0, 3.0, 7.0], [4.0, 4.0, 7.0]])
    np.testing.assert_allclose(aggregation["vikor"](X, [1, 2, 3]), aggregation["vikor"](X[:, :2], [1, 2]), rtol=1e-14)


# --- what each says of units that do not differ, and of gaps ------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "expected"),
    [("topsis_vector", 0.5), ("topsis_minmax", 0.5), ("vikor", 1.0), ("grey_relational", 1.0), ("promethee_ii", 0.0)],
)
@pytest.mark.parametrize("units", [1, 3])
def test_units_that_do_not_differ_score_alike(name: str, expected: float, units: int) -> None:
    np.testing.assert_allclose(aggregation[name](np.full((units, 2), 7.0), [1, 2]), np.full(units, expected))


@pytest.mark.parametrize("name", RELATIVE)
def test_a_gap_is_refused_by_name_and_place(name: str) -> None:
    with pytest.raises(DomainError, match="no missing values") as caught:
        aggregation[name]([[1.0, 2.0], [3.0, np.nan]], [1, 1])
    assert (caught.value.columns, caught.value.units) == ((1,), (1,))


@pytest.mark.parametrize("name", RELATIVE)
def test_a_gap_in_a_column_without_weight_is_nothing(name: str) -> None:
    whole = aggregation[name]([[1.0], [3.0]], [1])
    np.testing.assert_array_equal(aggregation[name]([[1.0, 2.0], [3.0, np.nan]], [1, 0]), whole)


@pytest.mark.parametrize("name", [*RELATIVE, "copeland", "borda_count"])
@given(cells=st.lists(st.integers(1, 400), min_size=8, max_size=8))
def test_a_unit_that_is_best_in_everything_is_first_and_the_worst_is_last(name: str, cells: list[int]) -> None:
    X = np.array([*cells, 401, 402, 0, 0], dtype=float).reshape(6, 2)
    result = aggregation[name](X, [1, 2])
    assert result[4] == result.max()
    assert result[5] == result.min()


@pytest.mark.parametrize("name", [*RELATIVE, "copeland", "borda_count"])
def test_units_are_measured_against_one_another_and_the_card_says_so(name: str) -> None:
    assert not aggregation[name].row_local
    assert not aggregation[name].additive


# --- by definition -----------------------------------------------------------------------------------------------


def test_grey_relational_by_hand() -> None:
    # Distances from the best: 1, 0.5, 0 and 0, 1, 0.75; coefficients 0.5 / (0.5 + distance).
    X = np.array([[0.0, 40.0], [5.0, 0.0], [10.0, 10.0]])
    expected = [(1 / 3 + 3 * 1) / 4, (0.5 + 3 / 3) / 4, (1 + 3 * 0.4) / 4]
    np.testing.assert_allclose(aggregation["grey_relational"](X, [1, 3]), expected, rtol=1e-14)


def test_rsr_by_hand() -> None:
    # Ranks from the worst: 1, 2.5, 2.5, 4 and 4, 3, 2, 1, each over 4 units.
    X = np.array([[1.0, 9.0], [2.0, 8.0], [2.0, 7.0], [5.0, 1.0]])
    np.testing.assert_allclose(aggregation["rsr"](X, [1, 1]), np.array([5.0, 5.5, 4.5, 5.0]) / 8, rtol=1e-14)
    linear = 1 + 3 * np.array([[0, 1], [0.25, 7 / 8], [0.25, 6 / 8], [1, 0]])
    expected = linear.sum(axis=1) / 8
    np.testing.assert_allclose(aggregation["rsr"](X, [1, 1], ranks="linear"), expected, rtol=1e-14)


def test_rank_sum_ratios_are_never_zero_so_a_geometric_mean_can_take_them() -> None:
    combine, refuse = aggregation["rsr"].combine_range, aggregation["geometric"].refuse_range
    assert combine is not None
    assert refuse is not None
    assert refuse(combine([Interval(0, 1, "always")], {}), {}) is None


@pytest.mark.parametrize(
    ("name", "stated", "parameter"),
    [
        ("vikor", {"majority": 1.1}, "majority"),
        ("vikor", {"majority": -0.1}, "majority"),
        ("grey_relational", {"distinguishing": 0}, "distinguishing"),
        ("grey_relational", {"distinguishing": 1.5}, "distinguishing"),
        ("promethee_ii", {"indifference": -1, "preference": 1}, "indifference"),
        ("promethee_ii", {"indifference": 3, "preference": 2}, "preference"),
        ("benefit_of_doubt", {"least": -0.1}, "least"),
        ("benefit_of_doubt", {"least": 0.4, "most": 0.3}, "most"),
    ],
)
def test_parameters_that_contradict_are_refused_before_and_in_a_run(
    name: str, stated: dict[str, Any], parameter: str
) -> None:
    (problem,) = aggregation[name].check(stated)
    assert problem.parameter == parameter
    with pytest.raises(DomainError, match=parameter):
        aggregation[name]([[1.0, 2.0]], [1, 1], **stated)
