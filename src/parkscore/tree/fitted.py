"""Gather what one run fitted, so that other rows can be scored by it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import numpy as np

from parkscore.data.fillings import fillings_of
from parkscore.data.fitted import Fitted
from parkscore.data.grid import Cohort, Grid, States
from parkscore.data.table import Table
from parkscore.data.treat import Treatment
from parkscore.findings import DataError
from parkscore.framework.models import Framework
from parkscore.methods.columns import highest, lowest
from parkscore.tree.aggregate import Nodes, aggregate
from parkscore.tree.fill_scores import filled_scores_of
from parkscore.tree.score import Scored
from parkscore.tree.weigh import Weighing

__all__ = ["Fitted", "absent_beside", "fit_of", "with_weights"]


def fit_of(
    framework: Framework,
    table: Table,
    cohorts: tuple[Cohort, ...],
    *,
    derived: Grid,
    imputed: Grid,
    treated: Treatment,
    scored: Scored,
) -> Fitted:
    """What was fitted up to the scores of the indicators; cohorts: those that were scored, before classes are apart."""
    extents: dict[str, dict[str, tuple[float, float]]] = {}
    for cohort in cohorts:
        # Rules that take nothing from the data have no range that a value could leave.
        relative = [code for code, reference in scored.references[cohort.reference].items() if reference]
        columns = [imputed.numbers[imputed.ids.index(code)][cohort.fit] for code in relative]
        extents[cohort.reference] = {
            code: (float(lowest(column)), float(highest(column)))
            for code, column in zip(relative, columns, strict=True)
        }
    return Fitted(
        scoring=scored.references,
        treatments=treated.made,
        fillings=fillings_of(framework, table, derived),
        filled_scores=filled_scores_of(framework, table, cohorts, scored),
        extents=extents,
    )


def with_weights(fitted: Fitted, cohorts: tuple[Cohort, ...], weighing: Weighing, nodes: Nodes) -> Fitted:
    """The same with the shares of every class; cohorts: those that were weighed, in the order of the shares."""
    pairs = list(zip(cohorts, weighing.shares, strict=True))
    absent = {(cohort.reference, cohort.class_id): _absent(nodes, cohort) for cohort in cohorts}
    return replace(fitted, shares={(cohort.name, cohort.class_id): shares for cohort, shares in pairs}, absent=absent)


def absent_beside(
    framework: Framework, table: Table, beside: Sequence[Cohort], fitted: Fitted, scored: Scored, states: States
) -> dict[tuple[str, str | None], frozenset[str]]:
    """The nodes that no row of a group has a score at, by reference and class, for groups of which no row is scored.

    fitted: it has the shares. A group whose scores an aggregation refuses is left out: nothing of it is said to be
    absent, as of one that is not known.
    """
    found = {}
    for cohort in beside:
        shares = fitted.shares.get((cohort.name, cohort.class_id))
        if shares is None:
            continue
        group = replace(cohort, apply=cohort.fit)
        with suppress(DataError):
            nodes = aggregate(framework, table, scored.scores, (group,), (shares,), states)
            found[cohort.reference, cohort.class_id] = _absent(nodes, group)
    return found


def _absent(nodes: Nodes, cohort: Cohort) -> frozenset[str]:
    return frozenset(code for code, scores in nodes.scores.items() if np.isnan(scores[cohort.apply]).all())
