"""Lines above a table that state a measure for its columns, like `单位：万元`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from parkscore.data.collecting import Collected
from parkscore.data.headers import header_text, known_measure
from parkscore.data.sheets import Sheet
from parkscore.findings import Place
from parkscore.framework.measures import Measure
from parkscore.language import Text

# 填报单位 and 主管单位 are organisations: nothing but these words may stand before 单位.
_LINE: Final = re.compile(
    r"(?:^|[\s(（\[【,，;；])(?:计量|金额|货币|数据)?(?:单位|units?|measures?)\s*[:：]\s*(.+?)\s*(?:$|[\s)）\]】])",
    re.IGNORECASE,
)
_BETWEEN: Final = re.compile(r"[、，,;；和]")


@dataclass(frozen=True)
class MeasuresAbove:
    """What lines above a header state: one measure for each dimension; `unclear` are dimensions with two."""

    measures: Sequence[Measure] = ()
    unclear: Sequence[tuple[tuple[str, int], ...]] = ()
    place: Place | None = None


def measures_above(sheet: Sheet, header_row: int, found: Collected) -> MeasuresAbove:
    """The measures that lines above the header state for the columns without one of their own."""
    measures: list[Measure] = []
    unclear: list[tuple[tuple[str, int], ...]] = []
    first: Place | None = None
    for row, column, text in _statements(sheet, header_row):
        place = sheet.place(row, column)
        for part in filter(None, _BETWEEN.split(text)):
            measure = known_measure(part)
            if measure is None:
                _report_unknown(part, place, found)
                continue
            first = first or place
            other = next((other for other in measures if other.dimension == measure.dimension), None)
            if other is None:
                measures.append(measure)
            elif other.factor != measure.factor:
                unclear.append(measure.dimension)
                _report_two(other, measure, place, found)
    return MeasuresAbove(measures, unclear, first)


def _statements(sheet: Sheet, header_row: int) -> list[tuple[int, int, str]]:
    """Row, column and text after the colon of each statement."""
    return [
        (row, column, statement.group(1))
        for row in range(header_row)
        for column, cell in enumerate(sheet.head[row])
        for statement in [_LINE.search(header_text(cell))]
        if statement is not None
    ]


def _report_unknown(text: str, place: Place, found: Collected) -> None:
    found.warning(
        "unknown_measure_line",
        Text(
            f"表上方的“单位：{text}”不是认得的计量单位，未采用",
            f"'{text}' above the table is no known measure and is not applied",
        ),
        Text("把计量单位写进表头，如 营业收入(亿元)", "put the measures into the headers, like 营业收入(亿元)"),
        place=place,
    )


def _report_two(one: Measure, other: Measure, place: Place, found: Collected) -> None:
    found.error(
        "ambiguous_measure",
        Text(
            f"表上方既写 {one} 又写 {other}，不知各列以哪个为准",
            f"{one} and {other} are both stated above the table; which column is in which cannot be told",
        ),
        Text("把计量单位写进各列表头，如 营业收入(亿元)", "put the measure into each header, like 营业收入(亿元)"),
        place=place,
    )
