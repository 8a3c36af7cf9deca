"""How far two rankings agree: rank correlations, shifts, and who is among the best of both."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from parkscore.data.grid import Truths
from parkscore.methods.diagnostics import FEWEST_PAIRS, correlation
from parkscore.tree.rank import Ranks


class Agreement(NamedTuple):
    """Two rankings over the n units that both rank; NaN where there is nothing to compute from.

    spearman, kendall: rho and tau-b of the ranks. mean_shift, largest_shift: of the absolute differences. unchanged:
    the share of units with the same rank. flag: why there is no correlation, `few` units or `constant` ranks.
    """

    n: int
    spearman: float
    kendall: float
    mean_shift: float
    largest_shift: float
    unchanged: float
    flag: str | None


def agreement(a: Ranks, b: Ranks) -> Agreement:
    """The agreement of two rankings, (units,) each; 0 is not ranked.

    >>> found = agreement(np.array([1, 2, 3, 0, 4]), np.array([2, 1, 3, 4, 5]))
    >>> found.n, round(found.spearman, 3), round(found.kendall, 3), found.mean_shift, found.unchanged
    (4, 0.8, 0.667, 0.75, 0.25)
    """
    both = (a > 0) & (b > 0)
    x, y = a[both].astype(np.float64), b[both].astype(np.float64)
    if not x.size:
        return Agreement(0, math.nan, math.nan, math.nan, math.nan, math.nan, "few")
    found = correlation(x, y)
    shift = np.abs(x - y)
    flag = None if not math.isnan(found.spearman) else "few" if x.size < FEWEST_PAIRS else "constant"
    return Agreement(
        n=int(x.size),
        spearman=found.spearman,
        kendall=found.kendall,
        mean_shift=float(shift.mean()),
        largest_shift=float(shift.max()),
        unchanged=float((shift == 0).mean()),
        flag=flag,
    )


def among_best(ranks: Ranks, k: int) -> Truths:
    """Which units are among the k best, (units,): fewer than k are strictly better. 0 is not ranked.

    All units that tie for the last place are in, so there may be more than k; whether ties share the better or the
    worse rank makes no difference.

    >>> among_best(np.array([1, 3, 3, 4, 0]), 2)
    array([ True,  True,  True, False, False])
    """
    ranked = ranks > 0
    better = np.searchsorted(np.sort(ranks[ranked]), ranks, side="left")
    return np.asarray(ranked & (better < k))


class Overlap(NamedTuple):
    """Who is among the k best of two rankings.

    in_a, in_b: how many each has, with all that tie for the last place. both: how many are in both. share: `both` as a
    share of the larger of the two; NaN where neither ranks a unit.
    """

    in_a: int
    in_b: int
    both: int
    share: float


def overlap(best_of_a: Truths, best_of_b: Truths) -> Overlap:
    """The overlap of two sets of best units, (units,) each.

    >>> overlap(np.array([True, True, False]), np.array([True, False, False]))
    Overlap(in_a=2, in_b=1, both=1, share=0.5)
    """
    in_a, in_b, both = (int(np.count_nonzero(each)) for each in (best_of_a, best_of_b, best_of_a & best_of_b))
    larger = max(in_a, in_b)
    return Overlap(in_a, in_b, both, both / larger if larger else math.nan)
