"""A release as DICOM: the source files byte for byte as they are stored, and the marks as DICOM SEG beside them."""

import hashlib
from collections.abc import Iterator
from functools import partial
from typing import Any

from pydicom.dataset import Dataset

from annotations.datasets.errors import FrozenInputError
from annotations.datasets.members import case_name, reader_name
from annotations.datasets.services.answers import answer_entries, readings_of
from annotations.datasets.services.archive_names import plain_name
from annotations.datasets.services.ingredients import Ingredients, Member
from annotations.datasets.services.manifest import case_of, made_of, manifest_of, models_in
from annotations.datasets.services.zipping import Entry, Spool, file_chunks, pieces
from annotations.datasets.types import Format
from annotations.marks.dicom.headers import read_headers
from annotations.marks.dicom.keys import write_key_objects
from annotations.marks.dicom.segmentation import write_segmentations
from annotations.marks.dicom.types import Code, Identity, Made, Segment, Written, WrittenSegmentation
from annotations.marks.models import Label, MarkSet
from annotations.marks.selectors import answers_of, frames_of
from annotations.reading.answers import key_frames
from studies.models import Instance, Series
from studies.pixels import stored_file

FOLDER = "DICOM"
_README = """{name}

DICOM images with their segmentations, frozen by Fiducial {version}.

case_NNNN/series_NN_images/    the source files, byte for byte as they came
case_NNNN/series_NN_marks/     DICOM SEG of that series; absent where nothing is marked (a SEG cannot be empty)
case_NNNN/key_images/          DICOM key object selections, for each reader and study; absent where none was chosen
answers.csv                    answers of the case form, a row for each reading
findings.csv                   a row for each finding; answers.json: both with the form itself
                               (these three are absent when nothing was asked)
key_images.csv                 a line for each key image; key_images.json: the same (absent when none was chosen)
measurements.csv               a line for each figure of each measurement; measurements.json: with their points in
                               LPS mm (absent when nothing was measured)
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
        described["key_images"] = []
        for name, written in _key_objects(ingredients, member):
            entries.append(_key_entry(member, name, written, spool))
            described["key_images"].append(written.sop_instance_uid)
        cases.append(described)
    entries.extend(answer_entries(ingredients, Format.DICOM_SEG, FOLDER))
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


def _key_entry(member: Member, name: str, written: Written, spool: Spool) -> Entry:
    case = case_name(member.plan.number)
    facts = {"case": case, "sop_instance_uid": written.sop_instance_uid}
    return Entry(f"{FOLDER}/{case}/key_images/{name}.dcm", spool.keep(written.data), facts=facts)


def _key_objects(ingredients: Ingredients, member: Member) -> Iterator[tuple[str, Written]]:
    """Yield the key images of each reading of a case, a document for each study, with its name."""
    for reader, pk, revision in readings_of(member):
        mark_set = MarkSet.objects.get(pk=pk)
        frames = key_frames(answers_of(mark_set=mark_set, at=revision))
        if not frames:
            continue
        sources: dict[str, Dataset] = {}
        for series in member.series:
            sources |= read_headers(series, {uid for uid, _ in frames})
        who = reader_name(reader)
        identity = Identity(
            mark_set=pk,
            revision=revision,
            at=mark_set.revisions.get(number=revision).created_at,
            creator=f"{who}^",
            description=f"{case_name(member.plan.number)}, {who}",
            software_version=ingredients.version,
        )
        written = write_key_objects(frames=frames, sources=sources, identity=identity)
        yield from ((f"{who}_{number:02d}", one) for number, one in enumerate(written, start=1))


def _segmentations(ingredients: Ingredients, member: Member, series: Series) -> list[WrittenSegmentation]:
    uids = set(series.instances.values_list("sop_instance_uid", flat=True))
    frames = [
        frame
        for frame in frames_of(mark_set=member.mark_set, at=member.plan.revision)
        if frame.data and frame.key.sop_instance_uid in uids
    ]
    marked = {frame.key.sop_instance_uid for frame in frames}
    return write_segmentations(
        frames=frames,
        sources=read_headers(series, marked),
        groups=[
            [(str(uid), int(number)) for uid, number in volume.frames] for volume in series.volumes.order_by("index")
        ],
        segments=[_segment(member, label, ingredients.version) for label in ingredients.labels],
        identity=_identity(ingredients, member),
    )


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
