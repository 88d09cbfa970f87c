"""Every kind of real file through every kind of retrieval: answered, or refused in words; decoded as by pydicom."""

import io
import warnings
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread

from studies.models import Instance
from tests.studies.answers import body_of, instance_root, series_root

FOLDERS = ("odd", "transfer_syntax", "multiframe_colour", "seg", "paramap", "sr", "pr", "rt", "projection", "dicomdir")
EXPLICIT = "1.2.840.10008.1.2.1"
DOORS = ("/metadata", "/rendered", "/thumbnail", "/frames/1", "/bulkdata", "/pixeldata", "/bulkdata/7FE00010")
ACCEPTS = ("application/octet-stream", "image/jls", "image/jphc", "image/png", "multipart/related")


@pytest.fixture
def client(administrator, client_of):
    found = client_of(administrator)
    found.raise_request_exception = False
    return found


def some_of(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder, three at most of each folder that holds a series."""
    for place in [folder, *sorted(path for path in folder.rglob("*") if path.is_dir())]:
        files = sorted(path for path in place.iterdir() if path.is_file())
        whole = any(name in str(place) for name in ("odd", "transfer_syntax", "multiframe_colour"))
        yield from files if whole else files[:3]


@pytest.mark.parametrize("folder", FOLDERS)
def test_no_file_breaks_any_retrieval(shared_data, bring_in, administrator, client, folder) -> None:
    bring_in(administrator, list(some_of(shared_data / folder)))
    rows = list(Instance.objects.select_related("series__study"))
    assert rows
    seen: dict[int, int] = {}
    for index, row in enumerate(rows):
        addresses = [(f"{instance_root(row)}{door}", "*/*") for door in DOORS]
        # Every door meets every Accept, though not with every file.
        addresses += [
            (f"{instance_root(row)}{door}", ACCEPTS[(index + place) % len(ACCEPTS)]) for place, door in enumerate(DOORS)
        ]
        addresses += [(instance_root(row), f"application/dicom; transfer-syntax={one}") for one in ("*", EXPLICIT)]
        addresses += [(instance_root(row), "application/dicom"), (series_root(row.series), "*/*")]
        for address, accept in addresses:
            answer = client.get(address, headers={"Accept": accept})
            body = body_of(answer)
            seen[answer.status_code] = seen.get(answer.status_code, 0) + 1
            assert answer.status_code in (200, 400, 404, 406), (row, address, accept, body[:300])
            if answer.status_code != 200:
                assert answer.json()["error"]["message"], (row, address, accept)
    assert seen[200] > len(rows) * 3


@pytest.mark.parametrize("folder", ["transfer_syntax", "multiframe_colour", "odd"])
def test_decoded_files_hold_what_pydicom_decodes(shared_data, bring_in, administrator, client, folder) -> None:
    bring_in(administrator, list(some_of(shared_data / folder)))
    compared = 0
    for row in Instance.objects.filter(frame_count__gt=0):
        stored = body_of(client.get(instance_root(row), {"accept": "application/dicom; transfer-syntax=*"}))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd files are odd
            source = dcmread(io.BytesIO(stored), force=True)
            try:
                expected = source.pixel_array
            except Exception:  # noqa: BLE001, S112  # pydicom alone decodes less than we do: nothing to compare with
                continue
            answer = client.get(
                instance_root(row), headers={"Accept": f"application/dicom; transfer-syntax={EXPLICIT}"}
            )
            assert answer.status_code == 200, (row, answer.content[:300])
            made = dcmread(io.BytesIO(body_of(answer)))
            assert made.file_meta.TransferSyntaxUID == EXPLICIT, row
            found = made.pixel_array
        lossy = row.transfer_syntax_uid.startswith(
            "1.2.840.10008.1.2.4"
        ) and source.PhotometricInterpretation.startswith("YBR")
        if lossy and source.PhotometricInterpretation.startswith("YBR_FULL"):
            from pydicom.pixels import convert_color_space

            expected = convert_color_space(expected, "YBR_FULL", "RGB") if differs(expected, found) else expected
        assert found.shape == expected.shape, row
        assert np.abs(found.astype(float) - expected.astype(float)).max() <= (2 if lossy else 0), row
        compared += 1
    assert compared >= 5


def differs(one: np.ndarray, other: np.ndarray) -> bool:
    return one.shape != other.shape or bool(np.abs(one.astype(float) - other.astype(float)).max() > 2)
