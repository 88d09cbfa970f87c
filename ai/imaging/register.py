"""Rigid registration by mutual information: where a place of one image lies in another one of the same patient.

NumPy and SciPy only. Both images are looked at in some ten thousand points, not in every voxel, so that it takes a few
seconds on one core.

Sources
-------
Mattes et al. 2003 (mutual information of sampled points, Powell); Padfield 2012 (masked correlation by FFT).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage, optimize

from ai.errors import RequestError
from ai.types import Geometry

Floats = NDArray[np.float64]
Grey = NDArray[np.float32]

BINS = 32
COARSE_MM = 8.0
LEAST_OVERLAP = 0.3
"""Of the points that are looked at, so many must lie in both images."""

LEVELS = ((6.0, 8_000), (3.0, 12_000), (2.0, 20_000))
"""Blur (mm) and points of each pass."""

FINEST_MM = 2.0
"""Finer voxels are averaged to about so many millimetres first."""

TURNS_DEG = (-10.0, 0.0, 10.0)
"""Turns about each axis that are tried before the search, all with all."""

ARM_MM = 80.0
"""Turns are searched in mm at this distance, so that turning and moving are steps of like size."""


@dataclass(frozen=True, slots=True)
class Rigid:
    """A rigid motion.

    Attributes
    ----------
    matrix : array of float64, 4x4
        Maps a place (x, y, z, 1) of the fixed image to the same place of the moving one, both LPS mm.
    information, before : float
        Mutual information in nats after and before (as the positions say); 0 where nothing overlaps.
    overlap : float
        Share of the points that lie in both images.
    """

    matrix: Floats
    information: float
    before: float
    overlap: float

    @property
    def turn_deg(self) -> float:
        """Return by how many degrees it turns."""
        return float(np.degrees(np.arccos(np.clip((np.trace(self.matrix[:3, :3]) - 1.0) / 2.0, -1.0, 1.0))))


def register_rigid(fixed: Grey, fixed_at: Geometry, moving: Grey, moving_at: Geometry, *, seed: int = 0) -> Rigid:
    """Return the rigid motion from places of the fixed image to those of the moving one.

    Starts are the positions as they are, both middles on each other, and the peak of the masked correlation, each
    turned by TURNS_DEG; the best two are refined on a coarse level, the better of both on two finer ones. Where the
    positions as they are do no worse, they stay. Equal input gives equal output.

    Parameters
    ----------
    fixed, moving : array of float32, (K, J, I)
    fixed_at, moving_at : Geometry
    seed : int
        Chooses the points.

    Raises
    ------
    RequestError
        An image is flat or thinner than four slices, or the images never overlap by LEAST_OVERLAP.
    """
    pair = _Pair(fixed, fixed_at, moving, moving_at, seed)
    starts = [np.zeros(3), pair.between_middles(), pair.by_correlation()]
    pair.look(*LEVELS[0])
    turns = [np.radians(turn) * ARM_MM for turn in product(TURNS_DEG, repeat=3)]
    tried = sorted((np.concatenate([turn, start]) for start in starts for turn in turns), key=pair.cost)
    best = min((_refined(pair, start, 2.0 * LEVELS[0][0]) for start in tried[:2]), key=pair.cost)
    for blur_mm, points in LEVELS[1:]:
        pair.look(blur_mm, points)
        best = _refined(pair, best, blur_mm)
    best = min((np.zeros(6), best), key=pair.cost)
    before, information, overlap = pair.information(np.zeros(6)), pair.information(best), pair.overlap(best)
    if overlap < LEAST_OVERLAP:
        raise RequestError("The two images show too little of the same to be brought onto each other.")
    return Rigid(pair.matrix(best), information, before, overlap)


def _refined(pair: "_Pair", start: Floats, first_step: float) -> Floats:
    directions = np.eye(6) * first_step
    found = optimize.minimize(
        pair.cost, start, method="Powell", options={"direc": directions, "xtol": 0.02, "ftol": 1e-4, "maxiter": 4}
    )
    return np.asarray(found.x if found.fun <= pair.cost(start) else start, dtype=np.float64)


class _Pair:
    """Both images, and the points that are looked at."""

    def __init__(self, fixed: Grey, fixed_at: Geometry, moving: Grey, moving_at: Geometry, seed: int) -> None:
        self._fixed, self._fixed_at = _averaged(_levelled(fixed), fixed_at)
        self._moving, self._moving_at = _averaged(_levelled(moving), moving_at)
        self._random = np.random.default_rng(seed)
        self._middle = _middle(fixed_at)
        self._inverse = np.linalg.inv(self._moving_at.affine_lps)
        self._places: Floats = np.zeros((0, 3))
        self._values: Floats = np.zeros(0)
        self._blurred = self._moving

    def look(self, blur_mm: float, count: int) -> None:
        """Choose points, more where the fixed image has edges, and blur both images."""
        fixed = _blurred(self._fixed, self._fixed_at, blur_mm)
        self._blurred = _blurred(self._moving, self._moving_at, blur_mm)
        edges = sum(np.abs(np.gradient(fixed, axis=axis)) / self._fixed_at.spacing_mm[axis] for axis in range(3))
        weight = (np.asarray(edges).ravel() + 0.1 * float(np.mean(edges))).astype(np.float64)
        chosen = self._random.choice(weight.size, size=count, p=weight / weight.sum())
        index = np.stack(np.unravel_index(chosen, fixed.shape), axis=1).astype(np.float64)
        index += self._random.uniform(-0.5, 0.5, index.shape)  # off the grid, which would draw both grids together
        index = np.clip(index, 0, np.array(fixed.shape) - 1)
        self._values = ndimage.map_coordinates(fixed, index.T, order=1, mode="nearest").astype(np.float64)
        self._places = index @ self._fixed_at.affine_lps[:3, :3].T + self._fixed_at.affine_lps[:3, 3]

    def matrix(self, parameters: Floats) -> Floats:
        """Return the motion of three turns (mm at ARM_MM, about x, y, z through the middle) and three shifts (mm)."""
        a, b, c = np.asarray(parameters[:3]) / ARM_MM
        turn_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
        turn_y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
        turn_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
        result = np.eye(4)
        result[:3, :3] = turn_z @ turn_y @ turn_x
        result[:3, 3] = self._middle - result[:3, :3] @ self._middle + parameters[3:]
        return result

    def _seen(self, parameters: Floats) -> tuple[NDArray[np.bool_], Floats]:
        """Return which points lie in the moving image, and where by index."""
        whole = self._inverse @ self.matrix(parameters)
        index = self._places @ whole[:3, :3].T + whole[:3, 3]
        inside = np.all((index >= -0.5) & (index <= np.array(self._moving.shape) - 0.5), axis=1, keepdims=True)[:, 0]
        return inside, index[inside]

    def overlap(self, parameters: Floats) -> float:
        """Return the share of the points that lie in both images."""
        return float(self._seen(parameters)[0].mean())

    def information(self, parameters: Floats) -> float:
        """Return the mutual information in nats; 0 where too few points lie in both."""
        inside, index = self._seen(parameters)
        if inside.mean() < LEAST_OVERLAP:
            return 0.0
        values = ndimage.map_coordinates(self._blurred, index.T, order=1, mode="nearest")
        return _information(self._values[inside], values.astype(np.float64))

    def cost(self, parameters: Floats) -> float:
        """Return what is to be made small: information with a minus, less where little overlaps."""
        return -self.information(parameters) * min(1.0, 0.5 + self.overlap(parameters))

    def between_middles(self) -> Floats:
        """Return the shift (mm) that brings both grids' middles onto each other."""
        return _middle(self._moving_at) - self._middle

    def by_correlation(self) -> Floats:
        """Return the shift (mm) where both images, on a coarse grid, are most alike."""
        (one, seen_one, low_one), (two, seen_two, low_two) = (
            _coarse(self._fixed, self._fixed_at),
            _coarse(self._moving, self._moving_at),
        )
        shift = _best_shift(one, seen_one, two, seen_two)
        return (low_two - low_one) + np.array(shift) * COARSE_MM


def shrunk(frames: Iterable[Grey], geometry: Geometry) -> tuple[Grey, Geometry]:
    """Return an image put together of its frames, each averaged to about FINEST_MM as it comes: it needs less memory.

    Parameters
    ----------
    frames : iterable of arrays of float32, (J, I)
        As many as `geometry` has slices, all of its size.
    """
    _, rows, columns = geometry.shape_kji
    flat = Geometry((1, rows, columns), geometry.affine_lps)
    parts = []
    for frame in frames:
        part, at = _averaged(frame[None], flat)
        parts.append(part)
    image = np.concatenate(parts)
    return image, Geometry(image.shape, at.affine_lps)


def _levelled(image: Grey) -> Grey:
    """Return the image from its 1st to its 99.5th percentile as 0 to 1."""
    if image.ndim != 3 or min(image.shape[1:]) < 4 or image.shape[0] < 4:
        raise RequestError("An image must have four slices, rows and columns at least to be registered.")
    values = image[np.isfinite(image)][::7]
    low, high = np.percentile(values, (1.0, 99.5)) if values.size else (0.0, 0.0)
    if not high > low:
        raise RequestError("An image without differences cannot be registered.")
    return np.clip((np.nan_to_num(image, nan=low) - low) / (high - low), 0.0, 1.0).astype(np.float32)


def _averaged(image: Grey, geometry: Geometry) -> tuple[Grey, Geometry]:
    """Return the image with blocks of voxels averaged, where they are finer than FINEST_MM; what stands over is cut."""
    factors = [
        max(1, min(int(FINEST_MM / step + 0.3), n // 4))
        for step, n in zip(geometry.spacing_mm, image.shape, strict=True)
    ]
    if max(factors) == 1:
        return image, geometry
    shape = [n // factor for n, factor in zip(image.shape, factors, strict=True)]
    k, j, i = (n * factor for n, factor in zip(shape, factors, strict=True))
    blocks = image[:k, :j, :i].reshape([part for pair in zip(shape, factors, strict=True) for part in pair])
    scale = np.diag([*map(float, factors), 1.0])
    scale[:3, 3] = [(factor - 1) / 2.0 for factor in factors]
    return blocks.mean(axis=(1, 3, 5), dtype=np.float32), Geometry(
        (shape[0], shape[1], shape[2]), geometry.affine_lps @ scale
    )


def _middle(geometry: Geometry) -> Floats:
    half = (np.array(geometry.shape_kji) - 1) / 2.0
    return np.asarray(geometry.affine_lps[:3, :3] @ half + geometry.affine_lps[:3, 3])


def _blurred(image: Grey, geometry: Geometry, blur_mm: float) -> Grey:
    sigmas = [max(0.0, 0.5 * blur_mm / step - 0.3) for step in geometry.spacing_mm]
    return ndimage.gaussian_filter(image, sigmas, truncate=2.5) if max(sigmas) > 0 else image


def _information(one: Floats, two: Floats) -> float:
    """Return the mutual information of two series of values from 0 to 1, with shares of neighbouring bins."""
    left = np.clip((one * (BINS - 1)).round().astype(np.int64), 0, BINS - 1) * (BINS + 1)
    place = two * (BINS - 1)
    below = np.clip(place.astype(np.int64), 0, BINS - 1)
    share = place - below
    counts = np.bincount(left + below, weights=1.0 - share, minlength=BINS * (BINS + 1))
    counts += np.bincount(left + below + 1, weights=share, minlength=BINS * (BINS + 1))
    joint = counts.reshape(BINS, BINS + 1) / counts.sum()
    apart = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    there = joint > 1e-12
    return float((joint[there] * np.log(joint[there] / apart[there])).sum())


def _coarse(image: Grey, geometry: Geometry) -> tuple[Floats, Floats, Floats]:
    """Return the image on an upright grid of COARSE_MM (x, y, z), where it was seen, and its first corner (LPS mm)."""
    ends = np.array([[k, j, i] for k in (0, 1) for j in (0, 1) for i in (0, 1)]) * (np.array(geometry.shape_kji) - 1)
    corners = ends @ geometry.affine_lps[:3, :3].T + geometry.affine_lps[:3, 3]
    low, high = corners.min(axis=0), corners.max(axis=0)
    shape = np.ceil((high - low) / COARSE_MM).astype(int) + 1
    places = np.stack(np.meshgrid(*(np.arange(n) for n in shape), indexing="ij")) * COARSE_MM
    inverse = np.linalg.inv(geometry.affine_lps)
    index = (
        np.tensordot(inverse[:3, :3], places + low[:, None, None, None], axes=1) + inverse[:3, 3][:, None, None, None]
    )
    blurred = _blurred(image, geometry, COARSE_MM)
    seen = np.ones(tuple(shape), dtype=bool)
    for axis, n in enumerate(image.shape):
        seen &= (index[axis] >= -0.5) & (index[axis] <= n - 0.5)
    values = ndimage.map_coordinates(blurred, index, order=1, mode="nearest")
    return np.where(seen, values, 0.0), seen.astype(np.float64), low


def _best_shift(one: Floats, seen_one: Floats, two: Floats, seen_two: Floats) -> tuple[float, ...]:
    """Return by how many coarse steps a place of the first lies further in the second (masked correlation)."""
    shape = [fft.next_fast_len(a + b - 1, real=True) for a, b in zip(one.shape, two.shape, strict=True)]
    spectra = [fft.rfftn(array, shape) for array in (one, seen_one, one**2, two, seen_two, two**2)]
    a, ma, aa, b, mb, bb = spectra

    def matched(left: NDArray[np.complex128], right: NDArray[np.complex128]) -> Floats:
        return np.asarray(fft.irfftn(np.conj(left) * right, shape))

    common = np.maximum(matched(ma, mb), 1e-9)
    sum_a, sum_b = matched(a, mb), matched(ma, b)
    above = matched(a, b) - sum_a * sum_b / common
    below = np.sqrt(
        np.maximum(matched(aa, mb) - sum_a**2 / common, 1e-9) * np.maximum(matched(ma, bb) - sum_b**2 / common, 1e-9)
    )
    enough = common >= LEAST_OVERLAP * min(seen_one.sum(), seen_two.sum())
    alike = np.where(enough, above / below, -1.0)
    peak = np.unravel_index(int(alike.argmax()), alike.shape)
    return tuple(float(at if at < n else at - whole) for at, n, whole in zip(peak, two.shape, shape, strict=True))
