"""Make a de-identified Part 10 file out of another: the same input and rules give the same bytes."""

import io
import warnings
from collections import Counter
from dataclasses import dataclass

from pydicom import dcmread
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset, write_file_meta_info
from pydicom.uid import (
    PYDICOM_IMPLEMENTATION_UID,
    UID,
    CTImageStorage,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    MRImageStorage,
    PositronEmissionTomographyImageStorage,
)

from studies.deident.clean import Cleaner, Identity
from studies.deident.codes import BASIC, CODES, method_code
from studies.deident.rules import Rules
from studies.deident.suspicion import Suspicion, refuse_unsafe, suspicion_of
from studies.types import DeidentificationOption as Option

METHOD = "DICOM PS3.15 Annex E basic profile, table E.1-1 (2024e, 2026c)"
VERSION_NAME = "FIDUCIAL"


@dataclass(frozen=True, slots=True)
class Made:
    """A de-identified file and what was done.

    Attributes
    ----------
    data : bytes
        Part 10 file.
    study_uid, series_uid, sop_instance_uid : str
        The new ones.
    originals : dict
        {new UID: original UID} of study, series and instance.
    changes : Counter of (tag, action, rule)
        See `Cleaner`.
    suspicion : Suspicion
        Why its pixels must be looked at; empty reasons: they need not be.
    """

    data: bytes
    study_uid: str
    series_uid: str
    sop_instance_uid: str
    originals: dict[str, str]
    modality: str
    changes: Counter[tuple[str, str, str]]
    unreadable: int
    suspicion: Suspicion


def read_original(data: bytes) -> Dataset:
    """Read a stored file whole. Raises whatever the parser does; the caller calls that a refusal."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return dcmread(io.BytesIO(data), force=True)


def make(data: bytes, *, rules: Rules, identity: Identity, original: Dataset | None = None) -> Made:
    """De-identify one file.

    Parameters
    ----------
    data : bytes
        The original.
    original : Dataset, optional
        `read_original(data)`, when it is at hand; it is changed.

    Raises
    ------
    RefusedError
        A kind of object whose content cannot be vouched for.
    """
    dataset = read_original(data) if original is None else original
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _make(dataset, rules, identity)


def _make(dataset: Dataset, rules: Rules, identity: Identity) -> Made:
    _name_class(dataset)
    refuse_unsafe(dataset)
    suspicion = suspicion_of(dataset, faces=Option.CLEAN_FACES in rules.options)
    before = [_uid(dataset, name) for name in _UIDS]
    syntax = transfer_syntax(dataset)
    cleaner = Cleaner(rules, identity)
    cleaner.clean(dataset)
    after = [_uid(dataset, name) for name in _UIDS]
    _declare(dataset, rules)
    if syntax != ImplicitVRLittleEndian and _lacks_vr(dataset):
        for _ in dataset.iterall():  # a file that is not what it states: every value gets the VR that it lacks
            pass
    return Made(
        data=written(dataset, syntax),
        study_uid=after[0],
        series_uid=after[1],
        sop_instance_uid=after[2],
        originals=dict(zip(after, before, strict=True)),
        modality=str(dataset.get("Modality", "") or "")[:16],
        changes=cleaner.changes,
        unreadable=cleaner.unreadable,
        suspicion=suspicion,
    )


_CLASSES = {"CT": CTImageStorage, "MR": MRImageStorage, "PT": PositronEmissionTomographyImageStorage}


def _name_class(dataset: Dataset) -> None:
    """Give an image that does not say its class the one of the file meta, or of its modality."""
    if not dataset.get("SOPClassUID"):
        stated = getattr(dataset, "file_meta", {}).get("MediaStorageSOPClassUID")
        guess = _CLASSES.get(str(dataset.get("Modality", ""))) if 0x7FE00010 in dataset else None
        if stated or guess:
            dataset.SOPClassUID = stated or guess


_UIDS = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")


def _uid(dataset: Dataset, name: str) -> str:
    return str(dataset.get(name, "") or "").strip("\0 ")


def transfer_syntax(dataset: Dataset) -> UID:
    """Return how the data set is encoded: as stated, or as found where that is missing or untrue."""
    stated = str(getattr(dataset, "file_meta", {}).get("TransferSyntaxUID", "") or "").strip("\0 ")
    little = dataset.original_encoding[1]
    native = (str(ImplicitVRLittleEndian), str(ExplicitVRLittleEndian), str(ExplicitVRBigEndian), "")
    if stated not in native:
        return UID(stated)
    if _lacks_vr(dataset):
        return ImplicitVRLittleEndian
    return ExplicitVRBigEndian if little is False else ExplicitVRLittleEndian


def _lacks_vr(dataset: Dataset) -> bool:
    """Return whether elements came without their VR (implicit VR), whatever the file states."""
    items = (dataset.get_item(tag) for tag in list(dataset.keys()))
    return any(isinstance(item, RawDataElement) and item.VR is None for item in items)


def _declare(dataset: Dataset, rules: Rules) -> None:
    """Say that and how the identity was removed (PS3.15 E.1.1, PS3.3 C.12.1.1.7)."""
    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = METHOD
    done = [BASIC, *(code for option, code in CODES.items() if option in rules.options)]
    dataset.DeidentificationMethodCodeSequence = [method_code(code) for code in done]
    if Option.RETAIN_FULL_DATES in rules.options:
        dataset.LongitudinalTemporalInformationModified = "UNMODIFIED"
    elif Option.RETAIN_MODIFIED_DATES in rules.options:
        dataset.LongitudinalTemporalInformationModified = "MODIFIED"
    else:
        dataset.LongitudinalTemporalInformationModified = "REMOVED"


def written(dataset: Dataset, syntax: UID) -> bytes:
    """Return Part 10 bytes with an empty preamble and file meta of our own making."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = syntax
    meta.ImplementationClassUID = PYDICOM_IMPLEMENTATION_UID
    meta.ImplementationVersionName = VERSION_NAME
    dataset.file_meta = meta
    dataset.preamble = bytes(128)
    if syntax.is_private or not syntax.is_transfer_syntax:
        return _written_plainly(dataset, meta)
    out = io.BytesIO()
    dataset.save_as(
        out,
        enforce_file_format=True,
        implicit_vr=syntax == ImplicitVRLittleEndian,
        little_endian=syntax != ExplicitVRBigEndian,
    )
    return out.getvalue()


def _written_plainly(dataset: Dataset, meta: FileMetaDataset) -> bytes:
    """Write a data set whose compression pydicom does not know: all but the pixels is explicit little endian."""
    out = DicomBytesIO()
    out.is_little_endian, out.is_implicit_VR = True, False
    out.write(dataset.preamble + b"DICM")
    write_file_meta_info(out, meta, enforce_standard=True)
    write_dataset(out, dataset)
    return bytes(out.getvalue())
