"""Judge every unit by each rung of a ladder."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from parkscore.data.grid import Rows
from parkscore.data.hidden_comparisons import refuse_hidden_comparisons
from parkscore.data.masking import Mask
from parkscore.data.table import UNIT, YEAR
from parkscore.evaluating import refuse_other_types, score_rows
from parkscore.evaluation import Evaluation
from parkscore.findings import Finding, FrameworkError, ParkscoreError, Severity
from parkscore.ladders.climbed import Climb
from parkscore.ladders.loading import LoadedLadder, load_ladder
from parkscore.ladders.models import Ladder
from parkscore.ladders.reading import ABOUT_SCORES, ReadTable, of_framework, read_for_each, told_once
from parkscore.language import Text
from parkscore.tree.schemes import WeightPlan, plan_weights


def climb(
    ladder: str | Path | Ladder,
    data: str | Path | pd.DataFrame,
    *,
    year: int | None = None,
    mask: Mask | None = None,
) -> Climb:
    """For each unit of a table its rung of a ladder, the next rung, and what is missing to it by how much.

    ladder: a shipped name, a .yaml file, or a ladder made in Python. data, year, mask: as for `evaluate`; one table
    serves all frameworks of the ladder, and what one of them needs and the table lacks counts as missing.

    Raises UsageError, FrameworkError or DataError with every finding at once. What is wrong with the ladder or one of
    its frameworks is found before the data are read.

    >>> import parkscore as ps
    >>> climb("sme-titles", ps.sample("innovative-sme", units=5, years=2))
    <Climb sme-titles: 10 rows>
    """
    refuse_other_types(data=data, year=year, mask=mask)
    loaded = load_ladder(ladder)
    plans = _plans(loaded)
    for framework in loaded.frameworks.values():
        refuse_hidden_comparisons(framework, mask)
    read, found = read_for_each(loaded.frameworks, data, mask)
    evaluations = {name: _judge(loaded, name, each, year, plans[name]) for name, each in read.items()}
    rows, found_rows = _same_rows(evaluations)
    told = {name: _more(evaluation, read[name]) for name, evaluation in evaluations.items()}
    return Climb(loaded, evaluations, rows, (*found, *found_rows, *told_once(told)))


def _plans(loaded: LoadedLadder) -> dict[str, WeightPlan]:
    """The weights of each framework: its own; FrameworkError where one does not know them all."""
    plans, failed = {}, []
    for name, framework in loaded.frameworks.items():
        try:
            plans[name] = plan_weights(framework, None)
        except ParkscoreError as error:
            failed += [of_framework(name, finding) for finding in error.findings]
    if failed:
        raise FrameworkError(failed)
    return plans


def _judge(loaded: LoadedLadder, name: str, read: ReadTable, year: int | None, plan: WeightPlan) -> Evaluation:
    return score_rows(loaded.frameworks[name], read.table, read.found, year).under(plan)


def _more(evaluation: Evaluation, read: ReadTable) -> list[Finding]:
    """What judging found beside what reading did, as far as it matters to gates."""
    known = {id(finding) for finding in read.found}
    return [each for each in evaluation.findings if id(each) not in known and each.code not in ABOUT_SCORES]


def _same_rows(evaluations: Mapping[str, Evaluation]) -> tuple[dict[str, Rows], list[Finding]]:
    """For each framework its rows of the units that all of them read, in one order by year; and what is left out.

    A remark below a table is left out where no column that is read has anything beside it, and another framework may
    read such a column.
    """
    keys = {name: _keys(evaluation) for name, evaluation in evaluations.items()}
    first = next(iter(keys.values()))
    shared = first[np.logical_and.reduce([first.isin(index) for index in keys.values()])]
    if shared.nlevels > 1:
        shared = shared[np.argsort(shared.get_level_values(YEAR), kind="stable")]
    apart: dict[Any, None] = {key: None for index in keys.values() for key in index[~index.isin(shared)]}
    found = [_left_out(key, [name for name, index in keys.items() if key in index], list(keys)) for key in apart]
    rows = {name: evaluations[name].rows[index.get_indexer(shared)] for name, index in keys.items()}
    return rows, found


def _keys(evaluation: Evaluation) -> pd.Index[Any]:
    """Unit, or unit and year, of each row that was judged."""
    table, rows = evaluation.table, evaluation.rows
    index: pd.Index[Any] = pd.Index(table.units[rows], name=UNIT)
    if table.years is not None:
        index = pd.MultiIndex.from_arrays([table.units[rows], table.years[rows]], names=[UNIT, YEAR])
    return index


def _left_out(key: Any, readers: list[str], names: list[str]) -> Finding:
    others = [name for name in names if name not in readers]
    return Finding(
        code="row_left_out",
        severity=Severity.WARNING,
        unit=str(key[0] if isinstance(key, tuple) else key),
        year=int(key[1]) if isinstance(key, tuple) else None,
        message=Text(
            f"{'、'.join(readers)} 把这一行读作评价对象，{'、'.join(others)} 不读，故未评定",
            f"{', '.join(readers)} reads this row as a unit and {', '.join(others)} does not, so it is not judged",
        ),
        hint=Text(
            "若是评价对象，请改写名称；若是附注，请删去这一行",
            "write another name if it is a unit; delete it if it is a remark",
        ),
    )
