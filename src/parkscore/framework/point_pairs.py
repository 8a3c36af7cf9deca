"""Points written as pairs: the least and the most that somebody may give where a rule chooses a band."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from parkscore.framework.document import Path
from parkscore.framework.models import ScoreRule

PAIRED_RULES = ("steps", "bands", "lookup", "tiers")
"""The scoring rules whose points may be pairs."""
_NAMED = "lookup"


def is_pair(points: Any) -> bool:
    """Whether points are two numbers, the least and the most.

    >>> is_pair((7, 8)), is_pair(7), is_pair((7, 8, 9)), is_pair(("7", 8))
    (True, False, False, False)
    """
    return isinstance(points, (list, tuple)) and len(points) == 2 and all(map(_is_number, points))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def pairs_of(rule: ScoreRule) -> Iterator[tuple[Path, tuple[float, float]]]:
    """Every pair of a rule with its place among the parameters."""
    for path, points in _points_of(rule):
        if is_pair(points):
            yield path, (points[0], points[1])


def has_pairs(rule: ScoreRule) -> bool:
    """Whether any points of a rule are a pair.

    >>> has_pairs(ScoreRule.of("lookup", points={"优": [8, 10], "良": 6}))
    True
    """
    return any(True for _ in pairs_of(rule))


def least_of(rule: ScoreRule) -> ScoreRule:
    """The rule with the least of every pair.

    >>> least_of(ScoreRule.of("lookup", points={"优": [8, 10], "良": 6})).parameters
    {'points': {'优': 8, '良': 6}}
    """
    return _with(rule, lambda points: points[0] if is_pair(points) else points)


def most_of(rule: ScoreRule) -> ScoreRule:
    """The rule with the most of every pair.

    >>> most_of(ScoreRule.of("steps", closed="left", steps=[[5, [8, 10]]], otherwise=[0, 3])).parameters
    {'closed': 'left', 'steps': ((5, 10),), 'otherwise': 3}
    """
    return _with(rule, lambda points: points[1] if is_pair(points) else points)


def _points_of(rule: ScoreRule) -> Iterator[tuple[Path, Any]]:
    """The points of a rule, whatever they are, with their places; the rule need not have been found right."""
    if rule.name not in PAIRED_RULES:
        return
    if rule.name == _NAMED:
        named = rule.parameters.get("points")
        yield from ((("points", name), points) for name, points in named.items()) if isinstance(named, Mapping) else ()
    else:
        listed = rule.parameters.get(rule.name)
        for number, each in enumerate(listed if isinstance(listed, tuple) else ()):
            if isinstance(each, Mapping) and "points" in each:
                yield (rule.name, number, "points"), each["points"]
            elif isinstance(each, tuple) and len(each) == 2:
                yield (rule.name, number, 1), each[1]
    if "otherwise" in rule.parameters:
        yield ("otherwise",), rule.parameters["otherwise"]


def _with(rule: ScoreRule, choose: Callable[[Any], Any]) -> ScoreRule:
    """The rule with other points."""
    parameters = dict(rule.parameters)
    for path, points in _points_of(rule):
        parameters = _put(parameters, path, choose(points))
    return rule.model_copy(update={"parameters": parameters})


def _put(group: Any, path: Path, value: Any) -> Any:
    """A nested value with one of its parts replaced."""
    if not path:
        return value
    step, *rest = path
    if isinstance(group, tuple):
        return tuple(_put(each, tuple(rest), value) if n == step else each for n, each in enumerate(group))
    return {**group, step: _put(group[step], tuple(rest), value)}
