"""Synthetic returns of the Torch statistics: the links between their fields, and what they sum up to."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

import parkscore as ps
from parkscore.data.batches import read_piece
from parkscore.data.credit_codes import are_codes
from parkscore.data.datasets import open_dataset
from parkscore.data.reading import read_table
from parkscore.data.validate import validate
from parkscore.framework.member_loading import load_returns
from parkscore.framework.models import Framework
from parkscore.members.plans import plan_sums
from parkscore.members.summing import Summed, sum_returns
from parkscore.sampling import header_of
from parkscore.sampling.streaming import sample_file

ROWS = 24_000


@pytest.fixture(scope="module")
def framework() -> Framework:
    return ps.load_framework("torch-returns")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory, framework: Framework) -> Path:
    target = tmp_path_factory.mktemp("returns") / "returns-synthetic.parquet"
    sample_file(framework, target, ROWS, seed=2, suspect=0)
    return target


@pytest.fixture(scope="module")
def returns(path: Path, framework: Framework) -> pd.DataFrame:
    """By the ids of the fields, without the rows in which a number is missing."""
    frame = pq.read_table(path).to_pandas()
    ids = {header_of(key, field): key for key, field in framework.fields.items() if field.formula is None}
    return frame.rename(columns=ids)


@pytest.fixture(scope="module")
def summed(path: Path) -> Summed:
    zones = ps.load_framework("zone-2021")
    framework = load_returns(zones)
    dataset = open_dataset(path, framework)
    return sum_returns(plan_sums(zones, framework), (read_piece(dataset, piece)[0] for piece in dataset.pieces()))


def total(summed: Summed, field: str) -> float:
    """Of the last year, over all zones."""
    return float(summed.zones.exact[field].values.reshape(-1, 2)[:, 1].sum())


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (["qd08", "qd18"], "qd01"),
        (["qd03", "qd25"], "qd01"),
        (["qj09"], "qd01"),
        (["sumqh40_rd"], "qd01"),
        (["qc06", "qc09"], "qc05_0"),
        (["qc11"], "qc05_0"),
        (["qc11_1"], "qc11"),
        (["qj251"], "qj250"),
        (["sumqh51_yf"], "sumqh51_nb"),
    ],
)
def test_parts_never_exceed_their_whole(returns: pd.DataFrame, parts: list[str], whole: str) -> None:
    complete = returns[[*parts, whole]].dropna()
    assert len(complete) > 0.8 * ROWS
    assert (complete[parts].sum(axis=1) <= complete[whole]).all()
    assert (complete[parts].sum(axis=1) > 0).any()


def test_only_industry_has_output_and_energy(returns: pd.DataFrame) -> None:
    industry = returns["gbt05"].str[0].isin(list("BCD"))
    assert 0.35 < industry.mean() < 0.5
    for key in ("qc02", "qc41"):
        assert (returns.loc[~industry, key].dropna() == 0).all()
    assert (returns.loc[industry, "qc02"].dropna() > 0).mean() > 0.99


def test_the_classes_of_an_industry_fit_its_code(returns: pd.DataFrame) -> None:
    sections = returns["gbt05"].str[0]
    assert set(sections[returns["gbt13"] == "高技术服务业"]) == {"I", "M"}
    assert set(sections[returns["gbt13"] == "高技术制造业"]) == {"C"}
    assert set(sections[returns["gbt34"] == "数字产业"]) <= {"C", "I"}


def test_a_listed_enterprise_has_a_year_of_listing_that_is_no_later_than_the_return(returns: pd.DataFrame) -> None:
    listed = returns["qb15_11"] == "1.上市"
    assert 0 < listed.mean() < 0.05
    assert returns.loc[~listed, "qb15_2"].isna().all()
    years = returns.loc[listed, ["qb15_2", "年份"]].dropna()
    assert (years["qb15_2"] <= years["年份"]).all()
    assert returns.loc[listed, "qc05_0"].median() > 5 * returns["qc05_0"].median()


def test_those_that_do_research_are_those_that_hold_patents(returns: pd.DataFrame) -> None:
    research = returns["qj23_1"] > 0
    patents = returns["qj73"] > 0
    assert patents[research].mean() > 3 * patents[~research].mean()


def test_most_enterprises_have_none_of_what_few_have(returns: pd.DataFrame) -> None:
    none = {key: float((returns[key].dropna() == 0).mean()) for key in ("qc11", "qc226", "qj57_2", "qj90", "qj33_1")}
    assert min(none.values()) > 0.8
    assert max(none.values()) < 1


def test_a_few_enterprises_move_and_a_few_take_another_name(returns: pd.DataFrame) -> None:
    first, second = (returns[returns["年份"] == year].set_index("统一社会信用代码") for year in (2023, 2024))
    both = first.index.intersection(second.index)
    changed = {key: float((first.loc[both, key] != second.loc[both, key]).mean()) for key in ("zone", "name")}
    assert 0.001 < changed["zone"] < 0.008
    assert 0.003 < changed["name"] < 0.01
    assert (first.loc[both, "gbt05"] == second.loc[both, "gbt05"]).all()


def test_a_park_belongs_to_its_zone(returns: pd.DataFrame) -> None:
    assert all(park.startswith(zone) for park, zone in zip(returns["park"], returns["zone"], strict=True))
    parks = returns.groupby("zone")["park"].nunique()
    assert parks.max() == 5
    assert (parks["合成高新区001"], parks["合成高新区002"]) == (1, 2)


def test_codes_are_right_and_different(returns: pd.DataFrame) -> None:
    assert are_codes(returns["统一社会信用代码"]).all()
    assert not returns.duplicated(["统一社会信用代码", "年份"]).any()


def test_few_returns_are_suspect_by_the_rules_of_the_statistics(path: Path, framework: Framework) -> None:
    found = validate(framework, read_table(path, framework)[0])
    assert sum(finding.more or 1 for finding in found) < 0.03 * ROWS


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        ("sumqh51_rd", "qc05_0", 0.005, 0.05),  # 1.3: 2.0 to 2.3 % in the worked example of the facts
        ("qc12", "qc05_0", 0.03, 0.12),  # 2.5: 9.4 to 9.6 %
        ("qz001", "qc05_0", 0.1, 0.4),  # 2.9: 27.6 to 27.9 % of output
        ("qc51", "qz001", 0.15, 0.6),  # 3.6: 24.1 to 24.8 %
        ("qc11_gq", "qc05_0", 0.01, 0.15),  # 4.6: 2.7 to 3.0 %
        ("qc05_0_rd5", "qc05_0", 0.02, 0.3),  # 5.3: 11.1 to 12.6 %
    ],
)
def test_ratios_of_the_sums_are_of_the_size_of_real_ones(
    summed: Summed, part: str, whole: str, low: float, high: float
) -> None:
    assert low < total(summed, part) / total(summed, whole) < high


@pytest.mark.parametrize("field", ["qb11num", "qb15_xssqy", "qc05_rd5", "qc226_qy", "qj57_2_qy", "qj79_2_qy"])
def test_there_is_something_of_everything_that_is_counted(summed: Summed, field: str) -> None:
    assert total(summed, field) > 0


def test_revenue_and_staff_are_as_large_as_those_of_real_enterprises(summed: Summed) -> None:
    # 2023: 55014940375 千元 and 26804953 staff; of the order of 230,000 enterprises
    enterprises = 230_000 / (ROWS / 2)
    assert total(summed, "qc05_0") * enterprises == pytest.approx(55_014_940_375, rel=0.5)
    assert total(summed, "qd01") * enterprises == pytest.approx(26_804_953, rel=0.5)


def test_a_small_sample_in_memory_has_the_links_too(framework: Framework) -> None:
    frame = ps.sample(framework, 300, 3, seed=4)
    assert frame["年份"].value_counts().to_dict() == {2022: 300, 2023: 300, 2024: 300}
    assert are_codes(frame["统一社会信用代码"]).all()
    services = frame["国民经济行业代码"].str[0] == "I"
    assert (frame.loc[services, "工业总产值(千元)"].fillna(0) == 0).all()
    numbers = frame.select_dtypes("number").drop(columns=["年份", "上市年份"])
    assert np.isclose(numbers.isna().to_numpy().mean(), 0.01, atol=0.005)
