"""Pass one over a piece: gather the statistics that its rows add to the references."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from parkscore.data.capping import first_of_each_kind
from parkscore.data.filled import fill_gaps
from parkscore.data.fitted import Fitted, Reference
from parkscore.data.grid import Cohort, Vector
from parkscore.data.table import Table
from parkscore.data.treat import treat
from parkscore.engine.buckets import BUDGET
from parkscore.engine.piece_cohorts import measured_in_piece
from parkscore.engine.sorted_columns import SortedColumn, SortedValues
from parkscore.findings import DataError, Finding
from parkscore.framework.cases import has_rules_by_case
from parkscore.framework.models import Framework, Node
from parkscore.framework.settings import SIGN, Settings, resolve_settings
from parkscore.methods import DomainError, Method, partial_fits, scoring
from parkscore.methods.columns import highest, lowest
from parkscore.methods.domain import FloatArray
from parkscore.tree.score import domain_finding, refused

Rule = Method[FloatArray]


Partial = partial_fits.Gathered | Vector
"""What a rule takes from the rows of a piece; the values themselves where it needs them all in order."""


@dataclass(frozen=True)
class Gathered:
    """What the rows of a piece add to the references: by reference and indicator, what its rule is fitted on.

    extents: the smallest and the largest value before outliers are treated, where they are asked for.
    """

    values: Mapping[str, Mapping[str, Partial]]
    extents: Mapping[str, Mapping[str, tuple[float, float]]] = field(default_factory=dict)


def gather(framework: Framework, table: Table, year: int | None, fitted: Fitted, extents: bool = False) -> Gathered:
    """The statistics of a piece.

    fitted: what gaps get, and what was made of outliers. extents: whether the ends of the values are gathered, too.
    """
    filled = fill_gaps(framework, table, fitted)
    cohorts = tuple(each for each in measured_in_piece(framework, table, year, filled.eligible) if each.fit.size)
    treated = treat(framework, table, filled.imputed, cohorts, fitted).grid.numbers
    settings, leaves = resolve_settings(framework), relative_leaves(framework)
    values: dict[str, dict[str, Partial]] = {cohort.reference: {} for cohort in cohorts}
    refusals: list[Finding] = []
    for cohort, (column, leaf) in product(cohorts, leaves):
        try:
            found = _fitted_on(table, leaf, settings[leaf.id], cohort, treated[column])
        except DataError as error:
            refusals += error.findings
        else:
            values[cohort.reference][leaf.id] = found
    if refusals:
        raise DataError(first_of_each_kind(refusals))
    ends = {
        cohort.reference: {leaf.id: _ends(filled.imputed.numbers[column][cohort.fitted]) for column, leaf in leaves}
        for cohort in (cohorts if extents else ())
    }
    return Gathered(values, ends)


def _ends(values: Vector) -> tuple[float, float]:
    return float(lowest(values)), float(highest(values))


def _fitted_on(table: Table, leaf: Node, settings: Settings, cohort: Cohort, column: Vector) -> Partial:
    """What a rule takes from a column of a piece; DataError, with the rows, where it cannot take a value."""
    rule, stated, values = scoring[settings.score.name], _stated(settings), column[cohort.fitted]
    try:
        # A value that the rule cannot take is told by its row, and not by what every piece makes of the bounds; how
        # many values there are is told of all pieces together.
        replace(rule.needs, units=0).require(values)
        if rule.fit_gathered is None:
            return values[~np.isnan(values)]
        named = table.units[cohort.fitted] == stated["unit"] if "named" in rule.gathers else None
        found = partial_fits.gather(values, rule.gathers, named=named)
        _refuse_values(rule, found, values, stated)
    except DomainError as error:
        raise DataError(refused(leaf, settings, table, cohort, cohort.fit, column, error)) from error
    return found


def _refuse_values(rule: Rule, found: partial_fits.Gathered, values: Vector, stated: Mapping[str, Any]) -> None:
    """Raise DomainError, with the rows at fault, where the values of a piece alone already have no reference."""
    assert rule.fit is not None  # noqa: S101  # relative indicators only
    assert rule.fit_gathered is not None  # noqa: S101
    try:
        rule.fit_gathered(found, **stated)
    except DomainError as error:
        # Without a column it is no value that is at fault: another piece may have what is lacking here.
        if error.columns:
            rule.fit(values, **stated)
            raise


def _stated(settings: Settings) -> dict[str, Any]:
    return {"direction": SIGN.get(str(settings.direction), 1), **settings.score.parameters}


def relative_leaves(framework: Framework) -> list[tuple[int, Node]]:
    """The indicators whose rule takes something from the data, with their column."""
    settings = resolve_settings(framework)
    return [
        (column, leaf)
        for column, leaf in enumerate(framework.leaves)
        if not leaf.is_open_slot and not has_rules_by_case(leaf) and _is_relative(scoring[settings[leaf.id].score.name])
    ]


def _is_relative(rule: Rule) -> bool:
    return rule.fit is not None or rule.needs_sort


class NoReferences(Fitted):
    """What rows are scored by before references are gathered, or where nobody can lack one."""

    def has(self, _cohort: str) -> bool:
        """Whatever it is called."""
        return True


# --- all pieces -----------------------------------------------------------------------------------------------------


class Fitting:
    """The references that all pieces come to: statistics are joined as they arrive, and whole columns sorted in files.

    folder: for the columns of rules that need the values in order; what is fitted may read them there.
    """

    findings: tuple[Finding, ...] = ()

    def __init__(self, framework: Framework, folder: Path) -> None:
        """Nothing has been gathered yet."""
        self._settings = resolve_settings(framework)
        self._leaves = [leaf for _, leaf in relative_leaves(framework)]
        self._folder = folder
        self._joined: dict[str, dict[str, partial_fits.Gathered]] = {}
        self._columns: dict[str, SortedColumn] = {}
        self._extents: dict[str, dict[str, tuple[float, float]]] = {}

    def add(self, part: Gathered) -> None:
        """What a piece has; in any order."""
        for name, ends in part.extents.items():
            wider = self._extents.setdefault(name, {})
            for code, (low, high) in ends.items():
                before = wider.get(code, (np.nan, np.nan))
                wider[code] = float(np.fmin(before[0], low)), float(np.fmax(before[1], high))
        for name, found in part.values.items():
            own = self._joined.setdefault(name, {})
            for code, each in found.items():
                if isinstance(each, partial_fits.Gathered):
                    own[code] = own[code] + each if code in own else each
                else:
                    self._column(code).add(each, list(self._joined).index(name))

    def fitted(self, before: Fitted) -> Fitted:
        """What was fitted before, and the references; DataError where all pieces together have none."""
        in_order = {code: column.finish() for code, column in self._columns.items()}
        numbers = {name: number for number, name in enumerate(self._joined)}
        references: dict[str, dict[str, Reference]] = {name: {} for name in sorted(numbers)}
        columns: dict[str, dict[str, SortedValues]] = {name: {} for name in references}
        for name, leaf in product(references, self._leaves):
            own, number = self._settings[leaf.id], numbers[name]
            if leaf.id not in in_order:
                references[name][leaf.id] = _reference(leaf, own, self._joined[name][leaf.id])
            elif (fit := scoring[own.score.name].fit_in_order) is not None:
                references[name][leaf.id] = _plain(fit(in_order[leaf.id][number](), **_stated(own)))
            else:
                # A rule that counts the others reads them itself.
                references[name][leaf.id] = {}
                columns[name][leaf.id] = in_order[leaf.id][number]
        extents = {  # a rule that states all its numbers has no range that a value could leave
            name: {code: own for code, own in ends.items() if references[name][code]}
            for name, ends in self._extents.items()
        }
        return Fitted(references, before.treatments, before.fillings, columns=columns, extents=extents)

    def _column(self, code: str) -> SortedColumn:
        if code not in self._columns:
            budget = BUDGET // sum(scoring[self._settings[leaf.id].score.name].needs_sort for leaf in self._leaves)
            self._columns[code] = SortedColumn(self._folder / f"column-{len(self._columns)}", budget=budget)
        return self._columns[code]


def _reference(leaf: Node, settings: Settings, found: partial_fits.Gathered) -> Reference:
    """The reference of an indicator from what all pieces have; DataError where they have none together."""
    rule = scoring[settings.score.name]
    assert rule.fit_gathered is not None  # noqa: S101  # no column was asked for
    try:
        return _plain(rule.fit_gathered(found, **_stated(settings)))
    except DomainError as error:
        raise DataError([domain_finding(leaf, settings, None, error)]) from error


def _plain(found: Mapping[str, Any]) -> Reference:
    return {name: float(value) for name, value in found.items()}
