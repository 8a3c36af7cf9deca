"""Take the condition of a gate apart into comparisons, each of which can be explained by its numbers."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from parkscore.framework.class_names import CLASS_LABEL, class_names
from parkscore.framework.formula import Formula, FormulaError, check_measures, parse_formula, print_formula
from parkscore.framework.formula.kinds import Special
from parkscore.framework.formula.tree import (
    And,
    Call,
    Compare,
    Comparison,
    Member,
    Name,
    Negative,
    Node,
    Not,
    Or,
    Product,
    Quoted,
    Sum,
    is_constant,
)
from parkscore.framework.measures import Measure, MeasureError, parse_measure
from parkscore.framework.models import Framework
from parkscore.language import Text

VALUE: Final = "value"
"""The function that gives an indicator's value; its id alone is its score."""

TURNED: Final[Mapping[Comparison, Comparison]] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
"""What a comparison becomes when its sides change places."""
DENIED: Final[Mapping[Comparison, Comparison]] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
"""What holds where a comparison does not."""
ORDERED: Final = frozenset({"<", "<=", ">", ">="})


@dataclass(frozen=True)
class Link:
    """One comparison of numbers, the side that differs between units first; `fixed`: the other side is a constant."""

    node: Node
    value: Node
    operator: Comparison
    threshold: Node
    fixed: bool


@dataclass(frozen=True)
class Plain:
    """A condition that holds or does not, without a threshold: texts, a yes/no field, a choice of a list."""

    node: Node


@dataclass(frozen=True)
class Logic:
    """Conditions joined by `and`, `or` or `not`; a chain of comparisons is joined by `and`."""

    kind: Literal["and", "or", "not"]
    node: Node
    parts: tuple[Condition, ...]


Condition = Link | Plain | Logic


def take_apart(node: Node, texts: Collection[str]) -> Condition:
    """The comparisons of a condition. texts: the names of the text fields, which have no thresholds.

    >>> condition = take_apart(parse_formula("60 <= x < 100").root, ())
    >>> [printed(link.node) for link in links(condition)]
    ['60 <= x', 'x < 100']
    """
    match node:
        case And(operands=operands):
            return Logic("and", node, tuple(take_apart(each, texts) for each in operands))
        case Or(operands=operands):
            return Logic("or", node, tuple(take_apart(each, texts) for each in operands))
        case Not(operand=operand):
            return Logic("not", node, (take_apart(operand, texts),))
        case Compare() if not any(_is_text(operand, texts) for operand in node.operands):
            parts = tuple(_link(*each) for each in zip(node.operands, node.operators, node.operands[1:], strict=False))
            return parts[0] if len(parts) == 1 else Logic("and", node, parts)
    return Plain(node)


def _link(left: Node, operator: Comparison, right: Node) -> Link:
    node = Compare((left, right), (operator,), left.offset)
    if is_constant(left) and not is_constant(right):
        return Link(node, right, TURNED[operator], left, fixed=True)
    return Link(node, left, operator, right, fixed=is_constant(right))


def _is_text(node: Node, texts: Collection[str]) -> bool:
    match node:
        case Quoted():
            return True
        case Name(name=name):
            return name in texts
        case Call(function="lag", arguments=(argument,)):
            return _is_text(argument, texts)
    return False


def links(condition: Condition) -> Iterator[Link]:
    """The comparisons of numbers in a condition, from left to right."""
    if isinstance(condition, Link):
        yield condition
    elif isinstance(condition, Logic):
        for part in condition.parts:
            yield from links(part)


def printed(node: Node) -> str:
    """A part of a formula as text."""
    return print_formula(Formula("", node))


def value_name(indicator: str) -> str:
    """The name under which the value of an indicator is read, beside its id, which names its score.

    >>> value_name("rd")
    'value(rd)'
    """
    return f"{VALUE}({indicator})"


def with_values(node: Node) -> Node:
    """A formula in which each `value(x)` is a name of its own.

    >>> printed(with_values(parse_formula("值(rd) / lag(value(rd))").root))
    '[value(rd)] / lag([value(rd)])'
    """

    def named(each: Node) -> Node | None:
        match each:
            case Call(function=function, arguments=(Name(name=name),)) if function == VALUE:
                return Name(value_name(name), each.offset)
        return None

    return replaced(node, named)


def replaced(node: Node, change: Callable[[Node], Node | None]) -> Node:
    """A formula with other nodes in place of those of which `change` makes one, the outermost first.

    >>> printed(replaced(parse_formula("x + 2 * y").root, lambda node: Name("z") if node == Name("y") else None))
    'x + 2 * z'
    """
    changed = change(node)
    if changed is not None:
        return changed
    match node:
        case Call(arguments=arguments):
            return replace(node, arguments=tuple(replaced(each, change) for each in arguments))
        case Compare(operands=operands) | And(operands=operands) | Or(operands=operands):
            return replace(node, operands=tuple(replaced(each, change) for each in operands))
        case Sum(terms=terms):
            return replace(node, terms=tuple((sign, replaced(each, change)) for sign, each in terms))
        case Product(factors=factors):
            return replace(node, factors=tuple((operator, replaced(each, change)) for operator, each in factors))
        case Negative(operand=operand) | Not(operand=operand) | Member(operand=operand):
            return replace(node, operand=replaced(operand, change))
    return node


def gate_measures(framework: Framework) -> dict[str, Measure | Special | None]:
    """What the formula of a gate may read, with its measure: the class, scores, values of indicators, fields."""
    fields = {
        each: Special.TEXT if field.is_text else _measure(field.measure) for each, field in framework.fields.items()
    }
    total = [] if framework.only_judges else [framework.total.id]
    scores = dict.fromkeys([*total, *(node.id for node in framework.walk())])
    values = {value_name(leaf.id): _measure_of_value(leaf.formulas, leaf.measure, fields) for leaf in framework.leaves}
    return {**dict.fromkeys(class_names(framework), Special.TEXT), **scores, **values, **fields}


def _measure_of_value(
    formulas: Sequence[str], stated: str | None, fields: Mapping[str, Measure | Special | None]
) -> Measure | None:
    """The measure of an indicator; formulas of several cases come out in the same, which is checked with them."""
    if stated is not None or not formulas:
        return _measure(stated)
    try:
        return check_measures(parse_formula(formulas[0]), fields, None)[0]
    except FormulaError:  # told with the indicator
        return None


def _measure(text: str | None) -> Measure | None:
    """A stated measure; none for one that cannot be read, which is told where it is stated."""
    try:
        return None if text is None else parse_measure(text)
    except MeasureError:
        return None


def text_fields(framework: Framework) -> frozenset[str]:
    """The ids of the text fields, and the names of the class."""
    fields = frozenset(field_id for field_id, field in framework.fields.items() if field.is_text)
    return fields | class_names(framework).difference(node.id for node in framework.root.walk())


def labels_of_names(framework: Framework) -> dict[str, Text]:
    """What the names that the formula of a gate may read are called, as far as they have a name of their own."""
    labels = {each: one.label for each, one in framework.fields.items() if one.zh is not None or one.en is not None}
    for node in framework.root.walk():
        zh, en = node.zh or node.en or node.id, node.en or node.zh or node.id
        score = Text(zh if zh.endswith("得分") else f"{zh}得分", en if en.endswith("score") else f"score of {en}")
        labels.setdefault(node.id, score)
        labels[value_name(node.id)] = Text(zh, en)
    return dict.fromkeys(class_names(framework), CLASS_LABEL) | labels
