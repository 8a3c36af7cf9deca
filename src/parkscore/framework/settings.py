"""What holds for each indicator once defaults and the nodes above it have had their say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from parkscore.framework.kept import kept
from parkscore.framework.models import (
    REWEIGHT,
    Case,
    Choice,
    Direction,
    Framework,
    Inherited,
    Node,
    ScoreRule,
    Slot,
    Total,
)
from parkscore.framework.point_pairs import has_pairs, least_of, most_of

SIGN: Mapping[str, int] = {"higher": 1, "lower": -1}
"""A direction as scoring rules take it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Resolved settings of one node; an indicator uses all of them, a dimension only `min_coverage`.

    paired: the scoring rule as it is written, where its points are pairs; `score` then has the most of each.
    """

    direction: Direction | None
    score: ScoreRule
    missing: Choice
    treat: Choice | None
    min_coverage: float
    paired: ScoreRule | None = None

    @property
    def least(self) -> ScoreRule:
        """The scoring rule with the least points that somebody may give."""
        return self.score if self.paired is None else least_of(self.paired)


_UNSAID = Settings(
    direction=None,
    score=ScoreRule.of("minmax"),
    missing=Choice.of(REWEIGHT),
    treat=None,
    min_coverage=0.0,
)


@kept
def resolve_settings(framework: Framework) -> Mapping[str, Settings]:
    """Settings by node id, the root included: nearest node that says so, else `defaults`, else the language's own.

    The language's own are min-max over the data, reweighting of gaps, no treatment and no coverage threshold.
    """
    default = _said(framework.defaults, _UNSAID)
    # What the total asks of its own coverage is no wish of the dimensions below it.
    settings = {framework.total.id: _said(framework.total, default)}

    def descend(node: Node, above: Settings) -> None:
        own = _of_slot(_said(node, above), node.slot) if node.is_open_slot and node.slot else _said(node, above)
        settings[node.id] = own = _by_case(own, node.cases)
        for child in node.children:
            descend(child, own)

    for node in framework.indicators:
        descend(node, default)
    return settings


def _said(part: Inherited | Total, above: Settings) -> Settings:
    said: dict[str, Any] = {
        name: value
        for name in ("direction", "score", "missing", "treat", "min_coverage")
        if (value := getattr(part, name, None)) is not None
    }
    if "score" in said and has_pairs(said["score"]):
        said |= {"score": most_of(said["score"]), "paired": said["score"]}
    elif "score" in said:
        said["paired"] = None
    return replace(above, **said) if said else above


def _by_case(own: Settings, cases: Sequence[Case]) -> Settings:
    """Settings of an indicator with cases: where every one states a rule, what the nodes above say never counts."""
    stated = [case.score for case in cases if case.score is not None]
    return replace(own, score=most_of(stated[0]), paired=None) if stated and len(stated) == len(cases) else own


def _of_slot(above: Settings, slot: Slot) -> Settings:
    """Settings of a slot that is not filled: it has no values, so no gap to fill and no outlier to treat.

    Where its points are not known, nothing is scored, and any will do.
    """
    empty = ScoreRule.of("minmax", to=(0.0, slot.points or 1.0))
    return replace(above, direction="higher", score=empty, paired=None, missing=_UNSAID.missing, treat=None)


ADDS_POINTS = frozenset({"sum", "capped_sum"})
"""The aggregations that add points up: weights say there only which children count, and how much of them is covered."""


BEST_OF = "max"
"""The aggregation that takes the best of several."""


def points_as_weights(framework: Framework, node: Node) -> tuple[float, ...] | None:
    """The declared points of the children of a node that adds points up, or takes the best, where none has a weight.

    None where a child declares no points, none above zero, or an open end: none of these is a share of anything.
    """
    declared = [child.full_score for child in node.children]
    points = [each for each in declared if isinstance(each, float) and each > 0]
    said = any(child.weight is not None for child in node.children)
    if said or len(points) < len(node.children) or not _goes_by_points(framework, node):
        return None
    return tuple(points)


def _goes_by_points(framework: Framework, node: Node) -> bool:
    """Whether weights say no more of a node than which children count, and how much of them is covered."""
    name = aggregation_of(framework, node).name
    return name in ADDS_POINTS or (name == BEST_OF and node.weights is None)


def aggregation_of(framework: Framework, node: Node) -> Choice:
    """How a node's children become its score: its own word, else `defaults`, else arithmetic."""
    return node.aggregate or framework.defaults.aggregate or Choice.of("arithmetic")
