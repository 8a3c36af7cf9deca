"""Rows by group and score, shared out to files of which each fits into memory."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from parkscore.methods.domain import FloatArray

Codes = NDArray[np.int32]
Keys = NDArray[np.complex128]

BUDGET = 64 << 20
"""Bytes that sorting may take at a time."""

_BYTES_OF_A_ROW = 64  # while it is sorted: its score, code and rank, and the arrays that order them
_ROW = np.dtype([("score", "<f8"), ("code", "<i4")])
_SAMPLE = 1 << 12


@dataclass(frozen=True)
class Bucket:
    """The rows of a range of groups and scores, in the order of the rows; or so many equal ones, of which none is kept.

    code, score: of all rows, where they are equal; scores and codes are empty then.
    """

    number: int
    count: int
    scores: FloatArray
    codes: Codes
    code: int = -1
    score: float = 0.0

    @property
    def are_equal(self) -> bool:
        """Whether all rows are of one group and score."""
        return self.code >= 0


class Buckets:
    """Rows that come in chunks, held while the budget lasts and written to files of a folder from then on.

    Buckets are cut by a sample. One that turns out too large is cut again, and a score that alone fills one is counted
    and not kept: whatever the data, no more than the budget is read at a time.
    """

    def __init__(self, folder: Path | str, budget: int = BUDGET) -> None:
        """Files are made in a new folder within `folder`; budget: bytes that sorting may take."""
        self._parent = Path(folder)
        self._limit = max(budget // _BYTES_OF_A_ROW, 1)
        self._folder: Path | None = None
        self.chunks: list[int] = []
        self._held: list[tuple[FloatArray, Codes]] = []
        self._sample = _Sample()
        self._cut = np.empty(0, dtype=np.complex128)
        self.before = np.zeros((1, 1), dtype=np.int64)

    @property
    def spilled(self) -> bool:
        """Whether the rows are in files."""
        return self._folder is not None

    def add(self, scores: FloatArray, codes: Codes) -> None:
        """The next chunk; OSError where the disk is full."""
        self.chunks.append(scores.size)
        self._held.append((scores, codes))
        if self.spilled or sum(len(held) for held, _ in self._held) > self._limit:
            for each in self._held:
                self._spill(*each)
            self._held.clear()

    def take(self) -> tuple[FloatArray, Codes]:
        """All rows, where they are in memory; they are given away."""
        scores = _joined([held for held, _ in self._held], np.float64)
        codes = _joined([held for _, held in self._held], np.int32)
        self._held.clear()
        return scores, codes

    def share_out(self, *, numbers: bool) -> None:
        """Write every row to its bucket, and with `numbers` the bucket of every row, too.

        `before` then has for each chunk how many rows of each bucket come before it, and for all of them at its end.
        """
        self._cut = _quantiles(self._sample.keys(), 2 * sum(self.chunks) // self._limit + 1)
        while too_large := self._shared_out(numbers):
            self._cut = np.unique(np.concatenate([self._cut, *(self._cut_again(bucket) for bucket in too_large)]))
        self.file("rows").unlink()

    def in_order(self) -> Iterator[Bucket]:
        """The buckets from the first group to the last, the best score of each group first; each is read once."""
        nothing = np.empty(0), np.empty(0, dtype=np.int32)
        for number, count in enumerate(self.before[-1].tolist()):
            if count and number % 2:
                key = self._cut[number // 2]
                yield Bucket(number, count, *nothing, int(key.real), -float(key.imag))
            elif count:
                rows = read(self.file("bucket", number), _ROW, count, 0)
                yield Bucket(number, count, rows["score"], rows["code"])
                self.file("bucket", number).unlink()

    def file(self, kind: str, bucket: int | None = None) -> Path:
        """Where something is kept."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="sorting-", dir=self._parent))
        return self._folder / (kind if bucket is None else f"{kind}-{bucket}")

    def close(self) -> None:
        """Remove all files."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _spill(self, scores: FloatArray, codes: Codes) -> None:
        self._sample.take(_keys(scores, codes)[_is_ranked(scores, codes)])
        append(self.file("rows"), _packed(scores, codes))

    def _shared_out(self, numbers: bool) -> list[int]:
        """Write each row to its bucket; returns the buckets that are too large to sort."""
        for path in self.file("rows").parent.glob("bucket*"):
            path.unlink()
        counts = np.zeros((len(self.chunks) + 1, 2 * len(self._cut) + 1), dtype=np.int64)
        first = 0
        for chunk, size in enumerate(self.chunks):
            rows = read(self.file("rows"), _ROW, size, first)
            first += size
            where = _buckets(rows["score"], rows["code"], self._cut)
            if numbers:
                append(self.file("buckets"), where)
            for bucket, own in by_bucket(where):
                counts[chunk + 1, bucket] = own.size
                if bucket % 2 == 0:
                    append(self.file("bucket", bucket), rows[own])
        self.before = np.cumsum(counts, axis=0)
        return [int(bucket) for bucket in np.flatnonzero(self.before[-1] > self._limit) if bucket % 2 == 0]

    def _cut_again(self, bucket: int) -> Keys:
        """Where a bucket is cut into parts that are small enough."""
        count, sample = int(self.before[-1, bucket]), _Sample()
        for first in range(0, count, self._limit):
            rows = read(self.file("bucket", bucket), _ROW, min(self._limit, count - first), first)
            sample.take(_keys(rows["score"], rows["code"]))
        return _quantiles(sample.keys(), 2 * count // self._limit + 1)


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


def by_bucket(where: NDArray[np.int16]) -> Iterator[tuple[int, NDArray[np.intp]]]:
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


def append(path: Path, rows: NDArray[Any]) -> None:
    """Write rows at the end of a file."""
    with path.open("ab") as file:
        file.write(rows.tobytes())


def read(path: Path, kind: Any, count: int, first: int) -> NDArray[Any]:
    """So many rows of a file, from one on."""
    return np.fromfile(path, dtype=kind, count=count, offset=first * np.dtype(kind).itemsize)
