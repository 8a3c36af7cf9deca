"""A folder is checked as its files would be if they were one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from parkscore.cli import scoring_datasets
from parkscore.cli.scoring import all_findings
from parkscore.data.datasets import Dataset
from parkscore.data.masked_datasets import open_masked
from parkscore.data.masking import Mask
from parkscore.data.validate import read_and_validate
from parkscore.engine import checking
from parkscore.engine.checking import check_dataset
from parkscore.findings import Finding, Severity
from parkscore.framework.models import Choice, DataField, Defaults, Framework, Jump, Label, Rule, ScoreRule, UnitKey
from parkscore.language import Text
from tests.small_frameworks import field, leaf, small

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


# --- what scoring will find ------------------------------------------------------------------------------------------

SAID: dict[str, dict[str, Any]] = {
    "a column that is the same for all, and one that nobody has": {},
    "a value that a rule cannot take": {"defaults": Defaults(weights=Choice.of("equal"), score=ScoreRule.of("log"))},
    "a reference year that no row has": {"reference": 2020},
    "groups": {"reference_within": ("park",)},
    "growth": {"indicators": (leaf("a"), leaf("growth", "b / 上年(b) - 1"))},
}
ROWS = pd.DataFrame({
    "zone": list("甲乙丙丁甲乙丙丁"), "year": [2023] * 4 + [2024] * 4, "park": list("东西东西") * 2,
    "a": 7.0, "b": [1.0, -2, 3, 4, 5, 6, 7, 8], "c": None,
})  # fmt: skip


@pytest.mark.parametrize("which", SAID)
def test_what_scoring_will_find_is_foreseen_in_pieces_as_in_memory(
    which: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = dict(SAID[which])
    fields = {name: field(name) for name in "abc"} | {"park": field("park", kind="text")}
    framework = small(*said.pop("indicators", (leaf("a"), leaf("b"), leaf("c"))), fields=fields, time="year", **said)
    ROWS.to_csv(tmp_path / "rows.csv", index=False)
    whole, _ = all_findings(framework, str(tmp_path / "rows.csv"))
    monkeypatch.setattr(checking, "ROWS_OF_PIECE", 3)
    monkeypatch.setattr(scoring_datasets, "FITS_INTO_MEMORY", 0)
    pieces, rows = all_findings(framework, str(tmp_path / "rows.csv"))
    assert rows == len(ROWS)
    assert sorted(each.render("en") for each in pieces) == sorted(each.render("en") for each in whole)
    assert whole


def test_a_large_file_is_read_in_pieces_where_these_are_told_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    FRAME.to_csv(tmp_path / "rows.csv", index=False)
    monkeypatch.setattr(scoring_datasets, "FITS_INTO_MEMORY", 0)
    opened: list[str] = []

    def opening(data: str, framework: Framework, mask: Mask | None) -> tuple[Dataset, Mask | None]:
        opened.append(data)
        return open_masked(data, framework, mask)

    monkeypatch.setattr(checking, "open_masked", opening)
    unanswered = Finding(code="not_checked_in_pieces", severity=Severity.WARNING, message=Text("未检查", "not checked"))
    for told, in_pieces in (([], True), ([unanswered], False)):
        opened.clear()
        monkeypatch.setattr(checking, "not_checked", lambda *_, told=told, **__: told)
        found, _ = all_findings(of_rules(*RULES), str(tmp_path / "rows.csv"))
        assert bool(opened) is in_pieces
        assert {"part", "leap"} <= {each.rule for each in found}
