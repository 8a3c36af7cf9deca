from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.methods import DomainError, combination

AHP, ENTROPY = [0.4, 0.3, 0.2, 0.1], [0.25, 0.2, 0.3, 0.25]


@st.composite
def _sets(draw: st.DrawFn, schemes: int = 3, indicators: int = 4) -> np.ndarray:
    amounts = draw(st.lists(st.integers(1, 50), min_size=schemes * indicators, max_size=schemes * indicators))
    W = np.array(amounts, dtype=float).reshape(schemes, indicators)
    return W / W.sum(axis=1, keepdims=True)


def test_additive_geogsci_published_weights_of_critic_and_entropy():
    # Three of the indicators of the study; the others as one, so that both sets sum to 1.
    critic, entropy = np.array([0.0082, 0.0156, 0.0121]), np.array([0.0610, 0.0750, 0.0495])
    W = np.vstack([np.append(critic, 1 - critic.sum()), np.append(entropy, 1 - entropy.sum())])
    np.testing.assert_allclose(combination["additive"](W)[:3], [0.0346, 0.0453, 0.0308], atol=5.01e-5)


def test_additive_with_shares_as_mathmodels_documents_it():
    result = combination["additive"]([AHP, ENTROPY], shares=np.array([0.6, 0.4]))
    np.testing.assert_allclose(result, [0.34, 0.26, 0.24, 0.16], rtol=1e-14)


def test_multiplicative_by_hand():
    # 0.1, 0.06, 0.06, 0.025 over their sum 0.245
    np.testing.assert_allclose(
        combination["multiplicative"]([AHP, ENTROPY]), np.array([0.1, 0.06, 0.06, 0.025]) / 0.245, rtol=1e-14
    )


# zhjx19/mathmodels (R), example of combine_weights, as its check prints it.


def test_multiplicative_mathmodels_documentation_to_its_seven_decimals():
    expected = [0.4081633, 0.2448980, 0.2448980, 0.1020408]
    np.testing.assert_allclose(combination["multiplicative"]([AHP, ENTROPY]), expected, atol=5e-8)


def test_geometric_mathmodels_documentation_where_it_is_called_game():
    # Its type "game" is the normalised root of the product; its "game_linear" is the game-theory combination.
    expected = [0.3279556, 0.2540333, 0.2540333, 0.1639778]
    np.testing.assert_allclose(combination["geometric"]([AHP, ENTROPY]), expected, atol=5e-8)


def test_game_theory_mathmodels_documentation_where_it_is_called_game_linear():
    expected = [0.3735683, 0.2823789, 0.2176211, 0.1264317]
    np.testing.assert_allclose(combination["game_theory"]([AHP, ENTROPY]), expected, atol=5e-8)


def test_game_theory_hou_wang_2021_slopes_of_a_mine_as_near_as_its_coefficients_solve_its_equations():
    # 侯克鹏, 王黎蝶 2021, 安全与环境学报 21(6), 2443-2451, section 4.1.3, with fuzzy AHP and CRITIC. The coefficients
    # printed, 0.6364 and 0.6485, miss the second equation by 0.0002, so the shares are off by 0.0013.
    ahp = [0.1691, 0.0764, 0.0828, 0.0533, 0.2469, 0.0828, 0.0763, 0.0553, 0.0553, 0.0111, 0.0887]
    critic = [0.0209, 0.0495, 0.0565, 0.0390, 0.0351, 0.1682, 0.1766, 0.1899, 0.0209, 0.1217, 0.1217]
    printed = [0.0943, 0.0628, 0.0695, 0.0461, 0.1400, 0.1259, 0.1269, 0.1232, 0.0379, 0.0669, 0.1054]
    left, right = 0.0739 * 0.6364 + 0.1344 * 0.6485, 0.1344
    assert right - left == pytest.approx(0.0002, abs=5e-5)
    # The first set is printed as summing to 0.998; what is missing stands in a last column.
    W = np.array([[*ahp, 1 - sum(ahp)], [*critic, 1 - sum(critic)]])
    np.testing.assert_allclose(combination["game_theory"](W)[:-1], printed, atol=3e-4)


def test_geometric_is_the_square_root_of_the_product_normalised():
    roots = np.sqrt(np.array(AHP) * ENTROPY)
    np.testing.assert_allclose(combination["geometric"]([AHP, ENTROPY]), roots / roots.sum(), rtol=1e-14)


def test_geometric_with_all_the_share_on_one_set_is_that_set_even_where_the_other_has_a_zero():
    result = combination["geometric"]([AHP, [0.0, 0.0, 0.5, 0.5]], shares=np.array([1.0, 0.0]))
    np.testing.assert_allclose(result, AHP, rtol=1e-14)


def test_geometric_of_many_sets_of_small_weights_does_not_vanish():
    W = np.tile([1e-6, 1e-6, 1 - 2e-6], (200, 1))
    np.testing.assert_allclose(combination["multiplicative"](W[:, :2]), [0.5, 0.5], rtol=1e-14)


@given(_sets(schemes=2))
def test_game_theory_solves_its_equations_or_is_refused_for_a_negative_coefficient(W):
    products = W @ W.T
    if np.linalg.det(products) < 1e-8:
        return
    coefficients = np.linalg.solve(products, np.diagonal(products))
    if coefficients.min() < -1e-6:
        with pytest.raises(DomainError, match="negative"):
            combination["game_theory"](W)
    elif coefficients.min() > 1e-6:
        expected = coefficients / coefficients.sum() @ W
        np.testing.assert_allclose(combination["game_theory"](W), expected, rtol=1e-6)


def test_game_theory_gives_equal_weights_no_say_beside_another_set():
    np.testing.assert_allclose(combination["game_theory"]([AHP, [0.25] * 4]), AHP, rtol=1e-12)


def test_game_theory_of_a_set_with_itself_is_that_set():
    np.testing.assert_allclose(combination["game_theory"]([AHP, AHP]), AHP, rtol=1e-12)


def test_game_theory_of_opposite_sets_treats_both_alike():
    result = combination["game_theory"]([AHP, AHP[::-1]])
    np.testing.assert_allclose(result, result[::-1], rtol=1e-12)


@pytest.mark.parametrize("name", list(combination))
@given(weights=_sets(schemes=1))
def test_a_set_combined_with_nothing_is_that_set(name, weights):
    np.testing.assert_allclose(combination[name](weights), weights[0], rtol=1e-12)


@pytest.mark.parametrize("name", ["additive", "multiplicative", "geometric"])
@given(W=_sets(), factor=st.sampled_from([0.01, 100.0]))
def test_sets_count_as_shares_whatever_they_sum_to(name, W, factor):
    scaled = W * np.array([[factor], [1.0], [1.0]])
    np.testing.assert_allclose(combination[name](scaled), combination[name](W), rtol=1e-12)


@pytest.mark.parametrize("name", list(combination))
def test_a_set_that_is_all_zero_is_refused(name):
    with pytest.raises(DomainError, match="all zero"):
        combination[name]([[0.0, 0.0], [0.5, 0.5]])


@pytest.mark.parametrize("name", ["multiplicative", "geometric"])
def test_sets_without_a_common_indicator_have_no_product(name):
    with pytest.raises(DomainError, match="weight in every set"):
        combination[name]([[1.0, 0.0], [0.0, 1.0]])


@pytest.mark.parametrize("shares", [[1.0], [0.0, 0.0], [-1.0, 2.0], [np.nan, 1.0]])
def test_shares_that_are_none_are_refused(shares):
    with pytest.raises(DomainError, match="each set of weights needs a share"):
        combination["additive"]([AHP, ENTROPY], shares=np.array(shares))
