"""What a fit takes from the data, gathered from pieces of the rows: any pieces in any order give the same bits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from parkscore.methods.columns import Divisor, counts, deviation_of, highest, lowest, mean_of, root
from parkscore.methods.domain import BoolArray, DomainError, FloatArray, Needs
from parkscore.methods.exact_sums import ExactSums, grouped_squares, grouped_sums, sums_of_columns

GatheredName = Literal["count", "lowest", "highest", "sum", "squares", "reciprocals", "named", "named_rows"]

ENDS: tuple[GatheredName, ...] = ("lowest", "highest")

_NO_ROW = np.empty(0, dtype=np.intp)
# Reciprocals are counted as multiples of this power of two: that of the smallest float would be beyond all floats.
_PART = 2.0**-64


@dataclass(frozen=True, eq=False)
class Gathered:
    """Statistics of columns, or of groups of the rows of a column; `+` joins those of other rows.

    shape: () for a single column, (columns,) or (groups,); found: each statistic by its name, one for each of them.
    Where there are groups, other rows may have more of them.

    >>> pieces = [gather([1.0, np.nan], ["count", "highest"]), gather([4.0], ["count", "highest"])]
    >>> joined = pieces[1] + pieces[0]
    >>> float(joined["count"]), float(joined["highest"])
    (2.0, 4.0)
    """

    shape: tuple[int, ...]
    found: Mapping[str, FloatArray | ExactSums]

    def __getitem__(self, name: GatheredName) -> FloatArray:
        """A statistic, of `shape`; sums are rounded once."""
        found = self.found[name]
        return (found.values if isinstance(found, ExactSums) else found).reshape(self.shape)

    def exact(self, name: GatheredName) -> ExactSums:
        """A sum as it is."""
        found = self.found[name]
        if not isinstance(found, ExactSums):
            raise TypeError(f"{name} is no sum")
        return found

    def only(self, group: int) -> Gathered:
        """The statistics of one group, or column, as of a single column."""
        chosen = [group]
        return Gathered((), {name: _take(found, chosen) for name, found in self.found.items()})

    def placed(self, groups: Sequence[int]) -> Gathered:
        """The statistics of these groups, in this order; below zero for a group without rows.

        >>> gather([1.0, 4.0], ["highest"], codes=[0, 1], groups=2).placed([1, -1, 0])["highest"]
        array([ 4., nan,  1.])
        """
        chosen = np.array([self.size if group < 0 else group for group in groups], dtype=np.intp)
        found = {name: _take(_grown(name, each, self.size + 1), chosen) for name, each in self.found.items()}
        return Gathered((len(chosen),), found)

    def __add__(self, other: Gathered) -> Gathered:
        """The statistics of the rows of both."""
        if self.found.keys() != other.found.keys() or len(self.shape) != len(other.shape):
            raise ValueError("statistics of other names or kinds cannot be joined")
        size = max(self.size, other.size)
        joined = {
            name: _STATISTICS[name].join(_grown(name, found, size), _grown(name, other.found[name], size))
            for name, found in self.found.items()
        }
        return Gathered((size,) if self.shape else (), joined)

    @property
    def size(self) -> int:
        """The number of columns or groups."""
        return self.shape[0] if self.shape else 1


def gather(
    x: ArrayLike,
    names: Iterable[str],
    codes: ArrayLike | None = None,
    groups: int = 1,
    *,
    named: BoolArray | None = None,
) -> Gathered:
    """These statistics of the values, or of each group of them; a missing value counts nothing.

    x: (rows,), or (rows, columns) where there are no groups; codes: (rows,) whole numbers below `groups`, below zero
    for a row that is in no group. named: (rows,), which rows are of the unit that all are measured against.

    Raises DomainError, with the place, where sums are asked for and a value is infinite.

    >>> found = gather([0.1, 0.2, 4.0, np.nan], ["lowest", "sum"], codes=[0, 0, 1, 1], groups=3)
    >>> found["lowest"], found["sum"]
    (array([0.1, 4. , nan]), array([0.3, 4. , 0. ]))
    """
    values = np.asarray(x, dtype=np.float64)
    if codes is None:
        shape, rows = values.shape[1:], _Rows(values, None, 1, named)
    else:
        shape, rows = (groups,), _rows_of_groups(values, np.asarray(codes), groups, named)
    try:
        return Gathered(shape, {name: _STATISTICS[name].gather(rows) for name in names})
    except DomainError:
        Needs(finite=True).require(values)
        raise


def mean_from(gathered: Gathered) -> FloatArray:
    """The mean, from "count", "lowest", "highest" and "sum"; NaN where there is no value.

    >>> float(mean_from(gather([0.1, 0.1, 0.1], ["count", "lowest", "highest", "sum"])))
    0.1
    """
    return mean_of(gathered["count"], gathered["sum"], gathered["lowest"], gathered["highest"])


def deviation_from(gathered: Gathered, divisor: Divisor) -> FloatArray:
    """The standard deviation, from "squares" and what the mean takes; 0 where there is no spread beyond rounding."""
    ends = gathered["lowest"], gathered["highest"]
    return deviation_of(gathered["count"], gathered.exact("sum"), gathered.exact("squares"), *ends, divisor)


def length_from(gathered: Gathered) -> FloatArray:
    """√Σx², from "count" and "squares", rounded once; NaN where there is no value."""
    squares = gathered.exact("squares")
    lengths = [root(whole, 1, squares.exponent // 2) for whole in squares.integers()]
    return np.where(gathered["count"] > 0, np.reshape(lengths, gathered.shape), np.nan)


def harmonic_total_from(gathered: Gathered) -> FloatArray:
    """1 / Σ(1/x) of the values above zero, from "reciprocals"; infinite where there is none."""
    with np.errstate(divide="ignore"):
        return np.asarray(_PART / gathered["reciprocals"])


# --- the statistics ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Rows:
    """The rows of a piece: values, the group of each (None: no groups), and which are of the named unit."""

    values: FloatArray
    codes: NDArray[np.intp] | None
    groups: int
    named: BoolArray | None


@dataclass(frozen=True)
class _Statistic:
    """How a statistic is gathered and joined; `empty` is that of no rows."""

    gather: Callable[[_Rows], FloatArray | ExactSums]
    join: Callable[[Any, Any], FloatArray | ExactSums]
    empty: float = 0.0


def _rows_of_groups(values: FloatArray, codes: NDArray[np.integer[Any]], groups: int, named: BoolArray | None) -> _Rows:
    if values.ndim != 1 or codes.shape != values.shape:
        raise ValueError(f"one code for each value, not {codes.shape} for {values.shape}")
    member = codes >= 0
    if not member.all():
        values, codes, named = values[member], codes[member], None if named is None else named[member]
    return _Rows(values, codes.astype(np.intp, copy=False), groups, named)


def _count(rows: _Rows) -> FloatArray:
    if rows.codes is None:
        return np.atleast_1d(counts(rows.values))
    return np.bincount(rows.codes[~np.isnan(rows.values)], minlength=rows.groups).astype(np.float64)


def _lowest(rows: _Rows) -> FloatArray:
    return _extreme(rows, lowest, np.fmin)


def _highest(rows: _Rows) -> FloatArray:
    return _extreme(rows, highest, np.fmax)


def _extreme(rows: _Rows, of_all: Callable[[FloatArray], FloatArray], nearer: np.ufunc) -> FloatArray:
    if rows.codes is None:
        return np.atleast_1d(of_all(rows.values))
    found = np.full(rows.groups, np.nan)
    nearer.at(found, rows.codes, rows.values)
    return found


def _sum(rows: _Rows) -> ExactSums:
    if rows.codes is None:
        return sums_of_columns(rows.values)
    return grouped_sums(rows.values, rows.codes, rows.groups)


def _squares(rows: _Rows) -> ExactSums:
    if rows.codes is None:
        return sums_of_columns(rows.values, grouped_squares)
    return grouped_squares(rows.values, rows.codes, rows.groups)


def _reciprocals(rows: _Rows) -> ExactSums:
    """Of values above zero only: whether there may be others is for the fit to say."""
    parts = np.divide(_PART, rows.values, out=np.full(rows.values.shape, np.nan), where=rows.values > 0)
    return _sum(_Rows(parts, rows.codes, rows.groups, None))


def _named(rows: _Rows) -> FloatArray:
    return _highest(_of_the_named(rows))


def _named_rows(rows: _Rows) -> FloatArray:
    own = _of_the_named(rows)
    if own.codes is None:
        return np.full(rows.values.shape[1:], float(len(own.values))).reshape(-1)
    return np.bincount(own.codes, minlength=rows.groups).astype(np.float64)


def _of_the_named(rows: _Rows) -> _Rows:
    chosen = _NO_ROW if rows.named is None else np.flatnonzero(rows.named)
    return _Rows(rows.values[chosen], None if rows.codes is None else rows.codes[chosen], rows.groups, None)


_STATISTICS: Mapping[str, _Statistic] = {
    "count": _Statistic(_count, np.add),
    "lowest": _Statistic(_lowest, np.fmin, np.nan),
    "highest": _Statistic(_highest, np.fmax, np.nan),
    "sum": _Statistic(_sum, ExactSums.__add__),
    "squares": _Statistic(_squares, ExactSums.__add__),
    "reciprocals": _Statistic(_reciprocals, ExactSums.__add__),
    "named": _Statistic(_named, np.fmax, np.nan),
    "named_rows": _Statistic(_named_rows, np.add),
}


def _take(found: FloatArray | ExactSums, chosen: list[int] | NDArray[np.intp]) -> FloatArray | ExactSums:
    return found.take(chosen) if isinstance(found, ExactSums) else found[chosen]


def _grown(name: str, found: FloatArray | ExactSums, size: int) -> FloatArray | ExactSums:
    if isinstance(found, ExactSums):
        return found.grown(size)
    if found.size == size:
        return found
    return np.concatenate([found, np.full(size - found.size, _STATISTICS[name].empty)])
