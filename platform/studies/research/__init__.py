"""Volumes of research formats (NIfTI, NRRD, MetaImage) read without trust and made into DICOM series.

No database and no storage here: studies.services.research decides which study a volume belongs to and keeps the result.
"""

from pathlib import PurePosixPath

ENDINGS = (".nii", ".nii.gz", ".nrrd", ".nhdr", ".mha", ".mhd")
_NIFTI_1, _NIFTI_2 = b"n+1\0", b"n+2\0\r\n\x1a\n"
HEAD_BYTES = 352


def is_research_volume(name: str, head: bytes) -> bool:
    """Say whether a file is a research volume, by its name or by its first 352 bytes; DICOM files never are."""
    if head[128:132] == b"DICM":
        return False
    plain = PurePosixPath(name.replace("\\", "/")).name.lower()
    if plain.endswith(ENDINGS):
        return True
    return head.startswith(b"NRRD000") or head[344:348] == _NIFTI_1 or head[4:12] == _NIFTI_2
