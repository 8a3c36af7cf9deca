"""Scores of indicators made anew from the values of every draw: treated, then scored, as the ten steps do it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from parkscore.data.fitted import Fitted
from parkscore.data.grid import Cohort, Matrix, Rows
from parkscore.evaluation import Evaluation
from parkscore.findings import DataError, Finding
from parkscore.framework.cases import has_rules_by_case
from parkscore.framework.models import SCORE_GROUP_MEAN, Framework, Node
from parkscore.framework.settings import SIGN, Settings, resolve_settings
from parkscore.language import Text
from parkscore.methods import scoring, treatment
from parkscore.methods.treatments import treated_alike
from parkscore.robustness.drawn_values import DrawnValues
from parkscore.robustness.plans import Filled
from parkscore.tree.to_scores import to_scores

_SUPPLIED: Final = frozenset({"among", "years", "units", "base", "categories"})


class RemadeScores:
    """The scores of the indicators whose values are drawn, under one framework."""

    def __init__(
        self, evaluation: Evaluation, framework: Framework, filled: Filled, values: DrawnValues, rows: Rows
    ) -> None:
        """Nothing is computed yet; rows: of the table, those whose values are drawn, ascending."""
        self._evaluation, self._framework, self._filled, self._values = evaluation, framework, filled, values
        self.rows = rows
        self._fitted: Fitted | None = None if evaluation.frozen is None else evaluation.frozen.fitted
        self._settings = resolve_settings(framework)
        self._cohorts = tuple(cohort for cohort in filled.cohorts if np.isin(cohort.pool, rows).all())
        self._leaves = framework.leaves
        alone = [each for each in values.columns.tolist() if not scores_alike(self._leaves[each], self._of(each))]
        self._one_by_one = np.array(alone, dtype=np.intp)

    def scores(self, draws: Rows) -> Mapping[int, Matrix]:
        """By column of an indicator its scores in some draws, (draws, rows)."""
        values = self._values.of(self._filled, self.rows, draws)
        found = {
            column: self._at_once(column, own.T).T
            for column, own in zip(self._values.columns.tolist(), values, strict=True)
            if column not in self._one_by_one
        }
        if self._one_by_one.size:
            again = np.stack([self._again(draw) for draw in draws.tolist()])
            found |= {column: again[:, :, place] for place, column in enumerate(self._one_by_one.tolist())}
        return found

    def _of(self, column: int) -> Settings:
        return self._settings[self._leaves[column].id]

    def _at_once(self, column: int, values: Matrix) -> Matrix:
        """The scores of an indicator in some draws, (rows, draws) both: every draw is a column to the methods."""
        found = np.full(values.shape, np.nan)
        for cohort in self._cohorts:
            treated = self._treated(column, cohort, values)
            found[self._places(cohort.measured)] = self._scored(column, cohort, treated)
        return found

    def _treated(self, column: int, cohort: Cohort, values: Matrix) -> Matrix:
        """The values of an indicator, those that are treated together with outliers drawn in."""
        choice, leaf = self._of(column).treat, self._leaves[column]
        if choice is None:
            return values
        pool, found = self._places(cohort.pool), values.copy()
        if self._fitted is None or treatment[choice.name].row_local:
            found[pool] = treatment[choice.name](np.ascontiguousarray(values[pool]), **choice.parameters).values
        else:
            known = self._fitted.treatments[cohort.reference][leaf.id]
            found[pool] = treated_alike(values[pool], [known] * values.shape[1]).values
        return found

    def _scored(self, column: int, cohort: Cohort, values: Matrix) -> Matrix:
        leaf, said = self._leaves[column], self._of(column)
        rule = scoring[said.score.name]
        given: dict[str, Any] = {"direction": SIGN.get(str(said.direction), 1)}
        reference: Mapping[str, Any] = {}
        if rule.fit is not None and self._fitted is None:
            reference = rule.fit(values[self._places(cohort.fit)], **given, **said.score.parameters)
        elif rule.fit is not None and self._fitted is not None:
            reference = self._fitted.of(cohort.reference, leaf.id)
        parameters = {**said.score.parameters, **reference, **given}
        points = np.asarray(rule(values[self._places(cohort.measured)], **parameters))
        for statistic in reference.values():  # Without a value to measure against there is no score.
            points = np.where(np.isnan(statistic), np.nan, points)
        return points if leaf.round is None else leaf.round.of(points)

    def _places(self, rows: Rows) -> Rows:
        return np.searchsorted(self.rows, rows)

    def _again(self, draw: int) -> Matrix:
        """The scores of one draw by the steps themselves, (rows, indicators that have no form for many draws)."""
        framework, table, cohorts = self._framework, self._evaluation.table, self._filled.cohorts
        grid = self._values.grid(self._filled, self.rows, draw)
        try:
            _, scored = to_scores(framework, table, grid, cohorts, self._fitted, counts=False)
        except DataError as error:
            raise DataError([_of_draw(finding, draw) for finding in error.findings]) from None
        return scored.scores[np.ix_(self.rows, self._one_by_one)]


def scores_alike(leaf: Node, settings: Settings) -> bool:
    """Whether the rule of an indicator takes many draws as so many columns: it is handed nothing but the values."""
    rule = scoring[settings.score.name]
    return (
        not has_rules_by_case(leaf)
        and leaf.given is None
        and settings.missing.name != SCORE_GROUP_MEAN
        and _SUPPLIED.isdisjoint(rule.parameters)
        and (rule.fit is not None or rule.row_local)
    )


def drawn_rows(evaluation: Evaluation, rows: Rows) -> Rows:
    """The rows whose values are drawn: those of the year, or all of the table where references are of other years, too.

    rows: the scored rows of the year.
    """
    alone = evaluation.frozen is not None or evaluation.framework.reference == "per-year"
    return rows if alone or evaluation.table.years is None else np.arange(evaluation.table.size)


def _of_draw(finding: Finding, draw: int) -> Finding:
    """What the steps say of a value that was drawn: it stands in no cell, and no cell can be corrected."""
    said = finding.message
    message = Text(f"（第 {draw} 次抽样）{said.zh}", f"(draw {draw}) {said.en}")
    hint = Text("换一种方法，或缩小误差", "try another method, or vary less")
    return replace(finding, message=message, hint=hint, place=None)
