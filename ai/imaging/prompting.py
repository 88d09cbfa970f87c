"""From prompts to a mask: what looks like the prompted voxels, hangs together with them, and is nearer to them.

The answer is found on a coarse copy of the image first and its border is then drawn again on the full grid. Works on
NumPy and on CuPy arrays; nothing random, no trained weights.
"""

from dataclasses import dataclass
from typing import Any

from ai import arrays
from ai.errors import RequestError
from ai.imaging.geodesic import geodesic_distance

Spacing = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class PromptSettings:
    """What can be tuned; lengths are in voxels of the grid at work unless a name says otherwise.

    Parameters
    ----------
    coarse_voxels : int
        At most so many voxels on the coarse grid for every 128³ voxels of the image: the price of an answer.
    smoothing : float
        Standard deviation of the Gaussian before grey values are compared.
    sample_radius : float
        So far around a prompt its grey values count as the object's.
    neck : float
        How much dearer a path through a narrow place is: objects that touch part at their neck.
    outside_price : float
        Price of a millimetre where the image does not look like the object.
    opening : float
        Necks thinner than this share of the half width at the prompts are no way to further parts.
    blur, learnt_blur : float
        Grey values that differ by less than this share of the contrast between object and surroundings are alike: when
        the border is drawn on the full grid, and in later passes on the coarse one.
    slack : float
        By how many coarse voxels the object may reach further than its thick part, grown back, does.
    passes : int
        How often the grey values of object and surroundings are learnt from the answer so far.
    rounds : int
        Rounds of the geodesic sweeps.
    rivals : float
        While nothing says what is outside, the object is weighed against values at most so many widths of the kernel
        from its own, not against all of the image (0): that most of a body is air and fat does not tell where one
        organ ends among others.
    """

    coarse_voxels: int = 48**3
    smoothing: float = 0.8
    sample_radius: float = 2.5
    neck: float = 1.0
    outside_price: float = 20.0
    opening: float = 0.45
    blur: float = 0.25
    learnt_blur: float = 0.1
    slack: float = 2.0
    passes: int = 2
    rounds: int = 3
    rivals: float = 0.0


DEFAULT_SETTINGS = PromptSettings()
OWN_SHARE = 0.8
"""Where more of the values like the object's are its own, there is nothing to tell it from."""

WARY_SETTINGS = PromptSettings(rivals=2.5)
"""Where the mask leaked: what is found holds less, and a further click adds to it."""


def segment_prompts(
    image: Any,
    inside: Any,
    outside: Any,
    spacing_mm: Spacing,
    box: tuple[tuple[int, int], ...] | None = None,
    settings: PromptSettings = DEFAULT_SETTINGS,
) -> Any:
    """Return the mask that the prompts ask for.

    Parameters
    ----------
    image : array of float32, (K, J, I)
        Finite values of any unit. An axis of length one makes it a plane.
    inside, outside : array of bool, (K, J, I)
        Voxels that belong to the object, and voxels that do not.
    spacing_mm : tuple of float
        Distance of voxel centres along k, j and i in millimetres.
    box : three pairs of int, optional
        First index and the one past the last along k, j and i: the object lies in it. Without any voxel `inside`,
        what stands out from the surroundings around the box's centre is taken.

    Returns
    -------
    array of bool, (K, J, I)
        Of the image's library, on its device. Every voxel of `inside` is in it, none of `outside`; every part of it
        holds a voxel of `inside` (or of the box's centre). Memory: about four times the image.

    Raises
    ------
    RequestError
        Shapes do not fit, a voxel is both inside and outside, or there is nothing to start from.
    """
    xp = arrays.namespace(image, inside, outside)
    _check(xp, image, inside, outside, box)
    most = settings.coarse_voxels * max(1, image.size // 128**3)
    factors = pooling_factors(tuple(image.shape), spacing_mm, most)
    steps_mm = (spacing_mm[0] * factors[0], spacing_mm[1] * factors[1], spacing_mm[2] * factors[2])
    coarse = _Work(pooled_mean(image, factors), steps_mm, settings)
    start, stop = pooled_any(inside, factors), pooled_any(outside, factors)
    stop &= ~start  # on the coarse grid both may share a voxel; the full grid parts them again
    limits = None if box is None else tuple((a // f, -(-b // f)) for (a, b), f in zip(box, factors, strict=True))
    found, allowed, start = coarse.found(start, stop, limits)
    shape = tuple(image.shape)
    mask, may = spread(found, factors, shape), spread(allowed, factors, shape)
    if box is not None:
        may &= _in_box(xp, shape, box)
    mask = _redrawn(image, mask & may, may & ~outside, spacing_mm, factors, settings)
    mask = (mask | inside) & ~outside
    seeds = inside if bool(inside.any()) else spread(start, factors, shape) & mask
    return parts_with(mask, seeds) | inside


def _check(xp: Any, image: Any, inside: Any, outside: Any, box: Any) -> None:
    if image.ndim != 3 or image.shape != inside.shape or image.shape != outside.shape:
        raise RequestError(
            f"Image {tuple(image.shape)} and prompts {tuple(inside.shape)}, {tuple(outside.shape)} must be of one grid."
        )
    if bool((inside & outside).any()):
        raise RequestError("The same place is marked as inside and as outside.")
    if box is None and not bool(inside.any()):
        raise RequestError("Nothing says what to mark: give a positive point, a positive scribble or a box.")
    if box is not None:
        if any(not 0 <= a < b <= n for (a, b), n in zip(box, image.shape, strict=True)):
            raise RequestError("The box is empty or leaves the image.")
        if bool((inside & ~_in_box(xp, image.shape, box)).any()):
            raise RequestError("A positive prompt lies outside of the box.")


def _in_box(xp: Any, shape: tuple[int, ...], box: tuple[tuple[int, int], ...]) -> Any:
    mask = xp.zeros(shape, dtype=bool)
    mask[tuple(slice(a, b) for a, b in box)] = True
    return mask


# -- grids -------------------------------------------------------------------------------------------------------------
def pooling_factors(shape: tuple[int, ...], spacing_mm: Spacing, most_voxels: int) -> tuple[int, int, int]:
    """Return how many voxels along k, j and i make one coarse voxel: as cubic as can be, few enough in all."""
    factors = [1, 1, 1]
    while _count(shape, factors) > most_voxels:
        wide = [
            step * factor if -(-n // factor) > 1 else float("inf")
            for step, factor, n in zip(spacing_mm, factors, shape, strict=True)
        ]
        smallest = min(wide)
        for axis in range(3):  # equal steps grow together, so that no axis is preferred
            if wide[axis] <= smallest * 1.001:
                factors[axis] += 1
    return factors[0], factors[1], factors[2]


def _count(shape: tuple[int, ...], factors: list[int]) -> int:
    count = 1
    for n, factor in zip(shape, factors, strict=True):
        count *= -(-n // factor)
    return count


def _blocks(xp: Any, array: Any, factors: tuple[int, int, int]) -> Any:
    padding = [(0, -n % factor) for n, factor in zip(array.shape, factors, strict=True)]
    if any(after for _, after in padding):
        array = xp.pad(array, padding, mode="edge")
    sizes = [part for n, factor in zip(array.shape, factors, strict=True) for part in (n // factor, factor)]
    return array.reshape(sizes)


def pooled_mean(image: Any, factors: tuple[int, int, int]) -> Any:
    """Return the mean (float32) of each block; blocks that stand over are filled with the border's values."""
    if factors == (1, 1, 1):
        return image
    return _blocks(arrays.namespace(image), image, factors).mean(axis=(1, 3, 5), dtype="float32")


def pooled_any(mask: Any, factors: tuple[int, int, int]) -> Any:
    """Return whether each block holds a voxel of the mask."""
    return _blocks(arrays.namespace(mask), mask, factors).any(axis=(1, 3, 5))


def spread(mask: Any, factors: tuple[int, int, int], shape: tuple[int, ...]) -> Any:
    """Return the coarse mask on the full grid of `shape`."""
    for axis, factor in enumerate(factors):
        mask = mask.repeat(factor, axis=axis)
    return mask[tuple(slice(0, n) for n in shape)]


def parts_with(mask: Any, seeds: Any) -> Any:
    """Return the parts of the mask (connected by faces) that hold a seed."""
    xp, ndimage = arrays.namespace(mask), arrays.ndimage(mask)
    labels, count = ndimage.label(mask)
    kept = xp.zeros(int(count) + 1, dtype=bool)
    kept[labels[seeds & mask]] = True
    kept[0] = False
    return kept[labels]


# -- grey values -------------------------------------------------------------------------------------------------------
def likeness(image: Any, ours: Any, others: Any, width: float) -> Any:
    """Return how much more each grey value speaks for the object than for its surroundings: a log ratio, -4 to 4.

    Parameters
    ----------
    image : array of float32
    ours, others : array of float32, one-dimensional
        Grey values seen in the object and around it.
    width : float
        What differs by less is alike: the standard deviation of the kernel that smooths both densities.
    """
    xp, ndimage = arrays.namespace(image, ours, others), arrays.ndimage(image)
    low = float(xp.percentile(ours, 2)) - 8.0 * width
    high = float(xp.percentile(ours, 98)) + 8.0 * width
    bins = int(min(512, max(24, round((high - low) / (width / 3.0)))))
    scale = bins / (high - low)

    def place(values: Any) -> Any:
        return xp.clip((values - low) * scale, 0, bins - 1).astype(xp.int32)

    def density(values: Any) -> Any:
        counts = xp.bincount(place(values), minlength=bins).astype(xp.float64)
        smooth = ndimage.gaussian_filter1d(counts, max(1.0, width * scale), mode="nearest")
        return smooth / smooth.sum()

    ratio = xp.log((density(ours) + 1e-4 / bins) / (density(others) + 1e-3 / bins))
    ratio[0] = min(float(ratio[0]), -4.0)  # what lies beyond anything seen in the object is not of it
    ratio[-1] = min(float(ratio[-1]), -4.0)
    return xp.clip(ratio, -4.0, 4.0).astype(xp.float32)[place(image)]


class _Work:
    """One grid: smoothing, distances and samples in voxels of its finest step."""

    def __init__(self, image: Any, spacing_mm: Spacing, settings: PromptSettings) -> None:
        self.xp, self.ndimage = arrays.namespace(image), arrays.ndimage(image)
        self.spacing_mm = spacing_mm
        self.settings = settings
        self.step_mm = min(s for s, n in zip(spacing_mm, image.shape, strict=True) if n > 1 or max(image.shape) == 1)
        self.shape = tuple(image.shape)
        self.image = self.smooth(image, settings.smoothing)

    def smooth(self, array: Any, sigma: float) -> Any:
        """Return the array after a Gaussian of `sigma` finest steps, the same in millimetres along every axis."""
        sigmas = [
            sigma * self.step_mm / step if n > 1 else 0.0 for step, n in zip(self.spacing_mm, self.shape, strict=True)
        ]
        return self.ndimage.gaussian_filter(array, sigmas, truncate=2.5)

    def depth(self, mask: Any) -> Any:
        """Return how far (mm) each voxel of the mask is from what is not in it; 0 outside."""
        return self.ndimage.distance_transform_edt(mask, sampling=self.spacing_mm).astype(self.xp.float32)

    def around(self, mask: Any, radius: float) -> Any:
        """Return the voxels within `radius` finest steps of the mask."""
        return self.depth(~mask) <= radius * self.step_mm

    def roughness(self, mask: Any) -> float:
        """Return the typical difference of neighbours within the mask, never below a thousandth of the range."""
        xp = self.xp
        found = []
        for axis in range(3):
            if self.shape[axis] > 1:
                ahead = tuple(slice(1, None) if place == axis else slice(None) for place in range(3))
                both = xp.abs(xp.diff(self.image, axis=axis))[mask[ahead]]
                if both.size:
                    found.append(float(xp.median(both)))
        some = self.image.ravel()[::7]
        low, high = float(xp.percentile(some, 1)), float(xp.percentile(some, 99))
        return max(1.2 * min(found, default=0.0), 1e-3 * (high - low), 1e-6)

    def found(self, start: Any, stop: Any, limits: Any) -> tuple[Any, Any, Any]:
        """Return the mask on this grid, where it may lie at all, and the voxels it started from."""
        xp, settings = self.xp, self.settings
        within = xp.ones(self.shape, dtype=bool) if limits is None else _in_box(xp, self.shape, limits)
        everywhere = self.image.ravel()[::5] if self.image.size > 40_000 else self.image.ravel()
        others = everywhere if limits is None or bool(within.all()) else self.image[~within]
        if not bool(start.any()):
            start = self._middle(limits, others) & ~stop
        near = self.around(start, settings.sample_radius) & within & ~stop
        width = self.roughness(self.around(start, 3 * settings.sample_radius))
        seen = ours = self._alike(near, start, width)
        mask = may = start
        alone = settings.rivals > 0 and limits is None and not bool(stop.any())
        for step in range(settings.passes):
            against = self._rivals(ours, others, width) if alone else others
            like = self.smooth(likeness(self.image, ours, against, width), settings.smoothing)
            mask, may, reach_mm = self._connected(((like > 0) & within) | start, start, stop)
            if step + 1 < settings.passes and int(mask.sum()) >= 27:
                ours, others = self._learnt(mask, seen, everywhere, reach_mm)
                width = max(width, settings.learnt_blur * abs(float(xp.median(ours)) - float(xp.median(others))))
        return mask, may & within, start

    def _alike(self, near: Any, start: Any, width: float) -> Any:
        """Return the grey values near the prompts that are like those right at them."""
        xp = self.xp
        values, centres = self.image[near], self.image[start]
        centres = xp.unique(xp.percentile(centres, xp.linspace(0, 100, 9))) if centres.size > 9 else centres
        spread_ = 1.48 * float(xp.median(xp.abs(values - xp.median(values))))
        return values[(xp.abs(values[:, None] - centres[None]) < 3.0 * max(spread_, width)).any(axis=1)]

    def _rivals(self, ours: Any, others: Any, width: float) -> Any:
        """Return the grey values around that could be taken for the object's.

        All of them where these are too few, or hardly others than the object's own: it fills what is looked at.
        """
        xp, reach = self.xp, self.settings.rivals * width
        low, high = float(xp.percentile(ours, 2)), float(xp.percentile(ours, 98))
        near = others[(others >= low - reach) & (others <= high + reach)]
        own = int(((near >= low) & (near <= high)).sum())
        return others if near.size < max(50, 0.02 * others.size) or own > OWN_SHARE * near.size else near

    def _middle(self, limits: Any, others: Any) -> Any:
        """Return the voxels around the box's centre that stand out from what is around the box."""
        xp = self.xp
        middle = []
        for (a, b), _ in zip(limits, self.shape, strict=True):
            quarter = (b - a - 1) // 4
            middle.append((a + quarter, b - quarter))
        core = _in_box(xp, self.shape, tuple(middle))
        values = self.image[core]
        like = likeness(self.image, values, others, self.roughness(core))
        return core & (like >= min(0.0, float(xp.percentile(like[core], 75))))

    def _connected(self, like: Any, start: Any, stop: Any) -> tuple[Any, Any, float]:
        """Return what hangs together with the start, nearer to it than to the stop, not through thin necks."""
        xp, settings = self.xp, self.settings
        depth = self.depth(like)
        reach_mm = float(depth[start].max())
        own = ~stop
        if bool(stop.any()):
            narrow = xp.maximum(reach_mm / xp.maximum(depth, 0.5 * self.step_mm) - 1.0, 0.0)
            price = xp.where(like, 1.0 + settings.neck * narrow, settings.outside_price).astype(xp.float32)
            fronts = xp.where(xp.stack([start, stop]), 0.0, xp.inf).astype(xp.float32)
            ours, theirs = geodesic_distance(price, fronts, self.spacing_mm, most_rounds=settings.rounds)
            own = ours < theirs
        thin_mm = min(settings.opening, 0.99) * reach_mm
        thick = parts_with((depth > thin_mm) & own, start)
        may = own
        if bool(thick.any()):
            steps = [s for s, n in zip(self.spacing_mm, self.shape, strict=True) if n > 1]
            may = own & (self.depth(~thick) <= thin_mm + settings.slack * sum(steps) / max(1, len(steps)))
        return parts_with((like & may & ~stop) | start, start), may | start, reach_mm

    def _learnt(self, mask: Any, seen: Any, everywhere: Any, reach_mm: float) -> tuple[Any, Any]:
        """Return the grey values of the object found so far and of its surroundings."""
        xp = self.xp
        inner = self.image[mask]
        times = max(1, int(0.5 * inner.size / max(1, seen.size)))
        away = self.depth(~mask)
        shell = self.image[(away > 0) & (away <= max(4.0 * self.step_mm, 0.5 * reach_mm))]
        thinned = everywhere[:: max(1, everywhere.size // max(1, shell.size))]
        return xp.concatenate([xp.tile(seen, times), inner]), xp.concatenate([shell, thinned])


# -- the border on the full grid ---------------------------------------------------------------------------------------
def _redrawn(
    image: Any, mask: Any, may: Any, spacing_mm: Spacing, factors: tuple[int, int, int], settings: PromptSettings
) -> Any:
    """Return the mask with its border drawn anew on the full grid, where the coarse one can have missed it."""
    xp, ndimage = arrays.namespace(image), arrays.ndimage(image)
    margin = [3 * factor if n > 1 else 0 for factor, n in zip(factors, image.shape, strict=True)]
    cut = _bounds(xp, mask, margin)
    if cut is None:
        return mask
    work = _Work(image[cut], spacing_mm, settings)
    crop, free = mask[cut], may[cut]
    cube = tuple(2 * factor + 1 if n > 1 else 1 for factor, n in zip(factors, image.shape, strict=True))
    grown = ndimage.maximum_filter(crop, size=cube)
    core = ndimage.minimum_filter(crop, size=cube, mode="nearest")
    ring = ndimage.maximum_filter(grown, size=cube) & ~grown
    if int(ring.sum()) < 10 or int(crop.sum()) < 10:
        return mask
    inner = core if int(core.sum()) >= 30 else crop
    smooth = work.smooth(image[cut], 1.0)
    sharp = 2.0 * smooth - work.smooth(smooth, 1.0)  # no second moment: a convex border stays where it is
    ours, others = sharp[inner], sharp[ring]
    contrast = abs(float(xp.median(ours)) - float(xp.median(others)))
    width = max(0.5 * float(ours.std()), settings.blur * contrast, 1e-3 * float(xp.abs(ours).max()), 1e-6)
    like = likeness(sharp, ours, others, width) > 0
    band = grown & ~core
    found = xp.where(band, like & free, crop)
    sizes = tuple(3 if n > 1 else 1 for n in image.shape)
    found = (ndimage.uniform_filter(found.astype(xp.float32), size=sizes) > 0.5) & free
    result = xp.zeros_like(mask)
    result[cut] = found
    return result


def _bounds(xp: Any, mask: Any, margin: list[int]) -> tuple[slice, slice, slice] | None:
    """Return the box around the mask, grown by a margin and kept on the grid; None when the mask is empty."""
    cuts = []
    for axis in range(3):
        line = mask.any(axis=tuple(other for other in range(3) if other != axis))
        there = xp.flatnonzero(line)
        if not there.size:
            return None
        cuts.append(slice(max(0, int(there[0]) - margin[axis]), int(there[-1]) + 1 + margin[axis]))
    return cuts[0], cuts[1], cuts[2]
