"""The web process must start fast and small: it loads no array or network library it does not need."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ["torch", "cupy", "monai", "SimpleITK", "highdicom", "nibabel", "celery.bin"]
LIBRARY = "import ai, ai.types, ai.arrays, ai.errors, ai.metrics, ai.engines, ai.training"
WEB = "import config.asgi; from django.urls import get_resolver; get_resolver().url_patterns"


@pytest.mark.parametrize(
    ("code", "forbidden"),
    [
        (WEB, HEAVY),
        (
            "import ai, ai.types, ai.arrays, ai.errors, ai.metrics, ai.engines, ai.training",
            ["torch", "cupy", "monai", "django"],
        ),
    ],
    ids=["web", "ai"],
)
def test_heavy_libraries_stay_out(code: str, forbidden: list[str], tmp_path: Path) -> None:
    roots = [str(ROOT / "platform"), str(ROOT)]
    script = f"import sys, json; sys.path[:0] = {roots!r}\n{code}\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={"DATA": str(tmp_path), "PATH": "/usr/bin:/bin", "DJANGO_SETTINGS_MODULE": "config.settings"},
    )
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert not loaded & set(forbidden)
