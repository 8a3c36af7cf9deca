"""Fill gaps in scores, where the policy of an indicator is the mean score of the unit's group."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from parkscore.data.cohorts import years_of
from parkscore.data.grid import Cohort, Grid
from parkscore.data.impute import count_filled, group_numbers, title_of
from parkscore.data.policies import columns_by_choice
from parkscore.data.table import State, Table
from parkscore.framework.models import SCORE_GROUP_MEAN, Framework
from parkscore.framework.settings import resolve_settings
from parkscore.methods import imputation
from parkscore.tree.score import Scored


def fill_scores(framework: Framework, table: Table, grid: Grid, cohorts: tuple[Cohort, ...], scored: Scored) -> Scored:
    """The scored stage with missing scores filled by the mean score of the same year and group.

    Only what is missing is filled, and only for rows that are scored; a gap stays where no unit of the group has a
    score. The group is the class, or the text field named `by`.
    """
    settings = resolve_settings(framework)
    policies = [settings[leaf.id].missing for leaf in framework.leaves]
    ours = columns_by_choice(choice if choice.name == SCORE_GROUP_MEAN else None for choice in policies)
    if not ours:
        return scored
    scores, filled, findings = scored.scores.copy(), scored.filled.copy(), list(scored.findings)
    for choice, columns in ours:
        for cohort in cohorts:
            for year, own in years_of(table, np.union1d(cohort.apply, cohort.fit)):
                block = np.ix_(own, columns)
                means = imputation["group_mean"](
                    scored.scores[block], groups=group_numbers(choice, framework, table, own)
                )
                for position, column in enumerate(columns.tolist()):
                    rounding = framework.leaves[column].round
                    means[:, position] = means[:, position] if rounding is None else rounding.of(means[:, position])
                put = (grid.states[block] == State.MISSING) & ~np.isnan(means)
                scores[block] = np.where(put, means, scored.scores[block])
                filled[block] |= put
                findings += count_filled(framework, title_of(choice), columns, put[np.isin(own, cohort.apply)], year)
    return replace(scored, scores=scores, filled=filled, findings=tuple(findings))
