"""What scoring rules share: their directions, the ends of their scores, and how a share becomes a score."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from parkscore.language import Text
from parkscore.methods.domain import BoolArray, DomainError, FloatArray
from parkscore.methods.parameters import Meaning, Problem

Statistic = float | FloatArray
Direction = int | NDArray[np.integer[Any]]
Pair = tuple[float, float]
Stated = Mapping[str, Any]

DIRECTION = Meaning("方向：1 为越高越好，-1 为越低越好", "direction: 1 where higher is better, -1 where lower is")
TO = Meaning("得分区间的两端", "the two ends of the scores", "score")
CLIP = Meaning("越界者取得分区间的端点", "scores beyond an end become that end")


def statistic(values: FloatArray) -> Statistic:
    """A plain number for a single column, so that a reference can be written to a file as it is."""
    return values if values.ndim else float(values)


def is_higher_better(direction: Direction) -> BoolArray:
    """Where higher is better; DomainError where a direction is neither 1 nor -1."""
    signs = np.asarray(direction, dtype=np.float64)
    wrong = np.abs(signs) != 1
    if wrong.any():
        reason = Text("方向只能是 1 或 -1", "the direction is 1 or -1")
        raise DomainError(reason, columns=np.flatnonzero(wrong).tolist())
    return np.asarray(signs > 0)


def ends(to: Sequence[float]) -> Pair:
    """The score of the worst and of the best; DomainError where they do not rise."""
    worst, best = (float(end) for end in to)
    if not worst < best:
        raise DomainError(Text("得分区间的前端应小于后端", "the first end of the scores must be below the second"))
    return worst, best


def falling_ends(stated: Stated) -> list[Problem]:
    """A problem where the stated ends of the scores do not rise."""
    worst, best = stated.get("to", (0.0, 1.0))
    if worst < best:
        return []
    return [
        Problem("to", Text(f"to 的前端（{worst}）应小于后端（{best}）", f"to must rise, not go from {worst} to {best}"))
    ]


def not_above_zero(stated: Stated, *names: str) -> list[Problem]:
    """A problem for each of these parameters that is stated and not above zero."""
    return [
        Problem(name, Text(f"{name} 应大于零", f"{name} must be above zero"))
        for name in names
        if stated.get(name) is not None and not np.all(np.greater(stated[name], 0))
    ]


def between(share: FloatArray, to: Pair, clip: bool) -> FloatArray:
    """Scores from shares of the way between the ends of `to`; DomainError where one is beyond all numbers."""
    worst, best = ends(to)
    # The top of the scores is reached exactly: worst + (best - worst) can be one rounding away from best.
    scores = np.asarray((best - worst) * share)
    scores += worst
    np.copyto(scores, best, where=share == 1.0)
    if not clip:
        return finite(scores)
    np.clip(scores, worst, best, out=scores)
    return scores if math.isfinite(worst) and math.isfinite(best) else finite(scores)


def finite(scores: FloatArray) -> FloatArray:
    """The scores; DomainError where a stated reference is so narrow that some are beyond all numbers."""
    if np.isinf(scores).any():
        reason = Text(
            "参照值的间距过小，得分超出可表示的范围", "the reference is too narrow: scores beyond all numbers"
        )
        raise DomainError(reason)
    return np.asarray(scores)


def refuse_first(problems: list[Problem]) -> None:
    """DomainError with the first problem, where there is one."""
    if problems:
        raise DomainError(problems[0].reason)


def refuse_cells(bad: BoolArray, reason: Text) -> None:
    """DomainError, with the columns and units, where a cell of (units,) or (units, indicators) is bad."""
    if bad.any():
        by_column = bad if bad.ndim == 2 else bad[:, np.newaxis]
        raise DomainError(
            reason,
            columns=np.flatnonzero(by_column.any(axis=0)).tolist(),
            units=np.flatnonzero(by_column.any(axis=1)).tolist(),
        )
