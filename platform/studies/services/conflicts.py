"""Two files that claim to be the same instance: show what differs, and do what a person decides."""

import io
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from pydicom import dcmread
from pydicom.datadict import keyword_for_tag
from pydicom.uid import UID

from accounts.models import User
from common.clock import now
from common.errors import ConflictError, DeniedError, InvalidError, NotFoundError
from studies import policies
from studies.dicomfile.facts import Facts, read_facts
from studies.dicomfile.spool import Spooled, spool
from studies.errors import PixelsError, SetAsideError
from studies.models import Import, ImportedFile, Instance, InstanceHeader, PendingBlobs, Series, SetAsideFile
from studies.pixels import decode_frame, header_of, stored_file
from studies.services.holders import Held, instances_held
from studies.services.indexing import index_series
from studies.services.quota import require_space
from studies.services.repairing import made_uid, read_blob, take_in_made, written
from studies.services.set_aside import (
    discard_set_aside,
    forget,
    index_taken_in,
    require_own,
    still_set_aside,
    tell_changed,
)
from studies.types import FileOutcome, Origin, Outcome, SetAsideReason, SettleChoice

SHOWN_CHARACTERS = 200
COMPARED_FRAMES = 2000
GEOMETRY = frozenset(
    {"00280010", "00280011", "00280030", "00200032", "00200037", "00200052", "52009229", "52009230", "00280008"}
)
"""Rows, columns, spacing, position, orientation, frame of reference, functional groups, number of frames."""
_OURS = frozenset({"00083002", "00080005"})


@dataclass(frozen=True, slots=True)
class Difference:
    """One element that differs; None where a side lacks it. Values are shortened."""

    tag: str
    name: str
    stored: str | None
    incoming: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A set-aside file beside the stored instance whose UID it has.

    Attributes
    ----------
    sop_instance_uid, series_uid : str
        The stored instance.
    same_place : bool
        Both say the same study and series.
    differences : list of Difference
        Of the headers, in the order of tags.
    pixels_equal : bool or None
        Whether every frame has the same stored values; None where it cannot be told, as `pixels_detail` says.
    geometry_equal : bool
        Whether both lie at the same place in the patient, frame by frame.
    held : list of Held
        What refers to the stored instance: with other pixels or geometry it cannot be replaced then.
    """

    sop_instance_uid: str
    series_uid: str
    same_place: bool
    differences: list[Difference]
    pixels_equal: bool | None
    pixels_detail: str
    geometry_equal: bool
    held: list[Held]


def compare_conflict(*, actor: User, file: SetAsideFile) -> Comparison:
    """Return what differs between a set-aside file and the stored instance of the same UID.

    Raises
    ------
    DeniedError
        It is of somebody else's import, or the stored instance is not the actor's to see.
    ConflictError
        There is no conflict (any more).
    """
    require_own(actor, file)
    with _opened(file) as opened:
        return _compared(_facts(opened), opened, _rival(actor, _facts(opened)))


def settle_conflict(*, actor: User, file: SetAsideFile, choice: SettleChoice) -> FileOutcome:
    """Do what a person decided; nothing that was stored is lost.

    `keep_stored` throws the set-aside file away. `replace` puts it in the place of the stored one, whose bytes are
    kept among the set-aside files (`superseded`). `keep_both` takes it in under a new SOP Instance UID made from its
    bytes, and under a new series UID where its own is that of another study, or of a series that is not shown to the
    actor. A file whose series UID alone is taken keeps its instance UID, and becomes part of a series of its own, with
    all others that say the same.

    Raises
    ------
    DeniedError
        It is of somebody else's import, or the stored series is shown to the actor and not theirs to change.
    ConflictError
        There is no conflict (any more); or it cannot be replaced, because it is of another series or because masks
        refer to pictures that would change.
    """
    require_own(actor, file)
    alone = file.reason == SetAsideReason.SERIES_TAKEN and choice != SettleChoice.REPLACE
    if file.reason not in (SetAsideReason.CONFLICT, SetAsideReason.SUPERSEDED) and not alone:
        raise ConflictError("This file is no conflict.", code="no_conflict")
    if choice == SettleChoice.KEEP_STORED:
        discard_set_aside(actor=actor, file=file)
        return FileOutcome(file.path, Outcome.SET_ASIDE, SetAsideReason(file.reason), "Thrown away.")
    if choice == SettleChoice.KEEP_BOTH:
        return _keep_both(actor, file)
    with _opened(file) as opened:
        facts = _facts(opened)
        return _replace(actor, file, opened, facts, _rival(actor, facts))


class _opened:  # noqa: N801  # used as a context manager only
    """The bytes of a set-aside file, spooled; NotFoundError when they are not in storage."""

    def __init__(self, file: SetAsideFile) -> None:
        try:
            self._stored = default_storage.open(file.blob)
        except FileNotFoundError as error:
            raise NotFoundError("The bytes of this file are missing.", code="blob_missing") from error
        self._spool = spool(self._stored, limit_bytes=file.size_bytes)

    def __enter__(self) -> Spooled:
        return self._spool.__enter__()

    def __exit__(self, *problem: Any) -> None:
        self._spool.__exit__(*problem)
        self._stored.close()


def _facts(opened: Spooled) -> Facts:
    try:
        return read_facts(opened.stream, opened.size)
    except SetAsideError as error:
        raise ConflictError(f"The set-aside file cannot be read: {error.detail}", code="no_conflict") from error


def _rival(actor: User, facts: Facts) -> Instance:
    found = (
        Instance.objects.select_related("series__study", "header")
        .filter(sop_instance_uid=facts.sop_instance_uid, series__in=policies.visible_series(user=actor))
        .first()
    )
    if found is None:
        raise ConflictError(
            "No stored instance of this UID is shown to you. Try the file again; if it stays here, somebody else has "
            "one, and both can be kept.",
            code="no_conflict",
        )
    return found


def _compared(facts: Facts, opened: Spooled, stored: Instance) -> Comparison:
    before, after = header_of(stored), facts.header
    differing = [
        tag for tag in sorted(before.keys() | after.keys()) if tag not in _OURS and _differ(before, after, tag)
    ]
    equal, detail = _pixels_equal(stored, facts, opened)
    return Comparison(
        sop_instance_uid=stored.sop_instance_uid,
        series_uid=stored.series.series_uid,
        same_place=(stored.series.study.study_uid, stored.series.series_uid) == (facts.study_uid, facts.series_uid),
        differences=[
            Difference(tag, keyword_for_tag(int(tag, 16)) or "", _shown(before, tag), _shown(after, tag))
            for tag in differing
        ],
        pixels_equal=equal,
        pixels_detail=detail,
        geometry_equal=GEOMETRY.isdisjoint(differing),
        held=instances_held([stored.sop_instance_uid]),
    )


def _differ(before: dict[str, Any], after: dict[str, Any], tag: str) -> bool:
    first, second = before.get(tag), after.get(tag)
    if first is not None and second is not None and "BulkDataURI" in first and "BulkDataURI" in second:
        return False  # addresses say nothing; pixels are compared by themselves
    return bool(first != second)


def _shown(header: dict[str, Any], tag: str) -> str | None:
    element = header.get(tag)
    if element is None:
        return None
    if "Value" not in element:
        return "(binary)" if "InlineBinary" in element or "BulkDataURI" in element else ""
    if element["vr"] == "SQ":
        return f"({len(element['Value'])} items)"
    parts = [
        "=".join(value.values()) if isinstance(value, dict) else "" if value is None else str(value)
        for value in element["Value"]
    ]
    shown = "\\".join(parts)
    return shown if len(shown) <= SHOWN_CHARACTERS else shown[:SHOWN_CHARACTERS] + "…"


def _pixels_equal(stored: Instance, facts: Facts, opened: Spooled) -> tuple[bool | None, str]:
    incoming = Instance(sop_instance_uid=facts.sop_instance_uid, **facts.instance)
    shapes = [(one.rows, one.columns, one.samples_per_pixel, one.frame_count) for one in (stored, incoming)]
    if shapes[0] != shapes[1]:
        return False, "They have different sizes or numbers of frames."
    if stored.frame_count == 0:
        return True, "Neither has pixels."
    if stored.frame_count > COMPARED_FRAMES:
        return None, f"More than {COMPARED_FRAMES:,} frames are not compared."
    try:
        with warnings.catch_warnings(), stored_file(stored) as file:
            warnings.simplefilter("ignore")
            for number in range(1, stored.frame_count + 1):
                one = decode_frame(stored, number, file=file)
                other = decode_frame(incoming, number, file=opened.raw, header=facts.header)
                if not np.array_equal(one, other):
                    return False, f"The first difference is in frame {number}."
    except (PixelsError, NotFoundError) as error:
        return None, error.message
    return True, ""


def _replace(actor: User, file: SetAsideFile, opened: Spooled, facts: Facts, stored: Instance) -> FileOutcome:
    compared = _compared(facts, opened, stored)
    if not compared.same_place:
        raise ConflictError(
            "The file says another study or series than the stored instance. Keep both, or keep the stored one.",
            code="other_series",
        )
    if not policies.can_replace_in(user=actor, series=stored.series):
        raise DeniedError(
            "Images that you are only shown are not yours to replace: keep both, or ask whoever brought them.",
            code="replace_denied",
        )
    if stored.origin == Origin.DEIDENTIFIED:
        raise ConflictError("The stored instance was made by de-identification; nothing takes its place.", code="made")
    if compared.held and not (compared.pixels_equal and compared.geometry_equal):
        raise ConflictError(
            "Marks lie on the stored picture, and the other picture differs. Nothing was replaced.",
            code="in_use",
            fields={"held": [one.as_json() for one in compared.held]},
        )
    blob = f"instances/{opened.sha256[:2]}/{opened.sha256}.dcm"
    require_space(opened.size)
    pending = PendingBlobs.objects.create(names=[blob])
    if not default_storage.exists(blob):
        default_storage.save(blob, ContentFile(read_blob(file.blob)))
    with transaction.atomic():
        series = Series.objects.select_for_update().get(pk=stored.series_id)
        current = Instance.objects.select_for_update().filter(pk=stored.pk, sha256=stored.sha256).first()
        if current is None:
            raise ConflictError("The stored instance has changed meanwhile; compare again.", code="changed")
        if instances_held([current.sop_instance_uid]) and not compared.held:
            raise ConflictError("Somebody has begun to mark the stored picture.", code="in_use")
        _keep_superseded(file, current)
        Series.objects.filter(pk=series.pk).update(
            frame_count=F("frame_count") - current.frame_count + facts.instance["frame_count"], indexed_at=None
        )
        _rewrite(current, facts, opened, blob, file)
        InstanceHeader.objects.update_or_create(instance=current, defaults={"packed": facts.packed_header})
        PendingBlobs.objects.filter(pk=pending.pk).delete()
        SetAsideFile.objects.filter(pk=file.pk).update(settled_at=now())
        forget(actor=actor, file=file, action="set_aside.replace", detail={"replaced_sha256": stored.sha256})
    index_series(series=Series.objects.get(pk=series.pk))
    tell_changed(file.batch)
    return FileOutcome(
        path=file.path, outcome=Outcome.ACCEPTED, study_uid=facts.study_uid, series_uid=facts.series_uid,
        sop_instance_uid=facts.sop_instance_uid, sop_class_uid=facts.instance["sop_class_uid"],
    )  # fmt: skip


def _keep_superseded(file: SetAsideFile, stored: Instance) -> None:
    """List the bytes that were stored so far; they stay where they are, and this row names them now."""
    SetAsideFile.objects.create(
        batch=file.batch,
        path=f"{stored.sop_instance_uid} as it was stored before",
        reason=SetAsideReason.SUPERSEDED,
        detail=f"Replaced by {file.path}.",
        blob=stored.blob,
        size_bytes=stored.size_bytes,
        sha256=stored.sha256,
    )


def _rewrite(row: Instance, facts: Facts, opened: Spooled, blob: str, file: SetAsideFile) -> None:
    for name, value in facts.instance.items():
        setattr(row, name, value)
    row.blob, row.size_bytes, row.sha256 = blob, opened.size, opened.sha256
    row.origin, row.source_blob, row.source_sha256 = "received", "", ""
    row.save()
    Import.objects.filter(pk=file.batch_id).update(accepted=F("accepted") + 1)
    ImportedFile.objects.create(
        batch=file.batch, path=file.path, size_bytes=opened.size, outcome=Outcome.ACCEPTED, instance=row
    )


def _keep_both(actor: User, file: SetAsideFile) -> FileOutcome:
    content = read_blob(file.blob)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd values stay as they are
            dataset = dcmread(io.BytesIO(content), force=True)
        alone = file.reason == SetAsideReason.SERIES_TAKEN
        taken = Instance.objects.filter(sop_instance_uid=dataset.SOPInstanceUID).exists()
        given = {"SOPInstanceUID": made_uid("instance", content)} if taken or not alone else {}
        elsewhere = Series.objects.filter(series_uid=dataset.SeriesInstanceUID).exclude(
            study__study_uid=dataset.StudyInstanceUID, pk__in=policies.visible_series(user=actor)
        )
        if alone or elsewhere.exists():
            given["SeriesInstanceUID"] = made_uid(
                "series", str(dataset.StudyInstanceUID), str(dataset.SeriesInstanceUID)
            )
        for name, value in given.items():
            setattr(dataset, name, UID(value))
        outcome = take_in_made(
            actor=actor, file=file, content=written(dataset), action="set_aside.keep_both", detail=given
        )
    except SetAsideError as error:
        return still_set_aside(file, error)
    except AttributeError as error:
        raise InvalidError("The file says no study or series; it cannot be kept beside.", code="no_uids") from error
    index_taken_in([outcome])
    tell_changed(file.batch)
    return outcome
