"""Write a blank workbook for a framework: a sheet to fill in, what each field means, and what uses it."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from parkscore.data.cells import NOT_APPLICABLE_WORDS
from parkscore.data.headers import Names, Role, Target
from parkscore.framework.beside_returns import fields_beside_returns, leaves_reading
from parkscore.framework.cases import formulas_said
from parkscore.framework.fillable import refuse_no_fields
from parkscore.framework.formula import parse_formula
from parkscore.framework.models import USCC, DataField, Framework, Node
from parkscore.language import Language, Text, in_digits

if TYPE_CHECKING:
    import xlsxwriter

DATA_SHEET: Final = Text("数据", "data")
FIELDS_SHEET: Final = Text("字段说明", "fields")
INDICATORS_SHEET: Final = Text("指标", "indicators")

_YEAR: Final = Text("年份", "year")
_FIELD_HEADINGS: Final = (
    Text("编码", "id"),
    Text("名称", "Chinese name"),
    Text("英文名称", "English name"),
    Text("计量单位", "measure"),
    Text("下限", "minimum"),
    Text("上限", "maximum"),
    Text("来源", "source"),
    Text("说明", "note"),
)
_INDICATOR_HEADINGS: Final = (
    Text("指标编码", "id"),
    Text("指标", "indicator"),
    Text("计量单位", "measure"),
    Text("公式", "formula"),
    Text("用到的数据项", "fields used"),
)
_EMPTY_CELLS: Final = Text(
    "缺失请留空；不适用请写“不适用”；零请写 0。",
    "Leave it empty if missing; write 不适用 if not applicable, 0 if zero.",
)
# Whole amounts, shown with separators; anything else as it is, so that no decimal is hidden.
_WHOLE: Final = frozenset({"元", "千元", "人", "家", "件", "个", "项"})
_ROWS: Final = 2**20
_LONGEST_TITLE, _LONGEST_MESSAGE = 32, 255  # what a spreadsheet takes


def write_template(
    framework: Framework, path: str | os.PathLike[str], language: Language = "zh", *, beside_returns: bool = False
) -> None:
    """Write the .xlsx workbook to fill in; `read_table` reads it back once it is filled in.

    The first sheet has a column for the unit, for the year and for every field that has no formula, with its measure
    in the header and its limits as a warning on input. There are no formulas in the workbook. beside_returns: only what
    returns of enterprises do not give, with the indicators that need it.
    Raises OSError where the file cannot be written, and UsageError where the framework has no fields, or no returns
    beside which it would be.
    """
    refuse_no_fields(framework)
    raw = tuple(name for name, field in framework.fields.items() if field.formula is None)
    wanted, leaves = raw, list(framework.leaves)
    if beside_returns:
        wanted = fields_beside_returns(framework)
        leaves = leaves_reading(framework, wanted)
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    import xlsxwriter  # here, as most runs write no workbook

    with xlsxwriter.Workbook(content, options) as workbook:
        _write_data_sheet(workbook, framework, wanted, language)
        told = framework.fields if not beside_returns else wanted
        fields = [_field_row(identifier, framework.fields[identifier]) for identifier in told]
        _write_list(workbook, FIELDS_SHEET, _FIELD_HEADINGS, fields, language)
        _write_list(
            workbook, INDICATORS_SHEET, _INDICATOR_HEADINGS, _indicator_rows(framework, leaves, language), language
        )
    Path(path).write_bytes(content.getvalue())


def _write_data_sheet(
    workbook: xlsxwriter.Workbook, framework: Framework, wanted: Sequence[str], language: Language
) -> None:
    sheet = workbook.add_worksheet(DATA_SHEET.in_language(language))
    bold = workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    formats = {name: workbook.add_format({"num_format": name}) for name in ("@", "0", "#,##0", "General")}
    names = Names(framework)
    keys = [(_unit_header(framework, language), "@")]
    if framework.time is not None:
        keys.append((_YEAR.in_language(language) if _year_is_understood(names, language) else framework.time, "0"))
    for column, (header, number_format) in enumerate(keys):
        sheet.write_string(0, column, header, bold)
        sheet.set_column(column, column, 18, formats[number_format])
    for column, identifier in enumerate(wanted, start=len(keys)):
        field = framework.fields[identifier]
        header = field_header(identifier, field, names, language)
        sheet.write_string(0, column, header, bold)
        sheet.set_column(column, column, max(10, min(30, 2 * len(header))), formats[_number_format(field)])
        sheet.data_validation(1, column, _ROWS - 1, column, _validation(field, column, language))
    sheet.set_row(0, 48)
    sheet.freeze_panes(1, len(keys))


def _unit_header(framework: Framework, language: Language) -> str:
    unit = framework.unit
    return unit.label.in_language(language) if unit.kind != USCC else unit.key


def _year_is_understood(names: Names, language: Language) -> bool:
    match = names.match(_YEAR.in_language(language))
    return match is not None and match.targets == (Target(Role.YEAR),)


def field_header(identifier: str, field: DataField, names: Names, language: Language) -> str:
    """The header of a field: its name with its measure, or its id where the name would be read as something else."""
    measure = f"({field.measure})" if field.measure else ""
    candidates = (f"{field.label.in_language(language)}{measure}", f"{identifier}{measure}")
    for header in candidates:
        match = names.match(header)
        if match is not None and match.targets == (Target(Role.FIELD, identifier),) and match.problem is None:
            return header
    return identifier


def _number_format(field: DataField) -> str:
    if field.is_text:
        return "@"
    return "#,##0" if field.measure in _WHOLE else "General"


def _validation(field: DataField, column: int, language: Language) -> dict[str, Any]:
    """What a spreadsheet shows beside a cell, and the limits beyond which it asks."""
    lines = [_about(field, language), *([_EMPTY_CELLS.in_language(language)] if field.kind == "number" else [])]
    return {
        **_limits(field, column, language),
        "ignore_blank": True,
        "input_title": field.label.in_language(language)[:_LONGEST_TITLE],
        "input_message": "\n".join(line for line in lines if line)[:_LONGEST_MESSAGE],
    }


def _about(field: DataField, language: Language) -> str:
    parts = [
        (Text("计量单位", "measure"), field.measure),
        (Text("来源", "source"), field.source),
    ]
    colon = Text("：", ": ").in_language(language)
    return "\n".join(f"{name.in_language(language)}{colon}{value}" for name, value in parts if value)


def _limits(field: DataField, column: int, language: Language) -> dict[str, Any]:
    """What a cell of a column may hold: a number within the limits, or what is read as not applicable."""
    if field.is_text or (field.min is None and field.max is None):
        return {"validate": "any"}
    from xlsxwriter.utility import xl_rowcol_to_cell

    cell = xl_rowcol_to_cell(1, column)
    bounds = [
        f"{cell}{sign}{limit:.15g}" for sign, limit in ((">=", field.min), ("<=", field.max)) if limit is not None
    ]
    words = [f'TRIM({cell})="{word}"' for word in sorted(NOT_APPLICABLE_WORDS)]  # in any case, as they are read
    return {
        "validate": "custom",
        "value": f"=OR(AND(ISNUMBER({cell}),{','.join(bounds)}),{','.join(words)})",
        "error_type": "warning",
        "error_title": Text("请核对", "Please check").in_language(language),
        "error_message": _range(field).in_language(language),
    }


def _range(field: DataField) -> Text:
    low, high = ("" if limit is None else in_digits(limit, 15) for limit in (field.min, field.max))
    if low and high:
        within = Text(f" {low} 至 {high} ", f" from {low} to {high}")
    elif low:
        within = Text(f"不小于 {low} ", f" of at least {low}")
    else:
        within = Text(f"不大于 {high} ", f" of at most {high}")
    return Text(f"应为{within.zh}的数，或“不适用”。", f"A number{within.en} is expected, or 不适用.")


def _field_row(identifier: str, field: DataField) -> list[str | float | None]:
    note = field.note if field.formula is None else f"= {field.formula}"
    return [identifier, field.zh, field.en, field.measure, field.min, field.max, field.source, note]


def _indicator_rows(framework: Framework, leaves: Sequence[Node], language: Language) -> list[list[str | float | None]]:
    return [
        [
            node.id,
            node.label.in_language(language),
            node.measure,
            formulas_said(node),
            ", ".join(_fields_used(node, framework, language)),
        ]
        for node in leaves
    ]


def _fields_used(node: Node, framework: Framework, language: Language) -> Sequence[str]:
    """The names of the fields that an indicator reads itself, in the order of the framework."""
    said = [*node.formulas, *node.conditions, *(case.when for case in node.cases), node.given]
    texts = [text for text in said if text is not None]
    used = {node.category, *(name for text in texts for name in parse_formula(text).names)}
    return [field.label.in_language(language) for identifier, field in framework.fields.items() if identifier in used]


def _write_list(
    workbook: xlsxwriter.Workbook,
    title: Text,
    headings: Sequence[Text],
    rows: Sequence[Sequence[str | float | None]],
    language: Language,
) -> None:
    sheet = workbook.add_worksheet(title.in_language(language))
    bold = workbook.add_format({"bold": True, "bottom": 1})
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading.in_language(language), bold)
        sheet.set_column(column, column, 20)
    for line, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(line, column, value)
            elif value is not None:
                sheet.write_number(line, column, float(value))
    sheet.freeze_panes(1, 1)
