"""One change at a time: an indicator or a dimension left out, other weights, a unit gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
import pandas as pd

from parkscore.data.grid import Matrix, Rows, Vector
from parkscore.evaluation import Evaluation
from parkscore.findings import Finding, Severity, UsageError
from parkscore.framework.robustness_models import ExactQuestion
from parkscore.language import Text
from parkscore.methods.diagnostics import correlation
from parkscore.methods.domain import IntArray
from parkscore.methods.drawn_ranks import drawn_ranks
from parkscore.results.own_tables import own_table
from parkscore.results.read_only import read_only, read_only_property
from parkscore.robustness.asked_forms import listed_schemes, plainly
from parkscore.robustness.linear_tree import weights_of_nodes
from parkscore.robustness.plans import DrawPlan, HeldWeights
from parkscore.robustness.rescoring import totals_without, under_schemes
from parkscore.robustness.reversals import Reversals
from parkscore.robustness.running import Progress, refuse_no_function
from parkscore.robustness.said import no_such_unit
from parkscore.robustness.scoring import DrawnScores, by_rank, names_of, rows_of_year, year_of
from parkscore.robustness.weights import LeftOut
from parkscore.tree.aggregate import ROUNDING

TOP: Final = 10


@dataclass(frozen=True, eq=False)
class Shifts:
    """The ranks of the same units under some changes, each alone.

    names: the units, by their rank. nominal: (units,) their ranks. changes: what they are called. changed: (units,
    changes) the ranks under each, 0 where a unit is not ranked then.
    """

    names: pd.Index
    nominal: IntArray
    changes: tuple[str, ...]
    changed: IntArray

    def __post_init__(self) -> None:
        """Let nobody write into what every table is made of."""
        read_only((self.nominal, self.changed))

    def __repr__(self) -> str:
        """One line: how many units, how many changes."""
        return f"<Shifts: {len(self.names)} units, {len(self.changes)} changes>"

    @own_table
    def ranks(self) -> pd.DataFrame:
        """The rank of each unit under each change, its own one first; empty where it has none."""
        columns = {"rank": self.nominal, **dict(zip(self.changes, self.changed.T, strict=True))}
        return pd.DataFrame({name: _nullable(each) for name, each in columns.items()}, index=self.names)

    @own_table
    def shifts(self) -> pd.DataFrame:
        """How many places each unit gains by each change; below 0 where it falls."""
        gained = {name: self.ranks["rank"] - self.ranks[name] for name in self.changes}
        return pd.DataFrame(gained, index=self.names)

    @own_table
    def summary(self) -> pd.DataFrame:
        """For each change how far it moves the ranks, over the units that have one before and after.

        mean_shift, largest_shift: of the places moved, up or down. moved: the share of units that move. top_10_changed:
        how many of the first 10 are no longer among them. kendall: tau-b between the ranks before and after, empty
        where there are fewer than three units.
        """
        lines = [_summed_up(self.nominal, own) for own in self.changed.T]
        columns = ["mean_shift", "largest_shift", "moved", "top_10_changed", "kendall"]
        return pd.DataFrame(lines, index=pd.Index(self.changes, name="change"), columns=columns)


@dataclass(frozen=True, eq=False)
class OneAtATime:
    """One change at a time, to the evaluation of the units of a year."""

    evaluation: Evaluation
    year: int | None

    def __repr__(self) -> str:
        """One line: which framework, how many units."""
        return f"<OneAtATime {self.evaluation.framework.id}: {len(self.names)} units>"

    @read_only_property
    def rows(self) -> Rows:
        """The ranked rows of the year, by rank."""
        rows = rows_of_year(self.evaluation, self.year)
        return rows[by_rank(self.evaluation, rows)]

    @cached_property
    def names(self) -> pd.Index:
        """The ranked units, by rank."""
        return names_of(self.evaluation, self.rows)

    @cached_property
    def leave_out(self) -> Shifts:
        """The ranks with each indicator and each dimension left out in turn, in the order of the tree.

        Its siblings take over what it weighs, in their proportions, as in a framework that lacks it; but weights that
        are computed from the data stay what they are. What is all of the total cannot be left out.
        """
        nodes = self._can_be_left_out()
        point = (np.arange(1, len(nodes) + 1) + 0.5) / (len(nodes) + 1)  # in draw i the i-th of them
        left = LeftOut(self.evaluation.framework, HeldWeights(), nodes, point)
        drawn = DrawnScores(DrawPlan.of(self.evaluation, left, len(nodes)), self.year)
        totals = drawn.totals(np.arange(len(nodes))) if nodes else np.empty((0, len(drawn.rows)))
        # Whoever has a total only without a node stands among the others then.
        return self._shifts(nodes, self._ranks(totals)[:, np.searchsorted(drawn.rows, self.rows)])

    def without_units(self, units: Sequence[str] | None = None, *, progress: Progress | None = None) -> Reversals:
        """Who changes order among the others when a unit leaves the table: rank reversal.

        units: who leaves, one at a time and once each; by default each ranked one, which takes some 30 ms each for 178
        units and 46 indicators. progress: told after each how many have left, of how many. Scores, fillings and
        treatments are made again without the unit; the weights stay. Where no rule looks at other units nothing
        changes.

        Raises UsageError where there is no such unit, or fewer than three.
        """
        refuse_no_function(progress)
        asked = {} if units is None else plainly({"units": units}, ExactQuestion)
        leaving = list(dict.fromkeys(asked.get("units", self.names.tolist())))
        self.refuse_leaving(leaving)
        totals = np.full((len(leaving), len(self.names)), np.nan)
        for number, unit in enumerate(leaving):
            totals[number] = totals_without(self.evaluation, unit, self.year)[self.rows]
            if progress is not None:
                progress(number + 1, len(leaving))
        places = self.names.get_indexer(pd.Index(leaving)).astype(np.intp)
        before, after = self._rounded(self._totals), self._rounded(totals)
        return Reversals(self.names, places, before, after, self.evaluation.framework.ranking.ties)

    def refuse_leaving(self, units: Sequence[str]) -> None:
        """Raise UsageError where one of these is no ranked unit, or where fewer than three units are ranked."""
        unknown = [unit for unit in units if unit not in self.names]
        if unknown:
            raise UsageError([no_such_unit(unit) for unit in unknown])
        if len(self.names) < 3:
            raise UsageError(_too_few(len(self.names)))

    def under_schemes(self, schemes: Sequence[Any]) -> Shifts:
        """The ranks under each of some weights: schemes or weighting methods by name, by file, or as made in Python.

        Raises FrameworkError, DataError or UsageError as `Evaluation` does under such weights.
        """
        again = under_schemes(self.evaluation)
        found = [again(scheme) for scheme in listed_schemes(schemes)]
        ranks = [each.standing.overall[self.rows] for each in found]
        changed = np.stack(ranks) if ranks else np.zeros((0, len(self.rows)), dtype=np.int32)
        return self._shifts(_distinct([each.weighing.name for each in found]), changed)

    @property
    def _totals(self) -> Vector:
        return np.asarray(self.evaluation.aggregated.scores[self.evaluation.framework.total.id][self.rows])

    def _ranks(self, totals: Matrix) -> IntArray:
        ranking = self.evaluation.framework.ranking
        return drawn_ranks(totals, ranking.ties, ranking.decimals)

    def _rounded(self, totals: Matrix) -> Matrix:
        return np.round(totals, self.evaluation.framework.ranking.decimals)

    def _shifts(self, changes: Sequence[str], changed: IntArray) -> Shifts:
        return Shifts(self.names, self.evaluation.standing.overall[self.rows], tuple(changes), changed.T)

    def _can_be_left_out(self) -> tuple[str, ...]:
        """Every node but those that are all of the total, in one class or another."""
        weights = [weights_of_nodes(self.evaluation.framework, own) for _, own in self.evaluation.own_cohorts]
        nodes = [node.id for node in self.evaluation.framework.walk()]
        return tuple(node for node in nodes if all(own[node] < 1 - ROUNDING for own in weights))


def one_at_a_time(evaluation: Evaluation, year: int | None = None) -> OneAtATime:
    """One change at a time; year: of the data, the latest by default.

    >>> import parkscore as ps
    >>> evaluation = ps.evaluate("zone-2021", ps.sample("zone-2021", units=4, seed=0), weights="equal")
    >>> one_at_a_time(evaluation).leave_out.shifts.shape
    (4, 51)
    """
    return OneAtATime(evaluation, year_of(evaluation, year))


def _nullable(ranks: IntArray) -> Any:
    return pd.arrays.IntegerArray(ranks.astype(np.int32), mask=ranks == 0)


def _summed_up(before: IntArray, after: IntArray) -> list[float]:
    both = (before > 0) & (after > 0)
    one, other = before[both].astype(np.float64), after[both].astype(np.float64)
    if not one.size:
        return [np.nan] * 5
    moved = np.abs(one - other)
    top = np.flatnonzero((before > 0) & (before <= TOP))
    gone = int(((after[top] > TOP) | (after[top] == 0)).sum())
    return [moved.mean(), moved.max(), float((moved > 0).mean()), gone, correlation(one, other).kendall]


def _distinct(names: Sequence[str]) -> list[str]:
    """Names, numbered where one comes again.

    >>> _distinct(["equal", "mine", "equal"])
    ['equal', 'mine', 'equal (2)']
    """
    counts = [list(names[:place]).count(name) for place, name in enumerate(names)]
    return [f"{name} ({before + 1})" if before else name for name, before in zip(names, counts, strict=True)]


def _too_few(units: int) -> Finding:
    message = Text(
        f"只有 {units} 个参加排名的评价对象，去掉一个后没有可比的名次",
        f"{units} ranked units: without one of them no two are left to change order",
    )
    return Finding(code="too_few_units", severity=Severity.ERROR, message=message, value=units)
