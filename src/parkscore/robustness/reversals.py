"""Rank reversal: pairs of units that change order when a third one leaves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from parkscore.data.grid import Matrix, Rows, Vector
from parkscore.methods.domain import IntArray
from parkscore.methods.drawn_ranks import drawn_ranks
from parkscore.results.own_tables import own_table
from parkscore.results.read_only import read_only


@dataclass(frozen=True, eq=False)
class Reversals:
    """What the leaving of each of some units changes among the others.

    names: the ranked units, by rank. leaving: the places of those that leave, one at a time. before: (units,) their
    scores, as they are compared. after: (leaving, units) the scores without each. ties: the rule of ranks.
    """

    names: pd.Index
    leaving: Rows
    before: Vector
    after: Matrix
    ties: str = "min"

    def __post_init__(self) -> None:
        """Let nobody write into what every table is made of."""
        read_only((self.leaving, self.before, self.after))

    def __repr__(self) -> str:
        """One line: how many units, and how many of them leave."""
        return f"<Reversals: {len(self.names)} units, {len(self.leaving)} leave>"

    @own_table
    def shifts(self) -> pd.DataFrame:
        """How many places each unit gains among the others when that of a column leaves; empty for the unit itself."""
        gained = self._ranks(np.where(np.isnan(self._others), np.nan, self.before)) - self._ranks(self._others)
        gone = np.isnan(self._others)
        return pd.DataFrame(
            {
                self.names[place]: pd.arrays.IntegerArray(gained[number], mask=gone[number])
                for number, place in enumerate(self.leaving)
            },
            index=self.names,
        )

    @own_table
    def pairs(self) -> pd.DataFrame:
        """Each pair that changes order: who left, who was above, and who is above without it."""
        found = [
            (number, one, other)
            for number, scores in enumerate(self._others)
            for one, other in _reversed(self.before, scores).tolist()
        ]
        left, one, other = np.array(found, dtype=np.intp).reshape(-1, 3).T
        columns = {
            "left": self.names[self.leaving[left]],
            "above_before": self.names[one],
            "above_after": self.names[other],
        }
        return pd.DataFrame({name: each.to_numpy(dtype=object) for name, each in columns.items()})

    @own_table
    def units(self) -> pd.DataFrame:
        """For each unit that leaves, what it changes: pairs that change order, others that move, the largest shift."""
        moves = self.shifts.abs()
        columns = {
            "pairs": self.pairs["left"].value_counts().reindex(self.names[self.leaving], fill_value=0).to_numpy(),
            "moved": (moves > 0).sum().to_numpy(),
            "largest_shift": moves.max().fillna(0).to_numpy(dtype=np.int64),
        }
        return pd.DataFrame(columns, index=self.names[self.leaving])

    @property
    def _others(self) -> Matrix:
        """The scores after, without those of who left."""
        found = self.after.copy()
        found[np.arange(len(self.leaving)), self.leaving] = np.nan
        return found

    def _ranks(self, scores: Matrix) -> IntArray:
        return drawn_ranks(scores, self.ties)


def _reversed(before: Vector, after: Vector) -> Rows:
    """Pairs (first, second): the first above the second before, and below it after; a gap is neither.

    before, after: (units,). Looks at one unit at a time, so that memory grows as the units do.

    >>> _reversed(np.array([3.0, 2.0, 1.0]), np.array([1.0, 2.0, np.nan])).tolist()
    [[0, 1]]
    """
    found = []
    for unit in range(len(before)):
        others = np.flatnonzero((before < before[unit]) & (after > after[unit]))
        found.append(np.stack([np.full(len(others), unit), others], axis=1))
    return np.concatenate(found) if found else np.zeros((0, 2), dtype=np.intp)
