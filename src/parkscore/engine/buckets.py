"""Rows by group and score, shared out to files of which each fits into memory."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from parkscore.engine.executors import LocalExecutor
from parkscore.methods.domain import FloatArray

Codes = NDArray[np.int32]
Keys = NDArray[Any]
Counts = NDArray[np.int64]

BUDGET = 64 << 20
"""Bytes that sorting a bucket may take."""

BYTES_OF_A_ROW = 64
"""While it is sorted: its score, codes and ranks, and the arrays that order them."""
_SAMPLE = 1 << 12


class Held(NamedTuple):
    """Rows that memory holds: (rows,) scores, and (groupings, rows) codes."""

    scores: FloatArray
    codes: Codes


@dataclass(frozen=True)
class Bucket:
    """The rows of a range of groups and scores, in the order of the rows; or so many equal ones, of which none is kept.

    codes: (groupings, rows). score: of all rows, where they are equal; scores and codes are empty then. counts: for
    each grouping, how many of the equal ones are in each group.
    """

    number: int
    count: int
    scores: FloatArray
    codes: Codes
    score: float = 0.0
    counts: Sequence[Counts] = ()

    @property
    def are_equal(self) -> bool:
        """Whether all rows have one score, and where buckets are cut by groups are in one group."""
        return not self.scores.size


class Buckets:
    """Rows that come in chunks, held while the budget lasts and written to files of a folder from then on.

    Buckets are cut by a sample. One that turns out too large is cut again, and a score that alone fills one is counted
    and not kept: whatever the data, no bucket takes more than the budget. A row is in a group of each grouping; one
    grouping is cut by group and score, of several none comes before another, and only scores cut them.
    """

    def __init__(
        self,
        folder: Path | str,
        budget: int = BUDGET,
        *,
        by_group: bool = True,
        groupings: int = 1,
        bytes_of_row: int = BYTES_OF_A_ROW,
    ) -> None:
        """Files are made in a new folder within `folder`; budget: bytes that sorting a bucket may take.

        by_group: whether all rows of a group come before those of the next, of one grouping; otherwise only scores
        count, and rows have groups of several. bytes_of_row: that a row takes while it is sorted.
        """
        self._by_group, self._groupings = by_group, groupings
        self._row = np.dtype([("score", "<f8"), ("codes", "<i4", (groupings,))])
        self._parent = Path(folder)
        self._limit = max(budget // bytes_of_row, 1)
        self._folder: Path | None = None
        self.chunks: list[int] = []
        self._held: list[Held] = []
        self._sample = _Sample()
        self._cut = np.empty(0)
        self._equals: dict[int, list[Counts]] = {}
        self.before = np.zeros((1, 1), dtype=np.int64)

    @property
    def spilled(self) -> bool:
        """Whether the rows are in files."""
        return self._folder is not None

    def add(self, scores: FloatArray, codes: Codes) -> None:
        """The next chunk, codes: (groupings, rows); OSError where the disk is full."""
        self.chunks.append(scores.size)
        self._held.append(Held(scores, codes))
        if self.spilled or sum(each.scores.size for each in self._held) > self._limit:
            for each in self._held:
                self._spill(each)
            self._held.clear()

    def take(self) -> Held:
        """All rows, where they are in memory; they are given away."""
        scores, codes = [each.scores for each in self._held], [each.codes for each in self._held]
        self._held.clear()
        nothing = np.empty((self._groupings, 0), dtype=np.int32)
        return Held(np.concatenate([np.empty(0), *scores]), np.concatenate([nothing, *codes], axis=1))

    def share_out(self, *, numbers: bool) -> None:
        """Write every row to its bucket, and with `numbers` the bucket of every row, too.

        `before` then has for each chunk how many rows of each bucket come before it, and for all of them at its end.
        """
        self._cut = _quantiles(self._sample.keys(), 2 * sum(self.chunks) // self._limit + 1)
        while too_large := self._shared_out(numbers):
            self._cut = np.unique(np.concatenate([self._cut, *(self._cut_again(bucket) for bucket in too_large)]))
        if not self._equals:
            self.file("rows").unlink()

    def codes(self, chunk: int, grouping: int) -> Codes:
        """The groups of the rows of a chunk, which are kept where a bucket of equal ones has no rows of its own."""
        return np.ascontiguousarray(self._read(chunk)["codes"][:, grouping])

    @property
    def numbers(self) -> list[int]:
        """The buckets that have rows, from the first group to the last, the best score of each group first."""
        return np.flatnonzero(self.before[-1]).tolist()

    def bucket(self, number: int) -> Bucket:
        """A bucket with its rows, which are read once; several can be read side by side."""
        count = int(self.before[-1, number])
        if number % 2:
            key = self._cut[number // 2]
            score = -float(key.imag if self._by_group else key)
            nothing = Held(np.empty(0), np.empty((self._groupings, 0), dtype=np.int32))
            return Bucket(number, count, *nothing, score, self._equals[number])
        rows = read(self.file("bucket", number), self._row, count, 0)
        self.file("bucket", number).unlink()
        # A copy of its own lets go of the rows.
        return Bucket(number, count, np.ascontiguousarray(rows["score"]), np.ascontiguousarray(rows["codes"].T))

    def file(self, kind: str, bucket: int | None = None) -> Path:
        """Where something is kept."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="sorting-", dir=self._parent))
        return self._folder / (kind if bucket is None else f"{kind}-{bucket}")

    def close(self) -> None:
        """Remove all files."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _spill(self, held: Held) -> None:
        rows = np.empty(held.scores.shape, dtype=self._row)
        rows["score"], rows["codes"] = held.scores, held.codes.T
        self._sample.take(self._keys(rows)[self._is_ranked(rows)])
        append(self.file("rows"), rows)

    def _keys(self, rows: NDArray[Any]) -> Keys:
        """What sorts by group and falling score: complex numbers, which sort by their parts in turn, or scores."""
        if not self._by_group:
            return np.asarray(-rows["score"])
        keys = np.empty(rows.shape, dtype=np.complex128)
        keys.real, keys.imag = rows["codes"][:, 0], -rows["score"]
        return keys

    def _is_ranked(self, rows: NDArray[Any]) -> NDArray[np.bool_]:
        scored = ~np.isnan(rows["score"])
        return np.asarray(scored & (rows["codes"][:, 0] >= 0) if self._by_group else scored)

    def _shared_out(self, numbers: bool) -> list[int]:
        """Write each row to its bucket; returns the buckets that are too large to sort."""
        for path in self.file("rows").parent.glob("bucket*"):
            path.unlink()
        self._equals = {}
        counts = np.zeros((len(self.chunks) + 1, 2 * len(self._cut) + 1), dtype=np.int64)
        with closing(LocalExecutor().map(self._parted, range(len(self.chunks)))) as parted:
            for chunk, (where, parts) in enumerate(parted, start=1):
                if numbers:
                    append(self.file("buckets"), where)
                for bucket, rows in parts:
                    counts[chunk, bucket] = rows.size
                    if bucket % 2 == 0:
                        append(self.file("bucket", bucket), rows)
                    else:
                        self._count(bucket, rows["codes"])
        self.before = np.cumsum(counts, axis=0)
        return [int(bucket) for bucket in np.flatnonzero(self.before[-1] > self._limit) if bucket % 2 == 0]

    def _parted(self, chunk: int) -> tuple[NDArray[np.int16], list[tuple[int, NDArray[Any]]]]:
        """The bucket of each row of a chunk, and the rows by bucket."""
        rows = self._read(chunk)
        # Each row as one piece of memory, not part by part.
        whole = rows.view(np.dtype((np.void, self._row.itemsize)))
        where = self._buckets(rows)
        return where, [(bucket, whole.take(own).view(self._row)) for bucket, own in by_bucket(where)]

    def _read(self, chunk: int) -> NDArray[Any]:
        return read(self.file("rows"), self._row, self.chunks[chunk], sum(self.chunks[:chunk]))

    def _buckets(self, rows: NDArray[Any]) -> NDArray[np.int16]:
        """The bucket of each row: 2 i between two cuts, 2 i + 1 at cut i, and -1 for a row that is not ranked."""
        where = np.zeros(rows.shape, dtype=np.int16)
        if self._cut.size:
            keys = self._keys(rows)
            passed = np.searchsorted(self._cut, keys, side="right")
            where += (2 * passed - (self._cut[np.maximum(passed - 1, 0)] == keys)).astype(np.int16)
        where[~self._is_ranked(rows)] = -1
        return where

    def _count(self, bucket: int, codes: Codes) -> None:
        """Count some rows of a bucket of equal ones; codes: (rows, groupings)."""
        counts = [np.bincount(own[own >= 0]) for own in codes.T]
        before = self._equals.get(bucket, [np.zeros(0, dtype=np.int64)] * len(counts))
        self._equals[bucket] = [sum_of(one, other) for one, other in zip(before, counts, strict=True)]

    def _cut_again(self, bucket: int) -> Keys:
        """Where a bucket is cut into parts that are small enough."""
        count, sample = int(self.before[-1, bucket]), _Sample()
        for first in range(0, count, self._limit):
            rows = read(self.file("bucket", bucket), self._row, min(self._limit, count - first), first)
            sample.take(self._keys(rows))
        return _quantiles(sample.keys(), 2 * count // self._limit + 1)


class _Sample:
    """Keys picked at random, the same in every run, about as many of each thousand rows."""

    def __init__(self) -> None:
        self._share = 1.0
        self._picked: list[Keys] = []

    @cached_property
    def _generator(self) -> np.random.Generator:
        return np.random.default_rng(0)  # rows that are ranked in memory need none, and it takes a while to load

    def take(self, keys: Keys) -> None:
        """Pick some of these keys."""
        self._picked.append(keys[self._generator.random(keys.size) < self._share])
        if sum(map(len, self._picked)) > 2 * _SAMPLE:
            joined = self.keys()
            share = _SAMPLE / len(joined)
            self._picked = [joined[self._generator.random(len(joined)) < share]]
            self._share *= share

    def keys(self) -> Keys:
        """All that were picked."""
        return np.concatenate(self._picked)


def _quantiles(keys: Keys, parts: int) -> Keys:
    """The different keys between so many equal parts of a sample."""
    if not keys.size:
        return keys
    in_order = np.sort(keys)
    return np.unique(in_order[np.linspace(0, in_order.size - 1, parts + 1).astype(np.intp)[1:-1]])


def sum_of(one: Counts, other: Counts) -> Counts:
    """The sum of two lists of counts; what one of them does not reach is 0 there."""
    longer, shorter = (one, other) if one.size >= other.size else (other, one)
    found = longer.astype(np.int64)
    found[: shorter.size] += shorter
    return found


def by_bucket(where: NDArray[np.int16]) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Each bucket that has rows in a chunk, with the numbers of these rows in their order."""
    order = np.argsort(where, kind="stable")
    in_order = where[order]
    begins = np.flatnonzero(np.r_[True, in_order[1:] != in_order[:-1]]) if where.size else np.empty(0, dtype=np.intp)
    for begin, end in zip(begins, [*begins[1:], where.size], strict=False):
        if in_order[begin] >= 0:
            yield int(in_order[begin]), order[begin:end]


def append(path: Path, rows: NDArray[Any]) -> None:
    """Write rows at the end of a file."""
    with path.open("ab") as file:
        file.write(np.ascontiguousarray(rows).view(np.uint8).data)


def read(path: Path, kind: Any, count: int, first: int) -> NDArray[Any]:
    """So many rows of a file, from one on."""
    return np.fromfile(path, dtype=kind, count=count, offset=first * np.dtype(kind).itemsize)
