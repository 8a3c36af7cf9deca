from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from openpyxl import load_workbook

import parkscore as ps
from parkscore.diagnosis.correlations import denominators
from parkscore.diagnosis.sheets import HEADS, TITLES, WORDS
from parkscore.framework.models import Choice, Defaults, Framework
from parkscore.methods.main_effects import main_effect
from tests.small_frameworks import dimension, field, leaf, small

UNITS = 60


def _zones(**columns: Any) -> pd.DataFrame:
    count = max(len(column) for column in columns.values())
    return pd.DataFrame({"zone": [f"区{number:03}" for number in range(count)], **columns})


def _draws(*names: str, seed: int = 0) -> dict[str, np.ndarray]:
    draw = np.random.default_rng(seed)
    return {name: draw.uniform(1, 2, UNITS) for name in names}


def _tree() -> Framework:
    """Two dimensions of 70 % and 30 %; the first has two indicators, the second one."""
    first = dimension("A", leaf("a1", weight=3), leaf("a2", weight=1), weight=0.7)
    return small(first, dimension("B", leaf("b1", weight=1), weight=0.3))


@pytest.fixture(scope="module")
def diagnosis() -> ps.Diagnosis:
    """The tree over 60 zones, with three gaps in a2."""
    columns = _draws("a1", "a2", "b1")
    columns["a2"][[3, 4, 5]] = np.nan
    return ps.diagnose(ps.evaluate(_tree(), _zones(**columns)))


def _row(table: pd.DataFrame, **where: Any) -> dict[str, Any]:
    chosen = table
    for column, value in where.items():
        chosen = chosen[chosen[column] == value]
    assert len(chosen) == 1
    return dict(chosen.iloc[0])


# --- what each table says ------------------------------------------------------------------------------------------


def test_availability_counts_gaps_by_reason(diagnosis):
    row = _row(diagnosis.availability, id="a2")
    assert (row["rows"], row["present"], row["missing"], row["not_applicable"]) == (60, 57, 3, 0)
    assert row["share"] == pytest.approx(57 / 60)


def test_availability_of_units_counts_indicators_and_the_weight_they_carry(diagnosis):
    row = _row(diagnosis.units, unit="区003")
    assert (row["present"], row["applicable"]) == (2, 3)
    assert row["coverage"] == pytest.approx(1 - 0.7 / 4)


def test_gaps_that_a_policy_filled_are_counted_as_gaps_and_as_filled():
    framework = small(leaf("x", missing=Choice.of("mean")), leaf("y"))
    columns = _draws("x", "y")
    columns["x"][0] = np.nan
    row = _row(ps.diagnose(ps.evaluate(framework, _zones(**columns))).availability, id="x")
    assert (row["present"], row["missing"], row["filled"]) == (59, 1, 1)


def test_statistics_hold_values_in_their_measure_and_scores_of_every_node(diagnosis):
    table = diagnosis.statistics
    assert table.loc[table["stage"] == "values", "id"].tolist() == ["a1", "a2", "b1"]
    assert table.loc[table["stage"] == "scores", "id"].tolist() == ["total", "A", "a1", "a2", "B", "b1"]
    values = diagnosis.evaluation.indicators["a1"]
    assert _row(table, stage="values", id="a1")["mean"] == pytest.approx(values.mean(), rel=1e-15)


def test_siblings_are_correlated_over_the_rows_that_have_both_and_with_every_level_above(diagnosis):
    table = diagnosis.correlations
    row = _row(table, relation="siblings", of="A")
    nodes = diagnosis.evaluation.nodes
    assert (row["a"], row["b"], row["n"]) == ("a1", "a2", 57)
    for kind in ("pearson", "spearman", "kendall"):
        assert row[kind] == pytest.approx(nodes["a1"].corr(nodes["a2"], method=kind), abs=1e-12)
    above = table[table["relation"] == "above"]
    # B has one indicator only: it is the same column, and their correlation says nothing.
    assert list(zip(above["a"], above["b"], strict=True)) == [
        ("A", "total"),
        ("a1", "A"),
        ("a1", "total"),
        ("a2", "A"),
        ("a2", "total"),
        ("B", "total"),
        ("b1", "total"),
    ]


@pytest.mark.parametrize(("slope", "noise", "flag"), [(1, 0.01, "collinear"), (-1, 0.3, "negative"), (0.1, 1, "weak")])
def test_pairs_that_cancel_out_share_little_or_repeat_each_other_are_flagged(slope, noise, flag):
    draw = np.random.default_rng(2)
    x = draw.uniform(size=UNITS)
    frame = _zones(x=x, y=slope * x + noise * draw.uniform(size=UNITS))
    found = ps.diagnose(ps.evaluate(small(leaf("x"), leaf("y")), frame)).correlations
    assert _row(found, relation="siblings")["flag"] == flag


def test_reliability_of_a_dimension_counts_its_complete_rows(diagnosis):
    row = _row(diagnosis.reliability, of="A")
    scores = diagnosis.evaluation.nodes[["a1", "a2"]].dropna()
    covariance = np.cov(scores.to_numpy().T)
    assert (row["items"], row["n"], row["members"]) == (2, 57, "children")
    assert row["alpha"] == pytest.approx(2 * (1 - np.trace(covariance) / covariance.sum()), abs=1e-12)
    assert _row(diagnosis.reliability, of="B")["flag"] == "single"


def test_all_indicators_are_a_group_of_their_own_only_where_the_tree_has_dimensions(diagnosis):
    assert set(zip(diagnosis.reliability["of"], diagnosis.reliability["members"], strict=True)) == {
        ("total", "children"),
        ("total", "indicators"),
        ("A", "children"),
        ("B", "children"),
    }
    flat = ps.diagnose(ps.evaluate(small(leaf("x"), leaf("y")), _zones(**_draws("x", "y"))))
    assert flat.reliability["members"].tolist() == ["children"]


def test_an_item_that_spoils_its_dimension_is_named():
    columns = _draws("x", "z")
    columns["y"] = columns["x"] + 0.1 * _draws("y", seed=5)["y"]
    columns["z"] = 3 - columns["x"] + 0.2 * columns["z"]
    items = ps.diagnose(ps.evaluate(small(leaf("x"), leaf("y"), leaf("z")), _zones(**columns))).items
    assert items.loc[items["better_without"], "id"].tolist() == ["z"]


def test_two_items_that_go_together_have_no_flag_for_their_kmo_which_is_a_half_whatever_they_are():
    framework = small(dimension("A", leaf("a", weight=1), leaf("b", weight=1), weight=1), leaf("c", weight=1))
    rows = pd.DataFrame(
        {"zone": list("甲乙丙丁戊"), "a": [1.0, 2, 3, 4, 5], "b": [1.0, 2, 3, 5, 4], "c": [3.0, 1, 5, 2, 4]}
    )
    found = ps.diagnose(ps.evaluate(framework, rows)).reliability.set_index("of").loc["A"]
    assert (found["items"], round(found["kmo"], 12)) == (2, 0.5)
    assert pd.isna(found["flag"])


def test_components_of_a_group_explain_all_of_it(diagnosis):
    own = diagnosis.components[diagnosis.components["members"] == "indicators"]
    assert len(own) == 3
    assert own["cumulative"].iloc[-1] == pytest.approx(1.0)
    assert own["eigenvalue"].sum() == pytest.approx(3.0)


# --- influence -----------------------------------------------------------------------------------------------------


def test_nominal_weights_are_shares_within_a_node_and_products_down_the_tree(diagnosis):
    table = diagnosis.influence
    of = {key: dict(zip(part["id"], part["nominal"], strict=True)) for key, part in table.groupby(["of", "members"])}
    assert of["total", "children"] == pytest.approx({"A": 0.7, "B": 0.3})
    assert of["A", "children"] == pytest.approx({"a1": 0.75, "a2": 0.25})
    assert of["total", "indicators"] == pytest.approx({"a1": 0.525, "a2": 0.175, "b1": 0.3})


def test_acts_like_is_the_main_effect_as_a_share_and_the_linear_part_is_beside_it(diagnosis):
    own = diagnosis.influence[diagnosis.influence["members"] == "indicators"]
    nodes = diagnosis.evaluation.nodes
    wanted = [main_effect(nodes[code].to_numpy(), nodes["total"].to_numpy()) for code in own["id"]]
    np.testing.assert_array_equal(own["main_effect"], wanted)
    np.testing.assert_allclose(own["acts_like"], np.array(wanted) / np.sum(wanted), rtol=1e-14)
    np.testing.assert_allclose(own["linear"], [nodes[code].corr(nodes["total"]) ** 2 for code in own["id"]], atol=1e-12)


def test_an_equal_weight_that_acts_like_more_is_seen():
    # As they are scored, x varies three times as much as y: of the variance of x + y it makes 9 / (9 + 1).
    draw = np.random.default_rng(0)
    framework = small(
        leaf("x", weight=0.5),
        leaf("y", weight=0.5),
        defaults=Defaults(score={"rule": "as_is"}),
    )
    frame = _zones(x=draw.normal(50, 9, 2000), y=draw.normal(50, 3, 2000))
    found = ps.diagnose(ps.evaluate(framework, frame)).influence
    assert found["nominal"].tolist() == [0.5, 0.5]
    assert found["acts_like"].tolist() == pytest.approx([0.9, 0.1], abs=0.03)


def test_weights_that_a_method_finds_for_each_year_are_taken_together_by_their_rows():
    framework = small(leaf("x"), leaf("y"), time="year")
    columns = _draws("x", "y")
    frame = _zones(**columns).assign(year=np.repeat([2023, 2024], [20, 40]))
    evaluation = ps.evaluate(framework, frame, weights="entropy")
    weights = evaluation.weights[evaluation.weights["id"] == "x"].set_index("reference")["share"]
    found = _row(ps.diagnose(evaluation).influence, id="x")["nominal"]
    assert found == pytest.approx((20 * weights["2023"] + 40 * weights["2024"]) / 60, rel=1e-12)


# --- what cannot be computed says why ------------------------------------------------------------------------------


def test_constant_indicators_are_named_everywhere_and_spoil_nothing_else():
    columns = _draws("x", "y") | {"flat": np.full(UNITS, 5.0)}
    diagnosis = ps.diagnose(ps.evaluate(small(leaf("x"), leaf("y"), leaf("flat")), _zones(**columns)))
    assert _row(diagnosis.statistics, stage="values", id="flat")["flag"] == "constant"
    assert _row(diagnosis.correlations, relation="siblings", a="x", b="flat")["flag"] == "constant"
    assert _row(diagnosis.influence, id="flat")["flag"] == "constant"
    assert _row(diagnosis.items, id="flat")["flag"] == "constant"
    group = _row(diagnosis.reliability, of="total")
    assert (group["items"], group["left_out"], group["n"]) == (2, "flat", UNITS)
    assert np.isfinite(group["alpha"])


def test_an_indicator_without_data_is_named_and_leaves_the_others_their_rows():
    columns = _draws("x", "y") | {"none": np.full(UNITS, np.nan)}
    diagnosis = ps.diagnose(ps.evaluate(small(leaf("x"), leaf("y"), leaf("none")), _zones(**columns)))
    assert _row(diagnosis.statistics, stage="values", id="none")["flag"] == "empty"
    assert _row(diagnosis.correlations, relation="siblings", a="x", b="none")["flag"] == "few"
    group = _row(diagnosis.reliability, of="total")
    assert (group["items"], group["left_out"], group["n"]) == (2, "none", UNITS)


def test_indicators_that_determine_each_other_have_alpha_but_no_kmo():
    columns = _draws("x")
    columns["y"] = 2 * columns["x"]
    group = _row(ps.diagnose(ps.evaluate(small(leaf("x"), leaf("y")), _zones(**columns))).reliability, of="total")
    assert group["flag"] == "dependent"
    assert group["alpha"] == pytest.approx(1.0)
    assert np.isnan(group["kmo"])


def test_two_units_are_too_few_and_every_table_says_so():
    diagnosis = ps.diagnose(ps.evaluate(small(leaf("x"), leaf("y")), _zones(x=[1.0, 2.0], y=[2.0, 1.0])))
    assert set(diagnosis.correlations["flag"]) == {"few"}
    assert diagnosis.reliability["flag"].tolist() == ["few"]
    assert set(diagnosis.influence["flag"]) == {"few"}


def test_every_gap_in_a_result_has_a_flag_that_explains_it():
    columns = _draws("x", "y", "z") | {"flat": np.full(UNITS, 5.0), "none": np.full(UNITS, np.nan)}
    framework = small(dimension("D", *(leaf(name) for name in columns)), leaf("w"))
    diagnosis = ps.diagnose(ps.evaluate(framework, _zones(**columns, w=_draws("w")["w"])))
    for table, column in ((diagnosis.correlations, "pearson"), (diagnosis.influence, "main_effect")):
        assert table.loc[table[column].isna(), "flag"].notna().all()
    assert set(pd.concat([diagnosis.correlations["flag"], diagnosis.influence["flag"]]).dropna()) <= WORDS.keys()


# --- denominators --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        ("a / b", {"b"}),
        ("a / (b + c) * 100", {"b", "c"}),
        ("a + b", set()),
        ("a / b / c", {"b", "c"}),
        ("if(a > 0, a / c, 0)", {"c"}),
        ("a * d", {"c"}),
        ("a / d", {"c", "d"}),
    ],
)
def test_the_fields_below_a_fraction_line_are_found_in_derived_fields_too(formula, wanted):
    fields = {name: field(name) for name in "abc"} | {"d": field("d", formula="b / c")}
    assert denominators(small(leaf("x", formula="a"), fields=fields), formula) == wanted


def test_an_indicator_that_follows_the_denominator_of_another_follows_size():
    draw = np.random.default_rng(0)
    staff = draw.uniform(100, 1000, UNITS)
    frame = _zones(staff=staff, income=staff * draw.uniform(1, 1.2, UNITS))
    fields = {"staff": field("staff"), "income": field("income")}
    framework = small(leaf("size", formula="income"), leaf("per", formula="income / staff"), fields=fields)
    found = ps.diagnose(ps.evaluate(framework, frame)).denominators
    assert set(found["field"]) == {"staff"}
    assert (_row(found, id="size")["flag"], _row(found, id="size")["own"]) == ("size", False)
    assert _row(found, id="per")["own"]
    assert abs(_row(found, id="per")["pearson"]) < 0.6


# --- files ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_workbook_has_a_sheet_for_each_table_in_the_readers_language(diagnosis, tmp_path, language):
    path = diagnosis.to_excel(tmp_path / "diagnosis.xlsx", language)
    book = load_workbook(path)
    assert book.sheetnames == [TITLES[name].in_language(language) for name in diagnosis.tables]
    origin, *rows = list(book[TITLES["reliability"].in_language(language)].values)
    assert origin[0] == diagnosis.origin.in_language(language)
    flag = rows[0].index(HEADS["flag"].in_language(language))
    assert len(rows) == len(diagnosis.reliability) + 1
    assert rows[-1][flag] == WORDS["single"].in_language(language)


def test_a_sheet_names_indicators_by_their_titles_and_truths_by_words(diagnosis, tmp_path):
    book = load_workbook(diagnosis.to_excel(tmp_path / "diagnosis.xlsx", "zh"))
    cells = [cell for sheet in book for row in sheet.values for cell in row]
    assert not any(isinstance(cell, bool) for cell in cells)
    labels = {node.id: node.label.zh for node in diagnosis.evaluation.framework.walk()}
    _, heads, *rows = list(book["评价对象障碍因子"].values)
    first = heads.index("首要障碍")
    named = [f"{node} {labels[node]}" for node in diagnosis.unit_obstacles["first"]]
    assert [row[first] for row in rows] == named


def test_the_origin_names_framework_weights_their_status_data_and_version(diagnosis):
    about = diagnosis.evaluation.about
    for said in ("small", "the weights in Small example (official)", about["data"], about["parkscore"]):
        assert said in diagnosis.origin.en


def test_every_column_and_every_code_has_words_in_both_languages(diagnosis):
    for table in diagnosis.tables.values():
        assert set(table.columns) <= HEADS.keys()
    for text in (*HEADS.values(), *WORDS.values(), *TITLES.values()):
        assert text.zh
        assert text.en
        assert text.en.isascii()


def test_the_json_document_holds_every_table_without_nan(diagnosis, tmp_path: Path):
    path = diagnosis.to_json(tmp_path / "diagnosis.json")
    document = json.loads(path.read_text(encoding="utf-8"), parse_constant=pytest.fail)
    assert document["schema"] == "parkscore-diagnosis/1"
    for name, table in diagnosis.tables.items():
        assert len(document[name]) == len(table)
    assert document["influence"][0]["nominal"] == pytest.approx(0.7)


def test_years_that_are_put_together_are_said():
    frame = _zones(**_draws("x", "y")).assign(year=np.repeat([2023, 2024], 30))
    framework = small(leaf("x"), leaf("y"), time="year")
    assert [note.en for note in ps.diagnose(ps.evaluate(framework, frame)).notes] == [
        "rows of several years are taken together; --year takes one"
    ]
    assert ps.diagnose(ps.evaluate(framework, frame, year=2024)).notes == ()


def test_the_order_of_the_units_changes_nothing_but_rounding(diagnosis):
    columns = diagnosis.evaluation.raw[["a1", "a2", "b1"]].reset_index()
    shuffled = columns.sample(frac=1, random_state=1).rename(columns={columns.columns[0]: "zone"})
    again = ps.diagnose(ps.evaluate(_tree(), shuffled))
    for name in ("correlations", "reliability", "components", "influence", "statistics"):
        pd.testing.assert_frame_equal(again.tables[name], diagnosis.tables[name], rtol=1e-12)
