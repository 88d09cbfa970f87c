"""Small makers of archive rows and marks. Marks never read pixels, so rows without files serve."""

import itertools
import uuid
from collections.abc import Mapping
from typing import Any

import numpy as np

from accounts.models import Team
from annotations.marks.frames import Labels, encode_labels
from annotations.marks.models import LabelSet, MarkSet
from annotations.marks.services import create_label_set, create_mark_set
from annotations.marks.types import Delta, FrameKey, FrameLabels, Origin, Provenance, RevisionKind
from studies.models import Instance, Series, SeriesGrant, Study, Volume

_numbers = itertools.count(1)


def uid() -> str:
    """Return a fresh DICOM UID."""
    return f"2.25.{uuid.uuid4().int}"[:64]


def series(
    *,
    study: Study | None = None,
    team: Team | None = None,
    frames: int = 4,
    rows: int = 6,
    columns: int = 5,
    spacing_mm: tuple[float, float, float] | None = (2.0, 1.0, 1.0),
    modality: str = "CT",
) -> Series:
    """Make a series of single-frame instances; with spacing, its frames form one volume on a regular axial grid."""
    study = study or make_study()
    row = Series.objects.create(
        study=study,
        series_uid=uid(),
        modality=modality,
        number=next(_numbers),
        instance_count=frames,
        frame_count=frames,
    )
    instances = [
        Instance(
            series=row,
            sop_instance_uid=uid(),
            sop_class_uid="1.2.840.10008.5.1.4.1.1.2",
            number=number,
            transfer_syntax_uid="1.2.840.10008.1.2.1",
            rows=rows,
            columns=columns,
            frame_count=1,
            blob="none",
            size_bytes=1,
            sha256="0" * 64,
        )
        for number in range(1, frames + 1)
    ]
    Instance.objects.bulk_create(instances)
    order = [[instance.sop_instance_uid, 1] for instance in instances]
    if spacing_mm is None:
        Volume.objects.create(series=row, index=0, frames=order, geometry=None, reasons=["gaps"])
    else:
        k, j, i = spacing_mm
        affine = [[0, 0, i, 0], [0, j, 0, 0], [k, 0, 0, 0], [0, 0, 0, 1]]
        geometry = {"shape_kji": [frames, rows, columns], "affine_lps": affine}
        Volume.objects.create(series=row, index=0, frames=order, geometry=geometry)
    if team is not None:
        SeriesGrant.objects.give(series=row, team=team)
    return row


def make_study(**fields: Any) -> Study:
    """Make a study of a patient of its own."""
    number = next(_numbers)
    fields = {"patient_id": f"P{number}", "patient_name": f"Doe^{number}", "description": "CT liver", **fields}
    return Study.objects.create(study_uid=uid(), **fields)


def label_set(values: tuple[int, ...] = (1, 2), layers: Mapping[int, int] | None = None) -> LabelSet:
    """Make labels called label 1, label 2, …; all in layer 0 unless `layers` says else."""
    return create_label_set(
        name="labels",
        labels=[
            {
                "value": value,
                "name": f"label {value}",
                "colour": "#e69f00",
                "type_code": "1",
                "type_meaning": "x",
                "layer": (layers or {}).get(value, 0),
            }
            for value in values
        ],
    )


def mark_set(team: Team, labels: LabelSet | None = None) -> MarkSet:
    """Make an empty mark set."""
    return create_mark_set(label_set=labels or label_set(), team=team, origin=Origin.READER)


def places(row: Series) -> list[tuple[str, int]]:
    """Return the frames of the series' volume in order."""
    return [(str(place[0]), int(place[1])) for place in row.volumes.get(index=0).frames]


def plane(value: int = 1, *, rows: int = 6, columns: int = 5, at: int = 0) -> Labels:
    """Return a mask with one voxel set."""
    labels = np.zeros((rows, columns), dtype=np.uint8)
    labels.ravel()[at] = value
    return labels


def frame(place: tuple[str, int], labels: Labels, layer: int = 0) -> FrameLabels:
    """Return the labels of one frame, ready for a delta."""
    return FrameLabels(
        key=FrameKey(place[0], place[1], layer),
        rows=labels.shape[0],
        columns=labels.shape[1],
        data=encode_labels(labels),
    )


def masks(place: tuple[str, int], labels: Labels) -> Delta:
    """Return a delta of one frame."""
    return Delta(frames=(frame(place, labels),))


def provenance(**fields: Any) -> Provenance:
    """Return a provenance with a fresh client id."""
    return Provenance(**{"kind": RevisionKind.EDIT, "client_id": uuid.uuid4(), "tool": "brush", **fields})
