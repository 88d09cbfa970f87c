"""The short way to stored values gives what the long way gives."""

import io
from pathlib import Path

import numpy as np
import pytest

from studies.models import Instance
from studies.pixels import decode_frame, header_of, native_frame, stored_file
from studies.services import close_import, open_import, store_file

pytestmark = pytest.mark.django_db

FOLDERS = (
    "ct/CRLM-CT-1006",
    "mr/STS_001_T2FS/dicom",
    "pet/STS_001_FDG/dicom",
    "transfer_syntax",
    "multiframe_colour",
    "rt",
)


@pytest.mark.parametrize("folder", FOLDERS)
def test_native_frames_equal_decoded_ones(shared_data: Path, administrator, folder: str) -> None:
    batch = open_import(actor=administrator, source="test")
    files = sorted(path for path in (shared_data / folder).rglob("*") if path.is_file())
    for path in files if "transfer" in folder or "multi" in folder or folder == "rt" else files[::10]:
        store_file(batch=batch, path=path.name, file=io.BytesIO(path.read_bytes()))
    close_import(actor=administrator, batch=batch)
    compared = 0
    for instance in Instance.objects.select_related("header").filter(frame_count__gt=0):
        with stored_file(instance) as file:
            for number in {1, instance.frame_count}:
                short = native_frame(instance, number, file=file, header=header_of(instance))
                if short is None:
                    continue
                long = decode_frame(instance, number, file=file)
                assert short.dtype == long.dtype, instance
                assert np.array_equal(short, long), instance
                compared += 1
    assert compared or folder == "rt"
