"""Fixtures of the library's tests."""

import os
from pathlib import Path

# Threads that wait for each other sleep instead of spinning: on a busy machine the tests are many times faster.
# OpenMP reads it once, when torch is imported, hence before the imports below.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import numpy as np
import pytest

from ai.types import Geometry
from tests.ai import bundles


@pytest.fixture
def oblique() -> Geometry:
    """Return a small anisotropic grid, turned about two axes, off the origin."""
    a, b = np.deg2rad(20.0), np.deg2rad(-12.0)
    about_z = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    about_x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    affine = np.eye(4)
    affine[:3, :3] = about_z @ about_x @ np.array([[0, 0, 1.0], [0, 1.25, 0], [2.5, 0, 0]])
    affine[:3, 3] = (-31.5, 12.25, 203.0)
    return Geometry((20, 24, 28), affine)


@pytest.fixture
def threshold_bundle(tmp_path: Path) -> Path:
    """Return a bundle whose right answer is known: label 1 where the image is above 40 HU."""
    return bundles.threshold_bundle(tmp_path / "threshold")
