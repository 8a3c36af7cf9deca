"""Sizes that are not what a framework expects: a whole column in another measure, one unit with a slipped digit."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from parkscore.data.columns import Columns, measure_of
from parkscore.data.grid import Vector
from parkscore.data.table import State, Table
from parkscore.findings import Finding, Place, Severity
from parkscore.framework.measures import other_measures
from parkscore.framework.models import Expected, Framework, Rule
from parkscore.language import Text, in_digits


def mixed_up_measures(
    framework: Framework, table: Table, columns: Columns, rule: Rule, expected: Expected
) -> Iterator[Finding]:
    """A column whose typical size is another measure's: told by the median, so one unit cannot cause it."""
    place = table.origin.place(None, expected.field)
    for year, sizes in sizes_by_year(columns, table.years, expected):
        found = mixup_finding(framework, place, rule, expected, float(np.median(sizes)), year) if sizes.size else None
        if found is not None:
            yield found


def sizes_by_year(
    columns: Columns, years: NDArray[np.int64] | None, expected: Expected
) -> Iterator[tuple[int | None, Vector]]:
    """The sizes of each year's rows that have one above 0."""
    sizes = _sizes(columns, expected)
    for year in [None] if years is None else np.unique(years).tolist():
        own = sizes > 0 if year is None else (sizes > 0) & (years == year)
        yield year, sizes[own]


def times_expected(columns: Columns, expected: Expected) -> Vector:
    """How many times the size that is expected each row has; NaN where it has none."""
    return _sizes(columns, expected) / expected.expected


def unlikely_magnitudes(
    framework: Framework, columns: Columns, expected: Expected, typical: float | None = None
) -> Iterator[tuple[int, float, Text]]:
    """Rows whose size is more than the factor away from what is expected, each with its value and what to say.

    A column that as a whole is off is a matter of its measure and not of its rows: then there are none. typical: how
    many times as large as expected the median row is, among more rows than these; NaN where none has a size.
    """
    sizes = _sizes(columns, expected)
    times = times_expected(columns, expected)
    known = times > 0
    if typical is None:
        typical = float(np.median(times[known])) if known.any() else math.nan
    if math.isnan(typical) or _is_off(typical, expected.factor):
        return
    what, measure = _size(framework, expected), _size_measure(framework, expected)
    usual = f"{in_digits(expected.expected)}{measure}"
    for row in np.flatnonzero(known & ((times > expected.factor) | (times < 1 / expected.factor))):
        more = times[row] > 1
        ratio = f"{times[row] if more else 1 / times[row]:.1f}"
        message = Text(
            f"{what.zh}为 {in_digits(sizes[row])}{measure}，约为通常值（{usual}）的 "
            f"{'' if more else '1/'}{ratio}{' 倍' if more else ''}，可能错位",
            f"{what.en} is {in_digits(sizes[row])}{measure}, {ratio} times {'' if more else 'smaller than '}"
            f"the usual {usual}; a digit may have slipped",
        )
        yield int(row), float(columns[(expected.field, 0)].cells.values[row]), message


def _sizes(columns: Columns, expected: Expected) -> Vector:
    """The size of each row's field per its other field, in their measures; NaN where there is none."""
    value = columns[(expected.field, 0)].cells
    present = value.states == State.VALUE
    size = np.where(present, np.abs(value.values), np.nan)
    if expected.per is None:
        return size
    per = columns[(expected.per, 0)].cells
    known = present & (per.states == State.VALUE) & (per.values > 0)
    sizes: Vector = np.divide(size, per.values, out=np.full(len(size), np.nan), where=known)
    return sizes


def _is_off(times: float, factor: float) -> bool:
    return max(times, 1 / times) > factor


def _size(framework: Framework, expected: Expected) -> Text:
    """What a size is of: a field, or its ratio to the other field."""
    field = framework.fields[expected.field].label
    if expected.per is None:
        return field
    per = framework.fields[expected.per].label
    return Text(f"{field.zh}与{per.zh}之比", f"{field.en} per {per.en}")


def _size_measure(framework: Framework, expected: Expected) -> str:
    """The measure of a size after a space, empty where one of the fields has none."""
    names = [name for name in (expected.field, expected.per) if name is not None]
    measures = [framework.fields[name].measure for name in names]
    return f" {'/'.join(str(each) for each in measures)}" if all(measures) else ""


def mixup_finding(
    framework: Framework, place: Place, rule: Rule, expected: Expected, typical: float, year: int | None
) -> Finding | None:
    """What is to be said of a column whose median is `typical` in a year, None where that is as expected."""
    if not _is_off(typical / expected.expected, expected.factor):
        return None
    field = framework.fields[expected.field]
    what, measure = _size(framework, expected), _size_measure(framework, expected)
    likely = _likely_measure(field.measure, typical / expected.expected)
    suspicion = Text(f"，像是以{likely}填报", f"; it looks as if it were in {likely}") if likely else Text("", "")
    return Finding(
        code="measure_mixup",
        severity=Severity(rule.severity),
        place=place,
        field=expected.field,
        year=year,
        value=float(f"{typical:.6g}"),
        rule=rule.id,
        message=Text(
            f"{what.zh}的中位数为 {in_digits(typical, 4)}{measure}，"
            f"应在 {in_digits(expected.expected)}{measure} 左右{suspicion.zh}",
            f"the median of {what.en} is {in_digits(typical, 4)}{measure}, "
            f"about {in_digits(expected.expected)}{measure} is expected{suspicion.en}",
        ),
        hint=_mixup_hint(framework, expected, likely),
    )


def _mixup_hint(framework: Framework, expected: Expected, likely: str | None) -> Text:
    field = framework.fields[expected.field].label
    if likely is not None:
        header = f"{field.zh}({likely})"
        return Text(f"在表头写明实际单位，如 {header}", f"name the real measure in the header, such as {header}")
    per = framework.fields[expected.per].label if expected.per is not None else None
    others = Text(f"和{per.zh}", f" and {per.en}") if per is not None else Text("", "")
    return Text(f"检查{field.zh}{others.zh}的单位", f"check the measure of {field.en}{others.en}")


def _likely_measure(measure: str | None, times: float) -> str | None:
    """The measure of the same dimension in which the column would have the expected size."""
    own = measure_of(measure)
    if own is None:
        return None
    # 100 千元 is 0.001 亿元: a column in another measure holds numbers that are the factor to it times as large.
    distance = {str(other): abs(math.log10(times / factor)) for other, factor in other_measures(own).items()}
    nearest = min(distance, key=lambda text: distance[text], default=None)
    return nearest if nearest is not None and distance[nearest] < 0.5 else None
