"""Which of the assumptions that vary matters: shares of the variance of ranks, from draws of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

import numpy as np
import pandas as pd
from pydantic import Field

from parkscore.data.grid import Matrix
from parkscore.findings import DataError, Finding, Severity, UsageError
from parkscore.framework.robustness_models import SensitivityQuestion
from parkscore.language import Text
from parkscore.methods.domain import DomainError, IntArray
from parkscore.methods.drawn_ranks import Ranks
from parkscore.methods.sobol_indices import SobolIndices, sobol_indices, sobol_points
from parkscore.robustness.factors import at_points, factors_of, grouped
from parkscore.robustness.outputs import Draws, Numbers, Output, outputs_of
from parkscore.robustness.plans import DrawPlan
from parkscore.robustness.running import KEPT, Progress, by_chunk, refused
from parkscore.robustness.scoring import DrawnScores, rows_of_year

COLUMNS: Final = ("first", "first_low", "first_high", "total", "total_low", "total_high")
RESAMPLES: Final = 200
_OF_NUMBER: Final = 8


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """The share of the variance of each output that each group of factors explains.

    table: a line for each output and group. `first`: what the group explains alone; `total`: what would be left open if
    only the group were not known, so that what it does together with others counts, too. `_low` and `_high` hold the
    estimate in 95 % of resamples. variance: of each output; where it is 0 nothing moves it, and all shares are 0.
    draws: of each of two independent samples; there is one more run of them for each group. seed: of all of it.
    """

    table: pd.DataFrame
    variance: pd.Series[float]
    draws: int
    seed: int

    def __repr__(self) -> str:
        """One line: how many outputs, groups and draws."""
        outputs = len(self.variance)
        return f"<Sensitivity: {outputs} outputs, {len(self.table) // outputs} groups, {self.draws} draws>"

    @property
    def first(self) -> pd.DataFrame:
        """What each group explains alone, a line for each output."""
        return self._wide("first")

    @property
    def total(self) -> pd.DataFrame:
        """What each group explains with all that it does together with others, a line for each output."""
        return self._wide("total")

    def _wide(self, column: str) -> pd.DataFrame:
        groups = self.table.index.get_level_values("group").unique()
        found = self.table[column].to_numpy().reshape(len(self.variance), len(groups))
        return pd.DataFrame(found, index=self.variance.index, columns=groups)


class Sampling(SensitivityQuestion):
    """What Python may ask of a sensitivity, with the seed and the number of resamples."""

    seed: Annotated[int, Field(ge=0)] | None = None
    resamples: Annotated[int, Field(ge=1)] = RESAMPLES


@dataclass(frozen=True)
class ReadySensitivity:
    """What is asked, of draws of which it can be said."""

    plan: DrawPlan
    year: int | None
    order: IntArray
    names: tuple[str, ...]
    outputs: tuple[Output, ...]
    groups: Mapping[str, Sequence[int]]
    draws: int
    seed: int
    resamples: int

    def answer(self, progress: Progress | None) -> Sensitivity:
        """Run the draws; DataError where a method cannot take what is drawn, or a unit has no score to explain."""
        points = sobol_points(self.draws, list(self.groups.values()), self.seed)
        count = len(self.groups)
        try:
            numbers = _numbers(at_points(self.plan, points), self.year, self.order, self.names, self.outputs, progress)
            found = [sobol_indices(each, count, self.seed, resamples=self.resamples) for each in numbers]
        except DomainError as error:
            raise DataError(refused(error)) from None
        table, variance = _tabled([name for output in self.outputs for name in output.names], list(self.groups), found)
        return Sensitivity(table, variance, self.draws, self.seed)


def sensitivity_ready(
    plan: DrawPlan,
    year: int | None,
    order: IntArray,
    *,
    outputs: Sequence[str],
    groups: Any,
    draws: int,
    seed: int,
    resamples: int = RESAMPLES,
) -> ReadySensitivity:
    """As `Robustness.sensitivity`, before anything is run; order: the places of the units among the rows of the year.

    Raises UsageError where something of this cannot be.
    """
    rows = rows_of_year(plan.evaluation, year)
    names = plan.evaluation.table.units[rows[order]].astype(str).tolist()
    asked = outputs_of(names, outputs, best_rank(plan, year, order))
    factors = factors_of(plan)
    joined = grouped(factors, groups)
    of_run = 2 * len(factors) + sum(len(output.names) for output in asked)
    _refuse_too_large(draws, (len(joined) + 2) * of_run + resamples)
    return ReadySensitivity(plan, year, order, tuple(names), tuple(asked), joined, draws, seed, resamples)


def best_rank(plan: DrawPlan, year: int | None, order: IntArray) -> int:
    """The best rank of the evaluation: 1, unless those who share it take the worst of their places."""
    return int(plan.evaluation.standing.overall[rows_of_year(plan.evaluation, year)[order]].min())


def _numbers(
    plan: DrawPlan,
    year: int | None,
    order: IntArray,
    names: Sequence[str],
    asked: Sequence[Output],
    progress: Progress | None,
) -> list[Numbers]:
    """The numbers of each output in all draws, (draws, its names); of scores and ranks no more than a chunk is kept."""
    rows = rows_of_year(plan.evaluation, year)
    nominal = plan.evaluation.standing.overall[rows[order]]
    last = np.int32(len(rows) + 1)

    def of(_: slice, scores: Matrix, ranks: Ranks) -> list[Numbers]:
        # A unit without a score stands behind the last.
        own = np.take(np.where(ranks == 0, last, ranks), order, axis=1)
        drawn = Draws(names, nominal, own, np.take(scores, order, axis=1))
        return [output.of(drawn) for output in asked]

    chunks = list(by_chunk(DrawnScores(plan, year), of, progress))
    return [np.concatenate([chunk[place] for chunk in chunks]) for place in range(len(asked))]


def _tabled(
    names: Sequence[str], groups: Sequence[str], found: Sequence[SobolIndices]
) -> tuple[pd.DataFrame, pd.Series[float]]:
    """A line for each output, once, and group; and the variance of each output."""
    outputs = pd.Index(names, name="output")
    once = ~outputs.duplicated()
    columns = {
        name: np.concatenate([getattr(each, name) for each in found], axis=1)[:, once].T.ravel() for name in COLUMNS
    }
    lines = pd.MultiIndex.from_product([outputs[once], groups], names=["output", "group"])
    variance = np.concatenate([each.variance for each in found])[once]
    return pd.DataFrame(columns, index=lines), pd.Series(variance, index=outputs[once], name="variance")


def _refuse_too_large(draws: int, numbers: int) -> None:
    """Raise UsageError where memory does not hold so many numbers of each draw.

    These are the points, the weights made of them and the outputs, of all runs, and how often it is in each resample.
    """
    needed, most = draws * numbers * _OF_NUMBER, KEPT // (numbers * _OF_NUMBER)
    if needed > KEPT:
        message = Text(
            f"每组抽样 {draws} 次要 {needed / 1e9:.1f} GB 内存，上限 {KEPT / 1e9:.1f} GB",
            f"{draws} draws for each group take {needed / 1e9:.1f} GB, and {KEPT / 1e9:.1f} GB are the most",
        )
        hint = Text(
            f"最多抽样 {most} 次，或减少分组、结果或重抽样",
            f"make {most} draws at most, or ask for fewer groups, outputs or resamples",
        )
        raise UsageError(Finding(code="too_large", severity=Severity.ERROR, value=draws, message=message, hint=hint))
