"""The range of scores that each node of a framework can have, known before any data is read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from parkscore.framework.cases import rules_of
from parkscore.framework.models import Framework, Node, ScoreRule
from parkscore.framework.settings import SIGN, Settings, aggregation_of, resolve_settings
from parkscore.methods import Interval, aggregation, scoring
from parkscore.methods.points_bands import covers_all
from parkscore.methods.ranges import hull


def score_ranges(
    framework: Framework, *, usual: bool = False, frozen: Mapping[str, Mapping[str, float]] = MappingProxyType({})
) -> Mapping[str, Interval]:
    """The range of each node, the root included, by id; nodes about which nothing is known are left out.

    usual: where scores have no bound, the range that nearly all lie in, if their rule knows one. frozen: by
    indicator the statistics of a frozen reference, which values may pass as they may pass stated ones. The methods and
    parameters of the framework must have been found right.
    """
    settings = resolve_settings(framework)
    ranges: dict[str, Interval] = {}
    # From the indicators up: the range of a dimension follows from those of its children.
    for node in reversed(list(framework.root.walk())):
        if node.children:
            choice = aggregation_of(framework, node)
            combine = aggregation[choice.name].combine_range
            below = [ranges[child.id] for child in node.children if child.id in ranges]
            if combine is not None and below:
                ranges[node.id] = as_rounded(node, combine(below, choice.parameters))
            continue
        if node.is_open_slot and node.slot is not None:
            ranges[node.id] = as_rounded(
                node, Interval(0.0, math.inf if node.slot.points is None else node.slot.points)
            )
            continue
        fixed = frozen.get(node.id, {})
        rules = [_with(rule, fixed) for rule in rules_of(node, settings[node.id])]
        own = [rule_range(node, settings[node.id], rule, usual=usual) for rule in rules]
        known = [each for each in own if each is not None]
        if len(known) == len(own):
            ranges[node.id] = hull(known, "possible")
        if node.id in ranges and settings[node.id].paired is not None:
            least = rule_range(node, settings[node.id], settings[node.id].least, usual=usual)
            ranges[node.id] = ranges[node.id] if least is None else replace(ranges[node.id], low=least.low)
    return ranges


def _with(rule: ScoreRule, fixed: Mapping[str, float]) -> ScoreRule:
    """The rule as if these parameters were stated."""
    return rule.model_copy(update={"parameters": {**rule.parameters, **fixed}}) if fixed else rule


def rule_range(leaf: Node, settings: Settings, rule: ScoreRule, *, usual: bool = False) -> Interval | None:
    """The scores that an indicator can have by one rule; None where nothing is known of them."""
    method = scoring[rule.name]
    measure = (method.usual_range if usual else None) or method.score_range
    if measure is None:
        return None
    sign = SIGN.get(str(settings.direction), 1)
    return as_rounded(leaf, measure({"direction": sign, **rule.parameters}))


def may_give_none(rule: ScoreRule) -> bool:
    """Whether a rule has no points for some values: it could state what all others earn, and does not."""
    if "otherwise" not in scoring[rule.name].parameters or rule.parameters.get("otherwise") is not None:
        return False
    return rule.name != "bands" or not covers_all(rule.parameters["bands"])


def as_rounded(node: Node, found: Interval) -> Interval:
    """The range of a node once its scores are rounded; what lies near the lower end may then be there."""
    if node.round is None:
        return found
    low, high = (float(node.round.of(end)) if math.isfinite(end) else end for end in (found.low, found.high))
    reaches = "possible" if found.reaches_low == "never" and math.isfinite(low) else found.reaches_low
    return Interval(low, high, reaches)
