"""The DICOM listener, with dcmtk's own senders: real processes on both ends."""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pydicom import dcmread
from pynetdicom import _config

from audit.models import AuditRecord
from studies.dimse.listener import Listener, ListenerSettings, plain_address
from studies.dimse.sessions import node_for
from studies.models import Import, Instance, RemoteNode, Series, SetAsideFile
from studies.services import NodeDraft, set_node
from studies.services.verification import Wish, verify_archive
from tests import factories
from tests.services import free_port
from tests.stack import Stack
from tests.studies.making import file_of, image, stack

pytestmark = pytest.mark.django_db(transaction=True)
OURS, THEIRS = "FIDUCIAL", "SCANNER1"
RUNNING: list[Listener] = []
needs_dcmtk = pytest.mark.skipif(
    shutil.which("storescu") is None or shutil.which("echoscu") is None,
    reason="dcmtk is not installed (apt-get install dcmtk)",
)


@pytest.fixture
def process_as_before():
    """Put back what a listener sets for the whole of its process."""
    before = tempfile.tempdir
    yield
    tempfile.tempdir = before
    _config.UNRESTRICTED_STORAGE_SERVICE = _config.STORE_RECV_CHUNKED_DATASET = False


@pytest.fixture
def listening(tmp_path, process_as_before):
    """Return the port of a listener in this process."""
    listener = Listener(ListenerSettings("127.0.0.1", 0, OURS, tmp_path / "spool", max_associations=2, idle_s=20))
    RUNNING[:] = [listener]
    yield listener.start()
    listener.stop()
    RUNNING.clear()


@pytest.fixture
def node(importer):
    return set_node(actor=None, draft=NodeDraft(THEIRS, "127.0.0.1", "A scanner", importer))


def send(program: str, port: int, *arguments: str, calling: str = THEIRS, called: str = OURS):
    command = [program, "-v", "-aet", calling, "-aec", called, *arguments[:-1], "127.0.0.1", str(port), *arguments[-1:]]
    if program == "echoscu":
        command = [program, "-v", "-aet", calling, "-aec", called, "127.0.0.1", str(port)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def closed_import(count: int = 1) -> list[Import]:
    """Wait until the listener has closed its imports, and return them.

    The tests' database lies in memory, where readers disturb writers: it is asked only when the listener is quiet.
    """
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        time.sleep(0.2)
        if not any(one.busy for one in RUNNING) and Import.objects.filter(state="closed").count() >= count:
            return list(Import.objects.filter(state="closed").order_by("created_at"))
    pytest.fail("the import was not closed")


def save(folder: Path, *datasets) -> Path:
    folder.mkdir()
    for number, dataset in enumerate(datasets):
        (folder / f"{number}.dcm").write_bytes(file_of(dataset).getvalue())
    return folder


@needs_dcmtk
def test_echo(listening, node) -> None:
    assert send("echoscu", listening).returncode == 0


@needs_dcmtk
@pytest.mark.parametrize(("calling", "called"), [("STRANGER", OURS), (THEIRS, "ANOTHER")])
def test_who_is_unknown_is_rejected(listening, node, calling, called) -> None:
    answer = send("echoscu", listening, calling=calling, called=called)
    assert answer.returncode != 0
    assert "Association Rejected" in answer.stdout + answer.stderr or "Rejected" in answer.stdout + answer.stderr


@needs_dcmtk
def test_a_machine_is_known_by_its_address_too(listening, node) -> None:
    RemoteNode.objects.update(host="192.0.2.1")
    assert send("echoscu", listening).returncode != 0
    RemoteNode.objects.update(host="", enabled=False)
    assert send("echoscu", listening).returncode != 0
    RemoteNode.objects.update(enabled=True)
    assert send("echoscu", listening).returncode == 0


@needs_dcmtk
def test_a_real_series_comes_whole(listening, node, shared_data, importer, run_jobs) -> None:
    team = factories.team("Readers")
    set_node(actor=None, draft=NodeDraft(THEIRS, "", "", importer, team), node=node)
    folder = shared_data / "ct" / "CRLM-CT-1006"
    answer = send("storescu", listening, "+sd", str(folder))
    assert answer.returncode == 0, answer.stderr
    assert answer.stderr.count("Success") + answer.stdout.count("Success") >= 51
    (batch,) = closed_import()
    assert (batch.accepted, batch.set_aside) == (51, 0)
    assert (batch.created_by, batch.source) == (importer, f"dicom {THEIRS}")
    run_jobs()
    series = Series.objects.get()
    assert series.volumes.get().geometry["shape_kji"] == [51, 512, 512]
    assert series.grants.get().team == team
    assert AuditRecord.objects.filter(action="series.grant", detail__by=f"dicom {THEIRS}").count() == 1
    sent = {dcmread(path, stop_before_pixels=True).SOPInstanceUID for path in folder.iterdir()}
    assert set(Instance.objects.values_list("sop_instance_uid", flat=True)) == sent
    assert verify_archive(wish=Wish(idle=True)).found == {}

    again = send("storescu", listening, "+sd", str(folder))
    assert again.returncode == 0
    assert closed_import(2)[1].duplicates == 51


@needs_dcmtk
@pytest.mark.parametrize(
    ("file", "flag"),
    [
        ("small/MR_small_RLE.dcm", "-xr"),
        ("small/MR_small_jp2klossless.dcm", "-xv"),
        ("small/SC_rgb_jpeg_gdcm.dcm", "-xs"),
    ],
)
def test_compressed_files_arrive_as_they_were(listening, node, shared_data, file, flag) -> None:
    path = shared_data / "transfer_syntax" / file
    if not path.is_file():
        pytest.skip(f"{file} is not among the real images")
    answer = send("storescu", listening, flag, str(path))
    assert answer.returncode == 0, answer.stderr
    closed_import()
    assert Instance.objects.get().transfer_syntax_uid == dcmread(path).file_meta.TransferSyntaxUID


@needs_dcmtk
def test_other_bytes_under_a_stored_uid_are_kept_and_refused(listening, node, tmp_path) -> None:
    first = image()
    assert send("storescu", listening, "+sd", str(save(tmp_path / "a", first))).returncode == 0
    closed_import()
    first.PatientName = "Roe^R"
    answer = send("storescu", listening, "+sd", str(save(tmp_path / "b", first)))
    assert re.search(r"0x0?111|Duplicate", answer.stdout + answer.stderr)
    closed_import(2)
    assert SetAsideFile.objects.get().reason == "conflict"


def peer(port: int, *contexts, calling: str = THEIRS):
    """Return an open association of pynetdicom's own."""
    from pynetdicom import AE

    entity = AE(ae_title=calling)
    for abstract, transfer in contexts:
        entity.add_requested_context(abstract, transfer)
    return entity.associate("127.0.0.1", port, ae_title=OURS)


EXPLICIT = "1.2.840.10008.1.2.1"
CT = "1.2.840.10008.5.1.4.1.1.2"


def test_private_and_unknown_classes_are_taken(listening, node) -> None:
    dataset = image(SOPClassUID="1.2.826.0.1.3680043.2.1143.99")
    association = peer(listening, (dataset.SOPClassUID, EXPLICIT))
    assert association.is_established
    status = association.send_c_store(dataset)
    association.release()
    (batch,) = closed_import()
    assert batch.accepted + batch.set_aside == 1  # kept, one way or the other
    assert (status.Status == 0) == (batch.accepted == 1)


def test_bad_data_is_kept_and_refused(listening, node) -> None:
    """No study and series UID, as some machines' test images are."""
    association = peer(listening, (CT, EXPLICIT))
    dataset = image(StudyInstanceUID=None, SeriesInstanceUID=None)
    assert association.send_c_store(dataset).Status == 0xC000
    assert association.send_c_store(image()).Status == 0  # the association goes on
    association.release()
    (batch,) = closed_import()
    assert (batch.accepted, batch.set_aside) == (1, 1)


def test_no_room_is_said_as_that(listening, node) -> None:
    from studies.models import StorageRules

    StorageRules.objects.create(quota_bytes=1)
    association = peer(listening, (CT, EXPLICIT))
    assert association.send_c_store(image()).Status == 0xA700
    association.release()
    assert not Instance.objects.exists()


def test_only_so_many_at_once(listening, node) -> None:
    open_ones = [peer(listening, (CT, EXPLICIT)) for _ in range(2)]
    assert all(one.is_established for one in open_ones)
    third = peer(listening, (CT, EXPLICIT))
    assert third.is_rejected
    for one in open_ones:
        one.release()


def test_a_sender_that_dies_leaves_what_was_acknowledged(listening, node, tmp_path) -> None:
    association = peer(listening, (CT, EXPLICIT))
    for one in stack(3):
        assert association.send_c_store(one).Status == 0
    association.abort()
    (batch,) = closed_import()
    assert batch.accepted == 3
    assert list((tmp_path / "spool").glob("*.dcm")) == []


def test_addresses_without_their_clothes() -> None:
    assert plain_address("::ffff:10.0.0.5") == "10.0.0.5"
    assert plain_address("::1") == "::1"


def test_titles_are_compared_without_padding(node) -> None:
    assert node_for(f" {THEIRS} ", "127.0.0.1") == node
    assert node_for(THEIRS, "127.0.0.2") is None


def test_changing_a_machine_by_command_leaves_what_is_not_named() -> None:
    owner = factories.user("mira", is_staff=True)
    call_command("dicom_nodes", "--add", THEIRS, "--host", "10.0.0.5", "--user", "mira", "--description", "CT")
    RemoteNode.objects.update(enabled=False)
    call_command("dicom_nodes", "--add", THEIRS, "--description", "CT 1")
    node = RemoteNode.objects.get()
    assert (node.host, node.user, node.description, node.enabled) == ("10.0.0.5", owner, "CT 1", False)
    call_command("dicom_nodes", "--add", THEIRS, "--host", "", "--user", "")
    node.refresh_from_db()
    assert (node.host, node.user) == ("", None)
    with pytest.raises(CommandError, match="no user 'nobody'"):
        call_command("dicom_nodes", "--add", THEIRS, "--user", "nobody")


def test_a_port_that_is_none_is_said(process_as_before) -> None:
    with pytest.raises(CommandError, match="Cannot listen on"):
        call_command("dicom_listener", "--port", "99999")


@needs_dcmtk
@pytest.mark.processes
def test_the_listener_killed_in_the_middle_keeps_its_word(shared_data, tmp_path) -> None:
    """kill -9: every file whose sender was told Success is there and whole; nothing else is wrong after a repair."""
    data = tmp_path / "data"
    environment = {**os.environ, "DATA": str(data), "DATABASE_URL": "", "STORAGE_URL": "", "PYTHONPATH": "platform:."}
    manage = [sys.executable, "manage.py"]

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*manage, *arguments], env=environment, capture_output=True, text=True, check=False)

    assert run("migrate", "--verbosity", "0").returncode == 0
    assert run("dicom_nodes", "--add", THEIRS).returncode == 0
    listener = subprocess.Popen(
        [*manage, "dicom_listener", "--port", "0"], env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        port = int(re.search(r":(\d+)\.", listener.stdout.readline()).group(1))
        folder = shared_data / "ct" / "CRLM-CT-1006"
        command = ["storescu", "-v", "-aet", THEIRS, "-aec", OURS, "+sd", "127.0.0.1", str(port), str(folder)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as sender:
            lines = []
            for line in sender.stdout:
                lines.append(line)
                if sum("Success" in one for one in lines) == 20:
                    listener.send_signal(signal.SIGKILL)
                    break
            lines += list(sender.stdout)
    finally:
        listener.kill()
        listener.communicate()
    acknowledged = sum("Success" in one for one in lines)
    assert 20 <= acknowledged < 51
    run("verify_archive", "--repair", "--idle")
    checked = run("verify_archive", "--idle", "--json")
    assert checked.returncode == 0, checked.stdout
    stored = int(re.search(r'"instances": (\d+)', checked.stdout).group(1))
    assert acknowledged <= stored <= 51


@needs_dcmtk
@pytest.mark.processes
def test_serve_starts_it_too(tmp_path) -> None:
    stack, port = Stack(tmp_path / "data"), free_port()
    stack.serve_options = ["--dicom-port", str(port), "--dicom-ae-title", OURS]
    stack.manage("migrate", "--verbosity", "0")
    stack.manage("dicom_nodes", "--add", THEIRS)
    with stack:
        deadline = time.monotonic() + 60
        while send("echoscu", port).returncode != 0:
            assert time.monotonic() < deadline, stack.log.read_text()[-2000:]
            time.sleep(0.5)
