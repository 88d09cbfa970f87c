"""Processes of a running installation, for tests that kill them."""

import subprocess

from tests.stack import Stack


def web_pid(stack: Stack) -> int:
    """Return the process id of the web server below the stack's supervisor."""
    assert stack.process
    listing = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    for line in listing.splitlines()[1:]:
        pid, parent, arguments = line.split(None, 2)
        if int(parent) == stack.process.pid and "uvicorn" in arguments:
            return int(pid)
    raise AssertionError(listing)
