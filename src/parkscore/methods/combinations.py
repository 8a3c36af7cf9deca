"""Combinations of several sets of weights into one."""

from __future__ import annotations

import numpy as np

from parkscore.language import Text
from parkscore.methods.domain import DomainError, FloatArray, Needs
from parkscore.methods.parameters import Meaning
from parkscore.methods.registry import combination

_NEEDS = Needs(nonnegative=True, complete=True)
_SHARES = Meaning("各组权重所占的份额；默认相等", "how much each set of weights counts; by default all the same")
# Sets of weights are taken to depend on each other below this ratio of singular values, and a negative coefficient
# this small against the largest is a rounding of 0.
_DEPENDENT = 1e-10
_ROUNDING = 1e-9


@combination(
    "additive",
    zh="加法组合",
    en="Additive combination",
    formula="w = Σ_k α_k w_k,  Σα = 1",
    needs=_NEEDS,
    obeys={"scheme order", "indicator order"},
    reference="Linear synthesis of subjective and objective weights; worked example: geogsci.com/CN/figure/309558",
    golden="geogsci",
    golden_source="地理科学, weights by CRITIC, by entropy and combined, geogsci.com/CN/figure/309558",
    parameters={"shares": _SHARES},
)
def additive(W: FloatArray, *, shares: FloatArray | None = None) -> FloatArray:
    """The weighted mean of several sets of weights.

    W: (schemes, indicators), each row weights not below zero without gaps. shares: (schemes,). Returns shares,
    (indicators,), summing to 1. Each row is first divided by its sum. Raises DomainError where a row is all 0.

    >>> additive(np.array([[0.4, 0.6], [0.2, 0.8]]))
    array([0.3, 0.7])
    """
    return _normalised(_parts(shares, W) @ _rows(W))


@combination(
    "multiplicative",
    zh="乘法组合",
    en="Multiplicative combination",
    formula="w = Π_k w_k / ΣΠ_k w_k",
    needs=_NEEDS,
    obeys={"scheme order", "indicator order"},
    reference="Multiplicative synthesis of subjective and objective weights, as Chinese textbooks write it",
    golden="mathmodels",
    golden_source="mathmodels (R, zhjx19), example of combine_weights",
)
def multiplicative(W: FloatArray) -> FloatArray:
    """The product of several sets of weights: what all of them stress stands out.

    W: (schemes, indicators), each row weights not below zero without gaps. Returns shares, (indicators,), summing to 1.
    Raises DomainError where no indicator has weight in every row.

    >>> multiplicative(np.array([[0.5, 0.5], [0.2, 0.8]]))
    array([0.2, 0.8])
    """
    return _product(_rows(W), np.ones(len(W)))


@combination(
    "geometric",
    zh="几何平均组合",
    en="Geometric combination",
    formula="w = Π_k w_k^α_k / ΣΠ_k w_k^α_k,  Σα = 1",
    needs=_NEEDS,
    obeys={"scheme order", "indicator order"},
    reference="Minimum relative entropy of two sets of weights, √(w₁w₂) normalised; with shares, its weighted form",
    golden="mathmodels",
    golden_source="mathmodels (R, zhjx19), example of combine_weights, where it is called game",
    parameters={"shares": _SHARES},
)
def geometric(W: FloatArray, *, shares: FloatArray | None = None) -> FloatArray:
    """The weighted geometric mean of several sets of weights, divided by its sum.

    W: (schemes, indicators), each row weights not below zero without gaps. shares: (schemes,). Returns shares,
    (indicators,), summing to 1. Raises DomainError where no indicator has weight in every row.

    >>> geometric(np.array([[0.5, 0.5], [0.2, 0.8]])).round(4)
    array([0.3333, 0.6667])
    """
    return _product(_rows(W), _parts(shares, W))


@combination(
    "game_theory",
    zh="博弈论组合",
    en="Game-theory combination",
    formula="S_kl = w_k·w_l;  S α = diag S;  w = Σ_k α_k w_k / Σα",
    needs=_NEEDS,
    obeys={"scheme order", "indicator order"},
    reference="陈加良 2003, 福建电脑 (9), 15-16; equations as in 侯克鹏, 王黎蝶 2021, 安全与环境学报 21(6), 2443-2451",
    golden="mathmodels",
    golden_source="mathmodels (R, zhjx19), example of combine_weights, where it is called game_linear",
)
def game_theory(W: FloatArray) -> FloatArray:
    """The mix of several sets of weights that deviates least from all of them together.

    W: (schemes, indicators), each row weights not below zero without gaps. Returns shares, (indicators,), summing to 1.

    Sets that are the same or depend on each other are taken with the smallest coefficients that solve the equations.
    Equal weights always get the coefficient 0 beside one other set: no other set deviates less from them than
    they do. Raises DomainError where a coefficient is negative, since the mix would then be no mix of the sets.

    >>> game_theory(np.array([[0.6, 0.3, 0.1], [0.1, 0.3, 0.6]])).round(4)
    array([0.35, 0.3 , 0.35])
    """
    rows = _rows(W)
    products = rows @ rows.T
    coefficients = np.linalg.lstsq(products, np.diagonal(products), rcond=_DEPENDENT)[0]
    if np.any(coefficients < -_ROUNDING * np.abs(coefficients).max()):
        raise DomainError(
            Text(
                "这几组权重的博弈论组合系数有负值，请用加法组合",
                "the game-theory coefficients of these weights are negative; combine them additively",
            )
        )
    return _normalised(np.maximum(coefficients, 0.0) @ rows)


def _rows(W: FloatArray) -> FloatArray:
    """Each set of weights as shares."""
    if not len(W):
        raise DomainError(Text("没有可组合的权重", "there are no weights to combine"))
    # Divided by the largest first, weights near the largest number sum without overflow.
    largest = W.max(axis=1, initial=0.0, keepdims=True)
    if np.any(largest == 0) and W.shape[1]:
        raise DomainError(Text("有一组权重全为零", "one set of weights is all zero"))
    scaled = W / np.where(largest > 0, largest, 1.0)
    return np.asarray(scaled / np.maximum(scaled.sum(axis=1, keepdims=True), 1.0))


def _parts(shares: FloatArray | None, W: FloatArray) -> FloatArray:
    """How much each set counts, summing to 1."""
    parts = np.ones(len(W)) if shares is None else np.asarray(shares, dtype=np.float64)
    if parts.shape != W.shape[:1] or not np.all((parts >= 0) & np.isfinite(parts)) or not parts.any():
        raise DomainError(
            Text(
                "每组权重应有一个不小于零的份额", "each set of weights needs a share that is finite and not below zero"
            )
        )
    return np.asarray(parts / parts.sum())


def _product(rows: FloatArray, powers: FloatArray) -> FloatArray:
    """The product of the rows, each to its power, as shares."""
    counted = powers > 0
    alive = (rows[counted] > 0).all(axis=0)
    if not alive.any() and rows.shape[1]:
        raise DomainError(Text("没有指标在各组中都有权重", "no indicator has weight in every set"))
    logs = powers[counted] @ np.log(np.where(alive, rows[counted], 1.0))
    # Against the largest, products of many small weights do not vanish.
    logs = logs - logs.max(where=alive, initial=-np.inf) if alive.any() else logs
    return _normalised(np.where(alive, np.exp(np.minimum(logs, 0.0)), 0.0))


def _normalised(amounts: FloatArray) -> FloatArray:
    return np.asarray(amounts / amounts.sum() if amounts.size else amounts)
