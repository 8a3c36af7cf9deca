"""Tests of parkscore.framework.workbook_form: the same content as YAML, and what is refused by sheet and cell."""

from __future__ import annotations

import io
import shutil
import struct
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from openpyxl import load_workbook

from parkscore.findings import Finding, FrameworkError
from parkscore.framework.building import build
from parkscore.framework.loading import read_framework, read_own_document
from parkscore.framework.models import (
    Accepted,
    DataField,
    Framework,
    Node,
    RankedList,
    Requirement,
    Rule,
    Target,
    UnitClass,
)
from parkscore.framework.workbook_form import (
    ACCEPTED,
    CLASSES,
    FIELDS,
    GATES,
    INDICATORS,
    LISTS,
    LONGEST_CELL,
    RULES,
    TARGETS,
    read_workbook,
    write_workbook,
)
from parkscore.framework.yaml_form import parse_yaml
from parkscore.framework.yaml_writing import write_yaml
from tests.conftest import ROOT
from tests.framework_texts import assert_bilingual, findings_in, only, places_and_codes
from tests.strategies import Data, framework_data

FILES = sorted([*(ROOT / "indicators").glob("*.yaml"), *(ROOT / "tests" / "frameworks").glob("*.yaml")])
SETTINGS_ROWS = [
    ["key", "value"],
    ["id", "park"],
    ["title", "{zh: 例}"],
    ["unit", "{zh: 园区, key: zone}"],
    ["defaults", "{direction: higher}"],
]
FIELDS_ROWS = [["id", "zh", "measure"], ["money", "收入", "千元"]]
INDICATORS_ROWS = [["level", "id", "zh", "formula"], [1, "1", "一", "money"]]
Cells = Sequence[Sequence[Any]]
Make = Callable[..., Path]


@pytest.fixture
def workbook(tmp_path: Path) -> Make:
    """A workbook made by hand; each sheet that is not given is a small valid one."""

    def make(settings: Cells = SETTINGS_ROWS, fields: Cells = FIELDS_ROWS, indicators: Cells = INDICATORS_ROWS) -> Path:
        file = tmp_path / "park.xlsx"
        with xlsxwriter.Workbook(str(file)) as book:
            for name, rows in (("框架", settings), ("字段", fields), ("指标", indicators)):
                page = book.add_worksheet(name)
                for line, row in enumerate(rows):
                    page.write_row(line, 0, row)
        return file

    return make


def through_workbook(data: Data) -> Data:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "made.xlsx"
        write_workbook(data, file)
        return read_workbook(file).data


def refused(file: Path) -> Finding:
    with pytest.raises(FrameworkError) as caught:
        read_workbook(file)
    assert_bilingual(caught.value.findings)
    return only(caught.value.findings)


# --- the same content --------------------------------------------------------------------------------------------


@settings(max_examples=60)
@given(framework_data())
def test_a_framework_survives_yaml_workbook_and_yaml_again(data: Data) -> None:
    first = parse_yaml(write_yaml(data), "made.yaml")
    in_cells = through_workbook(first.data)
    last = parse_yaml(write_yaml(in_cells), "made.yaml")
    assert first.data == in_cells == last.data == data
    models = [build(document, Framework).model for document in (first, last)]
    assert models[0] == models[1] == Framework.model_validate(data)
    assert models[0] is not None
    assert models[1] is not None
    assert models[0].model_dump(by_alias=True) == models[1].model_dump(by_alias=True)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_framework_of_the_project_survives_as_a_workbook(file: Path, tmp_path: Path) -> None:
    for neighbour in file.parent.glob("*.yaml"):  # which it may extend
        shutil.copy(neighbour, tmp_path)
    document = read_own_document(file)
    write_workbook(document.data, tmp_path / "same.xlsx")
    assert read_own_document(tmp_path / "same.xlsx").data == document.data
    assert read_framework(tmp_path / "same.xlsx").framework == read_framework(file).framework


def test_a_file_that_extends_another_stays_one(tmp_path: Path) -> None:
    fields = {"qd01": {"min": 5, "max": None, "en": None, "source": "~", "note": "~~"}}
    data = {"id": "local", "extends": "zone-2021", "remove": ("1.10",), "fields": fields, "effective": None}
    write_workbook(data, tmp_path / "local.xlsx")
    assert read_own_document(tmp_path / "local.xlsx").data == data
    framework = read_framework(tmp_path / "local.xlsx").framework
    assert len(framework.leaves) == 45
    assert (framework.fields["qd01"].min, framework.fields["qd01"].en) == (5, None)


@pytest.mark.parametrize(
    ("sheet", "model"),
    [
        *((FIELDS, DataField), (INDICATORS, Node), (CLASSES, UnitClass), (RULES, Rule), (ACCEPTED, Accepted)),
        *((GATES, Requirement), (LISTS, RankedList), (TARGETS, Target)),
    ],
)
def test_every_key_of_the_language_has_a_column(sheet: Any, model: Any) -> None:
    columns = {key for key, _ in sheet.columns}
    own = {"fields": {"id"}, "indicators": {"level"}}.get(sheet.key, set())
    keys = {info.alias or name for name, info in model.model_fields.items()}
    assert columns == keys - {"children"} | own


def test_cells_hold_texts_and_numbers_and_never_formulas(tmp_path: Path) -> None:
    data = {
        "id": "x",
        "title": {"zh": "=1+1"},
        "indicators": ({"id": "1.10", "zh": "=A1", "weight": 0.8, "note": "-1"},),
    }
    write_workbook(data, tmp_path / "x.xlsx")
    book = load_workbook(tmp_path / "x.xlsx")
    row = {cell.value: book["指标"].cell(2, cell.column) for cell in book["指标"][1]}
    assert (row["编码 id"].value, row["编码 id"].data_type) == ("1.10", "s")
    assert (row["中文名 zh"].value, row["中文名 zh"].data_type) == ("=A1", "s")
    assert (row["权重 weight"].value, row["权重 weight"].data_type) == (0.8, "n")
    assert row["说明 note"].value == "-1"


def test_new_rows_take_codes_as_text_and_weights_as_numbers(tmp_path: Path) -> None:
    write_workbook({"id": "x"}, tmp_path / "x.xlsx")
    page = load_workbook(tmp_path / "x.xlsx")["指标"]
    formats = {cell.value: page.column_dimensions[cell.column_letter].number_format for cell in page[1]}
    assert formats["编码 id"] == "@"
    assert formats["公式 formula"] == "@"
    assert formats["权重 weight"] == "General"


def test_a_text_longer_than_a_cell_is_refused_and_not_cut(tmp_path: Path) -> None:
    data = {
        "id": "x",
        "fields": {"a": {"zh": "甲", "note": "x" * LONGEST_CELL}, "b": {"zh": "乙", "note": "x" * 40_000}},
    }
    with pytest.raises(FrameworkError) as caught:
        write_workbook(data, tmp_path / "x.xlsx")
    found = only(caught.value.findings)
    assert (found.code, str(found.place)) == ("text_too_long", f"{tmp_path / 'x.xlsx'}!字段!M3")
    assert_bilingual([found])
    assert not (tmp_path / "x.xlsx").exists()


# --- read with places --------------------------------------------------------------------------------------------


def test_a_workbook_made_by_hand_is_read(workbook: Make) -> None:
    framework = read_framework(workbook()).framework
    assert framework.leaves[0].formula == "money"


def test_a_finding_names_sheet_and_cell(workbook: Make) -> None:
    file = workbook(
        indicators=[["层级", "编码 id", "zh", "公式"], [1, "1", "一", "mony"], [2, "1.1", "一一", "money +"]]
    )
    found = findings_in(file)
    assert places_and_codes(found, file) == ["指标!D2 misplaced_key", "指标!D2 unknown_field", "指标!D3 formula"]


def test_numbers_that_excel_made_texts_are_numbers(workbook: Make) -> None:
    rows = [
        ["level", "id", "zh", "weight", "formula"],
        ["1", "1", "一", "0.8", "money"],
        ["1", "2", "二", "20%", "money"],
    ]
    framework = read_framework(workbook(indicators=rows)).framework
    assert [node.weight for node in framework.indicators] == [0.8, 0.2]


def test_empty_rows_between_do_not_matter(workbook: Make) -> None:
    framework = read_framework(workbook(fields=[["id", "zh"], [], ["money", "收入"], [], ["staff", "人"]])).framework
    assert list(framework.fields) == ["money", "staff"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"fields": [["id", "zh", "mesure"], ["money", "收入", "千元"]]}, ["字段!C1 unknown_key"]),
        ({"fields": [["id", "zh", "中文名"], ["money", "收入", "收入"]]}, ["字段!C1 duplicate_key"]),
        ({"fields": [["id", "zh"], ["money", "收入", "千元"]]}, ["字段!C2 no_header"]),
        ({"fields": [["id", "zh"], ["money", "收入"], ["money", "收入二"]]}, ["字段!A3 duplicate_key"]),
        ({"fields": [["id", "zh"], ["money", "收入"], [2.1, "二"]]}, ["字段!A3 code_not_text"]),
        ({"fields": [["id", "zh"], ["money", "收入"], [None, "二"]]}, ["字段!A3 code_not_text"]),
        ({"fields": [["id", "zh", "aliases"], ["money", "收入", "[a, b"]]}, ["字段!C2 cell_syntax"]),
        ({"fields": [["id", "zh", "aliases"], ["money", "收入", "[a]\nb: c"]]}, ["字段!C2 cell_syntax"]),
        ({"fields": [["id", "zh", "totals"], ["money", "收入", "{2023: 1, 2023: 2}"]]}, ["字段!C2 cell_syntax"]),
        ({"indicators": [["level", "id", "zh", "formula"], [1, 2.1, "一", "money"]]}, ["指标!B2 wrong_type"]),
        (
            {"indicators": [["level", "id", "zh", "formula"], [1, "1", "一", "money"], [3, "2", "二", "money"]]},
            ["指标!A3 level"],
        ),
        (
            {"indicators": [["level", "id", "zh", "formula"], [1, "1", "一", "money"], [0, "2", "二"]]},
            ["指标!A3 level"],
        ),
        (
            {"indicators": [["level", "id", "zh", "formula"], [None, "1", "一"], [1, "2", "二", "money"]]},
            ["指标!A2 level"],
        ),
        (
            {"indicators": [["level", "id", "zh", "formula"], ["x", "1", "一"], [1, "2", "二", "money"]]},
            ["指标!A2 level"],
        ),
        ({"settings": [*SETTINGS_ROWS, ["id", "again"]]}, ["框架!A6 duplicate_key"]),
        ({"settings": [*SETTINGS_ROWS, ["", "park"]]}, ["框架!A6 no_key"]),
        ({"settings": [*SETTINGS_ROWS, ["version", 2021]]}, ["框架!B6 wrong_type"]),
        ({"settings": [*SETTINGS_ROWS, ["statsu", "partial"]]}, ["框架!A6 unknown_key"]),
        ({"settings": [*SETTINGS_ROWS, ["note", "&a x"]]}, ["框架!B6 cell_syntax"]),
        (
            {
                "settings": [*SETTINGS_ROWS, ["statsu", "partial"]],
                "fields": [["id", "zh", "measure"], ["money", "收入", "兆元"]],
                "indicators": [["level", "id", "zh", "formula"], [1, 1.1, "一", "mony"]],
            },
            ["字段!C2 unknown_measure", "指标!B2 wrong_type", "指标!D2 unknown_field", "框架!A6 unknown_key"],
        ),
    ],
)
def test_a_mistake_in_a_workbook_is_told_by_sheet_and_cell(
    workbook: Make, change: dict[str, Cells], expected: list[str]
) -> None:
    file = workbook(**change)
    assert sorted(places_and_codes(findings_in(file), file)) == sorted(expected)


def test_a_code_typed_as_a_number_is_to_be_formatted_as_text(workbook: Make) -> None:
    found = only(findings_in(workbook(indicators=[["level", "id", "zh", "formula"], [1, 2.1, "一", "money"]])))
    assert found.hint is not None
    assert "format to text" in found.hint.en


def test_an_unknown_header_suggests_the_one_that_was_meant(workbook: Make) -> None:
    found = only(findings_in(workbook(fields=[["id", "zh", "mesure"], ["money", "收入"]])))
    assert found.hint is not None
    assert "`measure`" in found.hint.en


# --- what is no workbook, or no safe one -------------------------------------------------------------------------


def test_a_workbook_without_the_sheets_of_a_framework_is_refused(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "data.xlsx")) as book:
        book.add_worksheet("Sheet1").write(0, 0, "zone")
    assert refused(tmp_path / "data.xlsx").code == "not_a_framework"


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 cut off", b"\xd0\xcf\x11\xe0 an old .xls"])
def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "park.xlsx").write_bytes(content)
    assert refused(tmp_path / "park.xlsx").code == "not_a_workbook"


def test_a_zip_archive_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "park.xlsx", "w") as archive:
        archive.writestr("a.txt", "x")
    assert refused(tmp_path / "park.xlsx").code == "not_a_workbook"


def archive_with(name: str, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return packed.getvalue()


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    (tmp_path / "park.xlsx").write_bytes(archive_with("xl/workbook.xml", bytes(60 * 2**20)))
    assert refused(tmp_path / "park.xlsx").code == "zip_bomb"


def test_a_zip_bomb_that_declares_a_small_size_is_refused(tmp_path: Path) -> None:
    size = 60 * 2**20
    honest = archive_with("xl/workbook.xml", bytes(size))
    assert honest.count(struct.pack("<I", size)) == 2  # in the entry's own header and in the directory
    (tmp_path / "park.xlsx").write_bytes(honest.replace(struct.pack("<I", size), struct.pack("<I", 100)))
    assert refused(tmp_path / "park.xlsx").code == "zip_bomb"


def test_a_file_of_5_mib_is_refused_as_a_workbook_too(tmp_path: Path) -> None:
    (tmp_path / "park.xlsx").write_bytes(bytes(5 * 2**20))
    assert refused(tmp_path / "park.xlsx").code == "file_too_large"


@pytest.mark.parametrize(("line", "column"), [(1_048_575, 0), (0, 16_383), (20_000, 0), (0, 100)])
def test_a_cell_far_out_is_refused_before_the_block_up_to_it_is_filled(tmp_path: Path, line: int, column: int) -> None:
    with xlsxwriter.Workbook(str(tmp_path / "park.xlsx")) as book:
        book.add_worksheet("框架").write(line, column, "x")
    assert refused(tmp_path / "park.xlsx").code == "too_large"
