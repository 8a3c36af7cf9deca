"""What a cell may say in the presets of points: no amount below nothing but a loss, and a yes is 1."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import parkscore as ps
from parkscore.framework.models import LIMITS
from tests.shipped_once import shipped_framework

CENTRE, YANTAI, HIGH_TECH = (
    "enterprise-technology-centre",
    "enterprise-technology-centre-yantai",
    "high-tech-enterprise",
)
PARK, SPECIALISED, TECH = "park-points-example", "specialised-sme-2022", "tech-sme"

# What is asked with a yes or a no.
YES_OR_NO = {
    TECH: {"resident", "restricted", "offence", "listed", "high_tech", "award", "institution", "standard"},
    "innovative-sme": {"award", "title_held", "institution"},
    SPECIALISED: {"quality_award", "quality_system", "own_brand", "standards_joined", "award_leading"}
    | {"maker_china_500"},
    HIGH_TECH: {"standards_made"},
    "per-mu-huangyan-2022": set(),
    CENTRE: {"filed"},
    YANTAI: {"plan_a", "plan_b"},
    PARK: {"institution", "award", "offence"},
    "zone-green-2025": set(),
    "unicorn-gloss": {"on_exchange"},
}
# The most that an expert can give, as facts I 6.3 prints it.
MOST = {
    **dict.fromkeys(("advancement_points", "support_points", "count_points"), 8),
    **dict.fromkeys(("origin_points", "system_points", "institution_points"), 6),
    **dict.fromkeys(("incentive_points", "talent_points"), 4),
    **dict.fromkeys(("asset_growth_points", "sales_growth_points"), 10),
    "bonus_points": 2,
    "transfer_points": 30,
}
# What can be a loss, or a refund, and so have any sign.
EITHER_SIGN = {
    SPECIALISED: {"net_profit"},
    HIGH_TECH: {"net_assets"},
    "per-mu-huangyan-2022": {"tax", "value_added"},
    CENTRE: {"new_product_profit", "total_profit"},
    YANTAI: {"new_product_profit", "total_profit"},
    PARK: {"net_profit", "net_assets"},
    "zone-green-2025": {"value_added"},
}
FOUNDED = {HIGH_TECH: 1900, PARK: 1950, "unicorn-gloss": 1900}


def number_fields(name: str) -> set[str]:
    fields = shipped_framework(name).fields
    return {key for key, field in fields.items() if field.kind == "number" and field.formula is None}


def beyond(name: str, cells: dict[str, Any]) -> set[str | None]:
    """The fields of a row that are refused for a limit."""
    unit = shipped_framework(name).unit.key
    try:
        findings = ps.evaluate(shipped_framework(name), pd.DataFrame([{unit: "甲", "year": 2025, **cells}])).findings
    except ps.DataError as error:
        findings = error.findings
    return {finding.field for finding in findings if finding.code in LIMITS}


@pytest.mark.parametrize("name", YES_OR_NO)
def test_nothing_may_be_zero_and_only_a_loss_below_it(name: str) -> None:
    signed = EITHER_SIGN.get(name, set())
    least = {key: FOUNDED[name] if key == "founded" else 0 for key in number_fields(name) - signed}
    assert beyond(name, {**least, **dict.fromkeys(signed, -1e6)}) == set()
    assert beyond(name, {key: value - 0.01 for key, value in least.items()}) == set(least)


@pytest.mark.parametrize("name", YES_OR_NO)
def test_a_yes_is_1_an_expert_gives_no_more_than_the_table_has_and_nothing_else_has_a_most(name: str) -> None:
    bounded = dict.fromkeys(YES_OR_NO[name], 1) | (MOST if name == HIGH_TECH else {})
    unbounded = dict.fromkeys(number_fields(name) - bounded.keys() - {"founded"}, 1e9)
    assert beyond(name, {**bounded, **unbounded}) == set()
    assert beyond(name, {key: value + 0.01 for key, value in bounded.items()}) == set(bounded)
