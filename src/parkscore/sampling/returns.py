"""The returns of very many enterprises, block by block: each block is drawn from the seed and its number alone."""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from parkscore.data.credit_codes import ALPHABET
from parkscore.framework.models import USCC, DataField, Framework
from parkscore.methods.domain import BoolArray, FloatArray
from parkscore.sampling.enterprise_fields import (
    ENTERPRISES,
    FIRST_LISTING,
    LISTED,
    LISTED_TEXTS,
    LISTING_TEXT,
    LISTING_YEAR,
    MOVING,
    RENAMING,
    SOME,
    TEXT_SHARES,
    Only,
    Shares,
    Some,
    TextBy,
)
from parkscore.sampling.headings import (
    CATEGORIES,
    CATEGORY_SHARES,
    LAST_YEAR,
    NOTE_HEADER,
    YEAR_HEADER,
    header_of,
    is_whole,
    is_yes_or_no,
    texts_of,
    unit_header,
)
from parkscore.sampling.known_fields import profiles_of
from parkscore.sampling.made_up_codes import made_up_codes
from parkscore.sampling.mistakes import (
    BAD_CODE,
    FILED_TWICE,
    INVALID,
    NO_ZONE,
    SUSPECT,
    Made,
    Mistake,
    Planned,
    Rows,
    plan_mistakes,
)
from parkscore.sampling.numbered_names import numbered_names
from parkscore.sampling.places import Codes, Places, places_of
from parkscore.sampling.population import Block, Population, population_of
from parkscore.sampling.profiles import Noise, Profile

if TYPE_CHECKING:
    import pandas as pd

_DECIMALS = 4
_SPREAD_OF_SIZE = 1.4
_NAME_KEYS = ("name", "enterprise_name")


@dataclass(frozen=True)
class Plan:
    """Everything that a block needs to know: the same for all blocks."""

    framework: Framework
    population: Population
    places: Places
    calendar: tuple[int, ...]
    seed: int
    gaps: float
    mistakes: Mapping[tuple[str, ...], float]
    raw: Mapping[str, DataField]
    profiles: Mapping[str, Profile]
    texts: Mapping[str, list[str]]

    @property
    def note(self) -> str:
        """What stands in every row."""
        return f"合成数据，非真实 synthetic, seed {self.seed}"

    @property
    def schema(self) -> pa.Schema:
        """The columns: the unit, the year where the framework has a time, the raw fields, the note."""
        columns = [pa.field(unit_header(self.framework), pa.string())]
        if self.framework.time is not None:
            columns.append(pa.field(YEAR_HEADER, pa.int64()))
        columns += [pa.field(header_of(key, field), self._type(key)) for key, field in self.raw.items()]
        return pa.schema([*columns, pa.field(NOTE_HEADER, _CODED)])

    @property
    def amounts(self) -> tuple[str, ...]:
        """The fields in which an amount can be wrong: money that most enterprises have, if there is such a field."""
        numbers = [key for key, each in self.raw.items() if not each.is_text and each.max is None]
        counted = [key for key in numbers if self.raw[key].min is not None and key not in SOME]
        return tuple([key for key in counted if (self.raw[key].measure or "").endswith("元")] or counted or numbers)

    def _type(self, key: str) -> pa.DataType:
        if self.raw[key].is_text:
            return pa.string() if self.is_name(key) or self.raw[key].kind == USCC else _CODED
        return pa.int64() if is_whole(self.raw[key]) or is_yes_or_no(self.raw[key]) else pa.float64()

    def is_name(self, key: str) -> bool:
        """Whether a text field holds the names of the enterprises."""
        return key in _NAME_KEYS or self.raw[key].zh in ("企业名称", "单位名称")


_CODED = pa.dictionary(pa.int32(), pa.string())


def plan_of(
    framework: Framework,
    rows: int,
    years: int,
    zones: int,
    seed: int,
    gaps: float,
    suspect: float = 0.0,
    invalid: float = 0.0,
) -> Plan:
    """Decide what does not depend on chance; suspect, invalid: the shares of rows with mistakes of either sort."""
    raw = {key: field for key, field in framework.fields.items() if field.formula is None}
    calendar = range(LAST_YEAR - years + 1, LAST_YEAR + 1) if framework.time is not None else range(1)
    places = places_of(framework, zones)
    return Plan(
        framework,
        population_of(rows, len(calendar)),
        places,
        tuple(calendar),
        seed,
        gaps,
        _mistakes(framework, places.zone is not None, suspect, invalid),
        raw,
        profiles_of(framework, raw, ENTERPRISES),
        {key: texts_of(framework, key) for key, field in raw.items() if field.is_text},
    )


def _mistakes(framework: Framework, in_zones: bool, suspect: float, invalid: float) -> dict[tuple[str, ...], float]:
    """The kinds of mistakes that the framework has room for, and the shares of rows that get them."""
    left_out = {NO_ZONE} if not in_zones else set()
    if framework.unit.kind != USCC:
        left_out.add(BAD_CODE)
    return {
        tuple(kind for kind in kinds if kind not in left_out): share
        for kinds, share in ((SUSPECT, suspect), (INVALID, invalid))
        if share
    }


@dataclass(frozen=True, slots=True)
class DrawnYear:
    """The rows of a block that report in a year, in the order of the enterprises, and the mistakes made in them."""

    batch: pa.RecordBatch
    made: list[Made]


def draw_block(plan: Plan, block: Block) -> list[DrawnYear]:
    """The rows of the block, year by year."""
    drawn = _Drawn(plan, block)
    return [drawn.year(year) for year in range(len(plan.calendar))]


def returns_frame(framework: Framework, units: int, years: int, seed: int, gaps: float) -> pd.DataFrame:
    """So many returns for each year as a table in memory, year by year, in zones of fifty on average."""
    import pandas as pd  # here, so that drawing into a file does without it

    span = years if framework.time is not None else 1
    plan = plan_of(framework, units * span, span, min(178, max(1, units // 50)), seed, gaps)
    drawn = [draw_block(plan, block) for block in plan.population.blocks()]
    batches = [block[year].batch for year in range(span) for block in drawn]
    table = pa.Table.from_batches(batches).cast(plain_schema(plan.schema))
    frame: pd.DataFrame = table.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get)
    return frame


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """The same columns with texts of few values as plain texts."""
    return pa.schema([(field.name, _plain(field.type)) for field in schema])


def _plain(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_dictionary(kind) else kind


@dataclass
class _Drawn:
    """One block in the making; arrays are (years, enterprises)."""

    plan: Plan
    block: Block
    columns: dict[str, FloatArray] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)

    def year(self, year: int) -> DrawnYear:
        """The rows of those that report in a year."""
        first, last = (end - self.block.first for end in self.block.reporting[year])
        planned = self._planned(year)
        columns, mistakes = self._columns(year, planned)
        again = planned.of(FILED_TWICE)
        again = again[(again > first) & (again < last) & ~np.isin(again - 1, again)]
        mistakes += [Mistake(row, FILED_TWICE) for row in again.tolist()]
        reporting = [column.slice(first, last - first) for column in columns]
        batch = pa.RecordBatch.from_arrays(reporting, schema=self.plan.schema)
        if again.size:
            rows = np.arange(last - first)
            rows[again - first] -= 1
            batch = batch.take(pa.array(rows))
        over = set(again.tolist())
        kept = [each for each in mistakes if first <= each.row < last]
        kept = [each for each in kept if each.kind == FILED_TWICE or each.row not in over]
        kept.sort(key=lambda mistake: mistake.row)
        return DrawnYear(batch, [self._made(each, columns[0], year) for each in kept])

    def _planned(self, year: int) -> Planned:
        mistakes = self.plan.mistakes
        return plan_mistakes(self.stream("", "mistakes", str(year)), self.block.size, mistakes, self.plan.amounts)

    def _made(self, mistake: Mistake, units: pa.StringArray, year: int) -> Made:
        row = mistake.row - (mistake.kind == FILED_TWICE)
        dated = self.plan.calendar[year] if self.plan.framework.time is not None else None
        return Made(units[row].as_py(), dated, mistake.kind, mistake.field, mistake.true, mistake.written)

    def _columns(self, year: int, planned: Planned) -> tuple[list[pa.Array], list[Mistake]]:
        """Every column for all enterprises of the block, and the mistakes in them."""
        plan, count = self.plan, self.block.size
        unit, mistakes = plan.framework.unit, list[Mistake]()
        columns: list[pa.Array] = [self._numbered(unit.label.zh)]
        if unit.kind == USCC:
            columns[0], mistakes = _misspelled(self._codes(), planned.of(BAD_CODE))
        if plan.framework.time is not None:
            columns.append(pa.array(np.full(count, plan.calendar[year], dtype=np.int64)))
        for key, data_field in plan.raw.items():
            if data_field.is_text:
                columns.append(self._text(key, year))
                continue
            column, wrong = self._numbers(key, data_field, year, planned)
            columns.append(column)
            mistakes += wrong
        if plan.places.zone is not None and (lost := planned.of(NO_ZONE)).size:
            place = plan.schema.get_field_index(header_of(plan.places.zone, plan.raw[plan.places.zone]))
            columns[place] = _emptied(columns[place], lost)
            mistakes += [Mistake(row, NO_ZONE, plan.places.zone) for row in lost.tolist()]
        note = pa.DictionaryArray.from_arrays(np.zeros(count, dtype=np.int32), pa.array([plan.note]))
        return [*columns, note], mistakes

    def _codes(self) -> pa.StringArray:
        return made_up_codes(np.arange(self.block.first + 1, self.block.last + 1, dtype=np.int64), self.plan.seed)

    def _numbered(self, label: str) -> pa.StringArray:
        numbers = np.arange(self.block.first + 1, self.block.last + 1, dtype=np.int64)
        width = max(3, len(str(self.plan.population.enterprises)))
        return numbered_names(f"合成{label}", numbers, width)

    def _text(self, key: str, year: int) -> pa.Array:
        if self.plan.raw[key].kind == USCC:
            return self._codes()
        if self.plan.is_name(key):
            suffixes = pa.array(["", "（更名）"]).take(pa.array(self._renamed(year).astype(np.int32)))
            return pc.binary_join_element_wise(self._numbered("企业"), suffixes, "")
        codes, names = self._coded(key, year)
        return pa.DictionaryArray.from_arrays(codes, pa.array(names))

    def _renamed(self, year: int) -> BoolArray:
        renamed = np.zeros(self.block.size, dtype=np.bool_)
        for later in range(1, year + 1):
            renamed |= self.stream("", "name", str(later)).random(self.block.size) < RENAMING
        return renamed

    def _coded(self, key: str, year: int) -> tuple[Codes, list[str]]:
        """The texts of a field as numbers, and what they stand for."""
        places = self.plan.places
        if key == places.zone:
            return self._zones(year), list(places.names)
        if key == places.part:
            return places.draw_parts(self.stream(key), self._zones(year)), places.part_names()
        if key == LISTING_TEXT:
            unlisted = ~(self._listing_years() <= self.plan.calendar[year])
            return unlisted.astype(np.int32), list(LISTED_TEXTS)
        if key in TEXT_SHARES:
            return self._by_shares(key, TEXT_SHARES[key], year)
        listed = self.plan.texts[key]
        shares = None if listed else CATEGORY_SHARES
        names = listed or list(CATEGORIES)
        return self.stream(key).choice(len(names), self.block.size, p=shares).astype(np.int32), names

    def _by_shares(self, key: str, known: TextBy, year: int) -> tuple[Codes, list[str]]:
        by = known.by if known.by is not None and known.field in self.plan.raw else {}
        names = list(dict.fromkeys([*known.shares, *(name for shares in by.values() for name in shares)]))
        drawn = self.stream(key).random(self.block.size)
        codes = _pick(drawn, known.shares, names)
        for beginning, shares in by.items():
            begins = self._begins(known.field, (beginning,), year)
            codes[begins] = _pick(drawn[begins], shares, names)
        return codes, names

    def _begins(self, key: str, beginnings: tuple[str, ...], year: int) -> BoolArray:
        """The enterprises of which a text begins so."""
        codes, names = self._coded(key, year)
        return np.array([name.startswith(beginnings) for name in names], dtype=np.bool_)[codes]

    def _zones(self, year: int) -> Codes:
        """The zone of each enterprise in a year; a few have moved since the year before."""
        zones = self.plan.places.draw(self.stream("", "zone"), self.block.size)
        for later in range(1, year + 1):
            stream = self.stream("", "zone", str(later))
            moved = stream.random(self.block.size) < MOVING
            zones[moved] = self.plan.places.draw(stream, int(moved.sum()))
        return zones

    def _listing_years(self) -> FloatArray:
        """The year in which each enterprise was listed; infinite for those that are not."""
        span = LAST_YEAR - FIRST_LISTING + 1
        years = FIRST_LISTING + np.floor(self.stream(LISTING_YEAR).random(self.block.size) * span)
        return np.where(self._have_any(LISTING_YEAR, LISTED), years, np.inf)

    def _numbers(self, key: str, data_field: DataField, year: int, planned: Planned) -> tuple[pa.Array, list[Mistake]]:
        values = self._column(key)[year]
        gaps = self.stream(key, "gaps", str(year)).random(values.size, dtype=np.float32) < self.plan.gaps
        if key == LISTING_YEAR and LISTING_TEXT in self.plan.raw:
            values = self._listing_years()
            gaps |= values > self.plan.calendar[year]
        values, mistakes = planned.spoil(key, values, gaps)
        whole = self.plan.schema.field(header_of(key, data_field)).type == pa.int64()
        return pa.array(np.where(gaps, 0, values).astype(np.int64) if whole else values, mask=gaps), mistakes

    def stream(self, *names: str) -> np.random.Generator:
        """The random numbers of one column in this block, the same wherever it stands in the framework."""
        name = zlib.crc32("/".join(names).encode())
        sequence = np.random.SeedSequence(self.plan.seed, spawn_key=(name, self.block.number))
        return np.random.default_rng(sequence)

    def _column(self, key: str) -> FloatArray:
        """The values of a number field, the field that it goes with first."""
        if key not in self.columns:
            self.begun.add(key)
            data_field, noise = self.plan.raw[key], self._noise(key)
            profile = self.plan.profiles.get(key)
            if profile is None or (profile.per in self.begun and profile.per not in self.columns):
                values = self._unknown(data_field, noise)
            else:
                values = profile.draw(self._base(profile), noise)
            some = SOME.get(key)
            if some is not None:
                values *= self._have(key, some)
            self.columns[key] = _rounded(values, data_field)
        return self.columns[key]

    def _base(self, profile: Profile) -> FloatArray:
        return np.ones((len(self.plan.calendar), self.block.size)) if profile.per is None else self._column(profile.per)

    def _noise(self, key: str) -> Noise:
        stream = self.stream(key)
        units = stream.standard_normal(self.block.size)
        return Noise(stream, units, stream.standard_normal((len(self.plan.calendar), self.block.size)))

    def _have(self, key: str, some: Some | Only) -> BoolArray:
        """The enterprises that have any of a thing."""
        if isinstance(some, Some):
            return self._have_any(key, some)
        if some.field in self.plan.raw:
            return self._begins(some.field, some.beginnings, 0)
        return np.ones(self.block.size, dtype=np.bool_)

    def _have_any(self, key: str, some: Some) -> BoolArray:
        """Those that have any by a trait that several fields may share, or by the size of a field, and by chance."""
        luck = self.stream(key, "any").standard_normal(self.block.size)
        if some.trait:
            names = (some.trait,) if some.trait in self.plan.raw else ("", some.trait)
            luck *= (1 - some.weight**2) ** 0.5
            luck += some.weight * self.stream(*names).standard_normal(self.block.size)
        return np.asarray(luck > NormalDist().inv_cdf(1 - some.share), dtype=np.bool_)

    def _unknown(self, data_field: DataField, noise: Noise) -> FloatArray:
        """Skewed and positive, larger for larger units; between both limits if there are two; 1 or 0 for yes or no."""
        if is_yes_or_no(data_field):
            return np.tile((noise.units > 0).astype(np.float64), (len(self.plan.calendar), 1))
        if data_field.min is not None and data_field.max is not None:
            share = 1 / (1 + np.exp(-noise.units) * noise.changes)
            return np.asarray(data_field.min + (data_field.max - data_field.min) * share, dtype=np.float64)
        size = _SPREAD_OF_SIZE * self.stream("", "size").standard_normal(self.block.size)
        values = 100 * np.exp(0.8 * size + 0.3 * noise.units) * noise.changes
        return data_field.max - values if data_field.max is not None else (data_field.min or 0.0) + values


def _rounded(values: FloatArray, data_field: DataField) -> FloatArray:
    """Whole numbers (down, so that parts never exceed their whole) or four decimals, within the field's limits."""
    values = np.floor(values) if is_whole(data_field) else np.round(values, _DECIMALS)
    limited = (data_field.min, data_field.max) != (None, None)
    return np.clip(values, data_field.min, data_field.max) if limited else values


def _pick(drawn: FloatArray, shares: Shares, names: list[str]) -> Codes:
    """A text for each number between 0 and 1, by the shares of the texts."""
    ends = np.cumsum([*shares.values()])
    picked = np.searchsorted(ends / ends[-1], drawn, side="right")
    return np.array([names.index(name) for name in shares], dtype=np.int32)[picked]


def _misspelled(codes: pa.StringArray, rows: Rows) -> tuple[pa.StringArray, list[Mistake]]:
    """The codes with another check character in some rows."""
    if not rows.size:
        return codes, []
    true = [codes[row].as_py() for row in rows.tolist()]
    written = [code[:-1] + ALPHABET[(ALPHABET.index(code[-1]) + 1) % len(ALPHABET)] for code in true]
    mask = np.zeros(len(codes), dtype=np.bool_)
    mask[rows] = True
    return pc.replace_with_mask(codes, mask, pa.array(written)), [
        Mistake(row, BAD_CODE, None, *pair) for row, *pair in zip(rows.tolist(), true, written, strict=True)
    ]


def _emptied(column: pa.DictionaryArray, rows: Rows) -> pa.DictionaryArray:
    """A column of texts without those of some rows."""
    gone = np.zeros(len(column), dtype=np.bool_)
    gone[rows] = True
    codes = pa.array(column.indices.to_numpy(), mask=gone)
    return pa.DictionaryArray.from_arrays(codes, column.dictionary)
