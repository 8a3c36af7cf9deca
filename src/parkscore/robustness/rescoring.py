"""Score the same table again: under other weights, or without some of its units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from parkscore.data.cohorts import cohorts_by_class
from parkscore.data.grid import Rows, Vector
from parkscore.data.table import Origin, Table
from parkscore.evaluating import Prepared, score_rows
from parkscore.evaluation import Evaluation
from parkscore.tree.aggregate import aggregate


def under_schemes(evaluation: Evaluation) -> Callable[[Any], Evaluation]:
    """Evaluates the same rows under other weights; they are scored once, for the first of them."""

    @cache
    def prepared() -> Prepared:
        framework, years = evaluation.framework, evaluation.table.years
        known = [] if years is None else np.unique(years[evaluation.rows]).tolist()
        fitted = None if evaluation.frozen is None else evaluation.frozen.fitted
        scored = score_rows(framework, evaluation.table, (), known[0] if len(known) == 1 else None, fitted)
        return replace(scored, frozen=evaluation.frozen)

    return lambda scheme: prepared().evaluate(scheme)


def totals_without(evaluation: Evaluation, unit: str, year: int | None) -> Vector:
    """The total scores of a year in a table without a unit, under the weights as they are: (rows of the whole table,).

    Everything that is fitted on the units is fitted without it. NaN where a row has no score, is of another year, or is
    of the unit itself.
    """
    framework, whole = evaluation.framework, evaluation.table
    kept = np.flatnonzero(whole.units != unit)
    frozen = None if evaluation.frozen is None else evaluation.frozen.fitted
    table = _rows_of(whole, kept)
    prepared = score_rows(framework, table, (), year, frozen)
    groups = prepared.cohorts
    shares = {(cohort.name, cohort.class_id): own for cohort, own in evaluation.own_cohorts}
    if prepared.classification is not None and any(class_id is not None for _, class_id in shares):
        groups = cohorts_by_class(groups, prepared.classification)
    own = tuple(cohort for cohort in groups if (cohort.name, cohort.class_id) in shares)
    nodes = aggregate(
        framework,
        table,
        prepared.scored.scores,
        own,
        tuple(shares[cohort.name, cohort.class_id] for cohort in own),
        prepared.treated.grid.states,
        frozen,
    )
    found = np.full(len(whole.frame), np.nan)
    found[kept[prepared.rows]] = nodes.scores[framework.total.id][prepared.rows]
    return found


def _rows_of(table: Table, rows: Rows) -> Table:
    """Some rows of a table, which are not traced to its file."""
    return Table(
        frame=table.frame.iloc[rows].reset_index(drop=True),
        states={name: states[rows] for name, states in table.states.items()},
        origin=Origin(table.origin.file),
    )
