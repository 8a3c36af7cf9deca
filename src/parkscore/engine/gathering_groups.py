"""Where no rule is fitted on the rows: gather which references have rows to measure against."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from parkscore.data.filled import fill_gaps
from parkscore.data.fitted import Fitted
from parkscore.data.table import Table
from parkscore.engine.piece_cohorts import measured_in_piece
from parkscore.findings import Finding
from parkscore.framework.models import Framework


def may_lack_references(framework: Framework) -> bool:
    """Whether rows may have nothing to be measured against: those of a group that the reference year does not have."""
    return framework.time is not None and isinstance(framework.reference, int) and bool(framework.reference_within)


def gather_groups(framework: Framework, table: Table, year: int | None, fitted: Fitted) -> frozenset[str]:
    """The references that a row of a piece may be measured against."""
    filled = fill_gaps(framework, table, fitted)
    cohorts = measured_in_piece(framework, table, year, filled.eligible)
    return frozenset(cohort.reference for cohort in cohorts if cohort.fit.size)


class JoiningGroups:
    """The references that all pieces have."""

    findings: tuple[Finding, ...] = ()

    def __init__(self, _framework: Framework, _folder: Path) -> None:
        """Nothing has been gathered yet."""
        self._names: set[str] = set()

    def add(self, names: frozenset[str]) -> None:
        """What a piece has; in any order."""
        self._names |= names

    def fitted(self, before: Fitted) -> Fitted:
        """What was fitted before, and these references."""
        return with_references(before, self._names)


def with_references(before: Fitted, names: Iterable[str]) -> Fitted:
    """What was fitted before, and no other references than these, of which no rule takes anything."""
    return Fitted({name: {} for name in sorted(names)}, before.treatments, before.fillings)
