"""Measure the memory and time of the aggregations that compare units with one another, over 2,000 units.

Beside them runs the textbook form of Copeland's method in NumPy, which holds a number for every pair of units. Memory
is the most that was held at once beyond the table itself, as tracemalloc counts what NumPy asks for.
"""

from __future__ import annotations

import time
import tracemalloc
from functools import partial

import numpy as np
from numpy.typing import NDArray
from racing import Job

from parkscore.methods import DomainError, aggregation

Array = NDArray[np.float64]

UNITS, INDICATORS = 2_000, 46
# Each with settings that take its longest way.
METHODS: dict[str, dict[str, float]] = {
    "copeland": {},
    "promethee_ii": {"indifference": 0.01, "preference": 0.1},
    "borda_count": {},
    "rsr": {},
    "grey_relational": {},
}
# What is refused, and from which number of different units on.
REFUSED = {"copeland": 20_001, "benefit_of_doubt": 2_001}


def main() -> None:
    """Print one table: a row for each method, then what each limit says."""
    X, w = np.random.default_rng(0).random((UNITS, INDICATORS)), np.ones(INDICATORS)
    print(f"| {UNITS:,} x {INDICATORS} | seconds | most held, MB |\n| --- | --- | --- |")
    for name, stated in METHODS.items():
        print(f"| {name} | {measured(partial(aggregation[name], X, w, **stated))}", flush=True)
    print(f"| copeland, all pairs in NumPy | {measured(partial(_all_pairs, X, w))}\n")
    for name, units in REFUSED.items():
        try:
            aggregation[name](np.random.default_rng(0).random((units, 2)), np.ones(2))
        except DomainError as error:
            print(f"{name}, {units:,} units: {error}")


def measured(job: Job) -> str:
    """Seconds without, and megabytes with, an account of memory."""
    job()
    begin = time.perf_counter()
    job()
    seconds = time.perf_counter() - begin
    tracemalloc.start()
    job()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return f"{seconds:.3g} | {most / 1e6:.1f} |"


def _all_pairs(X: Array, w: Array) -> Array:
    majority = sum(weight * np.sign(column[:, np.newaxis] - column) for column, weight in zip(X.T, w, strict=True))
    return np.asarray(np.sign(majority).sum(axis=1) / (len(X) - 1))


if __name__ == "__main__":
    main()
