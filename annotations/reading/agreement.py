"""How far the submitted readings of a case agree: plain functions, nothing is written here.

Each label of each pair of readings is compared over all volumes of the case's series. Volumes in millilitres and
surface distances need a regular grid; where marks lie on frames without one, overlap alone is given, and the reason.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from ai.metrics.overlap import counts, dice_of_counts
from ai.metrics.surface import SurfaceDistances, pooled, surface_distances
from ai.types import Geometry
from annotations.marks.frames import Labels, stack_frames
from annotations.marks.models import Label
from annotations.marks.selectors import frames_of, measurements_of
from annotations.marks.types import FrameLabels
from annotations.reading.answer_agreement import compare_answers
from annotations.reading.answers import not_readable_in
from annotations.reading.errors import ReadingStateError
from annotations.reading.measurement_agreement import compare_measurements, spaces_of
from annotations.reading.models import Case, Reading
from annotations.reading.selectors.cases import inputs_of, submitted_answers, submitted_readings
from annotations.reading.selectors.projects import protocol_form
from studies.models import Volume

Mask = npt.NDArray[np.bool_]
OnProgress = Callable[[float, str], None]
Place = tuple[str, int]

NO_GRID = "no_regular_volume"
ONE_SIDED = "marked_by_one_only"
UNMARKED = "not_marked"


@dataclass(frozen=True, slots=True)
class Grid:
    """Frames that are compared together: those of a volume, or single frames that form none (`geometry` None)."""

    order: list[Place]
    shape: tuple[int, int]
    geometry: Geometry | None


@dataclass(slots=True)
class Comparison:
    """One label of one pair, summed up over the grids of a case."""

    voxels: list[int] = field(default_factory=lambda: [0, 0, 0])
    ml: list[float] = field(default_factory=lambda: [0.0, 0.0])
    surfaces: list[SurfaceDistances] = field(default_factory=list)
    reason: str = ""

    def add(self, a: Mask, b: Mask, geometry: Geometry | None) -> None:
        """Take one grid into account."""
        found = counts(a, b)
        self.voxels = [total + part for total, part in zip(self.voxels, found, strict=True)]
        if not found[0] and not found[1]:
            return
        if geometry is None:
            self.reason = NO_GRID
            return
        self.ml = [total + part * geometry.voxel_volume_ml for total, part in zip(self.ml, found[:2], strict=True)]
        if not found[0] or not found[1]:
            self.reason = self.reason or ONE_SIDED
            return
        self.surfaces.append(surface_distances(a, b, spacing_mm=geometry.spacing_mm))

    def result(self, label: Label) -> dict[str, Any]:
        """Return the JSON of this label; null where a figure is not defined, and `reason` says why."""
        surface = pooled(self.surfaces)
        measured = self.reason != NO_GRID
        reason = self.reason or ("" if self.surfaces else UNMARKED)
        return {
            "value": label.value,
            "dice": _number(dice_of_counts(*self.voxels)),
            "volume_a_ml": self.ml[0] if measured else None,
            "volume_b_ml": self.ml[1] if measured else None,
            "volume_difference_ml": self.ml[1] - self.ml[0] if measured else None,
            "assd_mm": _number(surface.assd_mm) if not reason else None,
            "hd95_mm": _number(surface.hd95_mm) if not reason else None,
            "reason": reason,
        }


def submitted_frames(reading: Reading) -> list[FrameLabels]:
    """Return the frames with marks as they were submitted."""
    return [frame for frame in frames_of(mark_set=reading.mark_set, at=reading.submitted_number) if frame.data]


def submitted_measurements(reading: Reading) -> list[dict[str, Any]]:
    """Return the measurements as they were submitted."""
    return list(measurements_of(mark_set=reading.mark_set, at=reading.submitted_number).values())


def compute_agreement(
    *, case: Case, on_progress: OnProgress = lambda _share, _message: None
) -> tuple[list[list[Any]], dict[str, Any]]:
    """Compare every pair of submitted readings.

    Returns
    -------
    list
        `inputs`: [[reading id, revision], …] in the order of the readers' user names.
    dict
        {"labels": [{"value", "name"}], "pairs": [{"a", "b", "per_label": […], "per_measurement": […]}], "mean_dice",
        "not_readable": […], "answers": […], "lesion_questions": […], "findings": […]}; `mean_dice` is the mean over
        pairs and labels where Dice is defined, null when it is nowhere. For `per_measurement` see
        `measurement_agreement`. A reading whose reader could not read the case has no mask: it is in
        no pair, and stands in `not_readable` with its reason. For the last three see `answer_agreement`.

    Raises
    ------
    ReadingStateError
        Fewer than two readings are submitted (code `too_few_submitted`).
    """
    submitted = submitted_readings(case=case)
    if len(submitted) < 2:
        raise ReadingStateError("Agreement needs two submitted readings.", code="too_few_submitted")
    answers = {reading.pk: submitted_answers(reading=reading) for reading in submitted}
    readings = [reading for reading in submitted if not_readable_in(answers[reading.pk]) is None]
    _, form = protocol_form(project_id=case.project_id)
    labels = list(submitted[0].mark_set.label_set.labels.order_by("value"))
    frames = {reading.pk: submitted_frames(reading) for reading in readings}
    measured = {reading.pk: submitted_measurements(reading) for reading in readings}
    spaces = spaces_of(case)
    grids = grids_of(case, [frame for found in frames.values() for frame in found])
    pairs = list(combinations(readings, 2))
    results: list[dict[str, Any]] = []
    compared: list[list[dict[str, Any]]] = []
    for place, (a, b) in enumerate(pairs):
        on_progress(place / len(pairs), f"Comparing pair {place + 1} of {len(pairs)}")
        compared.append(_compare(frames[a.pk], frames[b.pk], grids, labels))
        results.append(
            {
                "a": str(a.pk),
                "b": str(b.pk),
                "per_label": compared[-1],
                "per_measurement": compare_measurements(measured[a.pk], measured[b.pk], spaces),
            }
        )
    known = [row["dice"] for rows in compared for row in rows if row["dice"] is not None]
    return inputs_of(submitted), {
        "labels": [{"value": label.value, "name": label.name} for label in labels],
        "pairs": results,
        "mean_dice": sum(known) / len(known) if known else None,
        "not_readable": [
            {"reading": str(pk), **reason} for pk, found in answers.items() if (reason := not_readable_in(found))
        ],
        **compare_answers(form=form, answers={str(reading.pk): answers[reading.pk] for reading in readings}),
    }


def grids_of(case: Case, marked: Sequence[FrameLabels]) -> list[Grid]:
    """Return the grids that hold marks, cut along k to the frames with marks; single frames where none is regular."""
    sizes = {(frame.key.sop_instance_uid, frame.key.frame_number): (frame.rows, frame.columns) for frame in marked}
    left = dict(sizes)
    grids: list[Grid] = []
    for volume in Volume.objects.filter(series__cases=case, geometry__isnull=False).order_by("series", "index"):
        order = [(str(uid), int(number)) for uid, number in volume.frames]
        inside = [k for k, place in enumerate(order) if place in left]
        if not inside:
            continue
        stored: dict[str, Any] = volume.geometry or {}
        k, j, i = stored["shape_kji"]
        geometry = Geometry((k, j, i), np.asarray(stored["affine_lps"]))
        cut = order[inside[0] : inside[-1] + 1]
        grids.append(Grid(order=cut, shape=geometry.shape_kji[1:], geometry=geometry))
        for place in cut:
            left.pop(place, None)
    grids += [Grid(order=[place], shape=size, geometry=None) for place, size in sorted(left.items())]
    return grids


def _compare(
    a: Sequence[FrameLabels], b: Sequence[FrameLabels], grids: Sequence[Grid], labels: Sequence[Label]
) -> list[dict[str, Any]]:
    found = {label.value: Comparison() for label in labels}
    for grid in grids:
        layers_a, layers_b = _layers(a, grid), _layers(b, grid)
        for value, comparison in found.items():
            comparison.add(_mask(layers_a, value, grid), _mask(layers_b, value, grid), grid.geometry)
    return [found[label.value].result(label) for label in labels]


def _layers(frames: Sequence[FrameLabels], grid: Grid) -> list[Labels]:
    """Return one label array (K, J, I) per layer in use."""
    numbers = sorted({frame.key.layer for frame in frames})
    return [
        stack_frames((frame for frame in frames if frame.key.layer == number), order=grid.order, shape=grid.shape)
        for number in numbers
    ]


def _mask(layers: Sequence[Labels], value: int, grid: Grid) -> Mask:
    mask: Mask = np.zeros((len(grid.order), *grid.shape), dtype=np.bool_)
    for layer in layers:
        mask |= layer == value
    return mask


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
