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
from parkscore.framework.loading import read_framework

CENTRE, YANTAI = "enterprise-technology-centre", "enterprise-technology-centre-yantai"

Row = Mapping[str, Any]


def evaluated(name: str, rows: Sequence[Row], *, year: int | None = 2025) -> Evaluation:
    """Rows of one preset, by unit 企业0, 企业1, ...; a row without a year is of 2025."""
    table = pd.DataFrame([{"enterprise": f"企业{number}", "year": 2025, **row} for number, row in enumerate(rows)])
    return ps.evaluate(name, table, year=year)


def points(name: str, node: str, rows: Sequence[Row]) -> list[float]:
    """The points of one node for each row, in the order of the rows."""
    nodes = evaluated(name, rows).nodes.droplevel("year")
    return [float(nodes.loc[f"企业{number}", node]) for number in range(len(rows))]


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
    """The formula as more-frameworks 2.1 prints it, the full branch first."""
    if x >= f:
        return w
    if x <= 0:
        return 0.0
    return 0.6 * w * x / b if x <= b else 0.6 * w + 0.4 * w * (x - b) / (f - b)


@pytest.mark.parametrize(("name", "item"), ITEMS, ids=" ".join)
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
def test_the_checks_of_more_frameworks_2_1_come_out(item: str, value: float, expected: float) -> None:
    assert points(YANTAI, item, [filled(SHARED[item], value)]) == pytest.approx([expected], rel=1e-12)


@pytest.mark.parametrize(("name", "extra"), [(CENTRE, 20), (YANTAI, 10)])
def test_the_items_add_up_to_100_and_the_extra_ones_come_on_top(name: str, extra: float) -> None:
    framework = ps.load_framework(name)
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
