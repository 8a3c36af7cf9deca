"""Every formula and condition that a framework states, with the id of what it belongs to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from parkscore.framework.models import SHORTER_HISTORY, TIERS, Framework, Node, Requirement
from parkscore.framework.settings import resolve_settings
from parkscore.framework.target_formulas import target_formula


def formulas_over_rows(framework: Framework) -> Iterator[tuple[str, str]]:
    """Every formula and condition that is read of the rows once they are checked; of a target what is taken of each.

    >>> import parkscore as ps
    >>> [text for owner, text in formulas_over_rows(ps.load_framework("park-points-example")) if owner == "rising"][1]
    '增长率(revenue)'
    """
    yield from formulas_of(framework)
    for each in framework.lists:
        yield from ((each.id, text) for text in (each.require, each.by) if text is not None)
    for target in framework.targets:
        yield from ((target.id, amount.of_each.text) for amount in target_formula(target.value).amounts.values())


def formulas_of(framework: Framework) -> Iterator[tuple[str, str]]:
    """What scoring, gates and grades read; rules of validation, lists and targets aside.

    >>> import parkscore as ps
    >>> next(formulas_of(ps.load_framework("zone-2021")))[0]
    '1.1'
    """
    yield from formulas_of_scores(framework)
    for gate in framework.gates:
        yield from _of_requirement(gate)
    for scale in framework.grades:
        yield from ((scale.id, override.when) for override in scale.overrides)


def formulas_of_scores(framework: Framework) -> Iterator[tuple[str, str]]:
    """What classes, values and scores are made of."""
    for name, field in framework.fields.items():
        if field.formula is not None:
            yield name, field.formula
    for each in framework.classes:
        yield each.id, each.when
    for leaf in framework.leaves:
        yield from ((leaf.id, text) for text in formulas_of_leaf(framework, leaf))


def formulas_of_leaf(framework: Framework, leaf: Node) -> Iterator[str]:
    """What the value and the score of one indicator are made of, whatever fills its gaps by a formula included.

    >>> import parkscore as ps
    >>> zones = ps.load_framework("zone-2021")
    >>> next(formulas_of_leaf(zones, zones.leaves[0]))
    'p1_1'
    """
    yield from leaf.formulas
    yield from leaf.conditions
    if leaf.given is not None:
        yield leaf.given
    for case in leaf.cases:
        if case.when is not None:
            yield case.when
        if case.score is not None and case.score.name == TIERS:
            tiers: Any = case.score.parameters["tiers"]
            yield from (tier["when"] for tier in tiers)
    missing = resolve_settings(framework)[leaf.id].missing
    if missing.name == SHORTER_HISTORY:
        yield from missing.parameters["formulas"]


def _of_requirement(asked: Requirement) -> Iterator[tuple[str, str]]:
    stated = (asked.require, asked.veto, asked.review, asked.when)
    yield from ((asked.id, text) for text in stated if text is not None)
    yield from ((asked.id, way.when) for way in (*asked.exempt, *asked.bypass))
    if asked.relax is not None:
        yield asked.id, asked.relax.when
    for item in asked.items:
        yield from _of_requirement(item)
