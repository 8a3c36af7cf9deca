"""Arithmetic and logic on columns that carry a measure, and a reason wherever there is no value.

Where operands disagree on why there is no value, the reason that no further data could remove wins: not applicable,
then divided by zero, then undefined, then missing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from parkscore.framework.formula.cells import Cells, State, States, only_in, to_shape
from parkscore.framework.measures import DIMENSIONLESS, Measure, convert
from parkscore.framework.measures import divide as divide_measures
from parkscore.framework.measures import multiply as multiply_measures
from parkscore.methods.points_digits import to_digits

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """A column, or one number for every unit, on its way through a formula.

    values: NaN wherever there is no value. reasons: why there is none, ranked by strength, see `ranked`; None where
    every cell holds a value, which is the fast way. measure: None for a bare 0, which fits any measure.
    """

    values: Floats
    reasons: States | None
    measure: Measure | None = DIMENSIONLESS


# The rank of each State: with NOT_APPLICABLE and UNDEFINED exchanged, the reason that wins is the larger number.
_RANKS: Final[States] = np.array([0, 1, 4, 3, 2], dtype=np.int8)
_VALUE: Final = _RANKS[State.VALUE]
_UNDEFINED: Final = _RANKS[State.UNDEFINED]
_DIVIDED_BY_ZERO: Final = _RANKS[State.DIVIDED_BY_ZERO]


def ranked(states: States) -> States:
    """States as ranks, so that merging them is a maximum; applied to ranks, the states again.

    >>> ranked(ranked(np.array([0, 1, 2, 3, 4], dtype=np.int8)))
    array([0, 1, 2, 3, 4], dtype=int8)
    """
    plain_or_missing = states.size == 0 or states.max() <= State.MISSING
    return states if plain_or_missing else np.asarray(_RANKS[states])


def of_cells(cells: Cells, measure: Measure) -> Value:
    """A column as it comes in; a NaN or an infinity whose state says otherwise has no value either."""
    finite = np.isfinite(cells.values)
    states = cells.states
    if finite.all() and not states.any():
        return Value(cells.values, None, measure)
    # As most columns with gaps are: a NaN wherever a reason is, and nowhere else.
    if np.array_equal(finite, states == _VALUE) and np.count_nonzero(np.isnan(cells.values)) == np.count_nonzero(
        states
    ):
        return Value(cells.values, ranked(states), measure)
    unstated = ~finite & (states == _VALUE)
    if unstated.any():
        states = np.where(unstated, Cells.of(cells.values).states, states)
    return settle(cells.values, ranked(states), measure)


def to_cells(value: Value, shape: tuple[int, ...], *, shared: bool = False) -> Cells:
    """A result as it goes out, one cell for every unit; shared: it may be the very column that was read."""
    reasons = np.zeros(shape, dtype=np.int8) if value.reasons is None else ranked(value.reasons)
    cells = Cells(to_shape(value.values, shape), to_shape(reasons, shape))
    return cells if shared else Cells(cells.values.copy(), cells.states.copy())


def merge_reasons(reasons: Sequence[States | None]) -> States | None:
    """Per cell the strongest reason among operands, None where no operand lacks a value."""
    known = [reason for reason in reasons if reason is not None]
    return reduce(np.maximum, known) if known else None


def settle(values: Any, reasons: States | None, measure: Measure | None = DIMENSIONLESS) -> Value:
    """A result with its invariants restored: what came out infinite or NaN from values is undefined."""
    floats = np.asarray(values, dtype=np.float64)
    finite = np.isfinite(floats)
    if finite.all() and reasons is None:
        return Value(floats, None, measure)
    if reasons is None:
        reasons = np.zeros((), dtype=np.int8)
    undefined = ~finite & (reasons == _VALUE)
    settled = np.maximum(reasons, only_in(undefined, _UNDEFINED)) if undefined.any() else reasons
    stray = (settled != _VALUE) & ~np.isnan(floats)
    return Value(np.where(stray, np.nan, floats) if stray.any() else floats, settled, measure)


def _with_nan(numbers: Floats, cells: Truths) -> Floats:
    """NaN in some cells of numbers that nobody else holds."""
    if numbers.ndim != 1 or numbers.shape != cells.shape:
        return np.where(cells, np.nan, numbers)
    numbers[np.flatnonzero(cells)] = np.nan
    return numbers


def in_measure(value: Value, measure: Measure | None) -> Floats:
    """The numbers in another measure of the same dimension."""
    if value.measure is None or measure is None:
        return value.values
    return convert(value.values, value.measure, measure)


def plain(value: Value) -> Floats:
    """The numbers of a ratio, 1 for 100 %."""
    return in_measure(value, DIMENSIONLESS)


def together(operands: Sequence[Value]) -> tuple[list[Floats], States | None, Measure | None]:
    """Operands in one measure (of the first that is no constant), and their merged reasons."""
    stated = [operand for operand in operands if operand.measure is not None]
    measure = next((operand.measure for operand in stated if operand.values.ndim), None)
    if measure is None and stated:
        measure = stated[0].measure
    reasons = merge_reasons([operand.reasons for operand in operands])
    return [in_measure(operand, measure) for operand in operands], reasons, measure


def each(operation: Callable[[Floats], Any], operand: Value) -> Value:
    """A function of one plain number."""
    return settle(operation(plain(operand)), operand.reasons)


def combine(operation: Callable[[Any, Any], Any], operands: Sequence[Value]) -> Value:
    """An operation between neighbours of one measure, such as addition or the larger of two."""
    columns, reasons, measure = together(operands)
    return settle(reduce(operation, columns), reasons, measure)


def add(terms: Sequence[tuple[str, Value]]) -> Value:
    """Terms with their signs, in the measure of the first that is no constant."""
    columns, reasons, measure = together([term for _, term in terms])
    total = columns[0]
    for (sign, _), column in zip(terms[1:], columns[1:], strict=True):
        total = total + column if sign == "+" else total - column
    return settle(total, reasons, measure)


def multiply(factors: Sequence[tuple[str, Value]]) -> Value:
    """Factors with * or /. Nothing is converted: the measure of the result carries the scale, exactly."""
    _, first = factors[0]
    product, measure = first.values, first.measure or DIMENSIONLESS
    reasons = [first.reasons]
    for operator, factor in factors[1:]:
        reasons.append(factor.reasons)
        if operator == "*":
            product = product * factor.values
            measure = multiply_measures(measure, factor.measure or DIMENSIONLESS)
        else:
            reasons += [_zeros(factor), _negatives(factor)]
            product = product / factor.values
            measure = divide_measures(measure, factor.measure or DIMENSIONLESS)
    return settle(product, merge_reasons(reasons), measure)


def _zeros(divisor: Value) -> States | None:
    zero = divisor.values == 0
    return only_in(zero, _DIVIDED_BY_ZERO) if zero.any() else None


def _negatives(divisor: Value) -> States | None:
    """A share of something negative says nothing: twice the loss would be half the share. Constants may be negative."""
    negative = divisor.values < 0
    return only_in(negative, _UNDEFINED) if divisor.values.ndim and negative.any() else None


def negate(operand: Value) -> Value:
    """The operand with its sign turned."""
    return Value(np.asarray(-operand.values), operand.reasons, operand.measure)


def truth(holds: Truths, reasons: States | None) -> Value:
    """1 where something holds, 0 where not."""
    return _decided(holds.astype(np.float64), reasons)


def _decided(truths: Floats, reasons: States | None) -> Value:
    """What `settle` makes of ones and zeros, none of which can come out infinite."""
    if reasons is None or not reasons.any():
        return Value(truths, reasons)
    return Value(_with_nan(truths, reasons != _VALUE), reasons)


def compare(operators: Sequence[str], operands: Sequence[Value]) -> Value:
    """A comparison, or a chain of them: false as soon as one link is false.

    Compared to twelve significant digits, as point rules are: 0.1 + 0.2 does not exceed 0.3.
    """
    links = []
    for index, operator in enumerate(operators):
        # The measure of the whole chain does not matter: each link is compared in one measure.
        (left, right), reasons, _ = together(operands[index : index + 2])
        links.append(truth(compare_digits(_COMPARISONS[operator], left, right), reasons))
    return links[0] if len(links) == 1 else every(links)


def compare_digits(comparison: Callable[[Any, Any], Truths], left: Floats, right: Floats) -> Truths:
    """Numbers compared to twelve significant digits.

    Only those that are nearly equal can become equal by rounding; all others are compared as they are.
    """
    holds = np.asarray(comparison(left, right))
    if _is_zero(left) or _is_zero(right):
        return holds  # nothing but 0 is nearly 0
    size = np.maximum(np.abs(left), np.abs(right))
    apart = np.abs(left - right)
    near = (apart <= _NEAR * size) & (apart > 0)  # what is equal stays so
    if holds.ndim == 0:
        return np.asarray(comparison(to_digits(left), to_digits(right))) if near else holds
    places = np.flatnonzero(near)
    if places.size:
        one, other = (np.broadcast_to(side, holds.shape).flat[places] for side in (left, right))
        holds.flat[places] = comparison(to_digits(one), to_digits(other))
    return holds


def _is_zero(side: Floats) -> bool:
    return not side.ndim and not side


_NEAR: Final = 1e-11
"""Rounding to twelve digits moves each of two numbers by at most five parts in 10^12."""

_COMPARISONS: Final[dict[str, Callable[[Any, Any], Truths]]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}


def every(operands: Sequence[Value]) -> Value:
    """True where all are; false where one is false, even if another has no value."""
    return _decide(operands, deciding=[operand.values == 0 for operand in operands], outcome=0.0)


def some(operands: Sequence[Value]) -> Value:
    """True where one is true, even if another has no value; false where all are false."""
    deciding = [(operand.values != 0) & ~np.isnan(operand.values) for operand in operands]
    return _decide(operands, deciding=deciding, outcome=1.0)


def _decide(operands: Sequence[Value], deciding: Sequence[Truths], outcome: float) -> Value:
    decided = reduce(np.logical_or, deciding)
    reasons = merge_reasons([operand.reasons for operand in operands])
    if reasons is not None:
        reasons = only_in(~decided, reasons)
    return _decided((decided if outcome else ~decided).astype(np.float64), reasons)


def choose(condition: Value, yes: Value, no: Value) -> Value:
    """One of two operands per cell; the one not chosen leaves no trace."""
    (left, right), reasons, measure = together([yes, no])
    holds = condition.values != 0
    chosen = np.where(holds, left, right)
    if reasons is not None:
        reasons = np.asarray(only_in(holds, reasons_of(yes)) + only_in(~holds, reasons_of(no)))
    if condition.reasons is not None:
        decided = condition.reasons == _VALUE
        reasons = condition.reasons if reasons is None else condition.reasons + only_in(decided, reasons)
        chosen = _with_nan(chosen, ~decided)
    as_they_were = left is yes.values and right is no.values  # what was converted may be beyond all floats
    return Value(chosen, reasons, measure) if as_they_were else settle(chosen, reasons, measure)


def reasons_of(value: Value) -> States:
    """The reasons of every cell, spelled out."""
    return np.zeros((), dtype=np.int8) if value.reasons is None else value.reasons


def growth(now: Value, before: Value) -> Value:
    """How much larger than before, as a share: now / before - 1.

    Computed from the difference: 115 after 100 then is exactly the double 15 %, and reaches a step from 15 % on.
    """
    ratio = multiply([("*", add([("+", now), ("-", before)])), ("/", before)])
    return settle(plain(ratio), ratio.reasons)


def compound_growth(now: Value, before: Value, years: int) -> Value:
    """The yearly growth that leads from before to now; undefined where either is negative."""
    ratio = multiply([("*", now), ("/", before)])
    # Two losses make a positive ratio, and no growth rate.
    shares = np.where((now.values < 0) | (before.values < 0), np.nan, plain(ratio))
    return settle(shares ** (1.0 / years) - 1.0, ratio.reasons)
