"""The range of scores that each node of a framework can have, known before any data is read."""

from __future__ import annotations

from collections.abc import Mapping

from parkscore.framework.models import Framework
from parkscore.framework.settings import SIGN, aggregation_of, resolve_settings
from parkscore.methods import Interval, aggregation, scoring


def score_ranges(framework: Framework, *, usual: bool = False) -> Mapping[str, Interval]:
    """The range of each node, the root included, by id; nodes about which nothing is known are left out.

    usual: where scores have no bound, the range that nearly all lie in, if their rule knows one. The methods and
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
                ranges[node.id] = combine(below, choice.parameters)
            continue
        rule = settings[node.id].score
        method = scoring[rule.name]
        measure = (method.usual_range if usual else None) or method.score_range
        if measure is not None:
            sign = SIGN.get(str(settings[node.id].direction), 1)
            ranges[node.id] = measure({"direction": sign, **rule.parameters})
    return ranges
