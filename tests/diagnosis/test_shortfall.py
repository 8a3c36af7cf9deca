from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from parkscore.framework.models import Defaults, Framework, ScoreRule
from parkscore.methods.diagnoses import coordination_level, coupling_coordination
from tests.small_frameworks import dimension, leaf, small


def _zones(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame({"zone": list("甲乙丙丁"), **columns})


def _diagnosis(*indicators: Any, rule: ScoreRule | None = None, **columns: Any) -> ps.Diagnosis:
    defaults = Defaults(score=rule or ScoreRule.of("minmax"))
    framework: Framework = small(*indicators, defaults=defaults)
    return ps.diagnose(ps.evaluate(framework, _zones(**columns)))


def _three_quarters() -> ps.Diagnosis:
    """Scores by hand: x 0, 0.5, 0.8, 1 with weight 0.75; y 0, 0.2, none, 1 with weight 0.25."""
    x, y = leaf("x", weight=0.75), leaf("y", weight=0.25)
    return _diagnosis(x, y, x=[0.0, 5.0, 8.0, 10.0], y=[0.0, 1.0, np.nan, 5.0])


def test_obstacles_of_a_unit_are_shares_of_its_weighted_shortfall():
    found = _three_quarters().unit_obstacles.set_index("unit")
    # 甲: 0.75 and 0.25 of 1; 乙: 0.75 · 0.5 = 0.375 and 0.25 · 0.8 = 0.2 of 0.575
    assert found.loc["甲", ["first", "second"]].tolist() == ["x", "y"]
    assert found.loc["甲", "first_share"] == pytest.approx(0.75)
    assert found.loc["乙", "first_share"] == pytest.approx(0.375 / 0.575)
    assert found.loc["乙", "second_share"] == pytest.approx(0.2 / 0.575)


def test_a_gap_is_no_obstacle_and_a_unit_that_is_best_has_none():
    found = _three_quarters().unit_obstacles.set_index("unit")
    assert found.loc["丙", "first_share"] == pytest.approx(1.0)
    assert pd.isna(found.loc["丙", "second"])
    assert found.loc["丁", ["first", "first_share", "second", "second_share"]].isna().all()


def test_obstacles_of_indicators_are_means_over_the_units_that_lag():
    found = _three_quarters().obstacles.set_index("id")
    assert found.loc["x", "mean_obstacle"] == pytest.approx((0.75 + 0.375 / 0.575 + 1.0) / 3)
    assert found["mean_obstacle"].sum() == pytest.approx(1.0)
    assert found["times_first"].tolist() == [3, 0]
    assert found["nominal"].tolist() == pytest.approx([0.75, 0.25])


def test_an_indicator_where_lower_is_better_is_an_obstacle_where_it_is_high():
    x, y = leaf("x", weight=0.5, direction="lower"), leaf("y", weight=0.5)
    found = _diagnosis(x, y, x=[0.0, 5.0, 8.0, 10.0], y=[5.0, 4.0, 3.0, 2.0]).unit_obstacles
    assert pd.isna(found["first"].iloc[0])
    assert found["first"].iloc[2] == "x"


def test_scores_from_0_to_100_have_the_obstacles_of_scores_from_0_to_1():
    indicators = leaf("x", weight=0.75), leaf("y", weight=0.25)
    values = {"x": [0.0, 5.0, 8.0, 10.0], "y": [0.0, 1.0, 2.0, 5.0]}
    found = _diagnosis(*indicators, rule=ScoreRule.of("minmax", to=[0, 100]), **values)
    wanted = _diagnosis(*indicators, **values)
    pd.testing.assert_frame_equal(found.obstacles, wanted.obstacles)
    pd.testing.assert_frame_equal(found.coordination, wanted.coordination)


def test_scores_without_a_best_have_neither_obstacles_nor_coordination():
    values = {"x": [0.0, 5.0, 8.0, 10.0], "y": [0.0, 1.0, 2.0, 5.0]}
    found = _diagnosis(leaf("x", weight=1), leaf("y", weight=1), rule=ScoreRule.of("zscore"), **values)
    assert (len(found.obstacles), len(found.unit_obstacles), len(found.coordination)) == (0, 0, 0)
    assert found.as_dict()["obstacles"] == []


def test_coordination_is_that_of_the_dimensions_with_their_weights():
    first = dimension("A", leaf("x", weight=1), leaf("y", weight=1), weight=0.6)
    second = dimension("B", leaf("z", weight=1), weight=0.4)
    found = _diagnosis(first, second, x=[0, 5, 8, 10], y=[3, 1, 2, 5], z=[4, 2, 1, 3])
    scores = found.evaluation.nodes[["A", "B"]].to_numpy()
    for form, prefix in (("standard", ""), ("modified", "modified_")):
        wanted = coupling_coordination(scores, [0.6, 0.4], form=form)
        np.testing.assert_allclose(found.coordination[f"{prefix}coupling"], wanted.coupling, atol=1e-14)
        np.testing.assert_allclose(found.coordination[f"{prefix}coordination"], wanted.coordination, atol=1e-14)
    assert found.coordination["development"].tolist() == pytest.approx(list(scores @ [0.6, 0.4]))


def test_levels_are_those_that_the_published_bands_name():
    first, second = leaf("x", weight=1), leaf("y", weight=1)
    found = _diagnosis(first, second, x=[0, 5, 8, 10], y=[3, 1, 2, 5]).coordination
    from parkscore.diagnosis.sheets import WORDS

    named = [coordination_level(each) for each in found["coordination"]]
    assert [WORDS[code] for code in found["level"]] == named
    assert found["level"].iloc[-1] == "level_10"


def test_dimensions_on_different_scales_have_no_coordination():
    first = leaf("x", weight=1)
    second = leaf("y", weight=1, score=ScoreRule.of("minmax", to=[0, 100]))
    found = _diagnosis(first, second, x=[0, 5, 8, 10], y=[3, 1, 2, 5])
    assert len(found.coordination) == 0
    assert len(found.obstacles) == 2
