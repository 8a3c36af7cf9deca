"""The made-up points of a park: five stages by revenue, steps by stage, the workbook that ships."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import parkscore as ps
from parkscore.data.reading import read_table
from parkscore.shipped import example_path, framework_path
from tests.shipped_once import shipped_framework

NAME, SCHEME = "park-points-example", "park-points-example-by-stage"
EDGE = 1e-6


def rows(*cells: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame([{"enterprise": f"企业{number}", "year": 2025, **row} for number, row in enumerate(cells)])


def points(node: str, *cells: dict[str, Any]) -> list[float]:
    return [round(each, 9) for each in ps.evaluate(shipped_framework(NAME), rows(*cells)).nodes[node]]


@pytest.mark.parametrize(
    ("revenue", "stage"),
    [
        *((0, "seed"), (50 - EDGE, "seed"), (50, "sapling"), (500 - EDGE, "sapling"), (500, "growth_stage")),
        *((2000 - EDGE, "growth_stage"), (2000, "strong"), (10000 - EDGE, "strong"), (10000, "mature")),
    ],
)
def test_the_five_stages_have_the_bounds_of_hangzhou_binjiang_2020(revenue: float, stage: str) -> None:
    assert ps.evaluate(shipped_framework(NAME), rows({"revenue": revenue})).classes["class"].tolist() == [stage]


# What the steps give: from each threshold on, and below the last.
STEPS: dict[str, tuple[tuple[str, str], list[tuple[float, float]]]] = {
    "rd_intensity": (("rd_expense", "revenue"), [(15, 60), (10, 50), (6, 40), (4, 30), (2, 15)]),
    "rd_staff_share": (("rd_staff", "staff"), [(40, 40), (25, 30), (15, 20), (10, 10)]),
    "high_tech_share": (("high_tech_revenue", "revenue"), [(80, 40), (60, 30), (40, 20), (20, 10)]),
    "profit_margin": (("net_profit", "revenue"), [(15, 40), (10, 30), (5, 20), (0, 10)]),
}


@pytest.mark.parametrize("node", STEPS)
def test_every_step_gives_its_points_just_below_at_and_just_above(node: str) -> None:
    (part, whole), steps = STEPS[node]
    values = [start + off for start, _ in steps for off in (-EDGE, 0, EDGE)]
    values = [value for value in values if value >= 0 or part == "net_profit"]
    expected = [next((earned for start, earned in steps if value >= start), 0) for value in values]
    assert points(node, *({part: value, whole: 100} for value in values)) == expected


GROWTH = {
    30: [(50, 60), (30, 45), (15, 30), (0, 15)],  # seed
    400: [(50, 60), (30, 45), (15, 30), (0, 15)],  # sapling
    600: [(20, 60), (10, 45), (5, 30), (0, 15)],  # growth
    50000: [(20, 60), (10, 45), (5, 30), (0, 15)],  # mature
}


@pytest.mark.parametrize("revenue", GROWTH)
def test_every_step_of_growth_by_stage_just_below_at_and_just_above(revenue: float) -> None:
    steps = GROWTH[revenue]
    for start, earned in steps:
        for off in (-EDGE, 0, EDGE):
            growth = start + off
            expected = next((each for threshold, each in steps if growth >= threshold), 0)
            table = pd.DataFrame(
                {"enterprise": "甲", "year": [2024, 2025], "revenue": [revenue / (1 + growth / 100), revenue]}
            )
            assert ps.evaluate(shipped_framework(NAME), table, year=2025).nodes["revenue_growth"].tolist() == [
                expected
            ], (growth, earned)


def test_four_utility_models_are_one_patent_and_forty_points_are_the_most() -> None:
    table = [
        {"invention_patents": own, "utility_models": models} for own, models in ((0, 3), (0, 4), (1, 7), (7, 4), (9, 0))
    ]
    assert points("patents", *table) == [0, 5, 10, 40, 40]


def test_contracts_earn_sixty_per_cent_at_the_basic_share_and_all_at_the_full_one() -> None:
    shares = [0, 1, 2, 6, 10, 11]
    assert points("contracts", *({"technology_contracts": share, "revenue": 100} for share in shares)) == [
        0,
        6,
        12,
        16,
        20,
        20,
    ]


@pytest.mark.parametrize(
    ("raised", "earned"), [(99.99, 0), (100, 15), (499.99, 15), (500, 30), (1999.99, 30), (2000, 40)]
)
def test_equity_just_below_and_at_each_step(raised: float, earned: float) -> None:
    assert points("equity", {"equity_raised": raised}) == [earned]


@pytest.mark.parametrize(("node", "field", "earned"), [("platform", "institution", 40), ("prize", "award", 20)])
def test_a_yes_earns_its_points_and_a_no_none(node: str, field: str, earned: float) -> None:
    assert points(node, {field: 1}, {field: 0}) == [earned, 0]


def test_data_of_sixty_per_cent_of_the_weight_are_enough_for_a_place_and_less_are_not() -> None:
    known = {"rd_expense": 90, "revenue": 600, "rd_staff": 40, "staff": 100, "invention_patents": 8}
    known |= {"utility_models": 0, "technology_contracts": 60, "high_tech_revenue": 480}  # input and output: 30 and 30
    ranking = ps.evaluate(shipped_framework(NAME), rows(known, {**known, "technology_contracts": None})).ranking
    assert ranking.sort_values("unit")["status"].str.partition(":")[0].tolist() == ["ranked", "not_ranked"]


def test_the_weights_differ_by_stage_and_the_scheme_says_that_they_are_assumed() -> None:
    best = {"rd_expense": 20, "rd_staff": 50, "staff": 100}
    table = rows(*({**best, "revenue": revenue, "institution": 1} for revenue in (40, 400, 600)))
    found = ps.evaluate(shipped_framework(NAME), table, weights=SCHEME)
    weights = found.weights[found.weights["id"] == "input"].set_index("class")["stated"].to_dict()
    assert {key: round(weights[key], 12) for key in ("seed", "sapling", "growth_stage")} == {
        "seed": 45, "sapling": 35, "growth_stage": 30,
    }  # fmt: skip
    assert found.weights_status == "assumed"


def test_every_stage_has_the_weights_that_the_scheme_says_and_the_sapling_those_of_the_first_line() -> None:
    table = rows(*({"revenue": revenue, "rd_expense": 1} for revenue in (40, 400, 600, 2000, 10000)))
    found = ps.evaluate(shipped_framework(NAME), table, weights=SCHEME).weights
    dimensions = ("input", "output", "development", "support")
    stated = {stage: dict(zip(part["id"], part["stated"], strict=True)) for stage, part in found.groupby("class")}
    assert {stage: [round(each[key], 12) for key in dimensions] for stage, each in stated.items()} == {
        "seed": [45, 20, 10, 25],
        "sapling": [35, 25, 20, 20],
        "growth_stage": [30, 30, 30, 10],
        "strong": [25, 30, 35, 10],
        "mature": [25, 35, 30, 10],
    }


@pytest.mark.parametrize(
    ("cells", "outcome"),
    [
        ({"offence": 1, "net_assets": 5}, "not_met"),
        ({"offence": 0, "net_assets": 5}, "met"),
        ({"offence": 0, "net_assets": 0}, "review"),
        ({"offence": 0, "net_assets": -5}, "review"),
        ({"offence": None, "net_assets": 5}, "unknown"),
        ({"offence": 1, "net_assets": None}, "not_met"),
    ],
)
def test_an_offence_is_a_veto_and_a_deficit_is_for_somebody_to_look_at(cells: dict[str, Any], outcome: str) -> None:
    assert ps.evaluate(shipped_framework(NAME), rows(cells)).gates["outcome"].tolist() == [outcome]


def graded(**cells: Any) -> tuple[str, float | None]:
    """The credit grade and its line of an enterprise in the growth stage."""
    best = {"rd_expense": 90, "revenue": 600, "rd_staff": 40, "staff": 100, "invention_patents": 8, "utility_models": 0}
    best |= {"technology_contracts": 60, "high_tech_revenue": 480, "net_profit": 90, "institution": 0, "award": 0}
    row = {**best, "equity_raised": 0, "offence": 0, "enterprise": "甲", "year": 2025, **cells}
    before = {"enterprise": "甲", "year": 2024, "revenue": row["revenue"] / (1 + cells.pop("growth", 20) / 100)}
    (grade,) = ps.evaluate(shipped_framework(NAME), pd.DataFrame([before, row]), year=2025).grades.to_dict("records")
    return grade["grade"], grade["line"]


def test_the_grade_follows_from_the_points_and_the_line_from_the_grade() -> None:
    assert graded() == ("A", 500)  # 85
    assert graded(institution=1, award=1, equity_raised=2000) == ("A", 500)  # 100
    assert graded(rd_expense=60, rd_staff=0, net_profit=-1) == ("A", 500)  # 60 exactly
    assert graded(rd_expense=12, rd_staff=0) == ("B", 300)  # 59.5
    assert graded(rd_expense=0, rd_staff=0) == ("B", 300)  # 55
    assert graded(rd_expense=0, rd_staff=0, net_profit=0) == ("B", 300)  # 47.5
    assert graded(rd_expense=0, rd_staff=0, net_profit=-1) == ("B", 300)  # 45 exactly
    assert graded(rd_expense=0, rd_staff=0, net_profit=-1, invention_patents=7) == ("C", 100)  # 43.5
    low = {"rd_expense": 0, "rd_staff": 0, "net_profit": -1, "invention_patents": 2}
    assert graded(**low, high_tech_revenue=240) == ("C", 100)  # 30 exactly
    assert graded(**low, high_tech_revenue=120) == ("D", 0)  # 27
    assert graded(rd_expense=0, rd_staff=0, net_profit=-1, invention_patents=0, technology_contracts=0,
                  high_tech_revenue=0) == ("D", 0)  # 15  # fmt: skip


def test_an_offence_overrides_the_grade_and_a_gap_that_matters_leaves_it_open() -> None:
    assert graded(offence=1) == ("D", 0)
    grade, line = graded(offence=None)
    assert grade == "unknown"
    assert pd.isna(line)
    assert graded(institution=None) == ("A", 500)  # 85 to 91
    assert graded(rd_expense=None) == ("A", 500)  # 67 to 85
    assert graded(rd_expense=None, rd_staff=0)[0] == "unknown"  # 55 to 73


def test_the_list_of_each_park_has_fifty_places() -> None:
    known = {"rd_expense": 90, "revenue": 600, "rd_staff": 40, "staff": 100, "invention_patents": 8}
    known |= {"utility_models": 0, "high_tech_revenue": 480}
    table = rows(*({**known, "park": "东园", "technology_contracts": number / 10} for number in range(52)))
    lists = ps.evaluate(shipped_framework(NAME), table).lists
    listed = lists[(lists["list"] == "top50") & (lists["standing"] == "listed")]["unit"]
    assert set(listed) == {f"企业{number}" for number in range(2, 52)}


def test_the_finder_asks_for_age_research_and_growth_all_at_once(tmp_path: Path) -> None:
    def firm(name: str, founded: int, rd: float, before: float) -> list[dict[str, Any]]:
        return [
            {"enterprise": name, "year": 2024, "founded": founded, "rd_expense": rd, "revenue": before},
            {"enterprise": name, "year": 2025, "founded": founded, "rd_expense": rd, "revenue": 120},
        ]

    table = [*firm("都符合", 2020, 12, 100), *firm("太老", 2019, 12, 100), *firm("研发少", 2020, 11.9, 100)]
    table += [*firm("增长慢", 2020, 12, 100.1), *firm("无上年", 2020, 12, 100)[1:]]
    found = ps.evaluate(shipped_framework(NAME), pd.DataFrame(table), year=2025)
    rising = found.lists[found.lists["list"] == "rising"]
    assert rising[["unit", "standing"]].to_numpy().tolist() == [["都符合", "listed"], ["无上年", "open"]]


def test_the_workbook_that_ships_is_what_the_generator_makes_and_says_that_it_is_synthetic() -> None:
    framework = ps.load_framework(NAME)
    shipped = read_table(example_path("enterprises-synthetic.xlsx"), framework)[0].frame
    made = read_table(ps.sample(NAME, units=300, years=2, seed=1), framework)[0].frame
    pd.testing.assert_frame_equal(shipped, made, check_dtype=False)
    notes = ps.evaluate(shipped_framework(NAME), example_path("enterprises-synthetic.xlsx"), year=2024).notes
    assert any("synthetic" in note.en for note in notes)


def test_in_the_workbook_that_ships_every_stage_has_enterprises_and_every_row_is_accounted_for() -> None:
    found = ps.evaluate(shipped_framework(NAME), example_path("enterprises-synthetic.xlsx"), weights=SCHEME, year=2024)
    counts = found.classes["class"].value_counts()
    assert set(counts.index) == {"seed", "sapling", "growth_stage", "strong", "mature"}
    assert len(found.scores) == 300
    top = found.list_counts
    assert set(found.lists["list"]) == {"top50", "rising"}
    assert len(top) > 2


def test_the_example_states_what_to_vary_and_marks_it_as_made_up() -> None:
    file = framework_path(NAME)
    assert file is not None
    text = file.read_text(encoding="utf-8")
    assert "自拟的假定" in text
    found = ps.evaluate(NAME, ps.sample(NAME, units=12, seed=1)).robustness(draws=16)
    assert found.about["asked"] == {"weights": {"multipliers": "20%", "level": "node"}}
    assert any(each.endswith("it is an assumption all the same") for each in found.about["assumptions"])
