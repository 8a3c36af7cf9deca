"""The texts that the conditions and formulas of a framework compare its text fields with."""

from __future__ import annotations

from collections.abc import Iterator

from parkscore.framework.every_formula import formulas_over_rows
from parkscore.framework.formula import parse_formula
from parkscore.framework.formula.tree import Compare, Member, Name, Quoted, walk
from parkscore.framework.models import Framework


def compared_texts(framework: Framework, field: str) -> list[str]:
    """What conditions and formulas compare a text field with, each text once, in their order.

    They must have been found right.
    """
    found = (text for _, formula in formulas_over_rows(framework) for text in _compared(formula, field))
    return list(dict.fromkeys(found))


def _compared(formula: str, field: str) -> Iterator[str]:
    for node in walk(parse_formula(formula).root):
        match node:
            case Compare(operands=operands) if any(_is_field(each, field) for each in operands):
                yield from (each.text for each in operands if isinstance(each, Quoted))
            case Member(operand=operand, choices=choices) if _is_field(operand, field):
                yield from (each.text for each in choices if isinstance(each, Quoted))


def _is_field(node: object, field: str) -> bool:
    return isinstance(node, Name) and node.name == field
