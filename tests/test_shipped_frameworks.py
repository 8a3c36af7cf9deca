"""Tests of what ships in indicators/, weights/ and examples/, and of the frameworks of the golden indices."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from parkscore import shipped
from parkscore.data.reading import read_table
from parkscore.data.validate import validate
from parkscore.findings import Finding, Severity
from parkscore.framework.formula import Cells, Column, compute, parse_formula, print_formula
from parkscore.framework.loading import load_scheme, read_framework
from parkscore.framework.measures import Measure, parse_measure
from parkscore.framework.models import Framework, Node, WeightEntry

ROOT = Path(__file__).resolve().parents[1]
FRAMEWORKS = [
    *("enterprise-technology-centre", "enterprise-technology-centre-yantai"),
    *("high-tech-enterprise", "innovative-sme", "per-mu-huangyan-2022", "specialised-sme-2022", "tech-sme"),
    "park-points-example",
    *("innovation-points-v2", "innovation-points-local-example"),
    "unicorn-gloss",
    *("eaglet-hangzhou-2024", "gazelle-huangpu-2022", "incubator-2018", "innovation-cluster-2026", "little-giant-2026"),
    *("specialised-sme-2026", "star-market-2020", "star-market-2024", "zero-carbon-park-2025"),
    *("torch-return-checks", "torch-returns", "zone-2021", "zone-figures", "zone-green-2025"),
    *("zone-innovation-2014", "zone-innovation-2014-first-level"),
]
SCHEMES = {
    "zone-2021-ahp-example": "zone-2021",
    "zone-2021-entropy-within": "zone-2021",
    "zone-2021-game-theory": "zone-2021",
    "zone-2021-policy-shrinkage": "zone-2021",
    "zone-2021-equal-within": "zone-2021",
    "zone-innovation-2014-equal-within": "zone-innovation-2014",
    "park-points-example-by-stage": "park-points-example",
}
GOLDEN_INDICES = ["asem", "croatia-2017", "hdi", "hdi-panel"]


@pytest.fixture(scope="module")
def zone() -> Framework:
    return ps.load_framework("zone-2021")


@pytest.fixture(scope="module")
def facts() -> Path:
    """The collected facts about frameworks, which stand beside the project and are no part of it."""
    folder = ROOT.parent / "shared" / "facts"
    if not folder.is_dir():
        pytest.skip("the facts are not beside this checkout (../shared/facts)")
    return folder


# Everything that ships


# What official tables really say and `check` has to tell: the same requirement twice, a requirement of zero, points
# that are left to the province, classes by a text.
TOLD = {
    "enterprise-technology-centre": ["no_middle_branch"],
    "enterprise-technology-centre-yantai": ["basic_at_zero"],
    "per-mu-huangyan-2022": ["classes_not_decided"],
    "specialised-sme-2022": ["unfilled_slot"],
    "innovation-points-v2": ["unfilled_slot"] * 5,
    "innovation-points-local-example": ["unfilled_slot"] * 5,
}


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_a_shipped_framework_has_no_finding_but_what_its_official_table_says(name: str) -> None:
    path = shipped.framework_path(name)
    assert path is not None
    assert [finding.code for finding in read_framework(path).findings] == TOLD.get(name, [])


@pytest.mark.parametrize("name", GOLDEN_INDICES)
def test_a_framework_of_a_golden_index_has_no_finding(name: str) -> None:
    assert read_framework(ROOT / "tests" / "frameworks" / f"{name}.yaml").findings == ()


def test_nothing_ships_that_is_not_listed_here() -> None:
    assert set(shipped.framework_names()) == set(FRAMEWORKS)
    assert set(shipped.scheme_names()) == set(SCHEMES)


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_every_number_field_rule_and_framework_names_its_source(name: str) -> None:
    framework = ps.load_framework(name)
    silent = [key for key, field in framework.fields.items() if field.kind == "number" and not field.source]
    silent += [rule.id for rule in framework.rules if not (rule.source and rule.status)]
    assert silent == []
    assert framework.source


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_everything_has_a_name_in_both_languages(name: str) -> None:
    framework = ps.load_framework(name)
    labels = [framework.title, framework.unit, *framework.fields.values(), *framework.rules, *framework.walk()]
    labels += [rule.hint for rule in framework.rules if rule.hint is not None]
    assert [label for label in labels if not (label.zh and label.en)] == []


@pytest.mark.parametrize(("name", "framework"), [each for each in SCHEMES.items() if "equal-within" in each[0]])
def test_an_assumed_scheme_says_so_and_gives_a_source_for_each_number(name: str, framework: str) -> None:
    scheme = load_scheme(name, ps.load_framework(framework))
    assert scheme.status == "assumed"
    entries = list(scheme.weights.values())
    assert all(isinstance(entry, WeightEntry) and entry.source and entry.status == "official" for entry in entries)
    assert sum(scheme.weight_of(node_id) or 0 for node_id in scheme.weights) == pytest.approx(1)
    assert [choice.name for choice in scheme.inside.values()] == ["equal"]


# The 2021 framework


def test_the_zone_framework_has_46_indicators_10_10_9_7_10(zone: Framework) -> None:
    assert [len(dimension.children) for dimension in zone.indicators] == [10, 10, 9, 7, 10]
    expected = [f"{d}.{i}" for d, count in enumerate([10, 10, 9, 7, 10], 1) for i in range(1, count + 1)]
    assert [leaf.id for leaf in zone.leaves] == expected


def test_the_first_level_of_the_zone_framework_weighs_20_20_15_15_30_percent(zone: Framework) -> None:
    assert [str(dimension.weight) for dimension in zone.indicators] == ["20%", "20%", "15%", "15%", "30%"]


def test_only_the_two_sourced_coefficients_of_the_second_level_ship(zone: Framework) -> None:
    assert {leaf.id: leaf.weight for leaf in zone.leaves if leaf.weight != "unknown"} == {"1.1": 0.8, "1.2": 1.2}
    assert sum(leaf.weight == "unknown" for leaf in zone.leaves) == 44


def test_only_energy_use_and_carbon_growth_count_against_a_zone(zone: Framework) -> None:
    assert [leaf.id for leaf in zone.leaves if leaf.direction == "lower"] == ["3.1", "3.2"]
    assert zone.defaults.direction == "higher"


def test_28_indicators_are_computed_and_18_are_reported_as_they_are(zone: Framework) -> None:
    reported = [leaf.id for leaf in zone.leaves if leaf.formula == "p" + leaf.id.replace(".", "_")]
    assert len(zone.leaves) - len(reported) == 28
    assert len(reported) == 18
    assert {f"p{number.replace('.', '_')}" for number in reported} <= set(zone.fields)


def test_the_zone_framework_has_no_field_that_nothing_uses(zone: Framework) -> None:
    used = {name for leaf in zone.leaves for name in parse_formula(str(leaf.formula)).names}
    assert set(zone.fields) == used


def test_limits_stand_where_a_negative_is_impossible_and_only_there(zone: Framework) -> None:
    may_be_negative = {key for key, field in zone.fields.items() if field.min is None}
    scores = {key for key, field in zone.fields.items() if field.measure == "分"}
    assert may_be_negative - scores == {"qc12", "qz001", "qz001_gy", "p3_2", "p3_8", "p5_1"}
    assert {key for key, field in zone.fields.items() if field.max is not None} == {"p3_3"}


def table_rows(text: str, heading: str) -> Iterator[list[str]]:
    """The rows of the first Markdown table after a heading."""
    section = text.split(heading, 1)[1].split("\n##", 1)[0]
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and re.fullmatch(r"\d\.\d+", cells[0]):
            yield cells


def test_names_and_directions_are_those_of_facts_1_2(zone: Framework, facts: Path) -> None:
    rows = list(table_rows((facts / "frameworks.md").read_text(encoding="utf-8"), "### 1.2"))
    stated = [(number, name, "lower" if "−" in direction else None) for number, name, _, _, direction in rows]
    assert stated == [(leaf.id, leaf.zh, leaf.direction) for leaf in zone.leaves]


def test_formulas_are_those_of_facts_1_3(zone: Framework, facts: Path) -> None:
    rows = list(table_rows((facts / "frameworks.md").read_text(encoding="utf-8"), "### 1.3"))
    leaves = {leaf.id: leaf for leaf in zone.leaves}
    assert len(rows) == 28
    for number, formula, *_ in rows:
        stated = re.sub(r"sn_(\w+)", r"上年(\1)", formula.split(" (name", 1)[0].replace("−", "-"))
        assert print_formula(parse_formula(str(leaves[number].formula))) == print_formula(parse_formula(stated))


# One round set of inputs for each formula, worked out by hand. Money in 千元, staff in 人, energy in 吨标准煤.
BY_HAND = [
    ("1.2", {"sumqh40_rd": 3_000, "qd01": 40_000}, {}, 7.5),  # 3000 / 40000 = 7.5 %
    ("1.3", {"sumqh51_rd": 250_000, "qc05_0": 8_000_000}, {}, 3.125),  # 2.5 亿元 of 80 亿元
    ("1.4", {"qj57": 90, "qd01": 40_000}, {}, 22.5),  # 90 件 to 4 万人
    ("1.5", {"qj56": 42, "sumqh51_rd": 210_000}, {}, 2.0),  # 42 件 to 21 千万元
    ("2.1", {"qc05_0_gf": 400_000, "qc05_0": 8_000_000}, {}, 5.0),
    ("2.2", {"qd08": 9_000, "qd18": 1_000, "qd01": 40_000}, {}, 25.0),
    ("2.3", {"qj80": 600_000, "qd01": 40_000}, {}, 1.5),  # 15 千元 a head = 1.5 万元
    ("2.4", {"qc05_0": 8_000_000}, {"qc05_0": 7_350_000}, 6.5),  # 650000 千元 = 6.5 亿元
    ("2.5", {"qc12": -160_000, "qc05_0": 8_000_000}, {}, -2.0),  # a loss
    ("2.6", {"qb11num": 130}, {"qb11num": 142}, -12.0),
    ("2.7", {"qc226_qy": 6}, {}, 6.0),
    ("2.8", {"qj73": 700, "qj79": 300, "qc05_0": 8_000_000}, {}, 1_250.0),  # 1000 件 to 0.8 百亿元
    ("2.9", {"qz001": 1_500_000, "qc02": 5_000_000, "qc05_0_qt": 1_000_000}, {}, 25.0),
    ("3.1", {"qc41_gy": 30_000, "qz001_gy": 1_200_000}, {}, 0.25),  # 30000 吨标准煤 to 120000 万元
    ("3.5", {"qd01": 40_000}, {"qd01": 37_500}, 0.25),  # 2500 人 = 0.25 万人
    ("3.6", {"qc51": 450_000, "qz001": 1_500_000}, {}, 30.0),
    ("4.1", {"qj90_qy": 4}, {}, 4.0),
    (
        "4.2",
        {
            "qj33_1": 1,
            "qj33_2": 20,
            "qj33_3": 300,
            "qj33_4": 4_000,
            "qj59": 50_000,
            "qj61": 25_679,
            "qc05_0": 8_000_000,
        },
        {},
        1.0,  # 80000 of 8000000
    ),
    ("4.3", {"qj79_2_qy": 8, "qj57_2_qy": 5}, {}, 13.0),  # an enterprise with both counts twice
    ("4.4", {"qj98_1_qy": 3}, {}, 3.0),
    ("4.5", {"qc11_1": 60_000, "qc11": 480_000}, {}, 12.5),
    ("4.6", {"qc11_gq": 320_000, "qc05_0": 8_000_000}, {}, 4.0),
    ("4.7", {"qd25": 60, "qd03": 140, "qd01": 40_000}, {}, 0.5),
    (
        "5.2",
        {"qz001": 1_540_000, "qd01": 40_000},
        {"qz001": 1_400_000, "qd01": 40_000},
        10.0,  # 38.5 千元 a head after 35
    ),
    ("5.3", {"qc05_0_rd5": 1_000_000, "qc05_0": 8_000_000}, {}, 12.5),
    ("5.4", {"qc05_0_sz": 2_000_000, "qc05_0": 8_000_000}, {}, 25.0),
    ("5.6", {"qb15_xssqy": 2}, {}, 2.0),
    ("5.7", {"qc05_rd5": 7}, {}, 7.0),
]


@pytest.mark.parametrize(("number", "now", "before", "expected"), BY_HAND, ids=[row[0] for row in BY_HAND])
def test_a_formula_and_its_conversion_agree_with_the_hand(
    zone: Framework, number: str, now: dict[str, float], before: dict[str, float], expected: float
) -> None:
    leaf = next(leaf for leaf in zone.leaves if leaf.id == number)
    given = {(name, 0): value for name, value in now.items()} | {(name, 1): value for name, value in before.items()}
    columns = {key: Column(Cells.of([value]), measure_of(zone, key[0])) for key, value in given.items()}
    result = compute(parse_formula(str(leaf.formula)), columns, parse_measure(str(leaf.measure)))
    assert result.values[0] == pytest.approx(expected, rel=1e-14)


def measure_of(framework: Framework, name: str) -> Measure | None:
    measure = framework.fields[name].measure
    return None if measure is None else parse_measure(measure)


def test_all_28_formulas_are_worked_out_by_hand(zone: Framework) -> None:
    computed = [leaf.id for leaf in zone.leaves if leaf.formula != "p" + leaf.id.replace(".", "_")]
    assert [row[0] for row in BY_HAND] == computed


def test_zone_totals_are_those_of_the_torch_yearbooks_2024_and_2025_table_1_3(zone: Framework) -> None:
    assert {key: dict(field.totals) for key, field in zone.fields.items() if field.totals} == {
        "qc05_0": {2023: 55_014_940_375, 2024: 55_975_504_229},
        "qd01": {2023: 26_804_953},
        "qc02": {2023: 31_925_945_666},
        "qb11num": {2023: 156_763},
    }


def zone_row(**changes: float) -> pd.DataFrame:
    """One plausible zone in two years; `changes` are for the second."""
    first = {"qd01": 40_000, "qd03": 200, "qd08": 9_000, "qd18": 1_000, "qc05_0": 80_000_000, "qc51": 4_000_000}
    first |= {"qc11": 5_000_000, "qc11_1": 50_000, "qc11_gq": 900_000, "qc05_0_gf": 7_000_000, "qc41_gy": 90_000}
    rows = [{"zone": "甲", "year": 2023} | first, {"zone": "甲", "year": 2024} | first | changes]
    return pd.DataFrame(rows)


def rules_broken(framework: Framework, frame: pd.DataFrame) -> Counter[str | None]:
    table, _ = read_table(frame, framework)
    return Counter(finding.rule for finding in validate(framework, table) if finding.rule is not None)


def test_a_plausible_zone_breaks_no_rule(zone: Framework) -> None:
    assert rules_broken(zone, zone_row()) == {}


@pytest.mark.parametrize(
    ("rule", "changes"),
    [
        ("magnitude_jump", {"qc05_0": 420_000_000}),
        ("services_within_revenue", {"qc05_0_gf": 80_000_001}),
        ("technical_services_within_exports", {"qc11_1": 5_000_001}),
        ("high_tech_within_exports", {"qc11_gq": 5_000_001}),
        ("graduates_within_staff", {"qd08": 39_001}),
        ("graduates_not_reported", {"qd08": 0, "qd18": 0}),
        ("returned_not_reported", {"qd03": 0}),
        ("returned_within_staff", {"qd03": 40_001}),
        ("pay_not_reported", {"qc51": 799_999}),
        ("energy_too_high", {"qc41_gy": 8_000_001}),
    ],
)
def test_a_rule_finds_the_mistake_that_it_is_for(zone: Framework, rule: str, changes: dict[str, float]) -> None:
    assert rules_broken(zone, zone_row(**changes))[rule] == 1


def test_revenue_in_another_measure_under_the_wrong_header_is_found(zone: Framework) -> None:
    frame = zone_row()
    frame["qc05_0"] /= 10  # 万元 under 千元
    assert rules_broken(zone, frame)["measure_mixup_revenue"] == 2


# The innovation index


def test_published_sub_indices_of_2015_make_the_published_total_180_9() -> None:
    sub_indices = [162.6, 298.8, 124.3, 259.5, 126.4]
    framework = ps.load_framework("zone-innovation-2014-first-level")
    frame = pd.DataFrame([["国家高新区", 2015, *sub_indices]], columns=["unit", "year", *framework.fields])
    score = float(ps.evaluate(framework, frame).ranking["score"].iloc[0])
    assert score == pytest.approx(180.905, rel=1e-14)
    assert round(score, 1) == 180.9


def test_the_innovation_index_has_five_indicators_in_each_of_its_five_dimensions() -> None:
    framework = ps.load_framework("zone-innovation-2014")
    assert [len(dimension.children) for dimension in framework.indicators] == [5, 5, 5, 5, 5]
    assert [str(dimension.weight) for dimension in framework.indicators] == ["20%", "20%", "25%", "10%", "25%"]
    assert {leaf.weight for leaf in framework.leaves} == {"unknown"}


def test_both_innovation_frameworks_weigh_the_same_dimensions_alike() -> None:
    def first_level(name: str) -> list[tuple[str, str | None, object]]:
        nodes: tuple[Node, ...] = ps.load_framework(name).indicators
        return [(node.id, node.zh, node.weight) for node in nodes]

    assert first_level("zone-innovation-2014") == first_level("zone-innovation-2014-first-level")


def test_with_equal_weights_inside_25_equal_indices_make_their_own_value() -> None:
    framework = ps.load_framework("zone-innovation-2014")
    frame = pd.DataFrame([["国家高新区", 2010, *[100.0] * 25]], columns=["unit", "year", *framework.fields])
    evaluation = ps.evaluate(framework, frame, weights="zone-innovation-2014-equal-within")
    assert evaluation.ranking["score"].iloc[0] == pytest.approx(100, rel=1e-14)


# The published figures

FIGURES = ROOT / "examples" / "zone-figures.csv"


def figures() -> list[dict[str, str]]:
    with FIGURES.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def published(facts: Path) -> list[dict[str, str]]:
    with (facts / "zone-figures.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_each_published_figure_of_a_zone_is_in_its_column_or_left_out_with_its_words(facts: Path) -> None:
    rows = {(row["高新区"], row["年份"]): row for row in figures()}
    numbers = 0
    for fact in (fact for fact in published(facts) if fact["zone"] != "合计"):
        row = rows[fact["zone"], fact["as_of"]]
        columns = {name: cell for name, cell in row.items() if name.rpartition("(")[0] == fact["field"]}
        header, cell = next(((name, cell) for name, cell in columns.items() if cell), ("", ""))
        assert fact["source"] in row["来源"]
        if cell == "":
            assert f"{fact['field']} {fact['value']} {fact['unit']}（" in row["未计入"]
            continue
        numbers += 1
        assert Decimal(cell) == Decimal(fact["value"])
        if fact["unit"].endswith("元"):
            assert header.endswith(f"({fact['unit']})")
    filled = sum(cell != "" for row in figures() for name, cell in row.items() if name.endswith(")"))
    assert numbers == filled


@pytest.mark.parametrize("qualifier", ["下限", "前三季度", "规模以上", "直管园"])
def test_no_bound_part_of_a_year_or_part_of_a_zone_counts_as_a_figure(qualifier: str) -> None:
    rows = figures()
    assert any(qualifier in row["未计入"] for row in rows)
    assert not any(qualifier in row["限定"] for row in rows)


def test_amounts_published_in_two_measures_are_read_from_two_columns_and_the_conversions_recorded() -> None:
    table, _ = read_table(FIGURES, ps.load_framework("zone-figures"))
    revenue = table.frame.set_index(["unit", "year"])["revenue"]
    assert revenue["新乡", 2021] == 75966000
    assert revenue["天津滨海", 2024] == 637730491
    converted = [(conversion.header, conversion.factor) for conversion in table.conversions]
    assert converted == [
        ("营业收入(亿元)", 100_000),
        ("工业总产值(亿元)", 100_000),
        ("生产总值(亿元)", 100_000),
        ("科技活动经费支出(亿元)", 100_000),
    ]


def test_national_totals_are_in_the_framework_and_not_among_the_zones(facts: Path) -> None:
    assert not [row for row in figures() if row["高新区"] == "合计"]
    fields = {field.zh: field for field in ps.load_framework("zone-figures").fields.values()}
    for fact in (fact for fact in published(facts) if fact["zone"] == "合计"):
        assert fields[fact["field"]].totals[int(fact["as_of"])] == float(fact["value"])


def test_only_the_two_zones_with_enough_published_figures_are_ranked() -> None:
    ranking = ps.evaluate("zone-figures", FIGURES).ranking
    ranked = ranking[ranking["rank"].notna()]
    assert {(row.unit, row.year) for row in ranked.itertuples()} == {
        ("北京中关村", 2023),
        ("天津滨海", 2023),
        ("北京中关村", 2024),
    }
    assert len(ranking) == len(figures())


def test_the_published_figures_themselves_break_no_rule() -> None:
    framework = ps.load_framework("zone-figures")
    table, reading = read_table(FIGURES, framework)
    findings = [*reading, *validate(framework, table)]
    assert [finding for finding in findings if finding.severity is not Severity.INFO] == []


def changed_figures(tmp_path: Path, old: str, new: str) -> list[Finding]:
    text = FIGURES.read_text(encoding="utf-8-sig")
    assert old in text
    file = tmp_path / "figures.csv"
    file.write_text(text.replace(old, new), encoding="utf-8")
    framework = ps.load_framework("zone-figures")
    return validate(framework, read_table(file, framework)[0])


def test_the_tenfold_error_in_tianjins_revenue_of_2023_from_facts_8_1_is_found(tmp_path: Path) -> None:
    found = changed_figures(tmp_path, ",600875917,", ",6008785197,")
    assert {(finding.rule, finding.unit, finding.year, finding.field) for finding in found} == {
        ("magnitude_jump", "天津滨海", 2024, "revenue"),  # a tenth of what 2023 says
        ("magnitude_revenue", "天津滨海", 2023, "revenue"),  # the cell itself
    }


def test_a_revenue_column_in_hundred_millions_labelled_thousands_is_found(tmp_path: Path) -> None:
    rows = figures()
    for row in rows:
        if row["营业收入(千元)"]:
            row["营业收入(千元)"] = str(Decimal(row["营业收入(千元)"]) / 100_000)  # 亿元
    framework = ps.load_framework("zone-figures")
    table, _ = read_table(pd.DataFrame(rows).replace("", np.nan), framework)
    found = [finding for finding in validate(framework, table) if finding.rule == "measure_mixup_revenue"]
    assert {finding.year for finding in found} == {2023, 2024}
    assert all("亿元" in finding.message.zh for finding in found)


def test_a_negative_industrial_value_added_leaves_the_energy_indicator_without_a_value_and_says_so() -> None:
    frame = ps.sample("zone-2021", units=20, years=1, seed=3)
    header = next(name for name in frame.columns if name.startswith("工业企业增加值"))
    untouched = ps.evaluate("zone-2021", frame, weights="zone-2021-equal-within")
    frame.loc[4, header] = -5000
    evaluation = ps.evaluate("zone-2021", frame, weights="zone-2021-equal-within")
    unit = frame.loc[4, "高新区"]
    assert np.isnan(evaluation.indicators.xs(unit)["3.1"]).all()
    others = evaluation.scored["3.1"].drop(unit).dropna()
    assert others.between(0, 100).all()
    assert others.nunique() > 10
    assert {finding.unit for finding in evaluation.findings if finding.rule == "negative_industrial_value_added"} == {
        unit
    }
    assert not [finding for finding in untouched.findings if finding.rule == "negative_industrial_value_added"]
