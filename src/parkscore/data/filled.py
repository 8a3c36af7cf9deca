"""The first steps, from the cells of a table to the rows that may be scored: derived, filled, and screened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parkscore.data.derive import derive
from parkscore.data.fitted import Fitted
from parkscore.data.grid import Grid, Rows
from parkscore.data.impute import impute
from parkscore.data.screen import screen
from parkscore.data.table import Table
from parkscore.data.unranked import Unranked
from parkscore.findings import Finding
from parkscore.framework.models import Framework


@dataclass(frozen=True)
class Filled:
    """The indicators as derived and with gaps filled, and which rows may be scored on them.

    findings: how many gaps were filled. eligible: the rows that may be scored, or be part of a reference, ascending.
    set_aside: for each other row the reason.
    """

    indicators: Grid
    imputed: Grid
    findings: Sequence[Finding]
    eligible: Rows
    set_aside: Mapping[int, Unranked]


def fill_gaps(framework: Framework, table: Table, fitted: Fitted | None = None, derived: Grid | None = None) -> Filled:
    """The rows of a table up to where they are grouped by what they are measured against.

    fitted: what gaps get where they get a statistic of other units. derived: the indicators, where they are known.
    """
    indicators = derive(framework, table) if derived is None else derived
    imputed, findings = impute(framework, table, indicators, fitted)
    eligible, set_aside = screen(framework, indicators, imputed)
    return Filled(indicators, imputed, findings, eligible, set_aside)
