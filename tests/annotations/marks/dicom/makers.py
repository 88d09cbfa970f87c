"""DICOM images and labels made by code."""

import datetime

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from annotations.marks.dicom.types import Code, Identity, Made, Segment
from annotations.marks.frames import encode_labels
from annotations.marks.types import FrameKey, FrameLabels

STUDY = "1.2.826.0.1.3680043.8.498.1"
AXIAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
ANATOMY = Code("SCT", "123037004", "Anatomical Structure")
IDENTITY = Identity(
    mark_set=__import__("uuid").UUID("11111111-2222-3333-4444-555555555555"),
    revision=7,
    at=datetime.datetime(2024, 5, 6, 7, 8, 9, 123, tzinfo=datetime.UTC),
    creator="Reader 1^",
    description="Reader 1",
    software_version="0.1.0",
)


def segment(value, name="Liver", code="10200004", **more):
    """Describe a label."""
    return Segment(value=value, name=name, category=ANATOMY, type=Code("SCT", code, name), colour="#dd8866", **more)


def oblique():
    """Return row and column direction cosines turned about two axes."""
    a, b = np.deg2rad(17.0), np.deg2rad(-31.0)
    turn_z = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    turn_x = np.array([[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]])
    turned = turn_z @ turn_x
    return tuple(turned[:, 0]), tuple(turned[:, 1])


def ct_series(shape, *, spacing=(1.0, 1.0, 1.0), axes=AXIAL, origin=(-20.0, 30.0, -40.0), series="1.2.3.4"):
    """Return single-frame CT datasets without pixels; `shape` and `spacing` are (k, j, i)."""
    row, column = np.array(axes[0]), np.array(axes[1])
    normal = np.cross(row, column)
    images = []
    for k in range(shape[0]):
        image = Dataset()
        image.file_meta = FileMetaDataset()
        image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        image.SOPClassUID = CTImageStorage
        image.SOPInstanceUID = f"{series}.{k + 1}"
        image.StudyInstanceUID, image.SeriesInstanceUID = STUDY, series
        image.FrameOfReferenceUID = "1.2.3.9"
        image.Modality, image.PatientID, image.PatientName = "CT", "P1", "Doe^Jane"
        image.Rows, image.Columns = shape[1:]
        image.PixelSpacing = [spacing[1], spacing[2]]
        image.SliceThickness = spacing[0]
        image.ImageOrientationPatient = [f"{float(value):.12g}" for value in (*row, *column)]
        image.ImagePositionPatient = [f"{float(v):.12g}" for v in np.array(origin) + k * spacing[0] * normal]
        image.InstanceNumber = k + 1
        images.append(image)
    return images


def frames_from(labels, images, *, layer=0):
    """Return label frames of an array (k, j, i) on a series; empty ones are left out."""
    return [
        FrameLabels(FrameKey(str(image.SOPInstanceUID), 1, layer), *plane.shape, encode_labels(plane))
        for plane, image in zip(labels, images, strict=True)
        if plane.any()
    ]


def sources_of(images):
    """Return images by their UID."""
    return {str(image.SOPInstanceUID): image for image in images}


def group_of(images):
    """Return the one volume that all images make."""
    return [[(str(image.SOPInstanceUID), 1) for image in images]]


__all__ = ["IDENTITY", "Made", "ct_series", "frames_from", "group_of", "oblique", "segment", "sources_of"]
