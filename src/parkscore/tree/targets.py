"""Compare what all units together have reached with the targets of a framework, year by year."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from parkscore.data.columns import Columns, measure_of
from parkscore.data.grid import Rows
from parkscore.data.table import State, Table
from parkscore.framework.formula import Cells, Column, LookupTable, Surroundings, compute
from parkscore.framework.models import Framework, Target
from parkscore.framework.target_formulas import (
    SHARE_OF_UNITS,
    Amount,
    TargetFormula,
    row_measures,
    target_formula,
)
from parkscore.language import Text
from parkscore.methods.points_digits import to_digits

MOST_NAMES: Final = 3
_CAN_BE_FILLED_IN: Final = (State.MISSING, State.DIVIDED_BY_ZERO, State.UNDEFINED)


@dataclass(frozen=True)
class Progress:
    """How far a target is in one year.

    value: NaN where it is not known; why: the reason then. before: the value of the year before. start: where the path
    begins, year and value, None where there is none or its value is not known.
    """

    asked: Target
    year: int
    value: float
    before: float
    start: tuple[int, float] | None
    why: Text | None

    @property
    def known(self) -> bool:
        """Whether there is a value."""
        return bool(np.isfinite(self.value))

    @property
    def outcome(self) -> str:
        """`met` where the value is at least or at most the goal, `not_met` where it is not, `unknown`."""
        if not self.known:
            return "unknown"
        return "met" if self._reaches(self.asked.goal) else "not_met"

    @cached_property
    def on_path(self) -> float:
        """The value that the path asks for in this year, the goal from the due year on; NaN where there is no path."""
        due, goal = self.asked.by, self.asked.goal
        if self.start is None or self.year < self.start[0]:
            return np.nan
        if self.year >= due:
            return goal
        begun, first = self.start
        passed = (self.year - begun) / (due - begun)
        if self.asked.way == "linear":
            return first + (goal - first) * passed
        return _power(goal / first, passed) * first if first > 0 else np.nan

    @property
    def standing(self) -> str | None:
        """`ahead` of the path, `on_path`, or `behind`; None where there is no path or no value."""
        if not self.known or not np.isfinite(self.on_path):
            return None
        value, asked = to_digits([self.value, self.on_path]).tolist()
        if value == asked:
            return "on_path"
        return "ahead" if self._reaches(self.on_path) else "behind"

    @property
    def so_far(self) -> float:
        """What the value has changed by a year since the path begins, on average; NaN in its first year."""
        if self.start is None or self.year <= self.start[0]:
            return np.nan
        return self._a_year(self.start[1], self.value, self.year - self.start[0])

    @property
    def needed(self) -> float:
        """What it must change by a year from now to the due year; NaN where the goal is met or the year has come."""
        if self.outcome != "not_met" or self.year >= self.asked.by:
            return np.nan
        return self._a_year(self.value, self.asked.goal, self.asked.by - self.year)

    @property
    def rate_measure(self) -> str | None:
        """What the changes a year are counted in: per cent on a path in equal shares, else as a difference."""
        return {None: None, "compound": "%"}.get(self.asked.way, self.change_measure)

    @property
    def change(self) -> float:
        """The difference to the year before."""
        return float(to_digits(self.value - self.before))

    @property
    def change_measure(self) -> str:
        """What a difference is counted in: points where the value is a plain number, percentage points of a share."""
        measure = self.asked.measure
        return "点" if measure is None else "百分点" if measure in ("%", "percent") else measure

    @property
    def growth_percent(self) -> float:
        """The growth since the year before in per cent; NaN for what is a percentage itself, and after 0 or less."""
        if self.change_measure in ("百分点", "千分点", "‰") or not self.before > 0:
            return np.nan
        return (self.value - self.before) / self.before * 100

    def _a_year(self, first: float, last: float, years: int) -> float:
        if self.asked.way == "linear":
            return (last - first) / years
        if self.asked.way is None or not (first > 0 and last > 0):
            return np.nan
        return (_power(last / first, 1 / years) - 1) * 100

    def _reaches(self, level: float) -> bool:
        value, wanted = to_digits([self.value, level]).tolist()
        return bool(value <= wanted if self.asked.at_most is not None else value >= wanted)


def _power(base: float, exponent: float) -> float:
    with np.errstate(over="ignore"):
        return float(np.float64(base) ** exponent)


def pursue(framework: Framework, table: Table, rows: Rows) -> tuple[Progress, ...]:
    """How far each target is in each year of the scored rows.

    A value is made of every row of its year, whatever becomes of the unit in the ranking. Where one of them lacks what
    it takes, the value is not known; what is not applicable to a unit adds nothing.
    """
    if table.years is None or not framework.targets:
        return ()
    years = np.unique(table.years)
    columns = Columns(framework, table)
    wanted = np.unique(table.years[rows]).tolist()
    return tuple(
        progress
        for target in framework.targets
        for progress in _Pursuit(framework, table, columns, years, target).over(wanted)
    )


@dataclass(frozen=True)
class _Yearly:
    """One amount in every year of a table, and the rows of each year that lack what it takes."""

    cells: Cells
    lacking: tuple[Rows, ...]


@dataclass
class _Pursuit:
    """One target over the years of a table."""

    framework: Framework
    table: Table
    columns: Columns
    years: NDArray[np.int64]
    target: Target

    def over(self, wanted: Sequence[int]) -> Iterator[Progress]:
        """The progress in these years."""
        for year in wanted:
            before = self.position(year - 1)
            yield Progress(
                asked=self.target,
                year=year,
                value=float(self.cells.values[self.position(year)]),
                before=np.nan if before < 0 else float(self.cells.values[before]),
                start=self.start,
                why=self.why(year),
            )

    def position(self, year: int) -> int:
        """Where a year stands among those of the table, -1 where it is not one of them."""
        found = np.flatnonzero(self.years == year)
        return int(found[0]) if found.size else -1

    @cached_property
    def formula(self) -> TargetFormula:
        return target_formula(self.target.value)

    @cached_property
    def cells(self) -> Cells:
        """The value in every year of the table, in the measure of the target."""
        tables = {name: LookupTable.of(each.values, each.otherwise) for name, each in self.framework.tables.items()}
        of_rows = row_measures(self.framework)
        measures = {name: amount.measure(of_rows) for name, amount in self.formula.amounts.items()}
        amounts = {name: Column(each.cells, measures[name]) for name, each in self.amounts.items()}
        found = compute(
            self.formula.over_amounts,
            _Shifted(amounts, self.before),
            measure_of(self.target.measure),
            Surroundings(self.years, self.before, tables),
        )
        shape = self.years.shape
        return Cells(np.broadcast_to(found.values, shape), np.broadcast_to(found.states, shape))

    def before(self, lag: int) -> Rows:
        """For each year the position of the year so many years earlier, or -1."""
        return np.array([self.position(year - lag) for year in self.years.tolist()], dtype=np.intp)

    @cached_property
    def amounts(self) -> Mapping[str, _Yearly]:
        return {name: self.yearly(amount) for name, amount in self.formula.amounts.items()}

    def yearly(self, amount: Amount) -> _Yearly:
        """An amount in every year: the sum, or the share of the units that it applies to."""
        of_each = self.columns.compute_parsed(amount.of_each, None)
        count = len(self.table.frame)
        values, states = np.broadcast_to(of_each.values, count), np.broadcast_to(of_each.states, count)
        totals, reasons, lacking = [], [], []
        for year in self.years.tolist():
            own = np.flatnonzero(self.table.years == year)
            applying = own[states[own] != State.NOT_APPLICABLE]
            lacking.append(applying[np.isin(states[applying], _CAN_BE_FILLED_IN)])
            total = _total(amount.function, values[applying])
            totals.append(total)
            none = State.NOT_APPLICABLE if not applying.size else State.UNDEFINED
            reasons.append(State.MISSING if lacking[-1].size else State.VALUE if np.isfinite(total) else none)
        marks = np.array(reasons, dtype=np.int8)
        return _Yearly(Cells(np.where(marks == State.VALUE, totals, np.nan), marks), tuple(lacking))

    @cached_property
    def start(self) -> tuple[int, float] | None:
        """Where the path begins; a value that is not stated is that of the data."""
        begins = self.target.start
        if begins is None:
            return None
        position = self.position(begins.year)
        of_data = np.nan if position < 0 else float(self.cells.values[position])
        value = of_data if begins.value is None else float(begins.value)
        return (begins.year, value) if np.isfinite(value) else None

    # --- reasons ---------------------------------------------------------------------------------------------------

    def why(self, year: int) -> Text | None:
        """Why there is no value in a year: the first amount that lacks rows, or what came out."""
        state = State(int(self.cells.states[self.position(year)]))
        if state is State.VALUE:
            return None
        reasons = [text for name, back in self.read(year) if (text := self.why_no_amount(name, back)) is not None]
        bases = [base for base in self.formula.base_years if base >= year]
        if bases and not reasons:
            return Text(f"{max(bases)} 年之后才有", f"counted after {max(bases)} only")
        return reasons[0] if reasons else _NO_VALUE[state]

    def read(self, year: int) -> Iterator[tuple[str, int]]:
        """Each amount with the calendar years in which a value of this year reads it."""
        for name, backs in self.formula.over_amounts.reads.items():
            for back in sorted(backs):
                yield name, year - back
            for base in sorted(self.formula.base_years):
                if base < year:
                    yield name, base

    def why_no_amount(self, name: str, year: int) -> Text | None:
        position = self.position(year)
        if position < 0:
            return Text(f"数据中没有 {year} 年", f"the data have no year {year}")
        lacking = self.amounts[name].lacking[position]
        if not lacking.size:
            return None
        units = [str(unit) for unit in self.table.units[lacking[:MOST_NAMES]]]
        more_zh, more_en = (" 等", ", ...") if len(lacking) > MOST_NAMES else ("", "")
        return Text(
            f"{year} 年 {name} 缺 {len(lacking)} 个对象：{'、'.join(units)}{more_zh}",
            f"{name} of {year} lacks {len(lacking)} units: {', '.join(units)}{more_en}",
        )


_NO_VALUE: Final = {
    State.MISSING: Text("缺失", "missing"),
    State.NOT_APPLICABLE: Text("全部不适用", "applies to no unit"),
    State.DIVIDED_BY_ZERO: Text("除数为零", "divided by zero"),
    State.UNDEFINED: Text(
        "无定义（如除数为负、年份在将来）", "undefined, such as a ratio to a negative number or a year in the future"
    ),
}


def _total(function: str, values: NDArray[np.float64]) -> float:
    """The sum or the share; from the smallest on, so that the order of rows changes no digit."""
    if not values.size:
        return float(np.nan)
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.mean(values != 0) if function == SHARE_OF_UNITS else np.sum(np.sort(values)))


class _Shifted(Mapping[tuple[str, int], Column]):
    """The amounts as columns over years, and each of them some years back."""

    def __init__(self, amounts: Mapping[str, Column], before: Callable[[int], Rows]) -> None:
        self._amounts = amounts
        self._before = before

    def __getitem__(self, key: tuple[str, int]) -> Column:
        name, back = key
        column = self._amounts[name]
        if back == 0:
            return column
        earlier = self._before(back)
        known = earlier >= 0
        values = np.where(known, column.cells.values[earlier], np.nan)
        states = np.where(known, column.cells.states[earlier], np.int8(State.MISSING)).astype(np.int8)
        return Column(Cells(values, states), column.measure)

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return iter((name, 0) for name in self._amounts)

    def __len__(self) -> int:
        return len(self._amounts)
