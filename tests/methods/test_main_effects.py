from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.methods.main_effects import FEWEST_UNITS, main_effect


def _even(units: int, columns: int, seed: int = 0) -> np.ndarray:
    """Evenly spread points in the unit cube, so that what is left is the error of the method and not of the draw."""
    qmc = pytest.importorskip("scipy.stats").qmc
    return qmc.Sobol(columns, seed=seed).random(units)


def _effects(X: np.ndarray, y: np.ndarray) -> list[float]:
    return [main_effect(column, y) for column in X.T]


def test_main_effects_of_a_weighted_sum_of_independent_parts_are_the_shares_of_variance():
    # S_i = w_i² var_i / Σ w² var (Saltelli et al. 2008, Global Sensitivity Analysis, 1.2): here var = 1/12, 4/12, 1/12
    X = _even(2048, 3) * [1.0, 2.0, 1.0]
    w = np.array([0.5, 0.3, 0.2])
    variance = w**2 * np.array([1.0, 4.0, 1.0]) / 12
    np.testing.assert_allclose(_effects(X, X @ w), variance / variance.sum(), atol=0.004)


def test_main_effects_of_correlated_normal_parts_are_the_squared_correlations_with_the_sum():
    # (x1, x2) normal with correlation rho: E[y | x1] = (w1 + w2 rho) x1, so S1 = (w1 + w2 rho)² / var y
    stats = pytest.importorskip("scipy.stats")
    z = stats.norm.ppf(_even(4096, 2, seed=1))
    rho, w = 0.6, np.array([0.8, 0.2])
    X = np.column_stack([z[:, 0], rho * z[:, 0] + math.sqrt(1 - rho**2) * z[:, 1]])
    variance = w @ w + 2 * rho * w[0] * w[1]
    wanted = [(w[0] + w[1] * rho) ** 2 / variance, (w[1] + w[0] * rho) ** 2 / variance]
    np.testing.assert_allclose(_effects(X, X @ w), wanted, atol=0.005)


def test_main_effects_of_the_ishigami_function_are_its_exact_first_order_indices(golden):
    exact = json.loads((golden / "analytic" / "sobol_indices.json").read_text(encoding="utf-8"))["ishigami"]
    X = (2 * _even(4096, 3) - 1) * math.pi
    y = np.sin(X[:, 0]) + exact["a"] * np.sin(X[:, 1]) ** 2 + exact["b"] * X[:, 2] ** 4 * np.sin(X[:, 0])
    np.testing.assert_allclose(_effects(X, y), exact["S1"], atol=0.01)


def test_main_effects_of_the_g_function_are_its_exact_first_order_indices(golden):
    exact = json.loads((golden / "analytic" / "sobol_indices.json").read_text(encoding="utf-8"))["sobol_g"]
    a = np.array(exact["a"])
    X = _even(4096, len(a))
    y = np.prod((np.abs(4 * X - 2) + a) / (1 + a), axis=1)
    np.testing.assert_allclose(_effects(X, y), exact["S1"], atol=0.015)


def test_main_effect_over_a_few_levels_is_that_of_the_means_of_the_levels():
    draw = np.random.default_rng(0)
    x = np.repeat([0.0, 1.0, 5.0], 1000)
    y = np.repeat([0.0, 2.0, 1.0], 1000) + draw.normal(size=3000)
    means = np.array([y[x == level].mean() for level in (0.0, 1.0, 5.0)])
    assert main_effect(x, y) == pytest.approx(np.var(means) / np.var(y), abs=0.005)


def test_main_effect_of_an_increasing_but_wildly_skewed_part_is_whole():
    x = np.exp(8 * np.random.default_rng(0).normal(size=178))
    assert main_effect(x, np.log(x)) == pytest.approx(1.0, abs=0.005)


def test_main_effect_of_what_has_no_influence_is_near_zero_on_average():
    draw = np.random.default_rng(0)
    found = [main_effect(draw.normal(size=178), draw.normal(size=178)) for _ in range(200)]
    assert np.mean(found) < 0.015
    assert np.median(found) == 0.0


@pytest.mark.parametrize(("scale", "shift"), [(1e-140, 0.0), (1e140, 0.0), (-3.0, 7.0)])
def test_main_effect_does_not_depend_on_measures(scale, shift):
    draw = np.random.default_rng(2)
    x = draw.normal(size=100)
    y = x**2 + draw.normal(size=100)
    assert main_effect(scale * x + shift, y) == pytest.approx(main_effect(x, y), abs=1e-9)
    assert main_effect(x, scale * y + shift) == pytest.approx(main_effect(x, y), abs=1e-9)


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=0, max_size=60), st.randoms())
def test_main_effect_is_a_share_or_nan_and_the_same_to_the_last_digit_in_any_order(pairs, random):
    points = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    order = random.sample(range(len(points)), len(points))
    found = main_effect(*points.T)
    np.testing.assert_array_equal(found, main_effect(*points[order].T))
    few = len(points) < FEWEST_UNITS or any(len(set(column)) < 2 for column in points.T)
    assert math.isnan(found) if few else 0.0 <= found <= 1.0


def test_units_with_a_gap_do_not_count():
    x = np.append(np.linspace(0, 1, 30), [np.nan, 5.0])
    y = np.append(np.linspace(0, 1, 30) ** 2, [5.0, np.nan])
    assert main_effect(x, y) == main_effect(x[:30], y[:30])
