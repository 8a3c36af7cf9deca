"""The scores and ranks of every draw, block by block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd

from parkscore.data.grid import Cohort, Matrix, Rows, as_selection
from parkscore.evaluation import Evaluation
from parkscore.findings import Finding, Severity, UsageError, wrong_year
from parkscore.framework.settings import aggregation_of
from parkscore.language import Text
from parkscore.methods import aggregation
from parkscore.robustness.drawn_tree import DrawnShares, DrawnTree
from parkscore.robustness.plans import DrawPlan, Nominal, Variant
from parkscore.robustness.products import LINES
from parkscore.robustness.remade import RemadeScores, drawn_rows

_MOST: Final = 1792
_OF_PRODUCTS: Final = 5056
"""Draws that are scored at once; of those that go through a tree step by step fewer, so that it is told how far they
are, and an interruption need not wait for many."""
_NUMBERS: Final = 2**21
_HELD: Final = 2**22
_REMADE: Final = 256
"""Values of indicators, and draws, that are made anew at once."""


def draws_at_once(units: int, draws: int, threads: int = 1, most: int = _MOST) -> int:
    """Of so many draws those that are scored, ranked and counted together, so that threads have about as much to do.

    >>> draws_at_once(178, 10_000, 2), draws_at_once(178, 100), draws_at_once(100_000, 1000, 2)
    (1696, 128, 32)
    """
    own = max(units, 1)
    most = max(1, min(most, max(_NUMBERS // own, min(LINES, 2 * _NUMBERS // own))))
    rounds = -(-draws // most // threads) * threads
    return min(most, -(-draws // rounds // LINES) * LINES)


@dataclass(frozen=True)
class Group:
    """Units that share their weights: positions among the units that are ranked, their tree, and all its weights.

    measured: the rows of the table that the tree is of, those of the group and those that they are compared with.
    """

    places: Rows
    measured: Rows
    kept: Rows | slice
    tree: DrawnTree
    shares: DrawnShares

    def totals(self, draws: Rows, into: Matrix | None = None) -> Matrix:
        """The total scores of some draws, (draws, units of the group); into: may take them."""
        if len(draws) == 1:
            # A tree takes what has one line for what no draw changes, and would add it up in another order.
            return self.totals(np.repeat(draws, 2))[:1]
        return self._climbed(self.tree, draws, into)

    def totals_of(self, draws: Rows, remade: Mapping[int, Matrix], rows: Rows) -> Matrix:
        """The same where scores of indicators differ: by column, (draws, rows); rows: of the table."""
        if len(draws) == 1:
            twice = {column: np.repeat(each, 2, axis=0) for column, each in remade.items()}
            return self.totals_of(np.repeat(draws, 2), twice, rows)[:1]
        places = np.searchsorted(rows, self.measured)
        return self._climbed(self.tree.with_scores({column: each[:, places] for column, each in remade.items()}), draws)

    def _climbed(self, tree: DrawnTree, draws: Rows, into: Matrix | None = None) -> Matrix:
        few = as_selection(draws)
        own = {node: each[few] if len(each) > 1 else each for node, each in self.shares.items()}
        is_whole = isinstance(self.kept, slice) and any(len(each) > 1 for each in own.values())
        found = tree.totals(own, into if is_whole else None)
        if found is into:
            return found
        return np.broadcast_to(found[:, self.kept], (len(draws), len(self.places)))


class DrawnScores:
    """The totals of some units in every draw."""

    def __init__(self, plan: DrawPlan, year: int | None) -> None:
        """Nothing is computed yet; year: of the data, None where there are no years."""
        self.plan, self.year = plan, year
        self.rows = rows_of_year(plan.evaluation, year)
        self._shares: dict[int, DrawnShares] = {}
        self._groups: dict[int, Sequence[Group]] = {}
        self._remade: dict[int, RemadeScores] = {}
        self._drawn_rows, self._at_once = self.rows, _REMADE
        if plan.values is not None:
            self._drawn_rows = drawn_rows(plan.evaluation, self.rows)
            self._at_once = max(1, min(_REMADE, _HELD // (len(self._drawn_rows) * len(plan.values.columns))))

    def among(self, places: slice) -> DrawnScores:
        """The same of some of the units only, with the same weights."""
        found = DrawnScores(self.plan, self.year)
        found.rows, found._shares = self.rows[places], self._shares
        return found

    def prepare(self) -> None:
        """Make the trees of all variants that a draw takes, so that threads find them."""
        for number in self.plan.taken_by(slice(None)):
            self._groups_of(number)

    def at_once(self, threads: int) -> int:
        """How many draws each of some threads had best score at a time, once all is prepared."""
        trees = [group.tree for groups in self._groups.values() for group in groups]
        quick = self.plan.values is None and all(tree.is_one_product for tree in trees)
        return draws_at_once(len(self.rows), self.plan.draws, threads, _OF_PRODUCTS if quick else _MOST)

    def totals(self, draws: Rows, into: Matrix | None = None) -> Matrix:
        """The total scores of some draws, (draws, units), NaN for a unit without one; into: takes them, too."""
        found = self._totals(draws, into)
        if into is not None and found is not into:
            into[...] = found
        return found

    def _totals(self, draws: Rows, into: Matrix | None) -> Matrix:
        taken, numbers = self.plan.variant_of[draws], self.plan.taken_by(draws)
        groups = self._groups_of(numbers[0])
        alone = len(numbers) == 1 and len(groups) == 1 and self.plan.values is None
        if alone and len(groups[0].places) == len(self.rows):
            return groups[0].totals(draws, into)
        found = np.full((len(draws), len(self.rows)), np.nan)
        for number in numbers:
            own = np.flatnonzero(taken == number)
            if self.plan.values is not None:
                self._put_remade(found, number, draws, own)
                continue
            for group in self._groups_of(number):
                found[np.ix_(own, group.places)] = group.totals(draws[own])
        return found

    def _put_remade(self, found: Matrix, number: int, draws: Rows, places: Rows) -> None:
        """The totals of those draws that take a variant, with scores made anew; places: of these among the draws."""
        for own in np.split(places, range(self._at_once, len(places), self._at_once)):
            remade = self._remade[number].scores(draws[own])
            for group in self._groups_of(number):
                found[np.ix_(own, group.places)] = group.totals_of(draws[own], remade, self._drawn_rows)

    def all_totals(self) -> Matrix:
        """The total scores of all draws, (draws, units)."""
        found = np.empty((self.plan.draws, len(self.rows)))
        for first, totals in self.each_totals():
            found[first : first + len(totals)] = totals
        return found

    def each_totals(self) -> Iterator[tuple[int, Matrix]]:
        """The same, some draws at a time, with the number of the first of them."""
        at_once = draws_at_once(len(self.rows), self.plan.draws)
        for first in range(0, self.plan.draws, at_once):
            yield first, self.totals(np.arange(first, min(first + at_once, self.plan.draws)))

    def _groups_of(self, number: int) -> Sequence[Group]:
        if number not in self._groups:
            variant = self.plan.variants[number]
            if self.plan.values is not None:
                self._remade[number] = RemadeScores(
                    self.plan.evaluation, variant.framework, variant.filled, self.plan.values, self._drawn_rows
                )
            self._groups[number] = [
                _group(self.plan.evaluation, variant, cohort, self._shares_of(nominal), self.rows)
                for cohort, nominal in variant.cohorts
                if np.isin(cohort.apply, self.rows).any()
            ]
        return self._groups[number]

    def _shares_of(self, nominal: Nominal) -> DrawnShares:
        """Drawn once around the same shares, which variants have in common."""
        if id(nominal) not in self._shares:
            self._shares[id(nominal)] = self.plan.weights.shares(nominal)
        return self._shares[id(nominal)]


def rows_of_year(evaluation: Evaluation, year: int | None) -> Rows:
    """The scored rows of a year, by their place in the table."""
    years = evaluation.table.years
    return evaluation.rows if years is None or year is None else evaluation.rows[years[evaluation.rows] == year]


def by_rank(evaluation: Evaluation, rows: Rows) -> Rows:
    """The places of the ranked ones among some rows of the table, by their rank, those that share one by name."""
    ranks = evaluation.standing.overall[rows]
    ordered = np.lexsort((evaluation.table.units[rows].astype(str), ranks))
    return np.asarray(ordered[ranks[ordered] > 0])


def names_of(evaluation: Evaluation, rows: Rows) -> pd.Index:
    """The units of some rows of the table."""
    names: pd.Index = pd.Index(evaluation.table.units[rows].astype(str).tolist(), name="unit")
    return names


def year_of(evaluation: Evaluation, year: int | None) -> int | None:
    """The year to look at, by default the latest; UsageError where the evaluation has no such year."""
    wrong = wrong_year(year)
    if wrong:
        raise UsageError(wrong)
    years = evaluation.table.years
    if years is None:
        if year is not None:
            raise UsageError(_no_such_year(year, []))
        return None
    known = sorted({int(each) for each in years[evaluation.rows]})
    if year is not None and year not in known:
        raise UsageError(_no_such_year(year, known))
    return known[-1] if year is None else int(year)


def _group(evaluation: Evaluation, variant: Variant, cohort: Cohort, shares: DrawnShares, rows: Rows) -> Group:
    framework = variant.framework
    scored = cohort.apply[np.isin(cohort.apply, rows)]
    # Where a method compares units, those of the reference are among them.
    inner = [node for node in framework.root.walk() if node.children]
    alone = all(aggregation[aggregation_of(framework, node).name].row_local for node in inner)
    measured = scored if alone else cohort.measured
    absent = None
    if evaluation.frozen is not None:
        absent = frozenset(evaluation.frozen.fitted.absent.get((cohort.reference, cohort.class_id), frozenset()))
    tree = DrawnTree(framework, variant.scores[measured], variant.states[measured], absent=absent)
    kept = slice(None) if alone else np.searchsorted(measured, scored)
    return Group(np.searchsorted(rows, scored), measured, kept, tree, shares)


def _no_such_year(year: int, known: Sequence[int]) -> Finding:
    years = ", ".join(map(str, known))
    return Finding(
        code="no_such_year",
        severity=Severity.ERROR,
        year=year,
        message=Text(
            f"评价结果没有 {year} 年" + (f"，有 {years}" if known else "，数据没有年份"),
            f"the evaluation has no year {year}" + (f", it has {years}" if known else ": its data have no years"),
        ),
    )
