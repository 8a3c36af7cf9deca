"""Time two ways to the same result in turn, so that what else the machine does falls on both."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

Job = Callable[[], object]

# A round of a quick job repeats it for about this long, in seconds, so that the clock's own steps do not count.
_ROUND = 0.002


class Race(NamedTuple):
    """What two jobs took, in seconds a call; the fastest round counts, as other work can only add to it.

    ratio: ours by theirs, the fastest of each. median: of the ratios of rounds that followed each other. processor: the
    ratio of the least processor time, of all threads, which waiting does not add to.
    """

    ours: float
    theirs: float
    ratio: float
    median: float
    processor: float


def race(ours: Job, theirs: Job, seconds: float = 2.0, rounds: int = 200, rest: float = 0.0) -> Race:
    """Run both in turn, at least three times after one to warm up, for about so many seconds or rounds.

    rest: seconds before each turn. Threads of BLAS wait busily for 30 ms or more after a product, and would take a core
    from whoever has the next turn.
    """
    repeats = []
    for job in (ours, theirs):
        job()
        repeats.append(max(1, math.ceil(_ROUND / _once(job, 1)[0])))
    laps: tuple[list[tuple[float, float]], list[tuple[float, float]]] = ([], [])
    begin = time.perf_counter()
    while len(laps[0]) < 3 or (len(laps[0]) < rounds and time.perf_counter() - begin < seconds):
        for job, times, found in zip((ours, theirs), repeats, laps, strict=True):
            time.sleep(rest)
            found.append(_once(job, times))
    walls = [[wall for wall, _ in found] for found in laps]
    processors = [min(processor for _, processor in found) for found in laps]
    fastest = [min(found) for found in walls]
    median = statistics.median(one / other for one, other in zip(*walls, strict=True))
    return Race(fastest[0], fastest[1], fastest[0] / fastest[1], median, processors[0] / processors[1])


def _once(job: Job, times: int) -> tuple[float, float]:
    """Wall and processor time of one call, over several."""
    wall, processor = time.perf_counter(), time.process_time()
    for _ in range(times):
        job()
    return (time.perf_counter() - wall) / times, (time.process_time() - processor) / times


HEAD = "| ours, ms | theirs, ms | ratio | median ratio | processor |"


def row_of(found: Race) -> str:
    """The columns of `HEAD`, in milliseconds."""
    times = f"| {1000 * found.ours:.3g} | {1000 * found.theirs:.3g} "
    return f"{times}| {found.ratio:.2f} | {found.median:.2f} | {found.processor:.2f} |"
