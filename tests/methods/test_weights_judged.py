from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.methods import DomainError, weighting
from parkscore.methods.weights_judged import RANDOM_INDEX, judge

NAN = np.nan


def _case(golden: Path, name: str) -> dict[str, Any]:
    cases = json.loads((golden / "methods" / "ahp.json").read_text(encoding="utf-8"))["cases"]
    return next(case for case in cases if case["id"] == name)


def _of(size: int) -> np.ndarray:
    """A table with so many indicators and nothing in it: judgements do not look at the data."""
    return np.full((1, size), NAN)


def _ahp(matrix: Any, **stated: Any) -> np.ndarray:
    array = np.asarray(matrix, dtype=float)
    return weighting["ahp"](_of(array.shape[-1]), matrix=array, **stated)


# --- analytic hierarchy process ------------------------------------------------------------------------------------


def test_ahp_saaty_2008_drinks_to_the_printed_decimals_and_every_digit_of_the_eigenvector(golden):
    case = _case(golden, "saaty2008_drinks")
    weights = _ahp(case["matrix"])
    np.testing.assert_allclose(weights, case["weights_eigenvector"], rtol=1e-12)
    printed = case["published"]["weights_3dp"]
    assert dict(zip(case["names"], weights.round(3).tolist(), strict=True)) == printed
    judged = judge(np.array(case["matrix"]))
    assert judged.eigenvalue == pytest.approx(case["lambda_max"], rel=1e-13)
    assert judged.ratio == pytest.approx(case["CR_saaty_RI_1_32"], rel=1e-11)


def test_ahp_saaty_2005_cities_over_two_levels(golden):
    case = _case(golden, "saaty2005_cities_two_level")
    criteria = _ahp(case["criteria_matrix"])
    np.testing.assert_allclose(criteria, case["criteria_weights"], rtol=1e-12)
    cities = sum(
        share * _ahp(case["alternative_matrices"][name])
        for name, share in zip(case["criteria"], criteria.tolist(), strict=True)
    )
    np.testing.assert_allclose(cities, case["global_weights"], rtol=1e-12)


def test_ahp_bozoki_2010_incomplete_matrix(golden):
    case = _case(golden, "bozoki2010_incomplete_4x4")
    matrix = np.full((4, 4), NAN)
    for pair, judgement in case["known"].items():
        row, column = (case["names"].index(name) for name in pair.split(","))
        matrix[row, column] = judgement
    judged = judge(matrix, "donegan_dodd")
    assert dict(zip(case["names"], judged.shares.round(4).tolist(), strict=True)) == case["weights_4dp"]
    assert round(judged.ratio, 4) == case["CR_donegan_dodd"]
    # The missing judgement that was found, put in, changes nothing; the source stopped its search at six digits.
    matrix[2, 3] = case["missing_optimal"]["c,d"]
    np.testing.assert_allclose(judge(matrix).shares, judged.shares, rtol=1e-6)


def test_ahp_of_the_five_by_five_whose_weights_mathmodels_prints():
    matrix = [
        [1, 1 / 2, 4, 3, 3],
        [2, 1, 7, 5, 5],
        [1 / 4, 1 / 7, 1, 1 / 2, 1 / 3],
        [1 / 3, 1 / 5, 2, 1, 1],
        [1 / 3, 1 / 5, 3, 1, 1],
    ]
    judged = judge(np.array(matrix))
    assert judged.shares.round(8).tolist() == [0.26360349, 0.47583538, 0.05381460, 0.09806829, 0.10867824]
    assert (round(judged.eigenvalue, 6), round(judged.ratio, 8)) == (5.072084, 0.01609027)


def test_ahp_wang_2011_contradictory_six_by_six_to_the_printed_decimals(golden):
    examples = json.loads((golden / "methods" / "pymcdm_tests.json").read_text(encoding="utf-8"))
    example = next(each for each in examples if each["id"] == "pymcdm.TestAHPWeights.test_output")
    weights = _ahp(example["matrix"], max_consistency_ratio=0.3)
    np.testing.assert_allclose(weights, example["expected"], atol=5.1e-5)


def _random_judgements(size: int, seed: int, most: int) -> np.ndarray:
    """Whole numbers from 1 to `most` or their reciprocals, for the row or for the column."""
    random = np.random.default_rng(seed)
    upper = np.triu(random.integers(1, most + 1, (size, size)) ** random.choice([-1.0, 1.0], (size, size)), 1)
    return upper + np.eye(size) + np.divide(1.0, upper, out=np.zeros_like(upper), where=upper > 0).T


@pytest.mark.parametrize("size", [2, 3, 5, 9])
def test_ahp_as_pymcdm_computes_it_on_random_judgements(size):
    subjective = pytest.importorskip("pymcdm.weights.subjective")
    for seed in range(20):
        matrix = _random_judgements(size, seed, 3)
        np.testing.assert_allclose(judge(matrix).shares, subjective.AHP(matrix=matrix)(), rtol=1e-11)


def test_ahp_refuses_contradictory_judgements_unlike_pymcdm():
    subjective = pytest.importorskip("pymcdm.weights.subjective")
    matrix = _random_judgements(5, 0, 9)
    peer = subjective.AHP(matrix=matrix)
    assert peer.get_cr() > 0.1
    assert peer().sum() == pytest.approx(1)  # weights, without a word
    with pytest.raises(DomainError, match="contradict"):
        _ahp(matrix)


def test_ahp_random_indices_are_those_of_the_golden_tables(golden):
    tables = json.loads((golden / "methods" / "ahp.json").read_text(encoding="utf-8"))["random_index"]
    for name, table in tables.items():
        assert {size: RANDOM_INDEX[name][int(size) - 1] for size in table} == table


@given(st.lists(st.integers(1, 9), min_size=2, max_size=7))
def test_ahp_gives_the_weights_back_where_judgements_agree(amounts):
    shares = np.array(amounts, dtype=float) / sum(amounts)
    matrix = shares[:, np.newaxis] / shares
    np.testing.assert_allclose(_ahp(matrix), shares, rtol=1e-10)
    assert judge(matrix).ratio < 1e-12


@given(st.permutations(range(5)), st.data())
def test_ahp_follows_the_indicators_wherever_they_stand(order, data):
    logs = np.array(data.draw(st.lists(st.integers(-4, 4), min_size=25, max_size=25))).reshape(5, 5) / 4
    matrix = np.exp(np.triu(logs, 1) - np.triu(logs, 1).T)
    moved = matrix[np.ix_(order, order)]
    np.testing.assert_allclose(judge(moved).shares, judge(matrix).shares[order], rtol=1e-9)


def test_ahp_contradictory_judgements_are_refused_with_their_ratio_unless_more_is_allowed():
    circle = [[1, 3, 1 / 3], [1 / 3, 1, 3], [3, 1 / 3, 1]]
    with pytest.raises(DomainError, match=r"consistency ratio is 1\.\d+, above 0.1"):
        _ahp(circle)
    np.testing.assert_allclose(_ahp(circle, max_consistency_ratio=2.0), np.full(3, 1 / 3), rtol=1e-12)


def test_ahp_the_two_random_indices_give_different_ratios_and_the_same_weights():
    matrix = np.array([[1, 2, 5], [1 / 2, 1, 4], [1 / 5, 1 / 4, 1]])
    saaty, donegan = judge(matrix), judge(matrix, "donegan_dodd")
    assert donegan.ratio == pytest.approx(saaty.ratio * 0.58 / 0.4914, rel=1e-12)
    np.testing.assert_array_equal(saaty.shares, donegan.shares)


def test_ahp_experts_are_joined_by_the_geometric_mean_of_each_pair():
    experts = [[[1, 2], [1 / 2, 1]], [[1, 8], [1 / 8, 1]]]
    np.testing.assert_allclose(_ahp(experts), [0.8, 0.2], rtol=1e-12)  # √(2·8) = 4


def test_ahp_a_pair_that_one_expert_left_out_counts_as_the_others_judged_it():
    experts = [[[1, NAN], [NAN, 1]], [[1, 4], [NAN, 1]]]
    np.testing.assert_allclose(_ahp(experts), [0.8, 0.2], rtol=1e-12)


def test_ahp_missing_judgements_that_follow_from_the_others_are_found():
    matrix = [[1, 2, NAN], [NAN, 1, 3], [NAN, NAN, 1]]  # 6 : 3 : 1
    np.testing.assert_allclose(_ahp(matrix), [0.6, 0.3, 0.1], rtol=1e-7)


@pytest.mark.parametrize(
    ("matrix", "reason"),
    [
        ([[1, 2, NAN], [NAN, 1, NAN], [NAN, NAN, 1]], "not linked"),
        ([[1, 2], [2, 1]], "reciprocal"),
        ([[2, 2], [1 / 2, 1]], "reciprocal"),
        ([[1, -2], [-1 / 2, 1]], "above zero"),
        ([[1, 0], [NAN, 1]], "above zero"),
        (np.ones((11, 11)), "at most 10"),
        (np.ones((2, 3)), "square"),
    ],
)
def test_ahp_judgements_that_are_none_are_refused_by_name(matrix, reason):
    with pytest.raises(DomainError, match=reason):
        _ahp(matrix)


def test_ahp_printed_reciprocals_of_two_decimals_are_taken():
    np.testing.assert_allclose(_ahp([[1, 3, 7], [0.33, 1, 2], [0.14, 0.5, 1]]).sum(), 1, rtol=1e-15)


@pytest.mark.parametrize(
    ("name", "stated"),
    [
        ("ahp", {"matrix": np.ones((2, 2))}),
        ("best_worst", {"best_to_others": np.array([1.0, 2.0]), "others_to_worst": np.array([2.0, 1.0])}),
        ("rank_order", {"ranks": np.array([1, 2])}),
    ],
)
def test_judgements_about_another_number_of_indicators_are_refused(name, stated):
    with pytest.raises(DomainError, match="not about 3 indicators"):
        weighting[name](_of(3), **stated)


# --- best and worst ------------------------------------------------------------------------------------------------


def _best_worst(best: list[float], worst: list[float]) -> np.ndarray:
    return weighting["best_worst"](
        _of(len(best)), best_to_others=np.array(best, dtype=float), others_to_worst=np.array(worst, dtype=float)
    )


@given(st.lists(st.integers(1, 9), min_size=2, max_size=6))
def test_best_worst_gives_the_weights_back_where_comparisons_agree(amounts):
    shares = np.array(amounts, dtype=float) / sum(amounts)
    result = _best_worst((shares.max() / shares).tolist(), (shares / shares.min()).tolist())
    np.testing.assert_allclose(result, shares, atol=1e-9)


def test_best_worst_no_other_weights_have_a_smaller_largest_deviation():
    best, worst = np.array([2.0, 1.0, 4.0, 3.0, 8.0]), np.array([4.0, 8.0, 2.0, 3.0, 1.0])

    def deviation(shares: np.ndarray) -> float:
        return max(np.abs(shares[1] - best * shares).max(), np.abs(shares - worst * shares[4]).max())

    found = _best_worst(best.tolist(), worst.tolist())
    others = np.random.default_rng(0).dirichlet(np.ones(5), 2000)
    near = 0.999 * found + 0.001 * others
    assert all(deviation(found) <= deviation(other / other.sum()) + 1e-12 for other in [*others, *near])
    remark = weighting["best_worst"].remark
    assert remark is not None
    assert f"{deviation(found):.4f}" in remark({"best_to_others": best, "others_to_worst": worst}).en


@pytest.mark.parametrize(
    ("best", "worst", "reason"),
    [([2, 3], [3, 1], "each need a 1"), ([1, 0.5], [2, 1], "at least 1"), ([1, np.inf], [2, 1], "finite")],
)
def test_best_worst_comparisons_that_are_none_are_refused(best, worst, reason):
    with pytest.raises(DomainError, match=reason):
        _best_worst(best, worst)


# --- an order of importance ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("roc", np.array([25, 13, 7, 3]) / 48),  # (1 + 1/2 + 1/3 + 1/4) / 4 = 25/48, and so on
        ("rs", np.array([4, 3, 2, 1]) / 10),
        ("rr", np.array([12, 6, 4, 3]) / 25),
    ],
)
def test_rank_order_of_four_indicators_by_hand(formula, expected):
    weights = weighting["rank_order"](_of(4), ranks=np.array([1, 2, 3, 4]), formula=formula)
    np.testing.assert_allclose(weights, expected, rtol=1e-14)


def test_rank_order_ties_share_what_their_places_would_get():
    weights = weighting["rank_order"](_of(3), ranks=np.array([2, 1, 2]), formula="rs")
    np.testing.assert_allclose(weights, [1.5 / 6, 3 / 6, 1.5 / 6], rtol=1e-14)


def test_rank_order_refuses_a_rank_that_is_missing():
    with pytest.raises(DomainError, match="finite"):
        weighting["rank_order"](_of(2), ranks=np.array([1, NAN]))


# --- as files state them -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "stated", "parameter"),
    [
        ("ahp", {}, "matrix"),
        ("ahp", {"matrix": [[1, 2], [0.5, 1]]}, "matrix"),
        ("ahp", {"matrix": {"a": 3}}, "matrix"),
        ("ahp", {"matrix": {"a": {"b": "three"}}}, "matrix"),
        ("rank_order", {"ranks": [1, 2]}, "ranks"),
        ("best_worst", {"best_to_others": {"a": 1}, "others_to_worst": "a"}, "others_to_worst"),
    ],
)
def test_judgements_that_name_no_ids_are_refused_before_a_run(name, stated, parameter):
    problems = weighting[name].check(stated)
    assert [problem.parameter for problem in problems] == [parameter]
    assert all(problem.reason.zh != problem.reason.en for problem in problems)


def test_judgements_by_id_of_one_or_several_experts_are_accepted_before_a_run():
    assert weighting["ahp"].check({"matrix": {"a": {"b": 3}}}) == []
    assert weighting["ahp"].check({"matrix": ({"a": {"b": 3}}, {"b": {"a": 2}})}) == []
