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

from parkscore.framework.formula.cells import State, States
from parkscore.framework.measures import DIMENSIONLESS, Measure, convert
from parkscore.framework.measures import divide as divide_measures
from parkscore.framework.measures import multiply as multiply_measures

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """A column, or one number for every unit, on its way through a formula.

    values: NaN wherever there is no value. states: None where every cell holds a value, which is the fast way.
    measure: None for a bare 0, which fits any measure.
    """

    values: Floats
    states: States | None
    measure: Measure | None = DIMENSIONLESS


# Exchanges NOT_APPLICABLE and UNDEFINED, so that the larger number is the reason that wins; its own inverse.
_STRENGTH: Final[States] = np.array([0, 1, 4, 3, 2], dtype=np.int8)


def merge_states(states: Sequence[States | None]) -> States | None:
    """Per cell the strongest reason among operands, None where no operand lacks a value."""
    known = [_STRENGTH[state] for state in states if state is not None]
    return _STRENGTH[reduce(np.maximum, known)] if known else None


def settle(values: Any, states: States | None, measure: Measure | None = DIMENSIONLESS) -> Value:
    """A result with its invariants restored: what came out infinite or NaN from values is undefined."""
    floats = np.asarray(values, dtype=np.float64)
    finite = np.isfinite(floats)
    if states is None:
        if finite.all():
            return Value(floats, None, measure)
        settled = np.where(finite, State.VALUE, State.UNDEFINED)
    else:
        settled = np.where(finite | (states != State.VALUE), states, State.UNDEFINED)
    return Value(np.where(settled == State.VALUE, floats, np.nan), settled.astype(np.int8), measure)


def in_measure(value: Value, measure: Measure | None) -> Floats:
    """The numbers in another measure of the same dimension."""
    if value.measure is None or measure is None:
        return value.values
    return convert(value.values, value.measure, measure)


def plain(value: Value) -> Floats:
    """The numbers of a ratio, 1 for 100 %."""
    return in_measure(value, DIMENSIONLESS)


def together(operands: Sequence[Value]) -> tuple[list[Floats], States | None, Measure | None]:
    """Operands in one measure (of the first that is no constant), and their merged states."""
    stated = [operand for operand in operands if operand.measure is not None]
    measure = next((operand.measure for operand in stated if operand.values.ndim), None)
    if measure is None and stated:
        measure = stated[0].measure
    states = merge_states([operand.states for operand in operands])
    return [in_measure(operand, measure) for operand in operands], states, measure


def each(operation: Callable[[Floats], Any], operand: Value) -> Value:
    """A function of one plain number."""
    return settle(operation(plain(operand)), operand.states)


def combine(operation: Callable[[Any, Any], Any], operands: Sequence[Value]) -> Value:
    """An operation between neighbours of one measure, such as addition or the larger of two."""
    columns, states, measure = together(operands)
    return settle(reduce(operation, columns), states, measure)


def add(terms: Sequence[tuple[str, Value]]) -> Value:
    """Terms with their signs, in the measure of the first that is no constant."""
    columns, states, measure = together([term for _, term in terms])
    total = columns[0]
    for (sign, _), column in zip(terms[1:], columns[1:], strict=True):
        total = total + column if sign == "+" else total - column
    return settle(total, states, measure)


def multiply(factors: Sequence[tuple[str, Value]]) -> Value:
    """Factors with * or /. Nothing is converted: the measure of the result carries the scale, exactly."""
    _, first = factors[0]
    product, measure = first.values, first.measure or DIMENSIONLESS
    states = [first.states]
    for operator, factor in factors[1:]:
        states.append(factor.states)
        if operator == "*":
            product = product * factor.values
            measure = multiply_measures(measure, factor.measure or DIMENSIONLESS)
        else:
            states.append(_zeros(factor))
            product = product / factor.values
            measure = divide_measures(measure, factor.measure or DIMENSIONLESS)
    return settle(product, merge_states(states), measure)


def _zeros(divisor: Value) -> States | None:
    zero = divisor.values == 0
    return np.where(zero, State.DIVIDED_BY_ZERO, State.VALUE).astype(np.int8) if zero.any() else None


def negate(operand: Value) -> Value:
    """The operand with its sign turned."""
    return Value(np.asarray(-operand.values), operand.states, operand.measure)


def truth(holds: Truths, states: States | None) -> Value:
    """1 where something holds, 0 where not."""
    return settle(holds.astype(np.float64), states)


def compare(operators: Sequence[str], operands: Sequence[Value]) -> Value:
    """A comparison, or a chain of them: false as soon as one link is false."""
    links = []
    for index, operator in enumerate(operators):
        # The measure of the whole chain does not matter: each link is compared in one measure.
        (left, right), states, _ = together(operands[index : index + 2])
        links.append(truth(_COMPARISONS[operator](left, right), states))
    return links[0] if len(links) == 1 else every(links)


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
    states = merge_states([operand.states for operand in operands])
    if states is not None:
        states = np.where(decided, np.int8(State.VALUE), states)
    return settle(np.where(decided, outcome, 1.0 - outcome), states)


def choose(condition: Value, yes: Value, no: Value) -> Value:
    """One of two operands per cell; the one not chosen leaves no trace."""
    (left, right), _, measure = together([yes, no])
    holds = condition.values != 0
    if condition.states is None and yes.states is None and no.states is None:
        return settle(np.where(holds, left, right), None, measure)
    states = np.where(holds, states_of(yes), states_of(no))
    states = np.where(states_of(condition) == State.VALUE, states, states_of(condition))
    return settle(np.where(holds, left, right), states, measure)


def states_of(value: Value) -> States:
    """The states of every cell, spelled out."""
    return np.zeros((), dtype=np.int8) if value.states is None else value.states


def growth(now: Value, before: Value) -> Value:
    """How much larger than before, as a share: now / before - 1."""
    ratio = multiply([("*", now), ("/", before)])
    return settle(plain(ratio) - 1.0, ratio.states)


def compound_growth(now: Value, before: Value, years: int) -> Value:
    """The yearly growth that leads from before to now; undefined where either is negative."""
    ratio = multiply([("*", now), ("/", before)])
    # Two losses make a positive ratio, and no growth rate.
    shares = np.where((now.values < 0) | (before.values < 0), np.nan, plain(ratio))
    return settle(shares ** (1.0 / years) - 1.0, ratio.states)
