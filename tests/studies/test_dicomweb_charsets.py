"""Names in every character set of the real files: JSON is UTF-8 and says what pydicom reads."""

import json
import shutil
import subprocess
import warnings
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import RawDataStorage
from pydicom.valuerep import PersonName

from studies.models import Instance
from tests.studies.answers import instance_root
from tests.studies.making import uid

FILES = (
    "chrArab", "chrFren", "chrFrenMulti", "chrGerm", "chrGreek", "chrH31", "chrH32", "chrHbrw", "chrI2",
    "chrJapMulti", "chrJapMultiExplicitIR6", "chrKoreanMulti", "chrRuss", "chrSQEncoding", "chrSQEncoding1",
    "chrX1", "chrX2",
)  # fmt: skip
NEEDED = ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID")
TEXT = ("LO", "SH", "ST", "LT", "UC", "UT", "CS")


@pytest.fixture
def client(administrator, client_of):
    return client_of(administrator)


def read(path) -> Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # some of them are odd on purpose
        dataset = dcmread(path, force=True)
        dataset.decode()
    return dataset


def name_json(name: PersonName) -> dict[str, str]:
    """Return a name as DICOM JSON has it (PS3.18 F.2.2)."""
    groups = {"Alphabetic": name.alphabetic, "Ideographic": name.ideographic, "Phonetic": name.phonetic}
    return {key: value for key, value in groups.items() if value}


def compare(dataset: Dataset, header: dict[str, Any]) -> int:
    """Assert that every text and name of a data set stands in the JSON; return how many were looked at."""
    seen = 0
    for element in dataset:
        found = header.get(f"{element.tag:08X}", {})
        if element.VR == "SQ":
            seen += sum(compare(item, found["Value"][index]) for index, item in enumerate(element.value))
        elif not element.value or element.keyword == "SpecificCharacterSet":
            continue
        elif element.VR == "PN":
            values = [element.value] if isinstance(element.value, PersonName) else element.value
            assert found["Value"] == [name_json(value) for value in values], element
            seen += 1
        elif element.VR in TEXT:
            values = [element.value] if isinstance(element.value, str) else list(element.value)
            assert found["Value"] == values, element
            seen += 1
    return seen


@pytest.fixture
def held(shared_data, bring_in, administrator):
    """Return a function that imports one of the files (given UIDs where it has none) and returns data set and row."""

    def bring(name: str) -> tuple[Dataset, Instance]:
        path = shared_data / "odd" / "charset" / f"{name}.dcm"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = dcmread(path, force=True)
        whole = all(dataset.get(key) for key in NEEDED) and "PixelData" in dataset
        for key in NEEDED:
            setattr(dataset, key, dataset.get(key) or uid())
        if "PixelData" not in dataset:  # several are heads of images without the images
            dataset.SOPClassUID = RawDataStorage
            for key in ("Rows", "Columns"):
                dataset.pop(key, None)
        bring_in(administrator, [path if whole else dataset])
        return read(path), Instance.objects.select_related("series__study").get()

    return bring


@pytest.mark.parametrize("name", FILES)
def test_metadata_and_searches_say_what_pydicom_reads(held, client, name) -> None:
    dataset, row = held(name)
    answer = client.get(f"{instance_root(row)}/metadata")
    assert answer["Content-Type"] == "application/dicom+json"
    (header,) = json.loads(answer.content.decode("utf-8"))
    assert header["00080005"]["Value"] == ["ISO_IR 192"], "JSON is UTF-8 whatever the file was"
    assert compare(dataset, header) >= 1
    (study,) = json.loads(client.get("/dicomweb/studies").content.decode("utf-8"))
    if dataset.get("PatientName"):
        assert study["00100010"]["Value"] == [name_json(dataset.PatientName)]
    by_uid = {"SOPInstanceUID": row.sop_instance_uid, "includefield": "00100010"}
    (instance,) = client.get("/dicomweb/instances", by_uid).json()
    assert instance.get("00100010", {}).get("Value") == header.get("00100010", {}).get("Value")


@pytest.mark.parametrize("name", FILES)
def test_names_are_found_in_any_of_their_writings(held, client, name) -> None:
    dataset, _ = held(name)
    if not dataset.get("PatientName"):
        pytest.skip("the file has no patient's name at its top level")
    groups = [group for group in name_json(dataset.PatientName).values() if group.strip("^ ")]
    assert groups
    for group in groups:
        found = client.get("/dicomweb/studies", {"PatientName": group})
        assert found.status_code == 200, group
        first = next(part for part in group.split("^") if part)
        assert client.get("/dicomweb/studies", {"PatientName": f"*{first}*"}).status_code == 200, first
        assert client.get("/dicomweb/studies", {"PatientName": first, "fuzzymatching": "true"}).status_code == 200
    assert client.get("/dicomweb/studies", {"PatientName": "Nobody^Of^That^Name"}).status_code == 204


@pytest.mark.parametrize("name", FILES)
def test_dcmtk_reads_the_same_names(held, client, tmp_path, name) -> None:
    if shutil.which("dcm2json") is None:
        pytest.skip("dcmtk is not on this machine: apt-get install dcmtk")
    _, row = held(name)
    (header,) = client.get(f"{instance_root(row)}/metadata").json()
    path = tmp_path / "returned.dcm"
    path.write_bytes(client.get(instance_root(row), {"accept": "application/dicom"}).content)
    converted = tmp_path / "utf8.dcm"
    done = subprocess.run(["dcmconv", "+U8", str(path), str(converted)], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"this dcmtk cannot convert it: {done.stderr.strip()[-120:]}")
    said = subprocess.run(["dcm2json", str(converted)], capture_output=True, check=True).stdout.decode("utf-8")
    theirs = json.loads(said)
    if "00100010" in theirs:
        ours = header["00100010"].get("Value", [{}])
        assert [clean(value) for value in theirs["00100010"].get("Value", [{}])] == [clean(value) for value in ours]


def clean(name: dict[str, str]) -> dict[str, str]:
    """Return a name without empty parts at its ends, which say nothing (PS3.5 6.2.1)."""
    return {key: value.rstrip("^ ") for key, value in name.items() if value.rstrip("^ ")}
