"""What an enterprise holds its zone back in, and the sentences that say so."""

from __future__ import annotations

import pandas as pd
import pytest

from parkscore.findings import UsageError
from parkscore.framework.models import Addend, Members, Node, ScoreRule
from parkscore.members.contributions import contributions
from parkscore.members.shortfalls import shortfalls
from tests.members.returns import TWO_YEARS, Return, evaluated, zones
from tests.small_frameworks import dimension, field, leaf, small


def found(enterprise: str, rows: list[Return] = TWO_YEARS, prior_year: str = "totals") -> pd.DataFrame:
    return shortfalls(contributions(evaluated(zones(prior_year), rows)), enterprise).set_index(["zone", "id"])


def test_a_ratio_below_that_of_the_zone_is_said_with_both_in_percentage_points():
    """b of 甲 spends 15 of 1500 on R&D, the zone 40 of 2000; as in wynn51/Torch@539bfddf: 低于总体水平 y 个百分点."""
    row = found("b").loc[("甲", "1.1")]
    assert row["sentence_zh"] == "1.1 研发经费占营业收入比例 1%，低于总体水平 1 个百分点"
    assert row["sentence_en"] == "1.1 R&D as a share of revenue: 1%, 1 percentage points below the zone"
    assert (row["own"], row["overall"]) == pytest.approx((1.0, 2.0))
    assert row["contribution"] == pytest.approx(-3.0)


def test_where_lower_is_better_the_shortfall_is_above_the_zone():
    rows = [*TWO_YEARS, ("g", 2024, "甲", 100.0, 10.0, 0.0, 0.0)]
    row = found("g", rows).loc[("甲", "1.3")]
    assert row["sentence_zh"] == "1.3 单位营收用工 10000 人/亿元，高于总体水平 7619.0476 人/亿元"
    assert row["contribution"] > 0


def test_who_is_better_than_its_zone_has_no_shortfall_there():
    assert ("甲", "1.1") not in found("a").index
    assert ("甲", "2.1") not in found("a").index


def test_a_number_of_enterprises_to_which_one_adds_nothing_is_a_shortfall():
    """facts: 贡献值 = 0 for the items that count, such as 2.6."""
    row = found("b").loc[("甲", "2.1")]
    assert row["sentence_zh"] == "2.1 高新技术企业数：没有贡献"
    assert row["sentence_en"] == "2.1 certified enterprises: adds nothing"


def test_what_shrank_takes_its_loss_away_in_the_measure_of_the_indicator():
    """d left: the 300 千元 that it had are missing in the growth of 甲."""
    row = found("d").loc[("甲", "2.2")]
    assert row["sentence_zh"] == "2.2 净增营业收入：减少 30 万元"
    assert row["sentence_en"] == "2.2 growth of revenue: takes 30 万元 away"


def test_where_the_enterprise_has_no_value_of_its_own_the_effect_is_told():
    """g is new and has no year before to grow from."""
    row = found("g", [*TWO_YEARS, ("g", 2024, "甲", 100.0, 10.0, 0.0, 0.0)]).loc[("甲", "1.2")]
    assert row["sentence_zh"].startswith("1.2 劳动生产率的增长率 没有数值，把总体水平拉低 ")
    assert "no value, lowers the zone by" in row["sentence_en"]


def test_the_greatest_loss_of_score_comes_first():
    scores = found("b")["score"].dropna().tolist()
    assert scores == sorted(scores)


def test_an_enterprise_without_a_return_is_refused_by_its_id():
    with pytest.raises(UsageError) as refused:
        found("nobody")
    assert [(each.code, each.value) for each in refused.value.findings] == [("no_such_enterprise", "nobody")]


def held_back(enterprise: str, *indicators: Node) -> pd.DataFrame:
    """The shortfalls of an enterprise in 甲 where the zones have these indicators, by indicator."""
    fields = {"staff": field("staff", measure="人", members=Addend(sum="staff")), "green": field("green")}
    fields["high_tech"] = field("high_tech", measure="家", members=Addend(count="certified == 1"))
    fields |= {name: field(name, measure="千元", members=Addend(sum=name)) for name in ("revenue", "research")}
    block = {"framework": "returns", "belongs_to": "zone", "name": "name"}
    members = Members.model_validate(block)
    framework = small(dimension("1", *indicators, leaf("green")), fields=fields, time="year", members=members)
    found = shortfalls(contributions(evaluated(framework, TWO_YEARS)), enterprise).set_index(["zone", "id"])
    return found[found.index.get_level_values("zone") == "甲"].droplevel("zone")


def test_who_lifts_its_zone_into_a_better_tier_has_no_shortfall_there():
    """Without b 甲 has 10 people in place of 40, and the second tier in place of the first."""
    assert held_back("b", tiers("tier", 9, 5)).empty


def test_who_takes_its_zone_into_a_worse_tier_costs_points():
    row = held_back("b", tiers("tier", 5, 9)).loc["tier"]
    assert row["score"] == -4.0
    assert row["sentence_zh"] == "tier 指标tier：使该项得分降低 4"
    assert row["sentence_en"] == "tier indicator tier: lowers its score by 4"


def tiers(code: str, first: float, second: float) -> Node:
    """Points for more than 35 people, and for more than 5."""
    rule = [{"when": "staff > 35人", "points": first}, {"when": "staff > 5人", "points": second}]
    return Node(
        id=code, zh=f"指标{code}", en=f"indicator {code}", direction="higher", score=ScoreRule.of("tiers", tiers=rule)
    )


@pytest.mark.parametrize(("best", "short"), [(10.0, True), (40.0, False)])
def test_where_the_nearest_to_a_value_is_best_the_score_says_who_holds_back(best: float, short: bool):
    """b takes 甲 from 10 people to 40."""
    nearest = leaf("staff", measure="人", score=ScoreRule.of("middle", best=best, farthest=100.0))
    assert ("staff" in held_back("b", nearest).index) == short


def test_who_adds_to_a_sum_of_which_less_is_better_is_said_to_add():
    row = held_back("b", leaf("staff", measure="人", direction="lower")).loc["staff"]
    assert row["sentence_zh"] == "staff 指标staff：增加 30 人"
    assert row["sentence_en"] == "staff indicator staff: adds 30 人"
