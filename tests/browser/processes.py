"""Processes of a running installation, for tests that kill them or hold them."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.stack import Stack


def below(stack: Stack, part: str) -> list[int]:
    """Return the process ids directly below the stack's supervisor whose command line holds `part`."""
    assert stack.process
    listing = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listing.splitlines()[1:]]
    found = [int(pid) for pid, parent, arguments in rows if int(parent) == stack.process.pid and part in arguments]
    assert found, listing
    return found


def web_pid(stack: Stack) -> int:
    """Return the process id of the web server."""
    return below(stack, "uvicorn")[0]


@contextmanager
def workers_held(stack: Stack) -> Iterator[None]:
    """Let the workers stand still for a while, whatever they are at."""
    pids = below(stack, "manage.py worker")
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
