"""The columns that formulas read: raw fields, derived fields, the class, and each of them some years back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from parkscore.data.class_column import class_column, coded_cells
from parkscore.data.grid import Rows, Truths
from parkscore.data.table import UNIT, State, Table
from parkscore.framework.class_names import class_names
from parkscore.framework.formula import (
    Cells,
    Column,
    Formula,
    LookupTable,
    Surroundings,
    TextCells,
    compute,
    parse_formula,
)
from parkscore.framework.measures import Measure, parse_measure
from parkscore.framework.models import Framework

parse = lru_cache(maxsize=4096)(parse_formula)


class Columns(Mapping[tuple[str, int], Column]):
    """Columns by (field, years back), made when they are first asked for.

    A year before the table begins, or a unit that is new in the table, is missing.
    """

    def __init__(self, framework: Framework, table: Table) -> None:
        """Nothing is computed yet."""
        self._framework = framework
        self._table = table
        self._made: dict[tuple[str, int], Column] = {}
        tables = {name: LookupTable.of(each.values, each.otherwise) for name, each in framework.tables.items()}
        self._surroundings = Surroundings(table.years, RowsBefore(table), tables)

    def __getitem__(self, key: tuple[str, int]) -> Column:
        """The column of a field or the class, so many years back; KeyError where there is no such field."""
        if key not in self._made:
            name, lag = key
            self._made[key] = self._current(name) if lag == 0 else self._shifted(self[(name, 0)], lag)
        return self._made[key]

    def __iter__(self) -> Iterator[tuple[str, int]]:
        """The raw fields, this year."""
        return iter((name, 0) for name, field in self._framework.fields.items() if field.formula is None)

    def __len__(self) -> int:
        """The number of raw fields."""
        return sum(field.formula is None for field in self._framework.fields.values())

    @property
    def rows(self) -> int:
        """The number of rows of the table."""
        return self._table.size

    def compute(self, text: str, target: str | None) -> Cells:
        """The cells of a formula in a measure, for every row of the table."""
        return self.compute_parsed(parse(text), measure_of(target))

    def read(self, text: str, target: str | None) -> Cells:
        """As `compute`, for cells that are only read: they may share memory with the columns."""
        return self.read_parsed(parse(text), measure_of(target))

    def read_parsed(self, formula: Formula, target: Measure | None) -> Cells:
        """As `read`, for a formula that is none as it is written."""
        return compute(formula, self, target, self._surroundings, shared=True)

    def compute_parsed(self, formula: Formula, target: Measure | None) -> Cells:
        """As `compute`, for a formula that is none as it is written."""
        return compute(formula, self, target, self._surroundings)

    def _current(self, name: str) -> Column:
        if name in class_names(self._framework):
            return class_column(self._framework, self)
        field = self._framework.fields[name]
        measure = measure_of(field.measure)
        if field.formula is not None:
            return Column(self.compute(field.formula, field.measure), measure)
        if field.is_text:
            return Column(coded_cells(self._table.coded(name)))
        return Column(Cells(np.asarray(self._table.cells[name], dtype=np.float64), self._table.states[name]), measure)

    def _shifted(self, column: Column, lag: int) -> Column:
        rows = self._surroundings.before(lag)
        known = rows >= 0
        states = np.where(known, column.cells.states[rows], np.int8(State.MISSING)).astype(np.int8)
        if isinstance(column.cells, TextCells):
            texts = column.cells.values[rows]
            texts[~known] = None
            return Column(TextCells(texts, states))
        return Column(Cells(np.where(known, column.cells.values[rows], np.nan), states), column.measure)


def columns_of(framework: Framework, table: Table) -> Columns:
    """What formulas read of the rows of a table: what stands there, or what belongs to rows that are imagined."""
    return Columns(framework, table) if table.imagined is None else table.imagined


class RowsBefore:
    """For each row of a table the row of the same unit so many years earlier, or -1.

    It knows the table only, not the columns: what refers to each other in a ring stays in memory until somebody looks.
    """

    def __init__(self, table: Table) -> None:
        """Nothing is looked up yet."""
        self._table = table
        self._known: dict[int, Rows] = {}

    def __call__(self, years: int) -> Rows:
        """The rows so many years earlier."""
        if self._table.years is None:
            return np.full(self._table.size, -1, dtype=np.intp)
        if years not in self._known:
            self._known[years] = _rows_before(self._table.coded(UNIT).codes, self._table.years, years)
        return self._known[years]


def _rows_before(units: npt.NDArray[np.int32], years: npt.NDArray[np.int64], back: int) -> Rows:
    """For each row, of a unit by its number, the row of the same unit so many years back, or -1.

    Raises ValueError where a row has no unit, or a unit stands there twice in a year: readers refuse both.
    """
    if not len(years):
        return np.zeros(0, dtype=np.intp)
    if (units < 0).any():
        raise ValueError("a row without a unit")
    # One number for each unit and year, with room below the first year so that no unit is met in that of another.
    since = years - (years.min() - back)
    keys = units.astype(np.int64) * (since.max() + 1) + since
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    if (ordered[1:] == ordered[:-1]).any():
        raise ValueError("a unit stands there twice in a year")
    places = np.searchsorted(ordered, ordered - back)
    there = ordered[places] == ordered - back
    rows = np.full(len(keys), -1, dtype=np.intp)
    rows[order[there]] = order[places[there]]
    return rows


def measure_of(text: str | None) -> Measure | None:
    """The measure a framework states, or None where it states none."""
    return None if text is None else parse_measure(text)


def holds(cells: Cells) -> Truths:
    """Where a condition is true; where it cannot be told, it is not."""
    return np.asarray((cells.states == State.VALUE) & (cells.values == 1.0))


def fails(cells: Cells) -> Truths:
    """Where a condition is false; where it cannot be told, it is not."""
    return np.asarray((cells.states == State.VALUE) & (cells.values == 0.0))
