"""What is made up of the returns of enterprises: levels, texts, and the share of enterprises that have any of a thing.

The share of zeros decides how such a table behaves: most enterprises export nothing and hold no patent, and those
that do research are much the same ones that hold patents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from parkscore.sampling.known_fields import PROFILES
from parkscore.sampling.profiles import Chance, Events, Firms, Level, Margin, Part, Profile, Ratio, RoundedUp


@dataclass(frozen=True, slots=True)
class Some:
    """The share of enterprises that have any of a thing, the same ones every year.

    trait: what decides it beside chance: a trait that several fields share, or a field, of which larger ones have it.
    weight: how far the trait decides it, from 0 to 1.
    """

    share: float
    trait: str = ""
    weight: float = 0.8


@dataclass(frozen=True, slots=True)
class Only:
    """Only the enterprises have any of a thing of which a text begins so."""

    field: str
    beginnings: tuple[str, ...]


Shares = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class TextBy:
    """The texts of a field and their shares, by how another text begins; `shares` for those that begin otherwise."""

    shares: Shares
    field: str = ""
    by: Mapping[str, Shares] | None = None


_INDUSTRY = Only("gbt05", ("B", "C", "D"))
_RESEARCH = Some(0.55, "research", weight=1.0)
_RARE = 0.02
_EACH = 5.0  # imports of technology: the few that spend anything are large and spend for those that do not


ENTERPRISES: Mapping[str, Profile] = {
    **PROFILES,
    "enterprises": Level(120, 40),
    # The return of the Torch statistics.
    "qc05_0": Firms(30_000, 2.0, growth=0.03),
    "qd01": Ratio("qc05_0", 1 / 2052, spread=0.9, least=1),  # 2023: 55014940375 千元 by 26804953 staff (年鉴)
    "qb11": Chance(1.0),
    "qj09": RoundedUp("qd01", 0.28),
    "sumqh40_rd": Part("qd01", 0.09, most=0.6),
    "qc02": Ratio("qc05_0", 0.97, spread=0.1),
    "qc06": Part("qc05_0", 0.55, most=0.6),
    "qc09": Part("qc05_0", 0.2, most=0.4),
    "qc12": Margin("qc05_0", 0.06, 0.1),
    "qc41": Ratio("qc02", 0.004, spread=0.8),
    "qj20": Ratio("qc05_0", 0.08, spread=0.25),
    "qc11": Part("qc05_0", 0.4, most=0.98),
    "qc11_1": Part("qc11", 0.3),
    "qc221": Ratio("qc05_0", 0.06, spread=0.3),
    "qc229": Ratio("qc05_0", 0.004),
    "qc225": Ratio("qc05_0", 0.003),
    "qc120": Ratio("qc05_0", 0.05),
    "qc62": Margin("qc05_0", 0.05, 0.08),
    "qc61": Ratio("qc05_0", 0.01),
    "qc226": Ratio("qc05_0", 0.2, spread=1.0),
    "qj23_1": Ratio("qc05_0", 0.028, spread=0.6),
    "qj23_2": Ratio("qc05_0", 0.013, spread=0.6),
    "qj23_5": Ratio("qc05_0", 0.002),
    "qj23_6": Ratio("qc05_0", 0.004),
    "qj23_7": Ratio("qc05_0", 0.003),
    "qj250": Ratio("qc05_0", 0.005, spread=0.8),
    "qj251": Part("qj250", 0.6),
    "sumqh51_nb": Ratio("qc05_0", 0.05, spread=0.5),
    "sumqh51_yf": Part("sumqh51_nb", 0.85),
    "qj33_1": Ratio("qc05_0", 2e-4 * _EACH, spread=0.8),
    "qj33_2": Ratio("qc05_0", 5e-5 * _EACH, spread=0.8),
    "qj33_3": Ratio("qc05_0", 8e-5 * _EACH, spread=0.8),
    "qj33_4": Ratio("qc05_0", 1e-4 * _EACH, spread=0.8),
    "qj59": Ratio("qc05_0", 3e-4 * _EACH, spread=0.8),
    "qj61": Ratio("qc05_0", 1e-4 * _EACH, spread=0.8),
    "qj56": Events("qd01", 0.02),
    "qj57": Events("qd01", 0.01),
    "qj57_2": Events("qd01", 0.01),
    "qj73": Events("qd01", 0.07),
    "qj79": Events("qd01", 0.05),
    "qj79_2": Events("qd01", 0.01),
    "qj80": Ratio("qd01", 500, spread=1.0),
    "qj90": Chance(1.0),
    "qj98_1": Chance(1.0),
}

SOME: Mapping[str, Some | Only] = {
    "qb11": Some(0.62, "research", weight=0.9),
    "qc02": _INDUSTRY,
    "qc41": _INDUSTRY,
    "qc11": Some(0.16, "export"),
    "qc11_1": Some(0.05),
    "qc226": Some(0.015),
    **dict.fromkeys(
        ("sumqh40_rd", "qj23_1", "qj23_2", "qj23_5", "qj23_6", "qj23_7", "sumqh51_nb", "sumqh51_yf"), _RESEARCH
    ),
    "qj250": Some(0.12, "research"),
    **dict.fromkeys(("qj33_1", "qj33_2", "qj33_3", "qj33_4", "qj59", "qj61"), Some(_RARE, "qc05_0", weight=0.5)),
    "qj56": Some(0.4, "research"),
    "qj57": Some(0.3, "research"),
    "qj57_2": Some(0.03, "research"),
    "qj73": Some(0.45, "research"),
    "qj79": Some(0.5),
    "qj79_2": Some(0.03),
    "qj80": Some(0.08, "research"),
    "qj90": Some(0.006, "qc05_0"),
    "qj98_1": Some(0.001, "qc05_0"),
    "rd_expense": Some(0.6, "research"),
    "technology_contracts": Some(0.15, "research"),
    "equity_raised": Some(0.06),
}

NONE_OF_THESE = "其他"
TEXT_SHARES: Mapping[str, TextBy] = {
    "gbt05": TextBy(
        {"C39": 0.14, "C35": 0.08, "C27": 0.05, "C38": 0.05, "C26": 0.05, "C40": 0.04, "D44": 0.01, "B07": 0.003}
        | {"I65": 0.24, "I64": 0.03, "M73": 0.09, "M75": 0.1, "M74": 0.037, "F51": 0.05, "L72": 0.03}
    ),
    "gbt13": TextBy(
        {NONE_OF_THESE: 1.0},
        "gbt05",
        {
            "C": {"高技术制造业": 0.45, NONE_OF_THESE: 0.55},
            "I": {"高技术服务业": 0.9, NONE_OF_THESE: 0.1},
            "M": {"高技术服务业": 0.7, NONE_OF_THESE: 0.3},
        },
    ),
    "gbt34": TextBy(
        {NONE_OF_THESE: 1.0},
        "gbt05",
        {
            "C39": {"数字产业": 0.8, NONE_OF_THESE: 0.2},
            "I": {"数字产业": 0.75, NONE_OF_THESE: 0.25},
        },
    ),
    "qb18_1": TextBy({"1.内资控股": 0.92, "2.港澳台商控股": 0.04, "3.外商控股": 0.04}),
}

LISTED = Some(0.015, "qc05_0")
LISTING_TEXT, LISTING_YEAR = "qb15_11", "qb15_2"
LISTED_TEXTS = ("1.上市", "2.未上市")
FIRST_LISTING = 2000
MOVING = 0.004
"""The share of enterprises that are in another zone than the year before."""
RENAMING = 0.006
"""The share of enterprises that have another name than the year before."""
