"""Distances between the surfaces of two masks, on NumPy or CuPy.

The surface of a mask is its voxels that touch the outside through a face; what lies beyond the array counts as outside,
so that the answer does not depend on how much empty space surrounds the masks. Each surface voxel weighs the same for
the distances in millimetres; surface Dice weighs by area (`ai.metrics.elements`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ai.arrays import namespace
from ai.errors import RequestError
from ai.metrics.elements import FULL, pieces, surface_codes
from ai.metrics.nearest import distances_between
from ai.metrics.overlap import as_masks, check_spacing

Distances = npt.NDArray[np.float64]

ROUNDING = 1e-9
"""What a distance may exceed a tolerance by, as a share of it, before it counts as beyond."""


@dataclass(frozen=True, slots=True, eq=False)
class SurfaceDistances:
    """From each surface voxel of one mask to the nearest surface voxel of the other, in millimetres.

    Attributes
    ----------
    a_to_b, b_to_a : array of float64, shape (N,) and (M,)
        Of the library of the masks. Both empty when either mask is empty: then every figure below is NaN.
    """

    a_to_b: Any
    b_to_a: Any

    @property
    def assd_mm(self) -> float:
        """Average symmetric surface distance: the mean over the voxels of both surfaces (Heimann 2009)."""
        if not self.a_to_b.size:
            return float("nan")
        return float((self.a_to_b.sum() + self.b_to_a.sum()) / (self.a_to_b.size + self.b_to_a.size))

    @property
    def hausdorff_mm(self) -> float:
        """Hausdorff distance: the largest distance in either direction."""
        return max(float(self.a_to_b.max()), float(self.b_to_a.max())) if self.a_to_b.size else float("nan")

    @property
    def hd95_mm(self) -> float:
        """The larger of the 95th percentiles of the two directions (Taha and Hanbury 2015)."""
        if not self.a_to_b.size:
            return float("nan")
        xp = namespace(self.a_to_b)
        return max(float(xp.percentile(self.a_to_b, 95)), float(xp.percentile(self.b_to_a, 95)))


def surface_distances(a: Any, b: Any, *, spacing_mm: tuple[float, float, float]) -> SurfaceDistances:
    """Return the distances between the surfaces of two masks of one shape.

    Parameters
    ----------
    a, b : array, shape (K, J, I)
        What is not zero belongs to the mask.
    spacing_mm : tuple of float
        Distance of voxel centres along k, j and i; the axes are taken to stand at right angles.

    Raises
    ------
    RequestError
        The shapes differ or are not three-dimensional, or the spacing is not positive.

    Notes
    -----
    Exact (see `nearest`), run inside the box around both masks. Definitions: Heimann et al., IEEE TMI 28(8), 2009; Taha
    and Hanbury, BMC Med Imaging 15, 2015.

    Examples
    --------
    >>> import numpy as np
    >>> a, b = np.zeros((2, 3, 3, 9), dtype=bool)
    >>> a[1, 1, 1], b[1, 1, 5:8] = True, True
    >>> found = surface_distances(a, b, spacing_mm=(1.0, 1.0, 0.5))
    >>> found.a_to_b.tolist(), found.b_to_a.tolist(), found.hausdorff_mm, found.assd_mm
    ([2.0], [2.0, 2.5, 3.0], 3.0, 2.375)
    """
    first, second = boxed(a, b, spacing_mm=spacing_mm)
    if not first.any() or not second.any():
        nothing = namespace(first).zeros(0)
        return SurfaceDistances(nothing, nothing)
    xp = namespace(first)
    edges = surface_of(first), surface_of(second)
    step = xp.asarray(spacing_mm, dtype=xp.float64)
    points_a, points_b = (xp.argwhere(edge) * step for edge in edges)
    apart_a, apart_b = ~edges[1][edges[0]], ~edges[0][edges[1]]
    return SurfaceDistances(*distances_between(points_a, points_b, apart_a=apart_a, apart_b=apart_b))


def surface_dice(
    a: Any, b: Any, *, spacing_mm: tuple[float, float, float], tolerances_mm: Sequence[float]
) -> tuple[float, ...]:
    """Return the share of both surfaces that lies within a tolerance of the other one (normalised surface Dice).

    Parameters
    ----------
    a, b : array, shape (K, J, I)
        What is not zero belongs to the mask.
    spacing_mm : tuple of float
        Distance of voxel centres along k, j and i.
    tolerances_mm : sequence of float
        A distance equal to the tolerance is within it.

    Returns
    -------
    tuple of float
        One share per tolerance, 0 to 1, by area. NaN when both masks are empty, 0 when one is.

    Raises
    ------
    RequestError
        As `surface_distances`; or a tolerance is negative.

    Notes
    -----
    Nikolov et al., J Med Internet Res 23(7), 2021 (e26151), who take the middle of a cell for its surface; the centre
    of the surface is nearer to the truth (see `elements`). So it differs from monai.metrics, whose surface Dice counts
    voxels, or with sub-voxels takes the middles of cells: of two balls of radius 30 moved by 2, half the surface lies
    within 1; this gives .499, that .570 and .781 (docs/metrics.md).

    Examples
    --------
    >>> import numpy as np
    >>> a, b = np.zeros((2, 6, 6, 8), dtype=bool)
    >>> a[1:5, 1:5, 1:4], b[1:5, 1:5, 3:6] = True, True
    >>> [round(share, 3) for share in surface_dice(a, b, spacing_mm=(1.0, 1.0, 1.0), tolerances_mm=(1.0, 2.0))]
    [0.5, 1.0]
    """
    if any(not tolerance >= 0 for tolerance in tolerances_mm):
        raise RequestError("A tolerance is a number of millimetres that is not negative.")
    first, second = boxed(a, b, spacing_mm=spacing_mm)
    some = bool(first.any()), bool(second.any())
    if not all(some):
        return (0.0 if any(some) else float("nan"),) * len(tolerances_mm)
    xp = namespace(first)
    table = pieces((float(spacing_mm[0]), float(spacing_mm[1]), float(spacing_mm[2])))
    step, area_mm2, centre_mm = (xp.asarray(part) for part in (spacing_mm, table.area_mm2, table.centre_mm))
    codes = surface_codes(first), surface_codes(second)
    cells = [(code != 0) & (code != FULL) for code in codes]
    areas = [area_mm2[code[cell]] for code, cell in zip(codes, cells, strict=True)]
    points = [xp.argwhere(cell) * step + centre_mm[code[cell]] for code, cell in zip(codes, cells, strict=True)]
    differ = codes[0] != codes[1]
    apart = distances_between(*points, apart_a=differ[cells[0]], apart_b=differ[cells[1]])
    whole = sum(float(area.sum()) for area in areas)
    return tuple(
        sum(float(area[far <= limit * (1 + ROUNDING)].sum()) for area, far in zip(areas, apart, strict=True)) / whole
        for limit in tolerances_mm
    )


def pooled(parts: Sequence[SurfaceDistances]) -> SurfaceDistances:
    """Return the distances of several separate volumes as if they were one."""
    xp = namespace(*(part.a_to_b for part in parts)) if parts else np
    return SurfaceDistances(
        a_to_b=xp.concatenate([xp.zeros(0), *(part.a_to_b for part in parts)]),
        b_to_a=xp.concatenate([xp.zeros(0), *(part.b_to_a for part in parts)]),
    )


def boxed(a: Any, b: Any, *, spacing_mm: tuple[float, float, float]) -> tuple[Any, Any]:
    """Return both masks cut to the box that holds all of either; as they are when both are empty.

    Raises
    ------
    RequestError
        The shapes differ or are not three-dimensional, or the spacing is not positive.
    """
    first, second = as_masks(a, b)
    check_spacing(spacing_mm)
    if first.ndim != 3:
        raise RequestError("Surface distances need masks of three axes.")
    either = first | second
    if not either.any():
        return first, second
    box = bounding_box(either)
    return first[box], second[box]


def bounding_box(mask: Any) -> tuple[slice, ...]:
    """Return the smallest box that holds all of a mask that is not empty."""
    box = []
    for axis in range(mask.ndim):
        others = tuple(other for other in range(mask.ndim) if other != axis)
        found = namespace(mask).flatnonzero(mask.any(axis=others))
        box.append(slice(int(found[0]), int(found[-1]) + 1))
    return tuple(box)


def surface_of(mask: Any) -> Any:
    """Return the voxels of a mask that touch the outside (or the array's border) through a face."""
    inside = mask.copy()
    for axis in range(mask.ndim):
        ahead = (slice(None),) * axis
        inside[(*ahead, slice(1, None))] &= mask[(*ahead, slice(None, -1))]
        inside[(*ahead, slice(None, -1))] &= mask[(*ahead, slice(1, None))]
        inside[(*ahead, slice(0, 1))] = False
        inside[(*ahead, slice(-1, None))] = False
    return mask & ~inside
