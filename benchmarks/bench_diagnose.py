"""Time the diagnosis of 100,000 units by 18 indicators in three dimensions, beside the correlations of bare pandas.

pandas correlates every two of the 18 columns in the same three ways (Pearson, Spearman, Kendall): 153 pairs. The
diagnosis correlates the 87 pairs that stand in the tree, scores of dimensions and of the total among them, and does all
its other tables too. Both run on one thread and in turn. Then it is told which table took how long.
"""

from __future__ import annotations

import os
import platform
import tempfile
import time
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Literal

# Before NumPy is loaded: threads of one job would wait for the other work of the machine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from racing import HEAD, race, row_of

import parkscore as ps
from parkscore.diagnosis.availability import availability_by_indicator, availability_by_unit
from parkscore.diagnosis.correlations import correlation_table, denominator_table
from parkscore.diagnosis.influence import influence_table
from parkscore.diagnosis.reliability import reliability_tables
from parkscore.diagnosis.shortfall import coordination_table, obstacle_tables
from parkscore.diagnosis.spread import statistics_table

UNITS, DIMENSIONS, IN_EACH = 100_000, 3, 6
KINDS: tuple[Literal["pearson", "spearman", "kendall"], ...] = ("pearson", "spearman", "kendall")
TABLES = (
    correlation_table,
    influence_table,
    reliability_tables,
    statistics_table,
    denominator_table,
    availability_by_indicator,
    availability_by_unit,
    obstacle_tables,
    coordination_table,
)


def main() -> None:
    """Race the whole diagnosis, then time its tables."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "pandas"))
    print(f"{platform.python_implementation()} {platform.python_version()}, {versions}, one thread.\n")
    table = sample()
    with tempfile.TemporaryDirectory() as folder:
        evaluation = ps.evaluate(framework(Path(folder) / "bench.yaml"), table)
    bare = table.drop(columns="unit")
    found = race(partial(ps.diagnose, evaluation), partial(correlate, bare), seconds=60.0, rounds=5)
    print(f"| {UNITS:,} x {bare.shape[1]} | beside {HEAD}\n{'| --- ' * 7}|\n| diagnose | pandas corr {row_of(found)}\n")
    print("| table | seconds |\n| --- | --- |")
    for make in TABLES:
        begin = time.perf_counter()
        make(evaluation)
        print(f"| {make.__name__} | {time.perf_counter() - begin:.2f} |")


def correlate(table: pd.DataFrame) -> list[pd.DataFrame]:
    """The three kinds of correlation of every two columns."""
    return [table.corr(method=kind) for kind in KINDS]


def sample() -> pd.DataFrame:
    """Columns that go together somewhat, a seventh of their variance, with six digits."""
    random = np.random.default_rng(0)
    common, own = random.random((UNITS, 1)), random.random((UNITS, DIMENSIONS * IN_EACH))
    columns = [f"x{number}" for number in range(own.shape[1])]
    table = pd.DataFrame((100 * (0.3 * common + 0.7 * own)).round(6), columns=columns)
    table.insert(0, "unit", [f"e{number}" for number in range(UNITS)])
    return table


def framework(path: Path) -> ps.Framework:
    """A framework of plain fields in three dimensions, scored by min-max with equal weights."""
    fields = [f"  x{number}: {{zh: 项{number}, measure: 人}}" for number in range(DIMENSIONS * IN_EACH)]
    lines = ["id: bench", "title: {zh: 测试, en: Benchmark}", "unit: {zh: 企业, key: unit}", "weights_status: assumed"]
    lines += ["defaults: {score: {rule: minmax}, weights: equal}", "fields:", *fields, "indicators:"]
    for dimension in range(DIMENSIONS):
        lines += [f"  - id: d{dimension}", f"    zh: 维度{dimension}", "    children:"]
        for number in range(dimension * IN_EACH, (dimension + 1) * IN_EACH):
            lines.append(
                f"      - {{id: i{number}, zh: 指标{number}, formula: x{number}, direction: higher, measure: 人}}"
            )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return ps.load_framework(path)


if __name__ == "__main__":
    main()
