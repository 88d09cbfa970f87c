"""What is in the archives, judged by other programs."""

import hashlib
import json
import subprocess
import sys
import zipfile
from collections import Counter
from pathlib import Path

import highdicom
import nibabel
import numpy as np
import pydicom
import pytest
import SimpleITK as sitk  # noqa: N813  (its own documentation's name)
from django.core.files.storage import default_storage

from annotations.datasets.models import Release
from annotations.datasets.types import Format, LabelSource, ReleaseState, Split
from annotations.marks.selectors import label_volume
from annotations.reading.models import Case
from studies.models import Instance
from studies.pixels import read_volume
from tests.annotations.datasets.makers import Read


def unpack(release: Release, form: str, folder: Path) -> Path:
    """Unpack an archive of a release into a folder of its own."""
    release.refresh_from_db()
    target = folder / form
    with default_storage.open(release.archives[form]["blob"]) as file, zipfile.ZipFile(file) as archive:
        archive.extractall(target)
    return target


def blob_of(release: Release, form: str) -> bytes:
    """Return an archive whole."""
    with default_storage.open(release.archives[form]["blob"]) as file:
        return file.read()


def consensus_labels(read: Read, case: Case) -> np.ndarray:
    """Return the newest consensus of a case as an array (K, J, I)."""
    return label_volume(mark_set=case.consensuses.first().mark_set, volume=read.world.volume(case))


@pytest.fixture
def frozen(read: Read, run_jobs) -> Release:
    """Return a frozen release of the whole project."""
    release = read.freeze()
    run_jobs()
    release.refresh_from_db()
    assert release.state == ReleaseState.FROZEN, release.job.error_message
    return release


def test_nnunet_accepts_the_dataset(frozen, tmp_path):
    (folder,) = unpack(frozen, "nnunet", tmp_path).glob("Dataset*")
    check = (
        "import sys\n"
        "from nnunetv2.experiment_planning.verify_dataset_integrity import verify_dataset_integrity\n"
        "if __name__ == '__main__':\n"
        "    verify_dataset_integrity(sys.argv[1], 2)\n"
    )
    script = tmp_path / "check.py"
    script.write_text(check)
    done = subprocess.run([sys.executable, str(script), str(folder)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "verify_dataset_integrity Done" in done.stdout
    assert "Warning" not in done.stdout
    assert "Error" not in done.stdout


def test_nnunet_images_and_labels_are_what_was_read(read, frozen, tmp_path):
    (folder,) = unpack(frozen, "nnunet", tmp_path).glob("Dataset*")
    described = json.loads((folder / "dataset.json").read_text())
    assert described["channel_names"] == {"0": "CT"}
    assert described["labels"] == {"background": 0, "organ": 1, "lesion": 2}
    splits = {member["number"]: member["split"] for member in frozen.members}
    assert described["numTraining"] == sum(split != "test" for split in splits.values()) == 3
    (fold,) = json.loads((folder / "splits_final.json").read_text())
    for case in read.world.cases:
        name, kind = f"case_{case.number:04d}", "Ts" if splits[case.number] == "test" else "Tr"
        assert (name in fold["train"]) == (splits[case.number] == "train")
        assert (name in fold["val"]) == (splits[case.number] == "val")
        image, geometry = read_volume(read.world.volume(case))
        stored = nibabel.load(folder / f"images{kind}" / f"{name}_0000.nii.gz")
        labels = nibabel.load(folder / f"labels{kind}" / f"{name}.nii.gz")
        assert (stored.get_data_dtype(), labels.get_data_dtype()) == (np.int16, np.uint8)
        np.testing.assert_array_equal(np.asarray(stored.dataobj).T, image)
        np.testing.assert_array_equal(np.asarray(labels.dataobj).T, consensus_labels(read, case))
        np.testing.assert_allclose(stored.affine, geometry.nifti_affine(), atol=1e-4)
        by_itk = sitk.ReadImage(str(folder / f"labels{kind}" / f"{name}.nii.gz"))
        for k, j, i in [(0, 0, 0), (3, 7, 30), (11, 31, 2)]:
            np.testing.assert_allclose(
                by_itk.TransformIndexToPhysicalPoint([i, j, k]), geometry.points_lps([[k, j, i]])[0], atol=1e-3
            )


def test_segmentations_are_what_was_read_and_sources_are_untouched(read, frozen, tmp_path):
    folder = unpack(frozen, "dicom_seg", tmp_path) / "DICOM"
    for case in read.world.cases:
        place = folder / f"case_{case.number:04d}"
        files = sorted((place / "series_01_images").iterdir())
        stored = {row.sop_instance_uid: row for row in Instance.objects.filter(series__cases=case)}
        assert len(files) == len(stored)
        for file in files:
            row = stored[pydicom.dcmread(file, stop_before_pixels=True).SOPInstanceUID]
            assert hashlib.sha256(file.read_bytes()).hexdigest() == row.sha256
        (file,) = (place / "series_01_marks").iterdir()
        seg = highdicom.seg.segread(file)
        uids = [uid for uid, _ in read.world.volume(case).frames]
        pixels = seg.get_pixels_by_source_instance(
            uids, ignore_spatial_locations=True, assert_missing_frames_are_empty=True, combine_segments=True
        )
        np.testing.assert_array_equal(pixels, consensus_labels(read, case))
        assert [item.SegmentLabel for item in seg.SegmentSequence] == ["organ", "lesion"]
        assert {item.SegmentAlgorithmType for item in seg.SegmentSequence} == {"SEMIAUTOMATIC"}
        assert str(seg.ContentCreatorName) == "consensus^"


def test_manifest_and_sums_agree_with_sha256sum(frozen, tmp_path):
    for form in Format:
        folder = unpack(frozen, form, tmp_path)
        command = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
        checked = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stderr
        manifest = json.loads((folder / "manifest.json").read_text())
        listed = {file["path"]: file for file in manifest["files"]}
        present = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
        assert present == set(listed) | {"SHA256SUMS", "manifest.json"}
        for path, file in listed.items():
            data = (folder / path).read_bytes()
            assert (len(data), hashlib.sha256(data).hexdigest()) == (file["size_bytes"], file["sha256"])
        assert len(checked.stdout.splitlines()) == len(listed) + 1
        assert frozen.archives[form]["file_count"] == len(present)


def test_manifest_says_who_made_what_and_names_nobody(read, frozen, tmp_path):
    text = (unpack(frozen, "nnunet", tmp_path) / "manifest.json").read_text()
    manifest = json.loads(text)
    assert manifest["definition"]["label_source"] == "consensus"
    assert Counter(case["split"] for case in manifest["cases"]) == {"train": 2, "val": 1, "test": 1}
    first = manifest["cases"][0]
    labels = consensus_labels(read, read.world.cases[0])
    assert {one["label"]: one["voxels"] for one in first["segments"]} == {
        value: int((labels == value).sum()) for value in (1, 2)
    }
    assert [one["reader"] for one in first["marks"]["inputs"]] == ["reader_1", "reader_2"]
    brushed = first["marks"]["inputs"][0]["segments"][0]["made_by"]
    assert [(one["by"], one["tool"]) for one in brushed] == [("reader", "brush")]
    people = [*read.world.readers, read.researcher, read.world.manager]
    for secret in [name for person in people for name in (str(person.pk), person.username, person.display_name)]:
        assert secret not in text
    for series in Instance.objects.values_list("series__study__patient_name", flat=True).distinct():
        assert f'"{series}"' not in text


def test_zip_members_are_sorted_timeless_and_alike(frozen):
    for form in Format:
        with default_storage.open(frozen.archives[form]["blob"]) as file, zipfile.ZipFile(file) as archive:
            infos = archive.infolist()
        assert [info.filename for info in infos] == sorted(info.filename for info in infos)
        assert {info.date_time for info in infos} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.external_attr >> 16 for info in infos} == {0o100644}


def test_one_readers_release_holds_their_own_marks(read, run_jobs, tmp_path):
    reader = read.world.readers[1]
    release = read.freeze(label_source=LabelSource.READER, reader_id=reader.pk, formats=(Format.DICOM_SEG,))
    run_jobs()
    folder = unpack(release, "dicom_seg", tmp_path)
    text = (folder / "manifest.json").read_text()
    assert json.loads(text)["definition"]["reader"] == "reader_2"
    case = read.world.cases[0]
    (file,) = (folder / "DICOM" / "case_0001" / "series_01_marks").iterdir()
    seg = highdicom.seg.segread(file)
    assert str(seg.ContentCreatorName) == "reader_2^"
    assert {item.SegmentAlgorithmType for item in seg.SegmentSequence} == {"MANUAL"}
    pixels = seg.get_pixels_by_source_instance(
        [uid for uid, _ in read.world.volume(case).frames],
        ignore_spatial_locations=True,
        assert_missing_frames_are_empty=True,
        combine_segments=True,
    )
    np.testing.assert_array_equal(pixels, read.drawing(case, 1))
    everything = b"".join(path.read_bytes() for path in folder.rglob("*_marks/*")) + text.encode()
    for secret in (reader.username, reader.display_name, str(reader.pk)):
        assert secret.encode() not in everything


def test_a_case_with_nothing_marked_is_listed_without_a_segmentation(project, run_jobs, tmp_path):
    first, second = project.world.cases[:2]
    project.read(first)
    for reader in project.world.readers:
        project.world.submit(second, reader)
    run_jobs()
    release = project.freeze(shares={Split.TRAIN: 1.0, Split.VAL: 0.0, Split.TEST: 0.0})
    run_jobs()
    folder = unpack(release, "dicom_seg", tmp_path)
    assert (folder / "DICOM" / "case_0002" / "series_01_images").is_dir()
    assert not (folder / "DICOM" / "case_0002" / "series_01_marks").exists()
    manifest = json.loads((folder / "manifest.json").read_text())
    assert [case["segments"] == [] for case in manifest["cases"]] == [False, True]
    (dataset,) = unpack(release, "nnunet", tmp_path).glob("Dataset*")
    assert not np.asarray(nibabel.load(dataset / "labelsTr" / "case_0002.nii.gz").dataobj).any()
    assert not (dataset / "splits_final.json").exists()


def test_freezing_twice_gives_the_same_bytes(read, frozen, run_jobs):
    again = read.freeze(actor=read.world.manager)
    run_jobs()
    again.refresh_from_db()
    assert again.number == frozen.number + 1
    for form in Format:
        one, two = (blob_of(release, form) for release in (frozen, again))
        assert one == two
        assert hashlib.sha256(one).hexdigest() == frozen.archives[form]["sha256"]
    other = read.freeze(seed=4)
    run_jobs()
    other.refresh_from_db()
    assert other.archives["nnunet"]["sha256"] != frozen.archives["nnunet"]["sha256"]


def test_a_release_does_not_change_with_later_readings(read, frozen, run_jobs):
    """What was fixed when it was created is frozen, not what the marks are by the time the job runs."""
    from annotations.reading.services.readings import return_reading

    case = read.world.cases[0]
    late = read.freeze()
    for reader in read.world.readers:
        return_reading(actor=read.world.manager, reading=read.world.reading(case, reader), reason="look again")
        read.world.draw(case, reader, np.zeros_like(read.world.phantom(case).labels))
        labels = np.zeros_like(read.world.phantom(case).labels)
        labels[2, 3, 4] = 1
        read.world.draw(case, reader, labels)
        read.world.submit(case, reader)
    run_jobs()
    late.refresh_from_db()
    assert late.archives["nnunet"]["sha256"] == frozen.archives["nnunet"]["sha256"]
    assert late.archives["dicom_seg"]["sha256"] == frozen.archives["dicom_seg"]["sha256"]
    newest = read.freeze()
    run_jobs()
    newest.refresh_from_db()
    assert newest.archives["nnunet"]["sha256"] != frozen.archives["nnunet"]["sha256"]
