"""Time a million enterprises and the returns of 230,000 as whole processes, beside the same written by hand in Polars.

    python benchmarks/bench_scale.py [score] [members] [returns] [growth] [explain] [dask]

Programs that stand beside each other run in turn, after one round to warm up; both must come to the same numbers and
ranks. What counts is from the start of a process to its end: seconds, processor time, and the most memory that it held.
Each run writes new files: what the run before has written is removed in between, by nobody's clock.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

import parkscore as ps

BY_HAND = Path(__file__).parent / "by_hand"
ROUNDS = 5
ROWS, FIELDS, PARKS = 1_000_000, 18, 170
GROWTH = (100_000, 1_000_000, 10_000_000)
GROWTH_ROUNDS, AT_MOST = 2, 10
RETURNS, ZONES = 460_000, 178
RETURNS_GROWTH = (460_000, 2_000_000, 5_000_000)
BLOCK = 131_072  # rows of a row group; each block has random numbers of its own
STAGES = ("seed", "growth", "mature")
# A process counts the memory of the one that started it as its own, so a small one starts it.
WATCH = """
import json, os, subprocess, sys, time
with open(sys.argv[1], "wb") as said:
    begin = time.perf_counter()
    process = subprocess.Popen(sys.argv[2:], stdout=said, stderr=said)
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begin
print(json.dumps([seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)]))
"""
HEAD = (
    "| program | seconds | median | processor, s | median | peak memory, MiB |\n| --- | --- | --- | --- | --- | --- |"
)

Columns = Mapping[str, npt.NDArray[np.float64]]


class Program(NamedTuple):
    """A command and what it writes, of which nothing is there when it begins."""

    command: Sequence[str]
    results: Sequence[Path]


class Run(NamedTuple):
    """What a process and its children took: seconds, processor time in seconds, the memory of the largest in MiB."""

    seconds: float
    processor: float
    memory: float


def main(parts: Sequence[str]) -> None:
    """Time the parts that are asked for, by default all of them."""
    known: dict[str, Callable[[Path], None]] = {
        "score": bench_score,
        "members": bench_members,
        "returns": bench_returns,
        "growth": bench_growth,
        "explain": bench_explain,
        "dask": bench_dask,
    }
    for part in parts or known:
        with tempfile.TemporaryDirectory(dir=os.environ.get("PARKSCORE_BENCH")) as folder:
            known[part](Path(folder))


def bench_score(folder: Path) -> None:
    """A million enterprises, scored and ranked within three stages and 170 parks.

    Beside it the scores and ranks alone, and beside that the same file with what it is checked for and counted.
    """
    data, ours = folder / "in.parquet", folder / "ours.parquet"
    theirs, same = folder / "theirs.parquet", folder / "same.parquet"
    write_enterprises(data, ROWS)
    programs = {f"parkscore score, {ROWS:,} x {FIELDS}": score(folder, data, ours)}
    if find_spec("polars"):
        programs["Polars, by hand"] = by_hand("score_in_polars.py", [data], [theirs])
        programs["Polars, by hand, the same file"] = by_hand("same_file_in_polars.py", [data], [same])
    in_turn(programs)
    if theirs.exists():
        names = ["unit", "score", "rank", "class_rank", "rank_in_park", *(f"i{number}" for number in range(FIELDS))]
        columns = {name: name for name in names} | {f"x{number}": f"value:i{number}" for number in range(FIELDS)}
        agree(ours, theirs, columns, ["unit"])
        columns |= {"stage": "class", "park": "park", "status": "status", "note": "note"}
        columns |= {f"state:x{number}": f"state:i{number}" for number in range(FIELDS)}
        agree(ours, same, columns, ["unit"])


def bench_members(folder: Path) -> None:
    """230,000 enterprises in two years: sums of 178 zones, their indicators and ranking, and every contribution."""
    from parkscore.sampling.streaming import sample_file

    returns, zones = folder / "returns.parquet", folder / "zones.csv"
    sample_file("torch-returns", returns, RETURNS, zones=ZONES, seed=0)
    write_other_fields(zones)
    ranking, theirs = folder / "theirs-ranking.parquet", folder / "theirs.parquet"
    programs = {"parkscore members": members(returns, zones, folder / "ours")}
    if find_spec("polars"):
        programs["Polars, by hand"] = by_hand("members_in_polars.py", [returns, zones], [ranking, theirs])
    in_turn(programs)
    if find_spec("polars"):
        ours = folder / "ours" / "contributions.parquet"
        ids = [name.removeprefix("value:") for name in pq.read_schema(ours).names if "value:" in name]
        names = dict.fromkeys(("enterprise", "zone", "name", "part", "filed", "rank", "rank_without", "score"))
        names = {name: name for name in names} | {name: f"value:{name}" for name in ids}
        names |= {f"s{name}": name for name in [*ids, *"12345"]}
        agree(ours, theirs, names, ["zone", "enterprise"])
        scored = folder / "ours-ranking.parquet"
        pd.read_csv(folder / "ours" / "zones.csv").to_parquet(scored)
        agree(scored, ranking, {"zone": "unit", "score": "score", "rank": "rank"}, ["zone"])


def bench_returns(folder: Path) -> None:
    """As many returns again, and ten times as many: seconds and memory, where what they add no longer fits it."""
    from parkscore.sampling.streaming import sample_file

    zones = folder / "zones.csv"
    write_other_fields(zones)
    print("| returns | seconds | processor, s | peak memory, MiB |\n| --- | --- | --- | --- |")
    for rows in RETURNS_GROWTH:
        returns = folder / f"returns-{rows}.parquet"
        sample_file("torch-returns", returns, rows, zones=ZONES, seed=0)
        run = min(time_once(members(returns, zones, folder / "out")) for _ in range(2))
        print(f"| {rows:,} | {run.seconds:.2f} | {run.processor:.2f} | {run.memory:.0f} |", flush=True)
        returns.unlink()


def members(returns: Path, zones: Path, target: Path) -> Program:
    """The program from returns to the ranking of the zones and the contributions of enterprises."""
    files = ["zone-2021", str(returns), "--zones", str(zones), "--weights", "zone-2021-equal-within", "-o", str(target)]
    return Program([sys.executable, "-m", "parkscore", "members", *files], [target])


def bench_growth(folder: Path) -> None:
    """The same enterprises, ten times as many and a hundred times: seconds for each row, and memory.

    Each size runs about as long in each round, and all its runs count: the largest cannot wait for a quiet moment.
    """
    programs, result = {}, folder / "scored.parquet"
    for rows in (1000, *GROWTH):
        data = folder / f"{rows}.parquet"
        write_enterprises(data, rows)
        programs[rows] = score(folder, data, result)
    largest = max(programs)
    time_once(programs[largest])
    runs: dict[int, list[Run]] = {rows: [] for rows in programs}
    for _ in range(GROWTH_ROUNDS):
        for rows, program in programs.items():
            runs[rows] += [time_once(program) for _ in range(min(largest // rows, AT_MOST))]
    start = statistics.mean(run.seconds for run in runs[1000])
    print("| rows | runs | seconds, mean | fastest | processor, s | rows a second after the start | peak memory, MiB |")
    print("| --- " * 7 + "|")
    for rows, own in runs.items():
        seconds, processor, memory = ([float(each) for each in part] for part in zip(*own, strict=True))
        mean = statistics.mean(seconds)
        rate = f"{rows / (mean - start):,.0f}" if rows in GROWTH else ""
        print(f"| {rows:,} | {len(own)} | {mean:.2f} | {min(seconds):.2f} | {statistics.mean(processor):.2f}", end=" ")
        print(f"| {rate} | {max(memory):.0f} |", flush=True)


def bench_explain(folder: Path) -> None:
    """One enterprise of a stored result of a million."""
    data, result = folder / "in.parquet", folder / "result.parquet"
    write_enterprises(data, ROWS)
    time_once(score(folder, data, result))
    middle = ["explain", str(result), "--unit", f"E{ROWS // 2:08d}"]
    in_turn({f"parkscore explain, one of {ROWS:,}": Program([sys.executable, "-m", "parkscore", *middle], [])})


def bench_dask(folder: Path) -> None:
    """A million enterprises by Dask, whose result is that of threads, and ten million."""
    data, ours, theirs = folder / "in.parquet", folder / "ours.parquet", folder / "theirs.parquet"
    write_enterprises(data, ROWS)
    in_turn({"local": score(folder, data, ours), "dask": score(folder, data, theirs, "dask")}, rounds=1)
    one, other = pq.read_table(ours), pq.read_table(theirs)
    if not one.equals(other):
        sys.exit("local and dask differ")
    print(f"{one.num_rows:,} rows, {one.num_columns} columns: local and dask are the same\n")
    del one, other
    data = folder / "many.parquet"
    write_enterprises(data, GROWTH[-1])
    in_turn({f"dask, {GROWTH[-1]:,}": score(folder, data, theirs, "dask")}, rounds=1, warm=False)


def write_enterprises(file: Path, rows: int) -> None:
    """Synthetic enterprises: a stage, a park, and 18 numbers of which 5 % are missing."""
    writer = None
    for block, start in enumerate(range(0, rows, BLOCK)):
        random, count = np.random.default_rng([0, block]), min(BLOCK, rows - start)
        columns = {"unit": pa.array([f"E{row:08d}" for row in range(start, start + count)])}
        columns["stage"] = pa.array(STAGES).take(pa.array(random.integers(0, len(STAGES), count)))
        parks = pa.array([f"P{number:03d}" for number in range(PARKS)])
        columns["park"] = parks.take(pa.array(random.integers(0, PARKS, count)))
        for number in range(FIELDS):
            values = random.lognormal(3, 1, count) if number % 3 else random.integers(0, 50, count).astype(float)
            columns[f"x{number}"] = pa.array(values, mask=random.random(count) < 0.05)
        table = pa.table(columns)
        writer = writer or pq.ParquetWriter(file, table.schema)
        writer.write_table(table, row_group_size=BLOCK)
    if writer is not None:
        writer.close()


def score(folder: Path, data: Path, target: Path, engine: str = "local") -> Program:
    """The program that scores enterprises by the framework of this benchmark; both its files are written."""
    framework, weights = folder / "bench.yaml", folder / "bench-by-stage.yaml"
    framework.write_text(json.dumps(FRAMEWORK, ensure_ascii=False), encoding="utf-8")
    weights.write_text(json.dumps(WEIGHTS, ensure_ascii=False), encoding="utf-8")
    files = [str(framework), str(data), "-o", str(target), "--weights", str(weights)]
    return Program([sys.executable, "-m", "parkscore", "score", *files, "--engine", engine], [target])


def write_other_fields(file: Path) -> None:
    """The fields of zones that no return gives."""
    frame = ps.sample("zone-2021", units=ZONES, years=2, seed=0)
    fields = ps.load_framework("zone-2021").fields.items()
    summed = {each for name, field in fields if field.members is not None for each in (name, field.zh)}
    frame.drop(columns=[column for column in frame if column.split("(")[0] in summed]).to_csv(file, index=False)


def by_hand(script: str, sources: Sequence[Path], results: Sequence[Path]) -> Program:
    """A program that was written by hand."""
    return Program([sys.executable, str(BY_HAND / script), *map(str, [*sources, *results])], results)


def in_turn(programs: Mapping[str, Program], rounds: int = ROUNDS, warm: bool = True) -> None:
    """Run all of them in turn, after one round to warm up; print the best and the median of each, and their ratios."""
    runs: dict[str, list[Run]] = {title: [] for title in programs}
    for number in range(rounds + warm):
        for title, program in programs.items():
            run = time_once(program)
            if number >= warm:
                runs[title].append(run)
    print(HEAD)
    best = {}
    for title, own in runs.items():
        seconds, processor, memory = zip(*own, strict=True)
        best[title] = min(seconds), min(processor), max(memory)
        print(f"| {title} | {min(seconds):.2f} | {statistics.median(seconds):.2f}", end=" ")
        print(f"| {min(processor):.2f} | {statistics.median(processor):.2f} | {max(memory):.0f} |")
    first, *others = best.values()
    for title, other in zip([*best][1:], others, strict=True):
        wall, processor, memory = (ours / theirs for ours, theirs in zip(first, other, strict=True))
        print(f"\nthe first by {title}: seconds {wall:.2f}, processor {processor:.2f}, memory {memory:.2f}", flush=True)


def time_once(program: Program) -> Run:
    """One process from its start to its end, its children included. Where it fails, its message ends the benchmark."""
    command, results = program
    for result in results:
        if result.is_dir():
            shutil.rmtree(result)
        result.unlink(missing_ok=True)
    # As on any desk, modules are compiled once and not anew in every process.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.NamedTemporaryFile() as said:
        watch = [sys.executable, "-c", WATCH, said.name, *map(str, command)]
        done = subprocess.run(watch, env=environment, capture_output=True, encoding="utf-8", check=True)  # noqa: S603  # own command
        *found, code = json.loads(done.stdout)
        if code:
            sys.exit(f"{' '.join(map(str, command))}\n{said.read().decode(errors='replace')}")
    return Run(*found)


def agree(ours: Path, theirs: Path, names: Mapping[str, str], keys: Sequence[str]) -> None:
    """Both results are the same: texts and ranks equal, numbers within 1e-9 of the largest of their column."""
    left = pq.read_table(ours, columns=list(names.values())).rename_columns(list(names)).sort_by(_order(keys))
    right = pq.read_table(theirs, columns=list(names)).sort_by(_order(keys))
    apart = 0.0
    for name in names:
        one, other = left[name], right[name]
        if "rank" in name or not pa.types.is_floating(other.type):
            kind = pa.int64() if "rank" in name else pa.string()
            if not one.cast(kind).equals(other.cast(kind)):
                sys.exit(f"{name}: both results differ")
            continue
        a, b = (
            np.where(np.isfinite(column), column, np.nan)
            for column in (one.cast(pa.float64()).to_numpy(), other.to_numpy())
        )
        if not np.array_equal(np.isnan(a), np.isnan(b)):
            sys.exit(f"{name}: both results do not lack the same numbers")
        apart = max(apart, float(np.nanmax(np.abs(a - b)) / max(float(np.nanmax(np.abs(a))), 1e-300)))
    if apart > 1e-9:
        sys.exit(f"both results differ by {apart:.1e}")
    print(f"{left.num_rows:,} rows: texts and ranks are the same, {len(names)} columns, numbers to {apart:.1e}\n")


def _order(keys: Sequence[str]) -> list[tuple[str, str]]:
    return [(key, "ascending") for key in keys]


def _label(text: str) -> dict[str, str]:
    return {"zh": text, "en": text}


FRAMEWORK = {
    "id": "bench",
    "title": _label("bench"),
    "unit": {"zh": "企业", "en": "enterprise", "key": "unit"},
    "class": "stage",
    "rank_within": ["park"],
    "reference_within": ["class"],
    "weights_status": "assumed",
    "defaults": {
        "direction": "higher",
        "score": {"rule": "minmax", "to": [0, 100]},
        "missing": "reweight",
        "aggregate": "arithmetic",
    },
    "fields": {"stage": {"zh": "阶段", "kind": "text"}, "park": {"zh": "园区", "kind": "text"}}
    | {f"x{number}": {"zh": f"项{number}"} for number in range(FIELDS)},
    "indicators": [
        {"id": f"i{number}", "zh": f"指标{number}", "formula": f"x{number}", "weight": 1} for number in range(FIELDS)
    ],
}
WEIGHTS = {
    "id": "bench-by-stage",
    "framework": "bench",
    "title": _label("by stage"),
    "status": "assumed",
    "source": "made up",
    "weights": {f"i{number}": 1 for number in range(FIELDS)},
    "classes": {
        stage: {"weights": {f"i{number}": 1 + (number + turn) % 3 for number in range(FIELDS)}}
        for turn, stage in enumerate(STAGES)
    },
}
if __name__ == "__main__":
    main(sys.argv[1:])
