"""The presets that are gates alone: every comparison proven on both sides, with the numbers of the official texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import parkscore as ps
from parkscore import shipped
from parkscore.findings import DataError, Severity
from tests.shipped_once import shipped_framework

Row = dict[str, Any]

YEAR = 2025
OUTCOMES = {"m": "met", "n": "not_met", "u": "unknown", "r": "review", "x": "not_applicable"}

# --- one unit of each preset that meets its gates ------------------------------------------------------------------

# `revenue-1` is the revenue a year before; what is not said of an earlier year is that of the last.
FITTING: dict[str, Row] = {
    "specialised-sme-2026": {
        "round_kind": "新申报",
        "innovative_title": 1,
        "segment_years": 10,
        "revenue": 2000,
        "main_revenue": 1900,
        "equity_raised_2y": 0,
        "liabilities": 50,
        "assets": 100,
        "rd_expense": 200,
        "ip_used": 3,
        "ministerial_award": 0,
        "institution": 0,
        "market_opinion": "符合",
        "development_score": 70,
    },
    "little-giant-2026": {
        "round_kind": "新申报",
        "specialised_title": 1,
        "segment_years": 10,
        "revenue": 8000,
        "revenue-1": 7500,
        "revenue-2": 7000,
        "main_revenue": 7600,
        "liabilities": 50,
        "assets": 100,
        "rd_expense": 700,
        "ip_used_own": 5,
        "benefit_opinion": "符合",
        "national_award": 0,
        "market_share": 20,
        "market_rank": 9,
        "field_opinion": "符合",
        "development_score": 70,
        "accident": 0,
        "falsified": 0,
        "champion": 0,
        "little_giant_group": 0,
    },
    "gazelle-huangpu-2022": {
        "high_tech": 1,
        "founded": 2010,
        "revenue": 4400,
        "revenue-1": 3400,
        "revenue-2": 2600,
        "revenue-3": 2000,
        "equity_until_a": 0,
    },
    "eaglet-hangzhou-2024": {
        "region": "杭州市",
        "provincial_tech_sme": 1,
        "founded": 2022,
        "future_industry": 1,
        "staff": 100,
        "rd_staff": 30,
        "revenue": 5000,
        "rd_expense": 1200,
        "rd_expense-1": 300,
        "rd_expense-2": 300,
        "ip_core": 4,
        "ip_core_granted": 2,
        "pct": 0,
        "talent": 0,
        "equity_obtained": 0,
        "serious_offence_list": 0,
        "expert_opinion": "符合",
    },
    "star-market-2020": {
        "rd_expense": 1000,
        "revenue": 17000,
        "revenue-1": 13000,
        "revenue-2": 10000,
        "main_inventions": 6,
        "software": 0,
        "listing_standard": 1,
        "exception_opinion": "不符合",
    },
    "star-market-2024": {
        "rd_expense": 1000,
        "revenue": 17000,
        "revenue-1": 13000,
        "revenue-2": 10000,
        "staff": 100,
        "rd_staff": 20,
        "industrial_inventions": 8,
        "software": 0,
        "listing_standard": 1,
        "exception_opinion": "不符合",
    },
    "innovation-cluster-2026": {
        "platforms": 4,
        "enterprises": 60,
        "strong_enterprises": 25,
        "rd_spending": 20,
        "revenue": 400,
    },
    "incubator-2018": {
        "legal_person": 1,
        "running_years": 5,
        "statistics_years": 3,
        "area": 20000,
        "tenant_area": 16000,
        "fund": 1000,
        "funded_tenants": 12,
        "fund_cases": 5,
        "staff": 20,
        "service_staff": 18,
        "mentors": 12,
        "tenants": 80,
        "patent_tenants": 50,
        "ip_tenants": 10,
        "graduates": 30,
        "field_tenants": 20,
        "platform": 0,
        "remote": 0,
        "recognised": 1,
        "evaluation_failed": 0,
    },
    "zero-carbon-park-2025": {
        "energy": 500_000,
        "emissions": 50_000,
        "clean_energy": 480_000,
        "product_level": 1,
        "solid_waste_rate": 95,
        "waste_heat_rate": 60,
        "water_rate": 95,
    },
    "unicorn-gloss": {"valuation": 15, "founded": 2020, "on_exchange": 0},
}
YEARS = {
    "gazelle-huangpu-2022": 4,
    "little-giant-2026": 3,
    "incubator-2018": 2,
    "zero-carbon-park-2025": 1,
    "unicorn-gloss": 1,
}


def rows_of(preset: str, unit: str, changed: Row) -> list[Row]:
    """The fitting unit of a preset with some cells changed, a row for each year that its gates look at."""
    said = {**FITTING[preset], **changed}
    latest = {name: cell for name, cell in said.items() if "-" not in name}
    rows = []
    for back in range(YEARS.get(preset, 3)):
        before = {name: said[f"{name}-{back}"] for name in latest if f"{name}-{back}" in said}
        rows.append({key(preset): unit, "year": YEAR - back, **latest, **before})
    return rows


@cache
def key(preset: str) -> str:
    return shipped_framework(preset).unit.key


def judged(preset: str, changes: Sequence[Row]) -> ps.Evaluation:
    """The fitting unit of a preset once for each set of changes, named by its place, in the last year."""
    rows = [row for number, changed in enumerate(changes) for row in rows_of(preset, f"{number}", changed)]
    return ps.evaluate(shipped_framework(preset), pd.DataFrame(rows), year=YEAR)


def outcomes(preset: str, gate: str, changes: Sequence[Row]) -> list[str]:
    gates = judged(preset, changes).gates
    lines = gates[gates["gate"] == gate].set_index("unit")["outcome"]
    return [str(lines[f"{number}"]) for number in range(len(changes))]


def first_gate(preset: str) -> str:
    return shipped_framework(preset).gates[0].id


def spelled(letters: str) -> list[str]:
    return [OUTCOMES[letter] for letter in letters]


# --- every comparison, just below, at and just above ---------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """The values of one field that prove one line of the explanation, with the outcomes of the gate, a letter each.

    line: the condition, below the gate. threshold: as the official text has it; None for texts and where it goes with
    the unit. fixed: other cells of the unit that the line decides about. relaxed: what the relaxation makes of the
    threshold.
    """

    line: str
    field: str
    values: tuple[Any, ...]
    outcomes: str
    threshold: float | None = None
    fixed: Row | None = None
    relaxed: float | None = None

    @property
    def changes(self) -> list[Row]:
        return [{**(self.fixed or {}), self.field: value} for value in self.values]


def near(threshold: float) -> tuple[float, float, float]:
    return threshold - 0.01, threshold, threshold + 0.01


YES = (0, 1)
KINDS = ("新申报", "复核")
REFUSED, OPEN = ("不符合", "符合"), ("待评审", "符合", "其他")
RENEWAL = {"round_kind": "复核"}
FLAT = {"revenue": 17000, "revenue-1": 17000, "revenue-2": 17000}
LARGE = {"revenue": 170_000, "revenue-1": 130_000, "revenue-2": 100_000}
FROM_30000 = {"revenue-1": 30_000, "revenue-2": 30_000, "rd_expense": 5000}
SMALL = {"area": 10_000, "tenant_area": 9_000}
REMOTE = {"remote": 1}
ONE_FIELD = {"platform": 1, "field_tenants": 80, "graduates": 16}
NO_STRENGTH = {"rd_expense": 600}
THREE_YEARS = {"rd_expense": 900, "rd_expense-1": 900, "rd_expense-2": 900}

# fmt: off
STEPS: dict[tuple[str, str], list[Step]] = {
    # facts II 1.3: 3 years; 1500万元, or 2000万元 of equity; 80 %; 80 %; 100万元 and 3 % each year; 1 item; 50
    ("specialised-sme-2026", "specialised"): [
        Step("title#require", "innovative_title", YES, "nm", 1),
        Step("years#require", "segment_years", near(3), "nmm", 3),
        Step("size/revenue_gate#require", "revenue", near(1500), "nmm", 1500, {"main_revenue": 1450}),
        Step("size/equity#require", "equity_raised_2y", near(2000), "nmm", 2000, {"revenue": 1400}),
        Step("main_share#require", "main_revenue", near(1600), "nmm", 0.80),
        Step("debt#require", "liabilities", near(80), "mmn", 0.80),
        Step("research#require.1", "rd_expense", near(100), "nmm", 100),
        Step("research#require.2", "rd_expense-1", near(100), "nmm", 100),
        Step("intensity#require.1", "rd_expense", near(150), "nmm", 0.03, {"revenue": 5000, "main_revenue": 4900}),
        Step("intensity#require.2", "rd_expense-1", near(150), "nmm", 0.03, {"revenue-1": 5000}),
        Step("property#require", "ip_used", (0, 1, 2), "nmm", 1),
        Step("property#exempt.1", "ministerial_award", YES, "nm", 1, {"ip_used": 0}),
        Step("property#exempt.2", "institution", YES, "nm", 1, {"ip_used": 0}),
        Step("market/refused#veto", "market_opinion", REFUSED, "nm"),
        Step("market/open#review", "market_opinion", OPEN, "rmr"),
        Step("score#require", "development_score", near(50), "nmm", 50, {"development_score-1": 90}),
        Step("score#when", "round_kind", KINDS, "nm", None, {"development_score": 0, "development_score-1": 50}),
        Step("score_renewal#require.1", "development_score", near(50), "nmm", 50, RENEWAL | {"development_score-1": 0}),
        Step("score_renewal#require.2", "development_score-1", near(50), "nmm", 50, RENEWAL | {"development_score": 0}),
        Step("score_renewal#when", "round_kind", KINDS, "nm", None,
             {"development_score": 0, "development_score-1": 50}),
    ],
    # facts II 1.2: 3 years; 5000万元; 90 %; 5 % a year; 75 %; 1200万元 and 3 % each year; 4; 10 % or third; 60
    ("little-giant-2026", "little_giant"): [
        Step("title#require", "specialised_title", YES, "nm", 1),
        Step("years#require", "segment_years", near(3), "nmm", 3),
        Step("size#require", "revenue", near(5000), "nmm", 5000,
             {"main_revenue": 4900, "revenue-1": 4500, "revenue-2": 4000}),
        Step("main_share#require", "main_revenue", near(7200), "nmm", 0.90),
        Step("growth#require", "revenue", near(8820), "nmm", 0.05, {"revenue-2": 8000, "main_revenue": 8800}),
        Step("growth#when", "round_kind", KINDS, "nm", None, {"revenue-2": 8000}),
        Step("debt#require", "liabilities", near(75), "mmn", 0.75),
        Step("research#require", "rd_expense", near(500), "nmm", 1200, {"rd_expense-1": 700}),
        Step("intensity#require.1", "rd_expense", near(240), "nmm", 0.03, {"rd_expense-1": 1000}),
        Step("intensity#require.2", "rd_expense-1", near(225), "nmm", 0.03, {"rd_expense": 1000}),
        Step("property/count#require", "ip_used_own", (3, 4, 5), "nmm", 4),
        Step("property/refused#veto", "benefit_opinion", REFUSED, "nm"),
        Step("property/open#review", "benefit_opinion", OPEN, "rmr"),
        Step("property#exempt.1", "national_award", YES, "nm", 1, {"ip_used_own": 0, "benefit_opinion": "不符合"}),
        Step("market/share#require", "market_share", near(10), "nmm", 0.10),
        Step("market/place#require", "market_rank", (2, 3, 4), "mmn", 3, {"market_share": 1}),
        Step("field/refused#veto", "field_opinion", REFUSED, "nm"),
        Step("field/open#review", "field_opinion", OPEN, "rmr"),
        Step("score#require", "development_score", near(60), "nmm", 60, {"development_score-1": 90}),
        Step("score#when", "round_kind", KINDS, "nm", None, {"development_score": 0, "development_score-1": 60}),
        Step("score_renewal#require.1", "development_score", near(60), "nmm", 60, RENEWAL | {"development_score-1": 0}),
        Step("score_renewal#require.2", "development_score-1", near(60), "nmm", 60, RENEWAL | {"development_score": 0}),
        Step("score_renewal#when", "round_kind", KINDS, "nm", None,
             {"development_score": 0, "development_score-1": 60}),
        Step("no_accident#veto", "accident", YES, "mn", 0),
        Step("honest#veto", "falsified", YES, "mn", 0),
        Step("no_champion#veto", "champion", YES, "mn", 0),
        Step("no_group#veto", "little_giant_group", YES, "mn", 0),
    ],
    # facts II 6.1: base 1000万元 and 20 % a year; 5 years and 5亿元; 10 years and 10亿元; each still growing
    ("gazelle-huangpu-2022", "gazelle"): [
        Step("certificate#require", "high_tech", YES, "nm", 1),
        Step("case/steady#when", "founded", (2023, 2022, 2021), "nmm", 3),
        Step("case/steady#require.1", "revenue-3", near(1000), "nmm", 1000),
        Step("case/steady#require.2", "revenue", near(1728), "nmm", 0.20, {"revenue-3": 1000, "revenue-1": 1500}),
        Step("case/steady#require.3", "revenue", near(4400), "nnm", None, {"revenue-1": 4400}),
        Step("case/young#require.1", "founded", (2021, 2020, 2019), "mmn", 5,
             {"revenue": 60_000, "revenue-1": 50_000, "revenue-3": 500}),
        Step("case/young#require.2", "revenue", near(50_000), "nmm", 50_000,
             {"founded": 2020, "revenue-1": 40_000, "revenue-3": 500}),
        Step("case/young#require.3", "revenue", near(60_000), "nnm", None,
             {"founded": 2020, "revenue-1": 60_000, "revenue-3": 500}),
        Step("case/grown#require.1", "founded", (2016, 2015, 2014), "mmn", 10,
             {"revenue": 120_000, "revenue-1": 110_000, "revenue-3": 500}),
        Step("case/grown#require.2", "revenue", near(100_000), "nmm", 100_000,
             {"founded": 2016, "revenue-1": 90_000, "revenue-3": 500}),
        Step("case/grown#require.3", "revenue", near(120_000), "nnm", None,
             {"founded": 2016, "revenue-1": 120_000, "revenue-3": 500}),
    ],
    # facts II 6.1: base 500万元 and 20 % a year, still growing; 500万元 and 50 %; 5 years and 5000万元 raised
    ("gazelle-huangpu-2022", "gazelle_candidate"): [
        Step("steady#when", "founded", (2023, 2022, 2021), "nmm", 3),
        Step("steady#require.1", "revenue-3", near(500), "nmm", 500),
        Step("steady#require.2", "revenue", near(1728), "nmm", 0.20, {"revenue-3": 1000, "revenue-1": 1500}),
        Step("steady#require.3", "revenue", near(4400), "nnm", None, {"revenue-1": 4400}),
        Step("jump#require.1", "revenue", near(500), "nmm", 500, {"revenue-1": 300, "revenue-3": 100}),
        Step("jump#require.2", "revenue", near(1500), "nmm", 0.50, {"revenue-1": 1000, "revenue-3": 100}),
        Step("funded#require.1", "founded", (2021, 2020, 2019), "mmn", 5,
             {"equity_until_a": 6000, "revenue": 450, "revenue-1": 440, "revenue-3": 400}),
        Step("funded#require.2", "equity_until_a", near(5000), "nmm", 5000,
             {"founded": 2021, "revenue": 450, "revenue-1": 440, "revenue-3": 400}),
    ],
    # facts II 6.2: 5 years; 20 %; 10 %; 3 and 1, or 1 PCT; class D, or 1000万元, or 2000万元, or 2000万元
    ("eaglet-hangzhou-2024", "eaglet"): [
        Step("#when", "region", ("杭州市", "宁波市", "杭州", "浙江省杭州市"), "mxmm"),
        Step("provincial#require", "provincial_tech_sme", YES, "nm", 1),
        Step("age#require", "founded", (2021, 2020, 2019), "mmn", 5),
        Step("industry#require", "future_industry", YES, "nm", 1),
        Step("rd_people#require", "rd_staff", (19, 20, 21), "nmm", 0.20),
        Step("rd_share#require", "rd_expense", near(1200), "nmm", 0.10, {"revenue": 12_000}),
        Step("property/core#require.1", "ip_core", (2, 3, 4), "nmm", 3),
        Step("property/core#require.2", "ip_core_granted", (0, 1, 2), "nmm", 1),
        Step("property/pct_gate#require", "pct", (0, 1, 2), "nmm", 1, {"ip_core": 0}),
        Step("strength/talent_gate#require", "talent", YES, "nm", 1, NO_STRENGTH),
        Step("strength/rd_last#require", "rd_expense", near(1000), "nmm", 1000),
        Step("strength/rd_three#require", "rd_expense-2", near(500), "nmm", 2000,
             {"rd_expense": 900, "rd_expense-1": 600}),
        Step("strength/rd_three#when", "founded", (2024, 2023, 2022), "nmm", 2, THREE_YEARS),
        Step("strength/rd_two#require", "rd_expense-1", near(1100), "nmm", 2000,
             {"founded": 2024, "rd_expense": 900}),
        Step("strength/rd_two#when", "founded", (2025, 2024), "nm", 1, {"rd_expense": 900, "rd_expense-1": 1100}),
        Step("strength/equity#require", "equity_obtained", near(2000), "nmm", 2000, NO_STRENGTH),
        Step("lists#veto", "serious_offence_list", YES, "mn", 0),
        Step("experts/refused#veto", "expert_opinion", REFUSED, "nm"),
        Step("experts/open#review", "expert_opinion", OPEN, "rmr"),
    ],
    # facts II 6.3, 2020-03-20: 5 % or 6000万元; 5 patents; 20 % or 3亿元; software 10 %; standard 5
    ("star-market-2020", "star_attributes"): [
        Step("regular/research/share#require", "rd_expense", near(1000), "nmm", 0.05,
             {"rd_expense-1": 500, "rd_expense-2": 500}),
        Step("regular/research/amount#require", "rd_expense", near(2000), "nmm", 6000,
             LARGE | {"rd_expense-1": 2000, "rd_expense-2": 2000}),
        Step("regular/patents#require", "main_inventions", (4, 5, 6), "nmm", 5),
        Step("regular/patents#exempt.1", "software", YES, "nm", 1, {"main_inventions": 0, "rd_expense": 3000}),
        Step("regular/software_research#require", "rd_expense", near(2000), "nmm", 0.10,
             {"software": 1, "rd_expense-1": 1000, "rd_expense-2": 1000}),
        Step("regular/software_research#when", "software", YES, "mn", 1),
        Step("regular/revenue_gate#exempt.1", "listing_standard", (4, 5), "nm", 5, FLAT),
        Step("regular/revenue_gate/growth#require", "revenue", near(14_400), "nmm", 0.20),
        Step("regular/revenue_gate/size#require", "revenue", near(30_000), "nmm", 30_000, FROM_30000),
        Step("exception/refused#veto", "exception_opinion", REFUSED, "nm", None, {"main_inventions": 0}),
        Step("exception/open#review", "exception_opinion", OPEN, "rmr", None, {"main_inventions": 0}),
    ],
    # facts II 6.3, 2024-04: 5 % or 8000万元; 10 % of the staff; 7 patents; 25 % or 3亿元
    ("star-market-2024", "star_attributes"): [
        Step("regular/research/share#require", "rd_expense", near(1000), "nmm", 0.05,
             {"rd_expense-1": 500, "rd_expense-2": 500}),
        Step("regular/research/amount#require", "rd_expense", near(2000), "nmm", 8000,
             LARGE | {"rd_expense-1": 3000, "rd_expense-2": 3000}),
        Step("regular/rd_people#require", "rd_staff", (9, 10, 11), "nmm", 0.10),
        Step("regular/patents#require", "industrial_inventions", (6, 7, 8), "nmm", 7),
        Step("regular/patents#when", "software", YES, "nr", 1, {"industrial_inventions": 0}),
        Step("regular/patents_software#require", "industrial_inventions", (6, 7, 8), "rmm", 7, {"software": 1}),
        Step("regular/patents_software#when", "software", YES, "nr", 1, {"industrial_inventions": 0}),
        Step("regular/revenue_gate#when", "listing_standard", (4, 5), "nr", 5, FLAT),
        Step("regular/revenue_gate/growth#require", "revenue", near(15_625), "nmm", 0.25),
        Step("regular/revenue_gate/size#require", "revenue", near(30_000), "nmm", 30_000, FROM_30000),
        Step("regular/revenue_standard_5#when", "listing_standard", (4, 5), "nr", 5, FLAT),
        Step("regular/revenue_standard_5/growth#require", "revenue", near(15_625), "rmm", 0.25,
             {"listing_standard": 5}),
        Step("regular/revenue_standard_5/size#require", "revenue", near(30_000), "rmm", 30_000,
             FROM_30000 | {"listing_standard": 5}),
        Step("exception/refused#veto", "exception_opinion", REFUSED, "nm", None, {"rd_staff": 0}),
        Step("exception/open#review", "exception_opinion", OPEN, "rmr", None, {"rd_staff": 0}),
    ],
    # facts II 4.1: 3 platforms; 30 enterprises; a third; 4 %; 300亿元; in principle, so a miss is reviewed
    ("innovation-cluster-2026", "cluster_numbers"): [
        Step("platforms_gate#require", "platforms", (2, 3, 4), "rmm", 3),
        Step("chain#require", "enterprises", (29, 30, 31), "rmm", 30),
        Step("strong#require", "strong_enterprises", (19, 20, 21), "rmm", 1 / 3),
        Step("research#require", "rd_spending", near(16), "rmm", 0.04, {"rd_spending-1": 16, "rd_spending-2": 16}),
        Step("size#require", "revenue", near(300), "rmm", 300, {"revenue-1": 300, "revenue-2": 300}),
    ],
    # facts II 3.1, items 1 to 9; in a remote region 10000 -> 8000 ㎡, 500 -> 400万元, 50 -> 40 %, 30 -> 24 %,
    # 50 -> 40 and 30 -> 24 tenants, 20 -> 16 and 15 -> 12 graduates
    ("incubator-2018", "recognition"): [
        Step("legal#require", "legal_person", YES, "nm", 1),
        Step("running#require", "running_years", near(3), "nmm", 3),
        Step("statistics#require", "statistics_years", near(2), "nmm", 2),
        Step("floor#require", "area", (9_999, 10_000, 10_001), "nmm", 10_000, {"tenant_area": 8000}),
        Step("floor#require", "area", (7_999, 8_000, 8_001), "nmm", 10_000, REMOTE | {"tenant_area": 7000}, 8000),
        Step("floor#relax", "remote", YES, "nm", 1, {"area": 9_000, "tenant_area": 8_000}),
        Step("floor_use#require", "tenant_area", (14_999, 15_000, 15_001), "nmm", 0.75),
        Step("fund_gate#require", "fund", near(500), "nmm", 500),
        Step("fund_gate#require", "fund", near(400), "nmm", 500, REMOTE, 400),
        Step("fund_gate#relax", "remote", YES, "nm", 1, {"fund": 450}),
        Step("funded#require", "funded_tenants", (7, 8, 9), "nmm", 0.10),
        Step("cases#require", "fund_cases", (2, 3, 4), "nmm", 3),
        Step("service#require", "service_staff", (15, 16, 17), "nmm", 0.80),
        Step("service_ratio#require", "service_staff", (7, 8, 9), "nmm", 8, {"staff": 8}),
        Step("mentor_ratio#require", "mentors", (7, 8, 9), "nmm", 8),
        Step("property/patents#require", "patent_tenants", (39, 40, 41), "nmm", 0.50),
        Step("property/patents#require", "patent_tenants", (31, 32, 33), "nmm", 0.50, REMOTE, 0.40),
        Step("property/valid#require", "ip_tenants", (23, 24, 25), "nmm", 0.30, {"patent_tenants": 0}),
        Step("property/valid#require", "ip_tenants", (23, 24, 25), "nmm", 0.30,
             REMOTE | {"patent_tenants": 0, "tenants": 100}, 0.24),
        Step("property#relax", "remote", YES, "nm", 1, {"patent_tenants": 35}),
        Step("scale/general/tenants_gate#require", "tenants", (49, 50, 51), "nmm", 50, SMALL),
        Step("scale/general/tenants_gate#require", "tenants", (39, 40, 41), "nmm", 50, SMALL | REMOTE, 40),
        Step("scale/general/tenants_gate#relax", "remote", YES, "nm", 1, SMALL | {"tenants": 45}),
        Step("scale/general/density#require", "tenants", (59, 60, 61), "nmm", 0.003),
        Step("scale/general/graduates_gate#require", "graduates", (19, 20, 21), "nmm", 20),
        Step("scale/general/graduates_gate#require", "graduates", (15, 16, 17), "nmm", 20, REMOTE, 16),
        Step("scale/general/graduates_gate#relax", "remote", YES, "nm", 1, {"graduates": 18}),
        Step("scale/specialised/one_field#require", "field_tenants", (59, 60, 61), "nmm", 0.75,
             {"platform": 1, "graduates": 16}),
        Step("scale/specialised/own_platform#require", "platform", YES, "nm", 1, ONE_FIELD),
        Step("scale/specialised/tenants_gate#require", "tenants", (29, 30, 31), "nmm", 30, SMALL | ONE_FIELD),
        Step("scale/specialised/tenants_gate#require", "tenants", (23, 24, 25), "nmm", 30,
             SMALL | ONE_FIELD | REMOTE, 24),
        Step("scale/specialised/tenants_gate#relax", "remote", YES, "nm", 1, SMALL | ONE_FIELD | {"tenants": 26}),
        Step("scale/specialised/density#require", "tenants", (39, 40, 41), "nmm", 0.002, ONE_FIELD),
        Step("scale/specialised/graduates_gate#require", "graduates", (14, 15, 16), "nmm", 15,
             {"platform": 1, "field_tenants": 80}),
        Step("scale/specialised/graduates_gate#require", "graduates", (11, 12, 13), "nmm", 15,
             REMOTE | {"platform": 1, "field_tenants": 80}, 12),
        Step("scale/specialised/graduates_gate#relax", "remote", YES, "nm", 1, ONE_FIELD | {"graduates": 13}),
    ],
    # facts II 3.1: two failed evaluations in a row
    ("incubator-2018", "title_kept"): [
        Step("#when", "recognised", YES, "xn", 1, {"evaluation_failed": 1, "evaluation_failed-1": 1}),
        Step("#veto.1", "evaluation_failed", YES, "mn", 0, {"evaluation_failed-1": 1}),
        Step("#veto.2", "evaluation_failed-1", YES, "mn", 0, {"evaluation_failed": 1}),
    ],
    # facts II 5.2: 0.2 from 200000 and 0.3 from 1000000 tce; 90 %, level 2, 80 %, 50 %, 80 %
    ("zero-carbon-park-2025", "zero_carbon"): [
        Step("#when", "energy", (199_999, 200_000, 200_001), "xmm", 200_000, {"emissions": 1, "clean_energy": 200_000}),
        Step("core_to_1000000#when", "energy", (999_999, 1_000_000, 1_000_001), "nmm", 1_000_000,
             {"emissions": 250_000, "clean_energy": 990_000}),
        Step("core_to_1000000/intensity#require", "emissions", (99_999, 100_000, 100_001), "mmn", 0.2),
        Step("core_to_1000000/tons#require", "emissions", (99_999, 100_000, 100_001), "mmn", 100_000),
        Step("core_from_1000000#when", "energy", (999_999, 1_000_000, 1_000_001), "nmm", 1_000_000,
             {"emissions": 250_000, "clean_energy": 990_000}),
        Step("core_from_1000000/intensity#require", "emissions", (599_999, 600_000, 600_001), "mmn", 0.3,
             {"energy": 2_000_000, "clean_energy": 2_000_000}),
        Step("core_from_1000000/tons#require", "emissions", (599_999, 600_000, 600_001), "mmn", 600_000,
             {"energy": 2_000_000, "clean_energy": 2_000_000}),
        Step("clean#require", "clean_energy", (449_999, 450_000, 450_001), "rmm", 0.90),
        Step("products#require", "product_level", (1, 2, 3), "mmr", 2),
        Step("solid_waste#require", "solid_waste_rate", near(80), "rmm", 0.80),
        Step("waste_heat#require", "waste_heat_rate", near(50), "rmm", 0.50),
        Step("water#require", "water_rate", near(80), "rmm", 0.80),
    ],
    # facts II 6.1, a data vendor's gloss: 10亿美元, 10 years, not listed
    ("unicorn-gloss", "unicorn"): [
        Step("worth#require", "valuation", near(10), "nmm", 10),
        Step("age#require", "founded", (2016, 2015, 2014), "mmn", 10),
        Step("unlisted#veto", "on_exchange", YES, "mn", 1),
    ],
}
# fmt: on

GATES = list(STEPS)
NAMED = [" ".join(each) for each in GATES]


@cache
def walked(preset: str, gate: str) -> tuple[list[str], pd.DataFrame]:
    """The outcomes of a gate for all steps, and its conditions, by unit and line; one evaluation."""
    changes = [changed for step in STEPS[preset, gate] for changed in step.changes]
    evaluation = judged(preset, changes)
    gates = evaluation.gates[evaluation.gates["gate"] == gate].set_index("unit")["outcome"]
    details = evaluation.gate_details[evaluation.gate_details["gate"] == gate].copy()
    details["line"] = [path.removeprefix(gate).removeprefix("/") for path in details["path"]]
    return [str(gates[f"{number}"]) for number in range(len(changes))], details.set_index(["unit", "line"]).sort_index()


@pytest.mark.parametrize(("preset", "gate"), GATES, ids=NAMED)
def test_every_comparison_is_decided_just_below_at_and_just_above_as_the_text_has_it(preset: str, gate: str) -> None:
    found, details = walked(preset, gate)
    wrong = []
    number = 0
    for step in STEPS[preset, gate]:
        units = [f"{number + position}" for position in range(len(step.values))]
        number += len(units)
        lines = [details.loc[(unit, step.line)] for unit in units]
        outcomes_here = [found[int(unit)] for unit in units]
        if outcomes_here != spelled(step.outcomes):
            wrong.append((step.line, step.values, outcomes_here))
        if {"true", "false"} - {line["outcome"] for line in lines}:
            wrong.append((step.line, "not proven on both sides", [line["outcome"] for line in lines]))
        if step.threshold is not None:
            stated = step.threshold if step.relaxed is None else step.relaxed
            thresholds = [line["threshold" if step.relaxed is None else "relaxed_to"] for line in lines]
            if not np.allclose(thresholds, stated, rtol=1e-12, atol=0.0):
                wrong.append((step.line, "threshold", thresholds))
            if len(step.values) == 3:
                below, at, above = (line["value"] for line in lines)
                if not (below < stated < above and np.isclose(at, stated, rtol=1e-12, atol=0.0)):
                    wrong.append((step.line, "not around the threshold", (below, at, above)))
    assert wrong == []


@pytest.mark.parametrize(("preset", "gate"), GATES, ids=NAMED)
def test_no_condition_of_any_gate_is_left_unproven(preset: str, gate: str) -> None:
    _, details = walked(preset, gate)
    whole = set(details["parent"])
    conditions = details[~details["role"].isin(["gate", "item"]) & ~details["path"].isin(whole)]
    assert {line for _, line in conditions.index} == {step.line for step in STEPS[preset, gate]}


def test_every_gate_of_every_framework_of_gates_alone_is_walked() -> None:
    loaded = [shipped_framework(name) for name in shipped.framework_names()]
    alone = [(each.id, gate.id) for each in loaded if not each.indicators for gate in each.gates]
    assert sorted(alone) == sorted(STEPS)


# --- what the walk above does not show -----------------------------------------------------------------------------


@pytest.mark.parametrize("preset", FITTING)
def test_the_fitting_unit_meets_every_gate_of_its_preset(preset: str) -> None:
    assert set(judged(preset, [{}]).gates["outcome"]) == {"met"}


# Fields that a fitting unit can do without, since another way is open or the rule is not asked of it.
DISPENSABLE: dict[str, set[str]] = {
    "specialised-sme-2026": {"equity_raised_2y", "ministerial_award", "institution"},
    "little-giant-2026": {"national_award", "market_rank"},
    "gazelle-huangpu-2022": {"equity_until_a"},
    "eaglet-hangzhou-2024": {"pct", "talent", "equity_obtained"},
    "star-market-2020": {"exception_opinion", "listing_standard"},
    "star-market-2024": {"exception_opinion"},
    "innovation-cluster-2026": set(),
    "incubator-2018": {"ip_tenants", "field_tenants", "platform", "remote", "evaluation_failed", "recognised"},
    "zero-carbon-park-2025": set(),
    "unicorn-gloss": set(),
}


@pytest.mark.parametrize("preset", FITTING)
def test_what_is_missing_leaves_a_gate_open_and_never_fails_or_meets_it(preset: str) -> None:
    fields = [name for name in FITTING[preset] if "-" not in name]
    gaps = [{name: None for name in FITTING[preset] if name.split("-")[0] == field} for field in fields]
    found = dict(zip(fields, outcomes(preset, first_gate(preset), gaps), strict=True))
    assert {name for name, outcome in found.items() if outcome != "unknown"} == DISPENSABLE[preset]
    assert {found[name] for name in DISPENSABLE[preset]} <= {"met"}


@pytest.mark.parametrize("preset", [each for each in FITTING if YEARS.get(each, 3) > 1 and each != "incubator-2018"])
def test_a_year_that_is_not_in_the_data_is_unknown_and_not_failed(preset: str) -> None:
    table = pd.DataFrame(rows_of(preset, "甲", {})[:1])
    found = ps.evaluate(shipped_framework(preset), table, year=YEAR).gates["outcome"].tolist()
    alone = {"eaglet-hangzhou-2024": ["met"], "star-market-2020": ["unknown"]}
    assert found == alone.get(preset, ["unknown"] * len(found))


@pytest.mark.parametrize("preset", FITTING)
def test_no_other_unit_changes_what_a_gate_says_of_one(preset: str) -> None:
    crowd = [{name: None} for name in FITTING[preset]]
    alone, among = judged(preset, [{}]), judged(preset, [{}, *crowd])
    pd.testing.assert_frame_equal(alone.gate_details, among.gate_details[among.gate_details["unit"] == "0"])


def test_1_3_either_year_counts_at_renewal_and_a_year_that_is_missing_only_where_it_matters() -> None:
    renewals = [
        RENEWAL | {"development_score": now, "development_score-1": before}
        for now, before in ((50, 0), (0, 50), (49, 49), (50, None), (49, None))
    ]
    assert outcomes("specialised-sme-2026", "specialised", renewals) == spelled("mmnmu")


def test_1_2_growth_is_asked_of_a_new_application_and_not_of_a_renewal() -> None:
    shrinking = {"revenue-2": 9000}
    assert outcomes("little-giant-2026", "little_giant", [shrinking, shrinking | RENEWAL]) == spelled("nm")


@pytest.mark.parametrize("preset", ["specialised-sme-2026", "little-giant-2026"])
def test_an_application_that_is_neither_new_nor_a_renewal_is_refused_with_its_cell(preset: str) -> None:
    with pytest.raises(DataError) as caught:
        judged(preset, [{"round_kind": "新申请"}])
    assert {each.rule for each in caught.value.findings if each.severity is Severity.ERROR} == {"round_kind_known"}


@pytest.mark.parametrize(
    ("year", "kind", "warned"), [(2025, "复核", True), (2025, "新申报", False), (2026, "复核", False)]
)
def test_1_2_a_renewal_of_2026_is_still_judged_by_the_text_before_and_is_warned_of(
    year: int, kind: str, warned: bool
) -> None:
    rows = [row | {"year": row["year"] + year - YEAR} for row in rows_of("little-giant-2026", "甲", {})]
    rows[0]["round_kind"] = kind
    found = ps.evaluate("little-giant-2026", pd.DataFrame(rows), year=year).findings
    assert [each.unit for each in found if each.rule == "renewal_of_2026"] == (["甲"] if warned else [])


# First and last year of the data that a text serves, by its dates and the years between data and application.
IN_FORCE: dict[str, tuple[int | None, int | None]] = {
    "specialised-sme-2026": (2025, None),  # from 2026-04-01 on
    "little-giant-2026": (2025, None),
    "eaglet-hangzhou-2024": (2023, 2026),  # 2024-10-11 to 2027-12-31
    "star-market-2020": (2020, 2024),  # 2020-03-20, until the revision of April 2024
}


@pytest.mark.parametrize("preset", IN_FORCE)
def test_data_of_a_year_outside_the_dates_of_a_text_are_warned_of(preset: str) -> None:
    first, last = IN_FORCE[preset]
    years = [year for edge in (first, last) if edge is not None for year in (edge - 1, edge, edge + 1)]
    table = pd.DataFrame([{key(preset): "甲", "year": year, "revenue": 1} for year in years])
    findings = ps.evaluate(shipped_framework(preset), table).findings
    outside = [year for year in years if (first is not None and year < first) or (last is not None and year > last)]
    assert [each.year for each in findings if each.code == "not_in_force"] == outside


def test_1_2_a_national_award_spares_the_property_and_no_other_condition() -> None:
    award = {"national_award": 1, "ip_used_own": 0}
    found = outcomes("little-giant-2026", "little_giant", [award, award | {"revenue": 4999, "main_revenue": 4900}])
    assert found == spelled("mn")


def test_1_2_a_veto_stands_whatever_else_is_met_missing_or_to_be_reviewed() -> None:
    vetoed = {"falsified": 1}
    found = outcomes(
        "little-giant-2026", "little_giant", [vetoed, vetoed | {"revenue": None}, vetoed | {"field_opinion": "待评审"}]
    )
    assert found == spelled("nnn")


def test_6_1_an_enterprise_younger_than_its_base_year_is_judged_by_the_other_cases() -> None:
    young = {"founded": 2024, "revenue-2": None, "revenue-3": None}
    enough = young | {"revenue": 60_000, "revenue-1": 10_000}
    assert outcomes("gazelle-huangpu-2022", "gazelle", [young, enough]) == spelled("nm")


def test_6_1_a_founding_in_the_future_is_unknown_and_no_youth() -> None:
    young = {"founded": 2027, "revenue": 60_000, "revenue-1": 10_000}
    assert outcomes("gazelle-huangpu-2022", "gazelle", [young]) == ["unknown"]


def test_6_1_growth_from_nothing_is_undefined_and_decides_nothing() -> None:
    fresh = {"founded": 2010, "revenue-3": 0, "revenue-1": 0}
    assert outcomes("gazelle-huangpu-2022", "gazelle_candidate", [fresh]) == ["unknown"]
    gates = judged("gazelle-huangpu-2022", [fresh]).gates.set_index("gate")
    assert gates.loc["gazelle", "outcome"] == "not_met"  # a base of 0 is below 1000万元


def test_6_2_an_enterprise_elsewhere_is_not_asked_even_if_it_would_fail() -> None:
    found = outcomes("eaglet-hangzhou-2024", "eaglet", [{"region": "宁波市", "founded": 1990}, {"region": None}])
    assert found == spelled("xu")


def test_6_2_research_without_revenue_is_divided_by_zero_and_unknown() -> None:
    assert outcomes("eaglet-hangzhou-2024", "eaglet", [{"revenue": 0}]) == ["unknown"]


def test_6_3_the_exception_opens_the_gate_only_as_the_exchange_decided() -> None:
    failing = {"main_inventions": 0}
    opinions = [failing | {"exception_opinion": said} for said in ("符合", "不符合", "待评审", None)]
    assert outcomes("star-market-2020", "star_attributes", opinions) == spelled("mnru")


def test_6_3_a_software_firm_needs_no_patents_but_10_per_cent_of_research() -> None:
    software = {"software": 1, "main_inventions": 0}
    found = outcomes("star-market-2020", "star_attributes", [software, software | {"rd_expense": 1400}])
    assert found == spelled("nm")  # 3000 and 4200 of 40000


def test_3_1_a_remote_region_eases_neither_density_nor_floor_use_nor_funded_tenants() -> None:
    misses = [
        {"tenants": 59},
        {"tenant_area": 14_999},
        {"funded_tenants": 7},
        {"fund_cases": 2},
        {"service_staff": 15},
        {"running_years": 2},
    ]
    assert outcomes("incubator-2018", "recognition", [REMOTE | miss for miss in misses]) == spelled("nnnnnn")


def test_3_1_a_general_incubator_has_no_way_through_the_numbers_of_a_specialised_one() -> None:
    few = {"graduates": 16}
    found = outcomes("incubator-2018", "recognition", [few, few | {"platform": 1}, few | ONE_FIELD])
    assert found == spelled("nnm")


def test_3_1_one_failed_evaluation_or_one_two_years_ago_does_not_lose_the_title() -> None:
    histories = [
        {"evaluation_failed": 1, "evaluation_failed-1": 0},
        {"evaluation_failed": 0, "evaluation_failed-1": 1},
        {"evaluation_failed": 1, "evaluation_failed-1": 1},
        {"evaluation_failed": 1, "evaluation_failed-1": None},
        {"evaluation_failed": 0, "evaluation_failed-1": None},
    ]
    assert outcomes("incubator-2018", "title_kept", histories) == spelled("mmnum")


def test_4_1_in_principle_a_miss_is_to_be_reviewed_and_everything_missed_is_still_no_failure() -> None:
    poor = dict.fromkeys(("platforms", "strong_enterprises", "rd_spending"), 0) | {"enterprises": 1, "revenue": 1}
    assert outcomes("innovation-cluster-2026", "cluster_numbers", [poor]) == ["review"]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"revenue": 290, "revenue-1": 300, "revenue-2": 310}, "m"),  # 900 / 3 = 300
        ({"revenue": 310, "revenue-1": 300, "revenue-2": 289}, "r"),  # 899 / 3
        ({"rd_spending": 10, "rd_spending-1": 10, "rd_spending-2": 28}, "m"),  # 48 of 1200
        ({"rd_spending": 20, "rd_spending-1": 20, "rd_spending-2": 7}, "r"),  # 47 of 1200
    ],
    ids=str,
)
def test_4_1_means_of_a_cluster_are_those_of_three_years_and_not_of_two(changed: Row, expected: str) -> None:
    assert outcomes("innovation-cluster-2026", "cluster_numbers", [changed]) == spelled(expected)


def test_4_1_all_enterprises_of_a_cluster_may_be_strong_but_no_more_than_all() -> None:
    assert outcomes("innovation-cluster-2026", "cluster_numbers", [{"strong_enterprises": 60}]) == ["met"]
    with pytest.raises(DataError) as caught:
        judged("innovation-cluster-2026", [{"strong_enterprises": 61}])
    assert {each.rule for each in caught.value.findings if each.severity is Severity.ERROR} == {
        "strong_within_enterprises"
    }


def test_5_2_exactly_1000000_tce_is_held_to_0_3_and_to_no_more() -> None:
    parks = [{"energy": 1_000_000, "clean_energy": 990_000, "emissions": tons} for tons in (300_000, 300_001)]
    assert outcomes("zero-carbon-park-2025", "zero_carbon", parks) == spelled("mn")


def test_5_2_a_park_of_500000_tce_and_110000_t_is_at_0_22_and_has_10000_t_to_cut() -> None:
    evaluation = judged("zero-carbon-park-2025", [{"energy": 500_000, "emissions": 110_000}])
    assert evaluation.gates["outcome"].tolist() == ["not_met"]
    lines = evaluation.gate_details.set_index("path")
    intensity = lines.loc["zero_carbon/core_to_1000000/intensity#require"]
    assert (intensity["value"], intensity["threshold"], intensity["measure"]) == (0.22, 0.2, "吨二氧化碳/吨标准煤")
    tons = lines.loc["zero_carbon/core_to_1000000/tons#require"]
    assert (tons["value"], tons["threshold"], tons["short_by"]) == (110_000, 100_000, 10_000)
    assert "差 10000 吨二氧化碳" in evaluation.gates["reason_zh"].iloc[0]
    assert "10000 吨二氧化碳 short" in evaluation.gates["reason_en"].iloc[0]


def test_5_2_below_200000_tce_nothing_is_asked_and_nothing_is_passed() -> None:
    found = outcomes("zero-carbon-park-2025", "zero_carbon", [{"energy": 0}, {"energy": 150_000, "emissions": 0}])
    assert found == spelled("xx")


def test_5_2_a_guiding_indicator_is_to_be_reviewed_and_the_core_one_a_veto() -> None:
    guiding = {"water_rate": 10, "waste_heat_rate": 10}
    found = outcomes("zero-carbon-park-2025", "zero_carbon", [guiding, guiding | {"emissions": 100_001}])
    assert found == spelled("rn")


HOSTILE: list[tuple[Any, str]] = [
    (-1, "refused"),
    ("约三百", "refused"),
    (1e300, "some outcome"),
    ("不适用", "unknown"),
]


@pytest.mark.parametrize(("cell", "expected"), HOSTILE, ids=str)
@pytest.mark.parametrize(
    ("preset", "field"),
    [
        ("specialised-sme-2026", "revenue"),
        ("little-giant-2026", "revenue"),
        ("gazelle-huangpu-2022", "revenue"),
        ("eaglet-hangzhou-2024", "rd_expense"),
        ("star-market-2020", "revenue"),
        ("star-market-2024", "revenue"),
        ("innovation-cluster-2026", "revenue"),
        ("incubator-2018", "tenants"),
        ("zero-carbon-park-2025", "clean_energy"),
        ("unicorn-gloss", "valuation"),
    ],
)
def test_a_hostile_cell_is_refused_with_its_place_or_judged_and_never_dropped(
    preset: str, field: str, cell: Any, expected: str
) -> None:
    if expected == "refused":
        with pytest.raises(DataError) as caught:
            judged(preset, [{field: cell}, {}])
        assert {finding.field for finding in caught.value.findings if finding.severity is Severity.ERROR} == {field}
        return
    found = judged(preset, [{field: cell}, {}]).gates
    assert len(found) == 2 * len(shipped_framework(preset).gates)
    first = found["outcome"].iloc[0]
    assert first == expected if expected == "unknown" else first in OUTCOMES.values()
    assert found[found["unit"] == "1"]["outcome"].eq("met").all()
