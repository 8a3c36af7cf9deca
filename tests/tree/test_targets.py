"""Tests of parkscore.tree.targets: what all units have reached, the path to the goal, and what cannot be told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from parkscore import evaluate
from parkscore.evaluation import Evaluation
from parkscore.framework.models import Framework, ScoreRule, Target, TargetStart
from tests.small_frameworks import field, leaf, panel, small

FIELDS = {
    "energy": field("energy", measure="吨标准煤"),
    "product": field("product", measure="万元"),
    "stage": field("stage", kind="text"),
}
PER_PRODUCT = "all_sum(energy) / all_sum(product)"


def aim(code: str = "t", value: str = PER_PRODUCT, **said: Any) -> Target:
    usual = {"zh": f"目标{code}", "en": f"target {code}", "by": 2025, "measure": "吨标准煤/万元"}
    if "from" in said:
        year, first = said.pop("from")
        said["start"] = TargetStart(year=year, value=first)
    return Target(id=code, value=value, **(usual | said))


def aiming(*targets: Target, **said: Any) -> Framework:
    """A framework with an indicator that is not looked at, and these targets."""
    return small(leaf("one", "s", score=ScoreRule.of("as_is")), fields=FIELDS, targets=targets, time="year", **said)


def pursued(*targets: Target, text: str) -> Evaluation:
    return evaluate(aiming(*targets), panel(text).assign(s=1.0))


def line(evaluation: Evaluation, year: int, code: str = "t") -> dict[str, Any]:
    frame = evaluation.targets
    return dict(frame[(frame["target"] == code) & (frame["year"] == year)].iloc[0])


# --- golden ---------------------------------------------------------------------------------------------------------

# Two zones of one size whose sums are the published ratios: 0.464 in 2019, 0.423 in 2022.
ZONES = """
zone year energy product stage
甲   2019 200    500     A
乙   2019 264    500     A
甲   2022 189.5  500     A
乙   2022 233.5  500     A
"""


def test_energy_per_value_added_of_national_zones_2019_to_2022_as_published_by_the_two_ministries() -> None:
    goal = aim(at_most=0.4, path="compound", **{"from": (2019, 0.464)})
    found = line(pursued(goal, text=ZONES), 2022)
    assert found["value"] == pytest.approx(0.423, abs=1e-15)
    assert (found["outcome"], found["standing"]) == ("not_met", "ahead")
    assert f"{0.423 / 0.464 - 1:.3f}" == "-0.088"
    assert (f"{found['so_far']:.1f}", f"{found['needed']:.1f}", found["rate_measure"]) == ("-3.0", "-1.8", "%")
    assert found["on_path"] == pytest.approx(0.464 * (0.4 / 0.464) ** 0.5)


def test_the_innovation_index_of_zhangjiagang_says_per_cent_of_one_change_and_points_of_the_other() -> None:
    text = "zone year energy product stage\n张 2018 100 1 A\n张 2019 117.05 1 A\n张 2020 139.41 1 A"
    index = aim(value="all_sum(energy / 1吨标准煤)", measure=None, at_least=200, **{"from": (2018, 100)})
    evaluation = pursued(index, text=text)
    found = line(evaluation, 2020)
    assert (found["change"], found["change_measure"]) == (22.36, "点")
    assert f"{found['growth_percent']:.2f} {found['so_far']:.2f} {found['rate_measure']}" == "19.10 18.07 %"
    assert "比上年 +22.36 点（+19.10%）；2018 年以来年均 +18.07%" in found["reason_zh"]
    assert "+22.36 points on the year before (+19.10%); +18.07% a year since 2018" in found["reason_en"]
    first = line(evaluation, 2019)
    assert (first["change"], f"{first['growth_percent']:.2f}") == (17.05, "17.05")


# --- goals, just below, at and just above ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("goal", "energy", "outcome"),
    [
        *(({"at_most": 0.4}, energy, said) for energy, said in ((399.9, "met"), (400, "met"), (400.1, "not_met"))),
        *(({"at_least": 0.4}, energy, said) for energy, said in ((399.9, "not_met"), (400, "met"), (401, "met"))),
    ],
)  # fmt: skip
def test_a_goal_is_met_at_its_bound_and_on_its_own_side(goal: dict[str, float], energy: float, outcome: str) -> None:
    text = f"zone year energy product stage\n甲 2025 {energy} 1000 A"
    assert line(pursued(aim(**goal), text=text), 2025)["outcome"] == outcome


@pytest.mark.parametrize(("third", "share", "outcome"), [(299, 75.0, "met"), (300, 50.0, "met"), (301, 50.0, "met")])
def test_a_share_of_units_counts_those_below_the_threshold(third: float, share: float, outcome: str) -> None:
    condition = "单位占比(energy / product < 0.3吨标准煤 / 1万元)"
    text = f"""
    zone year energy product stage
    甲   2025 100    1000    A
    乙   2025 200    1000    A
    丙   2025 {third} 1000   A
    丁   2025 900    1000    A
    """
    found = line(pursued(aim(value=condition, measure="%", at_least=50), text=text), 2025)
    assert (found["value"], found["outcome"], found["change_measure"]) == (share, outcome, None)


def test_a_share_that_falls_short_of_half_is_not_met_and_changes_by_percentage_points() -> None:
    text = """
    zone year energy product stage
    甲   2024 100    1000    A
    乙   2024 100    1000    A
    甲   2025 100    1000    A
    乙   2025 400    1000    A
    丙   2025 400    1000    A
    """
    goal = aim(value="share_of_units(energy / product < 0.3吨标准煤 / 1万元)", measure="%", at_least=50, path="linear")
    found = line(pursued(goal, text=text), 2025)
    assert found["outcome"] == "not_met"
    assert found["change"] == pytest.approx(100 / 3 - 100)
    assert (found["change_measure"], np.isnan(found["growth_percent"])) == ("百分点", True)
    assert "个百分点" in found["reason_zh"]
    assert "percentage points" in found["reason_en"]


def test_a_ratio_of_all_units_is_a_ratio_of_sums() -> None:
    text = "zone year energy product stage\n甲 2025 1 1 A\n乙 2025 0 999 A"
    assert line(pursued(aim(at_most=1), text=text), 2025)["value"] == pytest.approx(0.001)


def test_last_years_sum_is_that_of_the_units_of_last_year() -> None:
    text = "zone year energy product stage\n甲 2024 10 1 A\n乙 2024 30 1 A\n丙 2025 50 1 A"
    goal = aim(value="all_sum(energy) - 上年(all_sum(energy))", measure="吨标准煤", at_least=10)
    evaluation = pursued(goal, text=text)
    assert line(evaluation, 2025)["value"] == 10
    assert line(evaluation, 2024)["outcome"] == "unknown"
    assert line(evaluation, 2024)["reason_en"] == "the data have no year 2023"


def test_a_yearly_fall_since_a_base_year_is_judged_in_each_later_year() -> None:
    text = "zone year energy product stage\n" + "\n".join(
        f"甲 {year} {amount} 1000 A" for year, amount in ((2020, 100), (2021, 97), (2022, 92.16), (2023, 80))
    )
    goal = aim(value=f"cagr_since({PER_PRODUCT}, 2020)", measure="%", at_most=-4)
    evaluation = pursued(goal, text=text)
    assert evaluation.targets["outcome"].tolist() == ["unknown", "not_met", "met", "met"]
    assert line(evaluation, 2022)["value"] == pytest.approx(-4)
    assert line(evaluation, 2020)["reason_zh"] == "2020 年之后才有"


# --- the path -------------------------------------------------------------------------------------------------------

FALLING = "zone year energy product stage\n" + "\n".join(
    f"甲 {year} {energy} 1000 A"
    for year, energy in ((2018, 700), (2019, 640), (2020, 550), (2021, 480), (2023, 300), (2025, 200), (2026, 150))
)


@pytest.mark.parametrize(
    ("path", "asked"),
    [("linear", {2019: 640, 2021: 480, 2023: 320}), ("compound", {2019: 640, 2021: 403.175, 2023: 253.984})],
)
def test_what_the_path_asks_for_in_each_year(path: str, asked: dict[int, float]) -> None:
    goal = aim(value="all_sum(energy)", measure="吨标准煤", at_most=160, path=path, **{"from": (2019, 640)})
    evaluation = pursued(goal, text=FALLING)
    assert {year: line(evaluation, year)["on_path"] for year in asked} == pytest.approx(asked, abs=1e-3)
    assert np.isnan(line(evaluation, 2018)["on_path"])
    assert line(evaluation, 2018)["standing"] is None
    assert [line(evaluation, year)["on_path"] for year in (2025, 2026)] == [160, 160]
    assert line(evaluation, 2019)["standing"] == "on_path"
    assert line(evaluation, 2025)["standing"] == "behind"
    assert (line(evaluation, 2026)["standing"], line(evaluation, 2026)["outcome"]) == ("ahead", "met")


def test_on_a_linear_path_changes_a_year_are_amounts() -> None:
    goal = aim(value="all_sum(energy)", measure="吨标准煤", at_most=160, path="linear", **{"from": (2019, 640)})
    evaluation = pursued(goal, text=FALLING)
    found = line(evaluation, 2023)
    assert (found["so_far"], found["needed"], found["rate_measure"], found["standing"]) == (
        -85,
        -70,
        "吨标准煤",
        "ahead",
    )
    assert (line(evaluation, 2021)["so_far"], line(evaluation, 2021)["standing"]) == (-80, "on_path")
    assert (line(evaluation, 2020)["so_far"], line(evaluation, 2020)["standing"]) == (-90, "ahead")
    assert np.isnan(line(evaluation, 2026)["needed"])


def test_a_path_without_a_stated_value_begins_where_the_data_do() -> None:
    goal = aim(value="all_sum(energy)", measure="吨标准煤", at_most=160, **{"from": (2019, None)})
    found = line(pursued(goal, text=FALLING), 2021)
    assert (found["from_year"], found["from_value"], found["path"]) == (2019, 640, "compound")


def test_without_a_path_there_is_an_outcome_and_nothing_else() -> None:
    found = line(pursued(aim(value="all_sum(energy)", measure="吨标准煤", at_most=160), text=FALLING), 2021)
    assert found["outcome"] == "not_met"
    assert np.isnan([found[name] for name in ("on_path", "so_far", "needed")]).all()
    assert (found["standing"], found["rate_measure"], found["path"]) == (None, None, None)


def test_scoring_one_year_reads_the_earlier_ones() -> None:
    goal = aim(value="all_sum(energy)", measure="吨标准煤", at_most=160, **{"from": (2019, None)})
    frame = panel(FALLING).assign(s=1.0)
    one, all_years = (evaluate(aiming(goal), frame, year=year) for year in (2021, None))
    assert one.targets["year"].tolist() == [2021]
    pd.testing.assert_series_equal(
        one.targets.iloc[0], all_years.targets[all_years.targets["year"] == 2021].iloc[0], check_names=False
    )


# --- what cannot be told --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("energy", "product", "says"),
    [
        (None, 1.0, "all_sum(energy) of 2025 lacks 1 unit: 丙"),
        (1.0, None, "all_sum(product) of 2025 lacks 1 unit: 丙"),
    ],
)
def test_a_sum_over_units_of_which_one_is_missing_is_unknown_and_names_it(
    energy: float | None, product: float | None, says: str
) -> None:
    frame = pd.DataFrame(
        {
            "zone": ["甲", "乙", "丙"],
            "year": 2025,
            "energy": [1.0, 1.0, energy],
            "product": [1.0, 1.0, product],
            "s": 1.0,
        }
    )
    found = line(evaluate(aiming(aim(at_most=0.4)), frame), 2025)
    assert (found["outcome"], found["reason_en"]) == ("unknown", says)
    assert np.isnan(found["value"])


def test_the_first_three_of_many_missing_units_are_named() -> None:
    frame = pd.DataFrame(
        {"zone": list("甲乙丙丁戊"), "year": 2025, "energy": [None] * 4 + [1.0], "product": 1.0, "s": 1.0}
    )
    found = line(evaluate(aiming(aim(at_most=0.4)), frame), 2025)
    assert found["reason_zh"] == "2025 年 all_sum(energy) 缺 4 个对象：甲、乙、丙 等"


def test_what_does_not_apply_to_a_unit_adds_nothing_and_is_no_unit_of_the_share() -> None:
    frame = pd.DataFrame(
        {"zone": list("甲乙丙"), "year": 2025, "energy": [100, "不适用", 500], "product": [1000, 1000, 1000], "s": 1.0}
    )
    low = aim("share", value="share_of_units(energy / product < 0.3吨标准煤 / 1万元)", measure="%", at_least=50)
    evaluation = evaluate(aiming(aim(value="all_sum(energy)", measure="吨标准煤", at_most=1), low), frame)
    assert line(evaluation, 2025)["value"] == 600
    assert line(evaluation, 2025, "share")["value"] == 50


def test_what_applies_to_no_unit_has_no_value() -> None:
    frame = pd.DataFrame({"zone": ["甲"], "year": 2025, "energy": ["不适用"], "product": [1], "s": 1.0})
    found = line(evaluate(aiming(aim(value="all_sum(energy)", measure="吨标准煤", at_most=1)), frame), 2025)
    assert (found["outcome"], found["reason_en"]) == ("unknown", "applies to no unit")


@pytest.mark.parametrize(
    ("energies", "products", "outcome", "says"),
    [
        ([1.0, 1.0], [5.0, -5.0], "unknown", "divided by zero"),
        ([1.0, 1.0], [-5.0, -5.0], "unknown", "undefined"),
        ([1e308, 1e308], [1.0, 1.0], "unknown", "undefined"),
        ([1e300, 1.0], [1.0, 1.0], "not_met", "5e+299"),
        ([-5.0, 1.0], [1.0, 1.0], "met", "-2"),
        ([0.0, 0.0], [1.0, 1.0], "met", "0 "),
    ],
)
def test_hostile_sums_have_a_value_or_a_reason(
    energies: list[float], products: list[float], outcome: str, says: str
) -> None:
    frame = pd.DataFrame({"zone": ["甲", "乙"], "year": 2022, "energy": energies, "product": products, "s": 1.0})
    goal = aim(at_most=0.4, **{"from": (2019, 0.464)})
    found = line(evaluate(aiming(goal), frame), 2022)
    assert found["outcome"] == outcome
    assert found["reason_en"].startswith(says)
    numbers = [value for value in found.values() if isinstance(value, float)]
    assert not np.isinf(numbers).any()


def test_a_ratio_of_each_unit_that_is_divided_by_zero_leaves_the_share_unknown() -> None:
    frame = pd.DataFrame({"zone": ["甲", "乙"], "year": 2025, "energy": [1.0, 1.0], "product": [0.0, 1.0], "s": 1.0})
    goal = aim(value="share_of_units(energy / product < 9吨标准煤 / 1万元)", measure="%", at_least=50)
    found = line(evaluate(aiming(goal), frame), 2025)
    assert (found["outcome"], found["reason_en"][-9:]) == ("unknown", "1 unit: 甲")


def test_a_unit_that_is_not_ranked_is_one_of_all() -> None:
    frame = pd.DataFrame({"zone": ["甲", "乙"], "year": 2025, "energy": [1.0, 2.0], "product": 1.0, "s": [1.0, None]})
    evaluation = evaluate(aiming(aim(value="all_sum(energy)", measure="吨标准煤", at_most=1)), frame)
    assert evaluation.outcomes.ranked.sum() == 1
    assert line(evaluation, 2025)["value"] == 3


def test_targets_read_the_class_of_each_unit() -> None:
    goal = aim(value="share_of_units(class == 'A')", measure="%", at_least=50)
    framework = aiming(goal, class_field="stage")
    frame = pd.DataFrame({"zone": list("甲乙丙丁"), "year": 2025, "s": 1.0, "stage": ["A", "A", "B", "A"]})
    assert line(evaluate(framework, frame), 2025)["value"] == 75


# --- files ----------------------------------------------------------------------------------------------------------


def test_a_workbook_has_a_sheet_of_targets_in_both_languages(tmp_path: Any) -> None:
    evaluation = pursued(aim(at_most=0.4, **{"from": (2019, 0.464)}), text=ZONES)
    with CalamineWorkbook.from_path(str(evaluation.to_excel(tmp_path / "out.xlsx"))) as book:
        head, _, last = book.get_sheet_by_name("目标").to_python()
    found = dict(zip(head, last, strict=True))
    assert [found[name] for name in ("目标", "数据年份", "结果", "目标值", "到期年份", "路径", "与路径比较")] == [
        *("目标t", 2022, "未达到", 0.4, 2025, "逐年同比例", "快于路径"),
    ]  # fmt: skip
    assert (found["数值"], found["每年变化单位"]) == (pytest.approx(0.423), "%")
    with CalamineWorkbook.from_path(str(evaluation.to_excel(tmp_path / "out.xlsx", "en"))) as book:
        assert "targets" in book.sheet_names


def test_json_has_the_targets_only_where_there_are_some() -> None:
    document = pursued(aim(at_most=0.4), text=ZONES).as_dict()
    assert [entry["outcome"] for entry in document["targets"]] == ["not_met", "not_met"]
    assert "targets" not in pursued(text=ZONES).as_dict()
    assert pursued(text=ZONES).targets.empty


# --- for any data ---------------------------------------------------------------------------------------------------

AMOUNTS = st.lists(st.floats(0.01, 1e9), min_size=1, max_size=6)


@given(AMOUNTS, st.floats(0.01, 1e9), st.sampled_from(["at_most", "at_least"]), st.randoms(use_true_random=False))
def test_the_outcome_follows_from_the_line_and_the_order_of_rows_changes_nothing(
    energies: list[float], goal: float, side: str, random: Any
) -> None:
    frame = pd.DataFrame({"zone": list("甲乙丙丁戊己"[: len(energies)]), "year": 2022, "energy": energies, "s": 1.0})
    framework = aiming(aim(value="all_sum(energy)", measure="吨标准煤", **{side: goal}))
    order = list(range(len(energies)))
    random.shuffle(order)
    first, second = (
        line(evaluate(framework, each), 2022) for each in (frame, frame.iloc[order].reset_index(drop=True))
    )
    assert first["value"] == second["value"] == pytest.approx(sum(energies))
    near = abs(first["value"] - goal) <= 1e-11 * goal
    holds = first["value"] <= goal if first["operator"] == "<=" else first["value"] >= goal
    assert near or first["outcome"] == ("met" if holds else "not_met")


@given(st.floats(0.01, 1e6), st.floats(0.01, 1e6), st.integers(2020, 2024), st.sampled_from(["compound", "linear"]))
def test_who_follows_the_needed_change_to_the_due_year_reaches_the_goal(
    now: float, goal: float, year: int, path: str
) -> None:
    frame = pd.DataFrame({"zone": ["甲"], "year": year, "energy": [now], "s": 1.0})
    framework = aiming(aim(value="all_sum(energy)", measure="吨标准煤", at_most=goal, path=path))
    found = line(evaluate(framework, frame), year)
    if found["outcome"] == "met":
        assert np.isnan(found["needed"])
        return
    left = 2025 - year
    reached = now + left * found["needed"] if path == "linear" else now * (1 + found["needed"] / 100) ** left
    assert reached == pytest.approx(goal, rel=1e-9, abs=1e-9 * now)


@given(st.floats(0.01, 1e6), st.floats(0.01, 1e6), st.sampled_from(["compound", "linear"]))
def test_a_path_runs_from_its_beginning_to_the_goal_and_always_the_same_way(
    first: float, goal: float, path: str
) -> None:
    years = range(2019, 2027)
    frame = pd.DataFrame({"zone": "甲", "year": list(years), "energy": 1.0, "s": 1.0})
    framework = aiming(
        aim(value="all_sum(energy)", measure="吨标准煤", at_least=goal, path=path, **{"from": (2019, first)})
    )
    asked = evaluate(framework, frame).targets["on_path"].to_numpy()
    assert (asked[0], asked[6], asked[7]) == (pytest.approx(first), goal, goal)
    steps = np.diff(asked[:7])
    assert (steps >= -1e-9 * first).all() or (steps <= 1e-9 * first).all()
