"""A few processes under one roof: started together, restarted when one dies, ended together.

Each child leads a process group of its own, so that its grandchildren are reached too. Children are told to stop when
the supervisor itself is killed (Linux).
"""

import contextlib
import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from jobs.worker import die_with_parent

logger = logging.getLogger(__name__)

TICK_S = 0.1
GRACE_S = 8.0
BACKOFF_FIRST_S = 0.5
BACKOFF_LONGEST_S = 15.0
STEADY_AFTER_S = 30.0


@dataclass(slots=True)
class Child:
    """One process to keep alive.

    Attributes
    ----------
    name : str
        For messages.
    command : sequence of str
        Program and arguments.
    environment : mapping
        Variables it gets beside those of this process, whose own win.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    start_at: float = 0.0
    failures: int = 0
    groups: set[int] = field(default_factory=set)

    def start(self) -> None:
        """Start it in a process group of its own."""
        self.process = subprocess.Popen(  # noqa: S603  (the commands are ours)
            list(self.command),
            env={**self.environment, **os.environ},
            start_new_session=True,
            preexec_fn=_stop_with_parent,
        )
        self.groups.add(self.process.pid)
        self.started_at = time.monotonic()

    def tend(self) -> None:
        """Start it when it is due; when it has died, end what is left of its group and plan the next start."""
        moment = time.monotonic()
        self.signal_groups(0)
        if self.process is None:
            if moment >= self.start_at:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.signal_groups(signal.SIGKILL)
        self.failures = 0 if moment - self.started_at > STEADY_AFTER_S else self.failures + 1
        delay = min(BACKOFF_FIRST_S * 2 ** max(self.failures - 1, 0), BACKOFF_LONGEST_S)
        logger.warning("%s ended with code %s; starting it again in %.1f s", self.name, code, delay)
        self.process, self.start_at = None, moment + delay

    def signal_groups(self, signum: int) -> None:
        """Send a signal to every process of this child that is left, and forget groups that are empty."""
        for group in list(self.groups):
            try:
                os.killpg(group, signum)
            except ProcessLookupError:
                self.groups.discard(group)

    def is_gone(self) -> bool:
        """Return whether no process of this child is left."""
        if self.process is not None:
            self.process.poll()  # reap it, or its group would never be empty
        self.signal_groups(0)
        return not self.groups


def _stop_with_parent() -> None:
    die_with_parent(signal.SIGTERM)


class Supervisor:
    """Keeps `children` alive until SIGINT or SIGTERM."""

    def __init__(self, children: Sequence[Child]) -> None:
        self._children = children
        self._stopping = False

    def run(self, on_tick: Callable[[], None]) -> None:
        """Start the children and return when all of them have ended after a signal.

        Parameters
        ----------
        on_tick : callable
            Called about ten times per second while they run.
        """
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self._stop)
        try:
            while not self._stopping:
                for child in self._children:
                    child.tend()
                on_tick()
                time.sleep(TICK_S)
        finally:
            self._end_all()

    def _stop(self, signum: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _end_all(self) -> None:
        for child in self._children:
            child.signal_groups(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_S
        while time.monotonic() < deadline:
            left = [child for child in self._children if not child.is_gone()]  # asks each of them, which reaps it
            if not left:
                break
            time.sleep(0.05)
        for child in self._children:
            child.signal_groups(signal.SIGKILL)
            if child.process is not None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(timeout=5)
