"""Every file of the real data ends in one of three states; a change of any of them is seen here."""

from pathlib import Path

import pytest
from django.core.management import call_command

from studies.models import Import, ImportedFile, Instance, Series, SetAsideFile
from studies.services.preparing import Incoming, prepare
from studies.types import Finding, Outcome, SetAsideReason

FOLDERS = {
    "LICENSES/": "not_dicom",
    "ct/TotalSegmentator_example/dicom/": "missing_uid",  # study and series; a person may give them (set_aside repair)
    "dicomdir/TINY_ALPHA/PT": "no_pixels",
}
"""States of whole folders: codes of findings, a reason for being set aside, or research for volumes to convert."""
STATES = {
    "MANIFEST.md": "not_dicom",
    "ct/TotalSegmentator_example/example_seg_dicom.nii.gz": "research",
    "dicomdir/DICOMDIR": "directory",
    "dicomdir/DICOMDIR-bigEnd": "directory",
    "dicomdir/DICOMDIR-empty.dcm": "directory",
    "dicomdir/DICOMDIR-implicit": "directory",
    "dicomdir/DICOMDIR-nooffset": "directory",
    "dicomdir/DICOMDIR-nopatient": "directory",
    "dicomdir/DICOMDIR-reordered": "directory",
    "dicomdir/README.txt": "not_dicom",
    "dicomdir/TINY_ALPHA/DICOMDIR": "directory",
    "dicomdir/TINY_ALPHA/README": "not_dicom",
    "image_label/TotalSegmentator_ct/example_ct.nii.gz": "research",
    "image_label/TotalSegmentator_ct/example_ct_sm.nii.gz": "research",
    "image_label/TotalSegmentator_ct/example_seg.nii.gz": "research",
    "image_label/TotalSegmentator_ct/example_seg_fast.nii.gz": "research",
    "image_label/TotalSegmentator_ct/spine/totalseg.nii.gz": "research",
    "image_label/TotalSegmentator_ct/spine/totalseg_vertebrae_body.nii.gz": "research",
    "image_label/TotalSegmentator_ct/tissue_types/skeletal_muscle.nii.gz": "research",
    "image_label/TotalSegmentator_ct/tissue_types/subcutaneous_fat.nii.gz": "research",
    "image_label/TotalSegmentator_ct/tissue_types/torso_fat.nii.gz": "research",
    "image_label/TotalSegmentator_mr/example_mr_sm.nii.gz": "research",
    "image_label/TotalSegmentator_mr/example_seg_mr.nii.gz": "research",
    "image_label/monai/anatomical_label.nii.gz": "research",
    "image_label/nibabel/anatomical.nii": "research",
    "image_label/nibabel/example4d.nii.gz": "research",
    "image_label/nibabel/example_nifti2.nii.gz": "research",
    "image_label/nibabel/standard.nii.gz": "research",
    "image_label/pyradiomics/brain1_image.nrrd": "research",
    "image_label/pyradiomics/brain1_label.nrrd": "research",
    "image_label/pyradiomics/breast1_image.nrrd": "research",
    "image_label/pyradiomics/breast1_label.nrrd": "research",
    "image_label/pyradiomics/prostate_phantom_subvolume-label.nrrd": "research",
    "image_label/pyradiomics/prostate_phantom_subvolume.nrrd": "research",
    "multiframe_colour/US-PAL-8-10x-echo": "no_spacing",
    "multiframe_colour/emri_small.dcm": "no_spacing",
    "multiframe_colour/emri_small_RLE.dcm": "no_spacing",
    "multiframe_colour/emri_small_big_endian.dcm": "no_spacing",
    "multiframe_colour/emri_small_jpeg_2k_lossless.dcm": "no_spacing",
    "multiframe_colour/emri_small_jpeg_ls_lossless.dcm": "no_spacing",
    "multiframe_colour/examples_jpeg2k.dcm": "no_spacing",
    "multiframe_colour/examples_rgb_color.dcm": "no_spacing",
    "odd/charset/chrArab.dcm": "no_spacing",
    "odd/charset/chrFren.dcm": "no_spacing",
    "odd/charset/chrFrenMulti.dcm": "no_spacing",
    "odd/charset/chrGerm.dcm": "no_spacing",
    "odd/charset/chrGreek.dcm": "no_spacing",
    "odd/charset/chrH31.dcm": "no_spacing",
    "odd/charset/chrH32.dcm": "no_spacing",
    "odd/charset/chrHbrw.dcm": "no_spacing",
    "odd/charset/chrI2.dcm": "no_spacing",
    "odd/charset/chrJapMulti.dcm": "no_pixels",
    "odd/charset/chrJapMultiExplicitIR6.dcm": "no_pixels",
    "odd/charset/chrKoreanMulti.dcm": "no_pixels",
    "odd/charset/chrRuss.dcm": "no_spacing",
    "odd/charset/chrSQEncoding.dcm": "missing_uid",
    "odd/charset/chrSQEncoding1.dcm": "missing_uid",
    "odd/charset/chrX1.dcm": "no_spacing",
    "odd/charset/chrX2.dcm": "no_spacing",
    "odd/pydicom-data/bad_sequence.dcm": "missing_uid",
    "odd/pydicom-data/emri_small_jpeg_2k_lossless_too_short.dcm": "no_spacing",
    "odd/pydicom/ExplVR_BigEndNoMeta.dcm": "no_meta",
    "odd/pydicom/ExplVR_LitEndNoMeta.dcm": "no_meta",
    "odd/pydicom/MR_truncated.dcm": "truncated",
    "odd/pydicom/UN_sequence.dcm": "missing_uid",
    "odd/pydicom/badVR.dcm": "bad_value",
    "odd/pydicom/crayons.icc": "not_dicom",
    "odd/pydicom/empty_charset_LEI.dcm": "missing_uid",
    "odd/pydicom/meta_missing_tsyntax.dcm": "missing_uid",
    "odd/pydicom/nested_priv_SQ.dcm": "missing_uid",
    "odd/pydicom/no_meta.dcm": "not_dicom",
    "odd/pydicom/no_meta_group_length.dcm": "missing_uid",
    "odd/pydicom/priv_SQ.dcm": "missing_uid",
    "odd/pydicom/rtplan.dump": "not_dicom",
    "odd/pydicom/test1.json": "not_dicom",
    "odd/pydicom/zipMR.gz": "gzip",
    "paramap/dcmqi/pm-example-3slices-256x256.nrrd": "research",
    "petct/STS_002/nifti/CT_image.nii.gz": "research",
    "petct/STS_002/nifti/CT_mask.nii.gz": "research",
    "petct/STS_002/nifti/MR_T1_image.nii.gz": "research",
    "petct/STS_002/nifti/MR_T1_mask.nii.gz": "research",
    "petct/STS_002/nifti/PET_image.nii.gz": "research",
    "petct/STS_002/nifti/PET_mask.nii.gz": "research",
    "pr/luts/imageForPrLUTs.dcm": "no_spacing",
    "projection/CR-MONO1-10-chest": "no_meta no_spacing",
    "rt/pydicom/rtplan_truncated.dcm": "truncated",
    "rt/pydicom/rtstruct.dcm": "no_meta",
    "seg/dcmqi/23x38x3/nrrd/label.nrrd": "research",
    "seg/dcmqi/24x38x3/nrrd/label.nrrd": "research",
    "seg/dcmqi/heart_seg.nrrd": "research",
    "seg/dcmqi/liver_seg.nrrd": "research",
    "seg/dcmqi/liver_spine_gapped_seg.nrrd": "research",
    "seg/dcmqi/liver_spine_seg.nrrd": "research",
    "seg/dcmqi/partial_overlaps-1.nrrd": "research",
    "seg/dcmqi/partial_overlaps-2.nrrd": "research",
    "seg/dcmqi/partial_overlaps-3.nrrd": "research",
    "seg/dcmqi/sparse_labelmap_noppv_seg.nrrd": "research",
    "seg/dcmqi/sparse_labelmap_ppv5_seg.nrrd": "research",
    "seg/dcmqi/spine_seg.nrrd": "research",
    "seg/dcmqi/spine_seg_label5.nrrd": "research",
    "transfer_syntax/small/ExplVR_BigEnd.dcm": "no_spacing",
    "transfer_syntax/small/GDCMJ2K_TextGBR.dcm": "no_spacing",
    "transfer_syntax/small/HTJ2KLossless_08_RGB.dcm": "missing_uid",
    "transfer_syntax/small/JLSL_08_07_0_1F.dcm": "missing_uid",
    "transfer_syntax/small/JLSL_16_15_1_1F.dcm": "missing_uid",
    "transfer_syntax/small/JLSL_RGB_ILV0.dcm": "missing_uid",
    "transfer_syntax/small/JLSN_RGB_ILV0.dcm": "missing_uid",
    "transfer_syntax/small/JPEGLSNearLossless_08.dcm": "missing_uid",
    "transfer_syntax/small/JPEGLSNearLossless_16.dcm": "missing_uid",
    "transfer_syntax/small/SC_jpeg_no_color_transform.dcm": "no_spacing",
    "transfer_syntax/small/SC_jpeg_no_color_transform_2.dcm": "no_spacing",
    "transfer_syntax/small/SC_rgb_jls_lossy_line.dcm": "missing_uid",
    "transfer_syntax/small/SC_rgb_jls_lossy_sample.dcm": "missing_uid",
    "transfer_syntax/small/SC_rgb_jpeg.dcm": "no_spacing",
    "transfer_syntax/small/SC_rgb_jpeg_app14_dcmd.dcm": "no_spacing",
    "transfer_syntax/small/SC_rgb_jpeg_dcmd.dcm": "no_spacing",
    "transfer_syntax/small/image_dfl.dcm": "no_spacing",
}
"""States of single files; all others are accepted without findings."""
FILES = 1019
CONFLICTS = 47
"""Files of the data that bear the UID of another file of it, with other bytes."""


def expected(path: str) -> str:
    by_folder = (state for folder, state in FOLDERS.items() if path.startswith(folder))
    return STATES.get(path) or next(by_folder, "accepted")


def state_of(root: Path, path: str) -> str:
    """Return the state of a file by itself, in an empty archive."""
    with (root / path).open("rb") as file:
        ready = prepare(Incoming(path, file))
    assert ready is not None
    (one,) = ready[1]()
    try:
        if one.error is not None:
            assert one.error.detail
            return str(one.error.reason)
        if one.research:
            return "research"
        assert all(finding["detail"] for finding in one.findings)
        return " ".join(sorted({finding["code"] for finding in one.findings})) or "accepted"
    finally:
        one.close()


def files_of(root: Path) -> list[str]:
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_the_state_of_every_file(shared_data: Path) -> None:
    paths = files_of(shared_data)
    found = {path: state_of(shared_data, path) for path in paths}
    assert {path: state for path, state in found.items() if state != expected(path)} == {}
    assert len(found) == FILES
    assert set(STATES) <= set(found)


def test_every_state_has_words_that_a_person_reads() -> None:
    said = {state for states in (*STATES.values(), *FOLDERS.values()) for state in states.split()} - {"research"}
    assert said <= {*SetAsideReason.values, *Finding.values}
    assert all(len(choice.label) > 10 for kind in (SetAsideReason, Finding) for choice in kind)


@pytest.mark.django_db
def test_the_whole_folder_comes_in(shared_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_dicom", str(shared_data))
    batch = Import.objects.get()
    rows = ImportedFile.objects.filter(batch=batch).exclude(path__contains="#")  # slices made of research volumes
    assert sorted(rows.values_list("path", flat=True)) == files_of(shared_data)
    assert rows.count() == FILES
    assert rows.exclude(outcome=Outcome.SET_ASIDE).filter(instance=None).count() == 0
    assert rows.filter(outcome=Outcome.SET_ASIDE, set_aside=None).count() == 0
    assert not SetAsideFile.objects.filter(detail="").exists()
    conflicts = set(rows.filter(reason=SetAsideReason.CONFLICT).values_list("path", flat=True))
    assert len(conflicts) == CONFLICTS
    aside = set(rows.filter(outcome=Outcome.SET_ASIDE).values_list("path", flat=True))
    assert aside - conflicts == {path for path in files_of(shared_data) if expected(path) in SetAsideReason.values}
    assert not Series.objects.filter(indexed_at=None).exists()
    chest = Instance.objects.get(imports__path="projection/CR-MONO1-10-chest")
    assert (chest.origin, chest.series.thumbnail_name != "") == ("repaired", True)
    assert "DICOMDIR-nooffset lists" not in capsys.readouterr().err
