"""The indicators whose value is no number but one of several names: the categories of a text field."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from parkscore.data.grid import Vector
from parkscore.data.table import State, Table
from parkscore.framework.formula import Cells
from parkscore.framework.models import Node, ScoreRule
from parkscore.methods.points_lookup import folded

Texts = npt.NDArray[np.object_]


def categories_of(table: Table, field: str) -> tuple[str, ...]:
    """The texts that stand in a field, in the order of their letters; a category's code is its place among them."""
    return tuple(sorted({text for text in table.frame[field].tolist() if isinstance(text, str)}))


def category_codes(table: Table, field: str, rule: ScoreRule) -> Cells:
    """The code of each category; undefined where the rule has no points for it, missing where the cell is empty."""
    names = categories_of(table, field)
    listed = {folded(name) for name in rule.parameters.get("points", {})}
    otherwise = rule.parameters.get("otherwise") is not None
    code = {name: position for position, name in enumerate(names)}
    known = {name for name in names if otherwise or folded(name) in listed}
    texts = table.frame[field].tolist()
    values = np.array([code[text] if text in known else np.nan for text in texts], dtype=np.float64)
    given = np.array([isinstance(text, str) for text in texts], dtype=np.bool_)
    states = np.where(np.isnan(values), np.where(given, State.UNDEFINED, State.MISSING), State.VALUE)
    return Cells(values, states.astype(np.int8))


def words_of(table: Table, leaf: Node, codes: Vector) -> Texts:
    """What the codes of an indicator stand for, row by row of the table; None where there is no code."""
    names = categories_of(table, str(leaf.category))
    words = np.empty(len(codes), dtype=np.object_)
    for row, code in enumerate(codes.tolist()):
        words[row] = None if np.isnan(code) else names[int(code)]
    return words
