"""The 28 enterprise-derived indicators of zone-2021 from returns, against figures added up by hand."""

from __future__ import annotations

import pandas as pd
import pytest

import parkscore as ps
from parkscore.framework.models import Framework
from tests.members.torch_zone import returns

BY_HAND = {
    "1.2": 90 / 1000 * 100,
    "1.3": 76_000 / 1_500_000 * 100,  # R&D of the maker 40 000, of the designer 36 000, of the foreign one 0
    "1.4": 6 / 1000 * 10_000,
    "1.5": 8 / 76_000 * 10_000,
    "2.1": 600_000 / 1_500_000 * 100,
    "2.2": (80 + 160) / 1000 * 100,
    "2.3": 9_000 / 1000 / 10,
    "2.4": (1_500_000 - 900_000) / 100_000,  # the one that left had 300 000
    "2.5": 90_000 / 1_500_000 * 100,
    "2.6": 2 - 2,  # the designer is new, the one that left was certified, too
    "2.7": 1,
    "2.8": (25 + 25) / 1_500_000 * 10_000_000,
    "2.9": 310_000 / (700_000 + 700_000) * 100,  # revenue where there is no industrial output: 600 000 and 100 000
    "3.1": 6_000 / 210_000 * 10,  # the maker (C39) and the foreign one (D44)
    "3.5": (1000 - 800) / 10_000,
    "3.6": 105_000 / 310_000 * 100,
    "4.1": 1,  # the foreign one has R&D units abroad, and does not count
    "4.2": 2_000 / 1_500_000 * 100,
    "4.3": 2 + 1,  # the formula adds: the maker has both and counts twice
    "4.4": 1,
    "4.5": 20_000 / 120_000 * 100,
    "4.6": 100_000 / 1_500_000 * 100,
    "4.7": (5 + 5) / 1000 * 100,
    "5.2": ((310_000 / 1000) / (270_000 / 800) - 1) * 100,
    "5.3": 1_400_000 / 1_500_000 * 100,  # an intensity of exactly 5 % is 5 % or more
    "5.4": 800_000 / 1_500_000 * 100,
    "5.6": 1,  # the foreign one was listed the year before
    "5.7": 1,  # an intensity of exactly 5 % is not above 5 %
}
"""Formulas and scales: frameworks.md 1.3, from 数据处理指标计算公式.xlsx of wynn51/Torch@539bfddf."""

SAME_MEMBERS = BY_HAND | {
    "2.4": (1_500_000 - 600_000) / 100_000,
    "2.6": 2 - 1,
    "3.5": (1000 - 600) / 10_000,
    "5.2": ((310_000 / 1000) / (210_000 / 600) - 1) * 100,
}


def indicators(framework: str | Framework, frame: pd.DataFrame) -> pd.Series:
    prepared = ps.from_returns(framework, frame, zones=None).prepared
    return pd.Series(prepared.indicators.values[prepared.rows][0], index=list(prepared.indicators.ids))


@pytest.fixture(scope="module")
def totals() -> pd.Series:
    return indicators("zone-2021", returns())


@pytest.fixture(scope="module")
def same_members() -> pd.Series:
    framework = ps.load_framework("zone-2021")
    assert framework.members is not None
    block = framework.members.model_copy(update={"prior_year": "same_members"})
    return indicators(framework.model_copy(update={"members": block}), returns())


def test_there_are_28_indicators_and_the_framework_sums_what_they_need() -> None:
    framework = ps.load_framework("zone-2021")
    summed = {name for name, field in framework.fields.items() if field.members is not None}
    assert len(BY_HAND) == 28
    for leaf in framework.leaves:
        names = {word for word in str(leaf.formula).replace("(", " ").replace(")", " ").split() if word[0] in "qs"}
        assert (leaf.id in BY_HAND) == bool(names), leaf.id
        assert names <= summed, leaf.id


@pytest.mark.parametrize("indicator", BY_HAND)
def test_an_indicator_of_the_torch_formula_table_is_what_was_added_up_by_hand(
    totals: pd.Series, indicator: str
) -> None:
    assert totals[indicator] == pytest.approx(BY_HAND[indicator], rel=1e-14, abs=1e-14)


@pytest.mark.parametrize("indicator", SAME_MEMBERS)
def test_an_indicator_on_the_same_basis_leaves_out_who_left_and_who_is_new_last_year(
    same_members: pd.Series, indicator: str
) -> None:
    assert same_members[indicator] == pytest.approx(SAME_MEMBERS[indicator], rel=1e-14, abs=1e-14)


def test_the_other_18_indicators_have_no_value_without_a_table_of_zones(totals: pd.Series) -> None:
    assert totals.drop(list(BY_HAND)).isna().all()
