"""The kinds of validation rule: a condition, fields to fill, a jump between years, an outlier, an unlikely size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from parkscore.data.capping import first_rows
from parkscore.data.columns import Columns, fails, holds, parse
from parkscore.data.peers import ANYBODY, peers, spread_of
from parkscore.data.rule_statistics import RuleStatistics, of_rule
from parkscore.data.sizes import mixed_up_measures, unlikely_magnitudes
from parkscore.data.table import State, Table
from parkscore.findings import Finding, Severity
from parkscore.framework.class_names import CLASS_LABEL
from parkscore.framework.formula import Cells
from parkscore.framework.models import DataField, Framework, Rule
from parkscore.language import Text, in_digits


def check_rule(
    framework: Framework, table: Table, columns: Columns, rule: Rule, known: RuleStatistics | None = None
) -> Iterator[Finding]:
    """What one rule finds in a table.

    known: what rows are compared with, of more rows than these; what is said of all of them is left out then.
    """
    if rule.require is not None:
        yield from _require(framework, table, columns, rule)
    elif rule.required is not None:
        yield from _required(framework, table, columns, rule)
    elif rule.outlier is not None:
        yield from _outlier(framework, table, columns, rule, known)
    elif rule.jump is not None:
        yield from _jump(framework, table, columns, rule)
    elif rule.measure_mixup is not None:
        if known is None:
            yield from mixed_up_measures(framework, table, columns, rule, rule.measure_mixup)
    elif rule.magnitude is not None:
        typical = None if known is None else known.of(of_rule(rule), ANYBODY).median
        for row, size, message in unlikely_magnitudes(framework, columns, rule.magnitude, typical):
            yield _finding(table, rule, row, rule.magnitude.field, size, message, _stated_hint(rule) or _ACCEPT)


def _require(framework: Framework, table: Table, columns: Columns, rule: Rule) -> Iterator[Finding]:
    broken = fails(columns.compute(str(rule.require), None))
    if rule.when is not None:
        broken &= holds(columns.compute(rule.when, None))
    names = sorted(parse(str(rule.require)).names)
    field = next((name for name in names if name in framework.fields), None)

    def make(row: int) -> Finding:
        stated = [_stated(framework, columns, name, row) for name in names]
        message = Text(
            f"{rule.label.zh}（{'，'.join(text.zh for text in stated)}）",
            f"{rule.label.en} ({', '.join(text.en for text in stated)})",
        )
        return _finding(table, rule, row, field, None, message, _stated_hint(rule))

    yield from first_rows(np.flatnonzero(broken), make, _accepted(framework, table, rule))


def _accepted(framework: Framework, table: Table, rule: Rule) -> Callable[[int], bool] | None:
    """Whether a row is of a unit of which somebody has accepted what the rule finds; None where there is none."""
    units = {entry.unit for entry in framework.accepted if entry.rule == rule.id}
    return (lambda row: table.unit(row) in units) if units else None


def _stated(framework: Framework, columns: Columns, name: str, row: int) -> Text:
    """A field, or the class, with what stands in a row, so that a broken condition can be checked by eye."""
    field, cells = framework.fields.get(name), columns[(name, 0)].cells
    label = CLASS_LABEL if field is None else field.label
    if cells.states[row] != State.VALUE:
        return Text(f"{label.zh}：无值", f"{label.en}: no value")
    value, measure = cells.values[row], "" if field is None else field.measure or ""
    number = value if isinstance(value, str) else f"{value:.15g} {measure}".strip()
    return Text(f"{label.zh} = {number}", f"{label.en} = {number}")


def _required(framework: Framework, table: Table, columns: Columns, rule: Rule) -> Iterator[Finding]:
    """A cell that is missing where it must not be; one that says `不适用` is filled."""
    asked = np.ones(table.size, dtype=np.bool_) if rule.when is None else holds(columns.compute(rule.when, None))
    for name in rule.required or ():
        label = framework.fields[name].label
        message = Text(f"{label.zh}未填：{rule.label.zh}", f"{label.en} is missing: {rule.label.en}")
        hint = _stated_hint(rule) or _FILL
        missing = np.flatnonzero(asked & (columns[(name, 0)].cells.states == State.MISSING))
        make = partial(_finding, table, rule, field=name, value=None, message=message, hint=hint)
        yield from first_rows(missing, make, _accepted(framework, table, rule))


_FILL = Text(
    "补填；确实没有的写 0，不适用的写“不适用”", "fill it in: 0 where there is none, 不适用 where it does not apply"
)


def _outlier(
    framework: Framework, table: Table, columns: Columns, rule: Rule, known: RuleStatistics | None
) -> Iterator[Finding]:
    """A value whose robust z, within its year and class, is beyond the limit."""
    assert rule.outlier is not None  # noqa: S101  # check_rule asks only for rules of this kind
    groups = list(peers(framework, table))
    for name in rule.outlier.fields:
        field = framework.fields[name]
        cells = columns[(name, 0)].cells
        assert isinstance(cells, Cells)  # noqa: S101  # rules over text fields are refused by the framework's check
        for group, rows in groups:
            values = cells.values[rows]
            spread = spread_of(values) if known is None else known.of(name, group)
            z, median = spread.z(values), spread.median
            for position in np.flatnonzero(np.abs(z) > rule.outlier.z):
                typical = in_digits(median) + (f" {field.measure}" if field.measure else "")
                message = Text(
                    f"{field.label.zh}离同类的中位数 {typical} 太远（稳健 z = {z[position]:.1f}）",
                    f"{field.label.en} is far from the median {typical} of its peers (robust z = {z[position]:.1f})",
                )
                hint = _stated_hint(rule) or _ACCEPT
                yield _finding(table, rule, int(rows[position]), name, float(values[position]), message, hint)


def _stated_hint(rule: Rule) -> Text | None:
    return rule.hint.label if rule.hint is not None else None


def _jump(framework: Framework, table: Table, columns: Columns, rule: Rule) -> Iterator[Finding]:
    """A value that many times last year's, or that small a part of it, whatever their signs."""
    assert rule.jump is not None  # noqa: S101  # check_rule asks only for rules of this kind
    for name in rule.jump.fields:
        field = framework.fields[name]
        now, before = _values(columns, name, 0), _values(columns, name, 1)
        comparable = (np.abs(now) > 0) & (np.abs(before) > 0)
        ratio = np.divide(np.abs(now), np.abs(before), out=np.ones_like(now), where=comparable)
        for row in np.flatnonzero((ratio > rule.jump.factor) | (ratio < 1 / rule.jump.factor)):
            message = _leap(field, float(now[row]), float(before[row]))
            yield _finding(table, rule, int(row), name, float(now[row]), message, _stated_hint(rule) or _ACCEPT)


def _leap(field: DataField, now: float, before: float) -> Text:
    """What is said of a jump: how many times last year's, where both are above 0, else the two values."""
    measure = f" {field.measure}" if field.measure else ""
    this, last = f"{now:.15g}{measure}", f"{before:.15g}{measure}"
    if now < 0 or before < 0:
        return Text(
            f"{field.label.zh}上年为 {last}，本年为 {this}", f"{field.label.en} is {this}, last year's was {last}"
        )
    grown = now > before
    times = now / before if grown else before / now
    return Text(
        f"{field.label.zh}是上年 {before:.15g} {field.measure or ''}的 {'' if grown else '1/'}{times:.1f}"
        f"{' 倍' if grown else ''}",
        f"{field.label.en} is {times:.1f} times {'' if grown else 'smaller than '}last year's {last}",
    )


_ACCEPT = Text(
    "如无误，请在 accepted: 下列出并说明理由（用 Excel 时：parkscore convert 指标体系 my.xlsx，在“认可”表加一行，"
    "再用 my.xlsx 评分）",
    "if it is right, list it under `accepted:` with a reason (in Excel: `parkscore convert FRAMEWORK my.xlsx`, add a "
    "line to its sheet 认可 and score with my.xlsx)",
)


def _values(columns: Columns, name: str, lag: int) -> np.ndarray:
    cells = columns[(name, lag)].cells
    assert isinstance(cells, Cells)  # noqa: S101  # rules over text fields are refused by the framework's check
    return np.nan_to_num(cells.values, nan=0.0)


_CODES = {
    "jump": "magnitude_jump",
    "required": "required_missing",
    "outlier": "outlier",
    "magnitude": "unlikely_magnitude",
}


def _finding(
    table: Table, rule: Rule, row: int, field: str | None, value: float | None, message: Text, hint: Text | None
) -> Finding:
    return table.finding(
        row,
        code=next((code for kind, code in _CODES.items() if getattr(rule, kind) is not None), "rule"),
        severity=Severity(rule.severity),
        column=field,
        field=field,
        value=value,
        rule=rule.id,
        message=message,
        hint=hint,
    )
