"""Tests of parkscore.sampling."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import parkscore as ps
from parkscore import shipped
from parkscore.data.reading import read_table
from parkscore.data.validate import validate
from parkscore.findings import Severity, UsageError
from parkscore.framework.models import DataField, Framework, Label, Node, UnitKey
from parkscore.sampling import header_of, sample

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "zones-synthetic.csv"


@pytest.fixture(scope="module")
def zone() -> Framework:
    return ps.load_framework("zone-2021")


@pytest.fixture(scope="module")
def zones(zone: Framework) -> pd.DataFrame:
    return sample(zone, 178, 2, seed=1)


def column(framework: Framework, frame: pd.DataFrame, key: str) -> pd.Series:
    return frame[header_of(key, framework.fields[key])]


def as_csv(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, lineterminator="\n").encode("utf-8-sig")


def test_the_example_that_ships_is_what_the_generator_makes(zones: pd.DataFrame) -> None:
    assert EXAMPLE.read_bytes() == as_csv(zones)


@pytest.mark.parametrize("seed", [0, 1, 20_240_601])
def test_sums_meet_every_published_total_exactly(zone: Framework, seed: int) -> None:
    frame = sample(zone, 178, 2, seed)
    for key, field in zone.fields.items():
        for year, total in field.totals.items():
            assert column(zone, frame, key)[frame["年份"] == year].sum() == total


@pytest.mark.parametrize("units", [1, 2, 7, 1000])
def test_sums_meet_the_totals_with_any_number_of_zones(zone: Framework, units: int) -> None:
    frame = sample(zone, units, 2, seed=3)
    revenue = column(zone, frame, "qc05_0").groupby(frame["年份"]).sum()
    assert revenue.tolist() == [55_014_940_375, 55_975_504_229]


def test_each_year_without_a_published_total_continues_the_nearest_one(zone: Framework) -> None:
    frame = sample(zone, 178, 4, seed=1)
    staff = column(zone, frame, "qd01").groupby(frame["年份"]).sum()
    assert staff.index.tolist() == [2021, 2022, 2023, 2024]
    assert staff[2023] == 26_804_953
    assert staff[2021] < staff[2022] < staff[2023] < staff[2024]


def test_the_largest_zone_has_about_the_share_of_zhongguancun_in_2023_and_2024(
    zone: Framework, zones: pd.DataFrame
) -> None:
    share = column(zone, zones, "qc05_0").groupby(zones["年份"]).agg(lambda revenue: revenue.max() / revenue.sum())
    assert share.between(0.16, 0.19).all()


@pytest.mark.parametrize("seed", range(5))
def test_synthetic_zones_are_read_and_validated_without_a_finding(zone: Framework, seed: int) -> None:
    table, reading = read_table(sample(zone, 178, 2, seed), zone)
    assert [*reading, *validate(zone, table)] == []


def test_parts_never_exceed_their_whole(zone: Framework, zones: pd.DataFrame) -> None:
    for part, whole in [("qc05_0_gf", "qc05_0"), ("qc11_1", "qc11"), ("qd03", "qd01"), ("qz001_gy", "qz001")]:
        assert (column(zone, zones, part) <= column(zone, zones, whole)).all()


def test_all_zones_can_be_scored_and_the_result_says_that_they_are_synthetic(zones: pd.DataFrame) -> None:
    evaluation = ps.evaluate("zone-2021", zones, weights="zone-2021-equal-within")
    ranking = evaluation.ranking
    assert ranking["rank"].notna().all()
    assert ranking["score"].between(0, 100).all()
    assert any("synthetic" in note for note in evaluation.table.notes)


def test_every_row_says_that_it_is_synthetic_and_from_which_seed(zone: Framework) -> None:
    frame = sample(zone, 3, 2, seed=0)
    assert set(frame["数据说明"]) == {"合成数据，非真实 synthetic, seed 0"}
    assert frame["高新区"].tolist() == ["合成高新区001", "合成高新区002", "合成高新区003"] * 2
    assert frame["年份"].tolist() == [2023] * 3 + [2024] * 3


def test_names_stay_in_order_beyond_999_units(zone: Framework) -> None:
    names = sample(zone, 1000, 1)["高新区"]
    assert names.iloc[0] == "合成高新区0001"
    assert names.is_monotonic_increasing


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_table(zone: Framework) -> None:
    assert as_csv(sample(zone, 20, 2, seed=0)) == as_csv(sample(zone, 20, 2, seed=0))
    assert as_csv(sample(zone, 20, 2, seed=0)) != as_csv(sample(zone, 20, 2, seed=1))


def test_about_one_cell_in_a_hundred_is_missing_and_none_where_totals_are_published(zone: Framework) -> None:
    frame = sample(zone, 2000, 2, seed=1)
    missing = {key: float(column(zone, frame, key).isna().mean()) for key in zone.fields}
    assert {key for key, share in missing.items() if share == 0} == {"qc05_0", "qd01", "qc02", "qb11num"}
    assert 0.009 < np.mean([share for share in missing.values() if share > 0]) < 0.011


def test_a_field_added_to_a_framework_leaves_the_other_columns_as_they_are(
    zone: Framework, zones: pd.DataFrame
) -> None:
    fields = {"new": DataField(zh="新数据项", measure="件", min=0)} | zone.fields
    larger = sample(zone.model_copy(update={"fields": fields}), 178, 2, seed=1)
    pd.testing.assert_frame_equal(larger.drop(columns="新数据项(件)"), zones)


def test_fields_go_with_the_size_of_a_zone(zone: Framework, zones: pd.DataFrame) -> None:
    revenue = column(zone, zones, "qc05_0").rank()
    for key in ("qd01", "qc02", "qz001", "sumqh51_rd", "qj73", "p1_7"):
        present = column(zone, zones, key).notna()
        assert np.corrcoef(revenue[present], column(zone, zones, key)[present].rank())[0, 1] > 0.7


@pytest.mark.parametrize("name", ["hdi", "hdi-panel", "croatia-2017", "asem"])
def test_any_framework_can_be_sampled_read_and_scored(name: str) -> None:
    framework = ps.load_framework(ROOT / "tests" / "frameworks" / f"{name}.yaml")
    frame = sample(framework, 60, 2, seed=1)
    assert len(frame) == (60 if framework.time is None else 120)
    assert len(ps.evaluate(framework, frame).ranking) == len(frame)


def framework_of(fields: dict[str, DataField]) -> Framework:
    return Framework(
        id="made",
        title=Label(zh="试", en="trial"),
        unit=UnitKey(zh="单位", en="unit", key="unit"),
        fields=fields,
        indicators=(Node(id="1", zh="一", en="one", formula=next(iter(fields)), direction="higher"),),
    )


@given(
    low=st.none() | st.floats(-1e6, 1e6),
    width=st.none() | st.floats(0, 1e6),
    measure=st.sampled_from([None, "%", "万元", "分", "公顷"]),
    seed=st.integers(0, 2**63 - 1),
)
def test_values_stay_within_the_limits_of_their_field(
    low: float | None, width: float | None, measure: str | None, seed: int
) -> None:
    high = None if width is None else (low or 0.0) + width
    framework = framework_of({"x": DataField(zh="数", en="number", min=low, max=high, measure=measure)})
    values = sample(framework, 25, 1, seed).iloc[:, 1].dropna()
    assert (values >= (-np.inf if low is None else low)).all()
    assert (values <= (np.inf if high is None else high)).all()


def test_text_fields_get_a_few_classes_that_stay_over_the_years() -> None:
    fields = {"x": DataField(zh="数", en="number"), "stage": DataField(zh="阶段", en="stage", kind="text")}
    frame = sample(framework_of(fields).model_copy(update={"time": "year"}), 40, 3)
    assert frame["阶段"].nunique() == 3
    assert (frame.groupby("单位")["阶段"].nunique() == 1).all()


def test_a_field_with_a_formula_is_left_to_be_computed() -> None:
    fields = {"x": DataField(zh="数", en="number"), "double": DataField(zh="两倍", en="double", formula="x * 2")}
    assert list(sample(framework_of(fields), 2)) == ["单位", "数", "数据说明"]


@pytest.mark.parametrize("wrong", [{"units": 0}, {"units": 1_000_001}, {"years": 0}, {"years": 21}, {"seed": -1}])
def test_a_size_or_seed_out_of_range_is_a_usage_error(zone: Framework, wrong: dict[str, int]) -> None:
    with pytest.raises(UsageError) as error:
        sample(zone, **wrong)
    assert [(finding.code, finding.field) for finding in error.value.findings] == [("out_of_bounds", next(iter(wrong)))]


def test_enterprises_are_many_small_and_few_large_with_parts_below_their_wholes() -> None:
    frame = sample("tech-sme", 2_000, 2, seed=5)
    framework = ps.load_framework("tech-sme")
    staff, science = (column(framework, frame, key) for key in ("staff", "science_staff"))
    assert (staff.dropna() >= 1).all()
    assert (science.fillna(0) <= staff.fillna(science.max())).all()
    assert staff.mean() > 2 * staff.median()


def test_a_yes_or_no_of_an_enterprise_is_1_or_0_and_the_same_every_year() -> None:
    frame = sample("tech-sme", 500, 2, seed=5)
    answers = column(ps.load_framework("tech-sme"), frame, "high_tech")
    assert set(answers.dropna().unique()) == {0.0, 1.0}
    first, second = (answers[frame["年份"] == year].to_numpy() for year in (2023, 2024))
    both = ~np.isnan(first) & ~np.isnan(second)
    assert (first[both] == second[both]).all()


def test_texts_that_conditions_compare_are_drawn_so_that_every_unit_is_in_a_class() -> None:
    frame = sample("per-mu-huangyan-2022", 40, 1)
    assert set(column(ps.load_framework("per-mu-huangyan-2022"), frame, "scale")) == {"规上", "规下"}


def test_a_field_from_0_to_1_without_a_measure_is_yes_or_no_and_nothing_between() -> None:
    framework = ps.load_framework("specialised-sme-2022")
    frame = sample(framework, 60, 2)
    assert set(column(framework, frame, "own_brand").dropna().unique()) == {0.0, 1.0}


@pytest.mark.parametrize("name", shipped.framework_names())
def test_a_sample_of_each_framework_that_ships_passes_its_own_validation(name: str) -> None:
    framework = ps.load_framework(name)
    if not framework.fields:
        pytest.skip("no field yet: the official text has to be filled in")
    table, reading = read_table(sample(framework, 30, 3), framework)
    found = [*reading, *validate(framework, table)]
    assert [finding for finding in found if finding.severity is Severity.ERROR] == []


def test_given_scores_of_a_sample_lie_inside_the_bands_of_the_rules() -> None:
    framework = ps.load_framework("high-tech-enterprise")
    given = ps.evaluate(framework, sample(framework, 60, 3)).given
    assert set(given["outcome"]) <= {"given", "missing", "no_band"}
    assert (given["outcome"] == "given").mean() > 0.9


def test_beside_returns_only_what_these_do_not_give_is_made_up_and_as_in_the_whole_table() -> None:
    whole, beside = (ps.sample("zone-2021", 5, beside_returns=each) for each in (False, True))
    assert len(beside.columns) == 2 + 18 + 1
    pd.testing.assert_frame_equal(beside, whole[list(beside.columns)])
    with pytest.raises(ps.UsageError, match="no_members"):
        ps.sample("tech-sme", 5, beside_returns=True)
