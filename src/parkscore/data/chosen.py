"""The indicators whose value is no number but one of several names: a category of a text field, or a tier."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from parkscore.data.columns import Columns, holds
from parkscore.data.grid import Vector
from parkscore.data.table import State, Table
from parkscore.framework.formula import Cells
from parkscore.framework.models import Node, ScoreRule
from parkscore.methods.points_lookup import folded

Texts = npt.NDArray[np.object_]


def categories_of(table: Table, field: str) -> tuple[str, ...]:
    """The texts that stand in a field, in the order of their letters; a category's code is its place among them."""
    coded = table.coded(field)
    met = np.bincount(coded.codes + 1, minlength=len(coded.texts) + 1)[1:] > 0
    return tuple(sorted(coded.texts[met].tolist()))


def category_codes(table: Table, field: str, rule: ScoreRule) -> Cells:
    """The code of each category; undefined where the rule has no points for it, missing where the cell is empty."""
    names = categories_of(table, field)
    listed = {folded(name) for name in rule.parameters.get("points", {})}
    otherwise = rule.parameters.get("otherwise") is not None
    code = {name: position for position, name in enumerate(names)}
    known = {name for name in names if otherwise or folded(name) in listed}
    coded = table.coded(field)
    # The last of each is that of a row without a text.
    values = np.array([*(code[text] if text in known else np.nan for text in coded.texts), np.nan])
    states = np.where(np.isnan(values), State.UNDEFINED, State.VALUE).astype(np.int8)
    states[-1] = State.MISSING
    return Cells(values[coded.codes], states[coded.codes])


def tier_numbers(columns: Columns, rule: ScoreRule, least: ScoreRule | None = None) -> Cells:
    """The number of the first tier whose condition holds, from 1; 0 where none holds and `otherwise` is stated.

    Where it cannot be told whether a condition holds, it counts only if every tier that may still be the first one
    earns the same. Otherwise there is no value, for the reason of the first such condition. Undefined where no
    condition holds and nothing is stated for that. least: the rule with the least points that somebody may give, where
    tiers earn pairs; then both ends of the pairs must be the same.
    """
    found = _tier_numbers(columns, rule)
    if least is None or least == rule:
        return found
    other = _tier_numbers(columns, least)
    return Cells(np.where(other.states == State.VALUE, found.values, np.nan), np.maximum(found.states, other.states))


def _tier_numbers(columns: Columns, rule: ScoreRule) -> Cells:
    """As `tier_numbers`, for points that are numbers."""
    stated = rule.parameters.get("otherwise")
    last = columns.compute(rule.parameters["tiers"][-1]["when"], None).values.shape
    undecided = np.ones(last, dtype=np.bool_)
    number, reason = np.full(last, np.nan), np.zeros(last, dtype=np.int8)
    least, most = np.full(last, np.inf), np.full(last, -np.inf)
    for position, tier in enumerate(rule.parameters["tiers"], start=1):
        cells, earned = columns.compute(tier["when"], None), float(tier["points"])
        true, unknown = holds(cells), cells.states != State.VALUE
        possible = undecided & (true | unknown)
        least, most = (
            np.where(possible, np.minimum(least, earned), least),
            np.where(possible, np.maximum(most, earned), most),
        )
        number = np.where(undecided & true, position, number)
        reason = np.where(undecided & unknown & (reason == State.VALUE), cells.states, reason)
        undecided &= ~true
    earned = np.nan if stated is None else float(stated)
    least, most = (
        np.where(undecided, np.minimum(least, earned), least),
        np.where(undecided, np.maximum(most, earned), most),
    )
    number = np.where(undecided, 0.0, number)
    states = np.where(least == most, State.VALUE, np.where(reason == State.VALUE, State.UNDEFINED, reason))
    return Cells(np.where(states == State.VALUE, number, np.nan), states.astype(np.int8))


OTHERWISE = "otherwise"
"""What the tier is called where no condition holds."""


def words_of(table: Table, leaf: Node, codes: Vector) -> Texts:
    """What the values of a named indicator stand for, row by row of the table; None where there is no value."""
    tiers = leaf.conditions
    names = (OTHERWISE, *tiers) if tiers else categories_of(table, str(leaf.category))
    words = np.array([*names, None], dtype=np.object_)
    return words[np.where(np.isnan(codes), -1, codes).astype(np.intp)]
