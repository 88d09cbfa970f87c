"""SEG written on images as scanners and anonymisers left them."""

import io
from collections import defaultdict
from pathlib import Path

import numpy as np
import pydicom
import pytest

from annotations.marks.dicom.segmentation import write_segmentations
from annotations.marks.frames import encode_labels
from annotations.marks.types import FrameKey, FrameLabels
from tests.annotations.marks.dicom.makers import IDENTITY, segment
from tests.annotations.marks.dicom.test_segmentation import assert_same_points, masks_by_dcmqi, points_lps

FOLDERS = [
    "ct/CRLM-CT-1006",
    "mr/UCSF-BR-06_DCE/dicom",
    "mr/STS_001_T2FS/dicom",
    "petct/STS_002/dicom",
    "projection",
    "multiframe_colour",
]
FRAMES_PER_INSTANCE = 3


def image_series(folder: Path) -> dict[str, list[pydicom.Dataset]]:
    """Return the image series of a folder, without pixels."""
    series = defaultdict(list)
    met = set()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            image = pydicom.dcmread(path, stop_before_pixels=True)
        except pydicom.errors.InvalidDicomError:
            continue
        uid = image.get("SOPInstanceUID")
        if "Rows" in image and uid and image.get("SeriesInstanceUID") and uid not in met:
            met.add(uid)
            series[image.SeriesInstanceUID].append(image)
    return series


def some_labels(image: pydicom.Dataset) -> list[FrameLabels]:
    """Return labels on the first frames of an image, different on each."""
    rng = np.random.default_rng(sum(str(image.SOPInstanceUID).encode()))
    frames = []
    for number in range(1, min(int(image.get("NumberOfFrames") or 1), FRAMES_PER_INSTANCE) + 1):
        plane = np.zeros((image.Rows, image.Columns), dtype=np.uint8)
        row, column = rng.integers(0, [image.Rows - 3, image.Columns - 4])
        plane[row : row + 3, column : column + 4] = 3
        plane[0, number] = 9
        key = FrameKey(str(image.SOPInstanceUID), number)
        frames.append(FrameLabels(key, image.Rows, image.Columns, encode_labels(plane)))
    return frames


@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
@pytest.mark.parametrize("folder", FOLDERS)
def test_every_marked_frame_is_written_once_and_names_its_source(shared_data, folder):
    series = image_series(shared_data / folder)
    assert series
    for images in series.values():
        frames = [frame for image in images for frame in some_labels(image)]
        written = write_segmentations(
            frames=frames,
            sources={str(image.SOPInstanceUID): image for image in images},
            groups=[],
            segments=[segment(3), segment(9, "Mass", "4147007")],
            identity=IDENTITY,
        )
        marked = [frame for one in written for frame in one.frames]
        assert sorted(marked) == sorted((frame.key.sop_instance_uid, frame.key.frame_number) for frame in frames)
        named = set()
        for one in written:
            seg = pydicom.dcmread(io.BytesIO(one.data))
            assert seg.StudyInstanceUID == images[0].StudyInstanceUID
            for item in seg.PerFrameFunctionalGroupsSequence:
                reference = item.DerivationImageSequence[0].SourceImageSequence[0]
                named.add((reference.ReferencedSOPInstanceUID, int(reference.get("ReferencedFrameNumber", 1))))
        assert named == set(marked)


@pytest.mark.filterwarnings("ignore::UserWarning:pydicom")
@pytest.mark.parametrize("folder", ["ct/CRLM-CT-1006", "mr/STS_001_T2FS/dicom"])
def test_dcmqi_finds_the_voxels_of_a_real_series_in_their_places(shared_data, folder, tmp_path):
    (images,) = image_series(shared_data / folder).values()
    labels = np.zeros((len(images), images[0].Rows, images[0].Columns), dtype=np.uint8)
    labels[3:9, 100:110, 40:55] = 3
    labels[5, 200, 300] = 9
    frames = [
        FrameLabels(FrameKey(str(image.SOPInstanceUID)), *plane.shape, encode_labels(plane))
        for image, plane in zip(images, labels, strict=True)
    ]
    (written,) = write_segmentations(
        frames=frames,
        sources={str(image.SOPInstanceUID): image for image in images},
        groups=[],
        segments=[segment(3), segment(9, "Mass", "4147007")],
        identity=IDENTITY,
    )
    found = masks_by_dcmqi(written, tmp_path)
    for value in (3, 9):
        assert_same_points(found[value], points_lps(labels == value, images))
