"""Numbers by row and indicator, each gap with its reason, and the groups of rows that are measured together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Generic, Self, TypeVar

import numpy as np
import numpy.typing as npt

from parkscore.data.reference_names import named
from parkscore.framework.formula.cells import State

Matrix = npt.NDArray[np.float64]
Vector = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
States = npt.NDArray[np.int8]
Rows = npt.NDArray[np.intp]
Selection = Rows | slice
"""Rows as an index; a slice where they follow each other, so that taking them copies nothing."""


@dataclass(frozen=True)
class CaseChoice:
    """Which case of an indicator each row is in.

    possible: (rows, cases + 1), the cases that a row may be in, from column 1; column 0: that it may be in none.
    """

    possible: Truths

    @cached_property
    def open(self) -> Truths:
        """(rows,) where it cannot be told which case it is."""
        return np.asarray(self.possible.sum(axis=1) > 1)

    @cached_property
    def numbers(self) -> Rows:
        """(rows,) the number of the case from 1; 0 where it cannot be told or there is none."""
        return np.where(self.open, 0, self.possible.argmax(axis=1)).astype(np.intp)

    @cached_property
    def none(self) -> Truths:
        """(rows,) where certainly no case holds."""
        return np.asarray(~self.open & self.possible[:, 0])


Number = TypeVar("Number", np.float64, np.int8)


class Stack(Generic[Number]):
    """Columns of as many rows each, which are put together as a matrix once somebody asks for them all."""

    def __init__(self, columns: Sequence[npt.NDArray[Number]], rows: int, kind: type[Number]) -> None:
        """The columns as they are: nothing is copied."""
        self._columns: Sequence[npt.NDArray[Number]] = columns
        self._rows = rows
        self._kind: type[Number] = kind
        self._matrix: npt.NDArray[Number] | None = None

    @classmethod
    def of(cls, matrix: npt.NDArray[Number]) -> Self:
        """The columns of a matrix."""
        found = cls(tuple(matrix.T), len(matrix), matrix.dtype.type)
        found._matrix = matrix
        return found

    def __getitem__(self, column: int) -> npt.NDArray[Number]:
        """A column, to be read only."""
        return self._columns[column]

    def __iter__(self) -> Iterator[npt.NDArray[Number]]:
        """The columns in their order, to be read only."""
        return iter(self._columns)

    @property
    def matrix(self) -> npt.NDArray[Number]:
        """(rows, columns), column by column in memory, as everything below the tree works on one indicator at a time.

        >>> Stack([np.array([1.0, 2.0]), np.array([3.0, 4.0])], 2, np.float64).matrix
        array([[1., 3.],
               [2., 4.]])
        """
        if self._matrix is None:
            found = np.empty((self._rows, len(self._columns)), dtype=self._kind, order="F")
            for taken, column in zip(found.T, self._columns, strict=True):
                taken[:] = column
            self._matrix = found
        return self._matrix


@dataclass(frozen=True)
class Grid:
    """One stage of an evaluation.

    ids: the indicators, in the order of the framework. numbers: of each indicator, in its measure, NaN where there is
    none. reasons: of each indicator, the `State` of every cell. filled: (rows, indicators), where an imputation put the
    number. cases: by indicator that has cases, which of them each row is in.
    """

    ids: tuple[str, ...]
    numbers: Stack[np.float64]
    reasons: Stack[np.int8]
    filled: Truths
    cases: Mapping[str, CaseChoice] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.filled)

    @property
    def values(self) -> Matrix:
        """(rows, indicators) the numbers."""
        return self.numbers.matrix

    @property
    def states(self) -> States:
        """(rows, indicators) of `State`."""
        return self.reasons.matrix

    def has(self, state: State) -> bool:
        """Whether any cell is in a state."""
        return any(bool((column == state).any()) for column in self.reasons)

    def with_values(self, values: Matrix) -> Grid:
        """The same gaps with other numbers."""
        return replace(self, numbers=Stack.of(values))

    def with_filled(self, values: Matrix, states: States, filled: Truths) -> Grid:
        """The same indicators with gaps filled."""
        return replace(self, numbers=Stack.of(values), reasons=Stack.of(states), filled=filled)


@dataclass(frozen=True)
class Cohort:
    """Rows that are measured against the same reference.

    name: what the reference is called (`2024`, `panel`, `all`). year: the data year of the rows to score, None where
    they are of several years or of none. apply: the rows to score. fit: the rows that the reference is fitted on, and
    with those of the other groups of this name the weights that are computed. pool: the rows whose outliers are treated
    together, so that all are on one scale.
    class_id: the class of all these rows, where each class is weighed by itself. within: what all these rows
    say in the fields of `reference_within`.
    """

    name: str
    year: int | None
    apply: Rows
    fit: Rows
    pool: Rows
    class_id: str | None = None
    within: tuple[str, ...] = ()

    @property
    def reference(self) -> str:
        """What the reference is called among those of other groups, such as `2024 · 合肥`."""
        return named(self.name, self.within)

    @cached_property
    def applied(self) -> Selection:
        """`apply` as an index."""
        return as_selection(self.apply)

    @cached_property
    def fitted(self) -> Selection:
        """`fit` as an index."""
        return self.applied if self.fit is self.apply else as_selection(self.fit)

    @cached_property
    def measured(self) -> Rows:
        """The rows to score and those of the reference, ascending."""
        return self.apply if self.fit is self.apply and is_ascending(self.apply) else np.union1d(self.apply, self.fit)

    def index_of(self, rows: Rows) -> Selection:
        """Rows as an index, found once where they are all that are measured."""
        return self._all_measured if rows is self.measured else rows

    @cached_property
    def _all_measured(self) -> Selection:
        return self.applied if self.measured is self.apply else as_selection(self.measured)


def is_ascending(rows: Rows) -> bool:
    """Whether rows stand in the order of the table, each once."""
    return bool((rows[1:] > rows[:-1]).all())


def as_selection(rows: Rows) -> Selection:
    """The rows as an index; a slice where they follow each other.

    >>> as_selection(np.array([3, 4, 5])), as_selection(np.array([3, 5]))
    (slice(3, 6, None), array([3, 5]))
    """
    if rows.size and rows[-1] - rows[0] == rows.size - 1 and is_ascending(rows):
        return slice(int(rows[0]), int(rows[-1]) + 1)
    return rows


def shared(rows: Rows, others: Rows) -> Rows:
    """Those of some rows, ascending, that are among others, too.

    >>> shared(np.array([1, 3, 4]), np.array([0, 3, 4, 7]))
    array([3, 4])
    """
    if rows.size == others.size and np.array_equal(rows, others):
        return rows
    among = np.zeros(max(rows[-1:].max(initial=0), others.max(initial=0)) + 1, dtype=np.bool_)
    among[others] = True
    return np.asarray(rows[among[rows]])


def rows_by_value(keys: npt.NDArray[Any], rows: Rows) -> Sequence[tuple[Any, Rows]]:
    """Rows grouped by a key, keys ascending.

    >>> [(key, rows.tolist()) for key, rows in rows_by_value(np.array([2024, 2023, 2024]), np.arange(3))]
    [(2023, [1]), (2024, [0, 2])]
    """
    own = keys[rows]
    if own.dtype.kind in "iu" and own.size and int(own.max()) - int(own.min()) < _FEW:
        low = int(own.min())
        if own.max() == low:
            return [(low, rows)]
        # Numbers of 16 bits are sorted by counting.
        numbers = (own - low).astype(np.uint16)
        counts = np.bincount(numbers)
        found = np.flatnonzero(counts)
        if found.size <= _HANDFUL:
            return [(int(number) + low, rows[np.flatnonzero(numbers == number)]) for number in found]
        order, starts = np.argsort(numbers, kind="stable"), np.cumsum(counts[found])[:-1]
        return list(zip((found + low).tolist(), np.split(rows[order], starts), strict=True))
    met, places = np.unique(own, return_inverse=True)
    order = np.argsort(places, kind="stable")
    starts = np.searchsorted(places[order], np.arange(1, len(met)))
    return list(zip(met.tolist(), np.split(rows[order], starts), strict=False))  # no rows are no group


_FEW = 2**16
_HANDFUL = 8
