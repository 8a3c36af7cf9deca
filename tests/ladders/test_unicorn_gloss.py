"""The unicorn rung is a data vendor's gloss: 10亿美元 or more, founded within ten years, not listed."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import parkscore as ps

UNICORN = {"valuation": 10.0, "founded": 2014, "on_exchange": 0}
"""In 2024: exactly 10亿美元, exactly ten years."""


def judged(**changed: Any) -> tuple[str, str | None]:
    """The outcome of an enterprise, and why, in English."""
    data = pd.DataFrame([{"enterprise": "甲", "year": 2024, **UNICORN, **changed}])
    row = ps.evaluate("unicorn-gloss", data).gates.iloc[0]
    return row["outcome"], row["reason_en"]


@pytest.mark.parametrize(
    ("changed", "outcome"),
    [
        ({}, "met"),
        ({"valuation": 10.01}, "met"),
        ({"valuation": 9.99}, "not_met"),
        ({"valuation": 0.0}, "not_met"),
        ({"valuation": 1e300}, "met"),
        ({"valuation": None}, "unknown"),
        ({"founded": 2015}, "met"),
        ({"founded": 2013}, "not_met"),
        ({"founded": 2030}, "unknown"),  # in the future
        ({"founded": None}, "unknown"),
        ({"on_exchange": 1}, "not_met"),
        ({"on_exchange": None}, "unknown"),
        ({"on_exchange": None, "valuation": 1.0}, "not_met"),
    ],
)
def test_just_below_at_and_just_above_each_condition_and_with_data_missing(
    changed: dict[str, Any], outcome: str
) -> None:
    assert judged(**changed)[0] == outcome


def test_the_status_says_that_there_is_no_official_rule() -> None:
    framework = ps.load_framework("unicorn-gloss")
    assert framework.status == "assumed"
    assert framework.source is not None
    assert "不是官方规定" in framework.source


def test_a_valuation_in_yuan_is_refused_for_want_of_an_exchange_rate() -> None:
    data = pd.DataFrame([{"enterprise": "甲", "year": 2024, **UNICORN}]).rename(
        columns={"valuation": "valuation(亿元)"}
    )
    with pytest.raises(ps.DataError) as refused:
        ps.evaluate("unicorn-gloss", data)
    assert "wrong_measure" in [each.code for each in refused.value.findings]
