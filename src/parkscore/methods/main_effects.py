"""How much of the variation of an index goes with one of its parts, whatever its nominal weight."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

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
    order = _by_both(x, y)
    x, y = _scaled(x[order]), _scaled(y[order])
    y -= y.mean()
    residual, freedom = _smooth(x, y)
    unexplained = (residual / (len(y) - freedom)) / (float(np.square(y).sum()) / (len(y) - 1))
    return float(np.clip(1.0 - unexplained, 0.0, 1.0))


def _scaled(x: FloatArray) -> FloatArray:
    """From 0 to 1, so that no measure can overflow."""
    low, high = x.min() / 2, x.max() / 2
    return np.asarray((x / 2 - low) / (high - low))


def _by_both(x: FloatArray, y: FloatArray) -> NDArray[np.intp]:
    """The order by x, and by y where x is the same."""
    order = np.argsort(x)
    ordered = x[order]
    same = np.concatenate(([False], ordered[1:] == ordered[:-1], [False]))
    tied = np.flatnonzero(same[1:] | same[:-1])
    rows = order[tied]
    order[tied] = rows[np.lexsort((y[rows], x[rows]))]
    return order


def _smooth(x: FloatArray, y: FloatArray) -> tuple[float, float]:
    """The residual sum of squares and the degrees of freedom of the curve with the least cross-validation score.

    x, y: (units,), x ascending.
    """
    place = np.concatenate(([0], np.cumsum(x[1:] > x[:-1])))
    levels = int(place[-1]) + 1
    rank = place / (levels - 1)
    straight = _orthonormal([np.ones(len(x)), x, rank])
    y = y - straight.T @ (straight @ y)
    curves = _Curves(rank, min(levels, max(3, min(_MOST_KNOTS, len(x) // 4))))
    along = curves.products(straight)
    # What straight lines can follow is not the curves' to explain.
    sizes, directions = np.linalg.eigh(curves.squares() - along.T @ along)
    sizes = np.clip(sizes, 0.0, None)
    stiff = sizes + _PENALTIES[:, np.newaxis] / len(x)
    loads = np.square(directions.T @ curves.products(y[np.newaxis])[0])
    residuals = np.maximum(_dot(y, y) - (2 / stiff - sizes / np.square(stiff)) @ loads, 0.0)
    freedoms = len(straight) + (sizes / stiff).sum(axis=1)
    best = np.argmin(residuals / np.square(len(y) - _WARINESS * freedoms))
    return float(residuals[best]), float(freedoms[best])


def _orthonormal(rows: list[FloatArray]) -> FloatArray:
    """An orthonormal basis of what the rows span, one direction a row; those that repeat the others add nothing."""
    found: list[FloatArray] = []
    for row in rows:
        size = math.sqrt(_dot(row, row))
        rest = row
        for _ in range(2):  # once leaves what rounding left of the others
            for direction in found:
                rest = rest - _dot(direction, rest) * direction
        left = math.sqrt(_dot(rest, rest))
        if left > 1e-9 * size:
            found.append(rest / left)
    return np.array(found)


def _dot(x: FloatArray, y: FloatArray) -> float:
    # Not BLAS: it shares a long product among threads, which on a busy machine takes a hundred times as long.
    return float(np.einsum("i,i->", x, y))


class _Curves:
    """The ways in which a natural cubic spline over evenly spaced knots in [0, 1] can bend, over ascending x.

    Each is as large as the penalty on its squared second derivative allows, so that one penalty serves them all.
    Between two knots a spline follows from its values and its second derivatives at both, four numbers: products with
    it are added up for those four and then put together, and the curves themselves, (units, knots - 2), are not needed.
    """

    def __init__(self, x: FloatArray, knots: int) -> None:
        places = np.linspace(0.0, 1.0, knots)
        h = 1 / (knots - 1)
        inner = np.eye(knots - 2)
        products = h * (4 * inner + np.eye(knots - 2, k=1) + np.eye(knots - 2, k=-1)) / 6
        differences = (np.eye(knots - 2, knots) - 2 * np.eye(knots - 2, knots, k=1) + np.eye(knots - 2, knots, k=2)) / h
        curvature = np.linalg.solve(products, differences)
        stiffness, shapes = np.linalg.eigh(differences.T @ curvature)
        bending = shapes[:, 2:] / np.sqrt(stiffness[2:])  # the first two, constants and straight lines, bend nowhere
        second = np.vstack([np.zeros(knots), curvature, np.zeros(knots)]) @ bending
        # Of each piece: the values at its two knots, then the second derivatives there, (4, curves).
        self._ends = [np.vstack([bending[k : k + 2], second[k : k + 2]]) for k in range(knots - 1)]
        bounds = np.concatenate(([0], np.searchsorted(x, places[1:-1]), [len(x)]))
        self._pieces = [slice(*pair) for pair in pairwise(bounds.tolist())]
        counts = np.diff(bounds)
        from_left = (x - np.repeat(places[:-1], counts)) / h
        to_right = 1.0 - from_left
        self._parts = np.array(
            [to_right, from_left, h * h * (to_right**3 - to_right) / 6, h * h * (from_left**3 - from_left) / 6]
        )

    def products(self, rows: FloatArray) -> FloatArray:
        """The products of rows, (rows, units), with each curve, (rows, curves)."""
        pieces = zip(self._pieces, self._ends, strict=True)
        return np.asarray(sum(rows[:, piece] @ self._parts[:, piece].T @ ends for piece, ends in pieces))

    def squares(self) -> FloatArray:
        """The products of the curves with each other, (curves, curves)."""
        pieces = zip((self._parts[:, piece] for piece in self._pieces), self._ends, strict=True)
        return np.asarray(sum(ends.T @ (part @ part.T) @ ends for part, ends in pieces))
