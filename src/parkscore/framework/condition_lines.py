"""The values of one field, cut where any of several conditions on it may change."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from parkscore.framework.formula import Cells, Column, Formula, State, compute
from parkscore.framework.formula.tree import And, Compare, Name, Node, Not, Or, is_constant
from parkscore.framework.measures import Measure, parse_measure
from parkscore.framework.models import DataField, Framework
from parkscore.language import Text
from parkscore.methods.points_digits import to_digits


@dataclass(frozen=True)
class Part:
    """A single value, or all values between two neighbouring bounds (open), and which conditions hold there."""

    low: float
    high: float
    holding: tuple[bool, ...]

    @property
    def is_point(self) -> bool:
        """Whether it is a single value."""
        return self.low == self.high


@dataclass(frozen=True)
class ConditionLine:
    """Every value that a field may have, in parts from the lowest to the highest."""

    field: DataField
    parts: tuple[Part, ...]

    def described(self, parts: Sequence[Part]) -> Text:
        """Neighbouring parts as one condition on the field."""
        first, last, measure = parts[0], parts[-1], self.field.measure or ""
        zh, en = self.field.label
        if len(parts) == 1 and first.is_point:
            said = f"= {_number(first.low)} {measure}".strip()
            return Text(f"{zh} {said}", f"{en} {said}")
        low, high = f"{_number(first.low)} {measure}".strip(), f"{_number(last.high)} {measure}".strip()
        at_low, at_high = "<=" if first.is_point else "<", "<=" if last.is_point else "<"
        if math.isinf(last.high):
            if math.isinf(first.low):
                return Text(f"任何{zh}", f"any {en}")
            over = ">=" if first.is_point else ">"
            return Text(f"{zh} {over} {low}", f"{en} {over} {low}")
        if math.isinf(first.low):
            return Text(f"{zh} {at_high} {high}", f"{en} {at_high} {high}")
        return Text(f"{low} {at_low} {zh} {at_high} {high}", f"{low} {at_low} {en} {at_high} {high}")


def _number(value: float) -> str:
    return f"{value:.15g}"


def line_of(framework: Framework, formulas: Sequence[Formula]) -> ConditionLine | None:
    """The line of the one field that all conditions compare with constants; None where they do otherwise."""
    names = {name for formula in formulas for name in formula.names}
    name = next(iter(names), None)
    field = framework.fields.get(str(name))
    if len(names) != 1 or field is None or field.is_text or not all(_is_plain(each.root) for each in formulas):
        return None
    measure = None if field.measure is None else parse_measure(field.measure)
    bounds = {bound for formula in formulas for bound in _bounds(formula.root, measure)}
    limits = [limit for limit in (field.min, field.max) if limit is not None]
    cuts = sorted({float(to_digits(cut)) for cut in (*bounds, *limits)})
    between = [(low, high, to_digits(_between(low, high))) for low, high in pairwise([-math.inf, *cuts, math.inf])]
    spans = [(low, high, float(inner)) for low, high, inner in between if low < inner < high]
    wanted = sorted([*spans, *((cut, cut, cut) for cut in cuts)], key=lambda span: span[2])
    low_limit = -math.inf if field.min is None else field.min
    high_limit = math.inf if field.max is None else field.max
    wanted = [span for span in wanted if low_limit <= span[2] <= high_limit]
    values = Column(Cells.of([inner for _, _, inner in wanted]), measure)
    holding = [compute(formula, {(str(name), 0): values}, None).values == 1.0 for formula in formulas]
    table = np.column_stack(holding).tolist()
    return ConditionLine(
        field, tuple(Part(low, high, tuple(row)) for (low, high, _), row in zip(wanted, table, strict=True))
    )


def _between(low: float, high: float) -> float:
    """A value that stands for all between two neighbouring bounds, since no condition changes there.

    It is far from both: the float next to a bound is equal to it, for comparisons look at twelve digits.
    """
    if math.isfinite(low) and math.isfinite(high):
        return low / 2 + high / 2
    if math.isfinite(low):
        return min(low + max(1.0, abs(low)), sys.float_info.max)
    return max(high - max(1.0, abs(high)), -sys.float_info.max) if math.isfinite(high) else 0.0


def _is_plain(node: Node) -> bool:
    """Whether a condition is made of comparisons of a field with constants."""
    match node:
        case And(operands=operands) | Or(operands=operands):
            return all(map(_is_plain, operands))
        case Not(operand=operand):
            return _is_plain(operand)
        case Compare(operands=operands):
            return all(isinstance(operand, Name) or is_constant(operand) for operand in operands)
    return False


def _bounds(node: Node, measure: Measure | None) -> Iterator[float]:
    """The constants of a condition, in the measure of the field."""
    match node:
        case And(operands=operands) | Or(operands=operands):
            for operand in operands:
                yield from _bounds(operand, measure)
        case Not(operand=operand):
            yield from _bounds(operand, measure)
        case Compare(operands=operands):
            for operand in operands:
                if is_constant(operand):
                    cells = compute(Formula("", operand), {}, measure)
                    if cells.states == State.VALUE:
                        yield float(cells.values)
