"""Find the columns and cells that an indicator is computed from."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Final

import numpy as np

from parkscore.data.columns import parse
from parkscore.data.grid import Rows
from parkscore.data.table import State, Table
from parkscore.findings import Finding, Place, Severity, UsageError
from parkscore.framework.class_names import class_names
from parkscore.framework.models import Framework, Node
from parkscore.language import Text


def indicator_place(framework: Framework, table: Table, leaf: Node, rows: Rows) -> Place:
    """The column of the first field that an indicator reads, or of the first that is empty in these rows."""
    fields = fields_behind(framework, leaf)
    empty = [name for name in fields if _is_empty(table, name, rows)]
    return table.origin.place(None, next(iter([*empty, *fields]), None))


def _is_empty(table: Table, field: str, rows: Rows) -> bool:
    """Whether a field has no value in these rows; as most have one soon, the first rows are looked at first."""
    states = table.states.get(field)
    return all(
        table.frame[field].iloc[own].isna().all() if states is None else (states[own] != State.VALUE).all()
        for own in (rows[:_FEW], rows)
    )


_FEW: Final = 100


def cells_behind(framework: Framework, table: Table, unit: str, name: str, year: int | None) -> list[Place]:
    """The cells of one row that a field or an indicator, by its id, was read or computed from.

    Raises UsageError where there is no such row, or no such field or indicator.
    """
    leaves = {leaf.id: leaf for leaf in framework.leaves}
    if name in framework.fields:
        fields = _behind_field(framework, name)
    elif name in leaves:
        fields = fields_behind(framework, leaves[name])
    else:
        raise UsageError(_unknown("no_such_field", name, [*framework.fields, *leaves]))
    matches = table.units == unit
    if year is not None and table.years is not None:
        matches &= table.years == year
    rows = np.flatnonzero(matches)
    if not rows.size:
        raise UsageError(_unknown("no_such_unit", unit, [str(each) for each in table.units]))
    return [table.origin.place(int(row), field) for row in rows for field in fields]


def fields_behind(framework: Framework, leaf: Node) -> list[str]:
    """The raw fields that an indicator is computed from, in the order in which it comes to them; its cases last."""
    said = [*leaf.conditions, *leaf.formulas, *(case.when for case in leaf.cases), leaf.given]
    texts = [text for text in said if text is not None]
    category = [] if leaf.category is None else [leaf.category]
    return list(dict.fromkeys([*category, *(name for text in texts for name in fields_read_by(framework, text))]))


def fields_read_by(framework: Framework, formula: str) -> list[str]:
    """The raw fields that a formula reads, in the order in which it comes to them."""
    return list(dict.fromkeys(_names(framework, formula)))


def _names(framework: Framework, formula: str) -> Iterator[str]:
    for name in parse(formula).name_offsets:
        yield from _behind_field(framework, name)


def _behind_field(framework: Framework, name: str) -> list[str]:
    if name in class_names(framework):
        return _behind_class(framework)
    formula = framework.fields[name].formula
    return [name] if formula is None else fields_read_by(framework, formula)


def _behind_class(framework: Framework) -> list[str]:
    if framework.class_field is not None:
        return [framework.class_field]
    return list(dict.fromkeys(name for each in framework.classes for name in fields_read_by(framework, each.when)))


def _unknown(code: str, value: str, known: list[str]) -> Finding:
    near = difflib.get_close_matches(value, known, n=1)
    hint = Text(f"是否想写 {near[0]}？", f"did you mean {near[0]}?") if near else None
    message = Text("数据或指标体系中没有", "is not in the data or the framework")
    return Finding(code=code, severity=Severity.ERROR, value=value, message=message, hint=hint)
