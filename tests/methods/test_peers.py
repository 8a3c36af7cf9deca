"""Agreement with pymcdm, scikit-criteria and SciPy on random data, and the defects that are not followed."""

from __future__ import annotations

import numpy as np
import pytest

from parkscore.methods import DomainError, aggregation, scoring, treatment, weighting

stats = pytest.importorskip("scipy.stats")
SEEDS = pytest.mark.parametrize("seed", range(5))


def _random(seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    return random.uniform(1, 100, (40, 6)), random.dirichlet(np.ones(6))


@SEEDS
def test_entropy_agrees_with_pymcdm_and_scikit_criteria(seed: int):
    X, _ = _random(seed)
    theirs = pytest.importorskip("pymcdm.weights").entropy_weights(X, np.ones(6))
    np.testing.assert_allclose(weighting["entropy"](X), theirs, atol=1e-12, rtol=0)
    theirs = pytest.importorskip("skcriteria.preprocessing.weighters").entropy_weights(X)
    np.testing.assert_allclose(weighting["entropy"](X), theirs, atol=1e-12, rtol=0)


@SEEDS
def test_arithmetic_and_geometric_agree_with_pymcdm_and_scikit_criteria(seed: int):
    X, w = _random(seed)
    simple, sk = pytest.importorskip("skcriteria.agg.simple"), pytest.importorskip("skcriteria")
    matrix = sk.mkdm(X, [1] * 6, weights=w)
    added = simple.WeightedSumModel().evaluate(matrix).e_.score
    multiplied = 10 ** simple.WeightedProductModel().evaluate(matrix).e_.score
    np.testing.assert_allclose(aggregation["arithmetic"](X, w), added, rtol=1e-12)
    np.testing.assert_allclose(aggregation["geometric"](X, w), multiplied, rtol=1e-12)
    shares, methods = X / X.sum(axis=0), pytest.importorskip("pymcdm.methods")
    np.testing.assert_allclose(aggregation["arithmetic"](shares, w), methods.WSM()(X, w, np.ones(6)), rtol=1e-12)
    np.testing.assert_allclose(aggregation["geometric"](shares, w), methods.WPM()(X, w, np.ones(6)), rtol=1e-12)


@SEEDS
def test_means_agree_with_scipy(seed: int):
    X, w = _random(seed)
    np.testing.assert_allclose(aggregation["geometric"](X, w), stats.gmean(X, axis=1, weights=w), rtol=1e-12)
    np.testing.assert_allclose(aggregation["harmonic"](X, w), stats.hmean(X, axis=1, weights=w), rtol=1e-12)
    for exponent in (-3, -0.5, 0.5, 2, 7):
        theirs = stats.pmean(X, exponent, axis=1, weights=w)
        np.testing.assert_allclose(aggregation["power"](X, w, exponent=exponent), theirs, rtol=1e-12)


@SEEDS
def test_minmax_zscore_and_quantile_caps_agree_with_pymcdm_scikit_criteria_and_scipy(seed: int):
    X, _ = _random(seed)
    for ddof, divisor in ((0, "n"), (1, "n-1")):
        np.testing.assert_allclose(scoring["zscore"](X, divisor=divisor), stats.zscore(X, ddof=ddof), atol=1e-12)
    theirs = pytest.importorskip("pymcdm.normalizations").minmax_normalization
    for direction in (1, -1):
        expected = np.column_stack([theirs(column, direction < 0) for column in X.T])
        np.testing.assert_allclose(scoring["minmax"](X, direction=direction), expected, atol=1e-12)
    np.testing.assert_allclose(treatment["ln"](X).values, stats.boxcox(X.ravel(), 0).reshape(X.shape), rtol=1e-12)


@SEEDS
def test_topsis_and_vikor_agree_with_scikit_criteria(seed: int):
    X, w = _random(seed)
    sk = pytest.importorskip("skcriteria")
    topsis, vikor = pytest.importorskip("skcriteria.agg.topsis"), pytest.importorskip("skcriteria.agg.vikor")
    scaled = sk.mkdm(X / np.linalg.norm(X, axis=0), [1] * 6, weights=w)
    theirs = topsis.TOPSIS().evaluate(scaled).e_.similarity
    np.testing.assert_allclose(aggregation["topsis_vector"](X, w), theirs, atol=1e-12)
    theirs = vikor.VIKOR().evaluate(sk.mkdm(X, [1] * 6, weights=w)).e_.q_k
    np.testing.assert_allclose(1 - aggregation["vikor"](X, w), theirs, atol=1e-12)


# --- defects of peers, each reproduced where the peer is a Python package -----------------------------------------

WITH_ZERO = np.array([[0.0, 1.0], [1.0, 2.0], [2.0, 4.0]])
WITH_NEGATIVE = np.array([[-1.0, 1.0], [2.0, 3.0], [3.0, 4.0]])


def test_entropy_weighs_a_column_that_holds_a_zero_unlike_pymcdm_1_4():
    peer = pytest.importorskip("pymcdm.weights")
    with pytest.raises(ValueError, match="positive"):
        peer.entropy_weights(WITH_ZERO, np.ones(2))
    # By hand: p = (0, 1/3, 2/3) and (1, 2, 4) / 7 with 0 ln 0 = 0.
    p, q = np.array([1 / 3, 2 / 3]), np.array([1, 2, 4]) / 7
    spread = np.array([1 + (p * np.log(p)).sum() / np.log(3), 1 + (q * np.log(q)).sum() / np.log(3)])
    np.testing.assert_allclose(weighting["entropy"](WITH_ZERO), spread / spread.sum(), rtol=1e-14)


def test_entropy_refuses_a_negative_score_where_scikit_criteria_gives_nan_and_pyrepo_a_negative_weight():
    peer = pytest.importorskip("skcriteria.preprocessing.weighters")
    with np.errstate(all="ignore"):
        assert np.isnan(peer.entropy_weights(WITH_NEGATIVE)).any()
    with pytest.raises(DomainError, match="no negative values"):
        weighting["entropy"](WITH_NEGATIVE)


def test_weights_of_a_table_with_a_gap_are_refused_or_taken_over_who_has_it_unlike_scikit_criteria():
    X = np.array([[1.0, 4.0], [2.0, np.nan], [3.0, 1.0], [5.0, 2.0]])
    assert np.isfinite(weighting["entropy"](X)).all()
    with pytest.raises(DomainError, match="no missing values"):
        weighting["critic"](X)


def test_pca_has_no_negative_weight_unlike_coinr_get_pca():
    random = np.random.default_rng(0)
    common = random.normal(size=(40, 1))
    X = np.hstack([common, -common, common]) + 0.1 * random.normal(size=(40, 3))
    loadings = np.linalg.eigh(np.corrcoef(X, rowvar=False))[1][:, -1]
    assert loadings.min() < 0 < loadings.max()
    assert weighting["pca"](X).min() > 0


def test_log_changes_the_values_that_it_says_it_treated_unlike_coinr_log_gii():
    x = np.array([1.0, 2, 3, 4, 5, 6, 7, 1000])[:, np.newaxis]
    treated = treatment["log"](x)
    (record,) = treated.records
    assert record.action == "log"
    assert np.all(treated.values != x)


def test_power_mean_hands_on_the_share_of_a_gap_unlike_coinr_a_genmean():
    X = [[1.0, np.nan, 4.0]]
    np.testing.assert_allclose(aggregation["power"](X, [1, 1, 1], exponent=2), [np.sqrt(8.5)], rtol=1e-14)
