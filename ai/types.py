"""Values that cross the library's boundary: frozen, slotted, validated as they are made."""

import itertools
from collections.abc import Callable, Mapping, Sequence
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


IGNORED = 255
"""In a truth: nobody decided what this voxel is. Neither learnt from nor scored."""


@dataclass(frozen=True, slots=True, eq=False)
class TrainingCase:
    """An image (float32) with its truth (uint8), both (K, J, I) on one grid, and a name for reports.

    Voxels of the truth may be `IGNORED`, so that scribbles or a few slices are enough for a case.
    """

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


Index = tuple[float, float, float]
"""A place on a grid (k, j, i), fractional."""


@dataclass(frozen=True, slots=True)
class PromptLine:
    """A point (one place) or a scribble (several, joined by straight lines) that a reader put on the image.

    Parameters
    ----------
    places_kji : tuple of (k, j, i)
        Voxel indices, fractional; at least one, finite.
    positive : bool
        Whether the object is there, or is not.
    """

    places_kji: tuple[Index, ...]
    positive: bool = True

    def __post_init__(self) -> None:
        places = np.asarray(self.places_kji, dtype=np.float64)
        if places.ndim != 2 or places.shape[1:] != (3,) or not len(places) or not np.isfinite(places).all():
            raise RequestError("A point or scribble needs at least one place of three finite numbers.")


@dataclass(frozen=True, slots=True, eq=False)
class PromptRequest:
    """An image and what a reader pointed at in it.

    Parameters
    ----------
    image : ndarray of float32, (K, J, I)
        Real values, finite; the neighbourhood of the prompts. One slice (K = 1) makes it a plane.
    spacing_mm : tuple of float
        Distance of voxel centres along k, j and i in millimetres.
    lines : tuple of PromptLine
        Points and scribbles, positive and negative.
    box_kji : pair of (k, j, i), optional
        Two opposite corners, in any order: the object lies between them.
    wary : bool
        An answer reached the edge of what was looked at: the object is large, or the mask leaked. An engine that can
        be stricter is so.

    Raises
    ------
    RequestError
        The image is none, the spacing is not positive, nothing positive is given, or a prompt lies off the image.
    """

    image: NDArray[np.float32]
    spacing_mm: tuple[float, float, float]
    lines: tuple[PromptLine, ...] = ()
    box_kji: tuple[Index, Index] | None = None
    wary: bool = False

    def __post_init__(self) -> None:
        if getattr(self.image, "ndim", 0) != 3 or getattr(self.image, "dtype", None) != np.float32:
            raise RequestError("The image must be a three-dimensional array of float32.")
        if len(self.spacing_mm) != 3 or not all(0 < step < float("inf") for step in self.spacing_mm):
            raise RequestError("Spacing is three positive numbers of millimetres.")
        check_prompts(self.image.shape, self.lines, self.box_kji)
        if not np.isfinite(self.image).all():
            raise RequestError("The image holds values that are not finite.")


def check_prompts(shape: tuple[int, ...], lines: Sequence[PromptLine], box_kji: tuple[Index, Index] | None) -> None:
    """Raise RequestError unless the prompts say what to mark and lie on an image of this shape."""
    if box_kji is None and not any(line.positive for line in lines):
        raise RequestError("Nothing says what to mark: give a positive point, a positive scribble or a box.")
    size = np.array(shape)
    for line in lines:
        places = np.rint(np.asarray(line.places_kji))
        if (places < 0).any() or (places >= size).any():
            raise RequestError("A point or scribble lies off the image.")
    if box_kji is not None:
        corners = np.asarray(box_kji, dtype=np.float64)
        if corners.shape != (2, 3) or not np.isfinite(corners).all():
            raise RequestError("A box is two corners of three finite numbers.")
        if (corners.max(axis=0) < -0.5).any() or (corners.min(axis=0) > size - 0.5).any():
            raise RequestError("The box lies off the image.")


@dataclass(frozen=True, slots=True, eq=False)
class PromptResult:
    """The mask that the prompts ask for: bool on the request's own grid, and seconds of wall time."""

    mask: NDArray[np.bool_]
    elapsed_s: float

    def __post_init__(self) -> None:
        if self.mask.dtype != np.bool_ or self.mask.ndim != 3:
            raise RequestError(f"A mask is a three-dimensional array of bool, not {self.mask.dtype} {self.mask.shape}.")
