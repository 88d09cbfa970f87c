"""docs/guides/connect.md works as it is written: every Python block of it runs against a live server."""

import contextlib
import io
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from dicomweb_client import DICOMwebClient
from pydicom import dcmread

from accounts.services import issue_token
from studies.models import Instance
from tests import factories
from tests.studies.making import stack

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "connect.md"
BLOCKS = re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
def token(transactional_db, bring_in) -> str:
    """Return the token of an administrator who has brought in a CT."""
    user = factories.user("root", is_staff=True)
    bring_in(user, stack(3, StudyDescription="Chest"))
    return issue_token(actor=user, user=user, name="test", lifetime=timedelta(hours=1))[1]


def test_every_python_block_runs(live_server, token, capsys) -> None:
    names = {"fiducial": live_server.url, "token": token}
    assert len(BLOCKS) == 7
    for number, block in enumerate(BLOCKS):
        exec(compile(block, f"{GUIDE.name}, block {number}", "exec"), names)  # noqa: S102  # our own guide
    for name in ("session", "client"):
        with contextlib.suppress(AttributeError):
            names[name].close()
    printed = capsys.readouterr().out
    assert "['Chest']" in printed
    assert "3 (6, 4) Explicit VR Little Endian" in printed
    assert "48 bytes of pixels" in printed
    assert "3 stored or already there" in printed
    assert names["values"][0] == names["datasets"][0].PixelData
    assert Instance.objects.count() == 3


def test_the_command_line_of_the_guide(live_server, token) -> None:
    (line,) = re.findall(r"^dicomweb_client (.*)$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    words = line.replace("http://127.0.0.1:8000", live_server.url).replace("fid_…", token).split()
    command = [str(Path(sys.executable).with_name("dicomweb_client")), *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "Chest" in done.stdout


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # the client never closes the session that it opens
@pytest.mark.parametrize("way", ["basic", "headers"])
def test_a_token_as_a_password_or_in_headers(live_server, token, way) -> None:
    plain = f"{live_server.url}/dicomweb"
    if way == "basic":
        session = requests.Session()
        session.auth = ("token", token)
        client = DICOMwebClient(url=plain, session=session)
    else:
        client = DICOMwebClient(url=plain, headers={"Authorization": f"Bearer {token}"})
    (study,) = client.search_for_studies()
    datasets = client.retrieve_study(study["0020000D"]["Value"][0])
    assert [dataset.pixel_array.shape for dataset in datasets] == [(6, 4)] * 3
    client._session.close()


def test_the_ohif_configuration_is_one_block() -> None:
    from tests.browser.ohif import config_of_the_guide

    config = config_of_the_guide()
    assert config.count("'/dicom-web'") == 2
    assert "omitQuotationForMultipartRequest: true" in config


def test_datasets_can_be_saved_and_read_again(live_server, token) -> None:
    """As the guide's Slicer example does, with what Slicer itself would read."""
    client = DICOMwebClient(url=f"{live_server.url}/dicomweb", headers={"Authorization": f"Bearer {token}"})
    study = Instance.objects.first().series.study.study_uid
    for dataset in client.retrieve_study(study):
        out = io.BytesIO()
        dataset.save_as(out)
        out.seek(0)
        assert dcmread(out).StudyInstanceUID == study
    client._session.close()
