"""The fast reading of headers against the thorough one by pydicom, on every real file and on mutations of some."""

import io
import json
import warnings
from pathlib import Path

import pytest

from studies.dicomfile import header as headers
from studies.dicomfile.header import read_header
from studies.dicomfile.metadata import dataset_json
from studies.dicomfile.quick import UnusualError, quick_header
from studies.dicomfile.thorough import read_dataset
from tests.studies.fuzzing import damaged_files
from tests.studies.making import file_of, image


def both(content: bytes) -> tuple[str, str] | None:
    """Return the JSON by the quick and by the thorough way; None where the quick one declines or neither reads it."""
    stream = io.BytesIO(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found = read_header(stream, len(content))
            data = found.body.getvalue()  # type: ignore[attr-defined]  # a BytesIO here
            start = 0 if data is not content and len(data) != len(content) else found.start
            first = io.BytesIO(data[start : start + 6])
            implicit, little = headers._encoding(first, found.transfer_syntax_uid if found.syntax_stated else "")
            if not little:
                return None
            quick = quick_header(data, start, implicit=implicit)
            body = io.BytesIO(data)
            body.seek(start)
            dataset, pixels = read_dataset(body, data, implicit=implicit, little=True)
            slow = dataset_json(dataset)
    except UnusualError:
        return None
    assert quick.pixels == pixels
    return json.dumps(quick.values), json.dumps(slow)


def test_both_ways_agree_on_every_real_file(shared_data: Path) -> None:
    agreed = declined = 0
    for path in sorted(path for path in shared_data.rglob("*") if path.is_file()):
        try:
            pair = both(path.read_bytes())
        except Exception:  # noqa: BLE001  # not a DICOM file, or one that neither way reads: other tests look at those
            pair = None
        if pair is None:
            declined += 1
            continue
        assert pair[0] == pair[1], path
        agreed += 1
    assert agreed > 900
    assert declined < 100  # what is no DICOM file, big endian, and a few odd ones


def test_both_ways_agree_on_damaged_files_that_both_read(shared_data: Path) -> None:
    agreed = 0
    for seed, damaged in damaged_files(shared_data, range(1000)):
        try:
            pair = both(damaged)
        except Exception:  # noqa: BLE001  # the thorough way may raise anything on damage; intake catches it
            pair = None
        if pair is not None:
            assert pair[0] == pair[1], seed
            agreed += 1
    assert agreed > 50


@pytest.mark.parametrize(
    "changes",
    [
        {"PatientName": "A^B=C^D=E^F"},
        {"PatientName": ["A^B", "C^D"]},
        {"PatientName": ""},
        {"ImageType": ["ORIGINAL", "", "AXIAL"]},
        {"ImagePositionPatient": ["1e2", " 3.0", "-0"]},
        {"OtherPatientIDs": [" a ", "b "]},
        {"SmallestImagePixelValue": -5},
        {"RetrieveAETitle": [" AE1 ", "AE2"]},
        {"FrameIncrementPointer": [0x00181063, 0x00181065]},
        {"InstanceNumber": " 7 "},
        {"InstanceNumber": ""},
        {"WindowCenter": ["40", "400"]},
    ],
)
@pytest.mark.parametrize("charset", ["ISO_IR 192", "ISO_IR 100", "", ["", "ISO 2022 IR 87"]])
def test_values_of_every_kind(changes, charset) -> None:
    pair = both(file_of(image(SpecificCharacterSet=charset, **changes)).getvalue())
    assert pair is not None
    assert pair[0] == pair[1]
