"""Check a table against its framework: limits, rules, jumps between years, mixed-up measures."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from parkscore.data.columns import Columns
from parkscore.data.rules import check_rule
from parkscore.data.schema import compile_schema, failures
from parkscore.data.table import Table
from parkscore.findings import Finding, Severity
from parkscore.framework.models import Accepted, Framework
from parkscore.language import Text


def validate(framework: Framework, table: Table) -> list[Finding]:
    """Every finding that the framework's limits and rules make about a table.

    A finding that the framework lists under `accepted` becomes a note that names the reason and who answers for it.
    """
    findings = [*_limit_findings(framework, table), *_force_findings(framework, table)]
    columns = Columns(framework, table)
    for rule in framework.rules:
        findings += check_rule(framework, table, columns, rule)
    return [_accepted(framework, finding) for finding in findings]


def _limit_findings(framework: Framework, table: Table) -> Iterator[Finding]:
    for failure in failures(compile_schema(framework), table.frame).itertuples(index=False):
        if failure.check not in ("below_min", "above_max"):
            yield _unexpected(table, failure)
            continue
        field = framework.fields[str(failure.column)]
        low = failure.check == "below_min"
        limit, measure = (field.min if low else field.max), field.measure or ""
        row = int(failure.index)
        years = table.years
        yield Finding(
            code=str(failure.check),
            severity=Severity.ERROR,
            place=table.origin.place(row, str(failure.column)),
            unit=str(table.units[row]),
            year=None if years is None else int(years[row]),
            field=str(failure.column),
            value=float(failure.failure_case),
            rule=f"{'min' if low else 'max'} {limit:g}",
            message=Text(
                f"{field.label.zh}{'小于下限' if low else '大于上限'} {limit:g} {measure}",
                f"{field.label.en} is {'below the minimum' if low else 'above the maximum'} {limit:g} {measure}",
            ),
            hint=Text("更正数值，或更正表头中的单位", "correct the value, or the measure in the header"),
        )


def _unexpected(table: Table, failure: object) -> Finding:
    """A failure of a check that reading should have made impossible, shown rather than swallowed."""
    check, column = getattr(failure, "check", ""), getattr(failure, "column", "")
    return Finding(
        code="schema",
        severity=Severity.ERROR,
        place=table.origin.place(None, None),
        field=str(column),
        value=str(getattr(failure, "failure_case", "")),
        rule=str(check),
        message=Text("表结构不符合指标体系", "the table does not fit the framework"),
    )


def _force_findings(framework: Framework, table: Table) -> Iterator[Finding]:
    """Data years in which the framework was not in force."""
    effective = framework.effective
    if effective is None or table.years is None:
        return
    for year in np.unique(table.years):
        evaluated = int(year) + framework.evaluation_lag
        early = effective.since is not None and evaluated < effective.since.year
        late = effective.until is not None and evaluated > effective.until.year
        if early or late:
            yield Finding(
                code="not_in_force",
                severity=Severity.WARNING,
                year=int(year),
                message=Text(
                    f"评价年度 {evaluated} 不在指标体系的有效期内（{effective.since or '…'} 至 {effective.until or '…'}）",
                    f"the evaluation year {evaluated} is outside the framework's dates "
                    f"({effective.since or '...'} to {effective.until or '...'})",
                ),
            )


def _accepted(framework: Framework, finding: Finding) -> Finding:
    entry = next((entry for entry in framework.accepted if _covers(entry, finding)), None)
    if entry is None:
        return finding
    return Finding(
        code=finding.code,
        severity=Severity.INFO,
        place=finding.place,
        unit=finding.unit,
        field=finding.field,
        year=finding.year,
        value=finding.value,
        rule=finding.rule,
        message=Text(
            f"{finding.message.zh}（{entry.by} 已认可：{entry.reason}）",
            f"{finding.message.en} (accepted by {entry.by}: {entry.reason})",
        ),
    )


def _covers(entry: Accepted, finding: Finding) -> bool:
    return (
        entry.rule == finding.rule
        and entry.unit == finding.unit
        and entry.field in (None, finding.field)
        and entry.year in (None, finding.year)
    )
