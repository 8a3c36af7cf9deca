"""Score the same table again: under other weights, or without some of its units."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from parkscore.data.arrow_texts import some_of
from parkscore.data.cohorts import cohorts_by_class, to_be_scored
from parkscore.data.grid import Cohort, Rows, Vector
from parkscore.data.table import Origin, Table
from parkscore.evaluating import Prepared, score_rows
from parkscore.evaluation import Evaluation
from parkscore.framework.models import Framework
from parkscore.tree.aggregate import Shares, aggregate


def scored_again(evaluation: Evaluation, framework: Framework) -> Prepared:
    """The same rows scored under a framework, by the same frozen reference where there is one."""
    years = evaluation.table.years
    known = [] if years is None else np.unique(years[evaluation.rows]).tolist()
    return _scored(evaluation, framework, evaluation.table, known[0] if len(known) == 1 else None)


def weighed_alike(evaluation: Evaluation, prepared: Prepared) -> tuple[tuple[Cohort, Shares], ...]:
    """The groups of rows that were scored again, each with the shares that it has in the evaluation."""
    groups = prepared.cohorts
    shares = {(cohort.name, cohort.class_id): own for cohort, own in evaluation.own_cohorts}
    if prepared.classification is not None and any(class_id is not None for _, class_id in shares):
        groups = to_be_scored(cohorts_by_class(groups, prepared.classification))
    keyed = ((cohort, shares.get((cohort.name, cohort.class_id))) for cohort in groups)
    return tuple((cohort, own) for cohort, own in keyed if own is not None)


def _scored(evaluation: Evaluation, framework: Framework, table: Table, year: int | None) -> Prepared:
    fitted = None if evaluation.frozen is None else evaluation.frozen.fitted
    return score_rows(framework, table, (), year, fitted)


def under_schemes(evaluation: Evaluation) -> Callable[[Any], Evaluation]:
    """Evaluates the same rows under other weights; they are scored once, for the first of them."""

    @cache
    def prepared() -> Prepared:
        return replace(scored_again(evaluation, evaluation.framework), frozen=evaluation.frozen)

    return lambda scheme: prepared().evaluate(scheme)


def totals_without(evaluation: Evaluation, unit: str, year: int | None) -> Vector:
    """The total scores of a year in a table without a unit, under the weights as they are: (rows of the whole table,).

    Everything that is fitted on the units is fitted without it. NaN where a row has no score, is of another year, or is
    of the unit itself.
    """
    framework, whole = evaluation.framework, evaluation.table
    kept = np.flatnonzero(whole.units != unit)
    table = _rows_of(whole, kept)
    prepared = _scored(evaluation, framework, table, year)
    groups = weighed_alike(evaluation, prepared)
    nodes = aggregate(
        framework,
        table,
        prepared.scored.scores,
        tuple(cohort for cohort, _ in groups),
        tuple(shares for _, shares in groups),
        prepared.treated.grid.states,
        prepared.fitted,
    )
    found = np.full(whole.size, np.nan)
    found[kept[prepared.rows]] = nodes.scores[framework.total.id][prepared.rows]
    return found


def _rows_of(table: Table, rows: Rows) -> Table:
    """Some rows of a table, which are not traced to its file."""
    return Table(
        cells={name: some_of(own, rows) for name, own in table.cells.items()},
        states={name: states[rows] for name, states in table.states.items()},
        origin=Origin(table.origin.file),
    )
