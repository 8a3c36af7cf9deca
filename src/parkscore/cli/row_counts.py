"""How many rows a result has in words: those of one year are units, those of several are not."""

from __future__ import annotations

from collections.abc import Sequence

from parkscore.language import Text, plural


def ranked_rows(rows: int, ranked: int, years: Sequence[int], units: int | None = None) -> Text:
    """How many of the rows are ranked. units: of how many units they are, None where nobody counted.

    >>> ranked_rows(6, 5, [2023, 2024], units=3).en, ranked_rows(3, 3, [2024]).en
    ('5 of 6 rows ranked (3 units, data of 2023, 2024)', '3 of 3 ranked (data of 2024)')
    """
    of = of_years(years, units)
    if len(years) > 1:
        return Text(f"{rows} 行中 {ranked} 行已排名{of.zh}", f"{ranked} of {rows} rows ranked{of.en}")
    return Text(f"{rows} 个对象中 {ranked} 个已排名{of.zh}", f"{ranked} of {rows} ranked{of.en}")


def judged_rows(rows: int, years: Sequence[int], units: int | None = None) -> Text:
    """How many rows are judged; as for `ranked_rows`.

    >>> judged_rows(6, [2023, 2024]).en, judged_rows(3, []).en
    ('6 rows judged (data of 2023, 2024)', '3 judged')
    """
    of = of_years(years, units)
    if len(years) > 1:
        return Text(f"已判定 {rows} 行{of.zh}", f"{plural(rows, 'row')} judged{of.en}")
    return Text(f"已判定 {rows} 个对象{of.zh}", f"{rows} judged{of.en}")


def of_years(years: Sequence[int], units: int | None = None) -> Text:
    """The data years in brackets, with the number of units where there are several; empty where there are none."""
    if not years:
        return Text("", "")
    listed = ", ".join(map(str, years))
    counted = units is not None and len(years) > 1
    units_zh, units_en = (f"{units} 个对象，", f"{plural(units or 0, 'unit')}, ") if counted else ("", "")
    return Text(f"（{units_zh}数据年份 {listed}）", f" ({units_en}data of {listed})")
