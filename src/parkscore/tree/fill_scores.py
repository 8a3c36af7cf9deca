"""Fill gaps in scores, where the policy of an indicator is the mean score of the unit's group."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from parkscore.data.cohorts import years_of
from parkscore.data.fillings import Texts, by_text, group_texts, year_name
from parkscore.data.fitted import Filling, Fitted
from parkscore.data.grid import Cohort, Grid, Rows, Truths, Vector
from parkscore.data.impute import count_filled, title_of
from parkscore.data.policies import columns_by_choice
from parkscore.data.reference_names import named
from parkscore.data.table import State, Table
from parkscore.framework.models import SCORE_GROUP_MEAN, Choice, Framework, Node
from parkscore.framework.settings import resolve_settings
from parkscore.late_pandas import pd
from parkscore.methods import imputation
from parkscore.tree.score import Scored


def fill_scores(
    framework: Framework,
    table: Table,
    grid: Grid,
    cohorts: tuple[Cohort, ...],
    scored: Scored,
    fitted: Fitted | None = None,
) -> Scored:
    """The scored stage with missing scores filled by the mean score of the same year and group.

    Only what is missing is filled, and only for rows that are scored; a gap stays where no unit of the group has a
    score. The group is the class, or the text field named `by`. fitted: the means of a reference, to fill in instead.
    """
    ours = _filled_by_others(framework)
    if not ours:
        return scored
    scores, filled, findings = scored.scores.copy(), scored.filled.copy(), list(scored.findings)
    means = filled_scores_of(framework, table, cohorts, scored) if fitted is None else fitted.filled_scores
    for choice, columns in ours:
        told: dict[int | None, list[Truths]] = {}
        for cohort in cohorts:
            for year, own in years_of(table, np.union1d(cohort.apply, cohort.fit)):
                known = means.get(_name(cohort, year, None if fitted is None else fitted.base), {})
                texts = group_texts(choice, framework, table, own)
                found = [by_text(known.get(framework.leaves[column].id, {}), texts) for column in columns]
                block = np.ix_(own, columns)
                fillings = np.column_stack(found)
                put = (grid.states[block] == State.MISSING) & ~np.isnan(fillings)
                scores[block] = np.where(put, fillings, scored.scores[block])
                filled[block] |= put
                told.setdefault(year, []).append(put[np.isin(own, cohort.apply)])
        for year, parts in told.items():  # groups are told together, as their gaps in values are
            findings += count_filled(framework, title_of(choice), columns, np.concatenate(parts), year)
    return replace(scored, scores=scores, filled=filled, findings=tuple(findings))


def filled_scores_of(
    framework: Framework, table: Table, cohorts: tuple[Cohort, ...], scored: Scored
) -> dict[str, dict[str, Filling]]:
    """The mean score of each group, by the name of year and group of `reference_within`, and by indicator."""
    own_scores = np.where(scored.filled, np.nan, scored.scores)
    means: dict[str, dict[str, Filling]] = {}
    for choice, columns in _filled_by_others(framework):
        for cohort in cohorts:
            for year, own in years_of(table, np.union1d(cohort.apply, cohort.fit)):
                texts = group_texts(choice, framework, table, own)
                entry = means.setdefault(_name(cohort, year, None), {})
                for column in columns.tolist():
                    leaf = framework.leaves[column]
                    entry[leaf.id] = _means_by_text(leaf, own_scores[own, column], texts)
    return means


def _means_by_text(leaf: Node, scores: Vector, texts: Texts) -> Filling:
    """The mean score of each text, rounded as the indicator's own scores are."""
    codes, met = pd.factorize(texts)
    gaps = np.full(len(met), np.nan)  # one for each text, to be filled with what its gaps get
    groups = np.concatenate([codes, np.arange(len(met))]).astype(np.intp)
    filled = imputation["group_mean"](np.concatenate([scores, gaps])[:, np.newaxis], groups=groups)[len(scores) :, 0]
    rounded = filled if leaf.round is None else leaf.round.of(filled)
    return dict(zip(met.tolist(), rounded.tolist(), strict=True))


def _filled_by_others(framework: Framework) -> list[tuple[Choice, Rows]]:
    settings = resolve_settings(framework)
    policies = [settings[leaf.id].missing for leaf in framework.leaves]
    return columns_by_choice(choice if choice.name == SCORE_GROUP_MEAN else None for choice in policies)


def _name(cohort: Cohort, year: int | None, base: str | None) -> str:
    return named(base or year_name(year), cohort.within)
