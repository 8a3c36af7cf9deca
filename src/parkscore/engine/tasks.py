"""What is done with one piece in each pass: functions that can be sent to another process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from parkscore.data.fitted import Fitted
from parkscore.data.masking import Mask
from parkscore.data.new_and_gone import YearsCompared, years_compared
from parkscore.data.rule_statistics import RuleStatistics
from parkscore.data.table import Table
from parkscore.data.text_hashes import Hashes
from parkscore.engine.about import CohortName
from parkscore.engine.applying import apply_to
from parkscore.engine.gathering_outliers import Parts as OutlierParts
from parkscore.engine.listing import list_batch, lists_file
from parkscore.engine.pursuing import Parts, gather_amounts
from parkscore.engine.sources import Checked, Item, Source, read_again, read_checked
from parkscore.engine.spool import PieceResults, Room, piece_file, write_batch
from parkscore.engine.summing_up import Accounts
from parkscore.engine.tallies import Tally
from parkscore.findings import DataError, Finding
from parkscore.framework.models import Framework
from parkscore.language import Language
from parkscore.results.means import NodeSums, node_sums
from parkscore.results.rows import PLACE, batch_of
from parkscore.tree.frozen import FrozenReference
from parkscore.tree.schemes import WeightPlan


@dataclass(frozen=True)
class Job:
    """What each piece is scored by; small enough to be sent along with every piece.

    freezes: whether the references are to be kept, with the ends of the values that they were fitted on.
    frozen: the reference to score by, where none is fitted. known: what the rules of validation compare rows with.
    """

    framework: Framework
    plan: WeightPlan
    source: Source
    year: int | None
    mask: Mask | None = None
    freezes: bool = False
    frozen: FrozenReference | None = None
    known: RuleStatistics = field(default_factory=RuleStatistics)

    def told(self, file: str) -> str:
        """The name of a file as it is told: where units are hidden, without their ids and names."""
        return file if self.mask is None else self.mask.file(file)

    def read(self, item: Item, *, again: bool) -> Checked:
        """A table that was read and checked; again: where it has been checked before."""
        if again:
            return read_again(self.source, item, self.mask)
        return read_checked(self.source, item, self.mask, self.known)


@dataclass(frozen=True)
class GatheredPiece:
    """What pass one tells of a piece: what was found, its statistics, None where it has an error, and its keys."""

    found: Sequence[Finding]
    gathered: Any
    keys: Hashes | None


@dataclass(frozen=True)
class GatherPiece:
    """A pass that fits: what a piece adds, and what is wrong with it.

    fitted: in the passes before. checked: whether one of these has looked at what is wrong with the data.
    """

    job: Job
    gather: Callable[[Framework, Table, int | None, Fitted], Any]
    fitted: Fitted
    checked: bool

    def __call__(self, item: Item) -> GatheredPiece:
        """The statistics of the rows."""
        job = self.job
        checked = job.read(item, again=self.checked)
        if checked.table is None:
            return GatheredPiece(checked.found, None, checked.keys)
        try:
            gathered = self.gather(job.framework, checked.table, job.year, self.fitted)
        except DataError as error:
            return GatheredPiece([*checked.found, *error.findings], None, checked.keys)
        return GatheredPiece(checked.found, gathered, checked.keys)


@dataclass(frozen=True)
class AppliedPiece:
    """What is told of a piece once its results are written.

    results: where they are, None where the piece has an error or no row to score, and once they stand in the file of
    the run. rows: how many have results. accounts: what became of each row.
    years: of these rows; known_years: of all rows of the piece. sums: of the scores. tally: what is told of all rows
    together. listed: the file of what the lists make of the rows, where there are lists. amounts: what the targets take
    of them. outliers, cohorts: as those of `Applied`. notes: what the file says of itself. keys: as those of `Checked`.
    compared: its units from year to year, where all rows of a unit stand in one piece.
    """

    number: int
    found: Sequence[Finding]
    keys: Hashes | None = None
    results: PieceResults | None = None
    rows: int = 0
    listed: Path | None = None
    accounts: Accounts = field(default_factory=dict)
    years: frozenset[int] = frozenset()
    sums: NodeSums = NodeSums.NOTHING
    tally: Tally = field(default_factory=Tally)
    amounts: Parts = field(default_factory=dict)
    outliers: OutlierParts = field(default_factory=dict)
    cohorts: frozenset[CohortName] = frozenset()
    notes: tuple[str, ...] = ()
    known_years: frozenset[int] = frozenset()
    compared: YearsCompared = field(default_factory=YearsCompared)


@dataclass(frozen=True)
class ApplyPiece:
    """Pass two: the results of a piece, kept in memory or written into the spool.

    checked: whether pass one has looked at what is wrong with the data. values: whether the values of the indicators
    are kept beside the scores. room: for results in the memory of this process, None where another one may run this.
    """

    job: Job
    fitted: Fitted
    folder: Path
    checked: bool
    language: Language
    values: bool
    room: Room | None = None

    def __call__(self, item: Item) -> AppliedPiece:
        """Where the results lie, what became of each row, and what is wrong with the piece."""
        job = self.job
        checked = job.read(item, again=self.checked)
        if checked.table is None:
            return AppliedPiece(item.number, checked.found, checked.keys)
        try:
            applied = apply_to(job.framework, checked.table, job.plan, self.fitted, job.year)
        except DataError as error:
            return AppliedPiece(item.number, [*checked.found, *error.findings], checked.keys)
        years = checked.table.years
        known_years = frozenset[int]() if years is None else frozenset(np.unique(years).tolist())
        batch = batch_of(applied.results, self.language, self.values, checked.places)
        listed = None
        if applied.candidates and batch.num_rows:
            listed = lists_file(self.folder, item.number)
            write_batch(list_batch(applied.candidates, checked.table, applied.results.rows), listed)
        return AppliedPiece(
            item.number,
            [*checked.found, *applied.findings],
            checked.keys,
            self._kept(batch, item.number) if batch.num_rows else None,
            batch.num_rows,
            listed,
            applied.accounts,
            known_years if job.year is None else known_years & {job.year},
            node_sums(applied.results, nodes_of(job.framework)),
            applied.tally,
            gather_amounts(job.framework, checked.table, item.number, checked.places),
            applied.outliers,
            applied.cohorts,
            checked.table.notes,
            known_years,
            years_compared(job.framework, checked.table) if job.source.whole_units else YearsCompared(),
        )

    def _kept(self, batch: pa.RecordBatch, number: int) -> PieceResults:
        """The results where they stay until all pieces are ranked; those that are put in order then are files."""
        if self.room is not None and PLACE not in batch.schema.names and self.room.takes(batch.nbytes):
            return batch
        path = piece_file(self.folder, number)
        write_batch(batch, path)
        return path


def nodes_of(framework: Framework) -> list[str]:
    """The nodes whose mean is told: the total first, then the tree in its order."""
    return [framework.total.id, *(node.id for node in framework.walk())]
