"""What the tests of reading share: a small framework, and the same cells as a csv file or a workbook."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter

from parkscore.data.reading import read_table
from parkscore.findings import DataError, Finding
from parkscore.framework.models import DataField, Framework, Label, UnitKey

Rows = Sequence[Sequence[Any]]
Write = Callable[..., Path]
FindingsOf = Callable[..., list[Finding]]


def small_framework(**changes: Any) -> Framework:
    parts: dict[str, Any] = {
        "id": "small",
        "title": Label(zh="例", en="Example"),
        "unit": UnitKey(key="zone", zh="高新区", en="Zone", aliases=("园区名称",)),
        "time": "year",
        "indicators": (),
        "fields": {
            "qc05_0": DataField(zh="营业收入", en="Revenue", measure="千元", min=0.0, aliases=("营收(合计)",)),
            "qd01": DataField(zh="年末从业人员", measure="人", min=0.0),
            "rd": DataField(zh="研发人员占比", measure="%"),
            "green": DataField(zh="绿地率"),
            "stage": DataField(zh="发展阶段", kind="text"),
        },
    }
    return Framework(**(parts | changes))


@pytest.fixture(scope="session")
def framework() -> Framework:
    """Two amounts, a percentage, a plain ratio and a text, by zone and year; frozen, so made once."""
    return small_framework()


@pytest.fixture
def revenue_only() -> Framework:
    """One amount by zone, no year: a row is a name and a number."""
    return small_framework(time=None, fields={"qc05_0": DataField(zh="营业收入", measure="千元")})


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write rows of cells as `table.csv` or `table.xlsx`; a workbook may be given as sheets by name."""

    def write_rows(rows: Rows | dict[str, Rows], kind: str = "csv", **options: Any) -> Path:
        path = tmp_path / f"table.{kind}"
        if kind == "csv":
            with path.open("w", newline="", encoding=options.get("encoding", "utf-8")) as stream:
                csv.writer(stream, delimiter=options.get("separator", ",")).writerows(rows)
            return path
        sheets = rows if isinstance(rows, dict) else {"Sheet1": rows}
        with xlsxwriter.Workbook(path, {"strings_to_formulas": False}) as workbook:
            for name, cells in sheets.items():
                sheet = workbook.add_worksheet(name)
                for number, row in enumerate(cells):
                    sheet.write_row(number, 0, row)
        return path

    return write_rows


@pytest.fixture
def findings_of() -> FindingsOf:
    """Every finding of a reading, whether it ends in a table or in an error; of one code where one is named."""

    def findings(source: Path | pd.DataFrame, framework: Framework, code: str | None = None) -> list[Finding]:
        try:
            _, found = read_table(source, framework)
        except DataError as error:
            found = error.findings
        return [finding for finding in found if code is None or finding.code == code]

    return findings
