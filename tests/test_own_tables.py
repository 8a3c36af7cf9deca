"""What a notebook does to a table of a result stays in the notebook: no later answer or file is made of it."""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from parkscore.results.own_tables import own_table
from tests.small_frameworks import dimension, leaf, rows, small


def evaluation() -> ps.Evaluation:
    framework = small(dimension("A", leaf("a"), leaf("b"), weight=2), dimension("B", leaf("c"), weight=1))
    return ps.evaluate(framework, rows(a=[1.0, 2.0, 3.0, 4.0], b=[5.0, 1.0, 4.0, None], c=[2.0, 9.0, 1.0, 4.0]))


def scenarios() -> ps.Scenarios:
    own = evaluation()
    return ps.Scenarios(
        {"one": own, "other": ps.evaluate(own.framework, own.raw.reset_index(names="zone"), weights="equal")}
    )


def parts_of(own: ps.Evaluation) -> tuple[ps.Framework, pd.DataFrame]:
    return own.framework, own.raw.reset_index(names="zone")


MAKERS: dict[str, Callable[[], Any]] = {
    "evaluation": evaluation,
    "robustness": lambda: evaluation().robustness(leave_out=["a"], draws=16),
    "exact": lambda: evaluation().exact(complete_only=True),
    "necessary": lambda: evaluation().exact(complete_only=True).necessary(),
    "extreme": lambda: evaluation().exact(complete_only=True).extreme_ranks(),
    "left out": lambda: evaluation().one_at_a_time().leave_out,
    "without": lambda: evaluation().one_at_a_time().without_units(),
    "scenarios": scenarios,
    "diagnosis": lambda: ps.diagnose(evaluation()),
    "found": lambda: ps.find(*parts_of(evaluation()), where="value(a) >= 2", by="value(a)"),
}


def spoil(table: Any) -> None:
    """What people do to a table: other numbers, other names, fewer columns."""
    if isinstance(table, dict):
        table.clear()
        return
    table.index.name = "spoilt"
    if isinstance(table, pd.Series):
        table.iloc[:] = table.iloc[-1]
        return
    for column in list(table.columns)[1:]:
        table[column] = 99
        del table[column]


def tables_of(made: Any) -> dict[str, Any]:
    names = [name for name, _ in inspect.getmembers(type(made), lambda each: isinstance(each, own_table))]
    return {name: value for name in names if (value := getattr(made, name)) is not None}


def same(one: Any, other: Any) -> bool:
    if isinstance(one, pd.DataFrame | pd.Series):
        return bool(one.equals(other)) and one.index.name == other.index.name
    return bool(one == other)


@pytest.mark.parametrize("maker", MAKERS)
def test_no_table_that_is_changed_in_a_notebook_changes_another_one_or_itself(maker: str) -> None:
    made, untouched = MAKERS[maker](), tables_of(MAKERS[maker]())
    for table in tables_of(made).values():
        spoil(table)
    for name, table in tables_of(made).items():
        assert same(table, untouched[name]), name


@pytest.mark.parametrize("kind", [each for each in map(ps.__getattr__, ps.__all__[1:]) if inspect.isclass(each)])
def test_every_table_that_a_public_class_keeps_is_given_as_a_copy(kind: type) -> None:
    kept = inspect.getmembers(kind, lambda each: isinstance(each, cached_property))
    tables = [name for name, how in kept if re.search("DataFrame|Series", how.func.__annotations__["return"])]
    assert [name for name in tables if not isinstance(getattr(kind, name), own_table)] == []


def test_files_have_the_numbers_of_the_evaluation_whatever_was_done_to_its_tables(tmp_path: Path) -> None:
    plain, changed = evaluation(), evaluation()
    for name in ("weights", "contributions", "nodes", "about", "accounting", "reference"):
        spoil(getattr(changed, name))
    for form in ("json", "csv"):
        written = [getattr(each, f"to_{form}")(tmp_path / f"out.{form}").read_bytes() for each in (plain, changed)]
        assert written[0] == written[1]
    sheets = [
        pd.read_excel(each.to_excel(tmp_path / "out.xlsx"), sheet_name=None, header=None, engine="calamine")
        for each in (plain, changed)
    ]
    assert all(sheets[0][name].equals(sheets[1][name]) for name in sheets[0])


def test_files_of_a_diagnosis_have_its_numbers_whatever_was_done_to_its_tables(tmp_path: Path) -> None:
    plain, changed = (ps.diagnose(evaluation()) for _ in range(2))
    for table in (*tables_of(changed).values(), *changed.tables.values()):
        spoil(table)
    written = [each.to_json(tmp_path / "out.json").read_bytes() for each in (plain, changed)]
    assert written[0] == written[1]


def arrays_of(made: Any) -> dict[str, np.ndarray]:
    """What a result hands out as arrays, under its own names and those of its stages."""
    found: dict[str, np.ndarray] = {}
    waiting = [(name, getattr(made, name)) for name in dir(made) if name[0] != "_" and name not in ANSWERED]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, np.ndarray):
            found[name] = value
        elif isinstance(value, Mapping):
            waiting += [(f"{name}[{key!r}]", each) for key, each in value.items()]
        elif isinstance(value, tuple):
            waiting += [(f"{name}[{place}]", each) for place, each in enumerate(value)]
        elif dataclasses.is_dataclass(value) and not isinstance(value, type | ps.Finding):
            own = [each.name for each in dataclasses.fields(value)]
            waiting += [(f"{name}.{each}", getattr(value, each)) for each in own if each[0] != "_"]
    return found


ANSWERED = {"exact", "one_at_a_time", "tree", "plan", "outcome"}  # results of their own, and what draws are made by


@pytest.mark.parametrize("maker", MAKERS)
def test_no_array_of_a_result_can_be_written_into(maker: str) -> None:
    made = MAKERS[maker]()
    kept, again = arrays_of(made), arrays_of(made)  # what is made anew for whoever asks is his own
    assert [name for name, array in kept.items() if array is again[name] and array.flags.writeable] == []


def test_the_arrays_that_answers_are_made_of_are_refused_to_whoever_writes_into_them() -> None:
    made, again = evaluation().robustness(draws=16), evaluation()
    arrays = [made.ranks, made.scores, made.order, made.outcome.ranks, made.outcome.scores, made.evaluation.rows]
    for array in [*arrays, again.rows, again.order, again.standing.overall, again.aggregated.scores["total"]]:
        with pytest.raises(ValueError, match="read-only"):
            array[:] = 0
    assert again.scores.equals(evaluation().scores)


@pytest.mark.parametrize("maker", MAKERS)
def test_results_can_be_compared_looked_for_and_kept_by(maker: str) -> None:
    one, other = MAKERS[maker](), MAKERS[maker]()
    assert one == one
    assert one != other
    assert [one, other].index(other) == 1
    assert {one: "kept"}[one] == "kept"


def test_a_table_of_a_result_cannot_be_set() -> None:
    with pytest.raises(AttributeError):
        scenarios().ranks = pd.DataFrame()  # type: ignore[misc]
