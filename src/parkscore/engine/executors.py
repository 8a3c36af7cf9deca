"""Drive one function over many items: here by threads, elsewhere by a cluster."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, Protocol, TypeVar, runtime_checkable

from parkscore.data.giving_way import give_way

Item = TypeVar("Item")
Result = TypeVar("Result")


class Executor(Protocol):
    """Whatever can apply a function to each of some items.

    A function, its items and its results can be pickled. A function may run twice on one item, at the same time even:
    what it writes it writes beside and renames, under a name that follows from the item, so that the second run changes
    nothing.
    """

    def map(self, function: Callable[[Item], Result], items: Sequence[Item]) -> Generator[Result, None, None]:
        """The results in the order of the items; the first error ends it, and what has not begun is not begun.

        Once it is closed, nothing runs any longer.
        """


@runtime_checkable
class Cluster(Executor, Protocol):
    """An executor whose workers may be on other machines."""

    def check(self, folder: Path, files: Sequence[str]) -> None:
        """Raise UsageError where a worker does not see `folder` and `files` as this process does."""


class WorkersDiedError(Exception):
    """Worker after worker has ended over the same item."""

    def __init__(self, item: object) -> None:
        """item: what they were working on."""
        super().__init__(item)
        self.item = item


class LocalExecutor:
    """Some threads of this process; numpy and Arrow work side by side in them.

    >>> list(LocalExecutor(2).map(abs, [3, -2, -1]))
    [3, 2, 1]
    """

    def __init__(self, threads: int | None = None, *, gives_way: bool = False) -> None:
        """threads: how many items are worked on at a time; by default as many as this process may use cores.

        gives_way: whether the thread that writes goes before these, see `giving_way`.
        """
        self.threads = threads or cores()
        self._first = give_way if gives_way else None

    def map(self, function: Callable[[Item], Result], items: Sequence[Item]) -> Generator[Result, None, None]:
        """As `Executor.map`; no more than one item per thread waits to be looked at, so that memory stays bounded."""
        if self.threads == 1 or len(items) < 2:
            yield from map(function, items)
            return
        pool = ThreadPoolExecutor(self.threads, thread_name_prefix="parkscore", initializer=self._first)
        running: deque[Future[Result]] = deque()
        try:
            for item in items:
                running.append(pool.submit(function, item))
                if len(running) > self.threads:
                    yield running.popleft().result()
            while running:
                yield running.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def driven_by(engine: Executor | Literal["local", "dask"]) -> Iterator[Executor]:
    """An executor by its name, ended with the block; one that was given stays as it is."""
    if engine == "local":
        yield LocalExecutor()
    elif engine == "dask":
        from parkscore.engine.dask_executor import DaskExecutor

        with DaskExecutor() as executor:
            yield executor
    else:
        yield engine
