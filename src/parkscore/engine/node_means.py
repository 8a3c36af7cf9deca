"""The mean score of each node by year and class, the same to the last digit for any cut into pieces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np

from parkscore.data.grid import Matrix, Rows, Truths
from parkscore.engine.batches import Results
from parkscore.methods.exact_sums import ExactSums, exact_sum, grouped_sums

# Scores are added in units of this, which is faster for whole numbers and hides no digit that anybody reads.
_UNIT: Final = 2.0**-20
_EXACT: Final = 2.0**53

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


def node_sums(results: Results, nodes: Sequence[str]) -> NodeSums:
    """The sums over the rows of some results; nodes: by id, in the order of the sums."""
    if not results.rows.size:
        return NodeSums.NOTHING
    rows, (codes, keys) = results.selection, _groups(results)
    scores = np.empty((len(nodes), len(results.rows)))
    for place, node in enumerate(nodes):
        np.multiply(results.nodes.scores[node][rows], 1 / _UNIT, out=scores[place])
    np.rint(scores, out=scores)
    lacking = np.isnan(scores)
    sizes = np.bincount(codes, minlength=len(keys))
    counts = np.tile(sizes, (len(nodes), 1))
    for place in np.flatnonzero(lacking.any(axis=1)).tolist():
        counts[place] -= np.bincount(codes[lacking[place]], minlength=len(keys))
    return NodeSums(
        {key: tuple(counts[:, place].tolist()) for place, key in enumerate(keys)},
        dict(zip(keys, _sums(scores, lacking, codes, len(keys)), strict=True)),
    )


def _sums(scores: Matrix, lacking: Truths, codes: Rows, groups: int) -> list[tuple[ExactSums, ...]]:
    """For each group the sums of the rows of a matrix of whole numbers; lacking: what does not count."""
    with_zeros = np.where(lacking, 0.0, scores)
    largest = np.abs(with_zeros).max(initial=0.0)
    if largest * scores.shape[1] < _EXACT:
        # Sums of whole numbers below 2^53 are exact in any order.
        totals = np.stack([with_zeros @ (codes == group).astype(np.float64) for group in range(groups)])
        return [tuple(exact_sum([total]) for total in own) for own in totals.tolist()]
    sums = [grouped_sums(row, codes, groups) for row in scores]
    return [tuple(own.take([group]) for own in sums) for group in range(groups)]


def _groups(results: Results) -> tuple[Rows, list[Key]]:
    """For each row the number of its year and class, and what the numbers stand for."""
    rows = results.selection
    years: list[int | None] = [None]
    codes = np.zeros(len(results.rows), dtype=np.intp)
    if results.table.years is not None:
        met, codes = np.unique(results.table.years[rows], return_inverse=True)
        years = [int(year) for year in met]
    names: list[str | None] = [None]
    if results.classification is not None:
        coded = results.classification.coded
        names = [None, *coded.texts.tolist()]
        codes = codes * len(names) + coded.codes[rows] + 1
    used = np.flatnonzero(np.bincount(codes, minlength=len(years) * len(names)))
    numbers = np.zeros(len(years) * len(names), dtype=np.intp)
    numbers[used] = np.arange(len(used))
    return numbers[codes], [(years[pair // len(names)], names[pair % len(names)]) for pair in used.tolist()]
