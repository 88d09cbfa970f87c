"""Research volumes against nibabel and SimpleITK: values, places and labels as they were in the file."""

import gzip
import io
import subprocess
import sys
from pathlib import Path

import highdicom
import nibabel
import numpy as np
import pytest
import SimpleITK

from ai.types import KJI_FROM_IJK, LPS_FROM_RAS, Geometry
from studies.derived.masks import label_layers
from studies.derived.placing import grid_map
from studies.models import DerivedObject, Import, ImportedFile, Instance, Series, SetAsideFile, Study, Volume
from studies.pixels import header_of, read_volume, stored_file
from studies.services import close_import, open_import, store_file
from studies.types import Finding, LinkKind, Origin, Outcome, SetAsideReason


@pytest.fixture
def bring_paths(db):
    """Return a function that imports files under the paths they have, and closes the import."""

    def bring(user, files: dict[str, bytes], *, close: bool = True):
        batch = open_import(actor=user, source="test")
        outcomes = {}
        for path, content in files.items():
            (outcomes[path],) = store_file(batch=batch, path=path, file=io.BytesIO(content))
        if close:
            close_import(actor=user, batch=batch)
        batch.refresh_from_db()
        return outcomes, batch

    return bring


def files(root: Path, *names: str) -> dict[str, bytes]:
    """Return files by their paths below the data folder."""
    return {name: (root / name).read_bytes() for name in names}


def read_here(path: Path) -> tuple[np.ndarray, Geometry]:
    """Return values (T, K, J, I) and the grid of a volume, by nibabel or SimpleITK."""
    if ".nii" in path.name:
        image = nibabel.load(path)
        values = np.asarray(image.get_fdata(), dtype=np.float64)
        values = values[..., None] if values.ndim == 3 else values
        affine = LPS_FROM_RAS @ image.affine @ KJI_FROM_IJK
        return values.transpose(3, 2, 1, 0), Geometry(values.shape[2::-1], affine)
    image = SimpleITK.ReadImage(str(path))
    affine = np.eye(4)
    affine[:3, :3] = np.array(image.GetDirection()).reshape(3, 3) * np.array(image.GetSpacing())
    affine[:3, 3] = image.GetOrigin()
    values = SimpleITK.GetArrayFromImage(image).astype(np.float64)
    return values[None], Geometry(values.shape, affine @ KJI_FROM_IJK)


IMAGES = [
    "image_label/TotalSegmentator_ct/example_ct.nii.gz",
    "image_label/TotalSegmentator_mr/example_mr_sm.nii.gz",
    "image_label/nibabel/anatomical.nii",
    "image_label/nibabel/example4d.nii.gz",
    "image_label/nibabel/example_nifti2.nii.gz",
    "image_label/nibabel/standard.nii.gz",
    "image_label/pyradiomics/brain1_image.nrrd",
    "image_label/pyradiomics/breast1_image.nrrd",
    "image_label/pyradiomics/prostate_phantom_subvolume.nrrd",
    "paramap/dcmqi/pm-example-3slices-256x256.nrrd",
    "petct/STS_002/nifti/CT_image.nii.gz",
]


@pytest.mark.parametrize("name", IMAGES)
def test_values_and_places_are_those_of_the_file(shared_data, administrator, bring_paths, name) -> None:
    outcomes, _ = bring_paths(administrator, files(shared_data, name))
    assert outcomes[name].outcome == Outcome.ACCEPTED, outcomes
    values, grid = read_here(shared_data / name)
    volumes = list(Volume.objects.order_by("index"))
    assert len(volumes) == len(values)
    for volume, expected in zip(volumes, values, strict=True):
        assert volume.reasons == []
        mine, where = read_volume(volume)
        turn = grid_map(grid, where)  # left-handed files: DICOM sorts slices along the normal
        assert turn is not None
        assert np.array_equal(turn.put(expected), mine)
        corners = np.array([[k, j, i] for k in (0, 1) for j in (0, 1) for i in (0, 1)]) * (
            np.array(where.shape_kji) - 1
        )
        there = np.array([[*turn_index(turn, corner, grid.shape_kji)] for corner in corners], dtype=float)
        assert np.abs(where.points_lps(corners) - grid.points_lps(there)).max() < 1e-3
    instance = Instance.objects.first()
    assert instance.origin == Origin.CONVERTED
    assert instance.source_blob
    assert Path(name).name in header_of(instance)["00082111"]["Value"][0]


def turn_index(turn, corner, shape) -> list[int]:
    """Return the index in the file of a voxel of the series."""
    index = [0, 0, 0]
    for axis, flip, value in zip(turn.axes, turn.flips, corner, strict=True):
        index[axis] = shape[axis] - 1 - value if flip else value
    return index


def test_fractions_are_rounded_to_16_bits_and_it_is_said(shared_data, administrator, bring_paths) -> None:
    name = "petct/STS_002/nifti/PET_image.nii.gz"
    outcomes, _ = bring_paths(administrator, files(shared_data, name))
    codes = {finding["code"]: finding["detail"] for finding in outcomes[name].findings}
    assert set(codes) == {Finding.SCALED, Finding.ASSUMED_MODALITY}
    assert "0.000165" in codes[Finding.SCALED]
    assert set(codes) <= {finding["code"] for finding in Series.objects.get().findings}
    mine, _ = read_volume(Volume.objects.get())
    values, _ = read_here(shared_data / name)
    assert np.abs(mine - values[0]).max() <= 0.000166
    assert Series.objects.get().modality == "PT"


@pytest.mark.parametrize(
    ("image", "label", "volumes"),
    [
        ("pyradiomics/brain1_image.nrrd", "pyradiomics/brain1_label.nrrd", {1: (4137, 16.413)}),
        ("pyradiomics/breast1_image.nrrd", "pyradiomics/breast1_label.nrrd", {1: (143, 0.132)}),
        (
            "pyradiomics/prostate_phantom_subvolume.nrrd",
            "pyradiomics/prostate_phantom_subvolume-label.nrrd",
            {1: (168, None), 7: (170, None), 8: (2997, None), 9: (9088, None)},
        ),
    ],
)
@pytest.mark.parametrize("label_first", [False, True])
def test_a_label_map_finds_its_images(
    shared_data, administrator, bring_paths, image, label, volumes, label_first
) -> None:
    names = [f"image_label/{image}", f"image_label/{label}"]
    bring_paths(administrator, files(shared_data, *(reversed(names) if label_first else names)))
    assert Study.objects.count() == 1
    derived = DerivedObject.objects.get()
    found = {part["number"]: part for part in derived.summary["segments"]}
    assert {number: part["voxels"] for number, part in found.items()} == {n: count for n, (count, _) in volumes.items()}
    for number, (_, volume_ml) in volumes.items():
        if volume_ml is not None:
            assert found[number]["volume_ml"] == pytest.approx(volume_ml, abs=0.0006)
    link = derived.links.get()
    assert link.how == (LinkKind.BY_GEOMETRY if label_first else LinkKind.BY_REFERENCE)
    truth, grid = read_here(shared_data / "image_label" / label)
    volume = Volume.objects.get(series=link.series)
    (mine,) = label_layers(derived.instance, volume)
    turn = grid_map(grid, Geometry(mine.shape, np.array(volume.geometry["affine_lps"])))
    assert np.array_equal(mine, turn.put(truth[0]))


def test_many_labels_with_their_names(shared_data, administrator, bring_paths) -> None:
    folder = "image_label/TotalSegmentator_ct"
    names = [f"{folder}/{name}.nii.gz" for name in ("example_ct_sm", "example_seg", "tissue_types/torso_fat")]
    bring_paths(administrator, files(shared_data, *names))
    assert Study.objects.count() == 1  # the third has another subject by its folder, but lies on the images' grid
    objects = {one.instance.series.description: one for one in DerivedObject.objects.all()}
    many = objects["example_seg"].summary
    assert (many["type"], len(many["segments"])) == ("LABELMAP", 41)
    assert {part["number"]: part["label"] for part in many["segments"]}[5] == "liver"
    truth, _ = read_here(shared_data / names[1])
    (mine,) = label_layers(objects["example_seg"].instance, Volume.objects.get(series__modality="CT"))
    assert np.array_equal(mine, truth[0])
    assert objects["torso_fat"].summary["segments"][0]["voxels"] == 33969
    assert all(one.links.get().how == LinkKind.BY_REFERENCE for one in objects.values())


def test_a_label_map_onto_dicom_images(shared_data, administrator, bring_paths, bring_in) -> None:
    folder = shared_data / "seg/dcmqi"
    bring_in(administrator, folder / "ct-3slice")
    name = "seg/dcmqi/liver_seg.nrrd"
    bring_paths(administrator, files(shared_data, name))  # another import: found by its place
    link = DerivedObject.objects.get().links.get()
    assert (link.how, link.matched) == (LinkKind.BY_GEOMETRY, 3)
    (mine,) = label_layers(link.derived.instance, Volume.objects.get(series=link.series))
    assert [int(plane.sum()) for plane in mine] == [36233, 35645, 35220]


def test_bringing_it_in_again_changes_nothing(shared_data, administrator, bring_paths) -> None:
    names = ["image_label/pyradiomics/breast1_image.nrrd", "image_label/pyradiomics/breast1_label.nrrd"]
    first, _ = bring_paths(administrator, files(shared_data, *names))
    before = set(Instance.objects.values_list("sop_instance_uid", "sha256"))
    second, batch = bring_paths(administrator, files(shared_data, *reversed(names)))
    assert {outcome.outcome for outcome in second.values()} == {Outcome.DUPLICATE}
    assert {path: outcome.series_uid for path, outcome in second.items()} == {
        path: outcome.series_uid for path, outcome in first.items()
    }
    assert set(Instance.objects.values_list("sop_instance_uid", "sha256")) == before
    assert (batch.accepted, batch.set_aside) == (0, 0)
    assert ImportedFile.objects.filter(batch=batch, path=names[0], outcome=Outcome.DUPLICATE).count() == 1


def test_converting_twice_gives_the_same_bytes(shared_data, administrator, bring_paths) -> None:
    names = ["image_label/pyradiomics/breast1_image.nrrd", "image_label/pyradiomics/breast1_label.nrrd"]
    bring_paths(administrator, files(shared_data, *names))
    before = set(Instance.objects.values_list("sop_instance_uid", "sha256"))
    for model in (Study, Import):
        model.objects.all().delete()
    assert not Instance.objects.exists()
    bring_paths(administrator, files(shared_data, *names))
    assert set(Instance.objects.values_list("sop_instance_uid", "sha256")) == before


def nifti(values: np.ndarray, affine=None, **header) -> bytes:
    """Return a NIfTI-1 file."""
    image = nibabel.Nifti1Image(values, np.diag([2.0, 2, 3, 1]) if affine is None else affine)
    for name, value in header.items():
        image.header[name] = value
    return image.to_bytes()


def test_an_nnunet_folder(administrator, bring_paths) -> None:
    image = np.arange(4 * 5 * 6, dtype=np.int16).reshape(4, 5, 6)
    label = (image > 60).astype(np.uint8)
    described = b'{"channel_names": {"0": "T2", "1": "ADC"}, "labels": {"background": 0, "tumour": 1}}'
    outcomes, _ = bring_paths(
        administrator,
        {
            "set/dataset.json": described,
            "set/imagesTr/case_01_0000.nii.gz": gzip.compress(nifti(image), mtime=0),
            "set/imagesTr/case_01_0001.nii.gz": gzip.compress(nifti(image + 1), mtime=0),
            "set/imagesTr/case_02_0000.nii.gz": gzip.compress(nifti(image + 2), mtime=0),
            "set/labelsTr/case_01.nii.gz": gzip.compress(nifti(label), mtime=0),
            "set/labelsTr/case_02.nii.gz": gzip.compress(nifti(label), mtime=0),  # the same bytes, another patient
        },
    )
    studies = {name[4:]: outcome.study_uid for name, outcome in outcomes.items() if outcome.study_uid}
    assert studies["imagesTr/case_01_0000.nii.gz"] == studies["labelsTr/case_01.nii.gz"]
    assert studies["imagesTr/case_02_0000.nii.gz"] == studies["labelsTr/case_02.nii.gz"]
    assert len(set(studies.values())) == 2
    assert set(Series.objects.exclude(modality="SEG").values_list("modality", flat=True)) == {"MR"}
    for derived in DerivedObject.objects.all():
        assert [part["label"] for part in derived.summary["segments"]] == ["tumour"]
        assert derived.links.get().series.study == derived.instance.series.study
    assert set(Study.objects.values_list("patient_name", flat=True)) == {"case_01", "case_02"}


def turned(degrees: float, axis: int) -> np.ndarray:
    """Return a rotation about an axis."""
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    matrix = np.eye(3)
    a, b = [n for n in range(3) if n != axis]
    matrix[a, a] = matrix[b, b] = c
    matrix[a, b], matrix[b, a] = -s, s
    return matrix


@pytest.mark.parametrize("mirror", [1, -1])
def test_oblique_and_left_handed(administrator, bring_paths, mirror) -> None:
    affine = np.eye(4)
    affine[:3, :3] = turned(20, 0) @ turned(-35, 1) @ turned(70, 2) @ np.diag([mirror * 0.7, 1.1, 2.5])
    affine[:3, 3] = (-12.3456789, 45.678, 999.5)
    values = np.random.default_rng(4).integers(-1024, 3000, (7, 6, 5), dtype=np.int16)
    bring_paths(administrator, {"a.nii": nifti(values, affine)})
    mine, where = read_volume(Volume.objects.get())
    grid = Geometry.from_nifti(nibabel.Nifti1Image.from_bytes(nifti(values, affine)).affine, values.shape)
    turn = grid_map(grid, where)
    assert np.array_equal(turn.put(values.transpose(2, 1, 0)), mine)
    corner = np.array([[4.0, 5.0, 6.0]])
    there = np.array([turn_index(turn, corner[0], grid.shape_kji)])
    assert np.abs(where.points_lps(corner) - grid.points_lps(there)).max() < 1e-3


def sheared() -> np.ndarray:
    affine = np.diag([1.0, 1, 2, 1])
    affine[0, 2] = 0.8
    return affine


def padded(data: bytes, **fields) -> bytes:
    """Return a NIfTI file whose header claims something else."""
    image = nibabel.Nifti1Image.from_bytes(data)
    header = image.header.copy()
    header["vox_offset"] = 352
    for name, value in fields.items():
        header[name] = value
    return header.binaryblock + data[348:]


SMALL = np.arange(60, dtype=np.int16).reshape(3, 4, 5) * 40
RGB = np.zeros((3, 4, 5), dtype=[("R", "u1"), ("G", "u1"), ("B", "u1")])
NRRD = b"NRRD0004\ntype: short\ndimension: 3\nsizes: 3 4 5\nendian: little\nencoding: raw\n"
MHA = b"ObjectType = Image\nNDims = 3\nDimSize = 3 4 5\nElementType = MET_SHORT\n"
REFUSED = {
    "sheared.nii": (nifti(SMALL, sheared()), SetAsideReason.UNSUPPORTED, "sheared"),
    "colour.nii": (nifti(RGB), SetAsideReason.UNSUPPORTED, "colour"),
    "complex.nii": (nifti(SMALL.astype(np.complex64)), SetAsideReason.UNSUPPORTED, "complex"),
    "vectors.nii": (nifti(np.zeros((2, 2, 2, 1, 3), np.float32)), SetAsideReason.UNSUPPORTED, "per voxel"),
    "huge.nii": (padded(nifti(SMALL), dim=[3, 30000, 30000, 30000, 1, 1, 1, 1]), SetAsideReason.UNSUPPORTED, ""),
    "claims.nii": (padded(nifti(SMALL), dim=[3, 900, 900, 900, 1, 1, 1, 1]), SetAsideReason.TRUNCATED, "bytes"),
    "claims.nii.gz": (
        gzip.compress(padded(nifti(SMALL), dim=[3, 900, 900, 900, 1, 1, 1, 1])),
        SetAsideReason.TRUNCATED,
        "bytes",
    ),
    "cut.nii": (nifti(SMALL)[:-7], SetAsideReason.TRUNCATED, "bytes"),
    "cut.nii.gz": (gzip.compress(nifti(np.arange(5000, dtype=np.int16).reshape(10, 20, 25)))[:-900], None, ""),
    "bad.nii.gz": (b"\x1f\x8b\x08\x00" + b"nonsense" * 50, SetAsideReason.UNREADABLE, ""),
    "empty.nii": (b"", SetAsideReason.UNREADABLE, ""),
    "flat.nii": (padded(nifti(SMALL), srow_x=[0, 0, 0, 0]), None, ""),
    "negative.nii": (padded(nifti(SMALL), dim=[3, -3, 4, 5, 1, 1, 1, 1]), SetAsideReason.UNREADABLE, "size"),
    "a.nhdr": (NRRD + b"data file: a.raw\n\n", SetAsideReason.UNSUPPORTED, "has not come"),
    "text.nrrd": (NRRD.replace(b"raw", b"ascii") + b"\n1 2 3", SetAsideReason.UNSUPPORTED, "ascii"),
    "short.nrrd": (NRRD + b"\n" + b"\0" * 50, SetAsideReason.TRUNCATED, "120"),
    "headless.nrrd": (b"NRRD0004\ntype: short", SetAsideReason.TRUNCATED, "no end"),
    "a.mhd": (MHA + b"ElementDataFile = a.raw\n", SetAsideReason.UNSUPPORTED, "has not come"),
    "short.mha": (MHA + b"ElementDataFile = LOCAL\n\0\0", SetAsideReason.TRUNCATED, "120"),
    "nothing.mha": (b"\xff\xfe\x00binary", SetAsideReason.UNREADABLE, "MetaImage"),
    "empty_mask.nii": (nifti(np.zeros((3, 4, 5), np.uint8)), SetAsideReason.UNSUPPORTED, "without any label"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_taken_in_is_set_aside_with_a_reason(administrator, bring_paths, name) -> None:
    content, reason, word = REFUSED[name]
    outcomes, batch = bring_paths(administrator, {name: content})
    assert outcomes[name].outcome == Outcome.SET_ASIDE
    assert word in outcomes[name].detail
    assert reason in (None, outcomes[name].reason)
    assert (batch.set_aside, Instance.objects.count(), SetAsideFile.objects.count()) == (1, 0, 1)


@pytest.mark.parametrize("packing", ["raw", "gzip"])
def test_nrrd_and_metaimage_by_simpleitk(administrator, bring_paths, tmp_path, packing) -> None:
    values = np.random.default_rng(1).integers(-500, 500, (5, 4, 3), dtype=np.int16)
    image = SimpleITK.GetImageFromArray(values)
    image.SetSpacing((0.5, 0.75, 2.5))
    image.SetOrigin((-10.5, 20.25, 30.125))
    image.SetDirection((turned(30, 1) @ turned(12, 2)).ravel().tolist())
    for ending in ("nrrd", "mha"):
        Study.objects.all().delete()
        path = tmp_path / f"a.{ending}"
        SimpleITK.WriteImage(image, str(path), packing == "gzip")
        bring_paths(administrator, {path.name: path.read_bytes()})
        mine, where = read_volume(Volume.objects.get())
        expected, grid = read_here(path)
        assert np.array_equal(mine, grid_map(grid, where).put(expected[0]))
        assert np.abs(where.affine_lps - grid.affine_lps).max() < 1e-6


def test_numbers_that_are_none_and_wide_whole_numbers(administrator, bring_paths) -> None:
    odd = np.full((3, 4, 5), 7.0, np.float32)
    odd[0, 0, 0], odd[1, 1, 1] = np.nan, np.inf
    wide = np.arange(60, dtype=np.int32).reshape(3, 4, 5) + 1_000_000
    outcomes, _ = bring_paths(administrator, {"odd.nii": nifti(odd), "x/wide.nii": nifti(wide)})
    assert Finding.VALUES_REPLACED in {finding["code"] for finding in outcomes["odd.nii"].findings}
    assert {finding["code"] for finding in outcomes["x/wide.nii"].findings} == {Finding.ASSUMED_MODALITY}
    mine, _ = read_volume(Volume.objects.get(series__series_uid=outcomes["x/wide.nii"].series_uid))
    assert np.array_equal(mine, wide.transpose(2, 1, 0))  # shifted by a whole number: exact


def test_names_of_labels_in_a_file_that_says_them_badly(administrator, bring_paths) -> None:
    image = nibabel.Nifti1Image(np.zeros((4, 4, 4), np.int16), np.eye(4))
    said = b'<Label Key="1" Red="1"><![CDATA[liver]]></Label>' + b'<Label Key="1" ' * 50_000
    image.header.extensions.append(nibabel.nifti1.Nifti1Extension("comment", said))
    outcomes, _ = bring_paths(administrator, {"a.nii": image.to_bytes()})
    assert outcomes["a.nii"].outcome == Outcome.ACCEPTED


def test_a_file_with_no_place_says_so(administrator, bring_paths) -> None:
    image = nibabel.Nifti1Image(SMALL, None)
    image.header.set_zooms((2, 2, 3))
    outcomes, _ = bring_paths(administrator, {"a.nii": image.to_bytes()})
    assert Finding.ASSUMED_GEOMETRY in {finding["code"] for finding in outcomes["a.nii"].findings}


def test_slope_and_intercept_travel(administrator, bring_paths) -> None:
    image = nibabel.Nifti1Image(SMALL, np.diag([1.0, 1, 1, 1]))
    image.header.set_slope_inter(0.25, -10)
    data = image.to_bytes()
    truth = nibabel.Nifti1Image.from_bytes(data).get_fdata()
    bring_paths(administrator, {"a.nii": data})
    mine, _ = read_volume(Volume.objects.get())
    assert np.allclose(mine, truth.transpose(2, 1, 0), atol=1e-4)


@pytest.mark.parametrize("voxels_first", [False, True])
@pytest.mark.parametrize("ending", ["mhd", "nhdr"])
@pytest.mark.parametrize("packed", [False, True])
def test_header_and_voxels_in_two_files(administrator, bring_paths, tmp_path, ending, packed, voxels_first) -> None:
    values = np.random.default_rng(2).integers(-500, 500, (5, 4, 3), dtype=np.int16)
    image = SimpleITK.GetImageFromArray(values)
    image.SetOrigin((-10.5, 20.25, 30.125))
    SimpleITK.WriteImage(image, str(tmp_path / f"a.{ending}"), packed)
    names = sorted((path.name for path in tmp_path.iterdir()), key=lambda name: name.endswith(ending) == voxels_first)
    assert len(names) == 2
    _, batch = bring_paths(administrator, {f"case/{name}": (tmp_path / name).read_bytes() for name in names})
    mine, where = read_volume(Volume.objects.get())
    assert np.array_equal(mine, values)
    assert np.allclose(where.affine_lps[:3, 3], (-10.5, 20.25, 30.125))
    assert (batch.set_aside, batch.accepted) == (0, 5)
    assert not SetAsideFile.objects.filter(settled_at=None).exists()


def test_a_header_does_not_reach_into_other_folders(administrator, bring_paths) -> None:
    for name in (b"../secret.raw", b"/etc/passwd", b"LIST", b"a%03d.raw 1 9 1"):
        outcomes, _ = bring_paths(administrator, {"a.mhd": MHA + b"ElementDataFile = " + name + b"\n"})
        assert "another folder" in outcomes["a.mhd"].detail


@pytest.mark.parametrize(
    ("image", "label"),
    [
        ("pyradiomics/brain1_image.nrrd", "pyradiomics/brain1_label.nrrd"),  # BINARY
        (
            "pyradiomics/prostate_phantom_subvolume.nrrd",
            "pyradiomics/prostate_phantom_subvolume-label.nrrd",
        ),  # LABELMAP
    ],
)
@pytest.mark.parametrize("alone", [False, True])
def test_others_read_the_segmentations_that_are_made(
    shared_data, administrator, bring_paths, tmp_path, image, label, alone
) -> None:
    names = [f"image_label/{label}"] if alone else [f"image_label/{image}", f"image_label/{label}"]
    bring_paths(administrator, files(shared_data, *names))
    instance = DerivedObject.objects.get().instance
    path = tmp_path / "seg.dcm"
    with stored_file(instance) as file:
        path.write_bytes(file.read())
    truth, grid = read_here(shared_data / names[-1])
    present = [int(value) for value in np.unique(truth) if value]
    seg = highdicom.seg.segread(str(path))
    assert list(seg.segment_numbers) == present
    volume = seg.get_volume(combine_segments=True, rescale_fractional=False)
    affine = np.array(volume.affine)  # index (k, j, i) → LPS
    used = np.flatnonzero(truth[0].any(axis=(1, 2)))
    expected = truth[0][used[0] : used[-1] + 1]
    first, last = grid.points_lps([[used[0], 0, 0], [used[-1], 0, 0]])
    ours = np.asarray(volume.array)
    if np.linalg.norm(affine[:3, 3] - first) > np.linalg.norm(affine[:3, 3] - last):
        ours = ours[::-1]
    assert np.array_equal(ours, expected)
    tool = Path(sys.executable).parent / "segimage2itkimage"
    out = tmp_path / "out"
    out.mkdir()
    command = [tool, "--inputDICOM", path, "--outputDirectory", out, "--outputType", "nrrd"]
    subprocess.run(command, check=True, capture_output=True)
    counts = {}
    for made in out.glob("*.nrrd"):
        values = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(made)))
        counts |= {int(value): int((values == value).sum()) for value in np.unique(values) if value}
    assert counts == {value: int((truth == value).sum()) for value in present}


def test_a_person_may_know_better(importer, bring_paths, client_of) -> None:
    drawn = np.zeros((6, 5, 4), np.uint8)
    drawn[1:3, 2:4, 1] = 200  # nothing says what this is: it looks like an image
    scan = np.arange(120, dtype=np.int16).reshape(6, 5, 4)
    outcomes, _ = bring_paths(importer, {"p/a.nii": nifti(scan), "p/a_thing.nii": nifti(drawn)})
    assert set(Series.objects.values_list("modality", flat=True)) == {"OT"}
    client = client_of(importer)
    address = f"/api/series/{outcomes['p/a.nii'].series_uid}/convert"
    answer = client.post(address, {"modality": "MR"}, format="json")
    assert answer.status_code == 201, answer.json()
    mr = Series.objects.get(series_uid=answer.json()["series_uid"])
    assert (mr.modality, mr.study) == ("MR", Series.objects.get(series_uid=outcomes["p/a.nii"].series_uid).study)
    assert Finding.ASSUMED_MODALITY not in {finding["code"] for finding in mr.findings}
    address = f"/api/series/{outcomes['p/a_thing.nii'].series_uid}/convert"
    answer = client.post(address, {"labels": True}, format="json")
    assert answer.status_code == 201, answer.json()
    derived = DerivedObject.objects.get()
    assert [(part["number"], part["voxels"]) for part in derived.summary["segments"]] == [(200, 4)]
    again, _ = bring_paths(importer, {"p/a.nii": nifti(scan)})
    assert (again["p/a.nii"].outcome, again["p/a.nii"].series_uid) == (Outcome.DUPLICATE, mr.series_uid)
    refused = client.post(f"/api/series/{mr.series_uid}/convert", {"labels": True, "modality": "XX"}, format="json")
    assert refused.status_code == 400
    plain = client.post(f"/api/series/{derived.instance.series.series_uid}/convert", {"labels": False}, format="json")
    assert plain.status_code == 201
    assert Series.objects.get(series_uid=plain.json()["series_uid"]).kind == "image"
