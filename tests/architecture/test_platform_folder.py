"""The five traps of the folder `platform/`, guarded by looking at the disk."""

import sys
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("config", "common", "accounts", "audit", "jobs", "studies")


def test_platform_is_no_package() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()
    assert not (ROOT / "tests" / "platform").exists()


def test_standard_library_platform_is_untouched() -> None:
    import platform

    assert platform.python_version().startswith("3.")


def test_children_bear_no_taken_name() -> None:
    children = {path.stem for path in (ROOT / "platform").iterdir() if path.is_dir() or path.suffix == ".py"}
    children.discard("__pycache__")
    assert children == set(PACKAGES)
    assert not children & set(sys.stdlib_module_names)
    taken = set(packages_distributions()) - {"fiducial"}
    assert not children & taken


def test_every_source_folder_is_a_package() -> None:
    roots = [ROOT / "platform" / name for name in PACKAGES] + [ROOT / "annotations", ROOT / "ai", ROOT / "tests"]
    missing = [
        folder.relative_to(ROOT)
        for root in roots
        for folder in (root, *(path for path in root.rglob("*") if path.is_dir()))
        if any(folder.glob("*.py")) and not (folder / "__init__.py").exists()
    ]
    assert not missing
