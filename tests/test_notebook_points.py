"""The notebook on enterprise points runs as it stands, and agrees with plain pandas over the same workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import pytest

from tests.notebook_runs import outputs_of, own_page_fetches, run

ROOT = Path(__file__).resolve().parents[1]
POINTS = ROOT / "notebooks" / "02-enterprise-points.ipynb"
WORKBOOK = ROOT / "examples" / "enterprises-synthetic.xlsx"
BOUNDS = {
    "种子期": (0, 50),
    "苗木期": (50, 500),
    "成长期": (500, 2000),
    "壮大期": (2000, 10000),
    "成熟期": (10000, 1e99),
}


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> nbformat.NotebookNode:
    return run(
        POINTS,
        POINTS.parent,
        tmp_path_factory,
        stages="classes['name'].fillna('无').value_counts().to_dict()",
        scores="ranking.set_index('unit')['score'].dropna().to_dict()",
        ranks="ranking.set_index('unit')['rank'].dropna().astype(int).to_dict()",
        top="lists[(lists['list'] == 'top50') & (lists['standing'] == 'listed')]['unit'].tolist()",
        rising="rising[rising['standing'] == 'listed']['unit'].tolist()",
        parks="per_park.set_index('text')['listed'].to_dict()",
        grades="grades.set_index('unit')['grade'].to_dict()",
        unit="unit",
        total="total",
        parts="dimensions['对总分'].tolist()",
        items="dict(zip(items['指标'], items['得分'].fillna(-1), strict=True))",
        before="[float(before['score']), int(before['rank'])]",
        after="[float(after['score']), int(after['rank'])]",
    )


@pytest.fixture(scope="module")
def rows() -> pd.DataFrame:
    """The year 2024 of the workbook, with revenue of the year before beside it."""
    table = pd.read_excel(WORKBOOK, engine="calamine")
    before = table[table["年份"] == 2023].set_index("企业")["营业收入(万元)"].rename("上年营收")
    return table[table["年份"] == 2024].set_index("企业").join(before)


def test_it_warns_of_nothing_and_fetches_nothing(executed: nbformat.NotebookNode) -> None:
    assert [output.text for output in outputs_of(executed) if output.get("name") == "stderr"] == []
    assert own_page_fetches(executed) == []


def test_every_enterprise_is_in_the_stage_of_its_revenue_or_in_none(found: dict[str, Any], rows: pd.DataFrame) -> None:
    revenue = rows["营业收入(万元)"]
    by_hand = {name: int(((low <= revenue) & (revenue < high)).sum()) for name, (low, high) in BOUNDS.items()}
    assert found["stages"] == by_hand | {"无": int(revenue.isna().sum())}


def test_the_top_50_and_its_counts_by_park_are_those_of_the_scores(found: dict[str, Any], rows: pd.DataFrame) -> None:
    best = pd.Series(found["scores"]).nlargest(50)
    assert found["top"] == list(best.index)
    by_hand = rows.loc[best.index, "园区"].value_counts().to_dict()
    assert found["parks"] == {
        park: by_hand.get(park, 0) for park in sorted(rows["园区"].unique(), key=list(found["parks"]).index)
    }


def test_the_finder_finds_what_plain_pandas_finds(found: dict[str, Any], rows: pd.DataFrame) -> None:
    growth = rows["营业收入(万元)"] / rows["上年营收"] - 1
    young = 2024 - rows["成立年份"] <= 5
    heavy = rows["研发费用(万元)"] / rows["营业收入(万元)"] >= 0.1
    expected = growth[young & heavy & (growth >= 0.2)].sort_values(ascending=False)
    assert found["rising"] == list(expected.index)


def test_a_grade_that_is_given_is_that_of_the_score(found: dict[str, Any]) -> None:
    scores = pd.Series(found["scores"])
    by_hand = pd.cut(scores, [-1, 30, 45, 60, 101], right=False, labels=list("DCBA")).astype(str)
    given = {unit: grade for unit, grade in found["grades"].items() if grade != "unknown"}
    offences = {unit for unit, grade in given.items() if grade != by_hand[unit]}
    assert offences == {unit for unit in given if found["grades"][unit] == "D" and by_hand[unit] != "D"}
    assert len(given) > 250


def test_the_enterprise_that_is_explained_has_the_points_worked_out_by_hand(
    found: dict[str, Any], rows: pd.DataFrame
) -> None:
    row = rows.loc[found["unit"]]
    share = 100 * row["研发费用(万元)"] / row["营业收入(万元)"]
    steps = [(15, 60), (10, 50), (6, 40), (4, 30), (2, 15)]
    assert found["items"]["研发费用占营业收入"] == next((points for start, points in steps if share >= start), 0)
    assert sum(found["parts"]) == pytest.approx(found["total"], abs=1e-12)
    assert found["total"] == pytest.approx(found["scores"][found["unit"]], abs=1e-12)


def test_reaching_the_next_step_of_research_lifts_points_and_rank_as_by_hand(found: dict[str, Any]) -> None:
    (score, rank), (later, better) = found["before"], found["after"]
    steps = [0, 15, 30, 40, 50, 60]
    now = steps.index(int(found["items"]["研发费用占营业收入"]))
    assert later - score == pytest.approx((steps[now + 1] - steps[now]) * 0.3, abs=1e-9)  # 30 % for input in its stage
    assert better == 1 + sum(other > later for unit, other in found["scores"].items() if unit != found["unit"])
    assert better <= rank
