"""What is done with one piece in each pass: functions that can be sent to another process."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from parkscore.data.datasets import Dataset, Piece
from parkscore.data.fitted import Fitted
from parkscore.data.masking import Mask
from parkscore.data.table import YEAR, Table
from parkscore.engine.applying import apply_to
from parkscore.engine.batches import SCORE, batch_of
from parkscore.engine.gathering import Gathered, gather
from parkscore.engine.node_means import NodeSums, node_sums
from parkscore.engine.reading import read_again, read_checked
from parkscore.engine.spool import piece_file, write_batch
from parkscore.engine.summing_up import Accounts
from parkscore.engine.tallies import Tally
from parkscore.findings import DataError, Finding
from parkscore.framework.models import Framework
from parkscore.language import Language
from parkscore.tree.schemes import WeightPlan


@dataclass(frozen=True)
class Job:
    """What each piece is scored by; small enough to be sent along with every piece."""

    framework: Framework
    plan: WeightPlan
    dataset: Dataset
    year: int | None
    mask: Mask | None = None


@dataclass(frozen=True)
class GatherPiece:
    """Pass one: what a piece adds to the references, and what is wrong with it."""

    job: Job

    def __call__(self, piece: Piece) -> tuple[Gathered | None, list[Finding]]:
        """The statistics; None where the piece has an error."""
        table, found = read_checked(self.job.dataset, piece, self.job.mask)
        if table is None:
            return None, found
        try:
            return gather(self.job.framework, table, self.job.year), found
        except DataError as error:
            return None, [*found, *error.findings]


@dataclass(frozen=True)
class AppliedPiece:
    """What is told of a piece once its results are written.

    path: where they lie, None where the piece has an error or no row to score. accounts: what became of each row.
    years: of the rows. sums: of the scores. tally: what is told of all rows
    together. notes: what the file says of itself.
    """

    number: int
    findings: list[Finding]
    path: Path | None = None
    accounts: Accounts = field(default_factory=dict)
    years: frozenset[int] = frozenset()
    sums: NodeSums = NodeSums.NOTHING
    tally: Tally = field(default_factory=Tally)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class ApplyPiece:
    """Pass two: the results of a piece, written into the spool.

    checked: whether pass one has looked at what is wrong with the data. values: whether the values of the indicators
    are kept beside the scores.
    """

    job: Job
    fitted: Fitted
    folder: Path
    checked: bool
    language: Language
    values: bool

    def __call__(self, piece: Piece) -> AppliedPiece:
        """Where the results lie, what became of each row, and what is wrong with the piece."""
        job, found = self.job, list[Finding]()
        try:
            table, found = self._read(piece)
            if table is None:
                return AppliedPiece(piece.number, found)
            applied = apply_to(job.framework, table, job.plan, self.fitted, job.year)
        except DataError as error:
            return AppliedPiece(piece.number, [*found, *error.findings])
        batch = batch_of(applied.results, self.language, self.values)
        path = piece_file(self.folder, piece.number)
        write_batch(batch, path)
        return AppliedPiece(
            piece.number,
            [*found, *applied.findings],
            path if batch.num_rows else None,
            applied.accounts,
            frozenset(np.unique(batch.column(YEAR).to_numpy()).tolist() if YEAR in batch.schema.names else ()),
            node_sums(batch, nodes_of(job.framework)),
            applied.tally,
            table.notes,
        )

    def _read(self, piece: Piece) -> tuple[Table | None, list[Finding]]:
        job = self.job
        if self.checked:
            return read_again(job.dataset, piece, job.mask), []
        return read_checked(job.dataset, piece, job.mask)


def nodes_of(framework: Framework) -> list[str]:
    """The columns of scores: the total first, then the tree in its order."""
    return [SCORE, *(node.id for node in framework.walk())]
