"""The seven rules for enterprise returns find what the formula table calls suspect, and nothing on the other side."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import parkscore as ps
from parkscore.data.validate import validate
from parkscore.findings import Severity
from parkscore.framework.models import Framework
from tests.small_frameworks import table_of

# A return that no rule suspects: a certified enterprise with a revenue of 100 million yuan and 200 staff. Synthetic.
SOUND = {
    "enterprise": "甲",
    "year": 2023,
    "qb11": 1,
    "qd01": 200,
    "qd03": 0,
    "qd08": 60,
    "qd18": 20,
    "qj09": 40,
    "qj20": 6_000,
    "qc05_0": 100_000,
    "qc02": 90_000,
    "qc06": 50_000,
    "qc09": 20_000,
    "qc41": 500,
    "qc51": 20_000,
}
BOUNDS = [
    # 高企科技经费未达标: 3 % above 200,000 千元, 4 % from 50,000 to below 200,000, 5 % below 50,000.
    ({"qc05_0": 200_001, "qj20": 6_000, "qc06": 200_000}, {"high_tech_spending"}),
    ({"qc05_0": 200_001, "qj20": 6_001, "qc06": 200_000}, set()),
    ({"qc05_0": 200_000, "qj20": 0, "qc06": 200_000}, set()),
    ({"qc05_0": 199_999, "qj20": 7_999, "qc06": 200_000}, {"high_tech_spending"}),
    ({"qc05_0": 199_999, "qj20": 8_000, "qc06": 200_000}, set()),
    ({"qc05_0": 50_000, "qj20": 2_000}, set()),
    ({"qc05_0": 50_000, "qj20": 1_999}, {"high_tech_spending"}),
    ({"qc05_0": 49_999, "qj20": 2_499}, {"high_tech_spending"}),
    ({"qc05_0": 49_999, "qj20": 2_500}, set()),
    ({"qj20": 0, "qb11": 0}, set()),
    # 高企科技人员未达标
    ({"qj09": 19}, {"high_tech_staff"}),
    ({"qj09": 20}, set()),
    ({"qj09": 0, "qb11": 0}, set()),
    # 高企高技术产品/服务收入未达标
    ({"qc06": 39_999}, {"high_tech_revenue"}),
    ({"qc06": 40_000}, set()),
    ({"qc06": 0, "qb11": 0}, set()),
    # 本科以上人数漏报
    ({"qd08": 0, "qd18": 0}, {"degrees_left_out"}),
    ({"qd08": 0, "qd18": 1}, set()),
    ({"qd08": 0, "qd18": 0, "qd01": 50, "qc51": 0}, set()),
    # 留学归国人员漏报
    ({"qd01": 1_001, "qj09": 200, "qc51": 100_000}, {"returned_left_out"}),
    ({"qd01": 1_000, "qj09": 200, "qc51": 100_000}, set()),
    ({"qd01": 1_001, "qj09": 200, "qc51": 100_000, "qd03": 1}, set()),
    # 综合能耗错误: by revenue, and by output where there is no revenue.
    ({"qc41": 10_001}, {"energy_wrong"}),
    ({"qc41": 10_000}, set()),
    ({"qc05_0": 0, "qc41": 9_001}, {"energy_wrong"}),
    ({"qc05_0": 0, "qc41": 9_000}, set()),
    ({"qc05_0": 0, "qc02": 0, "qc41": 9_000}, set()),
    # 职工薪酬漏报
    ({"qc51": 3_999}, {"pay_left_out"}),
    ({"qc51": 4_000}, set()),
    ({"qc51": 0, "qd01": 50, "qj09": 40}, set()),
]


@pytest.fixture(scope="module")
def checks() -> Framework:
    return ps.load_framework("torch-return-checks")


@pytest.mark.parametrize(("changed", "suspected"), BOUNDS)
def test_a_return_is_suspect_where_the_printed_condition_holds(
    checks: Framework, changed: dict[str, Any], suspected: set[str]
) -> None:
    found = validate(checks, table_of(checks, pd.DataFrame([SOUND | changed])))
    assert {finding.rule for finding in found} == suspected
    assert all(finding.severity is Severity.WARNING and finding.unit == "甲" for finding in found)


def test_there_are_seven_rules_and_each_is_tested_on_both_sides(checks: Framework) -> None:
    rules = {rule.id for rule in checks.rules}
    assert len(rules) == 7
    assert set().union(*(suspected for _, suspected in BOUNDS)) == rules


def test_amounts_in_another_measure_are_judged_alike(checks: Framework) -> None:
    frame = pd.DataFrame([SOUND | {"qj20": 3_999, "qc05_0": 100_000}])
    in_wan = frame.rename(columns={"qj20": "科技经费(万元)"}).assign(**{"科技经费(万元)": 399.9})
    for each in (frame, in_wan):
        found = validate(checks, table_of(checks, each))
        assert [finding.rule for finding in found] == ["high_tech_spending"]
