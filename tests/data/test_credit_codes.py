"""统一社会信用代码: whole columns agree with python-stdnum; what is wrong with a code is said with its place."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc
from stdnum.exceptions import ValidationError

import parkscore as ps
from parkscore.data.batches import read_piece
from parkscore.data.capping import MOST
from parkscore.data.credit_codes import ALPHABET, are_codes, check_letters, standard_form, what_is_wrong
from parkscore.data.datasets import open_dataset
from parkscore.data.reading import read_table, read_with_findings
from parkscore.data.template import write_template
from parkscore.data.validate import read_and_validate, validate
from parkscore.engine.passes import score_dataset
from parkscore.findings import DataError, Finding, FrameworkError, Severity
from parkscore.framework.models import Accepted, DataField, Framework, UnitKey
from parkscore.sampling.made_up_codes import made_up_codes
from tests.small_frameworks import field, leaf, of_code, small

REAL_FORM = "91110000600037341L"  # the example of python-stdnum's documentation
LETTERS = st.sampled_from(ALPHABET)
DIGITS = st.sampled_from("0123456789")
ENTERPRISES = small(
    leaf("a"), unit=UnitKey(zh="企业", key="代码", kind="uscc"), time="year", fields={"a": field("a", min=0)}
)


@st.composite
def bodies(draw: st.DrawFn) -> str:
    return "".join(draw(st.lists(DIGITS, min_size=8, max_size=8)) + draw(st.lists(LETTERS, min_size=9, max_size=9)))


def is_right_to_stdnum(code: str) -> bool:
    try:
        return uscc.validate(code) == code
    except ValidationError:
        return False


def letters_of(bodies: list[str]) -> np.ndarray:
    return np.array([list(body.encode()) for body in bodies], dtype=np.uint8)


@given(st.lists(bodies(), min_size=1, max_size=20))
def test_check_characters_are_those_of_python_stdnum(several: list[str]) -> None:
    assert check_letters(letters_of(several)).tobytes().decode() == "".join(map(uscc.calc_check_digit, several))


@given(st.lists(bodies() | st.text(max_size=20) | st.none(), max_size=20), st.data())
def test_a_column_of_codes_is_right_where_python_stdnum_says_so(several: list[str | None], data: st.DataObject) -> None:
    codes = [
        text + data.draw(LETTERS | st.just(uscc.calc_check_digit(text)))
        if text is not None and len(text) == 17
        else text
        for text in several
        if text is None or len(text) != 17 or set(text) <= set(ALPHABET)
    ]
    expected = [code is not None and is_right_to_stdnum(code) for code in codes]
    assert are_codes(codes).tolist() == expected
    assert are_codes(pd.Series(codes, dtype="str")).tolist() == expected
    assert are_codes(np.array([*codes, None], dtype=object)).tolist() == [*expected, False]


@given(bodies(), st.integers(0, 17), st.data())
def test_a_wrong_character_anywhere_is_seen(body: str, position: int, data: st.DataObject) -> None:
    code = body + uscc.calc_check_digit(body)
    other = data.draw((DIGITS if position < 8 else LETTERS).filter(lambda letter: letter != code[position]))
    assert are_codes([code, code[:position] + other + code[position + 1 :]]).tolist() == [True, False]


@given(bodies(), st.integers(0, 16))
def test_two_neighbours_that_changed_places_are_seen(body: str, position: int) -> None:
    code = body + uscc.calc_check_digit(body)
    swapped = code[:position] + code[position + 1] + code[position] + code[position + 2 :]
    assert are_codes([swapped]).tolist() == [swapped == code]


def test_columns_longer_than_one_block_and_slices_of_them_are_right_throughout() -> None:
    codes = made_up_codes(np.arange(200_000), seed=3)
    assert are_codes(codes.to_pandas()).all()
    together = pd.concat([codes[:70_000].to_pandas(), codes[70_000:].to_pandas()]).astype("str")
    assert are_codes(together).all()
    texts = codes.to_numpy(zero_copy_only=False)
    texts[[0, 65_536, 131_073]] = [None, "甲", REAL_FORM[:-1] + "M"]
    assert np.flatnonzero(~are_codes(texts)).tolist() == [0, 65_536, 131_073]
    assert np.flatnonzero(~are_codes(pd.Series(texts)[65_000:])).tolist() == [536, 66_073]


@pytest.mark.parametrize(
    "written",
    [
        "91110000600037341l",
        "９１１１００００６０００３７３４１Ｌ",
        " 9111 0000 6000 3734 1L",
        "91110000-60003734-1L",
        "91110000600037341L\u200b",
        '="91110000600037341L"',
        '= "91110000600037341l"',
        "＝＂91110000600037341L＂",
    ],
)
def test_lower_case_full_width_spaces_hyphens_and_formulas_of_one_text_are_read_in_the_standard_form(
    written: str,
) -> None:
    assert standard_form(written) == REAL_FORM


@pytest.mark.parametrize(
    ("written", "message", "hint"),
    [
        ("91110000600037341M", "the check character should be L, and character 18 is M", "business licence"),
        ("9111OOOO600037341L", "character 5 is O where a digit belongs", "did you mean 91110000600037341L?"),
        ("911100006O0037341L", "character 10 is the letter O", "did you mean 91110000600037341L?"),
        ("911100006S0037341L", "character 10 is the letter S; codes do not use I, O, Z, S and V", "business licence"),
        ("91110000*00037341L", "character 9, '*', is no digit or letter", "business licence"),
        ("9111000060003734", "has 16 characters where a code has 18", "business licence"),
        ("110000600037341", "has 15 digits: an old registration or tax number", "18 characters"),
        ("600037341", "has 9 characters: an old organisation code", "18 characters"),
        ("911100006000373000", "a spreadsheet seems to have cut its last digits", "format the column as text"),
        ("甲公司", "has 3 characters where a code has 18", "business licence"),
        ('="600037341"', "has 9 characters: an old organisation code", "18 characters"),
    ],
)
def test_what_is_wrong_with_a_code_is_said_with_its_place(written: str, message: str, hint: str) -> None:
    said, way_out = what_is_wrong(written)
    assert message in said.en
    assert way_out is not None
    assert hint in way_out.en


def table_of_codes(codes: list[str], years: list[int] | None = None) -> pd.DataFrame:
    return pd.DataFrame({"代码": codes, "年份": years or [2024] * len(codes), "字段a": range(len(codes))})


def findings(framework: Framework, frame: pd.DataFrame) -> list[Finding]:
    return read_and_validate(frame, framework)[1]


def test_a_wrong_code_is_an_error_of_its_row_with_the_expected_check_character(tmp_path: Path) -> None:
    path = tmp_path / "returns.csv"
    path.write_text(f"代码,年份,字段a\n{REAL_FORM},2024,1\n{REAL_FORM[:-1]}M,2024,2\n", encoding="utf-8")
    (found,) = of_code(read_and_validate(path, ENTERPRISES)[1], "bad_uscc")
    assert (found.severity, found.rule, str(found.place)) == (Severity.ERROR, "uscc", f"{path}:3:1")
    assert "should be L" in found.message.en
    with pytest.raises(DataError):
        ps.evaluate(ENTERPRISES, path)


def test_one_enterprise_written_in_two_ways_is_one_enterprise_in_both_years() -> None:
    frame = table_of_codes([REAL_FORM, REAL_FORM.lower()], [2023, 2024])
    table, found = read_table(frame, ENTERPRISES)
    assert table.units.tolist() == [REAL_FORM, REAL_FORM]
    (said,) = of_code(found, "uscc_rewritten")
    assert (said.severity, said.message.en.split(": ")[-1]) == (Severity.INFO, "1")


def test_a_code_written_as_a_formula_is_read_in_a_frame_in_parquet_and_in_pieces_as_in_csv(tmp_path: Path) -> None:
    """pandas reads the cell `="91..."` of a csv file as it stands, and so it comes into a frame or a Parquet file."""
    framework = ENTERPRISES.model_copy(update={"fields": ENTERPRISES.fields | with_parent().fields})
    codes = made_up_codes(np.arange(2), seed=0).to_pylist()
    frame = table_of_codes([f'="{code}"' for code in codes]).assign(母公司代码=[f'="{REAL_FORM}"', None])
    frame.to_parquet(path := tmp_path / "returns.parquet")
    for source in (frame, path):
        table, found = read_table(source, framework)
        assert (table.units.tolist(), table.frame["parent"].tolist()) == (codes, [REAL_FORM, None])
        assert {each.field: each.message.en.split(": ")[-1] for each in found} == {None: "2", "parent": "1"}
    assert score_dataset(framework, path, tmp_path / "out.csv").ranked == 2
    assert [line.split(",")[0] for line in (tmp_path / "out.csv").read_text("utf-8-sig").splitlines()[1:3]] == codes


def test_one_enterprise_written_in_two_ways_in_one_year_is_a_second_row() -> None:
    _, found = read_with_findings(table_of_codes([REAL_FORM, f" {REAL_FORM.lower()}"]), ENTERPRISES)
    assert [finding.unit for finding in of_code(found, "duplicate_row")] == [REAL_FORM]


def test_a_code_that_a_spreadsheet_took_for_a_number_has_lost_its_digits(tmp_path: Path) -> None:
    path = tmp_path / "returns.csv"
    path.write_text("代码,年份,字段a\n9.1110000600037E+17,2024,1\n", encoding="utf-8")
    _, found = read_with_findings(path, ENTERPRISES)
    assert [finding.code for finding in found] == ["digits_lost"]


def test_totals_below_a_column_of_codes_are_left_out_as_ever() -> None:
    table, found = read_table(table_of_codes([REAL_FORM, "合计"]), ENTERPRISES)
    assert (table.units.tolist(), [finding.code for finding in found]) == ([REAL_FORM], ["total_row"])


def test_a_wrong_code_that_somebody_answers_for_does_not_stop_a_run() -> None:
    entry = Accepted(rule="uscc", unit="甲公司", reason="境外企业，无代码", by="张三")
    accepting = ENTERPRISES.model_copy(update={"accepted": (entry,)})
    found = findings(accepting, table_of_codes([REAL_FORM, "甲公司"]))
    (said,) = of_code(found, "bad_uscc")
    assert said.severity is Severity.INFO
    assert "境外企业" in said.message.zh


def test_of_many_wrong_codes_the_first_are_listed_and_those_that_are_accepted_and_the_rest_counted() -> None:
    entry = Accepted(rule="uscc", unit="X999", reason="理由", by="张三")
    accepting = ENTERPRISES.model_copy(update={"accepted": (entry,)})
    found = of_code(findings(accepting, table_of_codes([f"X{number}" for number in range(1000)])), "bad_uscc")
    infos = [finding.unit for finding in found if finding.severity is Severity.INFO]
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    assert infos == ["X999"]
    assert len(errors) == MOST + 1
    assert sum(finding.more or 1 for finding in errors) == 999


def with_parent(**said: object) -> Framework:
    fields = {"a": field("a"), "parent": DataField(zh="母公司代码", kind="uscc", **said)}  # type: ignore[arg-type]
    return small(leaf("a"), time="year", fields=fields)


def test_a_field_may_be_a_code_too_and_empty_is_no_mistake() -> None:
    frame = pd.DataFrame({"zone": list("甲乙丙"), "年份": 2024, "字段a": 1.0, "母公司代码": [REAL_FORM, None, "91"]})
    (found,) = of_code(findings(with_parent(), frame), "bad_uscc")
    assert (found.unit, found.field, found.value) == ("丙", "parent", "91")


def test_two_units_of_a_year_with_one_code_are_warned_of_with_each_other_and_the_year_before_is_not() -> None:
    frame = pd.DataFrame({"zone": list("甲乙甲"), "年份": [2024, 2024, 2023], "字段a": 1.0, "母公司代码": REAL_FORM})
    found = of_code(findings(with_parent(), frame), "shared_uscc")
    assert [(each.unit, each.year, each.message.en) for each in found] == [
        ("甲", 2024, "乙 has the same code in the same year"),
        ("乙", 2024, "甲 has the same code in the same year"),
    ]


def test_several_others_with_the_code_of_a_unit_are_told_in_the_plural() -> None:
    frame = pd.DataFrame({"zone": list("甲乙丙"), "年份": 2024, "字段a": 1.0, "母公司代码": REAL_FORM})
    found = of_code(findings(with_parent(), frame), "shared_uscc")
    assert found[0].message.en == "乙, 丙 have the same code in the same year"


def test_a_code_is_a_text_to_conditions_and_has_no_measure(tmp_path: Path) -> None:
    text = f"""
id: f
title: {{zh: 试}}
unit: {{zh: 企业, key: 代码, kind: uscc}}
defaults: {{direction: higher, score: {{rule: minmax}}, missing: reweight, aggregate: arithmetic, weights: equal}}
fields:
  a: {{zh: 数, min: 0}}
  parent: {{zh: 母公司代码, kind: uscc}}
indicators:
  - {{id: i, zh: 项, formula: 'if(parent == "{REAL_FORM}", a, 0)'}}
"""
    path = tmp_path / "f.yaml"
    path.write_text(text, encoding="utf-8")
    assert ps.load_framework(path).fields["parent"].is_text
    path.write_text(text.replace("kind: uscc}\nindicators", "kind: uscc, measure: 人}\nindicators"), encoding="utf-8")
    with pytest.raises(FrameworkError) as refused:
        ps.load_framework(path)
    assert [finding.code for finding in refused.value.findings] == ["not_for_text"]


def test_a_column_of_codes_is_text_in_the_template_and_named_as_the_code(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    write_template(ENTERPRISES, tmp_path / "blank.xlsx")
    sheet = load_workbook(tmp_path / "blank.xlsx").worksheets[0]
    assert (sheet["A1"].value, sheet.column_dimensions["A"].width > 10) == ("代码", True)


def test_samples_have_valid_codes_of_a_place_that_does_not_exist() -> None:
    frame = ps.sample(ENTERPRISES, 50, 2)
    assert not frame.duplicated(["代码", "年份"]).any()
    codes = set(frame["代码"])
    assert all(is_right_to_stdnum(code) and code[2:8] == "000000" for code in codes)


def test_a_million_made_up_codes_are_all_different_and_right() -> None:
    codes = made_up_codes(np.arange(1_000_000), seed=0)
    assert len(codes.unique()) == 1_000_000
    assert are_codes(codes.to_pandas()).all()


def test_codes_are_read_in_pieces_as_in_whole(tmp_path: Path) -> None:
    codes = made_up_codes(np.arange(1000), seed=0).to_pylist()
    codes[5], codes[900] = codes[5].lower(), "91"
    path = tmp_path / "returns.parquet"
    table_of_codes(codes).to_parquet(path, row_group_size=300)
    whole, _ = read_with_findings(path, ENTERPRISES)
    assert whole is not None
    dataset = open_dataset(path, ENTERPRISES)
    units = [unit for piece in dataset.pieces(300) for unit in read_piece(dataset, piece)[0].units.tolist()]
    assert units == whole.units.tolist()
    assert [finding.value for finding in of_code(validate(ENTERPRISES, whole), "bad_uscc")] == ["91"]
