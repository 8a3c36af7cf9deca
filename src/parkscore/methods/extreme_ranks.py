"""The best and the worst rank that a unit has under any weights that are allowed, with the weights that give it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import Bounds, LinearConstraint, milp

from parkscore.methods.domain import FloatArray
from parkscore.methods.registry import ranking
from parkscore.methods.weight_draws import feasible
from parkscore.methods.weight_stability import certain_ranks, least_lead

SECONDS: Final = 10.0
_LEVEL: Final = 1e-5
"""The lead below which two units are level to the solver, as a share of the widest lead that one of them has over the
other under any of the weights; a solver tolerates a tenth of it."""

_ROUNDING: Final = 1e-12


@dataclass(frozen=True)
class ExtremeRank:
    """The best or the worst rank of a unit.

    attained: its rank under `weights`, (indicators,). bound: the rank that no weights go beyond; where the solver had
    not the time to prove more it is another one, and the truth is between the two.
    """

    attained: int
    bound: int
    weights: FloatArray

    @property
    def is_exact(self) -> bool:
        """Whether the rank is proven."""
        return self.attained == self.bound


def best_rank(
    scores: ArrayLike,
    unit: int,
    low: ArrayLike,
    high: ArrayLike,
    order: Sequence[tuple[int, int]] = (),
    *,
    ties: str = "min",
    seconds: float = SECONDS,
) -> ExtremeRank:
    """The least number of units that stand above a unit, and one.

    scores: (units, indicators) without gaps. low, high: (indicators,) bounds of weights that sum to 1. order: pairs of
    indicators of which the first weighs at least as much. ties: a rule of `ranking`; by `max` all that are level with
    the unit count, too, and by `dense` each score above it counts once, of which the solver knows nothing: that rank is
    proven only where nothing certain of the units speaks against it. seconds: after which the solver gives what it has.

    A mixed-integer programme: one yes or no for each other unit, whether it stands above. Units that are level do not.
    To the solver a unit is above from a lead of 1e-5 of the widest that the two can have; one that can have no such
    lead counts as above in the bound of the worst rank. `attained` is counted to nine digits.

    >>> best_rank([[3.0, 0.0], [2.0, 2.0], [0.0, 3.0]], 0, [0, 0], [1, 1]).attained
    1
    """
    return _by_rule(np.asarray(scores, dtype=np.float64), unit, low, high, order, seconds, ties, worst=False)


def worst_rank(
    scores: ArrayLike,
    unit: int,
    low: ArrayLike,
    high: ArrayLike,
    order: Sequence[tuple[int, int]] = (),
    *,
    ties: str = "min",
    seconds: float = SECONDS,
) -> ExtremeRank:
    """The largest number of units that stand above a unit, and one; as `best_rank`.

    >>> worst_rank([[3.0, 0.0], [2.0, 2.0], [0.0, 3.0]], 1, [0, 0], [1, 1]).attained
    2
    """
    return _by_rule(np.asarray(scores, dtype=np.float64), unit, low, high, order, seconds, ties, worst=True)


def _by_rule(
    x: FloatArray,
    unit: int,
    low: ArrayLike,
    high: ArrayLike,
    order: Sequence[tuple[int, int]],
    seconds: float,
    ties: str,
    *,
    worst: bool,
) -> ExtremeRank:
    if ties == "max":
        # Who is above or level is whoever is not below: the same question of the scores the other way round.
        found = _extreme(-x, unit, low, high, order, seconds, worst=not worst)
        return ExtremeRank(len(x) + 1 - found.attained, len(x) + 1 - found.bound, found.weights)
    found = _extreme(x, unit, low, high, order, seconds, worst=worst)
    if ties == "min":
        return found
    attained = int(ranking[ties](_rounded(x, found.weights))[unit])
    if worst:
        return ExtremeRank(attained, max(attained, found.bound), found.weights)
    sure = int(certain_ranks(least_lead(x, low, high), ties)[unit, 0])
    return ExtremeRank(attained, min(attained, sure), found.weights)


def _extreme(
    x: FloatArray,
    unit: int,
    low: ArrayLike,
    high: ArrayLike,
    order: Sequence[tuple[int, int]],
    seconds: float,
    *,
    worst: bool,
) -> ExtremeRank:
    least, most = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    start = feasible(least, most, order)
    leads = np.delete(x, unit, axis=0) - x[unit]
    least_ahead, most_ahead = _ends(leads, least, most)
    # Each pair by the widest lead that it can have: beside others a small one would be lost.
    widest = np.maximum(np.abs(least_ahead), np.abs(most_ahead))
    apart = widest > 0
    least_ahead, most_ahead = least_ahead[apart] / widest[apart], most_ahead[apart] / widest[apart]
    leads = leads[apart] / widest[apart, np.newaxis]
    always = int((least_ahead > _LEVEL).sum())
    undecided = np.flatnonzero((least_ahead <= _LEVEL) & (most_ahead > (_LEVEL if worst else 0.0)))
    unseen = int(((most_ahead > _ROUNDING) & (most_ahead <= _LEVEL)).sum()) if worst else 0
    if not undecided.size:
        return _end(x, unit, start, 1 + always + unseen, worst)
    found, bound = _solved(
        leads[undecided], least_ahead[undecided], most_ahead[undecided], least, most, order, seconds, worst
    )
    weights = start if found is None else found
    whole = int(np.floor(bound + 1e-6)) if worst else int(np.ceil(bound - 1e-6))
    return _end(x, unit, weights, 1 + always + unseen + whole, worst)


def _end(x: FloatArray, unit: int, weights: FloatArray, proven: int, worst: bool) -> ExtremeRank:
    """A rank as it is attained; it is possible, even where it rests on leads that the solver does not see."""
    attained = _rank(x, unit, weights)
    return ExtremeRank(attained, max(proven, attained) if worst else min(proven, attained), weights)


def _ends(leads: FloatArray, low: FloatArray, high: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The least and the largest lead of each other unit within the bounds."""
    beside = np.vstack([np.zeros(leads.shape[1]), leads])
    found = least_lead(beside, low, high)
    return found[1:, 0], -found[0, 1:]


def _solved(
    leads: FloatArray,
    least_ahead: FloatArray,
    most_ahead: FloatArray,
    low: FloatArray,
    high: FloatArray,
    order: Sequence[tuple[int, int]],
    seconds: float,
    worst: bool,
) -> tuple[FloatArray | None, float]:
    """The weights that put the fewest, or the most, of some units above, and how many no weights go beyond."""
    units, count = leads.shape
    above = np.zeros((len(order), count + units))
    for row, (one, other) in enumerate(order):
        above[row, one] += 1.0
        above[row, other] -= 1.0
    if worst:
        # lead - (level - least) z >= least: a unit counts as above once its lead reaches the level.
        ties = np.hstack([leads, -np.diag(_LEVEL - least_ahead)])
        lower, upper = least_ahead, np.full(units, np.inf)
    else:
        ties = np.hstack([leads, -np.diag(most_ahead)])  # lead <= most z
        lower, upper = np.full(units, -np.inf), np.zeros(units)
    whole = np.append(np.ones(count), np.zeros(units))[np.newaxis, :]
    constraints = [LinearConstraint(ties, lower, upper), LinearConstraint(whole, 1.0, 1.0)]
    if order:
        constraints.append(LinearConstraint(above, 0.0, np.inf))
    found = milp(
        np.append(np.zeros(count), np.full(units, -1.0 if worst else 1.0)),
        integrality=np.append(np.zeros(count), np.ones(units)),
        bounds=Bounds(np.append(low, np.zeros(units)), np.append(high, np.ones(units))),
        constraints=constraints,
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    weights = None if found.x is None else np.clip(found.x[:count], low, high)
    if found.mip_dual_bound is None:
        return weights, float(units) if worst else 0.0
    return weights, float(found.mip_dual_bound) * (-1 if worst else 1)


def _rank(x: FloatArray, unit: int, weights: FloatArray) -> int:
    scores = _rounded(x, weights)
    return 1 + int((scores > scores[unit]).sum())


def _rounded(x: FloatArray, weights: FloatArray) -> FloatArray:
    return np.asarray(np.round(x @ (weights / weights.sum()), 9))
