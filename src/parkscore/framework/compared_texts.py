"""The texts that the conditions of a framework compare its text fields with."""

from __future__ import annotations

from collections.abc import Iterator

from parkscore.framework.formula import parse_formula
from parkscore.framework.formula.tree import Compare, Member, Name, Quoted, walk
from parkscore.framework.models import Framework, Requirement


def compared_texts(framework: Framework, field: str) -> list[str]:
    """What conditions of classes, cases, tiers and gates compare a text field with, each text once, in their order.

    The conditions must have been found right.
    """
    found = (text for condition in _conditions(framework) for text in _compared(condition, field))
    return list(dict.fromkeys(found))


def _conditions(framework: Framework) -> Iterator[str]:
    yield from (each.when for each in framework.classes)
    for leaf in framework.leaves:
        yield from leaf.conditions
        yield from (case.when for case in leaf.cases if case.when is not None)
        yield from (text for text in (leaf.formula, *(case.formula for case in leaf.cases)) if text is not None)
    for gate in framework.gates:
        yield from _asked(gate)


def _asked(requirement: Requirement) -> Iterator[str]:
    own = (requirement.require, requirement.veto, requirement.review, requirement.when)
    yield from (text for text in own if text is not None)
    yield from (way.when for way in (*requirement.exempt, *requirement.bypass))
    if requirement.relax is not None:
        yield requirement.relax.when
    for item in requirement.items:
        yield from _asked(item)


def _compared(condition: str, field: str) -> Iterator[str]:
    for node in walk(parse_formula(condition).root):
        match node:
            case Compare(operands=operands) if any(_is_field(each, field) for each in operands):
                yield from (each.text for each in operands if isinstance(each, Quoted))
            case Member(operand=operand, choices=choices) if _is_field(operand, field):
                yield from (each.text for each in choices if isinstance(each, Quoted))


def _is_field(node: object, field: str) -> bool:
    return isinstance(node, Name) and node.name == field
