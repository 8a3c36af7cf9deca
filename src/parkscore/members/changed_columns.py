"""The columns of a table as they would be if its units had other values in some fields."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol

from parkscore.data.arrow_texts import some_of
from parkscore.data.columns import Columns, measure_of
from parkscore.data.grid import Rows
from parkscore.data.table import Origin, Table
from parkscore.framework.formula import Cells, Column, TextCells
from parkscore.framework.models import Framework
from parkscore.members.runs import Runs


class Changes(Protocol):
    """Cells by field and years back, which are asked for one by one: nobody need list all years that may be read."""

    def __contains__(self, key: object, /) -> bool:
        """Whether the cells of a field so many years back are other."""

    def __getitem__(self, key: tuple[str, int], /) -> Cells:
        """These cells."""


@dataclass(frozen=True)
class _OfSomeRows:
    """The changes of some of the rows."""

    changes: Changes
    own: slice

    def __contains__(self, key: object) -> bool:
        return key in self.changes

    def __getitem__(self, key: tuple[str, int]) -> Cells:
        cells = self.changes[key]
        return Cells(cells.values[self.own], cells.states[self.own])


@dataclass(frozen=True)
class Imagined:
    """Units as they would be: of each the row where it stands in a table, and what would be other there.

    rows: (n,), a row of the table may stand there many times, each time with other changes. changes: by field and years
    back, (n,) cells in the measure of the field; whatever is not among them is as in the table.
    """

    rows: Rows
    changes: Changes

    @cached_property
    def runs(self) -> Runs:
        """The rows, of which the same may stand there many times one after the other."""
        return Runs.of(self.rows)

    def halves(self) -> tuple[Imagined, Imagined]:
        """The first half of the rows and the others."""
        middle = len(self.rows) // 2
        return self._part(slice(None, middle)), self._part(slice(middle, None))

    def _part(self, own: slice) -> Imagined:
        return Imagined(self.rows[own], _OfSomeRows(self.changes, own))


class ChangedColumns(Columns):
    """Columns by (field, years back) for imagined rows; derived fields and the class follow from the changed fields.

    Only formulas that read one unit can be computed: the other rows of its year are not there.
    """

    def __init__(self, framework: Framework, present: Columns, imagined: Imagined, table: Table, back: int = 0) -> None:
        """present: the columns of the table as it is. table: imagined rows. back: how many years before the rows."""
        super().__init__(framework, table)
        self._present = present
        self._imagined = imagined
        self._back = back
        self._before: dict[int, ChangedColumns] = {}
        years = None if table.years is None else table.years - back
        self._surroundings = replace(self._surroundings, years=years)

    def __getitem__(self, key: tuple[str, int]) -> Column:
        """The column of a field or the class, so many years back; KeyError where there is no such field."""
        if key not in self._made:
            name, lag = key
            self._made[key] = self._current(name) if lag == 0 else self._years_before(lag)[name, 0]
        return self._made[key]

    def _years_before(self, lag: int) -> ChangedColumns:
        if lag not in self._before:
            back = self._back + lag
            self._before[lag] = ChangedColumns(self._framework, self._present, self._imagined, self._table, back)
        return self._before[lag]

    def _current(self, name: str) -> Column:
        field = self._framework.fields.get(name)
        if field is None or field.formula is not None:
            return super()._current(name)
        key = (name, self._back)
        if key in self._imagined.changes:
            return Column(self._imagined.changes[key], measure_of(field.measure))
        column, rows = self._present[key], self._imagined.runs
        values, states = rows.spread(column.cells.values), rows.spread(column.cells.states)
        if isinstance(column.cells, TextCells):
            return Column(TextCells(values, states))
        return Column(Cells(values, states), column.measure)


def imagine(framework: Framework, table: Table, present: Columns, imagined: Imagined) -> Table:
    """The imagined rows as a table of one year, with the columns that formulas read on them.

    present: the columns of the table as it is. A row is called as the unit that it was made of.
    """
    rows = imagined.rows
    number_of = [name for name, field in framework.fields.items() if field.formula is None and not field.is_text]
    others = {name: some_of(own, rows) for name, own in table.cells.items() if name not in number_of}
    texts = {name: each.taken(rows) for name, each in table.texts.items()}
    # No row of the file is an imagined one: findings name the file and the unit.
    named = replace(table, cells=others, states={}, texts=texts, origin=Origin(table.origin.file))
    columns = ChangedColumns(framework, present, imagined, named)
    cells = {name: columns[name, 0].cells for name in number_of}
    numbers = {name: each.values for name, each in cells.items()}
    states = {name: each.states for name, each in cells.items()}
    return replace(named, cells=others | numbers, states=states, imagined=columns)
