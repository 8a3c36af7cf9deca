"""Say which case of an indicator each row is in, and derive its value by the formula of that case."""

from __future__ import annotations

from collections.abc import Callable

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
    counted = [(leaf.id, _counted(leaf, grid.cases[leaf.id], rows)) for leaf in framework.leaves if leaf.cases]
    return [Finding(code="cases_counted", severity=Severity.INFO, field=code, message=said) for code, said in counted]


def _counted(leaf: Node, choice: CaseChoice, rows: Rows) -> Text:
    """The counts in one sentence; they sum to the rows."""
    counts = [(name_of(case), int((choice.numbers[rows] == n).sum())) for n, case in enumerate(leaf.cases, start=1)]
    counts.append((Text("无一成立", "none holds"), int(choice.none[rows].sum())))
    counts.append((Text("不能判定", "cannot be told"), int(choice.open[rows].sum())))
    zh = "，".join(f"{name.zh} {count}" for name, count in counts)
    en = ", ".join(f"{name.en}: {count}" for name, count in counts)
    return Text(f"{leaf.label.zh}：各情形（共 {len(rows)}）：{zh}", f"{leaf.label.en}: cases (of {len(rows)}): {en}")
