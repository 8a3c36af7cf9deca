"""Bring the spooled results back into the order of the data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from parkscore.data.arrow_arrays import arrow_numbers, numbers_of
from parkscore.engine.spool import PieceResults, read_batch, write_batch
from parkscore.results.rows import PLACE


def in_order_of_data(
    pieces: Sequence[PieceResults],
    finished: Callable[[int, PieceResults], pa.RecordBatch],
    progress: Callable[[int, int], None],
) -> Iterator[pa.RecordBatch]:
    """The batches of all pieces, each `finished` once with its number; a file is removed when it is done with.

    Pieces stand in the order of the data. Parts do not: theirs say where each row stands, and are cut into runs of rows
    that follow each other, each run taken from all parts.
    """
    if not pieces or PLACE not in read_batch(pieces[0]).schema.names:
        for number, results in enumerate(pieces):
            yield finished(number, results)
            if isinstance(results, Path):
                results.unlink()
            progress(number + 1, len(pieces))
        return
    paths = [results for results in pieces if isinstance(results, Path)]
    for number, path in enumerate(paths):
        write_batch(finished(number, path), path)
        progress(number + 1, 2 * len(paths))
    batches = [read_batch(path) for path in paths]
    places = [numbers_of(batch.column(PLACE)) for batch in batches]
    last = max(int(own[-1]) for own in places)
    ends = np.linspace(0, last + 1, len(paths) + 1).astype(np.int64)
    cuts = [np.searchsorted(own, ends) for own in places]
    for run in range(len(paths)):
        slices = [batch.slice(cut[run], cut[run + 1] - cut[run]) for batch, cut in zip(batches, cuts, strict=True)]
        yield _sorted([each for each in slices if each.num_rows], batches[0].schema)
        progress(len(paths) + run + 1, 2 * len(paths))


def _sorted(slices: Sequence[pa.RecordBatch], schema: pa.Schema) -> pa.RecordBatch:
    """The rows of some batches by their places, which are not needed any longer."""
    table = pa.Table.from_batches(slices, schema).unify_dictionaries()
    order = np.argsort(numbers_of(table.column(PLACE).combine_chunks()), kind="stable")
    (batch,) = table.take(arrow_numbers(order)).drop_columns([PLACE]).combine_chunks().to_batches() or [
        pa.RecordBatch.from_pylist([], schema=table.drop_columns([PLACE]).schema)
    ]
    return batch
