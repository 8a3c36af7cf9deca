"""An evaluation in memory, said in the words of a stored result, so that both are explained alike."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from parkscore.data.table import UNIT, YEAR
from parkscore.evaluation import Evaluation
from parkscore.explanation.not_there import as_read, nearest, no_such_unit, no_such_year
from parkscore.framework.result_columns import CASE, STATE, UNRANKED, USED, VALUE, WITHIN
from parkscore.language import Text
from parkscore.results.rows import groups_apart
from parkscore.tree.grades import why_graded
from parkscore.tree.verdicts import why

_MOST_LOOKED_AT = 20_000


class Told(NamedTuple):
    """What an evaluation says of a unit in a year.

    row: as a stored result has it; years: all years of the unit.
    reasons: why each gate and each scale of grades came to its outcome, in numbers; nothing of gates that are met.
    """

    row: dict[str, Any]
    years: tuple[int, ...]
    reasons: dict[str, Text]


def told_of(evaluation: Evaluation, unit: str, year: int | None) -> Told:
    """The row of a unit, of its latest year by default; UsageError where there is no such row."""
    scores = evaluation.scores
    named = ((name, scores[scores[UNIT] == name]) for name in as_read(unit))
    found = next(((name, rows) for name, rows in named if not rows.empty), None)
    if found is None:
        raise no_such_unit(unit, _nearest(evaluation, unit))
    unit, own = found
    years = tuple(sorted(int(each) for each in own[YEAR])) if YEAR in own else ()
    if year is not None:
        own = own[own[YEAR] == year] if YEAR in own else own.iloc[:0]
        if own.empty:
            raise no_such_year(unit, year, years)
    elif years:
        own = own[own[YEAR] == years[-1]]
    row = {str(name): _plain(value) for name, value in own.iloc[0].items()}
    key = (unit, row[YEAR]) if years else unit
    place = int(evaluation.index.get_indexer(pd.Index([key]))[0])
    for name in groups_apart(evaluation.framework):
        row[WITHIN + name] = _plain(evaluation.raw[name].iloc[place])
    row |= _of_indicators(evaluation, place)
    for line in evaluation.filled.to_dict("records"):
        if line[UNIT] == unit and line.get(YEAR) == row.get(YEAR):
            row[STATE + line["indicator"]] = "filled"
    unranked = evaluation.reasons[int(own.index[0])]
    if unranked is not None:
        row |= {f"{UNRANKED}zh": unranked.zh, f"{UNRANKED}en": unranked.en}
    return Told(row, years, _reasons_of(evaluation, place))


def _of_indicators(evaluation: Evaluation, place: int) -> dict[str, Any]:
    """The columns about the values of the indicators; place: of the row among those of the evaluation."""
    values, states = evaluation.indicators.iloc[place], evaluation.states.iloc[place]
    treated = evaluation.treated.iloc[place]
    row: dict[str, Any] = {}
    for leaf in evaluation.framework.leaves:
        row[VALUE + leaf.id] = _plain(values[leaf.id])
        state = str(states[leaf.id])
        row[STATE + leaf.id] = None if state == "value" else state
        if not leaf.is_named:
            row[USED + leaf.id] = _plain(treated[leaf.id])
        if leaf.cases:
            row[CASE + leaf.id] = _case_of(evaluation, leaf.id, place)
    return row


def _case_of(evaluation: Evaluation, leaf: str, place: int) -> int | None:
    """The number of the case of an indicator that a row is in; None where it is in none or that cannot be told."""
    return int(evaluation.indicator_grid.cases[leaf].numbers[evaluation.rows[place]]) or None


def _reasons_of(evaluation: Evaluation, place: int) -> dict[str, Text]:
    """Why each gate and each scale came to its outcome at a row; place: among those of the evaluation."""
    row = int(evaluation.rows[place])
    unranked = evaluation.outcomes.reasons.get(row)
    told = {gate.path: why(gate, row) for gate in evaluation.judged}
    told |= {
        graded.scale.id: why_graded(graded, row, None if unranked is None else unranked.text)
        for graded in evaluation.graded
    }
    return {gate: text for gate, text in told.items() if text is not None}


def _plain(value: Any) -> Any:
    """A cell as plain data; None where there is nothing."""
    if value is None or value is pd.NA or (isinstance(value, float) and np.isnan(value)):
        return None
    return value.item() if hasattr(value, "item") else value


def _nearest(evaluation: Evaluation, unit: str) -> list[str]:
    units = evaluation.scores[UNIT].unique().tolist()
    return nearest(unit, units) if len(units) < _MOST_LOOKED_AT else []
