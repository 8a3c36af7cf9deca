"""What can be said exactly of ranks under other weights where a score is a weighted sum: nothing here is sampled."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from parkscore.language import Text
from parkscore.methods.domain import BoolArray, DomainError, FloatArray, IntArray

_AT_ONCE: Final = 2**21
_ROUNDING: Final = 1e-12
"""By which sums of weights may miss what they would be without rounding."""


def overtaking(scores: ArrayLike, weights: ArrayLike) -> FloatArray:
    """The smallest share by which all weights must be allowed to change for the second unit to catch up with the first.

    scores: (units, indicators); weights: (indicators,), summing to 1. Returns (units, units): t for a first and a
    second unit, such that weights w (1 + δ) with |δ| <= t can bring the second level, and no smaller t can; 0 where the
    second is not behind, and infinity where no change of at most 100 % is enough, as the second is nowhere better.

    t = Σ w d / Σ w |d| with d the scores of the first less those of the second: every weight moves against d as far as
    it may, and what the weights sum to afterwards divides both sides.

    >>> overtaking([[4.0, 0.0], [0.0, 2.0]], [0.5, 0.5]).round(3).tolist()
    [[0.0, 0.333], [0.0, 0.0]]
    """
    x, w = _scores(scores), _weights(weights)
    found = np.zeros((len(x), len(x)))
    for own, difference in _differences(x):
        gap, most = difference @ w, np.abs(difference) @ w
        ahead = gap > 0
        share = np.divide(gap, most, out=np.zeros_like(gap), where=ahead)
        nowhere_better = ~((difference < 0) & (w > 0)).any(axis=-1)
        found[own] = np.where(ahead & nowhere_better, np.inf, share)
    return found


def overtaking_weights(scores: ArrayLike, weights: ArrayLike, first: int, second: int) -> FloatArray:
    """The weights, summing to 1, by which `overtaking` of two units is attained; DomainError where there are none.

    >>> overtaking_weights([[4.0, 0.0], [0.0, 2.0]], [0.5, 0.5], 0, 1).round(3).tolist()
    [0.333, 0.667]
    """
    x, w = _scores(scores), _weights(weights)
    share = overtaking(x[[first, second]], w)[0, 1]
    if np.isinf(share):
        raise DomainError(Text("没有哪项后者更好，权重怎样变都追不上", "the second is nowhere better: no weights do"))
    moved = w * (1 - share * np.sign(x[first] - x[second]))
    return np.asarray(moved / moved.sum())


def stable_from_to(scores: ArrayLike, weights: ArrayLike, pairs: ArrayLike) -> FloatArray:
    """From where to where each weight may go, the others keeping their proportions, before a pair changes its order.

    scores, weights: as for `overtaking`. pairs: (pairs, 2) units, the first not behind the second. Returns
    (indicators, 2): all these pairs keep their order while the weight is within; from 0 to 1 at most.

    The lead of a pair is linear in a weight v: v d + (1 - v) r with r the mean of the other indicators' d under the
    other weights, so that it ends at v = r / (r - d).

    >>> stable_from_to([[4.0, 0.0], [0.0, 2.0]], [0.5, 0.5], [[0, 1]]).round(3).tolist()
    [[0.333, 1.0], [0.0, 0.667]]
    """
    x, w = _scores(scores), _weights(weights)
    found = np.tile([0.0, 1.0], (len(w), 1))
    known = np.asarray(pairs, dtype=np.intp).reshape(-1, 2)
    for begin in range(0, len(known), max(1, _AT_ONCE // len(w))):
        own = known[begin : begin + max(1, _AT_ONCE // len(w))]
        difference = x[own[:, 0]] - x[own[:, 1]]
        others = (difference @ w)[:, np.newaxis] - difference * w
        rest = np.divide(others, 1 - w, out=np.zeros_like(others), where=w < 1)
        slope = difference - rest
        ends = np.divide(-rest, slope, out=np.full_like(rest, np.nan), where=slope != 0)
        ends = np.clip(ends, 0.0, 1.0)
        # A lead that grows with the weight ends below it, one that shrinks above it.
        below, above = np.where(slope > 0, ends, np.nan), np.where(slope < 0, ends, np.nan)
        found[:, 0] = np.fmax(found[:, 0], np.minimum(np.fmax.reduce(below, axis=0, initial=0.0), w))
        found[:, 1] = np.fmin(found[:, 1], np.maximum(np.fmin.reduce(above, axis=0, initial=1.0), w))
    return found


def neighbours(ranks: ArrayLike) -> IntArray:
    """The pairs of units next to each other; the whole ranking stays as long as each of them keeps its order.

    >>> neighbours([2, 1, 3]).tolist()
    [[1, 0], [0, 2]]
    """
    order = np.argsort(np.asarray(ranks), kind="stable").astype(np.int32)
    return np.stack([order[:-1], order[1:]], axis=1)


def top_against_rest(ranks: ArrayLike, top: int) -> IntArray:
    """The pairs of a unit among the first `top` and one that is not; each must keep its order for these to stay on top.

    >>> top_against_rest([2, 1, 3], 1).tolist()
    [[1, 0], [1, 2]]
    """
    order = np.argsort(np.asarray(ranks), kind="stable").astype(np.int32)
    first, rest = np.meshgrid(order[:top], order[top:], indexing="ij")
    return np.stack([first.ravel(), rest.ravel()], axis=1)


def least_lead(scores: ArrayLike, low: ArrayLike, high: ArrayLike, *, scaled: bool = False) -> FloatArray:
    """The least by which each unit leads each other one, over all weights within bounds that sum to 1.

    scores: (units, indicators); low, high: (indicators,). scaled: all weights within the bounds count, divided by their
    sum. Returns (units, units): where it is not below 0, the first stands above the second, or level, whatever the
    weights: a necessary preference.

    The least of Σ v d takes the lower bounds, and gives what is left to the indicators with the least d first, each up
    to its upper bound. Scaled, the least of Σ v d / Σ v has the upper bounds for some of the least d, and the lower
    ones for the rest.

    >>> least_lead([[3.0, 1.0], [1.0, 2.0]], [0.6, 0.0], [1.0, 0.4]).round(3).tolist()
    [[0.0, 0.8], [-2.0, 0.0]]
    >>> least_lead([[3.0, 1.0], [1.0, 2.0]], [0.4, 0.4], [0.6, 0.6], scaled=True).round(3).tolist()
    [[0.0, 0.2], [-0.8, 0.0]]
    """
    x = _scores(scores)
    least, most = _bounds(low, high, scaled)
    found = np.empty((len(x), len(x)))
    for own, difference in _differences(x):
        found[own] = (_least_weights(difference, least, most, scaled) * difference).sum(axis=-1)
    return found


def least_lead_weights(
    scores: ArrayLike, low: ArrayLike, high: ArrayLike, first: int, second: int, *, scaled: bool = False
) -> FloatArray:
    """The weights, summing to 1, by which `least_lead` of two units is attained.

    >>> least_lead_weights([[3.0, 1.0], [1.0, 2.0]], [0.6, 0.0], [1.0, 0.4], 0, 1).tolist()
    [0.6, 0.4]
    """
    x = _scores(scores)
    least, most = _bounds(low, high, scaled)
    return _least_weights(x[first] - x[second], least, most, scaled)


def _least_weights(difference: FloatArray, low: FloatArray, high: FloatArray, scaled: bool) -> FloatArray:
    """The weights with the least lead, (..., indicators), for differences of scores of the same shape."""
    order = np.argsort(difference, axis=-1)
    room = (high - low)[order]
    if scaled:
        in_order, least = np.take_along_axis(difference, order, axis=-1), low[order]
        leads = (least * in_order).sum(axis=-1, keepdims=True) + np.cumsum(room * in_order, axis=-1)
        sums = low.sum() + np.cumsum(room, axis=-1)
        ratio = np.divide(leads, sums, out=np.full_like(leads, np.inf), where=sums > 0)
        best = ratio.argmin(axis=-1)[..., np.newaxis]
        given = np.where(np.arange(len(low)) <= best, room, 0.0)
    else:
        given = np.clip(1 - low.sum() - (np.cumsum(room, axis=-1) - room), 0.0, room)
    found = np.empty_like(difference)
    np.put_along_axis(found, order, low[order] + given, axis=-1)
    return np.asarray(found / found.sum(axis=-1, keepdims=True)) if scaled else found


def certain_ranks(leads: ArrayLike, ties: str = "min") -> IntArray:
    """The ranks that no weights leave, (units, 2), from what `least_lead` says of every pair.

    ties: a rule of `ranking`. Whatever the weights, a unit stands below all that lead it, and above all that it leads;
    by the rule `max` those that are never behind it count before it, too. By the rule `dense`, which counts different
    scores, those that stand above it one below the other have as many. Other ranks in between may or may not be
    reached: `extreme_ranks` says which.

    >>> certain_ranks([[0.0, 0.8], [-2.0, 0.0]]).tolist()
    [[1, 1], [2, 2]]
    >>> [certain_ranks(np.zeros((2, 2)), ties).tolist() for ties in ("min", "max", "dense")]
    [[[1, 1], [1, 1]], [[2, 2], [2, 2]], [[1, 1], [1, 1]]]
    """
    lead = np.asarray(leads, dtype=np.float64)
    above, never_below = lead > 0, lead >= 0
    np.fill_diagonal(never_below, False)
    if ties == "max":
        best, worst = 1 + never_below.sum(axis=0), len(lead) - above.sum(axis=1)
    else:
        best = _steps_down(above) if ties == "dense" else 1 + above.sum(axis=0)
        worst = len(lead) - never_below.sum(axis=1)
    return np.stack([best, worst], axis=1).astype(np.int32)


def _steps_down(above: BoolArray) -> IntArray:
    """How many units stand one below the other down to each, itself among them; above: (units, units)."""
    steps = np.ones(len(above), dtype=np.int32)
    for unit in np.argsort(above.sum(axis=0), kind="stable"):
        steps[unit] += steps[above[:, unit]].max(initial=0)
    return steps


def _differences(x: FloatArray) -> Iterator[tuple[slice, FloatArray]]:
    """By what some units are ahead of all, (units, all units, indicators), as many at a time as stay in memory."""
    size = max(1, _AT_ONCE // max(x.size, 1))
    for first in range(0, len(x), size):
        own = slice(first, min(first + size, len(x)))
        yield own, x[own, np.newaxis, :] - x[np.newaxis, :, :]


def _scores(scores: ArrayLike) -> FloatArray:
    x = np.asarray(scores, dtype=np.float64)
    if not np.isfinite(x).all():
        units, columns = np.nonzero(~np.isfinite(x))
        reason = Text("需要没有缺失的有限得分", "scores without gaps are needed")
        raise DomainError(reason, units=np.unique(units).tolist(), columns=np.unique(columns).tolist())
    return x


def _weights(weights: ArrayLike) -> FloatArray:
    w = np.asarray(weights, dtype=np.float64)
    if not (w >= 0).all() or not w.sum() > 0:
        raise DomainError(Text("权重应不小于零，且不全为零", "weights are not negative, and not all zero"))
    return np.asarray(w / w.sum())


def _bounds(low: ArrayLike, high: ArrayLike, scaled: bool) -> tuple[FloatArray, FloatArray]:
    least, most = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    if scaled and most.sum() > 0:
        least, most = least / most.sum(), most / most.sum()
    wrong = np.flatnonzero((least < 0) | (least > most) | (most > 1)).tolist()
    if wrong:
        raise DomainError(Text("界限应有 0 ≤ 下限 ≤ 上限 ≤ 1", "bounds are 0 <= low <= high <= 1"), columns=wrong)
    if not most.sum() > 0 or (not scaled and (least.sum() > 1 + _ROUNDING or most.sum() < 1 - _ROUNDING)):
        raise DomainError(
            Text(
                f"没有一组权重在这些界限之内：下限合计 {least.sum():g}，上限合计 {most.sum():g}",
                f"no weights are within these bounds: the lower sum to {least.sum():g}, the upper to {most.sum():g}",
            )
        )
    return least, most
