"""Make the table of zones: sums over returns, and what somebody else has given beside them; and that of sub-parks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from parkscore.data.arrow_arrays import arrow_texts
from parkscore.data.arrow_texts import ArrowTexts, CellColumn, objects_in
from parkscore.data.coded_texts import with_none
from parkscore.data.table import UNIT, YEAR, Origin, State, Table
from parkscore.findings import Finding, Severity
from parkscore.framework.formula import Cells
from parkscore.framework.member_models import SAME_MEMBERS
from parkscore.framework.models import Framework
from parkscore.language import Text
from parkscore.late_pandas import pd
from parkscore.members.plans import MemberPlan
from parkscore.members.summing import Summed, Sums
from parkscore.methods.domain import FloatArray

AGREE: Final = 1e-9
"""How far a sum and a given value may lie apart, as a share of the larger, and still be one."""

Key = tuple[str, int]
States = npt.NDArray[np.int8]


@dataclass(frozen=True, eq=False)
class _Rows:
    """The rows of a table, each with its place in the sums and in the given table, -1 where it is in none."""

    keys: Sequence[Key]
    summed: npt.NDArray[np.intp]
    given: npt.NDArray[np.intp]


def zone_table(
    summed: Summed, file: str, notes: Sequence[str], digest: str, given: Table | None = None
) -> tuple[Table, list[Finding]]:
    """The table of zones: one row per zone and year in which it has returns, or is in the given table.

    given: other fields of the zones, as they were read. Zones that it does not have are left out. A field that both
    have must be the same to `AGREE`, else an error names both values; what only it has is taken from it. Returns what
    was found beside the table.
    """
    framework = summed.plan.framework
    groups = _present(summed)
    rows = _joined(groups, given, summed.year)
    columns = _keys(framework, rows.keys)
    states: dict[str, States] = {}
    findings: list[Finding] = []
    for name, field in framework.fields.items():
        if field.formula is not None:
            continue
        if field.is_text:
            columns[name] = _texts(given, name, rows)
            continue
        cells = _given_cells(given, name, rows)
        if name in summed.plan.fields:
            cells = _comparable(cells, summed, rows)
            own = _summed_cells(summed.zones, summed.plan, name, rows)
            findings += _disagreements(framework, name, rows, own, cells)
            cells = _first_of(own, cells)
        columns[name], states[name] = cells.values, cells.states
    said = () if given is None else given.notes
    origin = Origin(file if given is None else f"{file} + {given.origin.file}")
    return Table(columns, states, origin, notes=tuple(dict.fromkeys([*notes, *said])), digest=digest), findings


def part_frame(summed: Summed) -> pd.DataFrame:
    """The sub-parks: zone, part, year, how many returns, and the fields that are sums, in their measures."""
    framework, sums = summed.plan.framework, summed.parts
    found = np.argwhere(sums.returns > 0)
    names = np.array([name for _, name in summed.roll.parts], dtype=object)
    zones = np.array([zone for zone, _ in summed.roll.parts], dtype=np.intp)
    part, year = found[:, 0], found[:, 1]
    keys: dict[str, Any] = {"zone": summed.zone_names[zones[part]], "part": names[part]}
    if framework.time is not None:
        keys[YEAR] = np.array(summed.years, dtype=np.int64)[year]
    keys["returns"] = sums.returns[part, year]
    cells = {name: sums.cells(summed.plan, name).values[part, year] for name in summed.plan.fields}
    return pd.DataFrame(keys | cells)


def _present(summed: Summed) -> Mapping[Key, int]:
    """Each zone and year with returns, and its number among the sums."""
    names, years = summed.zone_names, summed.years
    found = np.argwhere(summed.zones.returns > 0)
    return {(str(names[zone]), years[column]): int(zone * len(years) + column) for zone, column in found.tolist()}


def _joined(groups: Mapping[Key, int], given: Table | None, last: int) -> _Rows:
    """The rows of the sums, by name and year; of a given table those of its units, and the rows that only it has."""
    if given is None:
        keys = sorted(groups)
        return _Rows(keys, _places(groups, keys), np.full(len(keys), -1, dtype=np.intp))
    years = np.zeros(given.size, dtype=np.int64) if given.years is None else given.years
    places = {
        (str(unit), year): row
        for row, (unit, year) in enumerate(zip(given.units.tolist(), years.tolist(), strict=True))
        if year <= last
    }
    units = {unit for unit, _ in places}
    keys = sorted({*(key for key in groups if key[0] in units), *places})
    return _Rows(keys, _places(groups, keys), _places(places, keys))


def _places(known: Mapping[Key, int], keys: Sequence[Key]) -> npt.NDArray[np.intp]:
    return np.array([known.get(key, -1) for key in keys], dtype=np.intp)


def _keys(framework: Framework, keys: Sequence[Key]) -> dict[str, CellColumn]:
    columns: dict[str, CellColumn] = {UNIT: ArrowTexts(arrow_texts([unit for unit, _ in keys], pa.large_string()))}
    if framework.time is not None:
        columns[YEAR] = np.array([year for _, year in keys], dtype=np.int64)
    return columns


def _texts(given: Table | None, name: str, rows: _Rows) -> CellColumn:
    values = with_none(np.empty(0, dtype=object) if given is None else objects_in(given.cells[name]))
    return values[rows.given]


def _given_cells(given: Table | None, name: str, rows: _Rows) -> Cells:
    if given is None:
        return Cells(np.full(len(rows.keys), np.nan), np.full(len(rows.keys), State.MISSING, dtype=np.int8))
    values = np.append(np.asarray(given.cells[name], dtype=np.float64), np.nan)
    states = np.append(given.states[name], np.int8(State.MISSING))
    return Cells(values[rows.given], states[rows.given])


def _comparable(given: Cells, summed: Summed, rows: _Rows) -> Cells:
    """The given cells without those of years that mean something else in the sums: what the same members had then."""
    if summed.plan.block.prior_year != SAME_MEMBERS:
        return given
    earlier = np.array([year < summed.year for _, year in rows.keys], dtype=np.bool_)
    missing = np.int8(State.MISSING)
    return Cells(np.where(earlier, np.nan, given.values), np.where(earlier, missing, given.states))


def _summed_cells(sums: Sums, plan: MemberPlan, name: str, rows: _Rows) -> Cells:
    cells = sums.cells(plan, name)
    values, states = np.append(cells.values, np.nan), np.append(cells.states, np.int8(State.MISSING))
    return Cells(values[rows.summed], states[rows.summed])


def _first_of(own: Cells, other: Cells) -> Cells:
    known = own.states == State.VALUE
    return Cells(np.where(known, own.values, other.values), np.where(known, own.states, other.states))


def _disagreements(framework: Framework, name: str, rows: _Rows, own: Cells, given: Cells) -> Iterator[Finding]:
    """An error for each cell that the returns and the given table both have, and not alike."""
    for row in np.flatnonzero(_apart(own.values, given.values)).tolist():
        unit, year = rows.keys[row]
        field = framework.fields[name]
        measure = f" {field.measure}" if field.measure else ""
        one, other = f"{own.values[row]:.12g}{measure}", f"{given.values[row]:.12g}{measure}"
        yield Finding(
            code="sum_and_given",
            severity=Severity.ERROR,
            unit=unit,
            field=name,
            year=year if framework.time is not None else None,
            value=float(given.values[row]),
            message=Text(
                f"{field.label.zh}：年报合计 {one}，园区表 {other}",
                f"{field.label.en}: the returns sum to {one}, the table of zones says {other}",
            ),
            hint=Text("核对两处，或从园区表去掉这一列", "correct one of them, or leave the column out of the table"),
        )


def _apart(one: FloatArray, other: FloatArray) -> npt.NDArray[np.bool_]:
    both = ~np.isnan(one) & ~np.isnan(other)
    with np.errstate(invalid="ignore"):
        return np.asarray(both & (np.abs(one - other) > AGREE * np.maximum(np.abs(one), np.abs(other))))
