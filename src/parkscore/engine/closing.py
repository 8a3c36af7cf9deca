"""Once all pieces are scored: rank what lies in the spool, say what it is about, and write it as one file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from operator import add
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from parkscore.data.arrow_arrays import arrow_numbers, numbers_of
from parkscore.data.fitted import Fitted
from parkscore.data.grid import Cohort
from parkscore.data.new_and_gone import YearsCompared
from parkscore.data.table import YEAR
from parkscore.engine.about import cohorts_of, weighing_of
from parkscore.engine.executors import LocalExecutor
from parkscore.engine.gathering_weights import computes_weights
from parkscore.engine.in_order import in_order_of_data
from parkscore.engine.listing import Lists
from parkscore.engine.pursuing import JoiningAmounts
from parkscore.engine.ranking import Rankings
from parkscore.engine.result import DatasetResult
from parkscore.engine.spool import PieceResults, read_batch
from parkscore.engine.summing_up import accounts_together
from parkscore.engine.tallies import Tally
from parkscore.engine.tasks import AppliedPiece, Job, nodes_of
from parkscore.evaluation_about import about_run, notes_of
from parkscore.evaluation_document import document
from parkscore.findings import Finding
from parkscore.language import Language, Text
from parkscore.output.files import write_whole
from parkscore.results.files import note_of, result_file, with_ranks
from parkscore.results.lists import with_lists
from parkscore.results.means import NodeSums
from parkscore.results.rows import RANK, STATUS
from parkscore.tree.accounting import DATA, JUDGED, Account
from parkscore.tree.freezing import DataOrigin, freeze_fitted, with_weights
from parkscore.tree.frozen import FrozenReference
from parkscore.tree.gate import NOT_RANKED, RANKED
from parkscore.tree.weigh import Weighing

TOP: Final = 10


@dataclass(frozen=True)
class Closing:
    """The pieces of a dataset after pass two, and what they come to together."""

    job: Job
    fitted: Fitted
    applied: Sequence[AppliedPiece]
    amounts: JoiningAmounts
    language: Language
    folder: Path

    @cached_property
    def years(self) -> list[int]:
        """The data years of the scored rows."""
        return sorted({year for piece in self.applied for year in piece.years})

    @cached_property
    def accounts(self) -> tuple[Account, ...]:
        """What became of every row."""
        return accounts_together(self.job.framework, [*(piece.accounts for piece in self.applied), self.lists.accounts])

    @cached_property
    def lists(self) -> Lists:
        """The lists of the framework, with the place of every row."""
        listed = [piece.listed for piece in self.applied if piece.listed is not None]
        return Lists(self.job.framework, self.folder, listed)

    @cached_property
    def tally(self) -> Tally:
        """What was counted of the indicators."""
        return reduce(add, (piece.tally for piece in self.applied), Tally())

    @cached_property
    def cohorts(self) -> list[Cohort]:
        """A cohort without rows for each reference, and each class that has weights of its own, of any scored row."""
        return cohorts_of(name for piece in self.applied for name in piece.cohorts)

    @property
    def _computed(self) -> bool:
        """Whether weights are computed from these rows, of which there may be none."""
        return self.fitted.base is None and computes_weights(self.job.framework, self.job.plan)

    @cached_property
    def weighing(self) -> Weighing:
        """The weights of each class."""
        computed = self.fitted if self._computed else None
        found = weighing_of(self.job.framework, self.job.plan, self.cohorts, computed)
        if self._computed or not self.fitted.shares:
            return found
        base = str(self.fitted.base)
        frozen = (self.fitted.shares.get((base, cohort.class_id)) for cohort in self.cohorts)
        shares = (own if own is not None else other for own, other in zip(frozen, found.shares, strict=True))
        return replace(found, shares=tuple(shares))

    @cached_property
    def notes(self) -> tuple[Text, ...]:
        """What must stand on every output."""
        said = dict.fromkeys(note for piece in self.applied for note in piece.notes)
        by = () if self.job.frozen is None else (self.job.frozen.said,)
        return (*by, *notes_of(self.job.framework, self.weighing, list(said)))

    @cached_property
    def about(self) -> dict[str, Any]:
        """What was scored with what."""
        counts = Counter[str]()
        for each in self.accounts:
            if each.part == DATA:
                counts[each.outcome] += each.rows
        about = about_run(
            self.job.framework,
            self.weighing,
            file=self.job.told(self.job.source.dataset.source),
            digest=self.job.source.dataset.digest(),
            years=self.years,
            units=sum(counts[outcome] for outcome in (RANKED, NOT_RANKED, JUDGED)),
            ranked=counts[RANKED],
            notes=self.notes,
        )
        return about if self.job.frozen is None else about | self.job.frozen.about

    @property
    def origin(self) -> DataOrigin:
        """The data that the references were fitted on."""
        said = dict.fromkeys(note for piece in self.applied for note in piece.notes)
        about = self.about
        return DataOrigin(about["data"], about["data_sha256"], tuple(self.years), about["units"], tuple(said))

    @property
    def frozen(self) -> FrozenReference:
        """What the rows were scored by, to be kept, with the weights where they were computed from them."""
        framework, origin = self.job.framework, self.origin
        fitted = freeze_fitted(framework, self.fitted, origin)
        return with_weights(framework, fitted, self.job.plan, self.weighing, self.cohorts, origin)

    @cached_property
    def document(self) -> dict[str, Any]:
        """What the file of results says of itself."""
        framework, nothing = self.job.framework, NodeSums.NOTHING
        means = reduce(add, (piece.sums for piece in self.applied), nothing).means(nodes_of(framework))
        return document(
            framework, self.about, self.cohorts, self.weighing, self.fitted, means, self.accounts, self.notes
        )

    def write(self, target: Path, progress: Callable[[int, int], None]) -> pa.Table:
        """Rank, and write the file whole or not at all; the first rows of the latest year are returned."""
        pieces = [piece.results for piece in self.applied if piece.results is not None]
        ranked, in_columns = self._ranked(pieces), target.suffix.lower() != ".csv"
        note = note_of(self.notes, self.language)
        first: list[pa.RecordBatch] = []

        def with_places(number: int, results: PieceResults) -> pa.RecordBatch:
            batch = read_batch(results)
            placed = with_ranks(batch, ranked.columns(number, batch), note)
            return with_lists(placed, self.lists.columns(number)) if in_columns else placed

        def write(beside: Path) -> None:
            with result_file(beside, target.suffix.lower()) as file:
                for batch in in_order_of_data(pieces, with_places, progress):
                    first.append(leading_rows(batch, self.years))
                    file.add(batch)
                file.end(self.document)

        write_whole(target, write)
        return first_of(first)

    def _ranked(self, pieces: Sequence[PieceResults]) -> Rankings:
        """Every ranking over all pieces, with its percentiles."""
        ranked = Rankings(self.job.framework, self.folder)

        def rank() -> None:
            for results in pieces:
                ranked.add(read_batch(results))
            ranked.finish()

        # The digest of the data, which `about` has, is taken beside the rankings.
        side_by_side([lambda: self.about, rank])
        return ranked

    def result(self, target: Path, top: pa.Table, findings: Sequence[Finding]) -> DatasetResult:
        """What is told of the run."""
        return DatasetResult(
            target,
            self.job.framework,
            self.about,
            self.weighing,
            self.accounts,
            top,
            self.notes,
            tuple(findings),
            None if self.job.frozen is None else self.job.frozen.sha256,
            self.lists.counts,
            self.amounts.progress(self.years),
            self._compared,
        )

    @property
    def _compared(self) -> tuple[Text, ...]:
        """Which units are new or gone beside the year before."""
        known = frozenset(year for piece in self.applied for year in piece.known_years)
        return reduce(add, (piece.compared for piece in self.applied), YearsCompared()).sentences(self.years, known)


def side_by_side(jobs: Sequence[Callable[[], object]]) -> None:
    """Do some things in threads."""
    with closing(LocalExecutor().map(_done, jobs)) as finished:
        for _ in finished:
            continue


def _done(job: Callable[[], object]) -> None:
    job()


def leading_columns(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Who a row is, its score, its ranks and its status."""
    return batch.select(batch.schema.names[: batch.schema.names.index(STATUS) + 1])


def leading_rows(batch: pa.RecordBatch, years: Sequence[int]) -> pa.RecordBatch:
    """The rows of a batch that are among the first of the latest year."""
    with np.errstate(invalid="ignore"):  # there is no rank where a row is not ranked
        chosen = numbers_of(batch.column(RANK)) <= TOP
    if years:
        chosen &= numbers_of(batch.column(YEAR)) == years[-1]
    return plain_texts(leading_columns(batch).take(arrow_numbers(np.flatnonzero(chosen))))


def plain_texts(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The same rows with texts of their own: a dictionary would hold on to the whole piece that it came with."""
    columns = [each.dictionary_decode() if pa.types.is_dictionary(each.type) else each for each in batch.columns]
    return pa.RecordBatch.from_arrays(columns, batch.schema.names)


def first_of(batches: Sequence[pa.RecordBatch]) -> pa.Table:
    """The first of some leading rows, by their rank and in the order of the data."""
    found = [each for each in batches if each.num_rows]
    if not found:
        return pa.Table.from_batches(batches[:1]) if batches else pa.table({RANK: arrow_numbers(np.empty(0))})
    whole = pa.Table.from_batches(found)
    ranks = np.concatenate([numbers_of(each.column(RANK)) for each in found])
    return whole.take(arrow_numbers(np.argsort(ranks, kind="stable")[:TOP]))
