"""Score files and folders piece by piece, and say what came of it as `score` does of a table in memory."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from parkscore.cli.ahead import is_parquet, reading_ahead_for
from parkscore.cli.console import Reply
from parkscore.cli.files import check_output
from parkscore.cli.lists import list_lines, target_lines
from parkscore.cli.references import beyond_lines, say_frozen
from parkscore.cli.row_counts import judged_rows, ranked_rows
from parkscore.findings import Finding, Place, Severity, UsageError, worst_first
from parkscore.language import Text

if TYPE_CHECKING:
    from parkscore.data.masking import Mask
    from parkscore.engine.executors import Executor
    from parkscore.engine.result import DatasetResult


class Engine(StrEnum):
    """How the rows of a table are held."""

    MEMORY = "memory"
    LOCAL = "local"
    DASK = "dask"


EngineOption = Annotated[
    Engine | None,
    typer.Option(
        "--engine",
        help="memory：一次读入；local：分块，内存不随行数增长（大文件和文件夹的默认）；dask：多个进程或集群。 "
        "All rows at once; or piece by piece, the default for large files and folders; or so by Dask.",
    ),
]
SchedulerOption = Annotated[
    str | None,
    typer.Option(
        "--scheduler",
        metavar="tcp://HOST:PORT",
        help="--engine dask 用的集群，默认用本机的进程。 A running Dask cluster; by default processes of this machine.",
    ),
]

PIECE_FORMS: Final = (".parquet", ".csv")
MEMORY_FORMS: Final = (".xlsx", ".json")
FITS_INTO_MEMORY: Final = 200_000
"""Rows of a table that is taken into memory unless somebody asks otherwise."""
_BYTES_OF_ROW: Final = 200
_SECONDS_BETWEEN: Final = 0.5


def check_scheduler(engine: Engine | None, scheduler: str | None) -> None:
    """Raise UsageError where a cluster is named that would not be used."""
    if scheduler is None or engine is Engine.DASK:
        return
    message = Text("--scheduler 只与 --engine dask 一起使用", "--scheduler goes with --engine dask only")
    raise UsageError(Finding(code="contradicting_options", severity=Severity.ERROR, message=message, value=scheduler))


def goes_in_pieces(engine: Engine | None, source: str, output: Path | None) -> bool:
    """Whether a table is scored piece by piece: as asked; else a folder is, and a file of very many rows.

    Raises UsageError where pieces are asked for and the result can only be written from memory.
    """
    folder = Path(source).is_dir()
    if engine in (Engine.LOCAL, Engine.DASK) or (folder and engine is None):
        if output is None:
            message = Text("分块计分要写出结果文件", "what is scored piece by piece is written into a file")
            hint = Text(
                "用 -o 给出 .parquet 或 .csv 文件，或用 --engine memory",
                "name one with -o, .parquet or .csv, or use --engine memory",
            )
            raise UsageError(Finding(code="no_output", severity=Severity.ERROR, message=message, hint=hint))
        _refuse_workbook(output, folder)
        check_output(output, PIECE_FORMS)
        return True
    return engine is None and output is not None and output.suffix.lower() in PIECE_FORMS and is_large(Path(source))


def _refuse_workbook(output: Path, folder: bool) -> None:
    """Raise UsageError where a result is to be written that only memory can write, with the way to do so."""
    suffix = output.suffix.lower()
    if suffix not in MEMORY_FORMS:
        return
    asked = Text("文件夹分块计分", "a folder is scored") if folder else Text("分块计分", "this is scored")
    message = Text(f"{asked.zh}，不写“{suffix}”文件", f"{asked.en} piece by piece, and not written as '{suffix}'")
    hint = Text("改用 .parquet 或 .csv，或加 --engine memory", "write .parquet or .csv, or use --engine memory")
    place = Place(str(output))
    raise UsageError(
        Finding(code="unsupported_output", severity=Severity.ERROR, place=place, message=message, hint=hint)
    )


def is_large(path: Path) -> bool:
    """Whether a file has more rows than are read at once unless somebody asks for it."""
    if path.suffix.lower() == ".csv" and path.is_file():
        return path.stat().st_size > FITS_INTO_MEMORY * _BYTES_OF_ROW
    if not is_parquet(path):
        return False
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return int(pq.read_metadata(path).num_rows) > FITS_INTO_MEMORY
    except (pa.ArrowException, OSError):
        return False  # reading it says what is wrong


def score_in_pieces(
    framework: str,
    source: str,
    output: Path,
    weights: str | None,
    year: int | None,
    strict: bool,
    mask: Mask | None,
    freeze: Path | None,
    reference: str | None,
    reply: Reply,
    engine: Engine | None = None,
    scheduler: str | None = None,
) -> None:
    """Score a file or folder piece by piece, write the result, and say what came of it."""
    ahead = nullcontext() if engine is Engine.DASK else reading_ahead_for(framework, source)
    with ahead, _executor(engine, scheduler) as executor:
        from parkscore.engine.passes import score_dataset

        result = score_dataset(
            framework,
            source,
            output,
            weights=weights,
            year=year,
            engine=executor,
            language=reply.language,
            strict=strict,
            mask=mask,
            freeze=freeze,
            reference=reference,
            progress=_Progress(reply).tell,
        )
    if reply.as_json:
        reply.document("score", _document(result, reply))
        return
    reply.say(*_lines(result))
    _say_top(result, reply)
    reply.say(Text(f"已写入 {output}", f"wrote {output}"))
    if freeze is not None:
        from parkscore.tree.frozen import load_reference

        say_frozen(load_reference(freeze), freeze, reply)
    reply.show_findings(result.findings)


def _executor(engine: Engine | None, scheduler: str | None) -> AbstractContextManager[Executor]:
    """What drives the run; it ends with the block."""
    if engine is Engine.DASK:
        from parkscore.engine.dask_executor import DaskExecutor

        return DaskExecutor(scheduler)
    from parkscore.engine.executors import LocalExecutor

    return nullcontext(LocalExecutor(gives_way=True))


class _Progress:
    """Tells how far a run is, on a terminal over the same line."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply
        self._shown = reply.as_json or not sys.stderr.isatty()
        self._next = time.monotonic() + 1.0
        self._prepared = False

    def tell(self, stage: Text, done: int, whole: int) -> None:
        """Show the stage and the share that is done, not more than twice a second."""
        if done == whole and not self._prepared:  # the rows are read, and there is still more to do
            self._prepared = True
            self._reply.load_tables()
        if self._shown or time.monotonic() < self._next:
            return
        self._next = time.monotonic() + _SECONDS_BETWEEN
        sys.stderr.write(f"\r\x1b[K{self._reply.word(stage)} {done}/{whole}")
        sys.stderr.write("\r\x1b[K" if done == whole else "")
        sys.stderr.flush()


def _document(result: DatasetResult, reply: Reply) -> dict[str, Any]:
    from parkscore.output.documents import records

    return {
        "about": dict(result.about),
        "accounting": records(result.accounting),
        "top": records(result.top),
        **({"list_counts": records(result.list_counts)} if result.framework.lists else {}),
        **({"targets": records(result.targets)} if result.framework.targets else {}),
        "reference_sha256": result.reference,
        "output": str(result.path),
        "findings": [finding.as_dict(reply.language) for finding in worst_first(result.findings)],
    }


def _lines(result: DatasetResult) -> Iterator[Text]:
    """The same lines as of a table in memory: counts, weights, notes, gates, lists, grades and targets."""
    from parkscore.framework.status_words import WEIGHTS_STATUS
    from parkscore.tree.accounting import accounting_line

    framework, years = result.framework, result.about["data_years"]
    if framework.only_judges:
        yield judged_rows(result.rows, years)
    else:
        yield ranked_rows(result.rows, result.ranked, years)
    yield accounting_line(result.accounts)
    yield from result.new_and_gone
    if framework.classes:
        yield _counted(result, "classes", None, Text("分类", "classes"))
    if not framework.only_judges:
        title, status = result.weighing.title, WEIGHTS_STATUS[result.weighing.status]
        yield Text(f"权重：{title.zh}；状态：{status.zh}", f"weights: {title.en}; status: {status.en}")
    for note in result.notes:
        yield Text(f"注意：{note.zh}", f"note: {note.en}")
    yield from beyond_lines(result.findings)
    for gate in framework.gates:
        yield _counted(result, "gate", gate.id, Text(f"门槛“{gate.label.zh}”", f"gate {gate.label.en}"))
    yield from list_lines(result)
    for scale in framework.grades:
        yield _counted(result, "grade", scale.id, Text(f"等级“{scale.label.zh}”", f"grades {scale.label.en}"))
    yield from target_lines(result)


def _counted(result: DatasetResult, part: str, code: str | None, label: Text) -> Text:
    """How many rows came to what in one part of the accounts."""
    said = [each for each in result.accounts if each.part == part and each.rows and code in (None, each.id)]
    zh, en = "，".join(f"{each.zh} {each.rows}" for each in said), ", ".join(f"{each.rows} {each.en}" for each in said)
    return Text(f"{label.zh}：{zh}（共 {result.rows}）", f"{label.en}: {en} (of {result.rows})")


def _say_top(result: DatasetResult, reply: Reply) -> None:
    from parkscore.cli.scoring import IS_RANKED, say_rows

    top = result.leading.to_pylist()
    if not top:
        return
    years: Sequence[int] = result.about["data_years"]
    label = f" {years[-1]}" if years else ""
    reply.say("", Text(f"前 {len(top)} 名{label}", f"top {len(top)}{label}"))
    say_rows(result.leading.column_names, top, [IS_RANKED] * len(top), result.framework, reply)
    reply.say("")
