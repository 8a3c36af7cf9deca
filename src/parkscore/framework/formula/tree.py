"""The nodes of a parsed formula.

Chains stay flat: `a + b - c` is one Sum of three terms. A tree is therefore only as deep as its text is nested, and two
trees are equal when they say the same, wherever it stood in the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from parkscore.framework.measures import Measure

Comparison = Literal["<", "<=", ">", ">=", "==", "!="]


@dataclass(frozen=True, slots=True)
class Number:
    """A plain number; `5%` is 0.05 that was written as a percentage."""

    value: float
    percent: bool = False
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with a measure, such as `5000万元`."""

    value: float
    measure: Measure
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Quoted:
    """A text such as `"高技术服务业"`, to compare a text field with."""

    text: str
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """A field or an indicator."""

    name: str
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class TableName:
    """A table of the framework, as the first argument of `lookup`."""

    name: str
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Negative:
    """A minus before an operand."""

    operand: Node
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms with their signs; the first sign is always +."""

    terms: tuple[tuple[Literal["+", "-"], Node], ...]
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Product:
    """Factors with their operators; the first operator is always *."""

    factors: tuple[tuple[Literal["*", "/"], Node], ...]
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Compare:
    """`a < b`, or a chain `a <= b < c` that holds where each link holds."""

    operands: tuple[Node, ...]
    operators: tuple[Comparison, ...]
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Member:
    """`x in ["B", "C"]`: whether the operand is one of the choices."""

    operand: Node
    choices: tuple[Number | Quoted, ...]
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """True where the operand is false."""

    operand: Node
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """True where every operand is."""

    operands: tuple[Node, ...]
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    """True where at least one operand is."""

    operands: tuple[Node, ...]
    offset: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the closed list, by its English name.

    years: the whole number of years of `lag(x, 2)` and `cagr(x, 3)`, which is not among the arguments; otherwise 0.
    """

    function: str
    arguments: tuple[Node, ...]
    years: int = 0
    offset: int = field(default=0, compare=False)


Leaf = Number | Quantity | Quoted | Name | TableName
Node = Leaf | Negative | Sum | Product | Compare | Member | Not | And | Or | Call


def children(node: Node) -> tuple[Node, ...]:
    """The operands of a node, from left to right."""
    match node:
        case Sum(terms=pairs) | Product(factors=pairs):
            return tuple(operand for _, operand in pairs)
        case Compare(operands=operands) | And(operands=operands) | Or(operands=operands):
            return operands
        case Negative(operand=operand) | Not(operand=operand):
            return (operand,)
        case Member(operand=operand, choices=choices):
            return (operand, *choices)
        case Call(arguments=arguments):
            return arguments
    return ()


def walk(node: Node) -> Iterator[Node]:
    """A node and all below it, from left to right."""
    yield node
    for child in children(node):
        yield from walk(child)


def is_constant(node: Node) -> bool:
    """Whether a node is the same for every unit, because no name occurs in it."""
    return not any(isinstance(part, Name) for part in walk(node))
