"""Say which class each row is in and why, or why it is in none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from parkscore.data.capping import MOST, first_of_each_kind
from parkscore.data.class_column import CLASS_UNKNOWN as CLASS_UNKNOWN
from parkscore.data.class_column import IN_CLASS as IN_CLASS
from parkscore.data.class_column import NO_CLASS as NO_CLASS
from parkscore.data.class_column import SEVERAL_CLASSES as SEVERAL_CLASSES
from parkscore.data.class_column import Classification as Classification
from parkscore.data.class_column import by_conditions, by_field
from parkscore.data.columns import Columns, columns_of
from parkscore.data.grid import Rows
from parkscore.data.table import Table
from parkscore.data.unranked import Unranked
from parkscore.data.values_read import values_read
from parkscore.findings import Finding, Severity
from parkscore.framework.models import Framework
from parkscore.language import Text


def classify(framework: Framework, table: Table) -> Classification | None:
    """The class of each row; None where the framework has no classes."""
    if framework.classes:
        return by_conditions(framework, columns_of(framework, table).compute)
    if framework.class_field is None:
        return None
    return by_field(table.coded(framework.class_field))


def class_label(framework: Framework, name: str | None) -> Text | None:
    """What a class is called; None for none."""
    if name is None:
        return None
    return next((each.label for each in framework.classes if each.id == name), Text(name, name))


# --- reasons -------------------------------------------------------------------------------------------------------


def class_reasons(framework: Framework, table: Table, found: Classification, rows: Rows) -> list[Text]:
    """For each row the condition that holds with the values that it read, or what keeps the row out of every class."""
    columns = Columns(framework, table)
    outcomes = found.outcomes(rows).tolist()
    return [_reason(framework, columns, found, *each) for each in zip(rows.tolist(), outcomes, strict=True)]


def _reason(framework: Framework, columns: Columns, found: Classification, row: int, outcome: str) -> Text:
    if outcome == NO_CLASS:
        read = values_read(framework, columns, [each.when for each in framework.classes], row)
        return Text(f"没有一个分类的条件成立（{read.zh}）", f"the condition of no class holds ({read.en})")
    marked = found.unsure if outcome == CLASS_UNKNOWN else found.holding
    own = tuple(each for each, mark in zip(framework.classes, marked[row], strict=True) if mark)
    read = values_read(framework, columns, [each.when for each in own], row)
    zh, en = "、".join(each.label.zh for each in own), ", ".join(each.label.en for each in own)
    if outcome == CLASS_UNKNOWN:
        return Text(f"不能判定是否属于{zh}（{read.zh}）", f"it cannot be told whether it is in {en} ({read.en})")
    conditions = [" ".join(each.when.split()) for each in own]
    if outcome == SEVERAL_CLASSES:
        both_zh, both_en = "；".join(conditions), "; ".join(conditions)
        return Text(
            f"同时符合{zh}：{both_zh}（{read.zh}）", f"the conditions of {en} hold together: {both_en} ({read.en})"
        )
    return Text(f"{conditions[0]}（{read.zh}）", f"{conditions[0]} ({read.en})")


# --- findings ------------------------------------------------------------------------------------------------------

_OUT: Final = {
    NO_CLASS: Text("没有分类", "has no class"),
    SEVERAL_CLASSES: Text("符合多个分类，不归入任何一个", "fits several classes and is put into none"),
}
_WAYS_OUT: Final = {
    NO_CLASS: Text("核对数据；若数据无误，补上含这种情形的分类", "check the data, or add a class that covers it"),
    SEVERAL_CLASSES: Text("让各分类的条件互不重叠", "let the conditions of the classes exclude one another"),
    CLASS_UNKNOWN: Text("补齐条件所读的数据", "fill in what the conditions read"),
}


def class_findings(framework: Framework, table: Table, found: Classification | None, rows: Rows) -> list[Finding]:
    """A warning for each scored row that is in no class, and how many are in each; none where a field is the class."""
    if found is None or not framework.classes:
        return []
    findings, outcomes = [classes_counted(class_counts(framework, found, rows))], found.outcomes(rows)
    for outcome in _WAYS_OUT:
        own = rows[outcomes == outcome]
        reasons = class_reasons(framework, table, found, own[: MOST + 1])
        made = [_finding(table, row, outcome, reason) for row, reason in zip(own.tolist(), reasons, strict=False)]
        if len(made) > MOST:
            made[MOST] = replace(made[MOST], more=len(own) - MOST)
        findings += first_of_each_kind(made)
    return findings


def why_without_class(framework: Framework, table: Table, found: Classification, rows: Rows) -> dict[int, Unranked]:
    """For each of these rows that is in no class, why; each class then has weights of its own."""
    out = rows[found.coded.codes[rows] < 0]
    outcomes = found.outcomes(out).tolist()
    if framework.classes:
        reasons = class_reasons(framework, table, found, out)
    else:
        label = framework.fields[str(framework.class_field)].label
        reasons = [Text(f"{label.zh}缺失", f"{label.en} is missing")] * len(out)
    return {
        row: Unranked(outcome, Text(f"权重按分类而定，{told.zh}", f"weights go by class: {told.en}"))
        for row, outcome, told in zip(out.tolist(), outcomes, map(_told, outcomes, reasons), strict=True)
    }


def _told(outcome: str, reason: Text) -> Text:
    """That a unit is in no class, and why; where it cannot be told, the reason says both."""
    if outcome not in _OUT:
        return reason
    return Text(f"{_OUT[outcome].zh}：{reason.zh}", f"{_OUT[outcome].en}: {reason.en}")


def classes_counted(told: Text) -> Finding:
    """The finding that says how many rows are in each class."""
    return Finding(code="classes_counted", severity=Severity.INFO, message=told)


def _finding(table: Table, row: int, outcome: str, reason: Text) -> Finding:
    return table.finding(
        row,
        code=outcome,
        severity=Severity.WARNING,
        message=_told(outcome, reason),
        hint=_WAYS_OUT[outcome],
    )


_COUNTED: Final = {
    NO_CLASS: Text("无分类", "in none"),
    SEVERAL_CLASSES: Text("符合多个", "in several"),
    CLASS_UNKNOWN: Text("不能判定", "cannot be told"),
}


def class_counts(framework: Framework, found: Classification | None, rows: Rows) -> Text:
    """How many of these rows are in each class and how many in none, in one sentence; they sum to the rows."""
    return classes_told(framework, numbers_of_classes(framework, found, rows))


def numbers_of_classes(framework: Framework, found: Classification | None, rows: Rows) -> tuple[int, ...]:
    """How many of these rows are in each class by condition, then in none, in several, and cannot be told."""
    names = [] if found is None else found.names[rows].tolist()
    outcomes = [] if found is None else found.outcomes(rows).tolist()
    return (*(names.count(each.id) for each in framework.classes), *(outcomes.count(outcome) for outcome in _COUNTED))


def classes_told(framework: Framework, counts: Sequence[int]) -> Text:
    """The counts of `numbers_of_classes` in one sentence."""
    rows = sum(counts)
    labels = [*(each.label for each in framework.classes), *_COUNTED.values()]
    named = list(zip(labels, counts, strict=True))
    zh, en = (
        "，".join(f"{label.zh} {count}" for label, count in named),
        ", ".join(f"{label.en}: {count}" for label, count in named),
    )
    return Text(f"分类（共 {rows}）：{zh}", f"classes (of {rows}): {en}")
