"""Tests of parkscore.framework.check_lists: every mistake in a list, where it stands and the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from parkscore.framework.loading import read_framework
from tests.framework_texts import findings_in, found_at_marks, only, with_indicators


def listing(*lines: str) -> str:
    """A framework with one indicator and these lines of lists."""
    indicator = '- {id: "1", zh: 一, formula: money / staff, measure: 万元/人}'
    return with_indicators(indicator) + "lists:\n" + "".join(f"  {line}\n" for line in lines)


SOUND = (
    "- {id: a, zh: 前十, top: 10, per: stage, source: 通知}",
    "- {id: b, zh: 按得分, by: '[1]', direction: lower}",
    "- {id: c, zh: 人均收入, require: 'total >= 60 and money >= 5000万元', by: '值([1]) - 上年(值([1]))'}",
)


def test_sound_lists_draw_no_finding(tmp_path: Path) -> None:
    file = tmp_path / "park.yaml"
    file.write_text(listing(*SOUND), encoding="utf-8")
    assert [each.id for each in read_framework(file).framework.lists] == ["a", "b", "c"]
    assert findings_in(file) == []


@pytest.mark.parametrize(
    ("line", "code", "says", "hint"),
    [
        ("- {id: a, zh: 单, require: ▲monny >= 1}", "unknown_field", "monny", "`money`"),
        ("- {id: a, zh: 单, require: money >= ▲100人}", "measure", "people", ""),
        ("- {id: a, zh: 单, require: ▲total + 1}", "formula", "condition", "x > 0"),
        ("- {id: a, zh: 单, by: ▲monny}", "unknown_field", "monny", "`money`"),
        ("- {id: a, zh: 单, by: money + ▲staff}", "measure", "people", ""),
        ("- {id: a, zh: 单, by: ▲stage}", "measure", "not a text", ""),
        ("- {id: a, zh: 单, by: ▲值(2)}", "measure", "", ""),
        ("- {id: a, zh: 单, per: ▲park}", "unknown_field", "park", "stage"),
        ("- {id: a, zh: 单, per: ▲money}", "not_a_text", "money", "kind: text"),
        ("- {id: a, zh: 单, top: ▲0}", "out_of_bounds", "", ""),
        ("- {id: a, zh: 单, top: ▲1.5}", "wrong_type", "whole number", ""),
        ("- {id: a, zh: 单, direction: ▲down}", "unknown_choice", "higher", ""),
        ("- {id: a, zh: 单, ▲topp: 5}", "unknown_key", "", "`top`"),
        ("- ▲{id: a, top: 5}", "no_name", "", ""),
    ],
)
def test_a_mistake_is_told_where_it_stands_with_the_way_out(
    tmp_path: Path, line: str, code: str, says: str, hint: str
) -> None:
    finding = only(found_at_marks(listing(line), tmp_path / "park.yaml"))
    assert finding.code == code
    assert says in finding.message.en
    assert hint in (finding.hint.en if finding.hint is not None else "")


def test_two_lists_of_one_id_are_refused(tmp_path: Path) -> None:
    found = found_at_marks(listing("- {id: a, zh: 甲}", "- {id: ▲a, zh: 乙}"), tmp_path / "park.yaml")
    assert only(found).code == "duplicate_id"


def test_a_local_file_adds_a_list_and_changes_the_places_of_another(tmp_path: Path) -> None:
    (tmp_path / "park.yaml").write_text(listing(*SOUND), encoding="utf-8")
    local = tmp_path / "local.yaml"
    local.write_text(
        "id: local\ntitle: {zh: 地方}\nextends: park.yaml\nlists:\n  - {id: a, top: 5}\n  - {id: d, zh: 新单}\n",
        encoding="utf-8",
    )
    lists = read_framework(local).framework.lists
    assert [(each.id, each.top) for each in lists] == [("a", 5), ("b", None), ("c", None), ("d", None)]
