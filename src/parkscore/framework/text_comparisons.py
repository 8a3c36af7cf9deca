"""The text fields that a formula compares with something, so that its result depends on what they say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from parkscore.framework.formula import parse_formula
from parkscore.framework.formula.tree import Call, Compare, Member, Name, Node, walk

_READ_A_TEXT: Final = frozenset({"lookup", "begins_with"})
_CONSTANT: Final = ""


def comparisons(text: str) -> Iterator[tuple[str, ...]]:
    """The names in each comparison of a formula, this year's or an earlier one's; empty where no name stands.

    Whether a name is that of a text or of a number is not looked at. A group, as of `group_mean`, compares nothing: it
    is the same whatever its name.

    >>> list(comparisons('if(industry in ["软件"], revenue, 0) + group_mean(staff, park)'))
    [('industry', '')]
    >>> list(comparisons("code == lag(parent)"))
    [('code', 'parent')]
    """
    for node in walk(parse_formula(text).root):
        match node:
            case Compare(operands=operands):
                yield tuple(map(_name_in, operands))
            case Member(operand=operand):
                yield _name_in(operand), _CONSTANT
            case Call(function=function, arguments=arguments) if function in _READ_A_TEXT:
                yield tuple(map(_name_in, arguments))


def _name_in(node: Node) -> str:
    match node:
        case Name(name=name):
            return name
        case Call(function="lag", arguments=(operand, *_)):
            return _name_in(operand)
    return _CONSTANT
