"""Do work ahead in threads and give the results in order, with bounded memory."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from threading import Condition
from typing import Generic, TypeVar

from common.threads import KeptThreads, call_off

MOST_TASKS = 96
MOST_BYTES = 96 << 20
T = TypeVar("T")
Task = tuple[int, Callable[[], T]]

_workers = KeptThreads(4, "ahead")
_askers = KeptThreads(64, "asking")
"""More than there are doors over which files come at once: whoever waits for a slow sender holds one."""


def in_order(tasks: Iterable[Task[T]]) -> Iterator[T]:
    """Yield what each task returns, in the order of the tasks, while the next ones run already.

    Reading, hashing and decompressing let other threads run; so the caller's own work goes on beside.

    Parameters
    ----------
    tasks : iterable of (int, callable)
        How many bytes a task holds, and what to do. Asked for until about 96 MB or 96 tasks are under way.

    Raises
    ------
    Exception
        Whatever a task raises, in its turn; the later ones are given up.
    """
    line = _Line[T]()
    source = iter(tasks)
    try:
        more = True
        while more or line.waiting:
            while more and line.has_room():
                task = next(source, None)
                if task is None:
                    more = False
                    break
                line.add(task)
            if line.waiting:
                yield line.first().result()
    finally:
        line.call_off()


def in_order_beside(tasks: Iterable[Task[T]], *, stop: Callable[[], None]) -> Iterator[T]:
    """Do as `in_order`, but ask for tasks on a thread of its own: also while the caller does something else.

    Parameters
    ----------
    tasks : iterable of (int, callable)
        Touches no database.
    stop : callable
        Called when no more is wanted: `tasks`, which may be waiting for something from outside, must come back soon.
    """
    line = _Line[T]()
    asking = _askers.submit(line.fill, tasks)
    try:
        while (future := line.take()) is not None:
            yield future.result()
        asking.result()
    finally:
        line.give_up()
        if not asking.done():
            stop()
        call_off([asking])
        line.call_off()


class _Line(Generic[T]):
    """Tasks under way, in order."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[int, Future[T]]] = deque()
        self._held = 0
        self._changed = Condition()
        self._ended = False

    def has_room(self) -> bool:
        """Say whether one more may be begun."""
        return not self.waiting or (len(self.waiting) < MOST_TASKS and self._held < MOST_BYTES)

    def add(self, task: Task[T]) -> None:
        """Begin a task."""
        self.waiting.append((task[0], _workers.submit(task[1])))
        self._held += task[0]

    def first(self) -> Future[T]:
        """Take the oldest out of the line."""
        size, future = self.waiting.popleft()
        self._held -= size
        return future

    def fill(self, tasks: Iterable[Task[T]]) -> None:
        """Begin all tasks as there is room; for a thread of its own."""
        source = iter(tasks)
        try:
            while True:
                with self._changed:
                    self._changed.wait_for(lambda: self._ended or self.has_room())
                    if self._ended:
                        return
                task = next(source, None)
                with self._changed:
                    if task is None or self._ended:
                        return
                    self.add(task)
                    self._changed.notify_all()
        finally:
            self.give_up()

    def take(self) -> Future[T] | None:
        """Wait for the next to be begun, and take it out of the line; None when no more will come."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or self.waiting)
            if not self.waiting:
                return None
            self._changed.notify_all()
            return self.first()

    def give_up(self) -> None:
        """Begin no more."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def call_off(self) -> None:
        """End what is still under way."""
        call_off(future for _, future in self.waiting)
