"""Find out which earlier years' scores the conditions of a framework look back at."""

from __future__ import annotations

from collections.abc import Iterator

from parkscore.framework.formula import parse_formula
from parkscore.framework.models import Framework, Requirement


def years_looked_back(framework: Framework) -> frozenset[int]:
    """How many years back gates, grades, lists and targets read the score of a node; empty where none does.

    Scoring one year alone must score these years too, or `上年(total)` could never be told.
    """
    nodes = {framework.total.id, *(node.id for node in framework.walk())} - framework.fields.keys()
    lagged = (parse_formula(text).lagged for text in _conditions(framework))
    return frozenset(back for read in lagged for name, years in read.items() if name in nodes for back in years)


def _conditions(framework: Framework) -> Iterator[str]:
    """Every formula that may read a score."""
    for gate in framework.gates:
        yield from _of_requirement(gate)
    for scale in framework.grades:
        yield from (override.when for override in scale.overrides)
    for each in framework.lists:
        yield from (text for text in (each.require, each.by) if text is not None)
    yield from (target.value for target in framework.targets)


def _of_requirement(asked: Requirement) -> Iterator[str]:
    yield from (text for text in (asked.require, asked.veto, asked.review, asked.when) if text is not None)
    yield from (way.when for way in (*asked.exempt, *asked.bypass))
    if asked.relax is not None:
        yield asked.relax.when
    for item in asked.items:
        yield from _of_requirement(item)
