"""Segmentations and contours against the label volumes that others made of them."""

import io
import warnings

import highdicom
import numpy as np
import pytest
import SimpleITK
from pydicom import dcmread
from pydicom.uid import generate_uid

from studies.derived.masks import frame_masks, label_layers, volume_planes
from studies.models import DerivedObject, Instance, Series, Volume
from studies.types import LinkKind, SeriesKind


def labels(path) -> np.ndarray:
    """Return a label volume (K, J, I)."""
    return SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path)))


def only_derived() -> DerivedObject:
    return DerivedObject.objects.select_related("instance__series").get()


def test_a_binary_segmentation_is_the_label_volume_it_was_made_of(shared_data, bring_in, administrator) -> None:
    folder = shared_data / "seg/dcmqi"
    bring_in(administrator, [*sorted((folder / "ct-3slice").iterdir()), folder / "liver.dcm"])
    derived = only_derived()
    (segment,) = derived.summary["segments"]
    assert (segment["label"], segment["voxels"], segment["frames"]) == ("Liver", 36233 + 35645 + 35220, 3)
    assert derived.instance.series.kind == SeriesKind.SEGMENTATION
    (link,) = derived.links.all()
    assert (link.how, link.matched, link.referenced) == (LinkKind.BY_REFERENCE, 3, 3)
    volume = Volume.objects.get(series=link.series)
    (found,) = label_layers(derived.instance, volume)
    assert np.array_equal(found, labels(folder / "liver_seg.nrrd"))
    assert [int(plane.sum()) for plane in found] == [36233, 35645, 35220]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = highdicom.seg.segread(str(folder / "liver.dcm"))
        uids = [uid for uid, _ in volume.frames]
        pixels = theirs.get_pixels_by_source_instance(uids, combine_segments=True, ignore_spatial_locations=True)
    assert np.array_equal(found, pixels)


def test_overlapping_segments_come_in_layers(shared_data, bring_in, administrator) -> None:
    folder = shared_data / "seg/dcmqi"
    bring_in(administrator, [*sorted((folder / "ct-3slice").iterdir()), folder / "partial_overlaps.dcm"])
    derived = only_derived()
    counts = {segment["number"]: segment["voxels"] for segment in derived.summary["segments"]}
    assert counts == {1: 9602, 2: 11888, 3: 10743, 4: 6693, 5: 4713}
    layers = label_layers(derived.instance, Volume.objects.get())
    assert len(layers) > 1
    theirs = [labels(folder / f"partial_overlaps-{number}.nrrd") for number in (1, 2, 3)]
    for number in counts:
        (mine,) = [layer == number for layer in layers if (layer == number).any()]
        (other,) = [volume == number for volume in theirs if (volume == number).any()]
        assert np.array_equal(mine, other)


@pytest.mark.parametrize("size", ["23x38x3", "24x38x3"])
def test_bits_that_cross_bytes(shared_data, bring_in, administrator, size) -> None:
    folder = shared_data / "seg/dcmqi" / size
    files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != ".nrrd"]
    bring_in(administrator, files)
    derived = only_derived()
    truth = labels(folder / "nrrd/label.nrrd")
    assert derived.summary["segments"][0]["voxels"] == int((truth > 0).sum())
    images = [volume for volume in Volume.objects.all() if volume.geometry]
    assert len(images) == 2  # three single slices, and the same as one enhanced image
    for volume in images:
        (found,) = label_layers(derived.instance, volume)
        linked = derived.links.filter(series=volume.series, how=LinkKind.BY_REFERENCE).exists()
        if linked or volume.frames[0][0] != volume.frames[1][0]:
            assert np.array_equal(found, truth)


@pytest.mark.parametrize("name", ["noppv", "ppv5"])
def test_a_label_map_with_gaps(shared_data, bring_in, administrator, name) -> None:
    folder = shared_data / "seg/dcmqi"
    images = sorted(path for path in (folder / "24x38x3").rglob("*") if path.is_file())
    images = [path for path in images if "nrrd" not in str(path) and "seg" not in path.parent.name]
    bring_in(administrator, [*images, folder / f"sparse-labelmap-{name}.dcm"])
    derived = only_derived()
    assert derived.summary["type"] == "LABELMAP"
    assert [(s["number"], s["voxels"]) for s in derived.summary["segments"]] == [(1, 630)]
    assert derived.findings == []
    truth = labels(folder / f"sparse_labelmap_{name}_seg.nrrd")
    series = derived.links.get(how=LinkKind.BY_REFERENCE).series
    (found,) = label_layers(derived.instance, Volume.objects.get(series=series))
    assert np.array_equal(found, np.where(truth == 5, 0, truth))  # 5 is padding: it says nothing


def test_every_compression_of_one_segmentation_holds_the_same(shared_data, bring_in, administrator) -> None:
    folder = shared_data / "seg/pydicom_compressed"
    counts = {}
    for path in sorted(folder.iterdir()):
        Series.objects.all().delete()  # several bear the same UIDs
        assert bring_in(administrator, [path]).accepted == 1, path.name
        derived = only_derived()
        assert derived.findings == [], path.name
        counts[path.stem] = derived.summary["segments"][0]["voxels"]
    whole = {counts[name] for name in ("liver_deflate", "liver_j2k", "liver_rle")}
    assert whole == {107098}
    assert counts["liver_1frame"] == counts["liver_expb_1frame"] == 36233
    odd = {value for name, value in counts.items() if "nonbyte" in name}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain = dcmread(folder / "liver_nonbyte_aligned.dcm").pixel_array
    assert odd == {int(plain.sum())}


def test_shares_drawn_on_subtracted_times(shared_data, bring_in, administrator) -> None:
    folder = shared_data / "mr/UCSF-BR-06_DCE"
    bring_in(administrator, folder)
    derived = only_derived()
    (segment,) = derived.summary["segments"]
    assert (derived.summary["type"], segment["frames"], segment["voxels"]) == ("FRACTIONAL", 42, 82527)
    assert segment["volume_ml"] == pytest.approx(81.60, abs=0.005)
    for volume in Volume.objects.filter(geometry__isnull=False):
        (found,) = label_layers(derived.instance, volume)
        assert int(found.sum()) == 82527
        assert int((found.sum(axis=(1, 2)) > 0).sum()) == 42


def test_without_references_a_segmentation_is_found_by_its_place(shared_data, bring_in, administrator) -> None:
    folder = shared_data / "mr/UCSF-BR-06_DCE"
    ds = dcmread(folder / "seg/1-1.dcm")
    del ds.SourceImageSequence
    bring_in(administrator, [ds])
    assert [link.how for link in only_derived().links.all()] == [LinkKind.UNLINKED]
    bring_in(administrator, folder / "dicom")
    (link,) = only_derived().links.all()
    assert (link.how, link.matched, link.referenced) == (LinkKind.BY_GEOMETRY, 42, 42)
    assert link.detail["times"] == 3
    masks = list(frame_masks(only_derived().instance, volume_planes(Volume.objects.order_by("index")[1])))
    assert len(masks) == 42
    assert sum(int(found.mask.sum()) for found in masks) == 82527


def test_contours_are_the_expert_mask(shared_data, bring_in, administrator) -> None:
    folder = shared_data / "petct/STS_002"
    bring_in(administrator, folder / "dicom")
    expected = {"CT": ("CT", 17090, 53.30), "PET": ("PT", 555, 54.28), "MR_T1": ("MR", 17090, 53.29)}
    for name, (modality, voxels, volume_ml) in expected.items():
        series = Series.objects.get(modality=modality)
        (link,) = series.derived_links.all()  # the one that names it, though none of its images: those were left out
        assert (link.how, link.matched, link.referenced) == (LinkKind.BY_GEOMETRY, 16, 16)
        (roi,) = link.detail["rois"]
        assert (roi["voxels"], roi["planes"]) == (voxels, 16)
        assert roi["volume_ml"] == pytest.approx(volume_ml, abs=0.005)
        (found,) = label_layers(link.derived.instance, Volume.objects.get(series=series))
        truth = labels(folder / f"nifti/{name}_mask.nii.gz") > 0
        assert np.array_equal(found > 0, truth)  # Dice 1


@pytest.mark.parametrize(
    ("folder", "contours", "references"),
    [("mr/STS_001_T2FS", [20, 32], 40), ("pet/STS_001_FDG", [32, 43], 267)],
)
def test_contours_whose_references_hold(shared_data, bring_in, administrator, folder, contours, references) -> None:
    bring_in(administrator, shared_data / folder)
    derived = only_derived()
    assert [(roi["name"], roi["contours"]) for roi in derived.summary["rois"]] == list(
        zip(["GTV_Mass", "GTV_Edema"], contours, strict=True)
    )
    (link,) = derived.links.all()
    assert (link.how, link.matched, link.referenced) == (LinkKind.BY_REFERENCE, references, references)
    assert all(roi["volume_ml"] > 300 for roi in link.detail["rois"])
    layers = label_layers(derived.instance, Volume.objects.get(series=link.series))
    counts = {roi["number"]: roi["voxels"] for roi in link.detail["rois"]}
    assert {n: sum(int((layer == n).sum()) for layer in layers) for n in counts} == counts
    area = sum(_area_mm2(contour) for contour in _contours(derived.instance, 1))
    volume = area * Volume.objects.get(series=link.series).geometry["affine_lps"][2][0] / 1000
    assert link.detail["rois"][0]["volume_ml"] == pytest.approx(abs(volume), rel=0.02)


def _contours(instance: Instance, number: int) -> list[np.ndarray]:
    ds = dcmread(io.BytesIO(_bytes(instance)))
    roi = next(item for item in ds.ROIContourSequence if item.ReferencedROINumber == number)
    return [np.array(contour.ContourData, float).reshape(-1, 3) for contour in roi.ContourSequence]


def _area_mm2(points: np.ndarray) -> float:
    return float(np.linalg.norm(np.cross(points, np.roll(points, -1, axis=0)).sum(axis=0))) / 2


def _bytes(instance: Instance) -> bytes:
    from studies.pixels import stored_file

    with stored_file(instance) as file:
        return file.read()


def test_images_may_come_after_and_in_parts(shared_data, bring_in, administrator) -> None:
    folder = shared_data / "seg/dcmqi"
    bring_in(administrator, [folder / "liver.dcm"])
    link = only_derived().links.get()
    assert (link.how, link.series, link.referenced) == (LinkKind.UNLINKED, None, 3)
    images = sorted((folder / "ct-3slice").iterdir())
    bring_in(administrator, images[:2])
    link = only_derived().links.get()
    assert (link.how, link.matched, link.referenced) == (LinkKind.BY_REFERENCE, 2, 3)
    bring_in(administrator, images[2:])
    link = only_derived().links.get()
    assert (link.how, link.matched, link.referenced) == (LinkKind.BY_REFERENCE, 3, 3)


def test_another_patients_images_in_the_same_place_are_not_taken(shared_data, bring_in, administrator) -> None:
    ds = dcmread(shared_data / "mr/UCSF-BR-06_DCE/seg/1-1.dcm")
    del ds.SourceImageSequence
    ds.StudyInstanceUID = generate_uid()
    ds.FrameOfReferenceUID = generate_uid()
    bring_in(administrator, [ds])
    bring_in(administrator, sorted((shared_data / "mr/UCSF-BR-06_DCE/dicom").iterdir())[:60])
    assert [link.how for link in only_derived().links.all()] == [LinkKind.UNLINKED]
