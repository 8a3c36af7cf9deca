"""Judge every scored unit by the gates of the framework."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, reduce
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from parkscore.data.columns import Columns
from parkscore.data.grid import Grid, Truths, Vector
from parkscore.data.table import State, Table
from parkscore.framework.class_names import class_names
from parkscore.framework.formula import (
    Cells,
    Column,
    Formula,
    Surroundings,
    TextCells,
    check_measures,
    compute,
    parse_formula,
)
from parkscore.framework.formula.groups import groups_of
from parkscore.framework.formula.tree import Call, Comparison, Name, Negative, Node, Product, Sum, walk
from parkscore.framework.formula_words import in_words
from parkscore.framework.gate_conditions import (
    DENIED,
    ORDERED,
    TURNED,
    Condition,
    Link,
    Logic,
    gate_measures,
    labels_of_names,
    printed,
    replaced,
    take_apart,
    text_fields,
    value_name,
    with_values,
)
from parkscore.framework.measures import DIMENSIONLESS, Measure
from parkscore.framework.models import Framework, Relaxation, Requirement, Way
from parkscore.language import Text
from parkscore.methods.points_digits import to_digits
from parkscore.tree.bounds import NodeBounds
from parkscore.tree.open_parts import places_from_bottom, years_that_hold
from parkscore.tree.verdicts import (
    FALSE,
    MET,
    NOT_APPLICABLE,
    NOT_MET,
    OPEN,
    REVIEW,
    TRUE,
    UNKNOWN,
    Codes,
    Measured,
    Role,
    Said,
    Verdict,
    of_items,
    unclear_way,
)


def judge(framework: Framework, table: Table, indicators: Grid, bounds: NodeBounds) -> tuple[Verdict, ...]:
    """The verdict of each gate on every row of the table.

    indicators: their values as derived, for `value(id)`: what was filled in for want of data opens no gate. bounds:
    the least and the most that the score of each node can be; a gate is certain where both
    agree. They are compared to as many decimals as in the ranking, so that a sum of 60 that came out
    as 59.999999999999993 is 60.
    """
    judging = Judging(framework, table, indicators, bounds)
    return tuple(judging.requirement(gate, gate.id, "gate", None) for gate in framework.gates)


def judge_condition(
    framework: Framework, table: Table, indicators: Grid, bounds: NodeBounds, condition: str, name: str
) -> Verdict:
    """The verdict of one condition of the language of gates on every row, as a gate that requires it would have it."""
    requirement = Requirement(id=name, require=condition)
    return Judging(framework, table, indicators, bounds).requirement(requirement, name, "gate", None)


@dataclass(frozen=True)
class Computed:
    """What a formula of the language of gates comes to at each row, in which measure, and why it has no value."""

    cells: Cells
    said: Said
    measure: Measure | None


def compute_with_scores(
    framework: Framework, table: Table, indicators: Grid, scores: Mapping[str, Vector], text: str
) -> Computed:
    """The value of a formula that may read fields, scores of nodes and values of indicators, a row each.

    Scores count as they are, to as many decimals as in the ranking; what missing data leave open is not looked at.
    """
    judging = Judging(framework, table, indicators, NodeBounds(scores, scores))
    root = parse_formula(text).root
    measure = judging.measure_of(root)
    cells = judging.cells(Formula(text, with_values(root)), judging.low, measure)
    lacking = cells.states != State.VALUE
    return Computed(cells, judging.why_open(root, lacking, lacking, cells.states), measure)


def as_compared(scores: Vector, decimals: int) -> Vector:
    """Scores to as many decimals as the ranking compares; one too large to have them stays what it is."""
    has_decimals = np.abs(scores) < 2.0**53 / 10.0**decimals
    return np.where(has_decimals, np.round(np.where(has_decimals, scores, 0.0), decimals), scores)


class _GateColumns(Columns):
    """What gates read: fields, the class, the scores of nodes by id, and the values of indicators."""

    def __init__(self, framework: Framework, table: Table, indicators: Grid, scores: Mapping[str, Vector]) -> None:
        super().__init__(framework, table)
        self._measures = gate_measures(framework)
        self._positions = {value_name(leaf): position for position, leaf in enumerate(indicators.ids)}
        self._indicators = indicators
        self._scores = dict(scores)
        self.class_names = class_names(framework) - scores.keys()
        self._decimals = framework.ranking.decimals

    def _current(self, name: str) -> Column:
        if name in self._framework.fields or name in self.class_names:
            return super()._current(name)
        if name in self._positions:
            position, measure = self._positions[name], self._measures[name]
            cells = Cells(self._indicators.numbers[position], self._indicators.reasons[position])
            return Column(cells, measure if isinstance(measure, Measure) else None)
        scores = as_compared(self._scores[name], self._decimals)
        states = np.where(np.isnan(scores), np.int8(State.MISSING), np.int8(State.VALUE)).astype(np.int8)
        return Column(Cells(np.clip(scores, -_ENDLESS, _ENDLESS) if np.isinf(scores).any() else scores, states))

    def add(self, name: str, values: Vector) -> None:
        """One more name that can be read, as if it were a node, with its value at each row."""
        self._scores[name] = values

    @property
    def surroundings(self) -> Surroundings:
        """What the functions of groups, years and tables need to know beside the columns."""
        return self._surroundings


# An end that has no limit is computed with as this number; what then comes out beyond the other has no limit either.
_ENDLESS: Final = 1e150
_BEYOND: Final = 1e120


class _Corner(Mapping[tuple[str, int], Column]):
    """The columns of one case: some scores at their most, the others at their least."""

    def __init__(self, low: _GateColumns, high: _GateColumns, at_most: frozenset[str]) -> None:
        self._low = low
        self._high = high
        self._at_most = at_most

    def __getitem__(self, key: tuple[str, int]) -> Column:
        return (self._high if key[0] in self._at_most else self._low)[key]

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return iter(self._low)

    def __len__(self) -> int:
        return len(self._low)


@dataclass(frozen=True)
class _Range:
    """The least and the most that a part of a formula can be at each row, and why it has no value: (rows,) each."""

    low: Vector
    high: Vector
    states: Codes

    def to_digits(self) -> _Range:
        """The range to the digits that count in a comparison."""
        return _Range(to_digits(self.low), to_digits(self.high), self.states)


@dataclass(frozen=True)
class _Relaxed:
    """A relaxation at work: by how much, and for which rows, as truth codes."""

    by: Decimal
    codes: Codes


# Parts of a formula through which a score's least and most give the least and most of the whole.
_MONOTONE: Final = frozenset(
    {"lag", "min", "max", "sum", "mean", "mean_years", "sum_years", "floor", "ceil", "round", "group_mean"}
)
# Parts that look at several years or at other units, each of which gets a range of its own.
_COUNTED, _PLACE = "count_years", "group_rank_from_bottom"


@dataclass
class Judging:
    """One pass over what is asked of the rows of a table: the arguments of `judge`, and the columns made from them."""

    framework: Framework
    table: Table
    indicators: Grid
    bounds: NodeBounds

    @property
    def rows(self) -> int:
        """How many rows the table has."""
        return self.table.size

    @cached_property
    def measures(self) -> Mapping[str, object]:
        """What can be read, with its measure."""
        return gate_measures(self.framework)

    @cached_property
    def texts(self) -> frozenset[str]:
        """The text fields."""
        return text_fields(self.framework)

    @cached_property
    def low(self) -> _GateColumns:
        """What is read where every score is the least it can be."""
        return _GateColumns(self.framework, self.table, self.indicators, self.bounds.low)

    @cached_property
    def high(self) -> _GateColumns:
        """What is read where every score is the most it can be."""
        return _GateColumns(self.framework, self.table, self.indicators, self.bounds.high)

    @cached_property
    def unsettled(self) -> set[str]:
        """The nodes with a score that is not settled at some row, and the parts of formulas that are not."""
        low, high = self.bounds.low, self.bounds.high
        return {each for each in low if not np.array_equal(low[each], high[each], equal_nan=True)}

    # --- requirements ----------------------------------------------------------------------------------------------

    def requirement(self, asked: Requirement, path: str, role: Role, relaxed: _Relaxed | None) -> Verdict:
        """The verdict of one requirement: what it asks, then who goes around it."""
        around: list[Verdict] = []
        if asked.relax is not None:
            around.append(self.formula(asked.relax.when, f"{path}#relax", "relax", None, wanted=True))
            relaxed = _relaxed(asked.relax, around[0].codes)
        kind, codes, parts = self.asked(asked, path, relaxed)
        if asked.miss is not None:
            codes = np.where(codes == NOT_MET, REVIEW, codes)
        said = Said.nothing(self.rows)
        around_it: tuple[tuple[Role, tuple[Way, ...], np.int8], ...] = (
            ("bypass", asked.bypass, MET),
            ("exempt", asked.exempt, NOT_APPLICABLE),
        )
        for way_kind, ways, outcome in around_it:
            opened = [
                self.formula(way.when, f"{path}#{way_kind}.{number}", way_kind, None, wanted=True, name=way.label)
                for number, way in enumerate(ways, start=1)
            ]
            around += opened
            codes, said = _go_around(codes, said, opened, outcome)
        if asked.when is not None:
            when = self.formula(asked.when, f"{path}#when", "when", None, wanted=True)
            around.append(when)
            codes, said = _only_when(codes, said, when)
        return Verdict(
            path=path,
            role=role,
            kind=kind,
            text=asked.label,
            codes=codes.astype(np.int8),
            said=said,
            parts=(*parts, *around),
            needs=asked.at_least.count if asked.at_least is not None else None,
            miss=asked.miss,
            may_not_apply=(codes != NOT_APPLICABLE) & _may_fall_out(parts, around, self.rows),
        )

    def asked(self, asked: Requirement, path: str, relaxed: _Relaxed | None) -> tuple[str, Codes, tuple[Verdict, ...]]:
        """What a requirement asks, whoever may go around it: its kind, its outcomes, and its parts."""
        if asked.items:
            items = tuple(self.requirement(item, f"{path}/{item.id}", "item", relaxed) for item in asked.items)
            kind = "all" if asked.all else "any" if asked.any else "at_least"
            needed = None if asked.all else 1 if asked.at_least is None else asked.at_least.count
            fall_out = [_may_not_apply(item) for item in items]
            return kind, of_items([item.codes for item in items], needed, fall_out), items
        conditions: tuple[tuple[Role, str | None, np.int8, np.int8], ...] = (
            ("require", asked.require, MET, NOT_MET),
            ("veto", asked.veto, NOT_MET, MET),
            ("review", asked.review, REVIEW, MET),
        )
        for role, text, holds, fails in conditions:
            if text is not None:
                part = self.formula(text, f"{path}#{role}", role, relaxed, wanted=role == "require")
                outcomes = np.array([fails, holds, UNKNOWN], dtype=np.int8)  # of false, true, open
                return role, outcomes[part.codes], (part,)
        raise ValueError(path)  # refused by check_gates

    # --- conditions ------------------------------------------------------------------------------------------------

    def formula(
        self, text: str, path: str, role: Role, relaxed: _Relaxed | None, *, wanted: bool, name: Text | None = None
    ) -> Verdict:
        """The verdict of a formula, comparison by comparison."""
        condition = take_apart(parse_formula(text).root, self.texts)
        verdict = self.condition(condition, path, relaxed, wanted=wanted)
        return replace(verdict, role=role, text=name or verdict.text)

    def condition(self, condition: Condition, path: str, relaxed: _Relaxed | None, *, wanted: bool) -> Verdict:
        """The verdict of a part of a formula; `wanted` is the truth that is good for the unit."""
        text = in_words(with_values(condition.node), self.labels)
        if isinstance(condition, Link):
            return self.link(condition, path, text, relaxed, wanted=wanted)
        if not isinstance(condition, Logic):
            return self.plain(condition.node, path, text, wanted=wanted)
        inner = wanted if condition.kind != "not" else not wanted
        parts = tuple(
            self.condition(part, f"{path}.{number}", relaxed, wanted=inner)
            for number, part in enumerate(condition.parts, start=1)
        )
        codes = _JOINED[condition.kind]([part.codes for part in parts])
        nothing = Said.nothing(self.rows)
        written = printed(condition.node)
        return Verdict(path, "part", condition.kind, text, codes, nothing, parts, wanted=wanted, condition=written)

    def plain(self, node: Node, path: str, text: Text, *, wanted: bool) -> Verdict:
        """A condition without a threshold."""
        truth = self.range_of(node, DIMENSIONLESS)
        codes = np.where(truth.low != 0, TRUE, FALSE)
        codes = np.where(np.isnan(truth.low) | (truth.low != truth.high), OPEN, codes).astype(np.int8)
        said = self.why_open(node, codes == OPEN, codes == OPEN, truth.states)
        texts = self.text_of(node)
        written = printed(node)
        return Verdict(path, "part", "condition", text, codes, said, texts=texts, wanted=wanted, condition=written)

    def text_of(self, node: Node) -> NDArray[np.object_] | None:
        """The texts that a condition reads, where they are of one field in one year."""
        read = [(name, years) for name, years in Formula("", node).reads.items() if name in self.texts]
        if len(read) != 1 or len(read[0][1]) != 1:
            return None
        cells = self.low[read[0][0], min(read[0][1])].cells
        return cells.values if isinstance(cells, TextCells) else None

    def link(self, link: Link, path: str, text: Text, relaxed: _Relaxed | None, *, wanted: bool) -> Verdict:
        """A comparison of numbers."""
        measure = self.measure_of(link.value)
        value, threshold = (self.range_of(each, measure).to_digits() for each in (link.value, link.threshold))
        codes = _compared(link.operator, value, threshold)
        eased = np.full(self.rows, np.nan)
        applies = np.full(self.rows, FALSE)
        if relaxed is not None and link.fixed and link.operator in ORDERED:
            applies = relaxed.codes
            eased = np.where(applies == FALSE, np.nan, _eased(link.operator, threshold.low, relaxed.by, wanted=wanted))
            easier = _compared(link.operator, value, _Range(eased, eased, np.zeros_like(threshold.states)))
            unsure = (applies == OPEN) & (codes != easier)
            codes = np.where(applies == TRUE, easier, np.where(unsure, OPEN, codes)).astype(np.int8)
        unclear = (codes == OPEN) & ~(value.low < value.high)  # elsewhere the numbers say it
        said = self.why_open(link.node, codes == OPEN, unclear, np.maximum(value.states, threshold.states))
        bar = np.where(applies == TRUE, eased, threshold.low)
        short = np.where(codes == OPEN, np.nan, _short_by(link.operator, value.low, bar, wanted=wanted))
        exactly = (short == 0) & ((codes == TRUE) != wanted) & (link.operator in ORDERED)
        said = said.adding(exactly, _not_enough(link, text, wanted=wanted))
        measured = Measured(
            value=value.low,
            value_to=value.high,
            operator=link.operator,
            threshold=threshold.low,
            relaxed_to=eased,
            relaxed=applies,
            short_by=short,
            measure=measure.text if measure is not None else None,
        )
        written = printed(link.node)
        return Verdict(
            path, "part", "comparison", text, codes, said, measured=measured, wanted=wanted, condition=written
        )

    def measure_of(self, node: Node) -> Measure | None:
        """The measure in which a part of a formula comes out, None for a plain number."""
        measure = check_measures(Formula("", with_values(node)), self.measures, None)[0]  # type: ignore[arg-type]
        return measure if measure is not None and measure.dimension else None

    def range_of(self, node: Node, measure: Measure | None) -> _Range:
        """The least and the most that a part of a formula can be in a measure, given the bounds of the scores in it."""
        formula = Formula("", replaced(with_values(node), self.with_range))
        unsettled = sorted(formula.names & self.unsettled)
        corners = [
            self.cells(formula, _Corner(self.low, self.high, frozenset(at_most)), measure)
            for at_most in _choices(unsettled)
        ]
        values = np.stack([cells.values for cells in corners])
        low, high = values.min(axis=0), values.max(axis=0)
        if unsettled:
            open_rows, monotone = self.open_rows(formula), _monotone(formula.root, unsettled)
            low = np.where(open_rows & ((low < -_BEYOND) | (not monotone)), -np.inf, low)
            high = np.where(open_rows & ((high > _BEYOND) | (not monotone)), np.inf, high)
        return _Range(low, high, reduce(np.maximum, [cells.states for cells in corners]))

    def with_range(self, node: Node) -> Node | None:
        """A part that looks at several years, or at the places of others, as a name with a range of its own, else None.

        A year that is not in the data leaves a count of years open, and an open score or a gap the places of its group.
        """
        if not isinstance(node, Call) or node.function not in (_COUNTED, _PLACE):
            return None
        if node.function == _COUNTED:
            low, high = self.years_that_hold(node)
        else:
            low, high = self.places(node)
            settled = np.array_equal(low, high, equal_nan=True)
            if settled and not Formula("", with_values(node)).names & self.unsettled:
                return None
        name = printed(node)
        self.low.add(name, low)
        self.high.add(name, high)
        if not np.array_equal(low, high, equal_nan=True):
            self.unsettled.add(name)
        return Name(name, node.offset)

    def years_that_hold(self, call: Call) -> tuple[Vector, Vector]:
        """The least and the most of `count_years` at each row."""
        codes = self.condition(take_apart(call.arguments[0], self.texts), "", None, wanted=True).codes
        before = self.low.surroundings.before
        return years_that_hold(codes, [np.arange(self.rows), *(before(years) for years in range(1, call.years))])

    def places(self, call: Call) -> tuple[Vector, Vector]:
        """The least and the most of `group_rank_from_bottom` at each row."""
        inner, *by = call.arguments
        value = self.range_of(inner, self.measure_of(inner))
        texts = [self.low[each.name, 0].cells for each in by if isinstance(each, Name)]
        years = self.low.surroundings.years
        groups = groups_of(years, [each for each in texts if isinstance(each, TextCells)])
        return places_from_bottom(value.low, value.high, groups, value.states == State.MISSING, years)

    def open_rows(self, formula: Formula) -> Truths:
        """The rows at which a score that a formula reads is not settled; all where one is that others read, too."""
        rows = np.zeros(self.rows, dtype=np.bool_)
        for name, years in formula.reads.items():
            for back in years if name in self.unsettled else ():
                low, high = self.low[name, back].cells.values, self.high[name, back].cells.values
                rows |= low < high
        return rows if formula.row_local else np.full_like(rows, rows.any())

    def cells(self, formula: Formula, columns: Mapping[tuple[str, int], Column], measure: Measure | None) -> Cells:
        """A formula on some columns, a cell for every row."""
        cells = compute(formula, columns, measure, self.low.surroundings)
        shape = (self.rows,)
        return Cells(np.broadcast_to(cells.values, shape), np.broadcast_to(cells.states, shape))

    # --- reasons ---------------------------------------------------------------------------------------------------

    def why_open(self, node: Node, rows: Truths, unclear: Truths, states: Codes) -> Said:
        """Why a comparison cannot be told at these rows: the first name that lacks a value, else what came out.

        unclear: the rows at which something must be said even where no name lacks a value.
        """
        said = Said.nothing(self.rows)
        if not rows.any():
            return said
        said = said.adding(unclear, _CANNOT_BE_TOLD)
        for state, word in _NO_NUMBER.items():
            said = said.adding(unclear & (states == state), word)
        for name, years in reversed(list(Formula("", with_values(node)).reads.items())):
            for back in sorted(years, reverse=True):
                said = self.why_no_value(name, back, rows, said)
        return said

    def why_no_value(self, name: str, back: int, rows: Truths, said: Said) -> Said:
        """The reasons with those of a name that has no value at some of these rows."""
        states, label = self.low[name, back].cells.states, self.label(name, back)
        for state, (zh, en) in _NO_VALUE.items():
            lacking = rows & (states == state)
            if name in self.low.class_names:
                zh, en = _NO_CLASS
            if lacking.any():
                said = said.adding(lacking, Text(zh.format(label.zh), en.format(label.en)))
        return said

    def label(self, name: str, back: int) -> Text:
        """What a name in a formula is called, with the years that it looks back."""
        label = self.labels.get(name, Text(name, name))
        when = {0: Text("", ""), 1: Text("上年", " a year before")}.get(
            back, Text(f"前 {back} 年", f" {back} years before")
        )
        return Text(when.zh + label.zh, label.en + when.en)

    @cached_property
    def labels(self) -> Mapping[str, Text]:
        """What names in formulas are called."""
        return labels_of_names(self.framework)


_CANNOT_BE_TOLD: Final = Text("不能判断", "cannot be told")
_NO_NUMBER: Final = {
    State.DIVIDED_BY_ZERO: Text("除数为零", "divided by zero"),
    State.UNDEFINED: Text(
        "无定义（如除数为负、年份在将来）", "undefined, such as a ratio to a negative number or a year in the future"
    ),
}
_NO_CLASS: Final = ("没有{}", "there is no {}")
_NO_VALUE: Final = {
    State.MISSING: ("{}缺失", "{} is missing"),
    State.NOT_APPLICABLE: ("{}填为不适用", "{} is given as not applicable"),
    State.DIVIDED_BY_ZERO: ("{}除数为零", "{} is divided by zero"),
    State.UNDEFINED: ("{}无定义", "{} is undefined"),
}


def _relaxed(relax: Relaxation, codes: Codes) -> _Relaxed:
    return _Relaxed(Decimal(repr(float(relax.by))), codes)


def _eased(operator: str, thresholds: Vector, by: Decimal, *, wanted: bool) -> Vector:
    """Thresholds that are easier by a share, computed as decimals: 5 % less 20 % is 4 % to the last digit."""
    lowers = (operator in (">", ">=")) == wanted
    factor = 1 - by if lowers else 1 + by
    known = {value: float(Decimal(repr(value)) * factor) for value in np.unique(thresholds).tolist()}
    return np.array([known.get(value, np.nan) for value in thresholds.tolist()])


def _compared(operator: Comparison, value: _Range, threshold: _Range) -> Codes:
    """Whether a comparison holds for all that value and threshold can be, for nothing of it, or cannot be told."""
    if operator in ("<", "<="):
        return _compared(TURNED[operator], threshold, value)
    if operator in (">", ">="):
        holds = np.greater if operator == ">" else np.greater_equal
        sure, possible = holds(value.low, threshold.high), holds(value.high, threshold.low)
    else:
        apart = (value.low > threshold.high) | (value.high < threshold.low)
        same = (value.low == value.high) & (threshold.low == threshold.high) & (value.low == threshold.low)
        sure, possible = (same, ~apart) if operator == "==" else (apart, ~same)
    nothing = np.isnan(value.low) | np.isnan(value.high) | np.isnan(threshold.low) | np.isnan(threshold.high)
    return np.where(nothing | (possible & ~sure), OPEN, np.where(sure, TRUE, FALSE)).astype(np.int8)


def _short_by(operator: Comparison, value: Vector, threshold: Vector, *, wanted: bool) -> Vector:
    """How much is missing to what is good for the unit, 0 where nothing is; NaN where no amount would do it."""
    good = operator if wanted else DENIED[operator]
    with np.errstate(over="ignore", invalid="ignore"):
        gap = value - threshold
    if good == "!=":
        return np.where(gap == 0, np.nan, 0.0)
    short = np.abs(gap) if good == "==" else np.maximum(-gap if good in (">", ">=") else gap, 0.0)
    return np.where(np.isfinite(short), short, np.nan)


def _not_enough(link: Link, text: Text, *, wanted: bool) -> Text:
    """To reach a threshold that must be passed is not enough."""
    good = link.operator if wanted else DENIED[link.operator]
    above = good in (">", ">=")
    return Text(
        f"{text.zh}：正好等于门槛，须{'高' if above else '低'}于它",
        f"{text.en}: equal to the threshold, and it must be {'above' if above else 'below'} it",
    )


def _may_fall_out(parts: Sequence[Verdict], around: Sequence[Verdict], rows: int) -> Truths:
    """The rows at which a requirement may turn out not to apply: as a whole, or because no item of it is left."""
    nothing = np.zeros(rows, dtype=np.bool_)
    open_ways = [part.codes == OPEN for part in around if part.role in ("exempt", "when")]
    bypassed = [part.codes == TRUE for part in around if part.role == "bypass"]
    left = [(part.codes != NOT_APPLICABLE) & ~_may_not_apply(part) for part in parts if part.is_requirement]
    none_left = ~reduce(np.logical_or, [*left, *bypassed]) if left else nothing
    return reduce(np.logical_or, open_ways, none_left)


def _may_not_apply(item: Verdict) -> Truths:
    """The rows at which an item may turn out not to apply."""
    return np.zeros(len(item.codes), dtype=np.bool_) if item.may_not_apply is None else item.may_not_apply


def _all(codes: Sequence[Codes]) -> Codes:
    return _decided(np.stack(codes), FALSE, TRUE)


def _any(codes: Sequence[Codes]) -> Codes:
    return _decided(np.stack(codes), TRUE, FALSE)


def _decided(codes: Codes, deciding: np.int8, otherwise: np.int8) -> Codes:
    """One code that decides by itself, in each column; else open where one is open."""
    one, unsure = (codes == deciding).any(axis=0), (codes == OPEN).any(axis=0)
    return np.select([one, unsure], [deciding, OPEN], otherwise).astype(np.int8)


def _not(codes: Sequence[Codes]) -> Codes:
    return np.array([TRUE, FALSE, OPEN], dtype=np.int8)[codes[0]]


_JOINED: Final = {"and": _all, "or": _any, "not": _not}


def _go_around(codes: Codes, said: Said, ways: Sequence[Verdict], outcome: np.int8) -> tuple[Codes, Said]:
    """An open way leads to its outcome; where one cannot be told, only what is met stays what it is."""
    if not ways:
        return codes, said
    unsure = reduce(np.logical_or, [way.codes == OPEN for way in ways])
    taken = reduce(np.logical_or, [way.codes == TRUE for way in ways])
    for way in reversed(ways):
        said = said.adding((way.codes == OPEN) & ~taken & (codes != MET), unclear_way(way.text))
    for way in reversed(ways):
        said = said.adding(way.codes == TRUE, _THROUGH[int(outcome)](way.text))
    return np.where(taken, outcome, np.where(unsure & (codes != MET), UNKNOWN, codes)).astype(np.int8), said


_THROUGH: Final = {
    int(MET): lambda name: Text(f"直通：{name.zh}", f"bypass: {name.en}"),
    int(NOT_APPLICABLE): lambda name: Text(f"豁免：{name.zh}", f"exempt: {name.en}"),
}


def _only_when(codes: Codes, said: Said, when: Verdict) -> tuple[Codes, Said]:
    """Asked only where a condition holds."""
    said = said.adding(when.codes == FALSE, Text(f"只适用于 {when.text.zh}", f"only asked where {when.text.en}"))
    unclear = Text(f"不能判断是否适用：{when.text.zh}", f"it cannot be told whether it is asked: {when.text.en}")
    said = said.adding(when.codes == OPEN, unclear)
    return np.select([when.codes == FALSE, when.codes == OPEN], [NOT_APPLICABLE, UNKNOWN], codes).astype(np.int8), said


def _choices(names: Sequence[str]) -> Iterator[list[str]]:
    """Every choice of some of the names."""
    for kept in product((False, True), repeat=len(names)):
        yield [name for name, keep in zip(names, kept, strict=True) if keep]


def _monotone(root: Node, unsettled: Sequence[str]) -> bool:
    """Whether the least and most of the scores give the least and most of a formula."""
    names = [node.name for node in walk(root) if isinstance(node, Name) and node.name in unsettled]
    return len(names) == len(set(names)) and _plain_path(root, frozenset(unsettled))


def _plain_path(node: Node, unsettled: frozenset[str]) -> bool:
    if not any(isinstance(part, Name) and part.name in unsettled for part in walk(node)):
        return True
    match node:
        case Name():
            return True
        case Negative(operand=operand):
            return _plain_path(operand, unsettled)
        case Sum(terms=pairs):
            return all(_plain_path(each, unsettled) for _, each in pairs)
        case Product(factors=pairs):
            return all(operator == "*" and _plain_path(each, unsettled) for operator, each in pairs)
        case Call(function=function, arguments=arguments) if function in _MONOTONE:
            return all(_plain_path(each, unsettled) for each in arguments)
    return False
