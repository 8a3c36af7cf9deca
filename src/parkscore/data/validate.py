"""Check a table against its framework: limits, rules, jumps between years, mixed-up measures."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from parkscore.data.capping import MOST, first_of_each_kind
from parkscore.data.code_findings import shared_codes, wrong_codes
from parkscore.data.columns import Columns
from parkscore.data.limits import is_sound
from parkscore.data.masking import Mask
from parkscore.data.reading import read_with_findings
from parkscore.data.rule_statistics import RuleStatistics
from parkscore.data.rules import check_rule
from parkscore.data.schema import Failure, compile_schema, failures
from parkscore.data.table import Table
from parkscore.data.unlisted import unlisted_texts
from parkscore.findings import Finding, Severity, errors_of
from parkscore.framework.models import BELOW_MIN, LIMITS, Accepted, Effective, Framework
from parkscore.language import Text, in_digits
from parkscore.late_pandas import pd


def read_and_validate(
    source: str | os.PathLike[str] | pd.DataFrame, framework: Framework, mask: Mask | None = None
) -> tuple[Table | None, list[Finding]]:
    """Read a table and check it, so that the mistakes of both come at once.

    source: as for `read_table`. mask: hides the units of the table and of the findings.
    Returns the table, None where reading met an error, and the findings of both steps, in that order.
    Raises UsageError where the source is no file that can be read.
    """
    table, found = read_with_findings(source, framework)
    if table is None:
        return None, found if mask is None else mask.findings(found, None, framework)
    errors = errors_of(found)
    unread_places = {finding.place for finding in errors}
    unread_fields = {finding.field for finding in errors if finding.unit is None and finding.code in UNREAD_COLUMN}
    # What could not be read is missing to the checks; that it is missing is no finding of its own.
    checked = [
        finding
        for finding in validate(framework, table)
        if finding.place not in unread_places and finding.field not in unread_fields
    ]
    found = [*found, *checked]
    if mask is None:
        return (None if errors else table), found
    hidden = mask.findings(found, table, framework)
    return (None if errors else mask.table(table, framework)), hidden


def validate(
    framework: Framework, table: Table, *, looks_for_twins: bool = True, known: RuleStatistics | None = None
) -> list[Finding]:
    """Every finding that the framework's limits and rules make about a table.

    looks_for_twins: whether a unit or a code that is there twice in a year is looked for; who reads in pieces does so
    elsewhere.
    known: what rules compare rows with, where the table is a part of the rows.

    A finding that the framework lists under `accepted` becomes a note that names the reason and who answers for it. Of
    many findings of one kind the first are listed and the others counted.
    """
    return as_accepted(framework, _findings(framework, table, looks_for_twins, known))


def as_accepted(framework: Framework, findings: Iterable[Finding]) -> list[Finding]:
    """Findings as `validate` returns them: those that somebody accepted as notes, and many of one kind counted."""
    return first_of_each_kind(_accepted(framework, finding) for finding in findings)


UNREAD_COLUMN: Final = ("wrong_measure", "unknown_measure")


def _findings(
    framework: Framework, table: Table, looks_for_twins: bool, known: RuleStatistics | None
) -> Iterator[Finding]:
    yield from _limit_findings(framework, table, looks_for_twins)
    yield from _force_findings(framework, table)
    yield from unlisted_texts(framework, table)
    yield from wrong_codes(framework, table)
    if looks_for_twins:
        yield from shared_codes(framework, table)
    columns = Columns(framework, table)
    for rule in framework.rules:
        yield from check_rule(framework, table, columns, rule, known)


def _limit_findings(framework: Framework, table: Table, looks_for_twins: bool) -> Iterator[Finding]:
    """What the schema finds; of one limit only so many findings are made as are shown, and one that counts on."""
    if is_sound(framework, table, looks_for_twins):
        return
    acceptable = {entry.unit for entry in framework.accepted}
    made: Counter[tuple[str, str]] = Counter()
    unmade: dict[tuple[str, str], tuple[Failure, int]] = {}
    for failure in failures(compile_schema(framework), table.frame):
        if failure.check not in LIMITS:
            yield _unexpected(table, failure)
            continue
        assert failure.row is not None  # noqa: S101  # a limit is checked cell by cell
        limit = failure.check, failure.column
        if made[limit] >= MOST and table.unit(failure.row) not in acceptable:
            unmade[limit] = failure, unmade.get(limit, (failure, 0))[1] + 1
        else:
            made[limit] += 1
            yield _beyond_limit(framework, table, failure)
    for failure, count in unmade.values():
        yield replace(_beyond_limit(framework, table, failure), more=count)


def _beyond_limit(framework: Framework, table: Table, failure: Failure) -> Finding:
    field = framework.fields[failure.column]
    low = failure.check == BELOW_MIN
    limit = in_digits((field.min if low else field.max) or 0.0)
    measure = f" {field.measure}" if field.measure else ""
    assert failure.row is not None  # noqa: S101  # a limit is checked cell by cell
    return table.finding(
        failure.row,
        code=failure.check,
        severity=Severity.ERROR,
        column=failure.column,
        field=failure.column,
        value=float(failure.value),
        rule=f"{'min' if low else 'max'} {limit}",
        message=Text(
            f"{field.label.zh}{'小于下限' if low else '大于上限'} {limit}{measure}",
            f"{field.label.en} is {'below the minimum' if low else 'above the maximum'} {limit}{measure}",
        ),
        hint=Text("更正数值，或更正表头中的单位", "correct the value, or the measure in the header"),
    )


def _unexpected(table: Table, failure: Failure) -> Finding:
    """A failure of a check that reading should have made impossible, shown rather than swallowed."""
    return Finding(
        code="schema",
        severity=Severity.ERROR,
        place=table.origin.place(None, None),
        field=failure.column,
        value=str(failure.value),
        rule=failure.check,
        message=Text("表结构不符合指标体系", "the table does not fit the framework"),
    )


def _force_findings(framework: Framework, table: Table) -> Iterator[Finding]:
    """Data years in which the framework was not in force."""
    effective = framework.effective
    if effective is None or table.years is None:
        return
    dates = _dates(effective)
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
                    f"评价年度 {evaluated} 不在指标体系的有效期内（{dates.zh}）",
                    f"the framework is not in force in the evaluation year {evaluated} ({dates.en})",
                ),
                hint=Text("结果只供参考，或换用当年有效的版本", "take it as a trial, or use what was in force then"),
            )


def _dates(effective: Effective) -> Text:
    """From when to when a framework is in force.

    >>> _dates(Effective.model_validate({"since": "2026-04-01"}))
    Text(zh='自 2026-04-01 起', en='from 2026-04-01')
    """
    since, until = effective.since, effective.until
    if since is not None and until is not None:
        return Text(f"{since} 至 {until}", f"{since} to {until}")
    return Text(f"自 {since} 起", f"from {since}") if until is None else Text(f"至 {until} 止", f"until {until}")


def _accepted(framework: Framework, finding: Finding) -> Finding:
    entry = next((entry for entry in framework.accepted if _covers(entry, finding)), None)
    if entry is None:
        return finding
    return replace(
        finding,
        severity=Severity.INFO,
        hint=None,
        message=Text(
            f"{finding.message.zh}（{entry.by} 已认可：{entry.reason}）",
            f"{finding.message.en} (accepted by {entry.by}: {entry.reason})",
        ),
    )


def _covers(entry: Accepted, finding: Finding) -> bool:
    return (
        entry.rule == (finding.code if finding.code in LIMITS else finding.rule)
        and entry.unit == finding.unit
        and entry.field in (None, finding.field)
        and entry.year in (None, finding.year)
    )
