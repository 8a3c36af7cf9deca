"""Compute a formula on columns."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import numpy as np

from parkscore.framework.formula.cells import Cells, Column, TextCells
from parkscore.framework.formula.functions import FUNCTIONS, Arguments
from parkscore.framework.formula.kinds import Special
from parkscore.framework.formula.measure_check import check_measures
from parkscore.framework.formula.parsed import Formula
from parkscore.framework.formula.problems import FormulaError, FormulaProblem
from parkscore.framework.formula.surroundings import Surroundings
from parkscore.framework.formula.tree import (
    And,
    Call,
    Compare,
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
)
from parkscore.framework.formula.values import (
    Truths,
    Value,
    add,
    compare,
    every,
    in_measure,
    merge_reasons,
    multiply,
    negate,
    of_cells,
    plain,
    ranked,
    settle,
    some,
    to_cells,
    truth,
)
from parkscore.framework.measures import DIMENSIONLESS, Measure
from parkscore.language import Text, plural

Columns = Mapping[tuple[str, int], Column]


def compute(
    formula: Formula,
    columns: Columns,
    target: Measure | None,
    surroundings: Surroundings | None = None,
    *,
    shared: bool = False,
) -> Cells:
    """The value of a formula for every unit, in the target measure.

    columns: for each name and years back (0: the year itself; see `formula.reads`) a column, all of one length n, with
    any measure of the right dimension; only those the formula reads are asked for. target: None leaves the measure as
    `check_measures` returns it; ratios then are plain numbers, 1 for 100 %. Conditions give 1.0 and 0.0. surroundings:
    the rows of the table, which functions over groups and the data year need. shared: the cells are only read, and may
    share memory with the columns.

    Returns cells of shape (n,); of shape () where there is no column at all. A cell without a value says why:

    - x / 0 and 0 / 0 are DIVIDED_BY_ZERO; a ratio to a negative field, a logarithm or root of what has none, and any
      overflow, are UNDEFINED;
    - an operation on cells without a value has none; of several reasons the first counts in the order
      NOT_APPLICABLE, DIVIDED_BY_ZERO, UNDEFINED, MISSING, since no further data could remove the earlier ones;
    - `if` takes the state of its condition and of the branch it chose, nothing of the other branch;
    - false and missing is false, true or missing is true, as in any three-valued logic.

    Sums and comparisons are made in the measure of the first operand that is not a constant. Products are not
    converted on the way; one exact factor is applied at the end.

    Raises FormulaError where a column or the surroundings are missing, or measures do not go together.

    >>> from parkscore.framework.formula.parse import parse_formula
    >>> from parkscore.framework.measures import parse_measure
    >>> columns = {("qj56", 0): Column(Cells.of([3.0, 5.0]), parse_measure("件")),
    ...            ("sumqh51_rd", 0): Column(Cells.of([8000.0, 0.0]), parse_measure("千元"))}
    >>> cells = compute(parse_formula("qj56 / sumqh51_rd"), columns, parse_measure("件/千万元"))
    >>> cells.values, cells.states
    (array([3.75,  nan]), array([0, 3], dtype=int8))
    """
    _require_columns(formula, columns)
    _require_surroundings(formula, surroundings)
    read = {name: columns[name, min(years)] for name, years in formula.reads.items()}
    natural, problems = check_measures(formula, {name: _kind(column) for name, column in read.items()}, target)
    if problems:
        raise FormulaError(formula.text, problems)
    with np.errstate(all="ignore"):
        result = _Evaluation(columns, surroundings).value(formula.root, 0)
        values = in_measure(result, target or natural)
        if values is not result.values:  # else settled already
            result = settle(values, result.reasons)
    # A formula that reads nothing, such as `0`, is still one cell for every unit.
    shape = next((column.cells.values.shape for column in (read or columns).values()), ())
    return to_cells(result, shape, shared=shared)


def _require_columns(formula: Formula, columns: Columns) -> None:
    problems = [
        FormulaProblem(
            formula.name_offsets[name][0],
            Text(
                f"没有 {name} 的数据" if back == 0 else f"没有 {name} 往前 {back} 年的数据",
                f"there is no column {name}"
                if back == 0
                else f"there is no column {name} of {plural(back, 'year')} before",
            ),
        )
        for name, years in formula.reads.items()
        for back in sorted(years)
        if (name, back) not in columns
    ]
    if problems:
        raise FormulaError(formula.text, problems)


def _require_surroundings(formula: Formula, surroundings: Surroundings | None) -> None:
    tables = {} if surroundings is None else surroundings.tables
    problems = [
        FormulaProblem(table.offset, Text(f"没有表 {table.name}", f"there is no table {table.name}"))
        for table in formula.table_names
        if table.name not in tables
    ]
    for call in formula.calls:
        function = FUNCTIONS[call.function]
        if function.data_year and (surroundings is None or surroundings.years is None):
            message = Text(
                f"{call.function}() 要有带年份的整张表才能算", f"{call.function}() needs rows with their years"
            )
            problems.append(FormulaProblem(call.offset, message))
        elif function.other_units and surroundings is None:
            message = Text(f"{call.function}() 要有整张表才能算", f"{call.function}() needs all rows of the table")
            problems.append(FormulaProblem(call.offset, message))
    if problems:
        raise FormulaError(formula.text, problems)


def _kind(column: Column) -> Measure | Special | None:
    return Special.TEXT if isinstance(column.cells, TextCells) else column.measure


class _Evaluation:
    """One pass over a checked tree, from the leaves up."""

    def __init__(self, columns: Columns, surroundings: Surroundings | None) -> None:
        self.columns = columns
        self.surroundings = surroundings
        self.read: dict[tuple[str, int], Value] = {}

    def value(self, node: Node, back: int) -> Value:
        """A node as it stands `back` years before."""
        match node:
            case Number(value=number):
                return Value(np.asarray(number, dtype=np.float64), None, None if number == 0 else DIMENSIONLESS)
            case Quantity(value=number, measure=measure):
                return Value(np.asarray(number, dtype=np.float64), None, measure)
            case Name(name=name):
                return self.column(name, back)
            case Negative(operand=operand):
                return negate(self.value(operand, back))
            case Sum(terms=terms):
                return add([(sign, self.value(term, back)) for sign, term in terms])
            case Product(factors=factors):
                return multiply([(operator, self.value(factor, back)) for operator, factor in factors])
            case Call(function=function):
                return FUNCTIONS[function].compute(Arguments(node, self.value, self.texts, back, self.surroundings))
        return self.truth(node, back)

    def truth(self, node: Node, back: int) -> Value:
        """A node that is true or false."""
        match node:
            case Compare(operands=operands, operators=operators):
                if self.is_text(operands[0], back):
                    return self.compare_texts(node, back)
                return compare(operators, [self.value(operand, back) for operand in operands])
            case Member():
                return self.member(node, back)
            case Not(operand=operand):
                denied = self.value(operand, back)
                return truth(denied.values == 0, denied.reasons)
            case And(operands=operands):
                return every([self.value(operand, back) for operand in operands])
            case Or(operands=operands):
                return some([self.value(operand, back) for operand in operands])
        raise TypeError(node)

    def column(self, name: str, back: int) -> Value:
        if (name, back) not in self.read:
            column = self.columns[name, back]
            cells = column.cells
            if isinstance(cells, TextCells):
                raise TypeError(name)
            self.read[name, back] = of_cells(cells, column.measure or DIMENSIONLESS)
        return self.read[name, back]

    def is_text(self, node: Node, back: int) -> bool:
        match node:
            case Quoted():
                return True
            case Name(name=name):
                return isinstance(self.columns[name, back].cells, TextCells)
            case Call(function="lag", arguments=(argument,), years=years):
                return self.is_text(argument, back + years)
        return False

    def texts(self, node: Node, back: int) -> TextCells:
        match node:
            case Quoted(text=text):
                return TextCells(np.array(text, dtype=np.object_), np.zeros((), dtype=np.int8))
            case Name(name=name):
                cells = self.columns[name, back].cells
                if isinstance(cells, TextCells):
                    return cells
            case Call(function="lag", arguments=(argument,), years=years):
                return self.texts(argument, back + years)
        raise TypeError(node)

    def compare_texts(self, node: Compare, back: int) -> Value:
        texts = [self.texts(operand, back) for operand in node.operands]
        links = []
        for operator, left, right in zip(node.operators, texts[:-1], texts[1:], strict=True):
            same = _same(left, right)
            reasons = merge_reasons([ranked(left.states), ranked(right.states)])
            links.append(truth(same if operator == "==" else ~same, reasons))
        return every(links)

    def member(self, node: Member, back: int) -> Value:
        if self.is_text(node.operand, back):
            texts = self.texts(node.operand, back)
            found = [_same(texts, self.texts(choice, back)) for choice in node.choices]
            return truth(reduce(np.logical_or, found), ranked(texts.states))
        operand = self.value(node.operand, back)
        numbers = [choice.value for choice in node.choices if isinstance(choice, Number)]
        return truth(np.isin(plain(operand), numbers), operand.reasons)


def _same(left: TextCells, right: TextCells) -> Truths:
    if left.codes is not None and left.texts is not None and right.values.ndim == 0:
        same = np.append(np.asarray(left.texts == right.values, dtype=np.bool_), False)
        return np.asarray(same[left.codes])
    if left.values.ndim == 0 and right.values.ndim:
        return _same(right, left)
    return np.asarray(left.values == right.values, dtype=np.bool_)
