"""What is asked of all rows of one year and group: their mean, and the place of each among them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from parkscore.framework.formula.cells import State, States, TextCells
from parkscore.framework.formula.values import Floats, Truths, Value, merge_reasons, ranked, reasons_of, settle
from parkscore.framework.measures import DIMENSIONLESS

Numbers = NDArray[np.intp]

# Values this near to each other differ by rounding only.
_SAME: Final = 1e-12


class Groups(NamedTuple):
    """For each row the number of its group, and the reason where it has none because a text is missing."""

    numbers: Numbers
    reasons: States


def groups_of(years: NDArray[np.int64] | None, texts: Sequence[TextCells]) -> Groups:
    """Rows of one year with the same texts; without years all rows are of one."""
    reasons = merge_reasons([ranked(each.states) for each in texts])
    assert reasons is not None  # noqa: S101  # the grammar asks for at least one text
    numbers = np.zeros(len(reasons), dtype=np.intp)
    for codes in (*([] if years is None else [years]), *(_codes(each) for each in texts)):
        _, inner = np.unique(codes, return_inverse=True)
        _, numbers = np.unique(numbers * (inner.max(initial=0) + 1) + inner, return_inverse=True)
    return Groups(numbers.astype(np.intp), reasons)


def _codes(texts: TextCells) -> Numbers:
    if texts.codes is not None:
        return texts.codes.astype(np.intp)
    met: dict[object, int] = {}
    return np.array([met.setdefault(text, len(met)) for text in texts.values], dtype=np.intp)


def mean_of_group(value: Value, groups: Groups) -> Value:
    """For each row the mean of its group over the rows that have a value; also for a row that has none itself."""
    column, own, taking = _column(value, groups)
    order = _by_size(column, groups, taking)
    starts, counts = _starts(groups.numbers[order]), np.bincount(groups.numbers[order], minlength=len(column))
    filled = counts > 0
    lowest, means = column[order][starts], np.full(len(column), np.nan)
    if starts.size:
        # From the smallest value on: the mean of equal values then is that value, to the last digit.
        beyond = column[order] - np.repeat(lowest, counts[filled])
        means[filled] = lowest + np.add.reduceat(beyond, starts) / counts[filled]
    reasons = np.where(filled[groups.numbers], np.int8(State.VALUE), own)
    return settle(means[groups.numbers], np.maximum(reasons, groups.reasons), value.measure)


def rank_from_bottom(value: Value, groups: Groups) -> Value:
    """For each row with a value its place in its group, 1 the lowest; equal values share the lower number."""
    column, own, taking = _column(value, groups)
    order = _by_size(column, groups, taking)
    numbers, sizes = groups.numbers[order], column[order]
    places = np.arange(len(order), dtype=np.intp)
    of_group = _carried(places, _is_first(numbers))
    larger = np.abs(np.diff(sizes)) > _SAME * np.maximum(np.abs(sizes[1:]), np.abs(sizes[:-1]))
    of_tie = _carried(places, _is_first(numbers) | np.concatenate(([True], larger))[: len(order)])
    ranks = np.full(len(column), np.nan)
    ranks[order] = of_tie - of_group + 1
    return settle(ranks, np.maximum(own, groups.reasons), DIMENSIONLESS)


def _column(value: Value, groups: Groups) -> tuple[Floats, States, Truths]:
    """The value and its reason for every row, and which rows take part."""
    column = np.broadcast_to(value.values, groups.numbers.shape)
    own = np.broadcast_to(reasons_of(value), groups.numbers.shape)
    return column, own, (own == State.VALUE) & (groups.reasons == State.VALUE)


def _by_size(column: Floats, groups: Groups, taking: Truths) -> Numbers:
    """The rows that take part, group by group from the smallest value on, so that the order of rows changes nothing."""
    rows = np.flatnonzero(taking)
    return np.asarray(rows[np.lexsort((column[rows], groups.numbers[rows]))])


def _is_first(numbers: Numbers) -> Truths:
    return np.asarray(np.diff(numbers, prepend=-1) != 0)


def _starts(numbers: Numbers) -> Numbers:
    return np.flatnonzero(_is_first(numbers))


def _carried(places: Numbers, first: Truths) -> Numbers:
    """For each place the last place before or at it that is a first one."""
    return np.asarray(np.maximum.accumulate(np.where(first, places, 0)))
