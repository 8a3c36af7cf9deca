"""Ranks within many groups at once, from one sort."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from parkscore.methods.domain import BoolArray, FloatArray, IntArray

Ties = Literal["min", "max", "dense"]

_WHOLE = 2.0**53
_DIGIT = 16


@dataclass(frozen=True)
class Ordered:
    """Rows in the order of their groups, the best score of each group first.

    order: (rows,) row numbers; new_group, new_value: (rows,), whether a place in that order begins a group, or a score.
    """

    order: NDArray[np.intp]
    new_group: BoolArray
    new_value: BoolArray


def ranks_in_groups(
    scores: ArrayLike, codes: ArrayLike, ties: Ties = "min", *, decimals: int | None = None
) -> IntArray:
    """Ranks among the rows of the same group, 1 for the best, as `ranking[ties]` gives them for each group alone.

    scores: (rows,), higher is better, NaN for a row that is not ranked; codes: (rows,) whole numbers, below zero for a
    row that is in no group. decimals: what scores are rounded to already; it makes the sort four times as fast. Rows
    that are not ranked get 0.

    >>> ranks_in_groups([7.0, 9.0, 7.0, np.nan, 1.0, 2.0], [0, 0, 0, 0, 1, 1])
    array([2, 1, 2, 0, 2, 1], dtype=int32)
    """
    values, groups = np.asarray(scores, dtype=np.float64), np.asarray(codes)
    if groups.shape != values.shape or values.ndim != 1:
        raise ValueError(f"one code for each score, not {groups.shape} for {values.shape}")
    ranks = np.zeros(values.shape, dtype=np.int32)
    ranked = ~np.isnan(values)
    if groups.size and int(groups.min()) < 0:
        ranked &= groups >= 0
    if ranked.all():
        found = ordered(values, groups, decimals)
        ranks[found.order] = ranks_in_order(found, ties)
    else:
        rows = np.flatnonzero(ranked)
        found = ordered(values[rows], groups[rows], decimals)
        ranks[rows[found.order]] = ranks_in_order(found, ties)
    return ranks


def ordered(scores: FloatArray, codes: NDArray[np.integer[Any]], decimals: int | None = None) -> Ordered:
    """Rows by group and score; no score missing."""
    if not scores.size:
        return Ordered(np.zeros(0, dtype=np.intp), *np.zeros((2, 0), dtype=np.bool_))
    least, most = int(codes.min()), int(codes.max())
    digits = (codes - least).astype(np.uint64) if least < most else None
    steps = None if decimals is None else _whole_steps(scores, decimals)
    group_bits, row_bits = (most - least).bit_length(), (scores.size - 1).bit_length()
    score_bits = 64 if steps is None else int(steps.max()).bit_length()
    if steps is None or score_bits + row_bits > 64:
        order = np.argsort(-scores)
        return _by_group(order, scores[order], None if digits is None else digits[order], group_bits)
    # Score and row in one whole number: a sort of values is several times as fast as one of row numbers.
    packed = (steps << np.uint64(row_bits)) | np.arange(scores.size, dtype=np.uint64)
    is_packed = digits is not None and group_bits + score_bits + row_bits <= 64
    if digits is not None and is_packed:
        packed |= digits << np.uint64(score_bits + row_bits)
    packed.sort()
    order = (packed & np.uint64((1 << row_bits) - 1)).astype(np.intp)
    keys = packed >> np.uint64(row_bits)
    if digits is not None and not is_packed:
        return _by_group(order, keys, digits[order], group_bits)
    return Ordered(order, _begins(keys >> np.uint64(score_bits) if is_packed else np.zeros_like(keys)), _begins(keys))


def regrouped(rows: Ordered, codes: NDArray[np.integer[Any]]) -> Ordered:
    """Rows of one group by other groups; codes: (rows,) whole numbers, below zero for a row that is in none of them.

    >>> found = regrouped(ordered(np.array([7.0, 9.0, 7.0, 1.0]), np.zeros(4, dtype=int)), np.array([0, 1, 0, -1]))
    >>> found.order.tolist(), ranks_in_order(found, "min").tolist()
    ([0, 2, 1], [1, 1, 1])
    """
    order, values, groups = rows.order, np.cumsum(rows.new_value, dtype=np.int32), codes[rows.order]
    known = groups >= 0
    if not known.all():
        order, values, groups = order[known], values[known], groups[known]
    if not order.size:
        return ordered(np.empty(0), groups)
    least, most = int(groups.min()), int(groups.max())
    bits = (most - least).bit_length()
    digits = (groups - least).astype(np.uint16 if bits <= _DIGIT else np.uint64) if bits else None
    return _by_group(order, values, digits, bits)


def _by_group(order: NDArray[np.intp], keys: NDArray[Any], groups: NDArray[Any] | None, bits: int) -> Ordered:
    """Rows that are in the order of their scores, by group; keys, groups: in that order, groups from 0."""
    if groups is None:
        new_value = _begins(keys)
        new_group = np.zeros_like(new_value)
        new_group[:1] = True
        return Ordered(order, new_group, new_value)
    for shift in range(0, bits, _DIGIT):
        # Digit by digit, and stable: numpy sorts whole numbers of 16 bits by counting.
        digit = groups if bits <= _DIGIT else groups >> np.uint64(shift)
        step = np.argsort(digit.astype(np.uint16), kind="stable")
        order, keys, groups = order[step], keys[step], groups[step]
    new_group = _begins(groups)
    return Ordered(order, new_group, new_group | _begins(keys))


def _begins(keys: NDArray[Any]) -> BoolArray:
    """Where each run of equal keys begins."""
    begins = np.ones(keys.shape, dtype=np.bool_)
    np.not_equal(keys[1:], keys[:-1], out=begins[1:])
    return begins


def ranks_in_order(rows: Ordered, ties: Ties) -> IntArray:
    """The rank of each place of the order within its group."""
    places = np.arange(rows.order.size, dtype=np.int32)
    first_of_group = np.maximum.accumulate(np.where(rows.new_group, places, np.int32(0)))
    if ties == "min":
        return np.maximum.accumulate(np.where(rows.new_value, places, np.int32(0))) - first_of_group + np.int32(1)
    if ties == "dense":
        values = np.cumsum(rows.new_value, dtype=np.int32)
        return values - values[first_of_group] + np.int32(1)
    last = np.ones(places.shape, dtype=np.bool_)
    last[:-1] = rows.new_value[1:]
    last_of_tie = np.minimum.accumulate(np.where(last, places, np.int32(places.size))[::-1])[::-1]
    return last_of_tie - first_of_group + np.int32(1)


def _whole_steps(scores: FloatArray, decimals: int) -> NDArray[np.uint64] | None:
    """How many steps of the last decimal each score is below the best; None where that is not exact."""
    scale = 10.0**decimals
    with np.errstate(over="ignore", invalid="ignore"):
        whole = np.rint(scores * scale)
        most, least = float(whole.max()), float(whole.min())
        if not (max(most, -least) < _WHOLE and most - least < _WHOLE):
            return None
    if not np.array_equal(whole / scale, scores):
        return None
    return (most - whole).astype(np.uint64)
