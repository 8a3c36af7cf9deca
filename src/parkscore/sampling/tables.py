"""Make up a table that fits a framework, labelled synthetic, to try things on before the real data are there.

What is real in it: a field in whole numbers adds up exactly to its published national `totals:`; the published ratio
in a `measure_mixup` rule (its source stands in the framework) sets the level of a field; the largest zone has about
the share of revenue that 北京中关村 had in 2023 and 2024 (16.7 % and 18.4 %).

What is made up: everything else. The ratios and levels in `known_fields`, the spread between units, the growth
between years and every single value are plausible and no more. Fields of which nothing is known get a skewed positive
column within their limits.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from parkscore.framework.beside_returns import fields_beside_returns
from parkscore.framework.fillable import refuse_no_fields
from parkscore.framework.loading import load_framework
from parkscore.framework.models import USCC, DataField, Framework
from parkscore.methods.domain import BoolArray, FloatArray
from parkscore.sampling.given import with_given_scores
from parkscore.sampling.headings import (
    CATEGORIES,
    CATEGORY_SHARES,
    LAST_YEAR,
    NOTE_HEADER,
    YEAR_HEADER,
    check_whole,
    header_of,
    is_whole,
    is_yes_or_no,
    texts_of,
)
from parkscore.sampling.known_fields import PROFILES, profiles_of
from parkscore.sampling.profiles import Noise, Profile

if TYPE_CHECKING:
    import pandas as pd

MOST_UNITS = 1_000_000
MOST_YEARS = 20


_LEADER = 0.175  # share of the largest zone, see above
_GROWTH = 1.02  # a year, where a total is published for another year only; made up
_SPREAD_OF_SIZE = 1.0
_GAPS = 0.01
_SIGNIFICANT_DIGITS = 4


def sample(
    framework: str | Path | Framework, units: int = 178, years: int = 2, seed: int = 1, *, beside_returns: bool = False
) -> pd.DataFrame:
    """A synthetic table for a framework: one row per unit and year, as `read_table` reads it.

    framework: a shipped name, a .yaml or .xlsx file, or a loaded framework.

    Columns: the unit, 年份 (where the framework has a time), every field that is no formula by its Chinese name with
    its measure in brackets, and 数据说明, which says in every row that the data are synthetic. The years end with 2024.
    About 1 % of the cells are missing, none in fields with published totals. The same arguments give the same table;
    each column has its own stream of numbers, so that a field added to a framework leaves the others as they are.

    beside_returns: only the fields that returns of enterprises do not give, for zones that are summed from them.

    Where the unit is a 统一社会信用代码 the rows are returns as `sample_file` draws them, `units` for each year.

    Raises UsageError where units, years or seed are out of range, there is no such framework, or it has no fields;
    FrameworkError where it is invalid.

    >>> sample("zone-figures", units=3, years=2)["年份"].tolist()
    [2023, 2023, 2023, 2024, 2024, 2024]
    """
    loaded = load_framework(framework)
    refuse_no_fields(loaded)
    wanted = fields_beside_returns(loaded) if beside_returns else tuple(loaded.fields)
    check_whole("units", units, 1, MOST_UNITS)
    check_whole("years", years, 1, MOST_YEARS)
    check_whole("seed", seed, 0, 2**63 - 1)
    if loaded.unit.kind == USCC:
        from parkscore.sampling.returns import returns_frame

        return returns_frame(loaded, units, years, seed, _GAPS)
    calendar = range(LAST_YEAR - years + 1, LAST_YEAR + 1) if loaded.time is not None else range(1)
    draw = _Draw(loaded, units, calendar, seed)
    headers = {key: header_of(key, field) for key, field in loaded.fields.items()}
    frame = with_given_scores(loaded, draw.frame(), headers, draw.stream)
    return frame.drop(columns=[header for key, header in headers.items() if key not in wanted], errors="ignore")


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
        self.profiles = profiles_of(framework, self.raw, PROFILES)
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

        if field.kind == USCC:
            return np.array(self._codes() * len(self.calendar), dtype=object)
        if field.is_text:
            listed = texts_of(self.framework, key)
            shares = None if listed else CATEGORY_SHARES
            chosen = self.stream(key).choice(listed or CATEGORIES, self.units, p=shares)
            return np.tile(chosen, len(self.calendar)).astype(object)
        values = self._column(key).ravel()
        gaps: BoolArray = np.zeros(values.shape, dtype=np.bool_)
        if not field.totals:
            gaps = self.stream(key, "gaps").random(values.shape) < _GAPS
        if is_whole(field):
            return pd.arrays.IntegerArray(values.astype(np.int64), gaps)
        return np.where(gaps, np.nan, values)

    def _codes(self) -> list[str]:
        from parkscore.sampling.made_up_codes import made_up_codes

        codes: list[str] = made_up_codes(np.arange(1, self.units + 1, dtype=np.int64), self.seed).to_pylist()
        return codes

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

    def _runs_in_circle(self, profile: Profile) -> bool:
        return profile.per in self.begun and profile.per not in self.columns

    def _base(self, profile: Profile) -> FloatArray:
        return np.ones((len(self.calendar), self.units)) if profile.per is None else self._column(profile.per)

    def _noise(self, key: str) -> Noise:
        stream = self.stream(key)
        units = stream.standard_normal(self.units)
        return Noise(stream, units, stream.standard_normal((len(self.calendar), self.units)))

    def _with_totals(self, key: str, field: DataField, noise: Noise) -> FloatArray:
        own = 1.0 if key == self.size_field else self.size**-0.1 * np.exp(0.2 * noise.units)
        weights = self.size * own * noise.changes
        totals = [_total_of(field, year) for year in self.calendar]
        split = _split_whole if is_whole(field) else _split
        return np.stack([split(row, total) for row, total in zip(weights, totals, strict=True)])

    def _unknown(self, field: DataField, noise: Noise) -> FloatArray:
        """Skewed and positive, larger for larger units; between both limits if there are two; 1 or 0 for yes or no."""
        if is_yes_or_no(field):
            return np.tile((noise.units > 0).astype(np.float64), (noise.changes.shape[0], 1))
        if field.min is not None and field.max is not None:
            share = 1 / (1 + np.exp(-noise.units) * noise.changes)
            return np.asarray(field.min + (field.max - field.min) * share, dtype=np.float64)
        values = 100 * (self.size * self.units) ** 0.8 * np.exp(0.3 * noise.units) * noise.changes
        return field.max - values if field.max is not None else (field.min or 0.0) + values


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
    if is_whole(field):
        values = np.floor(values)
    else:
        magnitude = np.floor(np.log10(np.maximum(np.abs(values), 1e-12)))
        scale = 10.0 ** np.clip(_SIGNIFICANT_DIGITS - 1 - magnitude, 0, 12)
        values = np.round(values * scale) / scale
    return np.clip(values, field.min, field.max) if (field.min, field.max) != (None, None) else values
