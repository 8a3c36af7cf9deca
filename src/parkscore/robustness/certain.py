"""What is certain of ranks over a box of weights, with the weights that show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import pandas as pd

from parkscore.findings import UsageError
from parkscore.language import Text
from parkscore.methods.domain import FloatArray
from parkscore.methods.extreme_ranks import ExtremeRank
from parkscore.methods.weight_stability import certain_ranks
from parkscore.results.own_tables import own_table
from parkscore.results.read_only import read_only
from parkscore.robustness.linear_tree import LinearTree
from parkscore.robustness.said import as_written, mistake
from parkscore.robustness.weight_box import WeightBox

ENDS: Final = ("best", "worst")


@dataclass(frozen=True, eq=False)
class Necessary:
    """Who stands above whom whatever the weights.

    box: the weights. lead: (units, units) the least lead of the first under them. may_lose_total: units that are left
    out, as some of these weights leave them with too little data for a total.
    """

    tree: LinearTree
    box: WeightBox
    lead: FloatArray
    may_lose_total: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Let nobody write into what every table is made of."""
        read_only((self.box, self.lead))

    def __repr__(self) -> str:
        """One line: which framework, how many units."""
        return f"<Necessary {self.tree.framework.id}: {len(self.tree.names)} units>"

    @own_table
    def leads(self) -> pd.DataFrame:
        """The least by which the unit of a line leads that of a column; of logarithms in a geometric tree."""
        return self._of_pairs(self.lead)

    @own_table
    def above(self) -> pd.DataFrame:
        """Whether the unit of a line stands above that of a column whatever the weights within the box."""
        return self._of_pairs(self.lead > 0)

    @own_table
    def ranks(self) -> pd.DataFrame:
        """For each unit its rank, and the `best` and `worst` that who is certainly above and below it leave open.

        No weights within the box go beyond; `extreme_ranks` says which of these ranks are reached. `above` and `below`:
        how many units certainly stand above and below it.
        """
        ends = certain_ranks(self.lead, self.tree.framework.ranking.ties)
        columns = {
            "rank": self.tree.ranks,
            "best": ends[:, 0],
            "worst": ends[:, 1],
            "above": (self.lead > 0).sum(axis=0),
            "below": (self.lead > 0).sum(axis=1),
        }
        return pd.DataFrame(columns, index=self.tree.names)

    @property
    def notes(self) -> tuple[Text, ...]:
        """Which units are left out here, as some of the weights leave them without a total."""
        return () if not self.may_lose_total else (_may_lose_total(self.tree, self.may_lose_total),)

    def weights(self, ahead: str, behind: str) -> pd.Series[float]:
        """The weights within the box under which a unit leads another by the least; UsageError for an unknown unit."""
        one, other = self.tree.place(ahead), self.tree.place(behind)
        return self.tree.shares_of(self.box.least_lead_weights(self.tree.scores, one, other))

    def _of_pairs(self, found: np.ndarray) -> pd.DataFrame:
        return pd.DataFrame(found, index=self.tree.names, columns=self.tree.names.rename("below"))


@dataclass(frozen=True, eq=False)
class ExtremeRanks:
    """The best and the worst rank of some units; places: of these among the units, found: the ends of each."""

    tree: LinearTree
    places: tuple[int, ...]
    found: tuple[tuple[ExtremeRank, ExtremeRank], ...]

    def __post_init__(self) -> None:
        """Let nobody write into what every table is made of."""
        read_only(self.found)

    def __repr__(self) -> str:
        """One line: which framework, of how many units the ends are known."""
        return f"<ExtremeRanks {self.tree.framework.id}: {len(self.places)} of {len(self.tree.names)} units>"

    @own_table
    def units(self) -> pd.DataFrame:
        """For each unit its rank, the `best` and `worst` that weights give it, and what bounds these.

        `best_bound` and `worst_bound`: no weights go beyond; where `exact` is true they are the ranks themselves, and
        otherwise the solver ran out of time with the truth in between.
        """
        columns = {
            "rank": self.tree.ranks[list(self.places)],
            "best": [best.attained for best, _ in self.found],
            "best_bound": [best.bound for best, _ in self.found],
            "worst": [worst.attained for _, worst in self.found],
            "worst_bound": [worst.bound for _, worst in self.found],
            "exact": [best.is_exact and worst.is_exact for best, worst in self.found],
        }
        return pd.DataFrame(columns, index=self.tree.names[list(self.places)])

    def weights(self, unit: str, end: Literal["best", "worst"]) -> pd.Series[float]:
        """The weights that give a unit its best or its worst rank; UsageError where it was not asked for."""
        if end not in ENDS:
            message = Text(f"没有 {end!r} 这一端", f"there is no end {end!r}")
            raise UsageError(mistake("unknown_choice", message, Text("写 best 或 worst", "say best or worst")))
        place = self.tree.place(unit)
        if place not in self.places:
            message = Text(f"没有求过 {unit} 的最好和最差位次", f"the best and worst rank of {unit} were not asked for")
            hint = Text(f"extreme_ranks 的 units 写上 {unit}", f"name {unit} among the `units` of extreme_ranks")
            raise UsageError(mistake("not_asked", message, hint))
        best, worst = self.found[self.places.index(place)]
        return self.tree.shares_of((best if end == "best" else worst).weights)


def _may_lose_total(tree: LinearTree, units: Sequence[str]) -> Text:
    share = as_written(tree.least_coverage)
    return Text(
        f"这些权重中有的使其有数据的不足总分所要求的 {share}，必然位次与最好、最差位次因而略去：{'、'.join(units)}；"
        "这些位次是其余对象之间的",
        "left out of what is certain and of best and worst ranks, which are among the others, as some of these weights "
        f"leave them with data for less than the {share} that the total asks for: {', '.join(units)}",
    )
