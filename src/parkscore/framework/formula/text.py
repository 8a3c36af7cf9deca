"""Print a formula in one canonical way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from parkscore.framework.formula.grammar import NAME_PATTERN, to_ascii
from parkscore.framework.formula.parsed import Formula
from parkscore.framework.formula.tree import (
    And,
    Call,
    Compare,
    Leaf,
    Member,
    Name,
    Negative,
    Node,
    Not,
    Number,
    Or,
    Product,
    Quantity,
    Quoted,
    Sum,
    TableName,
)

_EITHER, _BOTH, _NEGATION, _COMPARISON, _SUM, _PRODUCT, _SIGNED, _OPERAND = range(8)
_QUOTES: Final = (('"', '"'), ("'", "'"), ("“", "”"))
_LEVEL: Final[dict[type, int]] = {
    Or: _EITHER,
    And: _BOTH,
    Not: _NEGATION,
    Compare: _COMPARISON,
    Member: _COMPARISON,
    Sum: _SUM,
    Product: _PRODUCT,
    Negative: _SIGNED,
}


def print_formula(formula: Formula) -> str:
    """A formula in canonical text: ASCII operators, English function names, only the parentheses it needs.

    Parsing the text gives the same tree. It may be longer than the text as written, and than what `parse_formula`
    accepts from people, so files keep `formula.text`.

    >>> from parkscore.framework.formula.parse import parse_formula
    >>> print_formula(parse_formula("（营业收入－上年（营业收入））÷上年（营业收入）×100％"))
    '(营业收入 - lag(营业收入)) / lag(营业收入) * 100%'
    """
    return _print(formula.root, _EITHER)


def _print(node: Node, level: int) -> str:
    text = _text(node)
    return f"({text})" if _LEVEL.get(type(node), _OPERAND) < level else text


def _text(node: Node) -> str:
    match node:
        case Negative(operand=operand):
            return f"-{_print(operand, _SIGNED)}"
        case Sum(terms=pairs):
            return _chain([term for _, term in pairs], [sign for sign, _ in pairs[1:]], _PRODUCT)
        case Product(factors=pairs):
            return _chain([factor for _, factor in pairs], [operator for operator, _ in pairs[1:]], _SIGNED)
        case Compare(operands=operands, operators=operators):
            return _chain(operands, operators, _SUM)
        case Call(function=function, arguments=arguments, years=years):
            printed = [_print(argument, _EITHER) for argument in arguments]
            return f"{function}({', '.join([*printed, str(years)] if _states_years(function, years) else printed)})"
        case Number() | Quantity() | Quoted() | Name() | TableName():
            return _leaf(node)
    return _logic(node)


def _logic(node: Member | Not | And | Or) -> str:
    match node:
        case Member(operand=operand, choices=choices):
            return f"{_print(operand, _SUM)} in [{', '.join(_leaf(choice) for choice in choices)}]"
        case Not(operand=operand):
            return f"not {_print(operand, _NEGATION)}"
        case And(operands=operands):
            return " and ".join(_print(operand, _NEGATION) for operand in operands)
        case Or(operands=operands):
            return " or ".join(_print(operand, _BOTH) for operand in operands)


def _chain(operands: Sequence[Node], operators: Sequence[str], level: int) -> str:
    first, *others = (_print(operand, level) for operand in operands)
    return first + "".join(f" {operator} {other}" for operator, other in zip(operators, others, strict=True))


def _states_years(function: str, years: int) -> bool:
    # lag(x) is how everybody writes last year.
    return years > 1 or (years == 1 and function != "lag")


def _leaf(node: Leaf) -> str:
    match node:
        case Number(value=value, percent=True):
            return f"{_decimal(Decimal(repr(value)).scaleb(2))}%"
        case Number(value=value):
            return _decimal(Decimal(repr(value)))
        case Quantity(value=value, measure=measure):
            return _decimal(Decimal(repr(value))) + measure.text
        case Quoted(text=text):
            opening, closing = next((pair for pair in _QUOTES if pair[1] not in text), ("‘", "’"))
            return f"{opening}{text}{closing}"
        case Name(name=name) | TableName(name=name):
            bare = re.fullmatch(NAME_PATTERN, name) and to_ascii(name) == name
            return name if bare else f"[{name}]"


def _decimal(value: Decimal) -> str:
    """Digits as people write them, an exponent only where there would be a row of zeros."""
    plain = value.normalize()
    return f"{plain:f}" if -7 < plain.adjusted() < 16 else f"{plain:E}".replace("E+", "e").replace("E", "e")
