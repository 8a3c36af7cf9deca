"""What returns that leave or join change in their zones: every indicator, every score, and the rank."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from parkscore.data.grid import Matrix, Rows, Vector
from parkscore.data.table import Table
from parkscore.evaluation import Evaluation
from parkscore.framework.formula import Cells
from parkscore.members.changed_columns import Imagined
from parkscore.members.held import Held, Outcome
from parkscore.members.holdable import refuse_comparing
from parkscore.members.reads import Key, sums_read
from parkscore.members.runs import Runs
from parkscore.members.summing import Summed
from parkscore.members.totals import Moves, Sets, Totals
from parkscore.tree.rank import Ranks


@dataclass(frozen=True, eq=False)
class Effects:
    """Differences, (n,) each: what zones have less what they would have, or the other way round.

    values: by indicator, in its measure. scores: by node, the total first. rank, other_rank: that of the zone as it is
    and as it would be, all other zones as they are; 0 where it is not ranked. Only indicators that read sums of returns
    are here, and the nodes above them: on others no enterprise has an effect. The total is always here.
    """

    values: Mapping[str, Vector]
    scores: Mapping[str, Vector]
    rank: Ranks
    other_rank: Ranks

    def below(self, total: str) -> dict[str, Vector]:
        """The columns of a table: scores by node without the total, values of indicators under `value:` and the id."""
        scores = {name: own for name, own in self.scores.items() if name != total}
        return scores | {f"value:{name}": own for name, own in self.values.items()}


class Zones:
    """The zones of the evaluated year, as they are and as they would be with other returns.

    Their references, their weights, and what does not come from returns stay as they are.
    """

    def __init__(self, summed: Summed, evaluation: Evaluation) -> None:
        """summed: the returns. evaluation: of the table of zones that they add up to.

        rows: the row of each zone in that table, by the codes of the returns; -1 where it was not scored. scored: the
        zones that were. now: what these come to as they are. indicators, nodes: those on which returns have an effect.
        """
        framework = evaluation.framework
        refuse_comparing(framework)
        self.summed, self.evaluation, self.framework = summed, evaluation, framework
        self.held = Held(evaluation, None if evaluation.table.years is None else summed.year)
        self.totals = Totals.of(summed, sums_read(framework))
        self.rows = self._rows_of(evaluation.table)
        self.indicators = [leaf for leaf in framework.leaves if sums_read(framework, leaf)]
        read = {framework.total.id, *(leaf.id for leaf in self.indicators)}
        self.nodes = [node for node in framework.root.walk() if read & {each.id for each in node.walk()}]
        self._columns = {leaf.id: column for column, leaf in enumerate(framework.leaves)}
        self.scored = np.flatnonzero(self.rows >= 0)
        self.now = self.outcome(self.scored, {})
        self._place = np.full(len(self.rows), -1, dtype=np.intp)
        self._place[self.scored] = np.arange(len(self.scored))

    def _rows_of(self, table: Table) -> Rows:
        """The row of each zone in the table, by the codes of the returns; -1 where it was not scored."""
        scored = dict(zip(table.units[self.held.rows].tolist(), self.held.rows.tolist(), strict=True))
        return np.array([scored.get(name, -1) for name in self.summed.zone_names], dtype=np.intp)

    def after(self, moves: Moves | Sets, joining: bool) -> Outcome:
        """What the zones would come to after each move by itself."""
        if isinstance(moves, Sets):
            changes = self.totals.after_sets(moves, joining)
        else:
            changes = self.totals.after(moves, joining)
        return self.outcome(moves.zones, changes)

    def outcome(self, zones: Rows, changes: Mapping[Key, Cells]) -> Outcome:
        """What zones would come to with other sums."""
        return self.held.outcome(Imagined(self.rows[zones], changes))

    def present(self, zones: Rows) -> Matrix:
        """The values of the indicators of zones as they are, (zones, indicators)."""
        return self.values_of(self.now)[self._place[zones]]

    def values_of(self, outcome: Outcome) -> Matrix:
        """The values of the indicators on which returns have an effect, (rows, indicators)."""
        return outcome.grid.values[:, [self._columns[leaf.id] for leaf in self.indicators]]

    def effects(self, zones: Rows, other: Outcome, sign: int) -> Effects:
        """What the zones have less what they would have (sign 1), or the other way round (-1)."""
        own, now = Runs.of(self._place[zones]), self.now
        less = np.subtract if sign == 1 else _taken_from
        values = {}
        for leaf in self.indicators:
            column = self._columns[leaf.id]
            present = own.spread(now.grid.numbers[column])
            # No return changes a text of the table of zones, of which the number goes by the zones that are looked at.
            values[leaf.id] = less(present, present if leaf.category is not None else other.grid.numbers[column])
        scores = {node.id: less(own.spread(now.scores[node.id]), other.scores[node.id]) for node in self.nodes}
        return Effects(values, scores, own.spread(now.ranks), other.ranks)


def _taken_from(one: Vector, other: Vector) -> Vector:
    return other - one
