"""Aggregations that compare units with one another: flows, duels and counts of ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from parkscore.language import Text
from parkscore.methods.columns import in_order
from parkscore.methods.domain import DomainError, FloatArray, Needs
from parkscore.methods.parameters import Meaning, Problem
from parkscore.methods.ranges import Interval
from parkscore.methods.registry import aggregation
from parkscore.methods.rows import rows_of, weighted_mean
from parkscore.methods.standing import standings

Stated = Mapping[str, Any]

MOST_UNITS = 20_000
"""The most units that are compared in pairs: 400 million duels take some seconds for each indicator."""

# Duels are fought in blocks of rows of about this many cells, 8 bytes each.
_CELLS = 2_000_000

# A net flow this close to 0, of at most 1, is what rounding leaves.
_NOTHING = 8 * np.finfo(np.float64).eps

# Weights for and against that differ by less than this share of their sum differ by rounding.
_ROUNDING = 1e-12


def _two_sided(_children: Sequence[Interval], _stated: Stated) -> Interval:
    return Interval(-1.0, 1.0, "possible")


def _unit_range(_children: Sequence[Interval], _stated: Stated) -> Interval:
    return Interval(0.0, 1.0, "possible")


# --- PROMETHEE II ------------------------------------------------------------------------------------------------


def _check_thresholds(stated: Stated) -> list[Problem]:
    indifference, preference = stated.get("indifference", 0.0), stated.get("preference", 0.0)
    if indifference < 0:
        return [Problem("indifference", Text("indifference 不能小于零", "indifference must not be below zero"))]
    if preference < indifference:
        reason = Text(
            f"preference（{preference:g}）不能小于 indifference（{indifference:g}）",
            f"preference ({preference:g}) must not be below indifference ({indifference:g})",
        )
        return [Problem("preference", reason)]
    return []


def _compares_order_only(stated: Stated) -> bool:
    return not stated.get("indifference") and not stated.get("preference")


@aggregation(
    "promethee_ii",
    zh="偏好顺序结构评估法（PROMETHEE II）",
    en="PROMETHEE II net flow",
    formula="S(a) = Σ w Σ_b (P(a, b) - P(b, a)) / ((n - 1) Σ w);  "
    "P = 0 for d ≤ q, 1 for d > p, else (d - q) / (p - q);  d = s(a) - s(b)",
    needs=Needs(complete=True),
    obeys={
        "unit order",
        "indicator order",
        "shift of an indicator",
        "scaling of the weights",
        "monotone",
    },
    reference="Brans, Vincke 1985, Management Science 31, 647-656; Brans, Mareschal 2005",
    golden="zhao_2013",
    golden_source="Zhao, Peng, Li 2013, Procedia Computer Science 17, 181-188; as in pymcdm, test/test_mcdm.py",
    parameters={
        "indifference": Meaning(
            "无差异阈值 q：差距不超过它不算优势", "q: a lead of up to this many points is no preference", "score"
        ),
        "preference": Meaning(
            "严格偏好阈值 p：差距超过它为完全优势；q = p = 0 为通常型", "p: a lead beyond this counts whole", "score"
        ),
    },
    relations=_check_thresholds,
    combine_range=_two_sided,
    mixes_scales=_compares_order_only,
)
def promethee_ii(X: FloatArray, w: FloatArray, *, indifference: float = 0.0, preference: float = 0.0) -> FloatArray:
    """By how much a unit is preferred to the others, less by how much they are preferred to it: -1 to 1.

    X: (units, indicators), complete; w: (indicators,), not negative, of any sum above 0. Returns (units,), summing to
    0. Without thresholds any lead counts whole (the usual criterion); with them a lead counts linearly from
    indifference to preference. The result depends on which units are there; a unit alone gets 0. A column of weight 0
    never matters. Net flows need sorting only, no comparing in pairs. Raises DomainError where the thresholds cross.

    >>> promethee_ii([[4.0, 3.0], [3.0, 2.0], [5.0, 1.0]], [0.5, 0.5])
    array([ 0.5, -0.5,  0. ])
    """
    if problems := _check_thresholds({"indifference": indifference, "preference": preference}):
        raise DomainError(problems[0].reason)
    counted = w > 0
    scores, weights = X[:, counted], w[counted] / w.max()
    usual = preference == indifference == 0
    flows = 2 * standings(scores) - 1 if usual else _linear_flows(scores, indifference, preference)
    net = (np.ascontiguousarray(flows) * weights).sum(axis=1) / weights.sum()
    # Gains and losses that cancel leave rounding, which is no preference.
    return np.asarray(np.where(np.abs(net) < _NOTHING, 0.0, net))


def _linear_flows(X: FloatArray, indifference: float, preference: float) -> FloatArray:
    """The net flow of each unit in each indicator, (units, indicators)."""
    flows = np.zeros(X.shape)
    if len(X) < 2:
        return flows
    for column, ordered in enumerate(in_order(X)):
        # From the middle, so that sums of scores stay small against their differences.
        middle = ordered[len(ordered) // 2]
        lead = _preferred(ordered - middle, X[:, column] - middle, indifference, preference)
        trail = _preferred(middle - ordered[::-1], middle - X[:, column], indifference, preference)
        flows[:, column] = (lead - trail) / (len(X) - 1)
    return flows


def _preferred(ordered: FloatArray, x: FloatArray, indifference: float, preference: float) -> FloatArray:
    """The sum over all units of how far each x is preferred to them; `ordered` holds their values, rising."""
    beaten = np.searchsorted(ordered, x - preference, side="left")
    if preference == indifference:
        return beaten.astype(np.float64)
    led = np.searchsorted(ordered, x - indifference, side="left")
    below = np.concatenate([[0.0], np.cumsum(ordered)])
    partly = (led - beaten) * (x - indifference) - (below[led] - below[beaten])
    return np.asarray(beaten + np.clip(partly / (preference - indifference), 0.0, led - beaten))


# --- Copeland ----------------------------------------------------------------------------------------------------


@aggregation(
    "copeland",
    zh="科普兰得分",
    en="Copeland score",
    formula="S(a) = (duels won - duels lost) / (n - 1);  a beats b where Σ w [s(a) > s(b)] > Σ w [s(b) > s(a)]",
    obeys={
        "unit order",
        "indicator order",
        "shift of an indicator",
        "scaling of an indicator",
        "scaling of the weights",
        "monotone",
    },
    reference="Copeland 1951, A reasonable social welfare function; Saari, Merlin 1996",
    golden="tennessee",
    golden_source="Wikipedia, Copeland's method, vote on the capital of Tennessee",
    combine_range=_two_sided,
)
def copeland(X: FloatArray, w: FloatArray) -> FloatArray:
    """How many more of the other units a unit beats than beat it, by weighted majority of the indicators: -1 to 1.

    X: (units, indicators); w: (indicators,), not negative, of any sum above 0. Returns (units,), summing to 0.
    Two units are compared on the indicators that both have; with none in common they are level. A unit without scores
    is NaN and takes part in no duel. The result depends on which units are there; a unit alone gets 0. A column of
    weight 0 never matters. Raises DomainError above 20,000 units: every pair is compared.

    >>> copeland([[3.0, 1.0, 2.0], [2.0, 3.0, 1.0], [1.0, 1.0, 1.0]], [1, 1, 1])
    array([ 1.,  0., -1.])
    """
    if len(X) > MOST_UNITS:
        raise DomainError(
            Text(
                f"两两比较最多 {MOST_UNITS} 个评价对象，这里有 {len(X)} 个",
                f"units are compared in pairs, at most {MOST_UNITS} of them, and here are {len(X)}",
            )
        )
    counted = w > 0
    scores, weights = np.asfortranarray(X[:, counted]), w[counted] / w.max()
    takes_part = ~np.isnan(scores).all(axis=1)
    others = max(int(takes_part.sum()) - 1, 1)
    balance = np.zeros(len(X))
    step = max(_CELLS // max(len(X), 1), 1)
    for start in range(0, len(X), step):
        balance[start : start + step] = _duels(scores[start : start + step], scores, weights)
    return np.where(takes_part, balance / others, np.nan)


def _duels(challengers: FloatArray, scores: FloatArray, weights: FloatArray) -> FloatArray:
    """The duels that each challenger wins less those it loses."""
    majority = np.zeros((len(challengers), len(scores)))
    for own, column, weight in zip(challengers.T, scores.T, weights, strict=True):
        # A gap is neither above nor below anything.
        majority += weight * (own[:, np.newaxis] > column)
        majority -= weight * (own[:, np.newaxis] < column)
    tolerance = _ROUNDING * float(weights.sum())
    return np.asarray((majority > tolerance).sum(axis=1) - (majority < -tolerance).sum(axis=1), dtype=np.float64)


# --- Borda -------------------------------------------------------------------------------------------------------


@aggregation(
    "borda_count",
    zh="波达计数",
    en="Borda count",
    formula="S = Σ w b / Σ w;  b = (units below + half of those level) / (n - 1)",
    obeys={
        "unit order",
        "indicator order",
        "shift of an indicator",
        "scaling of an indicator",
        "scaling of the weights",
        "monotone",
    },
    reference="Borda 1781, Mémoire sur les élections au scrutin; Young 1974, Journal of Economic Theory 9, 43-52",
    golden="tennessee",
    golden_source="Wikipedia, Borda count, vote on the capital of Tennessee",
    combine_range=_unit_range,
)
def borda_count(X: FloatArray, w: FloatArray) -> FloatArray:
    """The weighted mean of the shares of units that a unit is ahead of in each indicator, 0 to 1.

    X: (units, indicators); w: (indicators,), not negative, of any sum above 0. Returns (units,).
    Within an indicator only the units that have it are counted; the share of a missing score goes to the present ones
    in proportion, and a unit with none is NaN. The result depends on which units are there; a unit alone gets 0.5. A
    column of weight 0 never matters.

    >>> borda_count([[1.0, 5.0], [2.0, np.nan], [3.0, 5.0]], [1, 1])
    array([0.25, 0.5 , 0.75])
    """
    rows = rows_of(standings(X), w)
    return weighted_mean(rows.scores, rows)
