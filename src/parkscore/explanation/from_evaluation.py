"""An evaluation in memory, said in the words of a stored result, so that both are explained alike."""

from __future__ import annotations

import difflib
from typing import Any

import numpy as np
import pandas as pd

from parkscore.data.table import UNIT, YEAR
from parkscore.evaluation import Evaluation
from parkscore.explanation.explained import STATE, VALUE
from parkscore.findings import Finding, Severity, UsageError
from parkscore.language import Text

_NEAREST = 3


def row_of(evaluation: Evaluation, unit: str, year: int | None) -> tuple[dict[str, Any], tuple[int, ...]]:
    """The row of a unit as a stored result has it, and all years of the unit; UsageError where there is no such row."""
    scores = evaluation.scores
    own = scores[scores[UNIT] == unit]
    if own.empty:
        raise _no_such_unit(evaluation, unit)
    years = tuple(sorted(int(each) for each in own[YEAR])) if YEAR in own else ()
    if year is not None:
        own = own[own[YEAR] == year] if YEAR in own else own.iloc[:0]
        if own.empty:
            raise _no_such_year(unit, year, years)
    elif years:
        own = own[own[YEAR] == years[-1]]
    row = {str(name): _plain(value) for name, value in own.iloc[0].items()}
    key = (unit, row[YEAR]) if years else unit
    for leaf in evaluation.framework.leaves:
        row[VALUE + leaf.id] = _plain(evaluation.indicators.loc[key, leaf.id])
        state = str(evaluation.states.loc[key, leaf.id])
        row[STATE + leaf.id] = None if state == "value" else state
    for line in evaluation.filled.to_dict("records"):
        if line[UNIT] == unit and line.get(YEAR) == row.get(YEAR):
            row[STATE + line["indicator"]] = "filled"
    return row, years


def _plain(value: Any) -> Any:
    """A cell as plain data; None where there is nothing."""
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    return value.item() if hasattr(value, "item") else value


def _no_such_unit(evaluation: Evaluation, unit: str) -> UsageError:
    units = evaluation.scores[UNIT].unique().tolist()
    near = difflib.get_close_matches(unit, units, _NEAREST, 0.0) if len(units) < 20_000 else []
    hint = Text(f"相近的有：{'、'.join(near)}", f"the nearest are: {', '.join(near)}") if near else None
    message = Text("结果中没有这个评价对象", "the result has no such unit")
    return UsageError(Finding(code="no_such_unit", severity=Severity.ERROR, value=unit, message=message, hint=hint))


def _no_such_year(unit: str, year: int, years: tuple[int, ...]) -> UsageError:
    known = ", ".join(map(str, years))
    return UsageError(
        Finding(
            code="no_such_year",
            severity=Severity.ERROR,
            unit=unit,
            value=year,
            message=Text("结果中这个评价对象没有这一年", "the result has no such year of this unit"),
            hint=Text(f"有：{known}", f"it has: {known}") if years else None,
        )
    )
