"""A small framework of zones over returns, and its evaluation by plain steps, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from parkscore.data.reading import read_table
from parkscore.data.table import Table
from parkscore.evaluating import evaluate, score_rows
from parkscore.evaluation import Evaluation
from parkscore.framework.models import Addend, DataField, Framework, Label, Members, UnitKey
from parkscore.members.effects import Zones
from parkscore.members.plans import plan_sums
from parkscore.members.summing import Filed, Summed, sum_returns
from parkscore.tree.schemes import Weights, plan_weights
from tests.small_frameworks import dimension, field, leaf, small

NUMBERS = ("revenue", "staff", "research", "certified")


def returns_with(**fields: DataField) -> Framework:
    """Returns of enterprises over some years, with these fields beside the zone."""
    return Framework(
        id="returns",
        title=Label(zh="年报"),
        unit=UnitKey(zh="企业", key="id"),
        time="year",
        fields={"zone": DataField(zh="高新区", kind="text"), **fields},
    )


RETURNS = returns_with(
    name=DataField(zh="企业名称", kind="text"),
    revenue=DataField(zh="收入", measure="千元"),
    staff=DataField(zh="人员", measure="人"),
    research=DataField(zh="研发经费", measure="千元"),
    certified=DataField(zh="高企"),
)
Return = Sequence[Any]
TWO_YEARS: list[Return] = [
    ("a", 2024, "甲", 500.0, 10.0, 25.0, 1.0),
    ("b", 2024, "甲", 1500.0, 30.0, 15.0, 0.0),
    ("c", 2024, "乙", 800.0, 16.0, 40.0, 1.0),
    ("a", 2023, "甲", 400.0, 10.0, 20.0, 1.0),
    ("b", 2023, "乙", 1200.0, 30.0, 12.0, 0.0),
    ("d", 2023, "甲", 300.0, 5.0, 3.0, 1.0),
    ("c", 2023, "乙", 700.0, 20.0, 10.0, 0.0),
]


def zones(prior_year: str = "totals", min_reported: float = 0.0, **said: Any) -> Framework:
    """Ratios, growth, net growth, a number of enterprises, and greenery, which no return says anything about."""
    fields = {
        "revenue": field("revenue", measure="千元", members=Addend(sum="revenue")),
        "staff": field("staff", measure="人", members=Addend(sum="staff")),
        "research": field("research", measure="千元", members=Addend(sum="research", when="revenue > 0")),
        "high_tech": field("high_tech", measure="家", members=Addend(count="certified == 1")),
        "green": field("green", measure="%"),
        "per_head": field("per_head", measure="千元/人", formula="revenue / staff"),
    }
    first = dimension(
        "1",
        leaf("1.1", "research / revenue", measure="%", zh="研发经费占营业收入比例", en="R&D as a share of revenue"),
        leaf("1.2", "per_head / lag(per_head) - 1", measure="%", zh="劳动生产率的增长率", en="growth of productivity"),
        leaf("1.3", "staff / revenue", measure="人/亿元", direction="lower", zh="单位营收用工", en="staff per revenue"),
    )
    second = dimension(
        "2",
        leaf("2.1", "high_tech", measure="家", zh="高新技术企业数", en="certified enterprises"),
        leaf("2.2", "revenue - lag(revenue)", measure="万元", zh="净增营业收入", en="growth of revenue"),
        leaf("2.3", "green", measure="%", zh="绿地率", en="green space"),
    )
    block = {"framework": "returns", "belongs_to": "zone", "name": "name", "prior_year": prior_year}
    members = Members.model_validate(block | {"min_reported": min_reported})
    return small(first, second, fields=fields, time="year", members=members, **said)


def zones_of_greenery() -> Framework:
    """No indicator reads a sum of returns."""
    fields = {"revenue": field("revenue", measure="千元", members=Addend(sum="revenue")), "green": field("green")}
    members = Members.model_validate({"framework": "returns", "belongs_to": "zone", "name": "name"})
    return small(dimension("1", leaf("1.1", "green")), fields=fields, time="year", members=members)


def returns_of(rows: Sequence[Return]) -> Table:
    """Returns by id, year, zone, then what `NUMBERS` says; the name of a is 甲公司a."""
    frame = pd.DataFrame([list(row) for row in rows], columns=["id", "year", "zone", *NUMBERS])
    frame[list(NUMBERS)] = frame[list(NUMBERS)].astype(np.float64)
    frame["name"] = [f"公司{each}" for each in frame["id"]]
    table, findings = read_table(frame, RETURNS)
    assert table is not None, findings
    return table


def sums_of(framework: Framework, rows: Sequence[Return], year: int = 2024, **said: Any) -> Summed:
    """The returns, summed."""
    return sum_returns(plan_sums(framework, RETURNS), [returns_of(rows)], year=year, **said)


def zone_frame(summed: Summed) -> pd.DataFrame:
    """The table of zones that the returns add up to; greenery is made up from the name."""
    parts = []
    for column, year in enumerate(summed.years):
        cells = {name: summed.zones.cells(summed.plan, name).values[:, column] for name in summed.plan.fields}
        part = pd.DataFrame({"zone": summed.zone_names, "year": year, **cells})
        part["green"] = [float(ord(str(zone)[0]) % 17) for zone in summed.zone_names]
        parts.append(part[summed.zones.returns[:, column] > 0])
    return pd.concat(parts, ignore_index=True)


def evaluated(framework: Framework, rows: Sequence[Return], **said: Any) -> Zones:
    """The zones of some returns, evaluated with equal weights."""
    summed = sums_of(framework, rows, **said)
    return Zones(summed, evaluate(framework, zone_frame(summed), weights="equal"))


def evaluated_anew(evaluation: Evaluation, table: Table, weights: Weights = "equal") -> Evaluation:
    """A whole evaluation of another table in 2024, by the references and the shares of this one."""
    plan = plan_weights(evaluation.framework, weights)
    return score_rows(evaluation.framework, table, (), 2024, evaluation.fitted).under(plan)


def table_of(framework: Framework, frame: pd.DataFrame) -> Table:
    """A table of zones as the engine reads it."""
    table, findings = read_table(frame, framework)
    assert table is not None, findings
    return table


def joining(framework: Framework, rows: Sequence[Return]) -> list[Filed]:
    """Returns that are put in."""
    return [Filed.of(plan_sums(framework, RETURNS), returns_of(rows))]
