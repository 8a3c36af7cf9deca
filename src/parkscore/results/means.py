"""The mean score of each node by year and class, the same to the last digit for any cut into pieces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np

from parkscore.data.grid import Matrix, Rows, Vector
from parkscore.methods.exact_sums import ExactSums, exact_sum, grouped_sums
from parkscore.results.rows import Results

# Scores are added in units of this: no mean is off by 1e-9, and 131,072 scores of up to 100 are added at once, exactly.
_UNIT: Final = 2.0**-29
_EXACT: Final = 2.0**53
_FEW: Final = 6
"""Groups of which each row is told whether it is a member, to sum them at once."""

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
    sizes, members = np.bincount(codes, minlength=len(keys)), _members(codes, len(keys))
    units, lacking = np.empty(len(codes)), np.empty(len(codes), dtype=np.bool_)
    counts: list[list[int]] = []
    sums: list[list[ExactSums]] = []
    for node in nodes:
        np.multiply(results.nodes.scores[node][rows], 1 / _UNIT, out=units)
        np.rint(units, out=units)
        np.isnan(units, out=lacking)
        np.copyto(units, 0.0, where=lacking)
        counts.append((sizes - np.bincount(codes[lacking], minlength=len(keys))).tolist())
        sums.append(_sums(units, codes, members, len(keys)))
    return NodeSums(
        dict(zip(keys, zip(*counts, strict=True), strict=True)), dict(zip(keys, zip(*sums, strict=True), strict=True))
    )


def _members(codes: Rows, groups: int) -> Matrix | None:
    """(groups, rows), 1 where a row is in a group, which sums by a product of matrices; None where groups are many."""
    return None if groups > _FEW else np.equal(codes, np.arange(groups)[:, np.newaxis]).astype(np.float64)


def _sums(units: Vector, codes: Rows, members: Matrix | None, groups: int) -> list[ExactSums]:
    """For each group the sum of whole numbers."""
    largest = max(abs(float(units.max())), abs(float(units.min())))
    if largest * len(units) < _EXACT:
        # Sums of whole numbers below 2^53 are exact in any order.
        totals = np.bincount(codes, units, groups) if members is None else members @ units
        return [exact_sum([total]) for total in totals.tolist()]
    sums = grouped_sums(units, codes, groups)
    return [sums.take([group]) for group in range(groups)]


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
