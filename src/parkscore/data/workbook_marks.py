"""Read from a workbook's XML what its values do not tell: formulas, error values, percent formats, what is hidden."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

from parkscore.language import Text

MOST_CELLS: Final = 20_000_000
_WORKBOOK: Final = "xl/workbook.xml"
_RELATIONS: Final = "xl/_rels/workbook.xml.rels"
_STYLES: Final = "xl/styles.xml"
_STRINGS: Final = "xl/sharedStrings.xml"
_BUILT_IN_PERCENT: Final = frozenset({"9", "10"})
_QUOTED: Final = re.compile(r'"[^"]*"|\\.|_.|\*.')
_LETTERS: Final = re.compile(r"[A-Za-z]{1,3}")
_MOST_COLUMNS: Final = 2**14
_TRUE: Final = frozenset({"1", "true", "on"})

Spot = tuple[int, int]


class UnsafeWorkbookError(Exception):
    """A workbook that is not opened: malformed, with a document type, or with cells far apart."""

    def __init__(self, code: str, reason: Text, hint: Text, sheet: str | None = None) -> None:
        """Keep what a finding needs."""
        self.code, self.reason, self.hint, self.sheet = code, reason, hint, sheet
        super().__init__(code)


@dataclass
class SheetMarks:
    """What the XML of one sheet says, by row and column from 0.

    formulas: the saved result of each formula, None where it was never calculated.
    errors: cells with an error value. percent: number cells shown with a percent sign.
    rows, columns: how far the cells reach.
    """

    formulas: dict[Spot, str | None] = field(default_factory=dict)
    errors: dict[Spot, str] = field(default_factory=dict)
    percent: set[Spot] = field(default_factory=set)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)
    rows: int = 0
    columns: int = 0


def read_marks(archive: zipfile.ZipFile) -> dict[str, SheetMarks]:
    """The marks of every worksheet, by its name. Raises UnsafeWorkbookError."""
    workbook = _Workbook()
    _parse(archive, _WORKBOOK, workbook)
    relations = _Relations()
    _parse(archive, _RELATIONS, relations)
    styles = _Styles()
    if _STYLES in archive.namelist():
        _parse(archive, _STYLES, styles)
    if _STRINGS in archive.namelist():
        _parse(archive, _STRINGS, _Listener())
    marks = {}
    for name, relation in workbook.sheets:
        part = relations.parts.get(relation)
        if part is not None:
            sheet = _Sheet(styles.percent, workbook.calculates_on_load)
            _parse(archive, part, sheet, name)
            marks[name] = sheet.marks
    return marks


class _Listener:
    """Takes the events of one XML part; the base takes none, and serves to check a part."""

    def listen(self, parser: expat.XMLParserType) -> None:
        """Take the events of a parser."""
        parser.StartElementHandler = self.start

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins; the tag may have a prefix."""


def _local(name: str) -> str:
    """A tag or attribute without its prefix."""
    return name.rpartition(":")[2]


def _parse(archive: zipfile.ZipFile, part: str, listener: _Listener, sheet: str | None = None) -> None:
    """Send the events of one part to a listener. A document type is refused: no spreadsheet writes one."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_document_type
    listener.listen(parser)
    try:
        parser.Parse(archive.read(part), True)
    except (LookupError, ValueError, expat.ExpatError, zipfile.BadZipFile) as problem:
        raise UnsafeWorkbookError(
            "not_a_workbook",
            Text(f"不是完整的 .xlsx 工作簿：{part} 读不出来", f"is not a sound .xlsx workbook: {part} cannot be read"),
            Text("用 Excel 或 WPS 打开后重新另存为 .xlsx", "open it in Excel or WPS and save it as .xlsx again"),
            sheet,
        ) from problem


def _refuse_document_type(*_: object) -> None:
    raise UnsafeWorkbookError(
        "unsafe_xml",
        Text("工作簿内含文档类型声明，可能是攻击", "has a document type declaration inside, which may be an attack"),
        Text("用 Excel 或 WPS 打开后重新另存为 .xlsx", "open it in Excel or WPS and save it as .xlsx again"),
    )


class _Workbook(_Listener):
    """The sheets and their relations, and whether formulas wait for the next opening to be calculated."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.calculates_on_load = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if _local(tag) == "sheet":
            relation = next((value for name, value in attributes.items() if _local(name) == "id"), "")
            self.sheets.append((attributes.get("name", ""), relation))
        elif _local(tag) == "calcPr":
            self.calculates_on_load = attributes.get("fullCalcOnLoad") in _TRUE


class _Relations(_Listener):
    """The worksheet part of each relation."""

    def __init__(self) -> None:
        self.parts: dict[str, str] = {}

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if _local(tag) == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = attributes.get("Target", "")
            part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
            self.parts[attributes.get("Id", "")] = part


class _Styles(_Listener):
    """The numbers of the cell styles that show a percent sign."""

    def __init__(self) -> None:
        self.percent: set[str] = set()
        self._formats = set(_BUILT_IN_PERCENT)
        self._style = -1
        self._in_cell_styles = False

    def listen(self, parser: expat.XMLParserType) -> None:
        super().listen(parser)
        parser.EndElementHandler = self.end

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = _local(tag)
        if name == "numFmt" and "%" in _QUOTED.sub("", attributes.get("formatCode", "")):
            self._formats.add(attributes.get("numFmtId", ""))
        elif name == "cellXfs":
            self._in_cell_styles = True
        elif name == "xf" and self._in_cell_styles:
            self._style += 1
            if attributes.get("numFmtId") in self._formats:
                self.percent.add(str(self._style))

    def end(self, tag: str) -> None:
        """The list of cell styles is over."""
        if _local(tag) == "cellXfs":
            self._in_cell_styles = False


class _Sheet(_Listener):
    """The marks of one sheet, gathered cell by cell; there may be a million, so each event does little."""

    def __init__(self, percent_styles: set[str], calculates_on_load: bool) -> None:
        self.marks = SheetMarks()
        self._percent_styles, self._calculates_on_load = percent_styles, calculates_on_load
        self._row, self._column = -1, -1
        self._type = ""
        self._is_formula = False
        self._value: list[str] = []
        self._numbers: dict[str, int] = {}

    def listen(self, parser: expat.XMLParserType) -> None:
        super().listen(parser)
        self._parser = parser

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "c":
            self._start_cell(attributes)
        elif name == "v" or name == "is":
            self._start_value()
        elif name == "row":
            self._start_row(attributes)
        elif name == "f":
            self._is_formula = True
            self._reach()
            self.marks.formulas[self._row, self._column] = None
        elif name == "col" and attributes.get("hidden") in _TRUE:
            first, last = int(attributes.get("min", "1")), int(attributes.get("max", "1"))
            self.marks.hidden_columns.extend(range(first - 1, min(last, _MOST_COLUMNS)))

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r")
        self._row = self._row + 1 if number is None else int(number) - 1
        self._column = -1
        if attributes.get("hidden") in _TRUE:
            self.marks.hidden_rows.append(self._row)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        else:
            letters = reference.rstrip("0123456789")
            if letters not in self._numbers:
                self._numbers[letters] = column_number(letters)
            self._row, self._column = int(reference[len(letters) :]) - 1, self._numbers[letters]
        self._type = attributes.get("t", "n")
        self._is_formula = False
        if self._type == "n" and attributes.get("s") in self._percent_styles:
            self.marks.percent.add((self._row, self._column))

    def _start_value(self) -> None:
        self._reach()
        if self._is_formula or self._type == "e":
            self._value = []
            self._parser.CharacterDataHandler = self._value.append
            self._parser.EndElementHandler = self._end_value

    def _reach(self) -> None:
        marks = self.marks
        if self._row >= marks.rows:
            marks.rows = self._row + 1
        if self._column >= marks.columns:
            marks.columns = self._column + 1

    def _end_value(self, _: str) -> None:
        self._parser.CharacterDataHandler = None
        self._parser.EndElementHandler = None
        spot, text = (self._row, self._column), "".join(self._value).strip()
        if self._type == "e":
            self.marks.errors[spot] = text
        if self._is_formula and self._was_calculated(text):
            self.marks.formulas[spot] = text

    def _was_calculated(self, text: str) -> bool:
        """Whether a saved result can be trusted.

        Programs that write formulas without calculating them leave it empty, or write 0 and ask the spreadsheet to
        calculate on opening.
        """
        if self._type == "str":
            return True
        return text != "" and not (self._calculates_on_load and text in {"0", "0.0"})


def column_number(letters: str) -> int:
    """The 0-based column of its letters; ValueError where they are none.

    >>> column_number("A"), column_number("AB")
    (0, 27)
    """
    if not _LETTERS.fullmatch(letters):
        raise ValueError(letters)
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
