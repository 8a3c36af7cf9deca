"""What is missing is filed with last year's values: the effect is that of a zone which has these returns."""

from __future__ import annotations

import numpy as np
import pytest

from parkscore.framework.models import Addend, Framework, Members
from parkscore.members.effects import Zones
from parkscore.members.missing_returns import missing_returns
from parkscore.members.what_if import what_if
from tests.members.returns import TWO_YEARS, Return, evaluated, joining, zones, zones_of_greenery
from tests.small_frameworks import dimension, field, leaf, small

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


def over_three_years(prior_year: str) -> Framework:
    """Growth since the year before the last, which skips the last, and the revenue of all three years."""
    revenue = field("revenue", measure="千元", members=Addend(sum="revenue"))
    of_years = dimension(
        "1",
        leaf("1.1", "revenue / lag(revenue, 2) - 1", measure="%"),
        leaf("1.2", "sum_years(revenue, 3)", measure="千元"),
    )
    block = {"framework": "returns", "belongs_to": "zone", "name": "name", "prior_year": prior_year}
    return small(
        of_years,
        fields={"revenue": revenue},
        time="year",
        members=Members.model_validate(block | {"min_reported": 0.6}),
    )


def filed_in(enterprise: str, zone: str, **revenue: float) -> list[Return]:
    """Returns of one enterprise by year, `y2024=100`."""
    return [(enterprise, int(year[1:]), zone, own, 1.0, 0.0, 0.0) for year, own in revenue.items()]


# b, d and e of 甲 filed last in 2023; d filed nothing the year before that, and e in 乙.
THREE_YEARS: list[Return] = [
    *filed_in("a", "甲", y2022=100, y2023=110, y2024=121),
    *filed_in("b", "甲", y2022=1000, y2023=1000),
    *filed_in("c", "乙", y2022=300, y2023=310, y2024=330),
    *filed_in("d", "乙", y2021=70),
    *filed_in("d", "甲", y2023=80),
    *filed_in("e", "乙", y2022=50),
    *filed_in("e", "甲", y2023=60),
]


@pytest.mark.parametrize("prior_year", ["totals", "same_members"])
@pytest.mark.parametrize(("enterprise", "filed"), [("b", 1000.0), ("d", 80.0), ("e", 60.0)])
def test_a_missing_return_brings_back_all_earlier_years_that_are_read(prior_year, enterprise, filed):
    base = evaluated(over_three_years(prior_year), THREE_YEARS)
    row = missing_returns(base).set_index("enterprise").loc[enterprise]
    again = what_if(base, add=joining(base.framework, filed_in(enterprise, "甲", y2024=filed)))
    ranking = again.ranking.set_index("unit")
    assert row["score"] == ranking.loc["甲", "change"]
    assert row["rank_with"] == ranking.loc["甲", "rank_then"]
    values = again.values.set_index(["unit", "id"])["change"]
    assert [row["value:1.1"], row["value:1.2"]] == [values.get(("甲", name), 0.0) for name in ("1.1", "1.2")]


@pytest.mark.parametrize("prior_year", ["totals", "same_members"])
@pytest.mark.parametrize("min_reported", [0.0, 0.6, 0.7, 0.8])
def test_two_earlier_returns_by_a_merger_count_as_two_of_those_that_may_lack_a_cell(prior_year, min_reported):
    """d took f over; of the three returns of 甲 in 2023 that of d alone lacks staff: 2 of 3 have it, not 2 of 2."""
    rows: list[Return] = [
        ("a", 2023, "甲", 400.0, 10.0, 20.0, 1.0),
        ("a", 2024, "甲", 500.0, 10.0, 25.0, 1.0),
        ("c", 2023, "乙", 700.0, 20.0, 10.0, 0.0),
        ("c", 2024, "乙", 800.0, 16.0, 40.0, 1.0),
        ("d", 2023, "甲", 300.0, None, 3.0, 1.0),
        ("f", 2023, "甲", 50.0, 2.0, 4.0, 0.0),
    ]
    framework, merged = zones(prior_year, min_reported), {"f": "d"}
    base = evaluated(framework, rows, merged=merged)
    row = missing_returns(base).set_index("enterprise").loc["d"]
    anew = evaluated(framework, [*rows, ("d", 2024, "甲", 350.0, 2.0, 7.0, 1.0)], merged=merged)
    before, after = (each.evaluation.indicators.loc[("甲", 2024)] for each in (base, anew))
    for name in ("1.1", "1.2", "1.3", "2.1", "2.2"):
        assert row[f"value:{name}"] == pytest.approx(after[name] - before[name], rel=1e-12, nan_ok=True), name


@pytest.mark.parametrize("order", [1, -1])
def test_who_took_over_one_of_another_zone_is_missed_where_it_filed_itself_with_all_it_took_over(order):
    """d of 甲 took f of 乙 over: on the basis of the same members, both are of 甲 once d files."""
    rows = [*THREE_YEARS, *filed_in("f", "乙", y2022=40, y2023=45)][::order]
    base: Zones = evaluated(over_three_years("same_members"), rows, merged={"f": "d"})
    missing = missing_returns(base).set_index("enterprise").loc[["d"]]
    again = what_if(base, add=joining(base.framework, filed_in("d", "甲", y2024=125.0)))
    assert missing["zone"].tolist() == ["甲"]
    assert missing["score"].tolist() == [again.ranking.set_index("unit").loc["甲", "change"]]


def test_a_missing_return_changes_nothing_where_no_indicator_reads_a_sum_of_returns():
    frame = missing_returns(evaluated(zones_of_greenery(), WITH_GAP))
    assert frame[["enterprise", "missing", "fields", "score"]].to_numpy().tolist() == [["d", "no_return", "", 0.0]]
    assert frame["rank"].tolist() == frame["rank_with"].tolist()
