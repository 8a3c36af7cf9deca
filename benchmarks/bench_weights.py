"""Time every weighting method that needs nothing but data, beside the same method of pymcdm and scikit-criteria.

All run in one process and in turn, round after round, on the same random tables: 178 units by 46 indicators, and
100,000 by 18. The fastest round of each counts, as whatever else the machine does can only add to it. A package that is
not installed leaves its column empty.
"""

from __future__ import annotations

import importlib
import platform
import time
from collections.abc import Callable
from importlib.metadata import version
from importlib.util import find_spec

import numpy as np

from parkscore.methods import DomainError, weighting
from parkscore.methods.domain import FloatArray

SHAPES = ((178, 46), (100_000, 18))
ROUNDS = {178: 300, 100_000: 15}
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

Job = Callable[[], object]


def main() -> None:
    """Time every method on every table and print one table for each."""
    installed = [name for name, module in PEERS.items() if find_spec(module.partition(".")[0])]
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", *installed))
    print(f"{platform.python_implementation()} {platform.python_version()}, {packages}. Milliseconds.")
    for units, indicators in SHAPES:
        X = 0.1 + np.random.default_rng(0).random((units, indicators))
        print(f"\n| {units:,} x {indicators} | parkscore | {' | '.join(PEERS)} |")
        print("| --- " * (2 + len(PEERS)) + "|")
        for name, method in weighting.items():
            if not method.check({}):
                print(f"| {name} | {' | '.join(times_of(jobs_of(name, X, installed), ROUNDS[units]))} |", flush=True)


def jobs_of(name: str, X: FloatArray, installed: list[str]) -> list[Job | None]:
    """The same weights from here and from each peer; None where a peer has no such method."""
    return [lambda: weighting[name](X), *(peer_job(peer, name, X) if peer in installed else None for peer in PEERS)]


def peer_job(peer: str, name: str, X: FloatArray) -> Job | None:
    """The call of a peer's function on an array, without its own checks and tables."""
    if name not in THEIRS[peer] or (peer, name, len(X)) in TOO_LONG:
        return None
    function_name, wants_types = THEIRS[peer][name]
    function = getattr(importlib.import_module(PEERS[peer]), function_name)
    return (lambda: function(X, np.ones(X.shape[1]))) if wants_types else (lambda: function(X))


def times_of(jobs: list[Job | None], rounds: int) -> list[str]:
    """The fastest round of each job, after one to warm up; in words where the method refuses the table."""
    fastest = [np.inf] * len(jobs)
    enough = 3.0  # seconds for all
    begin = time.perf_counter()
    for number in range(rounds + 1):
        if number > 2 and time.perf_counter() - begin > enough:
            break
        for place, job in enumerate(jobs):
            if job is not None:
                try:
                    elapsed = time_once(job)
                except DomainError as error:
                    return [f"refuses: {error.reason.en}"] + [""] * (len(jobs) - 1)
                if number:
                    fastest[place] = min(fastest[place], elapsed)
    return [f"{1000 * seconds:.3g}" if np.isfinite(seconds) else "" for seconds in fastest]


def time_once(job: Job) -> float:
    """Seconds of one call."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
