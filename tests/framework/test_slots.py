"""Slots in framework files: points that a national table keeps for a local file, filled or shown as unfilled."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkscore.findings import Finding
from parkscore.framework.building import build
from parkscore.framework.loading import load_framework, read_framework
from parkscore.framework.models import Framework
from parkscore.framework.workbook_form import read_workbook, write_workbook
from parkscore.framework.yaml_form import parse_yaml
from parkscore.framework.yaml_writing import write_yaml
from tests.framework_texts import HEAD, findings_in, only, places_and_codes

NATIONAL = """\
total: {points: 35}
weights_status: official
defaults: {direction: higher, aggregate: sum}
indicators:
  - id: "1"
    zh: 研发
    formula: staff
    measure: 人
    points: 20
    score: {rule: steps, closed: left, steps: [[5, 20]], otherwise: 0}
  - id: "2"
    zh: 特色化
    points: 15
    children:
      - {id: "2.1", zh: 地方特色指标, slot: SLOT}
"""
ITEM = (
    '{{id: "{id}", zh: 地方指标, formula: staff, measure: 人, '
    "score: {{rule: steps, closed: left, steps: [[1, {points}]], otherwise: 0}}}}"
)


def national(slot: str = "{points: 15, items: [1, 3]}", **said: str) -> str:
    text = HEAD.replace("defaults: {direction: higher}\n", "") + NATIONAL.replace("SLOT", slot)
    for old, new in said.items():
        text = text.replace(old, new)
    return text


def local(*points: float, more: str = "") -> str:
    """A file that fills the slot with indicators of so many points."""
    items = "".join(f"          - {ITEM.format(id=f'x{n}', points=each)}\n" for n, each in enumerate(points))
    return (
        "id: local\ntitle: {zh: 地方}\nextends: national\nindicators:\n"
        f'  - id: "2"\n    children:\n      - id: "2.1"\n        {more}\n        children:\n{items}'
    )


def in_files(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return folder / f"{next(iter(texts))}.yaml"


def findings_of_local(folder: Path, text: str, **said: str) -> list[Finding]:
    return findings_in(in_files(folder, local=text, national=national(**said)))


def test_an_open_slot_is_a_warning_that_says_where_and_how_to_fill_it(tmp_path: Path) -> None:
    file = in_files(tmp_path, national=national())
    found = findings_in(file)
    assert places_and_codes(found, file) == ["23:39 unfilled_slot"]
    hint = only(found).hint
    assert hint is not None
    assert (
        hint.en
        == "in a file with `extends: park`, write `children:` at the id 2.1: 1 to 3 indicators of 15 points in all"
    )
    assert hint.zh == "另写一个 extends: park 的文件，在 id 为 2.1 的项下用 children 写 1 至 3 项指标，合计 15 分"


@pytest.mark.parametrize(
    ("items", "said"),
    [
        ("", "children:` at the id 2.1: indicators of"),
        (", items: [1, 1]", "1 indicator of"),
        (", items: [9, 9]", "9 indi"),
    ],
)
def test_the_way_out_says_how_many_indicators_a_slot_takes(items: str, said: str, tmp_path: Path) -> None:
    hint = only(findings_in(in_files(tmp_path, national=national(f"{{points: 15{items}}}")))).hint
    assert hint is not None
    assert said in hint.en


@pytest.mark.parametrize("points", [(15,), (10, 5), (5, 5, 5), (14.5, 0.25, 0.25)])
def test_a_slot_that_is_filled_as_it_says_draws_no_finding(points: tuple[float, ...], tmp_path: Path) -> None:
    assert findings_of_local(tmp_path, local(*points)) == []
    framework = load_framework(tmp_path / "local.yaml")
    assert [leaf.id for leaf in framework.leaves] == ["1", *(f"x{n}" for n in range(len(points)))]


@pytest.mark.parametrize("points", [(15.01,), (14.99,), (10,), (10, 10), (5, 5, 4)])
def test_indicators_that_do_not_earn_the_points_of_the_slot_are_refused(
    points: tuple[float, ...], tmp_path: Path
) -> None:
    codes = [finding.code for finding in findings_of_local(tmp_path, local(*points))]
    assert codes == ["nominal_total"]


@pytest.mark.parametrize(
    ("points", "items", "count"),
    [((5, 5, 3, 2), "[1, 3]", 4), ((15,), "[2, 3]", 1), ((10, 5), "[1, 1]", 2)],
)
def test_too_few_or_too_many_indicators_are_refused(
    points: tuple[float, ...], items: str, count: int, tmp_path: Path
) -> None:
    found = findings_of_local(tmp_path, local(*points), slot=f"{{points: 15, items: {items}}}")
    assert [(finding.code, finding.value) for finding in found] == [("slot_items", count)]


def test_indicators_below_a_dimension_inside_the_slot_are_counted_and_not_the_dimension(tmp_path: Path) -> None:
    inner = (
        local(10).replace("children:\n          -", "children:\n          - {id: d, zh: 组, children: [").rstrip("\n")
    )
    text = inner + ", " + ITEM.format(id="y", points=5) + "]}\n"
    assert findings_of_local(tmp_path, text, slot="{points: 15, items: [2, 2]}") == []


def test_a_local_file_that_does_not_fill_the_slot_is_told_where_to_write(tmp_path: Path) -> None:
    text = "id: local\ntitle: {zh: 地方}\nextends: national\n"
    finding = only(findings_of_local(tmp_path, text))
    assert finding.code == "unfilled_slot"
    assert finding.hint is not None
    assert finding.hint.en.startswith("write `children:` at the id 2.1")


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("formula: staff", "misplaced_key"),
        ("category: stage", "misplaced_key"),
        ("measure: 人", "misplaced_key"),
        ("score: {rule: tiers, tiers: [{when: staff > 1人, points: 15}], otherwise: 0}", "misplaced_key"),
        ("points: 12", "nominal_total"),
        ("points: open", "nominal_total"),
    ],
)
def test_what_an_open_slot_cannot_say_is_refused(key: str, code: str, tmp_path: Path) -> None:
    text = national().replace('id: "2.1"', f'id: "2.1", {key}')
    assert code in {finding.code for finding in findings_in(in_files(tmp_path, national=text))}


def test_a_slot_may_repeat_its_points_and_say_how_its_children_are_put_together(tmp_path: Path) -> None:
    text = national().replace('id: "2.1"', 'id: "2.1", points: 15, aggregate: {method: capped_sum, cap: 15}')
    assert [finding.code for finding in findings_in(in_files(tmp_path, national=text))] == ["unfilled_slot"]
    in_files(tmp_path, local=local(10, 10))
    assert findings_in(tmp_path / "local.yaml") == []


@pytest.mark.parametrize(
    "slot",
    [
        *("{}", "{items: [1, 3]}", "{points: 0}", "{points: -5}", "{points: 15%}", "{points: open}", "{points: many}"),
        *("{points: 15, items: [3, 1]}", "{points: 15, items: [0, 1]}", "{points: 15, items: 3}", "{points: .inf}"),
        *("{points: 15, items: [1, 2, 3]}", "{points: 15, items: [1.5, 2]}", "{points: 15, items: [一, 三]}", "15"),
        *("{points: 15, item: [1, 3]}", "{points: 15, must_be_filled: 是}", "{points: 15, items: [true, true]}"),
    ],
)
def test_a_slot_that_is_not_one_is_refused_at_its_place(slot: str, tmp_path: Path) -> None:
    found = findings_in(in_files(tmp_path, national=national(slot)))
    assert any(finding.severity == "error" for finding in found)
    assert all(finding.place is not None and finding.place.line == 23 for finding in found)


def test_the_shape_of_a_framework_passes_the_check_with_a_warning(tmp_path: Path) -> None:
    found = findings_in(in_files(tmp_path, national=national("{points: 15, must_be_filled: true}")))
    assert [(finding.code, str(finding.severity)) for finding in found] == [("unfilled_slot", "warning")]
    assert "nothing can be scored before it is filled" in only(found).message.en


def test_points_may_stay_unsaid_only_where_the_slot_must_be_filled(tmp_path: Path) -> None:
    found = findings_in(in_files(tmp_path, national=national("{must_be_filled: true}")))
    assert [(finding.code, str(finding.severity)) for finding in found] == [("unfilled_slot", "warning")]
    errors = [
        each
        for each in findings_in(in_files(tmp_path, national=national("{items: [1, 3]}")))
        if each.severity == "error"
    ]
    assert only(errors).code == "slot_points"


SLOTS = st.fixed_dictionaries(
    {"points": st.integers(1, 1000) | st.floats(0.001, 1e6)},
    optional={
        "items": st.tuples(st.integers(1, 9), st.integers(0, 9)).map(lambda two: (two[0], two[0] + two[1])),
        "must_be_filled": st.booleans(),
    },
)


@settings(max_examples=30)
@given(SLOTS)
def test_a_slot_survives_yaml_and_workbook(slot: dict[str, Any]) -> None:
    data = dict(parse_yaml(national(), "made.yaml").data)
    data["indicators"] = ({"id": "1", "zh": "一", "slot": slot},)
    del data["total"]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "made.xlsx"
        write_workbook(data, file)
        document = read_workbook(file)
        assert document.data == data == parse_yaml(write_yaml(data), "made.yaml").data
        assert read_framework(file).framework.indicators[0].full_score == slot["points"]
    model = build(document, Framework).model
    assert model is not None
    written = model.model_dump(mode="json", by_alias=True, exclude_defaults=True)["indicators"][0]["slot"]
    assert Framework.model_validate(data).indicators[0].slot == type(model.indicators[0].slot).model_validate(written)
