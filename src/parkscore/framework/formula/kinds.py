"""What kind of thing an expression gives (a measure, a text, a truth value), and when kinds go together."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from parkscore.framework.formula.problems import FormulaProblem
from parkscore.framework.formula.tree import Call, Name, Node, Number, is_constant
from parkscore.framework.measures import DIMENSIONLESS, Measure, dimension_hint
from parkscore.language import Text


class Special(Enum):
    """The kinds that are not a measure."""

    TEXT = "text"
    TRUTH = "truth"
    ZERO = "zero"  # a bare 0 is no money and no people, so it fits any measure
    UNKNOWN = "unknown"  # told about already, or a name the caller will tell about


Kind = Measure | Special


class Operand(NamedTuple):
    """An expression and its kind."""

    node: Node
    kind: Kind


def as_number(operand: Operand, problems: list[FormulaProblem]) -> Kind:
    """The measure of an operand where a number belongs; a truth value counts as 1 or 0."""
    if operand.kind is Special.TRUTH:
        return DIMENSIONLESS
    if operand.kind is not Special.TEXT:
        return operand.kind
    problems.append(
        FormulaProblem(
            operand.node.offset,
            Text("这里需要数，不是文字", "a number belongs here, not a text"),
            Text("文字只能用 ==、!=、in 比较", "a text can only be compared with ==, != and in"),
        )
    )
    return Special.UNKNOWN


def as_plain_number(operand: Operand, use: str, problems: list[FormulaProblem]) -> Kind:
    """A number without a dimension, as logarithms and roots need."""
    kind = as_number(operand, problems)
    if not isinstance(kind, Measure) or not kind.dimension:
        return DIMENSIONLESS
    message = Text(
        f"{use}只能用于纯数，这里是 {kind.described.zh}",
        f"{use} needs a plain number, this is {kind.described.en}",
    )
    written = "1" + kind.text.replace("/", " / 1")
    one = f"x / ({written})" if "/" in kind.text else f"x / {written}"
    hint = Text(f"先除以一个单位，如 {one}", f"divide by one of the measure first, such as {one}")
    problems.append(FormulaProblem(operand.node.offset, message, None if "·" in kind.text else hint))
    return Special.UNKNOWN


def as_condition(operand: Operand, problems: list[FormulaProblem]) -> None:
    """A truth value: a comparison, or a yes/no field of 1 and 0."""
    kind = operand.kind
    if kind in (Special.TRUTH, Special.UNKNOWN):
        return
    is_field = isinstance(operand.node, Name) or (isinstance(operand.node, Call) and operand.node.function == "lag")
    if is_field and kind == DIMENSIONLESS:
        return
    problems.append(
        FormulaProblem(
            operand.node.offset,
            Text("这里需要条件", "a condition belongs here"),
            Text("写成比较式，如 x > 0", "write a comparison, such as x > 0"),
        )
    )


def same_measure(operands: Sequence[Operand], problems: list[FormulaProblem]) -> Kind:
    """The measure in which operands are added or compared; a problem for each of another dimension.

    The first operand that is not a constant decides, so that `5亿元 < x` is computed in the measure of x.
    """
    kinds = [(operand.node, as_number(operand, problems)) for operand in operands]
    stated = [(node, kind) for node, kind in kinds if isinstance(kind, Measure)]
    if not stated:
        return Special.UNKNOWN if any(kind is Special.UNKNOWN for _, kind in kinds) else Special.ZERO
    first, chosen = next(((node, kind) for node, kind in stated if not is_constant(node)), stated[0])
    for node, kind in stated:
        if kind.dimension != chosen.dimension:
            problems.append(_different(first, chosen, node, kind))
    return chosen


def _different(first: Node, chosen: Measure, node: Node, kind: Measure) -> FormulaProblem:
    message = Text(
        f"{kind.described.zh} 不能与 {chosen.described.zh} 相加减、比较或并列",
        f"{kind.described.en} cannot be added to, compared with or put beside {chosen.described.en}",
    )
    hint = dimension_hint(kind, chosen)
    if hint is None and not (kind.dimension and chosen.dimension):
        plain, other = (node, chosen) if not kind.dimension else (first, kind)
        hint = _state_the_measure(plain, other)
    return FormulaProblem(node.offset, message, hint)


def _state_the_measure(plain: Node, other: Measure) -> Text | None:
    if isinstance(plain, Name):
        return Text(f"写明 {plain.name} 的计量单位", f"state the measure of {plain.name}")
    if not isinstance(plain, Number) or "·" in other.text:
        return None
    written = f"{plain.value:g}" + other.text.replace("/", " / 1")
    return Text(f"给数写上单位，如 {written}", f"give the number a measure, such as {written}")
