"""Say of a data set that was checked what scoring will find fault with, as `tree.foresee` says of a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import add
from pathlib import Path

from parkscore.data.fitted import Fitted
from parkscore.data.masking import Mask
from parkscore.engine.executors import Executor
from parkscore.engine.gathering import NoReferences
from parkscore.engine.refusals import lacking_reference
from parkscore.engine.scored_piece import score_piece
from parkscore.engine.sources import Item, Source, read_again
from parkscore.engine.stages import stages_of
from parkscore.engine.summing_up import Found
from parkscore.engine.tallies import TOLD_OF_ALL, Tally
from parkscore.engine.tasks import GatherPiece, Job
from parkscore.findings import DataError, Finding, Severity
from parkscore.framework.models import Framework
from parkscore.tree.schemes import WeightPlan


def foresee_dataset(
    framework: Framework, source: Source, executor: Executor, folder: Path, mask: Mask | None
) -> list[Finding]:
    """Warnings and errors of the steps up to the scores; source: of data in which validation found no error."""
    # Nothing is weighed before the scores.
    job, found, refusals = Job(framework, WeightPlan(None), source, None, mask), Found(), Found()
    foreseen: list[Foreseen] = []
    known: Fitted = NoReferences({})
    try:
        for stage in stages_of(framework, None):
            joining = stage.joining(framework, folder)
            for piece in executor.map(GatherPiece(job, stage.gather, known, checked=True), source.items):
                found.add(piece.found)
                if piece.gathered is not None:
                    joining.add(piece.gathered)
            found.refuse()
            known = joining.fitted(known)
            found.add(joining.findings)
        for each in executor.map(ForeseePiece(job, known), source.items):
            (refusals if each.refused else found).add(each.found)
            foreseen.append(replace(each, found=()))
    except DataError as error:
        return error.findings
    if refusals.findings:
        return refusals.findings
    counts = reduce(add, (each.tally for each in foreseen), Tally())
    lacking = lacking_reference(job, {year for each in foreseen for year in each.years}, counts)
    if lacking is not None:
        return [lacking]
    found.add(list(counts.findings(framework)))
    return [each for each in found.findings if each.severity is not Severity.INFO]


@dataclass(frozen=True)
class Foreseen:
    """What scoring finds in a piece, what is counted for all of them, and the years of its rows.

    refused: whether a rule cannot take a value, so that there are no scores.
    """

    found: Sequence[Finding]
    tally: Tally = field(default_factory=Tally)
    years: frozenset[int] = frozenset()
    refused: bool = False


@dataclass(frozen=True)
class ForeseePiece:
    """The steps up to the scores of a piece; fitted: what its rows are scored by."""

    job: Job
    fitted: Fitted

    def __call__(self, item: Item) -> Foreseen:
        """What is found; the scores are let go."""
        framework, fitted = self.job.framework, self.fitted
        table = read_again(self.job.source, item, self.job.mask).table
        assert table is not None  # noqa: S101  # it was read before
        try:
            piece = score_piece(framework, table, None, fitted)
        except DataError as error:
            return Foreseen(error.findings, refused=True)
        return Foreseen(
            [each for each in piece.scored.findings if each.code not in TOLD_OF_ALL],
            piece.tally(framework, fitted),
            piece.years,
        )
