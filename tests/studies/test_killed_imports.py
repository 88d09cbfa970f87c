"""Imports killed at random moments: `tests.studies.killing` in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = {"command": int(os.environ.get("KILL_ROUNDS", "12")), "stow": int(os.environ.get("KILL_ROUNDS", "6"))}


@pytest.mark.processes
@pytest.mark.parametrize("door", ROUNDS)
def test_nothing_acknowledged_is_lost_by_a_kill(door: str) -> None:
    environment = {"PATH": "/usr/bin:/bin", "HOME": os.environ.get("HOME", "/")}
    command = [sys.executable, "-m", "tests.studies.killing", "--rounds", str(ROUNDS[door]), "--door", door]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all there and whole" in done.stdout
