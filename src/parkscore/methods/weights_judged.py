"""Weights from judgement: pairs compared by experts, the best and the worst named, or an order of importance."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import numpy as np

from parkscore.language import Text, plural
from parkscore.methods.domain import BoolArray, DomainError, FloatArray, Needs
from parkscore.methods.parameters import Meaning, Problem
from parkscore.methods.registry import weighting

# What the data cannot change: judgements do not look at them.
_BLIND_TO_DATA = ("unit order", "shift of an indicator", "scaling of an indicator", "duplicate unit")
_NOTHING = Needs(finite=False)

RANDOM_INDEX = MappingProxyType(
    {
        # Mean consistency index of random matrices, by size from 1; Saaty's table, as Chinese textbooks print it.
        "saaty": (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49),
        # The larger simulation of Donegan and Dodd 1991.
        "donegan_dodd": (0.0, 0.0, 0.4914, 0.8286, 1.0591, 1.1797, 1.2519, 1.3171, 1.3733, 1.4055),
    }
)

# Printed matrices round 1/3 to 0.33 and 1/7 to 0.14; what differs by more from the reciprocal contradicts it.
_RECIPROCAL = 0.021


class Judged(NamedTuple):
    """What a matrix of judgements says: shares, the largest eigenvalue, and the consistency ratio."""

    shares: FloatArray
    eigenvalue: float
    ratio: float


# --- analytic hierarchy process ------------------------------------------------------------------------------------


def _remark_on_ratio(stated: Mapping[str, Any]) -> Text:
    ratio = judge(stated["matrix"], stated.get("random_index", "saaty")).ratio
    return Text(f"一致性比率 CR = {ratio:.4f}", f"consistency ratio {ratio:.4f}")


def _refuse_matrix(stated: Mapping[str, Any]) -> list[Problem]:
    matrix = stated["matrix"]
    if not isinstance(matrix, np.ndarray):
        return []  # still by id; it is looked at once every id has its position
    try:
        _consistent(matrix, stated.get("random_index", "saaty"), stated.get("max_consistency_ratio", 0.1))
    except DomainError as error:
        return [Problem("matrix", error.reason)]
    return []


@weighting(
    "ahp",
    zh="层次分析法",
    en="Analytic hierarchy process (AHP)",
    formula="A w = λ w;  CI = (λ - m) / (m - 1);  CR = CI / RI",
    needs=_NOTHING,
    obeys=_BLIND_TO_DATA,
    reference="Saaty 1980; incomplete matrices: Bozóki, Fülöp, Rónyai 2010; several experts: Aczél, Saaty 1983",
    golden="saaty_2008",
    golden_source="Saaty 2008, International Journal of Services Sciences 1(1), 83-98, drinks; as in AHPy, "
    "tests/test_ahp.py",
    parameters={
        "matrix": Meaning(
            "判断矩阵：{甲: {乙: 3}} 表示甲的重要性是乙的 3 倍；多位专家写成列表",
            "judgements: {a: {b: 3}} says that a is 3 times as important as b; a list holds several experts",
            judged="pairs",
        ),
        "random_index": Meaning(
            "平均随机一致性指标的表：Saaty，或 Donegan 与 Dodd（1991）",
            "the table of random indices: that of Saaty, or of Donegan and Dodd 1991",
        ),
        "max_consistency_ratio": Meaning(
            "一致性比率超过此值即拒绝", "judgements with a larger consistency ratio are refused"
        ),
    },
    relations=_refuse_matrix,
    remark=_remark_on_ratio,
)
def ahp(
    X: FloatArray,
    *,
    matrix: FloatArray,
    random_index: Literal["saaty", "donegan_dodd"] = "saaty",
    max_consistency_ratio: float = 0.1,
) -> FloatArray:
    """Weights as the principal eigenvector of pairwise judgements, refused where these contradict each other.

    X: (units, indicators), used for the number of indicators only; gaps do not matter. matrix: (indicators, indicators)
    or (experts, indicators, indicators), entry i, j saying how many times as important i is as j. Returns shares,
    (indicators,), summing to 1.

    NaN is a pair that nobody compared; one direction of a pair is enough, and where both are given they must be
    reciprocal. Experts are joined pair by pair by the geometric mean. Pairs that are still missing get the values that
    make λ smallest (Bozóki and others 2010), which needs every indicator to be linked to every other by judgements.

    Raises DomainError where judgements are not positive, not reciprocal, not linked, for more than 10 indicators (no
    random index is tabulated), and where the consistency ratio of the joint matrix is above `max_consistency_ratio`.

    >>> ahp(np.zeros((5, 3)), matrix=np.array([[1, 2, 4], [1 / 2, 1, 2], [1 / 4, 1 / 2, 1]])).round(4)
    array([0.5714, 0.2857, 0.1429])
    """
    judgements = np.asarray(matrix, dtype=np.float64)
    _require_size(judgements.shape[-1:], X)
    return _consistent(judgements, random_index, max_consistency_ratio).shares


def judge(matrix: FloatArray, random_index: str = "saaty") -> Judged:
    """The shares, the largest eigenvalue and the consistency ratio of judgements, whatever the ratio is.

    matrix: as for `ahp`. Raises DomainError as `ahp` does, but for the ratio.

    >>> judge(np.array([[1.0, 2.0, 9.0], [0.5, 1.0, 2.0], [1 / 9, 0.5, 1.0]])).ratio > 0.05
    True
    """
    joint = _joint(np.asarray(matrix, dtype=np.float64))
    size = len(joint)
    if size > len(RANDOM_INDEX[random_index]):
        raise DomainError(
            Text(
                f"一次最多比较 10 项，这里有 {size} 项，请分层比较",
                f"at most 10 things can be compared at once, not {size}; judge them in groups",
            )
        )
    if size < 2:
        return Judged(np.ones(size), float(size), 0.0)
    eigenvalue, vector = _principal(_completed(joint))
    index = RANDOM_INDEX[random_index][size - 1]
    # Rounding can put λ a last place below the size, its least value.
    ratio = max(0.0, (eigenvalue - size) / (size - 1)) / index if index > 0 else 0.0
    return Judged(vector / vector.sum(), eigenvalue, ratio)


def _consistent(matrix: FloatArray, random_index: str, most: float) -> Judged:
    judged = judge(matrix, random_index)
    if judged.ratio > most:
        raise DomainError(
            Text(
                f"一致性比率 {judged.ratio:.4f} 大于 {most:g}，判断前后矛盾，请重新比较",
                f"the consistency ratio is {judged.ratio:.4f}, above {most:g}: the judgements contradict each other",
            )
        )
    return judged


def _joint(matrix: FloatArray) -> FloatArray:
    """The judgements of all experts as one reciprocal matrix, NaN where nobody compared a pair."""
    if matrix.ndim not in (2, 3) or matrix.shape[-1] != matrix.shape[-2] or not matrix.shape[0]:
        raise DomainError(Text("判断矩阵应为方阵", "the judgements must be a square matrix, or one for each expert"))
    if np.any(matrix <= 0) or np.any(np.isinf(matrix)):
        raise DomainError(Text("判断应为有限的正数", "judgements must be finite and above zero"))
    logs = np.log(matrix.reshape(-1, *matrix.shape[-2:]))
    mirrored = -np.swapaxes(logs, 1, 2)
    if np.any(np.abs(logs - mirrored) > _RECIPROCAL):
        raise DomainError(
            Text("同一对的两个判断应互为倒数，与自身相比应为 1", "the two judgements of a pair must be reciprocal")
        )
    # A pair judged in one direction only has its reciprocal in the other; printed ones are made exact.
    both = np.stack([logs, mirrored])
    per_expert = _mean(both)
    np.einsum("eii->ei", per_expert)[...] = 0.0
    return np.asarray(np.exp(_mean(per_expert)))


def _mean(values: FloatArray) -> FloatArray:
    """The mean along the first axis of what is present; NaN where nothing is."""
    present = np.count_nonzero(~np.isnan(values), axis=0)
    total = np.where(np.isnan(values), 0.0, values).sum(axis=0)
    return np.asarray(np.where(present > 0, total / np.maximum(present, 1), np.nan))


def _principal(matrix: FloatArray) -> tuple[float, FloatArray]:
    """The largest eigenvalue of a positive matrix, and its eigenvector, which is positive."""
    values, vectors = np.linalg.eig(matrix)
    largest = int(np.argmax(values.real))
    return float(values[largest].real), np.abs(vectors[:, largest].real)


def _completed(matrix: FloatArray) -> FloatArray:
    """The matrix with its missing pairs at the values that make the largest eigenvalue smallest.

    In the logarithms of the missing pairs that eigenvalue is convex, so any descent ends at its only minimum.
    """
    rows, columns = np.nonzero(np.triu(np.isnan(matrix)))
    if not rows.size:
        return matrix
    if not _is_linked(~np.isnan(matrix)):
        raise DomainError(
            Text("判断不足：有的指标与其余没有比较", "too few judgements: some indicators are not linked to the others")
        )
    from scipy.optimize import minimize

    def filled(logs: FloatArray) -> FloatArray:
        whole = matrix.copy()
        whole[rows, columns], whole[columns, rows] = np.exp(logs), np.exp(-logs)
        return whole

    def eigenvalue_and_slope(logs: FloatArray) -> tuple[float, FloatArray]:
        whole = filled(logs)
        eigenvalue, right = _principal(whole)
        left = _principal(whole.T)[1]
        pull = left[:, np.newaxis] * whole * right
        return eigenvalue, (pull[rows, columns] - pull[columns, rows]) / (left @ right)

    start = _least_squares(matrix)
    found = minimize(
        eigenvalue_and_slope, start[rows] - start[columns], jac=True, method="BFGS", options={"gtol": 1e-12}
    )
    return filled(found.x)


def _is_linked(known: BoolArray) -> bool:
    """Whether comparisons lead from every indicator to every other."""
    reached = np.zeros(len(known), dtype=bool)
    reached[0] = True
    for _ in known:
        reached = np.asarray(known[reached].any(axis=0))
    return bool(reached.all())


def _least_squares(matrix: FloatArray) -> FloatArray:
    """Logarithms of weights whose ratios are nearest to the known judgements."""
    known = ~np.isnan(matrix)
    laplacian = np.diag(known.sum(axis=1)) - known.astype(np.float64)
    return np.asarray(np.linalg.lstsq(laplacian, np.where(known, np.log(matrix), 0.0).sum(axis=1), rcond=None)[0])


# --- best and worst ------------------------------------------------------------------------------------------------


def _remark_on_deviation(stated: Mapping[str, Any]) -> Text:
    deviation = _best_worst(stated["best_to_others"], stated["others_to_worst"])[1]
    return Text(f"最大偏差 ξ = {deviation:.4f}", f"largest deviation ξ = {deviation:.4f}")


def _refuse_comparisons(stated: Mapping[str, Any]) -> list[Problem]:
    best, worst = stated["best_to_others"], stated["others_to_worst"]
    if not isinstance(best, np.ndarray) or not isinstance(worst, np.ndarray):
        return []
    try:
        _require_comparisons(best, worst)
    except DomainError as error:
        return [Problem(None, error.reason)]
    return []


@weighting(
    "best_worst",
    zh="最优最劣法",
    en="Best-worst method (linear)",
    formula="min ξ:  |w_best - a w_j| <= ξ,  |w_j - b w_worst| <= ξ,  Σw = 1",
    needs=_NOTHING,
    obeys=_BLIND_TO_DATA,
    reference="Rezaei 2015, Omega 53, 49-57; the linear model: Rezaei 2016, Omega 64, 126-130",
    golden="tomczak_bwm",
    golden_source="BWM (R, jakub-tomczak), tests/testthat/test-example-data.R: Rezaei's car",
    parameters={
        "best_to_others": Meaning(
            "最重要的指标是各指标的几倍；其自身为 1",
            "how many times as important the most important indicator is as each; 1 for itself",
            judged="each",
        ),
        "others_to_worst": Meaning(
            "各指标是最不重要的指标的几倍；其自身为 1",
            "how many times as important each is as the least important indicator; 1 for itself",
            judged="each",
        ),
    },
    relations=_refuse_comparisons,
    remark=_remark_on_deviation,
)
def best_worst(X: FloatArray, *, best_to_others: FloatArray, others_to_worst: FloatArray) -> FloatArray:
    """Weights nearest to comparisons with the most and the least important indicator only.

    X: (units, indicators), used for the number of indicators only; gaps do not matter. best_to_others,
    others_to_worst: (indicators,). The best is the indicator with 1 in the first, the worst the one with 1 in the
    second; of several, the one with the larger comparison in the other list. Returns shares, (indicators,), summing
    to 1.

    The linear model makes the largest deviation ξ smallest (solved by HiGHS); ξ = 0 says that the comparisons agree.
    Raises DomainError where a comparison is below 1 or no indicator has a 1.

    >>> best_worst(
    ...     np.zeros((1, 3)), best_to_others=np.array([1.0, 2, 8]), others_to_worst=np.array([8.0, 4, 1])
    ... ).round(4)
    array([0.6154, 0.3077, 0.0769])
    """
    best, worst = (np.asarray(each, dtype=np.float64) for each in (best_to_others, others_to_worst))
    _require_size(best.shape, X)
    _require_size(worst.shape, X)
    return _best_worst(best, worst)[0]


def _require_comparisons(best: FloatArray, worst: FloatArray) -> None:
    both = np.stack([best, worst])
    if not np.all((both >= 1) & np.isfinite(both)):
        raise DomainError(Text("比较值应为不小于 1 的有限数", "comparisons must be finite and at least 1"))
    if not (both == 1).any(axis=1).all():
        raise DomainError(
            Text(
                "best_to_others 与 others_to_worst 中各应有一项为 1，即最重要者和最不重要者自身",
                "best_to_others and others_to_worst each need a 1: the most and the least important indicator itself",
            )
        )


def _best_worst(best_to_others: FloatArray, others_to_worst: FloatArray) -> tuple[FloatArray, float]:
    """The shares, and the largest deviation from the comparisons."""
    size = len(best_to_others)
    if size < 2:
        return np.ones(size), 0.0
    _require_comparisons(best_to_others, others_to_worst)
    best = int(np.argmax(np.where(best_to_others == 1, others_to_worst, 0.0)))
    worst = int(np.argmax(np.where(others_to_worst == 1, best_to_others, 0.0)))
    from scipy.optimize import linprog

    # Each row is a deviation as a sum over the weights: w_best - a_j w_j, then w_j - b_j w_worst.
    from_best = -np.diag(best_to_others)
    from_best[:, best] += 1
    to_worst = np.eye(size)
    to_worst[:, worst] -= others_to_worst
    deviations = np.vstack([from_best, to_worst])
    bounds = np.column_stack([np.vstack([deviations, -deviations]), -np.ones(4 * size)])
    found = linprog(
        np.append(np.zeros(size), 1.0),
        A_ub=bounds,
        b_ub=np.zeros(len(bounds)),
        A_eq=[np.append(np.ones(size), 0.0)],
        b_eq=[1.0],
        method="highs",
    )
    shares = np.maximum(found.x[:-1], 0.0)
    return shares / shares.sum(), max(0.0, float(found.x[-1]))


# --- an order of importance ----------------------------------------------------------------------------------------


def _centroid(places: FloatArray) -> FloatArray:
    return np.asarray(np.cumsum(1.0 / places[::-1])[::-1])


def _sum(places: FloatArray) -> FloatArray:
    return np.asarray(len(places) + 1.0 - places)


def _reciprocal(places: FloatArray) -> FloatArray:
    return np.asarray(1.0 / places)


_BY_PLACE: Mapping[str, Callable[[FloatArray], FloatArray]] = {"roc": _centroid, "rs": _sum, "rr": _reciprocal}


@weighting(
    "rank_order",
    zh="重要性排序赋权",
    en="Rank-order weights",
    formula="roc: w_k = Σ_{i>=k} 1/i / m;  rs: w_k ∝ m + 1 - k;  rr: w_k ∝ 1/k",
    needs=_NOTHING,
    obeys=_BLIND_TO_DATA,
    reference="Stillwell, Seaver, Edwards 1981 (rs, rr); Barron, Barrett 1996, Management Science 42, 1515-1523 (roc)",
    golden="barron_barrett_1996",
    golden_source="Barron, Barrett 1996, Management Science 42(11), 1515-1523, table of centroid weights",
    parameters={
        "ranks": Meaning(
            "各指标的重要性名次，1 为最重要，可并列",
            "the place of each indicator in the order of importance, 1 for the first; ties are allowed",
            judged="each",
        ),
        "formula": Meaning(
            "roc 名次质心，rs 名次和，rr 名次倒数",
            "roc is the rank-order centroid, rs the rank sum, rr the rank reciprocal",
        ),
    },
)
def rank_order(X: FloatArray, *, ranks: FloatArray, formula: Literal["roc", "rs", "rr"] = "roc") -> FloatArray:
    """Weights from nothing more than the order of importance.

    X: (units, indicators), used for the number of indicators only; gaps do not matter. ranks: (indicators,), smaller is
    more important, only their order counts. Returns shares, (indicators,), summing to 1. Indicators of equal rank share
    what their places would get. Raises DomainError where ranks are not finite.

    >>> rank_order(np.zeros((1, 3)), ranks=np.array([2, 1, 3])).round(4)
    array([0.2778, 0.6111, 0.1111])
    """
    order = np.asarray(ranks, dtype=np.float64)
    _require_size(order.shape, X)
    if not np.isfinite(order).all():
        raise DomainError(Text("名次应为有限的数", "ranks must be finite numbers"))
    amounts = _BY_PLACE[formula](np.arange(1.0, len(order) + 1))
    amounts /= max(amounts.sum(), 1.0)
    places = order.argsort()
    ordered = order[places]
    starts = np.concatenate(([True], ordered[1:] > ordered[:-1])) if order.size else np.zeros(0, dtype=bool)
    shares = np.empty(order.shape)
    shares[places] = amounts if starts.all() else _shared(amounts, starts)
    return shares


def _shared(amounts: FloatArray, starts: BoolArray) -> FloatArray:
    """The mean of the amounts of each group, which begins where `starts` is true."""
    group = np.cumsum(starts) - 1
    return np.asarray((np.bincount(group, weights=amounts) / np.bincount(group))[group])


def _require_size(shape: tuple[int, ...], X: FloatArray) -> None:
    if shape != X.shape[1:]:
        raise DomainError(
            Text(
                f"判断不是针对 {X.shape[1]} 个指标的", f"the judgements are not about {plural(X.shape[1], 'indicator')}"
            )
        )
