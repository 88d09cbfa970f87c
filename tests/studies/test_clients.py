"""Clients that are not ours against a live server: dicomweb-client and dcmtk."""

import io
import json
import shutil
import subprocess
from typing import Any

import numpy as np
import pytest
import requests
from dicomweb_client.api import DICOMwebClient
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset

from accounts.services import issue_token
from tests import factories
from tests.studies.making import file_of, stack


@pytest.fixture
def session(transactional_db) -> requests.Session:
    """Return an HTTP session with an administrator's token."""
    from datetime import timedelta

    user = factories.user("root", is_staff=True)
    _, secret = issue_token(actor=user, user=user, name="test", lifetime=timedelta(hours=1))
    found = requests.Session()
    found.headers["Authorization"] = f"Bearer {secret}"
    yield found
    found.close()


@pytest.fixture
def client(live_server, session) -> DICOMwebClient:
    return DICOMwebClient(url=f"{live_server.url}/dicomweb", session=session)


def test_dicomweb_client_stores_finds_and_fetches(client: DICOMwebClient) -> None:
    slices = stack(3, PatientName="Wang^XiaoDong=王^小東")
    answer = client.store_instances([dcmread(file_of(ds)) for ds in slices])
    assert len(answer.ReferencedSOPSequence) == 3
    first = slices[0]
    study, series, instance = first.StudyInstanceUID, first.SeriesInstanceUID, first.SOPInstanceUID
    (found,) = client.search_for_studies(search_filters={"PatientName": "Wang*"}, fields=["StudyDescription"])
    assert found["0020000D"]["Value"] == [study]
    assert client.search_for_studies(search_filters={"PatientID": "nobody"}) == []
    assert len(client.search_for_series(study)) == 1
    assert len(client.search_for_instances(study, series, get_remaining=True, limit=2)) == 3
    headers = client.retrieve_series_metadata(study, series)
    assert [header["00200013"]["Value"][0] for header in headers] == [1, 2, 3]
    assert client.retrieve_instance_metadata(study, series, instance)["00080018"]["Value"] == [instance]
    assert client.retrieve_instance(study, series, instance).pixel_array.tolist() == first.pixel_array.tolist()
    assert len(client.retrieve_series(study, series)) == len(client.retrieve_study(study)) == 3
    (frame,) = client.retrieve_instance_frames(study, series, instance, [1])
    assert np.array_equal(np.frombuffer(frame, "<i2").reshape(6, 4), first.pixel_array)
    assert client.retrieve_instance_rendered(study, series, instance, media_types=("image/png",)).startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("file", "frames"),
    [
        ("transfer_syntax/small/MR_small_jp2klossless.dcm", 1),
        ("transfer_syntax/small/MR_small_bigendian.dcm", 1),
        ("multiframe_colour/emri_small_jpeg_ls_lossless.dcm", 10),
    ],
)
def test_encodings_through_dicomweb_client_and_dcmtk(shared_data, client, tmp_path, file, frames) -> None:
    path = shared_data / file
    original = dcmread(path)
    client.store_instances([original])
    ids = original.StudyInstanceUID, original.SeriesInstanceUID, original.SOPInstanceUID
    got = client.retrieve_instance_frames(*ids, [frames], media_types=(("application/octet-stream", "*"),))
    assert len(got) == 1
    explicit = (("application/octet-stream", "1.2.840.10008.1.2.1"),)
    plain = client.retrieve_instance_frames(*ids, list(range(1, frames + 1)), media_types=explicit)
    expected = original.pixel_array
    decoded = np.stack([np.frombuffer(one, expected.dtype.newbyteorder("<")) for one in plain])
    assert np.array_equal(decoded.reshape(expected.shape), expected)
    if shutil.which("dcmdump") is None:
        pytest.skip("dcmtk is not on this machine")
    returned = tmp_path / "returned.dcm"
    out = io.BytesIO()
    client.retrieve_instance(*ids).save_as(out)
    returned.write_bytes(out.getvalue())
    dump = subprocess.run(["dcmdump", str(returned)], capture_output=True, text=True, check=False)
    assert dump.returncode == 0, dump.stderr
    assert original.SOPInstanceUID in dump.stdout


def test_dicomweb_client_at_every_level(client: DICOMwebClient, live_server) -> None:
    from urllib.parse import urljoin

    slices = stack(3, PatientName="Wang^XiaoDong=王^小東", EncapsulatedDocument=b"%PDF" * 900)
    client.store_instances([dcmread(file_of(ds)) for ds in slices])
    first = slices[0]
    study, series, instance = first.StudyInstanceUID, first.SeriesInstanceUID, first.SOPInstanceUID
    assert len(client.search_for_series(search_filters={"Modality": "CT"})) == 1
    assert len(client.search_for_instances(study)) == len(client.search_for_instances()) == 3
    assert len(client.retrieve_study_metadata(study)) == 3
    header = client.retrieve_instance_metadata(study, series, instance)
    assert Dataset.from_json({"00100010": header["00100010"]}).PatientName.ideographic == "王^小東"
    uri = urljoin(live_server.url, header["00420011"]["BulkDataURI"])
    assert client.retrieve_bulkdata(uri) == [b"%PDF" * 900]
    assert client.retrieve_bulkdata(urljoin(live_server.url, header["7FE00010"]["BulkDataURI"])) == [first.PixelData]
    assert len(list(client.iter_series(study, series))) == 3
    listed = client.retrieve_instance_frames(study, series, instance, [1, 1])
    assert listed == [first.PixelData] * 2
    for kind, magic in (("image/jpeg", b"\xff\xd8"), ("image/png", b"\x89PNG"), ("image/gif", b"GIF8")):
        picture = client.retrieve_instance_rendered(study, series, instance, media_types=(kind,))
        assert picture.startswith(magic)
        frame = client.retrieve_instance_frames_rendered(study, series, instance, [1], media_types=(kind,))
        assert frame.startswith(magic)
    small = client.retrieve_instance_rendered(
        study, series, instance, media_types=("image/png",), params={"viewport": "2,3", "window": "0,400,linear"}
    )
    assert Image.open(io.BytesIO(small)).size == (2, 3)
    again = client.store_instances([dcmread(file_of(ds)) for ds in slices], study)
    assert len(again.ReferencedSOPSequence) == 3
    with pytest.raises(requests.HTTPError):
        client.store_instances([dcmread(file_of(stack(1)[0]))], study)


@pytest.mark.parametrize(
    "file",
    [
        "transfer_syntax/small/MR_small.dcm",
        "ct/CRLM-CT-1006",
        "mr/STS_001_T2FS/dicom",
        "seg/dcmqi/liver.dcm",
        "sr",
        "rt",
    ],
)
def test_metadata_equal_what_dcm2json_says(shared_data, client, session, live_server, tmp_path, file) -> None:
    if shutil.which("dcm2json") is None:
        pytest.skip("dcmtk is not on this machine: apt-get install dcmtk")
    path = shared_data / file
    path = path if path.is_file() else next(one for one in sorted(path.rglob("*.dcm")))
    original = dcmread(path)
    client.store_instances([original])
    ids = original.StudyInstanceUID, original.SeriesInstanceUID, original.SOPInstanceUID
    ours = client.retrieve_instance_metadata(*ids)
    address = "/dicomweb/studies/{}/series/{}/instances/{}".format(*ids)
    returned = tmp_path / "returned.dcm"
    accept = {"Accept": "application/dicom; transfer-syntax=*"}
    returned.write_bytes(session.get(live_server.url + address, headers=accept, timeout=30).content)
    assert returned.read_bytes() == path.read_bytes(), "stored bytes are never changed"
    converted = tmp_path / "converted.dcm"
    subprocess.run(["dcmconv", "+U8", str(returned), str(converted)], check=True)
    theirs = json.loads(subprocess.run(["dcm2json", str(converted)], check=True, capture_output=True).stdout)
    # its characters are UTF-8 now; pixels; what DICOMweb adds; padding at the end of the file
    apart = {"00080005", "7FE00010", "00083002", "FFFCFFFC"}
    assert set(ours) - apart == {tag for tag in theirs if not tag.endswith("0000")} - apart
    assert different(ours, theirs, apart) == []


def different(ours: Any, theirs: Any, apart: set[str], at: str = "") -> list[tuple[str, Any, Any]]:
    """Return where two DICOM JSON models differ; numbers compare as numbers, binary values by reference are passed."""
    found = []
    for tag in set(ours) & set(theirs) - apart:
        mine, other, here = ours[tag], theirs[tag], f"{at}/{tag}"
        if "BulkDataURI" in mine or mine["vr"] == "UN" or tag.endswith("0000"):
            continue
        if mine["vr"] == "SQ":
            items = mine.get("Value", []), other.get("Value", [])
            if len(items[0]) != len(items[1]):
                found.append((here, len(items[0]), len(items[1])))
            for index, (one, two) in enumerate(zip(*items, strict=False)):
                found += different(one, two, apart, f"{here}/{index}")
        elif plain(mine) != plain(other):
            found.append((here, mine, other))
    return found


def plain(element: dict[str, Any]) -> Any:
    """Return an element's values in a form in which equal values are equal."""
    values = [None if value in ("", {}) else value for value in element.get("Value", [])]
    if element["vr"] in ("DS", "IS", "FD", "FL", "US", "UL", "SS", "SL"):
        values = [None if value is None else float(f"{float(value):.6g}") for value in values]
    while values and values[-1] is None:
        values.pop()
    return element["vr"], values, element.get("InlineBinary", "")


def test_highdicom_opens_a_served_segmentation(shared_data, client) -> None:
    import highdicom

    path = shared_data / "seg" / "dcmqi" / "liver.dcm"
    original = dcmread(path)
    client.store_instances([original])
    ids = original.StudyInstanceUID, original.SeriesInstanceUID, original.SOPInstanceUID
    out = io.BytesIO()
    client.retrieve_instance(*ids).save_as(out)
    out.seek(0)
    segmentation = highdicom.seg.segread(out)
    assert list(segmentation.segment_numbers) == [1]
    counts = sorted(int(frame.sum()) for frame in segmentation.pixel_array)
    assert counts == [35_220, 35_645, 36_233]


def test_a_stranger_gets_nothing(live_server, transactional_db) -> None:
    response = requests.get(f"{live_server.url}/dicomweb/studies", timeout=10)
    assert response.status_code == 401
