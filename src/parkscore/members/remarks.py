"""What must be said of sums over returns: who was summed nowhere, which cells are missing, what last year means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

import numpy as np

from parkscore.data.capping import MOST
from parkscore.data.repeated_rows import DUPLICATE_ROW
from parkscore.data.table import State, Table
from parkscore.data.unranked import MAY_NOT_BE_MISSING, TOO_FEW_INDICATORS, TOO_LITTLE_DATA, Unranked
from parkscore.evaluation import Evaluation
from parkscore.findings import Finding, Severity
from parkscore.framework.beside_returns import fields_beside_returns, template_command
from parkscore.framework.member_models import SAME_MEMBERS
from parkscore.framework.models import Framework
from parkscore.language import Text, agreeing, plural
from parkscore.members.rolls import NONE, named
from parkscore.members.summing import Summed
from parkscore.methods.domain import BoolArray

_NAMED: Final = 5
_YEARS: Final = 10_000


def duplicates(summed: Summed) -> list[Finding]:
    """An error for each return of an enterprise that filed in that year already, with both places."""
    roll = summed.roll
    keys = roll.own.astype(np.int64) * _YEARS + roll.year
    if (np.diff(np.sort(keys)) != 0).all():
        return []
    order = np.argsort(keys, kind="stable")
    again = np.flatnonzero(keys[order][1:] == keys[order][:-1]) + 1
    return [_repeats(summed, int(order[each]), int(order[each - 1])) for each in again[:MOST]]


def _repeats(summed: Summed, row: int, first: int) -> Finding:
    roll, earlier = summed.roll, summed.place(first)
    return Finding(
        code=DUPLICATE_ROW,
        severity=Severity.ERROR,
        place=summed.place(row),
        unit=roll.ids[int(roll.own[row])].as_py(),
        year=int(roll.year[row]) or None,
        message=Text(
            f"与 {earlier} 重复：同一企业同一年只能有一份年报",
            f"repeats {earlier}: an enterprise files one return a year",
        ),
        hint=Text("删掉其中一份", "delete one of the two"),
    )


class Account(NamedTuple):
    """What became of some of the returns, and of how many."""

    part: str
    returns: int
    zh: str
    en: str


def accounts_of(summed: Summed, zones: Table) -> list[Account]:
    """What became of every return, in parts that sum."""
    counts = {part: int(rows.sum()) for part, rows in _fates(summed, zones)}
    return [Account(part, count, *_FATES[part]) for part, count in counts.items() if count]


SUMMED, NO_ZONE, UNKNOWN_ZONE, NOT_NOW, LATER = "summed", "no_zone", "unknown_zone", "not_now", "later_year"
_FATES: Final = {
    SUMMED: Text("计入园区", "summed in a zone"),
    NO_ZONE: Text("没有写明所属园区", "without a zone"),
    UNKNOWN_ZONE: Text("所属园区不在园区表中", "of zones that the table of zones does not have"),
    NOT_NOW: Text(
        "往年年报，企业今年没有年报，不计入同口径上年数", "of earlier years, by enterprises that do not report now"
    ),
    LATER: Text("评价年份之后", "of later years"),
}


def _fates(summed: Summed, zones: Table) -> Iterator[tuple[str, BoolArray]]:
    roll = summed.roll
    where = summed.zone
    known = np.append(np.isin(roll.zones.astype(str), zones.units.astype(str)), False)  # of no zone
    later = roll.year > summed.year
    nowhere = (where == NONE) & ~later
    left = nowhere & (roll.zone != NONE)
    yield SUMMED, known[where]
    yield UNKNOWN_ZONE, (where != NONE) & ~known[where]
    yield NO_ZONE, nowhere & ~left
    yield NOT_NOW, left
    yield LATER, later


def remarks(summed: Summed, zones: Table, given: bool) -> Iterator[Finding]:
    """The findings about sums: returns of no zone, of zones nobody knows, fields that returns do not give, gaps."""
    yield from _nowhere(summed, zones)
    if not given:
        yield from _not_from_returns(summed.plan.framework)
    yield from _gaps(summed)


def _nowhere(summed: Summed, zones: Table) -> Iterator[Finding]:
    roll = summed.roll
    for part, rows in _fates(summed, zones):
        if part not in (NO_ZONE, UNKNOWN_ZONE) or not rows.any():
            continue
        ids = named(roll.ids, roll.own[np.flatnonzero(rows)[:_NAMED]]).tolist()
        if part == NO_ZONE:
            names = ids
            hint = Text("补填所属园区", "state the zone of each")
        else:
            names = roll.zones[np.unique(roll.zone[rows])[:_NAMED]].tolist()
            hint = Text("统一名称，或把这些园区补进园区表", "spell the names alike, or add the zones to the table")
        zh, en = _FATES[part]
        count = int(rows.sum())
        yield Finding(
            code=part,
            severity=Severity.WARNING,
            value=count,
            message=Text(
                f"{count} 份年报未计入：{zh}，如 {'、'.join(map(str, names))}",
                f"{plural(count, 'return')} {agreeing(count, 'is', 'are')} summed nowhere: {en}, "
                f"such as {', '.join(map(str, names))}",
            ),
            hint=hint,
        )


def _not_from_returns(framework: Framework) -> Iterator[Finding]:
    """One warning about all fields that no sum gives, where no table of zones was given."""
    rest = [
        field.label
        for field in framework.fields.values()
        if field.members is None and field.formula is None and not field.is_text
    ]
    if rest:
        zh, en = "、".join(label.zh for label in rest[:_NAMED]), ", ".join(label.en for label in rest[:_NAMED])
        yield Finding(
            code="not_from_returns",
            severity=Severity.WARNING,
            value=len(rest),
            message=Text(
                f"{len(rest)} 个数据项不由年报合计，全部缺失：{zh}{' 等' if len(rest) > _NAMED else ''}",
                f"{plural(len(rest), 'field')} "
                + agreeing(
                    len(rest), "is no sum over returns and is missing", "are no sums over returns and are missing"
                )
                + f": {en}"
                f"{' and others' if len(rest) > _NAMED else ''}",
            ),
            hint=_from_table(framework),
        )


def _from_table(framework: Framework) -> Text:
    command = template_command(framework)
    return Text(
        f"用 `{command}` 生成待填的园区表，填好后用 --zones 给出",
        f"make a table of zones to fill in with `{command}`, and give it as --zones",
    )


def lacking_beside_returns(zones: Table, evaluation: Evaluation) -> list[Finding]:
    """One warning where zones are not ranked for want of data, and fields that are no sums are missing: which ones."""
    framework, reasons = evaluation.framework, evaluation.outcomes.reasons
    rows = np.array([row for row in evaluation.rows.tolist() if _lacks_data(reasons.get(row))], dtype=np.intp)
    fields = [name for name in fields_beside_returns(framework) if name in zones.states]
    lacking = {name: int((zones.states[name][rows] == State.MISSING).sum()) for name in fields}
    most = [name for name, count in lacking.items() if count]
    if not rows.size or not most:
        return []
    labels = [framework.fields[name].label for name in most]
    zh, en = "、".join(label.zh for label in labels), "; ".join(label.en for label in labels)
    return [
        Finding(
            code="lacking_beside_returns",
            severity=Severity.WARNING,
            value=int(rows.size),
            message=Text(
                f"{rows.size} 个{framework.unit.label.zh}因缺数据不排名，其中年报给不出的有 {len(most)} 项：{zh}",
                f"not ranked for want of data: {rows.size}; {len(most)} of the missing fields "
                f"{agreeing(len(most), 'is no sum', 'are no sums')} over returns: {en}",
            ),
            hint=_from_table(framework),
        )
    ]


def _lacks_data(why: Unranked | None) -> bool:
    return why is not None and why.code in (TOO_LITTLE_DATA, MAY_NOT_BE_MISSING, TOO_FEW_INDICATORS)


def _gaps(summed: Summed) -> Iterator[Finding]:
    """How many returns lack which fields in the evaluated year, and the zones that lack a field for that reason."""
    column = list(summed.years).index(summed.year)
    returns = summed.zones.returns[:, column]
    gaps = {name: int((returns - counts[:, column]).sum()) for name, counts in summed.zones.reported.items()}
    if any(gaps.values()):
        yield _most_missing(summed, gaps, int(returns.sum()))
    for name in summed.plan.fields:
        values = summed.zones.cells(summed.plan, name).values[:, column]
        for zone in np.flatnonzero((returns > 0) & np.isnan(values)).tolist():
            yield _too_few(summed, name, zone, column)


def _most_missing(summed: Summed, gaps: Mapping[str, int], total: int) -> Finding:
    fields, least = summed.plan.framework.fields, summed.plan.block.min_reported
    most = sorted((name for name in gaps if gaps[name]), key=lambda name: (-gaps[name], name))
    zh = "、".join(f"{fields[name].label.zh} {gaps[name]}" for name in most[:_NAMED])
    en = ", ".join(f"{fields[name].label.en} {gaps[name]}" for name in most[:_NAMED])
    return Finding(
        code="cells_missing",
        severity=Severity.INFO,
        year=summed.year or None,
        value=len(most),
        message=Text(
            f"{total} 份年报中有缺项，缺项不计入合计：{zh}{' 等' if len(most) > _NAMED else ''}",
            f"of {total} returns some lack cells, which add nothing: {en}{' and others' if len(most) > _NAMED else ''}",
        ),
        hint=None
        if least
        else Text(
            "要在缺项多时不用合计，写 members: {min_reported: 90%}",
            "`members: {min_reported: 90%}` lets a zone go without a sum that too few returns make",
        ),
    )


def _too_few(summed: Summed, name: str, zone: int, column: int) -> Finding:
    label = summed.plan.framework.fields[name].label
    have, least = int(summed.zones.reported[name][zone, column]), summed.plan.block.min_reported
    returns = int(summed.zones.returns[zone, column])
    return Finding(
        code="too_few_returns",
        severity=Severity.WARNING,
        unit=str(summed.zone_names[zone]),
        field=name,
        year=summed.year or None,
        value=have,
        message=Text(
            f"{label.zh}：{returns} 份年报中 {have} 份有此项，{f'不足 {least:.0%}，' if have else ''}视为缺失",
            f"{label.en}: {have} of {plural(returns, 'return')} {agreeing(have, 'has', 'have')} it"
            f"{f', below {least:.0%}' if have else ''}; it is missing",
        ),
    )


def basis(summed: Summed) -> Text:
    """What last year means in these sums, for every output."""
    if summed.plan.block.prior_year == SAME_MEMBERS:
        return Text(
            "上年数为同口径：本年有年报的企业的上年数之和",
            "last year is on the same basis: what the enterprises that report this year had then",
        )
    return Text(
        "上年数为全部年报之和，含今年已离开的企业",
        "last year is the sum of all returns of that year, those of enterprises that have left included",
    )
