"""Time whole processes: the start of the command line, and scoring 178 zones by 46 indicators from xlsx to xlsx.

Beside each stands what no program could do without: an empty Python, the import of numpy and pandas, and a bare
script that reads the same workbook, scales 46 columns, adds them up and writes them. All of them run in turn, round
after round, so that a busy moment of the machine hits all alike; the median of the rounds counts.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import parkscore as ps

ROUNDS = 7
UNITS, YEARS, YEAR = 178, 2, 2024
FRAMEWORK, SCHEME = "zone-2021", "zone-2021-equal-within"
AIMS = {"parkscore --help": 0.25, "parkscore score, xlsx to xlsx": 1.5}  # seconds
PACKAGES = ("numpy", "pandas", "pandera", "pint", "pydantic", "python-calamine", "ruamel.yaml", "typer", "xlsxwriter")
TOOLS = ("dask", "hypothesis")  # pint imports the one and pandera the other wherever they are installed

BARE_SCRIPT = """
import sys
import numpy as np
import pandas as pd

source, target, reader, writer, year = sys.argv[1:]
table = pd.read_excel(source, engine=reader)
table = table[table["年份"] == int(year)]
values = table.select_dtypes("number").iloc[:, 1:47]
scores = (values - values.min()) / (values.max() - values.min()) * 100
total = scores.fillna(0).to_numpy() @ np.full(46, 1 / 46)
result = scores.assign(total=total, rank=pd.Series(-total, index=scores.index).rank(method="min"))
result.insert(0, "unit", table["高新区"])
result.to_excel(target, engine=writer, index=False)
"""

Command = list[str]


def main() -> None:
    """Time every command and print one table."""
    with tempfile.TemporaryDirectory() as folder:
        commands = commands_in(Path(folder))
        seconds = time_in_turn(commands)
    print(f"{platform.python_implementation()} {platform.python_version()}, {cores()} cores,", end=" ")
    print(", ".join(f"{name} {version(name)}" for name in PACKAGES))
    tools = ", ".join(tool for tool in TOOLS if find_spec(tool))
    print(f"Imported by them without need: {tools or 'nothing'}.")
    print(f"Whole processes, seconds; {ROUNDS} rounds after one to warm up.\n")
    print("| process | median | fastest | slowest | aim |")
    print("| --- | --- | --- | --- | --- |")
    for name, runs in seconds.items():
        aim = f"under {AIMS[name]:g}" if name in AIMS else ""
        print(f"| {name} | {statistics.median(runs):.2f} | {min(runs):.2f} | {max(runs):.2f} | {aim} |")


def commands_in(folder: Path) -> dict[str, Command]:
    """Each command under its name; the workbooks are in the folder."""
    source = folder / "zones-synthetic.xlsx"
    ps.sample(ps.load_framework(FRAMEWORK), units=UNITS, years=YEARS, seed=1).to_excel(source, index=False)
    score = ["score", FRAMEWORK, str(source), "--weights", SCHEME, "--year", str(YEAR), "-o", str(folder / "out.xlsx")]
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "parkscore --help": [sys.executable, "-m", "parkscore", "--help"],
        'python -c "import numpy, pandas"': [sys.executable, "-c", "import numpy, pandas"],
    }
    for reader, writer in (("calamine", "xlsxwriter"), ("openpyxl", "openpyxl")):
        if find_spec(writer):  # openpyxl comes with the development tools only
            files = [str(source), str(folder / f"bare-{writer}.xlsx")]
            bare = [sys.executable, "-c", BARE_SCRIPT, *files, reader, writer, str(YEAR)]
            commands[f"bare pandas script, {reader} and {writer}"] = bare
    return commands | {"parkscore score, xlsx to xlsx": [sys.executable, "-m", "parkscore", *score]}


def time_in_turn(commands: Mapping[str, Command]) -> dict[str, list[float]]:
    """Seconds of each run of each command; the first round, which may compile bytecode, is left out."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for round_number in range(ROUNDS + 1):
        for name, command in commands.items():
            elapsed = time_once(command)
            if round_number > 0:
                seconds[name].append(elapsed)
    return seconds


def time_once(command: Command) -> float:
    """Seconds from the start of a process to its end. Where it fails, its message is shown and the benchmark ends."""
    # As on any desk, modules are compiled once and not anew in every process.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8")  # noqa: S603  # own command
    elapsed = time.perf_counter() - start
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}\n{done.stderr}")
    return elapsed


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


if __name__ == "__main__":
    main()
