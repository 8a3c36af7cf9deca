"""Rank the rows of all pieces: overall, within each class, and within each text that the framework names."""

from __future__ import annotations

from pathlib import Path
from typing import Final, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from parkscore.data.arrow_arrays import arrow_numbers, codes_of, numbers_of
from parkscore.data.table import CLASS, YEAR
from parkscore.engine.buckets import sum_of
from parkscore.engine.external_ranks import ExternalRanks
from parkscore.framework.models import Framework
from parkscore.framework.taken_ids import percentile_in, rank_in
from parkscore.methods.group_ranks import Ties
from parkscore.results.rows import CLASS_PERCENTILE, CLASS_RANK, PERCENTILE, RANK, SCORE

_PERCENTILE_OF: Final = {RANK: PERCENTILE, CLASS_RANK: CLASS_PERCENTILE}


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
        years = numbers_of(batch.column(YEAR)) if YEAR in batch.schema.names else None
        texts: list[str | None] = [None]
        of_text = np.zeros(batch.num_rows, dtype=np.int64)
        if self._column is not None:
            column = batch.column(self._column)
            texts = column.dictionary.to_pylist()
            of_text = codes_of(column).astype(np.int64)
        met, of_year = (np.array([0]), np.int64(0)) if years is None else np.unique(years, return_inverse=True)
        known = of_text >= 0
        pairs = np.where(known, of_year * len(texts) + of_text, -1)
        numbers = np.full(len(met) * len(texts) + 1, -1, dtype=np.int64)  # the last one for rows in no group
        for pair in np.flatnonzero(np.bincount(pairs[known])).tolist():
            year, text = divmod(pair, len(texts))
            key = None if years is None else int(met[year]), texts[text]
            numbers[pair] = self._numbers.setdefault(key, len(self._numbers))
        return numbers[pairs]


class Rankings:
    """Every ranking of a framework over all pieces: scores and groups come in piece by piece, and ranks go out so."""

    def __init__(self, framework: Framework, folder: Path) -> None:
        """folder: for what memory does not hold."""
        within: dict[str, str | None] = {RANK: None}
        if framework.has_classes:
            within[CLASS_RANK] = CLASS
        within |= {rank_in(name): name for name in framework.rank_within}
        self.names: Final = tuple(within)
        self._groups = [Groups(name) for name in within.values()]
        ties: tuple[Ties, ...] = (cast(Ties, framework.ranking.ties),)
        self._percentiles: tuple[str, ...] = ()
        if framework.ranking.percentiles:
            # By the last place of a tie a rank is how many rows of its group no row stands above.
            ties += ("max",)
            self._percentiles = tuple(_PERCENTILE_OF.get(name, percentile_in(str(of))) for name, of in within.items())
        self._ranked = ExternalRanks(folder, groupings=len(within), ties=ties, decimals=framework.ranking.decimals)
        self._sizes = [np.zeros(0, dtype=np.int64)] * len(within)

    def add(self, batch: pa.RecordBatch) -> dict[str, pa.Array]:
        """The scores of the next piece; for each ranking 1 for every row that will have a rank, and gaps for others."""
        scores = numbers_of(batch.column(SCORE))
        codes = [groups.codes(batch) for groups in self._groups]
        self._ranked.add(scores, *codes)
        missing = np.isnan(scores)
        if self._percentiles:
            counts = [np.bincount(own[(own >= 0) & ~missing]) for own in codes]
            self._sizes = [sum_of(before, own) for before, own in zip(self._sizes, counts, strict=True)]
        room = np.ones(scores.size, dtype=np.int32)
        return {name: arrow_numbers(room, ~missing & (own >= 0)) for name, own in zip(self.names, codes, strict=True)}

    def finish(self) -> None:
        """Rank all rows; a row without a score has no rank, nor has one within groups of which it is in none."""
        self._ranked.finish()

    def ranks(self, number: int, name: str) -> pa.Array:
        """One ranking of the rows of a piece, in their order, null where there is no rank."""
        ranks = self._ranked.ranks(number, self.names.index(name))
        return arrow_numbers(ranks, ranks != 0)

    def columns(self, number: int, batch: pa.RecordBatch) -> dict[str, pa.Array]:
        """All columns of ranks and percentiles of the rows of a piece, which are in the batch."""
        found = {name: self.ranks(number, name) for name in self.names}
        shares = (self._shares(number, grouping, batch) for grouping in range(len(self._percentiles)))
        return found | dict(zip(self._percentiles, shares, strict=True))

    def _shares(self, number: int, grouping: int, batch: pa.RecordBatch) -> pa.Array:
        """The shares of the other rows that those of a piece leave behind; null where one is not ranked, or alone.

        As `tree.percentiles` gives them.
        """
        last, codes = self._ranked.ranks(number, grouping, "max"), self._groups[grouping].codes(batch)
        sizes = np.ones(last.shape, dtype=np.int64)
        sizes[last > 0] = self._sizes[grouping][codes[last > 0]]
        return arrow_numbers((sizes - last) / np.maximum(sizes - 1, 1), sizes > 1)
