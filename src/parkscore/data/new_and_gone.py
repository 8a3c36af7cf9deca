"""Say which units have no row in the year before, or none any more, where a framework compares the years."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from parkscore.data.grid import Rows
from parkscore.data.table import Table
from parkscore.framework.every_formula import formulas_over_rows
from parkscore.framework.formula import parse_formula
from parkscore.framework.models import Framework
from parkscore.language import Text, plural

_NAMED: Final = 5


def new_and_gone(framework: Framework, table: Table, rows: Rows) -> tuple[Text, ...]:
    """A sentence for each year of the rows that has other units than the year before it, where that is in the table.

    A unit that was renamed is new and gone at once, and lacks whatever is compared with the year before.
    """
    years = table.years
    if years is None or not any(parse_formula(text).reads_other_years for _, text in formulas_over_rows(framework)):
        return ()
    return tuple(_sentences(table.units, years, np.unique(years[rows]).tolist()))


def _sentences(units: NDArray[Any], years: NDArray[np.int64], asked: Sequence[int]) -> Iterator[Text]:
    for year in asked:
        now, before = (pd.Index(units[years == each]).unique() for each in (year, year - 1))
        new, gone = now.difference(before), before.difference(now)
        if len(before) and (len(new) or len(gone)):
            yield _sentence(year, list(new), list(gone))


def _sentence(year: int, new: Sequence[str], gone: Sequence[str]) -> Text:
    parts = [Text(f"新增 {_listed(new).zh}", f"new: {_listed(new).en}")] if new else []
    parts += [Text(f"减少 {_listed(gone).zh}", f"gone: {_listed(gone).en}")] if gone else []
    zh, en = "，".join(part.zh for part in parts), "; ".join(part.en for part in parts)
    lacking = Text("新增的没有与上年相比的指标", "New ones lack what is compared with the year before")
    renamed = Text("；若是改名，请各年写同一名称", "; where one was renamed, write one name in all years")
    said_zh = lacking.zh * bool(new) + renamed.zh * bool(new and gone)
    said_en = lacking.en * bool(new) + renamed.en * bool(new and gone)
    return Text(
        f"{year} 年与上年相比，{zh}" + (f"：{said_zh}" if said_zh else ""),
        f"{year} beside the year before: {en}" + (f". {said_en}" if said_en else ""),
    )


def _listed(units: Sequence[str]) -> Text:
    count, names = len(units), units[:_NAMED]
    more = "" if count <= _NAMED else "、…"
    return Text(
        f"{count} 个（{'、'.join(names)}{more}）",
        f"{plural(count, 'unit')} ({', '.join(names)}{more.replace('、', ', ')})",
    )
