"""The edits on the page about changing a framework do what the page says, each in one file."""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
import pytest

import parkscore as ps
from parkscore.findings import Finding
from parkscore.framework.loading import read_framework
from parkscore.shipped import framework_path
from tests.framework_texts import findings_in

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "changing-a-framework.md").read_text(encoding="utf-8")
EDITS = re.findall(r"^```diff (\S+)\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
(LOCAL,) = re.findall(r"^```yaml local\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)
THRESHOLD, GATE, FIELD, CLASS = range(4)


def edited(tmp_path: Path, *numbers: int) -> Path:
    """A copy of what ships with these edits made, as somebody would who reads the page."""
    name = EDITS[numbers[0]][0]
    shipped = framework_path(name)
    assert shipped is not None
    text = shipped.read_text(encoding="utf-8").replace(f"id: {name}\n", "id: my-points\n", 1)
    for number in numbers:
        lines = EDITS[number][1].splitlines()
        old = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("+"))
        new = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("-"))
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file = tmp_path / "my-points.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def codes(found: list[Finding], severity: str) -> list[str]:
    return [finding.code for finding in found if finding.severity == severity]


def one(**cells: object) -> pd.DataFrame:
    return pd.DataFrame([{"enterprise": "甲", "year": 2025, **cells}])


@pytest.mark.parametrize(
    ("share", "before", "after"), [(29, 16, 16), (30, 20, 16), (32, 20, 16), (34, 20, 16), (35, 20, 20)]
)
def test_a_new_threshold_is_one_edit(tmp_path: Path, share: float, before: float, after: float) -> None:
    table = one(science_staff=share, staff=100)
    assert ps.evaluate("tech-sme", table).nodes["staff_share"].tolist() == [before]
    assert ps.evaluate(edited(tmp_path, THRESHOLD), table).nodes["staff_share"].tolist() == [after]


@pytest.mark.parametrize("steps", ["[35, 20], [25, 21]", "[35, 20], [40, 16]"])
def test_a_threshold_out_of_order_or_points_beyond_the_total_are_refused_by_line(tmp_path: Path, steps: str) -> None:
    file = edited(tmp_path, THRESHOLD)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("[35, 20], [25, 16]", steps), encoding="utf-8")
    errors = [finding for finding in findings_in(file) if finding.severity == "error"]
    assert errors
    assert all(finding.place is not None and finding.place.line for finding in errors)


def test_a_new_condition_asks_for_its_field_and_then_holds_or_does_not(tmp_path: Path) -> None:
    assert "unknown_field" in codes(findings_in(edited(tmp_path, GATE)), "error")
    file = edited(tmp_path, GATE, FIELD)
    outcomes = [
        ps.evaluate(file, one(exports=exports, sales=100)).gates.set_index("gate")["outcome"]["exporter"]
        for exports in (9.9, 10, None)
    ]
    assert outcomes == ["not_met", "met", "unknown"]


def test_a_local_indicator_is_a_file_that_says_only_what_is_new(tmp_path: Path) -> None:
    file = tmp_path / "my-province-2022.yaml"
    file.write_text(LOCAL, encoding="utf-8")
    assert "unfilled_slot" in codes(list(read_framework("specialised-sme-2022").findings), "warning")
    assert "unfilled_slot" not in codes(findings_in(file), "warning")
    points = [ps.evaluate(file, one(export_share=share)).nodes["local"].iloc[0] for share in (9.9, 10, 29.9, 30)]
    assert points == [0, 8, 8, 15]


def test_a_local_indicator_of_other_points_than_the_slot_holds_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "my-province-2022.yaml"
    file.write_text(LOCAL.replace("points: 15", "points: 10").replace("[30, 15]", "[30, 10]"), encoding="utf-8")
    assert codes(findings_in(file), "error") == ["nominal_total"]


@pytest.mark.parametrize(("revenue", "name"), [(99_999, "mature"), (100_000, "leader"), (9_999, "strong")])
def test_a_new_class_is_one_edit(tmp_path: Path, revenue: float, name: str) -> None:
    assert ps.evaluate(edited(tmp_path, CLASS), one(revenue=revenue)).classes["class"].tolist() == [name]


@pytest.mark.parametrize(
    ("old", "new", "severity", "code"),
    [
        ("1亿元 <= revenue < 10亿元", "revenue >= 1亿元", "error", "class_overlap"),
        ("1亿元 <= revenue < 10亿元", "1亿元 <= revenue < 9亿元", "warning", "class_gap"),
    ],
)
def test_a_class_that_overlaps_its_neighbour_or_leaves_a_hole_is_named(
    tmp_path: Path, old: str, new: str, severity: str, code: str
) -> None:
    file = edited(tmp_path, CLASS)
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1
    file.write_text(text.replace(old, new), encoding="utf-8")
    assert code in codes(findings_in(file), severity)
