"""Multiply matrices in pieces so small that BLAS starts no threads of its own, as ours already run side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from parkscore.data.grid import Matrix

LINES: Final = 32
"""Lines of one small product."""
_MOST: Final = 2**18
"""Multiplications above which OpenBLAS divides a product among threads."""


def product(left: Matrix, right: Matrix, into: Matrix | None = None) -> Matrix:
    """`left @ right`, (lines, columns).

    into: takes it, and is best a line of memory for each column.

    Each piece has as many lines in the same order of memory, as BLAS may round the last digit of another shape
    otherwise: a line comes to the same bits whichever lines stand beside it.

    >>> product(np.ones((40, 3)), np.ones((3, 2)))[-1].tolist()
    [3.0, 3.0]
    """
    lines, (inner, columns) = len(left), right.shape
    if into is not None:
        if columns == 1:
            into[...] = product(left, right)
        else:
            _by_column(left, right, into)
        return into
    if columns == 1:
        # BLAS has another way to multiply a single column, with other last digits.
        return product(left, np.repeat(right, 2, axis=1))[:, :1]
    pieces = -(-lines // LINES)
    if left.flags.c_contiguous and lines == pieces * LINES:
        filled = left
    else:
        filled = np.zeros((pieces * LINES, inner))
        filled[:lines] = left
    found = np.empty((pieces * LINES, columns))
    # A stack of small products is one call, which other threads need not wait for.
    stack, places = (each.reshape(pieces, LINES, each.shape[1]) for each in (filled, found))
    for own in _few(inner, columns):
        np.matmul(stack, right[:, own], out=places[:, :, own])
    return found[:lines]


def _by_column(left: Matrix, right: Matrix, into: Matrix) -> None:
    """The same, column by column; the last piece is filled up, as are those of `product`."""
    lines, (inner, columns) = len(left), right.shape
    full = lines // LINES * LINES
    _put_pieces(left[:full], right, into[:full])
    if full < lines:
        filled, found = np.zeros((inner, LINES)).T, np.empty((columns, LINES)).T
        filled[: lines - full] = left[full:]
        _put_pieces(filled, right, found)
        into[full:] = found[: lines - full]


def _put_pieces(left: Matrix, right: Matrix, into: Matrix) -> None:
    pieces = len(left) // LINES
    stack, found = (each.T.reshape(each.shape[1], pieces, LINES).transpose(1, 0, 2) for each in (left, into))
    for own in _few(*right.shape):
        np.matmul(right.T[own], stack, out=found[:, own])


def _few(inner: int, columns: int) -> Iterator[slice]:
    """So many columns at a time that a piece of them is a small product."""
    wide = max(1, _MOST // (LINES * max(inner, 1)))
    return (slice(first, first + wide) for first in range(0, columns, wide))
