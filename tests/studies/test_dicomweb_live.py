"""The conformance statement against a real server, through whatever stands in front of the views."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from pydicom import Dataset

from tests.stack import Api, Stack
from tests.studies.making import bytes_of, file_of, stack
from tests.studies.test_dicomweb_conformance import ASKED

pytestmark = pytest.mark.processes


@pytest.fixture(autouse=True)
def own_blobs() -> None:
    """Replace the database tests' fixture: the stack has a data folder of its own."""


@pytest.fixture(scope="module")
def served(tmp_path_factory) -> tuple[Api, dict[str, str]]:
    """Start an installation with the series that the document speaks of."""
    folder: Path = tmp_path_factory.mktemp("live")
    slices = stack(3, EncapsulatedDocument=b"%PDF" * 500)
    (folder / "dicom").mkdir()
    for number, ds in enumerate(slices):
        (folder / "dicom" / f"{number}.dcm").write_bytes(file_of(ds).getvalue())
    with Stack(folder / "data", DJANGO_SUPERUSER_PASSWORD="an unguessable one") as running:
        running.manage("createsuperuser", "--noinput", "--username", "live", "--email", "live@example.org")
        running.manage("import_dicom", str(folder / "dicom"))
        study = f"/dicomweb/studies/{slices[0].StudyInstanceUID}"
        series = f"{study}/series/{slices[0].SeriesInstanceUID}"
        uid = slices[0].SOPInstanceUID
        places = {"study": study, "series": series, "instance": f"{series}/instances/{uid}", "uid": uid}
        yield running.api("live"), places


def test_every_row_twice_and_as_head(served) -> None:
    """Twice, because the second answer to the same request may come another way than the first."""
    api, places = served
    wrong = []
    for method, address, accept, status, content_type in ASKED:
        bodies = []
        for asked in (method, method, "HEAD") if method == "GET" else (method,):
            headers = {"Accept": accept or "*/*"}
            answer = api.session.request(asked, api.url + address.format(**places), headers=headers, timeout=60)
            said = (answer.status_code, answer.headers.get("Content-Type", "").partition("; boundary")[0])
            if said != (int(status), content_type):
                wrong.append(((asked, address, accept), said, (status, content_type)))
            if asked == "HEAD":
                assert answer.content == b""
            elif "boundary" not in answer.headers.get("Content-Type", ""):
                bodies.append(answer.content)
        assert len(set(bodies)) <= 1, (method, address)
    assert wrong == []


def test_a_stranger_is_refused_at_every_row(served) -> None:
    api, places = served
    for method, address, accept, _, _ in ASKED:
        headers = {"Accept": accept or "*/*"}
        answer = requests.request(method, api.url + address.format(**places), headers=headers, timeout=60)
        assert answer.status_code == 401, (method, address)


def test_two_people_send_the_same_at_once(served) -> None:
    """Of the same and of overlapping instances there is one each in the end, and every answer says so."""
    api, _ = served
    slices = stack(12)
    for first, second in ((slices[:6], slices[:6]), (slices[3:9], slices[6:])):
        with ThreadPoolExecutor(2) as pool:
            answers = list(pool.map(lambda part: send(api, part), (first, second)))
        for answer, part in zip(answers, (first, second), strict=True):
            assert answer.status_code == 200, answer.text
            referenced = answer.json()["00081199"]["Value"]
            assert [one["00081155"]["Value"] for one in referenced] == [[ds.SOPInstanceUID] for ds in part]
            assert "00081198" not in answer.json()  # failed: none
    series = f"/dicomweb/studies/{slices[0].StudyInstanceUID}/series/{slices[0].SeriesInstanceUID}"
    found = api.get(f"{series}/instances")
    assert sorted(one["00080018"]["Value"][0] for one in found) == sorted(ds.SOPInstanceUID for ds in slices)
    (only,) = api.get(f"/dicomweb/series?SeriesInstanceUID={slices[0].SeriesInstanceUID}")
    assert only["00201209"]["Value"] == [12]
    for ds in slices:
        answer = api.session.get(f"{api.url}{series}/instances/{ds.SOPInstanceUID}", timeout=60)
        assert bytes_of(ds) in answer.content


def send(api: Api, slices: Sequence[Dataset]) -> requests.Response:
    """Store instances on a connection of their own."""
    mark = "a1b2c3d4"
    parts = (f"--{mark}\r\nContent-Type: application/dicom\r\n\r\n".encode() + bytes_of(ds) + b"\r\n" for ds in slices)
    headers = {
        "Authorization": str(api.session.headers["Authorization"]),
        "Content-Type": f'multipart/related; type="application/dicom"; boundary={mark}',
        "Accept": "application/dicom+json",
    }
    body = b"".join(parts) + f"--{mark}--\r\n".encode()
    return requests.post(f"{api.url}/dicomweb/studies", data=body, headers=headers, timeout=120)
