"""Score the rows of a piece by what was fitted before, and count what can only be told of all pieces together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from parkscore.data.classes import Classification, classify
from parkscore.data.cohorts_to_score import ToScore, cohorts_to_score
from parkscore.data.filled import Filled, fill_gaps
from parkscore.data.fitted import Fitted
from parkscore.data.grid import Cohort, Grid, Rows
from parkscore.data.table import Table
from parkscore.data.treat import Treatment, treat
from parkscore.engine.piece_cohorts import cohorts_of_piece, rows_of_year
from parkscore.engine.tallies import Tally, tally
from parkscore.framework.models import Framework
from parkscore.tree.score import Scored
from parkscore.tree.to_scores import to_scores


@dataclass(frozen=True)
class ScoredPiece:
    """A piece after the steps that no weight can change; rows: those that were asked for."""

    table: Table
    rows: Rows
    classification: Classification | None
    filled: Filled
    to_score: ToScore
    treated: Treatment
    scored: Scored

    @cached_property
    def years(self) -> frozenset[int]:
        """The data years of the rows."""
        return frozenset() if self.table.years is None else frozenset(np.unique(self.table.years[self.rows]).tolist())

    def asks_for(self, year: int | None) -> bool:
        """Whether what is said of a year is to be told, as that of no year always is."""
        return year is None or self.table.years is None or year in self.years

    def tally(self, framework: Framework, fitted: Fitted) -> Tally:
        """What was counted; fitted: what the rows were scored by."""
        eligible, years = self.filled.eligible, self.table.years
        measured = eligible
        if years is not None and isinstance(framework.reference, int):
            measured = eligible[years[eligible] == framework.reference]
        filled_later = [each for each in self.scored.findings if each.code == "imputed" and self.asks_for(each.year)]
        treated_alike = {} if fitted.base is None else self.treated.counted
        counted = self._counted(framework, fitted)
        return replace(
            tally(
                framework,
                self.table,
                counted,
                self.classification,
                self.rows,
                [*self.filled.findings, *filled_later],
                self.filled.imputed,
                self._measured(framework, counted, fitted),
                fitted,
            ),
            to_score=self.to_score.rows.size,
            to_measure=measured.size,
            treated={key: points for key, points in treated_alike.items() if self.asks_for(key[2])},
        )

    def _measured(self, framework: Framework, counted: Sequence[Cohort], fitted: Fitted) -> Grid:
        """The values as scored, those of rows that are only measured against, too."""
        if all(cohort.fit is cohort.apply or not cohort.fit.size for cohort in counted):
            return self.treated.grid
        pooled = tuple(replace(cohort, pool=cohort.measured) for cohort in counted)
        return treat(framework, self.table, self.filled.imputed, pooled, fitted).grid

    def _counted(self, framework: Framework, fitted: Fitted) -> list[Cohort]:
        """The cohorts of the rows, with those of the piece that their references are fitted on."""
        if fitted.base is not None:  # no row here is one that it was fitted on
            return [replace(cohort, fit=cohort.fit[:0]) for cohort in self.to_score.own]
        found = cohorts_of_piece(framework, self.table, self.rows, self.filled.eligible)
        if framework.reference_within:  # rows of a group without a reference are told by themselves
            return [cohort for cohort in found if fitted.has(cohort.reference)]
        return found


def score_piece(framework: Framework, table: Table, year: int | None, fitted: Fitted) -> ScoredPiece:
    """The steps up to the scores; DataError where a treatment or a rule refuses a value.

    year: of the rows to score, None for all. fitted: what they are scored by; a row has the same scores in whatever
    piece it stands.
    """
    rows = rows_of_year(table, year)
    filled = fill_gaps(framework, table, fitted)
    to_score = cohorts_to_score(framework, table, rows, filled, fitted)
    treated, scored = to_scores(framework, table, filled.imputed, to_score.cohorts, fitted, counts=False)
    return ScoredPiece(table, rows, classify(framework, table), filled, to_score, treated, scored)
