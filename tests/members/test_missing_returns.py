"""What is missing is filed with last year's values: the effect is that of a zone which has these returns."""

from __future__ import annotations

import numpy as np
import pytest

from parkscore.members.effects import Zones
from parkscore.members.missing_returns import missing_returns
from parkscore.members.what_if import what_if
from tests.members.returns import TWO_YEARS, Return, evaluated, joining, zones

# e filed 2023 in full and left staff open in 2024.
WITH_GAP: list[Return] = [
    *TWO_YEARS,
    ("e", 2023, "乙", 600.0, 12.0, 6.0, 1.0),
    ("e", 2024, "乙", 660.0, None, 8.0, 1.0),
]


@pytest.mark.parametrize("prior_year", ["totals", "same_members"])
def test_a_missing_return_has_the_effect_of_putting_in_that_of_the_year_before(prior_year):
    """d filed in 2023 alone: as if it filed the same again."""
    base = evaluated(zones(prior_year), WITH_GAP)
    row = missing_returns(base).set_index("enterprise").loc["d"]
    again = what_if(base, add=joining(base.framework, [("d", 2024, "甲", 300.0, 5.0, 3.0, 1.0)]))
    ranking = again.ranking.set_index("unit")
    assert row["score"] == ranking.loc["甲", "change"]
    assert row["rank_with"] == ranking.loc["甲", "rank_then"]
    assert (row["missing"], row["zone"], row["name"]) == ("no_return", "甲", "公司d")
    values = again.values.set_index(["unit", "id"])
    for name in ("1.1", "1.2", "1.3", "2.1", "2.2"):
        assert row[f"value:{name}"] == values["change"].get(("甲", name), 0.0)


@pytest.mark.parametrize("prior_year", ["totals", "same_members"])
def test_a_missing_cell_has_the_effect_of_the_cell_of_the_year_before(prior_year):
    """e left staff open, which was 12: as if its return had said 12."""
    base = evaluated(zones(prior_year), WITH_GAP)
    row = missing_returns(base).set_index("enterprise").loc["e"]
    whole = [("e", 2024, "乙", 660.0, 12.0, 8.0, 1.0), ("e", 2023, "乙", 600.0, 12.0, 6.0, 1.0)]
    again = what_if(base, drop=["e"], add=joining(base.framework, whole))
    assert row["score"] == again.ranking.set_index("unit").loc["乙", "change"]
    assert (row["missing"], row["fields"]) == ("missing_cells", "staff")
    assert row["value:1.1"] == 0.0
    assert row["value:1.3"] > 0


def test_the_return_that_moves_its_zone_most_comes_first():
    frame = missing_returns(evaluated(zones(), WITH_GAP))
    assert frame["enterprise"].tolist() == sorted(
        frame["enterprise"], key=lambda name: -abs(frame.set_index("enterprise").loc[name, "score"])
    )
    assert len(frame) == 2


def test_who_filed_in_another_zone_this_year_is_not_missing_in_the_old_one():
    assert "b" not in set(missing_returns(evaluated(zones(), TWO_YEARS))["enterprise"])


def test_who_was_taken_over_is_not_missing():
    base = evaluated(zones(), TWO_YEARS, merged={"d": "a"})
    assert missing_returns(base).empty


def test_without_returns_of_the_year_before_nothing_is_known_to_be_missing():
    base = evaluated(zones(), [row for row in TWO_YEARS if row[1] == 2024])
    frame = missing_returns(base)
    assert frame.empty
    assert {"enterprise", "zone", "missing", "fields", "score", "rank_with", "value:1.1"} <= set(frame)


def test_two_returns_that_came_under_one_roof_and_were_not_filed_again_are_missed_together():
    """d took f over and did not file: 甲 misses the revenue of both."""
    rows = [*TWO_YEARS, ("f", 2023, "甲", 50.0, 2.0, None, 0.0)]
    base: Zones = evaluated(zones(), rows, merged={"f": "d"})
    row = missing_returns(base).set_index("enterprise").loc["d"]
    assert row["value:2.2"] == pytest.approx(35.0)
    assert not np.isnan(row["value:1.1"])
