"""Metrics may be used by the web process: importing them loads nothing heavy."""

import subprocess
import sys
from pathlib import Path


def test_importing_metrics_loads_neither_torch_nor_simpleitk():
    code = (
        "import sys, ai.metrics.overlap, ai.metrics.surface, ai.metrics.consensus\n"
        "print([name for name in ('torch', 'SimpleITK', 'monai', 'cupy', 'django', 'skimage') if name in sys.modules])"
    )
    root = Path(__file__).resolve().parents[3]
    found = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
