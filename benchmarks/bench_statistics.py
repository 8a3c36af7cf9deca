"""Time exact sums, fits and ranks beside bare NumPy and pandas, and the memory of ranks as the rows grow.

A million rows. What stands beside ours rounds at every step or in the order of the rows, skips no gap unless its name
says so, and checks nothing; the ranks of pandas are exact. Ours and the other run on one thread and in turn.
"""

from __future__ import annotations

import os
import platform
import tempfile
import time
import tracemalloc
from functools import partial
from importlib.metadata import version

# Before NumPy is loaded: threads of one job would wait for the other work of the machine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from racing import HEAD, Job, race, row_of

from parkscore.engine.external_ranks import ExternalRanks
from parkscore.methods import scoring
from parkscore.methods.domain import FloatArray
from parkscore.methods.exact_sums import exact_sum, grouped_sums
from parkscore.methods.group_ranks import ranks_in_groups
from parkscore.methods.partial_fits import gather

ROWS, GROUPS, CHUNK = 1_000_000, 170, 65_536
MANY = (1_000_000, 3_000_000, 10_000_000)


def main() -> None:
    """Print a table of times, then one of ranks in bounded memory."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "pandas"))
    print(f"{platform.python_implementation()} {platform.python_version()}, {versions}, one thread.\n")
    print(f"| {ROWS:,} rows | beside {HEAD}\n{'| --- ' * 7}|")
    for name, other, ours, theirs in pairs():
        print(f"| {name} | {other} {row_of(race(ours, theirs, seconds=5.0))}", flush=True)
    print(f"\n| rows, {GROUPS} groups | ranks, ns a row | most held, MB |\n| --- | --- | --- |")
    for rows in MANY:
        print(f"| {rows:,} {ranked(rows)}", flush=True)


def pairs() -> list[tuple[str, str, Job, Job]]:
    """What is timed, beside what."""
    generator = np.random.default_rng(0)
    skewed = generator.lognormal(10, 2, ROWS)
    whole, decimal = np.round(skewed), np.round(skewed, 2)
    gaps = np.where(generator.random(ROWS) < 0.05, np.nan, whole)
    codes = generator.integers(0, GROUPS, ROWS)
    scores = np.round(generator.random(ROWS) * 100, 9)
    frame = pd.DataFrame({"score": scores, "park": codes})
    return [
        ("sums by group, whole numbers", "bincount", partial(grouped_sums, whole, codes, GROUPS), by(codes, whole)),
        ("sums by group, 5 % gaps", "bincount", partial(grouped_sums, gaps, codes, GROUPS), by(codes, gaps)),
        ("sums by group, two decimals", "bincount", partial(grouped_sums, decimal, codes, GROUPS), by(codes, decimal)),
        ("sum, whole numbers", "np.sum", partial(exact_sum, whole), whole.sum),
        ("sum, all digits", "np.sum", partial(exact_sum, skewed), skewed.sum),
        ("fit of minmax", "np.fmin, np.fmax", fitted("minmax", gaps), partial(ends, gaps)),
        ("fit of zscore", "np.nanmean, np.nanstd", fitted("zscore", gaps), partial(moments, gaps)),
        (
            "ranks within groups",
            "pandas groupby.rank",
            partial(ranks_in_groups, scores, codes, decimals=9),
            partial(frame.groupby("park")["score"].rank, method="min", ascending=False),
        ),
    ]


def by(codes: FloatArray, values: FloatArray) -> Job:
    """The sums of groups as NumPy has them."""
    return partial(np.bincount, codes, values, GROUPS)


def fitted(rule: str, values: FloatArray) -> Job:
    """The reference of a rule, as from one piece."""
    method = scoring[rule]
    fit = method.fit_gathered
    if fit is None:
        raise ValueError(f"{rule} is not fitted in pieces")
    return lambda: fit(gather(values, method.gathers))


def ends(values: FloatArray) -> tuple[float, float]:
    """The smallest and the largest."""
    return float(np.fmin.reduce(values)), float(np.fmax.reduce(values))


def moments(values: FloatArray) -> tuple[float, float]:
    """The mean and the standard deviation, in two passes each."""
    return float(np.nanmean(values)), float(np.nanstd(values))


def ranked(rows: int) -> str:
    """Nanoseconds a row without, and megabytes with, an account of memory."""
    begin = time.process_time()
    rank_in_chunks(rows)
    seconds = time.process_time() - begin
    tracemalloc.start()
    rank_in_chunks(rows)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return f"| {seconds / rows * 1e9:.0f} | {most / 1e6:.0f} |"


def rank_in_chunks(rows: int) -> None:
    """Add scores chunk by chunk, and read their ranks."""
    generator = np.random.default_rng(rows)
    with tempfile.TemporaryDirectory() as folder, ExternalRanks(folder) as ranks:
        for start in range(0, rows, CHUNK):
            size = min(CHUNK, rows - start)
            ranks.add(generator.random(size) * 100, generator.integers(0, GROUPS, size))
        ranks.finish()
        for chunk in range(-(-rows // CHUNK)):
            ranks.ranks(chunk)


if __name__ == "__main__":
    main()
