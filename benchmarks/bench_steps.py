"""Time each step from the table to the ranks beside bare NumPy that does the same arithmetic, in turn, on one thread.

Enterprises by 18 indicators with 5 % gaps, three stages with weights of their own, 170 parks: columns are copied with
their gaps, scaled from 0 to 100, averaged by the weights of a stage over what is present, and ranked overall, within
the stage and within the park. The bare code checks nothing, names nothing and tells of nothing.

    python benchmarks/bench_steps.py [rows ...]
"""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

# Before NumPy is loaded: threads of one job would wait for the other work of the machine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import pandas as pd
from racing import HEAD, race, row_of

import parkscore as ps
from parkscore.data.cell_frames import cells_of
from parkscore.data.classes import classify
from parkscore.data.cohorts import cohorts, cohorts_by_class, scored_rows
from parkscore.data.derive import derive
from parkscore.data.impute import impute
from parkscore.data.screen import screen
from parkscore.data.table import Origin, State, Table
from parkscore.data.treat import treat
from parkscore.tree.aggregate import aggregate
from parkscore.tree.gate import gate
from parkscore.tree.rank import rank
from parkscore.tree.schemes import plan_weights
from parkscore.tree.score import score
from parkscore.tree.weigh import weigh

INDICATORS, PARKS, GAPS = 18, 170, 0.05
STAGES = ("seed", "growth", "mature")
ROWS = (65_536, 250_000)
Step = tuple[str, Callable[[], Any], Callable[[], Any]]


def main() -> None:
    """Race the steps for each number of rows."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("numpy", "pandas"))
    print(f"{platform.python_implementation()} {platform.python_version()}, {versions}, one thread.")
    for rows in map(int, sys.argv[1:] or ROWS):
        print(f"\n| {rows:,} x {INDICATORS} {HEAD}\n{'| --- ' * 6}|")
        ours, theirs = 0.0, 0.0
        for name, own, bare in steps(rows):
            found = race(own, bare, seconds=4.0, rounds=40)
            print(f"| {name} {row_of(found)}")
            ours, theirs = ours + found.ours, theirs + found.theirs
        print(f"| all of them | {1000 * ours:.3g} | {1000 * theirs:.3g} | {ours / theirs:.2f} | | |")
        print(
            f"\n{1e9 * ours / rows / INDICATORS:.0f} ns a cell, {1e9 * theirs / rows / INDICATORS:.0f} of bare NumPy."
        )


def steps(rows: int) -> list[Step]:
    """Each step, ours and bare, on the result of the one before."""
    with tempfile.TemporaryDirectory() as folder:
        framework = framework_in(Path(folder) / "bench.yaml")
    frame = sample(rows)
    columns = [frame[f"x{number}"].to_numpy() for number in range(INDICATORS)]
    states = {f"x{number}": np.isnan(each).astype(np.int8) * State.MISSING for number, each in enumerate(columns)}
    cells = cells_of(frame)
    table = Table(cells, states, Origin("bench"))
    everyone, plan = scored_rows(table, None), plan_weights(framework, None)

    indicators = derive(framework, table)
    imputed, _ = impute(framework, table, indicators)
    eligible, set_aside = screen(framework, indicators, imputed)
    groups = cohorts(framework, table, everyone, eligible)
    treated = treat(framework, table, imputed, groups)
    scored = score(framework, table, treated.grid, groups, base=imputed)
    classes = classify(framework, table)
    assert classes is not None  # noqa: S101  # the framework has classes
    of_classes = cohorts_by_class(groups, classes)
    weighing = weigh(framework, table, scored.scores, of_classes, plan, treated.grid.states)
    nodes = aggregate(framework, table, scored.scores, of_classes, weighing.shares, treated.grid.states)
    outcomes, _ = gate(framework, table, nodes, everyone, set_aside)
    total = nodes.scores[framework.total.id]

    codes, parks = classes.coded.codes, table.coded("park").codes
    weights = np.full((len(STAGES), INDICATORS), 1.0 / INDICATORS)
    return [
        # A new table each time, as texts are coded once for a table.
        ("code the stages", lambda: classify(framework, Table(cells, states, Origin("bench"))), lambda: coded(frame)),
        ("derive", lambda: derive(framework, table), lambda: copied(columns)),
        (
            "impute, screen, treat: nothing asked for",
            lambda: (
                impute(framework, table, indicators),
                screen(framework, indicators, imputed),
                treat(framework, table, imputed, groups),
            ),
            lambda: None,
        ),
        (
            "score",
            lambda: score(framework, table, treated.grid, groups, base=imputed),
            lambda: scaled(treated.grid.values),
        ),
        (
            "stages apart",
            lambda: cohorts_by_class(cohorts(framework, table, everyone, eligible), classes),
            lambda: [np.flatnonzero(codes == number) for number in range(len(STAGES))],
        ),
        (
            "weigh",
            lambda: weigh(framework, table, scored.scores, of_classes, plan, treated.grid.states),
            lambda: weights / weights.sum(axis=1)[:, np.newaxis],
        ),
        (
            "aggregate",
            lambda: aggregate(framework, table, scored.scores, of_classes, weighing.shares, treated.grid.states),
            lambda: averaged(scored.scores, codes, weights),
        ),
        ("gate", lambda: gate(framework, table, nodes, everyone, set_aside), lambda: ~np.isnan(total)),
        (
            "rank, three ways",
            lambda: rank(framework, table, total, outcomes.ranked, classes),
            lambda: [ranked(total, groups) for groups in (np.zeros(rows, dtype=np.int32), codes, parks)],
        ),
    ]


# --- bare NumPy ------------------------------------------------------------------------------------------------------


def coded(frame: pd.DataFrame) -> Any:
    """The stage of each row by number."""
    return pd.factorize(frame["stage"].to_numpy(dtype=object))


def copied(columns: list[Any]) -> Any:
    """The columns as one block, and where it has gaps."""
    block = np.array(columns)
    return block, np.isnan(block)


def scaled(values: Any) -> Any:
    """Each column from 0 to 100."""
    low, high = np.fmin.reduce(values, axis=0), np.fmax.reduce(values, axis=0)
    return (values - low) * (100.0 / (high - low))


def averaged(scores: Any, codes: Any, weights: Any) -> Any:
    """The mean of each row over what is present, by the weights of its stage, and the share of them that is."""
    present = ~np.isnan(scores)
    by_row = np.where(present, weights[codes], 0.0)
    covered = by_row.sum(axis=1)
    return np.where(present, scores * by_row, 0.0).sum(axis=1) / covered, covered


def ranked(scores: Any, groups: Any) -> Any:
    """Places within the groups, from the best on; what ties shares the better one."""
    rounded = np.round(scores, 9)
    order = np.lexsort((-rounded, groups))
    places, group = np.arange(len(order)), groups[order]
    begins = np.r_[True, group[1:] != group[:-1]]
    news = begins | np.r_[True, rounded[order][1:] != rounded[order][:-1]]
    ranks = np.empty(len(order), dtype=np.int32)
    first = np.maximum.accumulate(np.where(begins, places, 0))
    ranks[order] = np.maximum.accumulate(np.where(news, places, 0)) - first + 1
    return ranks


# --- what is scored --------------------------------------------------------------------------------------------------


def sample(rows: int) -> pd.DataFrame:
    """Skewed amounts and counts with gaps, of one stage and one park each."""
    random = np.random.default_rng(0)
    frame = {
        "unit": [f"E{row:08d}" for row in range(rows)],
        "stage": np.array(STAGES, dtype=object)[random.integers(0, len(STAGES), rows)],
        "park": np.array([f"P{number:03d}" for number in range(PARKS)], dtype=object)[random.integers(0, PARKS, rows)],
    }
    for number in range(INDICATORS):
        values = random.lognormal(3, 1, rows) if number % 3 else random.integers(0, 50, rows).astype(np.float64)
        frame[f"x{number}"] = np.where(random.random(rows) < GAPS, np.nan, values)
    return pd.DataFrame(frame)


def framework_in(path: Path) -> ps.Framework:
    """Plain fields scored by min-max from 0 to 100, their mean by the weights of each stage, ranks within parks."""
    lines = ["id: bench", "title: {zh: 测试, en: Benchmark}", "unit: {zh: 企业, key: unit}", "weights_status: assumed"]
    lines += ["class: stage", "rank_within: [park]", "fields:", "  stage: {zh: 阶段, kind: text}"]
    lines += ["  park: {zh: 园区, kind: text}", *(f"  x{number}: {{zh: 项{number}}}" for number in range(INDICATORS))]
    lines += ["defaults: {direction: higher, score: {rule: minmax, to: [0, 100]}, missing: reweight}", "indicators:"]
    lines += [f"  - {{id: i{number}, zh: 指标{number}, formula: x{number}, weight: 1}}" for number in range(INDICATORS)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return ps.load_framework(path)


if __name__ == "__main__":
    main()
