"""One change at a time: what is left out is as if it had never been, and a unit that leaves may reorder the others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import parkscore as ps
from parkscore.evaluation import Evaluation
from parkscore.findings import UsageError
from parkscore.framework.models import Choice, Defaults, Framework, Node, Ranking, ScoreRule, WeightScheme
from parkscore.methods import ranking
from parkscore.robustness.answer_words import said_in_short
from tests.small_frameworks import dimension, leaf, rows, small

HALFWAY = st.floats(0, 100).map(lambda number: round(number, 1))
POSITIVE = ScoreRule.of("minmax", to=(1, 100))


def tree(method: str) -> Framework:
    """Three levels by one method, and a threshold of coverage."""

    def over(code: str, *children: Node, weight: float, **said: Any) -> Node:
        return dimension(code, *children, weight=weight, aggregate=Choice.of(method), **said)

    def own(code: str, weight: float) -> Node:
        return leaf(code, weight=weight, score=POSITIVE)

    inner = over("f", own("x", 1.0), own("y", 3.0), weight=2.0, min_coverage=0.5)
    return small(over("d", own("a", 1.0), inner, weight=3.0), over("e", own("b", 1.0), weight=1.0), own("c", 0.5))


TREES = {method: tree(method) for method in ("arithmetic", "geometric", "max")}


def removed(framework: Framework, node_id: str) -> Framework:
    """The framework without a node; what has nothing below it goes, too."""

    def kept(node: Node) -> Node | None:
        if node.id == node_id:
            return None
        children = tuple(child for each in node.children if (child := kept(each)) is not None)
        return None if node.children and not children else node.model_copy(update={"children": children})

    tops = tuple(node for each in framework.indicators if (node := kept(each)) is not None)
    return framework.model_copy(update={"indicators": tops})


@st.composite
def tables(draw: Any) -> pd.DataFrame:
    units = draw(st.integers(2, 6))
    cells = st.lists(HALFWAY | st.none(), min_size=units, max_size=units)
    return rows(**{code: pd.Series(draw(cells), dtype="float64") for code in "axybc"})


@settings(max_examples=12, deadline=None)
@given(tables(), st.sampled_from(sorted(TREES)), st.sampled_from(["a", "f", "x", "d", "e", "b", "c"]))
def test_what_is_left_out_ranks_as_a_framework_that_lacks_it(table: pd.DataFrame, method: str, node: str) -> None:
    evaluation = ps.evaluate(TREES[method], table)
    found = evaluation.one_at_a_time()
    if len(found.names) == 0:
        return
    wanted = ps.evaluate(removed(TREES[method], node), table).ranking.set_index("unit")
    # A unit that only the smaller framework ranks is none of these, and stands among them all the same.
    ranks = wanted.loc[wanted["rank"].notna() & wanted.index.isin(found.names), "rank"]
    assert found.leave_out.ranks[node].dropna().to_dict() == ranks.to_dict()


def test_a_unit_that_has_a_total_only_without_an_indicator_stands_among_the_others_then() -> None:
    framework = small(
        dimension("d", leaf("a", weight=1.0), leaf("b", weight=2.0), weight=1.0),
        dimension("e", leaf("x", weight=1.0), leaf("y", weight=1.0), weight=1.0),
        defaults=Defaults(score=ScoreRule.of("minmax", to=(0, 10)), min_coverage=0.8),
        weights_status="assumed",
    )
    table = rows(a=[10, 8, 3, 1, 9], b=[1, 2, 10, 4, None], x=[3, 1, 2, 8, 10], y=[3, 2, 1, 5, 10])
    found = ps.evaluate(framework, table).robustness(draws=4).one_at_a_time.leave_out.ranks
    wanted = ps.evaluate(removed(framework, "b"), table).ranking.set_index("unit")["rank"]
    assert wanted["戊"] == 1
    assert found["b"].to_dict() == wanted.drop("戊").to_dict()


@pytest.mark.parametrize("ties", ["min", "max", "dense"])
def test_places_gained_when_a_unit_leaves_are_by_the_rule_of_ties(ties: str) -> None:
    framework = small(leaf("a", score=ScoreRule.of("minmax", to=(0, 10))), leaf("b"), ranking=Ranking(ties=ties))
    table = rows(a=[0, 10, 5, 5, 20], b=[10, 0, 5, 5, 1])
    found = ps.evaluate(framework, table).one_at_a_time().without_units(["戊"]).shifts["戊"].drop("戊")
    without = ps.evaluate(framework, table.iloc[:-1]).ranking.set_index("unit")["score"].round(9)
    before = ps.evaluate(framework, table).ranking.set_index("unit")["score"].round(9).drop("戊")
    gained = pd.Series(ranking[ties](before.to_numpy()), before.index) - ranking[ties](without[before.index].to_numpy())
    assert found.to_dict() == gained.to_dict()


def said_of(framework: Framework, table: pd.DataFrame, **asked: Any) -> list[str]:
    found = ps.evaluate(framework, table).robustness(draws=4, one_at_a_time=asked or True)
    return [each.en for each in said_in_short(framework, found.answers)]


def test_a_dimension_that_moves_ranks_is_named_where_no_indicator_does() -> None:
    framework = small(
        dimension("d", leaf("a"), leaf("b"), weight=3.0), dimension("e", leaf("x"), leaf("y"), weight=1.0)
    )
    said = said_of(framework, rows(a=[9, 5, 1.0], b=[9, 5, 1.0], x=[1, 5, 9.0], y=[1, 5, 9.0]))
    assert said[:2] == [
        "left out one at a time: no indicator moves a rank",
        "left out one at a time: without d dimension d ranks move most, 1.3 places on average",
    ]


def test_who_has_no_rank_without_an_indicator_is_counted() -> None:
    framework = small(
        leaf("a", weight=1.0), leaf("b", weight=1.0), defaults=Defaults(score=ScoreRule.of("as_is"), min_coverage=0.5)
    )
    said = said_of(framework, rows(a=[9, 5, None], b=[9, 5, 1.0]))
    assert said[:2] == [
        "left out one at a time: no rank moves, of those that keep one, whichever is left out",
        "left out one at a time: without b indicator b 1 unit has no rank, the most of all",
    ]


def test_units_that_only_come_to_be_level_when_another_leaves_are_told() -> None:
    framework = small(leaf("a", weight=1.0), leaf("b", weight=1.0))
    said = said_of(framework, rows(a=[0, 5, 10, 3.0], b=[7.5, 5, 2.5, 10.0]), without_units=["丁"])
    assert any("none change order" in each and "when 丁 leaves, 2 others move" in each for each in said)


def zones(units: int = 8) -> Evaluation:
    return ps.evaluate("zone-2021", ps.sample("zone-2021", units=units, seed=0), weights="zone-2021-equal-within")


def test_shifts_are_the_places_gained_and_the_summary_counts_them() -> None:
    found = zones(12).robustness(draws=4).one_at_a_time.leave_out
    assert found.shifts.shape == (12, 51)
    np.testing.assert_array_equal(found.ranks["rank"], np.arange(1, 13))
    gained = found.shifts["1"].to_numpy(dtype=np.int64)
    np.testing.assert_array_equal(gained, np.arange(1, 13) - found.ranks["1"].to_numpy(dtype=np.int64))
    line = found.summary.loc["1"]
    assert line["mean_shift"] == pytest.approx(np.abs(gained).mean())
    assert line["largest_shift"] == np.abs(gained).max()
    assert line["top_10_changed"] == (found.ranks["1"].to_numpy()[:10] > 10).sum()
    steps = np.sign(np.subtract.outer(found.ranks["1"].to_numpy(int), found.ranks["1"].to_numpy(int)))
    assert line["kendall"] == pytest.approx((np.tril(steps).sum()) / 66)


def test_a_framework_of_one_indicator_has_nothing_to_leave_out() -> None:
    found = ps.evaluate(small(leaf("a")), rows(a=[1.0, 2.0, 3.0])).one_at_a_time().leave_out
    assert found.shifts.shape == (3, 0)


def test_the_leaving_of_an_extreme_reverses_two_others_under_minmax_and_no_one_under_goalposts() -> None:
    # Without 丁, who stretches a, 乙's lead in a counts for more than 甲's lead in b.
    table = rows(a=[20.0, 30.0, 10.0, 500.0], b=[6.0, 5.0, 1.0, 0.0])
    relative = ps.evaluate(small(leaf("a", score=POSITIVE), leaf("b", score=POSITIVE)), table).one_at_a_time()
    found = relative.without_units()
    own = found.pairs[found.pairs["left"] == "丁"]
    assert own[["above_before", "above_after"]].to_numpy().tolist() == [["甲", "乙"]]
    assert found.shifts.loc[["甲", "乙"], "丁"].tolist() == [-1, 1]
    assert found.shifts.isna().to_numpy().sum() == 4
    assert found.units.loc["丁"].tolist() == [1, 2, 1]
    fixed = ScoreRule.of("goalposts", low=0, high=500)
    absolute = ps.evaluate(small(leaf("a", score=fixed), leaf("b", score=fixed)), table).one_at_a_time()
    assert absolute.without_units().pairs.empty
    assert absolute.without_units().units["pairs"].tolist() == [0] * 4


def test_a_unit_that_is_named_twice_leaves_once() -> None:
    evaluation = ps.evaluate(small(leaf("a"), leaf("b")), rows(a=[20.0, 30.0, 10.0, 500.0], b=[6.0, 5.0, 1.0, 0.0]))
    alone = evaluation.one_at_a_time()
    once, twice = alone.without_units(["丁", "甲"]), alone.without_units(["丁", "甲", "丁"])
    assert len(once.pairs) > 0
    pd.testing.assert_frame_equal(twice.pairs, once.pairs)
    pd.testing.assert_frame_equal(twice.units, once.units)
    answers = evaluation.robustness(one_at_a_time={"without_units": ["丁", "丁"]}, draws=8).answers.one_at_a_time
    assert answers is not None
    assert answers.notes[0].en.endswith("one at a time: 丁")


def test_a_unit_that_left_is_a_table_without_it() -> None:
    table = ps.sample("zone-2021", units=8, seed=0)
    found = zones().one_at_a_time()
    left = found.names[3]
    key = next(name for name in table.columns if table[name].astype(str).eq(left).any())
    rest = ps.evaluate("zone-2021", table[table[key] != left], year=2024, weights="zone-2021-equal-within")
    wanted = rest.ranking.set_index("unit")["score"].reindex(found.names.drop(left))
    after = found.without_units([left]).after[0]
    np.testing.assert_allclose(np.delete(after, 3), wanted, rtol=1e-9)


def test_each_scheme_has_the_ranks_of_an_evaluation_under_it() -> None:
    evaluation = zones()
    found = evaluation.one_at_a_time().under_schemes(["entropy", "equal", "equal"])
    assert found.changes == ("entropy", "equal", "equal (2)")
    wanted = ps.evaluate("zone-2021", ps.sample("zone-2021", units=8, seed=0), year=2024, weights="entropy").ranking
    ranks = wanted.set_index("unit")["rank"].reindex(found.names)
    assert found.ranks["entropy"].tolist() == ranks.tolist()


def test_what_cannot_be_left_out_is_said() -> None:
    two = ps.evaluate(small(leaf("a")), rows(a=[1.0, 2.0])).one_at_a_time()
    with pytest.raises(UsageError, match="2 ranked units"):
        two.without_units()
    with pytest.raises(UsageError, match="no ranked unit 丙"):
        two.without_units(["丙"])


def test_weights_that_the_data_decide_stay_when_something_leaves() -> None:
    framework = small(leaf("a"), leaf("b"), defaults=Defaults(weights=Choice.of("entropy"), score=POSITIVE))
    table = rows(a=[1.0, 2.0, 3.0, 9.0], b=[9.0, 8.0, 1.0, 2.0])
    evaluation = ps.evaluate(framework, table)
    shares = evaluation.own_cohorts[0][1]["total"]
    held = WeightScheme.model_validate(
        {
            "id": "held",
            "framework": "small",
            "status": "assumed",
            "weights": dict(zip("ab", shares.tolist(), strict=True)),
        }
    )
    rest = ps.evaluate(framework, table[table["zone"] != "丁"], weights=held).ranking.set_index("unit")["score"]
    found = evaluation.one_at_a_time()
    after = pd.Series(found.without_units(["丁"]).after[0], index=found.names).drop("丁")
    pd.testing.assert_series_equal(after, rest.reindex(after.index), check_names=False, rtol=1e-9)
