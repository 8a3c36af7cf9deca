"""Values that differ from draw to draw: measured ones by their error, missing ones by what others have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from parkscore.data.grid import Grid, Matrix, Rows, Truths, Vector
from parkscore.data.table import State
from parkscore.methods.domain import FloatArray
from parkscore.robustness.plans import Factor, Filled

NOISE, IMPUTATION = "noise", "imputation"
_STREAMS: Final = 2.0**32
_OF_NOISE, _OF_GAPS = 3, 4

Numbers = NDArray[np.int64]


@dataclass(frozen=True)
class Spread:
    """The standard deviation of an error: a share of the size of a value, and so much more of its measure."""

    relative: float = 0.0
    absolute: float = 0.0

    def of(self, values: FloatArray) -> FloatArray:
        """That of each value."""
        spread: FloatArray = self.relative * np.abs(values) + self.absolute
        return spread


@dataclass(frozen=True)
class DrawnValues:
    """What the indicators of a draw are.

    noise: by column the error of measured values, normal and of each cell by itself; what fills a gap has none. gaps:
    columns whose missing values are, cell by cell, those of units of the same reference that have one, each as likely,
    whatever the framework fills in. seed: of all streams of random numbers. noise_of, gaps_of: (draws,) the number of
    the stream of each draw, so that it does not matter which draws are made together.
    """

    noise: Mapping[int, Spread]
    gaps: tuple[int, ...]
    seed: int
    noise_of: Numbers
    gaps_of: Numbers

    @property
    def columns(self) -> Rows:
        """The indicators whose values differ, ascending."""
        return np.array(sorted({*self.noise, *self.gaps}), dtype=np.intp)

    def of(self, filled: Filled, rows: Rows, draws: Rows) -> Matrix:
        """The values in some draws, (columns, draws, rows); rows: of the table, those that may differ."""
        nominal = filled.imputed.values[np.ix_(rows, self.columns)].T
        found = np.repeat(nominal[:, np.newaxis, :], len(draws), axis=1)
        self._put_noise(found, filled.observed, rows, draws)
        self._put_gaps(found, filled, rows, draws)
        return found

    def grid(self, filled: Filled, rows: Rows, draw: int) -> Grid:
        """The imputed stage of one draw: as that of the evaluation, with these values."""
        grid = filled.imputed
        values, states, put = grid.values.copy(order="F"), grid.states.copy(order="F"), grid.filled.copy(order="F")
        block = np.ix_(rows, self.columns)
        values[block] = self.of(filled, rows, np.array([draw]))[:, 0, :].T
        late = np.isnan(grid.values) & ~np.isnan(values)
        states[late] = State.VALUE
        put |= late
        return grid.with_filled(values, states, put)

    def _put_noise(self, found: Matrix, observed: Grid, rows: Rows, draws: Rows) -> None:
        """Add an error to every value that was observed."""
        if not self.noise:
            return
        columns = np.array(sorted(self.noise), dtype=np.intp)
        places = np.searchsorted(self.columns, columns)
        seen = observed.values[np.ix_(rows, columns)].T
        spread = np.stack([self.noise[column].of(own) for column, own in zip(columns.tolist(), seen, strict=True)])
        spread[np.isnan(spread)] = 0.0
        for place, stream in enumerate(self.noise_of[draws].tolist()):
            generator = np.random.default_rng([self.seed, _OF_NOISE, stream])
            found[places, place] += spread * generator.standard_normal(spread.shape)

    def _put_gaps(self, found: Matrix, filled: Filled, rows: Rows, draws: Rows) -> None:
        """Put the value of another unit into every gap for which there is one."""
        gaps = [(column, cells) for column in self.gaps if (cells := _missing(filled.observed, column)[rows]).any()]
        if not gaps:
            return
        ends = np.cumsum([cells.sum() for _, cells in gaps])
        generators = (np.random.default_rng([self.seed, _OF_GAPS, stream]) for stream in self.gaps_of[draws].tolist())
        points = np.stack([generator.random(int(ends[-1])) for generator in generators])
        for (column, cells), own in zip(gaps, np.split(points, ends[:-1], axis=1), strict=True):
            place, missing = int(np.searchsorted(self.columns, column)), np.flatnonzero(cells)
            for ours, donors in _donors(filled, column, rows[missing]):
                taken = donors[(own[:, ours] * len(donors)).astype(np.intp)]
                found[place][:, missing[ours]] = taken

    def factors(self) -> tuple[Factor, ...]:
        """The streams of both."""
        both = ((NOISE, self.noise), (IMPUTATION, self.gaps))
        return tuple(Factor(name, name, name) for name, said in both if said)

    def at(self, points: FloatArray) -> DrawnValues:
        """The values of other draws, whose streams follow from points, (draws, factors)."""
        streams = (points * _STREAMS).astype(np.int64)
        return replace(self, noise_of=streams[:, 0], gaps_of=streams[:, -1])


def _missing(observed: Grid, column: int) -> Truths:
    """Where an indicator is missing and can be filled: not where it does not apply, nor where its case is open."""
    missing: Truths = observed.states[:, column] == State.MISSING
    choice = observed.cases.get(observed.ids[column])
    return missing if choice is None else missing & ~choice.open


def _donors(filled: Filled, column: int, rows: Rows) -> Sequence[tuple[Rows, Vector]]:
    """For the gaps of each reference their places among some rows, and the values that others have there."""
    found = []
    for cohort in filled.cohorts:
        known = filled.observed.values[cohort.fit, column]
        known = known[~np.isnan(known)]
        ours = np.flatnonzero(np.isin(rows, cohort.measured))
        if len(known) and len(ours):
            found.append((ours, known))
    return found
