"""What zones would be without some returns or with others: the same as summing and evaluating these alone."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkscore.findings import DataError, Severity, UsageError
from parkscore.framework.models import Choice, Defaults
from parkscore.members.contributions import contributions
from parkscore.members.effects import Zones
from parkscore.members.what_if import WhatIf, what_if
from tests.members.returns import TWO_YEARS, Return, evaluated, joining, zones, zones_of_greenery
from tests.members.test_contributions import returns


def same_bits(result: WhatIf, of: Zones) -> bool:
    """Whether nothing differs from the zones as they are."""
    values = np.array_equal(result.then.grid.values, of.now.grid.values, equal_nan=True)
    scores = all(np.array_equal(each, of.now.scores[name], equal_nan=True) for name, each in result.then.scores.items())
    return values and scores and result.ranks.tolist() == of.now.ranks.tolist()


@pytest.mark.parametrize("prior_year", ["totals", "same_members"])
@settings(max_examples=20)
@given(rows=returns())
def test_dropping_one_enterprise_takes_away_what_it_contributes_to_the_last_bit(prior_year, rows):
    base = evaluated(zones(prior_year), rows)
    frame = contributions(base).frame()
    for enterprise in frame["enterprise"].unique():
        result = what_if(base, drop=[enterprise])
        own = frame[frame["enterprise"] == enterprise].set_index("zone")
        for place, zone in enumerate(base.summed.zone_names[base.scored]):
            for name, then in result.then.scores.items():
                column = "score" if name == base.framework.total.id else name
                contributed = own.loc[zone, column] if zone in own.index and column in own else 0.0
                now = base.now.scores[name][place]
                np.testing.assert_array_equal(now - then[place], now * 0.0 + contributed)


@pytest.mark.parametrize("prior_year", ["totals", "same_members"])
@settings(max_examples=20)
@given(rows=returns(), data=st.data())
def test_who_leaves_and_joins_again_leaves_every_zone_as_it_was_to_the_last_bit(prior_year, rows, data):
    base = evaluated(zones(prior_year), rows)
    scored = set(base.summed.zone_names[base.scored])
    # Who filed earlier in a zone that nobody reports in now cannot be put in there.
    known = sorted({row[0] for row in rows} - {row[0] for row in rows if row[2] not in scored})
    some = data.draw(st.sets(st.sampled_from(known), min_size=1)) if known else set()
    if some:
        again = joining(base.framework, [row for row in rows if row[0] in some])
        assert same_bits(what_if(base, drop=sorted(some), add=again), base)


@settings(max_examples=20)
@given(rows=returns(), data=st.data())
def test_keeping_some_is_dropping_the_others(rows, data):
    base = evaluated(zones(), rows)
    everybody = sorted({row[0] for row in rows})
    kept = data.draw(st.sets(st.sampled_from(everybody)))
    one = what_if(base, keep=sorted(kept))
    other = what_if(base, drop=sorted({*everybody} - kept))
    assert {name: each.tobytes() for name, each in one.then.scores.items()} == {
        name: each.tobytes() for name, each in other.then.scores.items()
    }


def test_one_id_is_no_list_of_its_letters():
    with pytest.raises(UsageError) as caught:
        what_if(evaluated(zones(), TWO_YEARS), drop=TWO_YEARS[0][0])
    (finding,) = caught.value.findings
    assert (finding.code, finding.field) == ("wrong_type", "drop")


def test_nothing_changes_where_nobody_leaves_or_joins():
    base = evaluated(zones(), TWO_YEARS)
    result = what_if(base)
    assert same_bits(result, base)
    assert result.values.empty
    assert result.ranking["change"].tolist() == [0.0, 0.0]


def test_the_tables_show_fields_indicators_scores_and_ranks_beside_those_of_today():
    """Without b 甲 has revenue of 500 千元 and R&D of 25, 5 % instead of 2 %; 乙 loses b's return of 2023."""
    result = what_if(evaluated(zones(), TWO_YEARS), drop=["b"])
    table = result.table.set_index("unit")
    assert table.loc["甲", ["revenue", "research", "staff", "high_tech"]].tolist() == [500.0, 25.0, 10.0, 1.0]
    values = result.values.set_index(["unit", "id"])
    assert values.loc[("甲", "1.1"), ["value", "value_then"]].tolist() == pytest.approx([2.0, 5.0])
    assert values.loc[("乙", "2.2"), ["value", "value_then"]].tolist() == pytest.approx([-110.0, 10.0])
    assert ("乙", "1.1") not in values.index
    assert set(result.ranking) == {"unit", "score", "score_then", "change", "rank", "rank_then"}


def test_an_enterprise_from_outside_joins_with_its_own_numbers():
    more = joining(zones(), [("n", 2024, "乙", 200.0, 4.0, 60.0, 1.0)])
    result = what_if(evaluated(zones(), TWO_YEARS), add=more)
    assert result.values.set_index(["unit", "id"]).loc[("乙", "1.1"), "value_then"] == pytest.approx(100 * 100 / 1000)
    assert result.table.set_index("unit").loc["乙", "high_tech"] == 2.0


def test_returns_of_years_that_count_for_nothing_are_said_to_with_the_years_that_count():
    """Indicators read 2024 and 2023; what is put in of 2030 and 2022 changes no zone."""
    own = (200.0, 4.0, 60.0, 1.0)
    rows = [("n", 2024, "乙", *own), ("n", 2030, "乙", *own), ("o", 2022, "乙", *own), ("o", 2023, "乙", *own)]
    result = what_if(evaluated(zones(), TWO_YEARS), add=joining(zones(), rows))
    (finding,) = result.findings
    assert (finding.code, finding.severity, finding.value) == ("uncounted_year", Severity.WARNING, 2)
    assert str(finding.place) == "DataFrame:2:2", "the year of the second row"
    assert finding.message.en == "2 returns put in count for nothing, being of 2022, 2030"
    assert finding.hint is not None
    assert finding.hint.en == "what counts is of 2023 and 2024"
    assert not what_if(evaluated(zones(), TWO_YEARS), add=joining(zones(), rows[:1])).findings


def test_under_same_members_who_files_again_brings_its_earlier_return_along():
    """d filed in 2023 alone, which counts nowhere; when it files in 2024 its growth counts from 300 千元."""
    base = evaluated(zones("same_members"), TWO_YEARS)
    assert base.totals.cells()["revenue", 1].values.tolist() == [700.0, 1600.0]
    result = what_if(base, add=joining(base.framework, [("d", 2024, "甲", 360.0, 5.0, 3.0, 1.0)]))
    assert result.cells["revenue", 1].values.tolist() == [700.0, 1900.0]


def test_zones_that_lose_all_returns_have_nothing_and_are_not_ranked():
    result = what_if(evaluated(zones(), TWO_YEARS), keep=["c"])
    ranking = result.ranking.set_index("unit")
    assert ranking.loc["乙", "rank_then"] == 1
    values = result.values.set_index(["unit", "id"])
    assert np.isnan(values.loc[("甲", "1.1"), "value_then"])


def test_zones_that_have_a_score_only_now_or_only_then_are_named():
    """甲 has no score without a return, nor while seven of its nine returns in 2024 have no cell."""
    demanding = zones(min_reported=0.5, defaults=Defaults(weights=Choice.of("equal"), min_coverage=0.6))
    lost = what_if(evaluated(demanding, TWO_YEARS), keep=["c"])
    assert (lost.without_score, lost.newly_scored) == (["甲"], [])
    silent: list[Return] = [(name, 2024, "甲", np.nan, np.nan, np.nan, np.nan) for name in "efghijk"]
    gained = what_if(evaluated(demanding, [*TWO_YEARS, *silent]), drop=[row[0] for row in silent])
    assert (gained.without_score, gained.newly_scored) == ([], ["甲"])


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"drop": ["x"]}, "no_such_enterprise"),
        ({"keep": ["x"]}, "no_such_enterprise"),
        ({"drop": ["x"], "keep": ["x", "b"]}, "kept_and_dropped"),
    ],
)
def test_lists_that_cannot_be_meant_are_refused_with_the_id(asked, code):
    rows = TWO_YEARS if code == "no_such_enterprise" else [*TWO_YEARS, ("x", 2024, "甲", 1.0, 1.0, 1.0, 1.0)]
    with pytest.raises(UsageError) as refused:
        what_if(evaluated(zones(), rows), **asked)
    assert [(each.code, each.value) for each in refused.value.findings] == [(code, "x")]


def test_returns_that_are_there_already_or_of_no_zone_are_refused_with_their_place():
    rows: list[Return] = [("a", 2024, "甲", 1.0, 1.0, 1.0, 1.0), ("n", 2024, "丁", 1.0, 1.0, 1.0, 1.0)]
    with pytest.raises(DataError) as refused:
        what_if(evaluated(zones(), TWO_YEARS), add=joining(zones(), rows))
    assert {(each.code, each.unit) for each in refused.value.findings} == {
        ("counted_already", "a"),
        ("unknown_zone", "n"),
    }


def test_no_value_changes_where_no_indicator_reads_a_sum_of_returns():
    base = evaluated(zones_of_greenery(), TWO_YEARS)
    more = joining(base.framework, [("n", 2024, "甲", 100.0, 1.0, 1.0, 0.0)])
    result = what_if(base, drop=["b"], add=more)
    assert same_bits(result, base)
    assert result.values.empty
    assert list(result.values) == list(what_if(evaluated(zones(), TWO_YEARS), drop=["b"]).values)
    assert [str(each.hint.en) for each in result.findings] == ["no indicator reads a sum of returns"]
