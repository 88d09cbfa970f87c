"""The conformance statement against a real server, through whatever stands in front of the views."""

from pathlib import Path

import pytest

from tests.stack import Api, Stack
from tests.studies.making import file_of, stack
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
        places = {"study": study, "series": series, "instance": f"{series}/instances/{slices[0].SOPInstanceUID}"}
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
    import requests

    api, places = served
    for method, address, accept, _, _ in ASKED:
        headers = {"Accept": accept or "*/*"}
        answer = requests.request(method, api.url + address.format(**places), headers=headers, timeout=60)
        assert answer.status_code == 401, (method, address)
