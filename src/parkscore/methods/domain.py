"""What a method needs of its input, and how it refuses what it cannot take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parkscore.language import Text, plural

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int32]
BoolArray = NDArray[np.bool_]

LARGEST = 1e150
"""Magnitudes beyond this are refused: no measurement has them, and their squares would overflow."""

_FEW = 10_000


class DomainError(ValueError):
    """An input that a method cannot take: the reason, and the columns and units (row numbers from 0) at fault.

    >>> DomainError(Text("含有负值", "has negative values"), columns=[2]).columns
    (2,)
    """

    def __init__(self, reason: Text, columns: Sequence[int] = (), units: Sequence[int] = ()) -> None:
        """Keep the reason in both languages and the place."""
        self.reason = reason
        self.columns = tuple(int(column) for column in columns)
        self.units = tuple(int(unit) for unit in units)
        super().__init__(reason)

    def __str__(self) -> str:
        """The reason in both languages, and the columns by number."""
        where = f" (columns {', '.join(map(str, self.columns))})" if self.columns else ""
        return f"{self.reason.en} / {self.reason.zh}{where}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a method needs of its cells and of the number of units; a missing cell (NaN) breaks only `complete`.

    >>> [need.en for need in Needs(nonnegative=True, units=2).sentences]
    ['no negative values', 'at least 2 units', 'finite values of at most 1e150']
    """

    nonnegative: bool = False
    positive: bool = False
    complete: bool = False
    units: int = 0
    finite: bool = True

    @property
    def sentences(self) -> tuple[Text, ...]:
        """Each need in words."""
        cells = {attribute: sentence for attribute, sentence, _ in _CELL_NEEDS}
        stated = [cells[name] for name in ("nonnegative", "positive", "complete") if getattr(self, name)]
        if self.units:
            stated.append(Text(f"至少 {self.units} 个评价对象", f"at least {plural(self.units, 'unit')}"))
        if self.finite:
            stated.append(cells["finite"])
        return tuple(stated)

    def require(self, x: FloatArray, counted: BoolArray | None = None) -> None:
        """Raise `DomainError` where `x` breaks a need; `counted` marks the columns that matter (default all)."""
        if x.shape[0] < self.units:
            raise DomainError(
                Text(
                    f"需要至少 {self.units} 个评价对象，只有 {x.shape[0]} 个",
                    f"needs at least {plural(self.units, 'unit')}, has {x.shape[0]}",
                )
            )
        if self._is_plainly_met(x):
            return
        for attribute, sentence, broken in _CELL_NEEDS:
            if getattr(self, attribute):
                _refuse_cells(broken(x), counted, sentence)

    def _is_plainly_met(self, x: FloatArray) -> bool:
        """Whether the cells meet every need: two fast passes that spare the search for those at fault.

        One sum of squares rules out gaps and infinity, and every value too large, as its square alone is beyond it; of
        many cells that may have gaps, the least and the largest tell as much.
        """
        needs_sign = self.nonnegative or self.positive
        if not (self.finite or self.complete or needs_sign):
            return True
        cells = x.ravel(order="K")
        if cells.size >= _FEW and not self.complete:
            least, largest = np.fmin.reduce(cells), np.fmax.reduce(cells)
            lowest = 0.0 if needs_sign else -LARGEST
            return bool(largest <= LARGEST and least >= lowest and not (self.positive and least == 0))
        # BLAS is fastest for few; a long product it shares among threads, which wait for each other on a busy machine.
        size = np.vdot(cells, cells) if cells.size < _FEW else np.einsum("i,i->", cells, cells)
        if not (cells.size and size <= LARGEST * LARGEST):
            return False
        return not needs_sign or bool(cells.min() > 0 or (not self.positive and cells.min() >= 0))


def _refuse_cells(bad: BoolArray, counted: BoolArray | None, sentence: Text) -> None:
    """Raise where a counted cell is bad."""
    by_column = bad if bad.ndim == 2 else bad[:, np.newaxis]
    if counted is not None:
        by_column = by_column & counted
    if by_column.any():
        raise DomainError(
            Text(f"需要{sentence.zh}", f"needs {sentence.en}"),
            columns=np.flatnonzero(by_column.any(axis=0)).tolist(),
            units=np.flatnonzero(by_column.any(axis=1)).tolist(),
        )


def _is_negative(x: FloatArray) -> BoolArray:
    return x < 0


def _is_not_positive(x: FloatArray) -> BoolArray:
    return x <= 0


def _is_beyond(x: FloatArray) -> BoolArray:
    return (x > LARGEST) | (x < -LARGEST)


_CELL_NEEDS: tuple[tuple[str, Text, Callable[[FloatArray], BoolArray]], ...] = (
    ("finite", Text("绝对值不超过 1e150 的有限值", "finite values of at most 1e150"), _is_beyond),
    ("nonnegative", Text("没有负值", "no negative values"), _is_negative),
    ("positive", Text("全部为正值", "values above zero"), _is_not_positive),
    ("complete", Text("没有缺失值", "no missing values"), np.isnan),
)
