"""What holds of ranks without draws, as a run was asked for it: a line for each unit, and what stands closest."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
import pandas as pd

from parkscore.evaluation import Evaluation
from parkscore.framework.robustness_models import ExactQuestion
from parkscore.language import Text, plural
from parkscore.methods.extreme_ranks import SECONDS
from parkscore.results.own_tables import own_table
from parkscore.robustness.certain import ExtremeRanks, Necessary
from parkscore.robustness.exact import Exact, exact_of
from parkscore.robustness.running import Progress
from parkscore.robustness.said import as_written
from parkscore.robustness.weight_box import SPREAD, weight_box

_LEVELS: Final = {
    "dimension": Text("一级指标", "dimensions, the first level"),
    "indicator": Text("各项指标", "indicators"),
}


class Closest(NamedTuple):
    """Two units of which the second overtakes the first most easily.

    change: by how much all weights must be allowed to change. up: the nodes that weigh more then.
    """

    ahead: str
    behind: str
    change: float
    up: tuple[str, ...]


_APART: Final = Text(
    "精确结论看的是评价本身的方法和上述权重，与抽样变动的权重和方法无关，抽样的位次可以超出它",
    "exact statements are of the evaluation's own methods and these weights, whatever the draws vary: a drawn rank may "
    "lie beyond them",
)


@dataclass(frozen=True)
class ExactAnswers:
    """The exact statements that were asked for; nothing in them is sampled.

    necessary: who stands above whom over the weights that were asked about. extremes: the best and the worst rank that
    these weights give, of the units that were asked for; None where there were none.
    """

    question: ExactQuestion
    exact: Exact
    necessary: Necessary
    extremes: ExtremeRanks | None

    @own_table
    def ranks(self) -> pd.DataFrame:
        """For each unit what is certain of its rank, and what would change it.

        rank: as the evaluation has it, within its class where one is looked at. rank_among: among the units that have
        a total under all these weights, as are the ranks that follow; empty, as these are, for the others.
        certain_best, certain_worst: no weights go beyond. best, worst: what weights reach, with the `best_bound` and
        `worst_bound` that are proven, empty for units that were not asked for. overtaken_at: the least change of
        weights by which a unit behind it catches up, and `overtaken_by` which; empty where none does.
        """
        certain = self.necessary.ranks.rename(columns={"best": "certain_best", "worst": "certain_worst"})
        certain = certain.rename(columns={"rank": "rank_among"})[["rank_among", "certain_best", "certain_worst"]]
        found = certain.reindex(self.exact.names) if self.necessary.may_lose_total else certain
        found.insert(0, "rank", self.exact.tree.ranks_of_all)
        if self.extremes is not None:
            found = found.join(self.extremes.units.drop(columns="rank"))
        change, by = _nearest_behind(self.exact.overtaking)
        return found.assign(overtaken_at=change, overtaken_by=by)

    @cached_property
    def closest(self) -> Closest | None:
        """The pair of which the second overtakes the first most easily; None where no weights change any order."""
        change, by = _nearest_behind(self.exact.overtaking)
        if change.isna().all():
            return None
        place = int(np.nanargmin(change.to_numpy()))
        ahead, behind = str(change.index[place]), str(by.iloc[place])
        tree = self.exact.tree
        more = self.exact.overtaking_weights(ahead, behind) > tree.shares_of(tree.weights) + 1e-12
        return Closest(ahead, behind, float(change.iloc[place]), tuple(more.index[more].astype(str)))

    @property
    def notes(self) -> tuple[Text, ...]:
        """Whose weights vary and how far, which is assumed, and what to know of the units."""
        level, far = _LEVELS[self.question.level], _how_far(self.question)
        varied = Text(
            f"精确结论：只变{level.zh}的权重，{far.zh}；这是假定，不是指标体系的规定",
            f"exact: weights of {level.en}, {far.en}; an assumption, and no rule of the framework",
        )
        if self.extremes is not None and not self.extremes.units["exact"].all():
            unproven = int((~self.extremes.units["exact"]).sum())
            late = Text(
                f"{unproven} 个对象的最好或最差位次未能证实（限时已到，或差距太小），真值在所列两个位次之间",
                f"of {plural(unproven, 'unit')} the best or worst rank was not proven, in time or as leads are too "
                "small: the truth is between the two",
            )
            return (varied, _APART, *self.exact.notes, *self.necessary.notes, late)
        return (varied, _APART, *self.exact.notes, *self.necessary.notes)


def _how_far(question: ExactQuestion) -> Text:
    if question.bounds:
        kept = [f"{name} {as_written(low)}-{as_written(high)}" for name, (low, high) in question.bounds.items()]
        far = Text(f"界限 {'、'.join(kept)}", f"within {', '.join(kept)}")
    else:
        share = as_written(SPREAD if question.spread is None else question.spread)
        far = Text(f"各至多 ±{share}，再化为合计 1", f"each up to {share} more or less and brought back to a sum of 1")
    if not question.order:
        return far
    order = [f"{one} >= {other}" for one, other in question.order]
    return Text(
        f"{far.zh}（最好、最差位次另守 {'、'.join(order)}）",
        f"{far.en} (best and worst ranks also keep {', '.join(order)})",
    )


def _nearest_behind(overtaking: pd.DataFrame) -> tuple[pd.Series[float], pd.Series[str]]:
    """For each unit the least change by which one behind it catches up, and who; empty where nobody can.

    >>> names = pd.Index(["甲", "乙"])
    >>> change, by = _nearest_behind(pd.DataFrame([[0.0, 0.1], [0.0, 0.0]], names, names))
    >>> change.tolist(), by.tolist()
    ([0.1, nan], ['乙', None])
    """
    names, changes = overtaking.index, overtaking.to_numpy(dtype=np.float64)
    behind = np.where(np.triu(np.ones(changes.shape, dtype=bool), 1), changes, np.inf)
    least, place = behind.min(axis=1), behind.argmin(axis=1)
    can = np.isfinite(least)
    by = [str(names[other]) if there else None for other, there in zip(place.tolist(), can.tolist(), strict=True)]
    return pd.Series(np.where(can, least, np.nan), names), pd.Series(by, names, dtype=object)


@dataclass(frozen=True)
class ReadyExact:
    """What is asked, of an evaluation of which it can be said."""

    question: ExactQuestion
    exact: Exact
    necessary: Necessary
    units: tuple[str, ...]

    def answers(self, progress: Progress | None) -> ExactAnswers:
        """The statements; the best and worst ranks take their time."""
        question = self.question
        extremes = None
        if self.units:
            extremes = self.exact.extreme_ranks(
                question.spread,
                bounds=question.bounds or None,
                order=question.order,
                units=self.units,
                seconds=SECONDS if question.seconds is None else question.seconds,
                progress=progress,
            )
        return ExactAnswers(question, self.exact, self.necessary, extremes)


def exact_ready(evaluation: Evaluation, year: int | None, question: ExactQuestion) -> ReadyExact:
    """Everything but the best and worst ranks; UsageError where something that is asked cannot be said."""
    exact = exact_of(
        evaluation,
        year,
        level=question.level,
        class_id=question.class_id,
        complete_only=question.complete_only,
    )
    necessary = exact.necessary(question.spread, bounds=question.bounds or None)
    every = necessary.tree.names.tolist() if question.level == "dimension" else []
    units = question.units or tuple(every)
    for unit in units:
        necessary.tree.place(unit)
    weight_box(exact.tree, question.spread, question.bounds or None, question.order)
    return ReadyExact(question, exact, necessary, units)
