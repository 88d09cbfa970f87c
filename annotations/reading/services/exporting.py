"""Marks of a reading as files that other programs read."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import numpy as np

from accounts.models import User
from accounts.selectors import product_version
from ai.types import Geometry
from annotations.marks.dicom.headers import read_headers
from annotations.marks.dicom.keys import write_key_objects
from annotations.marks.dicom.presentation import write_presentation
from annotations.marks.dicom.reports import write_report
from annotations.marks.dicom.segmentation import write_segmentations
from annotations.marks.dicom.structures import write_structures
from annotations.marks.dicom.types import Code, FrameId, Identity, Made, SegKind, Segment, Shown
from annotations.marks.models import Label
from annotations.marks.nifti import write_label_map
from annotations.marks.selectors import answers_of, frames_of, label_volume, measurements_of
from annotations.marks.types import FrameLabels
from annotations.reading.answers import key_frames
from annotations.reading.errors import NothingToSaveError
from annotations.reading.models import Reading
from annotations.reading.selectors.readings import reading_for, series_of
from annotations.reading.types import ExchangeFormat
from audit.services import record_action
from common.errors import NotFoundError
from studies.models import Series

DICOM = "application/dicom"
_SEG_KINDS = {
    ExchangeFormat.SEG: SegKind.BINARY,
    ExchangeFormat.SEG_FRACTIONAL: SegKind.FRACTIONAL,
    ExchangeFormat.SEG_LABELMAP: SegKind.LABELMAP,
}
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can say: the same marks are the same bytes
_GREY = ("MONOCHROME1", "MONOCHROME2")


@dataclass(frozen=True, slots=True)
class Exported:
    """A file to be saved: one by itself, or a zip of several."""

    filename: str
    content_type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class _Job:
    """What the writers need of a reading at one revision."""

    reading: Reading
    number: int
    series: list[Series]
    frames: list[FrameLabels]
    measurements: Mapping[UUID, Mapping[str, Any]]
    key_images: list[FrameId]
    labels: list[Label]
    segments: list[Segment]
    identity: Identity
    shown: Shown

    def frames_on(self, series: Series) -> list[FrameLabels]:
        """Return the frames with labels on images of a series."""
        uids = set(series.instances.values_list("sop_instance_uid", flat=True))
        return [frame for frame in self.frames if frame.key.sop_instance_uid in uids]


Files = dict[str, bytes]


def export_marks(
    *, actor: User, reading_id: UUID, form: ExchangeFormat, at: int | None = None, shown: Shown | None = None
) -> Exported:
    """Return the marks of a visible reading at a revision (its head when None) as a file.

    Several series, time points or layers can need several files, which come as one zip. The same marks always give
    the same bytes.

    Raises
    ------
    NotFoundError
        No such reading, or no such revision.
    NothingToSaveError
        Nothing is there that this format can say.
    """
    reading = reading_for(actor=actor, reading_id=reading_id)
    job = _job(actor, reading, at, shown or Shown())
    files = _WRITERS[form](job, form)
    stem = f"case_{reading.case.number:04d}_r{job.number}_{form.value}"
    record_action(
        actor=actor,
        action="reading.export",
        subject=f"reading:{reading.pk}",
        team=reading.case.project.team,
        detail={"format": form.value, "number": job.number, "files": len(files)},
    )
    if len(files) == 1 and form != ExchangeFormat.NIFTI:
        return Exported(f"{stem}.dcm", DICOM, next(iter(files.values())))
    return Exported(f"{stem}.zip", "application/zip", _zipped(files))


def _job(actor: User, reading: Reading, at: int | None, shown: Shown) -> _Job:
    mark_set = reading.mark_set
    number = mark_set.head if at is None else at
    revision = mark_set.revisions.filter(number=number).first()
    if number and revision is None:
        raise NotFoundError(f"There is no revision {number}.", code="unknown_revision")
    labels = list(mark_set.label_set.labels.order_by("value"))
    models = list(
        mark_set.revisions.filter(number__lte=number)
        .exclude(model_version="")
        .order_by("model_version")
        .values_list("model_version", flat=True)
        .distinct()
    )
    name = str(reading.reader).translate(str.maketrans("\\^=", "   "))[:60]
    return _Job(
        reading=reading,
        number=number,
        series=series_of(case=reading.case),
        frames=[frame for frame in frames_of(mark_set=mark_set, at=number) if frame.data],
        measurements=measurements_of(mark_set=mark_set, at=number),
        key_images=key_frames(answers_of(mark_set=mark_set, at=number)),
        labels=labels,
        segments=[_segment(label, models) for label in labels],
        identity=Identity(
            mark_set=mark_set.pk,
            revision=number,
            at=revision.created_at if revision else mark_set.created_at,
            creator=f"{name}^",
            description=f"Case {reading.case.number}, marks",
            software_version=product_version(),
        ),
        shown=shown,
    )


def _segment(label: Label, models: list[str]) -> Segment:
    """Describe a label: drawn by hand, unless a model's draft went into the reading."""
    name, _, version = models[0].rpartition("/") if len(models) == 1 else (", ".join(models), "", "")
    return Segment(
        value=label.value,
        name=label.name,
        category=Code(label.category_scheme, label.category_code, label.category_meaning),
        type=Code(label.type_scheme, label.type_code, label.type_meaning),
        colour=label.colour,
        made=Made.SEMIAUTOMATIC if models else Made.MANUAL,
        algorithm=name,
        algorithm_version=version,
        by_model=bool(models),
    )


def _segmentations(job: _Job, form: ExchangeFormat) -> Files:
    files: Files = {}
    for place, series in enumerate(job.series, start=1):
        frames = job.frames_on(series)
        written = write_segmentations(
            frames=frames,
            sources=read_headers(series, {frame.key.sop_instance_uid for frame in frames}),
            groups=[[(str(uid), int(number)) for uid, number in volume.frames] for volume in series.volumes.all()],
            segments=job.segments,
            identity=job.identity,
            kind=_SEG_KINDS[form],
        )
        files |= {f"series_{place:02d}/seg_{n:03d}.dcm": one.data for n, one in enumerate(written, start=1)}
    return _some(files, "nothing_marked", "Nothing is marked: there is no mask to save.")


def _structures(job: _Job, form: ExchangeFormat) -> Files:
    files: Files = {}
    for place, series in enumerate(job.series, start=1):
        frames = job.frames_on(series)
        written = write_structures(
            frames=frames,
            sources=read_headers(series, {frame.key.sop_instance_uid for frame in frames}),
            segments=job.segments,
            identity=job.identity,
        )
        files |= {f"series_{place:02d}/rtstruct_{n:03d}.dcm": one.data for n, one in enumerate(written, start=1)}
    reason = "not_placed" if job.frames else "nothing_marked"
    return _some(files, reason, "Contours are places in the patient: there is no mask on an image that lies in one.")


def _reports(job: _Job, form: ExchangeFormat) -> Files:
    files: Files = {}
    by_study: dict[str, dict[UUID, Mapping[str, Any]]] = {}
    sources: dict[str, Any] = {}
    uids = {str(data["sop_instance_uid"]) for data in job.measurements.values()}
    for series in job.series:
        sources |= read_headers(series, uids)
    for key, data in sorted(job.measurements.items(), key=lambda item: str(item[0])):
        by_study.setdefault(sources[data["sop_instance_uid"]].StudyInstanceUID, {})[key] = data
    for place, found in enumerate(by_study.values(), start=1):
        written = write_report(measurements=found, sources=sources, segments=job.segments, identity=job.identity)
        files[f"report_{place:02d}.dcm"] = written.data
    return _some(files, "nothing_measured", "Nothing was measured: there is no value to report.")


def _presentations(job: _Job, form: ExchangeFormat) -> Files:
    files: Files = {}
    for place, series in enumerate(job.series, start=1):
        headers = read_headers(series, set(series.instances.values_list("sop_instance_uid", flat=True)))
        grey = [headers[uid] for uid in sorted(headers) if headers[uid].get("PhotometricInterpretation") in _GREY]
        sizes = {(image.Rows, image.Columns) for image in grey}
        if len(sizes) == 1:
            written = write_presentation(
                measurements=job.measurements, sources=grey, shown=job.shown, identity=job.identity
            )
            files[f"series_{place:02d}/presentation.dcm"] = written.data
    return _some(files, "not_grey", "A grey-scale presentation state needs grey images of one size.")


def _key_objects(job: _Job, form: ExchangeFormat) -> Files:
    """Return one key object selection for each study."""
    sources: dict[str, Any] = {}
    uids = {uid for uid, _ in job.key_images}
    for series in job.series:
        sources |= read_headers(series, uids)
    written = write_key_objects(frames=job.key_images, sources=sources, identity=job.identity)
    files = {f"key_images_{place:02d}.dcm": one.data for place, one in enumerate(written, start=1)}
    return _some(files, "no_key_images", "No image was marked as a key image.")


def _label_maps(job: _Job, form: ExchangeFormat) -> Files:
    """Return one label map per volume and layer; frames of no regular volume cannot be in one."""
    files: Files = {}
    for place, series in enumerate(job.series, start=1):
        marked = {(frame.key.sop_instance_uid, frame.key.frame_number) for frame in job.frames_on(series)}
        for volume in series.volumes.all():
            if volume.geometry is None or not marked & {(str(uid), int(number)) for uid, number in volume.frames}:
                continue
            grid = Geometry(tuple(volume.geometry["shape_kji"]), np.asarray(volume.geometry["affine_lps"]))
            for layer in sorted({label.layer for label in job.labels}):
                labels = label_volume(mark_set=job.reading.mark_set, volume=volume, at=job.number, layer=layer)
                if labels.any():
                    name = f"series_{place:02d}_volume_{volume.index + 1:02d}_layer_{layer}"
                    own = [label for label in job.labels if label.layer == layer]
                    files[f"{name}.nii.gz"] = write_label_map(labels, grid, own)
    reason = "no_regular_volume" if job.frames else "nothing_marked"
    _some(files, reason, "A label map needs marks on images that form a regular volume.")
    return {"labels.json": json.dumps([_described(label) for label in job.labels], indent=1).encode(), **files}


def _described(label: Label) -> dict[str, Any]:
    return {
        "value": label.value,
        "name": label.name,
        "colour": label.colour,
        "layer": label.layer,
        "category": [label.category_scheme, label.category_code, label.category_meaning],
        "type": [label.type_scheme, label.type_code, label.type_meaning],
    }


def _some(files: Files, reason: str, message: str) -> Files:
    if not files:
        raise NothingToSaveError(message, fields={"reason": reason})
    return files


def _zipped(files: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(files.items()):
            info = zipfile.ZipInfo(name, _EPOCH)
            info.external_attr = 0o100644 << 16
            archive.writestr(info, data, zipfile.ZIP_STORED if name.endswith(".gz") else zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


_WRITERS: Mapping[ExchangeFormat, Callable[[_Job, ExchangeFormat], Files]] = {
    **dict.fromkeys(_SEG_KINDS, _segmentations),
    ExchangeFormat.RTSTRUCT: _structures,
    ExchangeFormat.SR: _reports,
    ExchangeFormat.PR: _presentations,
    ExchangeFormat.KO: _key_objects,
    ExchangeFormat.NIFTI: _label_maps,
}
