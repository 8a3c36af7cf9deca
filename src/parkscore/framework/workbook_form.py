"""The workbook form of a framework: the same content as YAML, for people who work in Excel."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from parkscore.findings import Finding, FrameworkError, Place, Severity
from parkscore.framework.document import Document, Path
from parkscore.framework.yaml_form import MOST_BYTES, parse_yaml, write_flow
from parkscore.language import Text

MOST_UNCOMPRESSED = 50 * MOST_BYTES


@dataclass(frozen=True)
class Sheet:
    """One sheet of the form: its name, the part of the framework it holds, and its columns (key, Chinese header)."""

    name: str
    key: str
    columns: tuple[tuple[str, str], ...]


_NAMES = (("zh", "中文名"), ("en", "英文名"))
_SOURCE = (("source", "来源"), ("note", "说明"))
SETTINGS = Sheet("框架", "", (("key", "项目"), ("value", "内容")))
FIELDS = Sheet(
    "字段",
    "fields",
    (
        ("id", "编码"),
        *_NAMES,
        ("kind", "类型"),
        ("measure", "单位"),
        ("min", "下限"),
        ("max", "上限"),
        ("formula", "公式"),
        ("aliases", "别名"),
        ("totals", "公布总数"),
        *_SOURCE,
    ),
)
INDICATORS = Sheet(
    "指标",
    "indicators",
    (
        ("level", "层级"),
        ("id", "编码"),
        *_NAMES,
        ("weight", "权重"),
        ("formula", "公式"),
        ("measure", "单位"),
        ("direction", "方向"),
        ("score", "赋分规则"),
        ("aggregate", "合成方法"),
        ("weights", "赋权方法"),
        ("missing", "缺失处理"),
        ("treat", "异常值处理"),
        ("min_coverage", "最低齐全率"),
        *_SOURCE,
    ),
)
RULES = Sheet(
    "校验规则",
    "rules",
    (
        ("id", "编码"),
        *_NAMES,
        ("severity", "级别"),
        ("require", "要求"),
        ("when", "条件"),
        ("jump", "突变"),
        ("measure_mixup", "单位混淆"),
        ("hint", "办法"),
        ("status", "状态"),
        ("source", "来源"),
    ),
)
ACCEPTED = Sheet(
    "认可",
    "accepted",
    (("rule", "规则"), ("unit", "对象"), ("field", "字段"), ("year", "年份"), ("reason", "理由"), ("by", "认可人")),
)
SHEETS = (SETTINGS, FIELDS, INDICATORS, RULES, ACCEPTED)
_STRUCTURED = {
    *("aliases", "totals", "score", "aggregate", "weights", "missing", "treat", "jump", "measure_mixup", "hint"),
}
_TABLES = {sheet.key for sheet in SHEETS if sheet.key}
_TEXT = "@"


# --- writing -----------------------------------------------------------------------------------------------------


def write_workbook(data: dict[str, Any], path: FilePath) -> None:
    """Write a document's data as a workbook; every cell is text or a number, none is a formula."""
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "text_wrap": True})
        text = book.add_format({"num_format": _TEXT, "valign": "top"})
        for sheet in SHEETS:
            page = book.add_worksheet(sheet.name)
            page.freeze_panes(1, 0)
            page.set_column(0, len(sheet.columns) - 1, 18, text)
            for number, (key, zh) in enumerate(sheet.columns):
                page.write_string(0, number, f"{zh} {key}", head)
            for line, row in enumerate(_rows_of(sheet, data), start=1):
                for number, (key, _) in enumerate(sheet.columns):
                    _write_cell(page, line, number, row.get(key), text)
            if sheet is INDICATORS:
                choices = {"validate": "list", "source": ["higher", "lower"]}
                page.data_validation(1, 7, 1000, 7, choices)


def _write_cell(page: Any, line: int, number: int, value: Any, text: Any) -> None:
    if value is None:
        return
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        page.write_number(line, number, value)
    elif isinstance(value, str):
        page.write_string(line, number, value, text)
    else:
        page.write_string(line, number, write_flow(value), text)


def _rows_of(sheet: Sheet, data: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if sheet is SETTINGS:
        for key, value in data.items():
            if key not in _TABLES:
                yield {"key": key, "value": _quoted(value)}
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


def _quoted(value: Any) -> Any:
    """A setting as a cell; a text that would read as something else is quoted."""
    return write_flow(value) if not isinstance(value, (int, float)) or isinstance(value, bool) else value


# --- reading -----------------------------------------------------------------------------------------------------


def read_workbook(path: FilePath) -> Document:
    """The document in a workbook.

    Raises FrameworkError with every unknown header, unreadable cell and level that skips, by sheet and cell.
    """
    _refuse_bombs(path)
    try:
        book = CalamineWorkbook.from_path(str(path))
    except (CalamineError, OSError) as error:
        raise FrameworkError(_not_a_workbook(path, str(error))) from None
    return _WorkbookReader(path, book).document()


def _not_a_workbook(path: FilePath, detail: str) -> Finding:
    return Finding(
        code="not_a_workbook",
        severity=Severity.ERROR,
        place=Place(str(path)),
        message=Text(f"不是可读的 .xlsx 工作簿：{detail}", f"is not a readable .xlsx workbook: {detail}"),
        hint=Text("请在 Excel 中另存为 .xlsx", "save it as .xlsx in Excel"),
    )


def _refuse_bombs(path: FilePath) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, OSError) as error:
        raise FrameworkError(_not_a_workbook(path, str(error))) from None
    if size > MOST_UNCOMPRESSED:
        raise FrameworkError(
            Finding(
                code="file_too_large",
                severity=Severity.ERROR,
                place=Place(str(path)),
                message=Text(
                    f"展开后有 {size:,} 字节，上限 {MOST_UNCOMPRESSED:,}",
                    f"unpacks to {size:,} bytes, {MOST_UNCOMPRESSED:,} at most",
                ),
            )
        )


class _WorkbookReader:
    """Turns the sheets of the form into plain data while noting places and collecting findings."""

    def __init__(self, path: FilePath, book: CalamineWorkbook) -> None:
        self.file = str(path)
        self.book = book
        self.places: dict[Path, Place] = {(): Place(self.file)}
        self.keys: dict[Path, Place] = {}
        self.findings: list[Finding] = []

    def document(self) -> Document:
        if INDICATORS.name not in self.book.sheet_names and SETTINGS.name not in self.book.sheet_names:
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
        fields = self._fields()
        if fields:
            data["fields"] = fields
        indicators = self._indicators()
        if indicators:
            data["indicators"] = indicators
        for sheet in (RULES, ACCEPTED):
            rows = tuple(
                self._mapping((sheet.key, index), cells, place)
                for index, (cells, place) in enumerate(self._table(sheet))
            )
            if rows:
                data[sheet.key] = rows
        if self.findings:
            raise FrameworkError(self.findings)
        return Document(data, self.file, self.places, self.keys)

    def _settings(self) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for cells, place in self._table(SETTINGS):
            key, key_place = cells.get("key", (None, place))
            if key is None:
                continue
            value, value_place = cells.get("value", (None, place))
            path = (str(key),)
            if path in self.keys:
                self._refuse(
                    "duplicate_key",
                    key_place,
                    Text(f"项目 {key} 已在 {self.keys[path]} 出现", f"the key {key} already stands at {self.keys[path]}"),
                )
                continue
            self.keys[path] = key_place
            data[str(key)] = self._parsed(path, value, value_place) if isinstance(value, str) else value
            self.places[path] = value_place
        return data

    def _fields(self) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for cells, place in self._table(FIELDS):
            field_id, id_place = cells.pop("id", (None, place))
            if not isinstance(field_id, str):
                self._refuse(
                    "code_not_text",
                    id_place,
                    Text(f"编码应是文本，现为 {field_id}", f"a code must be text, not {field_id}"),
                    Text("把单元格格式设为文本后重新输入", "set the cell's format to text and type it again"),
                )
                continue
            path: Path = ("fields", field_id)
            if path in self.keys:
                first = self.keys[path]
                self._refuse(
                    "duplicate_key",
                    id_place,
                    Text(f"字段 {field_id} 已在 {first} 出现", f"the field {field_id} already stands at {first}"),
                )
                continue
            self.keys[path] = id_place
            data[field_id] = self._mapping(path, cells, id_place)
        return data

    def _indicators(self) -> tuple[Any, ...]:
        rows = list(self._table(INDICATORS))
        nodes, _ = self._children(rows, 0, 1, ("indicators",))
        return nodes

    def _children(self, rows: list[Any], start: int, level: int, path: Path) -> tuple[tuple[Any, ...], int]:
        nodes: list[Any] = []
        position = start
        while position < len(rows):
            cells, place = rows[position]
            own_level, level_place = cells.get("level", (None, place))
            if isinstance(own_level, int) and own_level < level:
                break
            if own_level != level:
                self._refuse(
                    "level",
                    level_place,
                    Text(f"层级应为 {level} 或更小，现为 {own_level}", f"the level must be {level} or less, not {own_level}"),
                    Text("一级指标为 1，其下逐级加 1，不能跳级", "1 is the first level; each level below adds 1"),
                )
                position += 1
                continue
            inner = (*path, len(nodes))
            node = self._mapping(inner, {key: cell for key, cell in cells.items() if key != "level"}, place)
            children, position = self._children(rows, position + 1, level + 1, (*inner, "children"))
            if children:
                node["children"] = children
                self.places[(*inner, "children")] = place
            nodes.append(node)
        return tuple(nodes), position

    def _mapping(self, path: Path, cells: dict[str, tuple[Any, Place]], place: Place) -> dict[str, Any]:
        self.places[path] = place
        data: dict[str, Any] = {}
        for key, (value, cell_place) in cells.items():
            inner = (*path, key)
            self.places[inner] = cell_place
            self.keys[inner] = cell_place
            structured = key in _STRUCTURED and isinstance(value, str)
            data[key] = self._parsed(inner, value, cell_place) if structured else value
        return data

    def _parsed(self, path: Path, text: str, place: Place) -> Any:
        """A cell written as one line of YAML; places inside it are the cell."""
        del path
        try:
            return parse_yaml(f"value: {text}", self.file).data["value"]
        except FrameworkError as error:
            for finding in error.findings:
                self._refuse("cell_syntax", place, finding.message, finding.hint)
            return None

    def _table(self, sheet: Sheet) -> Iterator[tuple[dict[str, tuple[Any, Place]], Place]]:
        """Each filled row of a sheet as {key: (value, place)} with the place of the row."""
        if sheet.name not in self.book.sheet_names:
            return
        lines = self.book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
        if not lines:
            return
        keys = self._header(sheet, lines[0])
        for number, line in enumerate(lines[1:], start=2):
            cells = {
                key: (_plain(value), self._place(sheet, number, column))
                for column, (key, value) in enumerate(zip(keys, line, strict=False))
                if key is not None and value != ""
            }
            if cells:
                yield cells, self._place(sheet, number, 0)

    def _header(self, sheet: Sheet, line: list[Any]) -> list[str | None]:
        known = {name: key for key, zh in sheet.columns for name in (key, zh, f"{zh} {key}")}
        keys: list[str | None] = []
        for column, cell in enumerate(line):
            header = str(cell).strip()
            key = known.get(header)
            if header and key is None:
                self._refuse(
                    "unknown_key",
                    self._place(sheet, 1, column),
                    Text(f"不认识的表头“{header}”", f"unknown header {header!r}"),
                    Text(
                        "可用：" + "、".join(zh for _, zh in sheet.columns),
                        "known: " + ", ".join(key for key, _ in sheet.columns),
                    ),
                )
            keys.append(key)
        return keys

    def _place(self, sheet: Sheet, line: int, column: int) -> Place:
        return Place(self.file, sheet=sheet.name, cell=f"{_letters(column)}{line}")

    def _refuse(self, code: str, place: Place, message: Text, hint: Text | None = None) -> None:
        self.findings.append(Finding(code=code, severity=Severity.ERROR, place=place, message=message, hint=hint))


def _plain(value: Any) -> Any:
    """A cell's value as the models expect it: whole numbers are integers."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _letters(column: int) -> str:
    return chr(ord("A") + column) if column < 26 else chr(ord("A") + column // 26 - 1) + chr(ord("A") + column % 26)
