"""How much of the variation of an index goes with one of its parts, whatever its nominal weight."""

from __future__ import annotations

import math

import numpy as np

from parkscore.methods.diagnostics import has_no_spread
from parkscore.methods.domain import FloatArray

FEWEST_UNITS = 20
"""With fewer, a curve can follow any cloud of points."""

_MOST_KNOTS = 20
_WARINESS = 1.4  # what a degree of freedom costs, so that chance is not taken for a bend (Kim and Gu 2004)
_PENALTIES = 10.0 ** np.arange(-6.0, 10.0, 0.25)  # from following every knot to a straight line


def main_effect(x: FloatArray, y: FloatArray) -> float:
    """The share of the variance of y that its mean at a given x explains: Var(E[y | x]) / Var(y), from 0 to 1.

    x, y: (units,); units with both count. This is the first-order sensitivity (Pearson's correlation ratio) that
    Paruolo, Saisana and Saltelli 2013 (Journal of the Royal Statistical Society A 176) set against nominal weights.

    E[y | x] is estimated by a straight line in x, not penalised, and a cubic regression spline over the ranks of x (the
    share does not change with any increasing transformation of x): up to 20 knots, at most one for four units, the
    penalty on its bending chosen by generalised cross-validation (Craven and Wahba 1979; Wood 2017, Generalized
    Additive Models, 5.3) with each degree of freedom counted 1.4 times (Kim and Gu 2004). The degrees of freedom that
    the curve takes are discounted as in an adjusted R², so that an x without influence comes near 0: 0.007 on average
    over 178 units. The work grows with the units as sorting them does.

    NaN where fewer than twenty units have both, or where one of the columns is constant. The same to the last digit in
    any order of the units.

    >>> x = np.linspace(-1, 1, 101)
    >>> round(main_effect(x, 3 * x + 1), 6), round(main_effect(x, x**2), 3)
    (1.0, 1.0)
    """
    both = ~(np.isnan(x) | np.isnan(y))
    x, y = x[both], y[both]
    if len(x) < FEWEST_UNITS or has_no_spread(x) or has_no_spread(y):
        return math.nan
    order = np.lexsort((y, x))
    x, y = _scaled(x[order]), _scaled(y[order])
    y = y - y.mean()
    residual, freedom = _smooth(x, y)
    unexplained = (residual / (len(y) - freedom)) / (float(np.square(y).sum()) / (len(y) - 1))
    return float(np.clip(1.0 - unexplained, 0.0, 1.0))


def _scaled(x: FloatArray) -> FloatArray:
    """From 0 to 1, so that no measure can overflow."""
    low, high = x.min() / 2, x.max() / 2
    return np.asarray((x / 2 - low) / (high - low))


def _smooth(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    """The residual sum of squares and the degrees of freedom of the curve with the least cross-validation score."""
    values, position = np.unique(x, return_inverse=True)
    rank = position / (len(values) - 1)
    straight = _orthonormal(np.column_stack([np.ones(len(x)), x, rank]))
    y = y - straight @ (straight.T @ y)
    bends = _bends(rank, min(len(values), max(3, min(_MOST_KNOTS, len(x) // 4))))
    bends = bends - straight @ (straight.T @ bends)
    sizes, directions = np.linalg.eigh(bends.T @ bends)
    sizes = np.clip(sizes, 0.0, None)
    stiff = sizes + _PENALTIES[:, np.newaxis] / len(x)
    loads = np.square(directions.T @ (bends.T @ y))
    residuals = np.maximum(y @ y - (2 / stiff - sizes / np.square(stiff)) @ loads, 0.0)
    freedoms = straight.shape[1] + (sizes / stiff).sum(axis=1)
    best = np.argmin(residuals / np.square(len(y) - _WARINESS * freedoms))
    return float(residuals[best]), float(freedoms[best])


def _orthonormal(columns: FloatArray) -> FloatArray:
    """An orthonormal basis of what the columns span; those that repeat the others add nothing."""
    directions, sizes, _ = np.linalg.svd(columns, full_matrices=False)
    return np.asarray(directions[:, sizes > 1e-9 * sizes[0]])


def _bends(x: FloatArray, count: int) -> FloatArray:
    """The ways in which a natural cubic spline over evenly spaced knots in [0, 1] can bend, (units, count - 2).

    Each is as large as the penalty on its squared second derivative allows, so that one penalty serves them all.
    """
    knots = np.linspace(0.0, 1.0, count)
    h = 1 / (count - 1)
    inner = np.eye(count - 2)
    products = h * (4 * inner + np.eye(count - 2, k=1) + np.eye(count - 2, k=-1)) / 6
    differences = (np.eye(count - 2, count) - 2 * np.eye(count - 2, count, k=1) + np.eye(count - 2, count, k=2)) / h
    curvature = np.linalg.solve(products, differences)
    stiffness, shapes = np.linalg.eigh(differences.T @ curvature)
    bending = shapes[:, 2:] / np.sqrt(stiffness[2:])  # the first two, constants and straight lines, bend nowhere
    return np.asarray(_spline(x, knots, np.vstack([np.zeros(count), curvature, np.zeros(count)])) @ bending)


def _spline(x: FloatArray, knots: FloatArray, second: FloatArray) -> FloatArray:
    """What turns values at the knots into values of the spline at x, (units, knots).

    second: what turns values at the knots into second derivatives there.
    """
    right = np.clip(np.searchsorted(knots, x, side="right"), 1, len(knots) - 1)
    left = right - 1
    h = knots[right] - knots[left]
    from_left, to_right = (x - knots[left]) / h, (knots[right] - x) / h
    weights = np.zeros((len(x), len(knots)))
    weights[np.arange(len(x)), left] = to_right
    weights[np.arange(len(x)), right] = from_left
    at_left = (np.square(h) * (to_right**3 - to_right) / 6)[:, np.newaxis]
    at_right = (np.square(h) * (from_left**3 - from_left) / 6)[:, np.newaxis]
    return np.asarray(weights + at_left * second[left] + at_right * second[right])
