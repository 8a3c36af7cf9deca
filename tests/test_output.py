"""Tests of parkscore.output: files are whole or not there, and nothing in them becomes a formula."""

from __future__ import annotations

import csv
import errno
import os
import re
import stat
import subprocess
import sys
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from parkscore.data.cells import read_texts
from parkscore.findings import UsageError
from parkscore.output.files import write_whole
from parkscore.output.safe_text import safe_frame, safe_text
from parkscore.output.tables import write_csv
from parkscore.output.workbook import Sheet, write_sheets
from parkscore.results.files import ROWS_IN_GROUP, write_rows
from tests.framework_texts import assert_bilingual
from tests.strategies import texts

# --- files -------------------------------------------------------------------------------------------------------


def write_hello(file: Path) -> None:
    file.write_text("hello", encoding="utf-8")


def refused(path: Path | str, write: Callable[[Path], None] = write_hello) -> str:
    with pytest.raises(UsageError) as caught:
        write_whole(path, write)
    (finding,) = caught.value.findings
    assert_bilingual([finding])
    assert (finding.code, str(finding.place)) == ("cannot_write", str(path))
    return finding.message.en


def test_a_file_is_written_and_nothing_stands_beside_it(tmp_path: Path) -> None:
    assert write_whole(tmp_path / "out.csv", write_hello) == tmp_path / "out.csv"
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("out.csv", "hello")]


def test_the_file_being_written_has_the_ending_of_the_one_it_becomes(tmp_path: Path) -> None:
    seen: list[Path] = []
    write_whole(str(tmp_path / "out.xlsx"), seen.append)
    assert [(file.suffix, file.parent) for file in seen] == [(".xlsx", tmp_path)]


def test_an_old_file_is_there_until_the_new_one_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old", encoding="utf-8")

    def write(file: Path) -> None:
        file.write_text("half", encoding="utf-8")
        assert target.read_text(encoding="utf-8") == "old"
        file.write_text("new", encoding="utf-8")

    write_whole(target, write)
    assert target.read_text(encoding="utf-8") == "new"


@pytest.mark.parametrize("fault", [ValueError("a fault"), KeyboardInterrupt()])
def test_where_writing_fails_the_old_file_stays_and_nothing_else_does(tmp_path: Path, fault: BaseException) -> None:
    (tmp_path / "out.csv").write_text("old", encoding="utf-8")

    def write(file: Path) -> None:
        file.write_text("half", encoding="utf-8")
        raise fault

    with pytest.raises(type(fault)):
        write_whole(tmp_path / "out.csv", write)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("out.csv", "old")]


def test_a_full_disk_is_told_in_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    def write(file: Path) -> None:
        file.write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")

    assert "No space left" in refused(tmp_path / "out.csv", write)
    assert list(tmp_path.iterdir()) == []


def test_on_a_full_disk_the_way_out_is_room_and_where_no_folder_is_to_make_it(tmp_path: Path) -> None:
    def fill(file: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(UsageError) as full:
        write_whole(tmp_path / "out.csv", fill)
    with pytest.raises(UsageError) as nowhere:
        write_whole(tmp_path / "none" / "out.csv", write_hello)
    hints = [finding.hint.en for caught in (full, nowhere) for finding in caught.value.findings if finding.hint]
    assert hints == ["free some space, or write to another disk", "make the folder first, or choose another place"]


@pytest.mark.parametrize("most", [300, 8000], ids=["what is put down on the way", "the workbook"])
def test_a_workbook_for_which_there_is_no_room_is_told_in_one_line_and_leaves_nothing(
    most: int, tmp_path: Path
) -> None:
    (tmp_path / "temporary").mkdir()
    code = (
        "import resource, signal\n"
        "import pandas as pd\n"
        "from parkscore.findings import UsageError\n"
        "from parkscore.output.files import write_whole\n"
        "from parkscore.output.workbook import Sheet, write_sheets\n"
        "sheets = [Sheet(f's{n}', pd.DataFrame({'a': range(n, n + 40)})) for n in range(20)]\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({most}, {most}))\n"
        "try:\n"
        "    write_whole('out.xlsx', lambda beside: write_sheets(sheets, beside, {}))\n"
        "except UsageError as error:\n"
        "    print(error.findings[0].place, error.findings[0].message.en)\n"
    )
    source = str(Path(__file__).resolve().parents[1] / "src")
    environment = {**os.environ, "PYTHONPATH": source, "TMPDIR": str(tmp_path / "temporary")}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert (done.stdout, done.stderr) == ("out.xlsx cannot be written: File too large\n", "")
    assert [path.name for path in tmp_path.rglob("*")] == ["temporary"]


def test_a_folder_a_missing_folder_and_a_device_are_refused(tmp_path: Path) -> None:
    assert "a folder" in refused(tmp_path)
    assert "does not exist" in refused(tmp_path / "missing" / "out.csv")
    assert "device" in refused(os.devnull)
    assert not (tmp_path / "missing").exists()


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert "does not exist" in refused(tmp_path / "file" / "out.csv")


def test_a_name_too_long_for_any_file_is_refused(tmp_path: Path) -> None:
    assert "too long" in refused(tmp_path / f"{'x' * 5000}.csv")


def test_the_longest_name_a_file_can_have_is_written(tmp_path: Path) -> None:
    name = "x" * 251 + ".csv"
    assert write_whole(tmp_path / name, write_hello).read_text(encoding="utf-8") == "hello"


def test_a_folder_without_the_right_to_write_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_right(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    # Set at the call, since some users may write everywhere.
    monkeypatch.setattr("tempfile.mkstemp", no_right)
    assert "Permission denied" in refused(tmp_path / "out.csv")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_a_new_file_has_the_permissions_of_any_other_new_file(tmp_path: Path, mask: int, mode: int) -> None:
    before = os.umask(mask)
    try:
        write_whole(tmp_path / "out.csv", write_hello)
        assert os.umask(mask) == mask
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "out.csv").stat().st_mode) == mode


# --- texts -------------------------------------------------------------------------------------------------------

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1+1", "＋1", "－1", "＠x", '=HYPERLINK("x")', "-"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_a_spreadsheet_would_run_starts_with_an_apostrophe(text: str) -> None:
    assert safe_text(text) == "'" + text


@pytest.mark.parametrize("value", ["合肥", "1", "a=b", "", -5, 1.5, None, True])
def test_everything_else_passes(value: object) -> None:
    assert safe_text(value) is value


@pytest.mark.parametrize(("text", "safe"), [("\r=1", "'\n=1"), ("a\r=1", "a\n=1"), ("a\r\nb", "a\nb")])
def test_a_carriage_return_cannot_start_a_new_row(text: str, safe: str) -> None:
    assert safe_text(text) == safe


@given(texts().filter(lambda text: not text.startswith("'") and "\r" not in text))
def test_a_text_is_read_back_from_a_csv_file_as_it_was(text: str) -> None:
    plain, protected = (read_texts([each], apostrophes=True).texts[0] for each in (text, safe_text(text)))
    if text.startswith("\t"):  # reading takes off blanks around a text, but not those that the apostrophe shields
        protected = read_texts([protected]).texts[0]
    assert protected == plain


odd_texts = st.none() | texts() | st.sampled_from(["=1", "＝1", "a,b", '"', "a\rb", "-"])


@given(st.lists(odd_texts, min_size=1, max_size=9), st.data())
def test_a_part_of_a_column_is_written_as_its_texts_are_one_by_one(
    cells: list[str | None], data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(cells)))
    whole = pa.table({"a": pa.array(cells, pa.string()), "b": pa.array(["x"] * len(cells))})
    with tempfile.TemporaryDirectory() as folder:
        one, other = Path(folder) / "part.csv", Path(folder) / "alone.csv"
        write_rows(one, whole.slice(start))
        write_csv(other, pd.DataFrame({"a": cells[start:], "b": ["x"] * (len(cells) - start)}, dtype=object))
        assert one.read_bytes() == other.read_bytes()


def test_a_gap_with_bytes_under_it_is_written_as_a_gap(tmp_path: Path) -> None:
    known, ends, text = bytes([0b100]), np.array([0, 3, 5, 6], dtype=np.int32), b"a,b=1x"
    column = pa.Array.from_buffers(pa.string(), 3, [pa.py_buffer(known), pa.py_buffer(ends), pa.py_buffer(text)], 2)
    write_rows(tmp_path / "out.csv", pa.table({"a": column, "b": ["1", "2", "3"]}))
    assert (tmp_path / "out.csv").read_text(encoding="utf-8-sig") == "a,b\n,1\n,2\nx,3\n"


def test_parts_whose_words_differ_stand_in_one_csv_file(tmp_path: Path) -> None:
    count = ROWS_IN_GROUP + 2
    words = pa.chunked_array([pa.array(own).dictionary_encode() for own in (["甲"] * (count - 1), ["乙", "甲,"])])
    write_rows(tmp_path / "out.csv", pa.table({"a": words, "b": np.arange(count + 1)}))
    lines = (tmp_path / "out.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [*lines[:2], *lines[-3:]] == ["a,b", "甲,0", f"甲,{count - 2}", f"乙,{count - 1}", f'"甲,",{count}']
    assert len(lines) == count + 2


@given(st.lists(st.tuples(odd_texts, odd_texts, odd_texts), max_size=4))
def test_a_table_of_arrow_is_written_to_the_same_csv_file_as_one_of_pandas(rows: list[tuple[str | None, ...]]) -> None:
    columns = {name: [row[place] for row in rows] for place, name in enumerate(["a", "=b", "c"])}
    table = pa.table({name: pa.array(own, pa.large_string()) for name, own in columns.items()})
    table = table.set_column(2, "c", table["c"].dictionary_encode())
    with tempfile.TemporaryDirectory() as folder:
        one, other = Path(folder) / "arrow.csv", Path(folder) / "pandas.csv"
        write_rows(one, table)
        write_csv(other, pd.DataFrame(columns, dtype=object))
        assert one.read_bytes() == other.read_bytes()


@pytest.mark.parametrize("odd", [None, "=1", "a\r=1", "＝1", "\t", "b\n=1", "-", 2.5, True, float("nan")], ids=repr)
def test_many_cells_are_made_safe_as_few_are(odd: object, monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame({"a": ["甲"] * 5, "b": [*"一二三四", None], "c": pd.array(["x", None, "y", "z", "@"], "str")})
    for column in "ab":
        changed = frame.assign(**{column: pd.Series([odd, *frame[column][1:]], dtype=object)})
        one_by_one = safe_frame(changed).to_csv()
        monkeypatch.setattr("parkscore.output.safe_text._MANY", 0)
        assert safe_frame(changed).to_csv() == one_by_one
        monkeypatch.undo()


def test_a_frame_is_safe_in_texts_and_headers_and_keeps_its_numbers() -> None:
    frame = pd.DataFrame({"unit": ["=1+1", "合肥"], "=score": [-1.5, 2.0], "status": [None, "-x"], "n": [1, -2]})
    safe = safe_frame(frame)
    assert list(safe.columns) == ["unit", "'=score", "status", "n"]
    assert safe["unit"].tolist() == ["'=1+1", "合肥"]
    assert safe["'=score"].tolist() == [-1.5, 2.0]
    assert (safe["status"].isna()[0], safe["status"][1]) == (True, "'-x")
    assert safe["n"].tolist() == [1, -2]
    assert frame["unit"].tolist() == ["=1+1", "合肥"]


def test_no_field_of_a_csv_file_starts_a_formula(tmp_path: Path) -> None:
    hostile = [*FORMULAS, "\r=1", "a\r=1", "a\r\n=1"]
    frame = pd.DataFrame({text: [text] for text in hostile})
    safe_frame(frame).to_csv(tmp_path / "out.csv", index=False, encoding="utf-8-sig")
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert len(cells) == 2 * len(hostile)
    assert not [cell for cell in cells if cell.startswith(tuple("=+-@\t\r＝＋－＠"))]


# --- workbooks ---------------------------------------------------------------------------------------------------


def test_texts_stay_texts_and_numbers_stay_numbers(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "unit": ["=1+1", "007", "https://example.org", "合肥"],
            "score": [0.1 + 0.2, -1e-9, np.nan, 12345678.9],
            "rank": pd.array([1, 2, None, 3], dtype="Int64"),
            "passed": [True, False, True, False],
            "=head": ["{=1}", "2024-01-01", None, "1e5"],
        }
    )
    sheet = Sheet("名次", frame, ["=note"], {"score": "score", "rank": "count"})
    write_sheets([sheet], tmp_path / "out.xlsx", {"title": "t"})
    page = load_workbook(tmp_path / "out.xlsx")["名次"]
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    assert rows == [
        ["=note", None, None, None, None],
        ["unit", "score", "rank", "passed", "=head"],
        ["=1+1", 0.3, 1, True, "{=1}"],
        ["007", -1e-9, 2, False, "2024-01-01"],
        ["https://example.org", None, None, True, None],
        ["合肥", 12345678.9, 3, False, "1e5"],
    ]
    assert "f" not in {cell.data_type for row in page.iter_rows() for cell in row}
    assert page["B3"].number_format == "0.0000"
    assert page.freeze_panes == "B3"
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
        assert not any("hyperlink" in archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


def test_a_column_of_texts_is_as_wide_as_they_are_and_no_wider_than_sixty(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"short": ["1.1"], "named": ["1.5 当年每千万研发经费支出的发明专利申请数"], "long": ["文" * 99]}
    )
    write_sheets([Sheet("s", frame)], tmp_path / "out.xlsx", {})
    columns = load_workbook(tmp_path / "out.xlsx")["s"].column_dimensions
    assert [round(columns[letter].width) for letter in "ABC"] == [19, 44, 61]


def test_an_infinite_number_is_shown_as_text(tmp_path: Path) -> None:
    write_sheets([Sheet("x", pd.DataFrame({"a": [np.inf, 1.0]}))], tmp_path / "out.xlsx", {})
    assert [cell.value for cell in load_workbook(tmp_path / "out.xlsx")["x"]["A"]] == ["a", "inf", 1]


def test_a_workbook_holds_no_time_so_that_the_same_tables_have_the_same_bytes(tmp_path: Path) -> None:
    sheets = [Sheet("one", pd.DataFrame({"unit": ["甲", "乙"], "score": [1.5, 2.5]}), ["a note"], {"score": "score"})]
    write_sheets(sheets, tmp_path / "one.xlsx", {"title": "same"})
    with zipfile.ZipFile(tmp_path / "one.xlsx") as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d\d-\d\dT", core)) == {"1980-01-01T"}


def test_an_empty_table_is_a_header(tmp_path: Path) -> None:
    write_sheets([Sheet("x", pd.DataFrame({"a": [], "b": []}))], tmp_path / "out.xlsx", {})
    assert [[cell.value for cell in row] for row in load_workbook(tmp_path / "out.xlsx")["x"].iter_rows()] == [
        ["a", "b"]
    ]


def test_the_cells_of_a_workbook_are_not_all_held_until_it_is_whole(tmp_path: Path) -> None:
    frame = pd.DataFrame({str(number): ["text"] * 8_000 for number in range(10)})
    write_sheets([Sheet("one", frame.head(1))], tmp_path / "first.xlsx", {})  # what stays of a first use
    tracemalloc.start()
    write_sheets([Sheet("one", frame), Sheet("other", frame)], tmp_path / "out.xlsx", {})
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most / (2 * frame.size) < 30  # bytes; a cell that is held takes a hundred and more
    sheet = CalamineWorkbook.from_path(tmp_path / "out.xlsx").get_sheet_by_name("other")
    assert sheet.to_python()[1:] == frame.to_numpy().tolist()


def test_a_table_with_more_rows_than_a_sheet_is_refused(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": np.zeros(1_048_576)})
    with pytest.raises(UsageError) as caught:
        write_sheets([Sheet("x", frame)], tmp_path / "out.xlsx", {})
    assert [finding.code for finding in caught.value.findings] == ["too_many_rows"]
    assert_bilingual(caught.value.findings)
    assert not (tmp_path / "out.xlsx").exists()


@given(st.lists(texts(), min_size=1, max_size=5))
def test_texts_of_a_workbook_are_read_back_as_they_were(
    tmp_path_factory: pytest.TempPathFactory, values: list[str]
) -> None:
    file = tmp_path_factory.mktemp("texts") / "out.xlsx"
    write_sheets([Sheet("x", pd.DataFrame({"a": values}))], file, {})
    rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_name("x").to_python()
    assert [row[0] for row in rows] == ["a", *values]
