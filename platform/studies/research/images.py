"""An image volume as DICOM images, one per slice and time. The same volume and identity always give the same bytes."""

import hashlib
import io
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    CTImageStorage,
    ExplicitVRLittleEndian,
    MRImageStorage,
    PositronEmissionTomographyImageStorage,
    SecondaryCaptureImageStorage,
    UltrasoundImageStorage,
)

from studies.research.geometry import Slices
from studies.research.source import ResearchVolume
from studies.research.stored import Storing

IMPLEMENTATION_UID = "2.25.301447221379231420541871929362063128097"
CLASSES = {
    "CT": CTImageStorage,
    "MR": MRImageStorage,
    "PT": PositronEmissionTomographyImageStorage,
    "US": UltrasoundImageStorage,
}


@dataclass(frozen=True, slots=True)
class Belongs:
    """Which study and series a made object belongs to.

    Attributes
    ----------
    study, series : dict
        DICOM keyword → value of the patient and study, and of the series.
    frame_of_reference_uid : str
    source_name, source_sha256 : str
        The file that it was made from.
    """

    study: dict[str, Any]
    series: dict[str, Any]
    frame_of_reference_uid: str
    source_name: str
    source_sha256: str

    @property
    def series_uid(self) -> str:
        """The Series Instance UID."""
        return str(self.series["SeriesInstanceUID"])


def derived_uid(*parts: object) -> str:
    """Return a UID that stands for its parts: a UUID of version 8 under 2.25 (RFC 9562, PS3.5 B.2)."""
    digest = hashlib.sha256("\0".join(str(part) for part in parts).encode()).digest()
    return f"2.25.{uuid.UUID(bytes=digest[:16], version=5).int}"


def instance_uid(series_uid: str, time: int, k: int) -> str:
    """Return the SOP Instance UID of a made slice."""
    return derived_uid("instance", series_uid, time, k)


def frame(volume: ResearchVolume, slices: Slices, belongs: Belongs, time: int, k: int, modality: str) -> Dataset:
    """Return the header of a slice, without pixel values."""
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.ImageType = ["DERIVED", "SECONDARY"]
    ds.SOPClassUID = CLASSES.get(modality, SecondaryCaptureImageStorage)
    ds.SOPInstanceUID = instance_uid(belongs.series_uid, time, k)
    for name, value in (*_EMPTY, *belongs.study.items(), *belongs.series.items()):
        setattr(ds, name, value)
    ds.Modality = modality
    ds.FrameOfReferenceUID = belongs.frame_of_reference_uid
    ds.PositionReferenceIndicator = ""
    ds.InstanceNumber = time * volume.shape[2] + k + 1
    ds.ImagePositionPatient = slices.position(k)
    ds.ImageOrientationPatient = slices.orientation
    ds.PixelSpacing = slices.spacing
    ds.SliceThickness = f"{slices.step_mm:.10g}"
    ds.SpacingBetweenSlices = f"{slices.step_mm:.10g}"
    if volume.shape[3] > 1:
        ds.TemporalPositionIdentifier = time + 1
        ds.NumberOfTemporalPositions = volume.shape[3]
        ds.AcquisitionNumber = time + 1
    if ds.SOPClassUID == SecondaryCaptureImageStorage:
        ds.ConversionType = "WSD"
    if modality == "PT":
        ds.Units = "NONE"
    _provenance(ds, volume.form, belongs)
    return ds


def _provenance(ds: Dataset, form: str, belongs: Belongs) -> None:
    """Say what it was made from, and by what."""
    ds.DerivationDescription = f"Made from the {form} file {belongs.source_name} (SHA-256 {belongs.source_sha256})"[
        :1024
    ]
    ds.ContributingEquipmentSequence = [contributing_equipment(form)]


def contributing_equipment(form: str) -> Dataset:
    """Return the equipment that converted a file (PS3.3 C.12.1)."""
    purpose = Dataset()
    purpose.CodeValue, purpose.CodingSchemeDesignator, purpose.CodeMeaning = "109103", "DCM", "Modifying Equipment"
    equipment = Dataset()
    equipment.PurposeOfReferenceCodeSequence = [purpose]
    equipment.Manufacturer = "Fiducial"
    equipment.ContributionDescription = f"Conversion of {form} to DICOM"
    return equipment


_EMPTY = tuple(
    (name, "")
    for name in (
        "PatientBirthDate", "PatientSex", "StudyDate", "StudyTime", "ReferringPhysicianName", "StudyID",
        "AccessionNumber", "SeriesDate", "SeriesTime", "Manufacturer", "Laterality", "BodyPartExamined",
        "PatientPosition",
    )
)  # fmt: skip


def write_images(
    volume: ResearchVolume, slices: Slices, storing: Storing, belongs: Belongs, modality: str
) -> Iterator[bytes]:
    """Yield one Part 10 file per slice, slices of the first time first."""
    for time, k in volume.slices:
        ds = frame(volume, slices, belongs, time, k, modality)
        pixels = np.ascontiguousarray(storing.stored(volume.plane(time, k)))
        ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
        ds.Rows, ds.Columns = pixels.shape
        ds.BitsAllocated = ds.BitsStored = 16
        ds.HighBit = 15
        ds.PixelRepresentation = int(storing.dtype.kind == "i")
        ds.RescaleSlope, ds.RescaleIntercept = storing.slope, storing.intercept
        ds.RescaleType = "HU" if modality == "CT" else "US"
        ds.PixelData = pixels.tobytes()
        yield part10(ds)


def part10(ds: Dataset) -> bytes:
    """Return a data set as a file; the head names this program, so that a new pydicom changes no byte."""
    ds.file_meta = FileMetaDataset()
    ds.file_meta.FileMetaInformationVersion = b"\x00\x01"
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.ImplementationClassUID = IMPLEMENTATION_UID
    ds.file_meta.ImplementationVersionName = "FIDUCIAL"
    out = io.BytesIO()
    ds.save_as(out, enforce_file_format=True)
    return out.getvalue()
