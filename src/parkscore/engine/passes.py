"""Score a dataset in two passes over its pieces: gather the references, then score each row by them; then rank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from parkscore.data.by_unit import UnitParts
from parkscore.data.cohorts import refuse_year_without_time
from parkscore.data.duplicates import KeysSeen, duplicate_findings
from parkscore.data.fitted import Fitted
from parkscore.data.hidden_comparisons import refuse_hidden_comparisons
from parkscore.data.masked_datasets import open_masked
from parkscore.data.masking import Mask
from parkscore.data.validate_pieces import checks_look_back, compares_all, not_checked, not_yet_checked
from parkscore.engine.arriving import Arriving, can_arrive
from parkscore.engine.closing import Closing
from parkscore.engine.executors import Cluster, Executor, LocalExecutor, WorkersDiedError, driven_by
from parkscore.engine.gathering import NoReferences
from parkscore.engine.gathering_outliers import JoiningOutliers, treated_alone
from parkscore.engine.gathering_rules import compare_rows
from parkscore.engine.gathering_weights import computes_weights
from parkscore.engine.pursuing import JoiningAmounts
from parkscore.engine.refusals import refuse_empty, refuse_lacking_reference, workers_died
from parkscore.engine.result import DatasetResult
from parkscore.engine.sources import KeptSource, PartSource, PieceSource, PutDown, Source
from parkscore.engine.spool import HELD, Room, spool_folder
from parkscore.engine.stages import Stage, stages_of
from parkscore.engine.suitable import looks_back, refuse_unsuitable
from parkscore.engine.summing_up import Found
from parkscore.engine.tasks import AppliedPiece, ApplyPiece, GatherPiece, Job
from parkscore.evaluating import doubts, refuse_other_types
from parkscore.findings import Finding, Place, Severity, UsageError, errors_of, of_type
from parkscore.framework.loading import load_framework
from parkscore.framework.models import Framework
from parkscore.framework.slots import refuse_unfilled
from parkscore.language import Language, Text, known
from parkscore.output.files import path_of, refuse_obstacle, refuse_read, write_whole
from parkscore.tree.freezing import (
    already_frozen,
    plan_by,
    refuse_nothing_fitted,
    refuse_unfreezable,
)
from parkscore.tree.frozen import FrozenReference, load_reference, refuse_other_framework, refuse_replacing
from parkscore.tree.schemes import Weights

if TYPE_CHECKING:
    import pyarrow as pa

Progress = Callable[[Text, int, int], None]
"""Told after each piece: what is being done, how many pieces are through, of how many."""

ROWS_OF_PIECE: Final = 131_072
FORMS: Final = (".parquet", ".csv")
ENGINES: Final = ("local", "dask")
SORTING: Final = Text("按对象归并", "bringing the years of each unit together")
COMPARING: Final = Text("比较各行", "comparing rows")
APPLYING: Final = Text("计分", "scoring")
WRITING: Final = Text("写出", "writing")


def score_dataset(
    framework: str | Path | Framework,
    data: str | PathLike[str],
    output: str | PathLike[str],
    *,
    weights: Weights = None,
    year: int | None = None,
    engine: Executor | Literal["local", "dask"] = "local",
    language: Language = "en",
    strict: bool = False,
    mask: Mask | None = None,
    freeze: str | PathLike[str] | None = None,
    reference: str | Path | FrozenReference | None = None,
    progress: Progress | None = None,
) -> DatasetResult:
    """Score and rank the units of a file or folder that need not fit into memory, and write the result.

    framework, weights, year: as for `evaluate`. data: a .parquet or .csv file, or a folder of such files. output: a
    .parquet or .csv file with a row for each row of the data, in their order, and the columns of `Evaluation.scores`;
    Parquet has the values of the indicators, too, as `value:` and the id. engine: `local` for threads of this process,
    `dask` for processes of this machine, or an executor: `DaskExecutor("tcp://host:8786")` for a cluster. language:
    that of reasons and notes. strict: whether a warning ends the run like an error. mask: puts keyed hashes in the
    place of units and names. freeze: a .json file for what the scores are measured against, as `Evaluation.freeze`
    writes it. reference: such a file, to score by; nothing is fitted then. progress: told after each piece.

    The scores are those of `evaluate` to twelve digits, and the ranks are the same; how the data are cut into files and
    pieces changes no bit.

    Raises UsageError with everything in the framework that needs all rows at once, before anything is read, and
    DataError with everything that is wrong with the data; then there is no output.
    """
    known(language)
    _refuse_other_types(data, engine)
    refuse_other_types(weights=weights, year=year, reference=reference, mask=mask)
    kept = None if freeze is None else path_of(freeze, "freeze")
    loaded, target = load_framework(framework), path_of(output, "output")
    refuse_obstacle(target)
    if target.suffix.lower() not in FORMS:
        raise UsageError(_unsupported(target))
    refuse_year_without_time(loaded, year)
    frozen = None if reference is None else load_reference(reference)
    if frozen is not None:
        refuse_other_framework(frozen, loaded)
    plan = plan_by(loaded, weights, frozen)
    refuse_unfilled(loaded)
    refuse_hidden_comparisons(loaded, mask)
    refuse_unsuitable(loaded, frozen=frozen is not None)
    if freeze is not None:
        if frozen is not None:
            raise UsageError(already_frozen(frozen))
        refuse_unfreezable(loaded)
        if not computes_weights(loaded, plan):
            refuse_nothing_fitted(loaded)
    for path in (target, freeze):
        if path is not None:
            refuse_read(path, [data, *([reference] if isinstance(reference, str | Path) else [])])
    with driven_by(engine) as executor:
        # Workers elsewhere stand in another folder.
        path = Path(data).absolute() if isinstance(executor, Cluster) else data
        dataset, mask = open_masked(path, loaded, mask)
        with spool_folder(target) as folder, ExitStack() as at_end:
            if isinstance(executor, Cluster):
                executor.check(folder, [file.path for file in dataset.files])
            pieces = PieceSource(dataset, dataset.pieces(ROWS_OF_PIECE))
            job = Job(loaded, plan, pieces, year, mask, freezes=freeze is not None, frozen=frozen)
            tell = progress or _tell_nobody
            return _Run(job, executor, folder, at_end, target, kept, language, strict, tell).result()


def _refuse_other_types(data: Any, engine: Any) -> None:
    if not isinstance(data, str | PathLike):
        hint = Text(
            "给文件或文件夹的路径；DataFrame 用 evaluate", "give a file or a folder; `evaluate` takes a DataFrame"
        )
        raise UsageError(of_type("data", data, hint))
    if engine not in ENGINES and not hasattr(engine, "map"):
        message = Text(f"没有 {engine!r} 这种引擎", f"there is no engine {engine!r}")
        hint = Text("写 local、dask，或给 DaskExecutor", "say local or dask, or give a DaskExecutor")
        code = "unknown_choice"
        raise UsageError(Finding(code=code, severity=Severity.ERROR, field="engine", message=message, hint=hint))


def _unsupported(target: Path) -> Finding:
    message = Text(
        f"分块计分不写“{target.suffix}”文件", f"what is scored piece by piece is not written as '{target.suffix}'"
    )
    hint = Text("改用 .parquet 或 .csv", "write .parquet or .csv")
    code, place = "unsupported_output", Place(str(target))
    return Finding(code=code, severity=Severity.ERROR, place=place, message=message, hint=hint)


def _tell_nobody(_stage: Text, _done: int, _whole: int) -> None:
    """No progress is asked for."""


@dataclass(frozen=True)
class _Run:
    """One dataset on its way through the passes; at_end: what is done before the folder goes."""

    job: Job
    executor: Executor
    folder: Path
    at_end: ExitStack
    target: Path
    freeze: Path | None
    language: Language
    strict: bool
    progress: Progress

    def result(self) -> DatasetResult:
        """Bring together what looks back, fit, apply, rank and write, in this order."""
        framework, dataset = self.job.framework, self.job.source.dataset
        by_unit = looks_back(framework) or checks_look_back(framework)
        found = Found([*doubts(framework), *dataset.findings, *not_checked(framework, whole_units=by_unit)])
        job = replace(self.job, source=self._by_unit(found)) if by_unit else self.job
        stages = list(stages_of(framework, job.plan, job.freezes)) if job.frozen is None else []
        if (
            (stages or compares_all(framework))
            and isinstance(job.source, PieceSource)
            and isinstance(self.executor, LocalExecutor)
        ):
            job = replace(job, source=KeptSource(job.source))
        compared = compare_rows(
            job.source, dataset.pieces(ROWS_OF_PIECE), self.folder, job.mask, partial(self._driven, COMPARING)
        )
        found.add(compared.findings)
        job = replace(job, known=compared.statistics)
        fitted: Fitted = NoReferences({})
        if job.frozen is not None:
            fitted = job.frozen.fitted_under(framework, job.plan)
        for number, stage in enumerate(stages):
            fitted = self._fit(job, stage, fitted, number > 0, found)
        amounts = JoiningAmounts(framework, self.folder)

        def closing_of(pieces: Sequence[AppliedPiece]) -> Closing:
            return Closing(job, fitted, pieces, amounts, self.language, self.folder)

        arriving = None
        if can_arrive(job, self.target):
            arriving = Arriving(framework, self.folder, self.language, lambda piece: closing_of([piece]).notes)
            self.at_end.enter_context(arriving)
        closing = closing_of(self._apply(job, fitted, bool(stages), found, amounts, arriving))
        if self.job.frozen is None:
            refuse_lacking_reference(job, closing.applied, closing.tally)
        found.add([*closing.tally.findings(framework), *closing.weighing.findings])
        found.refuse(self.strict)
        frozen = None if self.freeze is None else closing.frozen
        if self.freeze is not None and frozen is not None:
            refuse_replacing(self.freeze, frozen)
        top = self._written(closing, frozen, arriving)
        return closing.result(self.target, top, found.findings)

    def _written(self, closing: Closing, frozen: FrozenReference | None, arriving: Arriving | None) -> pa.Table:
        """Write the result and the reference, both or none; the first rows are returned."""

        def write() -> pa.Table:
            tell = partial(self.progress, WRITING)
            return closing.write(self.target, tell) if arriving is None else arriving.write(closing, self.target, tell)

        if self.freeze is None or frozen is None:
            return write()
        top: list[pa.Table] = []

        def write_both(beside: Path) -> None:
            beside.write_text(frozen.text, encoding="utf-8", newline="\n")
            top.append(write())

        write_whole(self.freeze, write_both)
        return top[0]

    def _by_unit(self, found: Found) -> Source:
        """The same rows in parts of which each has all years of its units."""
        dataset = self.job.source.dataset
        pieces = dataset.pieces(ROWS_OF_PIECE)
        units = UnitParts(dataset, self.folder, max(1, len(pieces)))
        left_out, notes = Counter[str](), dict[str, None]()
        seen = KeysSeen(self.folder)
        for piece in self._driven(SORTING, PutDown(units, self.job.mask), pieces):
            found.add(piece.found)
            seen.add(piece.keys)
            left_out.update(piece.left_out)
            notes.update(dict.fromkeys(piece.notes))
        if errors_of(found.findings):
            found.add([not_yet_checked()])
        self._refuse(found, seen)
        return PartSource(units, pieces, left_out, tuple(notes))

    def _fit(self, job: Job, stage: Stage, before: Fitted, checked: bool, found: Found) -> Fitted:
        """What a stage adds to what was fitted before; checked: whether a stage before it has looked for mistakes."""
        joining, seen = stage.joining(job.framework, self.folder), KeysSeen(self.folder)
        for piece in self._driven(stage.title, GatherPiece(job, stage.gather, before, checked), job.source.items):
            found.add(piece.found)
            if piece.gathered is not None:
                joining.add(piece.gathered)
            if piece.keys is not None:
                seen.add(piece.keys)
        self._refuse(found, seen)
        fitted = joining.fitted(before)
        found.add(joining.findings)
        return fitted

    def _apply(
        self,
        job: Job,
        fitted: Fitted,
        checked: bool,
        found: Found,
        amounts: JoiningAmounts,
        arriving: Arriving | None,
    ) -> list[AppliedPiece]:
        values = self.target.suffix.lower() != ".csv"
        applied, seen = [], KeysSeen(self.folder)
        alone = [] if job.frozen is None else treated_alone(job.framework)
        outliers = JoiningOutliers(job.framework, self.folder, alone)
        if isinstance(job.source, KeptSource):
            job = replace(job, source=replace(job.source, keeps=False))
        # Of results that are written when they come few lie in memory at a time.
        room = Room(HELD if arriving is None else inf) if isinstance(self.executor, LocalExecutor) else None
        task = ApplyPiece(job, fitted, self.folder, checked, self.language, values, room)
        for piece in self._driven(APPLYING, task, job.source.items):
            found.add(piece.found)
            amounts.add(piece.amounts)
            outliers.add(piece.outliers)
            told = replace(piece, keys=None, found=(), amounts={}, outliers={})
            applied.append(told if arriving is None else arriving.add(told))
            if piece.keys is not None:
                seen.add(piece.keys)
        self._refuse(found, seen)
        refuse_empty(job, applied, found.findings)
        outliers.fitted(fitted)
        found.add(outliers.findings)
        return applied

    def _refuse(self, found: Found, seen: KeysSeen) -> None:
        """End the run where anything is wrong that was found so far, a unit that is met twice included."""
        dataset, mask = self.job.source.dataset, self.job.mask
        twice = duplicate_findings(dataset, dataset.pieces(ROWS_OF_PIECE), seen.repeated())
        found.add(twice if mask is None else mask.findings(twice, None, dataset.framework))
        found.refuse()

    def _driven(self, stage: Text, function: Callable[[Any], Any], items: Sequence[Any]) -> Iterator[Any]:
        results = self.executor.map(function, items)
        # Whatever ends the run, nobody writes into the folder any more when it is removed.
        self.at_end.callback(results.close)
        try:
            for done, result in enumerate(results, start=1):
                yield result
                self.progress(stage, done, len(items))
        except WorkersDiedError as died:
            raise UsageError(workers_died(self.job, died.item)) from None
