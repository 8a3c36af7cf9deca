"""Points by the first condition that holds: the number of the tier becomes its points."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from parkscore.methods import Interval, scoring

# 工信部企业〔2022〕63号, 创新型中小企业, item 1: 与主导产品相关的有效知识产权.
PROPERTY: list[dict[str, Any]] = [
    {"when": "ip1_high >= 1", "points": 20},
    {"when": "ip1_own >= 1", "points": 15},
    {"when": "ip1 >= 1", "points": 10},
    {"when": "ip2 >= 1", "points": 5},
]


def test_tiers_innovative_sme_2022_of_intellectual_property():
    points = scoring["tiers"]([1.0, 2.0, 3.0, 4.0, 0.0], tiers=PROPERTY, otherwise=0)
    np.testing.assert_array_equal(points, [20, 15, 10, 5, 0])


def test_without_otherwise_no_condition_is_no_score_and_a_gap_stays_a_gap():
    np.testing.assert_array_equal(scoring["tiers"]([0.0, np.nan, 4.0], tiers=PROPERTY), [np.nan, np.nan, 5])
    points = scoring["tiers"]([0.0, np.nan], tiers=PROPERTY, otherwise=-3)
    np.testing.assert_array_equal(points, [-3, np.nan])


@pytest.mark.parametrize("number", [-1.0, 0.5, 5.0, 1e150, -1e150])
def test_a_number_that_is_no_tier_never_takes_the_points_of_one(number):
    assert scoring["tiers"]([number], tiers=PROPERTY, otherwise=0) == [0]
    assert np.isnan(scoring["tiers"]([number], tiers=PROPERTY)).all()


def test_the_range_is_known_before_any_data():
    measure = scoring["tiers"].score_range
    assert measure is not None
    assert measure({"tiers": PROPERTY}) == Interval(5, 20)
    assert measure({"tiers": PROPERTY, "otherwise": 0}) == Interval(0, 20)


@pytest.mark.parametrize(
    "tiers",
    [
        [],
        "a > 0",
        [{"when": "a > 0"}],
        [{"points": 1}],
        [{"when": " ", "points": 1}],
        [{"when": "a > 0", "points": "20"}],
        [{"when": "a > 0", "points": float("nan")}],
        [{"when": "a > 0", "points": True}],
        [{"when": "a > 0", "points": 1, "then": 2}],
        [{"when": 1, "points": 1}],
    ],
)
def test_a_tier_is_a_condition_and_its_points_and_nothing_else(tiers):
    (problem,) = scoring["tiers"].check({"tiers": tiers})
    assert problem.parameter == "tiers"
    assert "when" in problem.reason.zh
