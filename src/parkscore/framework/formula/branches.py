"""The tree of a formula from what the grammar finds in its text; loaded where a text is more than a name."""

from __future__ import annotations

import math
from collections.abc import Callable
from difflib import get_close_matches
from typing import Final, Literal, cast

from lark import Token, Tree
from lark.exceptions import UnexpectedInput

from parkscore.framework.formula.functions import BY_ANY_NAME, FUNCTIONS, MOST_YEARS, Function
from parkscore.framework.formula.grammar import parser, to_ascii
from parkscore.framework.formula.parsed import Formula
from parkscore.framework.formula.problems import FormulaError, FormulaProblem
from parkscore.framework.formula.syntax_errors import syntax_problem
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
    Number,
    Or,
    Product,
    Quantity,
    Quoted,
    Sum,
    TableName,
    children,
)
from parkscore.framework.measures import DIMENSIONLESS, MeasureError, parse_measure
from parkscore.language import Text, plural

DEEPEST_FORMULA: Final = 50
# Each growth of a growth doubles the work; nobody means more than this.
DEEPEST_GROWTH: Final = 4
# A mean over years of means over years multiplies it.
MOST_READINGS: Final = 200

_Branch = Tree[Token]


def read_with_grammar(text: str) -> Formula:
    """Read a formula of any kind; FormulaError with the columns of the problems.

    >>> read_with_grammar("a / b").root == read_with_grammar("a÷b").root
    True
    """
    try:
        branch = cast(_Branch | Token, parser().parse(text))
    except UnexpectedInput as error:
        raise FormulaError(text, syntax_problem(text, error)) from None
    builder = _Builder(text)
    root = builder.node(branch, 0)
    if not builder.problems and _growth_depth(root) > DEEPEST_GROWTH:
        builder.complain(root.offset, *_TOO_MUCH_GROWTH)
    if not builder.problems and _readings(root) > MOST_READINGS:
        builder.complain(root.offset, *_TOO_MANY_READINGS)
    if builder.problems:
        raise FormulaError(text, builder.problems)
    return Formula(text, root)


_TOO_MUCH_GROWTH: Final = (
    Text(f"增长率嵌套超过 {DEEPEST_GROWTH} 层", f"growth rates are nested more than {DEEPEST_GROWTH} deep"),
    Text("用 lag(x, n) 取前几年的值", "use lag(x, n) for the value of some years before"),
)


_TOO_MANY_READINGS: Final = (
    Text(
        f"嵌套的多年函数把一项读 {MOST_READINGS} 次以上", f"nested years read one item more than {MOST_READINGS} times"
    ),
    Text("把里层写成派生字段", "make a derived field of what is inside"),
)


def _readings(node: Node) -> int:
    """How often the item that is read most often is read."""
    below = max((_readings(child) for child in children(node)), default=1)
    return below * len(FUNCTIONS[node.function].lags(node.years)) if isinstance(node, Call) else below


def _growth_depth(node: Node) -> int:
    below = max((_growth_depth(child) for child in children(node)), default=0)
    doubles = isinstance(node, Call) and len(FUNCTIONS[node.function].lags(node.years)) > 1
    return below + doubles


class _Builder:
    """Turns the parser's branches into nodes, and gathers what is wrong beyond syntax."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.problems: list[FormulaProblem] = []

    def complain(self, offset: int, message: Text, hint: Text | None = None) -> None:
        self.problems.append(FormulaProblem(offset, message, hint))

    def node(self, branch: _Branch | Token, depth: int) -> Node:
        """The node of a branch; anything in parentheses, signs and negations counts as one deeper."""
        if isinstance(branch, Token):
            raise TypeError(branch)
        rule = str(branch.data)
        deeper = depth + (rule in {"enclosed", "call", "negative", "denied"})
        if deeper > DEEPEST_FORMULA:
            raise FormulaError(self.text, _too_deep(_first_offset(branch)))
        return _RULES[rule](self, branch, deeper)

    def enclosed(self, branch: _Branch, depth: int) -> Node:
        return self.node(branch.children[0], depth)

    def number(self, branch: _Branch, depth: int) -> Node:
        token = _token(branch, 0)
        return Number(self.finite(token), offset=_offset(token))

    def percentage(self, branch: _Branch, depth: int) -> Node:
        token = _token(branch, 0)
        return Number(self.finite(token, power=-2), percent=True, offset=_offset(token))

    def quantity(self, branch: _Branch, depth: int) -> Node:
        token, word = _token(branch, 0), _token(branch, 1)
        measure = DIMENSIONLESS
        try:
            measure = parse_measure(to_ascii(word))
        except MeasureError as error:
            glued = word[0] in "且或非"
            self.complain(_offset(word), error.reason, _SPACE_THE_WORDS if glued else error.hint)
        return Quantity(self.finite(token), measure, _offset(token))

    def finite(self, token: Token, power: int = 0) -> float:
        digits, _, exponent = to_ascii(token).lower().partition("e")
        # Shifting the exponent in the text rounds once: 0.1% is exactly the double 0.001.
        value = float(f"{digits}e{int(exponent or 0) + power}")
        if math.isfinite(value):
            return value
        self.complain(_offset(token), Text(f"数 {token} 太大", f"the number {token} is too large"))
        return 0.0

    def quoted(self, branch: _Branch, depth: int) -> Node:
        return _quoted(_token(branch, 0))

    def name(self, branch: _Branch, depth: int) -> Node:
        token = _token(branch, 0)
        return Name(to_ascii(token), _offset(token))

    def bracketed(self, branch: _Branch, depth: int) -> Node:
        token = _token(branch, 0)
        name = token[1:-1].strip()
        if not name:
            self.complain(_offset(token), Text("方括号里没有名称", "there is no name in the brackets"))
        return Name(name, _offset(token))

    def negative(self, branch: _Branch, depth: int) -> Node:
        return Negative(self.node(branch.children[1], depth), _offset(_token(branch, 0)))

    def denied(self, branch: _Branch, depth: int) -> Node:
        return Not(self.node(branch.children[1], depth), _offset(_token(branch, 0)))

    def sum(self, branch: _Branch, depth: int) -> Node:
        first, rest = self.chain_of(branch, depth)
        signs: list[Literal["+", "-"]] = ["+" if token.type == "PLUS" else "-" for token, _ in rest]
        nodes = [node for _, node in rest]
        return Sum((("+", first), *zip(signs, nodes, strict=True)), first.offset)

    def product(self, branch: _Branch, depth: int) -> Node:
        first, rest = self.chain_of(branch, depth)
        operators: list[Literal["*", "/"]] = ["*" if token.type == "TIMES" else "/" for token, _ in rest]
        nodes = [node for _, node in rest]
        return Product((("*", first), *zip(operators, nodes, strict=True)), first.offset)

    def chain(self, branch: _Branch, depth: int) -> Node:
        first, rest = self.chain_of(branch, depth)
        operators = tuple(_comparison(token) for token, _ in rest)
        return Compare((first, *(node for _, node in rest)), operators, first.offset)

    def chain_of(self, branch: _Branch, depth: int) -> tuple[Node, list[tuple[Token, Node]]]:
        """The first operand, and each operator with the operand after it."""
        first, *rest = branch.children
        operators, operands = rest[::2], rest[1::2]
        nodes = [self.node(operand, depth) for operand in (first, *operands)]
        return nodes[0], list(zip(cast(list[Token], operators), nodes[1:], strict=True))

    def both(self, branch: _Branch, depth: int) -> Node:
        nodes = tuple(self.node(child, depth) for child in branch.children)
        return And(nodes, nodes[0].offset)

    def either(self, branch: _Branch, depth: int) -> Node:
        nodes = tuple(self.node(child, depth) for child in branch.children)
        return Or(nodes, nodes[0].offset)

    def member(self, branch: _Branch, depth: int) -> Node:
        operand, *choices = branch.children
        node = self.node(operand, depth)
        return Member(node, tuple(self.choice(cast(_Branch, choice)) for choice in choices), node.offset)

    def choice(self, branch: _Branch) -> Number | Quoted:
        *sign, token = cast(list[Token], branch.children)
        if token.type == "TEXT":
            return _quoted(token)
        value = self.finite(token)
        return Number(-value if sign else value, offset=_offset(sign[0] if sign else token))

    def call(self, branch: _Branch, depth: int) -> Node:
        token = _token(branch, 0)
        arguments = tuple(self.node(child, depth) for child in branch.children[1:])
        written = to_ascii(token)
        function = BY_ANY_NAME.get(written) or BY_ANY_NAME.get(written.lower())
        if function is None:
            self.complain(_offset(token), *_unknown_function(token))
            return Name(written, _offset(token))
        if function.table and arguments and isinstance(arguments[0], Name):
            arguments = (TableName(arguments[0].name, arguments[0].offset), *arguments[1:])
        arguments, years = self.take_years(function, arguments, _offset(token))
        if len(arguments) < function.least or len(arguments) > (function.most or len(arguments)):
            self.complain(_offset(token), *_wrong_count(function, token, len(arguments)))
        call = Call(function.name, arguments, years, _offset(token))
        self.problems.extend(function.written(call))
        return call

    def take_years(self, function: Function, arguments: tuple[Node, ...], at: int) -> tuple[tuple[Node, ...], int]:
        """The arguments without the number of years, and that number."""
        if function.years is None:
            return arguments, 0
        if len(arguments) < 2:
            if function.years == "required" and arguments:
                self.complain(at, *_wrong_count(function, function.name, len(arguments)))
            return arguments, 1
        *others, last = arguments
        if isinstance(last, Number) and 1 <= last.value <= MOST_YEARS and last.value == int(last.value):
            return tuple(others), int(last.value)
        self.complain(
            last.offset,
            Text(f"年数须为 1 到 {MOST_YEARS} 的整数", f"the years must be a whole number from 1 to {MOST_YEARS}"),
            Text(f"如 {function.name}(x, 2)", f"such as {function.name}(x, 2)"),
        )
        return tuple(others), 1


_RULES: Final[dict[str, Callable[[_Builder, _Branch, int], Node]]] = {
    "enclosed": _Builder.enclosed,
    "number": _Builder.number,
    "percentage": _Builder.percentage,
    "quantity": _Builder.quantity,
    "quoted": _Builder.quoted,
    "name": _Builder.name,
    "bracketed": _Builder.bracketed,
    "negative": _Builder.negative,
    "denied": _Builder.denied,
    "sum": _Builder.sum,
    "product": _Builder.product,
    "chain": _Builder.chain,
    "both": _Builder.both,
    "either": _Builder.either,
    "member": _Builder.member,
    "call": _Builder.call,
}

_SIGNS: Final[dict[str, Comparison]] = {"=": "==", "≤": "<=", "≥": ">=", "≠": "!="}
_SPACE_THE_WORDS: Final = Text("“且 或 非”前后留空格", "put a space before and after 且, 或, 非")


def _comparison(token: Token) -> Comparison:
    written = to_ascii(token)
    return _SIGNS.get(written) or cast(Comparison, written)


def _quoted(token: Token) -> Quoted:
    return Quoted(token[1:-1], _offset(token))


def _token(branch: _Branch, index: int) -> Token:
    return cast(Token, branch.children[index])


def _offset(token: Token) -> int:
    return token.start_pos or 0


def _first_offset(branch: _Branch) -> int:
    return next((_offset(token) for token in branch.scan_values(lambda value: isinstance(value, Token))), 0)


def _too_deep(offset: int) -> FormulaProblem:
    return FormulaProblem(
        offset,
        Text(f"公式嵌套超过 {DEEPEST_FORMULA} 层", f"the formula is nested more than {DEEPEST_FORMULA} deep"),
        Text("拆成几个中间指标", "split it into intermediate indicators"),
    )


def _unknown_function(written: str) -> tuple[Text, Text]:
    message = Text(f"没有函数 {written}", f"there is no function {written}")
    close = get_close_matches(written.lower(), BY_ANY_NAME, n=2, cutoff=0.5)
    if close:
        return message, Text(f"是不是 {' 或 '.join(close)}？", f"did you mean {' or '.join(close)}?")
    zh = "、".join(f"{function.zh}({function.name})" for function in FUNCTIONS.values())
    return message, Text(f"可用的函数有 {zh}", f"the functions are {', '.join(FUNCTIONS)}")


def _wrong_count(function: Function, written: str, given: int) -> tuple[Text, Text]:
    years = {None: 0, "optional": 0, "required": 1}[function.years]
    least = function.least + years
    more_zh, more_en = ("", "") if function.most else ("至少", "at least ")
    return (
        Text(
            f"{written} 需要{more_zh} {least} 个参数，这里有 {given} 个",
            f"{written} takes {more_en}{plural(least, 'argument')}, {given} given",
        ),
        Text(f"{function.name}：{function.meaning.zh}", f"{function.name}: {function.meaning.en}"),
    )
