"""Points in the patient as pixels of a frame, and back."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydicom.dataset import Dataset

from annotations.marks.dicom.parts import placement

Points = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class FramePlace:
    """Where a frame lies.

    Attributes
    ----------
    placed : bool
        The image says where in the patient it lies. If not, its first pixel counts as the origin and its axes as
        x and y, as viewers have it.
    origin_lps : ndarray, (3,)
        Centre of the first pixel in millimetres.
    steps : ndarray, (3, 2)
        From one row to the next, and from one column to the next, in millimetres.
    """

    placed: bool
    origin_lps: Points
    steps: Points

    def points_lps(self, pixels: Points) -> Points:
        """Return LPS millimetres (N, 3) of pixels (N, 2) as (row, column); centres are whole numbers."""
        found: Points = self.origin_lps + pixels @ self.steps.T
        return found

    def pixels(self, points_lps: Points) -> Points:
        """Return (row, column) (N, 2) of the nearest points in the plane."""
        found: Points = (points_lps - self.origin_lps) @ np.linalg.pinv(self.steps).T
        return found

    def off_plane_mm(self, points_lps: Points) -> float:
        """Return how far the farthest point lies from the plane."""
        normal = np.cross(self.steps[:, 1], self.steps[:, 0])
        apart = (points_lps - self.origin_lps) @ (normal / np.linalg.norm(normal))
        return float(np.abs(apart).max(initial=0.0))


def place_of(source: Dataset, frame_number: int) -> FramePlace:
    """Return where a frame of an image lies."""
    where = placement(source, frame_number)
    spacing = where.spacing or source.get("PixelSpacing") or source.get("ImagerPixelSpacing") or (1.0, 1.0)
    rows_mm, columns_mm = (float(value) for value in spacing)
    placed = bool(where.position and where.orientation and where.spacing and "FrameOfReferenceUID" in source)
    axes = where.orientation if placed and where.orientation else (1, 0, 0, 0, 1, 0)
    axis = np.array([float(value) for value in axes]).reshape(2, 3)
    origin = [float(value) for value in where.position] if placed and where.position else [0.0, 0.0, 0.0]
    return FramePlace(placed, np.array(origin), np.column_stack([axis[1] * rows_mm, axis[0] * columns_mm]))
