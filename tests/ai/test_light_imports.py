import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_importing_the_library_brings_in_neither_torch_nor_monai_nor_cupy():
    code = (
        "import sys, ai, ai.types, ai.arrays, ai.imaging.grid, ai.imaging.phantoms, ai.engines, ai.engines.bundle, "
        "ai.engines.archive, ai.training\n"
        "print(sorted({'torch', 'monai', 'cupy', 'nibabel', 'SimpleITK'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_inspecting_a_bundle_brings_in_neither(threshold_bundle):
    code = (
        "import sys, pathlib\nfrom ai.engines.bundle import inspect_bundle\n"
        "report = inspect_bundle(pathlib.Path(sys.argv[1]))\n"
        "print(report.labels, sorted({'torch', 'monai'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code, str(threshold_bundle)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "{1: 'bright'} []"
