"""The layout of a sheet: where its header stands, what each column holds, and what is wrong with either."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from parkscore.data.cells import is_blank
from parkscore.data.collecting import Collected
from parkscore.data.headers import (
    HEADER_MEASURE_WORDS,
    Match,
    Names,
    Role,
    Target,
    closest,
    find_header,
    header_text,
    known_measure,
)
from parkscore.data.measure_lines import MeasuresAbove, measures_above
from parkscore.data.sheets import HEADER_WITHIN, Sheet
from parkscore.framework.measures import (
    DIMENSIONLESS,
    Measure,
    MeasureError,
    conversion,
    parse_measure,
)
from parkscore.framework.models import DataField, Framework
from parkscore.language import Text

LIKELY_TYPO: Final = 0.75
SOMEWHAT_LIKE: Final = 0.6
_LISTED: Final = 30


@dataclass(frozen=True, slots=True)
class Heading:
    """One column that is read: the text of its header and the measure that its numbers come in.

    readable: whether that measure can be used; else the numbers of the column say nothing.
    """

    column: int
    text: str
    measure: Measure
    readable: bool = True


@dataclass(frozen=True)
class Layout:
    """Where in a sheet things stand; rows and columns from 0. Unit and year are None where they were not found.

    A field has several columns where each comes in another measure.
    """

    header_row: int
    first_row: int
    unit: Heading | None
    year: Heading | None
    note: Heading | None
    fields: dict[str, tuple[Heading, ...]]

    def headings(self) -> Iterator[Heading]:
        """Every column that is read."""
        yield from (heading for heading in (self.unit, self.year, self.note) if heading)
        for headings in self.fields.values():
            yield from headings


def measure_of(data_field: DataField) -> Measure:
    """The measure a field's numbers are kept in; plain numbers where it states none."""
    return parse_measure(data_field.measure) if data_field.measure else DIMENSIONLESS


def read_layout(sheet: Sheet, framework: Framework, names: Names, found: Collected) -> Layout | None:
    """Find the header of a sheet and match its columns; None, with errors collected, where no column can be read."""
    header_row = find_header(sheet.head[:HEADER_WITHIN], names)
    if header_row is None:
        _report_no_header(sheet, names, found)
        return None
    texts = [header_text(cell) for cell in sheet.head[header_row]]
    measures_row = _measures_row(sheet, header_row, texts, names)
    above = measures_above(sheet, header_row, found)
    columns = _Columns(sheet, framework, names, header_row, measures_row, above, found)
    for number, text in enumerate(texts):
        if text:
            columns.take(number, text)
        elif any(not is_blank(cell) for cell in sheet.column(number, header_row + 1)):
            _report_unnamed(sheet, header_row, number, found)
    columns.report_unstated()
    columns.report_missing(texts)
    first_row = header_row + (1 if measures_row is None else 2)
    _report_merged_header(sheet, header_row, first_row, found)
    if not columns.headings:
        return None
    return Layout(
        header_row,
        first_row,
        columns.only(Role.UNIT),
        columns.only(Role.YEAR),
        columns.only(Role.NOTE),
        {target.field: tuple(several) for target, several in columns.headings.items() if target.field is not None},
    )


def _report_no_header(sheet: Sheet, names: Names, found: Collected) -> None:
    first = next((row for row in sheet.head if any(not is_blank(cell) for cell in row)), ())
    seen = listed([header_text(cell) for cell in first])
    found.error(
        "no_header",
        Text(
            f"前 {HEADER_WITHIN} 行里没有表头；第一行是 {seen.zh}",
            f"no header among the first {HEADER_WITHIN} rows; the first row is {seen.en}",
        ),
        Text(
            f"表头要有“{names.unit_names[0]}”一列和至少一个数据项，可用 parkscore template 生成空表",
            f"a header has a column '{names.unit_names[0]}' and at least one field; "
            "parkscore template writes a blank one",
        ),
        place=sheet.place(),
    )


def _report_unnamed(sheet: Sheet, header_row: int, column: int, found: Collected) -> None:
    found.info(
        "unnamed_column",
        Text("这一列有内容但没有表头，未读取", "the column has values but no header and is not read"),
        place=sheet.place(header_row, column),
    )


def listed(texts: Sequence[str]) -> Text:
    """The texts that are not empty, in a sentence, with an end.

    >>> listed(["a", "", "b"]).en
    'a, b'
    """
    shown = [text for text in texts if text]
    more = len(shown) - _LISTED
    zh, en = "、".join(shown[:_LISTED]), ", ".join(shown[:_LISTED])
    if more > 0:
        return Text(f"{zh} 等 {len(shown)} 个", f"{en} and {more} more")
    return Text(zh or "空的", en or "empty")


def _measures_row(sheet: Sheet, header_row: int, texts: Sequence[str], names: Names) -> dict[int, str] | None:
    """The measures that stand in a row of their own below the header, by column; None where there is no such row.

    It is one if it names no unit of evaluation, holds no number, and at least one of its cells is a known measure
    (a year alone, a count alone or a remark is none).
    """
    if header_row + 1 >= len(sheet.head):
        return None
    measures: dict[int, str] = {}
    for column, (header, cell) in enumerate(zip(texts, sheet.head[header_row + 1], strict=True)):
        if is_blank(cell):
            continue
        match = names.match(header)
        roles = {target.role for target in match.targets} if match else set()
        text = header_text(cell)
        if Role.UNIT in roles and text not in HEADER_MEASURE_WORDS:
            return None
        if not isinstance(cell, str) or text[:1].isdigit():
            return None
        if Role.FIELD in roles:
            measures[column] = text
    return measures if any(known_measure(text) for text in measures.values()) else None


class _Columns:
    """The columns of one sheet as they are matched, one by one."""

    def __init__(
        self,
        sheet: Sheet,
        framework: Framework,
        names: Names,
        header_row: int,
        measures_row: dict[int, str] | None,
        above: MeasuresAbove,
        found: Collected,
    ) -> None:
        self.headings: dict[Target, list[Heading]] = {}
        self._sheet, self._fields, self._names = sheet, framework.fields, names
        self._header_row, self._measures_row, self._found = header_row, measures_row or {}, found
        self._above = above
        self._extra: list[tuple[int, str]] = []
        self._unstated_in: set[Target] = set()
        self._assumed: list[str] = []
        self._by_line: list[str] = []

    def only(self, role: Role) -> Heading | None:
        """The one column of a role that is no field, or None."""
        return next(iter(self.headings.get(Target(role), ())), None)

    def take(self, column: int, text: str) -> None:
        """Match one header and keep what it names."""
        match = self._names.match(text)
        if match is None:
            self._extra.append((column, text))
        elif len(match.targets) > 1:
            self._report_ambiguous(column, text, match)
        else:
            self._keep(match.targets[0], column, text, match)

    def _keep(self, target: Target, column: int, text: str, match: Match) -> None:
        if target.field is not None and self._fields[target.field].formula is not None:
            self._report_derived(target.field, column, text)
            return
        heading = Heading(column, text, DIMENSIONLESS)
        earlier = self.headings.setdefault(target, [])
        if target.field is not None and self._fields[target.field].kind == "number":
            stated = self._stated(target.field, column, match)
            if earlier and (stated is None or target in self._unstated_in):
                self._report_duplicate(column, text, earlier[0])
                return
            if stated is None:
                self._unstated_in.add(target)
            heading = self._in_measure(target.field, column, text, stated)
        same = [other for other in earlier if _same_measure(other.measure, heading.measure)]
        if same and heading.readable:
            self._report_duplicate(column, text, same[0])
        else:
            earlier.append(heading)

    def _stated(self, field_id: str, column: int, match: Match) -> str | None:
        """The measure in a header or in the row below it; the first of the two, with an error, where they differ."""
        stated, below = match.measure_text, self._measures_row.get(column)
        if stated is not None and below is not None and known_measure(stated) != known_measure(below):
            self._report_two_measures(field_id, column, stated, below)
        return stated if below is None else below

    def _in_measure(self, field_id: str, column: int, text: str, stated: str | None) -> Heading:
        """A column in its measure; in the field's own, with an error collected, where the header's cannot be used."""
        own = measure_of(self._fields[field_id])
        unreadable = Heading(column, text, own, readable=False)
        if stated is None:
            return self._unstated(field_id, column, text, own)
        row = self._header_row + (column in self._measures_row)
        where: dict[str, Any] = {"place": self._sheet.place(row, column), "field": field_id, "value": text}
        try:
            measure = parse_measure(stated)
        except MeasureError as problem:
            self._found.error("unknown_measure", problem.reason, problem.hint, **where)
            return unreadable
        try:
            conversion(measure, own)
        except MeasureError as problem:
            hint = problem.hint or _own_measure_hint(self._fields[field_id], own)
            self._found.error("wrong_measure", problem.reason, hint, **where)
            return unreadable
        return Heading(column, text, measure)

    def _unstated(self, field_id: str, column: int, text: str, own: Measure) -> Heading:
        """A column that states no measure: in that of a line above the table, else in the field's own."""
        if self._fields[field_id].measure is None:
            return Heading(column, text, own)
        if own.dimension in self._above.unclear:
            return Heading(column, text, own, readable=False)
        for measure in self._above.measures:
            if measure.dimension == own.dimension:
                self._by_line.append(f"{text}({measure})")
                return Heading(column, text, measure)
        self._assumed.append(f"{text}({own})")
        return Heading(column, text, own)

    def report_unstated(self) -> None:
        """Say once in which measure columns were read that state none."""
        if self._by_line:
            columns = listed(self._by_line)
            self._found.info(
                "measure_from_line",
                Text(
                    f"按表上方所注单位读取：{columns.zh}", f"read in the measure stated above the table: {columns.en}"
                ),
                place=self._above.place,
            )
        if self._assumed:
            columns = listed(self._assumed)
            self._found.info(
                "measure_assumed",
                Text(
                    f"表头未注明计量单位，按指标体系的单位读取：{columns.zh}",
                    f"the header states no measure; read in the framework's own: {columns.en}",
                ),
                Text(
                    "若不是，请在表头注明，如 营业收入(亿元)",
                    "if it is another, name it in the header, like 营业收入(亿元)",
                ),
                place=self._sheet.place(self._header_row),
            )

    def _report_two_measures(self, field_id: str, column: int, stated: str, below: str) -> None:
        self._found.error(
            "two_measures",
            Text(f"表头写 {stated}，下一行写 {below}", f"the header says {stated}, the row below it says {below}"),
            Text("只留一个计量单位", "keep one measure"),
            place=self._sheet.place(self._header_row + 1, column),
            field=field_id,
        )

    def _report_ambiguous(self, column: int, text: str, match: Match) -> None:
        meant = [target.field or target.role.value for target in match.targets]
        self._found.error(
            "ambiguous_header",
            Text(f"表头可指 {'、'.join(meant)}", f"the header can mean {', '.join(meant)}"),
            Text("用数据项编码作表头", "use the field's id as the header"),
            place=self._sheet.place(self._header_row, column),
            value=text,
        )

    def _report_duplicate(self, column: int, text: str, first: Heading) -> None:
        other = self._sheet.place(self._header_row, first.column)
        self._found.error(
            "duplicate_column",
            Text(
                f"“{text}”与“{first.text}”（{other}）是同一列数据",
                f"'{text}' and '{first.text}' ({other}) are the same column",
            ),
            Text(
                "只留一列；若各以不同单位填报，请都在表头注明单位",
                "keep one of the two; if they come in different measures, state both measures in the headers",
            ),
            place=self._sheet.place(self._header_row, column),
        )

    def _report_derived(self, field_id: str, column: int, text: str) -> None:
        self._found.warning(
            "derived_column",
            Text("这一项由公式算出，列中数值未读取", "this field is computed by its formula; the column is not read"),
            place=self._sheet.place(self._header_row, column),
            field=field_id,
            value=text,
            rule=self._fields[field_id].formula,
        )

    def report_missing(self, texts: Sequence[str]) -> None:
        """Report the columns that are not there, then those nobody asked for."""
        if Target(Role.UNIT) not in self.headings:
            self._report_missing_key("missing_unit_column", self._names.unit_names, texts)
        if self._names.year_names and self._sheet.year is None and Target(Role.YEAR) not in self.headings:
            self._report_missing_key("missing_year_column", self._names.year_names, texts)
        wanted = [identifier for identifier, field in self._fields.items() if field.formula is None]
        missing = [identifier for identifier in wanted if Target(Role.FIELD, identifier) not in self.headings]
        if len(missing) == len(wanted):
            self._report_no_field(texts)
        else:
            for identifier in missing:
                self._report_missing_field(identifier)
        for column, text in self._extra:
            self._report_extra(column, text, missing)

    def _report_missing_key(self, code: str, wanted: Sequence[str], texts: Sequence[str]) -> None:
        seen = listed(texts)
        extra = [text for _, text in self._extra]
        close = next((text for name in wanted if (text := closest(name, extra))), None)
        chinese = next((name for name in wanted if not name.isascii()), wanted[0])
        hint = Text(
            f"加上“{chinese}”列；已有这一列的，把列名改为“{chinese}”",
            f"add a column '{wanted[0]}'; if there is one by another name, name it so",
        )
        if close:
            hint = Text(f"是不是“{close}”？把列名改为“{chinese}”", f"did you mean '{close}'? name it '{wanted[0]}'")
        self._found.error(
            code,
            Text(f"没有“{chinese}”列；表头有 {seen.zh}", f"there is no column '{wanted[0]}'; the header has {seen.en}"),
            hint,
            place=self._sheet.place(self._header_row),
        )

    def _report_no_field(self, texts: Sequence[str]) -> None:
        seen = listed(texts)
        hint = Text("核对指标体系是否选对", "check that the framework is the right one")
        if not self._fields:
            hint = Text("指标体系还没有数据项：先写 fields 和指标", "the framework has no fields yet: write them first")
        self._found.error(
            "no_field_column",
            Text(
                f"表头里没有一个数据项属于这个指标体系；表头有 {seen.zh}",
                f"no column is a field of this framework; the header has {seen.en}",
            ),
            hint,
            place=self._sheet.place(self._header_row),
        )

    def _report_missing_field(self, identifier: str) -> None:
        label = self._fields[identifier].label
        self._found.warning(
            "missing_column",
            Text(f"没有“{label.zh}”列，全部视为缺失", f"there is no column '{label.en}'; all its values are missing"),
            Text(
                f"有数据就加上“{label.zh}”列；表头写法见 parkscore template",
                f"add a column '{label.en}' if there are figures; parkscore template writes the headers",
            ),
            place=self._sheet.place(self._header_row),
            field=identifier,
        )

    def _report_extra(self, column: int, text: str, missing: Sequence[str]) -> None:
        message = Text("不属于这个指标体系，未读取", "is no field of this framework and is not read")
        where: dict[str, Any] = {"place": self._sheet.place(self._header_row, column), "value": text}
        within = self._names.field_named_within(text, missing)
        close = within or self._names.closest_field(text, missing, SOMEWHAT_LIKE)
        if close is None:
            self._found.info("extra_column", message, **where)
            return
        label = self._fields[close].label
        hint = Text(f"是不是“{label.zh}”？", f"did you mean '{label.en}'?")
        likely = within is not None or self._names.closest_field(text, missing, LIKELY_TYPO) is not None
        report = self._found.warning if likely else self._found.info
        report("extra_column", message, hint, **where)


def _same_measure(one: Measure, other: Measure) -> bool:
    return conversion(one, other) == 1.0


def _own_measure_hint(data_field: DataField, own: Measure) -> Text:
    if data_field.measure is None:
        return Text("指标体系没有给这一项规定计量单位", "the framework states no measure for this field")
    return Text(f"这一项以 {own.text} 计", f"this field is kept in {own.text}")


def _report_merged_header(sheet: Sheet, header_row: int, first_row: int, found: Collected) -> None:
    for merged in sheet.merged:
        if merged.top < first_row and merged.bottom >= header_row:
            found.error(
                "merged_header",
                Text(f"表头有合并单元格 {merged}", f"the header has merged cells, {merged}"),
                Text("取消合并，每列写一个表头", "unmerge them and give each column its own header"),
                place=sheet.place(merged.top, merged.left),
            )
