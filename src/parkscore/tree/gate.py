"""Decide which units may be ranked, and say why the others may not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain

import numpy as np

from parkscore.data.capping import MOST, first_of_each_kind
from parkscore.data.grid import Rows, Truths, Vector
from parkscore.data.screen import percent
from parkscore.data.table import Table
from parkscore.data.unranked import INCOMPLETE, NO_SCORE, TOO_LITTLE_DATA, UNRANKED, Unranked
from parkscore.data.unranked_sentences import too_little
from parkscore.findings import Finding, Severity
from parkscore.framework.models import Framework, Node
from parkscore.framework.settings import aggregation_of, resolve_settings
from parkscore.language import Text
from parkscore.methods import aggregation
from parkscore.tree.aggregate import Nodes
from parkscore.tree.gaps import fate_of_gaps
from parkscore.tree.only_gates import why_nobody_is_ranked

RANKED = "ranked"
NOT_RANKED = "not_ranked"


@dataclass(frozen=True)
class Outcomes:
    """Which rows of the table are ranked, and for each scored row that is not, the reason."""

    ranked: Truths
    reasons: Mapping[int, Unranked]


def gate(
    framework: Framework, table: Table, nodes: Nodes, rows: Rows, set_aside: Mapping[int, Unranked]
) -> tuple[Outcomes, list[Finding]]:
    """Which of the scored rows may be ranked; findings for those that may not, and for dimensions that lack data.

    set_aside: why rows were screened out. A row without a total score is not ranked either.
    """
    ranked = np.zeros(table.size, dtype=np.bool_)
    ranked[rows] = ~np.isnan(nodes.scores[framework.total.id][rows])
    if framework.only_judges:
        return Outcomes(ranked, dict.fromkeys(rows.tolist(), why_nobody_is_ranked(framework))), []
    reasons = _reasons(framework, nodes, rows[~ranked[rows]], set_aside)
    found = chain(_not_ranked(framework, table, reasons), _not_scored(framework, table, nodes, rows[ranked[rows]]))
    return Outcomes(ranked, reasons), first_of_each_kind(found)


def _reasons(framework: Framework, nodes: Nodes, rows: Rows, set_aside: Mapping[int, Unranked]) -> dict[int, Unranked]:
    coverage = nodes.coverage[framework.total.id][rows]
    needed = resolve_settings(framework)[framework.total.id].min_coverage
    incomplete = nodes.passed_over[framework.total.id]
    return {
        row: set_aside.get(row) or (_not_whole(framework) if incomplete[row] else _too_little(covered, needed))
        for row, covered in zip(rows.tolist(), coverage.tolist(), strict=True)
    }


def _not_whole(framework: Framework) -> Unranked:
    title = aggregation[aggregation_of(framework, framework.root).name].title
    told = Text(f"{title.zh}需要全部下级得分，该行有缺失", f"{title.en} takes whole rows only, and this one has a gap")
    return Unranked(INCOMPLETE, told)


@lru_cache(maxsize=4096)
def _too_little(have: float, need: float) -> Unranked:
    if need == 0:
        return Unranked(NO_SCORE, UNRANKED[NO_SCORE])
    return Unranked(TOO_LITTLE_DATA, too_little(percent(have), percent(need)))


def _not_ranked(framework: Framework, table: Table, reasons: Mapping[int, Unranked]) -> Iterator[Finding]:
    def tell(row: int) -> Finding:
        told = reasons[row].text
        message = Text(f"不排名：{told.zh}", f"not ranked: {told.en}")
        return _finding(table, row, NOT_RANKED, framework.total.id, message)

    return _first(list(reasons), tell)


def _first(rows: Sequence[int], tell: Callable[[int], Finding]) -> Iterator[Finding]:
    """A finding for each of the first rows, and one that stands for all others, which nobody would be shown."""
    yield from map(tell, rows[:MOST])
    yield from (replace(tell(row), more=len(rows) - MOST) for row in rows[MOST : MOST + 1])


def _not_scored(framework: Framework, table: Table, nodes: Nodes, ranked: Rows) -> Iterator[Finding]:
    """A ranked unit whose dimension fell short of data: say what becomes of that dimension's part."""
    settings = resolve_settings(framework)
    for parent in framework.root.walk():
        fate = fate_of_gaps(framework, parent)
        for node in parent.children:
            if not node.children or _is_kept_for_others(node):
                continue
            need = settings[node.id].min_coverage
            # A gap that the method cannot take is found where the node is computed.
            short = np.isnan(nodes.scores[node.id][ranked]) & ~nodes.passed_over[node.id][ranked]
            coverage = nodes.coverage[node.id]

            def tell(
                row: int, node: Node = node, coverage: Vector = coverage, need: float = need, fate: Text = fate
            ) -> Finding:
                why = _short_of(float(coverage[row]), need)
                message = Text(
                    f"{node.label.zh}不计分：{why.zh}；{fate.zh}", f"{node.label.en} is not scored: {why.en}; {fate.en}"
                )
                return _finding(table, row, "dimension_not_scored", node.id, message)

            yield from _first(ranked[short].tolist(), tell)


def _short_of(have: float, need: float) -> Text:
    if need == 0:
        return UNRANKED[NO_SCORE]
    return Text(
        f"有数据的权重占 {percent(have)}，需要 {percent(need)}",
        f"data cover {percent(have)} of its weight, {percent(need)} needed",
    )


def _is_kept_for_others(node: Node) -> bool:
    """Whether a dimension holds slots only that nothing fills, which every result says of itself."""
    return all(each.is_open_slot for each in node.walk() if each.is_indicator)


def _finding(table: Table, row: int, code: str, field: str, message: Text) -> Finding:
    hint = Text(
        "补齐这一行缺失的数据；门槛见指标体系的 min_coverage、screen 和 missing",
        "fill what the row lacks; the thresholds stand in the framework: min_coverage, screen, missing",
    )
    return table.finding(row, code=code, severity=Severity.WARNING, field=field, message=message, hint=hint)
