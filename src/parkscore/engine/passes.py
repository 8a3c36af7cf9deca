"""Score a dataset in two passes over its pieces: gather the references, then score each row by them; then rank."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Final, Literal

from parkscore.data.datasets import Piece, open_dataset
from parkscore.data.fitted import Fitted
from parkscore.data.masking import Mask
from parkscore.engine.closing import Closing
from parkscore.engine.executors import Executor, LocalExecutor
from parkscore.engine.gathering import NoReferences, fitted_from, relative_leaves
from parkscore.engine.result import DatasetResult
from parkscore.engine.spool import spool_folder
from parkscore.engine.suitable import refuse_unsuitable
from parkscore.engine.summing_up import Found
from parkscore.engine.tasks import AppliedPiece, ApplyPiece, GatherPiece, Job
from parkscore.evaluating import doubts, refuse_other_types
from parkscore.framework.loading import load_framework
from parkscore.framework.models import Framework
from parkscore.framework.slots import refuse_unfilled
from parkscore.language import Language, Text
from parkscore.tree.schemes import Weights, plan_weights

Progress = Callable[[Text, int, int], None]
"""Told after each piece: what is being done, how many pieces are through, of how many."""

ROWS_OF_PIECE: Final = 65_536
FITTING: Final = Text("拟合参照值", "fitting")
APPLYING: Final = Text("计分", "scoring")
WRITING: Final = Text("写出", "writing")


def score_dataset(
    framework: str | Path | Framework,
    data: str | PathLike[str],
    output: str | PathLike[str],
    *,
    weights: Weights = None,
    year: int | None = None,
    engine: Executor | Literal["local"] = "local",
    language: Language = "en",
    strict: bool = False,
    mask: Mask | None = None,
    progress: Progress | None = None,
) -> DatasetResult:
    """Score and rank the units of a file or folder that need not fit into memory, and write the result.

    framework, weights, year: as for `evaluate`. data: a .parquet file, or a folder of such files. output: a .parquet or
    .csv file with a row for each row of the data, in their order, and the columns of `Evaluation.scores`; Parquet has
    the values of the indicators, too, as `value:` and the id. engine: `local` for threads of this process, or an
    executor. language: that of reasons and notes. strict: whether a warning ends the run like an error. mask: puts
    keyed hashes in the place of units and names. progress: told after each piece.

    The scores are those of `evaluate` to twelve digits, and the ranks are the same; how the data are cut into files and
    pieces changes no bit.

    Raises UsageError with everything in the framework that needs all rows at once, before anything is read, and
    DataError with everything that is wrong with the data; then there is no output.
    """
    refuse_other_types(data=data, weights=weights, year=year)
    loaded, target = load_framework(framework), Path(output)
    plan = plan_weights(loaded, weights)
    refuse_unfilled(loaded)
    refuse_unsuitable(loaded, plan)
    executor = LocalExecutor() if isinstance(engine, str) else engine
    job = Job(loaded, plan, open_dataset(data, loaded), year, mask)
    with spool_folder(target) as folder:
        return _Run(job, executor, folder, target, language, strict, progress or _tell_nobody).result()


def _tell_nobody(_stage: Text, _done: int, _whole: int) -> None:
    """No progress is asked for."""


@dataclass(frozen=True)
class _Run:
    """One dataset on its way through the passes."""

    job: Job
    executor: Executor
    folder: Path
    target: Path
    language: Language
    strict: bool
    progress: Progress

    def result(self) -> DatasetResult:
        """Fit, apply, rank and write, in this order."""
        found = Found([*doubts(self.job.framework), *self.job.dataset.findings])
        pieces = self.job.dataset.pieces(ROWS_OF_PIECE)
        relative = bool(relative_leaves(self.job.framework))
        fitted = self._fit(pieces, found) if relative else NoReferences({})
        applied = self._apply(pieces, fitted, relative, found)
        closing = Closing(self.job, fitted, applied, self.language, self.folder)
        found.add([*closing.tally.findings(self.job.framework), *closing.weighing.findings])
        found.refuse(self.strict)
        top = closing.write(self.target, lambda done: self.progress(WRITING, done, len(pieces)))
        return closing.result(self.target, top, found.findings)

    def _fit(self, pieces: Sequence[Piece], found: Found) -> Fitted:
        parts = []
        for part, findings in self._driven(FITTING, GatherPiece(self.job), pieces):
            found.add(findings)
            parts.append(part)
        found.refuse()
        return fitted_from(self.job.framework, parts)

    def _apply(self, pieces: Sequence[Piece], fitted: Fitted, checked: bool, found: Found) -> list[AppliedPiece]:
        values = self.target.suffix.lower() != ".csv"
        applied = []
        task = ApplyPiece(self.job, fitted, self.folder, checked, self.language, values)
        for piece in self._driven(APPLYING, task, pieces):
            found.add(piece.findings)
            applied.append(piece)
        found.refuse()
        return applied

    def _driven(self, stage: Text, function: Callable[[Piece], Any], pieces: Sequence[Piece]) -> Iterator[Any]:
        for done, result in enumerate(self.executor.map(function, pieces), start=1):
            yield result
            self.progress(stage, done, len(pieces))
