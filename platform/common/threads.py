"""Threads that stay: small pieces of work are done sooner than a thread is started for each of them."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Lock
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class KeptThreads:
    """A pool of threads for all of a process: started when first needed, and anew in a forked process.

    What is submitted waits for nothing else that is, and leaves no database connection behind.
    """

    def __init__(self, most: int, name: str) -> None:
        self._most, self._name = most, name
        self._forget()
        os.register_at_fork(after_in_child=self._forget)  # threads do not come along

    def _forget(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._lock = Lock()

    def submit(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Have a thread do something."""
        with self._lock:
            if self._pool is None:
                self._pool = ThreadPoolExecutor(self._most, thread_name_prefix=self._name)
            pool = self._pool
        return pool.submit(work, *args, **kwargs)


def call_off(work: Iterable[Future[Any]]) -> None:
    """Give up what was not begun; what was is over when this returns."""
    wait([one for one in work if not one.cancel()])
