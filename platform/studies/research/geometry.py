"""Where slices of a research volume lie, in DICOM's words."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.valuerep import format_number_as_ds

from ai.errors import GeometryError
from ai.types import KJI_FROM_IJK, Geometry
from studies.research.source import ResearchVolume, refuse
from studies.types import SetAsideReason

SHEAR_SHARE = 0.1
"""Largest distance, in voxels, between a corner of the volume and its place on a grid with right angles."""


@dataclass(frozen=True, slots=True)
class Slices:
    """Orientation and spacing of all slices, and where each begins; DICOM decimal strings.

    Attributes
    ----------
    orientation : list of str
        Image Orientation (Patient).
    spacing : list of str
        Pixel Spacing: between rows, between columns.
    step_mm : float
        Distance of neighbouring slices.
    grid : Geometry
        Index (k, j, i) → LPS in the file's own order.
    """

    orientation: list[str]
    spacing: list[str]
    step_mm: float
    grid: Geometry

    def position(self, k: int) -> list[str]:
        """Return Image Position (Patient) of a slice."""
        return [_ds(value) for value in self.grid.points_lps([[k, 0, 0]])[0]]


def slices_of(volume: ResearchVolume) -> Slices:
    """Return where the slices of a volume lie.

    Any turn and any mirroring can be said in DICOM; a sheared grid cannot.

    Raises
    ------
    SetAsideError
        The affine is none, or sheared.
    """
    i, j, k = volume.shape[:3]
    try:
        grid = Geometry((k, j, i), volume.affine_lps @ KJI_FROM_IJK)
    except GeometryError as error:
        raise refuse(f"Its affine is none: {error}", SetAsideReason.UNREADABLE) from error
    steps = grid.affine_lps[:3, :3]
    lengths = np.linalg.norm(steps, axis=0)
    across, down = steps[:, 2] / lengths[2], steps[:, 1] / lengths[1]
    down = down - across * np.dot(across, down)
    down = down / np.linalg.norm(down)
    normal = np.cross(across, down)
    upright = np.column_stack([normal * np.dot(normal, steps[:, 0]), down * lengths[1], across * lengths[2]])
    if np.linalg.norm(upright[:, 0]) < 1e-9 or _apart(steps - upright, (k, j, i)) > SHEAR_SHARE * float(lengths.min()):
        raise refuse("Its axes are not at right angles (a sheared grid), which DICOM cannot say; resample it first.")
    directions = [_ds(value) for value in (*across, *down)]
    return Slices(directions, [_ds(lengths[1]), _ds(lengths[2])], float(lengths[0]), grid)


def slices_like(grid: Geometry) -> Slices:
    """Return the slices of a grid with right angles."""
    steps = grid.affine_lps[:3, :3]
    lengths = np.linalg.norm(steps, axis=0)
    across, down = steps[:, 2] / lengths[2], steps[:, 1] / lengths[1]
    return Slices([_ds(v) for v in (*across, *down)], [_ds(lengths[1]), _ds(lengths[2])], float(lengths[0]), grid)


def _apart(difference: NDArray[np.float64], shape: tuple[int, int, int]) -> float:
    """Return the largest distance of a corner from its place, in millimetres."""
    corners = np.array([[k, j, i] for k in (0, 1) for j in (0, 1) for i in (0, 1)]) * (np.array(shape) - 1)
    return float(np.linalg.norm(corners @ difference.T, axis=1).max())


def _ds(value: float) -> str:
    return str(format_number_as_ds(float(value) + 0.0))
