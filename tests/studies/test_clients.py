"""Clients that are not ours against a live server: dicomweb-client and dcmtk."""

import io
import shutil
import subprocess

import numpy as np
import pytest
import requests
from dicomweb_client.api import DICOMwebClient
from pydicom import dcmread

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


def test_a_stranger_gets_nothing(live_server, transactional_db) -> None:
    response = requests.get(f"{live_server.url}/dicomweb/studies", timeout=10)
    assert response.status_code == 401
