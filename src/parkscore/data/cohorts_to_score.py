"""Group the rows that were asked for, and apart from them those that conditions look back at, to be scored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from parkscore.data.cohorts import all_cohorts, cohorts, earlier_rows, only_measured_against, to_be_scored, years_of
from parkscore.data.filled import Filled
from parkscore.data.fitted import Fitted
from parkscore.data.grid import Cohort, Rows, shared
from parkscore.data.reference_groups import why_without_reference
from parkscore.data.table import Table
from parkscore.data.unranked import Unranked
from parkscore.framework.models import Framework
from parkscore.framework.score_history import years_looked_back


@dataclass(frozen=True)
class ToScore:
    """The rows to score, grouped by what they are measured against.

    rows: those that were asked for and may be scored. own: their groups. earlier: the groups of the rows of other years
    whose scores a condition reads, each year apart; nothing is said of these. beside: the groups of the references of
    which no row is to be scored, and nothing is said. set_aside: why rows of the table have no scores.
    """

    rows: Rows
    own: tuple[Cohort, ...]
    earlier: tuple[Cohort, ...]
    beside: tuple[Cohort, ...]
    set_aside: Mapping[int, Unranked]

    @property
    def cohorts(self) -> tuple[Cohort, ...]:
        """All that have rows to score."""
        return self.own + self.earlier


def cohorts_to_score(
    framework: Framework, table: Table, rows: Rows, filled: Filled, fitted: Fitted | None = None
) -> ToScore:
    """The groups of some rows of a table; fitted: what they are scored by, where nothing is fitted on them.

    Raises DataError where no row of the reference year may be measured against.
    """
    eligible = filled.eligible
    ours = shared(rows, eligible)
    groups = all_cohorts(framework, table, ours, eligible, fitted)
    own, beside = to_be_scored(groups), only_measured_against(groups)
    set_aside = {**filled.set_aside, **why_without_reference(framework, table, ours, own)}
    looked_back = shared(earlier_rows(table, rows, years_looked_back(framework)), eligible)
    earlier = cohorts(framework, table, looked_back, eligible, fitted) if looked_back.size else ()
    return ToScore(ours, own, tuple(_by_year(table, earlier)), beside, set_aside)


def _by_year(table: Table, groups: Iterable[Cohort]) -> Iterator[Cohort]:
    """The same groups with each year apart, so that what is found of rows says of which year it is."""
    for group in groups:
        if group.year is None:
            yield from (replace(group, apply=own, year=year) for year, own in years_of(table, group.apply))
        else:
            yield group
