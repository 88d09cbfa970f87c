"""Distances between the surfaces of two masks.

The surface of a mask is its voxels that touch the outside through a face; what lies beyond the array counts as outside,
so that the answer does not depend on how much empty space surrounds the masks. Each surface voxel weighs the same.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from ai.errors import RequestError
from ai.metrics.overlap import Mask, as_masks

Distances = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SurfaceDistances:
    """From each surface voxel of one mask to the nearest surface voxel of the other, in millimetres.

    Attributes
    ----------
    a_to_b, b_to_a : ndarray of float64, shape (N,) and (M,)
        Both empty when either mask is empty: then every figure below is NaN.
    """

    a_to_b: Distances
    b_to_a: Distances

    @property
    def assd_mm(self) -> float:
        """Average symmetric surface distance: the mean over the voxels of both surfaces (Heimann 2009)."""
        return float(np.concatenate([self.a_to_b, self.b_to_a]).mean()) if self.a_to_b.size else float("nan")

    @property
    def hausdorff_mm(self) -> float:
        """Hausdorff distance: the largest distance in either direction."""
        return float(max(self.a_to_b.max(), self.b_to_a.max())) if self.a_to_b.size else float("nan")

    @property
    def hd95_mm(self) -> float:
        """The larger of the 95th percentiles of the two directions (Taha and Hanbury 2015)."""
        if not self.a_to_b.size:
            return float("nan")
        return float(max(np.percentile(self.a_to_b, 95), np.percentile(self.b_to_a, 95)))


def surface_distances(
    a: npt.ArrayLike, b: npt.ArrayLike, *, spacing_mm: tuple[float, float, float]
) -> SurfaceDistances:
    """Return the distances between the surfaces of two masks of one shape.

    Parameters
    ----------
    a, b : array_like, shape (K, J, I)
        What is not zero belongs to the mask.
    spacing_mm : tuple of float
        Distance of voxel centres along k, j and i; the axes are taken to stand at right angles.

    Raises
    ------
    RequestError
        The shapes differ or are not three-dimensional, or the spacing is not positive.

    Notes
    -----
    Exact Euclidean distance transform, run inside the box around both masks. Memory: about 30 bytes per voxel of it.
    """
    first, second = as_masks(a, b)
    if first.ndim != 3 or len(spacing_mm) != 3 or min(spacing_mm) <= 0:
        raise RequestError("Surface distances need masks of three axes and three positive spacings.")
    nothing: Distances = np.empty(0)
    if not first.any() or not second.any():
        return SurfaceDistances(nothing, nothing)
    box = bounding_box(first | second)
    edge_a, edge_b = surface_of(first[box]), surface_of(second[box])
    return SurfaceDistances(
        a_to_b=_distance_to(edge_b, spacing_mm)[edge_a], b_to_a=_distance_to(edge_a, spacing_mm)[edge_b]
    )


def pooled(parts: Sequence[SurfaceDistances]) -> SurfaceDistances:
    """Return the distances of several separate volumes as if they were one."""
    nothing: Distances = np.empty(0)
    return SurfaceDistances(
        a_to_b=np.concatenate([nothing, *(part.a_to_b for part in parts)]),
        b_to_a=np.concatenate([nothing, *(part.b_to_a for part in parts)]),
    )


def bounding_box(mask: Mask) -> tuple[slice, ...]:
    """Return the smallest box that holds all of a mask that is not empty."""
    box = []
    for axis in range(mask.ndim):
        others = tuple(other for other in range(mask.ndim) if other != axis)
        found = np.flatnonzero(mask.any(axis=others))
        box.append(slice(int(found[0]), int(found[-1]) + 1))
    return tuple(box)


def surface_of(mask: Mask) -> Mask:
    """Return the voxels of a mask that touch the outside (or the array's border) through a face."""
    inside: Mask = ndimage.binary_erosion(mask, border_value=0)
    return mask & ~inside


def _distance_to(surface: Mask, spacing_mm: tuple[float, float, float]) -> Distances:
    distance: Distances = ndimage.distance_transform_edt(~surface, sampling=spacing_mm)
    return distance
