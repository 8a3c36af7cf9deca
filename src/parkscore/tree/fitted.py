"""Gather what one run fitted, so that other rows can be scored by it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from parkscore.data.fillings import fillings_of
from parkscore.data.fitted import Fitted
from parkscore.data.grid import Cohort, Grid
from parkscore.data.table import Table
from parkscore.data.treat import Treatment
from parkscore.framework.models import Framework
from parkscore.methods.columns import highest, lowest
from parkscore.tree.aggregate import Nodes
from parkscore.tree.fill_scores import filled_scores_of
from parkscore.tree.score import Scored
from parkscore.tree.weigh import Weighing

__all__ = ["Fitted", "fit_of", "with_weights"]


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
        columns = [imputed.values[cohort.fit, imputed.ids.index(code)] for code in relative]
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
    absent = {
        (cohort.reference, cohort.class_id): frozenset(
            code for code, scores in nodes.scores.items() if np.isnan(scores[cohort.apply]).all()
        )
        for cohort in cohorts
    }
    return replace(fitted, shares={(cohort.name, cohort.class_id): shares for cohort, shares in pairs}, absent=absent)
