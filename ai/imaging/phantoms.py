"""CT-like phantoms with exact ground truth: a body, an organ of smooth random shape, lesions inside it.

Everything follows from the seed (NumPy's PCG64 generator), so a phantom can be named instead of stored. Labels are
decided at voxel centres by implicit functions in millimetres; the image is blurred by a point spread and noisy, as a
scanner's is. The phantoms are far friendlier than patients: they prove plumbing and learning, not clinical quality.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ai.errors import RequestError
from ai.types import Geometry, TrainingCase

ORGAN = 1
LESION = 2
PHANTOM_LABELS = {ORGAN: "organ", LESION: "lesion"}

_AIR_HU, _FAT_HU, _TISSUE_HU, _BONE_HU = -1000.0, -100.0, 30.0, 400.0


@dataclass(frozen=True, slots=True)
class PhantomStyle:
    """How a scanner and a contrast phase look.

    Parameters
    ----------
    organ_hu, organ_spread_hu : float
        Mean of the organ and how far cases differ (uniform, plus or minus).
    lesion_contrast_hu, lesion_spread_hu : float
        Lesion minus organ, and how far lesions differ (uniform, plus or minus).
    noise_hu : float
        Standard deviation of the noise.
    blur_mm : float
        Standard deviation of the point spread.
    """

    organ_hu: float = 110.0
    organ_spread_hu: float = 10.0
    lesion_contrast_hu: float = -50.0
    lesion_spread_hu: float = 8.0
    noise_hu: float = 12.0
    blur_mm: float = 0.9


PORTAL_STYLE = PhantomStyle()
"""Bright organ, dark lesions, little noise: what the shipped bundle has learnt from."""

LOW_DOSE_STYLE = PhantomStyle(organ_hu=74.0, lesion_contrast_hu=-34.0, noise_hu=26.0, blur_mm=1.2)
"""Less contrast and twice the noise: another scanner, on which the shipped bundle is worse and can learn."""


@dataclass(frozen=True, slots=True)
class Ellipsoid:
    """A lesion: centre in LPS millimetres and half axes along x, y and z in millimetres."""

    centre_lps: tuple[float, float, float]
    radii_mm: tuple[float, float, float]

    @property
    def volume_ml(self) -> float:
        """Exact volume."""
        return float(4.0 / 3.0 * np.pi * np.prod(self.radii_mm)) / 1000.0


@dataclass(frozen=True, slots=True, eq=False)
class Phantom:
    """An image (HU, float32) and its truth (uint8: 1 organ, 2 lesion), both (K, J, I), with the lesions' exact form."""

    image: NDArray[np.float32]
    labels: NDArray[np.uint8]
    geometry: Geometry
    lesions: tuple[Ellipsoid, ...]
    seed: int

    def case(self) -> TrainingCase:
        """Return it as a case to train on or to score with."""
        return TrainingCase(self.image, self.labels, self.geometry, f"phantom-{self.seed}")


def make_phantom(
    seed: int,
    shape_kji: tuple[int, int, int] = (48, 96, 96),
    spacing_mm: tuple[float, float, float] = (3.0, 1.5, 1.5),
    style: PhantomStyle = PORTAL_STYLE,
    geometry: Geometry | None = None,
) -> Phantom:
    """Make the phantom of this seed.

    Parameters
    ----------
    seed : int
        Decides everything that is random.
    shape_kji, spacing_mm : tuple
        Upright axial grid centred on the patient's origin. The anatomy fills it, whatever its size.
    style : PhantomStyle
        Contrast and noise.
    geometry : Geometry, optional
        Another grid (oblique, say) to sample instead; shape and spacing above then only size the anatomy.

    Raises
    ------
    RequestError
        The field of view is under 60 mm along an axis, too small for an organ with lesions.
    """
    extent_mm = np.array([shape_kji[2] * spacing_mm[2], shape_kji[1] * spacing_mm[1], shape_kji[0] * spacing_mm[0]])
    if extent_mm.min() < 60.0:
        raise RequestError(f"A phantom needs 60 mm along each axis, not {extent_mm.min():.0f} mm.")
    if geometry is None:
        origin = -(extent_mm - np.array(spacing_mm[::-1])) / 2.0
        geometry = Geometry.axial(shape_kji, spacing_mm, (float(origin[0]), float(origin[1]), float(origin[2])))
    rng = np.random.default_rng(seed)
    points = _points(geometry)
    organ, centre, radii = _organ(rng, points, extent_mm)
    lesions = _place_lesions(rng, centre, radii)
    hu = _body(rng, points, extent_mm)
    organ_hu = style.organ_hu + rng.uniform(-style.organ_spread_hu, style.organ_spread_hu)
    labels = np.where(organ, ORGAN, 0).astype(np.uint8)
    hu[organ] = organ_hu
    for lesion in lesions:
        inside = _inside(points, np.array(lesion.centre_lps), np.array(lesion.radii_mm))
        labels[inside] = LESION
        contrast = style.lesion_contrast_hu + rng.uniform(-style.lesion_spread_hu, style.lesion_spread_hu)
        hu[inside] = organ_hu + contrast
    blurred = ndimage.gaussian_filter(hu, [style.blur_mm / step for step in geometry.spacing_mm])
    noisy = blurred + rng.normal(0.0, style.noise_hu, hu.shape)
    image = np.clip(np.rint(noisy), -1024, 3071).astype(np.float32)
    return Phantom(image, labels, geometry, lesions, seed)


def make_cases(seeds: range, style: PhantomStyle = PORTAL_STYLE) -> list[TrainingCase]:
    """Return phantoms of the default grid, one per seed, as cases."""
    return [make_phantom(seed, style=style).case() for seed in seeds]


def _points(geometry: Geometry) -> NDArray[np.float64]:
    """Return LPS millimetres (K, J, I, 3) of all voxel centres."""
    index = np.stack(np.meshgrid(*[np.arange(n) for n in geometry.shape_kji], indexing="ij"), axis=-1)
    return geometry.points_lps(index.reshape(-1, 3)).reshape(*geometry.shape_kji, 3)


def _inside(points: NDArray[np.float64], centre: NDArray[np.float64], radii: NDArray[np.float64]) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (((points - centre) / radii) ** 2).sum(axis=-1) <= 1.0
    return inside


def _body(rng: np.random.Generator, points: NDArray[np.float64], extent_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return HU of air, a shell of fat, soft tissue, a spine, and a second organ that is no target."""
    hu = np.full(points.shape[:3], _AIR_HU)
    half = extent_mm * np.array([0.47, 0.42, 0.75])  # the body runs out of the field at head and feet
    zero = np.zeros(3)
    hu[_inside(points, zero, half)] = _FAT_HU
    hu[_inside(points, zero, half * np.array([0.93, 0.92, 1.0]))] = _TISSUE_HU
    spine = extent_mm * np.array([0.07, 0.07, 10.0])
    hu[_inside(points, extent_mm * np.array([0.0, 0.27, 0.0]), spine)] = _BONE_HU
    bystander = extent_mm * np.array([0.26, -0.02, rng.uniform(-0.1, 0.1)])
    radii = extent_mm * np.array([0.09, 0.12, 0.2]) * rng.uniform(0.85, 1.15, 3)
    hu[_inside(points, bystander, radii)] = _TISSUE_HU + rng.uniform(20.0, 60.0)
    return hu


def _organ(
    rng: np.random.Generator, points: NDArray[np.float64], extent_mm: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.float64], NDArray[np.float64]]:
    """Return an ellipsoid on the patient's right whose surface waves smoothly, with its centre and half axes."""
    centre = extent_mm * (np.array([-0.13, -0.05, 0.0]) + rng.uniform(-0.03, 0.03, 3))
    radii = extent_mm * np.array([0.19, 0.22, 0.28]) * rng.uniform(0.85, 1.12, 3)
    scaled = (points - centre) / radii
    distance = np.linalg.norm(scaled, axis=-1)
    direction = scaled / np.maximum(distance, 1e-9)[..., None]
    surface = np.ones(distance.shape)
    for _ in range(4):
        wave = direction @ rng.normal(0.0, 1.6, 3) + rng.uniform(0.0, 2.0 * np.pi)
        surface += rng.uniform(0.03, 0.06) * np.cos(wave)
    return distance <= surface, centre, radii


def _place_lesions(
    rng: np.random.Generator, centre: NDArray[np.float64], radii: NDArray[np.float64]
) -> tuple[Ellipsoid, ...]:
    """Return one to three ellipsoids that lie inside the organ and do not touch each other."""
    wanted = int(rng.integers(1, 4))
    placed: list[Ellipsoid] = []
    for _ in range(200):
        if len(placed) == wanted:
            break
        size = rng.uniform(0.16, 0.34) * radii.min()
        axes = size * rng.uniform(0.85, 1.15, 3)
        direction = rng.normal(0.0, 1.0, 3)
        # the surface never dips below 0.76 of the ellipsoid (four waves of at most 0.06)
        reach = max(0.0, 0.74 - axes.max() / radii.min())
        place = centre + radii * direction / np.linalg.norm(direction) * reach * rng.uniform(0.0, 1.0)
        apart = [np.linalg.norm(place - np.array(o.centre_lps)) - max(o.radii_mm) - axes.max() for o in placed]
        if not apart or min(apart) > 2.0:
            x, y, z = (float(v) for v in place)
            a, b, c = (float(v) for v in axes)
            placed.append(Ellipsoid((x, y, z), (a, b, c)))
    return tuple(placed)


@dataclass(frozen=True, slots=True, eq=False)
class TouchingPhantom:
    """A lesion, a distractor of the same grey that touches it, and lines that a reader would draw.

    Arrays are (K, J, I): `image` float32 (background 0, both objects `cnr`, noise of standard deviation 1), the others
    bool. `inside` and `outside` each hold three straight lines, one along each axis, through the lesion's and the
    distractor's centre.
    """

    image: NDArray[np.float32]
    lesion: NDArray[np.bool_]
    distractor: NDArray[np.bool_]
    inside: NDArray[np.bool_]
    outside: NDArray[np.bool_]


def make_touching_phantom(seed: int, size: int = 64, cnr: float = 2.0) -> TouchingPhantom:
    """Make the phantom of this seed: two ellipsoids side by side along i that share a small face.

    Parameters
    ----------
    seed : int
        Decides place, half axes (within 7 %) and noise.
    size : int
        Voxels along each axis; the anatomy grows with it.
    cnr : float
        Contrast over the standard deviation of the noise.
    """
    rng = np.random.default_rng(seed)
    scale = size / 64.0
    places = np.stack(np.meshgrid(*[np.arange(size)] * 3, indexing="ij"), axis=-1).astype(np.float64)
    centre = np.array([32.0, 32.0, 23.0]) * scale + rng.uniform(-1.0, 1.0, 3) * scale
    radii = np.array([18.0, 16.0, 14.0]) * scale * rng.uniform(0.93, 1.07, 3)
    beside_radii = np.array([12.0, 11.0, 10.0]) * scale * rng.uniform(0.93, 1.07, 3)
    aside = rng.uniform(-2.0, 2.0, 2) * scale
    beside = centre + np.array([aside[0], aside[1], radii[2] + beside_radii[2] - 1.5 * scale])
    lesion = _inside(places, centre, radii)
    distractor = _inside(places, beside, beside_radii) & ~lesion
    image = (lesion | distractor) * cnr + rng.normal(0.0, 1.0, lesion.shape)
    inside, outside = np.zeros_like(lesion), np.zeros_like(lesion)
    for axis in range(3):
        for mask, middle, half in ((inside, centre, radii), (outside, beside, beside_radii)):
            ends = np.zeros(3)
            ends[axis] = 0.6 * half[axis]
            line = np.rint(np.linspace(middle - ends, middle + ends, 2 * size)).astype(int)
            mask[tuple(line.T)] = True
    return TouchingPhantom(image.astype(np.float32), lesion, distractor, inside & lesion, outside & distractor)
