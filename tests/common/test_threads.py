"""Threads that stay (common.threads): shared by a process, made anew in a forked one, called off without waste."""

import os
import threading

from common.threads import KeptThreads, call_off


def test_threads_are_kept() -> None:
    threads = KeptThreads(2, "kept")
    named = {threads.submit(threading.get_ident).result() for _ in range(20)}
    assert 1 <= len(named) <= 2
    assert threading.get_ident() not in named


def test_a_forked_process_has_its_own() -> None:
    threads = KeptThreads(2, "kept")
    assert threads.submit(lambda: 1).result() == 1
    child = os.fork()
    if child == 0:  # no test framework from here on
        code = 1
        try:
            code = 0 if threads.submit(lambda: 7).result(timeout=20) == 7 else 2
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    assert threads.submit(lambda: 2).result() == 2


def test_what_was_not_begun_is_called_off_and_the_rest_is_over() -> None:
    threads = KeptThreads(1, "kept")
    begun, let_go, done = threading.Event(), threading.Event(), []

    def first() -> None:
        begun.set()
        let_go.wait(20)
        done.append("first")

    work = [threads.submit(first), threads.submit(done.append, "second")]
    begun.wait(20)
    threading.Timer(0.1, let_go.set).start()
    call_off(work)
    assert done == ["first"]
    assert work[1].cancelled()
    assert threads.submit(lambda: 3).result() == 3
