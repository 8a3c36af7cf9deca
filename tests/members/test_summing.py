"""Tests of parkscore.members.summing: sums by zone, year and sub-park, whatever the order of the returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from parkscore.data.coded_texts import CodedTexts
from parkscore.data.reading import read_table
from parkscore.data.table import Origin, Table
from parkscore.framework.formula import State
from parkscore.framework.models import Addend, DataField, Framework, Label, Members, UnitKey
from parkscore.members.plans import MemberPlan, plan_sums
from parkscore.members.rolls import RollPiece, call_roll
from parkscore.members.summing import Summed, sum_returns
from tests.members.returns import returns_with

RETURNS = returns_with(
    park=DataField(zh="分园", kind="text"),
    revenue=DataField(zh="收入", measure="千元"),
    staff=DataField(zh="人员", measure="人"),
    certified=DataField(zh="高企"),
    per_head=DataField(zh="人均收入", measure="千元/人", formula="revenue / staff"),
)


def zones(prior_year: str = "totals", **fields: Addend) -> Framework:
    measured = {"number": "家", "many": "百家"}
    return Framework(
        id="zones",
        title=Label(zh="高新区"),
        unit=UnitKey(zh="高新区", key="zone"),
        time="year",
        members=Members.model_validate(
            {"framework": "returns", "belongs_to": "zone", "part": "park", "prior_year": prior_year}
        ),
        fields={
            name: DataField(zh=name, measure=measured.get(name, "万元"), members=addend)
            for name, addend in fields.items()
        },
    )


REVENUE = {"revenue": Addend(sum="revenue")}


def table(*rows: Sequence[Any]) -> Table:
    """Returns by id, year, zone, sub-park, revenue in 千元, and what follows is staff and 1 for a certified one."""
    names = ["id", "year", "zone", "park", "revenue", "staff", "certified"]
    padded = [[*row, *[None] * (len(names) - len(row))] for row in rows]
    return read_table(pd.DataFrame(padded, columns=names), RETURNS)[0]


def summed(*rows: Sequence[Any], prior_year: str = "totals", **said: Any) -> Summed:
    plan = plan_sums(zones(prior_year, **REVENUE), RETURNS)
    return sum_returns(plan, [table(*rows)], **said)


def by_zone(result: Summed, name: str = "revenue") -> dict[tuple[str, int], float]:
    values = result.zones.cells(result.plan, name).values
    return {
        (str(zone), year): float(values[row, column])
        for row, zone in enumerate(result.zone_names)
        for column, year in enumerate(result.years)
        if result.zones.returns[row, column]
    }


TWO_YEARS = (
    ("a", 2023, "东", "一", 10.0),
    ("b", 2023, "东", "二", 20.0),
    ("c", 2023, "西", "一", 40.0),
    ("d", 2023, "西", "一", 80.0),
    ("a", 2024, "东", "一", 11.0),
    ("c", 2024, "东", "一", 41.0),
    ("d", 2024, "西", "二", 81.0),
    ("e", 2024, "西", "二", 160.0),
)
"""b leaves 东, c moves from 西 to 东, d moves within 西, e is new."""


def test_a_zone_is_the_sum_of_its_returns_in_the_measure_of_its_field() -> None:
    assert by_zone(summed(*TWO_YEARS)) == {
        ("东", 2023): 3.0, ("西", 2023): 12.0, ("东", 2024): 5.2, ("西", 2024): 24.1,
    }  # fmt: skip


def test_under_totals_the_year_before_holds_those_who_left() -> None:
    assert by_zone(summed(*TWO_YEARS))["东", 2023] == 3.0  # a and b, though b is gone


def test_under_same_members_the_year_before_is_what_todays_enterprises_had() -> None:
    result = by_zone(summed(*TWO_YEARS, prior_year="same_members"))
    assert result["东", 2023] == 5.0  # a 10, and c 40 that moved here; b is gone
    assert result["西", 2023] == 8.0  # d 80; e is new and adds nothing
    assert result["东", 2024], result["西", 2024] == (5.2, 24.1)


def test_sub_parks_of_one_name_in_two_zones_are_two() -> None:
    result = summed(*TWO_YEARS)
    names = [(str(result.zone_names[zone]), part) for zone, part in result.roll.parts]
    assert sorted(names) == sorted([("东", "一"), ("东", "二"), ("西", "一"), ("西", "二")])
    values = dict(zip(names, result.parts.cells(result.plan, "revenue").values.tolist(), strict=True))
    assert values["东", "一"] == [1.0, 5.2]
    np.testing.assert_equal(values["西", "一"], [12.0, np.nan])


def test_under_same_members_a_sub_park_has_the_past_of_those_in_it_today() -> None:
    result = summed(*TWO_YEARS, prior_year="same_members")
    names = [(str(result.zone_names[zone]), part) for zone, part in result.roll.parts]
    assert result.parts.cells(result.plan, "revenue").values[names.index(("西", "二"))].tolist() == [8.0, 24.1]


def test_later_years_than_the_evaluated_one_are_left_out() -> None:
    result = summed(*TWO_YEARS, year=2023)
    assert list(result.years) == [2023]
    assert by_zone(result) == {("东", 2023): 3.0, ("西", 2023): 12.0}


def test_a_successor_takes_over_what_was_reported_before() -> None:
    result = by_zone(summed(*TWO_YEARS, prior_year="same_members", merged={"b": "x", "x": "e"}))
    assert result["西", 2023] == 10.0  # d 80, and b 20 under its successor's successor e


def test_a_return_without_a_zone_is_summed_nowhere() -> None:
    result = summed(("a", 2024, "东", None, 10.0), ("b", 2024, None, None, 20.0))
    assert by_zone(result) == {("东", 2024): 1.0}
    assert result.zone.tolist() == [0, -1]


def test_a_missing_cell_adds_nothing_and_is_counted() -> None:
    result = summed(("a", 2024, "东", None, 10.0), ("b", 2024, "东", None, None), ("c", 2024, "东", None, "不适用"))
    assert by_zone(result) == {("东", 2024): 1.0}
    assert result.zones.reported["revenue"].tolist() == [[2]]  # what is not applicable is not missing
    assert result.zones.returns.tolist() == [[3]]


@pytest.mark.parametrize(("least", "value"), [(0.0, 5.0), (0.5, 5.0), (0.51, np.nan)])
def test_a_field_needs_its_share_of_returns(least: float, value: float) -> None:
    framework = zones(**REVENUE)
    assert framework.members is not None
    block = framework.members.model_copy(update={"min_reported": least})
    plan = plan_sums(framework.model_copy(update={"members": block}), RETURNS)
    cells = plan.cells("revenue", np.array([50.0]), np.array([1]), np.array([2]))
    np.testing.assert_equal(cells.values, [value])
    assert cells.states.tolist() == [State.MISSING if np.isnan(value) else State.VALUE]


def plan_of(**fields: Addend) -> MemberPlan:
    return plan_sums(zones(**fields), RETURNS)


def test_an_amount_is_summed_where_its_condition_holds() -> None:
    plan = plan_of(revenue=Addend(sum="revenue", when="certified == 1"))
    rows = [("a", 2024, "东", "", 10.0, 1, 1), ("b", 2024, "东", "", 20.0, 1, 0), ("c", 2024, "东", "", None, 1, 0)]
    result = sum_returns(plan, [table(*rows)])
    assert result.added("revenue", np.arange(3)).tolist() == [10.0, 0.0, 0.0]  # what is not chosen may be missing
    assert result.zones.reported["revenue"].tolist() == [[3]]


def test_a_count_counts_where_the_condition_holds_in_the_measure_of_the_field() -> None:
    plan = plan_of(number=Addend(count="per_head > 5千元/1人"), many=Addend(count="revenue > 0"))
    rows = [("a", 2024, "东", "", 10.0, 1), ("b", 2024, "东", "", 20.0, 4), ("c", 2024, "东", "", 20.0, None)]
    result = sum_returns(plan, [table(*rows)])
    np.testing.assert_equal(result.added("number", np.arange(3)), [1.0, 0.0, np.nan])
    assert by_zone(result, "number") == {("东", 2024): 1.0}
    assert by_zone(result, "many") == {("东", 2024): 0.03}
    assert result.zones.reported["number"].tolist() == [[2]]


def test_only_the_raw_fields_behind_the_sums_are_read() -> None:
    assert plan_of(number=Addend(count="per_head > 5千元/1人")).raw_fields == ["zone", "park", "revenue", "staff"]


@given(st.data())
def test_the_sums_are_the_same_bits_for_any_order_and_any_pieces(data: st.DataObject) -> None:
    amounts = st.one_of(st.none(), st.floats(-1e12, 1e12), st.integers(0, 10**9).map(float))
    rows = [
        (f"e{number}", year, data.draw(st.sampled_from(["东", "西", None])), data.draw(st.sampled_from(["一", "二"])),
         data.draw(amounts))
        for year in (2023, 2024) for number in range(data.draw(st.integers(1, 12)))
    ]  # fmt: skip
    prior_year = data.draw(st.sampled_from(["totals", "same_members"]))
    plan = plan_sums(zones(prior_year, **REVENUE), RETURNS)
    shuffled = data.draw(st.permutations(rows))
    cut = data.draw(st.integers(1, len(rows) - 1))
    whole = sum_returns(plan, [table(*rows)])
    pieces = sum_returns(plan, [table(*shuffled[:cut]), table(*shuffled[cut:])])
    assert bits(whole) == bits(pieces)


def bits(result: Summed) -> Mapping[str, Any]:
    return {
        "zones": list(result.zone_names),
        "years": list(result.years),
        "values": result.zones.exact["revenue"].values.tobytes(),
        "reported": result.zones.reported["revenue"].tolist(),
        "parts": result.parts.exact["revenue"].values.tobytes(),
    }


def test_pieces_with_and_without_sub_parks_and_names_are_put_on_one_roll() -> None:
    origin = Origin("returns.csv")
    years = np.array([2024, 2024])
    some = CodedTexts.of(["东区", None])
    pieces = [
        RollPiece(
            pa.chunked_array([pa.array(["甲", "乙"], type=pa.large_string())]),
            CodedTexts.of(["一", "一"]),
            None,
            None,
            years,
            origin,
        ),
        RollPiece(
            pa.chunked_array([pa.array(["丙", "丁"], type=pa.large_string())]),
            CodedTexts.of(["一", "一"]),
            some,
            pa.chunked_array([pa.array(["东区", None], type=pa.large_string())]),
            years,
            origin,
        ),
    ]
    roll = call_roll(pieces, 2024)
    assert (roll.part.tolist(), roll.parts) == ([-1, -1, 0, -1], [(0, "东区")])
    assert roll.names.tolist() == [None, None, "东区", None]
