"""Say which case of an indicator each row is in, and derive its value by the formula of that case."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from parkscore.data.columns import Columns, holds
from parkscore.data.grid import CaseChoice, Grid, Rows
from parkscore.data.table import State
from parkscore.findings import Finding, Severity
from parkscore.framework.cases import name_of, variants
from parkscore.framework.formula import Cells
from parkscore.framework.models import Framework, Node
from parkscore.framework.settings import Settings
from parkscore.language import Text


def choose_cases(columns: Columns, leaf: Node) -> CaseChoice:
    """The cases that each row may be in: the first whose condition holds, or an earlier one that cannot be told.

    A condition cannot be told where what it reads is missing, not applicable, divided by zero or undefined.
    """
    undecided = np.ones(columns.rows, dtype=np.bool_)
    possible = np.zeros((columns.rows, len(leaf.cases) + 1), dtype=np.bool_)
    for number, case in enumerate(leaf.cases, start=1):
        if case.when is None:
            possible[:, number], undecided = undecided, np.zeros_like(undecided)
            break
        cells = columns.compute(case.when, None)
        true = holds(cells)
        possible[:, number] = undecided & (true | (cells.states != State.VALUE))
        undecided = undecided & ~true
    possible[:, 0] = undecided
    return CaseChoice(possible)


def cells_by_case(
    leaf: Node, settings: Settings, choice: CaseChoice, cells_of: Callable[[Node, Settings], Cells]
) -> Cells:
    """The value of each row as its case says; missing where the case cannot be told, not applicable where none holds.

    cells_of: the cells of an indicator without cases, for every row.
    """
    values = np.full(choice.numbers.shape, np.nan)
    states = np.where(choice.none, np.int8(State.NOT_APPLICABLE), np.int8(State.MISSING))
    for variant in variants(leaf, settings):
        own = choice.numbers == variant.number
        cells = cells_of(variant.leaf, variant.settings)
        values[own], states[own] = cells.values[own], cells.states[own]
    return Cells(values, states)


# --- counts --------------------------------------------------------------------------------------------------------


def case_findings(framework: Framework, grid: Grid, rows: Rows) -> list[Finding]:
    """For each indicator with cases, how many of the scored rows are in each, in none, and cannot be told."""
    leaves = {leaf.id: leaf for leaf in framework.leaves}
    return [cases_counted(leaves[code], counts) for code, counts in case_counts(framework, grid, rows).items()]


def case_counts(framework: Framework, grid: Grid, rows: Rows) -> dict[str, tuple[int, ...]]:
    """By indicator with cases, how many of these rows are in each case, in none, and how many cannot be told."""
    return {leaf.id: _counts(leaf, grid.cases[leaf.id], rows) for leaf in framework.leaves if leaf.cases}


def _counts(leaf: Node, choice: CaseChoice, rows: Rows) -> tuple[int, ...]:
    in_cases = np.bincount(choice.numbers[rows], minlength=len(leaf.cases) + 1)[1:].tolist()
    return (*in_cases, int(choice.none[rows].sum()), int(choice.open[rows].sum()))


def cases_counted(leaf: Node, counts: Sequence[int]) -> Finding:
    """The counts of `case_counts` in one sentence; they sum to the rows."""
    names = [*map(name_of, leaf.cases), Text("无一成立", "none holds"), Text("不能判定", "cannot be told")]
    named = list(zip(names, counts, strict=True))
    zh, en = "，".join(f"{name.zh} {n}" for name, n in named), ", ".join(f"{name.en}: {n}" for name, n in named)
    rows = sum(counts)
    said = Text(f"{leaf.label.zh}：各情形（共 {rows}）：{zh}", f"{leaf.label.en}: cases (of {rows}): {en}")
    return Finding(code="cases_counted", severity=Severity.INFO, field=leaf.id, message=said)
