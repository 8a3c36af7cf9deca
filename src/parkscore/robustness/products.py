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
    """`left @ right`, (lines, columns); how it is cut into pieces follows from the shapes alone.

    >>> product(np.ones((40, 3)), np.ones((3, 2)))[-1].tolist()
    [3.0, 3.0]
    """
    (lines, inner), columns = left.shape, right.shape[1]
    wide = max(1, _MOST // (LINES * max(inner, 1)))
    found = np.empty((lines, columns))
    whole = lines - lines % LINES
    # A stack of small products is one call, which other threads need not wait for.
    stack, into = (each[:whole].reshape(-1, LINES, each.shape[1]) for each in (left, found))
    for first in range(0, columns, wide):
        own = slice(first, first + wide)
        np.matmul(stack, right[:, own], out=into[:, :, own])
        np.matmul(left[whole:], right[:, own], out=found[whole:, own])
    return found
