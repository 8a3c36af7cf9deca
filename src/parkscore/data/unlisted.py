"""Name the cells whose text is not in a table that a formula looks it up in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from parkscore.data.arrow_texts import objects_in
from parkscore.data.capping import MOST
from parkscore.data.columns import parse
from parkscore.data.table import Table
from parkscore.findings import Finding, Severity
from parkscore.framework.class_names import class_names
from parkscore.framework.formula import LookupTable
from parkscore.framework.formula.tree import Name, TableName, walk
from parkscore.framework.models import SHORTER_HISTORY, Framework
from parkscore.framework.suggesting import did_you_mean
from parkscore.language import Text


def unlisted_texts(framework: Framework, table: Table) -> Iterator[Finding]:
    """A finding for each of the first cells without a number in a table that says nothing of other texts."""
    for name, field in dict.fromkeys(_lookups(framework)):
        numbers = LookupTable.of(framework.tables[name].values, framework.tables[name].otherwise)
        texts = objects_in(table.cells[field])
        unknown = {text for text in set(texts.tolist()) if isinstance(text, str) and np.isnan(numbers.number(text))}
        rows = np.flatnonzero([text in unknown for text in texts.tolist()]).tolist()
        found = [_unlisted(framework, table, name, field, row) for row in rows[: MOST + 1]]
        yield from found[:MOST]
        yield from (replace(last, more=len(rows) - MOST) for last in found[MOST:])


def _lookups(framework: Framework) -> Iterator[tuple[str, str]]:
    """Each table and text field that a formula looks up in it."""
    for text in _formulas(framework):
        for call in parse(text).calls:
            tables = [node.name for node in call.arguments if isinstance(node, TableName)]
            fields = [field for node in walk(call) if isinstance(node, Name) for field in _field(framework, node.name)]
            yield from ((table, field) for table in tables for field in fields)


def _field(framework: Framework, name: str) -> Iterator[str]:
    """The field that a name reads; none for classes found by conditions, which are known before the data are."""
    if name not in class_names(framework):
        yield name
    elif framework.class_field is not None:
        yield framework.class_field


def _formulas(framework: Framework) -> Iterator[str]:
    """The text of every formula of a framework."""
    said: list[object] = [field.formula for field in framework.fields.values()]
    for leaf in framework.leaves:
        said += [*leaf.formulas, *leaf.conditions, *(case.when for case in leaf.cases), leaf.given]
        if leaf.missing is not None and leaf.missing.name == SHORTER_HISTORY:
            said.extend(leaf.missing.parameters["formulas"])
    for rule in framework.rules:
        said += [rule.require, rule.when]
    said += [each.when for each in framework.classes]
    yield from (str(text) for text in said if text is not None)


_COMPLETE = Text(
    "更正单元格，或在表中补上，或写明 otherwise", "correct the cell, add to the table, or state `otherwise`"
)


def _unlisted(framework: Framework, table: Table, name: str, field: str, row: int) -> Finding:
    text = str(table.cells[field][row])
    return table.finding(
        row,
        code="unlisted_text",
        severity=Severity.WARNING,
        column=field,
        field=field,
        value=text,
        rule=name,
        message=Text(
            f"表 {name} 中没有“{text}”，查此表的公式在这里没有值",
            f"{text!r} is not in the table {name}; formulas that look it up have no value here",
        ),
        hint=did_you_mean(text, framework.tables[name].values) or _COMPLETE,
    )
