"""The workbook form of a framework: the same content as YAML, for people who work in Excel."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path as FilePath
from typing import Any, Final

from python_calamine import CalamineError, CalamineWorkbook

from parkscore.findings import Finding, FrameworkError, Place, Severity
from parkscore.framework.document import Document, Path, Spot
from parkscore.framework.suggesting import did_you_mean
from parkscore.framework.workbook_safety import refuse_unsafe
from parkscore.framework.workbook_sheets import (
    ACCEPTED,
    CLASSES,
    FIELDS,
    GATES,
    GRADES,
    INDICATORS,
    LISTS,
    RULES,
    SETTINGS,
    SHEETS,
    TARGETS,
    Sheet,
)
from parkscore.framework.yaml_form import parse_yaml, read_bytes
from parkscore.framework.yaml_writing import write_flow
from parkscore.language import Text

_STRUCTURED: Final = frozenset(
    {
        *(
            "aliases",
            "totals",
            "members",
            "score",
            "aggregate",
            "weights",
            "missing",
            "treat",
            "round",
            "slot",
            "whole",
            "cases",
        ),
        *("required", "jump", "measure_mixup", "magnitude", "outlier", "hint"),
        *("all", "any", "at_least", "exempt", "bypass", "relax", "from"),
        *("bands", "otherwise", "overrides"),
    }
)
# A number may stand in a text cell, because Excel makes texts of what is typed into cells formatted as text.
_NUMBERS: Final = frozenset({"level", "points", "weight", "min", "max", "min_coverage", "year", "top", "at_most"})
_TABLES: Final = frozenset(sheet.key for sheet in SHEETS if sheet.key)
_CHOICES: Final = {
    "kind": ["number", "text", "uscc"],
    "direction": ["higher", "lower"],
    "severity": ["error", "warning", "info"],
    "path": ["compound", "linear"],
}
_NULL: Final = "~"
_LAST_ROW_WITH_CHOICES: Final = 1000
LONGEST_CELL: Final = 32_767


# --- writing -----------------------------------------------------------------------------------------------------


def write_workbook(data: dict[str, Any], path: FilePath) -> None:
    """Write a document's data as a workbook; every cell is text or a number, none is a formula.

    Raises FrameworkError where a text is longer than a cell can be, and OSError where the file cannot be written.
    """
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    tables = [(sheet, [_row_cells(sheet, row) for row in _rows_of(sheet, data)]) for sheet in SHEETS]
    _refuse_long_texts(tables, path)
    import xlsxwriter  # here, as most runs write no workbook

    with xlsxwriter.Workbook(content, options) as book:
        head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True})
        text = book.add_format({"num_format": "@", "valign": "top"})
        number = book.add_format({"valign": "top"})
        for sheet, rows in tables:
            page = book.add_worksheet(sheet.name)
            page.freeze_panes(1, 0)
            for column, (key, zh) in enumerate(sheet.columns):
                page.set_column(column, column, 18, number if key in _NUMBERS else text)
                page.write_string(0, column, f"{zh} {key}", head)
                if key in _CHOICES:
                    choices = {"validate": "list", "source": _CHOICES[key]}
                    page.data_validation(1, column, _LAST_ROW_WITH_CHOICES, column, choices)
            for line, cells in enumerate(rows, start=1):
                for column, value in enumerate(cells):
                    if isinstance(value, str):
                        page.write_string(line, column, value, text)
                    elif value is not None:
                        page.write_number(line, column, value, number)
    path.write_bytes(content.getvalue())


def _row_cells(sheet: Sheet, row: dict[str, Any]) -> list[str | float | None]:
    return [_cell(sheet, key, row[key]) if key in row else None for key, _ in sheet.columns]


def _cell(sheet: Sheet, key: str, value: Any) -> str | float:
    """A value as number or text; what a plain cell could not hold is written as one line of YAML."""
    if isinstance(value, (int, float)) and not isinstance(value, bool) and float(f"{value:.16G}") == value:
        return value  # a number cell keeps sixteen digits; a longer number is a text
    if _is_yaml(sheet, key):
        return write_flow(value)
    # A null says that nothing of the base framework is kept. Texts of nothing but that sign get one more of it.
    text = _NULL if value is None else str(value)
    return text + _NULL if value is not None and not text.strip(_NULL) else text


def _is_yaml(sheet: Sheet, key: str) -> bool:
    """Whether the cells of a column are written as one line of YAML."""
    return key in _STRUCTURED or key in _NUMBERS or (sheet, key) in ((SETTINGS, "value"), (TARGETS, "by"))


def _refuse_long_texts(tables: list[tuple[Sheet, list[list[Any]]]], path: FilePath) -> None:
    findings = [
        Finding(
            code="text_too_long",
            severity=Severity.ERROR,
            place=Place(str(path), sheet=sheet.name, cell=f"{_letters(column)}{line}"),
            message=Text(
                f"有 {len(value):,} 个字符，单元格最多 {LONGEST_CELL:,}",
                f"has {len(value):,} characters, a cell holds {LONGEST_CELL:,}",
            ),
            hint=Text("缩短文字，或保留 YAML 形式", "shorten the text, or keep the YAML form"),
        )
        for sheet, rows in tables
        for line, cells in enumerate(rows, start=2)
        for column, value in enumerate(cells)
        if isinstance(value, str) and len(value) > LONGEST_CELL
    ]
    if findings:
        raise FrameworkError(findings)


def _rows_of(sheet: Sheet, data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if sheet is SETTINGS:
        for key, value in data.items():
            if key not in _TABLES:
                yield {"key": key, "value": value}
    elif sheet is FIELDS:
        for field_id, field in data.get("fields", {}).items():
            yield {"id": field_id} | field
    elif sheet is INDICATORS:
        yield from _node_rows(data.get("indicators", ()), 1)
    else:
        yield from data.get(sheet.key, ())


def _node_rows(nodes: Any, level: int) -> Iterator[dict[str, Any]]:
    for node in nodes:
        yield {"level": level} | {key: value for key, value in node.items() if key != "children"}
        yield from _node_rows(node.get("children", ()), level + 1)


# --- reading -----------------------------------------------------------------------------------------------------


def read_workbook(path: FilePath) -> Document:
    """The document in a workbook.

    Unknown headers, unreadable cells and levels that skip are findings of the document, by sheet and cell. Raises
    FrameworkError where the file is not a workbook of this form, or not a safe one.
    """
    content = read_bytes(path)
    refuse_unsafe(content, str(path))
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
            return _WorkbookReader(path, book).document()
    except CalamineError as error:
        raise FrameworkError(
            Finding(
                code="not_a_workbook",
                severity=Severity.ERROR,
                place=Place(str(path)),
                message=Text(f"不是可读的 .xlsx 工作簿：{error}", f"is not a readable .xlsx workbook: {error}"),
                hint=Text("在 Excel 中另存为 .xlsx", "save it as .xlsx in Excel"),
            )
        ) from None


Cells = dict[str, tuple[Any, Place]]


class _WorkbookReader:
    """Turns the sheets of the form into plain data while noting spots and collecting findings."""

    def __init__(self, path: FilePath, book: CalamineWorkbook) -> None:
        self.file = str(path)
        self.book = book
        self.spots: dict[Path, Spot] = {(): Spot(Place(self.file))}
        self.findings: list[Finding] = []

    def document(self) -> Document:
        if not {SETTINGS.name, INDICATORS.name} & set(self.book.sheet_names):
            self._refuse(
                "not_a_framework",
                Place(self.file),
                Text(
                    f"没有工作表“{SETTINGS.name}”和“{INDICATORS.name}”",
                    f"has no sheets {SETTINGS.name} (settings) and {INDICATORS.name} (indicators)",
                ),
                Text("用 `parkscore convert` 从 YAML 生成", "make one from YAML with `parkscore convert`"),
            )
            raise FrameworkError(self.findings)
        data = self._settings()
        parts = {"fields": self._fields(), "indicators": self._indicators()}
        for sheet in (CLASSES, RULES, ACCEPTED, GATES, GRADES, LISTS, TARGETS):
            rows = enumerate(self._table(sheet))
            parts[sheet.key] = tuple(self._mapping((sheet.key, index), cells, place) for index, (cells, place) in rows)
        required = () if "extends" in data else ("fields",)
        data |= {key: part for key, part in parts.items() if part or key in required}
        return Document(data, self.file, self.spots, tuple(self.findings))

    def _settings(self) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for cells, place in self._table(SETTINGS):
            value, value_place = cells.get("value", (None, place))
            key, key_place = cells.get("key", (None, place))
            if not isinstance(key, str):
                self._refuse("no_key", place, Text("这一行没有写明项目", "this row names no key"))
            elif self._is_new((key,), key_place):
                self.spots[key,] = Spot(value_place, key_place)
                data[key] = value
        return data

    def _fields(self) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for cells, place in self._table(FIELDS):
            field_id, id_place = cells.pop("id", (None, place))
            if not isinstance(field_id, str):
                self._refuse(
                    "code_not_text",
                    id_place,
                    Text("缺少编码", "the id is missing")
                    if field_id is None
                    else Text(f"编码应是文本，现为数字 {field_id}", f"an id must be text, not the number {field_id}"),
                    Text("把单元格格式设为文本后重新输入", "set the cell's format to text and type it again"),
                )
            elif self._is_new(("fields", field_id), id_place):
                data[field_id] = self._mapping(("fields", field_id), cells, id_place)
        return data

    def _is_new(self, path: Path, place: Place) -> bool:
        if path not in self.spots:
            return True
        first = self.spots[path].key or self.spots[path].value
        self._refuse(
            "duplicate_key",
            place,
            Text(f"{path[-1]} 已在 {first} 出现", f"{path[-1]} already stands at {first}"),
            Text("删去其中一行", "remove one of the two rows"),
        )
        return False

    def _indicators(self) -> tuple[Any, ...]:
        nodes, _ = self._children(list(self._table(INDICATORS)), 0, 1, ("indicators",))
        return nodes

    def _children(self, rows: list[Any], start: int, level: int, path: Path) -> tuple[tuple[Any, ...], int]:
        nodes: list[Any] = []
        position = start
        while position < len(rows):
            cells, place = rows[position]
            own_level, level_place = cells.get("level", (None, place))
            if isinstance(own_level, int) and 1 <= own_level < level:
                break
            if own_level != level:
                self._refuse_level(own_level, level, level_place)
                position += 1
                continue
            inner = (*path, len(nodes))
            node = self._mapping(inner, {key: cell for key, cell in cells.items() if key != "level"}, place)
            children, position = self._children(rows, position + 1, level + 1, (*inner, "children"))
            if children:
                node["children"] = children
                self.spots[*inner, "children"] = Spot(place)
            nodes.append(node)
        return tuple(nodes), position

    def _refuse_level(self, level: Any, deepest: int, place: Place) -> None:
        expected = "1" if deepest == 1 else f"1-{deepest}"
        self._refuse(
            "level",
            place,
            Text("缺少层级", "the level is missing")
            if level is None
            else Text(f"层级应为 {expected}，现为 {level}", f"the level must be {expected}, not {level}"),
            Text(
                "一级指标为 1，其下逐级加 1，不能跳级", "1 is the first level; each level below adds 1, none is skipped"
            ),
        )

    def _mapping(self, path: Path, cells: Cells, place: Place) -> dict[str, Any]:
        self.spots[path] = Spot(place, place)
        for key, (_, cell_place) in cells.items():
            self.spots[*path, key] = Spot(cell_place, cell_place)
        return {key: value for key, (value, _) in cells.items()}

    def _value(self, sheet: Sheet, key: str, cell: Any, place: Place) -> Any:
        """What a cell says. Raises FrameworkError where it should be one line of YAML, and is not."""
        if not isinstance(cell, str):
            return _plain(cell)
        if not _is_yaml(sheet, key):
            return _null_or_text(cell)
        try:
            document = parse_yaml(f"value: {cell}", self.file)
            if document.findings:
                raise FrameworkError(document.findings)
        except FrameworkError as error:
            raise FrameworkError([replace(each, code="cell_syntax", place=place) for each in error.findings]) from None
        if len(document.data) > 1:
            message = Text("应是一行 YAML", "must be one line of YAML")
            raise FrameworkError(Finding(code="cell_syntax", severity=Severity.ERROR, place=place, message=message))
        return document.data["value"]

    def _table(self, sheet: Sheet) -> Iterator[tuple[Cells, Place]]:
        """Each filled row of a sheet with the place of the row."""
        if sheet.name not in self.book.sheet_names:
            return
        header, *lines = self.book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False) or [[]]
        keys = self._header(sheet, header)
        for number, line in enumerate(lines, start=2):
            cells: Cells = {}
            for column, cell in enumerate(line):
                place, key = self._place(sheet, number, column), keys[column]
                if cell == "":
                    continue
                if key is not None:
                    cells |= self._cell(sheet, key, cell, place)
                elif header[column] == "":
                    self._refuse("no_header", place, Text("这一列没有表头", "this column has no header"))
            if cells:
                yield cells, self._place(sheet, number, 0)

    def _cell(self, sheet: Sheet, key: str, cell: Any, place: Place) -> Cells:
        """The value of a cell under its key; nothing where it cannot be read."""
        try:
            return {key: (self._value(sheet, key, cell, place), place)}
        except FrameworkError as error:
            self.findings += error.findings
            return {}

    def _header(self, sheet: Sheet, line: list[Any]) -> list[str | None]:
        known = {name: key for key, zh in sheet.columns for name in (f"{zh} {key}", zh, key)}
        keys: list[str | None] = []
        for column, cell in enumerate(line):
            header = str(cell).strip()
            key = known.get(header)
            if header and key is None:
                self._refuse(
                    "unknown_key",
                    self._place(sheet, 1, column),
                    Text(f"不认识的表头“{header}”", f"unknown header {header!r}"),
                    did_you_mean(header, known)
                    or Text(
                        "可用：" + "、".join(zh for _, zh in sheet.columns),
                        "known: " + ", ".join(key for key, _ in sheet.columns),
                    ),
                )
            elif key is not None and key in keys:
                self._refuse(
                    "duplicate_key",
                    self._place(sheet, 1, column),
                    Text(f"表头“{header}”出现两次", f"the header {header!r} stands twice"),
                )
            keys.append(key if key not in keys else None)
        return keys

    def _place(self, sheet: Sheet, line: int, column: int) -> Place:
        return Place(self.file, sheet=sheet.name, cell=f"{_letters(column)}{line}")

    def _refuse(self, code: str, place: Place, message: Text, hint: Text | None = None) -> None:
        self.findings.append(Finding(code=code, severity=Severity.ERROR, place=place, message=message, hint=hint))


def _plain(value: Any) -> Any:
    """A cell's value as the models expect it: whole numbers are integers."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _null_or_text(text: str) -> str | None:
    """The inverse of how a null, and texts that would look like one, are written."""
    if text.strip(_NULL):
        return text
    return text.removesuffix(_NULL) or None


def _letters(column: int) -> str:
    return chr(ord("A") + column) if column < 26 else chr(ord("A") + column // 26 - 1) + chr(ord("A") + column % 26)
