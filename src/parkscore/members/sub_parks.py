"""Score the sub-parks of zones by the references and weights of the zones, and rank them within their zone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, cast

import numpy as np

from parkscore.data.grid import Rows
from parkscore.data.table import State
from parkscore.evaluation import Evaluation
from parkscore.framework.formula import Cells
from parkscore.members.changed_columns import Imagined
from parkscore.members.held import Held
from parkscore.members.holdable import refuse_comparing
from parkscore.members.labels import Columns, nullable
from parkscore.members.summing import Summed
from parkscore.methods.group_ranks import Ties, ranks_in_groups
from parkscore.tree.gate import NOT_RANKED, RANKED

IN_ZONE: Final = "rank_in_zone"


class _PartCells:
    """The raw numbers of sub-parks by (field, years back): sums over their returns, and what is not asked of them."""

    def __init__(self, summed: Summed, parts: Rows) -> None:
        self._summed = summed
        self._parts = parts
        fields = summed.plan.framework.fields.items()
        self._names = {name for name, field in fields if field.formula is None and not field.is_text}
        self._made: dict[tuple[str, int], Cells] = {}

    def __contains__(self, key: object) -> bool:
        return isinstance(key, tuple) and key[0] in self._names

    def __getitem__(self, key: tuple[str, int]) -> Cells:
        # Where a rule refuses a value, the same cells are asked for once for each half of the sub-parks.
        if key not in self._made:
            self._made[key] = self._cells(*key)
        return self._made[key]

    def _cells(self, name: str, back: int) -> Cells:
        summed, count = self._summed, len(self._parts)
        if name not in summed.plan.fields:
            return Cells(np.full(count, np.nan), np.full(count, State.NOT_APPLICABLE, dtype=np.int8))
        if summed.year - back not in summed.years:
            return Cells(np.full(count, np.nan), np.full(count, State.MISSING, dtype=np.int8))
        cells, column = summed.parts.cells(summed.plan, name), list(summed.years).index(summed.year - back)
        return Cells(cells.values[self._parts, column], cells.states[self._parts, column])


def evaluate_parts(summed: Summed, evaluation: Evaluation) -> Columns:
    """The sub-parks with returns in the evaluated year, scored as if each were a zone, and ranked within their zone.

    evaluation: of the zones that were summed. What is no sum over returns is not asked of a sub-park: it counts as not
    applicable, in coverage too. Returns zone, part, how many returns, score, rank_in_zone, status and every node, by
    zone and rank. Sub-parks of zones that were not evaluated are left out.

    Raises UsageError where the framework compares rows with each other, so that nothing can be held.
    """
    refuse_comparing(evaluation.framework)
    framework, held = evaluation.framework, Held(evaluation, summed.year if evaluation.framework.time else None)
    rows_of = dict(zip(evaluation.table.units[held.rows].tolist(), held.rows.tolist(), strict=True))
    parts, rows = _parts_with_rows(summed, rows_of)
    nodes = [framework.total.id, *(node.id for node in framework.walk())]
    if not parts.size:
        names = ["zone", "part", "returns", "score", IN_ZONE, "status", *nodes]
        return {name: np.zeros(0, dtype=object) for name in names}
    scores = held.outcome(Imagined(rows, _PartCells(summed, parts))).scores
    total = scores[framework.total.id]
    zones = np.array([summed.roll.parts[part][0] for part in parts])
    rounded = np.round(total, framework.ranking.decimals) + 0.0
    ranks = ranks_in_groups(rounded, zones, cast(Ties, framework.ranking.ties))
    column = list(summed.years).index(summed.year)
    order = np.lexsort((parts, np.where(ranks > 0, ranks, np.iinfo(np.int32).max), zones))
    return {
        "zone": summed.zone_names[zones[order]],
        "part": np.array([summed.roll.parts[part][1] for part in parts[order]], dtype=object),
        "returns": summed.parts.returns[parts[order], column],
        "score": total[order],
        IN_ZONE: nullable(ranks[order].astype(np.int32)),
        "status": np.where(ranks[order] > 0, RANKED, NOT_RANKED).astype(object),
        **{node: scores[node][order] for node in nodes},
    }


def _parts_with_rows(summed: Summed, rows_of: Mapping[str, int]) -> tuple[Rows, Rows]:
    """The sub-parks with returns in the evaluated year, and for each the row of its zone in the table of zones."""
    if summed.year not in summed.years:
        return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp)
    column = list(summed.years).index(summed.year)
    names = summed.zone_names
    found = [
        (part, rows_of[str(names[zone])])
        for part, (zone, _) in enumerate(summed.roll.parts)
        if summed.parts.returns[part, column] and str(names[zone]) in rows_of
    ]
    both = np.array(found, dtype=np.intp).reshape(-1, 2)
    return both[:, 0], both[:, 1]
