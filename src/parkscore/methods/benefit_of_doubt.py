"""Benefit of the doubt: each unit is scored under the weights that suit it best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from parkscore.language import Text, plural
from parkscore.methods.domain import DomainError, FloatArray, Needs
from parkscore.methods.parameters import Meaning, Problem
from parkscore.methods.ranges import Interval, refuse_negative
from parkscore.methods.registry import aggregation

Stated = Mapping[str, Any]

MOST_UNITS = 2_000
"""The most different units: each is a linear programme with a constraint for every other."""


def _check_bounds(stated: Stated) -> list[Problem]:
    least, most = stated.get("least", 0.0), stated.get("most", 1.0)
    if not 0 <= least < 1:
        return [Problem("least", Text("least 应在 0 与 1 之间", "least must be from 0 to below 1"))]
    if not least < most <= 1:
        reason = Text(f"most 应大于 least（{least:g}）且不超过 1", f"most must be above least ({least:g}), at most 1")
        return [Problem("most", reason)]
    return []


def _bod_range(_children: Sequence[Interval], _stated: Stated) -> Interval:
    return Interval(0.0, 1.0, "possible")


def _refuse_negative(child: Interval, _stated: Stated) -> Text | None:
    return refuse_negative(child, Text("最有利权重法", "benefit of the doubt"))


@aggregation(
    "benefit_of_doubt",
    zh="最有利权重法（BoD）",
    en="Benefit of the doubt",
    formula="S(a) = max Σ v s(a) over v ≥ 0 with Σ v s(b) ≤ 1 for every unit b [and least ≤ v s(a) / Σ v s(a) ≤ most]",
    needs=Needs(nonnegative=True, complete=True),
    obeys={
        "unit order",
        "indicator order",
        "scaling of an indicator",
        "scaling of the weights",
        "duplicate unit",
        "monotone",
    },
    reference="Melyn, Moesen 1991; Cherchye, Moesen, Rogge, Van Puyenbroeck 2007, Social Indicators Research 82",
    golden="eu_regions",
    golden_source="the regions EU_NUTS1 of Compind (R; Eurostat), the linear programs solved with lpSolve (R)",
    parameters={
        "least": Meaning("每个指标在该评价对象得分中至少占的份额", "the least share of a unit's score per indicator"),
        "most": Meaning("每个指标在该评价对象得分中至多占的份额", "the largest share of a unit's score per indicator"),
    },
    relations=_check_bounds,
    combine_range=_bod_range,
    refuse_range=_refuse_negative,
)
def benefit_of_doubt(X: FloatArray, w: FloatArray, *, least: float = 0.0, most: float = 1.0) -> FloatArray:
    """The best score a unit can give itself with weights under which no unit passes 1.

    X: (units, indicators), not negative, complete; w: (indicators,), not negative. Returns (units,), 0 to 1.
    Every unit has weights of its own: w only says which columns count, one of weight 0 never matters. The result
    depends on which units are there. With `least` above 0 a unit with a zero anywhere gets 0, as no share of its score
    can come from there. An indicator that is zero for all units plays no part.

    Raises DomainError where the bounds cross or cannot be met by this number of indicators, and above 2,000 different
    units: each needs a linear programme over all.

    >>> benefit_of_doubt([[2.0, 0.0], [0.0, 4.0], [1.0, 1.0]], [1, 1])
    array([1.  , 1.  , 0.75])
    """
    if problems := _check_bounds({"least": least, "most": most}):
        raise DomainError(problems[0].reason)
    scores = X[:, w > 0]
    size = scores.max(axis=0, initial=0.0)
    # Largest 1 in each column: the solver takes very small numbers for zero. + 0.0 makes -0.0 plain.
    scores = scores[:, size > 0] / size[size > 0] + 0.0
    if not scores.size:
        return np.zeros(len(X))
    indicators = scores.shape[1]
    if least * indicators > 1 or most * indicators < 1:
        reason = Text(
            f"{indicators} 个指标的份额不能都在 {least:g} 与 {most:g} 之间",
            f"the shares of {plural(indicators, 'indicator')} cannot all be from {least:g} to {most:g}",
        )
        raise DomainError(reason)
    # In one order whatever the order of the table, and every unit once: the solver's last digits depend on it.
    scores = scores[:, np.lexsort(np.sort(np.unique(scores, axis=0), axis=0)[::-1])]
    different, place = np.unique(scores, axis=0, return_inverse=True)
    if len(different) > MOST_UNITS:
        reason = Text(
            f"最多 {MOST_UNITS} 个不同的评价对象，这里有 {len(different)} 个",
            f"at most {MOST_UNITS} different units, and here are {len(different)}",
        )
        raise DomainError(reason)
    rivals = different[_undominated(different)]
    return np.array([_best_score(own, rivals, least, most) for own in different])[place.reshape(-1)]


def _undominated(units: FloatArray) -> FloatArray:
    """The row numbers of units that none other matches in everything; the rest cannot reach 1 first.

    units: different rows in ascending order, so that only later rows can dominate earlier ones.
    """
    keep = [row for row in range(len(units)) if not (units[row + 1 :] >= units[row]).all(axis=1).any()]
    return np.array(keep, dtype=np.intp)


def _best_score(own: FloatArray, rivals: FloatArray, least: float, most: float) -> float:
    """The largest score of one unit."""
    from scipy.optimize import linprog

    rows = [rivals]
    bounded = np.eye(len(own)) * own
    if least > 0:
        rows.append(least * own - bounded)
    if most < 1:
        rows.append(bounded - most * own)
    limits = np.concatenate([np.ones(len(rivals)), np.zeros((len(rows) - 1) * len(own))])
    found = linprog(-own, A_ub=np.vstack(rows), b_ub=limits, method="highs")
    if not found.success:  # v = 0 is always allowed and no unit passes 1, so only the solver itself can fail
        raise ArithmeticError(f"the linear programme of a unit failed: {found.message}")
    # The solver keeps its constraints to 1e-7; measured against the best unit the score keeps its digits.
    weights = np.maximum(found.x, 0.0)
    best = float((rivals * weights).sum(axis=1).max())
    return min(float((own * weights).sum()) / best, 1.0) if best > 0 else 0.0
