"""What scores say beside the ranking: how well dimensions go together, and what holds a unit back."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from parkscore.language import Text
from parkscore.methods.domain import DomainError, FloatArray

COORDINATION_LEVELS = (
    Text("极度失调", "extremely uncoordinated"),
    Text("严重失调", "severely uncoordinated"),
    Text("中度失调", "moderately uncoordinated"),
    Text("轻度失调", "slightly uncoordinated"),
    Text("濒临失调", "nearly uncoordinated"),
    Text("勉强协调", "barely coordinated"),
    Text("初级协调", "coordinated at a first level"),
    Text("中级协调", "coordinated at a middle level"),
    Text("良好协调", "well coordinated"),
    Text("优质协调", "excellently coordinated"),
)
"""The ten levels of the degree of coordination, one for each tenth; 1 belongs to the last."""


class Coupling(NamedTuple):
    """Coupling C, development T and coordination D = √(C T) of each unit, (units,) each, from 0 to 1."""

    coupling: FloatArray
    development: FloatArray
    coordination: FloatArray


def coupling_coordination(
    U: ArrayLike, weights: ArrayLike | None = None, *, form: Literal["standard", "modified"] = "standard"
) -> Coupling:
    """The degree to which two or more dimensions are high together (耦合协调度).

    U: (units, dimensions), scores from 0 to 1; weights: (dimensions,), not negative, for the development T alone, by
    default equal. standard: C = n (Π u)^(1/n) / Σ u. modified (王淑佳 et al. 2021, 自然资源学报 36(3), 793-810):
    C = √([1 - mean |u_l - u_k| over all pairs] · Π (u / max u)^(1/(n-1))), which spreads C over 0 to 1. D = √(C T).
    A unit with a missing score is NaN; one whose scores are all 0 has C = 0.

    Raises DomainError for scores outside 0 to 1, fewer than two dimensions, or weights that are no weights.

    >>> [round(float(each[0]), 3) for each in coupling_coordination([[0.0162, 0.2720, 0.2655]])]
    [0.571, 0.185, 0.325]
    """
    scores = np.asarray(U, dtype=np.float64)
    if scores.ndim != 2 or scores.shape[1] < 2:
        raise DomainError(Text("至少需要两个维度", "at least two dimensions are needed"))
    _refuse_outside(scores)
    shares = _shares(weights, scores.shape[1])
    development = (scores * shares).sum(axis=1)
    coupling = _standard(scores) if form == "standard" else _modified(scores)
    return Coupling(coupling, development, np.sqrt(coupling * development))


def _refuse_outside(scores: FloatArray) -> None:
    outside = (scores < 0) | (scores > 1)
    if outside.any():
        raise DomainError(
            Text("得分应在 0 与 1 之间", "scores must be from 0 to 1"),
            columns=np.flatnonzero(outside.any(axis=0)).tolist(),
            units=np.flatnonzero(outside.any(axis=1)).tolist(),
        )


def _shares(weights: ArrayLike | None, columns: int) -> FloatArray:
    given = np.ones(columns) if weights is None else np.asarray(weights, dtype=np.float64)
    if given.shape != (columns,):
        raise ValueError(f"{columns} columns need as many weights, not an array of shape {given.shape}")
    if not ((given >= 0) & np.isfinite(given)).all() or not given.sum() > 0:
        reason = Text(
            "权重应为不小于零的有限数，且和大于零", "weights must be finite, not below zero and sum above zero"
        )
        raise DomainError(reason)
    return np.asarray(given / given.sum())


def _relative(scores: FloatArray) -> tuple[FloatArray, FloatArray]:
    """The scores as parts of the unit's largest, and that; against the vanishing of products of small numbers."""
    largest = scores.max(axis=1)
    return scores / np.where(largest > 0, largest, 1.0)[:, np.newaxis], largest


def _standard(scores: FloatArray) -> FloatArray:
    relative, largest = _relative(scores)
    dimensions = scores.shape[1]
    mean = relative.sum(axis=1) / dimensions
    root = np.prod(relative ** (1 / dimensions), axis=1)
    # At most 1 but for rounding: the geometric mean never passes the arithmetic one.
    return np.asarray(np.minimum(np.divide(root, mean, out=mean.copy(), where=largest > 0), 1.0))


def _modified(scores: FloatArray) -> FloatArray:
    relative, _ = _relative(scores)
    dimensions = scores.shape[1]
    first, second = np.triu_indices(dimensions, k=1)
    apart = np.abs(scores[:, first] - scores[:, second]).mean(axis=1)
    return np.asarray(np.sqrt((1 - apart) * np.prod(relative ** (1 / (dimensions - 1)), axis=1)))


def coordination_level(coordination: float) -> Text | None:
    """The name of a degree of coordination from 0 to 1, or None where it is missing.

    >>> coordination_level(0.325).zh
    '轻度失调'
    """
    if np.isnan(coordination):
        return None
    return COORDINATION_LEVELS[min(int(coordination * 10), 9)]


def obstacle_degree(X: ArrayLike, weights: ArrayLike) -> FloatArray:
    """What part of a unit's shortfall each indicator is to blame for (障碍度).

    X: (units, indicators), scores from 0 to 1; weights: (indicators,), effective weights in the total. Returns
    O = w (1 - x) / Σ w (1 - x), (units, indicators), each row summing to 1. A unit without a shortfall has no obstacle:
    its row is NaN. A missing score is no shortfall; it stays NaN and the others share the blame.

    Raises DomainError for scores outside 0 to 1 and weights that are no weights.

    >>> obstacle_degree([[0.5, 0.75], [1.0, 1.0]], [1, 2])
    array([[0.5, 0.5],
           [nan, nan]])
    """
    scores = np.asarray(X, dtype=np.float64)
    _refuse_outside(scores)
    shortfall = (1 - scores) * _shares(weights, scores.shape[1])
    total = np.nansum(shortfall, axis=1, keepdims=True)
    return np.asarray(np.divide(shortfall, total, out=np.full_like(shortfall, np.nan), where=total > 0))
