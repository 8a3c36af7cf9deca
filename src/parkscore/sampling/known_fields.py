"""What is known or made up of single fields of synthetic tables: their levels, ratios and texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from parkscore.framework.models import DataField, Framework
from parkscore.sampling.headings import LAST_YEAR
from parkscore.sampling.profiles import Chance, Events, Firms, Founded, Level, Margin, Part, Profile, Ratio

# Fields of the zone-2021 framework (and of frameworks that extend it). Made up, save where a source is named.
PROFILES: Mapping[str, Profile] = {
    "qd03": Part("qd01", 0.006, most=0.1),
    "qd08": Part("qd01", 0.32, most=0.7),
    "qd18": Part("qd01", 0.07, most=0.3),
    "qd25": Part("qd01", 0.0015, most=0.1),
    "qc05_0_gf": Part("qc05_0", 0.15),
    "qc05_0_qt": Part("qc05_0", 0.35),
    "qc05_0_rd5": Part("qc05_0", 0.22),
    "qc05_0_sz": Part("qc05_0", 0.2),
    "qc12": Ratio("qc05_0", 0.0677),  # 2019, 169 zones: net profit 26097.4 of revenue 385549.4 亿元 (lizhgi8.cn)
    "qc51": Ratio("qd01", 130, spread=0.15),
    "qz001_gy": Part("qz001", 0.6),
    "qc41_gy": Ratio("qz001_gy", 0.03, spread=0.6),
    "qc11": Ratio("qc05_0", 0.1073, spread=0.7),  # 2019, 169 zones: 41371.5 of 385549.4 亿元 (lizhgi8.cn)
    "qc11_1": Part("qc11", 0.05),
    "qc11_gq": Part("qc11", 0.55),
    "qj33_1": Ratio("qc05_0", 2e-4, spread=0.8),
    "qj33_2": Ratio("qc05_0", 5e-5, spread=0.8),
    "qj33_3": Ratio("qc05_0", 8e-5, spread=0.8),
    "qj33_4": Ratio("qc05_0", 1e-4, spread=0.8),
    "qj59": Ratio("qc05_0", 3e-4, spread=0.8),
    "qj61": Ratio("qc05_0", 1e-4, spread=0.8),
    "qj56": Ratio("qd01", 0.015),
    "qj57": Ratio("qd01", 0.008),
    "qj73": Ratio("qd01", 0.05),
    "qj79": Ratio("qd01", 0.04),
    "qj80": Ratio("qd01", 40, spread=0.7),
    "qb15_xssqy": Events("qb11num", 0.0012),
    "qc05_rd5": Events("qb11num", 0.012),
    "qc226_qy": Events("qb11num", 0.03),
    "qj57_2_qy": Events("qb11num", 0.01),
    "qj79_2_qy": Events("qb11num", 0.015),
    "qj90_qy": Events("qb11num", 0.01),
    "qj98_1_qy": Events("qb11num", 0.003),
    "p1_1": Events("qd01", 0.0013),
    "p1_6": Events("qd01", 0.0001),
    "p1_7": Events("qd01", 0.02),
    "p1_8": Events("qb11num", 1),
    "p1_9": Events("qb11num", 0.3),
    "p1_10": Level(75, 8),
    "p2_10": Level(75, 8),
    "p3_2": Level(1, 4),
    "p3_3": Level(36, 5),
    "p3_4": Events("qd01", 0.0006),
    "p3_7": Level(60, 15),
    "p3_8": Ratio("qc05_0", 0.012),
    "p3_9": Level(75, 8),
    "p5_1": Level(14, 4),
    "p5_5": Events("qb11num", 0.02),
    "p5_8": Events("qb11num", 0.01),
    "p5_9": Level(80, 6),
    "p5_10": Level(85, 5),
    # Enterprises, in the ids that the frameworks of enterprises share.
    "founded": Founded(LAST_YEAR - 1, 8),
    "revenue": Firms(800, 1.7),
    "sales": Firms(800, 1.7),
    "main_revenue": Part("revenue", 0.85),
    "high_tech_revenue": Part("revenue", 0.6),
    "costs": Ratio("revenue", 0.93, spread=0.1),
    "net_profit": Margin("revenue", 0.06, 0.1),
    "rd_expense": Ratio("revenue", 0.06, spread=0.7),
    "technology_contracts": Ratio("revenue", 0.03, spread=1.0),
    "staff": Ratio("revenue", 0.02, spread=0.5, least=1),
    "science_staff": Part("staff", 0.2),
    "rd_staff": Part("staff", 0.18),
    "assets": Ratio("revenue", 1.3, spread=0.5),
    "liabilities": Ratio("assets", 0.5, spread=0.4),
    "net_assets": Margin("revenue", 0.6, 0.35),
    "equity_raised": Ratio("revenue", 0.1, spread=1.5),
    "invention_patents": Events("staff", 0.04),
    "utility_models": Events("staff", 0.12),
    "ip_class_1": Events("staff", 0.04),
    "ip_class_2": Events("staff", 0.12),
    "institution": Chance(0.08),
    "award": Chance(0.04),
    "high_tech": Chance(0.3),
    "offence": Chance(0.01),
    "strong_enterprises": Part("enterprises", 0.4),
}


def profiles_of(framework: Framework, raw: Mapping[str, DataField], known: Mapping[str, Profile]) -> dict[str, Profile]:
    """What is known of each raw field, the framework's own published ratios before the made-up ones."""
    published = {
        rule.measure_mixup.field: Ratio(rule.measure_mixup.per, rule.measure_mixup.expected)
        for rule in framework.rules
        if rule.measure_mixup is not None
    }
    fitting = {key: _on_sales(profile, raw) for key, profile in {**known, **published}.items() if key in raw}
    return {key: profile for key, profile in fitting.items() if _has_base(profile, raw)}


def _on_sales(profile: Profile, raw: Mapping[str, DataField]) -> Profile:
    """What goes with revenue goes with sales where a framework has these only."""
    if profile.per != "revenue" or "revenue" in raw or isinstance(profile, Level | Firms | Chance | Founded):
        return profile
    return replace(profile, per="sales")


def _has_base(profile: Profile, raw: Mapping[str, DataField]) -> bool:
    return profile.per is None or (profile.per in raw and raw[profile.per].kind == "number")
