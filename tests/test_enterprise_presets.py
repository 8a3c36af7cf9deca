"""The enterprise rules that ship: every step just below, at and just above, and what a gap does to the points."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

import parkscore as ps
from tests.shipped_once import shipped_framework

Steps = list[tuple[float, float]]

# As the official tables print them, from the best step down: (from, points), and the points below the last.
HIGHER: dict[tuple[str, str], tuple[Steps, float]] = {
    ("tech-sme", "staff_share"): ([(30, 20), (25, 16), (20, 12), (15, 8), (10, 4)], 0),
    ("tech-sme", "rd_to_sales"): ([(6, 50), (5, 40), (4, 30), (3, 20), (2, 10)], 0),
    ("tech-sme", "rd_to_costs"): ([(30, 50), (25, 40), (20, 30), (15, 20), (10, 10)], 0),
    ("innovative-sme", "rd_intensity"): ([(5, 20), (3, 15), (2, 10), (1, 5)], 0),
    ("innovative-sme", "revenue_growth"): ([(15, 20), (10, 15), (5, 10), (0, 5)], 0),
    ("innovative-sme", "main_share"): ([(70, 20), (60, 15), (55, 10), (50, 5)], 0),
}

# How a value in per cent is brought about: the fields of one row, and of the row of the year before.
RATIOS: dict[tuple[str, str], tuple[str, str]] = {
    ("tech-sme", "staff_share"): ("science_staff", "staff"),
    ("tech-sme", "rd_to_sales"): ("rd_expense", "sales"),
    ("tech-sme", "rd_to_costs"): ("rd_expense", "costs"),
    ("innovative-sme", "rd_intensity"): ("rd_expense", "revenue"),
    ("innovative-sme", "main_share"): ("main_revenue", "revenue"),
    ("innovative-sme", "debt_ratio"): ("liabilities", "assets"),
}


def scored(name: str, rows: list[dict[str, Any]], *, year: int = 2025) -> pd.DataFrame:
    """The points of every node for rows of one preset, by unit; a row without a year is of 2025."""
    table = pd.DataFrame([{"enterprise": f"企业{number}", "year": 2025, **row} for number, row in enumerate(rows)])
    return ps.evaluate(shipped_framework(name), table, year=year).nodes.droplevel("year")


def around(thresholds: list[float]) -> Iterator[float]:
    for threshold in thresholds:
        yield from (threshold - 1e-6, threshold, threshold + 1e-6)


def expected(value: float, steps: Steps, otherwise: float) -> float:
    return next((points for start, points in steps if value >= start), otherwise)


def rows_of(key: tuple[str, str], values: list[float]) -> list[dict[str, Any]]:
    if key == ("innovative-sme", "revenue_growth"):
        pairs = [
            [
                {"enterprise": f"企业{number}", "year": 2024, "main_revenue": 1000.0},
                {"enterprise": f"企业{number}", "year": 2025, "main_revenue": 1000.0 * (1 + value / 100)},
            ]
            for number, value in enumerate(values)
        ]
        return [row for pair in pairs for row in pair]
    part, whole = RATIOS[key]
    return [{part: value, whole: 100.0} for value in values]


@pytest.mark.parametrize("key", HIGHER, ids=" ".join)
def test_every_step_gives_the_printed_points_just_below_at_and_just_above(key: tuple[str, str]) -> None:
    steps, otherwise = HIGHER[key]
    values = [-50.0 if key[1] == "revenue_growth" else 0.0, *around([start for start, _ in steps]), 99.0]
    values = [value for value in values if value >= 0 or key[1] == "revenue_growth"]
    points = scored(key[0], rows_of(key, values))[key[1]]
    assert points.tolist() == [expected(value, steps, otherwise) for value in values]


def test_the_debt_ratio_of_innovative_smes_loses_points_at_55_and_75_per_cent_as_the_preset_chose() -> None:
    values = [0.0, *around([55, 75]), 130.0]
    points = scored("innovative-sme", rows_of(("innovative-sme", "debt_ratio"), values))["debt_ratio"]
    assert points.tolist() == [10, 10, 5, 5, 5, 0, 0, 0]


PROPERTY = ("ip_high_value", "ip_own", "ip_class_1", "ip_class_2")


@pytest.mark.parametrize(
    ("counts", "points"),
    [((1, 0, 0, 0), 20), ((0, 1, 1, 9), 15), ((0, 0, 1, 9), 10), ((0, 0, 0, 1), 5), ((0, 0, 0, 0), 0)],
)
def test_the_better_kind_of_property_of_innovative_smes_wins(counts: tuple[int, ...], points: float) -> None:
    row = dict(zip(PROPERTY, counts, strict=True))
    assert scored("innovative-sme", [row])["property"].tolist() == [points]


@pytest.mark.parametrize(
    ("class_1", "class_2", "points"),
    [(1, 0, 30), (2, 9, 30), (0, 5, 24), (0, 4, 24), (0, 3, 18), (0, 2, 12), (0, 1, 6), (0, 0, 0)],
)
def test_class_one_property_of_tech_smes_beats_any_count_of_class_two(
    class_1: int, class_2: int, points: float
) -> None:
    assert scored("tech-sme", [{"ip_class_1": class_1, "ip_class_2": class_2}])["property"].tolist() == [points]


def test_property_of_a_kind_that_was_not_reported_is_unknown_and_not_none() -> None:
    nodes = scored("tech-sme", [{"ip_class_2": 4}, {"ip_class_1": 0}, {"ip_class_1": 1}])
    assert nodes["property"].map(math.isnan).tolist() == [True, True, False]


def test_the_better_of_the_two_rd_ratios_of_tech_smes_counts_and_one_is_enough() -> None:
    rows = [
        {"rd_expense": 30, "sales": 1000, "costs": 100},
        {"rd_expense": 60, "sales": 1000, "costs": 1000},
        {"rd_expense": 60, "sales": 1000},
    ]
    assert scored("tech-sme", rows)["rd"].tolist() == [50, 50, 50]


def test_who_chose_one_rd_ratio_says_so_by_a_base_that_does_not_apply_and_an_empty_one_leaves_the_total_open() -> None:
    reported = {"staff": 100, "science_staff": 30, "rd_expense": 100, "sales": 1000, "ip_class_1": 1}
    rows = [
        {"enterprise": unit, "year": 2025, **reported, "costs": costs} for unit, costs in [("甲", "不适用"), ("乙", "")]
    ]
    ranking = ps.evaluate(shipped_framework("tech-sme"), pd.DataFrame(rows)).ranking.set_index("unit")
    assert ranking["score"].loc["甲"] == 100
    assert math.isnan(ranking["score"].loc["乙"])
    assert "75%" in ranking["status"].loc["乙"]


def test_strategic_industries_earn_10_points_and_any_other_field_5() -> None:
    rows = [{"product_field": "战略性新兴产业"}, {"product_field": "其他"}, {"product_field": "食品"}, {}]
    points = scored("innovative-sme", rows)["field"]
    assert points.iloc[:3].tolist() == [10, 5, 5]
    assert math.isnan(points.iloc[3])


@pytest.mark.parametrize("name", ["tech-sme", "innovative-sme"])
def test_a_zero_base_gives_no_points_and_no_zero(name: str) -> None:
    rows = {"tech-sme": {"rd_expense": 10, "sales": 0, "costs": 0}, "innovative-sme": {"rd_expense": 10, "revenue": 0}}
    node = {"tech-sme": "rd", "innovative-sme": "rd_intensity"}[name]
    assert scored(name, [rows[name], rows[name]])[node].isna().all()


@pytest.mark.parametrize("name", ["tech-sme", "innovative-sme"])
def test_a_total_with_a_missing_item_is_not_ranked_and_says_how_much_is_there(name: str) -> None:
    table = pd.DataFrame([{"enterprise": "甲", "year": 2025, "ip_class_1": 1, "ip_high_value": 1}])
    ranking = ps.evaluate(shipped_framework(name), table).ranking
    assert ranking["score"].isna().all()
    assert ranking["status"].iloc[0].startswith("not_ranked: data cover ")


def test_everything_at_its_best_is_100_points() -> None:
    tech = {"science_staff": 30, "staff": 100, "rd_expense": 6, "sales": 100, "costs": 90, "ip_class_1": 1}
    assert scored("tech-sme", [tech])["total"].tolist() == [100]
    sme = {"rd_expense": 5, "revenue": 100, "main_revenue": 90, "liabilities": 50, "assets": 100}
    before = {"enterprise": "企业0", "year": 2024, "main_revenue": 70}
    rows = [{**sme, "enterprise": "企业0", "ip_high_value": 1, "product_field": "战略性新兴产业"}, before]
    assert scored("innovative-sme", rows)["total"].tolist() == [100]


# --- gates ---------------------------------------------------------------------------------------------------------

# 60 points to the last: 20 for staff, 40 for R&D, none for property.
TECH: dict[str, Any] = {
    "science_staff": 30,
    "staff": 100,
    "rd_expense": 5,
    "sales": 100,
    "costs": 1000,
    "ip_class_1": 0,
    "ip_class_2": 0,
    "assets": 20000,
    "resident": 1,
    **dict.fromkeys(("restricted", "offence", "listed", "high_tech", "award", "institution", "standard"), 0),
}
# 60 points: innovation 20, growth 20, specialisation 20.
SME: dict[str, Any] = {
    "ip_class_1": 1,
    "rd_expense": 2.0,
    "revenue": 100.0,
    "main_revenue": 60.0,
    "liabilities": 90.0,
    "assets": 100.0,
    "product_field": "其他",
    **dict.fromkeys(
        ("ip_high_value", "ip_own", "ip_class_2", "award", "title_held", "institution", "equity_raised"), 0
    ),
}


def outcome(name: str, gate: str, changed: dict[str, Any], *, before: float = 50.0) -> str:
    """The outcome of a gate for one enterprise; before: the revenue of the main business the year before."""
    row = {"enterprise": "甲", "year": 2025, **(TECH if name == "tech-sme" else SME), **changed}
    rows = [row] if name == "tech-sme" else [row, {"enterprise": "甲", "year": 2024, "main_revenue": before}]
    outcomes = ps.evaluate(shipped_framework(name), pd.DataFrame(rows), year=2025).gates
    return str(outcomes.loc[outcomes["gate"] == gate, "outcome"].iloc[0])


@pytest.mark.parametrize(
    ("changed", "expected_outcome"),
    [
        ({}, "met"),
        ({"staff": 500, "science_staff": 150}, "met"),
        ({"staff": 501, "science_staff": 160}, "not_met"),
        ({"sales": 20000, "rd_expense": 1000}, "met"),
        ({"sales": 20000.01, "rd_expense": 1001}, "not_met"),
        ({"assets": 20000.01}, "not_met"),
        ({"resident": 0}, "not_met"),
        ({"restricted": 1}, "not_met"),
        ({"offence": 1}, "not_met"),
        ({"listed": 1}, "not_met"),
        ({"listed": None}, "unknown"),
        ({"rd_expense": 4.99}, "not_met"),
        ({"science_staff": 9.9, "ip_class_1": 1}, "not_met"),
        ({"science_staff": 10, "ip_class_1": 1}, "met"),
        ({"ip_class_2": None}, "met"),
        ({"rd_expense": 4.99, "ip_class_2": None}, "unknown"),
        ({"rd_expense": 4.99, "high_tech": 1}, "met"),
        ({"rd_expense": 4.99, "award": 1}, "met"),
        ({"rd_expense": 4.99, "institution": 1}, "met"),
        ({"rd_expense": 4.99, "standard": 1}, "met"),
        ({"rd_expense": 4.99, "standard": None}, "unknown"),
        ({"standard": None}, "met"),
        ({"staff": 501, "science_staff": 160, "high_tech": 1}, "not_met"),
    ],
    ids=str,
)
def test_the_conditions_of_tech_smes_both_ways(changed: dict[str, Any], expected_outcome: str) -> None:
    assert outcome("tech-sme", "eligible", changed) == expected_outcome


@pytest.mark.parametrize(
    ("changed", "before", "expected_outcome"),
    [
        ({}, 50.0, "met"),
        ({"rd_expense": 1.99}, 50.0, "not_met"),  # 55 points, innovation 15
        ({"ip_class_1": 0, "ip_high_value": 1, "rd_expense": 0.0}, 50.0, "met"),  # innovation 20 by property alone
        ({"ip_class_1": 0, "ip_high_value": 1}, 55.0, "not_met"),  # growth 10 is below 15
        ({"main_revenue": 55.0, "ip_high_value": 1}, 40.0, "met"),  # specialisation 15
        ({"main_revenue": 50.0, "ip_high_value": 1}, 40.0, "not_met"),  # specialisation 10
        ({"product_field": None}, 50.0, "met"),  # any field earns 5 at least, which is enough for 60
        ({"product_field": None}, 54.0, "unknown"),  # 55 or 60 points
        ({"product_field": None, "ip_high_value": 1, "rd_expense": 5.0, "main_revenue": 70.0}, 50.0, "met"),
        ({"rd_expense": 1.99, "award": 1}, 50.0, "met"),
        ({"rd_expense": 1.99, "title_held": 1}, 50.0, "met"),
        ({"rd_expense": 1.99, "institution": 1}, 50.0, "met"),
        ({"rd_expense": 1.99, "equity_raised": 500.0}, 50.0, "met"),
        ({"rd_expense": 1.99, "equity_raised": 499.99}, 50.0, "not_met"),
        ({"rd_expense": 1.99, "equity_raised": None}, 50.0, "unknown"),
    ],
    ids=str,
)
def test_the_conditions_of_innovative_smes_both_ways(
    changed: dict[str, Any], before: float, expected_outcome: str
) -> None:
    assert outcome("innovative-sme", "innovative", changed, before=before) == expected_outcome


def test_too_little_innovation_stops_an_innovative_sme_whatever_its_total() -> None:
    strong = {"rd_expense": 5.0, "main_revenue": 90.0, "liabilities": 50.0, "product_field": "战略性新兴产业"}
    few = {"ip_class_1": 0, "ip_class_2": 1, "rd_expense": 2.0}  # 5 and 10 points
    assert outcome("innovative-sme", "innovative", strong | few, before=70.0) == "not_met"
    assert outcome("innovative-sme", "innovative", strong | few | {"rd_expense": 3.0}, before=70.0) == "met"


def test_too_little_in_all_stops_an_innovative_sme_that_has_enough_of_each() -> None:
    least = {"main_revenue": 55.0}  # specialisation 15 and innovation 20
    assert outcome("innovative-sme", "innovative", least, before=55.0 / 1.16) == "not_met"  # and growth 20 are 55
    assert outcome("innovative-sme", "innovative", least | {"liabilities": 70.0}, before=55.0 / 1.16) == "met"


def test_too_little_growth_stops_an_innovative_sme_whatever_its_total() -> None:
    strong = {"ip_high_value": 1, "rd_expense": 5.0, "main_revenue": 90.0, "product_field": "战略性新兴产业"}
    assert outcome("innovative-sme", "innovative", strong, before=85.0) == "not_met"  # growth 10 of 30
    assert outcome("innovative-sme", "innovative", strong, before=80.0) == "met"
