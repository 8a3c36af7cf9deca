"""Sobol indices of functions whose indices are known in closed form, and beside SciPy's."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from parkscore.methods import DomainError
from parkscore.methods.sobol_indices import SobolIndices, sobol_indices, sobol_points

DRAWS = 2**12
EACH = [[0], [1], [2]]


def ishigami(points: np.ndarray) -> np.ndarray:
    x = np.pi * (2 * points - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def within(found: SobolIndices, first: list[float], total: list[float]) -> None:
    """The known indices are between the ends of intervals that are themselves narrow."""
    for low, high, known in (
        (found.first_low, found.first_high, first),
        (found.total_low, found.total_high, total),
    ):
        assert (low[:, 0] - 0.01 <= known).all()
        assert (high[:, 0] + 0.01 >= known).all()
    np.testing.assert_allclose(found.first[:, 0], first, atol=0.02)
    np.testing.assert_allclose(found.total[:, 0], total, atol=0.02)


def test_the_ishigami_function_has_its_analytic_indices() -> None:
    # Closed form with a = 7, b = 0.1: V1 = (1 + b pi^4 / 5)^2 / 2, V2 = a^2 / 8, V13 = 8 b^2 pi^8 / 225.
    alone, second, mixed = 0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2, 49 / 8, 8 * 0.01 * np.pi**8 / 225
    whole = alone + second + mixed
    found = sobol_indices(ishigami(sobol_points(DRAWS, EACH, 0)), 3, 0)
    within(found, [alone / whole, second / whole, 0.0], [(alone + mixed) / whole, second / whole, mixed / whole])
    assert found.variance[0] == pytest.approx(whole, rel=0.01)


def test_the_g_function_has_its_analytic_indices() -> None:
    # Of prod (|4 x - 2| + a) / (1 + a): V_i = (1 + a_i)^-2 / 3, V = prod (1 + V_i) - 1.
    a = np.array([0.0, 1.0, 9.0])
    parts = 1 / (3 * (1 + a) ** 2)
    whole = np.prod(1 + parts) - 1
    points = sobol_points(DRAWS, EACH, 1)
    found = sobol_indices(np.prod((np.abs(4 * points - 2) + a) / (1 + a), axis=1), 3, 1)
    total = [parts[i] * np.prod(1 + np.delete(parts, i)) / whole for i in range(3)]
    within(found, (parts / whole).tolist(), total)


def test_the_indices_of_a_sum_are_the_shares_of_its_squared_weights_and_groups_add_up() -> None:
    weights = np.array([3.0, 2.0, 1.0])
    shares = weights**2 / (weights**2).sum()
    found = sobol_indices(sobol_points(DRAWS, EACH, 2) @ weights, 3, 2)
    within(found, shares.tolist(), shares.tolist())
    together = sobol_indices(sobol_points(DRAWS, [[0, 2], [1]], 2) @ weights, 2, 2)
    within(together, [shares[0] + shares[2], shares[1]], [shares[0] + shares[2], shares[1]])


def test_many_outputs_have_the_indices_of_each_alone_and_those_of_scipy() -> None:
    points = sobol_points(512, EACH, 3)
    outputs = np.stack([ishigami(points), points @ [1.0, 1.0, 5.0], np.full(len(points), 4.0)], axis=1)
    found = sobol_indices(outputs, 3, 3)
    alone = sobol_indices(outputs[:, 0], 3, 3)
    np.testing.assert_allclose(found.first[:, [0]], alone.first, rtol=1e-12)
    np.testing.assert_allclose(found.total_high[:, [0]], alone.total_high, rtol=1e-12)
    blocks = outputs[:, :2].reshape(5, 512, 2)
    theirs = stats.sobol_indices(
        func={"f_A": blocks[0].T, "f_B": blocks[1].T, "f_AB": blocks[2:].transpose(0, 2, 1)}, n=512
    )
    np.testing.assert_allclose(found.first[:, :2].T, theirs.first_order, atol=2e-2)
    np.testing.assert_allclose(found.total[:, :2].T, theirs.total_order, atol=2e-2)


def test_a_constant_output_and_whole_numbers_are_taken_as_they_are() -> None:
    points = sobol_points(64, EACH, 0)
    constant = sobol_indices(np.full(len(points), 1e6 + 0.1), 3, 0)
    assert not constant.first.any()
    assert not constant.total_high.any()
    ranks = (points[:, 0] * 5).astype(np.int32)
    assert sobol_indices(ranks, 3, 0).total[0, 0] > 0.9


def test_intervals_of_what_rarely_changes_are_finite_and_no_total_is_below_0() -> None:
    # It changes in one draw of a sample and in another of a mixture, and a third of the resamples lack the first.
    outputs = np.zeros((4, 1000))
    outputs[0, 17] = outputs[2, 18] = 1.0
    found = sobol_indices(outputs.ravel(), 2, 0)
    for each in (found.first_low, found.first_high, found.total_low, found.total_high):
        assert (np.abs(each) < 10).all()
    assert (found.total_low >= 0).all()


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e9])
def test_rounding_is_no_variance_and_a_small_spread_is_one_whatever_the_size(size: float) -> None:
    points = sobol_points(256, EACH, 0)
    rounding = sobol_indices(size * (1 + 4e-16 * points[:, 0]), 3, 0)
    assert rounding.variance[0] == 0
    assert not rounding.total_high.any()
    small = sobol_indices(size * (1 + 1e-6 * points[:, 0]), 3, 0)
    np.testing.assert_allclose(small.total[:, 0], [1, 0, 0], atol=0.02)


@pytest.mark.parametrize("groups", [[], [[0], [0]], [[0], [2]]])
def test_groups_that_do_not_hold_each_factor_once_are_refused(groups: list[list[int]]) -> None:
    with pytest.raises(DomainError):
        sobol_points(8, groups, 0)


def test_the_same_seed_gives_the_same_bits_and_zero_is_a_seed() -> None:
    outputs = ishigami(sobol_points(64, EACH, 0))
    one, again, other = (sobol_indices(outputs, 3, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one.first_low, again.first_low)
    assert not np.array_equal(one.first_low, other.first_low)


def test_a_gap_in_an_output_is_refused() -> None:
    outputs = np.ones(5 * 8)
    outputs[3] = np.nan
    with pytest.raises(DomainError):
        sobol_indices(outputs, 3, 0)
