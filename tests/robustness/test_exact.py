"""What is said exactly is attained by weights that are evaluated again, and contradicted by none that are drawn."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import parkscore as ps
from parkscore.evaluation import Evaluation
from parkscore.findings import UsageError
from parkscore.framework.models import Choice, Framework, Node, Ranking, ScoreRule, Total, UnitClass, WeightScheme
from parkscore.methods import aggregation
from parkscore.robustness.exact import Exact, exact_of
from parkscore.robustness.linear_tree import OF_ONE
from tests.small_frameworks import EQUAL, dimension, field, leaf, rows, small

EXAMPLES = settings(max_examples=8, deadline=None)
GOALPOSTS = ScoreRule.of("goalposts", low=0, high=100, to=(1, 100))
CELLS = st.integers(0, 100).map(float)


def scored(code: str, weight: float = 1.0) -> Node:
    return leaf(code, weight=weight, score=GOALPOSTS)


def tree(method: str = "arithmetic", **said: Any) -> Framework:
    """Two dimensions and an indicator beside them, all by one mean."""
    mean = Choice.of(method)
    return small(
        dimension("d", scored("a"), scored("b", 2.0), weight=3.0, aggregate=mean),
        dimension("e", scored("x"), scored("y"), scored("z", 0.5), weight=2.0, aggregate=mean),
        scored("c"),
        total=Total(aggregate=mean),
        **said,
    )


TREES = {method: tree(method) for method in ("arithmetic", "geometric")}


@st.composite
def evaluations(draw: Any) -> Evaluation:
    framework = TREES[draw(st.sampled_from(sorted(TREES)))]
    units = draw(st.integers(2, 6))
    columns = {name: draw(st.lists(CELLS, min_size=units, max_size=units)) for name in framework.fields}
    found = ps.evaluate(framework, rows(**columns))
    scores = np.sort(found.aggregated.scores["total"])
    assume(units == 1 or np.diff(scores).min() > 1e-6)
    return found


def again(exact: Exact, weights: pd.Series[float]) -> pd.Series[float]:
    """The total scores under weights that a statement came with, by all ten steps."""
    evaluation = exact.tree.evaluation
    found = ps.evaluate(
        evaluation.framework, evaluation.raw.assign(zone=evaluation.index), weights=exact.scheme(weights)
    )
    return found.ranking.set_index("unit")["score"]


def ranks_of(scores: pd.Series[float]) -> pd.Series[float]:
    return scores.round(7).rank(ascending=False, method="min")


@EXAMPLES
@given(evaluations(), st.sampled_from(["indicator", "dimension"]), st.data())
def test_a_unit_just_catches_up_under_the_weights_that_are_given(
    evaluation: Evaluation, level: Any, data: st.DataObject
) -> None:
    exact = exact_of(evaluation, level=level)
    one, other = (data.draw(st.sampled_from(exact.names.tolist())) for _ in range(2))
    change = exact.overtaking.loc[one, other]
    if np.isinf(change):
        with pytest.raises(UsageError, match="nowhere better"):
            exact.overtaking_weights(one, other)
    elif change < 1:
        level_scores = again(exact, exact.overtaking_weights(one, other))
        assert level_scores[one] == pytest.approx(level_scores[other], abs=1e-7) or change == 0


@EXAMPLES
@given(evaluations(), st.data())
def test_ranks_stay_within_the_interval_of_a_weight_and_change_beyond_it(
    evaluation: Evaluation, data: st.DataObject
) -> None:
    exact = exact_of(evaluation)
    assert exact.stability.index.tolist() == ["d", "a", "b", "e", "x", "y", "z", "c"]
    node = data.draw(st.sampled_from(exact.stability.index.tolist()))
    line = exact.stability.loc[node]
    own = exact.tree.shares_of(exact.tree.weights)
    below = [
        each.id for each in next(n for n in evaluation.framework.walk() if n.id == node).walk() if not each.children
    ]
    assert line["weight"] == pytest.approx(own[below].sum())

    def at(weight: float) -> pd.Series[float]:
        moved = own * (1 - weight) / (1 - line["weight"])
        moved[below] = own[below] * weight / line["weight"]
        return again(exact, moved).reindex(exact.names)

    nominal = again(exact, own).reindex(exact.names).argsort().tolist()
    for end, step in (("low", -1e-3), ("high", 1e-3)):
        bound = line[f"ranking_{end}"]
        inside = line["weight"] + 0.99 * (bound - line["weight"])
        assert at(inside).argsort().tolist() == nominal
        if 1e-3 < bound < 1 - 1e-3:
            assert ranks_of(at(bound + step)).tolist() != list(range(1, len(nominal) + 1))


@EXAMPLES
@given(evaluations(), st.sampled_from([0.1, 0.3, 0.8, 1.0]), st.sampled_from(["indicator", "dimension"]), st.data())
def test_no_drawn_weights_contradict_what_is_certain_and_the_given_ones_attain_it(
    evaluation: Evaluation, spread: float, level: Any, data: st.DataObject
) -> None:
    exact = exact_of(evaluation, level=level)
    certain, extreme = exact.necessary(spread), exact.extreme_ranks(spread)
    assert extreme.units["exact"].all()
    drawn = np.random.default_rng(0).uniform(1 - spread, 1 + spread, (300, len(exact.tree.nodes))) * exact.tree.weights
    drawn /= drawn.sum(axis=1, keepdims=True)
    scores = pd.DataFrame(drawn @ exact.tree.scores.T, columns=exact.names)
    ranks = scores.round(9).rank(axis=1, ascending=False, method="min")
    for ends in (certain.ranks, extreme.units):
        assert (ranks.ge(ends["best"]) & ranks.le(ends["worst"])).to_numpy().all()
    assert (certain.ranks["best"] <= extreme.units["best"]).all()
    assert (certain.ranks["worst"] >= extreme.units["worst"]).all()
    if spread < 1:
        assert (exact.overtaking > spread + 1e-6).le(certain.above).to_numpy().all()
    unit, end = data.draw(st.sampled_from(exact.names.tolist())), data.draw(st.sampled_from(["best", "worst"]))
    reached = again(exact, extreme.weights(unit, end))
    leads = (reached - reached[unit]).drop(unit)
    least, most = 1 + (leads > 1e-5).sum(), 1 + (leads > -1e-5).sum()
    assert least <= extreme.units.loc[unit, end] <= most
    other = data.draw(st.sampled_from(exact.names.tolist()))
    attained = again(exact, certain.weights(unit, other))
    lead = np.log(attained[unit] / attained[other]) if exact.tree.in_logs else attained[unit] - attained[other]
    assert lead == pytest.approx(certain.leads.loc[unit, other], abs=1e-6)


def test_bounds_of_drawn_weights_are_the_bounds_of_what_is_certain() -> None:
    framework = small(*(scored(code) for code in "abcd"))
    generator = np.random.default_rng(1)
    evaluation = ps.evaluate(framework, rows(**{code: generator.integers(0, 100, 7).astype(float) for code in "abcd"}))
    bounds = {"a": ["30%", "50%"], "b": [0.1, 0.3], "c": [0.0, 0.2], "d": [0.1, 0.6]}
    found = evaluation.robustness({"bounds": bounds}, draws=256)
    exact = found.exact
    ends, certain = exact.extreme_ranks(bounds=bounds, order=[("a", "d")]).units, exact.necessary(bounds=bounds)
    assert (found.ranks >= certain.ranks["best"].to_numpy()).all()
    assert (found.ranks <= certain.ranks["worst"].to_numpy()).all()
    ordered = evaluation.robustness({"bounds": bounds, "order": [["a", "d"]]}, draws=256)
    assert (ordered.ranks >= ends["best"].to_numpy()).all()
    assert (ordered.ranks <= ends["worst"].to_numpy()).all()
    assert certain.above.to_numpy().sum() == (found.above.to_numpy()[certain.above.to_numpy()] == 1).sum()


def test_what_one_unit_leads_by_everywhere_no_weights_take_away() -> None:
    framework = small(scored("a"), scored("b"))
    exact = exact_of(ps.evaluate(framework, rows(a=[90.0, 50.0, 10.0], b=[80.0, 70.0, 75.0])))
    assert exact.overtaking.loc["甲", "乙"] == np.inf
    assert exact.overtaking.loc["乙", "甲"] == 0
    # 40 w_a = 5 w_b where w_a / w_b = 1 / 8, which is (1 - t) / (1 + t).
    assert exact.overtaking.loc["乙", "丙"] == pytest.approx(7 / 9)
    assert exact.stability.loc["a", "ranking_low"] == pytest.approx(1 / 9)
    assert exact.necessary(1.0).above.to_numpy().tolist() == [[False, True, True], [False] * 3, [False] * 3]
    assert exact.extreme_ranks(1.0).units[["best", "worst"]].to_numpy().tolist() == [[1, 1], [2, 3], [2, 3]]


def test_units_with_gaps_are_named_and_left_out_only_when_asked() -> None:
    evaluation = ps.evaluate(
        tree(), rows(a=[1, 2, None], b=[3, 1, 2], c=[2, 3, 1], x=[1, 5, 4], y=[4, 4, 1], z=[1, 2, 9])
    )
    with pytest.raises(UsageError, match=r"丙 \(a\)") as caught:
        exact_of(evaluation)
    assert "complete_only=True" in str(caught.value)
    assert caught.value.findings[0].message.en == "1 unit has gaps, and so weights of its own: 丙 (a)"
    assert caught.value.findings[0].message.zh == "1 个评价对象有缺失，权重因缺失而异：丙 (a)"
    exact = exact_of(evaluation, complete_only=True)
    assert sorted(exact.names) == ["乙", "甲"]
    assert sorted(exact.tree.ranks) == [1, 2]
    assert "丙" in exact.notes[0].en
    with pytest.raises(UsageError, match="has a gap"):
        exact.overtaking_weights("甲", "丙")
    assert "丙" in exact_of(evaluation, level="dimension").names


def test_a_tree_of_mixed_means_is_refused_by_node_and_left_to_its_dimensions() -> None:
    mixed = small(
        dimension("d", scored("a"), scored("b"), weight=1.0, aggregate=Choice.of("geometric")), scored("c", 1.0)
    )
    evaluation = ps.evaluate(mixed, rows(a=[1, 20, 30], b=[30, 10, 20], c=[20, 30, 10]))
    with pytest.raises(UsageError, match=r"(?s)d = geometric.*level: dimension"):
        exact_of(evaluation)
    exact = exact_of(evaluation, level="dimension")
    assert exact.tree.nodes == ("d", "c")
    np.testing.assert_allclose(exact.tree.scores @ exact.tree.weights, evaluation.ranking["score"])


def _lacks_parameters(name: str) -> bool:
    """Whether a method cannot be named without parameters."""
    return name in ("fuzzy", "power", "owa", "capped_sum")


def with_an_only_child(method: Choice) -> Framework:
    return small(dimension("d", scored("a"), weight=1.0, aggregate=method), scored("c", 1.0))


def test_an_only_child_whose_dimension_makes_another_score_of_it_is_no_weighted_sum() -> None:
    columns = rows(a=[100, 80, 30, 10], c=[10, 20, 100, 40])
    for method in (Choice.of("capped_sum", cap=50), Choice.of("rsr")):
        evaluation = ps.evaluate(with_an_only_child(method), columns)
        with pytest.raises(UsageError, match=f"(?s)d = {method.name}.*level: dimension"):
            exact_of(evaluation)
        exact = exact_of(evaluation, level="dimension")
        np.testing.assert_allclose(exact.tree.scores @ exact.tree.weights, evaluation.ranking["score"])


@pytest.mark.parametrize("name", [name for name in aggregation if not _lacks_parameters(name)])
def test_every_method_over_an_only_child_is_refused_or_leaves_the_total_a_weighted_sum(name: str) -> None:
    evaluation = ps.evaluate(with_an_only_child(Choice.of(name)), rows(a=[100, 80, 30, 10], c=[10, 20, 100, 40]))
    if name in OF_ONE:
        tree = exact_of(evaluation).tree
        np.testing.assert_allclose(tree.scores @ tree.weights, evaluation.ranking["score"])
    else:
        with pytest.raises(UsageError, match=f"d = {name}.*is not the same plain"):
            exact_of(evaluation)


def test_an_indicator_that_is_rounded_is_weighed_as_any_other() -> None:
    rounded = leaf("a", weight=1.0, score=GOALPOSTS, round={"decimals": 0, "how": "half_up"})
    evaluation = ps.evaluate(small(rounded, scored("c")), rows(a=[12.3, 45.6, 7.8], c=[10, 20, 30]))
    exact = exact_of(evaluation)
    np.testing.assert_allclose(exact.tree.scores @ exact.tree.weights, evaluation.ranking["score"])


@pytest.mark.parametrize("ties", ["min", "max", "dense"])
def test_what_is_certain_of_ranks_follows_the_rule_of_ties(ties: str) -> None:
    framework = small(scored("a"), scored("b"), ranking=Ranking(ties=ties))
    table = rows(a=[50, 50, 30, 10, 50], b=[50, 50, 10, 30, 50])
    evaluation = ps.evaluate(framework, table)
    drawn = evaluation.robustness({"multipliers": 0.2}, draws=64, exact=True)
    found, ranks = drawn.answers.exact.ranks, pd.DataFrame(drawn.ranks, columns=drawn.names)
    assert found["rank_among"].tolist() == evaluation.ranking["rank"].tolist()
    for low, high in (("certain_best", "certain_worst"), ("best_bound", "worst_bound")):
        assert (ranks.ge(found[low]) & ranks.le(found[high])).to_numpy().all()
    exact = evaluation.exact()
    ends = exact.extreme_ranks(0.2)
    for unit in ends.units.index:
        for end in ("best", "worst"):
            again_ranked = ps.evaluate(framework, table, weights=exact.scheme(ends.weights(unit, end))).ranking
            assert again_ranked.set_index("unit")["rank"][unit] == ends.units.loc[unit, end]


def test_units_that_are_always_level_keep_their_rank() -> None:
    evaluation = ps.evaluate(small(scored("a"), scored("b")), rows(a=[90, 90, 10], b=[90, 90, 10]))
    necessary = evaluation.exact().necessary(0.2)
    assert necessary.ranks[["best", "worst"]].to_numpy().tolist() == [[1, 1], [1, 1], [3, 3]]


def test_a_score_of_zero_has_no_logarithm_and_its_place_is_told() -> None:
    zero = ScoreRule.of("goalposts", low=0, high=100, to=(0, 100))
    flat = small(leaf("a", score=zero), leaf("b", score=zero), total=Total(aggregate=Choice.of("geometric")))
    with pytest.raises(UsageError, match=r"(?s)a = 0:.*甲"):
        exact_of(ps.evaluate(flat, rows(a=[0.0, 2.0], b=[3.0, 4.0])))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"spread": 1.5}, "must be >= 0, <= 1"),
        ({"seconds": 0}, "must be > 0"),
        ({"bounds": {"a": (float("nan"), 1)}}, "must be a finite number"),
        ({"order": [("a",)]}, "item 2 is missing"),
        ({"spread": 0.1, "bounds": {"a": (0, 1)}}, "either"),
        ({"bounds": {"q": (0, 1)}}, "no q"),
        ({"bounds": {"d": (0, 1)}}, "level: dimension"),
        ({"bounds": {"a": "much"}}, "must be a list"),
        ({"bounds": {"a": (0.7, 0.8), "b": (0.7, 0.8)}}, "no weights"),
        ({"bounds": {"a": (0.0, 0.1)}, "order": [("a", "b"), ("b", "c")], "units": ["子"]}, "no ranked unit"),
        ({"order": [("a", "q")]}, "no q"),
    ],
)
def test_boxes_that_cannot_be_are_refused(asked: dict[str, Any], said: str) -> None:
    exact = exact_of(ps.evaluate(tree(), rows(**{code: [1.0, 2.0] for code in "abcxyz"})))
    with pytest.raises(UsageError, match=said):
        exact.extreme_ranks(**asked)


def test_a_level_that_there_is_not_and_ranks_that_were_not_asked_for_are_refused() -> None:
    evaluation = ps.evaluate(tree(), rows(**{code: [1.0, 2.0] for code in "abcxyz"}))
    with pytest.raises(UsageError, match="must be one of indicator, dimension"):
        evaluation.exact(level="indicators")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="of 甲 were not asked for"):
        evaluation.exact().extreme_ranks(units=["乙"]).weights("甲", "best")


def test_ranks_of_scores_that_are_compared_coarsely_are_noted() -> None:
    table = rows(a=[1.0, 2.0], b=[2.0, 1.5])
    coarse = small(leaf("a"), leaf("b"), ranking=Ranking(decimals=1))
    assert "compare scores to 1 decimals" in ps.evaluate(coarse, table).exact().notes[0].en
    assert ps.evaluate(small(leaf("a"), leaf("b")), table).exact().notes == ()


@pytest.mark.parametrize("weight", [-0.1, float("nan"), None])
def test_weights_that_are_none_make_no_scheme(weight: float | None) -> None:
    exact = ps.evaluate(small(leaf("a"), leaf("b")), rows(a=[1.0, 2.0], b=[2.0, 1.5])).exact()
    weights = pd.Series({"a": 0.5} | ({} if weight is None else {"b": weight}))
    with pytest.raises(UsageError, match="no weight from 0 up for b"):
        exact.scheme(weights)


def test_a_node_weighs_no_less_than_itself() -> None:
    exact = ps.evaluate(tree(), rows(**{code: [1.0, 2.0] for code in "abcxyz"})).exact()
    assert exact.extreme_ranks(order=[("a", "a")], units=["乙"]).units.loc["乙", ["best", "worst"]].tolist() == [1, 1]


def test_units_of_a_class_that_is_weighed_by_itself_are_looked_at_by_themselves() -> None:
    classes = tuple(
        UnitClass(id=name, zh=name, en=name, when=f"s {sign} 5") for name, sign in (("few", "<"), ("many", ">="))
    )
    framework = small(scored("a"), scored("b"), classes=classes, fields={"s": field("s")})
    own = WeightScheme(
        id="own",
        framework="small",
        status="assumed",
        weights={"a": 1, "b": 1},
        classes={"few": {"weights": {"a": 3, "b": 1}}},
    )
    table = rows(a=[10.0, 20.0, 30.0, 40.0], b=[40.0, 30.0, 20.0, 5.0], s=[1.0, 2.0, 8.0, 9.0])
    evaluation = ps.evaluate(framework, table, weights=own)
    with pytest.raises(UsageError, match=r"(?s)weights differ.*few, many"):
        evaluation.exact()
    exact = evaluation.exact(class_id="few")
    assert (exact.names.tolist(), exact.tree.weights.tolist(), exact.tree.ranks.tolist()) == (
        ["乙", "甲"],
        [0.75, 0.25],
        [1, 2],
    )
    with pytest.raises(UsageError, match="in this class"):
        evaluation.exact(class_id="none")


def with_gaps(least: float = 0.7) -> Evaluation:
    """甲 lacks a third of d and 乙 a quarter of e; the total asks for some of all, and each dimension for half."""
    three, four = (dimension(code, *map(leaf, codes), weight=1.0) for code, codes in (("d", "abc"), ("e", "uvwx")))
    half = EQUAL.model_copy(update={"min_coverage": 0.5})
    framework = small(three, four, defaults=half, total=Total(min_coverage=least))
    full = {code: [1.0, 3.0, 2.0, 5.0 + place] for place, code in enumerate("abcuvwx")}
    return ps.evaluate(framework, rows(**full | {"a": [None, 1.0, 2.0, 4.0], "u": [1.0, None, 3.0, 2.0]}))


def test_a_unit_is_left_out_only_where_some_of_the_weights_leave_it_with_too_little_data_for_a_total() -> None:
    found = exact_of(with_gaps(), level="dimension", complete_only=True)
    assert found.tree.left_out == ()
    # 2/3 d + e = 0.7 where d weighs 0.9: 2/3 of d is 0.7 - 1/30, so weights change by (0.3 - 1/30) / (0.3 + 1/30).
    lost_at = dict(zip(found.names, found.tree.total_lost_at, strict=True))
    assert lost_at["甲"] == pytest.approx(0.8)
    assert [name for name in lost_at if np.isinf(lost_at[name])] == [name for name in found.names if name != "甲"]
    assert "即没有总分：甲（80%）；" in found.notes[0].zh
    for spread, left_out in ((0.79, ()), (0.81, ("甲",))):
        assert found.necessary(spread).may_lose_total == left_out
        assert ("甲" in found.necessary(spread).ranks.index) == (not left_out)
        assert ("甲" in found.extreme_ranks(spread).units.index) == (not left_out)
    assert found.necessary(bounds={"d": (0.5, 0.89)}).may_lose_total == ()
    assert found.necessary(bounds={"d": (0.5, 0.91)}).may_lose_total == ("甲",)
    assert found.stability.loc["d", "ranking_high"] <= 0.9


def test_units_that_may_not_be_left_out_are_refused_only_where_the_weights_ask_for_it() -> None:
    found = exact_of(with_gaps(), level="dimension")
    assert "甲" in found.necessary(0.2).ranks.index
    for asked in (found.necessary, found.extreme_ranks):
        with pytest.raises(UsageError, match=r"(?s)less than the 70%.*甲.*complete_only"):
            asked(0.9)


def test_what_does_not_apply_to_a_unit_weighs_nothing_when_its_data_are_counted() -> None:
    d, e = (dimension(code, *map(leaf, codes), weight=1.0) for code, codes in (("d", "abc"), ("e", "xy")))
    framework = small(d, e, defaults=EQUAL.model_copy(update={"min_coverage": 0.3}), total=Total(min_coverage=0.6))
    full = {code: [1.0, 3.0, 2.0, 4.0] for code in "abcxy"}
    evaluation = ps.evaluate(framework, rows(**full | {"a": ["不适用", 1.0, 2.0, 3.0], "b": [None, 1.0, 2.0, 3.0]}))
    found = exact_of(evaluation, level="dimension", complete_only=True)
    # d: half of the two thirds that apply; (v / 3 + 1 - v) / (2 v / 3 + 1 - v) = 0.6 where d weighs v = 6 / 7.
    assert found.necessary(bounds={"d": (0.1, 0.85)}).may_lose_total == ()
    assert found.necessary(bounds={"d": (0.1, 0.86)}).may_lose_total == ("甲",)


def test_ranks_as_published_stand_beside_those_among_the_units_that_are_looked_at() -> None:
    evaluation = with_gaps(0.8)
    answers = evaluation.robustness(exact={"spread": "60%"}, draws=8).answers.exact
    assert answers is not None
    published = evaluation.ranking.set_index("unit")["rank"]
    assert answers.necessary.may_lose_total
    assert answers.ranks["rank"].to_dict() == published.to_dict()
    among = answers.ranks["rank_among"].dropna()
    assert sorted(set(published.index) - set(among.index)) == sorted(answers.necessary.may_lose_total)
    assert (among.ge(answers.ranks["certain_best"].dropna()) & among.le(answers.ranks["certain_worst"].dropna())).all()


@EXAMPLES
@given(st.integers(0, 10**6), st.sampled_from([0.2, 0.5, 0.9]), st.sampled_from([0.0, 0.6, 0.75]))
def test_who_is_left_out_has_no_total_under_some_weights_and_no_weights_contradict_what_is_said_of_the_others(
    seed: int, spread: float, least: float
) -> None:
    generator = np.random.default_rng(seed)
    framework = small(
        dimension("d", *map(leaf, "abc"), weight=2.0, min_coverage=0.3),
        dimension("e", *map(leaf, "uv"), weight=1.0, min_coverage=0.5),
        leaf("x", weight=1.0),
        total=Total(min_coverage=least),
    )
    cells = generator.integers(0, 100, (7, 6)).astype(object)
    gaps = generator.random(cells.shape) < 0.3
    cells[gaps] = np.where(generator.random(gaps.sum()) < 0.3, "不适用", None)
    cells[0] = 50.0
    table = rows(**dict(zip("abcuvx", cells.T.tolist(), strict=True)))
    exact = exact_of(ps.evaluate(framework, table), level="dimension", complete_only=True)
    assume(np.diff(np.sort(exact.tree.scores @ exact.tree.weights)).min(initial=1.0) > 1e-6)
    certain, extreme = exact.necessary(spread), exact.extreme_ranks(spread)
    own, lost = exact.tree.shares_of(exact.tree.weights), set(certain.may_lose_total)
    corners = 1 + spread * (1 - 2 * ((np.arange(8)[:, np.newaxis] >> np.arange(3)) & 1))
    drawn = np.vstack([corners, generator.uniform(1 - spread, 1 + spread, (12, 3))])
    without_total: set[str] = set()
    for factors in drawn:
        found = ps.evaluate(framework, table, weights=exact.scheme(own * factors))
        scores = found.ranking.set_index("unit")["score"].reindex(exact.names)
        without_total |= set(scores.index[scores.isna()])
        ranks = ranks_of(scores.drop(list(lost)))
        for ends in (certain.ranks, extreme.units):
            assert (ranks.ge(ends["best"]) & ranks.le(ends["worst"])).all()
    # The least coverage is at a corner, as coverage is a quotient of two weighted sums.
    assert without_total == lost


@EXAMPLES
@given(st.integers(0, 10**6))
def test_ranks_stay_within_the_interval_of_a_dimension_though_units_lose_their_total_beyond_it(seed: int) -> None:
    generator = np.random.default_rng(seed)
    framework = small(
        dimension("d", *map(leaf, "abc"), weight=2.0, min_coverage=0.3),
        dimension("e", *map(leaf, "uv"), weight=1.0, min_coverage=0.5),
        total=Total(min_coverage=0.7),
    )
    cells = generator.integers(0, 100, (5, 5)).astype(object)
    cells[generator.random(cells.shape) < 0.2] = None
    cells[0] = 50.0
    evaluation = ps.evaluate(framework, rows(**dict(zip("abcuv", cells.T.tolist(), strict=True))))
    exact = exact_of(evaluation, level="dimension", complete_only=True)
    assume(len(exact.names) > 1 and np.diff(np.sort(exact.tree.scores @ exact.tree.weights)).min() > 1e-6)
    nominal = again(exact, exact.tree.shares_of(exact.tree.weights)).reindex(exact.names)
    line = exact.stability.loc["d"]
    for end in ("low", "high"):
        weight = line["weight"] + 0.99 * (line[f"ranking_{end}"] - line["weight"])
        scores = again(exact, pd.Series({"d": weight, "e": 1 - weight})).reindex(exact.names)
        assert ranks_of(scores).tolist() == ranks_of(nominal).tolist()


def test_units_left_out_of_exact_statements_are_not_said_to_be_those_with_gaps_where_others_have_gaps_too() -> None:
    three, four = (dimension(code, *map(leaf, codes), weight=1.0) for code, codes in (("d", "abc"), ("e", "uvwx")))
    half = EQUAL.model_copy(update={"min_coverage": 0.5})
    full = {code: [1.0, 3.0, 2.0, 5.0 + place] for place, code in enumerate("abcuvwx")}
    table = rows(**full | {"a": [None, 1.0, 2.0, 4.0], "b": [None, 1.0, 2.0, 4.0], "u": [1.0, None, 3.0, 2.0]})
    found = exact_of(ps.evaluate(small(three, four, defaults=half), table), level="dimension", complete_only=True)
    assert found.tree.left_out == ("甲",)  # and not 乙, who has a gap, too
    assert "有一级指标没有得分而略去：甲；" in found.notes[0].zh
