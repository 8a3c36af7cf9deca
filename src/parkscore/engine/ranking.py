"""Rank the rows of all pieces: overall, within each class, and within each text that the framework names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from parkscore.data.table import CLASS, YEAR
from parkscore.engine.external_ranks import ExternalRanks
from parkscore.framework.models import Framework
from parkscore.framework.taken_ids import percentile_in, rank_in
from parkscore.methods.group_ranks import Ties
from parkscore.results.rows import CLASS_PERCENTILE, CLASS_RANK, PERCENTILE, RANK, SCORE


class Groups:
    """Numbers for the groups of a ranking, given out as texts and years are met."""

    def __init__(self, column: str | None) -> None:
        """column: whose texts make the groups, within the years; None for the years alone."""
        self._column = column
        self._numbers: dict[tuple[int | None, str | None], int] = {}

    def __len__(self) -> int:
        """How many groups were met."""
        return len(self._numbers)

    def codes(self, batch: pa.RecordBatch) -> npt.NDArray[np.int64]:
        """The number of the group of each row, -1 where it has none."""
        years = batch.column(YEAR).to_numpy() if YEAR in batch.schema.names else None
        texts: list[str | None] = [None]
        of_text = np.zeros(batch.num_rows, dtype=np.int64)
        if self._column is not None:
            column = batch.column(self._column)
            texts = column.dictionary.to_pylist()
            of_text = column.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        met, of_year = (np.array([0]), np.int64(0)) if years is None else np.unique(years, return_inverse=True)
        known = of_text >= 0
        pairs = np.where(known, of_year * len(texts) + of_text, -1)
        numbers = np.full(len(met) * len(texts) + 1, -1, dtype=np.int64)  # the last one for rows in no group
        for pair in np.flatnonzero(np.bincount(pairs[known])).tolist():
            year, text = divmod(pair, len(texts))
            key = None if years is None else int(met[year]), texts[text]
            numbers[pair] = self._numbers.setdefault(key, len(self._numbers))
        return numbers[pairs]


@dataclass(frozen=True)
class Ranking:
    """One ranking over all pieces: scores and groups come in piece by piece, and ranks go out the same way."""

    groups: Groups
    ranked: ExternalRanks

    def add(self, batch: pa.RecordBatch) -> pa.Array:
        """The scores of the next piece; an array in which every row that will have a rank has 1, and others a gap."""
        scores, codes = batch.column(SCORE).to_numpy(zero_copy_only=False), self.groups.codes(batch)
        self.ranked.add(scores, codes)
        return pa.array(np.ones(codes.size, dtype=np.int32), mask=np.isnan(scores) | (codes < 0))

    def finish(self) -> None:
        """Rank all rows; a row without a score or a group has no rank."""
        self.ranked.finish()

    def ranks(self, number: int) -> pa.Array:
        """The ranks of the rows of a piece, in their order, null where there is none."""
        ranks = self.ranked.ranks(number)
        return pa.array(ranks, mask=ranks == 0)

    def column(self, number: int, batch: pa.RecordBatch) -> pa.Array:
        """The same, whatever the rows are."""
        del batch
        return self.ranks(number)


class Shares:
    """The percentiles of one ranking over all pieces, as `tree.percentiles` gives them."""

    def __init__(self, groups: Groups, ranked: ExternalRanks) -> None:
        """ranked: by the last place of a tie, so that a rank is how many rows of its group no row stands above."""
        self._groups, self._ranked = groups, ranked
        self._sizes = np.zeros(0, dtype=np.int64)

    def add(self, batch: pa.RecordBatch) -> None:
        """The scores of the next piece."""
        scores, codes = batch.column(SCORE).to_numpy(zero_copy_only=False), self._groups.codes(batch)
        self._ranked.add(scores, codes)
        sizes = np.bincount(codes[(codes >= 0) & ~np.isnan(scores)], minlength=self._sizes.size)
        sizes[: self._sizes.size] += self._sizes
        self._sizes = sizes

    def finish(self) -> None:
        """Rank all rows."""
        self._ranked.finish()

    def column(self, number: int, batch: pa.RecordBatch) -> pa.Array:
        """The shares of the other rows that those of a piece leave behind; null where one is not ranked, or alone."""
        last, codes = self._ranked.ranks(number), self._groups.codes(batch)
        sizes = np.ones(last.shape, dtype=np.int64)
        sizes[last > 0] = self._sizes[codes[last > 0]]
        return pa.array((sizes - last) / np.maximum(sizes - 1, 1), mask=sizes < 2)


def rankings(framework: Framework, folder: Path) -> dict[str, Ranking | Shares]:
    """Every ranking of a framework, by the column that it fills; what memory does not hold goes into the folder.

    Where percentiles are asked for, each ranking has a column of them beside its own. No two share anything, so that
    each can be ranked in a thread of its own.
    """
    within: dict[str, str | None] = {RANK: None}
    if framework.has_classes:
        within[CLASS_RANK] = CLASS
    within |= {rank_in(name): name for name in framework.rank_within}
    ties, decimals = cast(Ties, framework.ranking.ties), framework.ranking.decimals
    beside = {RANK: PERCENTILE, CLASS_RANK: CLASS_PERCENTILE}
    beside |= {rank_in(name): percentile_in(name) for name in framework.rank_within}
    found: dict[str, Ranking | Shares] = {}
    for column, name in within.items():
        found[column] = Ranking(Groups(name), ExternalRanks(folder, ties=ties, decimals=decimals))
        if framework.ranking.percentiles:
            found[beside[column]] = Shares(Groups(name), ExternalRanks(folder, ties="max", decimals=decimals))
    return found
