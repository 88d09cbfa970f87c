"""Work that is done ahead in threads."""

import threading
import time
from collections.abc import Callable, Iterator
from functools import partial

import pytest

from studies.services import ahead
from studies.services.ahead import in_order, in_order_beside


def slower_first(count: int) -> Iterator[tuple[int, Callable[[], int]]]:
    def task(number: int) -> int:
        time.sleep(0.002 * (number % 3))
        return number

    for number in range(count):
        yield 1, partial(task, number)


def nothing() -> None:
    raise AssertionError("nobody gave up")


def test_both_give_results_in_the_order_of_the_tasks() -> None:
    assert list(in_order(slower_first(30))) == list(range(30))
    assert list(in_order_beside(slower_first(30), stop=nothing)) == list(range(30))


def test_tasks_are_asked_for_while_the_caller_is_busy(monkeypatch) -> None:
    monkeypatch.setattr(ahead, "MOST_TASKS", 5)
    asked: list[int] = []

    def tasks() -> Iterator[tuple[int, Callable[[], int]]]:
        for number in range(20):
            asked.append(number)
            yield 1, partial(int, number)

    results = in_order_beside(tasks(), stop=nothing)
    assert next(results) == 0
    deadline = time.monotonic() + 10
    while len(asked) < 6 and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.05)
    assert len(asked) == 6  # one is with the caller, five wait, and no more is asked for
    assert list(results) == list(range(1, 20))


def test_trouble_comes_after_what_came_before_it() -> None:
    def tasks() -> Iterator[tuple[int, Callable[[], int]]]:
        yield from slower_first(3)
        raise ValueError("the sender left")

    found: list[int] = []

    def collect() -> None:
        for one in in_order_beside(tasks(), stop=nothing):
            found.append(one)  # what came before the trouble counts

    with pytest.raises(ValueError, match="left"):
        collect()
    assert found == [0, 1, 2]


def test_who_gives_up_does_not_wait_for_what_may_never_come() -> None:
    told = threading.Event()

    def tasks() -> Iterator[tuple[int, Callable[[], int]]]:
        yield from slower_first(1)
        assert told.wait(20)

    results = in_order_beside(tasks(), stop=told.set)
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]  # a generator
    assert told.is_set()
