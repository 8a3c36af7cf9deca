"""What is made up of the returns of enterprises: levels, and the share of enterprises that have any of a thing.

The share of zeros decides how such a table behaves: most enterprises export nothing and hold no patent, and those
that do research are much the same ones that hold patents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from parkscore.sampling.known_fields import PROFILES
from parkscore.sampling.profiles import Chance, Firms, Level, Part, Profile, Ratio


@dataclass(frozen=True, slots=True)
class Some:
    """The share of enterprises that have any, the same ones every year, and the trait that goes with it."""

    share: float
    trait: str = ""


ENTERPRISES: Mapping[str, Profile] = {
    **PROFILES,
    "qc05_0": Firms(30_000, 2.0, growth=0.03),
    "qd01": Ratio("qc05_0", 1 / 2052, spread=0.9, least=1),  # 2023: 55014940375 千元 by 26804953 staff (年鉴)
    "qc02": Ratio("qc05_0", 0.97, spread=0.1),
    "qc06": Part("qc05_0", 0.35, most=0.6),
    "qc09": Part("qc05_0", 0.15, most=0.4),
    "qc41": Ratio("qc02", 0.01, spread=0.9),
    "qb11": Chance(0.62),
    "qj09": Part("qd01", 0.22),
    "qj20": Ratio("qc05_0", 0.05, spread=0.6),
    "enterprises": Level(120, 40),
}

SOME: Mapping[str, Some] = {
    "qc02": Some(0.42, "industry"),
    "qc11": Some(0.16, "export"),
    "qj80": Some(0.08, "research"),
    "rd_expense": Some(0.6, "research"),
    "technology_contracts": Some(0.15, "research"),
    "equity_raised": Some(0.06),
}
