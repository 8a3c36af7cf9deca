"""Check classes found by conditions: which values fit several of them, and which fit none."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np

from parkscore.findings import Severity
from parkscore.framework.formula import Cells, Column, Formula, FormulaError, State, compute, parse_formula
from parkscore.framework.formula.tree import And, Compare, Name, Node, Not, Or, is_constant
from parkscore.framework.measures import Measure, MeasureError, parse_measure
from parkscore.framework.models import DataField, Framework
from parkscore.framework.reporting import Reporter
from parkscore.language import Text


def check_classes(framework: Framework, reporter: Reporter) -> None:
    """Report overlaps and gaps where all conditions compare one field with constants; elsewhere say that data decide.

    A condition that cannot be read is a finding of its own, and nothing is said of the classes before it is put right.
    """
    try:
        formulas = [parse_formula(each.when) for each in framework.classes]
        line = _line(framework, formulas)
    except (FormulaError, MeasureError):
        return
    if line is not None:
        _report_overlaps(framework, line, reporter)
        _report_gaps(framework, line, reporter)
        _report_empty(framework, line, reporter)
    elif framework.classes:
        reporter.report(
            "classes_not_decided",
            ("classes",),
            Text(
                "各分类的条件不是同一个字段与常数的比较，有无重叠或遗漏要到计算时逐行判定并计数",
                "the conditions do not compare one field with constants: whether they overlap or leave gaps is found, "
                "and counted, row by row when data are scored",
            ),
            severity=Severity.INFO,
        )


# --- the values of one field, cut where a condition may change ------------------------------------------------------


@dataclass(frozen=True)
class _Part:
    """A single value, or all values between two neighbouring bounds (open), and which conditions hold there."""

    low: float
    high: float
    holding: tuple[bool, ...]

    @property
    def is_point(self) -> bool:
        return self.low == self.high


@dataclass(frozen=True)
class _Line:
    """Every value that a field may have, in parts from the lowest to the highest."""

    field: DataField
    parts: tuple[_Part, ...]

    def described(self, parts: Sequence[_Part]) -> Text:
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


def _line(framework: Framework, formulas: Sequence[Formula]) -> _Line | None:
    """The line of the one field that all conditions compare with constants; None where they do otherwise."""
    names = {name for formula in formulas for name in formula.names}
    name = next(iter(names), None)
    field = framework.fields.get(str(name))
    if len(names) != 1 or field is None or field.kind == "text" or not all(_is_plain(each.root) for each in formulas):
        return None
    measure = None if field.measure is None else parse_measure(field.measure)
    bounds = {bound for formula in formulas for bound in _bounds(formula.root, measure)}
    limits = [limit for limit in (field.min, field.max) if limit is not None]
    cuts = sorted({*bounds, *map(float, limits)})
    sides = [-math.inf, *cuts, math.inf]
    # Nothing changes between two neighbouring bounds, so that the next float after the lower one stands for all.
    spans = [
        (low, high, inner)
        for low, high in pairwise(sides)
        for inner in (float(np.nextafter(low, math.inf)) if math.isfinite(low) else float(np.nextafter(high, low)),)
        if low < inner < high
    ]
    if not cuts:
        spans = [(-math.inf, math.inf, 0.0)]
    wanted = sorted([*spans, *((cut, cut, cut) for cut in cuts)], key=lambda span: span[2])
    low_limit = -math.inf if field.min is None else field.min
    high_limit = math.inf if field.max is None else field.max
    wanted = [span for span in wanted if low_limit <= span[2] <= high_limit]
    values = Column(Cells.of([inner for _, _, inner in wanted]), measure)
    holding = [compute(formula, {(str(name), 0): values}, None).values == 1.0 for formula in formulas]
    table = np.column_stack(holding).tolist()
    return _Line(field, tuple(_Part(low, high, tuple(row)) for (low, high, _), row in zip(wanted, table, strict=True)))


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


# --- findings ------------------------------------------------------------------------------------------------------


def _report_overlaps(framework: Framework, line: _Line, reporter: Reporter) -> None:
    for holding, group in groupby(line.parts, key=lambda part: part.holding):
        if sum(holding) < 2:
            continue
        where = line.described(list(group))
        own = [index for index, holds in enumerate(holding) if holds]
        labels = [framework.classes[index].label for index in own]
        zh, en = "、".join(label.zh for label in labels), ", ".join(label.en for label in labels)
        reporter.report(
            "class_overlap",
            ("classes", own[-1], "when"),
            Text(f"{where.zh} 时同时属于{zh}", f"where {where.en}, a unit is in {en}"),
            field=framework.classes[own[-1]].id,
            hint=Text("改其中一个条件的边界，如把 <= 写成 <", "move a bound of one of them, such as from <= to <"),
        )


def _report_gaps(framework: Framework, line: _Line, reporter: Reporter) -> None:
    for is_gap, group in groupby(line.parts, key=lambda part: not any(part.holding)):
        if is_gap:
            where = line.described(list(group))
            reporter.report(
                "class_gap",
                ("classes",),
                Text(f"{where.zh} 时不属于任何分类", f"where {where.en}, a unit is in no class"),
                severity=Severity.WARNING,
                hint=Text(
                    "补一个分类或改边界；数据不会这样时给字段写 min、max",
                    "add a class or move a bound; where data cannot be so, give the field `min` or `max`",
                ),
            )


def _report_empty(framework: Framework, line: _Line, reporter: Reporter) -> None:
    for index, each in enumerate(framework.classes):
        if not any(part.holding[index] for part in line.parts):
            reporter.report(
                "class_never",
                ("classes", index, "when"),
                Text(f"没有一个值属于{each.label.zh}", f"there is no value for which a unit is in {each.label.en}"),
                severity=Severity.WARNING,
                field=each.id,
                hint=Text("核对条件", "check the condition"),
            )
