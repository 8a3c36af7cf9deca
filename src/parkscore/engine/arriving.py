"""Write results as they come, with room for their ranks, which are filled in once all rows are scored."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Self

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from parkscore.data.arrow_arrays import arrow_numbers, numbers_of
from parkscore.data.grid import Rows
from parkscore.data.table import UNIT, YEAR
from parkscore.engine.closing import (
    TOP,
    Closing,
    first_of,
    leading_columns,
    leading_rows,
    plain_texts,
    side_by_side,
)
from parkscore.engine.executors import LocalExecutor
from parkscore.engine.ranking import Rankings
from parkscore.engine.spool import read_batch
from parkscore.engine.tasks import AppliedPiece, Job
from parkscore.framework.models import Framework
from parkscore.language import Language, Text
from parkscore.output.files import write_whole
from parkscore.results.files import NOTE, ParquetFile, fill_in, note_of, with_ranks
from parkscore.results.rows import SCORE

NotesAfter = Callable[[AppliedPiece], Sequence[Text]]
"""What stands on every row, as far as it can be told from a piece."""

_NAME, _AGAIN = "results.parquet", "results-again.parquet"
_WAITING: Final = 2
"""Pieces that may wait to be written."""


def can_arrive(job: Job, target: Path) -> bool:
    """Whether nothing but whole numbers of a known size is missing when a piece is scored: its ranks.

    Percentiles have gaps that are known in the end only, lists have columns of their own, and parts are not in the
    order of the data. A csv file has no room that could be filled in.
    """
    framework = job.framework
    other = framework.lists or framework.ranking.percentiles or job.source.whole_units
    return target.suffix.lower() != ".csv" and not other


class Arriving:
    """A Parquet file in the folder of a run, which takes the results of the pieces in their order.

    A thread of its own writes it, so that the next pieces are scored and all are ranked meanwhile. What stands on every
    row is taken from the first piece. Where others say more, the file is written once more.
    """

    def __init__(self, framework: Framework, folder: Path, language: Language, notes: NotesAfter) -> None:
        """Nothing is written yet."""
        self._folder, self._language, self._notes = folder, language, notes
        self._decimals = framework.ranking.decimals
        self._file = ParquetFile(folder / _NAME)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="parkscore-writer")
        self._writing: deque[Future[None]] = deque()
        self._ranked = Rankings(framework, folder)
        self._note: str | None = None
        self._best: list[_Best] = []

    def __enter__(self) -> Self:
        """Open until the end of the run."""
        return self

    def __exit__(self, *why: object) -> None:
        """Let go of the file, once nobody writes into it."""
        self._writer.shutdown(wait=True, cancel_futures=True)
        self._file.__exit__(*why)

    def add(self, piece: AppliedPiece) -> AppliedPiece:
        """Write the results of the next piece, which then has none of its own any longer."""
        if piece.results is None:
            return piece
        if not self._best:
            self._note = note_of(self._notes(piece), self._language)
        batch = read_batch(piece.results)
        whole = with_ranks(batch, self._ranked.add(batch), self._note)
        self._wait_for_writer(_WAITING)
        self._writing.append(self._writer.submit(self._file.add, whole))
        rows = _best_rows(batch, self._decimals)
        self._best.append(_Best(rows, plain_texts(leading_columns(whole).take(arrow_numbers(rows)))))
        if isinstance(piece.results, Path):
            piece.results.unlink()
        return replace(piece, results=None)

    def _wait_for_writer(self, most: int) -> None:
        """Until no more than so many pieces wait; what went wrong when one was written is raised here."""
        while len(self._writing) > most:
            self._writing.popleft().result()

    def write(self, closing: Closing, target: Path, progress: Callable[[int, int], None]) -> pa.Table:
        """Fill in the ranks, and put the file in its place; the first rows of the latest year are returned."""

        def finish(beside: Path) -> None:
            # While the last rows are written, all are ranked, and the digest of the data is taken, which `about` has.
            self._writing.append(self._writer.submit(self._file.write_waiting))
            side_by_side([self._ranked.finish, lambda: closing.about])
            self._wait_for_writer(0)
            path, names = self._ended(closing), self._ranked.names
            with contextlib.closing(
                LocalExecutor().map(lambda name: fill_in(path, name, self._known(name)), names)
            ) as filled:
                for done, _ in enumerate(filled, start=1):
                    progress(done, len(names))
            beside.unlink()  # some file systems flush what is renamed onto another file, and this one is empty
            path.replace(beside)

        write_whole(target, finish)
        return first_of([leading_rows(best.ranked(), closing.years) for best in self._best])

    def _ended(self, closing: Closing) -> Path:
        """The file with all that it says of itself; still without ranks."""
        note = note_of(closing.notes, self._language)
        if note == self._note:
            self._file.end(closing.document)
            return self._folder / _NAME
        self._file.end({})
        return self._once_more(note, closing)

    def _once_more(self, note: str | None, closing: Closing) -> Path:
        """The same file with another note on every row."""
        path, again = self._folder / _NAME, self._folder / _AGAIN
        with pq.ParquetFile(path) as old:
            texts = [name for name in old.schema_arrow.names if pa.types.is_string(old.schema_arrow.field(name).type)]
        coded = [name for name in texts if name != UNIT]
        with pq.ParquetFile(path, read_dictionary=coded) as old, ParquetFile(again) as new:
            for group in range(old.num_row_groups):
                for batch in old.read_row_group(group).to_batches():
                    kept = [name for name in batch.schema.names if name != NOTE]
                    new.add(with_ranks(batch.select(kept), {}, note))
            new.end(closing.document)
        path.unlink()
        return again

    def _known(self, name: str) -> Iterator[pa.Array]:
        """The ranks of every piece; its best rows are given theirs on the way."""
        for number, best in enumerate(self._best):
            ranks = self._ranked.ranks(number, name)
            best.ranks[name] = ranks.take(arrow_numbers(best.rows))
            yield ranks


@dataclass
class _Best:
    """Rows of a piece that may be among the first, the leading columns of them, and their ranks once they are known."""

    rows: Rows
    columns: pa.RecordBatch
    ranks: dict[str, pa.Array] = field(default_factory=dict)

    def ranked(self) -> pa.RecordBatch:
        """The columns with the ranks in their places."""
        columns = dict(zip(self.columns.schema.names, self.columns.columns, strict=True))
        return pa.RecordBatch.from_pydict(columns | self.ranks)


def _best_rows(batch: pa.RecordBatch, decimals: int) -> Rows:
    """The first rows of each year that no more than a few rows of it stand above."""
    rounded = np.round(numbers_of(batch.column(SCORE)), decimals)
    scored = ~np.isnan(rounded)
    years = numbers_of(batch.column(YEAR)) if YEAR in batch.schema.names else None
    found = []
    for of_year in [scored] if years is None else [scored & (years == year) for year in np.unique(years)]:
        rows = np.flatnonzero(of_year)
        falling = -rounded[rows]
        if rows.size > TOP:
            rows = rows[falling <= np.partition(falling, TOP - 1)[TOP - 1]]
        found.append(rows[np.argsort(-rounded[rows], kind="stable")[:TOP]])
    return np.concatenate(found)
