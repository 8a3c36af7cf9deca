"""Multiply matrices in pieces so small that BLAS starts no threads of its own, as ours already run side by side."""

from __future__ import annotations

from typing import Final

import numpy as np

from parkscore.data.grid import Matrix

LINES: Final = 32
"""Lines of one small product."""
_MOST: Final = 2**18
"""Multiplications above which OpenBLAS divides a product among threads."""


def product(left: Matrix, right: Matrix) -> Matrix:
    """`left @ right`, (lines, columns).

    Each piece has as many lines in the same order of memory, as BLAS may round the last digit of another shape
    otherwise: a line comes to the same bits whichever lines stand beside it.

    >>> product(np.ones((40, 3)), np.ones((3, 2)))[-1].tolist()
    [3.0, 3.0]
    """
    lines, (inner, columns) = len(left), right.shape
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
    stack, into = (each.reshape(pieces, LINES, each.shape[1]) for each in (filled, found))
    wide = max(1, _MOST // (LINES * max(inner, 1)))
    for first in range(0, columns, wide):
        own = slice(first, first + wide)
        np.matmul(stack, right[:, own], out=into[:, :, own])
    return found[:lines]
