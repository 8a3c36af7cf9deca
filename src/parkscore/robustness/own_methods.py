"""Tell methods to try from those that the framework has, and from one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from parkscore.framework.check_methods import SHELF_OF
from parkscore.framework.models import Choice, Framework, ScoreRule
from parkscore.framework.point_pairs import most_of
from parkscore.framework.settings import aggregation_of, resolve_settings
from parkscore.framework.written_values import read_parameter
from parkscore.robustness.asked_forms import as_python


def differing(framework: Framework, step: str, nodes: Sequence[str], choices: Sequence[Choice]) -> list[int]:
    """The places of the methods that are neither what all these nodes have, nor the same as one before them.

    Under a method that only some of the nodes have, the framework is another one, so it stays. Two are the same where
    their names are, and their parameters with all that is left to defaults.
    """
    own = [_resolved(step, choice) for choice in _own(framework, step, nodes)]
    tried = [_resolved(step, choice) for choice in choices]
    return [
        place
        for place, each in enumerate(tried)
        if each not in tried[:place] and not (own and all(each == other for other in own))
    ]


def _own(framework: Framework, step: str, nodes: Sequence[str]) -> list[Choice | None]:
    """What the framework says of each of these nodes that the step is for."""
    named = [node for node in framework.root.walk() if node.id in nodes and not node.is_open_slot]
    if step == "aggregate":
        return [aggregation_of(framework, node) for node in named]
    settings = resolve_settings(framework)
    # Scores that are given have no rule.
    return [getattr(settings[node.id], step) for node in named if step != "score" or node.given is None]


def _resolved(step: str, choice: Choice | None) -> tuple[str, Mapping[str, Any]] | None:
    """The name of a method and all of its parameters; None where there is none."""
    if choice is None:
        return None
    if isinstance(choice, ScoreRule):
        choice = most_of(choice)  # the most of each pair of points is what counts in a score
    shelf = SHELF_OF[step]
    known = shelf[choice.name].parameters if choice.name in shelf else {}
    defaults = {name: each.default for name, each in known.items() if not (each.required or each.supplied)}
    stated = defaults | choice.parameters
    return choice.name, {name: read_parameter(as_python(value)) for name, value in stated.items()}
