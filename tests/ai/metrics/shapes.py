"""Drawn shapes with known answers."""

import numpy as np
import numpy.typing as npt


def sphere(
    radius_mm: float,
    *,
    shift: tuple[int, int, int] = (0, 0, 0),
    spacing_mm: tuple[float, float, float] = (1.0, 1.0, 1.0),
    margin: int = 6,
) -> npt.NDArray[np.bool_]:
    """Return a ball in a box that leaves `margin` voxels on each side, moved by `shift` voxels."""
    half = [int(np.ceil(radius_mm / step)) + margin for step in spacing_mm]
    axes = [(np.arange(-n, n + 1) - move) * step for n, move, step in zip(half, shift, spacing_mm, strict=True)]
    k, j, i = np.meshgrid(*axes, indexing="ij", sparse=True)
    return k**2 + j**2 + i**2 <= radius_mm**2
