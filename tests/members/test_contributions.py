"""What an enterprise contributes is what the zone has less what the returns of all others alone come to."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parkscore.framework.models import Addend, Choice, Members, ScoreRule
from parkscore.members.contributions import _written, contributions
from parkscore.members.effects import Zones
from parkscore.members.shortfalls import shortfalls
from parkscore.members.summing import sum_returns
from parkscore.methods import ranking
from tests.members.returns import (
    TWO_YEARS,
    Return,
    evaluated,
    evaluated_anew,
    returns_of,
    sums_of,
    table_of,
    zone_frame,
    zones,
    zones_of_greenery,
)
from tests.small_frameworks import dimension, field, leaf, small

AMOUNTS = st.one_of(st.none(), st.integers(0, 10**6).map(float), st.integers(1, 10**7).map(lambda number: number / 100))
STAFF = st.one_of(st.none(), st.integers(0, 500).map(float))
CERTIFIED = st.sampled_from([0.0, 1.0, None])


@st.composite
def returns(draw: Any) -> list[Return]:
    """Returns of seven enterprises in two years and three zones, some of which move, come or leave."""
    rows: list[Return] = [("z", 2024, "甲", 5000.0, 20.0, 100.0, 1.0), ("y", 2024, "乙", 900.0, 9.0, 80.0, 0.0)]
    for enterprise in "abcde":
        for year in (2023, 2024):
            if draw(st.booleans()):
                numbers = (draw(AMOUNTS), draw(STAFF), draw(AMOUNTS), draw(CERTIFIED))
                rows.append((enterprise, year, draw(st.sampled_from("甲乙丙")), *numbers))
    return draw(st.permutations(rows))


def without(rows: list[Return], enterprise: str, zone: str, prior_year: str) -> list[Return]:
    """The returns without those by which an enterprise counts in a zone."""
    now = {row[0]: row[2] for row in rows if row[1] == 2024}

    def counts_in(row: Return) -> Any:
        return row[2] if row[1] == 2024 or prior_year == "totals" else now.get(row[0])

    return [row for row in rows if not (row[0] == enterprise and counts_in(row) == zone)]


def difference(zones: Zones, framework: Any, rows: list[Return], zone: str) -> tuple[dict[str, float], int]:
    """What a zone has less what it has in a table summed from these returns, by column; and its rank there."""
    evaluation = zones.evaluation
    table, total = evaluation.table, framework.total.id
    row = int(np.flatnonzero((table.units == zone) & (table.years == 2024))[0])
    other = zone_frame(sums_of(framework, rows))
    # A zone without any return is a zone without data, and not no zone.
    known = table.frame[["zone", "year"]] if "zone" in table.frame else table.frame[["unit", "year"]]
    known = known.set_axis(["zone", "year"], axis=1)
    other = known.merge(other.drop(columns="green"), how="left", on=["zone", "year"])
    other["green"] = table.frame["green"].to_numpy()
    anew = evaluated_anew(evaluation, table_of(framework, other))
    values, nodes = anew.indicator_grid.values, anew.aggregated
    found = {"score": evaluation.aggregated.scores[total][row] - nodes.scores[total][row]}
    for name, scores in nodes.scores.items():
        found[name] = evaluation.aggregated.scores[name][row] - scores[row]
    for column, each in enumerate(framework.leaves):
        found[f"value:{each.id}"] = evaluation.indicator_grid.values[row, column] - values[row, column]
    exchanged = np.where(evaluation.outcomes.ranked, evaluation.aggregated.scores[total], np.nan)
    exchanged[row] = nodes.scores[total][row]
    year = np.flatnonzero(table.years == 2024)
    return found, int(ranking["min"](np.round(exchanged[year], 9) + 0.0)[year.tolist().index(row)])


@pytest.mark.parametrize("prior_year", ["totals", "same_members"])
@pytest.mark.parametrize("least", [0.0, 0.7])
@settings(max_examples=15)
@given(rows=returns())
def test_a_contribution_has_the_bits_of_two_whole_evaluations_of_the_summed_returns(prior_year, least, rows):
    framework = zones(prior_year, least)
    made = contributions(evaluated(framework, rows))
    frame = made.frame()
    for entry in frame.to_dict("records"):
        rest = without(rows, entry["enterprise"], entry["zone"], prior_year)
        expected, rank = difference(made.zones, framework, rest, entry["zone"])
        for name, value in entry.items():
            if name in expected:
                assert value == expected[name] or (np.isnan(value) and np.isnan(expected[name])), name
        assert (0 if pd.isna(entry["rank_without"]) else entry["rank_without"]) == rank


def test_a_contribution_to_a_ratio_is_the_ratio_less_that_of_the_others():
    """贡献值 = A/B - (A - a)/(B - b), as in wynn51/Torch@539bfddf, extension/qyhx_wy.py: 40/2000 less 15/1500."""
    frame = contributions(evaluated(zones(), TWO_YEARS)).frame().set_index(["zone", "enterprise"])
    assert frame.loc[("甲", "a"), "value:1.1"] == pytest.approx(100 * (40 / 2000 - 15 / 1500), rel=1e-14)
    assert frame.loc[("甲", "b"), "value:1.1"] == pytest.approx(100 * (40 / 2000 - 25 / 500), rel=1e-14)


def test_who_left_contributes_to_what_looks_back_and_to_nothing_else():
    """Without the 300 千元 of d, which filed in 2023 alone, revenue of 甲 would have grown by that much more."""
    frame = contributions(evaluated(zones(), TWO_YEARS)).frame().set_index(["zone", "enterprise"])
    gone = frame.loc[("甲", "d")]
    assert gone["value:2.2"] == pytest.approx(-30.0)
    assert gone["value:1.1"] == 0.0
    assert gone["filed"] == "earlier"


def test_who_moved_is_a_leaver_of_one_zone_and_new_in_the_other():
    frame = contributions(evaluated(zones(), TWO_YEARS)).frame().set_index(["zone", "enterprise"])
    assert frame.loc[("乙", "b"), "filed"] == "earlier"
    assert frame.loc[("甲", "b"), "filed"] == "this_year"
    assert frame.loc[("甲", "a"), "filed"] == "both"


def test_under_same_members_nobody_contributes_to_a_zone_in_which_it_does_not_report():
    frame = contributions(evaluated(zones("same_members"), TWO_YEARS)).frame()
    found = set(zip(frame["zone"], frame["enterprise"], frame["filed"], strict=True))
    assert found == {("甲", "a", "both"), ("甲", "b", "both"), ("乙", "c", "both")}


def test_indicators_that_no_return_says_anything_about_are_left_out():
    frame = contributions(evaluated(zones(), TWO_YEARS)).frame()
    assert "value:2.3" not in frame
    assert "2.3" not in frame
    assert {"1", "2", "1.1", "value:2.1"} <= set(frame)


def test_the_order_of_the_returns_and_the_pieces_they_come_in_change_no_bit():
    framework = zones()
    together = evaluated(framework, TWO_YEARS)
    plan = together.summed.plan
    pieces = [returns_of(TWO_YEARS[5:]), returns_of(TWO_YEARS[2:5]), returns_of(TWO_YEARS[:2])]
    apart = Zones(sum_returns(plan, pieces, year=2024), together.evaluation)
    pd.testing.assert_frame_equal(contributions(together).frame(), contributions(apart).frame(), check_exact=True)


def test_two_returns_of_an_enterprise_that_merged_leave_together():
    """a took d over: of 2023 甲 has the returns of both, and without a neither."""
    framework = zones()
    rows = [*TWO_YEARS, ("e", 2023, "甲", 90.0, 3.0, 4.0, 0.0)]
    made = contributions(evaluated(framework, rows, merged={"d": "a"}))
    frame = made.frame().set_index(["zone", "enterprise"])
    rest = [row for row in rows if not (row[0] in "ad" and row[2] == "甲")]
    expected, _ = difference(made.zones, framework, rest, "甲")
    assert frame.loc[("甲", "a"), "value:2.2"] == expected["value:2.2"]
    assert ("甲", "d") not in frame.index


def test_a_file_of_contributions_holds_the_table_and_says_that_they_do_not_add_up(tmp_path, monkeypatch):
    monkeypatch.setattr("parkscore.members.contributions._CHUNK", 2)
    made = contributions(evaluated(zones(), TWO_YEARS))
    path = made.write_parquet(tmp_path / "contributions.parquet", {"framework": "small"})
    pd.testing.assert_frame_equal(pd.read_parquet(path), made.frame(), check_exact=True)
    said = pq.read_schema(path).metadata[b"parkscore"].decode()
    assert "do not add up" in said
    assert "之和不等于" in said


def test_numbers_are_written_by_how_often_they_come_again():
    rows = np.arange(4096)
    numbers = {"few": rows % 3, "again": rows % 100, "varied": rows, "varied later": np.maximum(rows - 1200, 0)}
    said = ["甲"] * len(rows)
    table = pa.table({"enterprise": said, "zone": said} | {name: each * 0.5 for name, each in numbers.items()})
    written = _written(table)
    assert set(written["use_dictionary"]) == {"zone", "few"}
    assert {name for name, codec in written["compression"].items() if codec == "none"} == {"varied", "varied later"}
    assert written["write_statistics"] == ["enterprise", "zone"]


def test_contributions_are_one_line_in_a_notebook():
    made = contributions(evaluated(zones(), TWO_YEARS))
    assert repr(made) == f"<Contributions: {len(made)} of enterprises to zones, {len(made.rows)} to zones with a score>"


def test_contributions_do_not_add_up_to_the_zone():
    """甲 has a share of research of 2 %; leave-one-out gives its two enterprises 1 and -3 points of it."""
    made = contributions(evaluated(zones(), TWO_YEARS))
    frame = made.frame()
    own = frame[(frame["zone"] == "甲") & (frame["filed"] != "earlier")]
    assert own["value:1.1"].tolist() == pytest.approx([1.0, -3.0])
    assert own["value:1.1"].sum() != pytest.approx(2.0)


def test_a_value_that_a_rule_refuses_leaves_the_scores_of_its_row_open_and_no_other():
    """Without c 乙 has no certified enterprise, nor has 甲 without a, and 0 has no logarithm."""
    framework = zones()
    second = framework.indicators[1]
    counted = second.children[0].model_copy(update={"score": ScoreRule.of("log")})
    refusing = second.model_copy(update={"children": (counted, *second.children[1:])})
    framework = framework.model_copy(update={"indicators": (framework.indicators[0], refusing)})
    rows = [*TWO_YEARS, ("h", 2024, "乙", 10.0, 1.0, 1.0, 0.0), ("h", 2023, "乙", 9.0, 1.0, 1.0, 1.0)]
    frame = contributions(evaluated(framework, rows)).frame().set_index(["zone", "enterprise"])
    assert np.isnan(frame.loc[("乙", "c"), "score"])
    assert frame.loc[("乙", "c"), "value:2.1"] == 1.0
    assert pd.isna(frame.loc[("乙", "c"), "rank_without"])
    assert set(frame.index[frame["score"].isna()]) == {("乙", "c"), ("甲", "a")}


def test_where_no_indicator_reads_a_sum_of_returns_everybody_contributes_nothing(tmp_path):
    made = contributions(evaluated(zones_of_greenery(), TWO_YEARS))
    frame = made.frame()
    assert frame["enterprise"].tolist() == ["c", "a", "b"]
    assert frame["score"].tolist() == [0.0, 0.0, 0.0]
    assert frame["rank"].tolist() == frame["rank_without"].tolist()
    assert not [name for name in frame if name.startswith("value:")]
    assert shortfalls(made, "a").empty
    assert pq.read_table(made.write_parquet(tmp_path / "contributions.parquet", {})).num_rows == 3


def test_where_the_only_year_that_is_read_has_no_return_everybody_contributes_nothing():
    fields = {"revenue": field("revenue", members=Addend(sum="revenue"), measure="千元"), "green": field("green")}
    members = Members.model_validate({"framework": "returns", "belongs_to": "zone", "name": "name"})
    before = dimension("1", leaf("1.1", "lag(revenue)", measure="千元"), leaf("1.2", "green"))
    framework = small(before, fields=fields, time="year", members=members)
    frame = contributions(evaluated(framework, [row for row in TWO_YEARS if row[1] == 2024])).frame()
    assert frame["value:1.1"].isna().all()
    assert frame["rank"].tolist() == frame["rank_without"].tolist()


@pytest.mark.parametrize("prior_year", ["totals", "same_members"])
def test_a_formula_over_fewer_years_fills_what_a_zone_has_without_an_enterprise(prior_year):
    """No return is of 2022, so that growth over two years is that over one, and reads what only it reads: staff."""
    fields = {name: field(name, members=Addend(sum=name), measure=measure) for name, measure in MEASURES.items()}
    fields["high_tech"] = field("high_tech", measure="家", members=Addend(count="certified == 1"))
    fields["green"] = field("green")
    shorter = Choice.of("shorter_history", formulas=["growth(revenue) + staff / 100人"])
    grown = dimension("1", leaf("1.1", "cagr(revenue, 2)", missing=shorter, measure="%"), leaf("1.2", "green"))
    block = {"framework": "returns", "belongs_to": "zone", "name": "name", "prior_year": prior_year}
    framework = small(grown, fields=fields, time="year", members=Members.model_validate(block))
    made = contributions(evaluated(framework, TWO_YEARS))
    frame = made.frame().set_index(["zone", "enterprise"])
    for (zone, enterprise), row in frame.iterrows():
        rest = without(TWO_YEARS, enterprise, zone, prior_year)
        expected, _ = difference(made.zones, framework, rest, zone)
        names = ["score", "1", "1.1", "value:1.1"]
        assert row[names].tolist() == pytest.approx([expected[name] for name in names], rel=1e-12, nan_ok=True)
    assert not np.isnan(frame.loc[("甲", "a"), "score"])


MEASURES = {"revenue": "千元", "staff": "人", "research": "千元"}
