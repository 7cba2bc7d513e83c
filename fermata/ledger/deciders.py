"""Who decides again in a backtest: processes, since deciding is pure computing, or a thread for a small one."""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait


@contextmanager
def deciders(processes: int) -> Iterator[Executor]:
    """Yields an executor; when the block ends, whatever was not begun is forgotten and nothing is left running.

    Args:
        processes: How many; with one, this process decides by itself.
    """
    executor: Executor
    if processes > 1:
        # Spawned, since a fork would take the event loop and the connections of this process with it.
        spawning = multiprocessing.get_context("spawn")
        executor = ProcessPoolExecutor(processes, mp_context=spawning, initializer=_end_with_parent)
    else:
        executor = ThreadPoolExecutor(1)
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


def _end_with_parent() -> None:
    """Leaves Ctrl-C to the parent, and ends also where the parent was killed: the pool's queue would wait for ever."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
