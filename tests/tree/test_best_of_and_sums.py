"""The better of two tables needs no weights, and a sum of points says what each indicator adds to it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import parkscore as ps
from parkscore.findings import UsageError
from parkscore.framework.models import Choice, Defaults, Framework, Node, Rounding, ScoreRule, Total
from tests.small_frameworks import dimension, everywhere, leaf, of_code, rows, small

NAN = np.nan
SUM = Choice.of("sum")
BEST = Choice.of("max")
NO_WEIGHTS = Defaults()


def item(code: str, most: float = 50, **said: Any) -> Node:
    """An indicator that earns all its points from 1 on and none below."""
    rule = ScoreRule.of("steps", closed="left", steps=((1.0, most),), otherwise=0.0)
    return leaf(code, points=float(most), score=rule, **said)


def framework(*nodes: Node, **said: Any) -> Framework:
    return small(*nodes, **({"defaults": NO_WEIGHTS, "total": Total(aggregate=SUM)} | said))


# --- the better of two tables ------------------------------------------------------------------------------------


def better(**said: Any) -> Framework:
    """R&D by sales or by costs, whichever earns more, as in 科技型中小企业评价办法; beside another indicator."""
    best = dimension("rd", item("a"), item("b", 40), aggregate=BEST, points=50.0, **said)
    return framework(best, item("c", 20))


def test_the_best_of_several_declared_tables_counts_without_weights() -> None:
    evaluation = ps.evaluate(better(), rows(a=[1, 0, 1, None, None, -5], b=[0, 1, 1, 1, None, 1], c=[1] * 6))
    assert everywhere(evaluation.nodes["rd"], [50, 40, 50, 40, NAN, 40])
    assert everywhere(evaluation.bounds.low["rd"], [50, 40, 50, 40, 0, 40])
    assert everywhere(evaluation.bounds.high["rd"], [50, 40, 50, 50, 50, 40])
    assert not of_code(evaluation.findings, "weights_normalised")
    origin = evaluation.weights.set_index("id")["origin"]
    assert origin["a"] == "declared points, for coverage only"


def test_declared_points_do_not_change_which_is_the_best() -> None:
    data = rows(a=[1, 0, None], b=[1, 1, 1], c=[1, 0, 1])
    equal = ps.evaluate(better(weights=Choice.of("equal")), data)
    pd.testing.assert_frame_equal(ps.evaluate(better(), data).nodes, equal.nodes)


def test_a_gap_in_one_of_them_is_said_to_leave_it_to_the_others() -> None:
    found = of_code(ps.evaluate(better(), rows(a=[1, None], b=[1, 1], c=[1, 1])).findings, "no_value")
    assert [finding.message.en.endswith("the best of the others counts") for finding in found] == [True]
    assert found[0].message.zh.endswith("取高时只看其余各项")


def test_children_without_points_still_need_weights_under_the_best() -> None:
    rule = ScoreRule.of("steps", closed="left", steps=((1.0, 5.0),), otherwise=0.0)
    best = dimension("rd", leaf("a", score=rule), leaf("b", score=rule), aggregate=BEST)
    with pytest.raises(ps.FrameworkError) as refused:
        ps.evaluate(framework(best), rows(a=[1], b=[1]))
    assert [finding.code for finding in refused.value.findings] == ["unknown_weights"]


# --- contributions of sums ---------------------------------------------------------------------------------------


def test_in_a_sum_each_indicator_contributes_its_points() -> None:
    own = framework(dimension("d", item("a", 20), item("b", 10), aggregate=SUM, points=30.0), item("c", 5))
    evaluation = ps.evaluate(own, rows(a=[1, 0, None, None], b=[1, 1, 1, None], c=[1, 1, None, None]))
    assert evaluation.contributions.to_numpy()[:3].tolist() == [[20, 10, 5], [0, 10, 5], [0, 10, 0]]
    assert evaluation.contributions.iloc[3].isna().all()
    assert evaluation.as_dict()["contributions"][0] == {"unit": "甲", "a": 20.0, "b": 10.0, "c": 5.0}


def test_deductions_contribute_what_they_take() -> None:
    rule = ScoreRule.of("steps", closed="left", steps=((1.0, -20.0),), otherwise=0.0)
    own = framework(item("a", 30, weight=1.0), leaf("b", score=rule, weight=1.0))
    assert ps.evaluate(own, rows(a=[1, 0], b=[1, 1])).contributions.to_numpy().tolist() == [[30, -20], [0, -20]]


def test_a_child_without_weight_and_a_dimension_short_of_data_add_nothing() -> None:
    short = dimension("d", item("a", 20), item("b", 10), aggregate=SUM, points=30.0, weight=1.0, min_coverage=0.9)
    own = framework(short, item("c", 5, weight=1.0), item("e", 5, weight=0.0))
    evaluation = ps.evaluate(own, rows(a=[1, 1], b=[1, None], c=[1, 1], e=[1, 1]))
    assert evaluation.contributions.to_numpy().tolist() == [[20, 10, 5, 0], [0, 0, 5, 0]]


def test_means_of_sums_and_sums_of_means_are_split_as_well() -> None:
    sums = dimension("d", item("a", 20), item("b", 10), aggregate=SUM, weight=0.75)
    own = framework(sums, item("c", 40, weight=0.25), total=Total())
    data = rows(a=[1, None], b=[1, None], c=[1, 1])
    assert ps.evaluate(own, data).contributions.to_numpy().tolist() == [[15, 7.5, 10], [0, 0, 40]]
    means = dimension("d", item("a", 20, weight=0.75), item("b", 20, weight=0.25), points=20.0)
    assert ps.evaluate(framework(means, item("c", 40)), data).contributions.to_numpy().tolist() == [
        [15, 5, 40],
        [0, 0, 40],
    ]


@pytest.mark.parametrize(
    ("said", "word"),
    [
        ({"aggregate": Choice.of("capped_sum", cap=25)}, "sum"),
        ({"aggregate": BEST}, "best of"),
        ({"aggregate": Choice.of("sum", floor=0)}, "with a floor"),
        ({"aggregate": SUM, "round": Rounding(decimals=0, how="half_up")}, "rounded"),
    ],
)
def test_a_node_that_is_no_plain_sum_is_named_in_the_refusal(said: dict[str, Any], word: str) -> None:
    parts = dimension("d", item("a", 20), item("b", 10), weight=1.0, **said)
    own = framework(parts, item("c", 5, weight=1.0))
    evaluation = ps.evaluate(own, rows(a=[1], b=[1], c=[1]))
    with pytest.raises(UsageError) as refused:
        _ = evaluation.contributions
    (finding,) = refused.value.findings
    assert (finding.code, finding.field) == ("not_additive", "d")
    assert word in finding.message.en


CELLS = st.none() | st.sampled_from(["不适用"]) | st.floats(-1e100, 1e100)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=8))
def test_contributions_of_a_sum_add_up_to_the_score(cells: list[tuple[Any, ...]]) -> None:
    a, b, c = (list(column) for column in zip(*cells, strict=True))
    own = framework(dimension("d", item("a", 20), item("b", 10), aggregate=SUM, points=30.0), item("c", 5))
    evaluation = ps.evaluate(own, rows(a=a, b=b, c=c))
    total = evaluation.nodes["total"].to_numpy()
    added = evaluation.contributions.to_numpy()
    assert (np.isnan(added).all(axis=1) == np.isnan(total)).all()
    known = ~np.isnan(total)
    assert added[known].sum(axis=1).tolist() == total[known].tolist()
    missing = evaluation.scored.isna().to_numpy()
    assert not added[known][missing[known]].any()


# --- weights -------------------------------------------------------------------------------------------------------


def warned(framework: Framework, weights: Any) -> bool:
    found = ps.evaluate(framework, rows(a=[1.0, 0.0], b=[0.0, 1.0], c=[1.0, 1.0]), weights=weights)
    return any(finding.code == "weights_without_effect" for finding in found.findings)


def scheme(**weights: float) -> ps.WeightScheme:
    return ps.WeightScheme.model_validate({"id": "mine", "framework": "small", "status": "expert", "weights": weights})


def test_a_scheme_over_sums_is_told_that_it_changes_nothing() -> None:
    plain = framework(item("a"), item("b"), item("c"))
    assert warned(plain, "equal")
    assert warned(plain, scheme(a=1.0, b=2.0, c=3.0))
    assert warned(better(), "equal")


def test_a_scheme_that_leaves_a_child_out_or_weighs_a_mean_changes_something_and_is_not_told_so() -> None:
    plain = framework(item("a"), item("b"), item("c"))
    assert not warned(plain, None)
    assert not warned(plain, scheme(a=1.0, b=2.0, c=0.0))
    mean = framework(item("a"), item("b"), item("c"), total=Total(aggregate=Choice.of("arithmetic")))
    assert not warned(mean, "equal")
