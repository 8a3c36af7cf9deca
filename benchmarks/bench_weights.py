"""Time every weighting method beside the same method of pymcdm and scikit-criteria, or beside bare NumPy and SciPy.

All run in one process, on one thread and in turn, on the same random tables: 178 units by 46 indicators, and 100,000
by 18. The peers' functions get bare arrays, and so does ours, through the public shelf, whose checks are in its time.
Where no peer has a method, it runs beside the shortest NumPy or SciPy for the formula, which checks nothing and whose
last digits depend on the order of the units. Before they are timed, both must give the same weights. A package that is
not installed leaves its rows out.
"""

from __future__ import annotations

import importlib
import os
import platform
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from importlib.metadata import version
from importlib.util import find_spec
from types import MappingProxyType
from typing import Any, NamedTuple

# Before NumPy is loaded: threads of one job would wait for the other work of the machine.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray
from racing import HEAD, race, row_of

from parkscore.methods import aggregation, combination, weighting

Array = NDArray[np.float64]

SHAPES = ((178, 46), (100_000, 18))
PEERS = {"pymcdm": "pymcdm.weights", "scikit-criteria": "skcriteria.preprocessing.weighters"}
# The name of the function in each peer, and whether it wants to be told that every indicator is a benefit.
THEIRS = {
    "pymcdm": {
        "equal": ("equal_weights", False),
        "entropy": ("entropy_weights", False),
        "standard_deviation": ("standard_deviation_weights", False),
        "variance": ("variance_weights", False),
        "gini": ("gini_weights", False),
        "lopcow": ("lopcow_weights", True),
        "angle": ("angle_weights", False),
        "critic": ("critic_weights", False),
        "merec": ("merec_weights", True),
        "cilos": ("cilos_weights", True),
        "idocriw": ("idocriw_weights", True),
    },
    "scikit-criteria": {
        "entropy": ("entropy_weights", False),
        "standard_deviation": ("std_weights", False),
        "gini": ("gini_weights", False),
        "critic": ("critic_weights", True),
        "merec": ("merec_weights", True),
    },
}
# It compares every unit with every other: hours.
TOO_LONG = {("pymcdm", "gini", 100_000)}
# The most that AHP compares at once here: no random index is tabulated for more.
MOST_COMPARED = 10


class Contest(NamedTuple):
    """A method here and the same elsewhere."""

    name: str
    beside: str
    ours: Callable[[], Array]
    theirs: Callable[[], Array]


def main() -> None:
    """Race every method on every table and print one table for each."""
    packages = ("numpy", "scipy", *(name for name, module in PEERS.items() if _is_installed(module)))
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    print(f"{platform.python_implementation()} {platform.python_version()}, {versions}, one thread.")
    for units, indicators in SHAPES:
        X = 0.1 + np.random.default_rng(0).random((units, indicators))
        print(f"\n| {units:,} x {indicators} | beside {HEAD}")
        print("| --- " * 7 + "|")
        for contest in (*from_data(X), *nearly_even(X), *from_judgements(X), *combined(indicators), *doubted(X)):
            np.testing.assert_allclose(contest.ours(), contest.theirs(), rtol=0, atol=1e-9, err_msg=contest.name)
            print(f"| {contest.name} | {contest.beside} {row_of(race(contest.ours, contest.theirs))}", flush=True)


def _is_installed(module: str) -> bool:
    return find_spec(module.partition(".")[0]) is not None


# --- weights from data -------------------------------------------------------------------------------------------


def from_data(X: Array) -> Iterator[Contest]:
    """The methods that need nothing but data, beside each peer that has them, else beside NumPy."""
    for name, method in weighting.items():
        if method.check({}):
            continue
        ours = partial(_weigh, name, X)
        if name in BARE:
            yield Contest(name, "NumPy", ours, partial(BARE[name], X))
        for peer, functions in THEIRS.items():
            if name in functions and _is_installed(PEERS[peer]) and (peer, name, len(X)) not in TOO_LONG:
                function_name, wants_types = functions[name]
                function = getattr(importlib.import_module(PEERS[peer]), function_name)
                types = [np.ones(X.shape[1])] if wants_types else []
                yield Contest(name, peer, ours, partial(function, X, *types))


def nearly_even(X: Array) -> Iterator[Contest]:
    """Indicators that differ by little against their size, of which a mean must be taken off first."""
    even = X + 20.0
    ours = partial(_weigh, "standard_deviation", even)
    yield Contest("standard_deviation, all nearly even", "NumPy", ours, partial(_standard_deviation, even))


def _standard_deviation(X: Array) -> Array:
    amounts = X.std(axis=0, ddof=1)
    return np.asarray(amounts / amounts.sum())


def _weigh(name: str, X: Array, stated: Mapping[str, Any] = MappingProxyType({})) -> Array:
    return weighting[name](X, **stated)


def _coefficient_of_variation(X: Array) -> Array:
    amounts = X.std(axis=0, ddof=1) / X.mean(axis=0)
    return np.asarray(amounts / amounts.sum())


def _pca(X: Array) -> Array:
    squares = np.linalg.eigh(np.corrcoef(X, rowvar=False))[1][:, -1] ** 2
    return np.asarray(squares / squares.sum())


def _vertical_horizontal(X: Array) -> Array:
    vector = np.abs(np.linalg.eigh(X.T @ X)[1][:, -1])
    return np.asarray(vector / vector.sum())


BARE = {
    "coefficient_of_variation": _coefficient_of_variation,
    "pca": _pca,
    "vertical_horizontal": _vertical_horizontal,
}


# --- weights from judgement --------------------------------------------------------------------------------------


def from_judgements(X: Array) -> Iterator[Contest]:
    """AHP beside pymcdm, with the consistency ratio that ours always checks; the others beside NumPy and SciPy."""
    importance = np.arange(1.0, X.shape[1] + 1)
    if _is_installed("pymcdm"):
        few = np.array([4.0, 4.0, 4.0, 4.0, 2.0, 2.0, 2.0, 1.0, 1.0, 1.0])  # pymcdm takes only entries of the scale
        matrix = few[:, np.newaxis] / few
        ahp = partial(_weigh, "ahp", X[:, :MOST_COMPARED], {"matrix": matrix})
        yield Contest(f"ahp of {MOST_COMPARED}", "pymcdm", ahp, partial(_ahp, matrix))
    compared = {"best_to_others": importance, "others_to_worst": importance[-1] / importance}
    yield Contest("best_worst", "SciPy", partial(_weigh, "best_worst", X, compared), partial(_best_worst, **compared))
    ranks = np.random.default_rng(1).permutation(importance)
    for formula, by_rank in BY_RANK.items():
        ours = partial(_weigh, "rank_order", X, {"ranks": ranks, "formula": formula})
        yield Contest(f"rank_order {formula}", "NumPy", ours, partial(by_rank, ranks))


def _ahp(matrix: Array) -> Array:
    from pymcdm.weights.subjective import AHP

    found = AHP(matrix=matrix)
    found.check_cr()
    return np.asarray(found())


def _best_worst(best_to_others: Array, others_to_worst: Array) -> Array:
    from scipy.optimize import linprog

    size, best, worst = len(best_to_others), int(best_to_others.argmin()), int(others_to_worst.argmin())
    from_best, to_worst = -np.diag(best_to_others), np.eye(size)
    from_best[:, best] += 1
    to_worst[:, worst] -= others_to_worst
    rows = np.vstack([from_best, -from_best, to_worst, -to_worst])
    bounds = np.column_stack([rows, -np.ones(len(rows))])
    sum_to_one = [np.append(np.ones(size), 0.0)]
    found = linprog(np.append(np.zeros(size), 1.0), bounds, np.zeros(len(rows)), sum_to_one, [1.0], method="highs")
    return np.asarray(found.x[:-1])


def _centroids(ranks: Array) -> Array:
    amounts = np.cumsum(1.0 / np.arange(len(ranks), 0, -1.0))[::-1] / len(ranks)
    return np.asarray(amounts[ranks.astype(int) - 1])


def _rank_sums(ranks: Array) -> Array:
    amounts = len(ranks) + 1.0 - ranks
    return np.asarray(amounts / amounts.sum())


def _reciprocals(ranks: Array) -> Array:
    amounts = 1.0 / ranks
    return np.asarray(amounts / amounts.sum())


BY_RANK = {"roc": _centroids, "rs": _rank_sums, "rr": _reciprocals}


# --- combinations, and each unit's own weights -------------------------------------------------------------------


def combined(indicators: int) -> Iterator[Contest]:
    """Five sets of weights made one, beside NumPy."""
    W = np.random.default_rng(2).dirichlet(np.full(indicators, 20.0), size=5)
    for name, bare in MIXED.items():
        yield Contest(f"combined {name}", "NumPy", partial(_combine, name, W), partial(bare, W))


def _combine(name: str, W: Array) -> Array:
    return combination[name](W)


def _additive(W: Array) -> Array:
    mean = W.mean(axis=0)
    return np.asarray(mean / mean.sum())


def _multiplicative(W: Array) -> Array:
    product = W.prod(axis=0)
    return np.asarray(product / product.sum())


def _geometric(W: Array) -> Array:
    mean = np.exp(np.log(W).mean(axis=0))
    return np.asarray(mean / mean.sum())


def _game_theory(W: Array) -> Array:
    products = W @ W.T
    mix = np.linalg.lstsq(products, products.diagonal(), rcond=None)[0] @ W
    return np.asarray(mix / mix.sum())


MIXED = {
    "additive": _additive,
    "multiplicative": _multiplicative,
    "geometric": _geometric,
    "game_theory": _game_theory,
}


def doubted(X: Array) -> Iterator[Contest]:
    """Benefit of the doubt over 6 indicators of the small table: a linear programme for each unit here and in SciPy."""
    few = X[: SHAPES[0][0], :6]
    if len(few) == len(X):
        yield Contest(f"benefit_of_doubt of {few.shape[1]}", "SciPy", partial(_doubt, few), partial(_best_scores, few))


def _doubt(X: Array) -> Array:
    return aggregation["benefit_of_doubt"](X, np.ones(X.shape[1]))


def _best_scores(X: Array) -> Array:
    from scipy.optimize import linprog

    limits = np.ones(len(X))
    return np.array([-linprog(-own, A_ub=X, b_ub=limits, method="highs").fun for own in X])


if __name__ == "__main__":
    main()
