"""Exact ranks within groups of more rows than memory holds."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from parkscore.methods.domain import FloatArray, IntArray
from parkscore.methods.group_ranks import Ties, ordered, ranks_in_groups, ranks_in_order

Codes = NDArray[np.int32]
Keys = NDArray[np.complex128]

BUDGET = 64 << 20
"""Bytes that sorting may take at a time."""

_BYTES_OF_A_ROW = 64  # while it is sorted: its score, code and rank, and the arrays that order them
_ROW = np.dtype([("score", "<f8"), ("code", "<i4")])
_SAMPLE = 1 << 12


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
        self._parent = Path(folder)
        self._ties: Ties = ties
        self._decimals = decimals
        self._limit = max(budget // _BYTES_OF_A_ROW, 1)
        self._folder: Path | None = None
        self._rows: list[int] = []
        self._held: list[tuple[FloatArray, Codes]] = []
        self._sample = _Sample()
        self._cut = np.empty(0, dtype=np.complex128)
        self._before = np.zeros((1, 1), dtype=np.int64)
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
        values, groups = values + 0.0, groups.astype(np.int32)
        self._rows.append(values.size)
        self._held.append((values, groups))
        if self._folder is not None or sum(len(held) for held, _ in self._held) > self._limit:
            self._spill()

    def finish(self) -> None:
        """Rank all rows that were added."""
        if self._folder is None:
            scores = _joined([held for held, _ in self._held], np.float64)
            codes = _joined([held for _, held in self._held], np.int32)
            self._held.clear()
            self._ranks = ranks_in_groups(scores, codes, self._ties, decimals=self._decimals)
            return
        wanted = 2 * sum(self._rows) // self._limit + 1
        self._cut = _quantiles(self._sample.keys(), wanted)
        while too_large := self._share_out():
            self._cut = np.unique(np.concatenate([self._cut, *(self._cut_again(bucket) for bucket in too_large)]))
        self._file("rows").unlink()
        self._rank_buckets()

    def ranks(self, chunk: int) -> IntArray:
        """The ranks of the rows of a chunk, in their order; 0 where a row is not ranked."""
        if self._ranks is not None:
            first = sum(self._rows[:chunk])
            return self._ranks[first : first + self._rows[chunk]]
        ranks = np.zeros(self._rows[chunk], dtype=np.int32)
        where = _read(self._file("buckets"), np.int16, self._rows[chunk], sum(self._rows[:chunk]))
        for bucket, rows in _by_bucket(where):
            if bucket in self._of_equals:
                ranks[rows] = self._of_equals[bucket]
            else:
                ranks[rows] = _read(self._file("ranks", bucket), np.int32, rows.size, int(self._before[chunk, bucket]))
        return ranks

    def close(self) -> None:
        """Remove all files."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def __enter__(self) -> ExternalRanks:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Remove all files, whatever has happened."""
        self.close()

    def _file(self, kind: str, bucket: int | None = None) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="ranks-", dir=self._parent))
        return self._folder / (kind if bucket is None else f"{kind}-{bucket}")

    def _spill(self) -> None:
        """Write what is held to the file of rows."""
        for scores, codes in self._held:
            self._sample.take(_keys(scores, codes)[_is_ranked(scores, codes)])
            _append(self._file("rows"), _packed(scores, codes))
        self._held.clear()

    def _share_out(self) -> list[int]:
        """Write each row to its bucket, and the number of the bucket beside it; returns the buckets too large to sort.

        Of equals, which need no sort, no row is kept.
        """
        for path in self._file("rows").parent.glob("bucket*"):
            path.unlink()
        counts = np.zeros((len(self._rows) + 1, 2 * len(self._cut) + 1), dtype=np.int64)
        first = 0
        for chunk, size in enumerate(self._rows):
            rows = _read(self._file("rows"), _ROW, size, first)
            first += size
            where = _buckets(rows["score"], rows["code"], self._cut)
            _append(self._file("buckets"), where)
            for bucket, own in _by_bucket(where):
                counts[chunk + 1, bucket] = own.size
                if bucket % 2 == 0:
                    _append(self._file("bucket", bucket), rows[own])
        self._before = np.cumsum(counts, axis=0)
        return [int(bucket) for bucket in np.flatnonzero(self._before[-1] > self._limit) if bucket % 2 == 0]

    def _cut_again(self, bucket: int) -> Keys:
        """Where a bucket is cut into parts that are small enough."""
        count, sample = int(self._before[-1, bucket]), _Sample()
        for first in range(0, count, self._limit):
            rows = _read(self._file("bucket", bucket), _ROW, min(self._limit, count - first), first)
            sample.take(_keys(rows["score"], rows["code"]))
        return _quantiles(sample.keys(), 2 * count // self._limit + 1)

    def _rank_buckets(self) -> None:
        """Rank bucket by bucket, from the first group to the last and from its best score on."""
        standing = _Standing()
        for bucket, total in enumerate(self._before[-1].tolist()):
            if not total:
                continue
            if bucket % 2:
                self._of_equals[bucket] = self._rank_equals(int(self._cut[bucket // 2].real), total, standing)
            else:
                rows = _read(self._file("bucket", bucket), _ROW, total, 0)
                _append(self._file("ranks", bucket), self._rank_bucket(rows["score"], rows["code"], standing))
                self._file("bucket", bucket).unlink()

    def _rank_equals(self, code: int, count: int, standing: _Standing) -> int:
        """The rank of all rows of one group and score."""
        if code != standing.code:
            standing.code, standing.taken = code, 0
        standing.taken += 1 if self._ties == "dense" else count
        return standing.taken - (count - 1 if self._ties == "min" else 0)

    def _rank_bucket(self, scores: FloatArray, codes: Codes, standing: _Standing) -> IntArray:
        """The ranks of the rows of a bucket; its first group may have begun in a bucket before."""
        found = ordered(scores, codes, self._decimals)
        ranks = ranks_in_order(found, self._ties)
        begins = np.flatnonzero(found.new_group)
        if codes[found.order[0]] == standing.code:
            ranks[: begins[1] if begins.size > 1 else ranks.size] += np.int32(standing.taken)
        elif ranks.size:
            standing.taken = 0
        own = ranks[begins[-1] :]
        carried = standing.taken if begins.size == 1 else 0
        standing.code = int(codes[found.order[-1]])
        standing.taken = int(own[-1]) if self._ties == "dense" else own.size + carried
        in_rows = np.empty_like(ranks)
        in_rows[found.order] = ranks
        return in_rows


class _Sample:
    """Keys picked at random, the same in every run, about as many of each thousand rows."""

    def __init__(self) -> None:
        self._generator = np.random.default_rng(0)
        self._share = 1.0
        self._picked: list[Keys] = []

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


def _keys(scores: FloatArray, codes: Codes) -> Keys:
    """Group and falling score as one number that sorts by both: complex numbers sort by their parts in turn."""
    keys = np.empty(scores.shape, dtype=np.complex128)
    keys.real, keys.imag = codes, -scores
    return keys


def _is_ranked(scores: FloatArray, codes: Codes) -> NDArray[np.bool_]:
    return np.asarray(~np.isnan(scores) & (codes >= 0))


def _quantiles(keys: Keys, parts: int) -> Keys:
    """The different keys between so many equal parts of a sample."""
    if not keys.size:
        return keys
    in_order = np.sort(keys)
    return np.unique(in_order[np.linspace(0, in_order.size - 1, parts + 1).astype(np.intp)[1:-1]])


def _buckets(scores: FloatArray, codes: Codes, cut: Keys) -> NDArray[np.int16]:
    """The bucket of each row: 2 i between two cuts, 2 i + 1 at cut i, and -1 for a row that is not ranked."""
    where = np.zeros(scores.shape, dtype=np.int16)
    if cut.size:
        keys = _keys(scores, codes)
        passed = np.searchsorted(cut, keys, side="right")
        where += (2 * passed - (cut[np.maximum(passed - 1, 0)] == keys)).astype(np.int16)
    where[~_is_ranked(scores, codes)] = -1
    return where


def _by_bucket(where: NDArray[np.int16]) -> Iterator[tuple[int, NDArray[np.intp]]]:
    """Each bucket that has rows in a chunk, with the numbers of these rows in their order."""
    order = np.argsort(where, kind="stable")
    in_order = where[order]
    begins = np.flatnonzero(np.r_[True, in_order[1:] != in_order[:-1]]) if where.size else np.empty(0, dtype=np.intp)
    for begin, end in zip(begins, [*begins[1:], where.size], strict=False):
        if in_order[begin] >= 0:
            yield int(in_order[begin]), order[begin:end]


def _packed(scores: FloatArray, codes: Codes) -> NDArray[Any]:
    rows = np.empty(scores.shape, dtype=_ROW)
    rows["score"], rows["code"] = scores, codes
    return rows


def _joined(parts: list[NDArray[Any]], kind: type) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.empty(0, dtype=kind)


def _append(path: Path, rows: NDArray[Any]) -> None:
    with path.open("ab") as file:
        file.write(rows.tobytes())


def _read(path: Path, kind: Any, count: int, first: int) -> NDArray[Any]:
    return np.fromfile(path, dtype=kind, count=count, offset=first * np.dtype(kind).itemsize)
