"""Columns of cells, in which missing, not applicable, divided by zero and undefined stay four different things."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from parkscore.framework.measures import Measure

States = NDArray[np.int8]
Entry = TypeVar("Entry", bound=np.generic)


class State(IntEnum):
    """What a cell holds: a value, or the reason why there is none."""

    VALUE = 0
    MISSING = 1
    NOT_APPLICABLE = 2
    DIVIDED_BY_ZERO = 3
    UNDEFINED = 4


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """One column of numbers.

    values: float64, NaN wherever the state is not VALUE. states: int8 of the same shape, see State.
    """

    values: NDArray[np.float64]
    states: States

    @classmethod
    def of(cls, values: ArrayLike) -> Cells:
        """Cells of plain floats: NaN is missing, an infinity is undefined.

        >>> Cells.of([1.0, float("nan")]).states
        array([0, 1], dtype=int8)
        """
        floats = np.asarray(values, dtype=np.float64)
        states = np.zeros(floats.shape, dtype=np.int8)
        states[np.isnan(floats)] = State.MISSING
        states[np.isinf(floats)] = State.UNDEFINED
        return cls(np.where(states == State.VALUE, floats, np.nan), states)


@dataclass(frozen=True, slots=True, eq=False)
class TextCells:
    """One column of texts, such as an industry class.

    values: objects, each a str wherever the state is VALUE. states: int8 of the same shape, see State. codes, texts:
    where they are known, the place of each text among the different ones, -1 where there is none; comparing then looks
    at each text once.
    """

    values: NDArray[np.object_]
    states: States
    codes: NDArray[np.int32] | None = None
    texts: NDArray[np.object_] | None = None

    @classmethod
    def of(cls, values: Iterable[Any]) -> TextCells:
        """Cells of texts: whatever is not a str is missing.

        >>> TextCells.of(["工业", None]).states
        array([0, 1], dtype=int8)
        """
        listed = list(values)
        texts = np.empty(len(listed), dtype=np.object_)
        texts[:] = listed
        states = [State.VALUE if isinstance(text, str) else State.MISSING for text in listed]
        return cls(texts, np.array(states, dtype=np.int8))


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """What a formula reads under one name: cells, and the measure of the numbers (none: plain numbers)."""

    cells: Cells | TextCells
    measure: Measure | None = None


def only_in(cells: NDArray[np.bool_], states: States | np.int8) -> States:
    """A state, or that of each cell, in some cells, and 0 in the others; several times as fast as `np.where`.

    >>> only_in(np.array([True, False]), np.int8(State.UNDEFINED)).tolist()
    [4, 0]
    """
    return np.asarray(states * cells.astype(np.int8))


def to_shape(array: NDArray[Entry], shape: tuple[int, ...]) -> NDArray[Entry]:
    """As `np.broadcast_to`, closed to writing as that is, and faster where nothing is to be repeated.

    >>> to_shape(np.array(1.5), (2,)).tolist()
    [1.5, 1.5]
    """
    if array.shape != shape:
        return np.broadcast_to(array, shape)
    same = array.view()
    same.flags.writeable = False
    return same
