"""Exact ranks within groups of more rows than memory holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from parkscore.engine.buckets import (
    BUDGET,
    BYTES_OF_A_ROW,
    Bucket,
    Buckets,
    Codes,
    Counts,
    append,
    by_bucket,
    read,
    sum_of,
)
from parkscore.engine.executors import LocalExecutor, cores
from parkscore.methods.domain import FloatArray, IntArray
from parkscore.methods.group_ranks import Ordered, Ties, ordered, ranks_in_order, regrouped

Asked = tuple[int, Ties]
"""A grouping, and how the ranks within it treat ties."""

_ORDERED, _NUMBER = 40, 4
"""Bytes that the order of a row takes, and each of its groups and ranks."""
_MOST = 2**31 - 1


class ExternalRanks:
    """Ranks of scores that come in chunks, within the groups of several groupings, in the memory of a few buckets.

    The chunks are added in the order of the rows, and the ranks come back by chunk. As many rows as the budget holds
    are sorted where they are. More are written to files in `folder` and shared out to buckets, each a range of scores
    that the budget holds; a score that alone fills a bucket needs no sort. Buckets are cut by a sample, and one that
    turns out too large is cut again: all equal, all in one group or sorted, it takes linear time, and the ranks are
    exact. All groupings share one sort: rows are ranked from the best score down, each behind those that were ranked in
    its group before.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, ExternalRanks(folder) as ranks:
    ...     ranks.add([70.0, 90.0], [0, 0])
    ...     ranks.add([70.0, np.nan, 10.0], [0, 0, 1])
    ...     ranks.finish()
    ...     [ranks.ranks(chunk).tolist() for chunk in range(2)]
    [[2, 1], [2, 0, 1]]
    """

    def __init__(
        self,
        folder: Path | str,
        *,
        groupings: int = 1,
        ties: Ties | Sequence[Ties] = "min",
        decimals: int | None = 9,
        budget: int = BUDGET,
    ) -> None:
        """Rank by scores rounded to `decimals`, or as they are; files are made in a new folder within `folder`.

        ties: as the ranking rules, one or several, each of which gives ranks of its own within every grouping. budget:
        bytes that sorting a bucket may take; not less than one chunk takes.
        """
        self._ties: tuple[Ties, ...] = (ties,) if isinstance(ties, str) else tuple(dict.fromkeys(ties))
        needed = max(BYTES_OF_A_ROW, _ORDERED + _NUMBER * groupings * (1 + len(self._ties)))
        self._buckets = Buckets(folder, budget, by_group=False, groupings=groupings, bytes_of_row=needed)
        self._decimals = decimals
        self._before = [_Before() for _ in range(groupings)]
        self._ranks: Mapping[Asked, IntArray] | None = None
        self._of_equals: dict[int, Mapping[Asked, Counts]] = {}

    def add(self, scores: ArrayLike, *codes: ArrayLike) -> None:
        """The scores of the next rows, and for each grouping the numbers of their groups, below zero for none.

        Groups are best numbered from 0 without gaps, as memory is taken up to the largest. Raises ValueError where
        scores and numbers do not go together or one is too large, OSError where the disk is full.
        """
        values, groups = np.asarray(scores, dtype=np.float64), [np.asarray(each) for each in codes]
        for each in groups:
            if each.shape != values.shape or values.ndim != 1:
                raise ValueError(f"one code for each score, not {each.shape} for {values.shape}")
            if each.size and int(each.max()) > _MOST:
                raise ValueError(f"a group has the number {each.max()}, and {_MOST} is the largest")
        if len(groups) != len(self._before):
            raise ValueError(f"codes of {len(self._before)} groupings, not of {len(groups)}")
        if self._decimals is not None:
            values = np.round(values, self._decimals)
        # Adding 0 makes one zero of 0 and -0.
        self._buckets.add(values + 0.0, np.array(groups, dtype=np.int32))

    def finish(self) -> None:
        """Rank all rows that were added."""
        if not self._buckets.spilled:
            scores, codes = self._buckets.take()
            self._ranks = self._ranked(self._in_order(scores), codes)
            return
        self._buckets.share_out(numbers=True)
        # While the rows of a bucket get their ranks, the next ones are put in order, two at most on however many cores.
        with closing(LocalExecutor(min(2, cores())).map(self._bucket_in_order, self._buckets.numbers)) as found:
            for bucket, rows in found:
                if rows is None:
                    self._of_equals[bucket.number] = self._ranked_equals(bucket)
                    continue
                for asked, ranks in self._ranked(rows, bucket.codes).items():
                    append(self._file(asked, bucket.number), ranks)

    def ranks(self, chunk: int, grouping: int = 0, ties: Ties | None = None) -> IntArray:
        """The ranks of the rows of a chunk, in their order; 0 where a row is not ranked.

        ties: one of those that were asked for, by default the first.
        """
        asked = grouping, ties or self._ties[0]
        size, first = self._buckets.chunks[chunk], sum(self._buckets.chunks[:chunk])
        if self._ranks is not None:
            return self._ranks[asked][first : first + size]
        ranks, codes = np.zeros(size, dtype=np.int32), None
        for bucket, rows in by_bucket(read(self._buckets.file("buckets"), np.int16, size, first)):
            if bucket in self._of_equals:
                codes = self._buckets.codes(chunk, grouping) if codes is None else codes
                grouped = rows[codes[rows] >= 0]
                ranks[grouped] = self._of_equals[bucket][asked][codes[grouped]]
            else:
                before = int(self._buckets.before[chunk, bucket])
                ranks[rows] = read(self._file(asked, bucket), np.int32, rows.size, before)
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

    def _file(self, asked: Asked, bucket: int) -> Path:
        grouping, ties = asked
        return self._buckets.file(f"ranks-{grouping}-{ties}", bucket)

    def _bucket_in_order(self, number: int) -> tuple[Bucket, Ordered | None]:
        bucket = self._buckets.bucket(number)
        return bucket, None if bucket.are_equal else self._in_order(bucket.scores)

    def _in_order(self, scores: FloatArray) -> Ordered:
        """The rows that have a score, from the best down."""
        missing = np.isnan(scores)
        if not missing.any():
            return ordered(scores, np.zeros(scores.size, dtype=np.int32), self._decimals)
        scored = np.flatnonzero(~missing)
        found = ordered(scores[scored], np.zeros(scored.size, dtype=np.int32), self._decimals)
        return Ordered(scored[found.order], found.new_group, found.new_value)

    def _ranked(self, rows: Ordered, codes: Codes) -> dict[Asked, IntArray]:
        """The ranks of rows that all stand below those that were ranked before; 0 for one that is not in order."""

        def within(grouping: int) -> dict[Asked, IntArray]:
            before, own_codes = self._before[grouping], codes[grouping]
            own = regrouped(rows, own_codes)
            groups = own_codes[own.order]
            ranks = {}
            for ties in self._ties:
                ranks[grouping, ties] = np.zeros(own_codes.size, dtype=np.int32)
                ranks[grouping, ties][own.order] = ranks_in_order(own, ties) + before.of(ties, groups)
            before.add(np.bincount(groups), np.bincount(groups[own.new_value]))
            return ranks

        ranks: dict[Asked, IntArray] = {}
        with closing(LocalExecutor().map(within, range(len(codes)))) as parts:
            for part in parts:
                ranks |= part
        return ranks

    def _ranked_equals(self, bucket: Bucket) -> dict[Asked, Counts]:
        """The ranks of rows of one score, by their group."""
        found: dict[Asked, Counts] = {}
        for grouping, (before, counts) in enumerate(zip(self._before, bucket.counts, strict=True)):
            groups = np.arange(counts.size)
            for ties in self._ties:
                found[grouping, ties] = before.of(ties, groups) + (counts if ties == "max" else 1)
            before.add(counts, (counts > 0).astype(np.int64))
        return found


@dataclass
class _Before:
    """How many rows of each group, and how many different scores, were ranked so far."""

    rows: Counts = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    values: Counts = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def of(self, ties: Ties, groups: NDArray[np.integer[Any]]) -> IntArray:
        """What comes before the ranks of the next rows; groups: of each of them."""
        counts = self.values if ties == "dense" else self.rows
        if not counts.any():
            return np.zeros(groups.shape, dtype=np.int32)
        known = np.zeros(int(groups.max(initial=-1)) + 1, dtype=np.int32)
        known[: counts.size] = counts[: known.size]
        return np.asarray(known[groups])

    def add(self, rows: Counts, values: Counts) -> None:
        """Rows that were ranked, and their different scores, by group."""
        self.rows, self.values = sum_of(self.rows, rows), sum_of(self.values, values)
