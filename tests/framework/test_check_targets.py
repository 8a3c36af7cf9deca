"""Tests of parkscore.framework.check_targets: every mistake in a target, where it stands and the way out."""

from __future__ import annotations

from pathlib import Path

import pytest

from parkscore.findings import Severity
from parkscore.framework.loading import read_framework
from tests.framework_texts import findings_in, only, places_and_codes, unmarked, with_indicators

GOAL = "measure: 万元/人, at_least: 5, by: 2025"


def aiming(*lines: str) -> str:
    """A framework with one indicator and these lines of targets."""
    indicator = '- {id: "1", zh: 一, formula: money / staff, measure: 万元/人}'
    return with_indicators(indicator) + "targets:\n" + "".join(f"  {line}\n" for line in lines)


def written(folder: Path, text: str) -> Path:
    file = folder / "park.yaml"
    file.write_text(text, encoding="utf-8")
    return file


SOUND = (
    f"- {{id: a, zh: 均, value: all_sum(money) / 全体合计(staff), {GOAL}, from: {{year: 2019}}, path: linear}}",
    "- {id: b, zh: 占比, value: 单位占比(money >= 5万元), measure: '%', at_least: 50, by: 2025, path: linear}",
    "- {id: c, zh: 年均, value: '年均增长率(all_sum(money), 2020)', at_least: 4%, by: 2025, source: 通知}",
    "- {id: d, zh: 增长, value: \"增长率(全体合计(if(stage == 'A', money, 0)))\", at_most: -4%, by: 2025}",
    "- {id: e, zh: 家数, value: all_sum(1), at_least: 100, by: 2030, from: {year: 2020}}",
    "- {id: f, zh: 差, value: all_sum(money) / 4 - 上年(all_sum(money)), measure: 亿元, at_least: 0, by: 2030}",
)


def test_sound_targets_draw_no_finding(tmp_path: Path) -> None:
    file = written(tmp_path, aiming(*SOUND))
    assert findings_in(file) == []
    framework = read_framework(file).framework
    assert [(each.goal, each.way) for each in framework.targets] == [
        *((5, "linear"), (50, "linear"), (0.04, None), (-0.04, None), (100, "compound"), (0, None)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "code", "says", "hint"),
    [
        (f"- {{id: a, zh: 标, value: all_sum(money) / ▲staff, {GOAL}}}", "not_whole", "each single unit", "all_sum(x)"),
        (f"- {{id: a, zh: 标, value: all_sum(▲monny) / all_sum(staff), {GOAL}}}", "unknown_field", "monny", "`money`"),
        (f"- {{id: a, zh: 标, value: all_sum(money + ▲staff), {GOAL}}}", "measure", "people", ""),
        (f"- {{id: a, zh: 标, value: ▲all_sum(money), {GOAL}}}", "measure", "money", ""),
        ("- {id: a, zh: 标, value: ▲all_sum(money), at_least: 5, by: 2025}", "measure", "plain number", ""),
        (f"- {{id: a, zh: 标, value: all_sum(▲all_sum(money)), {GOAL}}}", "formula", "inside another", "outside"),
        ("- {id: a, zh: 标, value: share_of_units(▲money), at_least: 5, by: 2025}", "measure", "condition", "x > 0"),
        ("- {id: a, zh: 标, value: all_sum(▲stage), at_least: 5, by: 2025}", "measure", "not a text", ""),
        ("- {id: a, zh: 标, value: 'cagr_since(all_sum(money), ▲20)', at_least: 5, by: 3}", "formula", "year", "2020"),
        ("- {id: a, zh: 标, value: ▲all_sum(), at_least: 5, by: 2025}", "formula", "", ""),
        ("- ▲{id: a, zh: 标, value: all_sum(1), by: 2025}", "target_goal", "no goal", "at_most"),
        ("- ▲{id: a, zh: 标, value: all_sum(1), at_most: 5, at_least: 4, by: 2025}", "target_goal", "together", ""),
        ("- ▲{id: a, zh: 标, value: all_sum(1), at_least: 5}", "missing_key", "", ""),
        ("- {id: a, zh: 标, value: all_sum(1), at_least: 5, by: ▲2025年}", "wrong_type", "whole number", ""),
        ("- {id: a, zh: 标, value: all_sum(1), at_least: 5, by: 2, from: {year: ▲2}}", "out_of_bounds", "before 2", ""),
        (
            "- ▲{id: a, zh: 标, value: all_sum(1), at_least: 0, by: 2025, path: compound}",
            *("path_through_zero", "0 or below", "linear"),
        ),
        (
            "- ▲{id: a, zh: 标, value: all_sum(1), at_least: 5, by: 2025, from: {year: 2019, value: -3}}",
            *("path_through_zero", "0 or below", "linear"),
        ),
        (
            "- {id: a, zh: 标, value: share_of_units(money > 0千元), measure: '%', at_least: ▲50%, by: 2025}",
            *("percent_of_measure", "50% is 0.5", "leave out `measure:`"),
        ),
        ("- {id: a, zh: 标, value: all_sum(1), at_least: 5, by: 2025, path: ▲bent}", "unknown_choice", "linear", ""),
        ("- {id: a, zh: 标, value: all_sum(1), measure: ▲吨吨, at_least: 5, by: 2025}", "unknown_measure", "", ""),
        ("- {id: a, zh: 标, value: all_sum(1), at_least: 5, by: 2025, ▲untl: 3}", "unknown_key", "", ""),
    ],
)  # fmt: skip
def test_a_mistake_is_told_where_it_stands_with_the_way_out(
    tmp_path: Path, line: str, code: str, says: str, hint: str
) -> None:
    text, places = unmarked(aiming(line))
    file = written(tmp_path, text)
    finding = only(findings_in(file))
    assert finding.code == code
    if places:
        assert places_and_codes([finding], file) == [f"{places[0]} {code}"]
    assert says in finding.message.en
    assert hint in (finding.hint.en if finding.hint is not None else "")


def test_a_path_that_begins_where_the_goal_is_met_is_a_warning(tmp_path: Path) -> None:
    line = "- {id: a, zh: 标, value: all_sum(1), at_most: 5, by: 2025, from: ▲{year: 2019, value: 4}}"
    text, places = unmarked(aiming(line))
    file = written(tmp_path, text)
    finding = only(findings_in(file))
    assert places_and_codes([finding], file) == [f"{places[0]} met_at_start"]
    assert finding.severity is Severity.WARNING


def test_two_targets_of_one_id_and_targets_without_years_are_refused(tmp_path: Path) -> None:
    one = "- {id: ▲a, zh: 标, value: all_sum(1), at_least: 5, by: 2025}"
    text, places = unmarked(aiming(one.replace("▲", ""), one))
    file = written(tmp_path, text)
    assert places_and_codes(findings_in(file), file) == [f"{places[0]} duplicate_id"]
    without = written(tmp_path, aiming(one.replace("▲", "")).replace("time: year\n", ""))
    assert only(findings_in(without)).code == "no_time"


@pytest.mark.parametrize("where", ["formula: all_sum(money), measure: 千元", "formula: share_of_units(money > 0千元)"])
def test_amounts_of_all_units_belong_in_targets_only(tmp_path: Path, where: str) -> None:
    file = written(tmp_path, with_indicators(f'- {{id: "1", zh: 一, {where}}}'))
    finding = only(findings_in(file))
    assert (finding.code, finding.message.zh[-11:]) == ("measure", "只用于 targets")


def test_a_framework_may_have_targets_alone(tmp_path: Path) -> None:
    text = aiming(SOUND[0]).replace("defaults: {direction: higher}\n", "")
    head, tail = text.split("indicators:\n")
    file = written(tmp_path, head + tail[tail.index("targets:") :])
    assert findings_in(file) == []
