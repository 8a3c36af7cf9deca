"""Before the references: gather what gaps in values get from other units, by year and group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from parkscore.data.derive import derive
from parkscore.data.fillings import group_codes, takes_from_others, takes_groups, year_name
from parkscore.data.fitted import Fitted
from parkscore.data.policies import columns_by_choice
from parkscore.data.reference_groups import looked_at_together
from parkscore.data.reference_names import named
from parkscore.data.table import Table
from parkscore.engine.group_statistics import GroupPart, GroupStatistics, group_part
from parkscore.findings import Finding
from parkscore.framework.models import Framework
from parkscore.framework.settings import resolve_settings

Parts = Mapping[tuple[str, str], GroupPart]
"""By the name of year and group, and by indicator."""


def methods_of(framework: Framework) -> dict[str, str]:
    """The imputation of each indicator whose gaps get what other units have."""
    settings = resolve_settings(framework)
    choices = {leaf.id: settings[leaf.id].missing for leaf in framework.leaves}
    return {code: choice.name for code, choice in choices.items() if takes_from_others(choice)}


def gather_gaps(framework: Framework, table: Table, _year: int | None, _fitted: Fitted) -> Parts:
    """What the rows of a piece, of every year and set aside or not, add to the numbers that gaps get."""
    settings, leaves = resolve_settings(framework), framework.leaves
    values = derive(framework, table).values
    found: dict[tuple[str, str], GroupPart] = {}
    choices = (settings[leaf.id].missing for leaf in leaves)
    for choice, columns in columns_by_choice(each if takes_from_others(each) else None for each in choices):
        groups = group_codes(choice, framework, table) if takes_groups(choice) else None
        for (year, texts), rows in looked_at_together(framework, table):
            own = None if groups is None else groups.taken(rows)
            for column in columns.tolist():
                part = group_part(choice.name, values[rows, column], own)
                found[named(year_name(year), texts), leaves[column].id] = part
    return found


class JoiningGaps:
    """The numbers that all pieces come to."""

    findings: tuple[Finding, ...] = ()

    def __init__(self, framework: Framework, folder: Path) -> None:
        """Nothing has been gathered yet."""
        self._statistics = GroupStatistics(methods_of(framework), folder)

    def add(self, parts: Parts) -> None:
        """What a piece has; in any order."""
        for (name, code), part in parts.items():
            self._statistics.add(name, code, part)

    def fitted(self, before: Fitted) -> Fitted:
        """What was fitted before, and these numbers."""
        return replace(before, fillings=self._statistics.found())
