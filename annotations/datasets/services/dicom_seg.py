"""A release as DICOM: the source files byte for byte as they are stored, and the marks as DICOM SEG beside them."""

import hashlib
from collections.abc import Iterator
from functools import partial
from typing import Any

import pydicom
from pydicom.dataset import Dataset

from annotations.datasets.errors import FrozenInputError
from annotations.datasets.members import case_name, reader_name
from annotations.datasets.services.archive_names import plain_name
from annotations.datasets.services.ingredients import Ingredients, Member
from annotations.datasets.services.manifest import case_of, made_of, manifest_of, models_in
from annotations.datasets.services.zipping import Entry, Spool, file_chunks, pieces
from annotations.datasets.types import Format
from annotations.marks.dicom.segmentation import write_segmentations
from annotations.marks.dicom.types import Code, Identity, Made, Segment, WrittenSegmentation
from annotations.marks.models import Label
from annotations.marks.selectors import frames_of
from studies.models import Instance, Series
from studies.pixels import stored_file

FOLDER = "DICOM"
_README = """{name}

DICOM images with their segmentations, frozen by Fiducial {version}.

case_NNNN/series_NN_images/    the source files, byte for byte as they came
case_NNNN/series_NN_marks/     DICOM SEG of that series; absent where nothing is marked (a SEG cannot be empty)
../manifest.json               every file, every case, and who or what made each segment
../SHA256SUMS                  check with: sha256sum --check SHA256SUMS
"""


def dicom_seg_archive(ingredients: Ingredients, spool: Spool) -> tuple[list[Entry], dict[str, Any]]:
    """Return the files of the archive and its manifest; SEGs are written here, one series after the other, to `spool`.

    Raises
    ------
    FrozenInputError
        An image that was marked is not there any more.
    """
    entries: list[Entry] = []
    cases: list[dict[str, Any]] = []
    for member in ingredients.members_in(Format.DICOM_SEG):
        described = case_of(ingredients, member)
        for number, series in enumerate(member.series, start=1):
            place = f"{FOLDER}/{case_name(member.plan.number)}/series_{number:02d}"
            entries.extend(_source_entries(place, member, series))
            segmentations = _segmentations(ingredients, member, series)
            entries.extend(_segmentation_entries(place, member, segmentations, spool))
            described["series"][number - 1]["segmentations"] = [_facts(one) for one in segmentations]
        cases.append(described)
    readme = _README.format(name=plain_name(ingredients.release.name), version=ingredients.version)
    entries.append(Entry(f"{FOLDER}/README.txt", pieces(readme.encode("ascii"))))
    return entries, manifest_of(ingredients, Format.DICOM_SEG, cases)


def _facts(written: WrittenSegmentation) -> dict[str, Any]:
    return {
        "sop_instance_uid": written.sop_instance_uid,
        "segment_numbers": {str(number): value for number, value in enumerate(written.segments, start=1)},
        "frames": len(written.frames),
    }


def _source_entries(place: str, member: Member, series: Series) -> Iterator[Entry]:
    instances = series.instances.order_by("number", "sop_instance_uid")
    for number, instance in enumerate(instances, start=1):
        yield Entry(
            f"{place}_images/image_{number:05d}.dcm",
            partial(_stored_chunks, instance),
            facts={"case": case_name(member.plan.number), "sop_instance_uid": instance.sop_instance_uid},
        )


def _stored_chunks(instance: Instance) -> Iterator[bytes]:
    """Yield a stored file, and make sure that it is what came in."""
    digest = hashlib.sha256()
    with stored_file(instance) as file:
        for chunk in file_chunks(file):
            digest.update(chunk)
            yield chunk
    if digest.hexdigest() != instance.sha256:
        raise FrozenInputError(f"The stored file of image {instance.sop_instance_uid} has changed since it came in.")


def _segmentation_entries(
    place: str, member: Member, written: list[WrittenSegmentation], spool: Spool
) -> Iterator[Entry]:
    for number, one in enumerate(written, start=1):
        yield Entry(
            f"{place}_marks/segmentation_{number:03d}.dcm",
            spool.keep(one.data),
            facts={"case": case_name(member.plan.number), "sop_instance_uid": one.sop_instance_uid},
        )


def _segmentations(ingredients: Ingredients, member: Member, series: Series) -> list[WrittenSegmentation]:
    uids = set(series.instances.values_list("sop_instance_uid", flat=True))
    frames = [
        frame
        for frame in frames_of(mark_set=member.mark_set, at=member.plan.revision)
        if frame.data and frame.key.sop_instance_uid in uids
    ]
    marked = {frame.key.sop_instance_uid for frame in frames}
    sources = {
        instance.sop_instance_uid: _read_header(instance, series)
        for instance in series.instances.all()
        if instance.sop_instance_uid in marked
    }
    return write_segmentations(
        frames=frames,
        sources=sources,
        groups=[
            [(str(uid), int(number)) for uid, number in volume.frames] for volume in series.volumes.order_by("index")
        ],
        segments=[_segment(member, label, ingredients.version) for label in ingredients.labels],
        identity=_identity(ingredients, member),
    )


def _read_header(instance: Instance, series: Series) -> Dataset:
    """Return a source image without its pixels, bearing the UIDs that the archive knows it by."""
    with stored_file(instance) as file:
        header = pydicom.dcmread(file, stop_before_pixels=True)
    header.SOPInstanceUID, header.SOPClassUID = instance.sop_instance_uid, instance.sop_class_uid
    header.SeriesInstanceUID, header.StudyInstanceUID = series.series_uid, series.study.study_uid
    return header


def _identity(ingredients: Ingredients, member: Member) -> Identity:
    plan = member.plan
    who = reader_name(plan.reader) if plan.reader else "consensus"
    return Identity(
        mark_set=plan.mark_set,
        revision=plan.revision,
        at=member.marked_at,
        creator=f"{who}^",
        description=f"{case_name(plan.number)}, {who}",
        software_version=ingredients.version,
    )


def _segment(member: Member, label: Label, product_version: str) -> Segment:
    made = made_of(member, label.value)
    models = models_in(member, label.value)
    by_model = bool(models)
    name, _, version = models[0].rpartition("/") if len(models) == 1 else (", ".join(models), "", "")
    if made != Made.MANUAL and not by_model:
        name, version = f"Consensus: {member.plan.rule}", product_version
    return Segment(
        value=label.value,
        name=label.name,
        category=Code(label.category_scheme, label.category_code, label.category_meaning),
        type=Code(label.type_scheme, label.type_code, label.type_meaning),
        colour=label.colour,
        made=made,
        algorithm=name,
        algorithm_version=version,
        by_model=by_model,
    )
