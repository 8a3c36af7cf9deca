"""Text files: encodings, separators, and rows that do not fit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parkscore.data.reading import read_table
from parkscore.engine.passes import score_dataset
from parkscore.findings import DataError, Finding, Severity
from parkscore.framework.models import Framework, UnitKey
from tests.small_frameworks import field, leaf, small

Write = Callable[..., Path]
FindingsOf = Callable[..., list[Finding]]
ROWS = [["高新区", "年份", "营业收入"], ["合肥", 2024, 1], ["武汉东湖", 2024, 2]]


@pytest.fixture
def put(tmp_path: Path) -> Callable[[bytes], Path]:
    """Write bytes as they are into `table.csv`."""

    def put_bytes(content: bytes) -> Path:
        path = tmp_path / "table.csv"
        path.write_bytes(content)
        return path

    return put_bytes


Put = Callable[[bytes], Path]


@pytest.mark.parametrize(("encoding", "told"), [("utf-8", 0), ("utf-8-sig", 0), ("gb18030", 1), ("gbk", 1)])
def test_the_usual_encodings_are_read_and_an_unusual_one_is_told(
    encoding: str, told: int, framework: Framework, write: Write
) -> None:
    table, findings = read_table(write(ROWS, encoding=encoding), framework)
    assert table.units.tolist() == ["合肥", "武汉东湖"]
    assert len([finding for finding in findings if finding.code == "encoding_used"]) == told


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "big5"])
def test_another_encoding_is_an_error_with_the_way_out(
    encoding: str, framework: Framework, findings_of: FindingsOf, put: Put
) -> None:
    mark = "\ufeff" if encoding == "utf-16-le" else ""
    path = put(f"{mark}高新區,年份,營業收入\n合肥,2024,1\n".encode(encoding))
    (finding,) = findings_of(path, framework)
    assert (finding.code, finding.severity) == ("encoding", Severity.ERROR)
    assert finding.hint is not None
    assert "CSV UTF-8" in finding.hint.en


def test_bytes_of_no_text_encoding_are_an_error(framework: Framework, findings_of: FindingsOf, put: Put) -> None:
    (finding,) = findings_of(put("高新区".encode() + b"\xff\xff\n"), framework)
    assert finding.code == "encoding"


def test_nul_bytes_are_an_error_with_their_line(framework: Framework, findings_of: FindingsOf, put: Put) -> None:
    (finding,) = findings_of(put("高新区,年份,营业收入\n合肥,2024,\0\n".encode()), framework)
    assert finding.code == "nul_bytes"
    assert finding.place is not None
    assert finding.place.line == 2


@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_the_separator_is_seen_from_the_header(separator: str, framework: Framework, write: Write) -> None:
    table, _ = read_table(write([["统计表"], *ROWS], separator=separator), framework)
    assert table.frame["qc05_0"].tolist() == [1.0, 2.0]


def test_commas_in_the_numbers_of_a_file_with_semicolons_do_not_separate(framework: Framework, put: Put) -> None:
    table, _ = read_table(put("高新区;年份;营业收入\n合肥;2024;1,234,567\n".encode()), framework)
    assert table.frame["qc05_0"].tolist() == [1234567.0]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_any_line_ending_is_read_with_or_without_one_at_the_end(ending: str, framework: Framework, put: Put) -> None:
    lines = ["高新区,年份,营业收入", "合肥,2024,1", "", "武汉,2024,2"]
    for text in (ending.join(lines), ending.join(lines) + ending):
        table, _ = read_table(put(text.encode()), framework)
        assert [line for _, line in table.origin.rows] == [2, 4]


def test_lines_are_counted_as_an_editor_counts_them(framework: Framework, findings_of: FindingsOf, put: Put) -> None:
    path = put('高新区,年份,"营业\n收入"\n\n"合\n肥",2024,1\n武汉,2024,多\n'.encode())
    (finding,) = findings_of(path, framework, "text_in_number")
    assert finding.place is not None
    assert finding.place.line == 6


@pytest.mark.parametrize(("row", "cells"), [("武汉,2024", 2), ("武汉,2024,1,2", 4), ('武汉,2024,1,"",3', 5)])
def test_a_row_of_another_width_is_an_error_with_its_line(
    row: str, cells: int, framework: Framework, findings_of: FindingsOf, put: Put
) -> None:
    path = put(f"高新区,年份,营业收入\n合肥,2024,1\n{row}\n".encode())
    (finding,) = findings_of(path, framework, "ragged_row")
    assert str(finding.place) == f"{path}:3"
    assert f"{cells} cells where the header has 3" in finding.message.en


def test_empty_cells_at_the_end_of_a_row_and_short_titles_do_no_harm(framework: Framework, put: Put) -> None:
    table, _ = read_table(put("统计表\n高新区,年份,营业收入\n合肥,2024,1,,\n,\n".encode()), framework)
    assert table.frame["qc05_0"].tolist() == [1.0]


def test_a_quotation_mark_that_is_never_closed_is_an_error(
    framework: Framework, findings_of: FindingsOf, put: Put
) -> None:
    path = put('高新区,年份,营业收入\n合肥,2024,1\n"武汉,2024,2\n'.encode())
    (finding,) = findings_of(path, framework)
    assert finding.code == "malformed_csv"
    assert str(finding.place) == f"{path}:3"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # the file is written anew each time
@given(rubbish=st.binary(max_size=60) | st.text(max_size=30).map(str.encode), header=st.booleans())
def test_any_bytes_end_in_a_table_or_in_findings(
    rubbish: bytes, header: bool, framework: Framework, put: Put, findings_of: FindingsOf
) -> None:
    path = put("高新区,年份,营业收入\n合肥,2024,1\n".encode() * header + rubbish)
    assert findings_of(path, framework) != []  # four fields have no column, so there is always something to say


@pytest.mark.parametrize("content", [b"", b" \n\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_an_empty_file_is_an_error(content: bytes, framework: Framework, put: Put) -> None:
    with pytest.raises(DataError) as raised:
        read_table(put(content), framework)
    (finding,) = raised.value.findings
    assert finding.code == "empty_file"


# --- texts as formulas ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ['="{}"', '"=""{}"""'])
def test_a_formula_that_is_nothing_but_a_text_is_that_text_wherever_it_stands(form: str, tmp_path: Path) -> None:
    """A spreadsheet shows `="91..."` as the text in it; whoever wants codes to keep their digits writes them so."""
    unit = UnitKey(key="code", kind="uscc", zh="企业", en="enterprise")
    framework = small(leaf("a"), fields={"name": field("name", kind="text"), "a": field("a")}, unit=unit, time="year")
    rows = [
        ["code", "name", "year", "a"],
        ["91340100MA2RW8TN0A", "甲", 2024, 1],
        ["91110108551385082Q", "乙", 2024, 2.5],
    ]
    path = tmp_path / "returns.csv"
    path.write_text("".join(",".join(form.format(cell) for cell in row) + "\n" for row in rows), "utf-8")
    table, findings = read_table(path, framework)
    assert not findings
    assert table.frame.astype(object).values.tolist() == [
        ["91340100MA2RW8TN0A", 2024, "甲", 1.0],
        ["91110108551385082Q", 2024, "乙", 2.5],
    ]
    told = score_dataset(framework, path, tmp_path / "out.csv", weights="equal")
    assert told.ranked == 2
    assert "91340100MA2RW8TN0A,2024" in (tmp_path / "out.csv").read_text("utf-8-sig")


def test_a_formula_that_says_more_than_a_text_stays_one(
    framework: Framework, findings_of: FindingsOf, put: Put
) -> None:
    (finding,) = findings_of(
        put('高新区,年份,营业收入\n合肥,2024,"=""1""&""2"""\n'.encode()), framework, "text_in_number"
    )
    assert finding.value == '="1"&"2"'
