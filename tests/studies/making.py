"""Small DICOM files made for tests."""

import io
import itertools
from collections.abc import Iterable
from typing import Any

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, RLELossless

from studies.types import FileOutcome

_numbers = itertools.count(1)
ROOT = "1.2.826.0.1.3680043.10.1471"


def uid() -> str:
    """Return a UID nobody has had."""
    return f"{ROOT}.{next(_numbers)}"


def image(**changes: Any) -> Dataset:
    """Return a CT slice of 6 rows and 4 columns; keyword arguments set elements (None takes one away)."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    values: dict[str, Any] = {
        "SpecificCharacterSet": "ISO_IR 192",
        "SOPClassUID": CTImageStorage,
        "SOPInstanceUID": uid(),
        "StudyInstanceUID": uid(),
        "SeriesInstanceUID": uid(),
        "PatientName": "Doe^Jane",
        "PatientID": "P-1",
        "StudyDate": "20200131",
        "StudyTime": "101500",
        "Modality": "CT",
        "InstanceNumber": 1,
        "Rows": 6,
        "Columns": 4,
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
        "BitsAllocated": 16,
        "BitsStored": 16,
        "HighBit": 15,
        "PixelRepresentation": 1,
        "RescaleSlope": "2",
        "RescaleIntercept": "-1000",
        "ImagePositionPatient": [0, 0, 0],
        "ImageOrientationPatient": [1, 0, 0, 0, 1, 0],
        "PixelSpacing": [0.5, 0.75],
    }
    if "PixelData" not in changes:
        rows, columns = changes.get("Rows") or 6, changes.get("Columns") or 4
        values["PixelData"] = np.arange(rows * columns, dtype="<i2").tobytes()
    for name, value in (values | changes).items():
        if value is not None:
            setattr(ds, name, value)
    return ds


def file_of(ds: Dataset) -> io.BytesIO:
    """Return a data set as a Part 10 file."""
    out = io.BytesIO()
    ds.file_meta.MediaStorageSOPClassUID = ds.get("SOPClassUID", CTImageStorage)
    ds.file_meta.MediaStorageSOPInstanceUID = ds.get("SOPInstanceUID", "1.2.3")
    ds.save_as(out, enforce_file_format=True)
    out.seek(0)
    return out


def bytes_of(ds: Dataset) -> bytes:
    """Return a Part 10 file in memory as bytes."""
    return file_of(ds).getvalue()


def without_uids(**changes: Any) -> bytes:
    """Return an image that does not say which study and series it is of."""
    return bytes_of(image(StudyInstanceUID="", SeriesInstanceUID="", **changes))


def stack(count: int = 3, *, step_mm: float = 2.0, **common: Any) -> list[Dataset]:
    """Return an even stack of axial slices in one series."""
    common = {"StudyInstanceUID": uid(), "SeriesInstanceUID": uid()} | common
    return [
        image(ImagePositionPatient=[0, 0, step_mm * index], InstanceNumber=index + 1, **common)
        for index in range(count)
    ]


def encapsulated(
    ds: Dataset, frames: Iterable[bytes], *, fragments_per_frame: int = 1, offsets: bool = True
) -> Dataset:
    """Put compressed frames into a data set."""
    ds.file_meta.TransferSyntaxUID = RLELossless
    ds.PixelData = encapsulate(list(frames), fragments_per_frame=fragments_per_frame, has_bot=offsets)
    ds["PixelData"].VR = "OB"
    ds["PixelData"].is_undefined_length = True
    return ds


def stow_body(files: Iterable[bytes]) -> tuple[bytes, str]:
    """Return the body of a STOW-RS request, and its content type."""
    head = b"\r\n--XX\r\nContent-Type: application/dicom\r\n\r\n"
    body = b"".join(head + file for file in files) + b"\r\n--XX--\r\n"
    return body, 'multipart/related; type="application/dicom"; boundary=XX'


def only(outcomes: list[FileOutcome]) -> FileOutcome:
    """Return the one outcome."""
    (outcome,) = outcomes
    return outcome
