"""Drive one function over many items by Dask: in processes of this machine, or on a cluster that is running."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import resource_tracker
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from parkscore.engine.executors import Item, Result, WorkersDiedError, cores
from parkscore.findings import Finding, Place, Severity, UsageError
from parkscore.language import Text
from parkscore.version import VERSION

if TYPE_CHECKING:
    from distributed import Client, Future

AHEAD: Final = 2
"""Items that are sent for each thread of the cluster, so that none waits for the next."""
SECONDS_FOR_WORKERS: Final = 30
_HERE: Final = "127.0.0.1"
_ELSEWHERE: Final = Text("检查地址，或不给 --scheduler", "check the address, or leave out --scheduler")
_AT_HOME: Final = Text(
    "脚本里要在 `if __name__ == '__main__':` 之下调用，因为每个进程都会读一遍脚本",
    "in a script, call this under `if __name__ == '__main__':`, because each process reads the script once",
)
_SHOWN: Final = "shown-to-workers"


class DaskExecutor:
    """The workers of a Dask cluster; they must see the files of the data and of the output under the same paths.

    Without the address of a scheduler, processes of this machine are started: as many as this process may use cores,
    each with one thread and its share of the memory. They listen on 127.0.0.1 only, there is no dashboard, and they end
    with the `with` block. Work of a worker that dies is done by another; the results are the same.

    >>> import parkscore as ps
    >>> with DaskExecutor("tcp://10.0.0.7:8786") as executor:  # doctest: +SKIP
    ...     ps.score_dataset("tech-sme", "returns/", "out.parquet", engine=executor)
    """

    def __init__(self, scheduler: str | None = None, *, workers: int | None = None) -> None:
        """scheduler: of a cluster that is running, `tcp://host:8786`. workers: how many processes to start, else.

        Nothing is started or connected before there is work. Raises UsageError where Dask is not installed.
        """
        _refuse_without_dask()
        self.scheduler = scheduler
        self.workers = workers or cores()
        self._closing = ExitStack()
        self._known: Client | None = None

    def __enter__(self) -> Self:
        """The executor itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connection, and end what was started here."""
        self.close()

    def close(self) -> None:
        """Close the connection, and end what was started here; it can be started again."""
        self._known = None
        self._closing.close()

    def map(self, function: Callable[[Item], Result], items: Sequence[Item]) -> Generator[Result, None, None]:
        """As `Executor.map`; WorkersDiedError where one item has ended worker after worker."""
        from distributed import CancelledError, KilledWorker

        client, run = self.client, f"parkscore-{os.urandom(8).hex()}"
        # A task of its own, so that each worker is sent it once; when it is lost with a worker, it is made again.
        held = client.submit(_itself, function, key=f"{run}-function")
        sent: deque[tuple[Item, Future[Result]]] = deque()
        try:
            for number, item in enumerate(items):
                sent.append((item, client.submit(_applied, held, item, key=f"{run}-{number}")))
                while len(sent) > AHEAD * max(1, sum(client.nthreads().values())):
                    yield sent[0][1].result()
                    sent.popleft()
            while sent:
                yield sent[0][1].result()
                sent.popleft()
        except KilledWorker:
            raise WorkersDiedError(sent[0][0]) from None
        except CancelledError:
            raise _refused("cluster_lost", self._address, Text("与集群的连接中断", "the cluster is gone")) from None
        finally:
            _end(client, run, [future for _, future in sent])

    def check(self, folder: Path, files: Sequence[str]) -> None:
        """Raise UsageError where a worker does not see `folder` and `files` as this process does.

        Every worker reads what is written into the folder here, writes a file of its own that must be seen here, and
        looks at the size of each file. Its parkscore must be of the same version, and so must that of the scheduler,
        which takes the tasks apart.
        """
        token = os.urandom(16).hex()
        (folder / _SHOWN).write_text(token, encoding="ascii")
        try:
            of_scheduler = self.client.run_on_scheduler(_version)
            seen = self.client.run(_look, folder, token, {path: Path(path).stat().st_size for path in files})
        except ImportError as error:
            raise _other_version(self._address, Text(f"缺少软件包 {error.name}", f"lacks {error.name}")) from None
        for place, its in [(self._address, of_scheduler), *((worker, found[0]) for worker, found in seen.items())]:
            if its != VERSION:
                raise _other_version(
                    place, Text(f"parkscore {its}，此处为 {VERSION}", f"parkscore {its}, here {VERSION}")
                )
        for worker, (_, unseen, written) in seen.items():
            if unseen is None and not (folder / written).exists():
                unseen = str(folder)
            if unseen is not None:
                raise _not_shared(worker, unseen)

    @property
    def client(self) -> Client:
        """The connection to the cluster, made on first use; UsageError where there is none, or it has no worker."""
        if self._known is None:
            self._known = self._connected()
        return self._known

    @property
    def _address(self) -> str:
        return self.scheduler or _HERE

    def _connected(self) -> Client:
        from distributed import Client

        try:
            with ExitStack() as opened:
                address = self.scheduler or opened.enter_context(self._cluster(opened))
                client: Client = opened.enter_context(Client(address, set_as_default=False))
                client.wait_for_workers(1, timeout=SECONDS_FOR_WORKERS)
                self._closing = opened.pop_all()
        except (OSError, ValueError, RuntimeError) as error:  # what Dask raises where an address leads nowhere
            message = Text(f"没有可用的执行进程：{error}", f"there is no cluster with workers: {error}")
            hint = _AT_HOME if self.scheduler is None else _ELSEWHERE
            raise _refused("no_cluster", self._address, message, hint) from None
        return client

    def _cluster(self, opened: ExitStack) -> Any:
        """Processes of this machine; what they put down goes with them."""
        import dask
        from distributed import LocalCluster

        folder = opened.enter_context(tempfile.TemporaryDirectory(prefix="parkscore-", ignore_cleanup_errors=True))
        with dask.config.set({"temporary-directory": folder}), _interrupts_held():
            return LocalCluster(
                n_workers=self.workers,
                threads_per_worker=1,
                memory_limit="auto",
                processes=True,
                host=_HERE,
                dashboard_address=f"{_HERE}:0",  # any free port; without it, a fixed one is asked for all the same
                scheduler_kwargs={"dashboard": False},
                local_directory=folder,
                silence_logs="CRITICAL",  # what matters is raised here, with its place
            )


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Let Ctrl-C wait until the block has ended, and let it pass by the processes that are started from within.

    A terminal tells every process of a command. The threads of a block, and what they start, inherit what it holds, so
    only this process is interrupted, and ends the others.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # whichever thread starts it lets interruptions through
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _refuse_without_dask() -> None:
    try:
        import distributed  # noqa: F401 - only whether it is there
    except ImportError:
        message = Text("没有安装 Dask", "Dask is not installed")
        hint = Text("pip install 'parkscore[dask]'", "pip install 'parkscore[dask]'")
        raise _refused("no_dask", None, message, hint) from None


def _itself(function: Callable[[Item], Result]) -> Callable[[Item], Result]:
    return function


def _applied(function: Callable[[Item], Result], item: Item) -> Result:
    return function(item)


def _version() -> str:
    return VERSION


def _look(folder: Path, token: str, sizes: dict[str, int]) -> tuple[str, str | None, str]:
    """On a worker: its , the first path that is not the same there, and the file that it wrote."""
    written = f"seen-{os.urandom(8).hex()}"
    try:
        same = (folder / _SHOWN).read_text(encoding="ascii") == token
        (folder / written).touch()
    except (OSError, UnicodeError):
        same = False
    unseen = next((path for path, size in sizes.items() if _size(path) != size), None)
    return VERSION, unseen if same else str(folder), written


def _size(path: str) -> int | None:
    with suppress(OSError):
        return Path(path).stat().st_size
    return None


def _end(client: Client, run: str, futures: Sequence[Future[Any]]) -> None:
    """Begin nothing more of a run, and wait for what has begun: it writes into a folder that will be removed."""
    if not futures:
        return
    with suppress(OSError, RuntimeError, ValueError):  # a cluster that is gone has nothing to end
        client.cancel(list(futures))
        client.run(_through, run)


async def _through(run: str, dask_worker: Any) -> None:
    """On a worker: wait while a task of the run is executed."""
    while any(str(task.key).startswith(run) for task in dask_worker.state.executing):
        await asyncio.sleep(0.02)


def _other_version(worker: str, message: Text) -> UsageError:
    hint = Text("在每台机器上装同一版本的 parkscore", "install the same parkscore on every machine")
    return _refused("other_version", worker, message, hint)


def _not_shared(worker: str, path: str) -> UsageError:
    message = Text(f"执行进程 {worker} 看不到同样的内容", f"worker {worker} does not see the same there")
    hint = Text(
        "把数据和输出放在每台机器都以同一路径挂载的盘上，或不给 --scheduler",
        "keep data and output on a disk that every machine mounts under the same path, or leave out --scheduler",
    )
    return _refused("files_not_shared", path, message, hint)


def _refused(code: str, place: str | None, message: Text, hint: Text | None = None) -> UsageError:
    where = None if place is None else Place(place)
    return UsageError(Finding(code=code, severity=Severity.ERROR, place=where, message=message, hint=hint))
