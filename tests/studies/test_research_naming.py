"""What paths say of research volumes, and files that lie about themselves."""

import gzip
import io
import random

import nibabel
import numpy as np
import pytest
import SimpleITK

from studies.errors import SetAsideError
from studies.models import DerivedObject, Instance, Series, SetAsideFile, Volume
from studies.research import is_research_volume
from studies.research.convert import read_research_volume
from studies.research.naming import named
from studies.research.source import scratch
from studies.services import close_import, open_import, repair_set_aside, retry_set_aside, store_file
from studies.services.intake import store_prepared
from studies.services.preparing import Prepared, held
from studies.types import LinkKind, Outcome, RepairAction, SetAsideReason


@pytest.mark.parametrize(
    ("path", "folder", "subject", "label", "modality"),
    [
        ("Task09/imagesTr/spleen_2_0000.nii.gz", "Task09", "spleen_2", False, ""),
        ("Task09/labelsTr/spleen_2.nii.gz", "Task09", "spleen_2", True, ""),
        ("imagesTr/a_0001.nii.gz", "", "a", False, ""),
        ("d/brain1_image.nrrd", "d", "brain1", False, ""),
        ("d/brain1_label.nrrd", "d", "brain1", True, ""),
        ("d/prostate-label.nrrd", "d", "prostate", True, ""),
        ("BraTS/BraTS_001/BraTS_001_t1ce.nii.gz", "BraTS/BraTS_001", "BraTS_001", False, "MR"),
        ("BraTS/BraTS_001/BraTS_001_seg.nii.gz", "BraTS/BraTS_001", "BraTS_001", True, ""),
        ("ts/s0001/ct.nii.gz", "ts", "s0001", False, "CT"),
        ("ts/s0001/segmentations/liver.nii.gz", "ts", "s0001", True, ""),
        ("kits/case_00001/imaging.nii.gz", "kits", "case_00001", False, ""),
        ("kits/case_00001/segmentation.nii.gz", "kits", "case_00001", True, ""),
        ("STS_002/nifti/CT_image.nii.gz", "STS_002", "nifti", False, "CT"),
        ("STS_002/nifti/PET_mask.nii.gz", "STS_002", "nifti", True, "PT"),
        ("CT_image.nii.gz", "", "volume", False, "CT"),
        ("bids/sub-01/anat/sub-01_T1w.nii.gz", "bids", "sub-01", False, "MR"),
        ("bids/sub-01/anat/sub-01_label-tumor_mask.nii.gz", "bids", "sub-01", True, ""),
        ("a/Segmentation.seg.nrrd", "", "a", True, ""),
        ("a\\b\\c.mha", "a/b", "c", False, ""),
    ],
)
def test_whose_it_is(path, folder, subject, label, modality) -> None:
    name = named(path)
    assert (name.folder, name.subject, name.says_label, name.modality) == (folder, subject, label, modality)


def test_what_is_a_research_volume(shared_data) -> None:
    nii = nibabel.Nifti1Image(np.zeros((2, 2, 2), np.int16), np.eye(4)).to_bytes()
    assert is_research_volume("no ending", nii[:352])
    assert is_research_volume("x.NII.GZ", b"\x1f\x8b")
    assert is_research_volume("x", b"NRRD0005\n")
    assert not is_research_volume("x.gz", b"\x1f\x8b")
    dicom = (shared_data / "transfer_syntax/small/MR_small.dcm").read_bytes()
    assert not is_research_volume("oddly.nii", dicom[:352])


def small_files(tmp_path) -> dict[str, bytes]:
    values = np.random.default_rng(0).integers(-100, 100, (6, 5, 4), dtype=np.int16)
    image = SimpleITK.GetImageFromArray(values)
    found = {"a.nii": nibabel.Nifti1Image(values, np.diag([1, 2, 3, 1])).to_bytes()}
    found["b.nii"] = nibabel.Nifti2Image(values, np.diag([1, 2, 3, 1])).to_bytes()
    found["c.nii.gz"] = gzip.compress(found["a.nii"], mtime=0)
    for name in ("d.nrrd", "e.mha"):
        SimpleITK.WriteImage(image, str(tmp_path / name), name == "d.nrrd")
        found[name] = (tmp_path / name).read_bytes()
    return found


@pytest.mark.parametrize("seed", range(5))
def test_changed_bytes_never_raise_anything_else(tmp_path, seed) -> None:
    rng = random.Random(seed)  # noqa: S311  # a seed that is kept, no secret
    reasons: list[str] = []
    for name, whole in small_files(tmp_path).items():
        for _ in range(60):
            data = bytearray(whole)
            for _ in range(rng.randint(1, 6)):
                data[rng.randrange(min(len(data), 700))] = rng.randrange(256)
            if rng.random() < 0.2:
                data = data[: rng.randrange(len(data))]
            with scratch() as into:
                try:
                    read = read_research_volume(name, io.BytesIO(data), len(data), into=into)
                except SetAsideError as error:
                    reasons.append(error.detail)
                else:
                    assert read.volume.values is not None
                into.seek(0, io.SEEK_END)
                assert into.tell() < 64 << 20  # whatever the header claims
    assert reasons
    assert all(reasons)


def test_a_label_map_onto_a_repaired_series(shared_data, administrator, bring_in) -> None:
    folder = shared_data / "ct/TotalSegmentator_example"
    bring_in(administrator, folder / "dicom")
    for file in SetAsideFile.objects.filter(reason=SetAsideReason.MISSING_UID, settled_at=None):
        outcome = repair_set_aside(actor=administrator, file=file, action=RepairAction.GIVE_UIDS)
        assert outcome.outcome == Outcome.ACCEPTED, outcome.detail
    ct = Series.objects.get()
    assert Volume.objects.get().geometry["shape_kji"] == [20, 512, 512]
    bring_in(administrator, [folder / "example_seg_dicom.nii.gz"])  # LAS: its rows run the other way
    derived = DerivedObject.objects.get()
    link = derived.links.get()
    assert (link.series, link.how, link.matched) == (ct, LinkKind.BY_GEOMETRY, 20)
    parts = {part["number"]: part for part in derived.summary["segments"]}
    assert (len(parts), parts[5]["label"]) == (31, "liver")
    assert parts[5]["volume_ml"] == pytest.approx(699.44, abs=0.01)


def test_a_volume_that_was_set_aside_can_be_tried_again(administrator) -> None:
    data = nibabel.Nifti1Image(np.arange(60, dtype=np.int16).reshape(3, 4, 5) * 50, np.eye(4)).to_bytes()
    batch = open_import(actor=administrator, source="test")
    content = held(data)
    error = SetAsideError(SetAsideReason.UNSUPPORTED, "not by an older version")
    list(store_prepared(batch=batch, files=[Prepared("old.nii", content, content.size, error=error)]))
    close_import(actor=administrator, batch=batch)
    file = SetAsideFile.objects.get()
    outcome = retry_set_aside(actor=administrator, file=file)
    assert outcome.outcome == Outcome.ACCEPTED
    assert Instance.objects.count() == 5
    assert Volume.objects.get().geometry["shape_kji"] == [5, 4, 3]
    batch.refresh_from_db()
    assert batch.set_aside == 0


def test_two_people_may_bring_the_same_file(administrator, importer, shared_data) -> None:
    data = (shared_data / "image_label/nibabel/standard.nii.gz").read_bytes()
    found = []
    for person in (administrator, importer):
        batch = open_import(actor=person, source="test")
        (outcome,) = store_file(batch=batch, path="standard.nii.gz", file=io.BytesIO(data))
        close_import(actor=person, batch=batch)
        assert outcome.outcome == Outcome.ACCEPTED
        found.append(outcome.study_uid)
    assert found[0] != found[1]  # nobody learns from a refusal what others have
