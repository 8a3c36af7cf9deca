"""Draw weights: around given shares, within bounds, under an order, or from a few sets; quasi-random unless asked."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from itertools import product
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from parkscore.language import Text
from parkscore.methods.domain import DomainError, FloatArray
from parkscore.methods.row_sums import sums_of_units

Kind = Literal["sobol", "random"]

_INSIDE: Final = 2.0**-33
"""Half a step of the Sobol points, which keeps them off 0."""
_SWEEPS: Final = 25
_ROUNDING: Final = 1e-12
_VANISHED: Final = 1e-290
"""So small that some of its digits are gone, and so near 0 that a quantile is a power of its point."""


def unit_points(draws: int, factors: int, seed: int | Sequence[int], kind: Kind = "sobol") -> FloatArray:
    """Points in the unit cube, (draws, factors), none of them 0 or 1; the first ones do not depend on how many follow.

    kind: `sobol` for scrambled Sobol points, which fill the cube evenly, `random` for independent ones.

    Source: scipy.stats.qmc.Sobol, whose scrambling is a linear matrix scramble with a digital shift.

    >>> unit_points(4, 1, 0).round(1).ravel().tolist() == unit_points(8, 1, 0)[:4].round(1).ravel().tolist()
    True
    """
    if factors == 0:
        return np.empty((draws, 0))
    generator = np.random.default_rng(seed)
    if kind == "random":
        return np.clip(generator.random((draws, factors)), _INSIDE, 1 - _INSIDE)
    from scipy.stats import qmc

    with warnings.catch_warnings():
        # Any number of points may be asked for; a power of two only is best.
        warnings.simplefilter("ignore", UserWarning)
        points = qmc.Sobol(factors, scramble=True, rng=generator).random(draws)
    return np.asarray(np.clip(points, _INSIDE, 1 - _INSIDE))


def normalised(weights: FloatArray) -> FloatArray:
    """Each draw as shares of its sum, to the same bits however many draws there are."""
    return np.asarray(weights / sums_of_units(weights.T)[:, np.newaxis])


def multiplied(shares: ArrayLike, points: FloatArray, spread: float) -> FloatArray:
    """Each share times an even draw from 1 - spread to 1 + spread, brought back to a sum of 1.

    shares: (children,), points: (draws, children) of `unit_points`; spread: 0.2 for a fifth up or down.

    >>> multiplied([0.5, 0.5], np.array([[0.5, 0.5], [1.0, 0.0]]), 0.2).tolist()
    [[0.5, 0.5], [0.6, 0.4]]
    """
    if not 0 <= spread <= 1:
        reason = Text(f"幅度 {spread} 应在 0 与 1 之间", f"a spread is from 0 to 1, not {spread}")
        raise DomainError(reason)
    return normalised(np.asarray(shares, dtype=np.float64) * (1 + spread * (2 * points - 1)))


def dirichlet(shares: ArrayLike, points: FloatArray, concentration: float) -> FloatArray:
    """Dirichlet weights whose mean are the shares; a share s has the variance s (1 - s) / (concentration + 1).

    Independent gamma quantities at the points, brought to a sum of 1. A share of 0 stays 0. Where all of a draw are too
    small for a number, as under a small concentration, their logarithms are taken: x^a / Γ(a + 1) is the point there.

    >>> dirichlet([0.2, 0.8], unit_points(4096, 2, 0), 10).mean(axis=0).round(3).tolist()
    [0.2, 0.8]
    """
    from scipy.special import gammaincinv, gammaln

    own = np.asarray(shares, dtype=np.float64)
    if not 0 < concentration < np.inf:
        reason = Text(
            f"集中度 {concentration} 应是大于零的有限数", f"a concentration is finite and above 0, not {concentration}"
        )
        raise DomainError(reason)
    drawn = np.zeros(points.shape)
    sizes = own / own.sum() * concentration
    for column in np.flatnonzero(own > 0):
        # The quantile of an exponential has a closed form, thirty times as fast.
        exponential = sizes[column] == 1
        at = points[:, column]
        drawn[:, column] = -np.log1p(-at) if exponential else gammaincinv(sizes[column], at)
    vanished = drawn.max(axis=1) < _VANISHED
    if vanished.any():
        kept = np.flatnonzero(own > 0)
        logs = (np.log(points[np.ix_(vanished, kept)]) + gammaln(sizes[kept] + 1)) / sizes[kept]
        drawn[np.ix_(vanished, kept)] = np.exp(logs - logs.max(axis=1, keepdims=True))
    return normalised(drawn)


def one_of(sets: ArrayLike, points: FloatArray) -> FloatArray:
    """One of some sets of weights in each draw; sets: (sets, children), points: (draws, 1).

    >>> one_of([[1.0, 0.0], [0.0, 1.0]], np.array([[0.2], [0.7]])).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    known = np.asarray(sets, dtype=np.float64)
    return np.asarray(known[np.minimum((points[:, 0] * len(known)).astype(np.intp), len(known) - 1)])


def triangular(low: ArrayLike, mode: ArrayLike, high: ArrayLike, points: FloatArray) -> FloatArray:
    """Each weight from a triangle of what an expert holds least, most likely and most; they need not sum to 1.

    low, mode, high: (children,), not negative and in this order; points: (draws, children).

    >>> triangular([0.1, 0.5], [0.2, 0.8], [0.3, 0.9], np.array([[0.5, 1.0]])).round(3).tolist()
    [[0.2, 0.9]]
    """
    least, likely, most = (np.asarray(each, dtype=np.float64) for each in (low, mode, high))
    if not ((least >= 0) & (least <= likely) & (likely <= most)).all() or not (most > 0).any():
        reason = Text("三个数应不小于零并依次增大", "the three numbers are not negative, and none is below the last")
        raise DomainError(reason)
    width = np.where(most > least, most - least, 1.0)
    turn = (likely - least) / width
    rising = least + np.sqrt(points * width * (likely - least))
    falling = most - np.sqrt((1 - points) * width * (most - likely))
    return np.asarray(np.where(points < turn, rising, falling) + 0.0)


def constrained(
    draws: int,
    low: ArrayLike,
    high: ArrayLike,
    order: Sequence[tuple[int, int]],
    seed: int | Sequence[int],
    sweeps: int = _SWEEPS,
) -> FloatArray:
    """Weights that are spread evenly over all that keep bounds and an order, (draws, children), each summing to 1.

    low, high: (children,), from 0 to 1. order: pairs of children of which the first weighs at least as much as the
    second. Without upper bounds, and with no order or a complete one, the draws are exact; otherwise each comes from a
    walk of its own, which shifts weight between two children or more at a time, `sweeps` times through all of them.

    Raises DomainError where nothing keeps them all.

    Source: Tervonen, van Valkenhoef, Basturk and Postmus, Hit-And-Run enables efficient weight generation for
    simulation-based multiple criteria decision analysis, European Journal of Operational Research 224, 2012, whose
    steps may go in any direction.

    >>> constrained(3, [0, 0], [1, 0.4], [(0, 1)], 0).sum(axis=1).round(9).tolist()
    [1.0, 1.0, 1.0]
    """
    least, most = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    start = feasible(least, most, order)
    generator = np.random.default_rng(seed)
    count = len(least)
    chain = _chain(order, count)
    if (most >= 1 - least.sum() + least - _ROUNDING).all() and not (least.any() and order):
        if not order:
            return np.asarray(least + (1 - least.sum()) * generator.dirichlet(np.ones(count), draws))
        if chain is not None:
            found = np.empty((draws, count))
            found[:, chain] = -np.sort(-generator.dirichlet(np.ones(count), draws), axis=1)
            return found
    return _walked(np.tile(start, (draws, 1)), least, most, order, generator, sweeps)


def feasible(low: FloatArray, high: FloatArray, order: Sequence[tuple[int, int]]) -> FloatArray:
    """Weights well inside the bounds and the order; DomainError, with the reason, where there are none."""
    from scipy.optimize import linprog

    count = len(low)
    if ((low < 0) | (low > high) | (high > 1)).any():
        columns = np.flatnonzero((low < 0) | (low > high) | (high > 1)).tolist()
        raise DomainError(Text("界限应有 0 ≤ 下限 ≤ 上限 ≤ 1", "bounds are 0 <= low <= high <= 1"), columns=columns)
    # The largest margin by which everything holds, where a bound or an order leaves one.
    rows = [_between(count, first, second) for first, second in order]
    rows += [np.append(-np.eye(count)[child], 1.0) for child in range(count) if low[child] < high[child]]
    rows += [np.append(np.eye(count)[child], 1.0) for child in range(count) if low[child] < high[child]]
    limits = [0.0] * len(order)
    limits += [-low[child] for child in range(count) if low[child] < high[child]]
    limits += [high[child] for child in range(count) if low[child] < high[child]]
    found = linprog(
        np.append(np.zeros(count), -1.0),
        A_ub=np.array(rows) if rows else None,
        b_ub=np.array(limits) if limits else None,
        A_eq=np.append(np.ones(count), 0.0)[np.newaxis, :],
        b_eq=[1.0],
        bounds=[*zip(low, high, strict=True), (0, 1)],
    )
    if found.status != 0:
        within = f"{low.sum():g}", f"{high.sum():g}"
        raise DomainError(
            Text(
                f"没有一组权重同时满足这些约束（下限合计 {within[0]}，上限合计 {within[1]}）",
                f"no weights keep all of these (the lower bounds sum to {within[0]}, the upper to {within[1]})",
            )
        )
    return np.asarray(found.x[:count], dtype=np.float64)


def _between(count: int, first: int, second: int) -> FloatArray:
    row = np.zeros(count + 1)
    row[first] -= 1.0
    row[second] += 1.0  # a child beside itself: no more than 0 <= 0
    return row


def _chain(order: Sequence[tuple[int, int]], count: int) -> NDArray[np.intp] | None:
    """All children from the heaviest, where the pairs put them in one complete order."""
    heavier = _no_lighter(order, count).sum(axis=1)
    return np.argsort(heavier) if sorted(heavier.tolist()) == list(range(1, count + 1)) else None


def _walked(
    weights: FloatArray,
    low: FloatArray,
    high: FloatArray,
    order: Sequence[tuple[int, int]],
    generator: np.random.Generator,
    sweeps: int,
) -> FloatArray:
    """Move every draw along one line after another, evenly among what keeps everything there, over and over.

    The lines shift weight between two children, and under an order also between one child with all that weigh no less,
    alike, and another with these: along a long order the former alone hardly get on.
    """
    draws, count = weights.shape
    each = np.eye(count)
    ends = [each, *([normalised(_no_lighter(order, count).astype(np.float64))] if order else [])]
    rules = np.vstack([each, -each, *(each[[first]] - each[[second]] for first, second in order)])
    # What is left to each bound and each pair of the order, (rules, draws).
    slack = rules @ weights.T - np.concatenate([low, -high, np.zeros(len(order))])[:, np.newaxis]
    np.maximum(slack, 0.0, out=slack)
    for _ in range(sweeps if count > 1 else 0):
        path = generator.permutation(count)
        for (one, other), of in product(zip(path, np.roll(path, 1), strict=True), ends):
            speed = rules @ (of[one] - of[other])
            falling, rising = np.flatnonzero(speed < -_ROUNDING), np.flatnonzero(speed > _ROUNDING)
            if not falling.size:  # each weighs no less than the other, so that they are equal
                continue
            ahead = (slack[falling] / -speed[falling, np.newaxis]).min(axis=0)
            back = (slack[rising] / speed[rising, np.newaxis]).min(axis=0)
            step = (ahead + back) * generator.random(draws) - back
            moved = np.concatenate([falling, rising])
            slack[moved] = np.maximum(slack[moved] + speed[moved, np.newaxis] * step, 0.0)
    return normalised(slack[:count].T + low)


def _no_lighter(order: Sequence[tuple[int, int]], count: int) -> NDArray[np.bool_]:
    """Of each child those that weigh no less than it, (children, children), itself among them."""
    found = np.eye(count, dtype=np.bool_)
    for first, second in order:
        found[second, first] = True
    for middle in range(count):
        found |= found[:, [middle]] & found[[middle], :]
    return found
