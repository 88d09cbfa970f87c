"""Make a readable DICOM file out of one that was set aside. The bytes that came are kept as its source."""

import hashlib
import io
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from pydicom import dcmread
from pydicom.dataset import Dataset, FileDataset
from pydicom.uid import UID

from accounts.models import User
from common.clock import now
from common.errors import InvalidError, NotFoundError
from studies.dicomfile.facts import read_facts
from studies.dicomfile.spool import spool
from studies.errors import SetAsideError
from studies.models import SetAsideFile
from studies.services.preparing import Prepared, finish
from studies.services.set_aside import (
    forget,
    index_taken_in,
    repairs_of,
    require_own,
    still_set_aside,
    tell_changed,
)
from studies.services.storing import store_group
from studies.types import FileOutcome, Origin, RepairAction, SetAsideReason

_UID = re.compile(r"[0-9.]{1,64}")
CLASS_OF_MODALITY = {
    "CT": "1.2.840.10008.5.1.4.1.1.2",
    "MR": "1.2.840.10008.5.1.4.1.1.4",
    "PT": "1.2.840.10008.5.1.4.1.1.128",
    "NM": "1.2.840.10008.5.1.4.1.1.20",
    "CR": "1.2.840.10008.5.1.4.1.1.1",
    "DX": "1.2.840.10008.5.1.4.1.1.1.1",
    "MG": "1.2.840.10008.5.1.4.1.1.1.2",
    "XA": "1.2.840.10008.5.1.4.1.1.12.1",
    "RF": "1.2.840.10008.5.1.4.1.1.12.2",
    "US": "1.2.840.10008.5.1.4.1.1.6.1",
    "OT": "1.2.840.10008.5.1.4.1.1.7",
    "SC": "1.2.840.10008.5.1.4.1.1.7",
}
"""The single-frame image class that a modality stands for (PS3.3 C.7.3.1.1.1, PS3.4 B.5)."""
_EXAMINATION = ("PatientID", "PatientName", "PatientBirthDate", "StudyDate", "StudyTime", "StudyID", "AccessionNumber")
_SERIES = ("FrameOfReferenceUID", "SeriesNumber", "Modality", "SeriesDescription", "SeriesDate", "SeriesTime")


def repair_set_aside(*, actor: User, file: SetAsideFile, action: RepairAction) -> FileOutcome:
    """Repair a set-aside file and take the result in; see `give_uids`.

    Raises
    ------
    DeniedError
        It is of somebody else's import.
    InvalidError
        This repair is not for this file.
    NotFoundError
        Its bytes are not in storage.
    """
    outcome = repair_one(actor=actor, file=file, action=action)
    index_taken_in([outcome])
    tell_changed(file.batch)
    return outcome


def repair_one(*, actor: User, file: SetAsideFile, action: RepairAction) -> FileOutcome:
    """Do as `repair_set_aside`, but leave volumes and thumbnails to `index_taken_in`."""
    require_own(actor, file)
    try:
        made, given = repaired(file=file, action=action)
        return take_in_made(actor=actor, file=file, content=made, action="set_aside.repair", detail=given)
    except SetAsideError as error:
        return still_set_aside(file, error)


def repaired(*, file: SetAsideFile, action: RepairAction) -> tuple[bytes, dict[str, str]]:
    """Return what a repair makes of a file, and the UIDs that it gives; nothing is stored.

    Raises
    ------
    InvalidError
        This repair is not for this file.
    NotFoundError
        Its bytes are not in storage.
    SetAsideError
        It cannot be repaired; see `give_uids`.
    """
    if action not in repairs_of(file):
        raise InvalidError("This repair is not for this file.", code="repair_not_fitting")
    return give_uids(content=read_blob(file.blob), path=file.path, batch_id=file.batch_id)


def read_blob(name: str) -> bytes:
    """Return a blob's bytes; NotFoundError when it is not in storage."""
    try:
        with default_storage.open(name) as stored:
            return bytes(stored.read())
    except FileNotFoundError as error:
        raise NotFoundError("The bytes of this file are missing.", code="blob_missing") from error


def take_in_made(
    *, actor: User, file: SetAsideFile, content: bytes, action: str, detail: dict[str, str]
) -> FileOutcome:
    """Take in what was made of a set-aside file; the file is settled, its bytes stay as the source.

    Raises
    ------
    SetAsideError
        What was made cannot be taken in either.
    """
    with ready(file=file, content=content) as one:
        outcome = store_group(batch=file.batch, files=[one], adder=actor, into_closed=True, refuse=True)[0]
    with transaction.atomic():
        SetAsideFile.objects.filter(pk=file.pk).update(settled_at=now())
        forget(actor=actor, file=file, action=action, detail=detail)
    return outcome


@contextmanager
def ready(*, file: SetAsideFile, content: bytes) -> Iterator[Prepared]:
    """Give what was made of a set-aside file, ready to be stored; SetAsideError where it cannot be taken in."""
    with spool(io.BytesIO(content), limit_bytes=len(content)) as held:
        yield finish(
            Prepared(
                path=file.path, content=held, size_bytes=file.size_bytes, facts=read_facts(held.stream, held.size),
                origin=Origin.REPAIRED, source_blob=file.blob, source_sha256=file.sha256,
            )
        )  # fmt: skip


def give_uids(*, content: bytes, path: str, batch_id: UUID) -> tuple[bytes, dict[str, str]]:
    """Return the file with UIDs where it has none, and the UIDs that were given.

    Deterministic: files of one lost series get the same study and series UID, however often and in whatever order
    they are repaired. What belongs together is judged by patient, study date and time, frame of reference, series
    number, description and time, and modality. Without patient, date and time the frame of reference tells
    examinations apart; without that too, the import and the folder do: two patients are never mixed for the lack of
    names. The SOP Instance UID is that of the file's head where it is one, else made from the bytes. Pixels and all
    other elements stay as they are.

    Raises
    ------
    SetAsideError
        It cannot be read, or the kind of object is not known: neither SOP class nor a modality that implies one.
    """
    dataset = _parsed(content)
    meta = dataset.file_meta
    given: dict[str, str] = {}
    if not _valid(dataset.get("SOPClassUID")):
        given["SOPClassUID"] = _class_of(dataset, meta)
    if not _valid(dataset.get("SOPInstanceUID")):
        stated = meta.get("MediaStorageSOPInstanceUID")
        given["SOPInstanceUID"] = str(stated) if _valid(stated) else made_uid("instance", content)
    examination = _identity(dataset, path=path, batch_id=batch_id)
    if not _valid(dataset.get("StudyInstanceUID")):
        given["StudyInstanceUID"] = made_uid("study", *examination)
    if not _valid(dataset.get("SeriesInstanceUID")):
        study = given.get("StudyInstanceUID") or str(dataset.StudyInstanceUID)
        given["SeriesInstanceUID"] = made_uid("series", study, *examination, *_values(dataset, _SERIES))
    for name, value in given.items():
        setattr(dataset, name, UID(value))
    return written(dataset), given


def made_uid(kind: str, *parts: str | bytes) -> str:
    """Return a UID that is always the same for the same parts, under the root 2.25 (PS3.5 B.2)."""
    digest = hashlib.sha256(f"fiducial {kind}".encode())
    for part in parts:
        packed = part.encode() if isinstance(part, str) else part
        digest.update(len(packed).to_bytes(8, "big"))
        digest.update(packed)
    return f"2.25.{UUID(bytes=digest.digest()[:16], version=5).int}"


def written(dataset: FileDataset) -> bytes:
    """Return a data set as a Part 10 file; elements that were not touched go out with the bytes they came with."""
    dataset.file_meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    out = io.BytesIO()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd values stay as they are
            dataset.save_as(out, enforce_file_format=True)
    except Exception as error:  # pydicom raises anything on values that it cannot write
        said = " ".join(str(error).split())[:200]
        raise SetAsideError(SetAsideReason.UNREADABLE, f"It cannot be written anew: {said}") from error
    return out.getvalue()


def _parsed(content: bytes) -> FileDataset:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd values stay as they are
            dataset = dcmread(io.BytesIO(content), force=True)
            for name in (*_EXAMINATION, *_SERIES, "SOPClassUID", "StudyInstanceUID"):
                dataset.get(name)
    except Exception as error:  # a damaged file may make the parser raise anything
        said = " ".join(str(error).split())[:200]
        raise SetAsideError(SetAsideReason.UNREADABLE, f"It cannot be read for repair: {said}") from error
    return dataset


def _valid(value: Any) -> bool:
    return bool(_UID.fullmatch(str(value or "").strip("\0 ")))


def _class_of(dataset: Dataset, meta: Dataset) -> str:
    stated = meta.get("MediaStorageSOPClassUID")
    if _valid(stated):
        return str(stated)
    modality = str(dataset.get("Modality") or "").strip()
    if modality not in CLASS_OF_MODALITY or int(dataset.get("NumberOfFrames") or 1) > 1:
        raise SetAsideError(
            SetAsideReason.MISSING_UID,
            f"It does not say what kind of object it is, and its modality ({modality or 'none'}) does not tell.",
        )
    return CLASS_OF_MODALITY[modality]


def _values(dataset: Dataset, names: Iterable[str]) -> list[str]:
    return [str(dataset.get(name) or "").strip("\0 ") for name in names]


def _identity(dataset: Dataset, *, path: str, batch_id: UUID) -> list[str]:
    """Return what tells one examination from another."""
    values = _values(dataset, _EXAMINATION)
    said = dict(zip(_EXAMINATION, values, strict=True))
    if said["PatientID"] and said["StudyDate"] and said["StudyTime"]:
        return values
    frame_of_reference = _values(dataset, ["FrameOfReferenceUID"])[0]
    if frame_of_reference:
        return [*values, frame_of_reference]
    return [*values, str(batch_id), str(PurePosixPath(path.replace("\\", "/")).parent)]
