"""What units would score and rank with other values, while references, weights and all other units stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from parkscore.data.classes import classify
from parkscore.data.cohorts import cohorts, cohorts_by_class
from parkscore.data.columns import Columns
from parkscore.data.derive import derive
from parkscore.data.filled import fill_gaps
from parkscore.data.grid import Cohort, Grid, Rows, Vector
from parkscore.data.table import Table
from parkscore.evaluation import Evaluation
from parkscore.findings import DataError
from parkscore.members.changed_columns import Imagined, imagine
from parkscore.methods import ranking
from parkscore.methods.ranks_among import rank_among
from parkscore.tree.aggregate import Shares, aggregate
from parkscore.tree.rank import Ranks
from parkscore.tree.to_scores import to_scores
from parkscore.tree.weigh import stated_shares


@dataclass(frozen=True)
class Outcome:
    """What imagined rows come to.

    grid: the indicators as derived, (rows, indicators). scores: by node, the root and the indicators included, (rows,).
    ranks: overall, (rows,), each with all other units as they are; 0 where a row would not be ranked.
    """

    grid: Grid
    scores: Mapping[str, Vector]
    ranks: Ranks


class Held:
    """One year of an evaluation, by which imagined rows are scored: its references, its shares, the scores of others.

    Every row is put through the steps of an evaluation; only what compares rows is taken from the evaluation, and so a
    row comes to what it came to there, to the last bit, where nothing is changed.
    """

    def __init__(self, evaluation: Evaluation, year: int | None) -> None:
        """year: the year of the rows that will be imagined, None where the framework has no time.

        rows: the rows of the table that were scored in that year.
        """
        self.framework = evaluation.framework
        self.table = evaluation.table
        self._columns = Columns(self.framework, self.table)
        self._plan = evaluation.plan
        frozen = {} if evaluation.frozen is None else evaluation.frozen.fitted_under(self.framework, self._plan).shares
        self._only_known = bool(frozen)
        pairs = zip(evaluation.cohorts, evaluation.weighing.shares, strict=True)
        self._shares: dict[tuple[str, str | None], Shares | None] = dict(frozen)
        self._shares |= {(cohort.name, cohort.class_id): own for cohort, own in pairs}
        # The range that a reference was fitted on is for findings only, and nobody reads findings on what is imagined.
        self._fitted = replace(evaluation.fitted, extents={}, shares={})
        ranked = np.where(evaluation.outcomes.ranked, evaluation.aggregated.scores[self.framework.total.id], np.nan)
        self._ranked = self._rounded(ranked)
        own, years = evaluation.rows, self.table.years
        self.rows: Rows = own if years is None else own[years[own] == year]

    def outcome(self, imagined: Imagined) -> Outcome:
        """The indicators, scores and ranks of imagined rows, each by itself.

        A row with a value that a rule or an aggregation refuses, such as the logarithm of 0, has no scores.
        """
        table, derived = self._derived(imagined)
        scores = self._scores(imagined, table, derived)
        return Outcome(derived, scores, self._ranks(scores[self.framework.total.id], imagined.rows))

    def _derived(self, imagined: Imagined) -> tuple[Table, Grid]:
        table = imagine(self.framework, self.table, self._columns, imagined)
        return table, derive(self.framework, table)

    def _scores(self, imagined: Imagined, table: Table, derived: Grid) -> Mapping[str, Vector]:
        """The scores of every node; where a value is refused, those of each half apart, down to the row."""
        try:
            return self._scored(table, derived)
        except DataError:
            if len(imagined.rows) == 1:
                return {node.id: np.full(1, np.nan) for node in self.framework.root.walk()}
        halves = [self._scores(half, *self._derived(half)) for half in imagined.halves()]
        return {name: np.concatenate([half[name] for half in halves]) for name in halves[0]}

    def _scored(self, table: Table, derived: Grid) -> Mapping[str, Vector]:
        framework, fitted = self.framework, self._fitted
        filled = fill_gaps(framework, table, fitted, derived)
        groups = cohorts(framework, table, filled.eligible, filled.eligible, fitted)
        treated, scored = to_scores(framework, table, filled.imputed, groups, fitted, counts=False)
        classification = classify(framework, table) if self._plan.by_class else None
        if classification is not None:
            groups = cohorts_by_class(groups, classification)
        weighed = [(each, shares) for each in groups if (shares := self._shares_of(each)) is not None]
        groups, own = tuple(each for each, _ in weighed), tuple(shares for _, shares in weighed)
        nodes = aggregate(framework, table, scored.scores, groups, own, treated.grid.states, fitted)
        return nodes.scores

    def _shares_of(self, cohort: Cohort) -> Shares | None:
        """The shares of the evaluation, or of a class that no row of it is of; None where they would be computed."""
        key = (cohort.name, cohort.class_id)
        if key not in self._shares and not self._only_known:
            self._shares[key] = stated_shares(self.framework, self.table, self._plan, cohort.class_id)
        return self._shares.get(key)

    def _ranks(self, total: Vector, rows: Rows) -> Ranks:
        everybody = self._ranked[self.rows]
        return rank_among(self._rounded(total), self._ranked[rows], everybody, self.framework.ranking.ties)

    def ranks_together(self, total: Vector, rows: Rows) -> Ranks:
        """The rank of each row of the year where some have other scores at the same time, (rows of the year,)."""
        scores = self._ranked.copy()
        scores[rows] = self._rounded(total)
        return np.asarray(ranking[self.framework.ranking.ties](scores[self.rows]))

    def _rounded(self, scores: Vector) -> Vector:
        # Adding 0 makes one zero of 0 and -0.
        return np.asarray(np.round(scores, self.framework.ranking.decimals) + 0.0)
