"""DICOM SEG written here, read back by highdicom, and by dcmqi with SimpleITK."""

import io
import subprocess
import sys
from pathlib import Path

import highdicom
import numpy as np
import pydicom
import pytest
import SimpleITK as sitk  # noqa: N813  (its own documentation's name)

from annotations.marks.dicom.segmentation import write_segmentations
from annotations.marks.dicom.types import Made
from annotations.marks.frames import encode_labels
from annotations.marks.types import FrameKey, FrameLabels
from tests.annotations.marks.dicom.makers import (
    IDENTITY,
    ct_series,
    frames_from,
    group_of,
    oblique,
    segment,
    sources_of,
)

SEGIMAGE2ITK = Path(sys.executable).parent / "segimage2itkimage"


def blobs(shape, seed=5):
    """Return labels 3 and 9 on a part of the slices, never symmetric."""
    rng = np.random.default_rng(seed)
    labels = np.zeros(shape, dtype=np.uint8)
    k, j, i = shape
    labels[1 : k - 1, 1 : j // 2, 2 : i - 1] = 3
    labels[k // 2, j // 2 :, : i // 3] = 9
    labels[(rng.random(shape) > 0.9) & (labels == 0) & (np.arange(k) > 0)[:, None, None]] = 9
    return labels


def write(labels, images, **more):
    """Write labels on images as SEGs with labels 3 and 9 described."""
    more.setdefault("groups", group_of(images))
    return write_segmentations(
        frames=more.pop("frames", None) or frames_from(labels, images),
        sources=sources_of(images),
        segments=[segment(3), segment(9, "Mass", "4147007")],
        identity=IDENTITY,
        **more,
    )


def masks_by_highdicom(written, images):
    """Return label value → boolean array (k, j, i) in the order of `images`, found by reference."""
    seg = highdicom.seg.segread(io.BytesIO(written.data))
    pixels = seg.get_pixels_by_source_instance(
        source_sop_instance_uids=[image.SOPInstanceUID for image in images],
        ignore_spatial_locations=True,
        assert_missing_frames_are_empty=True,
    )
    return {value: pixels[..., index].astype(bool) for index, value in enumerate(written.segments)}


def points_lps(mask, images):
    """Return the centres (LPS mm) of marked pixels, straight from the images' own attributes: the slow reference."""
    points = []
    for plane, image in zip(mask, images, strict=True):
        position = np.array([float(v) for v in image.ImagePositionPatient])
        orientation = np.array([float(v) for v in image.ImageOrientationPatient])
        down, across = (float(v) for v in image.PixelSpacing)
        for j, i in np.argwhere(plane):
            points.append(position + orientation[:3] * across * i + orientation[3:] * down * j)
    return np.array(points)


def masks_by_dcmqi(written, folder):
    """Return label value → centres (LPS mm) of marked voxels as dcmqi and SimpleITK see them."""
    path = folder / "seg.dcm"
    path.write_bytes(written.data)
    subprocess.run(
        [str(SEGIMAGE2ITK), "--inputDICOM", str(path), "--outputDirectory", str(folder), "--outputType", "nrrd"],
        check=True,
        capture_output=True,
    )
    found = {}
    for index, value in enumerate(written.segments, start=1):
        image = sitk.ReadImage(str(folder / f"{index}.nrrd"))
        voxels = sitk.GetArrayFromImage(image)
        found[value] = np.array(
            [image.TransformContinuousIndexToPhysicalPoint([float(v) for v in at[::-1]]) for at in np.argwhere(voxels)]
        )
    return found


def assert_same_points(one, other):
    """Compare two sets of points to a hundredth of a millimetre."""
    assert one.shape == other.shape
    order = [np.lexsort(np.round(points, 2).T) for points in (one, other)]
    np.testing.assert_allclose(one[order[0]], other[order[1]], atol=1e-2)


CASES = {
    "axial": ct_series((6, 12, 10)),
    "anisotropic": ct_series((5, 14, 9), spacing=(5.0, 0.7, 0.9)),
    "oblique": ct_series((6, 11, 13), spacing=(2.5, 0.8, 1.1), axes=oblique()),
    "not square": ct_series((4, 7, 19), spacing=(1.5, 1.0, 0.5)),
    "sagittal": ct_series((5, 9, 8), axes=((0.0, 1.0, 0.0), (0.0, 0.0, -1.0))),
}


@pytest.mark.parametrize("name", CASES)
def test_other_readers_find_every_voxel_in_its_place(name, tmp_path):
    images = CASES[name]
    labels = blobs((len(images), images[0].Rows, images[0].Columns))
    (written,) = write(labels, images)
    assert list(written.segments) == [3, 9]
    again = masks_by_highdicom(written, images)
    by_dcmqi = masks_by_dcmqi(written, tmp_path)
    for value in (3, 9):
        np.testing.assert_array_equal(again[value], labels == value)
        assert_same_points(by_dcmqi[value], points_lps(labels == value, images))


def test_order_of_images_and_frames_does_not_matter(tmp_path):
    images = ct_series((6, 12, 10), axes=oblique())
    labels = blobs((6, 12, 10))
    frames = frames_from(labels, images)
    shuffled = [frames[index] for index in np.random.default_rng(1).permutation(len(frames))]
    (written,) = write(labels, images)
    (again,) = write(labels, images, frames=shuffled)
    assert written.data == again.data
    (unordered,) = write(labels, images, frames=shuffled, groups=[])
    assert_same_points(masks_by_dcmqi(unordered, tmp_path)[3], points_lps(labels == 3, images))


def test_one_voxel_of_one_label_makes_one_segment(tmp_path):
    images = ct_series((5, 8, 9), spacing=(3.0, 0.5, 0.5))
    labels = np.zeros((5, 8, 9), dtype=np.uint8)
    labels[3, 7, 0] = 9
    (written,) = write(labels, images)
    assert list(written.segments) == [9]
    seg = pydicom.dcmread(io.BytesIO(written.data))
    assert seg.NumberOfFrames == 1
    assert [item.SegmentLabel for item in seg.SegmentSequence] == ["Mass"]
    assert_same_points(masks_by_dcmqi(written, tmp_path)[9], points_lps(labels == 9, images))


def test_no_voxels_make_no_segmentation():
    images = ct_series((3, 4, 4))
    empty = [FrameLabels(FrameKey(str(images[0].SOPInstanceUID)), 4, 4, b"")]
    assert write(np.zeros((3, 4, 4), np.uint8), images, frames=empty) == []


def test_writing_twice_gives_the_same_bytes_and_nothing_from_the_clock():
    images = ct_series((4, 6, 6))
    (one,) = write(blobs((4, 6, 6)), images)
    (two,) = write(blobs((4, 6, 6)), images)
    assert one.data == two.data
    seg = pydicom.dcmread(io.BytesIO(one.data))
    assert (seg.ContentDate, seg.SeriesDate, seg.InstanceCreationDate) == ("20240506",) * 3
    assert seg.ContentTime.startswith("070809")
    made_up = [e for e in seg.iterall() if e.VR == "UI" and str(e.value).startswith("1.2.826.0.1.3680043.10.511")]
    assert not made_up, "highdicom's random UIDs are left"
    assert seg.SOPInstanceUID.startswith("2.25.")


def test_layers_that_overlap_make_overlapping_segments():
    images = ct_series((2, 6, 6))
    lower, upper = np.zeros((2, 2, 6, 6), dtype=np.uint8)
    lower[:, 1:5, 1:5] = 3
    upper[1, 2:4, 2:4] = 9
    frames = frames_from(lower, images) + frames_from(upper, images, layer=1)
    (written,) = write(lower, images, frames=frames)
    again = masks_by_highdicom(written, images)
    np.testing.assert_array_equal(again[3], lower == 3)
    np.testing.assert_array_equal(again[9], upper == 9)
    assert pydicom.dcmread(io.BytesIO(written.data)).SegmentsOverlap == "YES"


def test_segments_say_what_made_them():
    images = ct_series((2, 6, 6))
    labels = np.full((2, 6, 6), 3, dtype=np.uint8)
    labels[0, 0] = 9
    (written,) = write_segmentations(
        frames=frames_from(labels, images),
        sources=sources_of(images),
        groups=group_of(images),
        segments=[
            segment(3),
            segment(
                9, "Mass", "4147007", made=Made.SEMIAUTOMATIC, algorithm="phantom", algorithm_version="2", by_model=True
            ),
        ],
        identity=IDENTITY,
    )
    seg = pydicom.dcmread(io.BytesIO(written.data))
    first, second = seg.SegmentSequence
    assert (first.SegmentAlgorithmType, second.SegmentAlgorithmType) == ("MANUAL", "SEMIAUTOMATIC")
    identified = second.SegmentationAlgorithmIdentificationSequence[0]
    assert (identified.AlgorithmName, identified.AlgorithmVersion) == ("phantom", "2")
    assert first.SegmentedPropertyTypeCodeSequence[0].CodeValue == "10200004"
    assert (str(seg.ContentCreatorName), seg.PatientID) == ("Reader 1^", "P1")
    assert len({item.TrackingUID for item in seg.SegmentSequence}) == 2


def test_a_series_that_is_no_volume_is_written_in_parts():
    """Mixed orientation, a repeated position and two time points: every frame once, at its own place."""
    axial = ct_series((3, 6, 6))
    sagittal = ct_series((2, 6, 6), axes=((0.0, 1.0, 0.0), (0.0, 0.0, -1.0)))
    late = ct_series((3, 6, 6))
    images = axial + sagittal + late
    for number, image in enumerate(images):
        image.SOPInstanceUID = f"1.2.3.4.{number + 1}"
    labels = np.zeros((8, 6, 6), dtype=np.uint8)
    labels[:, 2, 3] = 3
    labels[6, 0, 0] = 9
    groups = [[(str(image.SOPInstanceUID), 1) for image in part] for part in (axial, sagittal, late)]
    written = write(labels, images, groups=groups)
    assert [[uid for uid, _ in one.frames] for one in written] == [[uid for uid, _ in group] for group in groups]
    assert len({one.sop_instance_uid for one in written}) == 3
    assert len({one.series_instance_uid for one in written}) == 1
    for one, part, rows in zip(written, (axial, sagittal, late), (slice(0, 3), slice(3, 5), slice(5, 8)), strict=True):
        np.testing.assert_array_equal(masks_by_highdicom(one, part)[3], labels[rows] == 3)
    without_groups = write(labels, images, groups=[])
    assert sorted(len(one.frames) for one in without_groups) == [2, 3, 3]


def test_a_projection_without_a_place_in_the_patient():
    (image,) = ct_series((1, 8, 5))
    image.SOPClassUID = pydicom.uid.DigitalXRayImageStorageForPresentation
    image.Modality = "DX"
    for name in ("FrameOfReferenceUID", "ImagePositionPatient", "ImageOrientationPatient"):
        delattr(image, name)
    labels = np.zeros((1, 8, 5), dtype=np.uint8)
    labels[0, 6, 1:3] = 3
    (written,) = write(labels, [image])
    np.testing.assert_array_equal(masks_by_highdicom(written, [image])[3], labels == 3)


def test_each_frame_of_a_loop_names_its_frame():
    (image,) = ct_series((1, 8, 5))
    image.SOPClassUID = pydicom.uid.UltrasoundMultiFrameImageStorage
    image.Modality, image.NumberOfFrames = "US", 4
    for name in ("FrameOfReferenceUID", "ImagePositionPatient", "ImageOrientationPatient"):
        delattr(image, name)
    plane = np.zeros((8, 5), dtype=np.uint8)
    plane[1, 1:4] = 3
    frames = [FrameLabels(FrameKey(str(image.SOPInstanceUID), number), 8, 5, encode_labels(plane)) for number in (2, 4)]
    written = write(plane[None], [image], frames=frames)
    numbers = []
    for one in written:
        seg = pydicom.dcmread(io.BytesIO(one.data))
        np.testing.assert_array_equal(seg.pixel_array.reshape(8, 5), plane == 3)
        reference = seg.PerFrameFunctionalGroupsSequence[0].DerivationImageSequence[0].SourceImageSequence[0]
        assert reference.ReferencedSOPInstanceUID == image.SOPInstanceUID
        numbers.append(reference.ReferencedFrameNumber)
    assert numbers == [2, 4]


def test_odd_headers_of_source_images_do_not_stop_the_writing():
    images = ct_series((2, 6, 6))
    for image in images:
        image.PatientName, image.PatientSex = "CRLM-CT-1006", "unknown"
        with pydicom.config.disable_value_validation():
            image.StudyDate, image.StudyTime, image.PatientBirthDate = "last week", "noon", "1950"
    labels = np.full((2, 6, 6), 3, dtype=np.uint8)
    (written,) = write(labels, images)
    seg = pydicom.dcmread(io.BytesIO(written.data))
    assert (seg.PatientName, seg.StudyDate, seg.PatientSex) == ("CRLM-CT-1006", "", "")
