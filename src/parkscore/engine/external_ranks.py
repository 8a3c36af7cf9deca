"""Exact ranks within groups of more rows than memory holds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
from numpy.typing import ArrayLike

from parkscore.engine.buckets import BUDGET, Bucket, Buckets, append, by_bucket, read
from parkscore.methods.domain import IntArray
from parkscore.methods.group_ranks import Ties, ordered, ranks_in_groups, ranks_in_order


@dataclass
class _Standing:
    """Where the last group so far stands: how many of its rows, or different scores, are ranked already."""

    code: int = -1
    taken: int = 0


class ExternalRanks:
    """Ranks of scores that come in chunks, within groups, in the memory of one bucket.

    The chunks are added in the order of the rows, and the ranks come back by chunk. As many rows as the budget holds
    are sorted where they are. More are written to files in `folder` and shared out to buckets, each a range of groups
    and scores that the budget holds; a score that alone fills a bucket needs no sort. Buckets are cut by a sample, and
    one that turns out too large is cut again: all equal, all in one group or sorted, it takes linear time, and the
    ranks are exact.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, ExternalRanks(folder) as ranks:
    ...     ranks.add([70.0, 90.0], [0, 0])
    ...     ranks.add([70.0, np.nan, 10.0], [0, 0, 1])
    ...     ranks.finish()
    ...     [ranks.ranks(chunk).tolist() for chunk in range(2)]
    [[2, 1], [2, 0, 1]]
    """

    def __init__(
        self, folder: Path | str, *, ties: Ties = "min", decimals: int | None = 9, budget: int = BUDGET
    ) -> None:
        """Rank by scores rounded to `decimals`, or as they are; files are made in a new folder within `folder`.

        ties: as the ranking rules. budget: bytes that sorting may take; not less than one chunk takes.
        """
        self._buckets = Buckets(folder, budget)
        self._ties: Ties = ties
        self._decimals = decimals
        self._ranks: IntArray | None = None
        self._of_equals: dict[int, int] = {}

    def add(self, scores: ArrayLike, codes: ArrayLike) -> None:
        """The scores of the next rows and the numbers of their groups, below zero for a row in none.

        Raises ValueError where the two do not go together, OSError where the disk is full.
        """
        values, groups = np.asarray(scores, dtype=np.float64), np.asarray(codes)
        if groups.shape != values.shape or values.ndim != 1:
            raise ValueError(f"one code for each score, not {groups.shape} for {values.shape}")
        if self._decimals is not None:
            values = np.round(values, self._decimals)
        # Adding 0 makes one zero of 0 and -0.
        self._buckets.add(values + 0.0, groups.astype(np.int32))

    def finish(self) -> None:
        """Rank all rows that were added."""
        if not self._buckets.spilled:
            self._ranks = ranks_in_groups(*self._buckets.take(), self._ties, decimals=self._decimals)
            return
        self._buckets.share_out(numbers=True)
        standing = _Standing()
        for bucket in self._buckets.in_order():
            if bucket.are_equal:
                self._of_equals[bucket.number] = self._rank_equals(bucket, standing)
            else:
                append(self._buckets.file("ranks", bucket.number), self._rank_bucket(bucket, standing))

    def ranks(self, chunk: int) -> IntArray:
        """The ranks of the rows of a chunk, in their order; 0 where a row is not ranked."""
        size, first = self._buckets.chunks[chunk], sum(self._buckets.chunks[:chunk])
        if self._ranks is not None:
            return self._ranks[first : first + size]
        ranks = np.zeros(size, dtype=np.int32)
        for bucket, rows in by_bucket(read(self._buckets.file("buckets"), np.int16, size, first)):
            if bucket in self._of_equals:
                ranks[rows] = self._of_equals[bucket]
            else:
                before = int(self._buckets.before[chunk, bucket])
                ranks[rows] = read(self._buckets.file("ranks", bucket), np.int32, rows.size, before)
        return ranks

    def close(self) -> None:
        """Remove all files."""
        self._buckets.close()

    def __enter__(self) -> ExternalRanks:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Remove all files, whatever has happened."""
        self.close()

    def _rank_equals(self, bucket: Bucket, standing: _Standing) -> int:
        """The rank of all rows of one group and score."""
        if bucket.code != standing.code:
            standing.code, standing.taken = bucket.code, 0
        standing.taken += 1 if self._ties == "dense" else bucket.count
        return standing.taken - (bucket.count - 1 if self._ties == "min" else 0)

    def _rank_bucket(self, bucket: Bucket, standing: _Standing) -> IntArray:
        """The ranks of the rows of a bucket; its first group may have begun in a bucket before."""
        found = ordered(bucket.scores, bucket.codes, self._decimals)
        ranks = ranks_in_order(found, self._ties)
        begins = np.flatnonzero(found.new_group)
        if bucket.codes[found.order[0]] == standing.code:
            ranks[: begins[1] if begins.size > 1 else ranks.size] += np.int32(standing.taken)
        else:
            standing.taken = 0
        own = ranks[begins[-1] :]
        carried = standing.taken if begins.size == 1 else 0
        standing.code = int(bucket.codes[found.order[-1]])
        standing.taken = int(own[-1]) if self._ties == "dense" else own.size + carried
        in_rows = np.empty_like(ranks)
        in_rows[found.order] = ranks
        return in_rows
