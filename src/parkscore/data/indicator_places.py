"""Find the column of a table that an indicator is computed from, so that a finding about it has a place."""

from __future__ import annotations

from collections.abc import Iterator

from parkscore.data.columns import parse
from parkscore.data.grid import Rows
from parkscore.data.table import Table
from parkscore.findings import Place
from parkscore.framework.models import Framework, Node


def indicator_place(framework: Framework, table: Table, leaf: Node, rows: Rows) -> Place:
    """The column of the first field of an indicator's formula, or of the first that is empty in these rows."""
    fields = read_fields(framework, leaf)
    empty = [name for name in fields if table.frame[name].iloc[rows].isna().all()]
    return table.origin.place(None, next(iter([*empty, *fields]), None))


def read_fields(framework: Framework, leaf: Node) -> tuple[str, ...]:
    """The raw fields that an indicator is computed from, in the order in which its formula comes to them."""
    return tuple(dict.fromkeys(_raw(framework, str(leaf.formula))))


def _raw(framework: Framework, formula: str) -> Iterator[str]:
    for name in parse(formula).name_offsets:
        own = framework.fields[name].formula
        if own is None:
            yield name
        else:
            yield from _raw(framework, own)
