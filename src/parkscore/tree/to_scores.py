"""The steps from values without gaps to the scores of indicators: one way for tables, pieces and imagined rows."""

from __future__ import annotations

from parkscore.data.fitted import Fitted
from parkscore.data.grid import Cohort, Grid
from parkscore.data.table import Table
from parkscore.data.treat import Treatment, treat
from parkscore.framework.models import Framework
from parkscore.tree.fill_scores import fill_scores
from parkscore.tree.score import Scored, score


def to_scores(
    framework: Framework,
    table: Table,
    imputed: Grid,
    cohorts: tuple[Cohort, ...],
    fitted: Fitted | None = None,
    *,
    counts: bool = True,
) -> tuple[Treatment, Scored]:
    """The values of each cohort treated, and their scores, gaps in scores filled where that is declared.

    imputed: the indicators with gaps filled. fitted: what the rows are treated and scored by, where nothing is fitted
    on them. counts: as for `score`.

    Raises DataError with every value that a treatment or a rule cannot take.
    """
    treated = treat(framework, table, imputed, cohorts, fitted)
    scored = score(framework, table, treated.grid, cohorts, base=imputed, fitted=fitted, counts=counts)
    return treated, fill_scores(framework, table, treated.grid, cohorts, scored, fitted)
