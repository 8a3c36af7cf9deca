"""PROMETHEE II, Copeland and Borda: published cases, the definition in pairs, and peers' defects."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.methods import DomainError, aggregation

# The vote on the capital of Tennessee, the textbook example: Memphis, Nashville, Chattanooga, Knoxville.
# One column per group of voters, a higher number where they would rather have it; the groups' shares in per cent.
TENNESSEE = np.array([[4.0, 1, 1, 1], [3, 4, 2, 2], [2, 3, 4, 3], [1, 2, 3, 4]])
VOTERS = [42, 26, 15, 17]


def test_copeland_tennessee() -> None:
    # Nashville beats all three, Chattanooga two, Knoxville one, Memphis none.
    np.testing.assert_array_equal(aggregation["copeland"](TENNESSEE, VOTERS) * 3, [-3, 3, 1, -1])


def test_borda_count_tennessee() -> None:
    # Published points per hundred voters: 126, 194, 173, 107.
    np.testing.assert_allclose(aggregation["borda_count"](TENNESSEE, VOTERS) * 300, [126, 194, 173, 107], rtol=1e-14)


def test_promethee_ii_zhao_2013(golden: Path) -> None:
    listed = json.loads((golden / "methods" / "pymcdm_tests.json").read_text(encoding="utf-8"))
    (case,) = [each for each in listed if each["id"].endswith("TestPROMETHEE_II.test_output")]
    assert case["types"] == [1, 1, 1]
    result = aggregation["promethee_ii"](case["matrix"], case["weights"])
    np.testing.assert_allclose(result, case["expected"], atol=1e-12)


def test_promethee_ii_of_gains_and_losses_that_cancel_is_zero_to_the_last_digit() -> None:
    # 0.1 + 0.2 - 0.3 leaves 5.6e-17.
    np.testing.assert_array_equal(aggregation["promethee_ii"]([[1, 1, 0], [0, 0, 1]], [0.1, 0.2, 0.3]), [0.0, 0.0])


def _in_pairs(X: np.ndarray, w: np.ndarray, indifference: float, preference: float) -> np.ndarray:
    lead = X[:, np.newaxis, :] - X[np.newaxis, :, :]
    if preference > indifference:
        preferred = np.clip((lead - indifference) / (preference - indifference), 0, 1)
    else:
        preferred = (lead > indifference).astype(float)
    degrees = preferred @ w / w.sum()
    return (degrees.sum(axis=1) - degrees.sum(axis=0)) / max(len(X) - 1, 1)


@pytest.mark.parametrize(("indifference", "preference"), [(0, 0), (0, 8), (3, 8), (4, 4), (0, 1000), (500, 1000)])
@given(data=st.data())
def test_promethee_ii_by_sorting_is_promethee_ii_in_pairs(
    indifference: float, preference: float, data: st.DataObject
) -> None:
    units = data.draw(st.integers(1, 9))
    X = np.array(data.draw(st.lists(st.integers(0, 40), min_size=2 * units, max_size=2 * units)), float)
    X, w = X.reshape(units, 2), np.array([1.0, 3.0])
    result = aggregation["promethee_ii"](X, w, indifference=indifference, preference=preference)
    np.testing.assert_allclose(result, _in_pairs(X, w, indifference, preference), atol=1e-12)
    assert abs(result.sum()) < 1e-12


@pytest.mark.parametrize(("function", "stated"), [("usual", {}), ("vshape", {"preference": 30.0})])
def test_promethee_ii_agrees_with_pymcdm(function: str, stated: dict[str, float]) -> None:
    methods = pytest.importorskip("pymcdm.methods")
    generator = np.random.default_rng(0)
    X, w = generator.uniform(1, 100, (40, 5)), generator.dirichlet(np.ones(5))
    thresholds = {"p": np.full(5, 30.0)} if stated else {}
    peer = methods.PROMETHEE_II(function, **thresholds)(X, w, np.ones(5))
    np.testing.assert_allclose(aggregation["promethee_ii"](X, w, **stated), peer, atol=1e-12)


def test_copeland_ignores_row_order_unlike_coinr_1_1_14() -> None:
    # There the weight of a gap goes to whichever unit comes later: -2, 0, 2, and reversed 2, 0, -2.
    X = np.array([[1.0, np.nan], [np.nan, 1.0], [1.0, 1.0]])
    w = [1, 1]
    result = aggregation["copeland"](X, w)
    np.testing.assert_array_equal(aggregation["copeland"](X[::-1], w)[::-1], result)
    np.testing.assert_array_equal(result, [0.0, 0.0, 0.0])


def test_copeland_compares_on_what_both_units_have_and_leaves_out_a_unit_without_scores() -> None:
    X = np.array([[5.0, np.nan], [4.0, 9.0], [np.nan, np.nan], [np.nan, 1.0]])
    # The first beats the second; the second beats the last; the first and the last share nothing.
    np.testing.assert_array_equal(aggregation["copeland"](X, [1, 3]), [0.5, 0.0, np.nan, -0.5])


def test_copeland_takes_majorities_that_differ_by_rounding_for_level() -> None:
    # 0.1 + 0.2 against 0.3, in either order of the columns.
    X = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    np.testing.assert_array_equal(aggregation["copeland"](X, [0.1, 0.2, 0.3]), [0, 0])
    np.testing.assert_array_equal(aggregation["copeland"](X[:, ::-1], [0.3, 0.2, 0.1]), [0, 0])


def test_copeland_in_blocks_is_copeland_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    X = np.random.default_rng(0).integers(0, 9, (50, 4)).astype(float)
    whole = aggregation["copeland"](X, [1, 2, 3, 4])
    monkeypatch.setattr("parkscore.methods.aggregations_outranking._CELLS", 120)
    np.testing.assert_array_equal(aggregation["copeland"](X, [1, 2, 3, 4]), whole)


def test_copeland_refuses_more_units_than_can_be_compared_in_pairs() -> None:
    with pytest.raises(DomainError, match="at most 20000 of them, and here are 20001"):
        aggregation["copeland"](np.zeros((20_001, 1)), [1])


@pytest.mark.parametrize("name", ["promethee_ii", "borda_count", "rsr", "topsis_vector", "vikor"])
def test_methods_that_need_no_pairs_take_a_hundred_thousand_units(name: str) -> None:
    X = np.random.default_rng(0).uniform(0, 1, (100_000, 3))
    result = aggregation[name](X, [1, 1, 1], **({"preference": 0.2} if name == "promethee_ii" else {}))
    assert np.isfinite(result).all()
    assert len(result) == 100_000
