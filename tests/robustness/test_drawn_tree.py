"""A tree climbed once for many draws has the scores and ranks of a tree climbed again for each of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, reject, settings
from hypothesis import strategies as st

import parkscore as ps
from parkscore.evaluation import Evaluation
from parkscore.findings import UsageError
from parkscore.framework.models import Choice, Framework, Node, ScoreRule, WeightEntry, WeightScheme
from parkscore.methods.drawn_ranks import drawn_ranks
from parkscore.methods.weight_draws import multiplied, unit_points
from parkscore.robustness.drawn_tree import DrawnShares, DrawnTree, effective_weights
from parkscore.robustness.plans import DrawPlan, HeldWeights, Nominal
from parkscore.robustness.scoring import DrawnScores
from parkscore.tree.aggregate import aggregate
from parkscore.tree.rank import rank
from tests.small_frameworks import dimension, leaf, small

DRAWS = 5
HALFWAY = st.floats(0, 100).map(lambda number: round(number, 2))
METHODS = st.sampled_from(["arithmetic", "arithmetic", "geometric", "harmonic", "max", "min", "power"])


@st.composite
def trees(draw: Any) -> Framework:
    """Two or three levels, any aggregation at each node, thresholds of coverage and rounding here and there."""

    def choice() -> Choice:
        name = draw(METHODS)
        return Choice.of(name, exponent=2) if name == "power" else Choice.of(name)

    def node(code: str, depth: int) -> Node:
        weight = draw(st.sampled_from([0.5, 1.0, 3.0]))
        if depth == 0:
            return leaf(code, weight=weight, score=ScoreRule.of("minmax", to=(1, 100)))
        below = [node(f"{code}{number}", draw(st.integers(0, depth - 1))) for number in range(draw(st.integers(1, 3)))]
        return dimension(
            code, *below, weight=weight, aggregate=choice(), min_coverage=draw(st.sampled_from([0.0, 0.5, 0.8, 1.0]))
        )

    tops = [node(letter, draw(st.integers(0, 2))) for letter in "abc"[: draw(st.integers(2, 3))]]
    return small(*tops, weights_status="assumed")


@st.composite
def evaluations(draw: Any, gaps: bool = True) -> Evaluation:
    return ps.evaluate(*draw(tables(gaps)))


@st.composite
def tables(draw: Any, gaps: bool = True) -> tuple[Framework, pd.DataFrame]:
    framework = draw(trees())
    units = draw(st.integers(2, 6))
    cells = HALFWAY | st.none() if gaps else HALFWAY
    columns = {
        name: pd.Series(draw(st.lists(cells, min_size=units, max_size=units)), dtype="float64")
        for name in framework.fields
    }
    return framework, pd.DataFrame({"zone": list("甲乙丙丁戊己"[:units])}).assign(**columns)


class Multiplied:
    """Every share up to a half more or less."""

    def __init__(self, draws: int, seed: int) -> None:
        self.draws, self.seed = draws, seed

    def shares(self, nominal: Nominal) -> DrawnShares:
        return {
            node: multiplied(own, unit_points(self.draws, len(own), [self.seed, number]), 0.5)
            for number, (node, own) in enumerate(nominal.items())
        }

    def parameters(self) -> dict[str, Any]:
        return {}


def again(evaluation: Evaluation, shares: DrawnShares, draw: int) -> tuple[np.ndarray, np.ndarray]:
    """The total scores and ranks under the weights of one draw, by the ten steps."""
    framework = evaluation.framework
    drawn = {node: each[draw] if len(each) > 1 else each[0] for node, each in shares.items()}
    # Rows of a table of weights need not sum to 1, as shares do, by which coverage goes.
    own = {node: each / each.sum() if each.sum() > 0 else each for node, each in drawn.items()}
    nodes = aggregate(
        framework,
        evaluation.table,
        evaluation.scoring.scores,
        evaluation.cohorts,
        tuple(own for _ in evaluation.cohorts),
        evaluation.treatment.grid.states,
    )
    total = nodes.scores[framework.total.id]
    standing = rank(framework, evaluation.table, total, ~np.isnan(total))
    return total, standing.overall


@settings(max_examples=200, deadline=None)
@given(evaluations(), st.integers(0, 2**20))
def test_every_draw_has_the_scores_and_ranks_of_evaluating_again(evaluation: Evaluation, seed: int) -> None:
    weights = Multiplied(DRAWS, seed)
    drawn = DrawnScores(DrawPlan.of(evaluation, weights, DRAWS), None)
    found = drawn.totals(np.arange(DRAWS))
    ranking = evaluation.framework.ranking
    ranks = drawn_ranks(found, ranking.ties, ranking.decimals)
    for (_, nominal), number in zip(evaluation.own_cohorts, range(1), strict=False):
        assert number == 0
        shares = weights.shares(nominal)
        for draw in range(DRAWS):
            total, standing = again(evaluation, shares, draw)
            np.testing.assert_allclose(found[draw], total[drawn.rows], rtol=1e-12, atol=1e-12)
            np.testing.assert_array_equal(ranks[draw], standing[drawn.rows])


@st.composite
def ways(draw: Any, framework: Framework) -> dict[str, Any]:
    """A way to draw weights, of each kind that can be asked for."""
    siblings = [[child.id for child in node.children] for node in framework.root.walk() if len(node.children) > 1]
    ids = draw(st.sampled_from(siblings))
    level = {"level": draw(st.sampled_from(["leaf", "node", "both"]))}
    table = pd.DataFrame(draw(st.lists(st.tuples(*[st.floats(0.1, 5)] * len(ids)), min_size=DRAWS, max_size=DRAWS)))
    falling = {node.id: WeightEntry(weight=1 / number) for number, node in enumerate(framework.walk(), start=1)}
    return draw(
        st.sampled_from(
            [
                {"multipliers": 0.5, **level},
                {"dirichlet": 20, **level},
                {"any": True, "points": draw(st.sampled_from(["sobol", "random"])), **level},
                {"bounds": {ids[0]: [0.1, 0.6]}},
                {"order": [ids[:2]]},
                {"bounds": {ids[0]: [0.1, 0.9]}, "order": [ids[1::-1]]},
                {"expert": {each: [0.1, 0.2, 0.7] for each in ids}},
                {"table": table.set_axis(ids, axis=1)},
                {
                    "schemes": [
                        "equal",
                        WeightScheme(id="falling", framework=framework.id, status="assumed", weights=falling),
                    ]
                },
            ]
        )
    )


@settings(max_examples=100, deadline=None)
@given(evaluations(), st.data(), st.booleans(), st.integers(0, 2**20))
def test_every_way_to_draw_weights_has_the_scores_and_ranks_of_evaluating_again(
    evaluation: Evaluation, data: st.DataObject, left_out: bool, seed: int
) -> None:
    way = data.draw(ways(evaluation.framework))
    try:
        found = evaluation.robustness(way, leave_out=["all"] if left_out else [], draws=DRAWS, seed=seed)
    except UsageError:
        reject()  # nobody is ranked, or no weight counts
    shares = found.plan.weights.shares(evaluation.own_cohorts[0][1])
    for draw in range(DRAWS):
        total, standing = again(evaluation, shares, draw)
        np.testing.assert_allclose(found.outcome.scores[draw], total[found.outcome.rows], rtol=1e-12, atol=1e-12)
        np.testing.assert_array_equal(found.outcome.ranks[draw], standing[found.outcome.rows])


METHODS_OF_STEPS: dict[str, Any] = {
    "score": {"all": [{"rule": "minmax", "to": [20, 100]}, {"rule": "minmax", "to": [50, 60]}]},
    "treat": {"all": [{"rule": "percentile", "lower": 0.1, "upper": 0.9}]},
    "missing": {"all": ["mean", "median"]},
    "aggregate": {"total": ["arithmetic", "max", {"method": "power", "exponent": 3}]},
}


@settings(max_examples=60, deadline=None)
@given(tables(), st.sets(st.sampled_from(sorted(METHODS_OF_STEPS)), min_size=1, max_size=2), st.integers(0, 2**20))
def test_every_method_that_a_draw_has_gives_what_evaluating_with_it_gives(
    table: tuple[Framework, pd.DataFrame], steps: set[str], seed: int
) -> None:
    framework, frame = table
    evaluation = ps.evaluate(framework, frame)
    try:
        found = evaluation.robustness(**{step: METHODS_OF_STEPS[step] for step in steps}, draws=2 * DRAWS, seed=seed)
    except UsageError:
        reject()  # nobody is ranked
    for number in np.unique(found.plan.variant_of).tolist():
        again, rows = ps.evaluate(found.plan.variants[number].framework, frame), found.outcome.rows
        total, ranks = again.aggregated.scores[framework.total.id][rows], again.standing.overall[rows]
        for draw in np.flatnonzero(found.plan.variant_of == number).tolist():
            np.testing.assert_allclose(found.outcome.scores[draw], total, rtol=1e-12, atol=1e-12)
            np.testing.assert_array_equal(found.outcome.ranks[draw], ranks)


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_one_product_is_taken_where_there_is_no_gap_and_it_agrees(data: st.DataObject) -> None:
    framework = small(dimension("d", leaf("a"), leaf("b"), weight=2.0), leaf("c", weight=1.0))
    scores = np.array(data.draw(st.lists(st.tuples(HALFWAY, HALFWAY, HALFWAY), min_size=1, max_size=5)))
    tree = DrawnTree(framework, scores)
    assert tree.is_one_product
    assert not DrawnTree(framework, np.where(scores == scores[0, 0], np.nan, scores)).is_one_product
    shares = {"total": np.array([[0.25, 0.75], [0.5, 0.5]]), "d": np.array([[0.5, 0.5], [0.1, 0.9]])}
    shares[framework.root.id] = shares.pop("total")
    np.testing.assert_allclose(tree.totals(shares), tree.drawn(framework.root, shares).scores, rtol=1e-13, atol=1e-12)
    np.testing.assert_allclose(effective_weights(framework, shares)[1], [0.05, 0.45, 0.5])


def test_without_a_change_of_weights_every_draw_is_the_evaluation_itself() -> None:
    evaluation = ps.evaluate("zone-2021", ps.sample("zone-2021", units=12, seed=0), weights="zone-2021-equal-within")
    drawn = DrawnScores(DrawPlan.of(evaluation, HeldWeights(), 3), 2024)
    found = drawn.totals(np.arange(3))
    assert found.shape == (3, 12)
    total = evaluation.aggregated.scores[evaluation.framework.total.id][drawn.rows]
    np.testing.assert_allclose(found, np.tile(total, (3, 1)), rtol=1e-12)
