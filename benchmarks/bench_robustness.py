"""Time the robustness of ranks beside bare NumPy, pymcdm and scikit-criteria, and show how its draws converge.

    python benchmarks/bench_robustness.py [weights large methods sobol convergence]

All threads are used, by NumPy's product, too. The bare code is one product of the weights and the scores, and one
`argsort`; it keeps no ranks, breaks no ties and says nothing of any unit. A package that is not installed is left out.
"""

from __future__ import annotations

import json
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from racing import HEAD, race, row_of

import parkscore as ps
from parkscore.methods.weight_draws import dirichlet, unit_points

Array = NDArray[np.float64]

UNITS, INDICATORS, DIMENSIONS, DRAWS = 178, 46, 5, 10_000
MANY, FEW, FEWER_DRAWS, CHUNK = 100_000, 18, 1_000, 50
PEER_DRAWS, ROUNDS = 40, 5
SIZES = tuple(2**power for power in range(6, 15))
SEEDS = 16
ROUNDS_IN_TURN, REST = 40, 0.1


def main() -> None:
    """Run what is asked for, everything by default."""
    packages = [name for name in ("numpy", "scipy", "pymcdm", "scikit-criteria") if _is_installed(name)]
    print(f"{platform.python_implementation()} {platform.python_version()}, " + _versions(packages))
    for name in sys.argv[1:] or PARTS:
        PARTS[name]()


def _is_installed(name: str) -> bool:
    return find_spec({"scikit-criteria": "skcriteria"}.get(name, name)) is not None


def _versions(packages: list[str]) -> str:
    return ", ".join(f"{name} {version(name)}" for name in packages)


# --- other weights: 178 x 46, 10,000 draws ---------------------------------------------------------------------------


def other_weights() -> None:
    """A table of weights through the public interface with all tables of units, beside the bare code and the peers."""
    evaluation = evaluated(UNITS, INDICATORS)
    scores, weights = evaluation.scoring.scores, drawn_weights(DRAWS, INDICATORS)
    table = pd.DataFrame(weights, columns=[leaf.id for leaf in evaluation.framework.leaves])

    def ours() -> Any:
        found = evaluation.robustness({"table": table}, draws=DRAWS)
        return found, found.units, found.rank_probabilities, found.above

    few = weights[:PEER_DRAWS]
    found = race(ours, lambda: bare(weights, scores), seconds=20.0, rounds=ROUNDS_IN_TURN, rest=REST)
    same_ranks(ours()[0].outcome.ranks, weights, scores)
    print(f"\n| {UNITS} x {INDICATORS}, {DRAWS:,} draws {HEAD}\n{'| --- ' * 6}|")
    print(f"| units, rank probabilities, pairs; beside bare NumPy {row_of(found)}")
    for name, rank in peers(scores):
        found = race(
            ours, lambda rank=rank: [rank(each) for each in few], seconds=30.0, rounds=ROUNDS_IN_TURN, rest=REST
        )  # type: ignore[misc]
        times, middle = DRAWS / PEER_DRAWS / found.ratio, DRAWS / PEER_DRAWS / found.median
        print(
            f"{name}: {1000 * found.theirs / PEER_DRAWS:.2f} ms a draw, ours {1000 * found.ours:.1f} ms for all: ",
            end="",
        )
        print(f"{times:,.0f} times, in the middle of all rounds {middle:,.0f} times")


def bare(weights: Array, scores: Array) -> Any:
    """Units from the best on, in each draw."""
    return np.argsort(-(weights @ scores.T), axis=1)


def same_ranks(ranks: Any, weights: Array, scores: Array) -> None:
    """Raise AssertionError unless the ranks are those of the bare code, but for units that all but tie."""
    order = bare(weights, scores)
    theirs = np.empty_like(order)
    np.put_along_axis(theirs, order, np.arange(1, len(scores) + 1)[np.newaxis, :], axis=1)
    assert (ranks != theirs).mean() < 1e-6  # noqa: S101  # a benchmark of something else is none


def peers(scores: Array) -> Iterator[tuple[str, Callable[[Array], Any]]]:
    """The ranks under some weights, as each peer's documentation has them."""
    wanted = np.ones(scores.shape[1], dtype=int)
    if _is_installed("scikit-criteria"):
        import skcriteria
        from skcriteria.agg.simple import WeightedSumModel
        from skcriteria.pipelines import mkpipe
        from skcriteria.preprocessing.scalers import MinMaxScaler

        pipe = mkpipe(MinMaxScaler(target="matrix"), WeightedSumModel())
        yield "scikit-criteria", lambda weights: pipe.evaluate(skcriteria.mkdm(scores, wanted, weights=weights)).rank_
    if _is_installed("pymcdm"):
        from pymcdm.methods import WSM
        from pymcdm.normalizations import minmax_normalization

        model = WSM(minmax_normalization)
        yield "pymcdm", lambda weights: model.rank(model(scores, weights, wanted, validation=False))


# --- many units: 100,000 x 18, 1,000 draws ---------------------------------------------------------------------------


def many_units() -> None:
    """In a process of its own, so that its memory is all that is counted."""
    command = [sys.executable, __file__, "_large"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)  # noqa: S603  # own command
    ours, theirs, processor, before, peak = json.loads(done.stdout.splitlines()[-1])
    print(f"\n{MANY:,} x {FEW}, {FEWER_DRAWS:,} draws: ours {ours:.2f} s, chunked bare NumPy {theirs:.2f} s, ", end="")
    print(f"ratio {ours / theirs:.2f}, of processor time {processor:.2f}; peak {peak:.0f} MiB, {before:.0f} before it")


def _large() -> None:
    evaluation = evaluated(MANY, FEW)
    weights = drawn_weights(FEWER_DRAWS, FEW)
    table = pd.DataFrame(weights, columns=[leaf.id for leaf in evaluation.framework.leaves])

    def ours() -> Any:
        return evaluation.robustness({"table": table}, draws=FEWER_DRAWS).units

    def theirs() -> None:
        scores = np.ascontiguousarray(evaluation.scoring.scores.T)
        for first in range(0, FEWER_DRAWS, CHUNK):
            for row in -(weights[first : first + CHUNK] @ scores):
                np.argsort(row)

    before = _peak()
    ours()
    peak = _peak()
    found = race(ours, theirs, seconds=30.0)
    print(json.dumps([found.ours, found.theirs, found.processor, before, peak]))


def _peak() -> float:
    """The most memory that this process has held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# --- other methods, too ----------------------------------------------------------------------------------------------


def other_methods() -> None:
    """Weights, scoring rules, the mean of the total and what is left out, all at once."""
    evaluation = evaluated(UNITS, INDICATORS)

    def ours() -> Any:
        found = evaluation.robustness(
            {"multipliers": 0.2},
            score={"all": [{"rule": "minmax", "to": [20, 100]}]},
            aggregate={"total": ["geometric"]},
            leave_out=["all"],
            draws=DRAWS,
        )
        return found.units, found.rank_probabilities, found.above

    print(f"\n{UNITS} x {INDICATORS}, four assumptions, {DRAWS:,} draws: {fastest(ours):.2f} s")


def sobol() -> None:
    """What each of 46 weights does to the rank of each unit, with intervals."""
    evaluation = evaluated(UNITS, INDICATORS)
    held = evaluation.robustness({"multipliers": 0.2, "level": "leaf"}, draws=64)
    found = held.sensitivity(["ranks"], "indicator", draws=1024)
    groups = len(found.first.columns)
    seconds = fastest(lambda: held.sensitivity(["ranks"], "indicator", draws=1024))
    one = fastest(lambda: held.sensitivity(["mean_shift"], "indicator", draws=1024))
    print(
        f"\nSobol indices of {groups} weights, N = 1,024, {UNITS} units: {seconds:.2f} s for the rank of every unit, "
    )
    print(f"{one:.2f} s for the mean shift of ranks alone; 200 resamples each")


# --- convergence -----------------------------------------------------------------------------------------------------


def convergence() -> None:
    """The error of quasi-random draws beside random ones, by how many they are: root mean squares over seeds."""
    shares = np.random.default_rng(1).dirichlet(np.full(INDICATORS, 5.0))
    evaluation = evaluated(UNITS, INDICATORS)
    truth = evaluation.robustness({"any": True}, draws=2**17, seed=SEEDS).units

    def of_weights(kind: Any, draws: int, seed: int) -> Array:
        return dirichlet(shares, unit_points(draws, INDICATORS, seed, kind), 50).mean(axis=0) - shares

    def of_units(kind: str, draws: int, seed: int) -> Array:
        found = evaluation.robustness({"any": True, "points": kind}, draws=draws, seed=seed).units
        return (found["top_10"] - truth["top_10"]).to_numpy()

    for name, error in (("mean weights", of_weights), ("P(top 10)", of_units)):
        print(f"\n| draws | {name}, quasi-random | random |\n| --- | --- | --- |")
        found = np.array([[_over_seeds(error, kind, draws) for kind in ("sobol", "random")] for draws in SIZES])
        for draws, (quasi, random) in zip(SIZES, found, strict=True):
            print(f"| {draws:,} | {quasi:.2e} | {random:.2e} |")
        slopes = [np.polyfit(np.log(SIZES), np.log(errors), 1)[0] for errors in found.T]
        print(f"| slope | {slopes[0]:.2f} | {slopes[1]:.2f} |")


def _over_seeds(error: Callable[[Any, int, int], Array], kind: str, draws: int) -> float:
    return float(np.sqrt(np.mean([np.mean(error(kind, draws, seed) ** 2) for seed in range(SEEDS)])))


# --- what is scored --------------------------------------------------------------------------------------------------


def evaluated(units: int, indicators: int) -> Any:
    """Units with a number for each indicator, scored from 1 to 100, under a tree of means."""
    numbers = np.random.default_rng(0).random((units, indicators))
    frame = pd.DataFrame(numbers, columns=[f"x{number}" for number in range(indicators)])
    frame.insert(0, "unit", [f"U{number:06d}" for number in range(units)])
    with tempfile.TemporaryDirectory() as folder:
        return ps.evaluate(framework_in(Path(folder) / "bench.yaml", indicators), frame)


def framework_in(path: Path, indicators: int) -> ps.Framework:
    """Plain fields scored by min-max, in a few dimensions of equal weight."""
    lines = ["id: bench", "title: {zh: 测试, en: Benchmark}", "unit: {zh: 单位, key: unit}", "weights_status: assumed"]
    lines += ["fields:", *(f"  x{number}: {{zh: 项{number}}}" for number in range(indicators))]
    lines += ["defaults: {direction: higher, score: {rule: minmax, to: [1, 100]}}", "indicators:"]
    for dimension in range(DIMENSIONS):
        lines += [f"  - id: d{dimension}", f"    zh: 维度{dimension}", "    weight: 1", "    children:"]
        for number in range(dimension, indicators, DIMENSIONS):
            lines.append(f"      - {{id: i{number}, zh: 指标{number}, formula: x{number}, weight: 1}}")
    path.write_text("\n".join(lines), encoding="utf-8")
    return ps.load_framework(path)


def drawn_weights(draws: int, indicators: int) -> Array:
    """Every set of weights as likely as any other; in the order of the framework's indicators."""
    return np.random.default_rng(2).dirichlet(np.ones(indicators), draws)


def fastest(job: Callable[[], Any]) -> float:
    """Seconds of the fastest of some runs, after one to warm up."""
    job()
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        job()
        times.append(time.perf_counter() - begin)
    return min(times)


PARTS = {
    "weights": other_weights,
    "large": many_units,
    "methods": other_methods,
    "sobol": sobol,
    "convergence": convergence,
}

if __name__ == "__main__":
    if sys.argv[1:] == ["_large"]:
        _large()
    else:
        main()
