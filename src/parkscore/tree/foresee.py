"""Say of a table, before it is weighed and ranked, what the stages up to the scores will find fault with."""

from __future__ import annotations

from parkscore.data.cohorts import cohorts
from parkscore.data.filled import fill_gaps
from parkscore.data.table import Table
from parkscore.findings import DataError, Finding, Severity
from parkscore.framework.models import Framework
from parkscore.tree.to_scores import to_scores


def foresee(framework: Framework, table: Table) -> list[Finding]:
    """Warnings and errors of deriving, treating and scoring a table in which validation found no error.

    An indicator that no unit has or that is the same for all, one unit alone, and values that a rule cannot take.
    """
    try:
        filled = fill_gaps(framework, table)
        groups = cohorts(framework, table, filled.eligible, filled.eligible)
        treated, scored = to_scores(framework, table, filled.imputed, groups)
    except DataError as error:
        return error.findings
    return [each for each in (*treated.findings, *scored.findings) if each.severity is not Severity.INFO]
