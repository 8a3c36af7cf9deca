"""Scores that somebody gave, beside the bands that the rules chose for them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from parkscore.data.capping import MOST
from parkscore.data.chosen import categories_of
from parkscore.data.columns import Columns, parse
from parkscore.data.grid import Rows, States, Truths, Vector
from parkscore.data.table import State, Table
from parkscore.findings import Finding, Severity
from parkscore.framework.formula import Cells
from parkscore.framework.models import Node, ScoreRule
from parkscore.framework.settings import SIGN, Settings
from parkscore.language import Text
from parkscore.methods import DomainError, scoring
from parkscore.methods.points_digits import to_digits

GIVEN = "given"
OUTSIDE_BAND = "outside_band"
NOT_WHOLE = "not_whole"
NO_BAND = "no_band"
NOT_COUNTED: Final = frozenset({OUTSIDE_BAND, NOT_WHOLE})
"""The errors that leave an indicator of one row without a score, while the other rows are scored."""


@dataclass(frozen=True)
class Given:
    """The given scores of one indicator, (rows of the table,) each.

    values, states: what the rule looks at, as derived. given: the scores as they stand in the table. low, high: the
    band that the rule chose; NaN where it chose none.
    """

    values: Vector
    states: States
    given: Cells
    low: Vector
    high: Vector
    whole: bool

    @property
    def outside(self) -> Truths:
        """Where a given score lies outside its band, compared to twelve significant digits."""
        given = to_digits(self.given.values)
        return np.asarray((given < to_digits(self.low)) | (given > to_digits(self.high)))

    @property
    def not_whole(self) -> Truths:
        """Where a given score should be a whole number, and is none."""
        given = to_digits(self.given.values)
        return np.asarray(~np.isnan(given) & (given != np.floor(given)) & self.whole)

    @property
    def refused(self) -> Truths:
        """Where a given score cannot count."""
        return self.outside | self.not_whole

    @property
    def points(self) -> Vector:
        """The given scores that count; NaN where there is none, or no band for it."""
        known = ~np.isnan(self.low) & (self.states == State.VALUE)
        return np.where(known & ~self.refused, self.given.values, np.nan)

    @property
    def cells(self) -> Cells:
        """What the rule looks at, with a gap where no given score can count, for the reason why there is none."""
        reasons = np.where(self.given.states == State.VALUE, State.VALUE, self.given.states)
        reasons = np.where(self.refused, State.UNDEFINED, reasons)
        states = np.where(self.states == State.VALUE, reasons, self.states).astype(np.int8)
        return Cells(np.where(states == State.VALUE, self.values, np.nan), states)

    @property
    def outcomes(self) -> npt.NDArray[np.object_]:
        """`given` where the score counts, else why not: `outside_band`, `not_whole`, `no_band`, `missing` and so on."""
        words = np.array([GIVEN, *(state.name.lower() for state in State if state is not State.VALUE)], dtype=object)
        outcomes = words[self.given.states]
        outcomes = np.where((self.given.states == State.VALUE) & np.isnan(self.low), NO_BAND, outcomes)
        outcomes = np.where(self.not_whole, NOT_WHOLE, outcomes)
        return np.asarray(np.where(self.outside, OUTSIDE_BAND, outcomes))


def given_of(leaf: Node, settings: Settings, table: Table, columns: Columns, cells: Cells) -> Given:
    """The given scores of an indicator that has them; cells: what its rule looks at."""
    low, high = (_points(leaf, rule, settings, table, cells.values) for rule in (settings.least, settings.score))
    given = columns.compute(str(leaf.given), None)
    return Given(cells.values, cells.states, given, low, high, bool(leaf.whole))


def _points(leaf: Node, rule: ScoreRule, settings: Settings, table: Table, values: Vector) -> Vector:
    """One end of the bands; none at all where the rule refuses a value, which stops the run when scores are made."""
    supplied: dict[str, Any] = {"direction": SIGN.get(str(settings.direction), 1)}
    if leaf.category is not None and "categories" in scoring[rule.name].parameters:
        supplied["categories"] = categories_of(table, leaf.category)
    try:
        return scoring[rule.name](values, **rule.parameters, **supplied)
    except DomainError:
        return np.full(values.shape, np.nan)


def given_findings(table: Table, leaf: Node, given: Given, rows: Rows) -> Iterator[Finding]:
    """An error for each of these rows whose given score cannot count, up to so many, and one that counts on."""
    for code, wrong in ((OUTSIDE_BAND, given.outside), (NOT_WHOLE, given.not_whole & ~given.outside)):
        bad = rows[wrong[rows]].tolist()
        yield from (_wrong(table, leaf, given, row, code) for row in bad[:MOST])
        yield from (
            replace(_wrong(table, leaf, given, row, code), more=len(bad) - MOST) for row in bad[MOST : MOST + 1]
        )


def _wrong(table: Table, leaf: Node, given: Given, row: int, code: str) -> Finding:
    low, high = (f"{end[row]:.12g}" for end in (given.low, given.high))
    band = Text(f"{low} 至 {high} 分", f"{low} to {high}") if low != high else Text(f"{low} 分", low)
    value = float(given.given.values[row])
    if code == OUTSIDE_BAND:
        message = Text(
            f"{leaf.label.zh}：给分 {value:.12g} 不在规则给出的 {band.zh}之内，没有得分（不按上下限计）",
            f"{leaf.label.en}: the given {value:.12g} is not within the {band.en} that the rule allows; "
            "there is no score, nor is it clipped",
        )
    else:
        message = Text(
            f"{leaf.label.zh}：给分 {value:.12g} 不是整数，没有得分（不取整）",
            f"{leaf.label.en}: the given {value:.12g} is not a whole number; there is no score, nor is it rounded",
        )
    column = _column(table, leaf)
    return table.finding(
        row,
        code=code,
        severity=Severity.ERROR,
        column=column,
        field=leaf.id,
        value=value,
        rule=f"{low}..{high}",
        message=message,
        hint=Text(
            "更正给分，或更正决定区间的数据",
            "correct the given score, or the data by which the rule chose the band",
        ),
    )


def _column(table: Table, leaf: Node) -> str | None:
    """The column that the given scores stand in; the first one where they are a formula of several."""
    names = (name for name in parse(str(leaf.given)).name_offsets if name in table.cells)
    return next(names, None)
