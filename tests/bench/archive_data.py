"""The images of the archive bench: one 200-slice CT of 512×512, and 2,000 small studies; the same bytes every time."""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from tests.studies.making import image

SLICES = 200
REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "ct" / "CRLM-CT-1006"
ROOT = "1.2.826.0.1.3680043.10.1471.8"
# One length each, so that a copy with other UIDs is made by exchanging bytes.
STUDY, SERIES, INSTANCE = f"{ROOT}.10000.1", f"{ROOT}.10000.2", f"{ROOT}.10000.3"


@dataclass(frozen=True)
class Ct:
    """The CT as files; `copy` numbers it anew."""

    files: list[bytes]
    study: str = STUDY
    series: str = SERIES
    headers: str = ""

    @property
    def instances(self) -> list[str]:
        """SOP Instance UIDs in order."""
        stem = self.series[:-1] + "3"
        return [f"{stem}.{1000 + number}" for number in range(len(self.files))]

    def copy(self, number: int) -> "Ct":
        """Return the same images under other UIDs."""
        old, new = f"{ROOT}.10000.".encode(), f"{ROOT}.{10000 + number}.".encode()
        files = [data.replace(old, new) for data in self.files]
        return Ct(files, STUDY.replace("10000", str(10000 + number)), SERIES.replace("10000", str(10000 + number)))


def make_ct(slices: int = SLICES) -> Ct:
    """Return the CT, with the headers and pixels of a real one where the folder of real images is at hand."""
    originals = sorted(REAL.glob("*.dcm"))
    if originals:
        sources = [dcmread(path) for path in originals]
        said = f"headers and pixels of {REAL.name}"
    else:
        sources = [_phantom(number) for number in range(50)]
        said = "synthetic headers and pixels"
    return Ct([_slice(sources[number % len(sources)], number) for number in range(slices)], headers=said)


def _slice(source: Dataset, number: int) -> bytes:
    """Return slice `number` as a file: the source's header, its pixels shifted so that no two files are alike."""
    ds = source.copy()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds.file_meta.MediaStorageSOPClassUID = CTImageStorage
    ds.StudyInstanceUID, ds.SeriesInstanceUID = STUDY, SERIES
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{INSTANCE}.{1000 + number}"
    ds.FrameOfReferenceUID = f"{ROOT}.10000.4"
    ds.InstanceNumber = number + 1
    ds.ImagePositionPatient = [-200.0, -200.0, -2.5 * number]
    ds.SliceLocation = -2.5 * number
    pixels = np.frombuffer(source.PixelData, "<i2").reshape(512, 512)
    ds.PixelData = np.roll(pixels, number, axis=1).tobytes()
    out = io.BytesIO()
    ds.save_as(out, enforce_file_format=True)
    return out.getvalue()


def _phantom(number: int) -> Dataset:
    """Return a slice with as many elements as a real CT has."""
    chance = np.random.default_rng(number)
    rows, columns = np.mgrid[:512, :512]
    body = np.where((rows - 256) ** 2 + (columns - 256) ** 2 < 200**2, 40, -1000)
    pixels = (body + chance.normal(0, 12, (512, 512))).astype("<i2")
    extra = {
        "Manufacturer": "Maker", "InstitutionName": "Institution", "StationName": "CT1", "KVP": "120",
        "StudyDescription": "Abdomen", "SeriesDescription": "Venous", "ManufacturerModelName": "Model",
        "SliceThickness": "2.5", "ExposureTime": "800", "XRayTubeCurrent": "300", "ConvolutionKernel": "STANDARD",
        "PatientPosition": "HFS", "WindowCenter": "40", "WindowWidth": "400", "ImageType": ["ORIGINAL", "PRIMARY"],
        "AccessionNumber": "A1", "ReferringPhysicianName": "Doe^John", "ProtocolName": "5.1 Abdomen",
    }  # fmt: skip
    return image(Rows=512, Columns=512, RescaleIntercept="0", RescaleSlope="1", PixelData=pixels.tobytes(), **extra)


def small_studies(count: int) -> Iterator[bytes]:
    """Yield studies of one image of 128×128 each."""
    pixels = np.random.default_rng(1).integers(-1000, 1000, (128, 128)).astype("<i2").tobytes()
    for number in range(count):
        ds = image(
            Rows=128,
            Columns=128,
            PixelData=pixels,
            StudyInstanceUID=f"{ROOT}.7.{number}",
            SeriesInstanceUID=f"{ROOT}.7.{number}.1",
            SOPInstanceUID=f"{ROOT}.7.{number}.1.1",
            PatientID=f"S{number // 2:05d}",
            PatientName=f"Family{number % 97}^Given{number % 31}",
            StudyDate=f"20{10 + number % 12:02d}{1 + number % 12:02d}{1 + number % 28:02d}",
            AccessionNumber=f"A{number:06d}",
            StudyDescription=("Chest", "Head", "Abdomen")[number % 3],
            StudyID=str(number),
        )
        ds.file_meta.MediaStorageSOPClassUID = CTImageStorage
        ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID
        out = io.BytesIO()
        ds.save_as(out, enforce_file_format=True)
        yield out.getvalue()
