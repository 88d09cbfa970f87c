"""Real CT, MR and PET series against other readers: SimpleITK, and nibabel by way of dcm2niix."""

import itertools
import subprocess
from pathlib import Path

import dcm2niix
import nibabel
import numpy as np
import pytest
import SimpleITK
from pydicom import dcmread

from ai.types import KJI_FROM_IJK, Geometry
from studies.models import Instance, Series, SetAsideFile, Volume
from studies.pixels import decode_frame, header_of, read_volume, stored_file
from studies.types import SetAsideReason

SERIES = {
    "ct/CRLM-CT-1006": (51, 512, 512),
    "mr/STS_001_T2FS/dicom": (40, 384, 384),
    "pet/STS_001_FDG/dicom": (267, 128, 128),
    "petct/STS_002/dicom/CT/image": (48, 143, 161),
    "petct/STS_002/dicom/PET/image": (48, 27, 30),
    "petct/STS_002/dicom/MR_T1/image": (35, 90, 115),
    "seg/dcmqi/ct-3slice": (3, 512, 512),
}


def simpleitk(folder: Path) -> tuple[np.ndarray, np.ndarray]:
    """Return (K, J, I) values and the affine from index (k, j, i) to LPS by SimpleITK's own series reader."""
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(folder)))
    image = reader.Execute()
    affine = np.eye(4)
    affine[:3, :3] = np.array(image.GetDirection()).reshape(3, 3) * np.array(image.GetSpacing())
    affine[:3, 3] = image.GetOrigin()
    return SimpleITK.GetArrayFromImage(image), affine @ KJI_FROM_IJK


def converted(folder: Path, out: Path) -> nibabel.Nifti1Image:
    """Return what dcm2niix makes of a folder."""
    out.mkdir()
    command = [dcm2niix.bin, "-z", "n", "-b", "n", "-f", "made", "-o", str(out), str(folder)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    (path,) = out.glob("*.nii")
    return nibabel.load(path)


def assert_is_nifti(values: np.ndarray, geometry: Geometry, image: np.ndarray, affine: np.ndarray) -> None:
    """Check that a NIfTI image (I, J, K) is our volume: the same values at the same places.

    A converter may turn axes over (dcm2niix turns the rows); so the one way of turning that puts the corners together
    is looked for, and the values must agree under it. Corners may lie 0.1 mm apart: dcm2niix takes the first step of
    a PET for all, we the mean.
    """
    for flips in itertools.product((1, -1), repeat=3):
        turned = image[:: flips[0], :: flips[1], :: flips[2]]
        matrix = np.array(affine, dtype=float)
        for axis, flip in enumerate(flips):
            if flip < 0:
                matrix[:3, 3] += matrix[:3, axis] * (image.shape[axis] - 1)
                matrix[:3, axis] *= -1
        if Geometry.from_nifti(matrix, image.shape).is_close(geometry, tolerance_mm=0.1):
            np.testing.assert_allclose(turned.transpose(), values, rtol=1e-5, atol=2e-3)
            return
    raise AssertionError(f"no way of turning the axes makes {affine} our {geometry.nifti_affine()}")


@pytest.mark.parametrize("name", SERIES)
def test_a_regular_series_is_what_other_readers_read(shared_data, bring_in, administrator, name, tmp_path) -> None:
    bring_in(administrator, shared_data / name)
    volume = Volume.objects.get()
    assert volume.reasons == []
    values, geometry = read_volume(volume)
    expected, affine = simpleitk(shared_data / name)
    assert values.shape == expected.shape == SERIES[name] == geometry.shape_kji
    corners = np.array([[k, j, i] for k in (0, values.shape[0] - 1) for j in (0, 9) for i in (0, 9)], dtype=float)
    theirs = corners @ affine[:3, :3].T + affine[:3, 3]
    assert np.abs(geometry.points_lps(corners) - theirs).max() < 0.01
    if name.startswith("pet/"):  # SimpleITK applies the first slice's slope to all; the scanner scaled each by itself
        instance = Instance.objects.get(sop_instance_uid=volume.frames[100][0])
        with stored_file(instance) as file:
            stored = decode_frame(instance, 1, file=file)
        slope = header_of(instance)["00281053"]["Value"][0]
        assert np.allclose(values[100], stored * slope * volume.details["suv"]["factor"], rtol=1e-5)
    else:
        assert np.allclose(values, expected, rtol=1e-6, atol=1e-3)
    if name.startswith("ct/"):  # what the manifest of the data says
        assert (values.min(), values.max()) == (-3024, 1184)
        assert geometry.spacing_mm == pytest.approx((5.0, 0.8047, 0.8047), abs=1e-4)
    theirs = converted(shared_data / name, tmp_path / "dcm2niix")
    factor = volume.details.get("suv", {}).get("factor", 1.0)  # dcm2niix leaves becquerel
    assert_is_nifti(values, geometry, theirs.get_fdata() * factor, theirs.affine)
    if "STS_002" in name:  # the same images as NIfTI, from another program (MIRP)
        pair = nibabel.load(shared_data / f"petct/STS_002/nifti/{name.split('/')[3]}_image.nii.gz")
        assert_is_nifti(values, geometry, pair.get_fdata(), pair.affine)
    series = Series.objects.get()
    assert volume.units == {"CT": "HU", "PT": "SUVbw", "MR": ""}[series.modality]
    assert series.findings == []
    assert series.thumbnail_name
    assert series.overview_name not in ("", series.thumbnail_name)
    assert series.instance_count == values.shape[0]


def test_three_time_points_told_apart_by_content_time(shared_data, bring_in, administrator, tmp_path) -> None:
    folder = shared_data / "mr/UCSF-BR-06_DCE/dicom"
    bring_in(administrator, folder)
    volumes = list(Volume.objects.all())
    assert [volume.geometry["shape_kji"] for volume in volumes] == [[60, 256, 256]] * 3
    affines = np.array([volume.geometry["affine_lps"] for volume in volumes])
    assert np.allclose(affines, affines[0])
    times = []
    for volume in volumes:
        headers = [header_of(Instance.objects.get(sop_instance_uid=uid)) for uid, _ in volume.frames]
        assert len({header["00080033"]["Value"][0] for header in headers}) == 1
        places = [header["00200032"]["Value"][0] for header in headers]
        assert places == sorted(places) or places == sorted(places, reverse=True)
        times.append(float(headers[0]["00080033"]["Value"][0]))
    assert times == sorted(set(times))
    assert [volume.details["label"] for volume in volumes] == [f"time point {n} of 3" for n in (1, 2, 3)]
    assert [float(volume.details["time"][8:]) for volume in volumes] == times
    theirs = converted(folder, tmp_path / "dcm2niix")
    paths = {str(dcmread(path, stop_before_pixels=True).SOPInstanceUID): path for path in folder.iterdir()}
    for number, volume in enumerate(volumes):
        values, geometry = read_volume(volume)
        assert_is_nifti(values, geometry, theirs.dataobj[..., number], theirs.affine)
        image = SimpleITK.ReadImage([str(paths[uid]) for uid, _ in volume.frames])  # as SimpleITK has them: by place
        assert np.array_equal(SimpleITK.GetArrayFromImage(image), values)
        affine = np.eye(4)
        affine[:3, :3] = np.array(image.GetDirection()).reshape(3, 3) * np.array(image.GetSpacing())
        affine[:3, 3] = image.GetOrigin()
        assert Geometry(values.shape, affine @ KJI_FROM_IJK) == geometry
    assert Series.objects.get().findings == []


def test_blank_uids_are_set_aside(shared_data, bring_in, administrator) -> None:
    batch = bring_in(administrator, shared_data / "ct/TotalSegmentator_example/dicom")
    assert (batch.accepted, batch.set_aside) == (0, 20)
    assert set(SetAsideFile.objects.values_list("reason", flat=True)) == {SetAsideReason.MISSING_UID}


LOSSLESS = ("BigEndianExplicit", "Deflated", "JPEG2000LosslessOnly", "JPEGLSLossless", "JPEGProcess14", "RLELossless")


def test_every_lossless_encoding_of_one_slice_decodes_to_the_same_values(shared_data, bring_in, administrator) -> None:
    folder = shared_data / "transfer_syntax/ctimage"
    names = [*LOSSLESS, "LittleEndianExplicit", "LittleEndianImplicit"]
    found = {}
    for path in sorted(folder.iterdir()):
        if not any(path.name.startswith(f"CTImage.dcm_{name}") for name in names):
            continue
        Series.objects.all().delete()  # all sixteen bear the same UIDs
        batch = bring_in(administrator, [path])
        assert batch.accepted == 1, path.name
        instance = Instance.objects.get()
        with stored_file(instance) as file:
            found[path.name] = decode_frame(instance, 1, file=file)
    assert len(found) == 9
    reference = next(iter(found.values()))
    assert (reference.min(), reference.max()) == (-2000, 2402)
    assert all(np.array_equal(reference, values) for values in found.values())


@pytest.mark.parametrize(
    ("file", "writings"),
    [
        ("chrArab.dcm", "قباني^لنزار"),
        ("chrFren.dcm", "Buc^Jérôme"),
        ("chrGreek.dcm", "Διονυσιος"),
        ("chrH31.dcm", "Yamada^Tarou=山田^太郎=やまだ^たろう"),
        ("chrHbrw.dcm", "שרון^דבורה"),
        ("chrI2.dcm", "Hong^Gildong=洪^吉洞=홍^길동"),
        ("chrRuss.dcm", "Люкceмбypг"),
        ("chrX2.dcm", "Wang^XiaoDong=王^小东"),
    ],
)
def test_names_of_any_character_set_come_out_as_text(shared_data, bring_in, administrator, file, writings) -> None:
    bring_in(administrator, [shared_data / "odd/charset" / file])
    assert Series.objects.get().study.patient_name == writings


@pytest.mark.parametrize(
    ("file", "reasons"),
    [
        ("emri_small.dcm", ["no_geometry"]),
        ("MOVEKNEE.dcm", ["one_place"]),
        ("examples_ybr_color.dcm", ["colour", "no_geometry"]),
        ("examples_palette.dcm", ["colour", "no_geometry"]),
        ("NM-MONO2-16-13x-heart", ["no_geometry"]),
    ],
)
def test_multi_frame_and_colour(shared_data, bring_in, administrator, file, reasons) -> None:
    bring_in(administrator, [shared_data / "multiframe_colour" / file])
    volume = Volume.objects.get()
    assert volume.reasons == reasons
    assert len(volume.frames) == Instance.objects.get().frame_count
    assert (volume.geometry is None) == bool(reasons)
    assert Series.objects.get().thumbnail_name


def test_an_enhanced_series_equals_the_slices_it_was_made_from(shared_data, bring_in, administrator) -> None:
    folder = shared_data / "seg/dcmqi/24x38x3"
    bring_in(administrator, folder)
    volumes = [volume for volume in Volume.objects.all() if volume.geometry]
    assert len(volumes) == 2
    (one, one_grid), (two, two_grid) = (read_volume(volume) for volume in volumes)
    assert np.array_equal(one, two)
    assert one_grid == two_grid
    assert {len({uid for uid, _ in volume.frames}) for volume in volumes} == {1, 3}
