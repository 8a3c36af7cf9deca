"""How the files of a data set are read, and which of them is not like the others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.types as arrow

from parkscore.data.body import conversions_of
from parkscore.data.collecting import Collected
from parkscore.data.headers import Names
from parkscore.data.layout import Heading, Layout, read_layout
from parkscore.data.parquet_files import columns_of, sheet_of_arrow
from parkscore.data.table import Conversion
from parkscore.findings import Finding, Place
from parkscore.framework.models import Framework
from parkscore.language import Text


@dataclass(frozen=True, slots=True)
class ReadColumn:
    """What is compared of a column that is read: its first place and header, its measures, and what it holds."""

    place: int
    header: str
    measures: tuple[str, ...]
    kind: str


@dataclass(frozen=True)
class Shape:
    """How the files of one schema are read.

    names: the columns that count. layout: what each of them is for, None where none can be read. columns: those that
    are read, by the field, or `unit` or `year`. coded: those whose texts are wanted by number. findings: what is to be
    said of the header, with the place in the first file of this schema. conversions: the columns that come in another
    measure.
    """

    names: tuple[str, ...]
    layout: Layout | None
    columns: Mapping[str, ReadColumn]
    coded: frozenset[int]
    findings: tuple[Finding, ...]
    conversions: tuple[Conversion, ...]


def shape_of(schema: pa.Schema, file: str, framework: Framework, names: Names) -> Shape:
    """Understand the schema of a Parquet file."""
    found = Collected()
    places = columns_of(schema, names)
    fields = [schema.field(place) for place in places]
    sheet = sheet_of_arrow(pa.Table.from_batches([], pa.schema(fields)), file, range(1))
    layout = read_layout(sheet, framework, names, found)
    conversions = [] if layout is None else conversions_of(sheet, layout, framework, found)
    kinds = [_kind(field.type) for field in fields]
    columns = {} if layout is None else _columns(layout, kinds)
    texts = {name for name, data_field in framework.fields.items() if data_field.is_text}
    by_number = {each.place for name, each in columns.items() if name in texts and each.kind == "text"}
    if layout is not None and layout.note is not None and kinds[layout.note.column] == "text":
        by_number.add(layout.note.column)
    return Shape(
        names=tuple(field.name for field in fields),
        layout=layout,
        columns=columns,
        coded=frozenset(by_number),
        findings=tuple(found.findings),
        conversions=tuple(conversions),
    )


def shape_of_text(layout: Layout | None, conversions: Sequence[Conversion], found: Collected) -> Shape:
    """The shape of a csv file whose header has been read; every column holds texts."""
    columns = {} if layout is None else _columns(layout, None)
    return Shape((), layout, columns, frozenset(), tuple(found.findings), tuple(conversions))


def _columns(layout: Layout, kinds: list[str] | None) -> dict[str, ReadColumn]:
    headings: dict[str, tuple[Heading, ...]] = dict(layout.fields)
    headings |= {name: (each,) for name, each in (("unit", layout.unit), ("year", layout.year)) if each is not None}
    return {
        name: ReadColumn(
            place=several[0].column,
            header=several[0].text,
            measures=tuple(sorted(str(each.measure) for each in several)),
            kind="text" if kinds is None else _first_kind([kinds[each.column] for each in several]),
        )
        for name, several in headings.items()
    }


def _first_kind(kinds: list[str]) -> str:
    return next((kind for kind in kinds if kind != _EMPTY), _EMPTY)


_EMPTY: Final = "empty"
_KINDS: Final[dict[str, Text]] = {
    "number": Text("数值", "numbers"),
    "text": Text("文本", "texts"),
    "yes_or_no": Text("逻辑值", "true or false"),
    "date": Text("日期", "dates"),
}


def _kind(kind: pa.DataType) -> str:
    """What a column holds; whether numbers are whole, and how wide they are, makes no other kind."""
    if arrow.is_dictionary(kind):
        return _kind(kind.value_type)
    if arrow.is_integer(kind) or arrow.is_floating(kind) or arrow.is_decimal(kind):
        return "number"
    if arrow.is_string(kind) or arrow.is_large_string(kind) or arrow.is_string_view(kind):
        return "text"
    if arrow.is_boolean(kind):
        return "yes_or_no"
    if arrow.is_temporal(kind):
        return "date"
    return _EMPTY if arrow.is_null(kind) else str(kind)


def refuse_others(shapes: Mapping[str, Shape], found: Collected) -> None:
    """Report each column in which a file differs from what most files have; a column that is not read may differ."""
    if len(set(map(id, shapes.values()))) == 1:
        return
    usual = {name: column for name, column in _usual(shapes).items() if column is not None}
    for file, shape in shapes.items():
        for name, column in shape.columns.items():
            if name not in usual:
                message = Text("其他文件没有这一列", "the other files have no such column")
                _refuse("other_column", file, column, message, found)
            elif column.measures != usual[name].measures:
                own, other = ", ".join(column.measures), ", ".join(usual[name].measures)
                message = Text(f"单位是 {own}，其他文件是 {other}", f"is in {own}, in the other files in {other}")
                _refuse("other_measure", file, column, message, found)
            elif _EMPTY not in (column.kind, usual[name].kind) and column.kind != usual[name].kind:
                own_kind, other_kind = _said(column.kind), _said(usual[name].kind)
                message = Text(
                    f"是{own_kind.zh}，其他文件是{other_kind.zh}",
                    f"holds {own_kind.en}, in the other files {other_kind.en}",
                )
                _refuse("other_kind", file, column, message, found)
        for name, column in usual.items():
            if name not in shape.columns:
                message = Text("没有这一列，其他文件有", "has no such column, the other files have one")
                found.error("other_column", message, _ALIKE, place=Place(file), value=column.header)


def _usual(shapes: Mapping[str, Shape]) -> dict[str, ReadColumn | None]:
    """By column what most files have, the earlier where as many have another; None where most have none."""
    every = dict.fromkeys(name for shape in shapes.values() for name in shape.columns)
    return {name: _most_common([shape.columns.get(name) for shape in shapes.values()]) for name in every}


def _most_common(columns: list[ReadColumn | None]) -> ReadColumn | None:
    alike = Counter(None if each is None else (each.measures, each.kind) for each in columns)
    # What is empty throughout says nothing of what the column holds.
    order = sorted(alike.items(), key=lambda each: (each[0] is not None and each[0][1] == _EMPTY, -each[1]))
    key = order[0][0]
    return next(each for each in columns if (None if each is None else (each.measures, each.kind)) == key)


def _said(kind: str) -> Text:
    return _KINDS.get(kind, Text(kind, kind))


_ALIKE: Final = Text(
    "同一文件夹的文件须有相同的列、类型和计量单位：改正它，或移到别处",
    "the files of a folder have the same columns, kinds and measures: correct it, or move it elsewhere",
)


def _refuse(code: str, file: str, column: ReadColumn, message: Text, found: Collected) -> None:
    found.error(code, message, _ALIKE, place=Place(file, column=column.place + 1), value=column.header)
