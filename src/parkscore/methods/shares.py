"""Amounts per indicator as shares of their sum."""

from __future__ import annotations

import numpy as np

from parkscore.methods.domain import BoolArray, FloatArray

# A sum within these bounds has neither overflowed nor lost digits; that of a gap is not.
_SMALLEST, _LARGEST = 1e-280, 1e300


def shares_of(amounts: FloatArray, among: BoolArray | None = None) -> FloatArray:
    """Amounts, (indicators,), none negative, as shares that sum to 1; a gap counts as 0.

    Where all are 0, equal shares `among` the marked indicators, or among all where none is marked.

    >>> shares_of(np.array([1.0, 3.0, np.nan]))
    array([0.25, 0.75, 0.  ])
    >>> shares_of(np.zeros(2), np.array([True, False]))
    array([1., 0.])
    """
    total = amounts.sum()
    if _SMALLEST < total < _LARGEST:
        shares: FloatArray = amounts / total
        return shares
    present = np.where(np.isnan(amounts), 0.0, amounts)
    if not present.any():
        present = np.ones(amounts.shape) if among is None or not among.any() else among.astype(np.float64)
    present = present / present.max(initial=0.0)
    return np.asarray(present / present.sum())
