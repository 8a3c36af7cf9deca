from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from parkscore.methods.diagnostics import (
    Correlations,
    alpha,
    alpha_without,
    average_ranks,
    bartlett,
    correlation,
    correlation_matrix,
    eigenvalues,
    kmo,
    statistics,
)
from parkscore.methods.domain import DomainError

# Published in the "Analysis" vignette of the R package COINr (Becker et al. 2022) over its ASEM data, the statistics to
# three significant digits. https://bluefoxr.github.io/COINr/articles/analysis.html
COINR_STATISTICS = {
    #          min   max   mean  median sd     skew    kurt  zeros unique
    "LPI": (2.07, 4.23, 3.41, 3.42, 0.538, -0.304, -0.657, 0, 51),
    "Flights": (0.99, 211.0, 38.6, 25.6, 46.7, 2.10, 4.51, 0, 51),
    "Ship": (0.0, 21.2, 12.0, 12.7, 6.84, -0.576, -0.681, 9, 43),
    "Bord": (0.0, 122.0, 23.6, 18.0, 24.8, 2.15, 5.79, 6, 30),
    "Elec": (0.0, 110.0, 16.2, 6.91, 22.7, 2.23, 5.79, 4, 46),
}
COINR_CORRELATIONS = {"MatCon": 0.7222051, "PrimEner": 0.3268484, "Renew": -0.5986338}
COINR_DENOMINATORS = {
    ("CultGood", "GDP"): 0.85,
    ("FDI", "Energy"): 0.74,
    ("Goods", "GDP"): 0.80,
    ("StMob", "GDP"): 0.84,
}
# Standard deviations of the components of the "Social" group, as R's prcomp prints them, over complete rows.
COINR_SOCIAL = [2.2042, 1.1256, 0.9788, 0.78834, 0.77153, 0.56836, 0.42463]


def _tables(low: int = 4, columns: int = 3) -> st.SearchStrategy[np.ndarray]:
    whole = st.integers(-5, 5).map(float)
    return arrays(np.float64, st.tuples(st.integers(low, 12), st.just(columns)), elements=whole)


def _pairs(size: int = 12) -> st.SearchStrategy[tuple[np.ndarray, np.ndarray]]:
    column = arrays(np.float64, size, elements=st.one_of(st.integers(-3, 3).map(float), st.just(np.nan)))
    return st.tuples(column, column)


# --- against what others published ---------------------------------------------------------------------------------


@pytest.mark.parametrize("code", COINR_STATISTICS)
def test_statistics_are_those_published_in_the_coinr_vignette(asem, code):
    found = statistics(asem("asem_idata.csv")[code].to_numpy(dtype=np.float64))
    *numbers, zeros, unique = COINR_STATISTICS[code]
    measured = found.minimum, found.maximum, found.mean, found.median, found.sd, found.skewness, found.kurtosis
    assert [float(f"{value:.3g}") for value in measured] == numbers
    assert (found.n, found.missing, found.zeros, found.unique) == (51, 0, zeros, unique)


@pytest.mark.parametrize("other", COINR_CORRELATIONS)
def test_pairwise_correlations_with_gaps_are_those_published_in_the_coinr_vignette(asem, other):
    data = asem("asem_idata.csv")
    found = correlation(data["CO2"].to_numpy(np.float64), data[other].to_numpy(np.float64)).pearson
    assert found == pytest.approx(COINR_CORRELATIONS[other], abs=5e-8)


@pytest.mark.parametrize("pair", COINR_DENOMINATORS, ids="-".join)
def test_correlations_with_denominators_are_those_published_in_the_coinr_vignette(asem, pair):
    x, y = (asem("asem_idata.csv")[code].to_numpy(np.float64) for code in pair)
    assert correlation(x, y).pearson == pytest.approx(COINR_DENOMINATORS[pair], abs=0.005)


def test_components_of_complete_rows_are_those_published_in_the_coinr_vignette(asem, asem_tree):
    social = asem_tree.index[(asem_tree["Parent"] == "Social")]
    X = asem("asem_idata.csv")[list(social)].dropna().to_numpy(np.float64)
    assert X.shape == (37, 9)
    found = np.sqrt(eigenvalues(correlation_matrix(X)))
    np.testing.assert_allclose(found[: len(COINR_SOCIAL)], COINR_SOCIAL, atol=5e-5)


# --- against definitions and SciPy ---------------------------------------------------------------------------------


@given(_pairs())
def test_correlations_are_those_of_scipy_over_the_units_that_have_both(pair):
    stats = pytest.importorskip("scipy.stats")
    x, y = pair
    found = correlation(x, y)
    both = ~(np.isnan(x) | np.isnan(y))
    x, y = x[both], y[both]
    assert found.n == len(x)
    if len(x) < 3 or len(set(x)) < 2 or len(set(y)) < 2:
        assert all(math.isnan(value) for value in found[1:])
        return
    assert found.pearson == pytest.approx(stats.pearsonr(x, y).statistic, abs=1e-12)
    assert found.spearman == pytest.approx(stats.spearmanr(x, y).statistic, abs=1e-12)


@given(_pairs())
def test_kendall_is_the_tau_b_of_its_definition_by_pairs_of_units(pair):
    x, y = pair
    both = ~(np.isnan(x) | np.isnan(y))
    signs = [(np.sign(x[i] - x[j]), np.sign(y[i] - y[j])) for i, j in itertools.combinations(np.flatnonzero(both), 2)]
    concordance = sum(a * b for a, b in signs)
    untied = sum(a != 0 for a, _ in signs) * sum(b != 0 for _, b in signs)
    found = correlation(x, y).kendall
    if both.sum() < 3 or not untied:
        assert math.isnan(found)
    else:
        assert found == pytest.approx(concordance / math.sqrt(untied), abs=1e-12)


@given(_pairs(), st.permutations(range(12)))
def test_a_correlation_is_the_same_to_the_last_digit_in_any_order_of_the_units(pair, order):
    x, y = pair
    np.testing.assert_array_equal(correlation(x, y), correlation(x[order], y[order]))


@given(_pairs(), _pairs(), st.permutations(range(12)))
def test_correlations_within_a_table_are_those_of_each_pair_alone_and_the_same_in_any_order_of_the_units(
    first, second, order
):
    X = np.column_stack([*first, *second])
    table, reordered = Correlations(X), Correlations(X[order])
    for a, b in itertools.combinations(range(4), 2):
        found = table.between(a, b)
        np.testing.assert_allclose(found, correlation(X[:, a], X[:, b]), rtol=0, atol=1e-14)
        np.testing.assert_array_equal(table.linear(a, b), found[:2])
        np.testing.assert_array_equal(reordered.between(a, b), found)


def test_correlations_of_enormous_and_tiny_numbers_do_not_overflow_or_vanish():
    x = np.array([1.0, 3.0, 2.0, 5.0])
    y = np.array([2.0, 1.0, 4.0, 4.0])
    np.testing.assert_allclose(correlation(x * 1e140, y * 1e-140), correlation(x, y), atol=1e-15)


@given(_tables(columns=1))
def test_average_ranks_are_those_of_scipy(X):
    stats = pytest.importorskip("scipy.stats")
    np.testing.assert_array_equal(average_ranks(X[:, 0]), stats.rankdata(X[:, 0]))


def test_statistics_of_an_empty_a_single_and_a_constant_column_say_what_is_not_there():
    empty, single, constant = (statistics(np.array(x)) for x in ([np.nan, np.nan], [3.0], [0.1 + 0.2, 0.3, 0.3, 0.3]))
    assert (empty.n, empty.missing, empty.unique) == (0, 2, 0)
    assert all(math.isnan(value) for value in empty[2:9])
    assert (single.mean, single.median) == (3.0, 3.0)
    assert math.isnan(single.sd)
    assert constant.sd == 0.0


def test_alpha_is_that_of_the_mean_covariance_of_the_items():
    X = np.random.default_rng(3).normal(size=(40, 5)) @ np.triu(np.ones((5, 5)))
    C = np.cov(X.T)
    variance, covariance = np.diag(C).mean(), C[~np.eye(5, dtype=bool)].mean()
    assert alpha(X) == pytest.approx(5 * covariance / (variance + 4 * covariance), abs=1e-12)


def test_alpha_of_one_item_repeated_is_one():
    x = np.array([1.0, 5.0, 2.0, 8.0])
    assert alpha(np.column_stack([x, x, x])) == pytest.approx(1.0, abs=1e-14)


def test_alpha_of_items_that_cancel_out_is_nan_and_not_minus_infinity():
    x = np.array([1.0, 5.0, 2.0, 8.0])
    assert math.isnan(alpha(np.column_stack([x, -x])))


def test_alpha_without_leaves_out_one_item_at_a_time():
    X = np.random.default_rng(4).normal(size=(20, 4))
    wanted = [alpha(X[:, [item for item in range(4) if item != left_out]]) for left_out in range(4)]
    np.testing.assert_allclose(alpha_without(X), wanted, atol=1e-12)


def _partial_correlation(X: np.ndarray, one: int, other: int) -> float:
    """The correlation of what the remaining columns leave unexplained in two columns."""
    rest = np.column_stack([np.ones(len(X)), np.delete(X, [one, other], axis=1)])
    left = [X[:, column] - rest @ np.linalg.lstsq(rest, X[:, column])[0] for column in (one, other)]
    return float(np.corrcoef(left)[0, 1])


def test_kmo_sets_correlations_against_partial_correlations_found_by_regression():
    X = np.random.default_rng(5).normal(size=(60, 4)) @ np.triu(np.ones((4, 4)))
    R = np.corrcoef(X.T)
    partial = np.zeros((4, 4))
    for one, other in itertools.permutations(range(4), 2):
        partial[one, other] = _partial_correlation(X, one, other)
    simple = R - np.eye(4)
    by_column = (simple**2).sum(axis=0) / (simple**2 + partial**2).sum(axis=0)
    found = kmo(correlation_matrix(X))
    np.testing.assert_allclose(found.by_column, by_column, atol=1e-10)
    assert found.overall == pytest.approx((simple**2).sum() / (simple**2 + partial**2).sum(), abs=1e-10)


def test_kmo_of_two_items_is_one_half_whatever_they_are():
    assert kmo(np.array([[1.0, 0.7], [0.7, 1.0]])).overall == pytest.approx(0.5)
    assert kmo(np.eye(2)).overall == 0.5


def test_bartlett_is_the_likelihood_ratio_with_the_tail_of_chi_squared():
    stats = pytest.importorskip("scipy.stats")
    R = np.array([[1.0, 0.4, 0.2], [0.4, 1.0, 0.3], [0.2, 0.3, 1.0]])
    found = bartlett(R, 50)
    wanted = -(49 - 11 / 6) * math.log(np.linalg.det(R))
    assert found.degrees == 3
    assert found.chi_squared == pytest.approx(wanted, rel=1e-12)
    assert found.p == pytest.approx(stats.chi2.sf(wanted, 3), rel=1e-10)


def test_bartlett_of_uncorrelated_items_is_certain_to_be_chance():
    assert bartlett(np.eye(4), 50) == (0.0, 6, 1.0)


# --- what must hold for all ----------------------------------------------------------------------------------------


@given(_tables(), st.randoms(use_true_random=False))
def test_alpha_and_components_are_the_same_to_the_last_digit_in_any_order_of_the_units(X, random):
    order = random.sample(range(len(X)), len(X))
    try:
        first = alpha(X), *eigenvalues(correlation_matrix(X))
    except DomainError:
        with pytest.raises(DomainError):
            alpha(X[order])
        return
    np.testing.assert_array_equal(first, (alpha(X[order]), *eigenvalues(correlation_matrix(X[order]))))


@given(_tables())
def test_components_share_out_one_variance_for_each_item(X):
    try:
        found = eigenvalues(correlation_matrix(X))
    except DomainError:
        return
    assert found.sum() == pytest.approx(X.shape[1], abs=1e-9)
    assert (found >= 0).all()
    assert (np.diff(found) <= 0).all()


@pytest.mark.parametrize("function", [alpha, alpha_without, correlation_matrix])
@pytest.mark.parametrize(
    ("X", "reason"),
    [
        (np.ones((5, 1)), "at least"),
        (np.arange(6.0).reshape(2, 3), "at least 3 units"),
        (np.array([[1.0, 2.0, 3.0], [2.0, np.nan, 1.0], [4.0, 1.0, 0.0]]), "no missing values"),
        (np.array([[1.0, 2.0, 3.0], [1.0, 3.0, 1.0], [1.0, 1.0, 0.0]]), "equal for all units"),
    ],
    ids=["one item", "two units", "a gap", "a constant"],
)
def test_what_has_no_structure_is_refused_with_the_reason(function, X, reason):
    with pytest.raises(DomainError, match=reason):
        function(X)


def test_items_that_repeat_each_other_have_no_adequacy_and_no_sphericity():
    R = np.array([[1.0, 1.0, 0.2], [1.0, 1.0, 0.2], [0.2, 0.2, 1.0]])
    for refused in (lambda: kmo(R), lambda: bartlett(R, 20)):
        with pytest.raises(DomainError, match="linearly dependent"):
            refused()
    with pytest.raises(DomainError, match="too few units"):
        bartlett(np.eye(6), 3)
