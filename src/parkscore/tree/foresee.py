"""Say of a table, before it is weighed and ranked, what the stages up to the scores will find fault with."""

from __future__ import annotations

import numpy as np

from parkscore.data.cohorts import cohorts
from parkscore.data.derive import derive
from parkscore.data.impute import impute
from parkscore.data.screen import screen
from parkscore.data.table import Table
from parkscore.data.treat import treat
from parkscore.findings import DataError, Finding, Severity
from parkscore.framework.models import Framework
from parkscore.tree.score import score


def foresee(framework: Framework, table: Table) -> list[Finding]:
    """Warnings and errors of deriving, treating and scoring a table in which validation found no error.

    An indicator that no unit has or that is the same for all, one unit alone, and values that a rule cannot take.
    """
    try:
        indicators = derive(framework, table)
        imputed, _ = impute(framework, table, indicators)
        eligible, _ = screen(framework, indicators, imputed)
        groups = cohorts(framework, table, np.asarray(eligible, dtype=np.intp), eligible)
        treated = treat(framework, table, imputed, groups)
        scored = score(framework, table, treated.grid, groups, base=imputed)
    except DataError as error:
        return error.findings
    return [each for each in (*treated.findings, *scored.findings) if each.severity is not Severity.INFO]
