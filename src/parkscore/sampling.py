"""Make up a table that fits a framework, labelled synthetic, to try things on before the real data are there.

What is real in it: a field in whole numbers adds up exactly to its published national `totals:`; the published ratio
in a `measure_mixup` rule (its source stands in the framework) sets the level of a field; the largest zone has about
the share of revenue that 北京中关村 had in 2023 and 2024 (16.7 % and 18.4 %).

What is made up: everything else. The ratios and levels in the table below, the spread between units, the growth
between years and every single value are plausible and no more. Fields of which nothing is known get a skewed positive
column within their limits.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from parkscore.findings import Finding, Severity, UsageError
from parkscore.framework.cases import rules_of
from parkscore.framework.compared_texts import compared_texts
from parkscore.framework.loading import load_framework
from parkscore.framework.models import DataField, Framework
from parkscore.framework.settings import resolve_settings
from parkscore.language import Text
from parkscore.sampling_given import with_given_scores

if TYPE_CHECKING:
    import pandas as pd

LAST_YEAR = 2024  # the last year with published totals
NOTE_HEADER = "数据说明"
YEAR_HEADER = "年份"
MOST_UNITS = 1_000_000
MOST_YEARS = 20

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_LEADER = 0.175  # share of the largest zone, see above
_GROWTH = 1.02  # a year, where a total is published for another year only; made up
_SPREAD_OF_SIZE = 1.0
_SPREAD_BETWEEN_YEARS = 0.04
_GAPS = 0.01
_CATEGORIES = ("甲类", "乙类", "丙类")
_CATEGORY_SHARES = (0.5, 0.3, 0.2)
_WHOLE_MEASURES = frozenset("人家件项个次台套篇种所张元") | {"人年", "千元", "吨标准煤"}
_SIGNIFICANT_DIGITS = 4


@dataclass(frozen=True, slots=True)
class _Noise:
    """The standard normal numbers behind one column: what sets units apart, (units,), and years, (years, units)."""

    stream: np.random.Generator
    units: FloatArray
    years: FloatArray

    @property
    def changes(self) -> FloatArray:
        """A factor around 1 for each cell."""
        return np.exp(_SPREAD_BETWEEN_YEARS * self.years)


@dataclass(frozen=True, slots=True)
class _Ratio:
    """A quantity that goes with another field; without one, a quantity around a fixed level."""

    per: str | None
    ratio: float
    spread: float = 0.35
    least: float = 0.0

    def draw(self, base: FloatArray, noise: _Noise) -> FloatArray:
        drawn = base * self.ratio * np.exp(self.spread * noise.units - self.spread**2 / 2) * noise.changes
        return np.asarray(np.maximum(drawn, self.least), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of another field that never exceeds `most` of it."""

    per: str
    ratio: float
    most: float = 1.0

    def draw(self, base: FloatArray, noise: _Noise) -> FloatArray:
        odds = self.ratio / (self.most - self.ratio) * np.exp(0.5 * noise.units) * noise.changes
        return np.asarray(base * self.most * odds / (1 + odds), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Events:
    """A number of events that happen independently, at a rate that goes with another field."""

    per: str
    ratio: float

    def draw(self, base: FloatArray, noise: _Noise) -> FloatArray:
        return noise.stream.poisson(base * self.ratio * np.exp(0.4 * noise.units - 0.08)).astype(np.float64)


@dataclass(frozen=True, slots=True)
class _Level:
    """A figure that does not grow with the size of a unit, such as a share or an expert's score."""

    per: ClassVar[str | None] = None
    mean: float
    deviation: float

    def draw(self, base: FloatArray, noise: _Noise) -> FloatArray:
        return base * (self.mean + self.deviation * (noise.units + 0.2 * noise.years))


@dataclass(frozen=True, slots=True)
class _Margin:
    """What is left of another field, or lacking: a profit or a loss."""

    per: str
    mean: float
    deviation: float

    def draw(self, base: FloatArray, noise: _Noise) -> FloatArray:
        return base * (self.mean + self.deviation * (noise.units + 0.3 * noise.years))


@dataclass(frozen=True, slots=True)
class _Firms:
    """The size of enterprises: many small and few large ones, each with a growth of its own from year to year."""

    per: ClassVar[str | None] = None
    middle: float
    spread: float
    growth: float = 0.1

    def draw(self, base: FloatArray, noise: _Noise) -> FloatArray:
        own = self.growth + 0.1 * noise.stream.standard_normal(base.shape[1])
        steps = np.cumsum(own + 0.15 * noise.years, axis=0)
        return base * self.middle * np.exp(self.spread * noise.units + steps)


@dataclass(frozen=True, slots=True)
class _Chance:
    """Yes or no, as 1 or 0; a unit that has a thing one year has it every year."""

    per: ClassVar[str | None] = None
    share: float

    def draw(self, base: FloatArray, noise: _Noise) -> FloatArray:
        return base * (noise.stream.random(base.shape[1]) < self.share)


@dataclass(frozen=True, slots=True)
class _Founded:
    """A calendar year, the same every year, before the first year of the data."""

    per: ClassVar[str | None] = None
    before: int
    ages: float

    def draw(self, base: FloatArray, noise: _Noise) -> FloatArray:
        ages = noise.stream.gamma(1.5, self.ages / 1.5, base.shape[1])
        return base * np.asarray(np.floor(self.before - ages), dtype=np.float64)


_Profile = _Ratio | _Part | _Events | _Level | _Margin | _Firms | _Chance | _Founded

# Fields of the zone-2021 framework (and of frameworks that extend it). Made up, save where a source is named.
_PROFILES: Mapping[str, _Profile] = {
    "qd03": _Part("qd01", 0.006, most=0.1),
    "qd08": _Part("qd01", 0.32, most=0.7),
    "qd18": _Part("qd01", 0.07, most=0.3),
    "qd25": _Part("qd01", 0.0015, most=0.1),
    "qc05_0_gf": _Part("qc05_0", 0.15),
    "qc05_0_qt": _Part("qc05_0", 0.35),
    "qc05_0_rd5": _Part("qc05_0", 0.22),
    "qc05_0_sz": _Part("qc05_0", 0.2),
    "qc12": _Ratio("qc05_0", 0.0677),  # 2019, 169 zones: net profit 26097.4 of revenue 385549.4 亿元 (lizhgi8.cn)
    "qc51": _Ratio("qd01", 130, spread=0.15),
    "qz001_gy": _Part("qz001", 0.6),
    "qc41_gy": _Ratio("qz001_gy", 0.03, spread=0.6),
    "qc11": _Ratio("qc05_0", 0.1073, spread=0.7),  # 2019, 169 zones: 41371.5 of 385549.4 亿元 (lizhgi8.cn)
    "qc11_1": _Part("qc11", 0.05),
    "qc11_gq": _Part("qc11", 0.55),
    "qj33_1": _Ratio("qc05_0", 2e-4, spread=0.8),
    "qj33_2": _Ratio("qc05_0", 5e-5, spread=0.8),
    "qj33_3": _Ratio("qc05_0", 8e-5, spread=0.8),
    "qj33_4": _Ratio("qc05_0", 1e-4, spread=0.8),
    "qj59": _Ratio("qc05_0", 3e-4, spread=0.8),
    "qj61": _Ratio("qc05_0", 1e-4, spread=0.8),
    "qj56": _Ratio("qd01", 0.015),
    "qj57": _Ratio("qd01", 0.008),
    "qj73": _Ratio("qd01", 0.05),
    "qj79": _Ratio("qd01", 0.04),
    "qj80": _Ratio("qd01", 40, spread=0.7),
    "qb15_xssqy": _Events("qb11num", 0.0012),
    "qc05_rd5": _Events("qb11num", 0.012),
    "qc226_qy": _Events("qb11num", 0.03),
    "qj57_2_qy": _Events("qb11num", 0.01),
    "qj79_2_qy": _Events("qb11num", 0.015),
    "qj90_qy": _Events("qb11num", 0.01),
    "qj98_1_qy": _Events("qb11num", 0.003),
    "p1_1": _Events("qd01", 0.0013),
    "p1_6": _Events("qd01", 0.0001),
    "p1_7": _Events("qd01", 0.02),
    "p1_8": _Events("qb11num", 1),
    "p1_9": _Events("qb11num", 0.3),
    "p1_10": _Level(75, 8),
    "p2_10": _Level(75, 8),
    "p3_2": _Level(1, 4),
    "p3_3": _Level(36, 5),
    "p3_4": _Events("qd01", 0.0006),
    "p3_7": _Level(60, 15),
    "p3_8": _Ratio("qc05_0", 0.012),
    "p3_9": _Level(75, 8),
    "p5_1": _Level(14, 4),
    "p5_5": _Events("qb11num", 0.02),
    "p5_8": _Events("qb11num", 0.01),
    "p5_9": _Level(80, 6),
    "p5_10": _Level(85, 5),
    # Enterprises, in the ids that the frameworks of enterprises share.
    "founded": _Founded(LAST_YEAR - 1, 8),
    "revenue": _Firms(800, 1.7),
    "sales": _Firms(800, 1.7),
    "main_revenue": _Part("revenue", 0.85),
    "high_tech_revenue": _Part("revenue", 0.6),
    "costs": _Ratio("revenue", 0.93, spread=0.1),
    "net_profit": _Margin("revenue", 0.06, 0.1),
    "rd_expense": _Ratio("revenue", 0.06, spread=0.7),
    "technology_contracts": _Ratio("revenue", 0.03, spread=1.0),
    "staff": _Ratio("revenue", 0.02, spread=0.5, least=1),
    "science_staff": _Part("staff", 0.2),
    "rd_staff": _Part("staff", 0.18),
    "assets": _Ratio("revenue", 1.3, spread=0.5),
    "liabilities": _Ratio("assets", 0.5, spread=0.4),
    "net_assets": _Margin("revenue", 0.6, 0.35),
    "equity_raised": _Ratio("revenue", 0.1, spread=1.5),
    "invention_patents": _Events("staff", 0.04),
    "utility_models": _Events("staff", 0.12),
    "ip_class_1": _Events("staff", 0.04),
    "ip_class_2": _Events("staff", 0.12),
    "institution": _Chance(0.08),
    "award": _Chance(0.04),
    "high_tech": _Chance(0.3),
    "offence": _Chance(0.01),
    "strong_enterprises": _Part("enterprises", 0.4),
}

# What the text fields of enterprises say; made up.
_TEXTS: Mapping[str, tuple[str, ...]] = {
    "park": tuple(f"合成园区{number}" for number in range(1, 9)),
    "industry": ("电子信息", "生物医药", "高端装备", "新材料", "现代服务"),
}


def sample(framework: str | Path | Framework, units: int = 178, years: int = 2, seed: int = 1) -> pd.DataFrame:
    """A synthetic table for a framework: one row per unit and year, as `read_table` reads it.

    framework: a shipped name, a .yaml or .xlsx file, or a loaded framework.

    Columns: the unit, 年份 (where the framework has a time), every field that is no formula by its Chinese name with
    its measure in brackets, and 数据说明, which says in every row that the data are synthetic. The years end with 2024.
    About 1 % of the cells are missing, none in fields with published totals. The same arguments give the same table;
    each column has its own stream of numbers, so that a field added to a framework leaves the others as they are.

    Raises UsageError where units, years or seed are out of range, or there is no such framework; FrameworkError where
    it is invalid.
    """
    _check_range("units", units, 1, MOST_UNITS)
    _check_range("years", years, 1, MOST_YEARS)
    _check_range("seed", seed, 0, 2**63 - 1)
    loaded = load_framework(framework)
    calendar = range(LAST_YEAR - years + 1, LAST_YEAR + 1) if loaded.time is not None else range(1)
    draw = _Draw(loaded, units, calendar, seed)
    headers = {key: header_of(key, field) for key, field in loaded.fields.items()}
    return with_given_scores(loaded, draw.frame(), headers, draw.stream)


def _check_range(name: str, value: int, low: int, high: int) -> None:
    if low <= value <= high:
        return
    raise UsageError(
        Finding(
            code="out_of_bounds",
            severity=Severity.ERROR,
            field=name,
            value=value,
            message=Text(f"应在 {low} 与 {high} 之间", f"must be between {low} and {high}"),
            hint=Text(f"写 {low} 到 {high} 之间的数", f"write a number from {low} to {high}"),
        )
    )


class _Draw:
    """One table in the making; arrays are (years, units)."""

    def __init__(self, framework: Framework, units: int, calendar: Sequence[int], seed: int) -> None:
        self.framework = framework
        self.units = units
        self.calendar = calendar
        self.seed = seed
        self.raw = {key: field for key, field in framework.fields.items() if field.formula is None}
        self.size_field = max(
            (key for key, field in self.raw.items() if field.totals),
            key=lambda key: len(self.raw[key].totals),
            default=None,
        )
        self.size = self._draw_size()
        self.profiles = self._collect_profiles()
        self.columns: dict[str, FloatArray] = {}
        self.begun: set[str] = set()

    def frame(self) -> pd.DataFrame:
        """The whole table, year by year."""
        import pandas as pd  # here, so that the command line starts without it

        unit = self.framework.unit
        width = max(3, len(str(self.units)))
        names = [f"合成{unit.label.zh}{number:0{width}d}" for number in range(1, self.units + 1)]
        columns: dict[str, Any] = {unit.label.zh: names * len(self.calendar)}
        if self.framework.time is not None:
            columns[YEAR_HEADER] = np.repeat(np.array(self.calendar, dtype=np.int64), self.units)
        for key, field in self.raw.items():
            columns[header_of(key, field)] = self._cells(key, field)
        columns[NOTE_HEADER] = f"合成数据，非真实 synthetic, seed {self.seed}"
        return pd.DataFrame(columns)

    def _cells(self, key: str, field: DataField) -> Any:
        """A column as it goes into the table: whole numbers stay whole beside gaps."""
        import pandas as pd

        if field.kind == "text":
            listed = self._categories(key) or compared_texts(self.framework, key) or list(_TEXTS.get(key, ()))
            shares = None if listed else _CATEGORY_SHARES
            chosen = self.stream(key).choice(listed or _CATEGORIES, self.units, p=shares)
            return np.tile(chosen, len(self.calendar)).astype(object)
        values = self._column(key).ravel()
        gaps: BoolArray = np.zeros(values.shape, dtype=np.bool_)
        if not field.totals:
            gaps = self.stream(key, "gaps").random(values.shape) < _GAPS
        if _is_whole(field):
            return pd.arrays.IntegerArray(values.astype(np.int64), gaps)
        return np.where(gaps, np.nan, values)

    def _categories(self, key: str) -> list[str]:
        """The categories of a text field that earn points; none where it is no category of an indicator."""
        settings = resolve_settings(self.framework)
        ours = [leaf for leaf in self.framework.leaves if leaf.category == key]
        rules = [rule for leaf in ours for rule in rules_of(leaf, settings[leaf.id])]
        return list(dict.fromkeys(str(name) for rule in rules for name in rule.parameters.get("points", {})))

    def stream(self, *names: str) -> np.random.Generator:
        """The random numbers of one column, the same wherever it stands in the framework."""
        return np.random.default_rng([self.seed, zlib.crc32("/".join(names).encode())])

    def _draw_size(self) -> FloatArray:
        """Each unit's share of everything; with published totals, the largest has the leader's share."""
        size = np.exp(_SPREAD_OF_SIZE * self.stream("", "size").standard_normal(self.units))
        if self.size_field is not None:
            top = int(np.argmax(size))
            others = float(size.sum() - size[top])
            size[top] = max(float(size[top]), others * _LEADER / (1 - _LEADER))
        return np.asarray(size / size.sum(), dtype=np.float64)

    def _collect_profiles(self) -> dict[str, _Profile]:
        """What is known of each field, the framework's own published ratios before the made-up ones."""
        published = {
            rule.measure_mixup.field: _Ratio(rule.measure_mixup.per, rule.measure_mixup.expected)
            for rule in self.framework.rules
            if rule.measure_mixup is not None
        }
        known = {key: self._on_sales(profile) for key, profile in {**_PROFILES, **published}.items()}
        return {key: profile for key, profile in known.items() if self._has_base(profile)}

    def _on_sales(self, profile: _Profile) -> _Profile:
        """What goes with revenue goes with sales where a framework has these only."""
        if (
            profile.per != "revenue"
            or "revenue" in self.raw
            or isinstance(profile, _Level | _Firms | _Chance | _Founded)
        ):
            return profile
        return replace(profile, per="sales")

    def _has_base(self, profile: _Profile) -> bool:
        return profile.per is None or (profile.per in self.raw and self.raw[profile.per].kind == "number")

    def _column(self, key: str) -> FloatArray:
        """The values of a number field, the field that it goes with first."""
        if key not in self.columns:
            self.begun.add(key)
            field, noise = self.raw[key], self._noise(key)
            profile = self.profiles.get(key)
            if field.totals:
                self.columns[key] = self._with_totals(key, field, noise)
            elif profile is None or self._runs_in_circle(profile):
                self.columns[key] = _rounded(self._unknown(field, noise), field)
            else:
                self.columns[key] = _rounded(profile.draw(self._base(profile), noise), field)
        return self.columns[key]

    def _runs_in_circle(self, profile: _Profile) -> bool:
        return profile.per in self.begun and profile.per not in self.columns

    def _base(self, profile: _Profile) -> FloatArray:
        return np.ones((len(self.calendar), self.units)) if profile.per is None else self._column(profile.per)

    def _noise(self, key: str) -> _Noise:
        stream = self.stream(key)
        units = stream.standard_normal(self.units)
        return _Noise(stream, units, stream.standard_normal((len(self.calendar), self.units)))

    def _with_totals(self, key: str, field: DataField, noise: _Noise) -> FloatArray:
        own = 1.0 if key == self.size_field else self.size**-0.1 * np.exp(0.2 * noise.units)
        weights = self.size * own * noise.changes
        totals = [_total_of(field, year) for year in self.calendar]
        split = _split_whole if _is_whole(field) else _split
        return np.stack([split(row, total) for row, total in zip(weights, totals, strict=True)])

    def _unknown(self, field: DataField, noise: _Noise) -> FloatArray:
        """Skewed and positive, larger for larger units; between both limits if there are two; 1 or 0 for yes or no."""
        if _is_yes_or_no(field):
            return np.tile((noise.units > 0).astype(np.float64), (noise.changes.shape[0], 1))
        if field.min is not None and field.max is not None:
            share = 1 / (1 + np.exp(-noise.units) * noise.changes)
            return np.asarray(field.min + (field.max - field.min) * share, dtype=np.float64)
        values = 100 * (self.size * self.units) ** 0.8 * np.exp(0.3 * noise.units) * noise.changes
        return field.max - values if field.max is not None else (field.min or 0.0) + values


def header_of(key: str, field: DataField) -> str:
    """The header of a field's column: its Chinese name with its measure.

    >>> header_of("qc05_0", DataField(zh="营业收入", measure="千元"))
    '营业收入(千元)'
    """
    name = field.zh or field.en or key
    return name if field.measure is None else f"{name}({field.measure})"


def _is_yes_or_no(field: DataField) -> bool:
    return field.measure is None and (field.min, field.max) == (0.0, 1.0)


def _is_whole(field: DataField) -> bool:
    return field.measure in _WHOLE_MEASURES


def _total_of(field: DataField, year: int) -> float:
    """The published total of a year, or the nearest one carried on."""
    nearest = min(field.totals, key=lambda known: (abs(known - year), known))
    return float(field.totals[nearest] * _GROWTH ** (year - nearest))


def _split(weights: FloatArray, total: float) -> FloatArray:
    return np.asarray(weights / weights.sum() * total, dtype=np.float64)


def _split_whole(weights: FloatArray, total: float) -> FloatArray:
    """Whole numbers in proportion to the weights that add up to the total, which is rounded to a whole number.

    >>> _split_whole(np.array([1.0, 1.0, 1.0]), 10).tolist()
    [3.0, 4.0, 3.0]
    """
    ends = np.cumsum(weights)
    return np.diff(np.rint(ends / ends[-1] * round(total)), prepend=0.0)


def _rounded(values: FloatArray, field: DataField) -> FloatArray:
    """Whole numbers (down, so that parts never exceed their whole) or four digits, within the field's limits."""
    if _is_whole(field):
        values = np.floor(values)
    else:
        magnitude = np.floor(np.log10(np.maximum(np.abs(values), 1e-12)))
        scale = 10.0 ** np.clip(_SIGNIFICANT_DIGITS - 1 - magnitude, 0, 12)
        values = np.round(values * scale) / scale
    return np.clip(values, field.min, field.max) if (field.min, field.max) != (None, None) else values
