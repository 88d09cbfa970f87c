"""Do work ahead in threads and give the results in order, with bounded memory."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

WORKERS = 2
MOST_TASKS = 96
MOST_BYTES = 96 << 20
T = TypeVar("T")


def in_order(tasks: Iterable[tuple[int, Callable[[], T]]]) -> Iterator[T]:
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
    waiting: deque[tuple[int, Future[T]]] = deque()
    held = 0
    source = iter(tasks)
    with ThreadPoolExecutor(WORKERS, thread_name_prefix="ahead") as pool:
        try:
            more = True
            while more or waiting:
                while more and (not waiting or (len(waiting) < MOST_TASKS and held < MOST_BYTES)):
                    task = next(source, None)
                    if task is None:
                        more = False
                        break
                    waiting.append((task[0], pool.submit(task[1])))
                    held += task[0]
                if waiting:
                    size, future = waiting.popleft()
                    held -= size
                    yield future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
