"""The example of points by case on the page about the framework language checks clean and scores as printed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import parkscore as ps
from parkscore.framework.loading import read_framework
from parkscore.framework.models import Framework
from tests.small_frameworks import everywhere, of_code

PAGE = Path(__file__).resolve().parents[1] / "docs" / "framework-language.md"
NAN = float("nan")


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Framework:
    block = re.search(r"```yaml\n(id: cases-example\n.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert block is not None
    file = tmp_path_factory.mktemp("page") / "cases-example.yaml"
    file.write_text(block.group(1), encoding="utf-8")
    read = read_framework(file)
    assert read.findings == ()
    return read.framework


def evaluated(example: Framework, *units: dict[str, Any]) -> ps.Evaluation:
    """Enterprises in 2025; `before` is last year's sales."""
    ordinary = {"sales": 100, "main_revenue": 1, "region": "东部"}
    now = [{"企业名称": f"企业{n}", "年份": 2025, **ordinary, **unit} for n, unit in enumerate(units)]
    earlier = [{**row, "年份": 2024, "sales": row.get("before", 100)} for row in now]
    data = pd.DataFrame([*now, *earlier]).drop(columns="before", errors="ignore")
    return ps.evaluate(example, data, year=2025)


# Ningbo: below 1亿元 10 % 3, 25 % 5, 50 % 10; from 1亿元 5 % 3, 10 % 5, 20 % 10. Sales in 万元.
GROWTH = [
    *(
        (1000, now, points)
        for now, points in ((1099.9, 0), (1100, 3), (1100.1, 3), (1249.9, 3), (1250, 5), (1499.9, 5))
    ),
    *((1000, now, points) for now, points in ((1500, 10), (1500.1, 10), (0, 0), (1e-300, 0))),
    *((20000, now, points) for now, points in ((20999, 0), (21000, 3), (21001, 3), (21999, 3), (22000, 5), (23999, 5))),
    *((20000, now, points) for now, points in ((24000, 10), (24001, 10))),
    # At 1亿元 itself the steps change: 10 % is 3 points just below and 5 from there on.
    *((8000, now, points) for now, points in ((9999, 3), (10000, 10), (10001, 10))),
    *((9090, now, points) for now, points in ((9999.9, 3), (10000, 5))),
]


@pytest.mark.parametrize(("before", "now", "points"), GROWTH)
def test_growth_is_scored_by_the_steps_of_the_size_just_below_at_and_just_above(
    before: float, now: float, points: float, example: Framework
) -> None:
    assert evaluated(example, {"before": before, "sales": now}).nodes["growth"].tolist() == [points]


LARGE = [
    *(("东部", revenue, points) for revenue, points in ((29.999, 0), (30, 1), (30.001, 1), (-30, 0))),
    *(("中部", revenue, points) for revenue, points in ((14.999, 0), (15, 1), (15.001, 1))),
    *(("西部", revenue, points) for revenue, points in ((14.999, 0), (15, 1), (15.001, 1), (0, 0))),
]


@pytest.mark.parametrize(("region", "revenue", "points"), LARGE)
def test_what_a_large_firm_is_depends_on_the_region(
    region: str, revenue: float, points: float, example: Framework
) -> None:
    assert evaluated(example, {"region": region, "main_revenue": revenue}).nodes["large"].tolist() == [points]


def test_a_region_without_a_case_is_not_applicable_and_one_that_is_missing_leaves_a_gap(example: Framework) -> None:
    found = evaluated(example, {"region": "东北"}, {"region": None}, {"region": "东部"})
    assert found.states["large"].tolist() == ["not_applicable", "missing", "value"]
    assert everywhere(found.nodes["large"], [NAN, NAN, 0])
    assert found.bounds.low["large"].tolist()[1:3] == [0, 0]
    assert found.bounds.high["large"].tolist()[1:3] == [1, 0]
    counted = of_code(found.findings, "cases_counted")[1]
    assert counted.message.en == (
        'Large firm: cases (of 3): region == "东部": 1, region in ["中部", "西部"]: 0, none holds: 1, cannot be told: 1'
    )


@pytest.mark.parametrize(
    ("unit", "state"),
    [
        ({"before": 0}, "divided_by_zero"),
        ({"before": -5}, "undefined"),
        ({"before": None}, "missing"),
        ({"sales": None}, "missing"),
        ({"sales": -5}, "value"),
    ],
)
def test_hostile_rows_are_gaps_with_their_reason_and_are_not_dropped(
    unit: dict[str, Any], state: str, example: Framework
) -> None:
    found = evaluated(example, unit, {})
    assert len(found.scores) == 2
    assert found.states["growth"].iloc[0] == state
    assert (found.nodes["growth"].iloc[0] == 0) == (state == "value")


def test_a_value_that_no_rule_can_take_is_refused_with_the_name_of_its_unit(example: Framework) -> None:
    with pytest.raises(ps.DataError) as refused:
        evaluated(example, {}, {"before": 20000, "sales": 1e300}, {})
    assert [(each.code, each.unit, each.field) for each in refused.value.findings] == [("domain", "企业1", "growth")]
