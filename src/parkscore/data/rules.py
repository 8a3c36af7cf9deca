"""The kinds of validation rule: a condition, fields to fill, a jump between years, a mixed-up measure, an outlier."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from parkscore.data.columns import Columns, fails, holds, measure_of
from parkscore.data.peers import peers, robust_z
from parkscore.data.table import State, Table
from parkscore.findings import Finding, Severity
from parkscore.framework.formula import Cells
from parkscore.framework.measures import other_measures
from parkscore.framework.models import Framework, Rule
from parkscore.language import Text


def check_rule(framework: Framework, table: Table, columns: Columns, rule: Rule) -> Iterator[Finding]:
    """What one rule finds in a table."""
    if rule.require is not None:
        yield from _require(framework, table, columns, rule)
    elif rule.required is not None:
        yield from _required(framework, table, columns, rule)
    elif rule.outlier is not None:
        yield from _outlier(framework, table, columns, rule)
    elif rule.jump is not None:
        yield from _jump(framework, table, columns, rule)
    elif rule.measure_mixup is not None:
        yield from _measure_mixup(framework, table, columns, rule)


def _require(framework: Framework, table: Table, columns: Columns, rule: Rule) -> Iterator[Finding]:
    broken = fails(columns.compute(str(rule.require), None))
    if rule.when is not None:
        broken &= holds(columns.compute(rule.when, None))
    for row in np.flatnonzero(broken):
        yield _finding(table, rule, int(row), None, None, rule.label, _stated_hint(rule))


def _required(framework: Framework, table: Table, columns: Columns, rule: Rule) -> Iterator[Finding]:
    """A cell that is missing where it must not be; one that says `不适用` is filled."""
    asked = np.ones(len(table.frame), dtype=np.bool_) if rule.when is None else holds(columns.compute(rule.when, None))
    for name in rule.required or ():
        label = framework.fields[name].label
        for row in np.flatnonzero(asked & (columns[(name, 0)].cells.states == State.MISSING)):
            message = Text(f"{label.zh}未填：{rule.label.zh}", f"{label.en} is missing: {rule.label.en}")
            yield _finding(table, rule, int(row), name, None, message, _stated_hint(rule) or _FILL)


_FILL = Text(
    "补填；确实没有的写 0，不适用的写“不适用”", "fill it in: 0 where there is none, `n/a` where it does not apply"
)


def _outlier(framework: Framework, table: Table, columns: Columns, rule: Rule) -> Iterator[Finding]:
    """A value whose robust z, within its year and class, is beyond the limit."""
    assert rule.outlier is not None  # noqa: S101  # check_rule asks only for rules of this kind
    groups = list(peers(framework, table))
    for name in rule.outlier.fields:
        field = framework.fields[name]
        cells = columns[(name, 0)].cells
        assert isinstance(cells, Cells)  # noqa: S101  # rules over text fields are refused by the framework's check
        for rows in groups:
            values = cells.values[rows]
            z, median = robust_z(values)
            for position in np.flatnonzero(np.abs(z) > rule.outlier.z):
                typical = f"{median:.6g}" + (f" {field.measure}" if field.measure else "")
                message = Text(
                    f"{field.label.zh}离同类的中位数 {typical} 太远（稳健 z = {z[position]:.1f}）",
                    f"{field.label.en} is far from the median {typical} of its peers (robust z = {z[position]:.1f})",
                )
                hint = _stated_hint(rule) or _ACCEPT
                yield _finding(table, rule, int(rows[position]), name, float(values[position]), message, hint)


def _stated_hint(rule: Rule) -> Text | None:
    return rule.hint.label if rule.hint is not None else None


def _jump(framework: Framework, table: Table, columns: Columns, rule: Rule) -> Iterator[Finding]:
    """A value that many times last year's, or that small a part of it."""
    assert rule.jump is not None  # noqa: S101  # check_rule asks only for rules of this kind
    for name in rule.jump.fields:
        field = framework.fields[name]
        now, before = _values(columns, name, 0), _values(columns, name, 1)
        comparable = (np.abs(now) > 0) & (np.abs(before) > 0)
        ratio = np.divide(np.abs(now), np.abs(before), out=np.ones_like(now), where=comparable)
        for row in np.flatnonzero((ratio > rule.jump.factor) | (ratio < 1 / rule.jump.factor)):
            grown = ratio[row] > 1
            times = ratio[row] if grown else 1 / ratio[row]
            measure = field.measure or ""
            message = Text(
                f"{field.label.zh}是上年 {before[row]:.15g} {measure}的 {'' if grown else '1/'}{times:.1f}"
                f"{' 倍' if grown else ''}",
                f"{field.label.en} is {times:.1f} times {'' if grown else 'smaller than '}"
                f"last year's {before[row]:.15g} {measure}",
            )
            yield _finding(table, rule, int(row), name, float(now[row]), message, _stated_hint(rule) or _ACCEPT)


_ACCEPT = Text("如无误，请在 accepted: 下列出并说明理由", "if it is right, list it under `accepted:` with a reason")


def _values(columns: Columns, name: str, lag: int) -> np.ndarray:
    cells = columns[(name, lag)].cells
    assert isinstance(cells, Cells)  # noqa: S101  # rules over text fields are refused by the framework's check
    return np.nan_to_num(cells.values, nan=0.0)


def _measure_mixup(framework: Framework, table: Table, columns: Columns, rule: Rule) -> Iterator[Finding]:
    """A column whose typical size is another measure's: compared by the median, so one unit cannot cause it."""
    mixup = rule.measure_mixup
    assert mixup is not None  # noqa: S101  # check_rule asks only for rules of this kind
    value = columns[(mixup.field, 0)].cells
    present = value.states == State.VALUE
    size = np.abs(value.values)
    if mixup.per is not None:
        per = columns[(mixup.per, 0)].cells
        present &= (per.states == State.VALUE) & (per.values > 0)
        size = np.divide(size, per.values, out=np.full(len(size), np.nan), where=present)
    years = table.years
    for year in [None] if years is None else np.unique(years):
        own = present & (size > 0) if years is None or year is None else present & (size > 0) & (years == year)
        if not own.any():
            continue
        typical = float(np.median(size[own]))
        times = typical / mixup.expected
        if max(times, 1 / times) > mixup.factor:
            yield _mixup_finding(framework, table, rule, typical, times, None if year is None else int(year))


def _mixup_finding(
    framework: Framework, table: Table, rule: Rule, typical: float, times: float, year: int | None
) -> Finding:
    mixup = rule.measure_mixup
    assert mixup is not None  # noqa: S101  # check_rule asks only for rules of this kind
    field = framework.fields[mixup.field]
    measure = Text(f"（{field.measure}）", f" ({field.measure})") if field.measure else Text("", "")
    likely = _likely_measure(field.measure, times)
    per = framework.fields[mixup.per].label if mixup.per is not None else None
    of = Text(f"每{per.zh}" if per else "", f" per {per.en}" if per else "")
    suspicion = Text(f"，像是以{likely}填报", f"; it looks as if it were in {likely}") if likely else Text("", "")
    return Finding(
        code="measure_mixup",
        severity=Severity(rule.severity),
        place=table.origin.place(None, mixup.field),
        field=mixup.field,
        year=year,
        value=float(f"{typical:.6g}"),
        rule=rule.id,
        message=Text(
            f"{field.label.zh}{measure.zh}的中位数{of.zh}为 {typical:.4g}，应在 {mixup.expected:g} 左右{suspicion.zh}",
            f"the median of {field.label.en}{measure.en}{of.en} is {typical:.4g}, about {mixup.expected:g} is expected"
            f"{suspicion.en}",
        ),
        hint=_mixup_hint(field.label, likely, per),
    )


def _mixup_hint(field: Text, likely: str | None, per: Text | None) -> Text:
    if likely is not None:
        header = f"{field.zh}({likely})"
        return Text(f"在表头写明实际单位，如 {header}", f"name the real measure in the header, such as {header}")
    others = Text(f"和{per.zh}", f" and {per.en}") if per is not None else Text("", "")
    return Text(f"检查{field.zh}{others.zh}的单位", f"check the measure of {field.en}{others.en}")


def _likely_measure(measure: str | None, times: float) -> str | None:
    """The measure of the same dimension in which the column would have the expected size."""
    own = measure_of(measure)
    if own is None:
        return None
    # 100 千元 is 0.001 亿元: a column in another measure holds numbers that are the factor to it times as large.
    distance = {str(other): abs(math.log10(times / factor)) for other, factor in other_measures(own).items()}
    nearest = min(distance, key=lambda text: distance[text], default=None)
    return nearest if nearest is not None and distance[nearest] < 0.5 else None


_CODES = {"jump": "magnitude_jump", "required": "required_missing", "outlier": "outlier"}


def _finding(
    table: Table, rule: Rule, row: int, field: str | None, value: float | None, message: Text, hint: Text | None
) -> Finding:
    years = table.years
    return Finding(
        code=next((code for kind, code in _CODES.items() if getattr(rule, kind) is not None), "rule"),
        severity=Severity(rule.severity),
        place=table.origin.place(row, field),
        unit=str(table.units[row]),
        year=None if years is None else int(years[row]),
        field=field,
        value=value,
        rule=rule.id,
        message=message,
        hint=hint,
    )
