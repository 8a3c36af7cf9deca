"""A tree climbed once for many draws has the scores and ranks of a tree climbed again for each of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

import parkscore as ps
from parkscore.evaluation import Evaluation
from parkscore.framework.models import Choice, Framework, Node, ScoreRule
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
    framework = draw(trees())
    units = draw(st.integers(2, 6))
    cells = HALFWAY | st.none() if gaps else HALFWAY
    columns = {
        name: pd.Series(draw(st.lists(cells, min_size=units, max_size=units)), dtype="float64")
        for name in framework.fields
    }
    frame = pd.DataFrame({"zone": list("甲乙丙丁戊己"[:units])}).assign(**columns)
    return ps.evaluate(framework, frame)


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
    own = {node: each[draw] if len(each) > 1 else each[0] for node, each in shares.items()}
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
