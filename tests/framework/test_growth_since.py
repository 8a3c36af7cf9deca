"""Tests of `cagr_since`: yearly growth since a calendar year, of a unit and of all units."""

from __future__ import annotations

import math

import pytest

from parkscore import evaluate
from parkscore.framework.models import Framework, ScoreRule
from tests.small_frameworks import field, leaf, panel, small

ZHANGJIAGANG = """
zone       year index
张家港     2018 100
张家港     2019 117.05
张家港     2020 139.41
"""


def growing(formula: str) -> Framework:
    return small(leaf("one", formula, score=ScoreRule.of("as_is")), fields={"index": field("index")}, time="year")


def values(formula: str, text: str) -> dict[tuple[str, int], float | str]:
    """The value of each row, or why it has none."""
    evaluation = evaluate(growing(formula), panel(text))
    states = evaluation.states["one"]
    return {
        key: value if states[key] == "value" else states[key] for key, value in evaluation.indicators["one"].items()
    }


def test_the_innovation_index_of_zhangjiagang_grew_by_18_07_per_cent_a_year_and_19_10_in_the_last() -> None:
    since = values("年均增长率(index, 2018)", ZHANGJIAGANG)
    assert since["张家港", 2018] == "not_applicable"
    assert since["张家港", 2020] == pytest.approx(math.sqrt(1.3941) - 1, abs=1e-15)
    assert f"{since['张家港', 2020]:.4f}" == "0.1807"
    assert f"{values('cagr_since(index, 2019)', ZHANGJIAGANG)['张家港', 2020]:.4f}" == "0.1910"


def test_hostile_rows_have_no_growth_and_say_why() -> None:
    text = """
    zone year index
    甲   2020 0
    甲   2022 5
    乙   2020 -4
    乙   2022 5
    丙   2020 4
    丙   2022 -5
    丁   2022 5
    戊   2020 .
    戊   2022 5
    己   2020 1e-300
    己   2022 1e300
    庚   2020 5
    庚   2022 .
    辛   2020 5
    辛   2022 0
    """
    found = {unit: value for (unit, year), value in values("cagr_since(index, 2020)", text).items() if year == 2022}
    assert found == {
        "甲": "divided_by_zero",
        "乙": "undefined",
        "丙": "undefined",
        "丁": "missing",
        "戊": "missing",
        "己": "undefined",
        "庚": "missing",
        "辛": -1.0,
    }


def test_last_years_growth_is_counted_from_the_same_base() -> None:
    lagged = values("上年(cagr_since(index, 2018))", ZHANGJIAGANG)
    assert lagged["张家港", 2020] == pytest.approx(0.1705)
    assert lagged["张家港", 2019] == "not_applicable"
