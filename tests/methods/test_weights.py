from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from parkscore.methods import DomainError, scoring, weighting


def _worked_example(golden: Path, package: str, name: str) -> dict:
    examples = json.loads((golden / "methods" / f"{package}_tests.json").read_text(encoding="utf-8"))
    return next(example for example in examples if example["id"].endswith(name))


def _textbook_entropy(X: np.ndarray) -> np.ndarray:
    """The formula of the card, term by term, for tables above zero."""
    p = X / X.sum(axis=0)
    e = -(p * np.log(p)).sum(axis=0) / np.log(len(X))
    return (1 - e) / (1 - e).sum()


def test_entropy_elsayed_2017_to_the_six_printed_decimals(golden):
    example = _worked_example(golden, "pymcdm", "TestEntropyWeights.test_output")
    np.testing.assert_allclose(weighting["entropy"](example["matrix"]), example["expected"], atol=5e-7)


@pytest.mark.parametrize("name", ["test_EntropyWeighter_simple_matrix", "test_EntropyWeighter"])
def test_entropy_as_scikit_criteria_computes_it(golden, name):
    example = _worked_example(golden, "scikit_criteria", name)
    result = weighting["entropy"](example["decision_matrix"]["matrix"])
    np.testing.assert_allclose(result, example["expected"]["weights"], atol=5e-7)


def test_equal_salabun_2020_of_three_criteria():
    # Sałabun, Wątróbski, Shekhovtsov 2020, Symmetry 12(9), 1549; as in the tests of crispyn.
    X = [[0.619, 0.449, 0.447], [0.862, 0.466, 0.006], [0.458, 0.698, 0.771], [0.777, 0.631, 0.491]]
    np.testing.assert_allclose(weighting["equal"]([*X, [0.567, 0.992, 0.968]]), [0.333] * 3, rtol=0, atol=5e-4)


def test_equal_as_pymcdm_gives_it(golden):
    example = _worked_example(golden, "pymcdm", "TestEqualWeights.test_output")
    np.testing.assert_array_equal(weighting["equal"](example["matrix"]), example["expected"])


def test_entropy_by_hand_of_one_indicator_held_by_half_the_units():
    # Two of four units hold all: e = ln 2 / ln 4 = 1/2. One of four: e = 0. Even: e = 1. Shares 1/2 : 1 : 0.
    X = [[1.0, 4.0, 1.0], [1.0, 0.0, 1.0], [0.0, 0.0, 1.0], [0.0, 0.0, 1.0]]
    np.testing.assert_allclose(weighting["entropy"](X), [1 / 3, 2 / 3, 0.0], rtol=1e-14)


@given(arrays(np.float64, (6, 3), elements=st.floats(0.5, 1000)))
def test_entropy_is_the_textbook_formula(X):
    X[0] = [1.0, 300.0, 2000.0]  # never even, where the textbook formula is rounding noise
    np.testing.assert_allclose(weighting["entropy"](X), _textbook_entropy(X), rtol=1e-6, atol=1e-9)


def test_entropy_keeps_its_digits_where_an_indicator_is_nearly_even():
    # 1 - e is t²/(2 n ln n) Σ... to first order: a spread ten times smaller counts a hundred times less.
    t = np.array([-1.0, 0.0, 1.0])
    weights = weighting["entropy"](np.column_stack([1 + 1e-6 * t, 1 + 1e-7 * t]))
    np.testing.assert_allclose(weights[0] / weights[1], 100, rtol=1e-5)


def test_entropy_gives_nothing_to_an_indicator_that_is_equal_for_all_and_not_a_rounding_more():
    assert weighting["entropy"]([[0.1, 1.0], [0.1, 2.0], [0.1, 4.0]]).tolist() == [0.0, 1.0]


def test_entropy_gives_equal_shares_where_every_indicator_is_even_or_empty():
    np.testing.assert_array_equal(weighting["entropy"]([[0.1, 0.0, np.nan], [0.1, 0.0, 2.0]]), np.full(3, 1 / 3))


def test_entropy_takes_each_indicator_over_the_units_that_have_it():
    complete = np.array([[1.0, 2.0], [3.0, 5.0], [4.0, 1.0]])
    gappy = np.array([[1.0, 2.0], [3.0, 5.0], [4.0, 1.0], [np.nan, np.nan]])
    np.testing.assert_allclose(weighting["entropy"](gappy), weighting["entropy"](complete), rtol=1e-14)


def test_entropy_refuses_a_single_unit():
    with pytest.raises(DomainError, match="needs at least 2 units, has 1"):
        weighting["entropy"]([[1.0, 2.0]])


def test_entropy_refuses_negative_scores_and_names_the_indicator():
    with pytest.raises(DomainError, match="no negative values") as caught:
        weighting["entropy"]([[1.0, -2.0], [3.0, 4.0]])
    assert caught.value.columns == (1,)


def test_entropy_shift_moves_only_indicators_that_have_a_zero_by_one_percent_of_their_range():
    X = np.array([[0.0, 2.0], [30.0, 3.0], [100.0, 7.0]])
    shifted = X + np.array([1.0, 0.0])
    np.testing.assert_allclose(weighting["entropy"](X, zeros="shift"), _textbook_entropy(shifted), rtol=1e-12)


def test_entropy_squeeze_maps_every_indicator_into_0_002_to_0_998_first():
    X = np.array([[0.0, 2.0], [30.0, 3.0], [100.0, 7.0]])
    squeezed = scoring["minmax"](X, to=(0.002, 0.998))
    np.testing.assert_allclose(weighting["entropy"](X, zeros="squeeze"), _textbook_entropy(squeezed), rtol=1e-12)


def test_entropy_choices_about_zeros_do_change_the_weights():
    X = np.array([[0.0, 2.0], [30.0, 3.0], [100.0, 7.0]])
    weights = [weighting["entropy"](X, zeros=choice)[0] for choice in ("limit", "shift", "squeeze")]
    assert len(set(np.round(weights, 3))) == 3
