"""The ten steps, in order: a framework and a table become an evaluation."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from parkscore.data.cohorts import cohorts, scored_rows
from parkscore.data.derive import derive
from parkscore.data.impute import impute
from parkscore.data.screen import screen
from parkscore.data.treat import treat
from parkscore.data.validate import read_and_validate
from parkscore.evaluation import Evaluation, refuse_taken_ids
from parkscore.findings import DataError, errors_of
from parkscore.framework.loading import load_framework
from parkscore.framework.models import Framework
from parkscore.tree.aggregate import aggregate
from parkscore.tree.fill_scores import fill_scores
from parkscore.tree.gate import gate
from parkscore.tree.rank import rank
from parkscore.tree.schemes import Weights, plan_weights
from parkscore.tree.score import score
from parkscore.tree.weigh import weigh

if TYPE_CHECKING:
    import pandas as pd


def evaluate(
    framework: str | Path | Framework,
    data: str | Path | pd.DataFrame,
    *,
    weights: Weights = None,
    year: int | None = None,
) -> Evaluation:
    """Score and rank the units of a table under a framework.

    framework: a shipped name, a .yaml or .xlsx file, or a loaded framework. data: an .xlsx, .csv or .parquet file or a
    DataFrame, one row per unit and year. weights: a weight scheme by name or file, or a weighting method by name; by
    default the framework's own. year: the data year to score; by default each year in the data.

    Raises FrameworkError, DataError or UsageError with every finding at once, and leaves nothing half done.
    """
    framework = load_framework(framework)
    refuse_taken_ids(framework)
    plan = plan_weights(framework, weights)

    table, found_in_data = read_and_validate(data, framework)
    if table is None or errors_of(found_in_data):
        raise DataError(found_in_data)
    rows = scored_rows(table, year)

    indicators = derive(framework, table)
    imputed, found_imputing = impute(framework, table, indicators)
    eligible, set_aside = screen(framework, indicators, imputed)
    groups = cohorts(framework, table, np.intersect1d(rows, eligible), eligible)
    treated = treat(framework, table, imputed, groups)
    scored = score(framework, table, treated.grid, groups, base=imputed)
    scored = fill_scores(framework, table, treated.grid, groups, scored)
    weighing = weigh(framework, table, scored.scores, groups, plan)
    nodes = aggregate(framework, table, scored.scores, groups, weighing.shares)
    outcomes, found_gating = gate(framework, table, nodes, rows, set_aside)
    standing = rank(framework, table, nodes.scores[framework.total.id], outcomes.ranked)

    found_scoring = [*found_imputing, *treated.findings, *scored.findings, *weighing.findings, *nodes.findings]
    return Evaluation(
        framework=framework,
        table=table,
        rows=rows,
        cohorts=groups,
        indicator_grid=indicators,
        imputed_grid=imputed,
        treatment=treated,
        scoring=scored,
        weighing=weighing,
        aggregated=nodes,
        outcomes=outcomes,
        standing=standing,
        findings=(*found_in_data, *found_scoring, *found_gating),
    )
