"""Values that cross the library's boundary: frozen, slotted, validated as they are made."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ai.errors import GeometryError, RequestError

LPS_FROM_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
"""Turns a point (x, y, z, 1) in RAS millimetres (NIfTI) into LPS millimetres (DICOM), and back."""

KJI_FROM_IJK = np.array([[0.0, 0, 1, 0], [0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1]])
"""Turns an index (i, j, k, 1) into (k, j, i, 1), and back."""


@dataclass(frozen=True, slots=True, eq=False)
class Geometry:
    """A regular grid in the patient: its shape and where each voxel centre lies.

    Parameters
    ----------
    shape_kji : tuple of int
        Number of slices, rows and columns.
    affine_lps : array_like, 4x4
        Maps the index (k, j, i, 1) of a voxel centre to its place (x, y, z, 1) in LPS millimetres (DICOM's
        patient frame). Kept as a read-only float64 array. It may be oblique, sheared or left-handed.

    Raises
    ------
    GeometryError
        The shape is not three positive integers, or the affine is not finite, not affine, or flat.
    """

    shape_kji: tuple[int, int, int]
    affine_lps: NDArray[np.float64]

    def __post_init__(self) -> None:
        shape = tuple(int(n) for n in self.shape_kji)
        if len(shape) != 3 or min(shape) < 1 or any(a != b for a, b in zip(shape, self.shape_kji, strict=True)):
            raise GeometryError(f"A grid needs three positive whole numbers as shape, not {self.shape_kji!r}.")
        affine = np.array(self.affine_lps, dtype=np.float64)
        if affine.shape != (4, 4) or not np.isfinite(affine).all():
            raise GeometryError("A grid's affine is a finite 4x4 matrix.")
        if not np.allclose(affine[3], (0, 0, 0, 1), atol=1e-12):
            raise GeometryError("The last row of a grid's affine is (0, 0, 0, 1).")
        steps = np.linalg.norm(affine[:3, :3], axis=0)
        if steps.min() <= 0 or abs(np.linalg.det(affine[:3, :3] / steps)) < 1e-6:
            raise GeometryError("The axes of a grid must span a volume.")
        affine.flags.writeable = False
        object.__setattr__(self, "shape_kji", shape)
        object.__setattr__(self, "affine_lps", affine)

    @classmethod
    def axial(
        cls,
        shape_kji: tuple[int, int, int],
        spacing_mm: tuple[float, float, float] = (1.0, 1.0, 1.0),
        origin_lps: tuple[float, float, float] = (0.0, 0.0, 0.0),
    ) -> "Geometry":
        """Return an upright axial grid: k to the head, j to the back, i to the patient's left."""
        affine = np.zeros((4, 4))
        affine[2, 0], affine[1, 1], affine[0, 2] = spacing_mm
        affine[:3, 3] = origin_lps
        affine[3, 3] = 1.0
        return cls(shape_kji, affine)

    @classmethod
    def from_nifti(cls, affine_ras: ArrayLike, shape_ijk: tuple[int, int, int]) -> "Geometry":
        """Return the grid of a NIfTI array (I, J, K) with its RAS affine; our array is its transpose."""
        i, j, k = shape_ijk
        return cls((k, j, i), LPS_FROM_RAS @ np.asarray(affine_ras, dtype=np.float64) @ KJI_FROM_IJK)

    def nifti_affine(self) -> NDArray[np.float64]:
        """Return the 4x4 affine from index (i, j, k, 1) to RAS millimetres, for the transposed array (I, J, K)."""
        affine: NDArray[np.float64] = LPS_FROM_RAS @ self.affine_lps @ KJI_FROM_IJK
        return affine

    @property
    def spacing_mm(self) -> tuple[float, float, float]:
        """Distance of neighbouring voxel centres along k, j and i in millimetres."""
        k, j, i = np.linalg.norm(self.affine_lps[:3, :3], axis=0)
        return float(k), float(j), float(i)

    @property
    def voxel_volume_ml(self) -> float:
        """Volume of one voxel in millilitres, right for sheared grids too."""
        return float(abs(np.linalg.det(self.affine_lps[:3, :3]))) / 1000.0

    def points_lps(self, index_kji: ArrayLike) -> NDArray[np.float64]:
        """Return LPS millimetres (N, 3) of the indices (N, 3), which may be fractional."""
        index = np.asarray(index_kji, dtype=np.float64)
        points: NDArray[np.float64] = index @ self.affine_lps[:3, :3].T + self.affine_lps[:3, 3]
        return points

    def is_close(self, other: "Geometry", tolerance_mm: float = 1e-3) -> bool:
        """Say whether both grids have one shape and no corner voxel lies further apart than the tolerance."""
        if self.shape_kji != other.shape_kji:
            return False
        corners = np.array(list(itertools.product(*[(0, n - 1) for n in self.shape_kji])), dtype=np.float64)
        corners = np.concatenate([corners, np.eye(3)])  # axes of length one count too
        apart = np.linalg.norm(self.points_lps(corners) - other.points_lps(corners), axis=1)
        return bool(apart.max() <= tolerance_mm)

    def __eq__(self, other: object) -> bool:
        return self.is_close(other) if isinstance(other, Geometry) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # equality within a tolerance cannot be hashed


def _check_volume(array: object, geometry: Geometry, dtype: type[np.generic], what: str) -> None:
    if not isinstance(array, np.ndarray) or array.dtype != dtype:
        found = getattr(array, "dtype", type(array).__name__)
        raise RequestError(f"The {what} must be a NumPy array of {np.dtype(dtype).name}, not {found}.")
    if array.shape != geometry.shape_kji:
        raise RequestError(f"The {what} has shape {array.shape}, its grid {geometry.shape_kji}.")


def _check_image(image: object, geometry: Geometry) -> None:
    _check_volume(image, geometry, np.float32, "image")
    if not np.isfinite(np.asarray(image)).all():
        raise RequestError("The image holds values that are not finite.")


@dataclass(frozen=True, slots=True, eq=False)
class SegmentRequest:
    """An image to be labelled.

    Parameters
    ----------
    image : ndarray of float32, (K, J, I)
        Rescaled values (HU for CT).
    geometry : Geometry
        The image's grid.
    on_progress : callable, optional
        Called with the share done, 0 to 1. What it raises ends the run and reaches the caller: that is how to cancel.
    """

    image: NDArray[np.float32]
    geometry: Geometry
    on_progress: Callable[[float], None] | None = None

    def __post_init__(self) -> None:
        _check_image(self.image, self.geometry)


@dataclass(frozen=True, slots=True)
class Provenance:
    """What made a result: model and version, SHA-256 of the weights, seed, device and seconds of wall time."""

    model: str
    version: str
    weights_sha256: str
    seed: int | None
    device: str
    elapsed_s: float

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, eq=False)
class SegmentResult:
    """Label values on the request's own grid: uint8 (K, J, I), 0 is background."""

    labels: NDArray[np.uint8]
    geometry: Geometry
    provenance: Provenance

    def __post_init__(self) -> None:
        _check_volume(self.labels, self.geometry, np.uint8, "label volume")


@dataclass(frozen=True, slots=True, eq=False)
class TrainingCase:
    """An image (float32) with its truth (uint8), both (K, J, I) on one grid, and a name for reports."""

    image: NDArray[np.float32]
    labels: NDArray[np.uint8]
    geometry: Geometry
    name: str

    def __post_init__(self) -> None:
        _check_image(self.image, self.geometry)
        _check_volume(self.labels, self.geometry, np.uint8, "label volume")


@dataclass(frozen=True, slots=True)
class EpochReport:
    """One finished epoch (counted from 1): mean loss, learning rate, seconds, and held-out Dice per label if scored."""

    epoch: int
    epochs: int
    loss: float
    learning_rate: float
    elapsed_s: float
    held_out: Mapping[int, float | None] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; label values become strings."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return values | {"held_out": {str(value): dice for value, dice in self.held_out.items()}}


@dataclass(frozen=True, slots=True)
class CaseScore:
    """Dice per label value of one case; None where truth and prediction are both empty."""

    name: str
    per_label: Mapping[int, float | None]


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """Dice of a model on held-out cases.

    ``per_label`` is the mean over the cases where Dice is defined, ``mean`` the mean of those; None where nothing
    is defined (truth and prediction empty everywhere).
    """

    per_label: Mapping[int, float | None]
    mean: float | None
    per_case: tuple[CaseScore, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; label values become strings."""
        return {
            "per_label": {str(value): dice for value, dice in self.per_label.items()},
            "mean": self.mean,
            "per_case": [
                {"name": case.name, "per_label": {str(value): dice for value, dice in case.per_label.items()}}
                for case in self.per_case
            ],
        }
