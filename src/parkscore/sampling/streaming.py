"""Write a synthetic table of any size into a file or a folder of files, block by block."""

from __future__ import annotations

import csv
import io
import json
import os
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from parkscore.findings import Finding, Severity, UsageError
from parkscore.framework.fillable import refuse_no_fields
from parkscore.framework.loading import load_framework
from parkscore.framework.models import Framework
from parkscore.language import Text, plural
from parkscore.output.files import path_of, write_whole
from parkscore.output.folders import write_whole_folder
from parkscore.sampling.headings import check_range, check_whole
from parkscore.sampling.mistakes import KINDS, Made
from parkscore.sampling.returns import DrawnYear, Plan, draw_block, plain_schema, plan_of

MOST_ROWS = 100_000_000
MOST_ZONES = 100_000
MOST_YEARS = 20
SYNTHETIC = "合成数据，非真实 synthetic data, not real"
STREAMED_FORMS = (".parquet", ".csv", "")
BLOCKS_A_FILE = 8

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the rows can be made again; it stands in the metadata of every Parquet file."""

    framework: str
    rows: int
    years: int
    zones: int
    seed: int
    gaps: float
    suspect: float
    invalid: float
    synthetic: bool = True


@dataclass(frozen=True, slots=True)
class Streamed:
    """What was written: columns, enterprises that report in any year, and how many mistakes of which kind."""

    path: str
    recipe: Recipe
    columns: int
    units: int
    mistakes: dict[str, int]


def sample_file(
    framework: str | Path | Framework,
    output: str | Path,
    rows: int,
    years: int = 2,
    zones: int = 178,
    seed: int = 1,
    gaps: float = 0.05,
    suspect: float = 0.001,
    invalid: float = 0.0,
    mistakes: str | Path | None = None,
    progress: Progress | None = None,
) -> Streamed:
    """Write the synthetic returns of enterprises, as many rows as wanted, in memory for a few blocks of 65,536.

    framework: a shipped name, a .yaml or .xlsx file, or a loaded framework. output: a .parquet or .csv file, or a
    folder (a name without a suffix), which gets Parquet files by year. rows: over all years, which end with 2024; a
    framework without a time has one. zones: how many zones the enterprises are spread over, if a text field says where
    they are; the second has half as many as the first, the third a third, and so on. gaps: the share of number cells
    that are missing. suspect: the share of rows with a mistake that leaves a table to be scored, such as a slipped
    digit; invalid: with one that validation refuses, such as a wrong code or a second return. mistakes: a .csv file
    that lists every mistake made, with what should stand there. progress: called with the rows written so far.

    About 6 % of the enterprises leave each year and as many enter. Amounts are skewed and go with each other; most
    enterprises have none of what few have. Published totals are not met. Every row says that it is synthetic, and so
    do the metadata of a Parquet file. The same arguments give the same rows, however many processors draw them.

    Raises UsageError where a number is out of range, the output has another suffix, or the framework has no fields,
    judges zones that are sums of returns, or has scores that an expert gives; FrameworkError where it is invalid.
    """
    check_whole("rows", rows, 1, MOST_ROWS)
    check_whole("years", years, 1, MOST_YEARS)
    check_whole("zones", zones, 1, MOST_ZONES)
    check_whole("seed", seed, 0, 2**63 - 1)
    for name, share in (("gaps", gaps), ("suspect", suspect), ("invalid", invalid)):
        check_range(name, share, 0, 1)
    rows, years, zones, seed = int(rows), int(years), int(zones), int(seed)  # NumPy's would not go into the metadata
    gaps, suspect, invalid = float(gaps), float(suspect), float(invalid)
    loaded = load_framework(framework)
    target = path_of(output, "output")
    _refuse_unsuitable(loaded, target)
    if loaded.time is not None and years > rows:
        raise _too_few_rows(rows, years)
    if mistakes is not None and Path(mistakes).suffix.lower() != ".csv":
        raise _refused(
            "unsupported_output",
            Text("差错清单写成 .csv", "the list of mistakes is a .csv file"),
            Text("换一个文件名", "give it another name"),
        )
    plan = plan_of(loaded, rows, years, zones, seed, gaps, suspect, invalid)
    recipe = Recipe(loaded.id, rows, len(plan.calendar), zones, seed, gaps, suspect, invalid)
    about = {b"parkscore": SYNTHETIC.encode(), b"parkscore_sample": json.dumps(asdict(recipe)).encode()}
    schema = plan.schema.with_metadata(about)
    made: list[Made] = []
    batches = _noted(_drawn(plan), made, progress)
    if target.suffix == "":
        write_whole_folder(target, lambda beside: _write_folder(beside, schema, batches, plan))
    else:
        write = _write_csv if target.suffix.lower() == ".csv" else _write_parquet
        write_whole(target, lambda beside: write(beside, schema, (batch for _, batch in batches)))
    if mistakes is not None:
        write_whole(mistakes, lambda beside: _list_mistakes(beside, made))
    counts = Counter(each.kind for each in made)
    return Streamed(str(target), recipe, len(plan.schema), plan.population.enterprises, dict(sorted(counts.items())))


def _drawn(plan: Plan) -> Iterator[tuple[int, DrawnYear]]:
    """The year's number and the rows of each block and year, drawn ahead by as many threads as there are processors."""
    workers = min(4, os.cpu_count() or 1)
    waiting: deque[Future[list[DrawnYear]]] = deque()
    with ThreadPoolExecutor(workers) as pool:
        for block in plan.population.blocks():
            waiting.append(pool.submit(draw_block, plan, block))
            if len(waiting) > workers:
                yield from enumerate(waiting.popleft().result())
        while waiting:
            yield from enumerate(waiting.popleft().result())


def _noted(
    drawn: Iterator[tuple[int, DrawnYear]], made: list[Made], progress: Progress | None
) -> Iterator[tuple[int, pa.RecordBatch]]:
    """The rows, while the mistakes in them are collected and the rows counted."""
    rows = 0
    for year, part in drawn:
        if part.batch.num_rows:
            made += part.made
            yield year, part.batch
            rows += part.batch.num_rows
            if progress is not None:
                progress(rows)


def _list_mistakes(path: Path, made: Sequence[Made]) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["unit", "year", "field", "kind", "true", "written", "zh", "en"])
        for each in made:
            said = KINDS[each.kind]
            writer.writerow([each.unit, each.year, each.field, each.kind, each.true, each.written, said.zh, said.en])


def _write_parquet(path: Path, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
    with _parquet_writer(path, schema) as writer:
        for batch in batches:
            writer.write_batch(batch)


def _parquet_writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Texts of few values are coded in the file, and plain texts to whoever reads it."""
    coded = [field.name for field in schema if pa.types.is_dictionary(field.type)]
    writer = pq.ParquetWriter(path, schema, use_dictionary=coded, store_schema=False)
    writer.add_key_value_metadata(schema.metadata)
    return writer


def _write_csv(path: Path, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
    plain = plain_schema(schema)
    options = pa_csv.WriteOptions(include_header=False, quoting_style="needed")
    with path.open("wb") as file:
        file.write("\ufeff".encode() + _header(plain.names))
        with pa_csv.CSVWriter(file, plain, write_options=options) as writer:
            for batch in batches:
                writer.write_batch(batch.cast(plain))


def _header(names: list[str]) -> bytes:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(names)
    return line.getvalue().encode()


def _write_folder(folder: Path, schema: pa.Schema, batches: Iterator[tuple[int, pa.RecordBatch]], plan: Plan) -> None:
    """Files of one year each, of at most so many blocks."""
    writers: dict[int, pq.ParquetWriter] = {}
    blocks = dict.fromkeys(range(len(plan.calendar)), 0)
    try:
        for year, batch in batches:
            number, first = divmod(blocks[year], BLOCKS_A_FILE)
            if first == 0:
                if year in writers:
                    writers[year].close()
                writers[year] = _parquet_writer(folder / f"{plan.calendar[year]}-{number:04d}.parquet", schema)
            writers[year].write_batch(batch)
            blocks[year] += 1
    finally:
        for writer in writers.values():
            writer.close()


def _refuse_unsuitable(framework: Framework, target: Path) -> None:
    if target.suffix.lower() not in STREAMED_FORMS:
        raise _refused(
            "unsupported_output",
            Text(f"任意行数的合成表不写“{target.suffix}”文件", f"'{target.suffix}' files are not written with --rows"),
            Text("写成 .parquet、.csv 或文件夹", "write .parquet, .csv or a folder"),
        )
    refuse_no_fields(framework)
    if framework.members is not None or any(field.totals for field in framework.fields.values()):
        raise _not_of_enterprises(framework)
    if any(leaf.given in framework.fields for leaf in framework.leaves):
        raise _refused(
            "given_scores",
            Text("体系里有专家给分，分块生成时定不了区间", "experts give scores, and their bands need the whole table"),
            Text("用 --units 代替 --rows", "use --units instead of --rows"),
        )


def _not_of_enterprises(framework: Framework) -> UsageError:
    unit, name = framework.unit.label, framework.id
    message = Text(
        f"--rows 生成企业年报，而 {name} 的一行是{unit.zh}的合计",
        f"--rows makes returns of enterprises, and a row of {name} is the whole of a {unit.en}",
    )
    hint = Text("用 --units 生成", "use --units")
    if framework.members is not None:
        returns = framework.members.framework
        hint = Text(
            f"{hint.zh}；要企业年报，用 {returns} 代替 {name}",
            f"{hint.en}; for the returns, take {returns} in its place",
        )
    return _refused("not_of_enterprises", message, hint)


def _too_few_rows(rows: int, years: int) -> UsageError:
    message = Text(
        f"{rows} 行分不到 {years} 年", f"{plural(rows, 'row')} cannot be spread over {plural(years, 'year')}"
    )
    hint = Text(
        f"行数至少 {years}，或年数至多 {rows}", f"ask for {years} rows or more, or for {plural(rows, 'year')} at most"
    )
    return _refused("too_few_rows", message, hint)


def _refused(code: str, message: Text, hint: Text) -> UsageError:
    return UsageError(Finding(code=code, severity=Severity.ERROR, message=message, hint=hint))
