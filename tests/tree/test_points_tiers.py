"""Tiers: the first condition that holds gives the points, and what cannot be told is never taken for false."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import parkscore as ps
from parkscore.framework.models import Framework, Node, ScoreRule
from tests.small_frameworks import everywhere, field, of_code, rows, small

NAN = np.nan
# 工信部企业〔2022〕63号, annex 1, item 1: Ⅰ类高价值 20, 自主研发Ⅰ类 15, Ⅰ类 10, Ⅱ类 5, none 0.
PROPERTY = (("high >= 1", 20), ("own >= 1", 15), ("first >= 1", 10), ("second >= 1", 5))
NAMES = ("high", "own", "first", "second")


def tiers(*stated: tuple[str, float], otherwise: float | None = 0, **said: Any) -> Node:
    listed = tuple({"when": when, "points": points} for when, points in stated)
    rule = ScoreRule.of("tiers", tiers=listed, **({} if otherwise is None else {"otherwise": otherwise}))
    return Node(**({"id": "ip", "zh": "知识产权", "score": rule} | said))


def framework(node: Node | None = None, **said: Any) -> Framework:
    return small(node or tiers(*PROPERTY), fields={name: field(name) for name in NAMES}, **said)


def test_the_first_condition_that_holds_gives_the_points() -> None:
    data = rows(high=[1, 0, 0, 0, 0], own=[3, 2, 0, 0, 0], first=[3, 2, 1, 0, 0], second=[9, 9, 9, 1, 0])
    evaluation = ps.evaluate(framework(), data)
    assert everywhere(evaluation.scored["ip"], [20, 15, 10, 5, 0])
    shown = ["high >= 1", "own >= 1", "first >= 1", "second >= 1", "otherwise"]
    assert evaluation.indicators["ip"].tolist() == shown
    assert evaluation.chosen["chosen"].tolist() == shown
    assert evaluation.chosen["score"].tolist() == [20, 15, 10, 5, 0]


@pytest.mark.parametrize(("value", "points"), [(0, 0), (1, 20), (0.999999, 0), (-5, 0), (1e300, 20)])
def test_a_condition_holds_at_its_threshold_and_not_just_below(value: float, points: float) -> None:
    data = rows(high=[value, 0], own=[0, 0], first=[0, 0], second=[0, 0])
    assert ps.evaluate(framework(), data).scored["ip"].tolist() == [points, 0]


def test_an_earlier_condition_that_cannot_be_told_leaves_a_gap_with_its_reason() -> None:
    data = rows(high=[None, None, 1, "不适用"], own=[1, 0, None, 1], first=[1, 0, None, 1], second=[1, 0, None, 0])
    evaluation = ps.evaluate(framework(), data)
    assert everywhere(evaluation.scored["ip"], [NAN, NAN, 20, NAN])
    assert evaluation.states["ip"].tolist() == ["missing", "missing", "value", "not_applicable"]
    assert evaluation.indicators["ip"].tolist() == [None, None, "high >= 1", None]


def test_an_unknown_condition_that_cannot_change_the_points_does_not_matter() -> None:
    node = tiers(("high >= 1", 10), ("own >= 1", 10), ("first >= 1", 5), otherwise=5)
    data = rows(high=[None, 0, None], own=[1, None, 0], first=[0, 0, 1], second=[0, 0, 0])
    evaluation = ps.evaluate(framework(node), data)
    assert everywhere(evaluation.scored["ip"], [10, NAN, NAN])
    known = ps.evaluate(framework(node), data.fillna({"high": 0, "own": 0, "first": None}))
    assert everywhere(known.scored["ip"], [10, 5, 5])


def test_where_no_condition_holds_and_nothing_is_stated_for_that_there_is_no_score_and_a_finding() -> None:
    data = rows(high=[0, 1], own=[0, 0], first=[0, 0], second=[0, 0])
    evaluation = ps.evaluate(framework(tiers(*PROPERTY, otherwise=None)), data)
    assert everywhere(evaluation.scored["ip"], [NAN, 20])
    assert evaluation.states["ip"].tolist() == ["undefined", "value"]
    (finding,) = of_code(evaluation.findings, "no_points")
    assert (finding.unit, finding.field) == ("甲", "ip")
    assert "不按 0 分计" in finding.message.zh


def test_one_tier_for_all_is_told_by_its_condition() -> None:
    evaluation = ps.evaluate(framework(), rows(high=[1, 2], own=[0, 1], first=[0, 0], second=[0, 0]))
    assert [finding.value for finding in of_code(evaluation.findings, "constant_column")] == ["high >= 1"]


def test_conditions_may_weigh_one_count_against_another() -> None:
    # 4 utility models count as 1 invention (facts II 9, line 12).
    node = tiers(("first + floor(second / 4) >= 2", 10), ("first + floor(second / 4) >= 1", 5))
    data = rows(high=[0] * 4, own=[0] * 4, first=[1, 0, 0, 2], second=[4, 7, 3, 0])
    assert ps.evaluate(framework(node), data).scored["ip"].tolist() == [10, 5, 0, 10]


def test_either_of_two_fields_is_one_condition() -> None:
    # 63号 annex 2: R&D of 1.2 million at 9 % of revenue earns 8, for the ratio wins.
    node = tiers(
        ("amount >= 500万元 or amount / revenue >= 10%", 10),
        ("amount >= 400万元 or amount / revenue >= 8%", 8),
        ("amount >= 300万元 or amount / revenue >= 6%", 6),
    )
    fields = {name: field(name, measure="万元") for name in ("amount", "revenue")}
    data = rows(amount=[120, 450, 300, 10, 600], revenue=[120 / 0.09, 1e5, 1e5, 1e5, None])
    evaluation = ps.evaluate(small(node, fields=fields), data)
    assert evaluation.scored["ip"].tolist() == [8, 8, 6, 0, 10]


@pytest.mark.parametrize("cell", ["-1", "0", "1e300", None, "不适用"])
def test_hostile_cells_lose_nobody_and_never_earn_the_points_of_an_unknown(cell: str | None) -> None:
    data = rows(high=[cell, "1"], own=["0", "0"], first=["0", "0"], second=["1", "1"])
    evaluation = ps.evaluate(framework(), data)
    assert len(evaluation.scores) == 2
    first = evaluation.scored["ip"].iloc[0]
    assert np.isnan(first) if cell in (None, "不适用") else first == (20 if cell == "1e300" else 5)


CELLS = st.sampled_from([0.0, 1.0, None])


@given(
    st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=6),
    st.permutations([4, 4, 9]),
    st.sampled_from([None, 4, 0]),
)
def test_points_are_those_of_every_way_to_fill_the_gaps_or_there_are_none(
    cells: list[tuple[float | None, ...]], points: list[int], otherwise: float | None
) -> None:
    def told(values: tuple[float, ...]) -> float | None:
        return next((earned for value, earned in zip(values, points, strict=True) if value >= 1), otherwise)

    stated = zip(("high >= 1", "own >= 1", "first >= 1"), points, strict=True)
    data = pd.DataFrame(cells, columns=["high", "own", "first"], dtype=float).assign(second=0.0)
    data.insert(0, "zone", [f"u{number}" for number in range(len(cells))])
    scored = ps.evaluate(framework(tiers(*stated, otherwise=otherwise)), data).scored["ip"]
    for row, unit in enumerate(cells):
        choices = [(value,) if value is not None else (0.0, 1.0) for value in unit]
        outcomes = {told(values) for values in itertools.product(*choices)}
        (only,) = outcomes if len(outcomes) == 1 else (None,)
        assert everywhere([scored.iloc[row]], [NAN if only is None else only])
