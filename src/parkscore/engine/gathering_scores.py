"""After the references: gather the mean scores that gaps in scores get, by year and group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from parkscore.data.cohorts import years_of
from parkscore.data.fillings import group_codes, year_name
from parkscore.data.fitted import Filling, Fitted
from parkscore.data.policies import columns_by_choice
from parkscore.data.reference_names import named
from parkscore.data.table import Table
from parkscore.engine.group_statistics import GroupPart, GroupStatistics, group_part
from parkscore.engine.scored_references import score_references
from parkscore.findings import Finding
from parkscore.framework.models import SCORE_GROUP_MEAN, Framework
from parkscore.framework.settings import resolve_settings

Parts = Mapping[tuple[str, str], GroupPart]
"""By the name of year and group, and by indicator."""


def fills_scores(framework: Framework) -> bool:
    """Whether gaps of any indicator get the mean score of a group."""
    settings = resolve_settings(framework)
    return any(settings[leaf.id].missing.name == SCORE_GROUP_MEAN for leaf in framework.leaves)


def gather_scores(framework: Framework, table: Table, year: int | None, fitted: Fitted) -> Parts:
    """What the rows of a piece add to the mean scores; fitted: what they are scored by."""
    scored = score_references(framework, table, year, fitted)
    scores = scored.scores
    settings, leaves = resolve_settings(framework), framework.leaves
    choices = (settings[leaf.id].missing for leaf in leaves)
    found: dict[tuple[str, str], GroupPart] = {}
    for choice, columns in columns_by_choice(each if each.name == SCORE_GROUP_MEAN else None for each in choices):
        texts = group_codes(choice, framework, table)
        for cohort in scored.cohorts:
            for own_year, own in years_of(table, cohort.measured):
                name = named(year_name(own_year), cohort.within)
                for column in columns.tolist():
                    found[name, leaves[column].id] = group_part("group_mean", scores[own, column], texts.taken(own))
    return found


class JoiningScores:
    """The mean scores that all pieces come to."""

    findings: tuple[Finding, ...] = ()

    def __init__(self, framework: Framework, folder: Path) -> None:
        """Nothing has been gathered yet."""
        settings = resolve_settings(framework)
        self._leaves = {leaf.id: leaf for leaf in framework.leaves}
        ours = [code for code in self._leaves if settings[code].missing.name == SCORE_GROUP_MEAN]
        self._statistics = GroupStatistics(dict.fromkeys(ours, "group_mean"), folder)

    def add(self, parts: Parts) -> None:
        """What a piece has; in any order."""
        for (name, code), part in parts.items():
            self._statistics.add(name, code, part)

    def fitted(self, before: Fitted) -> Fitted:
        """What was fitted before, and these means, each rounded as the indicator's own scores are."""
        means = {
            name: {code: self._rounded(code, filling) for code, filling in own.items()}
            for name, own in self._statistics.found().items()
        }
        return replace(before, filled_scores=means)

    def _rounded(self, code: str, filling: Filling) -> Filling:
        rounding = self._leaves[code].round
        if rounding is None:
            return filling
        return dict(zip(filling, rounding.of(np.array(list(filling.values()))).tolist(), strict=True))
