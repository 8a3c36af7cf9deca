"""A folder is checked as its files would be if they were one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from parkscore.data.masking import Mask
from parkscore.data.validate import read_and_validate
from parkscore.engine.checking import check_dataset
from parkscore.findings import Finding
from parkscore.framework.models import DataField, Framework, Jump, Label, Rule, UnitKey

FIELDS = {"a": DataField(zh="甲项", min=0.0, max=100.0), "b": DataField(zh="乙项")}
RULES = (
    Rule(id="part", zh="乙不大于甲", require="b <= a"),
    Rule(id="leap", zh="陡增", jump=Jump(fields=("a",), factor=5.0)),
)
FRAME = pd.DataFrame(
    [("区一", 2023, 1.0, 0.5), ("区二", 2023, 4.0, 9.0), ("区一", 2024, 90.0, 1.0), ("区三", 2024, 2.0, 1.0)],
    columns=["高新区", "年份", "甲项", "乙项"],
)


def of_rules(*rules: Rule) -> Framework:
    key = UnitKey(key="zone", zh="高新区")
    return Framework(id="f", title=Label(zh="例"), unit=key, time="year", fields=FIELDS, rules=rules, indicators=())


def kinds(findings: list[Finding]) -> list[Any]:
    return sorted((each.code, str(each.rule), str(each.unit), str(each.year), str(each.value)) for each in findings)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def write(folder: Path, frame: pd.DataFrame) -> None:
    for year, own in frame.groupby("年份"):
        own.to_csv(folder / f"{year}.csv", index=False)


@pytest.mark.parametrize("rules", [RULES[:1], RULES])
def test_rules_find_in_a_folder_what_they_find_in_one_file(folder: Path, rules: tuple[Rule, ...]) -> None:
    write(folder, FRAME)
    FRAME.to_csv(folder.parent / "all.csv", index=False)
    framework = of_rules(*rules)
    _, expected = read_and_validate(folder.parent / "all.csv", framework)
    found, rows = check_dataset(framework, folder)
    assert rows == 4
    assert kinds(found) == kinds(expected)
    assert {each.rule for each in found} >= {rule.id for rule in rules}


def test_bad_cells_limits_and_units_that_stand_twice_are_found_across_files(folder: Path) -> None:
    write(folder, FRAME)
    extra = FRAME.iloc[[1]].astype({"甲项": object})
    extra.assign(甲项="x").to_csv(folder / "more.csv", index=False)
    found, rows = check_dataset(of_rules(RULES[0]), folder)
    assert rows is None
    assert {"text_in_number", "duplicate_row"} <= {each.code for each in found}


def test_a_file_unlike_the_others_is_found(folder: Path) -> None:
    write(folder, FRAME)
    FRAME.drop(columns="甲项").to_csv(folder / "other.csv", index=False)
    found, rows = check_dataset(of_rules(), folder)
    assert (rows, "other_column" in {each.code for each in found}) == (None, True)


def test_a_masked_check_names_no_unit(folder: Path) -> None:
    write(folder, FRAME)
    found, _ = check_dataset(of_rules(*RULES), folder, Mask(b"k" * 32))
    assert found
    assert not any("区" in str(each.unit) or "区二" in each.render("zh") for each in found)
