"""The sheets of a workbook of units that were found, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from parkscore.data.table import UNIT, YEAR
from parkscore.evaluation_sheets import about_sheet, findings_frame
from parkscore.framework.class_names import class_names
from parkscore.framework.formula import parse_formula
from parkscore.framework.formula_words import in_words
from parkscore.framework.gate_conditions import labels_of_names, with_values
from parkscore.language import Language, Text
from parkscore.output.workbook import Sheet

if TYPE_CHECKING:
    from parkscore.ladders.found import Found

HEADS: Final = {
    YEAR: Text("数据年份", "year"),
    "place": Text("排序名次", "place"),
    "reason": Text("依据", "reason"),
    "rows": Text("行数", "rows"),
    "found": Text("符合", "found"),
    "not_found": Text("不符合", "not found"),
    "open": Text("无法判断", "cannot be told"),
    "listed": Text("已列出", "listed"),
    "unordered": Text("无法排序", "without an order"),
    "note": Text("说明", "note"),
}
_COUNTS: Final = frozenset({YEAR, "place", "rows", "found", "not_found", "open", "listed", "unordered"})
_TEXTS: Final = frozenset({UNIT, "outcome", "reason_zh", "reason_en", "note"})


def sheets_of(found: Found, language: Language) -> list[Sheet]:
    """Those found, those of which it cannot be told, counts, findings, sources, in this order."""
    asked = Text(f"条件：{found.where}", f"condition: {found.where}").in_language(language)
    notes = [asked, *(note.in_language(language) for note in found.notes)]
    findings = findings_frame(found.findings, language)
    sheets = [
        _units(Text("符合", "found"), found, found.found, language),
        _units(Text("无法判断", "open"), found, found.open, language),
        _counts(found, language),
        Sheet(Text("数据质量", "findings").in_language(language), findings),
        about_sheet(found.evaluation.about, found.evaluation, language),
    ]
    return [Sheet(sheet.name, sheet.frame, [*notes, *sheet.notes], sheet.kinds) for sheet in sheets]


def heads_of(found: Found, language: Language) -> dict[str, str]:
    """The heads of the columns about units: what was read, in words and with its measure, and what orders them."""
    labels = labels_of_names(found.evaluation.framework)

    def said(formula: str, measure: str | None) -> str:
        words = in_words(with_values(parse_formula(formula).root), labels).in_language(language)
        return f"{words}({measure})" if measure else words

    heads = {column: head.in_language(language) for column, head in HEADS.items()}
    for each in found.read:
        if each.values.dtype == object:  # texts, by the names of their fields
            names = [labels.get(name, Text(name, name)).in_language(language) for name in each.name.split(", ")]
            heads[each.name] = ", ".join(names)
        else:
            heads[each.name] = said(each.name, each.measure)
    if found.by is not None:
        by = said(found.by, found.about["by_measure"])
        heads["by"] = Text(f"排序依据：{by}", f"ordered by {by}").in_language(language)
    return heads | {UNIT: found.evaluation.framework.unit.label.in_language(language)}


def shown(found: Found, frame: pd.DataFrame, language: Language) -> pd.DataFrame:
    """Units as a person reads them: with the reason in the language, and without what the sheet says itself."""
    other = "en" if language == "zh" else "zh"
    left_out = ["outcome", f"reason_{other}", *(["note"] if "note" in frame else [])]
    framework = found.evaluation.framework
    labels = {each.id: each.label.in_language(language) for each in framework.classes}
    of_classes = class_names(framework).intersection(frame.columns)
    frame = frame.assign(**{name: frame[name].replace(labels) for name in of_classes})
    return frame.drop(columns=left_out).rename(columns={f"reason_{language}": "reason"})


def _units(name: Text, found: Found, frame: pd.DataFrame, language: Language) -> Sheet:
    heads = heads_of(found, language)
    plain = shown(found, frame, language)
    numbers = [column for column in plain.columns if pd.api.types.is_numeric_dtype(plain[column])]
    kinds = {heads.get(each, each): "count" if each in _COUNTS else "value" for each in numbers}
    return Sheet(name.in_language(language), plain.rename(columns=heads), [], kinds)


def _counts(found: Found, language: Language) -> Sheet:
    heads = {column: HEADS[column].in_language(language) for column in found.counts.columns}
    frame = found.counts.rename(columns=heads)
    return Sheet(Text("计数", "counts").in_language(language), frame, [], dict.fromkeys(heads.values(), "count"))
