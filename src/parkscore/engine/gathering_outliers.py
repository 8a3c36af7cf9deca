"""Before the references: gather what treatments make of outliers, on what is filled, column by column in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np

from parkscore.data.filled import fill_gaps
from parkscore.data.fitted import Fitted
from parkscore.data.grid import Cohort, Stack, Vector
from parkscore.data.table import Table
from parkscore.data.treat import refuse_untreatable, treated_finding, untreatable
from parkscore.engine.buckets import BUDGET
from parkscore.engine.gathering_groups import with_references
from parkscore.engine.piece_cohorts import measured_in_piece
from parkscore.engine.scored_piece import ScoredPiece
from parkscore.engine.sorted_columns import SortedColumn
from parkscore.findings import DataError, Finding
from parkscore.framework.models import Choice, Framework, Node
from parkscore.framework.settings import resolve_settings
from parkscore.methods import DomainError, treatment
from parkscore.methods.transformations import Transformation

Columns = Sequence[tuple[int, Node, Choice]]
"""Indicators with their treatment, each with its column."""


def treated_columns(framework: Framework) -> Columns:
    """The indicators that have a treatment."""
    settings = resolve_settings(framework)
    chosen = ((column, leaf, settings[leaf.id].treat) for column, leaf in enumerate(framework.leaves))
    return [(column, leaf, choice) for column, leaf, choice in chosen if choice is not None]


def treated_alone(framework: Framework) -> Columns:
    """Those whose treatment takes nothing from the data; a reference that was fitted before says nothing of these."""
    return [each for each in treated_columns(framework) if treatment[each[2].name].row_local]


@dataclass(frozen=True)
class OutlierPart:
    """What the rows of a piece add to a reference.

    is_told: whether any of them is asked for, and not only measured against or, where years are apart, looked back at.
    is_fitted: whether the reference is fitted on any of them. values: by indicator, none missing.
    """

    is_told: bool
    is_fitted: bool
    values: Mapping[str, Vector]


Key = tuple[str, int | None]
"""A reference, and the year of the rows, as those of several years may have a reference of before."""

Parts = Mapping[Key, OutlierPart]


def gather_outliers(framework: Framework, table: Table, year: int | None, fitted: Fitted) -> Parts:
    """The values of a piece, gaps filled; DataError, with the rows, where a treatment cannot take one."""
    filled = fill_gaps(framework, table, fitted)
    cohorts = [each for each in measured_in_piece(framework, table, year, filled.eligible) if each.pool.size]
    ours, numbers = treated_columns(framework), filled.imputed.numbers
    refuse_untreatable(table, cohorts, [(leaf, choice, numbers[column]) for column, leaf, choice in ours])
    return {
        (cohort.reference, cohort.year): OutlierPart(
            bool(cohort.apply.size) and (year is None or cohort.year in (None, year)),
            bool(cohort.fit.size),
            _pooled(cohort, numbers, ours),
        )
        for cohort in cohorts
    }


def outliers_of_own(framework: Framework, piece: ScoredPiece) -> Parts:
    """The values that are treated each alone, of the rows of a piece that were asked for and scored as others were."""
    ours = treated_alone(framework)
    return {
        (cohort.reference, cohort.year): OutlierPart(True, True, _pooled(cohort, piece.filled.imputed.numbers, ours))
        for cohort in (piece.to_score.own if ours else ())
    }


def _pooled(cohort: Cohort, numbers: Stack[np.float64], columns: Columns) -> dict[str, Vector]:
    pooled = {leaf.id: numbers[column][cohort.pool] for column, leaf, _ in columns}
    return {code: own[~np.isnan(own)] for code, own in pooled.items()}


class JoiningOutliers:
    """What the treatments make of the values of all pieces."""

    def __init__(self, framework: Framework, folder: Path, columns: Columns | None = None) -> None:
        """folder: for the columns in order. columns: those that are looked at, by default all that are treated."""
        self.findings: tuple[Finding, ...] = ()
        self._ours = [
            (leaf, choice) for _, leaf, choice in (treated_columns(framework) if columns is None else columns)
        ]
        budget = BUDGET // max(1, len(self._ours))
        self._columns = {
            leaf.id: SortedColumn(folder / f"outliers-{number}", budget=budget)
            for number, (leaf, _) in enumerate(self._ours)
        }
        self._numbers: dict[Key, int] = {}
        self._told: set[Key] = set()
        self._fitted: set[Key] = set()

    def add(self, parts: Parts) -> None:
        """What a piece has; in any order."""
        for key, part in parts.items():
            number = self._numbers.setdefault(key, len(self._numbers))
            self._told |= {key} if part.is_told else set()
            self._fitted |= {key} if part.is_fitted else set()
            for code, values in part.values.items():
                self._columns[code].add(values, number)

    def fitted(self, before: Fitted) -> Fitted:
        """What was fitted before, and these; DataError where the values of all pieces come to something too large."""
        in_order = {code: column.finish() for code, column in self._columns.items()}
        made: dict[str, dict[str, Transformation | None]] = {}
        findings, refusals = [], []
        for (name, year), (leaf, choice) in product(sorted(self._fitted), self._ours):
            record_in_order = treatment[choice.name].record_in_order
            assert record_in_order is not None  # noqa: S101  # every treatment has one
            try:
                record = record_in_order(in_order[leaf.id][self._numbers[name, year]](), **choice.parameters)
            except DomainError as error:
                refusals.append(untreatable(leaf, choice, year, error))
                continue
            if not treatment[choice.name].row_local:
                made.setdefault(name, {})[leaf.id] = record.made
            if (name, year) in self._told and (record.action != "none" or not record.passed):
                findings.append(treated_finding(leaf, year, record))
        if refusals:
            raise DataError(refusals)
        self.findings = tuple(findings)
        return replace(with_references(before, {name for name, _ in self._fitted}), treatments=made)
