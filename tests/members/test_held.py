"""Imagined rows come to what a whole evaluation of the changed table gives, where references and weights are held."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkscore.data.cell_frames import cells_of
from parkscore.data.table import State, Table
from parkscore.evaluating import evaluate
from parkscore.framework.formula import Cells
from parkscore.framework.models import Choice, ClassWeights, Framework, ScoreRule, UnitClass, WeightEntry, WeightScheme
from parkscore.members.changed_columns import Imagined
from parkscore.members.held import Held
from parkscore.methods import ranking
from parkscore.shipped import example_path
from tests.members.returns import evaluated_anew
from tests.small_frameworks import EQUAL, dimension, field, leaf, small

FIELDS = ("revenue", "staff", "research", "green")
NUMBERS = st.one_of(st.none(), st.integers(-2, 40).map(float), st.integers(1, 400).map(lambda x: x / 8))
CELLS = st.lists(NUMBERS, min_size=4, max_size=4)
TABLES = st.lists(CELLS, min_size=7, max_size=7)
BY_SIZE = {
    "classes": (
        UnitClass(id="large", zh="大", en="large", when="staff >= 15"),
        UnitClass(id="small", zh="小", en="small", when="staff < 15"),
    )
}


def framework(**said: object) -> Framework:
    """Two dimensions with a ratio, the growth of a derived field, a difference of years, and a condition."""
    fields = {name: field(name) for name in FIELDS}
    fields["per_head"] = field("per_head", formula="revenue / staff")
    growth = leaf("1.2", "per_head / lag(per_head) - 1", direction="lower")
    research = dimension("1", leaf("1.1", "research / revenue"), growth, leaf("1.3", "revenue - lag(revenue)"))
    other = dimension("2", leaf("2.1", "if(green > 10, staff, 0)"), leaf("2.2", "green"))
    return small(research, other, fields=fields, time="year", **said)


def frame(cells: list[list[float | None]]) -> pd.DataFrame:
    """Zones 甲, 乙 and 丙 in two years, 丁 in the second alone."""
    zones, years = [*"甲乙丙", *"甲乙丙丁"], [2023] * 3 + [2024] * 4
    numbers = pd.DataFrame(cells, columns=list(FIELDS), dtype=np.float64)
    return pd.concat([pd.DataFrame({"zone": zones, "year": years}), numbers], axis=1)


def with_cells(table: Table, row: int, cells: list[float | None]) -> Table:
    """The table with other cells in one row."""
    frame, states = table.frame.copy(), {name: each.copy() for name, each in table.states.items()}
    for name, cell in zip(FIELDS, cells, strict=True):
        frame.loc[row, name] = np.nan if cell is None else cell
        states[name][row] = State.MISSING if cell is None else State.VALUE
    return replace(table, cells=cells_of(frame), states=states)


def column(cell: float | None, rows: int) -> Cells:
    """The same cell in every row."""
    return Cells.of(np.full(rows, np.nan if cell is None else cell))


WEIGHTS_BY_SIZE = WeightScheme.model_validate(
    {
        "id": "by-size",
        "framework": "small",
        "status": "official",
        "source": "test",
        "inside": {"*": "equal"},
        "classes": {"large": {"weights": {"1": 4.0, "2": 1.0}}, "small": {"weights": {"1": 1.0, "2": 3.0}}},
    }
)
FILLED = {"defaults": EQUAL.model_copy(update={"missing": Choice.of("mean"), "treat": Choice.of("iqr_fences")})}
WAYS = {
    "each year by itself": ({}, "equal"),
    "all years together": ({"reference": "panel"}, "equal"),
    "weights from the data": ({}, "entropy"),
    "weights by class": (BY_SIZE, WEIGHTS_BY_SIZE),
    "gaps filled and outliers treated": (FILLED, "equal"),
}


@pytest.mark.parametrize(("said", "weights"), WAYS.values(), ids=WAYS)
@settings(max_examples=15)
@given(cells=TABLES, now=CELLS, before=CELLS)
def test_an_imagined_row_has_the_bits_of_the_changed_table_evaluated_anew(said, weights, cells, now, before):
    # A class that nobody is in has no weights that could be held: of each year one zone is large and one small.
    for row, staff in zip((0, 1, 3, 4), (20.0, 5.0, 20.0, 5.0), strict=True):
        cells[row][1] = staff if "classes" in said else cells[row][1]
    evaluation = evaluate(framework(**said), frame(cells), weights=weights)
    held = Held(evaluation, 2024)
    rows = held.rows[:3]
    changes = {(name, 0): column(cell, 3) for name, cell in zip(FIELDS, now, strict=True)}
    changes |= {(name, 1): column(cell, 3) for name, cell in zip(FIELDS, before, strict=True)}
    outcome = held.outcome(Imagined(rows, changes))
    total = evaluation.framework.total.id
    for at, row in enumerate(rows.tolist()):
        table = with_cells(with_cells(evaluation.table, row, now), row - 3, before)
        anew = evaluated_anew(evaluation, table, weights)
        values, nodes = anew.indicator_grid.values, anew.aggregated
        np.testing.assert_array_equal(outcome.grid.values[at], values[row])
        for name, scores in nodes.scores.items():
            np.testing.assert_array_equal(outcome.scores[name][at], scores[row])
        exchanged = np.where(evaluation.outcomes.ranked, evaluation.aggregated.scores[total], np.nan)
        exchanged[row] = nodes.scores[total][row]
        ranks = ranking["min"](np.round(exchanged[held.rows], 9) + 0.0)
        assert outcome.ranks[at] == ranks[held.rows.tolist().index(row)]


def test_the_example_zones_come_to_their_own_evaluation_where_nothing_is_changed():
    evaluation = evaluate("zone-2021", example_path("zones-synthetic.csv"), weights="equal")
    held = Held(evaluation, 2024)
    outcome = held.outcome(Imagined(held.rows, {}))
    np.testing.assert_array_equal(outcome.grid.values, evaluation.indicator_grid.values[held.rows])
    for name, scores in evaluation.aggregated.scores.items():
        np.testing.assert_array_equal(outcome.scores[name], scores[held.rows])
    assert outcome.ranks.tolist() == evaluation.standing.overall[held.rows].tolist()


def test_what_is_made_of_many_rows_at_once_has_the_bits_of_what_is_made_of_one():
    evaluation = evaluate("zone-2021", example_path("zones-synthetic.csv"), weights="equal")
    held = Held(evaluation, 2024)
    together = held.outcome(Imagined(held.rows, {}))
    for at in (0, 17, 177):
        alone = held.outcome(Imagined(held.rows[[at]], {}))
        assert {name: each[0] for name, each in alone.scores.items()} == {
            name: each[at] for name, each in together.scores.items()
        }


@pytest.mark.parametrize("nobody", [False, True])
def test_a_row_of_a_class_of_which_no_row_was_scored_has_its_weights_where_they_are_stated(
    nobody: bool, tmp_path: Path
) -> None:
    made = small(
        leaf("a"), leaf("b", missing=Choice.of("invalid")), fields={n: field(n) for n in ("a", "b", "staff")}, **BY_SIZE
    )
    half = ClassWeights(weights={"a": WeightEntry(weight=0.25), "b": WeightEntry(weight=0.75)})
    both = {"large": half, "small": half}
    scheme = WeightScheme(id="s", framework="small", status="expert", source="here", weights={}, classes=both)
    before = pd.DataFrame({"zone": list("甲乙丙"), "a": [1.0, 2.0, 3.0], "b": [1.0, 2.0, 3.0], "staff": [20, 10, 30]})
    evaluate(made, before, weights=scheme).freeze(tmp_path / "base.json")
    after = before.assign(b=np.nan if nobody else [1.0, np.nan, 3.0])
    held = Held(evaluate(made, after, weights=scheme, reference=tmp_path / "base.json"), None)
    changed = {("b", 0): Cells(np.full(3, 2.0), np.zeros(3, dtype=np.int8))}
    imagined = Imagined(np.arange(3), changed)
    assert held.outcome(imagined).scores["total"].tolist() == pytest.approx([0.375, 0.5, 0.625], rel=1e-12)


GROWING = {
    "classes": (
        UnitClass(id="growing", zh="增", en="growing", when="staff >= lag(staff)"),
        UnitClass(id="shrinking", zh="减", en="shrinking", when="staff < lag(staff)"),
    )
}
LOOKING_BACK: dict[str, dict[str, Any]] = {
    "references by class": {"reference_within": ("class",)},
    "gaps filled by class": {"defaults": EQUAL.model_copy(update={"missing": Choice.of("group_mean")})},
    "gaps in scores filled by class": {"defaults": EQUAL.model_copy(update={"missing": Choice.of("score_group_mean")})},
}


@pytest.mark.parametrize("said", LOOKING_BACK.values(), ids=LOOKING_BACK)
@pytest.mark.parametrize("again", [1, 2])
def test_the_class_of_an_imagined_row_is_told_by_its_own_earlier_year(said: dict[str, Any], again: int) -> None:
    """甲 grew from 10 to 20 and would have shrunk to 5; what a class says it is measured against or filled by."""
    made = small(
        leaf("a"), leaf("b"), fields={n: field(n) for n in ("a", "b", "staff")}, time="year", **GROWING, **said
    )
    numbers = pd.DataFrame(
        {
            "zone": [*"甲乙丙丁", *"甲乙丙丁"],
            "year": [2023] * 4 + [2024] * 4,
            "a": [1.0, 2.0, 3.0, 4.0, 5.0, 9.0, 7.0, 12.0],
            "b": [1.0, 2.0, 3.0, 4.0, np.nan, 6.0, 3.0, 2.0],
            "staff": [10.0, 10.0, 10.0, 10.0, 20.0, 20.0, 5.0, 4.0],
        }
    )
    evaluation = evaluate(made, numbers, weights="equal", year=2024)
    held = Held(evaluation, 2024)
    outcome = held.outcome(Imagined(held.rows[[0] * again], {("staff", 0): column(5.0, again)}))
    staff = numbers["staff"].replace({20.0: 5.0}).to_numpy(copy=True)
    staff[5] = 20.0
    table = replace(evaluation.table, cells={**evaluation.table.cells, "staff": staff})
    anew = evaluated_anew(evaluation, table).aggregated
    for name, scores in anew.scores.items():
        assert outcome.scores[name].tolist() == pytest.approx([scores[4]] * again, rel=1e-12, nan_ok=True), name
    assert not np.isnan(outcome.scores["total"]).any()


@pytest.mark.parametrize("again", [1, 2])
def test_a_given_score_counts_beside_a_value_that_reads_the_year_before(again: int) -> None:
    bands = ScoreRule.model_validate(
        {"rule": "bands", "bands": [{"to": 1, "points": [0, 5]}, {"over": 1, "points": 9}]}
    )
    given = leaf("a", "x / lag(x)", score=bands, given="said")
    made = small(given, leaf("b"), fields={n: field(n) for n in ("x", "b", "said")}, time="year")
    numbers = pd.DataFrame(
        {"zone": [*"甲乙甲乙"], "year": [2023] * 2 + [2024] * 2, "x": [8.0] * 4, "b": [1.0, 2.0] * 2, "said": [4.0] * 4}
    )
    held = Held(evaluate(made, numbers, weights="equal", year=2024), 2024)
    outcome = held.outcome(Imagined(held.rows[[0] * again], {("x", 0): column(6.0, again)}))
    assert outcome.scores["a"].tolist() == [4.0] * again
