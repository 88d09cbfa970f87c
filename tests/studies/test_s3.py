"""The whole path on S3-compatible storage: moto's server in a process of its own, on loopback."""

import io
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256

import boto3
import numpy as np
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.utils import timezone
from pydicom import dcmread

from audit.models import AuditRecord
from common.s3 import LEAST_BYTES, S3Object
from studies.models import Instance, Series, SetAsideFile, Study
from studies.pixels import read_volume
from studies.services import storing
from studies.services.verification import Wish, verify_archive
from tests.services import running_s3
from tests.studies.making import bytes_of, file_of, image, stack, stow_body

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]
BUCKET = "fiducial"


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Return the address of a running S3 server."""
    with running_s3() as address:
        yield address


@pytest.fixture(autouse=True)
def s3(server, settings, monkeypatch) -> Iterator[None]:
    """Keep the blobs of a test in an empty bucket."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    options = {
        "bucket_name": BUCKET, "endpoint_url": server, "region_name": "us-east-1", "file_overwrite": True,
        "querystring_auth": False,
    }  # fmt: skip
    resource = boto3.resource("s3", endpoint_url=server, region_name="us-east-1")
    bucket = resource.create_bucket(Bucket=BUCKET)
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "common.s3.RangedS3Storage", "OPTIONS": options}}
    yield
    bucket.objects.delete()
    bucket.delete()
    resource.meta.client.close()


@pytest.fixture
def fetched() -> list[int]:
    """Return the sizes of all answers to GET from now on."""
    sizes: list[int] = []
    client = default_storage.connection.meta.client
    client.meta.events.register("after-call.s3.GetObject", lambda parsed, **_: sizes.append(parsed["ContentLength"]))
    return sizes


def keys() -> set[str]:
    return {one.key for one in default_storage.bucket.objects.all()}


# -- reading ranges ---------------------------------------------------------------------------------------------------


def kept(content: bytes) -> S3Object:
    default_storage.save("a", ContentFile(content))
    return S3Object(default_storage.connection.meta.client, BUCKET, "a")


CONTENT = bytes(range(256)) * 4096  # 1 MiB


def test_a_stretch_is_one_request_of_its_bytes(fetched) -> None:
    file = kept(CONTENT)
    file.seek(100_000)
    assert file.read(200_000) == CONTENT[100_000:300_000]
    assert fetched == [200_000]


def test_reading_on_fetches_ahead(fetched) -> None:
    file = kept(CONTENT)
    whole = b"".join(iter(lambda: file.read(1000), b""))
    assert whole == CONTENT
    assert len(fetched) < 8
    assert sum(fetched) == len(CONTENT)


def test_little_reads_are_few_requests(fetched) -> None:
    file = kept(CONTENT)
    file.seek(5000)
    assert [file.read(8) for _ in range(100)] == [CONTENT[5000 + 8 * n : 5008 + 8 * n] for n in range(100)]
    assert fetched == [LEAST_BYTES]


@pytest.mark.parametrize("size", [0, 1, LEAST_BYTES, LEAST_BYTES + 1])
def test_ends(size) -> None:
    file = kept(CONTENT[:size])
    assert file.read() == CONTENT[:size]
    assert file.read(10) == b""
    assert file.seek(0, io.SEEK_END) == size
    file.seek(max(size - 3, 0))
    assert file.read(100) == CONTENT[max(size - 3, 0) : size]
    file.seek(size + 10)
    assert file.read(5) == b""


def test_what_is_not_there_is_said_at_the_first_read() -> None:
    with default_storage.open("nowhere") as file, pytest.raises(FileNotFoundError):
        file.read(1)
    with pytest.raises(FileNotFoundError):
        default_storage.size("nowhere")


# -- the whole path ---------------------------------------------------------------------------------------------------


def test_import_serve_verify_delete(shared_data, importer, bring_in, client_of, administrator, fetched) -> None:
    folder = shared_data / "ct" / "CRLM-CT-1006"
    batch = bring_in(importer, folder)
    assert (batch.accepted, batch.set_aside) == (51, 0)
    instance = Instance.objects.order_by("number").first()
    series = instance.series
    assert series.indexed_at is not None
    api = client_of(importer)
    root = f"/dicomweb/studies/{series.study.study_uid}/series/{series.series_uid}"

    fetched.clear()
    answer = api.get(f"{root}/instances/{instance.sop_instance_uid}/frames/1")
    source = next(path for path in folder.iterdir() if dcmread(path).SOPInstanceUID == instance.sop_instance_uid)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert body == dcmread(source).PixelData
    assert fetched == [512 * 512 * 2]  # the frame's bytes, in one request

    metadata = api.get(f"{root}/metadata")
    content = b"".join(metadata.streaming_content) if metadata.streaming else metadata.content
    assert len(content) > 1000
    assert api.get(f"/api/series/{series.series_uid}/thumbnail").status_code == 200
    values, _ = read_volume(series.volumes.get())
    assert (values.shape, values.min(), values.max()) == ((51, 512, 512), -3024, 1184)

    whole = api.get(root, headers={"Accept": 'multipart/related; type="application/dicom"'})
    assert sum(len(chunk) for chunk in whole.streaming_content) > sum(path.stat().st_size for path in folder.iterdir())

    report = verify_archive(wish=Wish(idle=True))
    assert (report.found, report.instances, report.bytes_hashed) == ({}, 51, 26_876_490)
    assert client_of(administrator).delete(f"/api/studies/{series.study.study_uid}").status_code == 204
    assert keys() == set()


def test_verify_finds_and_mends(importer, bring_in) -> None:
    bring_in(importer, [*stack(3), image()])
    blob = Instance.objects.first().blob
    content = default_storage.open(blob).read()
    default_storage.save(blob, ContentFile(content[:-2] + b"zz"))
    default_storage.delete(Series.objects.last().metadata_name)
    found = verify_archive(wish=Wish(idle=True)).found
    assert found["changed_blob"] == 1
    assert found["not_indexed"] >= 1
    assert verify_archive(wish=Wish(idle=True, repair=True)).left == 0
    assert verify_archive(wish=Wish(idle=True)).found == {}


def test_a_lost_index_comes_back(importer, bring_in) -> None:
    bring_in(importer, stack(3))
    before = set(Instance.objects.values_list("sop_instance_uid", "sha256"))
    Study.objects.all().delete()
    assert verify_archive(wish=Wish(idle=True, repair=True)).left == 0
    assert set(Instance.objects.values_list("sop_instance_uid", "sha256")) == before
    assert verify_archive(wish=Wish(idle=True)).found == {}


def test_set_aside_files(importer, bring_in, client_of, shared_data) -> None:
    bring_in(importer, shared_data / "ct" / "TotalSegmentator_example" / "dicom")
    file = SetAsideFile.objects.first()
    api = client_of(importer)
    assert hash(b"".join(api.get(f"/api/set-aside/{file.pk}/file").streaming_content)) == hash(
        default_storage.open(file.blob).read()
    )
    assert api.post(f"/api/set-aside/{file.pk}/repair", {"action": "give_uids"}, "json").json()["outcome"] == "accepted"
    instance = Instance.objects.get()
    assert {instance.blob, instance.source_blob} <= keys()
    other = SetAsideFile.objects.filter(settled_at=None).first()
    assert api.delete(f"/api/set-aside/{other.pk}").status_code == 204
    assert other.blob not in keys()


def test_retention_deletes_objects_with_a_record(importer, bring_in) -> None:
    bring_in(importer, [*stack(2), image()])
    Instance.objects.update(created_at=timezone.now() - timedelta(days=31))
    bring_in(importer, [image()])
    young = Instance.objects.order_by("created_at").last()
    call_command("apply_retention", "--days", "30")
    assert list(Instance.objects.all()) == [young]
    assert [one for one in keys() if one.startswith("instances/")] == [young.blob]
    assert AuditRecord.objects.filter(action="series.delete", detail__why="retention of 30 days").count() == 2
    assert verify_archive(wish=Wish(idle=True)).found == {}


def test_stow_keeps_each_part_or_none_of_a_group(importer, client_of, monkeypatch) -> None:
    """There are no files without a name here: a group's objects are put, and taken away again when its rows fail."""
    slices = stack(3)
    body, kind = stow_body([bytes_of(one) for one in slices] + [b"no DICOM"])
    api = client_of(importer)
    with monkeypatch.context() as broken:
        broken.setattr(storing, "_write_rows", refused)
        with pytest.raises(RuntimeError, match="no rows today"):
            api.post("/dicomweb/studies", data=body, content_type=kind)
    assert keys() == set()
    assert not Instance.objects.exists()

    answer = api.post("/dicomweb/studies", data=body, content_type=kind)
    assert answer.status_code == 202, answer.content
    assert [one["00081155"]["Value"][0] for one in answer.json()["00081199"]["Value"]] == [
        one.SOPInstanceUID for one in slices
    ]
    stored = {one.blob: one.sha256 for one in Instance.objects.all()}
    assert {name: sha256(default_storage.open(name).read()).hexdigest() for name in stored} == stored
    again = api.post("/dicomweb/studies", data=body, content_type=kind)
    assert (again.status_code, Instance.objects.count(), SetAsideFile.objects.count()) == (202, 3, 2)


def refused(*_: object) -> None:
    raise RuntimeError("no rows today")


def test_a_full_archive_writes_no_object(importer, bring_in, client_of, administrator) -> None:
    bring_in(importer, [image()])
    before = keys()
    admin, api = client_of(administrator), client_of(importer)
    assert admin.patch("/api/storage", {"quota_bytes": 1}, "json").json()["state"] == "full"
    batch = api.post("/api/imports", {"source": "browser"}, "json").json()
    answer = api.post(f"/api/imports/{batch['id']}/files", {"file": file_of(image())}, "multipart")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "quota_exceeded")
    assert keys() == before
    assert admin.get("/api/storage").json()["disk_free_bytes"] is None


def test_a_compressed_frame_needs_its_bytes_alone(importer, bring_in, shared_data, client_of, fetched) -> None:
    """A multi-frame file: one frame is a small part of it."""
    path = shared_data / "multiframe_colour" / "examples_ybr_color.dcm"
    if not path.is_file():
        pytest.skip("that file is not among the real images")
    bring_in(importer, [path])
    instance = Instance.objects.get()
    if not instance.frame_spans:
        pytest.skip("its frames need assembling")
    fetched.clear()
    root = f"/dicomweb/studies/{instance.series.study.study_uid}/series/{instance.series.series_uid}"
    answer = client_of(importer).get(
        f"{root}/instances/{instance.sop_instance_uid}/frames/2",
        headers={"Accept": 'multipart/related; type="application/octet-stream"; transfer-syntax=*'},
    )
    assert answer.status_code == 200
    assert sum(fetched) < instance.size_bytes / 3


def test_released_archives_lie_there_too() -> None:
    """What releases and bundles use of storage: save, open, size, stream."""
    name = default_storage.save("releases/1/nnunet.zip", ContentFile(CONTENT))
    assert default_storage.size(name) == len(CONTENT)
    with default_storage.open(name, "rb") as file:
        assert np.frombuffer(file.read(), np.uint8).sum() == np.frombuffer(CONTENT, np.uint8).sum()
    with default_storage.open(name, "rb") as source:
        out = io.BytesIO()
        shutil.copyfileobj(source, out)
    assert out.getvalue() == CONTENT


def test_one_variable_chooses_it(server, tmp_path) -> None:
    """STORAGE_URL alone, in a process of its own."""
    script = (
        "import django; django.setup(); "
        "from django.core.files.base import ContentFile; from django.core.files.storage import default_storage as s; "
        "print(s.save('x', ContentFile(b'abc')), s.size('x'), type(s._wrapped).__name__)"
    )
    environment = {
        **os.environ, "DATA": str(tmp_path), "STORAGE_URL": f"s3://{BUCKET}?endpoint_url={server}&region=us-east-1",
        "PYTHONPATH": "platform:.", "DJANGO_SETTINGS_MODULE": "config.settings",
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["x", "3", "RangedS3Storage"], done.stderr
    assert keys() == {"x"}
