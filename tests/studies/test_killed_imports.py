"""Writers killed at random moments: `tests.studies.killing` in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.services import postgres_binaries

ROOT = Path(__file__).resolve().parents[2]
WAYS = {
    "command": (12, ()),
    "stow": (6, ("--door", "stow")),
    "research": (2, ("--door", "research", "--files", "3")),
    "deident": (2, ("--door", "deident")),
    "postgres": (2, ("--database", "postgres", "--files", "100")),
    "s3": (2, ("--storage", "s3", "--files", "40")),
}
"""How many rounds, unless KILL_ROUNDS says otherwise, and of what."""


@pytest.mark.processes
@pytest.mark.parametrize("way", WAYS)
def test_nothing_acknowledged_is_lost_by_a_kill(way: str) -> None:
    if way == "postgres":
        postgres_binaries()
    rounds, options = WAYS[way]
    environment = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": os.environ.get("HOME", "/")}
    command = [sys.executable, "-m", "tests.studies.killing", "--rounds", os.environ.get("KILL_ROUNDS", str(rounds))]
    done = subprocess.run([*command, *options], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all there and whole" in done.stdout
