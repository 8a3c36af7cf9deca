"""Compare what all units together have reached with the targets of a framework, year by year."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from parkscore.data.cohorts import years_of
from parkscore.data.columns import Columns, measure_of
from parkscore.data.grid import Rows, Vector
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
from parkscore.language import Text, plural
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
    found = {
        key: YearAmount(
            total_in_order(key.function, np.sort(own.values)), bool(own.applying), len(own.lacking), own.named(table)
        )
        for key, own in amounts_of(framework, table).items()
    }
    return progress_of(framework, found, np.unique(table.years[rows]).tolist())


def progress_of(
    framework: Framework, amounts: Mapping[AmountKey, YearAmount], wanted: Sequence[int]
) -> tuple[Progress, ...]:
    """As `pursue`, from the amounts of every year of the data; wanted: the years that are scored."""
    years = np.array(sorted({key.year for key in amounts}), dtype=np.int64)
    return tuple(
        progress
        for target in framework.targets
        for progress in _Pursuit(framework, amounts, years, target).over(wanted)
    )


class AmountKey(NamedTuple):
    """One amount over the units of one year: its name, as it stands in formulas, its function, and the year."""

    name: str
    function: str
    year: int


@dataclass(frozen=True)
class OfEach:
    """What the rows of one table have for an amount: the numbers that are there, how many it applies to, who lacks it.

    lacking: rows, ascending.
    """

    values: Vector
    applying: int
    lacking: Rows

    def named(self, table: Table) -> tuple[str, ...]:
        """The first units that lack it."""
        return tuple(str(unit) for unit in table.units[self.lacking[:MOST_NAMES]])


def amounts_of(framework: Framework, table: Table) -> dict[AmountKey, OfEach]:
    """What the rows of a table that has years add to each amount that a target of the framework reads."""
    columns, count = Columns(framework, table), table.size
    found = {}
    for name, amount in amounts_read(framework).items():
        of_each = columns.compute_parsed(amount.of_each, None)
        values, states = np.broadcast_to(of_each.values, count), np.broadcast_to(of_each.states, count)
        for year, own in years_of(table, np.arange(count)):
            applying = own[states[own] != State.NOT_APPLICABLE]
            lacks = np.isin(states[applying], _CAN_BE_FILLED_IN)
            key = AmountKey(name, amount.function, int(year or 0))
            found[key] = OfEach(values[applying[~lacks]].astype(np.float64), len(applying), applying[lacks])
    return found


def amounts_read(framework: Framework) -> dict[str, Amount]:
    """Every amount that a target reads, by its name."""
    return {name: amount for each in framework.targets for name, amount in target_formula(each.value).amounts.items()}


@dataclass(frozen=True)
class YearAmount:
    """One amount over all units of a year.

    total: of the units that have it, NaN where none has. applies: whether it applies to any. lacking: how many lack it
    to whom it applies; units: the first of them.
    """

    total: float
    applies: bool
    lacking: int
    units: tuple[str, ...]

    @property
    def state(self) -> State:
        """Whether there is a value, or why not."""
        if self.lacking:
            return State.MISSING
        if np.isfinite(self.total):
            return State.VALUE
        return State.UNDEFINED if self.applies else State.NOT_APPLICABLE


@dataclass
class _Pursuit:
    """One target over the years of the data."""

    framework: Framework
    given: Mapping[AmountKey, YearAmount]
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
        amounts = {name: Column(self.yearly(name), measures[name]) for name in measures}
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

    def of(self, name: str, year: int) -> YearAmount:
        """One amount in one year of the data."""
        return self.given[AmountKey(name, self.formula.amounts[name].function, year)]

    def yearly(self, name: str) -> Cells:
        """One amount in every year."""
        found = [self.of(name, year) for year in self.years.tolist()]
        marks = np.array([each.state for each in found], dtype=np.int8)
        return Cells(np.where(marks == State.VALUE, [each.total for each in found], np.nan), marks)

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
        if self.position(year) < 0:
            return Text(f"数据中没有 {year} 年", f"the data have no year {year}")
        found = self.of(name, year)
        if not found.lacking:
            return None
        more_zh, more_en = (" 等", ", ...") if found.lacking > MOST_NAMES else ("", "")
        return Text(
            f"{year} 年 {name} 缺 {found.lacking} 个对象：{'、'.join(found.units)}{more_zh}",
            f"{name} of {year} lacks {plural(found.lacking, 'unit')}: {', '.join(found.units)}{more_en}",
        )


_NO_VALUE: Final = {
    State.MISSING: Text("缺失", "missing"),
    State.NOT_APPLICABLE: Text("全部不适用", "applies to no unit"),
    State.DIVIDED_BY_ZERO: Text("除数为零", "divided by zero"),
    State.UNDEFINED: Text(
        "无定义（如除数为负、年份在将来）", "undefined, such as a ratio to a negative number or a year in the future"
    ),
}


def total_in_order(function: str, values: NDArray[np.float64]) -> float:
    """The sum or the share of numbers from the smallest on, so that the order of rows changes no digit; NaN of none."""
    if not values.size:
        return float(np.nan)
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.mean(values != 0) if function == SHARE_OF_UNITS else np.sum(values))


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
