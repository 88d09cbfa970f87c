"""Looking again and again: functions that every worker's sweeper calls.

For what nobody can call because it sits above the one that would: learning waits for consensuses that reading writes.
Declared in an app's `tasks.py`, like jobs::

    @periodic("learning.triggers", every_s=5)
    def check_triggers_periodically() -> None:
        ...

Several workers call it, at any time and at once: it takes its own locks, is short, and does nothing when there is
nothing to do. What takes long it enqueues as a job.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from jobs.registry import load_tasks

logger = logging.getLogger(__name__)

Check = Callable[[], None]
F = TypeVar("F", bound=Check)


@dataclass(slots=True)
class _Periodic:
    check: Check
    every_s: float
    due_at: float = 0.0


_checks: dict[str, _Periodic] = {}


def periodic(name: str, *, every_s: float) -> Callable[[F], F]:
    """Declare the function below as one that each worker calls every `every_s` seconds (at the sweeper's pace)."""

    def register(check: F) -> F:
        _checks[name] = _Periodic(check=check, every_s=every_s)
        return check

    return register


def run_due() -> int:
    """Call what is due in this process and return how many were called; the sweeper's loop calls this.

    One that fails is logged and called again when it is next due: it must not stop the others.
    """
    load_tasks()
    moment = time.monotonic()
    called = 0
    for name, entry in list(_checks.items()):
        if moment < entry.due_at:
            continue
        entry.due_at = moment + entry.every_s
        called += 1
        try:
            entry.check()
        except Exception:
            logger.exception("The periodic check %s failed; it is tried again in %s s", name, entry.every_s)
    return called
