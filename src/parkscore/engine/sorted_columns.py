"""The values of a column in order, sorted outside memory: for rules that need to see all of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from parkscore.engine.buckets import BUDGET, Buckets, Codes, append
from parkscore.methods.domain import FloatArray
from parkscore.methods.group_ranks import ordered

_EQUALS_AT_ONCE = 1 << 16


@dataclass(frozen=True)
class SortedValues:
    """The values of one group of a column, from small to large, in a part of a file."""

    path: Path
    first: int
    count: int

    def __call__(self) -> FloatArray:
        """The values, read as far as they are looked at; they cannot be changed."""
        if not self.count:
            return np.empty(0)
        item = np.dtype(np.float64).itemsize
        return np.memmap(self.path, np.float64, mode="r", offset=self.first * item, shape=(self.count,))


class SortedColumn:
    """Values that come in chunks, each with the number of its group, and go out in order.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     column = SortedColumn(Path(folder) / "column")
    ...     column.add(np.array([3.0, 1.0]), 0)
    ...     column.add(np.array([2.0]), 0)
    ...     column.finish()[0]().tolist()
    [1.0, 2.0, 3.0]
    """

    def __init__(self, path: Path, *, budget: int = BUDGET) -> None:
        """path: the file of the values in order; other files are made beside it, and removed. budget: for sorting."""
        self._path = path
        self._buckets = Buckets(path.parent, budget)
        self._counts: dict[int, int] = {}

    def add(self, values: FloatArray, code: int) -> None:
        """More values of a group; none of them is missing."""
        self._counts.setdefault(code, 0)
        self.add_each(values, np.full(values.size, code, dtype=np.int32))

    def add_each(self, values: FloatArray, codes: Codes) -> None:
        """More values, each with the number of its group; none of them is missing."""
        for code, count in zip(*(found.tolist() for found in np.unique(codes, return_counts=True)), strict=True):
            self._counts[code] = self._counts.get(code, 0) + count
        # The best score comes first, and here that is the smallest value; adding 0 makes one zero of 0 and -0.
        self._buckets.add(0.0 - values, codes[np.newaxis])

    def finish(self) -> dict[int, SortedValues]:
        """Where the values of each group are, once they are in order; OSError where the disk is full."""
        self._path.write_bytes(b"")
        try:
            for values in self._in_order():
                append(self._path, values)
        finally:
            self._buckets.close()
        found, first = {}, 0
        for code in sorted(self._counts):
            found[code] = SortedValues(self._path, first, self._counts[code])
            first += self._counts[code]
        return found

    def _in_order(self) -> Iterator[FloatArray]:
        if not self._buckets.spilled:
            scores, (codes,) = self._buckets.take()
            yield 0.0 - scores[ordered(scores, codes).order]
            return
        self._buckets.share_out(numbers=False)
        for bucket in map(self._buckets.bucket, self._buckets.numbers):
            if not bucket.are_equal:
                yield 0.0 - bucket.scores[ordered(bucket.scores, bucket.codes[0]).order]
            for start in range(0, bucket.count if bucket.are_equal else 0, _EQUALS_AT_ONCE):
                yield np.full(min(_EQUALS_AT_ONCE, bucket.count - start), 0.0 - bucket.score)
