"""Work on the next items while somebody looks at the last."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import Final, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

_THREADS: Final = 2


@contextmanager
def in_threads(
    function: Callable[[Item], Result], items: Iterable[Item], threads: int = _THREADS, ahead: int | None = None
) -> Iterator[Iterator[Result]]:
    """The results in the order of the items, of which a few are held at a time; the first error ends it.

    ahead: how many items are begun at once, whenever the first result is asked for; by default one for each thread. The
    threads end with the block, and what nobody has asked for by then is given up.

    >>> with in_threads(abs, [3, -2, -1]) as results:
    ...     list(results)
    [3, 2, 1]
    """
    pool, rest = ThreadPoolExecutor(threads, thread_name_prefix="parkscore"), iter(items)
    try:
        begun = deque(pool.submit(function, item) for item in islice(rest, ahead or threads))
        yield _in_order(begun, (pool.submit(function, item) for item in rest))
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _in_order(begun: deque[Future[Result]], rest: Iterable[Future[Result]]) -> Iterator[Result]:
    """The results of what has begun and of the rest, of which one begins with each that is asked for."""
    for future in rest:
        begun.append(future)
        yield begun.popleft().result()
    while begun:
        yield begun.popleft().result()
