"""Work on the next items while somebody looks at the last."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_THREADS: Final = 2


def in_threads(function: Callable[[Item], Result], items: Iterable[Item], threads: int = _THREADS) -> Iterator[Result]:
    """The results in the order of the items, of which a few are held at a time; the first error ends it.

    >>> list(in_threads(abs, [3, -2, -1]))
    [3, 2, 1]
    """
    pool = ThreadPoolExecutor(threads, thread_name_prefix="parkscore")
    running: deque[Future[Result]] = deque()
    try:
        for item in items:
            running.append(pool.submit(function, item))
            if len(running) > threads:
                yield running.popleft().result()
        while running:
            yield running.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
