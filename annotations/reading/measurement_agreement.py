"""How far measurements of submitted readings agree: plain functions, nothing is written here.

Two readers measure the same thing when type, label, unit and scale are the same and the figures lie in the same place:
their middles at most `NEAR_MM` apart, or half the extent of the larger one. Each measurement is compared with one other
at most; together the pairs lie as near as they can.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from annotations.reading.models import Case
from studies.models import Volume

NEAR_MM = 10.0
MAIN = "value"
"""The name of a measurement's own figure; others are called as in its `values`."""
_WITHOUT_FIGURE = "arrow"
_FAR = 1e9

Data = Mapping[str, Any]
Kind = tuple[str, str, str, str]
Spaces = Mapping[tuple[str, int], str]


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """One measurement as it is compared.

    Attributes
    ----------
    kind : tuple of str
        Type, label, unit and scale.
    space : str
        What its points count in: a frame of reference, or the one frame it lies on.
    middle_lps : ndarray, (3,)
        Mean of its points, mm.
    reach_mm : float
        How far the middle of another one may lie.
    figures : mapping
        (name, unit) → value.
    """

    kind: Kind
    label: int | str | None
    space: str
    middle_lps: npt.NDArray[np.float64]
    reach_mm: float
    figures: Mapping[tuple[str, str], float]


def spaces_of(case: Case) -> dict[tuple[str, int], str]:
    """Return for each frame of a regular volume the space that it shares with other frames."""
    volumes = Volume.objects.filter(series__cases=case, geometry__isnull=False).select_related("series")
    return {
        (str(uid), int(number)): volume.series.frame_of_reference_uid or volume.series.series_uid
        for volume in volumes
        for uid, number in volume.frames
    }


def compare_measurements(a: Sequence[Data], b: Sequence[Data], spaces: Spaces) -> list[dict[str, Any]]:
    """Return how far the measurements of two readings differ: a row for each kind and figure.

    Parameters
    ----------
    a, b : sequence of mapping
        Measurements as they are stored (see `annotations.marks.measurements`).
    spaces : mapping
        Of `spaces_of`. Measurements on other frames are compared on the same frame alone.

    Returns
    -------
    list of dict
        "type", "label", "scale", "name" (`MAIN` first), "unit"; "compared": how many, "only_a" and "only_b": how many
        have no partner; "mean_a", "mean_b", "difference" (mean of b − a), "absolute_difference" (mean of |b − a|) and
        "greatest_difference", null where nothing is compared.
    """
    found = {side: [_measured(data, spaces) for data in rows if _has_figure(data)] for side, rows in enumerate((a, b))}
    kinds = sorted({one.kind for rows in found.values() for one in rows})
    return [
        row
        for kind in kinds
        for row in _rows([one for one in found[0] if one.kind == kind], [one for one in found[1] if one.kind == kind])
    ]


def _has_figure(data: Data) -> bool:
    return bool(data["type"] != _WITHOUT_FIGURE)


def _measured(data: Data, spaces: Spaces) -> Measured:
    frame = (str(data["sop_instance_uid"]), int(data["frame_number"]))
    points = np.asarray(data["points_lps"], dtype=np.float64)
    extent = float(np.linalg.norm(points.max(axis=0) - points.min(axis=0)))
    label = data.get("label")
    figures = {(MAIN, str(data["unit"])): float(data["value"])}
    for name, one in data.get("values", {}).items():
        if one["value"] is not None:
            figures[(name, one["unit"])] = float(one["value"])
    return Measured(
        kind=(data["type"], "" if label is None else str(label), data["unit"], data.get("scale", "")),
        label=label,
        space=spaces.get(frame, f"{frame[0]}#{frame[1]}"),
        middle_lps=points.mean(axis=0),
        reach_mm=max(NEAR_MM, extent / 2),
        figures=figures,
    )


def _rows(a: Sequence[Measured], b: Sequence[Measured]) -> list[dict[str, Any]]:
    pairs = _partners(a, b)
    first = (*a, *b)[0]
    counts = {"only_a": len(a) - len(pairs), "only_b": len(b) - len(pairs)}
    told = {"type": first.kind[0], "label": first.label, "scale": first.kind[3]}
    names = [(MAIN, first.kind[2])]
    names += [name for name in dict.fromkeys(name for one, _ in pairs for name in one.figures) if name != names[0]]
    rows = []
    for name in names:
        both = [(one.figures[name], other.figures[name]) for one, other in pairs if _both(name, one, other)]
        if both or name == names[0]:
            rows.append({**told, "name": name[0], "unit": name[1], **counts, **_summary(both)})
    return rows


def _both(name: tuple[str, str], one: Measured, other: Measured) -> bool:
    return name in one.figures and name in other.figures


def _summary(both: Sequence[tuple[float, float]]) -> dict[str, Any]:
    if not both:
        names = ("mean_a", "mean_b", "difference", "absolute_difference", "greatest_difference")
        return {"compared": 0, **dict.fromkeys(names)}
    values = np.asarray(both)
    apart = values[:, 1] - values[:, 0]
    return {
        "compared": len(both),
        "mean_a": float(values[:, 0].mean()),
        "mean_b": float(values[:, 1].mean()),
        "difference": float(apart.mean()),
        "absolute_difference": float(np.abs(apart).mean()),
        "greatest_difference": float(np.abs(apart).max()),
    }


def _partners(a: Sequence[Measured], b: Sequence[Measured]) -> list[tuple[Measured, Measured]]:
    """Return who is compared with whom: as many as can be, as near as can be."""
    pairs = []
    for space, rows in groupby(sorted(a, key=lambda one: one.space), key=lambda one: one.space):
        here, there = list(rows), [one for one in b if one.space == space]
        cost = np.array([[_apart(one, other) for other in there] for one in here]).reshape(len(here), len(there))
        for i, j in zip(*linear_sum_assignment(cost), strict=True):
            if cost[i, j] < _FAR:
                pairs.append((here[i], there[j]))
    return pairs


def _apart(one: Measured, other: Measured) -> float:
    distance = float(np.linalg.norm(one.middle_lps - other.middle_lps))
    return distance if distance <= max(one.reach_mm, other.reach_mm) else _FAR
