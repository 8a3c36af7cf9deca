"""Tests of parkscore.findings and parkscore.language: what every message is made of."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.findings import (
    DataError,
    Finding,
    FrameworkError,
    ParkscoreError,
    Place,
    Severity,
    UsageError,
    errors_of,
    of_type,
    worst_first,
)
from parkscore.language import Text, in_digits, preferred_language

MESSAGE = Text("小于下限 0", "is below 0")


def test_a_finding_that_is_printed_reads_as_on_the_console(monkeypatch: pytest.MonkeyPatch) -> None:
    finding = Finding(code="below_min", severity=Severity.ERROR, message=MESSAGE, field="qd01", value=-3)
    monkeypatch.setenv("PARKSCORE_LANG", "zh")
    assert f"{finding}" == "错误 below_min: qd01 = -3: 小于下限 0"


def test_a_table_of_another_package_is_told_with_its_package() -> None:
    assert of_type("data", pd.Series(), MESSAGE).message.en == "`data` cannot be a pandas.Series"
    assert of_type("data", [], MESSAGE).message.en == "`data` cannot be a list"


def test_a_value_of_a_cell_is_told_as_it_was_typed_and_not_as_a_program_keeps_it() -> None:
    values = (-520000.0, 1.35854535e12, 33.3, "五", 7)
    told = [Finding(code="x", severity=Severity.ERROR, message=MESSAGE, field="收入", value=value) for value in values]
    assert [each.render("zh").partition("收入 = ")[2].partition(":")[0] for each in told] == [
        "-520000",
        "1358545350000",
        "33.3",
        "五",
        "7",
    ]


@pytest.mark.parametrize(
    "number", [99999999.9999999, 9.99999999999999e-09, 99999999999.9999, 0.99999951, 999999.5, 1e15]
)
@pytest.mark.parametrize("significant", [6, 10, 15])
def test_a_number_close_below_a_power_of_ten_keeps_all_digits_that_were_asked_for(
    number: float, significant: int
) -> None:
    assert float(in_digits(number, significant)) == float(
        f"{number:.{significant}g}" if number < 10**significant else f"{number:.0f}"
    )


def finding(severity: Severity = Severity.ERROR, **said: Any) -> Finding:
    return Finding(**({"code": "below_min", "severity": severity, "message": MESSAGE} | said))


# --- places ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        (Place("park.yaml"), "park.yaml"),
        (Place("park.yaml", line=41), "park.yaml:41"),
        (Place("park.yaml", line=41, column=17), "park.yaml:41:17"),
        (Place("zones.xlsx", sheet="2024"), "zones.xlsx!2024"),
        (Place("zones.xlsx", sheet="2024", cell="F17"), "zones.xlsx!2024!F17"),
    ],
)
def test_a_place_is_shown_as_far_as_it_is_known(place: Place, shown: str) -> None:
    assert str(place) == shown


# --- as text -----------------------------------------------------------------------------------------------------


def test_a_finding_says_where_what_why_and_what_to_do() -> None:
    found = finding(
        place=Place("z.csv", line=2, column=4),
        field="qd01",
        value=-3,
        unit="合肥",
        year=2024,
        rule="min 0",
        hint=Text("更正", "correct it"),
    )
    assert found.render("en").splitlines() == [
        "z.csv:2:4  error below_min: qd01 = -3: is below 0",
        "    合肥, 2024, rule min 0",
        "    hint: correct it",
    ]
    assert found.render("zh").splitlines() == [
        "z.csv:2:4  错误 below_min: qd01 = -3: 小于下限 0",
        "    合肥, 2024, 规则 min 0",
        "    办法: 更正",
    ]


def test_a_finding_that_knows_little_takes_one_line() -> None:
    assert finding(Severity.WARNING).render("en") == "warning below_min: is below 0"
    assert finding(Severity.INFO, value=0).render("en") == "info below_min: 0: is below 0"


def test_a_year_of_zero_and_a_value_of_zero_are_shown() -> None:
    assert finding(year=0, field="x", value=0).render("en") == "error below_min: x = 0: is below 0\n    0"


# --- as data -----------------------------------------------------------------------------------------------------


def test_a_finding_as_data_has_every_key_whatever_it_knows() -> None:
    keys = {"code", "severity", "message", "hint", "file", "line", "column", "sheet", "cell"}
    keys |= {"unit", "field", "year", "value", "rule"}
    assert set(finding().as_dict("en")) == keys
    assert set(finding(place=Place("a", sheet="b", cell="C3"), hint=MESSAGE, unit="x").as_dict("zh")) == keys


def test_a_finding_as_data_speaks_the_language_asked_for() -> None:
    found = finding(hint=Text("更正", "correct it"), place=Place("z.csv", line=2))
    assert (found.as_dict("zh")["message"], found.as_dict("zh")["hint"]) == ("小于下限 0", "更正")
    assert (found.as_dict("en")["message"], found.as_dict("en")["hint"]) == ("is below 0", "correct it")
    assert (found.as_dict("en")["file"], found.as_dict("en")["line"], found.as_dict("en")["cell"]) == ("z.csv", 2, None)


VALUES = [(np.float64(1.5), 1.5), (np.int64(3), 3), (np.bool_(True), True), (math.nan, "nan"), (-math.inf, "-inf")]
VALUES += [((1, 2), "(1, 2)"), ("文字", "文字"), (None, None), (0, 0)]


@pytest.mark.parametrize(("value", "plain"), VALUES, ids=repr)
def test_any_value_becomes_something_json_can_hold(value: Any, plain: Any) -> None:
    data = finding(value=value).as_dict("en")
    assert data["value"] == plain
    assert json.loads(json.dumps(data, allow_nan=False)) == data


# --- order -------------------------------------------------------------------------------------------------------

PLACES = st.builds(
    Place, st.sampled_from("ab"), line=st.none() | st.integers(1, 3), column=st.none() | st.integers(1, 3)
)
FINDINGS = st.builds(finding, st.sampled_from(Severity), place=st.none() | PLACES, value=st.integers(0, 9))


@given(st.lists(FINDINGS, max_size=8))
def test_findings_are_sorted_worst_first_then_by_place_and_none_is_lost(findings: list[Finding]) -> None:
    ordered = worst_first(findings)
    rank = [Severity.ERROR, Severity.WARNING, Severity.INFO]
    assert [rank.index(each.severity) for each in ordered] == sorted(rank.index(each.severity) for each in findings)
    assert sorted(map(repr, ordered)) == sorted(map(repr, findings))
    lines = [
        each.place.line or 0
        for each in ordered
        if each.place and each.severity is Severity.ERROR and each.place.file == "a"
    ]
    assert lines == sorted(lines)


@given(st.lists(FINDINGS, max_size=8))
def test_findings_of_one_place_keep_their_order(findings: list[Finding]) -> None:
    same = [finding(value=each.value) for each in findings]
    assert worst_first(same) == same


def test_only_errors_stop_a_run() -> None:
    findings = [finding(severity) for severity in Severity]
    assert errors_of(findings) == [finding(Severity.ERROR)]


# --- errors ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "exit_code"), [(ParkscoreError, 1), (UsageError, 2), (DataError, 3), (FrameworkError, 4)]
)
def test_each_kind_of_error_has_its_exit_code(kind: type[ParkscoreError], exit_code: int) -> None:
    assert kind(finding()).exit_code == exit_code


def test_an_error_keeps_all_findings_worst_first() -> None:
    error = DataError([finding(Severity.INFO), finding(Severity.ERROR)])
    assert [each.severity for each in error.findings] == [Severity.ERROR, Severity.INFO]
    assert DataError(finding()).findings == [finding()]


def test_an_error_reads_as_its_findings_in_the_language_of_the_console(monkeypatch: pytest.MonkeyPatch) -> None:
    error = UsageError([finding(), finding(Severity.WARNING)])
    monkeypatch.setenv("PARKSCORE_LANG", "zh")
    assert str(error) == "错误 below_min: 小于下限 0\n警告 below_min: 小于下限 0"
    monkeypatch.setenv("PARKSCORE_LANG", "en")
    assert str(error) == "error below_min: is below 0\nwarning below_min: is below 0"


# --- language ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "ZH_TW"}, "zh"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, "en"),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "", "LC_MESSAGES": ""}, "zh"),
        ({"LANG": "en_US.UTF-8", "PARKSCORE_LANG": "zh"}, "zh"),
    ],
)
def test_the_language_is_what_parkscore_lang_says_else_the_locale_else_english(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], language: str
) -> None:
    for variable in ("PARKSCORE_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(variable, raising=False)
    for variable, value in environment.items():
        monkeypatch.setenv(variable, value)
    assert preferred_language() == language


def test_a_finding_that_counts_others_comes_right_after_the_last_of_its_kind() -> None:
    def at(line: int, code: str = "odd") -> Finding:
        place = Place("z.csv", line=line)
        return Finding(code=code, severity=Severity.ERROR, message=Text("一", "one"), place=place, field="a")

    rest = Finding(code="odd", severity=Severity.ERROR, message=Text("另有", "and 7 more"), field="a", more=7)
    by_code = Finding(code="bad", severity=Severity.ERROR, message=Text("另有", "and 9 more"), more=9)
    ordered = worst_first([rest, by_code, at(9, "bad"), at(2), at(4), at(3, "bad")])
    assert [
        (finding.code, finding.more or finding.place.line) for finding in ordered if finding.place or finding.more
    ] == [
        ("odd", 2),
        ("bad", 3),
        ("odd", 4),
        ("odd", 7),
        ("bad", 9),
        ("bad", 9),
    ]
    assert ordered[-1] is by_code


def test_rows_and_columns_of_a_sheet_come_in_their_order_and_not_in_that_of_their_letters() -> None:
    cells = ("D3", "AA3", "C11", "D29", "2")
    found = [finding(place=Place("z.xlsx", sheet="a", cell=cell)) for cell in reversed(cells)]
    assert [str(each.place).split("!")[-1] for each in worst_first(found)] == ["2", "D3", "AA3", "C11", "D29"]
