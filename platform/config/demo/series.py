"""A volume as a DICOM CT series, the same bytes for the same input."""

import hashlib
import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian

from ai.types import Geometry

INTERCEPT_HU = -1024


@dataclass(frozen=True, slots=True)
class SeriesHeader:
    """Who and what a made series says it shows."""

    patient_id: str
    patient_name: str
    description: str
    study_date: str = "20260105"
    modality: str = "CT"


def uid_of(*parts: object) -> UID:
    """Return a UID under 2.25 that depends on the parts alone (PS3.5 B.2)."""
    digest = hashlib.sha256("/".join(map(str, parts)).encode()).digest()
    return UID(f"2.25.{int.from_bytes(digest[:16], 'big')}")


def ct_series(image: NDArray[np.float32], geometry: Geometry, header: SeriesHeader) -> list[bytes]:
    """Return one Part 10 file per slice.

    Parameters
    ----------
    image : float32 (K, J, I)
        Hounsfield units; rounded to whole numbers and clipped to -1024..31743.
    geometry : Geometry
        Its grid; rows, columns and slices must be orthogonal.
    header : SeriesHeader
        Names, dates and texts.

    Returns
    -------
    list of bytes
        Files in the order of k.
    """
    stored = np.clip(np.rint(image) - INTERCEPT_HU, 0, 32767).astype("<u2")
    return [_slice_file(stored[k], k, geometry, header) for k in range(stored.shape[0])]


def _slice_file(pixels: NDArray[np.uint16], k: int, geometry: Geometry, header: SeriesHeader) -> bytes:
    dataset = _identity(k, header)
    _place(dataset, k, geometry)
    dataset.SamplesPerPixel = 1
    dataset.PhotometricInterpretation = "MONOCHROME2"
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 16, 15, 0
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = INTERCEPT_HU, 1, "HU"
    dataset.WindowCenter, dataset.WindowWidth = 40, 400
    dataset.PixelData = pixels.tobytes()
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = uid_of("fiducial")
    dataset.file_meta = meta
    buffer = io.BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def _identity(k: int, header: SeriesHeader) -> Dataset:
    dataset = Dataset()
    key = (header.patient_id, header.description, header.study_date)
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.ImageType = ["DERIVED", "SECONDARY", "AXIAL"]
    dataset.SOPClassUID = CTImageStorage
    dataset.SOPInstanceUID = uid_of("instance", *key, k)
    dataset.StudyInstanceUID = uid_of("study", *key)
    dataset.SeriesInstanceUID = uid_of("series", *key)
    dataset.FrameOfReferenceUID = uid_of("frame", *key)
    dataset.PositionReferenceIndicator = ""
    dataset.StudyDate = dataset.SeriesDate = dataset.ContentDate = header.study_date
    dataset.StudyTime = dataset.SeriesTime = dataset.ContentTime = "090000"
    dataset.AccessionNumber = dataset.ReferringPhysicianName = ""
    dataset.Modality = header.modality
    dataset.Manufacturer = "Fiducial phantom"
    dataset.StudyDescription = dataset.SeriesDescription = header.description
    dataset.PatientName, dataset.PatientID = header.patient_name, header.patient_id
    dataset.PatientBirthDate = dataset.PatientSex = dataset.StudyID = ""
    dataset.KVP = None
    dataset.SeriesNumber, dataset.AcquisitionNumber, dataset.InstanceNumber = 1, 1, k + 1
    return dataset


def _place(dataset: Dataset, k: int, geometry: Geometry) -> None:
    step_k, step_j, step_i = geometry.spacing_mm
    affine = geometry.affine_lps
    dataset.ImagePositionPatient = [round(float(value), 6) for value in geometry.points_lps([[k, 0, 0]])[0]]
    dataset.ImageOrientationPatient = [
        round(float(value), 9) for value in (*(affine[:3, 2] / step_i), *(affine[:3, 1] / step_j))
    ]
    dataset.PixelSpacing = [step_j, step_i]
    dataset.SliceThickness = step_k
    dataset.SpacingBetweenSlices = step_k
