"""What is missing leaves a score open: the least and the most it can become, from the rules alone."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import parkscore as ps
from parkscore.framework.models import Choice, Framework, Node, Rounding, ScoreRule, Total
from tests.small_frameworks import dimension, everywhere, leaf, rows, small

NAN, INF = np.nan, np.inf
SUM = Choice.of("sum")
CELLS = st.sampled_from([0.0, 0.25, 1.0, None])


def item(code: str, most: float = 10, least: float = 0, **said: object) -> Node:
    """An indicator from 0 to 1 that gives from so few to so many points."""
    return leaf(code, weight=1.0, score=ScoreRule.of("goalposts", low=0, high=1, to=(least, most)), **said)


def ends(framework: Framework, data: pd.DataFrame, node: str = "total") -> list[tuple[float, float]]:
    bounds = ps.evaluate(framework, data).bounds
    return list(zip(bounds.low[node].tolist(), bounds.high[node].tolist(), strict=True))


def summed(*nodes: Node, aggregate: Choice = SUM, **said: object) -> Framework:
    return small(*nodes, total=Total(aggregate=aggregate, **said))


def test_without_gaps_both_ends_are_the_score() -> None:
    framework = summed(item("a"), item("b"))
    data = rows(a=[1, 0.5], b=[0, 0.5])
    assert ends(framework, data) == [(10, 10), (10, 10)]
    assert ps.evaluate(framework, data).open_scores.empty


def test_a_gap_leaves_a_sum_open_by_what_its_rule_can_give() -> None:
    framework = summed(item("a"), item("b", most=5, least=-2))
    assert ends(framework, rows(a=[1, None, None], b=[None, 1, None])) == [(8, 15), (5, 15), (-2, 15)]


def test_what_is_not_applicable_adds_nothing_and_leaves_nothing_open() -> None:
    evaluation = ps.evaluate(summed(item("a"), item("b")), rows(a=["1", "0.5"], b=["不适用", "1"]))
    assert evaluation.bounds.low["total"].tolist() == evaluation.bounds.high["total"].tolist() == [10, 15]
    assert everywhere(evaluation.bounds.low["b"], [NAN, 10])


@pytest.mark.parametrize(
    ("aggregate", "expected"),
    [
        (Choice.of("capped_sum", cap=12), (10, 12)),
        (Choice.of("capped_sum", cap=8), (8, 8)),
        (Choice.of("sum", floor=15), (15, 20)),
        (Choice.of("max"), (10, 10)),
    ],
)
def test_a_cap_a_floor_and_the_best_of_several_may_settle_what_a_gap_left_open(
    aggregate: Choice, expected: tuple[float, float]
) -> None:
    framework = summed(item("a"), item("b"), aggregate=aggregate)
    assert ends(framework, rows(a=[1, 1], b=[None, 1]))[0] == expected


def test_a_dimension_passes_its_bounds_on_rounded_where_it_is_rounded() -> None:
    part = dimension(
        "d", item("a", most=2.6), item("b"), weight=1.0, aggregate=SUM, round=Rounding(decimals=0, how="up")
    )
    data = rows(a=[None, 1], b=[0.5, 0.5], c=[1, 1])
    framework = summed(part, item("c"))
    assert ends(framework, data, "d") == [(5, 8), (8, 8)]
    assert ends(framework, data) == [(15, 18), (18, 18)]


def test_a_child_of_weight_0_leaves_nothing_open() -> None:
    unused = leaf("b", weight=0.0, score=ScoreRule.of("goalposts", low=0, high=1, to=(0, 10)))
    assert ends(summed(item("a"), unused), rows(a=[1, 1], b=[None, 1])) == [(10, 10), (10, 10)]


def test_a_rule_without_a_ceiling_leaves_an_end_without_one() -> None:
    framework = summed(item("a"), leaf("b", weight=1.0, score=ScoreRule.of("as_is")))
    assert ends(framework, rows(a=[1, 1], b=[None, 2])) == [(-INF, INF), (12, 12)]


def test_a_mean_hands_the_share_of_a_gap_on_and_is_not_open() -> None:
    framework = small(item("a"), item("b"))
    assert ends(framework, rows(a=[1, 0.5], b=[None, 1])) == [(10, 10), (7.5, 7.5)]


def test_a_mean_over_an_open_score_is_open_by_the_share_of_that_score() -> None:
    part = dimension("d", item("a"), item("b"), weight=3.0, aggregate=SUM)
    framework = small(part, item("c"))
    assert ends(framework, rows(a=[1, 1], b=[None, 1], c=[1, 1])) == [(10, 17.5), (17.5, 17.5)]


def test_in_a_mean_over_an_open_score_a_sibling_without_a_score_takes_no_part() -> None:
    part = dimension("d", item("a"), item("b"), weight=3.0, aggregate=SUM)
    assert ends(small(part, item("c")), rows(a=[1, 1], b=[None, 1], c=[None, 1]))[0] == (10, 20)


def test_a_mean_over_a_score_without_a_ceiling_has_none_either() -> None:
    part = dimension("d", item("a"), leaf("b", weight=1.0, score=ScoreRule.of("as_is")), weight=1.0, aggregate=SUM)
    assert ends(small(part, item("c")), rows(a=[1, 1], b=[None, 2], c=[1, 1]))[0] == (-INF, INF)


def test_a_geometric_mean_over_an_open_score_says_nothing() -> None:
    part = dimension("d", item("a", least=1), item("b"), weight=1.0, aggregate=SUM)
    framework = small(part, item("c", least=1), total=Total(aggregate=Choice.of("geometric")))
    bounds = ps.evaluate(framework, rows(a=[1, 1], b=[None, 1], c=[1, 1])).bounds
    assert np.isnan(bounds.low["total"][0])
    assert bounds.low["total"][1] == pytest.approx(200**0.5)


@given(st.tuples(CELLS, CELLS, CELLS), st.sampled_from([0.5, 1.0, 3.0]))
def test_filling_the_gaps_of_a_sum_below_a_mean_reaches_both_ends_of_the_mean(
    cells: tuple[float | None, ...], weight: float
) -> None:
    part = dimension("d", item("a"), item("b", most=5, least=-5), item("x", most=1), weight=weight, aggregate=SUM)
    ways = list(itertools.product(*[(cell,) if cell is not None else (0.0, 0.5, 1.0) for cell in cells]))
    data = pd.DataFrame([(*cells, 1, 0.5), *[(*way, 1, 0.5) for way in ways]], columns=[*"abx", "c", "e"], dtype=float)
    data.insert(0, "zone", [f"u{number}" for number in range(len(data))])
    evaluation = ps.evaluate(small(part, item("c"), item("e")), data)
    if np.isnan(evaluation.nodes["d"].iloc[0]):
        return  # nothing of the sum is known, and the mean does without it
    reached = evaluation.nodes["total"].to_numpy()[1:]
    assert evaluation.bounds.low["total"][0] == pytest.approx(reached.min(), abs=1e-12)
    assert evaluation.bounds.high["total"][0] == pytest.approx(reached.max(), abs=1e-12)


def test_a_dimension_without_any_data_leaves_the_mean_above_it_open() -> None:
    """Named for a fault: 80 of 100 was met for certain, and zeros in the other dimension would have made it 40."""
    parts = [dimension(code, item(code * 2, most=100), weight=1.0, aggregate=SUM) for code in "de"]
    found = ps.evaluate(small(*parts), rows(dd=[0.8, 0.8], ee=[None, 0.0]))
    assert found.nodes["total"].tolist() == [80, 40]
    assert ends(small(*parts), rows(dd=[0.8, 0.8], ee=[None, 0.0])) == [(40, 90), (40, 40)]


def test_of_several_dimensions_without_data_any_may_come() -> None:
    parts = [
        dimension(code, item(code * 2, most=most), weight=1.0, aggregate=SUM)
        for code, most in zip("def", (50, 0, 90), strict=True)
    ]
    low_first = dimension("g", item("gg", most=60, least=30), weight=1.0, aggregate=SUM)
    framework = small(parts[0], parts[2], low_first)
    data = rows(dd=[1.0, 1.0], ff=[None, 0.0], gg=[None, 0.0])
    assert ends(framework, data)[0] == pytest.approx((25, 70))  # 50 and 0; 50 and 90: not all three


def test_a_mean_without_a_score_is_open_to_what_its_dimensions_may_bring_and_may_stay_out_of_a_sum() -> None:
    inner = dimension("d", dimension("e", item("ee", least=2), weight=1.0, aggregate=SUM), weight=1.0,
                      aggregate=Choice.of("arithmetic"))  # fmt: skip
    framework = summed(inner, item("c"))
    data = rows(ee=[None, 1.0], c=[1, 1])
    assert ends(framework, data) == [(10, 20), (20, 20)]


@given(
    st.lists(st.tuples(CELLS, CELLS), min_size=2, max_size=3),
    st.lists(st.sampled_from([0.5, 1.0, 3.0]), min_size=3, max_size=3),
)
def test_any_way_to_fill_the_dimensions_of_a_mean_stays_within_its_ends(
    cells: list[tuple[float | None, float | None]], weights: list[float]
) -> None:
    parts = [
        dimension(f"d{n}", item(f"a{n}"), item(f"b{n}", most=7, least=-3), weight=weights[n], aggregate=SUM)
        for n in range(len(cells))
    ]
    flat = [cell for pair in cells for cell in pair]
    ways = itertools.product(*[(cell,) if cell is not None else (None, 0.0, 1.0) for cell in flat])
    names = [f"{letter}{n}" for n in range(len(cells)) for letter in "ab"]
    data = pd.DataFrame([flat, *ways], columns=names, dtype=float)
    data.insert(0, "zone", [f"u{number}" for number in range(len(data))])
    evaluation = ps.evaluate(small(*parts), data)
    reached = evaluation.nodes["total"].dropna().to_numpy()
    low, high = (end["total"][0] for end in (evaluation.bounds.low, evaluation.bounds.high))
    if len(reached):
        assert low <= reached.min() + 1e-9
        assert high >= reached.max() - 1e-9


def test_open_scores_are_listed_with_both_ends_and_in_json() -> None:
    evaluation = ps.evaluate(summed(item("a"), item("b")), rows(a=[1, 1], b=[None, 1]))
    assert evaluation.open_scores.to_dict("records")[0] == {
        "unit": "甲",
        "node": "total",
        "score": 10.0,
        "low": 10.0,
        "high": 20.0,
    }
    listed = evaluation.as_dict()["open_scores"]
    assert [entry["node"] for entry in listed] == ["total"]


def test_an_end_without_a_limit_is_no_number_in_json() -> None:
    framework = summed(item("a"), leaf("b", weight=1.0, score=ScoreRule.of("as_is")))
    listed = ps.evaluate(framework, rows(a=[1, 1], b=[None, 2])).as_dict()["open_scores"]
    assert [(entry["low"], entry["high"]) for entry in listed] == [(None, None)]


AGGREGATES = st.sampled_from(
    [SUM, Choice.of("capped_sum", cap=12), Choice.of("capped_sum", cap=20, floor=3), Choice.of("max")]
)


@given(st.tuples(CELLS, CELLS, CELLS), AGGREGATES, st.sampled_from([None, Rounding(decimals=0, how="half_up")]))
def test_filling_the_gaps_in_any_way_never_leaves_the_bounds_and_reaches_both(
    cells: tuple[float | None, ...], aggregate: Choice, rounding: Rounding | None
) -> None:
    nodes = (item("a"), item("b", most=5, least=-5), item("c", most=7.5))
    framework = summed(*nodes, aggregate=aggregate, round=rounding)
    ways = list(itertools.product(*[(cell,) if cell is not None else (0.0, 0.5, 1.0) for cell in cells]))
    data = pd.DataFrame([cells, *ways], columns=["a", "b", "c"], dtype=float)
    data.insert(0, "zone", [f"u{number}" for number in range(len(data))])
    evaluation = ps.evaluate(framework, data)
    reached = evaluation.nodes["total"].to_numpy()[1:]
    assert evaluation.bounds.low["total"][0] == reached.min()
    assert evaluation.bounds.high["total"][0] == reached.max()
