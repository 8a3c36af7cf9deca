"""Lay out which case of an indicator each row is in, and why."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from parkscore.data.columns import Columns
from parkscore.data.grid import CaseChoice, Grid, Rows
from parkscore.data.table import UNIT, YEAR, Table
from parkscore.data.values_read import values_read
from parkscore.framework.cases import condition_of, name_of
from parkscore.framework.models import Framework, Node
from parkscore.language import Text
from parkscore.late_pandas import pd

IN_CASE: Final = "in_case"
NO_CASE: Final = "no_case"
CASE_UNKNOWN: Final = "case_unknown"
_COLUMNS: Final = ("indicator", "case", "outcome", "condition", "name_zh", "name_en", "reason_zh", "reason_en")


def case_table(framework: Framework, table: Table, grid: Grid, rows: Rows) -> pd.DataFrame:
    """A row for each of these rows of the table and each indicator that has cases.

    Columns: unit, [year], indicator, case (its number from 1, none where it is not known or none holds), outcome
    (`in_case`, `no_case`, `case_unknown`), condition and name of the case, and the reason in both languages: what
    stands in the fields that were read to come to it.
    """
    columns = Columns(framework, table)
    frames = [
        _of_leaf(framework, table, columns, leaf, grid.cases[leaf.id], rows) for leaf in framework.leaves if leaf.cases
    ]
    if frames:
        return pd.concat(frames, ignore_index=True)
    return pd.DataFrame(columns=[UNIT, *([] if table.years is None else [YEAR]), *_COLUMNS])


def _of_leaf(
    framework: Framework, table: Table, columns: Columns, leaf: Node, choice: CaseChoice, rows: Rows
) -> pd.DataFrame:
    numbers = choice.numbers[rows]
    outcomes = np.select([choice.open[rows], choice.none[rows]], [CASE_UNKNOWN, NO_CASE], IN_CASE)
    names = [None if number == 0 else name_of(leaf.cases[number - 1]) for number in numbers.tolist()]
    reasons = [_reason(framework, columns, leaf, choice, row) for row in rows.tolist()]
    frame: dict[str, Any] = {UNIT: table.units[rows]} | ({} if table.years is None else {YEAR: table.years[rows]})
    texts = {
        "condition": [None if number == 0 else condition_of(leaf.cases[number - 1]) for number in numbers.tolist()],
        "name_zh": [None if name is None else name.zh for name in names],
        "name_en": [None if name is None else name.en for name in names],
        "reason_zh": [reason.zh for reason in reasons],
        "reason_en": [reason.en for reason in reasons],
    }
    frame |= {
        "indicator": leaf.id,
        "case": pd.arrays.IntegerArray(numbers.astype(np.int64), mask=numbers == 0),
        "outcome": outcomes.astype(object),
        **texts,
    }
    return pd.DataFrame(frame)


def _reason(framework: Framework, columns: Columns, leaf: Node, choice: CaseChoice, row: int) -> Text:
    """What was read up to the case that counts, or by the conditions that cannot be told."""
    number = int(choice.numbers[row])
    conditions = [case.when for case in leaf.cases]
    if choice.open[row]:
        still = choice.possible[row]
        asked = [when for when, open_ in zip(conditions, still[1:], strict=True) if open_ and when is not None]
        read = values_read(framework, columns, asked, row)
        return Text(f"不能判定是哪种情形（{read.zh}）", f"it cannot be told which case it is ({read.en})")
    if number == 0:
        read = values_read(framework, columns, [when for when in conditions if when is not None], row)
        return Text(f"没有一种情形成立（{read.zh}）", f"no case holds ({read.en})")
    own = leaf.cases[number - 1]
    asked = [own.when] if own.when is not None else [when for when in conditions if when is not None]
    read = values_read(framework, columns, asked, row)
    if own.when is None:
        return Text(f"其他情形都不成立（{read.zh}）", f"no other case holds ({read.en})")
    return Text(f"{condition_of(own)}（{read.zh}）", f"{condition_of(own)} ({read.en})")
