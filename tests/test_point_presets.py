"""The presets of points that ship: every step just below, at and just above, written out from the collected facts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import parkscore as ps
from parkscore.evaluation import Evaluation
from parkscore.findings import Severity
from parkscore.framework.loading import read_framework
from tests.shipped_once import shipped_framework

CENTRE, YANTAI = "enterprise-technology-centre", "enterprise-technology-centre-yantai"

Row = Mapping[str, Any]


def evaluated(name: str, rows: Sequence[Row], *, year: int | None = 2025) -> Evaluation:
    """Rows of one preset, by unit 企业0, 企业1, ...; a row without a year is of 2025."""
    table = pd.DataFrame([{"enterprise": f"企业{number}", "year": 2025, **row} for number, row in enumerate(rows)])
    return ps.evaluate(shipped_framework(name), table, year=year)


def points(name: str, node: str, rows: Sequence[Row], *, units: int | None = None) -> list[float]:
    """The points of one node for each unit, in their order; units: how many there are, where not one a row."""
    nodes = evaluated(name, rows).nodes.droplevel("year")
    return [float(nodes.loc[f"企业{number}", node]) for number in range(units or len(rows))]


def around(value: float) -> tuple[float, float, float]:
    """Just below a value, the value, and just above it."""
    step = max(1.0, abs(value)) * 1e-6
    return value - step, value, value + step


# --- enterprise technology centres ---------------------------------------------------------------------------------

# Item, the fields that bring its value about (the value in place of "x"), points, basic and full requirement, as
# the collected facts print them (18 items, value sets A and B, and the extra items). Shares are in per cent.
SHARED: dict[str, dict[str, Any]] = {
    "rd_per_head": {"rd_expense": "x", "rd_staff": 1},
    "rd_intensity": {"rd_expense": "x", "main_revenue": 100, "industry_factor": 1},
    "rd_staff_share": {"rd_staff": "x", "staff": 100},
    "senior": {"senior_experts": "x"},
    "external": {"external_experts": "x"},
    "valid_patents": {"patents": "x"},
    "all_projects": {"projects": "x"},
    "basic_share": {"basic_projects": "x", "projects": 100},
    "higher": {"higher_platforms": "x"},
    "city": {"city_platforms": "x"},
    "equipment_value": {"equipment": "x"},
    "certified": {"laboratories": "x"},
    "accepted": {"applications": "x"},
    "inventions": {"invention_applications": "x"},
    "standards_set": {"standards": "x"},
    "public_standards_set": {"public_standards": "x"},
    "company_standards_set": {"company_standards": "x"},
    "new_sales_share": {"new_product_sales": "x", "main_revenue": 100, "industry_factor": 1},
    "new_profit_share": {"new_product_profit": "x", "total_profit": 100, "industry_factor": 1},
    "profit_rate": {"total_profit": "x", "main_revenue": 100},
    "deduction": {"extra_deduction": "x"},
    "science_awards_won": {"science_awards": "x"},
    "provincial_projects_won": {"provincial_projects": "x"},
    "city_projects_won": {"city_projects": "x"},
    "result_awards_won": {"result_awards": "x"},
    "revenue_size": {"revenue": "x"},
}
ANCHORS: dict[str, dict[str, tuple[float, float, float]]] = {
    CENTRE: {
        "rd_per_head": (8, 20, 40),
        "rd_intensity": (12, 10, 20),
        "rd_staff_share": (7, 30, 50),
        "senior": (4, 1, 5),
        "external": (4, 5, 10),
        "valid_patents": (5, 1, 10),
        "all_projects": (4, 6, 10),
        "basic_share": (4, 1, 4),
        "higher": (3, 1, 2),
        "city": (2, 1, 2),
        "equipment_value": (4, 500, 1000),
        "certified": (3, 1, 1),
        "accepted": (5, 4, 10),
        "inventions": (6, 1, 5),
        "standards_set": (4, 1, 3),
        "new_sales_share": (10, 15, 20),
        "new_profit_share": (10, 10, 15),
        "profit_rate": (5, 5, 12),
        "science_awards_won": (4, 1, 2),
        "provincial_projects_won": (4, 1, 2),
        "result_awards_won": (4, 1, 2),
        "revenue_size": (5, 5000, 20000),
    },
    YANTAI: {
        "rd_per_head": (8, 5, 20),
        "rd_intensity": (12, 10, 20),
        "rd_staff_share": (7, 3, 30),
        "senior": (4, 1, 5),
        "external": (4, 5, 35),
        "valid_patents": (5, 1, 5),
        "all_projects": (4, 5, 30),
        "basic_share": (4, 1, 10),
        "higher": (3, 1, 2),
        "city": (2, 1, 2),
        "equipment_value": (4, 500, 2000),
        "certified": (3, 1, 2),
        "accepted": (5, 4, 15),
        "inventions": (6, 1, 10),
        "public_standards_set": (2, 1, 2),
        "company_standards_set": (2, 1, 5),
        "new_sales_share": (10, 15, 30),
        "new_profit_share": (10, 10, 25),
        "profit_rate": (5, 5, 10),
        "deduction": (2, 0, 300),
        "science_awards_won": (2, 1, 3),
        "city_projects_won": (2, 1, 3),
    },
}
ITEMS = [(name, item) for name, items in ANCHORS.items() for item in items]


def filled(template: Row, value: float) -> dict[str, Any]:
    return {field: value if cell == "x" else cell for field, cell in template.items()}


def two_anchors(x: float, w: float, b: float, f: float) -> float:
    """The formula as facts II 2.1 prints it, the full branch first."""
    if x >= f:
        return w
    if x <= 0:
        return 0.0
    return 0.6 * w * x / b if x <= b else 0.6 * w + 0.4 * w * (x - b) / (f - b)


@pytest.mark.parametrize(("name", "item"), ITEMS, ids=[" ".join(each) for each in ITEMS])
def test_an_item_of_a_technology_centre_earns_60_per_cent_at_basic_and_all_at_full(name: str, item: str) -> None:
    w, b, f = ANCHORS[name][item]
    values = [0.0, b / 2, *around(b), (b + f) / 2, *around(f), 2 * f]
    values = [value for value in values if value >= 0]
    found = points(name, item, [filled(SHARED[item], value) for value in values])
    assert found == pytest.approx([two_anchors(value, w, b, f) for value in values], rel=1e-9, abs=1e-12)
    assert found[values.index(f)] == w
    if b < f:
        assert found[values.index(b)] == pytest.approx(0.6 * w if b > 0 else 0.0, rel=1e-12)


@pytest.mark.parametrize(
    ("item", "value", "expected"),
    [
        *[("rd_per_head", x, s) for x, s in [(0, 0), (2.5, 2.4), (5, 4.8), (12.5, 6.4), (20, 8), (25, 8)]],
        *[("rd_intensity", x, s) for x, s in [(5, 3.6), (15, 9.6)]],
    ],
)
def test_the_checks_of_facts_ii_2_1_come_out(item: str, value: float, expected: float) -> None:
    assert points(YANTAI, item, [filled(SHARED[item], value)]) == pytest.approx([expected], rel=1e-12)


@pytest.mark.parametrize(("name", "extra"), [(CENTRE, 20), (YANTAI, 10)])
def test_the_items_add_up_to_100_and_the_extra_ones_come_on_top(name: str, extra: float) -> None:
    framework = shipped_framework(name)
    sums = [sum(float(leaf.points or 0) for leaf in node.children) for node in framework.indicators]
    assert sums == [100, extra]
    assert framework.total.points == 100 + extra
    assert [node.points for node in framework.indicators] == [100, extra]


@pytest.mark.parametrize("name", [CENTRE, YANTAI])
@pytest.mark.parametrize("item", ["rd_intensity", "new_sales_share", "new_profit_share"])
def test_the_three_ratios_with_a_dagger_are_multiplied_by_the_industry_coefficient(name: str, item: str) -> None:
    w, b, f = ANCHORS[name][item]
    row = {**filled(SHARED[item], b / 2), "industry_factor": 2}
    assert points(name, item, [row, {**row, "industry_factor": None}])[0] == pytest.approx(0.6 * w)
    assert math.isnan(points(name, item, [row, {**row, "industry_factor": None}])[1])
    assert points(name, item, [{**row, "industry_factor": 2 * f / b}]) == [w]


def test_no_extra_tax_deduction_earns_nothing_though_the_table_as_printed_would_give_full_marks() -> None:
    rows = [{"extra_deduction": value} for value in (0, 1e-6, 5000, None)]
    found = points(CENTRE, "deduction", rows)
    assert found[:3] == [0, 3, 3]
    assert math.isnan(found[3])


def test_the_item_as_printed_with_both_requirements_at_zero_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "local.yaml"
    rule = "{rule: two_anchor, points: 3, basic: 0, full: 0, at_basic: 60%}"
    file.write_text(
        f"id: local\ntitle: {{zh: 本地}}\nextends: {CENTRE}\n"
        f"indicators: [{{id: extra, children: [{{id: deduction, score: {rule}}}]}}]\n",
        encoding="utf-8",
    )
    with pytest.raises(ps.FrameworkError) as caught:
        read_framework(file)
    assert [finding.code for finding in caught.value.findings] == ["full_at_zero"]


def test_yes_and_no_of_the_plans_of_yantai_earn_2_and_0_and_nothing_else_earns_points() -> None:
    found = points(YANTAI, "plan_a_listed", [{"plan_a": value} for value in (1, 0, 0.5, None)])
    assert found[:2] == [2, 0]
    assert all(math.isnan(score) for score in found[2:])
    assert points(YANTAI, "plan_b_listed", [{"plan_b": 1}, {"plan_b": 0}]) == [2, 0]


@pytest.mark.parametrize("name", [CENTRE, YANTAI])
def test_a_loss_making_firm_has_no_share_of_profit_and_no_points_for_it(name: str) -> None:
    rows = [
        {"new_product_profit": 50, "total_profit": -100, "industry_factor": 1},
        {"new_product_profit": -50, "total_profit": -100, "industry_factor": 1},
        {"new_product_profit": 50, "total_profit": 0, "industry_factor": 1},
        {"new_product_profit": -50, "total_profit": 100, "industry_factor": 1},
    ]
    found = points(name, "new_profit_share", rows)
    assert all(math.isnan(score) for score in found[:3])
    assert found[3] == 0
    assert points(name, "profit_rate", [{"total_profit": -100, "main_revenue": 1000}]) == [0]


# All 120 points of version A: 6000 万元 of R&D by 150 people of 300, 30000 万元 of the main business, 12 % profit.
BEST: dict[str, Any] = {
    "rd_expense": 6000.0,
    "rd_staff": 150,
    "staff": 300,
    "main_revenue": 30000.0,
    "industry_factor": 1,
    "senior_experts": 5,
    "external_experts": 10,
    "patents": 10,
    "projects": 100,
    "basic_projects": 4,
    "higher_platforms": 2,
    "city_platforms": 2,
    "equipment": 2000.0,
    "laboratories": 1,
    "applications": 10,
    "invention_applications": 5,
    "standards": 3,
    "new_product_sales": 6000.0,
    "new_product_profit": 540.0,
    "total_profit": 3600.0,
    "science_awards": 2,
    "extra_deduction": 10.0,
    "provincial_projects": 2,
    "result_awards": 2,
    "revenue": 20000.0,
    "sales": 30000.0,
    "sales_floor": 20000.0,
    "months_late": 0,
    "filed": 1,
}
# What each of these is worth, and what is left of 120 without them and without the points of revenue: 59.
WORTH = {
    "senior_experts": 4,
    "external_experts": 4,
    "patents": 5,
    "higher_platforms": 3,
    "city_platforms": 2,
    "laboratories": 3,
    "applications": 5,
    "invention_applications": 6,
    "standards": 4,
    "new_product_sales": 10,
    "new_product_profit": 10,
}
KEPT = {
    60: (),
    65: ("patents",),
    85: ("new_product_sales", "new_product_profit", "patents"),
    90: ("new_product_sales", "new_product_profit", "invention_applications", "senior_experts"),
}


def with_total(near: int, total: float) -> dict[str, Any]:
    """A centre with a total near 60, 65, 85 or 90; up to 3 points of revenue grow by one in 5000 / 3 万元."""
    lost = dict.fromkeys(WORTH.keys() - set(KEPT[near]), 0)
    return {**BEST, **lost, "revenue": (total - near + 1) * 5000 / 3}


def grades_of(row: Row, before: Row | None = None) -> dict[str, str]:
    """The grade of one centre on each scale, with the round before it where there is one."""
    rows = [{"enterprise": "甲", **row}]
    rows += [] if before is None else [{"enterprise": "甲", "year": 2024, **before}]
    grades = evaluated(CENTRE, rows, year=None).grades
    found = grades[grades["year"] == 2025].set_index("scale")["grade"]
    return {scale: "unknown" if pd.isna(name) else str(name) for scale, name in found.items()}


def test_everything_at_its_best_is_120_points() -> None:
    assert points(CENTRE, "total", [BEST]) == pytest.approx([120], rel=1e-12)


@pytest.mark.parametrize(
    ("near", "total", "national", "provincial"),
    [
        (60, 59.9999, "failed", "failed"),
        (60, 60.0, "sufficient", "passed"),
        (60, 60.0001, "sufficient", "passed"),
        (65, 64.9999, "sufficient", "passed"),
        (65, 65.0, "good", "passed"),
        (65, 65.0001, "good", "passed"),
        (85, 84.9999, "good", "passed"),
        (85, 85.0, "good", "excellent"),
        (85, 85.0001, "good", "excellent"),
        (90, 89.9999, "good", "excellent"),
        (90, 90.0, "excellent", "excellent"),
        (90, 90.0001, "excellent", "excellent"),
    ],
)
def test_the_grades_of_technology_centres_on_both_sides_of_60_65_85_and_90(
    near: int, total: float, national: str, provincial: str
) -> None:
    row = with_total(near, total)
    assert points(CENTRE, "total", [row]) == pytest.approx([total], rel=1e-12)
    assert grades_of(row, with_total(90, 90.0)) == {"national": national, "provincial": provincial}


def test_the_published_round_of_2021_adds_up_to_1744_centres_by_grade() -> None:
    """72 excellent, 1459 good, 85 sufficient, 112 failed and 16 that filed nothing (facts II 2.4)."""
    round_2021 = [(72, with_total(90, 90.0)), (1459, with_total(65, 65.0)), (85, with_total(60, 60.0))]
    round_2021 += [(112, with_total(60, 59.0)), (16, {**BEST, "filed": 0})]
    evaluation = evaluated(CENTRE, [row for count, row in round_2021 for _ in range(count)])
    grades = evaluation.grades[evaluation.grades["scale"] == "national"]["grade"]
    expected = {"excellent": 72, "good": 1459, "sufficient": 85, "failed": 112 + 16}
    assert grades.value_counts().to_dict() == expected
    assert len(evaluation.ranking) == 1744


@pytest.mark.parametrize(
    ("changed", "national", "provincial"),
    [
        ({}, "excellent", "excellent"),
        ({"rd_staff": 149}, "failed", "excellent"),
        ({"rd_staff": 150}, "excellent", "excellent"),
        ({"rd_staff": 49, "staff": 98}, "failed", "failed"),
        ({"rd_staff": 50, "staff": 100}, "failed", "excellent"),
        ({"equipment": 1999.99}, "failed", "excellent"),
        ({"equipment": 2000.0}, "excellent", "excellent"),
        ({"equipment": 800.0}, "failed", "excellent"),
        ({"equipment": 799.99}, "failed", "failed"),
        ({"rd_expense": 1499.99, "main_revenue": 7500.0, "total_profit": 900.0}, "failed", "excellent"),
        ({"rd_expense": 1500.0, "main_revenue": 7500.0, "total_profit": 900.0}, "excellent", "excellent"),
        ({"rd_expense": 800.0, "main_revenue": 4000.0, "total_profit": 480.0}, "failed", "excellent"),
        ({"rd_expense": 799.99, "main_revenue": 4000.0, "total_profit": 480.0}, "failed", "failed"),
        ({"filed": 0}, "failed", "excellent"),
        ({"months_late": 0.9}, "excellent", "excellent"),
        ({"months_late": 1}, "excellent", "failed"),
        ({"sales": 19999.99}, "excellent", "failed"),
        ({"sales": 20000.0}, "excellent", "excellent"),
        ({"sales": 10000.0, "sales_floor": 10000.0}, "excellent", "excellent"),
        ({"sales": 9999.99, "sales_floor": 10000.0}, "excellent", "failed"),
        ({"filed": None}, "unknown", "excellent"),
        ({"months_late": None}, "excellent", "unknown"),
        ({"sales_floor": None}, "excellent", "unknown"),
    ],
    ids=str,
)
def test_a_floor_makes_a_technology_centre_fail_whatever_its_score(
    changed: Row, national: str, provincial: str
) -> None:
    row = {**BEST, **changed}
    assert grades_of(row, BEST) == {"national": national, "provincial": provincial}


@pytest.mark.parametrize(
    ("near", "total", "before", "expected"),
    [
        (60, 60.0, (60, 60.0), "failed"),
        (60, 60.0, (65, 65.0), "failed"),
        (65, 65.0, (60, 60.0), "failed"),
        (60, 60.0, (65, 65.0001), "passed"),
        (65, 65.0001, (60, 60.0), "passed"),
        (60, 60.0, (60, 59.9999), "passed"),
        (60, 60.0, None, "unknown"),
        (65, 65.0001, None, "passed"),
        (60, 59.9999, None, "failed"),
    ],
    ids=str,
)
def test_two_rounds_running_from_60_to_65_fail_a_provincial_centre_and_one_round_alone_leaves_it_open(
    near: int, total: float, before: tuple[int, float] | None, expected: str
) -> None:
    earlier = None if before is None else with_total(*before)
    assert grades_of(with_total(near, total), earlier)["provincial"] == expected


def test_a_missing_item_leaves_a_grade_open_only_where_it_can_change_it() -> None:
    assert grades_of({**with_total(90, 90.0), "city_platforms": None})["national"] == "excellent"
    assert grades_of({**with_total(90, 89.0), "city_platforms": None})["national"] == "unknown"
    assert grades_of({**with_total(85, 85.0), "city_platforms": None})["national"] == "good"
    assert grades_of({**with_total(85, 85.0), "city_platforms": None, "filed": 0})["national"] == "failed"


# --- specialised and sophisticated SMEs, 2022 ----------------------------------------------------------------------

SPECIALISED = "specialised-sme-2022"

# As facts II 1.1 prints them, from the best step down: (from, points); nothing below the last.
STEPS: dict[str, tuple[dict[str, Any], list[tuple[float, float]]]] = {
    "main_share": ({"main_revenue": "x", "revenue": 100}, [(80, 5), (70, 3), (60, 1)]),
    "net_margin": ({"net_profit": "x", "revenue": 100}, [(10, 10), (8, 8), (6, 6), (4, 4), (2, 2)]),
    "rd_amount": ({"rd_expense": "x"}, [(500, 10), (400, 8), (300, 6), (200, 4), (100, 2)]),
    "rd_intensity": ({"rd_expense": "x", "revenue": 100}, [(10, 10), (8, 8), (6, 6), (4, 4), (3, 2)]),
    "rd_staff_share": ({"rd_staff": "x", "staff": 100}, [(20, 5), (10, 3), (5, 1)]),
    "digital": ({"digital_level": "x"}, [(3, 5), (2, 3)]),
}


@pytest.mark.parametrize("item", STEPS)
def test_every_step_of_specialised_smes_just_below_at_and_just_above(item: str) -> None:
    template, steps = STEPS[item]
    values = [0.0, *[value for start, _ in steps for value in around(start)], 99.0]
    found = points(SPECIALISED, item, [filled(template, value) for value in values])
    assert found == [next((earned for start, earned in steps if value >= start), 0) for value in values]


def test_a_loss_of_a_specialised_sme_earns_no_points_for_its_margin() -> None:
    assert points(SPECIALISED, "net_margin", [{"net_profit": -30, "revenue": 100}]) == [0]


def test_the_debt_ratio_of_specialised_smes_earns_5_up_to_50_then_3_1_and_nothing_over_70_per_cent() -> None:
    values = [0.0, *around(50), *around(60), *around(70), 130.0]
    found = points(SPECIALISED, "debt_ratio", [{"liabilities": value, "assets": 100} for value in values])
    assert found == [5, 5, 5, 3, 3, 3, 1, 1, 1, 0, 0]


@pytest.mark.parametrize(
    ("growth", "expected"),
    [
        *[(-50, 0), (-1e-6, 0), (0, 2), (1e-6, 2)],
        *[(4 - 1e-6, 2), (4, 4), (4 + 1e-6, 4), (6 - 1e-6, 4), (6, 6), (6 + 1e-6, 6)],
        *[(8 - 1e-6, 6), (8, 8), (8 + 1e-6, 8), (10 - 1e-6, 8), (10, 10), (10 + 1e-6, 10), (300, 10)],
    ],
)
def test_the_growth_of_two_years_of_specialised_smes(growth: float, expected: float) -> None:
    rows = [
        {"enterprise": "甲", "year": 2023, "main_revenue": 1000.0},
        {"enterprise": "甲", "year": 2024, "main_revenue": 1000.0 * (1 + growth / 100)},
        {"enterprise": "甲", "year": 2025, "main_revenue": 1000.0 * (1 + growth / 100) ** 2},
    ]
    assert evaluated(SPECIALISED, rows).nodes["main_growth"].tolist() == [expected]


def test_growth_of_20_per_cent_after_none_counts_as_10_on_average_and_a_missing_year_as_unknown() -> None:
    rows = [{"enterprise": "甲", "year": 2023 + n, "main_revenue": main} for n, main in enumerate((100, 100, 120))]
    assert evaluated(SPECIALISED, rows).nodes["main_growth"].tolist() == [10]
    assert evaluated(SPECIALISED, rows[1:]).nodes["main_growth"].isna().all()


@pytest.mark.parametrize(
    ("years", "expected"),
    [(0, 0), (1.9, 0), (2, 1), (3.9, 1), (4, 2), (6, 3), (7, 3), (8, 4), (9.9, 4), (10, 5), (12, 5), (40, 5)],
)
def test_a_point_for_every_two_full_years_in_the_segment_and_5_at_most(years: float, expected: float) -> None:
    assert points(SPECIALISED, "years_in_segment", [{"segment_years": years}]) == [expected]


QUALITY = ("quality_award", "quality_system", "own_brand", "standards_joined")


@pytest.mark.parametrize(("met", "expected"), [(0, 0), (1, 3), (2, 5), (3, 5), (4, 5)])
def test_three_points_for_each_condition_of_quality_and_5_at_most(met: int, expected: float) -> None:
    chosen = [{QUALITY[(first + n) % 4] for n in range(met)} for first in range(4)]
    rows = [{field: int(field in each) for field in QUALITY} for each in chosen]
    assert points(SPECIALISED, "quality", rows) == [expected] * 4


@pytest.mark.parametrize(
    ("role", "expected"),
    [("补短板", 5), ("锻长板", 5), ("填空白", 5), ("工业六基", 3), ("中华老字号", 3), ("龙头配套", 3), ("其他", 0)],
)
def test_the_role_of_the_main_product_of_specialised_smes(role: str, expected: float) -> None:
    assert points(SPECIALISED, "product", [{"product_role": role}]) == [expected]


@pytest.mark.parametrize(("level", "expected"), [("国家级", 10), ("省级", 8), ("市级", 4), ("市级以下", 2), ("无", 0)])
def test_the_level_of_the_institution_of_specialised_smes(level: str, expected: float) -> None:
    assert points(SPECIALISED, "institution", [{"institution_level": level}]) == [expected]


@pytest.mark.parametrize(
    ("item", "field"), [("product", "product_role"), ("institution", "institution_level")], ids=["product", "level"]
)
def test_a_text_that_the_table_does_not_list_has_no_points_and_is_named(item: str, field: str) -> None:
    evaluation = evaluated(SPECIALISED, [{field: "国家级的"}])
    assert evaluation.nodes[item].isna().all()
    assert [finding.field for finding in evaluation.findings if finding.code == "unlisted_category"] == [item]


@pytest.mark.parametrize(
    ("counts", "expected"),
    [((1, 0, 0, 0), 10), ((0, 1, 1, 9), 8), ((0, 0, 1, 9), 6), ((0, 0, 0, 1), 2), ((0, 0, 0, 0), 0)],
)
def test_the_better_kind_of_property_of_specialised_smes_wins(counts: tuple[int, ...], expected: float) -> None:
    row = dict(zip(("ip_high_value", "ip_own", "ip_class_1", "ip_class_2"), counts, strict=True))
    assert points(SPECIALISED, "property", [row]) == [expected]


@pytest.mark.parametrize(
    ("amount", "ratio", "expected"),
    [(120, 9, 8), (500, 1, 10), (99, 2.9, 0), (99, 3, 2), (100, 2.9, 2), (450, 11, 10), (0, 0, 0)],
)
def test_the_better_of_amount_and_ratio_of_rd_counts_so_that_120_at_9_per_cent_earns_8(
    amount: float, ratio: float, expected: float
) -> None:
    row = {"rd_expense": amount, "revenue": amount / (ratio / 100) if ratio else 1000}
    assert points(SPECIALISED, "rd", [row]) == [expected]


# 60 points without the local items: specialisation 5 + 10 + 4 + 5, refinement 3 + 3 + 4 + 3, innovation 6 + 4 + 3 + 10.
SIXTY: dict[str, Any] = {
    "revenue": 5000.0,
    "main_revenue": 4000.0,
    "segment_years": 8,
    "product_role": "补短板",
    "digital_level": 2,
    "quality_award": 1,
    "net_profit": 200.0,
    "liabilities": 60.0,
    "assets": 100.0,
    "ip_class_1": 1,
    "rd_expense": 200.0,
    "rd_staff": 10,
    "staff": 100,
    "institution_level": "国家级",
    **dict.fromkeys(("quality_system", "own_brand", "standards_joined", "ip_high_value", "ip_own", "ip_class_2"), 0),
    **dict.fromkeys(("equity_raised_2y", "award_leading", "maker_china_500"), 0),
}


def history(row: Row, *, growth: float = 0.1, rd_before: float = 100.0) -> list[dict[str, Any]]:
    """A row of 2025 with the two years before it."""
    main = row.get("main_revenue")
    before = [
        {
            "enterprise": "甲",
            "year": 2025 - lag,
            "main_revenue": main / (1 + growth) ** lag if main is not None else None,
            "rd_expense": rd_before,
        }
        for lag in (2, 1)
    ]
    return [*before, {"enterprise": "甲", "year": 2025, **row}]


# 2000万元 of revenue with ratios that earn the same, and two points more than R&D of 4 to 6 % leaves out.
SMALLER: dict[str, Any] = {"revenue": 2000.0, "main_revenue": 1600.0, "net_profit": 80.0, "own_brand": 1}


def specialised(changed: Row, **before: float) -> str:
    gates = evaluated(SPECIALISED, history({**SIXTY, **changed}, **before)).gates
    return str(gates.loc[gates["gate"] == "specialised", "outcome"].iloc[0])


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "met"),
        ({"segment_years": 1.99, "institution_level": "国家级", "digital_level": 3, "own_brand": 1}, "not_met"),
        ({"segment_years": 2, "digital_level": 3, "own_brand": 1}, "met"),  # 61 points
        ({"rd_expense": 99.99}, "not_met"),
        ({"rd_expense": 99.99, **SMALLER}, "not_met"),  # more than 3 % of 2000, and 62 points
        ({"rd_expense": 100.0, **SMALLER}, "met"),
        ({"rd_expense": 149.99, "own_brand": 1, "digital_level": 3}, "not_met"),  # below 3 % of 5000
        ({"rd_expense": 150, "own_brand": 1, "digital_level": 3}, "met"),  # exactly 3 %, 62 points
        ({"revenue": 999.99, "main_revenue": 900.0}, "not_met"),
        ({"revenue": 999.99, "main_revenue": 900.0, "equity_raised_2y": 2000}, "met"),
        ({"revenue": 999.99, "main_revenue": 900.0, "equity_raised_2y": 1999.99}, "not_met"),
        ({"revenue": 999.99, "main_revenue": 900.0, "equity_raised_2y": None}, "unknown"),
        ({"revenue": 1000.0, "main_revenue": 900.0}, "met"),
        ({"digital_level": 1}, "unknown"),  # 57, and up to 15 more from the local items
        ({"institution_level": "无", "digital_level": 1}, "unknown"),  # 47
        ({"institution_level": "无", "digital_level": 1, "quality_award": 0}, "not_met"),  # 44: not even with 15
        ({"institution_level": "无", "digital_level": 1, "quality_award": 0, "award_leading": 1}, "met"),
        ({"institution_level": "无", "digital_level": 1, "quality_award": 0, "maker_china_500": 1}, "met"),
        ({"institution_level": "无", "digital_level": 1, "quality_award": 0, "equity_raised_2y": 6000}, "met"),
        ({"institution_level": "无", "digital_level": 1, "quality_award": 0, "equity_raised_2y": 5999.99}, "not_met"),
        ({"institution_level": "无", "digital_level": 1, "quality_award": 0, "award_leading": None}, "unknown"),
        ({"award_leading": 1, "segment_years": 1}, "not_met"),  # a bypass leaves the basic conditions
        ({"award_leading": None}, "met"),
    ],
    ids=str,
)
def test_the_conditions_of_specialised_smes_both_ways(changed: Row, expected: str) -> None:
    assert specialised(changed) == expected


@pytest.mark.parametrize(("before", "expected"), [(1000.0, "met"), (999.98, "not_met")])
def test_rd_of_1000_on_average_of_two_years_is_a_way_round_the_score(before: float, expected: str) -> None:
    poor = {"product_role": "其他", "digital_level": 1, "quality_award": 0, "institution_level": "无", "ip_class_1": 0}
    assert specialised({**poor, "rd_expense": 1000.0}, rd_before=before, growth=-0.1) == expected


def test_rd_on_average_of_two_years_does_not_look_at_the_third() -> None:
    poor = {"product_role": "其他", "digital_level": 1, "quality_award": 0, "institution_level": "无", "ip_class_1": 0}
    rows = history({**SIXTY, **poor, "rd_expense": 1000.0}, rd_before=1000.0, growth=-0.1)
    for earliest in (0.0, 1e6):
        rows[0]["rd_expense"] = earliest
        rows[1]["rd_expense"] = 1000.0
        assert evaluated(SPECIALISED, rows).gates["outcome"].tolist() == ["met"]
        rows[1]["rd_expense"] = 999.98
        assert evaluated(SPECIALISED, rows).gates["outcome"].tolist() == ["not_met"]


@pytest.mark.parametrize(
    ("items", "refused"),
    [((15,), set()), ((5, 5, 5), set()), ((5, 5, 3, 2), {"slot_items"}), ((5, 9), {"nominal_total"})],
    ids=str,
)
def test_a_province_sets_one_to_three_local_items_of_15_points_together(
    tmp_path: Path, items: tuple[int, ...], refused: set[str]
) -> None:
    children = "".join(
        f"      - {{id: local_{n}, zh: 地方指标{n}, points: {earned}, formula: cluster, "
        f"score: {{rule: lookup, points: {{1: {earned}, 0: 0}}}}}}\n"
        for n, earned in enumerate(items)
    )
    file = tmp_path / "province.yaml"
    file.write_text(
        f"id: province\ntitle: {{zh: 某省}}\nextends: {SPECIALISED}\n"
        "fields: {cluster: {zh: 是否属省重点产业集群, min: 0, max: 1}}\n"
        f"indicators:\n  - id: local\n    children:\n{children}",
        encoding="utf-8",
    )
    try:
        found = {each.code for each in read_framework(file).findings if each.severity is Severity.ERROR}
    except ps.FrameworkError as error:
        found = {each.code for each in error.findings if each.severity is Severity.ERROR}
    assert found == refused


@pytest.mark.parametrize(("year", "warned"), [(2024, False), (2025, False), (2026, True)])
def test_the_standards_of_2022_gave_way_in_2026_and_later_applications_are_warned_of(year: int, warned: bool) -> None:
    findings = evaluated(SPECIALISED, [{"year": year, "staff": 1}], year=year).findings
    assert [each.year for each in findings if each.code == "not_in_force"] == ([year] if warned else [])


def test_the_local_items_are_open_until_a_province_fills_them(tmp_path: Path) -> None:
    evaluation = evaluated(SPECIALISED, history(SIXTY))
    assert "unfilled_slot" in {finding.code for finding in evaluation.findings}
    assert evaluation.nodes["total"].isna().all()
    opened = evaluation.open_scores.set_index("node").loc["total"]
    assert (opened["low"], opened["high"]) == (60, 75)
    file = tmp_path / "province.yaml"
    file.write_text(
        f"id: province\ntitle: {{zh: 某省}}\nextends: {SPECIALISED}\n"
        "fields: {cluster: {zh: 是否属省重点产业集群, min: 0, max: 1}}\n"
        "indicators:\n  - id: local\n    children:\n"
        "      - {id: cluster_member, zh: 省重点产业集群, points: 15, formula: cluster, "
        "score: {rule: lookup, points: {1: 15, 0: 0}}}\n",
        encoding="utf-8",
    )
    assert evaluated(str(file), history({**SIXTY, "cluster": 1})).nodes["total"].tolist() == [75]
    assert evaluated(str(file), history({**SIXTY, "cluster": 0})).nodes["total"].tolist() == [60]


# --- high-tech enterprises -----------------------------------------------------------------------------------------

HIGH_TECH = "high-tech-enterprise"

# Item, the row that chooses the band, the field of the given points, and the least and the most of the band, as
# facts I 6.3 prints them; growth as the summaries and the form named in the preset do.
GRADES_AND_POINTS = [(7, 8), (5, 6), (3, 4), (1, 2), (0, 0)]
BANDS: list[tuple[str, dict[str, Any], str, int, int]] = [
    *[
        ("advancement", {"advancement_grade": name}, "advancement_points", *band)
        for name, band in zip(("高", "较高", "一般", "较低", "无"), GRADES_AND_POINTS, strict=True)
    ],
    *[
        ("support", {"support_grade": name}, "support_points", *band)
        for name, band in zip(("强", "较强", "一般", "较弱", "无"), GRADES_AND_POINTS, strict=True)
    ],
    *[
        ("count", {"ip_class_1": one, "ip_class_2": two}, "count_points", *band)
        for one, two, band in [
            (1, 0, (7, 8)),
            (3, 9, (7, 8)),
            (0, 6, (5, 6)),
            (0, 5, (5, 6)),
            (0, 4, (3, 4)),
            (0, 3, (3, 4)),
            (0, 2, (1, 2)),
            (0, 1, (1, 2)),
            (0, 0, (0, 0)),
        ]
    ],
    ("origin", {"ip_origin": "有自主研发"}, "origin_points", 1, 6),
    ("origin", {"ip_origin": "仅有受让等"}, "origin_points", 1, 3),
    ("bonus", {"standards_made": 1}, "bonus_points", 1, 2),
    ("bonus", {"standards_made": 0}, "bonus_points", 0, 0),
    *[
        ("transfer", {"results_transferred": results}, "transfer_points", *band)
        for results, band in [
            (9, (25, 30)),
            (5, (25, 30)),
            (5 - 1e-6, (19, 24)),
            (4, (19, 24)),
            (4 - 1e-6, (13, 18)),
            (3, (13, 18)),
            (3 - 1e-6, (7, 12)),
            (2, (7, 12)),
            (2 - 1e-6, (1, 6)),
            (1, (1, 6)),
            (1 - 1e-6, (0, 0)),
            (0, (0, 0)),
        ]
    ],
    ("rules", {}, "system_points", 0, 6),
    ("institution", {}, "institution_points", 0, 6),
    ("incentives", {}, "incentive_points", 0, 4),
    ("talent", {}, "talent_points", 0, 4),
]


@pytest.mark.parametrize("item", dict.fromkeys(item for item, *_ in BANDS))
def test_an_expert_gives_whole_points_inside_the_band_and_nothing_else_counts(item: str) -> None:
    asked: list[tuple[dict[str, Any], float | None, bool]] = []
    errors = {"outside_band": 0, "not_whole": 0}
    for _, row, given, least, most in (band for band in BANDS if band[0] == item):
        limit = shipped_framework(HIGH_TECH).fields[given].max or 0
        outside = [value for value in (least - 1, most + 1) if 0 <= value <= limit]
        broken = [least + 0.5] if least < most else []
        asked += [({**row, given: value}, value, True) for value in range(least, most + 1)]
        asked += [({**row, given: value}, value, False) for value in (*outside, *broken, None)]
        errors = {"outside_band": errors["outside_band"] + len(outside), "not_whole": errors["not_whole"] + len(broken)}
    evaluation = evaluated(HIGH_TECH, [row for row, _, _ in asked])
    nodes = evaluation.nodes.droplevel("year")
    for number, (row, value, counts) in enumerate(asked):
        score = nodes.loc[f"企业{number}", item]
        assert score == value if counts else math.isnan(score), row
    refused = evaluation.given[evaluation.given["indicator"] == item]["outcome"].value_counts()
    assert {code: int(refused.get(code, 0)) for code in errors} == errors
    codes = {finding.code for finding in evaluation.findings if finding.severity is Severity.ERROR}
    assert codes == {code for code, count in errors.items() if count}


# Growth in per cent, and the band of points: from 35, 25, 15 and 5 on, above 0, and nothing.
GROWTH = [
    *[(growth, (9, 10)) for growth in (90, 35 + 1e-6, 35)],
    *[(growth, (7, 8)) for growth in (35 - 1e-6, 25 + 1e-6, 25)],
    *[(growth, (5, 6)) for growth in (25 - 1e-6, 15 + 1e-6, 15)],
    *[(growth, (3, 4)) for growth in (15 - 1e-6, 5 + 1e-6, 5)],
    *[(growth, (1, 2)) for growth in (5 - 1e-6, 1e-6)],
    *[(growth, (0, 0)) for growth in (0, -1e-6, -80)],
]


GROWN = [("asset_growth", "net_assets", "asset_growth_points"), ("sales_growth", "sales", "sales_growth_points")]
THREE_YEARS = tuple[float | None, float | None, float]


def growth_points(item: str, field: str, given: str, cases: Sequence[tuple[THREE_YEARS, float]]) -> list[float]:
    """The points of enterprises by their amounts of three years and the points that an expert gave."""
    rows: list[dict[str, Any]] = []
    for number, (amounts, value) in enumerate(cases):
        own = [{"enterprise": f"企业{number}", "year": 2023 + n, field: amount} for n, amount in enumerate(amounts)]
        rows += [*own[:-1], {**own[-1], given: value}]
    return points(HIGH_TECH, item, rows, units=len(cases))


@pytest.mark.parametrize(("item", "field", "given"), GROWN, ids=["net assets", "sales"])
def test_growth_of_three_years_chooses_the_band_of_points(item: str, field: str, given: str) -> None:
    asked = [(growth, band, value) for growth, band in GROWTH for value in (band[0] - 1, *band, band[1] + 1)]
    asked = [each for each in asked if 0 <= each[2] <= 10]
    cases = [
        ((1000.0, 1000.0 * (1 + growth / 100), 1000.0 * (1 + growth / 100) ** 2), value) for growth, _, value in asked
    ]
    found = growth_points(item, field, given, cases)
    for (growth, (least, most), value), score in zip(asked, found, strict=True):
        assert score == value if least <= value <= most else math.isnan(score), (growth, value)


@pytest.mark.parametrize(("item", "field", "given"), GROWN, ids=["net assets", "sales"])
def test_the_special_cases_of_growth_of_high_tech_enterprises(item: str, field: str, given: str) -> None:
    counted: list[tuple[THREE_YEARS, float]] = [
        ((1000, 1000, 500), 0),  # negative growth: 0 points
        ((1000, 900, 900), 0),
        ((0, 1000, 1400), 10),  # the first year is zero: the last two years, 40 %
        ((0, 1000, 1100), 4),  # 10 %
        ((None, 1000, 1400), 10),  # a shorter history
        ((1000, 0, 5000), 0),  # the second year is zero: 0 points, however much follows
        ((0, 0, 5000), 0),
        ((1000, 1100, 1650), 8),  # half of 10 % and 50 % is 30 %
    ]
    refused: list[tuple[THREE_YEARS, float]] = [
        ((1000, 1000, 500), 1),
        ((0, 1000, 1100), 10),
        ((1000, 0, 5000), 10),
        ((1000, 1100, 1650), 10),
    ]
    found = growth_points(item, field, given, [*counted, *refused])
    assert found[: len(counted)] == [value for _, value in counted]
    assert all(math.isnan(score) for score in found[len(counted) :])


@pytest.mark.parametrize(("item", "field", "given"), GROWN, ids=["net assets", "sales"])
def test_half_a_point_for_growth_does_not_count(item: str, field: str, given: str) -> None:
    forty_per_cent: THREE_YEARS = (1000, 1400, 1960)
    found = growth_points(item, field, given, [(forty_per_cent, 9), (forty_per_cent, 9.5)])
    assert found[0] == 9
    assert math.isnan(found[1])


def test_net_assets_below_zero_have_no_growth_and_no_points() -> None:
    (score,) = growth_points(*GROWN[0], [((-500, -400, 300), 10)])
    assert math.isnan(score)


# 71 points: property 8 + 8 + 8 + 4 = 28, transfer 9, organisation 6 + 6 + 4 + 4 = 20, growth 7 + 7.
GIVEN: dict[str, Any] = {
    "advancement_grade": "高",
    "advancement_points": 8,
    "support_grade": "强",
    "support_points": 8,
    "ip_class_1": 1,
    "ip_class_2": 0,
    "count_points": 8,
    "ip_origin": "有自主研发",
    "origin_points": 4,
    "standards_made": 0,
    "bonus_points": 0,
    "results_transferred": 2,
    "transfer_points": 9,
    "system_points": 6,
    "institution_points": 6,
    "incentive_points": 4,
    "talent_points": 4,
    "net_assets": 1200.0,
    "asset_growth_points": 7,
    "sales": 3600.0,
    "sales_growth_points": 7,
    "founded": 2010,
    "rd_expense": 450.0,
    "domestic_rd": 450.0,
    "staff": 100,
    "science_staff": 10,
    "total_revenue": 4000.0,
    "high_tech_revenue": 2400.0,
}


def three_years(changed: Row) -> list[dict[str, Any]]:
    """A row of 2025 with all the R&D of three years; net assets and sales grow by a quarter a year up to it."""
    row = {"enterprise": "甲", "year": 2025, **GIVEN, **changed}
    before = [
        {
            "enterprise": "甲",
            "year": 2025 - lag,
            "net_assets": row["net_assets"] / 1.25**lag,
            "sales": row["sales"] / 1.25**lag,
            "rd_expense": 0,
            "domestic_rd": 0,
        }
        for lag in (2, 1)
    ]
    return [*before, row]


def high_tech(changed: Row) -> str:
    gates = evaluated(HIGH_TECH, three_years(changed)).gates
    return str(gates.loc[gates["gate"] == "high_tech", "outcome"].iloc[0])


def test_more_than_70_points_are_asked_for_and_70_are_not_enough() -> None:
    assert evaluated(HIGH_TECH, three_years({})).nodes["total"].tolist() == [71]
    assert high_tech({}) == "met"
    assert evaluated(HIGH_TECH, three_years({"talent_points": 3})).nodes["total"].tolist() == [70]
    assert high_tech({"talent_points": 3}) == "not_met"


def test_the_bonus_for_standards_never_lifts_property_above_30() -> None:
    best = {"origin_points": 6, "standards_made": 1}
    for bonus, expected in [(1, 30), (2, 30)]:
        nodes = evaluated(HIGH_TECH, three_years({**best, "bonus_points": bonus})).nodes
        assert nodes["property"].tolist() == [expected]
    nodes = evaluated(HIGH_TECH, three_years({"standards_made": 1, "bonus_points": 2})).nodes
    assert nodes["property"].tolist() == [30]  # 28 and 2
    nodes = evaluated(HIGH_TECH, three_years({"origin_points": 3, "standards_made": 1, "bonus_points": 2})).nodes
    assert nodes["property"].tolist() == [29]


# Sales of three years are 1 + 0.8 + 0.64 times those of the last.
SALES = 2.44

# Sales of the last year, R&D relative to sales of three years, and the one band that asks for it.
RESEARCH = [
    *[(4999.99, 0.0500001, "met", "small"), (4999.99, 0.0499999, "not_met", "small")],
    *[(5000.0, 0.05, "met", "small"), (5000.0, 0.0499999, "not_met", "small"), (5000.0, 0.04, "not_met", "small")],
    *[(5000.01, 0.0400001, "met", "middle"), (5000.01, 0.0399999, "not_met", "middle")],
    *[
        (20000.0, 0.04, "met", "middle"),
        (20000.0, 0.0399999, "not_met", "middle"),
        (20000.0, 0.03, "not_met", "middle"),
    ],
    *[(20000.01, 0.0300001, "met", "large"), (20000.01, 0.0299999, "not_met", "large")],
    (25000.0, 0.03, "met", "large"),
]


def test_the_share_of_rd_that_is_asked_for_by_sales_so_that_5000_and_20000_are_in_exactly_one_band() -> None:
    rows: list[dict[str, Any]] = []
    for number, (sales, share, _, _) in enumerate(RESEARCH):
        spent = sales * SALES * share
        own = three_years({"sales": sales, "rd_expense": spent, "domestic_rd": spent})
        rows += [{**row, "enterprise": f"企业{number}"} for row in own]
    evaluation = evaluated(HIGH_TECH, rows)
    gates = evaluation.gates.set_index(["unit", "gate"])["outcome"]
    details = evaluation.gate_details.set_index(["unit", "path"])["outcome"]
    for number, (sales, share, outcome, band) in enumerate(RESEARCH):
        unit = f"企业{number}"
        assert gates[unit, "high_tech"] == outcome, (sales, share)
        asked = {each: details[unit, f"high_tech/research/research_{each}"] for each in ("small", "middle", "large")}
        assert asked == {**dict.fromkeys(asked, "not_applicable"), band: outcome}, (sales, share)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"domestic_rd": 270.0}, "met"),
        ({"domestic_rd": 269.99}, "not_met"),
        ({"science_staff": 9.99}, "not_met"),
        ({"high_tech_revenue": 2399.99}, "not_met"),
        ({"rd_expense": 0.0, "domestic_rd": 0.0}, "not_met"),
        ({"high_tech_revenue": None}, "unknown"),
        ({"transfer_points": None}, "unknown"),  # 62 and 7 to 12 points
        ({"transfer_points": None, "results_transferred": 3}, "met"),  # 62 and 13 to 18
        ({"talent_points": None}, "unknown"),
        ({"transfer_points": None, "science_staff": 1}, "not_met"),
    ],
    ids=str,
)
def test_the_other_conditions_of_high_tech_enterprises_both_ways(changed: Row, expected: str) -> None:
    assert high_tech(changed) == expected


@pytest.mark.parametrize(
    ("founded", "spent", "expected"),
    [
        (2025, {2025: 200}, "met"),  # 5 % of the 4000 of its only year
        (2025, {2025: 199.99}, "not_met"),
        (2024, {2024: 100, 2025: 300}, "met"),  # 5 % of the 8000 of two years
        (2024, {2024: 100, 2025: 299.99}, "not_met"),
        (2024, {2025: 400}, "unknown"),  # the first of its two years is not in the data
        (2023, {2023: 0, 2024: 300, 2025: 300}, "met"),  # three years, that of founding included
        (2023, {2023: 0, 2024: 300, 2025: 299.99}, "not_met"),
        (2022, {2024: 300, 2025: 300}, "unknown"),
        (None, {2023: 0, 2024: 300, 2025: 300}, "unknown"),
        (2026, {2025: 200}, "unknown"),  # founded in the future
    ],
)
def test_a_young_high_tech_enterprise_counts_the_years_that_there_are(
    founded: int | None, spent: dict[int, float], expected: str
) -> None:
    rows = [
        {"enterprise": "甲", **GIVEN, "year": year, "sales": 4000.0, "founded": founded, "rd_expense": amount,
         "domestic_rd": amount}
        for year, amount in spent.items()
    ]  # fmt: skip
    details = evaluated(HIGH_TECH, rows).gate_details.set_index("path")["outcome"]
    assert details["high_tech/research/research_small"] == expected


@pytest.mark.parametrize(
    ("founded", "domestic", "expected"),
    [
        (2025, {2025: 240.0}, "met"),  # 60 % of the 400 of its only year
        (2025, {2025: 239.99}, "not_met"),
        (2024, {2024: 400.0, 2025: 80.0}, "met"),  # 60 % of the 800 of two years
        (2024, {2024: 400.0, 2025: 79.99}, "not_met"),
        (2023, {2023: 400.0, 2024: 320.0, 2025: 0.0}, "met"),  # 60 % of the 1200 of three years
        (2023, {2023: 400.0, 2024: 319.99, 2025: 0.0}, "not_met"),
        (2010, {2022: 0.0, 2023: 400.0, 2024: 320.0, 2025: 0.0}, "met"),  # and never of a fourth
        (2010, {2022: 400.0, 2023: 400.0, 2024: 319.99, 2025: 0.0}, "not_met"),
    ],
    ids=str,
)
def test_the_share_of_rd_in_the_country_is_that_of_three_years_or_of_the_years_there_are(
    founded: int, domestic: dict[int, float], expected: str
) -> None:
    row = {"enterprise": "甲", **GIVEN, "sales": 4000.0, "founded": founded, "rd_expense": 400.0}
    rows = [{**row, "year": year, "domestic_rd": amount} for year, amount in domestic.items()]
    details = evaluated(HIGH_TECH, rows).gate_details.set_index("path")["outcome"]
    assert details["high_tech/domestic"] == expected


# --- output per mu, Huangyan 2022 ----------------------------------------------------------------------------------

HUANGYAN = "per-mu-huangyan-2022"

# Item, class, the fields that bring its value about, benchmark and points, as facts I 6.5 prints them.
BENCHMARKS: list[tuple[str, str, dict[str, Any], float, float]] = [
    ("tax_per_mu", "规上", {"tax": "x", "land": 1}, 24.097, 30),
    ("value_added_per_mu", "规上", {"value_added": "x", "land": 1}, 136.16, 20),
    ("value_added_per_energy", "规上", {"value_added": "x", "energy": 1}, 2.694, 20),
    ("value_added_per_emission", "规上", {"value_added": "x", "emissions": 1}, 4929.81, 10),
    ("labour_productivity", "规上", {"value_added": "x", "staff": 1}, 18.14, 10),
    ("rd_intensity", "规上", {"rd_expense": "x", "main_revenue": 1}, 0.0302, 10),
    ("tax_per_mu", "规下", {"tax": "x", "land": 1}, 11.5932, 50),
    ("tax_per_electricity", "规下", {"tax": "x", "electricity": 1}, 0.2352, 50),
]


@pytest.mark.parametrize(
    ("item", "scale", "template", "benchmark", "most"), BENCHMARKS, ids=[f"{each[1]} {each[0]}" for each in BENCHMARKS]
)
def test_an_item_per_mu_earns_value_by_benchmark_times_points_without_a_cap(
    item: str, scale: str, template: dict[str, Any], benchmark: float, most: float
) -> None:
    shares = [0.0, 0.5, 1 - 1e-6, 1.0, 1 + 1e-6, 2.0, 30.0]
    rows = [{"scale": scale, "year": 2022, **filled(template, share * benchmark)} for share in shares]
    found = evaluated(HUANGYAN, rows, year=2022).nodes[item].tolist()
    assert sorted(found) == pytest.approx([share * most for share in shares], rel=1e-9)


# Energy, emissions, staff and main revenue of round figures; emissions of the third were not reported.
ABOVE: list[dict[str, Any]] = [
    {"tax": 500, "land": 20, "value_added": 2000, "energy": 800, "emissions": 0.4, "staff": 100, "rd_expense": 60},
    {"tax": 240, "land": 10, "value_added": 3000, "energy": 1000, "emissions": 1.2, "staff": 200, "rd_expense": 90},
    {"tax": 300, "land": 30, "value_added": 1500, "energy": 600, "staff": 90, "rd_expense": 30},
]
BELOW: list[dict[str, Any]] = [{"tax": 24, "land": 2, "electricity": 100}, {"tax": 6, "land": 3, "electricity": 10}]


def per_mu(*, above: int = 3, below: int = 2) -> pd.DataFrame:
    """The nodes of the first so many enterprises of each class, by unit: 上0, 上1, ..., 下0, ..."""
    rows = [
        {"enterprise": f"上{n}", "scale": "规上", "main_revenue": 2000, **row} for n, row in enumerate(ABOVE[:above])
    ]
    rows += [{"enterprise": f"下{n}", "scale": "规下", **row} for n, row in enumerate(BELOW[:below])]
    return evaluated(HUANGYAN, [{"year": 2022, **row} for row in rows], year=2022).nodes.droplevel("year")


def test_missing_emissions_of_an_enterprise_above_the_threshold_earn_the_mean_score_of_its_class() -> None:
    scores = per_mu()["value_added_per_emission"]
    # 2000 / 0.4 = 5000 and 3000 / 1.2 = 2500, by 4929.81 times 10; the third gets (10.1424 + 5.0712) / 2.
    assert scores[["上0", "上1", "上2"]].tolist() == pytest.approx([10.142378, 5.071189, 7.606784], abs=1e-6)
    assert scores[["下0", "下1"]].isna().all()


def test_totals_per_mu_are_those_worked_out_by_hand() -> None:
    totals = per_mu()["total"]
    # 上2: 10/24.097×30 + 50/136.16×20 + 2.5/2.694×20 + 7.606784 + 16.6667/18.14×10 + 0.015/0.0302×10
    assert totals["上2"] == pytest.approx(12.449682 + 7.344301 + 18.559762 + 7.606784 + 9.187799 + 4.966887, abs=1e-5)
    # 下0: 12/11.5932×50 + 0.24/0.2352×50
    assert totals["下0"] == pytest.approx(51.754477 + 51.020408, abs=1e-5)


def test_only_an_empty_cell_of_emissions_earns_the_mean_and_neither_not_applicable_nor_zero_does() -> None:
    same = {"scale": "规上", "year": 2022, "main_revenue": 2000, **ABOVE[0]}
    rows = [same, *({**same, "emissions": cell} for cell in (None, "不适用", 0))]
    nodes = evaluated(HUANGYAN, rows, year=2022).nodes.droplevel("year")
    scores = nodes["value_added_per_emission"]
    assert scores["企业1"] == scores["企业0"]
    assert scores[["企业2", "企业3"]].isna().all()
    assert nodes.loc["企业2", "total"] == pytest.approx(nodes.loc["企业0", "total"] - scores["企业0"])
    assert math.isnan(nodes.loc["企业3", "total"])


def test_only_the_score_of_missing_emissions_depends_on_other_enterprises_and_only_on_those_of_its_class() -> None:
    all_of_them, fewer = per_mu(), per_mu(below=0)
    assert fewer.equals(all_of_them.loc[fewer.index])
    alone = evaluated(HUANGYAN, [{"scale": "规上", "year": 2022, "main_revenue": 2000, **ABOVE[2]}], year=2022).nodes
    assert alone["value_added_per_emission"].isna().all()
    assert alone["total"].isna().all()
    single = per_mu(above=1, below=0).loc["上0"]
    pd.testing.assert_series_equal(single, all_of_them.loc["上0"])


def test_negative_value_added_earns_negative_points_as_the_text_has_no_floor_and_nothing_by_zero_earns_any() -> None:
    rows = [
        {"scale": "规上", "year": 2022, "value_added": -136.16, "land": 1},
        {"scale": "规上", "year": 2022, "value_added": 100, "land": 0},
        {"scale": "规上", "year": 2022, "land": 1},
    ]
    found = evaluated(HUANGYAN, rows, year=2022).nodes["value_added_per_mu"].droplevel("year")
    assert found["企业0"] == pytest.approx(-20)
    assert found[["企业1", "企业2"]].isna().all()


@pytest.mark.parametrize(("scale", "code"), [("规中", "no_class"), (None, "class_unknown")])
def test_an_enterprise_that_is_in_no_class_has_no_points_per_mu_and_is_named(scale: str | None, code: str) -> None:
    rows = [{"year": 2022, **BELOW[0], "scale": "规下"}, {"year": 2022, **BELOW[0], "scale": scale}]
    evaluation = evaluated(HUANGYAN, rows, year=2022)
    assert evaluation.nodes["total"].droplevel("year").isna().tolist().count(True) == 1
    assert [finding.unit for finding in evaluation.findings if finding.code == code] == ["企业1"]


def test_the_benchmarks_are_those_of_2022_and_another_year_is_warned_of() -> None:
    for year in (2021, 2023):
        evaluation = evaluated(HUANGYAN, [{"scale": "规下", "year": year, **BELOW[0]}], year=year)
        assert "not_in_force" in {finding.code for finding in evaluation.findings}
    evaluation = evaluated(HUANGYAN, [{"scale": "规下", "year": 2022, **BELOW[0]}], year=2022)
    assert "not_in_force" not in {finding.code for finding in evaluation.findings}


# --- hostile rows --------------------------------------------------------------------------------------------------

POINT_PRESETS = [CENTRE, YANTAI, HIGH_TECH, HUANGYAN, SPECIALISED]


def number_fields(name: str) -> list[str]:
    return [key for key, field in shipped_framework(name).fields.items() if field.kind == "number"]


@pytest.mark.parametrize("name", POINT_PRESETS)
def test_nothing_but_empty_cells_scores_nobody_and_is_never_a_true_zero(name: str) -> None:
    rows = [dict.fromkeys(shipped_framework(name).fields), dict.fromkeys(shipped_framework(name).fields)]
    evaluation = evaluated(name, rows, year=None)
    assert evaluation.nodes.isna().all(axis=None)
    assert evaluation.ranking["rank"].isna().all()
    assert len(evaluation.ranking) == 2
    assert set(evaluation.gates["outcome"]) <= {"unknown"}


@pytest.mark.parametrize("name", POINT_PRESETS)
def test_every_number_at_zero_divides_by_nothing_and_earns_no_points_for_a_ratio(name: str) -> None:
    framework = shipped_framework(name)
    row = {**{key: max(0, framework.fields[key].min or 0) for key in number_fields(name)}, "scale": "规上"}
    nodes = evaluated(name, [row], year=None).nodes.iloc[0]
    ratios = [leaf.id for leaf in framework.leaves if leaf.formula is not None and "/" in leaf.formula]
    assert nodes[ratios].isna().all()
    assert (nodes.dropna() == 0).all()


@pytest.mark.parametrize("name", POINT_PRESETS)
def test_numbers_beyond_all_measure_earn_no_more_than_the_points_of_an_item(name: str) -> None:
    framework = shipped_framework(name)
    fields = framework.fields
    row = {key: 1e120 if fields[key].max is None else fields[key].max for key in number_fields(name)}
    least = {key: max(0, fields[key].min or 0) for key in row}
    alternating = {key: value if place % 2 else least[key] for place, (key, value) in enumerate(row.items())}
    nodes = evaluated(name, [{**row, "scale": "规上"}, {**alternating, "scale": "规上"}], year=None).nodes
    for leaf in framework.leaves:
        scores = nodes[leaf.id].dropna()
        assert scores.map(math.isfinite).all()
        if isinstance(leaf.points, float):
            assert scores.between(0, leaf.points).all()


@pytest.mark.parametrize("name", POINT_PRESETS)
@pytest.mark.parametrize("cell", ["约一百", -1])
def test_a_text_or_a_negative_count_in_a_number_stops_the_run_and_names_the_field(name: str, cell: object) -> None:
    field = next(key for key in number_fields(name) if shipped_framework(name).fields[key].min == 0)
    with pytest.raises(ps.DataError) as caught:
        evaluated(name, [{field: cell}, {field: 1}], year=None)
    assert {finding.field for finding in caught.value.findings if finding.severity is Severity.ERROR} == {field}
