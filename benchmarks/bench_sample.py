"""Measure how long synthetic returns take, and how much memory: whole processes, of 10^5 to 10^7 rows; and codes.

Each size runs in a process of its own. The codes are checked as one column, and one by one as python-stdnum does.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from stdnum.cn import uscc

from parkscore.data.credit_codes import are_codes
from parkscore.sampling.made_up_codes import made_up_codes

SIZES = (100_000, 1_000_000, 10_000_000)
FRAMEWORKS = ("park-points-example", "torch-returns")
CODES, ONE_BY_ONE = 1_000_000, 20_000
PROGRAM = """
import resource, sys
from parkscore.sampling.streaming import sample_file
sample_file(sys.argv[1], sys.argv[2], int(sys.argv[3]), seed=0)
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
"""


def main() -> None:
    """Print a row for each framework and size, then the time of a code."""
    print("| rows | seconds | processor, s | peak memory, MiB | file, MB |\n| --- | --- | --- | --- | --- |")
    for framework in FRAMEWORKS:
        for rows in SIZES:
            print(f"| {framework}, {rows:,} {_measured(framework, rows)}", flush=True)
    codes = made_up_codes(np.arange(CODES), seed=0).to_pandas()
    begin = time.perf_counter()
    right = are_codes(codes).all()
    column = (time.perf_counter() - begin) / CODES
    begin = time.perf_counter()
    alike = all(uscc.is_valid(code) for code in codes[:ONE_BY_ONE])
    single = (time.perf_counter() - begin) / ONE_BY_ONE
    print(
        f"\na code: {column * 1e6:.3f} us in a column, {single * 1e6:.1f} us by python-stdnum; right: {right and alike}"
    )


def _measured(framework: str, rows: int) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "returns-synthetic.parquet"
        begin = time.perf_counter()
        command = [sys.executable, "-c", PROGRAM, framework, str(path), str(rows)]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)  # noqa: S603  # own command
        seconds = time.perf_counter() - begin
        processor, memory = map(float, done.stdout.split())
        return f"| {seconds:.1f} | {processor:.1f} | {memory:.0f} | {path.stat().st_size / 1e6:.0f} |"


if __name__ == "__main__":
    main()
