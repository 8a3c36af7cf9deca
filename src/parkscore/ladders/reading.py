"""Read one table for each framework of a ladder, and tell what was found once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd

from parkscore.data.layout import listed
from parkscore.data.masking import Mask
from parkscore.data.reading import read_with_findings
from parkscore.data.table import Table
from parkscore.data.validate import read_and_validate
from parkscore.findings import DataError, Finding, Severity, errors_of
from parkscore.framework.models import Framework
from parkscore.language import Text, agreeing, plural

MISSING_COLUMN: Final = "missing_column"
NO_FIELD_COLUMN: Final = "no_field_column"
EXTRA_COLUMN: Final = "extra_column"
ABOUT_SCORES: Final = frozenset({"not_ranked", "dimension_not_scored", "no_value", "all_missing", "constant_column"})
"""What is found that matters to scores only; what a condition cannot tell is said with it."""


@dataclass(frozen=True)
class ReadTable:
    """A table as one framework reads it, and what was found in it."""

    table: Table
    found: tuple[Finding, ...]


def read_for_each(
    frameworks: Mapping[str, Framework], data: str | Path | pd.DataFrame, mask: Mask | None = None
) -> tuple[dict[str, ReadTable], list[Finding]]:
    """The table as each framework reads it, and everything found, each thing once.

    A column that another framework reads is no extra column; the columns that one lacks are one finding. A framework
    that has none of its columns in the table is read all the same, with nothing in it, as long as another one has some.
    Raises DataError with the mistakes of all frameworks at once.
    """
    read: dict[str, ReadTable] = {}
    findings: dict[str, Sequence[Finding]] = {}
    for name, framework in frameworks.items():
        table, found = read_and_validate(data, framework, mask)
        findings[name] = found
        if table is not None:
            read[name] = ReadTable(table, tuple(found))
    bare = [name for name, found in findings.items() if [each.code for each in errors_of(found)] == [NO_FIELD_COLUMN]]
    if len(bare) < len(frameworks):
        for name in bare:
            table, found = _read(frameworks[name], data, mask)
            found = [finding for finding in found if finding.code != NO_FIELD_COLUMN]
            findings[name] = [*found, *_all_columns(frameworks[name])]
            if table is not None:
                read[name] = ReadTable(table, tuple(findings[name]))
    if len(read) < len(frameworks):
        raise DataError(told_once(_without_extra(findings)))
    gathered = _with_gathered_columns(frameworks, read, _without_extra(findings))
    return read, told_once(gathered)


def _read(
    framework: Framework, data: str | Path | pd.DataFrame, mask: Mask | None
) -> tuple[Table | None, list[Finding]]:
    table, found = read_with_findings(data, framework)
    if mask is None:
        return table, found
    hidden = mask.findings(found, table, framework)
    return (None if table is None else mask.table(table, framework)), hidden


def told_once(findings: Mapping[str, Sequence[Finding]]) -> list[Finding]:
    """The findings about several frameworks, each once; one that is not about all of them names its framework."""
    kinds = {name: {_key(finding): finding for finding in found} for name, found in findings.items()}
    count = Counter(key for found in kinds.values() for key in found)
    told: dict[Any, Finding] = {}
    for name, found in kinds.items():
        for key, finding in found.items():
            everywhere = count[key] == len(kinds)
            told.setdefault(key if everywhere else (name, key), finding if everywhere else of_framework(name, finding))
    return list(told.values())


def _key(finding: Finding) -> tuple[Any, ...]:
    """What makes two findings the same; a value may be something that has no hash."""
    return (*(getattr(finding, name) for name in _SAME), repr(finding.value))


_SAME: Final = ("code", "severity", "message", "hint", "place", "unit", "field", "year", "rule", "more")


def of_framework(name: str, finding: Finding) -> Finding:
    """A finding that names the framework it is about."""
    return replace(finding, message=Text(f"{name}：{finding.message.zh}", f"{name}: {finding.message.en}"))


def _all_columns(framework: Framework) -> Iterator[Finding]:
    """That every column of a framework is missing, as reading says of each where some are there."""
    for field_id, field in framework.fields.items():
        if field.formula is None:
            yield Finding(code=MISSING_COLUMN, severity=Severity.WARNING, field=field_id, message=field.label)


def _without_extra(findings: Mapping[str, Sequence[Finding]]) -> dict[str, list[Finding]]:
    """The findings without the columns that only some of the frameworks do not know."""
    extra = Counter(
        _column(finding) for found in findings.values() for finding in found if finding.code == EXTRA_COLUMN
    )
    return {
        name: [each for each in found if each.code != EXTRA_COLUMN or extra[_column(each)] == len(findings)]
        for name, found in findings.items()
    }


def _column(finding: Finding) -> tuple[str, str]:
    return str(finding.place), str(finding.value)


def _with_gathered_columns(
    frameworks: Mapping[str, Framework], read: Mapping[str, ReadTable], findings: Mapping[str, Sequence[Finding]]
) -> dict[str, list[Finding]]:
    """The findings with one about all columns that a framework lacks in place of one for each."""
    gathered = {}
    for name, found in findings.items():
        lacking = list(dict.fromkeys(str(each.field) for each in found if each.code == MISSING_COLUMN))
        rest = [finding for finding in found if finding.code != MISSING_COLUMN]
        gathered[name] = [*rest, _missing_columns(name, lacking, frameworks, read)] if lacking else rest
    return gathered


def _missing_columns(
    name: str, lacking: Sequence[str], frameworks: Mapping[str, Framework], read: Mapping[str, ReadTable]
) -> Finding:
    fields = frameworks[name].fields
    labels = [fields[each].label for each in lacking]
    zh = listed([_named(label.zh, each) for label, each in zip(labels, lacking, strict=True)]).zh
    en = listed([_named(label.en, each) for label, each in zip(labels, lacking, strict=True)]).en
    same = list(_read_elsewhere(name, lacking, frameworks, read))
    also_zh = "".join(f"；{other} 已读到“{label.zh}”，若是同一数据，表头改写为 {each}" for each, other, label in same)
    also_en = "".join(
        f"; {other} reads '{label.en}': if that is the same figure, head it {each}" for each, other, label in same
    )
    return Finding(
        code="missing_columns",
        severity=Severity.WARNING,
        place=read[name].table.origin.place(None, None),
        message=Text(
            f"缺少 {len(lacking)} 列，全部视为缺失：{zh}",
            f"lacks {plural(len(lacking), 'column')}, {agreeing(len(lacking), 'which is', 'all')} missing: {en}",
        ),
        hint=Text(
            f"加上这些列，不知道的单元格留空{also_zh}",
            f"add these columns, and leave cells empty where a figure is not known{also_en}",
        ),
    )


def _named(label: str, field_id: str) -> str:
    return label if label == field_id else f"{label} [{field_id}]"


def _read_elsewhere(
    name: str, lacking: Sequence[str], frameworks: Mapping[str, Framework], read: Mapping[str, ReadTable]
) -> Iterator[tuple[str, str, Text]]:
    """The lacking fields that another framework reads under the same id: field, framework, and its name there."""
    for field_id in lacking:
        for other, framework in frameworks.items():
            columns = {column for _, column in read[other].table.origin.columns}
            if other != name and field_id in framework.fields and field_id in columns:
                yield field_id, other, framework.fields[field_id].label
                break
