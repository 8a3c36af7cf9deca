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

    into: takes it, and is best a line of memory for each column, as what is made here without it. Whether it is, and
    in which order `left` lies in memory, changes no bit.

    Each piece has as many lines in the same order of memory, as BLAS may round the last digit of another shape
    otherwise: a line comes to the same bits whichever lines stand beside it, and whatever takes it.

    >>> product(np.ones((40, 3)), np.ones((3, 2)))[-1].tolist()
    [3.0, 3.0]
    """
    lines, columns = len(left), right.shape[1]
    found = into if into is not None and _by_column(into) else np.empty((columns, lines)).T
    if columns == 1:
        # BLAS has another way to multiply a single column, with other last digits.
        found[...] = product(left, np.repeat(right, 2, axis=1))[:, :1]
    else:
        _put(left if _by_column(left) else np.asfortranarray(left), right, found)
    if into is None or found is into:
        return found
    into[...] = found
    return into


def _by_column(matrix: Matrix) -> bool:
    """Whether each column is a line of memory."""
    return matrix.strides[0] == matrix.itemsize


def _put(left: Matrix, right: Matrix, into: Matrix) -> None:
    """The product of matrices whose columns are lines of memory; the last piece is filled up."""
    lines, columns = into.shape
    full = lines // LINES * LINES
    _put_pieces(left[:full], right, into[:full])
    if full < lines:
        filled, last = np.zeros((right.shape[0], LINES)).T, np.empty((columns, LINES)).T
        filled[: lines - full] = left[full:]
        _put_pieces(filled, right, last)
        into[full:] = last[: lines - full]


def _put_pieces(left: Matrix, right: Matrix, into: Matrix) -> None:
    pieces = len(left) // LINES
    stack, found = (each.T.reshape(each.shape[1], pieces, LINES).transpose(1, 0, 2) for each in (left, into))
    for own in _few(*right.shape):
        np.matmul(right.T[own], stack, out=found[:, own])


def _few(inner: int, columns: int) -> Iterator[slice]:
    """So many columns at a time that a piece of them is a small product."""
    wide = max(1, _MOST // (LINES * max(inner, 1)))
    return (slice(first, first + wide) for first in range(0, columns, wide))
