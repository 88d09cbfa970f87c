"""Metrics and selection may be used by the web process: importing them loads nothing heavy."""

import subprocess
import sys
from pathlib import Path


def test_importing_metrics_and_selection_loads_neither_torch_nor_simpleitk():
    code = (
        "import importlib, pkgutil, sys, ai.metrics, ai.selection\n"
        "for package in (ai.metrics, ai.selection):\n"
        "    for found in pkgutil.walk_packages(package.__path__, package.__name__ + '.'):\n"
        "        importlib.import_module(found.name)\n"
        "print([name for name in ('torch', 'SimpleITK', 'monai', 'cupy', 'django', 'skimage') if name in sys.modules])"
    )
    root = Path(__file__).resolve().parents[3]
    found = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
