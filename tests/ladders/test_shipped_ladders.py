"""The ladders that ship: their rungs in order, and enterprises that stand exactly on each of them.

The numbers are those of the official texts as they are quoted in the frameworks of the rungs.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import parkscore as ps
from parkscore.ladders.climbed import Climb
from parkscore.ladders.loading import load_ladder
from parkscore.shipped import ladder_names

RUNGS = {
    "growth-titles": [
        ("tech-sme", "eligible"),
        ("high-tech-enterprise", "high_tech"),
        ("gazelle-huangpu-2022", "gazelle"),
        ("unicorn-gloss", "unicorn"),
    ],
    "sme-titles": [
        ("innovative-sme", "innovative"),
        ("specialised-sme-2026", "specialised"),
        ("little-giant-2026", "little_giant"),
    ],
}
SME: dict[str, Any] = {
    # 创新型中小企业: an award goes around the points.
    "award": 1,
    "title_held": 0,
    "institution": 0,
    "equity_raised": 0,
    "ip_high_value": 0,
    "ip_own": 0,
    "ip_class_1": 4,
    "ip_class_2": 0,
    "product_field": "其他",
    # 专精特新中小企业 and 小巨人, the harder number of the two.
    "innovative_title": 1,
    "specialised_title": 1,
    "segment_years": 3,
    "round_kind": "新申报",
    "revenue": 20000,
    "main_revenue": 18000,
    "liabilities": 7500,
    "assets": 10000,
    "rd_expense": 600,
    "ip_used": 4,
    "ip_used_own": 4,
    "market_opinion": "符合",
    "benefit_opinion": "符合",
    "field_opinion": "符合",
    "market_share": 10,
    "market_rank": 9,
    "development_score": 60,
    "ministerial_award": 0,
    "national_award": 0,
    "accident": 0,
    "falsified": 0,
    "champion": 0,
    "little_giant_group": 0,
}
"""An enterprise that stands exactly at every number of 小巨人: 90 %, 75 %, 3 %, 1200万元, 4, 10 %, 60."""
BEFORE = {2022: 18000, 2023: 19000}
"""Revenue of the years before: 5.4 % a year up to 2024."""
BELOW_GIANT = [
    ("segment_years", 2, 1, None),
    ("main_revenue", 17980, None, "0.1 个百分点"),
    ("liabilities", 7600, None, "1 个百分点"),
    ("ip_used_own", 3, 1, "1 项"),
    ("development_score", 59, 1, "1 分"),
]


def sme(**changed: Any) -> Climb:
    """An enterprise with three years of data, of which the last is changed."""
    rows = [{"enterprise": "甲", "year": year, **SME, "revenue": revenue} for year, revenue in BEFORE.items()]
    return ps.climb(
        "sme-titles", pd.DataFrame([*rows, {"enterprise": "甲", "year": 2024, **SME, **changed}]), year=2024
    )


def test_the_ladders_that_ship_are_those_that_are_tested_here() -> None:
    assert ladder_names() == sorted(RUNGS)


@pytest.mark.parametrize("name", RUNGS)
def test_a_ladder_names_the_gates_of_its_titles_from_the_lowest_up(name: str) -> None:
    ladder = load_ladder(name).ladder
    assert [(rung.framework, rung.gate) for rung in ladder.rungs] == RUNGS[name]
    assert ladder.id == name
    assert ladder.source
    assert ladder.status in ("transcribed", "partial")
    assert all(rung.zh and rung.en for rung in ladder.rungs)


def test_an_enterprise_at_every_number_of_a_little_giant_is_on_the_highest_rung() -> None:
    row = sme().rungs.iloc[0]
    assert (row["rung"], row["standing"], row["missing_zh"]) == ("little_giant", "certain", "已在最高一级")


@pytest.mark.parametrize(("field", "value", "short_by", "words"), BELOW_GIANT)
def test_one_number_below_little_giant_leaves_the_rung_of_specialised_and_is_what_is_missing(
    field: str, value: float, short_by: float | None, words: str | None
) -> None:
    found = sme(**{field: value})
    row = found.rungs.iloc[0]
    if field == "segment_years":  # both titles ask for three years
        assert (row["rung"], row["next"]) == ("innovative", "specialised")
    else:
        assert (row["rung"], row["next"]) == ("specialised", "little_giant")
    assert len(found.missing) == 1
    if short_by is not None:
        assert found.missing["short_by"].tolist() == [short_by]
    if words is not None:
        assert words in row["missing_zh"]


@pytest.mark.parametrize(
    ("changed", "rung", "next_rung"),
    [
        ({"award": 0}, "little_giant", None),  # the points of the first rung are not reached: it is skipped
        ({"market_share": 9, "market_rank": 3}, "little_giant", None),
        ({"market_share": 9, "market_rank": 4}, "specialised", "little_giant"),
        ({"ip_used_own": 0, "national_award": 1}, "little_giant", None),
        ({"benefit_opinion": "待评审"}, "specialised", "little_giant"),
        ({"champion": 1}, "specialised", "little_giant"),
        ({"rd_expense": 599}, "innovative", "specialised"),  # both titles ask for 3 % of revenue
        ({"specialised_title": 0}, "specialised", "little_giant"),
        ({"revenue": None}, "innovative", "specialised"),
    ],
)
def test_bypasses_vetoes_opinions_and_missing_data_move_the_rung(
    changed: dict[str, Any], rung: str, next_rung: str | None
) -> None:
    row = sme(**changed).rungs.iloc[0]
    assert (row["rung"], row["next"]) == (rung, next_rung)


def test_an_opinion_that_is_open_leaves_the_rung_at_least_that() -> None:
    row = sme(benefit_opinion="待评审").rungs.iloc[0]
    assert (row["standing"], row["next_outcome"]) == ("at_least", "review")
    assert "须由人核查" in row["missing_zh"]


def test_a_higher_title_without_the_lower_one_is_told() -> None:
    assert sme(award=0).rungs["skipped"].tolist() == ["innovative"]


def test_the_growth_ladder_says_that_the_unicorn_rung_is_no_official_rule() -> None:
    data = pd.DataFrame(
        [{"enterprise": "甲", "year": 2024, "valuation": 12.0, "founded": 2018, "on_exchange": 0, "staff": 100}]
    )
    found = ps.climb("growth-titles", data)
    row = found.rungs.iloc[0]
    assert (row["rung"], row["tech"], row["certified"], row["gazelle"]) == ("unicorn", "unknown", "unknown", "unknown")
    notes = [note.zh for note in found.notes]
    assert {"各级的顺序只有一部分有来源", "“独角兽企业”的条件为假定，没有官方来源"} <= set(notes)
    lacking = [each.message.zh.split("：")[0] for each in found.findings if each.code == "missing_columns"]
    assert lacking == ["tech-sme", "high-tech-enterprise", "gazelle-huangpu-2022"]


def test_a_gazelle_lacks_what_its_base_year_lacks() -> None:
    revenue = {2021: 900.0, 2022: 1100.0, 2023: 1400.0, 2024: 1600.0}
    data = pd.DataFrame(
        [
            {
                "enterprise": "甲",
                "year": year,
                "revenue": each,
                "founded": 2015,
                "high_tech": 1,
                "staff": 10,
                "sales": 1,
            }
            for year, each in revenue.items()
        ]
    )
    outcomes = ps.climb("growth-titles", data, year=2024).outcomes.set_index("rung")
    assert outcomes.loc["gazelle", "outcome"] == "not_met"
    grown = data.assign(revenue=data["revenue"] * 10 / 9)  # a base of exactly 1000万元, 21 % a year
    assert ps.climb("growth-titles", grown, year=2024).outcomes.set_index("rung").loc["gazelle", "outcome"] == "met"
