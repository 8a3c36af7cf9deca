"""Check that a formula adds, compares and converts only what goes together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from parkscore.framework.formula.functions import FUNCTIONS
from parkscore.framework.formula.kinds import (
    Kind,
    Operand,
    Special,
    as_condition,
    as_number,
    same_measure,
)
from parkscore.framework.formula.parsed import Formula
from parkscore.framework.formula.problems import FormulaProblem
from parkscore.framework.formula.tree import (
    Call,
    Compare,
    Member,
    Name,
    Negative,
    Node,
    Number,
    Product,
    Quantity,
    Quoted,
    Sum,
    TableName,
    children,
)
from parkscore.framework.measures import (
    DIMENSIONLESS,
    Measure,
    conversion,
    dimension_hint,
    divide,
    multiply,
)
from parkscore.language import Text

TEXT: Final = Special.TEXT


def check_measures(
    formula: Formula, measures: Mapping[str, Measure | Special | None], target: Measure | None
) -> tuple[Measure | None, list[FormulaProblem]]:
    """The measure in which a formula comes out, and everything that does not go together in it.

    measures: for each field its measure, None for a plain number, TEXT for a text field. A name that is not in it
    fits anywhere: to know the names is the caller's business. target: the measure the result is converted to; None
    leaves it as it comes out.

    Returns None for a measure that is not known: the formula is a bare 0, or names or problems keep it open.

    >>> from parkscore.framework.formula.parse import parse_formula
    >>> from parkscore.framework.measures import parse_measure
    >>> fields = {"qj56": parse_measure("件"), "sumqh51_rd": parse_measure("千元"), "qd01": parse_measure("人")}
    >>> measure, problems = check_measures(
    ...     parse_formula("qj56 / sumqh51_rd"), fields, parse_measure("件/千万元"))
    >>> str(measure), problems
    ('件/千元', [])
    >>> check_measures(parse_formula("sumqh51_rd + qd01"), fields, None)[1][0].message.en
    '人 (people) cannot be added to, compared with or put beside 千元 (money)'
    """
    check = _Check(measures)
    result = Operand(formula.root, check.kind(formula.root))
    kind = as_number(result, check.problems)
    measure = None
    if isinstance(kind, Measure):
        measure = kind if kind.dimension else DIMENSIONLESS
        if target is not None:
            check.problems.extend(_target_problems(formula, measures, measure, target))
    return measure, sorted(check.problems, key=lambda problem: problem.offset)


def _target_problems(
    formula: Formula, measures: Mapping[str, Measure | Special | None], measure: Measure, target: Measure
) -> list[FormulaProblem]:
    if measure.dimension == target.dimension:
        return _converted_twice(formula.root, measure, target)
    message = Text(
        f"公式得到 {measure.described.zh}，而计量单位写的是 {target.described.zh}",
        f"the formula gives {measure.described.en}, but the measure is {target.described.en}",
    )
    unstated = [name for name in formula.name_offsets if measures.get(name, measure) is None]
    hint = dimension_hint(measure, target)
    if hint is None and unstated:
        hint = Text(f"写明 {'、'.join(unstated)} 的计量单位", f"state the measure of {', '.join(unstated)}")
    return [FormulaProblem(formula.root.offset, message, hint)]


def _converted_twice(root: Node, measure: Measure, target: Measure) -> list[FormulaProblem]:
    """A bare `* 100` beside the measure %: the conversion would be made twice, and nobody would see it."""
    factor = conversion(measure, target)
    if factor == 1.0 or not isinstance(root, Product):
        return []
    problems = []
    for operator, node in root.factors:
        scale = node.value if isinstance(node, Number) and not node.percent else 0.0
        if scale == (factor if operator == "*" else conversion(target, measure)):
            message = Text(
                f"计量单位 {target} 已经换算，再{'乘' if operator == '*' else '除'}一次就重复了",
                f"the measure {target} already converts; this factor would convert twice",
            )
            hint = Text("去掉这个系数", "leave this factor out")
            problems.append(FormulaProblem(node.offset, message, hint))
    return problems


class _Check:
    """One pass over a tree, from the leaves up."""

    def __init__(self, measures: Mapping[str, Measure | Special | None]) -> None:
        self.measures = measures
        self.problems: list[FormulaProblem] = []

    def kind(self, node: Node) -> Kind:
        match node:
            case Number(value=value):
                return Special.ZERO if value == 0 else DIMENSIONLESS
            case Quantity(measure=measure):
                return measure
            case Quoted():
                return Special.TEXT
            case TableName():
                return Special.UNKNOWN
            case Name(name=name):
                return self.measures.get(name, Special.UNKNOWN) or DIMENSIONLESS
            case Member():
                return self.member(node)
        return self.inner(node, [Operand(child, self.kind(child)) for child in children(node)])

    def inner(self, node: Node, operands: list[Operand]) -> Kind:
        match node:
            case Negative():
                return as_number(operands[0], self.problems)
            case Sum():
                return same_measure(operands, self.problems)
            case Product():
                return self.product(node, operands)
            case Compare():
                return self.compare(node, operands)
            case Call(function=function):
                return FUNCTIONS[function].kind(node, operands, self.problems)
        for operand in operands:
            as_condition(operand, self.problems)
        return Special.TRUTH

    def product(self, node: Product, operands: list[Operand]) -> Kind:
        kinds = [as_number(operand, self.problems) for operand in operands]
        result = DIMENSIONLESS
        for (operator, _), kind in zip(node.factors, kinds, strict=True):
            if kind is Special.UNKNOWN:
                return Special.UNKNOWN
            if isinstance(kind, Measure):
                result = multiply(result, kind) if operator == "*" else divide(result, kind)
        return result

    def compare(self, node: Compare, operands: list[Operand]) -> Kind:
        texts = [operand for operand in operands if operand.kind is Special.TEXT]
        if not texts or any(operand.kind is not Special.TEXT and not _open(operand) for operand in operands):
            same_measure(operands, self.problems)
        elif not set(node.operators) <= {"==", "!="}:
            self.problems.append(
                FormulaProblem(
                    texts[0].node.offset,
                    Text("文字不分大小", "texts have no order"),
                    Text("文字只能用 ==、!=、in 比较", "a text can only be compared with ==, != and in"),
                )
            )
        return Special.TRUTH

    def member(self, node: Member) -> Kind:
        operand = Operand(node.operand, self.kind(node.operand))
        wants_text = operand.kind is Special.TEXT
        if not _open(operand):
            for choice in node.choices:
                if isinstance(choice, Quoted) != wants_text:
                    self.problems.append(FormulaProblem(choice.offset, *_WRONG_CHOICE[wants_text]))
        if isinstance(operand.kind, Measure) and operand.kind.dimension:
            self.problems.append(
                FormulaProblem(
                    node.operand.offset,
                    Text(
                        f"{operand.kind.described.zh} 不能在纯数的列表里查",
                        f"{operand.kind.described.en} cannot be looked up in a list of plain numbers",
                    ),
                    Text("用 == 与带单位的数比较", "compare it with == and a number with its measure"),
                )
            )
        return Special.TRUTH


_WRONG_CHOICE = {
    True: (Text("这里需要文字", "a text belongs here"), Text("给它加上引号", "put it between quotation marks")),
    False: (Text("这里需要数", "a number belongs here"), Text("去掉引号", "leave out the quotation marks")),
}


def _open(operand: Operand) -> bool:
    return operand.kind is Special.UNKNOWN
