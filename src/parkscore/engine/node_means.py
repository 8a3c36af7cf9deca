"""The mean score of each node by year and class, the same to the last digit for any cut into pieces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
import pyarrow as pa

from parkscore.data.table import CLASS, YEAR
from parkscore.methods.exact_sums import ExactSums, grouped_sums

# Scores are added in units of this, which is faster for whole numbers and hides no digit that anybody reads.
_UNIT: Final = 2.0**-20

Key = tuple[int | None, str | None]
"""A year and a class."""


@dataclass(frozen=True)
class NodeSums:
    """By year and class, for each node, how many rows have a score and what they sum to."""

    NOTHING: ClassVar[NodeSums]

    counts: Mapping[Key, tuple[int, ...]]
    sums: Mapping[Key, tuple[ExactSums, ...]]

    def __add__(self, other: NodeSums) -> NodeSums:
        """The sums over the rows of both."""
        counts, sums = dict(self.counts), dict(self.sums)
        for key, own in other.counts.items():
            counts[key] = tuple(a + b for a, b in zip(counts[key], own, strict=True)) if key in counts else own
            added = other.sums[key]
            sums[key] = tuple(a + b for a, b in zip(sums[key], added, strict=True)) if key in sums else added
        return NodeSums(counts, sums)

    def means(self, nodes: Sequence[str]) -> list[dict[str, Any]]:
        """A line for each year, class and node: how many rows have a score, and their mean; None where none has."""
        lines = []
        for year, name in sorted(self.counts, key=str):
            counts, sums = self.counts[year, name], self.sums[year, name]
            for node, count, own in zip(nodes, counts, sums, strict=True):
                mean = float(own.values[0]) * _UNIT / count if count else None
                lines.append({"year": year, "class": name, "node": node, "count": count, "mean": mean})
        return lines


NodeSums.NOTHING = NodeSums({}, {})


def node_sums(batch: pa.RecordBatch, nodes: Sequence[str]) -> NodeSums:
    """The sums of a batch of results; nodes: the columns of the scores."""
    codes, keys = _groups(batch)
    counts: list[Any] = []
    sums: list[ExactSums] = []
    for node in nodes:
        scores = batch.column(node).to_numpy(zero_copy_only=False)
        sums.append(grouped_sums(np.rint(scores / _UNIT), codes, len(keys)))
        counts.append(np.bincount(codes[~np.isnan(scores)], minlength=len(keys)).tolist())
    return NodeSums(
        {key: tuple(own[place] for own in counts) for place, key in enumerate(keys)},
        {key: tuple(own.take([place]) for own in sums) for place, key in enumerate(keys)},
    )


def _groups(batch: pa.RecordBatch) -> tuple[Any, list[Key]]:
    """For each row the number of its year and class, and what the numbers stand for."""
    years: list[int | None] = [None]
    codes = np.zeros(batch.num_rows, dtype=np.intp)
    if YEAR in batch.schema.names:
        met, codes = np.unique(batch.column(YEAR).to_numpy(), return_inverse=True)
        years = [int(year) for year in met]
    names: list[str | None] = [None]
    if CLASS in batch.schema.names:
        column = batch.column(CLASS)
        names = [None, *column.dictionary.to_pylist()]
        own = column.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.intp) + 1
        codes = codes * len(names) + own
    pairs, codes = np.unique(codes, return_inverse=True)
    return codes, [(years[pair // len(names)], names[pair % len(names)]) for pair in pairs.tolist()]
