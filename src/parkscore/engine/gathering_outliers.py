"""Before the references: gather what treatments make of outliers, on what is filled, column by column in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np

from parkscore.data.filled import fill_gaps
from parkscore.data.fitted import Fitted
from parkscore.data.grid import Vector
from parkscore.data.table import Table
from parkscore.data.treat import refuse_untreatable, treated_finding, untreatable
from parkscore.engine.buckets import BUDGET
from parkscore.engine.piece_cohorts import measured_in_piece
from parkscore.engine.sorted_columns import SortedColumn
from parkscore.findings import DataError, Finding
from parkscore.framework.models import Choice, Framework, Node
from parkscore.framework.settings import resolve_settings
from parkscore.methods import DomainError, treatment
from parkscore.methods.transformations import Transformation


def treated_columns(framework: Framework) -> list[tuple[int, Node, Choice]]:
    """The indicators that have a treatment, with their column."""
    settings = resolve_settings(framework)
    chosen = ((column, leaf, settings[leaf.id].treat) for column, leaf in enumerate(framework.leaves))
    return [(column, leaf, choice) for column, leaf, choice in chosen if choice is not None]


@dataclass(frozen=True)
class OutlierPart:
    """What the rows of a piece add to a reference.

    year: of these rows, None where they are of several. is_told: whether any of them may be asked for, and not only
    looked back at. is_fitted: whether the reference is fitted on any of them. values: by indicator, none missing.
    """

    year: int | None
    is_told: bool
    is_fitted: bool
    values: Mapping[str, Vector]


Parts = Mapping[str, OutlierPart]
"""By reference."""


def gather_outliers(framework: Framework, table: Table, year: int | None, fitted: Fitted) -> Parts:
    """The values of a piece, gaps filled; DataError, with the rows, where a treatment cannot take one."""
    filled = fill_gaps(framework, table, fitted)
    cohorts = [each for each in measured_in_piece(framework, table, year, filled.eligible) if each.pool.size]
    ours, numbers = treated_columns(framework), filled.imputed.values
    refuse_untreatable(table, cohorts, [(leaf, choice, numbers[:, column]) for column, leaf, choice in ours])
    found = {}
    for cohort in cohorts:
        pooled = {leaf.id: numbers[cohort.pool, column] for column, leaf, _ in ours}
        values = {code: own[~np.isnan(own)] for code, own in pooled.items()}
        is_told = year is None or cohort.year in (None, year)
        found[cohort.reference] = OutlierPart(cohort.year, is_told, bool(cohort.fit.size), values)
    return found


class JoiningOutliers:
    """What the treatments make of the values of all pieces."""

    def __init__(self, framework: Framework, folder: Path) -> None:
        """folder: for the columns in order."""
        self.findings: tuple[Finding, ...] = ()
        self._ours = [(leaf, choice) for _, leaf, choice in treated_columns(framework)]
        budget = BUDGET // len(self._ours)
        self._columns = {
            leaf.id: SortedColumn(folder / f"outliers-{number}", budget=budget)
            for number, (leaf, _) in enumerate(self._ours)
        }
        self._numbers: dict[str, int] = {}
        self._years: dict[str, int | None] = {}
        self._told: set[str] = set()
        self._fitted: set[str] = set()

    def add(self, parts: Parts) -> None:
        """What a piece has; in any order."""
        for name, part in parts.items():
            number = self._numbers.setdefault(name, len(self._numbers))
            self._years[name] = part.year
            self._told |= {name} if part.is_told else set()
            self._fitted |= {name} if part.is_fitted else set()
            for code, values in part.values.items():
                self._columns[code].add(values, number)

    def fitted(self, before: Fitted) -> Fitted:
        """What was fitted before, and these; DataError where the values of all pieces come to something too large."""
        in_order = {code: column.finish() for code, column in self._columns.items()}
        made: dict[str, dict[str, Transformation | None]] = {}
        findings, refusals = [], []
        for name, (leaf, choice) in product(sorted(self._fitted), self._ours):
            record_in_order = treatment[choice.name].record_in_order
            assert record_in_order is not None  # noqa: S101  # every treatment has one
            try:
                record = record_in_order(in_order[leaf.id][self._numbers[name]](), **choice.parameters)
            except DomainError as error:
                refusals.append(untreatable(leaf, choice, self._years[name], error))
                continue
            if not treatment[choice.name].row_local:
                made.setdefault(name, {})[leaf.id] = record.made
            if name in self._told and (record.action != "none" or not record.passed):
                findings.append(treated_finding(leaf, self._years[name], record))
        if refusals:
            raise DataError(refusals)
        self.findings = tuple(findings)
        return replace(before, treatments=made)
