from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from parkscore.methods import DomainError, Interval, aggregation, scoring

NODES = ["Physical", "ConEcFin", "Political", "Instit", "P2P", "Environ", "Social", "SusEcFin", "Conn", "Sust", "Index"]


def _climb(scores: pd.DataFrame, tree: pd.DataFrame, weights: pd.Series, method: str) -> pd.DataFrame:
    """The scores of every node of the ASEM tree, children before parents."""
    nodes = scores.copy()
    for node in NODES:
        children = tree.index[tree["Parent"] == node]
        nodes[node] = aggregation[method](nodes[children], weights[children])
    return nodes[NODES]


def test_arithmetic_asem_amean(asem, asem_tree):
    nodes = _climb(asem("normalisation/minmax_0_100.csv"), asem_tree, asem_tree["Weight"], "arithmetic")
    np.testing.assert_allclose(nodes, asem("aggregation/minmax_0_100__amean.csv")[NODES], rtol=1e-12)


def test_arithmetic_asem_amean_with_uneven_weights(asem, asem_tree, table):
    weights = table("asem/weights/uneven_weights.csv").set_index("iCode")["Weight"]
    nodes = _climb(asem("normalisation/minmax_0_100.csv"), asem_tree, weights, "arithmetic")
    np.testing.assert_allclose(nodes, asem("aggregation/minmax_0_100__amean__uneven_weights.csv")[NODES], rtol=1e-12)


def test_geometric_asem_gmean(asem, asem_tree):
    nodes = _climb(asem("normalisation/minmax_1_100.csv"), asem_tree, asem_tree["Weight"], "geometric")
    np.testing.assert_allclose(nodes, asem("aggregation/minmax_1_100__gmean.csv")[NODES], rtol=1e-12)


def test_mazziotta_pareto_croatia_2017_as_published_556_of_556(table):
    towns = table("croatia/crodi2017.csv")
    indicators = ["inc", "rev", "edu", "pop", "emp", "agi"]
    scores = scoring["zscore"](towns[indicators], direction=np.array([1, 1, 1, 1, -1, -1]), center=100, scale=10)
    index = aggregation["mazziotta_pareto"](scores, np.ones(6))
    assert len(index) == 556
    np.testing.assert_allclose(index, towns["di"], atol=5e-4, rtol=0)


def test_mazziotta_pareto_by_hand():
    # 80, 100, 120: mean 100, variance 800/3, penalty 8/3.
    X = [[80.0, 100.0, 120.0]]
    assert aggregation["mazziotta_pareto"](X, [1, 1, 1])[0] == pytest.approx(100 - 8 / 3, rel=1e-14)
    assert aggregation["mazziotta_pareto"](X, [1, 1, 1], penalty="positive")[0] == pytest.approx(100 + 8 / 3, rel=1e-14)


def test_mazziotta_pareto_weights_its_variance_too():
    # Weight 2 on the first score is the same as having it twice.
    X = np.array([[80.0, 100.0, 120.0]])
    twice = aggregation["mazziotta_pareto"](X[:, [0, 0, 1, 2]], [1, 1, 1, 1])
    np.testing.assert_allclose(aggregation["mazziotta_pareto"](X, [2, 1, 1]), twice, rtol=1e-14)


def test_mazziotta_pareto_refuses_a_mean_that_is_not_above_zero_and_names_the_units():
    with pytest.raises(DomainError, match="of 2 units is not above zero") as caught:
        aggregation["mazziotta_pareto"]([[1.0, 2.0], [-1.0, 1.0], [-3.0, 1.0]], [1, 1])
    assert caught.value.units == (1, 2)


@pytest.mark.parametrize("name", ["arithmetic", "geometric", "mazziotta_pareto"])
def test_the_share_of_a_gap_goes_to_the_present_scores_in_proportion(name):
    whole = aggregation[name]([[4.0, 9.0]], [1, 3])
    np.testing.assert_allclose(aggregation[name]([[4.0, np.nan, 9.0]], [1, 6, 3]), whole, rtol=1e-14)


@pytest.mark.parametrize("name", ["arithmetic", "geometric", "mazziotta_pareto"])
def test_a_unit_with_no_score_that_counts_has_no_result(name):
    result = aggregation[name]([[np.nan, 9.0, np.nan], [4.0, 9.0, 4.0]], [1, 0, 2])
    np.testing.assert_allclose(result, [np.nan, 4.0])


@pytest.mark.parametrize("name", ["arithmetic", "geometric", "mazziotta_pareto"])
@pytest.mark.parametrize("value", [np.nan, 0.0, -5.0])
def test_a_column_without_weight_never_matters(name, value):
    result = aggregation[name]([[4.0, value], [9.0, value]], [1, 0])
    np.testing.assert_allclose(result, [4.0, 9.0])


@pytest.mark.parametrize("name", ["arithmetic", "geometric", "mazziotta_pareto"])
def test_equal_units_are_equal_to_the_last_digit_wherever_they_stand(name):
    generator = np.random.default_rng(0)
    X = generator.uniform(1, 100, (1, 46)).repeat(1003, axis=0)
    weights = generator.uniform(0, 1, 46)
    assert len(np.unique(aggregation[name](X, weights))) == 1
    assert len(np.unique(aggregation[name](np.asfortranarray(X), weights))) == 1
    assert aggregation[name](X[:1], weights)[0] == aggregation[name](X, weights)[500]


def test_geometric_of_a_zero_that_counts_is_zero():
    np.testing.assert_array_equal(aggregation["geometric"]([[0.0, 9.0], [np.nan, 0.0]], [0.1, 0.9]), [0.0, 0.0])


def test_geometric_refuses_a_negative_score_and_names_it():
    with pytest.raises(DomainError, match="no negative values") as caught:
        aggregation["geometric"]([[1.0, 2.0], [3.0, -1.0]], [1, 1])
    assert (caught.value.columns, caught.value.units) == ((1,), (1,))


@pytest.mark.parametrize("weights", [[1.0, -1.0], [1.0, np.nan], [1.0, np.inf]])
def test_weights_that_are_no_weights_are_refused(weights):
    with pytest.raises(DomainError, match="weights must be finite and not below zero") as caught:
        aggregation["arithmetic"]([[1.0, 2.0]], weights)
    assert caught.value.columns == (1,)


def test_weights_that_sum_to_zero_are_refused():
    with pytest.raises(DomainError, match="sum to zero"):
        aggregation["arithmetic"]([[1.0, 2.0]], [0.0, 0.0])


def test_as_many_weights_as_columns_are_needed():
    with pytest.raises(ValueError, match="2 columns need as many weights"):
        aggregation["arithmetic"]([[1.0, 2.0]], [1.0])


@pytest.mark.parametrize("name", ["arithmetic", "geometric", "mazziotta_pareto"])
def test_weights_of_any_size_count_as_their_shares(name):
    huge = aggregation[name]([[4.0, 9.0]], [1e308, 1e308])
    np.testing.assert_array_equal(huge, aggregation[name]([[4.0, 9.0]], [1, 1]))


def test_only_the_arithmetic_mean_is_additive():
    assert [name for name, method in aggregation.items() if method.additive] == ["arithmetic"]


@pytest.mark.parametrize(
    ("child", "english"),
    [
        (scoring["zscore"].score_range({}), "scores can be negative (from -inf)"),
        (scoring["minmax"].score_range({"clip": False, "low": 1.0}), "scores can be negative (from -inf)"),
        (scoring["minmax"].score_range({"to": [-50, 50]}), "scores can be negative (from -50)"),
        (scoring["minmax"].score_range({}), "some unit always scores 0 here"),
    ],
)
def test_geometric_refuses_before_a_run_what_is_negative_or_always_vanishes(child, english):
    reason = aggregation["geometric"].refuse_range(child, {})
    assert reason is not None
    assert reason.en.startswith(english)
    assert reason.zh


@pytest.mark.parametrize(
    "child",
    [
        scoring["goalposts"].score_range({"low": 0, "high": 15}),
        scoring["minmax"].score_range({"to": [1, 100]}),
        scoring["minmax"].score_range({"low": 0.0}),
    ],
)
def test_geometric_takes_scores_that_need_not_reach_zero(child):
    assert aggregation["geometric"].refuse_range(child, {}) is None


def test_mazziotta_pareto_takes_z_scores_as_its_published_use_does():
    assert aggregation["mazziotta_pareto"].refuse_range is None


@pytest.mark.parametrize(
    ("name", "stated", "children", "expected"),
    [
        ("arithmetic", {}, [Interval(0, 1, "always")], Interval(0, 1, "always")),
        ("arithmetic", {}, [Interval(0, 1, "always")] * 2, Interval(0, 1, "possible")),
        ("arithmetic", {}, [Interval(0, 1, "always"), Interval(1, 100, "always")], Interval(0, 100, "never")),
        ("arithmetic", {}, [Interval(-math.inf, math.inf, "never")] * 2, Interval(-math.inf, math.inf, "never")),
        ("geometric", {}, [Interval(0, 1, "possible"), Interval(1, 2, "always")], Interval(0, 2, "possible")),
        ("geometric", {}, [Interval(1, 100, "always")] * 3, Interval(1, 100, "possible")),
        ("mazziotta_pareto", {}, [Interval(-math.inf, math.inf, "never")], Interval(-math.inf, math.inf, "never")),
        ("mazziotta_pareto", {}, [Interval(0, 100, "possible")] * 2, Interval(-100, 100, "never")),
        ("mazziotta_pareto", {}, [Interval(60, 100, "always")] * 2, Interval(60, 100, "possible")),
        ("mazziotta_pareto", {"penalty": "positive"}, [Interval(1, 100, "always")] * 2, Interval(1, 100, "possible")),
        ("mazziotta_pareto", {"penalty": "positive"}, [Interval(-1, 1)] * 2, Interval(0, math.inf, "never")),
    ],
)
def test_the_range_of_a_node_follows_from_those_of_its_children(name, stated, children, expected):
    assert aggregation[name].combine_range(children, stated) == expected


def test_mazziotta_pareto_reaches_the_low_end_of_its_derived_range():
    # Scores 1 and 100 with the share of 100 that makes the mean sqrt(50): the worst there is.
    share = (math.sqrt(50) - 1) / 99
    worst = aggregation["mazziotta_pareto"]([[1.0, 100.0]], [1 - share, share])[0]
    interval = aggregation["mazziotta_pareto"].combine_range([Interval(1, 100)] * 2, {})
    assert worst == pytest.approx(interval.low, rel=1e-12)
