"""How much of the variance of an output comes from each factor, alone and with others: Sobol indices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from parkscore.language import Text
from parkscore.methods.domain import BoolArray, DomainError, FloatArray
from parkscore.methods.weight_draws import unit_points

RESAMPLES: Final = 200
LEVEL: Final = 0.95
_AT_ONCE: Final = 256
"""Outputs whose resamples are held at once."""
# Scores are sums that agree to twelve digits or so: what spreads less than that about an output does not move it. An
# output whose terms cancel has no size to compare to, so that there is a least spread, too.
_SPREAD: Final = 1e-12
_LEAST_SPREAD: Final = 1e-15
# A mean of squares less the square of the mean loses digits where most of both is the mean.
_DIGITS: Final = 1e-12


@dataclass(frozen=True)
class SobolIndices:
    """Of each group of factors the share of variance, (groups, outputs) each.

    first: what the group explains alone. total: what would be left open if only the group were not known. first_low to
    total_high: what a share `LEVEL` of resamples do not exceed on either side. variance: (outputs,).

    An output that never changes, but for rounding, has indices of 0, and so has a resample without the draws that
    change it. Estimates may be a little below 0 or above 1.
    """

    first: FloatArray
    total: FloatArray
    first_low: FloatArray
    first_high: FloatArray
    total_low: FloatArray
    total_high: FloatArray
    variance: FloatArray


def sobol_points(draws: int, groups: Sequence[Sequence[int]], seed: int) -> FloatArray:
    """The points to compute an output at, (draws * (groups + 2), factors): two independent sets, then mixtures.

    groups: the factors, by number from 0, that are looked at together; each in one group. Mixture i has the first
    set's values but for the factors of group i, which are those of the second.

    Source: Saltelli et al., Variance based sensitivity analysis of model output, Computer Physics Communications 181
    (2), 2010, 259-270.

    >>> sobol_points(4, [[0], [1, 2]], 0).shape
    (16, 3)
    """
    factors = sorted(factor for group in groups for factor in group)
    if factors != list(range(len(factors))) or not factors:
        raise DomainError(Text("每个因素应恰好属于一组", "each factor is in one group, and there is one at least"))
    if draws < 2:
        raise DomainError(Text(f"至少要 2 次抽样，不是 {draws} 次", f"at least 2 draws, not {draws}"))
    both = unit_points(draws, 2 * len(factors), seed)
    first, second = both[:, : len(factors)], both[:, len(factors) :]
    mixed = []
    for group in groups:
        own = first.copy()
        own[:, list(group)] = second[:, list(group)]
        mixed.append(own)
    return np.concatenate([first, second, *mixed])


def sobol_indices(
    outputs: ArrayLike, groups: int, seed: int, *, resamples: int = RESAMPLES, level: float = LEVEL
) -> SobolIndices:
    """The indices from the outputs at `sobol_points`.

    outputs: (draws * (groups + 2), outputs) or one output; whole numbers such as ranks may be given. resamples: of the
    draws, with replacement, for the intervals; each is a row of counts, so that all are one product of matrices.

    First order: the mean of f_B (f_mixed - f_A), total: half the mean of (f_A - f_mixed)^2, each by the variance.
    Source: Saltelli et al., Computer Physics Communications 181 (2), 2010, 259-270; the total is Jansen's.

    >>> points = sobol_points(1024, [[0], [1]], 0)
    >>> found = sobol_indices(3 * points[:, 0] + points[:, 1], 2, 0)
    >>> found.first[:, 0].round(2).tolist(), found.total[:, 0].round(2).tolist()
    ([0.9, 0.1], [0.9, 0.1])
    """
    values = np.asarray(outputs)
    values = values.reshape(len(values), -1)
    draws, rest = divmod(len(values), groups + 2)
    if rest or not draws:
        raise ValueError(f"{len(values)} outputs are not {groups + 2} for each draw")
    if not np.isfinite(values).all():
        raise DomainError(Text("输出中有缺失或无穷", "an output is missing or infinite"))
    # The first row of counts is the draws themselves.
    counts = np.concatenate([np.ones((1, draws)), _resampled(draws, resamples, seed)])
    ends = ((1 - level) / 2, (1 + level) / 2)
    found = np.empty((6, groups, values.shape[1]))
    variance = np.empty(values.shape[1])
    for begin in range(0, values.shape[1], _AT_ONCE):
        own = slice(begin, begin + _AT_ONCE)
        first, total, variance[own] = _estimated(values[:, own].reshape(groups + 2, draws, -1), counts)
        for place, estimates in ((0, first), (3, total)):
            found[place, :, own] = estimates[:, :, 0]
            found[place + 1 : place + 3, :, own] = np.quantile(estimates[:, :, 1:], ends, axis=2)
    first, first_low, first_high, total, total_low, total_high = found
    return SobolIndices(first, total, first_low, first_high, total_low, total_high, variance)


def _resampled(draws: int, resamples: int, seed: int) -> FloatArray:
    """How often each draw is in each resample, (resamples, draws)."""
    generator = np.random.default_rng([seed, 1])
    counts = generator.multinomial(draws, np.full(draws, 1 / draws), size=max(resamples, 1))
    return np.asarray(counts, dtype=np.float64)


def _estimated(block: NDArray[Any], counts: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """First and total indices, (groups, outputs, resamples), and the variance of the first resample.

    block: (groups + 2, draws, outputs), any numbers.
    """
    # Around the mean, as the estimators lose digits on outputs that are large and vary little.
    centre = block[:2].mean(axis=(0, 1))
    one, other = block[0] - centre, block[1] - centre
    draws, outputs = one.shape
    mean = (one + other).T @ counts.T / (2 * draws)
    variance = (one**2 + other**2).T @ counts.T / (2 * draws) - mean**2
    flat = _flat(variance, mean, centre)
    safe = np.where(flat, 1.0, variance)
    first, total = np.empty((2, len(block) - 2, outputs, len(counts)))
    terms = np.empty((draws, 2 * outputs))
    for group, mixed in enumerate(block[2:]):
        difference = mixed - centre - one
        np.multiply(other, difference, out=terms[:, :outputs])
        np.multiply(difference, difference, out=terms[:, outputs:])
        sums = terms.T @ counts.T
        first[group] = np.where(flat, 0.0, sums[:outputs] / draws / safe)
        total[group] = np.where(flat, 0.0, sums[outputs:] / (2 * draws) / safe)
    return first, total, np.where(flat, 0.0, variance)[:, 0]


def _flat(variance: FloatArray, mean: FloatArray, centre: FloatArray) -> BoolArray:
    """Where a resample has no variance but that of rounding, (outputs, resamples); all do of an output that has none.

    mean: of each resample around `centre`, the mean of the output. Spreads are compared to the output as it was before
    it was centred, so that the unit of a score does not matter.
    """
    size = (centre**2 + variance[:, 0])[:, np.newaxis]
    flat = variance <= _SPREAD**2 * size + _DIGITS * mean**2 + _LEAST_SPREAD**2
    return np.asarray(flat | flat[:, :1])
