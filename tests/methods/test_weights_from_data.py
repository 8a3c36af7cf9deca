from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.methods import DomainError, weighting
from parkscore.methods.unit_order import blocks_in_unit_order, in_unit_order

SPREAD = ["standard_deviation", "coefficient_of_variation", "variance", "gini", "lopcow", "angle"]
CONFLICT = ["critic", "merec", "cilos", "idocriw"]


def _example(golden: Path, package: str, name: str) -> dict:
    examples = json.loads((golden / "methods" / f"{package}_tests.json").read_text(encoding="utf-8"))
    return next(example for example in examples if example["id"].endswith(f".{name}"))


def _benefit(example: dict) -> np.ndarray:
    """Costs turned round by min / x, as the papers do."""
    X = np.array(example["matrix"], dtype=float)
    return np.where(np.equal(example["types"], -1), X.min(axis=0) / X, X)


def _random(seed: int, units: int = 30, indicators: int = 7) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.gamma(2.0, size=(units, indicators)) * 10.0 ** rng.integers(-3, 4, indicators) + 0.01


# --- published examples ------------------------------------------------------------------------------------------


def test_standard_deviation_jahan_edwards_2013_to_the_two_printed_decimals(golden):
    example = _example(golden, "pymcdm", "TestSTDWeights.test_output")
    np.testing.assert_allclose(weighting["standard_deviation"](example["matrix"]), example["expected"], atol=0.005)


@pytest.mark.parametrize("name", ["test_StdWeighter_simple_matrix", "test_StdWeighter"])
def test_standard_deviation_as_scikit_criteria_computes_it(golden, name):
    example = _example(golden, "scikit_criteria", name)
    result = weighting["standard_deviation"](example["decision_matrix"]["matrix"])
    np.testing.assert_allclose(result, example["expected"]["weights"], atol=1e-6)


@pytest.mark.parametrize("name", ["test_EqualWeighter_simple_matrix", "test_EqualWeighter"])
def test_equal_as_scikit_criteria_gives_it_once_its_weights_are_shares(golden, name):
    example = _example(golden, "scikit_criteria", name)
    expected = np.array(example["expected"]["weights"])
    result = weighting["equal"](example["decision_matrix"]["matrix"])
    np.testing.assert_allclose(result, expected / expected.sum(), rtol=1e-14)


def test_variance_objective_weighting_documentation_to_its_four_decimals():
    # energyinpython/objective-weighting, docs/usage.rst; the table is that of Sałabun et al. 2020.
    X = [[0.619, 0.449, 0.447], [0.862, 0.466, 0.006], [0.458, 0.698, 0.771], [0.777, 0.631, 0.491]]
    result = weighting["variance"]([*X, [0.567, 0.992, 0.968]])
    np.testing.assert_allclose(result, [0.3441, 0.3497, 0.3062], rtol=0, atol=5e-5)


def test_variance_as_pymcdm_computes_it(golden):
    example = _example(golden, "pymcdm", "TestVarianceWeights.test_output")
    np.testing.assert_allclose(weighting["variance"](example["matrix"]), example["expected"], atol=5e-5)


def test_gini_as_pymcdm_computes_it(golden):
    example = _example(golden, "pymcdm", "TestGiniWeights.test_output")
    np.testing.assert_allclose(weighting["gini"](example["matrix"]), example["expected"], atol=5e-5)


def test_gini_aggarwal_2024_as_near_as_printed_weights_that_sum_to_0_9995_allow(golden):
    example = _example(golden, "scikit_criteria", "test_Gini_WomenVulnerabilityIndex")
    result = weighting["gini"](example["decision_matrix"]["matrix"])
    printed = np.array(example["expected"]["weights"])
    assert printed.sum() == pytest.approx(0.9995)
    rest = np.arange(9) != 2
    np.testing.assert_allclose(result[rest], printed[rest], atol=1e-4)
    # The third is printed as 0.1131 where its data give 0.1137: about what the printed sum lacks.
    assert result[2] - printed[2] == pytest.approx(1 - printed.sum(), abs=1e-4)


def test_lopcow_ecer_pamucar_2022_banks(golden):
    example = _example(golden, "pymcdm", "TestLOPCOWWeights.test_output")
    # The method scales to 0-1 itself, so a cost need only be turned round.
    X = np.array(example["matrix"]) * example["types"]
    np.testing.assert_allclose(weighting["lopcow"](X), example["expected"], atol=5e-5)


def test_angle_shuai_2012_to_the_four_printed_decimals(golden):
    example = _example(golden, "pymcdm", "TestAngleWeights.test_output")
    np.testing.assert_allclose(weighting["angle"](example["matrix"]), example["expected"], atol=5e-5)


def test_critic_diakoulaki_1995_companies(golden):
    example = _example(golden, "scikit_criteria", "test_CRITIC_diakoulaki1995determining")
    result = weighting["critic"](example["decision_matrix"]["matrix"])
    np.testing.assert_allclose(result, example["expected"]["weights"], atol=5e-9)


def test_critic_tus_adali_2019_to_the_three_printed_decimals(golden):
    example = _example(golden, "pymcdm", "TestCRITICWeights.test_output")
    np.testing.assert_allclose(weighting["critic"](example["matrix"]), example["expected"], atol=5e-4)


def test_critic_of_the_mathmodels_documentation_to_its_seven_decimals():
    X = np.column_stack([[3.0, 5.0, 2.0, 7.0], [-10.0, -20.0, -15.0, -25.0]])  # the second is a cost
    np.testing.assert_allclose(weighting["critic"](X), [0.5075187, 0.4924813], atol=5e-8)


@pytest.mark.parametrize(
    ("package", "name"),
    [
        ("pymcdm", "TestMERECWeights.test_output"),
        ("scikit_criteria", "test_MEREC_keshavarz2021determination"),
    ],
)
def test_merec_keshavarz_ghorabaee_2021_to_the_four_printed_decimals(golden, package, name):
    example = _example(golden, package, name)
    if package == "scikit_criteria":
        matrix = example["decision_matrix"]
        example = {
            "matrix": matrix["matrix"],
            "types": matrix["objectives"],
            "expected": example["expected"]["weights"],
        }
    np.testing.assert_allclose(weighting["merec"](_benefit(example)), example["expected"], atol=5e-5)


def test_cilos_zavadskas_podvezko_2016_to_the_four_printed_decimals(golden):
    example = _example(golden, "pymcdm", "TestCILOSWeights.test_output")
    np.testing.assert_allclose(weighting["cilos"](_benefit(example)), example["expected"], atol=5e-5)


def test_idocriw_zavadskas_podvezko_2016_in_the_printed_ratio_of_the_two_benefits(golden):
    # The first and the third are costs, of which the paper takes the entropy before they are turned round.
    example = _example(golden, "pymcdm", "TestIDOCRIWWeights.test_output")
    assert example["types"] == [-1, 1, -1, 1]
    weights, printed = weighting["idocriw"](_benefit(example)), example["expected"]
    rounding = 5e-5 * (1 / printed[1] + 1 / printed[3])
    assert weights[1] / weights[3] == pytest.approx(printed[1] / printed[3], rel=rounding)


def test_idocriw_is_made_of_cilos_and_entropy_as_the_four_weights_of_zavadskas_podvezko_2016(golden):
    example = _example(golden, "pymcdm", "TestIDOCRIWWeights.test_output")
    X = _benefit(example)
    published = weighting["cilos"](X) * weighting["entropy"](example["matrix"])
    np.testing.assert_allclose(published / published.sum(), example["expected"], atol=5e-5)
    product = weighting["cilos"](X) * weighting["entropy"](X)
    np.testing.assert_allclose(weighting["idocriw"](X), product / product.sum(), rtol=1e-14)


# --- a second opinion --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("standard_deviation", "standard_deviation_weights"),
        ("variance", "variance_weights"),
        ("gini", "gini_weights"),
        ("lopcow", "lopcow_weights"),
        ("angle", "angle_weights"),
        ("critic", "critic_weights"),
        ("merec", "merec_weights"),
        ("cilos", "cilos_weights"),
        ("idocriw", "idocriw_weights"),
    ],
)
def test_weights_agree_with_pymcdm_on_random_data(name, theirs, seed):
    peer = pytest.importorskip("pymcdm.weights")
    X = _random(seed)
    np.testing.assert_allclose(weighting[name](X), getattr(peer, theirs)(X, np.ones(7)), rtol=1e-11, atol=1e-12)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("correlation", ["pearson", "spearman"])
def test_critic_agrees_with_scikit_criteria_on_random_data_with_ties(correlation, seed):
    peer = pytest.importorskip("skcriteria.preprocessing.weighters")
    X = np.round(np.random.default_rng(seed).random((40, 6)), 1)
    expected = peer.critic_weights(X, np.ones(6), correlation=correlation)
    np.testing.assert_allclose(weighting["critic"](X, correlation=correlation, divisor="n"), expected, rtol=1e-12)


@pytest.mark.parametrize("seed", range(5))
def test_gini_merec_and_standard_deviation_agree_with_scikit_criteria_on_random_data(seed):
    peer = pytest.importorskip("skcriteria.preprocessing.weighters")
    X = _random(seed)
    np.testing.assert_allclose(weighting["gini"](X), peer.gini_weights(X), rtol=1e-12)
    np.testing.assert_allclose(weighting["merec"](X), peer.merec_weights(X, np.ones(7)), rtol=1e-12)
    np.testing.assert_allclose(weighting["standard_deviation"](X), peer.std_weights(X), rtol=1e-12)


def test_critic_gives_a_constant_indicator_nothing_where_scikit_criteria_gives_nan():
    peer = pytest.importorskip("skcriteria.preprocessing.weighters")
    X = np.column_stack([_random(1, indicators=3), np.full(30, 0.1)])
    with np.errstate(all="ignore"):
        assert np.isnan(peer.critic_weights(X, np.ones(4))).all()
    result = weighting["critic"](X)
    np.testing.assert_allclose(result[:3], weighting["critic"](X[:, :3]), rtol=1e-12)
    assert result[3] == 0


def test_cilos_ignores_row_order_where_units_tie_for_the_best_unlike_pymcdm():
    peer = pytest.importorskip("pymcdm.weights")
    X = np.array([[4.0, 1.0, 2.0], [4.0, 3.0, 1.0], [1.0, 5.0, 3.0], [2.0, 2.0, 4.0]])
    swapped = X[[1, 0, 2, 3]]
    assert np.abs(peer.cilos_weights(X, np.ones(3)) - peer.cilos_weights(swapped, np.ones(3))).max() > 0.01
    np.testing.assert_array_equal(weighting["cilos"](X), weighting["cilos"](swapped))


def test_cilos_has_one_weight_per_indicator_where_a_unit_is_best_on_all_unlike_pymcdm():
    peer = pytest.importorskip("pymcdm.weights")
    X = np.array([[1.0, 2.0], [3.0, 5.0], [2.0, 1.0]])
    assert peer.cilos_weights(X, np.ones(2)).shape == (4,)
    np.testing.assert_array_equal(weighting["cilos"](X), [0.5, 0.5])


@pytest.mark.parametrize("name", [*SPREAD, *CONFLICT, "entropy", "pca"])
@pytest.mark.parametrize("decimals", [12, 0])
def test_weights_of_thousands_of_units_ignore_row_order_to_the_last_digit(name, decimals):
    X = np.round(1 + _random(3, units=9000), decimals)  # without decimals, no indicator tells all units apart
    shuffled = X[np.random.default_rng(0).permutation(9000)]
    np.testing.assert_array_equal(weighting[name](X), weighting[name](shuffled))


# --- by definition -----------------------------------------------------------------------------------------------


def test_coefficient_of_variation_is_the_standard_deviation_over_the_mean():
    X = _random(2)
    v = X.std(axis=0, ddof=1) / X.mean(axis=0)
    np.testing.assert_allclose(weighting["coefficient_of_variation"](X), v / v.sum(), rtol=1e-13)


def test_gini_is_the_mean_difference_of_all_pairs_over_twice_the_mean():
    X = _random(4)
    G = np.abs(X[:, np.newaxis] - X).mean(axis=(0, 1)) / (2 * X.mean(axis=0))
    np.testing.assert_allclose(weighting["gini"](X), G / G.sum(), rtol=1e-12)


@pytest.mark.parametrize("name", SPREAD)
def test_weights_by_spread_take_each_indicator_over_the_units_that_have_it(name):
    complete = _random(5, indicators=2)
    gappy = np.vstack([complete, [[np.nan, np.nan]]])
    np.testing.assert_allclose(weighting[name](gappy), weighting[name](complete), rtol=1e-12)


@pytest.mark.parametrize("name", SPREAD)
def test_weights_by_spread_with_a_gap_in_one_indicator_are_those_of_each_alone(name):
    # Beside a common third, the weight of an indicator against it shows its amount.
    first, second, third = _random(6, indicators=3).T
    second[[3, 8]] = np.nan
    together = weighting[name](np.column_stack([first, second, third]))
    present = ~np.isnan(second)
    alone = weighting[name](np.column_stack([first, third]))
    np.testing.assert_allclose(together[0] / together[2], alone[0] / alone[1], rtol=1e-12)
    assert together[1] > 0
    same = weighting[name](np.column_stack([second, np.where(present, second, np.nan)]))
    np.testing.assert_array_equal(same, [0.5, 0.5])


@pytest.mark.parametrize("name", [*SPREAD, *CONFLICT, "pca"])
def test_an_indicator_equal_for_all_units_gets_nothing_and_not_a_rounding_more(name):
    X = np.column_stack([_random(7, indicators=2), np.full(30, 0.3)])
    X[4, 2] = 0.1 + 0.2
    result = weighting[name](X)
    assert result[2] == 0
    assert np.all(result[:2] > 0)


@pytest.mark.parametrize("name", [*SPREAD, *CONFLICT, "pca"])
def test_shares_are_equal_where_every_indicator_is_even(name):
    np.testing.assert_array_equal(weighting[name](np.full((4, 3), 0.1)), np.full(3, 1 / 3))


@pytest.mark.parametrize("name", [*CONFLICT, "pca"])
def test_methods_that_compare_indicators_refuse_a_gap_and_name_it(name):
    with pytest.raises(DomainError, match="no missing values") as caught:
        weighting[name]([[1.0, 2.0], [3.0, np.nan], [2.0, 5.0]])
    assert (caught.value.columns, caught.value.units) == ((1,), (1,))


def test_merec_refuses_zeros_and_names_the_indicator():
    with pytest.raises(DomainError, match="values above zero") as caught:
        weighting["merec"]([[1.0, 0.0], [3.0, 4.0]])
    assert caught.value.columns == (1,)


def test_lopcow_gives_nothing_to_an_indicator_that_one_unit_has_all_of_with_n_minus_1():
    X = np.column_stack([np.arange(1.0, 6.0), [0.0, 0.0, 7.0, 0.0, 0.0]])
    assert weighting["lopcow"](X).tolist() == [1.0, 0.0]
    assert weighting["lopcow"](X, divisor="n")[1] > 0
    # With two units it is so for all indicators that differ.
    assert weighting["lopcow"]([[1.0, 5.0, 2.0], [2.0, 9.0, 2.0]]).tolist() == [0.5, 0.5, 0.0]


def test_angle_keeps_its_digits_where_an_indicator_is_nearly_even():
    t = np.array([-1.0, 0.0, 1.0])
    weights = weighting["angle"](np.column_stack([1 + 1e-9 * t, 1 + 1e-10 * t]))
    np.testing.assert_allclose(weights[0] / weights[1], 10, rtol=1e-5)


def test_critic_is_half_and_half_for_two_indicators_with_the_same_spread():
    np.testing.assert_allclose(weighting["critic"]([[0.0, 9.0], [1.0, 7.0], [2.0, 8.0]]), [0.5, 0.5], rtol=1e-14)


def test_critic_shares_alike_where_all_indicators_move_exactly_together():
    x = _random(8, indicators=1)
    assert weighting["critic"](np.hstack([x, 3 * x + 1, 0.1 * x])).tolist() == pytest.approx([1 / 3] * 3, rel=1e-15)


def test_critic_keeps_its_digits_where_indicators_nearly_coincide():
    # With x' = x + t e and e across x, 1 - r is t² |e|² / (2 |x|²) to first order: 100 times less for a tenth of t.
    x, e = np.array([-1.0, 0.0, 1.0]), np.array([1.0, -2.0, 1.0])
    X = np.column_stack([x, x + 1e-7 * e, x + 1e-6 * e])
    result = weighting["critic"](X)
    # C: 0.01 + 1, 0.01 + 0.81, 1 + 0.81, in units of the conflict of the first and the third.
    np.testing.assert_allclose(result, np.array([1.01, 0.82, 1.81]) / 3.64, rtol=1e-5)


def test_critic_with_absolute_correlations_takes_opposites_for_no_conflict():
    x = np.array([1.0, 2.0, 4.0, 3.0])
    X = np.column_stack([x, -x, [1.0, 5.0, 2.0, 2.0]])
    plain, absolute = weighting["critic"](X), weighting["critic"](X, absolute=True)
    assert plain[0] == pytest.approx(plain[1], rel=1e-1)
    np.testing.assert_allclose(absolute[0], absolute[1], rtol=1e-14)
    assert absolute[2] > plain[2]


@pytest.mark.parametrize("correlation", ["pearson", "spearman"])
def test_critic_does_not_depend_on_the_divisor(correlation):
    X = _random(9)
    n, less = (weighting["critic"](X, correlation=correlation, divisor=divisor) for divisor in ("n", "n-1"))
    np.testing.assert_allclose(n, less, rtol=1e-14)


def test_critic_with_spearman_depends_on_the_ranks_alone_for_its_correlations():
    x = np.array([0.0, 1.0, 2.0, 3.0])
    # The ranks of a square are those of its root: nothing in conflict, unlike with pearson.
    both = np.column_stack([x, x**2, [3.0, 0.0, 1.0, 2.0]])
    spread = (both / both.max(axis=0)).std(axis=0)
    conflict = np.array([1.0 + 0.2, 1.0 + 0.2, 2 * (1.0 + 0.2)])
    amounts = spread * conflict
    np.testing.assert_allclose(weighting["critic"](both, correlation="spearman"), amounts / amounts.sum(), rtol=1e-13)


def test_pca_takes_two_indicators_alike_and_the_one_uncorrelated_for_nothing():
    X = np.column_stack([[0.0, 1.0, 2.0, 1.0], [0.0, 2.0, 4.0, 2.0], [1.0, 0.0, 1.0, 2.0]])
    np.testing.assert_allclose(weighting["pca"](X), [0.5, 0.5, 0.0], atol=1e-15)
    # The pair explains two thirds: what is above takes in the third indicator.
    np.testing.assert_allclose(weighting["pca"](X, explained=0.66), [0.5, 0.5, 0.0], atol=1e-15)
    np.testing.assert_allclose(weighting["pca"](X, explained=0.67), [1 / 3, 1 / 3, 1 / 3], rtol=1e-14)


def test_pca_with_all_components_weighs_all_indicators_alike():
    np.testing.assert_allclose(weighting["pca"](_random(10), explained=1.0), np.full(7, 1 / 7), rtol=1e-13)


def test_pca_of_three_indicators_with_equal_correlations_is_thirds():
    # A star around the diagonal: every pair has the same correlation.
    X = np.vstack([np.eye(3), -np.eye(3), 2 * np.ones((1, 3)), -2 * np.ones((1, 3))])
    np.testing.assert_allclose(weighting["pca"](X), np.full(3, 1 / 3), rtol=1e-13)


def test_pca_weighs_by_the_squares_of_the_first_eigenvector_whichever_way_it_points():
    X = _random(11)
    variances, vectors = np.linalg.eigh(np.corrcoef(X, rowvar=False))
    np.testing.assert_allclose(weighting["pca"](X), vectors[:, np.argmax(variances)] ** 2, rtol=1e-11)
    flipped = X * [1, -1, 1, 1, -1, 1, 1]
    np.testing.assert_allclose(weighting["pca"](flipped), weighting["pca"](X), rtol=1e-11)


def test_pca_follows_the_order_of_the_indicators_but_for_rounding():
    X = _random(13)
    order = [3, 0, 6, 2, 5, 1, 4]
    np.testing.assert_allclose(weighting["pca"](X[:, order]), weighting["pca"](X)[order], atol=1e-12)


def test_pca_takes_components_of_equal_variance_together():
    # Two indicators without correlation: no direction is the first.
    np.testing.assert_allclose(weighting["pca"]([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), [0.5, 0.5])


@pytest.mark.parametrize("explained", [-0.1, 1.1])
def test_pca_refuses_a_share_of_variance_outside_0_to_1(explained):
    with pytest.raises(DomainError, match="between 0 and 1"):
        weighting["pca"](_random(12), explained=explained)
    assert [problem.parameter for problem in weighting["pca"].check({"explained": explained})] == ["explained"]


# --- the order of the units --------------------------------------------------------------------------------------


@given(st.data())
def test_rows_come_in_the_same_order_whatever_order_they_had(data):
    units, indicators = data.draw(st.integers(0, 12)), data.draw(st.integers(0, 3))
    values = st.sampled_from([0.0, -0.0, 1.0, 2.0, 3.5, 1e-300, np.nan])
    cells = data.draw(st.lists(values, min_size=units * indicators, max_size=units * indicators))
    X = np.array(cells, dtype=float).reshape(units, indicators)
    order = data.draw(st.permutations(range(units)))
    before = X.copy()
    ordered = in_unit_order(X)
    np.testing.assert_array_equal(in_unit_order(X[list(order)]), ordered)
    np.testing.assert_array_equal(X, before)
    if indicators:
        np.testing.assert_array_equal(ordered[np.lexsort(ordered.T)], X[np.lexsort(X.T)])


def test_blocks_of_a_large_table_hold_every_row_once_and_are_the_same_in_any_order_of_the_units():
    random = np.random.default_rng(5)
    X = random.integers(0, 9, size=(10_001, 3)).astype(float)
    blocks = [block.copy() for block in blocks_in_unit_order(X)]
    again = [block.copy() for block in blocks_in_unit_order(random.permutation(X))]
    assert [len(block) for block in blocks] == [3334, 3334, 3333]
    np.testing.assert_array_equal(np.vstack(blocks), np.vstack(again))
    whole = np.vstack(blocks)
    np.testing.assert_array_equal(whole[np.lexsort(whole.T)], X[np.lexsort(X.T)])


@pytest.mark.parametrize("units", [2, 178, 10_001])
@pytest.mark.parametrize("level", [0.0, 1.0, 100.0, -1e6])
def test_standard_deviations_of_nearly_even_indicators_beside_others_are_those_of_numpy(units, level):
    X = np.random.default_rng(6).random((units, 4))
    X[:, ::2] += level
    expected = X.std(axis=0, ddof=1)
    # What a level of a million leaves of sixteen digits.
    np.testing.assert_allclose(weighting["standard_deviation"](X), expected / expected.sum(), rtol=1e-9)


def test_rows_that_share_their_number_are_sorted_by_their_columns(monkeypatch):
    # All multipliers 0: every row has the same number.
    monkeypatch.setattr("parkscore.methods.unit_order._multipliers", lambda count: np.zeros(count, dtype=np.uint64))
    X = np.array([[3.0, 1.0], [1.0, 2.0], [3.0, 0.0]])
    np.testing.assert_array_equal(in_unit_order(X), [[3.0, 0.0], [3.0, 1.0], [1.0, 2.0]])
