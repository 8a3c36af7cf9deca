"""Tests of the shipped targets of zone-green-2025: just below, at and just above, and the published figures."""

from __future__ import annotations

import pandas as pd
import pytest

import parkscore as ps
from tests.conftest import ROOT

NAME = "zone-green-2025"


def zones(*lines: tuple[str, int, float | str | None, float | None, float | None]) -> pd.DataFrame:
    """A table of zone, year, energy, value added and CO2."""
    return pd.DataFrame(lines, columns=["zone", "year", "energy", "value_added", "co2"])


def outcome(target: str, table: pd.DataFrame, year: int) -> tuple[str, float]:
    frame = ps.evaluate(NAME, table).targets
    line = frame[(frame["target"] == target) & (frame["year"] == year)].iloc[0]
    return line["outcome"], line["value"]


@pytest.mark.parametrize(
    ("energy", "expected"), [(399_999, "met"), (400_000, "met"), (400_001, "not_met"), (0, "met"), (1e300, "not_met")]
)
def test_energy_per_value_added_may_be_0_4_and_no_more(energy: float, expected: str) -> None:
    table = zones(("甲", 2025, energy / 2, 600_000, 1), ("乙", 2025, energy / 2, 400_000, 1))
    assert outcome("energy_per_value", table, 2025)[0] == expected


@pytest.mark.parametrize(
    ("second", "expected"), [(299_999, ("met", 50.0)), (300_000, ("not_met", 25.0)), (300_001, ("not_met", 25.0))]
)
def test_half_of_the_zones_must_be_below_0_3_itself_excluded(second: float, expected: tuple[str, float]) -> None:
    energies = (100_000, second, 500_000, 900_000)
    table = zones(*((name, 2025, energy, 1e6, 1) for name, energy in zip("甲乙丙丁", energies, strict=True)))
    assert outcome("zones_below", table, 2025) == expected


def test_forty_nine_zones_of_ninety_nine_below_0_3_are_less_than_half() -> None:
    table = zones(*((f"甲{number}", 2025, 1 if number < 49 else 900_000, 1e6, 1) for number in range(99)))
    assert outcome("zones_below", table, 2025) == ("not_met", pytest.approx(100 * 49 / 99))


@pytest.mark.parametrize(("share", "expected"), [(0.9599, "met"), (0.96, "met"), (0.9601, "not_met")])
@pytest.mark.parametrize("year", [2021, 2023, 2025])
def test_co2_per_value_added_must_fall_by_4_per_cent_a_year_since_2020(share: float, expected: str, year: int) -> None:
    table = zones(("甲", 2020, 1, 1000, 500), ("甲", year, 1, 2000, 1000 * share ** (year - 2020)))
    assert outcome("co2_fall", table, year)[0] == expected


def test_the_zones_were_ahead_of_the_path_in_2022_by_the_figures_of_the_two_ministries() -> None:
    table = zones(("甲", 2022, 200, 500, 1), ("乙", 2022, 223, 500, 1))
    frame = ps.evaluate(NAME, table).targets.set_index("target")
    line = frame.loc["energy_per_value"]
    assert (line["value"], line["standing"]) == (pytest.approx(0.423), "ahead")
    assert (f"{line['so_far']:.1f}", f"{line['needed']:.1f}") == ("-3.0", "-1.8")
    assert line["so_far"] == pytest.approx(100 * ((0.423 / 0.464) ** (1 / 3) - 1))
    assert f"{line['value'] / 0.464 - 1:.1%}" == "-8.8%"  # in three years, as published
    assert frame.loc["co2_fall", "reason_en"] == "the data have no year 2020"


def test_a_zone_without_data_makes_the_year_unknown_and_is_named() -> None:
    table = zones(("甲", 2025, 1, 1000, 1), ("乙", 2025, None, 1000, 1), ("丙", 2025, 1, 1000, None))
    found = ps.evaluate(NAME, table).targets.set_index("target")
    assert set(found["outcome"]) == {"unknown"}
    assert "1 unit: 乙" in found.loc["energy_per_value", "reason_en"]
    assert "1 unit: 乙" in found.loc["zones_below", "reason_en"]


@pytest.mark.parametrize(("value_added", "says"), [(0.0, "divided by zero"), (-1000.0, "undefined")])
def test_a_year_without_value_added_has_no_ratio_and_says_why(value_added: float, says: str) -> None:
    table = zones(("甲", 2025, 1, value_added, 1))
    line = ps.evaluate(NAME, table).targets.set_index("target").loc["energy_per_value"]
    assert line["outcome"] == "unknown"
    assert line["reason_en"].startswith(says)


def test_all_three_goals_are_due_in_2025_and_a_later_year_is_warned_of() -> None:
    table = zones(*(("甲", year, 1, 1000, 1) for year in (2020, 2024, 2025, 2026)))
    evaluation = ps.evaluate(NAME, table)
    due = evaluation.targets.groupby("target")["due"].unique()
    assert {target: years.tolist() for target, years in due.items()} == {
        "energy_per_value": [2025],
        "zones_below": [2025],
        "co2_fall": [2025],
    }
    assert {finding.year for finding in evaluation.findings if finding.code == "not_in_force"} == {2026}


def test_text_in_a_number_column_and_a_negative_amount_of_energy_stop_the_run() -> None:
    with pytest.raises(ps.DataError):
        ps.evaluate(NAME, zones(("甲", 2025, "很多", 1000, 1)))
    with pytest.raises(ps.DataError):
        ps.evaluate(NAME, zones(("甲", 2025, -1, 1000, 1)))


def test_no_zone_is_scored_and_every_row_is_accounted_for() -> None:
    evaluation = ps.evaluate(NAME, zones(("甲", 2024, 1, 1000, 1), ("甲", 2025, 1, 1000, 1)))
    assert set(evaluation.scores["status"]) == {"not_ranked: no indicators"}
    accounts = evaluation.accounting
    assert accounts.loc[accounts["part"] == "data", "rows"].sum() == 2


def test_every_number_of_the_file_stands_beside_its_source() -> None:
    framework = ps.load_framework(NAME)
    assert all(target.source for target in framework.targets)
    assert all(field.source for field in framework.fields.values())
    assert framework.status == "sourced"
    assert "起算年份" in (ROOT / "indicators" / f"{NAME}.yaml").read_text(encoding="utf-8")
