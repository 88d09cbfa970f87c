"""The same definition of the same state gives the same bytes in another process, whatever it hashes strings with."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.processes
def test_two_processes_with_other_hash_seeds_freeze_the_same_bytes(tmp_path):
    sums = []
    for seed in ("0", "4242"):
        environment = {
            **os.environ,
            "DATA": str(tmp_path / "data"),
            "PYTHONHASHSEED": seed,
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "DATABASE_URL": "",
            "TZ": "Asia/Shanghai" if seed == "0" else "America/Lima",
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.annotations.datasets.freeze_script"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        sums.append([line for line in done.stdout.splitlines() if line.startswith(("nnunet ", "dicom_seg "))])
    assert len(sums[0]) == 2
    assert sums[0] == sums[1]
