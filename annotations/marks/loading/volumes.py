"""Label maps of research formats (NIfTI, NRRD, MetaImage) as sources of marks.

A label map must lie on a volume's very voxels, turned or mirrored maybe: nothing is resampled.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ai.types import Geometry
from annotations.marks.errors import MarksMisfitError
from annotations.marks.loading.types import FileKind, FoundMeasurement, FoundSegment, TargetImages
from studies.derived.masks import FrameMask
from studies.derived.placing import grid_map
from studies.models import Volume
from studies.planes import Plane
from studies.research.convert import ReadVolume
from studies.research.labels import label_values


@dataclass(frozen=True, slots=True)
class LabelMapSource:
    """A label map; see `annotations.marks.loading.types.Source`."""

    title: str
    origin: str
    read: ReadVolume

    @property
    def kind(self) -> FileKind:
        """Return that it is a label map."""
        return FileKind.LABEL_MAP

    @property
    def window(self) -> None:
        """Return None: label maps do not say how images are shown."""
        return None

    @property
    def fractional(self) -> bool:
        """Return False: its values are labels."""
        return False

    def segments(self) -> list[FoundSegment]:
        """Return the values that occur, with their names where the file has a table of them."""
        counts: dict[int, int] = {}
        volume = self.read.volume
        for time, k in volume.slices:
            values, found = np.unique(volume.plane(time, k), return_counts=True)
            for value, count in zip(values.tolist(), found.tolist(), strict=True):
                counts[int(value)] = counts.get(int(value), 0) + int(count)
        return [
            FoundSegment(value, volume.names.get(value, ""), voxels=counts.get(value)) for value in label_values(volume)
        ]

    def names(self, uids: frozenset[str]) -> bool:
        """Return False: such files name no images."""
        return False

    def mentions(self, uids: frozenset[str]) -> int:
        """Return 0: such files name no images."""
        return 0

    def fits(self, images: TargetImages) -> int:
        """Return the number of slices where its voxels are those of the volume, else 0."""
        grid = _grid(images.volume)
        return grid.shape_kji[0] if grid is not None and grid_map(self.read.slices.grid, grid) is not None else 0

    def masks(self, images: TargetImages, *, share: float) -> Iterator[FrameMask]:
        """Yield its masks on a volume.

        Raises
        ------
        MarksMisfitError
            Its voxels are not those of the volume; the message says how they differ.
        """
        grid, volume = _grid(images.volume), images.volume
        if grid is None or volume is None:
            raise MarksMisfitError("A label map needs images that form a regular volume.")
        own = self.read.slices.grid
        turn = grid_map(own, grid)
        if turn is None:
            raise MarksMisfitError(_difference(own, grid), fields={"file": _facts(own), "images": _facts(grid)})
        assert self.read.volume.values is not None  # noqa: S101  # the reader has read them
        labels = turn.put(np.asarray(self.read.volume.values[0]))
        for k, (uid, number) in enumerate(volume.frames):
            plane = np.asarray(labels[k])
            for value in np.unique(plane).tolist():
                if value:
                    yield FrameMask(str(uid), int(number), int(value), plane == value)

    def measurements(
        self, planes: Mapping[tuple[str, int], Plane], references: frozenset[str]
    ) -> list[FoundMeasurement]:
        """Return nothing: label maps measure nothing."""
        return []


def _grid(volume: Volume | None) -> Geometry | None:
    if volume is None or volume.geometry is None:
        return None
    return Geometry(tuple(volume.geometry["shape_kji"]), np.asarray(volume.geometry["affine_lps"]))


def _facts(grid: Geometry) -> dict[str, list[float]]:
    return {
        "shape_ijk": [float(side) for side in reversed(grid.shape_kji)],
        "spacing_mm": [round(step, 4) for step in reversed(grid.spacing_mm)],
        "origin_lps": [round(float(part), 3) for part in grid.points_lps([[0, 0, 0]])[0]],
    }


def _difference(own: Geometry, grid: Geometry) -> str:
    """Say how two grids differ, the plainest difference first."""
    here, there = (" × ".join(str(side) for side in reversed(one.shape_kji)) for one in (own, grid))
    if sorted(own.shape_kji) != sorted(grid.shape_kji):
        return f"The label map has {here} voxels, the images {there}: it was made for other images or resampled."
    apart = np.abs(np.sort(own.spacing_mm) - np.sort(grid.spacing_mm)).max()
    if apart > 1e-3:
        steps = [", ".join(f"{step:.3g}" for step in reversed(one.spacing_mm)) for one in (own, grid)]
        return f"The label map's voxels measure {steps[0]} mm, the images' {steps[1]} mm."
    middle = [one.points_lps([[(side - 1) / 2 for side in one.shape_kji]])[0] for one in (own, grid)]
    moved = float(np.linalg.norm(middle[0] - middle[1]))
    return f"The label map does not lie on the images' voxels: its middle is {moved:.1f} mm away, or it is turned."
