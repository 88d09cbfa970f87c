"""Which stored values stand for the real ones: exact where 16 bits hold them, else rounded, with the error said."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.valuerep import format_number_as_ds

from studies.research.source import ResearchVolume
from studies.types import Finding

LEVELS = 65_535


@dataclass(frozen=True, slots=True)
class Seen:
    """What the voxels of a volume are like (stored values, finite ones alone for the range)."""

    smallest: float
    largest: float
    whole: bool
    strange: int
    """Voxels that are not finite."""


def look(volume: ResearchVolume) -> Seen:
    """Return the range of the stored values, whether they are whole numbers, and how many are no numbers."""
    smallest, largest, whole, strange = np.inf, -np.inf, True, 0
    for time, k in volume.slices:
        plane = volume.plane(time, k)
        if volume.dtype.kind == "f":
            finite = np.isfinite(plane)
            strange += int(plane.size - np.count_nonzero(finite))
            plane = plane[finite]
            whole = whole and bool((plane == np.rint(plane)).all())
        if plane.size:
            smallest, largest = min(smallest, float(plane.min())), max(largest, float(plane.max()))
    if smallest > largest:
        smallest = largest = 0.0
    return Seen(smallest, largest, whole, strange)


@dataclass(frozen=True, slots=True)
class Storing:
    """How values are stored: stored = round((value - shift) / step), real = stored · slope + intercept.

    Attributes
    ----------
    dtype : dtype
        int16 or uint16, little endian.
    shift, step : float
        From the file's values to the stored ones; 0 and 1 keep them.
    slope, intercept : str
        DICOM decimal strings.
    fill : float
        What stands in for values that are no numbers.
    findings : list
        What a person should know.
    """

    dtype: np.dtype[Any]
    shift: float
    step: float
    slope: str
    intercept: str
    fill: float
    findings: list[dict[str, str]] = field(default_factory=list)

    def stored(self, plane: NDArray[Any]) -> NDArray[Any]:
        """Return a slice of the file's values as stored ones."""
        if plane.dtype.kind == "f":
            plane = np.where(np.isfinite(plane), plane, plane.dtype.type(self.fill))
        if self.shift == 0 and self.step == 1:
            return np.rint(plane).astype(self.dtype) if plane.dtype.kind == "f" else plane.astype(self.dtype)
        moved = (plane.astype(np.float64) - self.shift) / self.step
        info = np.iinfo(self.dtype)
        return np.clip(np.rint(moved), info.min, info.max).astype(self.dtype)


def plan_storing(volume: ResearchVolume, seen: Seen) -> Storing:
    """Return how to store a volume.

    Whole numbers are kept as they are where they fit 16 bits, shifted by a whole number where only their range does:
    both exact. Everything else becomes 65,536 even steps from the smallest to the largest value, one slope for the
    whole series (SimpleITK and others apply the first slice's slope to all), and the finding says the largest error.
    The bytes that came are kept, so that nothing is lost.
    """
    findings = []
    fill = min(max(0.0, seen.smallest), seen.largest)
    if seen.strange:
        findings.append(
            _finding(Finding.VALUES_REPLACED, f"{seen.strange:,} voxels were no numbers and became {fill:g}.")
        )
    span = seen.largest - seen.smallest
    if seen.whole and (span <= LEVELS):
        kind, shift = _fitting(seen)
        slope, intercept = volume.slope, volume.intercept + volume.slope * shift
        if _exact(slope) and _exact(intercept):
            return Storing(np.dtype(kind), shift, 1.0, _ds(slope), _ds(intercept), fill, findings)
        error = (abs(float(_ds(slope)) - slope) * LEVELS) + abs(float(_ds(intercept)) - intercept)
        if error > 1e-6 * max(abs(volume.slope), 1e-300):
            findings.append(_finding(Finding.SCALED, f"The largest error is {error:.2g}: slopes have 16 characters."))
        return Storing(np.dtype(kind), shift, 1.0, _ds(slope), _ds(intercept), fill, findings)
    step = span / LEVELS
    slope, intercept = volume.slope * step, volume.intercept + volume.slope * seen.smallest
    error = abs(slope) / 2 + abs(float(_ds(slope)) - slope) * LEVELS + abs(float(_ds(intercept)) - intercept)
    what = "whole numbers beyond 16 bits" if seen.whole else "fractions"
    detail = f"The values are {what}; stored in 65,536 steps, the largest error is {error:.3g}. The file is kept."
    findings.append(_finding(Finding.SCALED, detail))
    return Storing(np.dtype("<u2"), seen.smallest, step, _ds(slope), _ds(intercept), fill, findings)


def _fitting(seen: Seen) -> tuple[str, float]:
    if seen.smallest >= -32_768 and seen.largest <= 32_767:
        return "<i2", 0.0
    if seen.smallest >= 0 and seen.largest <= LEVELS:
        return "<u2", 0.0
    return "<u2", seen.smallest


def _ds(value: float) -> str:
    return str(format_number_as_ds(float(value)))


def _exact(value: float) -> bool:
    return float(_ds(value)) == value


def _finding(code: Finding, detail: str) -> dict[str, str]:
    return {"code": str(code), "detail": detail}
