"""Files that are made to break things: bombs, depth without end, names and values that would be headers."""

import gzip
import io
import zlib
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import DeflatedExplicitVRLittleEndian, EncapsulatedPDFStorage, RLELossless

from studies.models import Instance, SetAsideFile
from studies.services import close_import, open_import, store_file
from studies.types import Outcome
from tests.studies.answers import body_of, instance_root, series_root
from tests.studies.making import file_of, image

pytestmark = pytest.mark.django_db

DOORS = (
    "", "/metadata", "/rendered", "/thumbnail", "/pixeldata", "/bulkdata", "/frames/1", "/frames/1/rendered",
    "/bulkdata/7FE00010", "/bulkdata/00420011", "/bulkdata/0040A730/0/00420011",
)  # fmt: skip


def ask_everything(client, instance: Instance) -> None:
    """Fail when any address of an instance or its series answers with an error of ours, or with a broken header."""
    client.raise_request_exception = False
    for door in DOORS:
        for accept in ("*/*", 'multipart/related; type="application/octet-stream"; transfer-syntax=*'):
            answer = client.get(instance_root(instance) + door, headers={"Accept": accept})
            assert answer.status_code < 500, (door, accept)
            body_of(answer)
            assert "injected" not in str(sorted(answer.items())).lower(), door
    for door in ("", "/metadata", "/rendered", "/thumbnail", "/instances", "/bulkdata"):
        answer = client.get(series_root(instance.series) + door)
        assert answer.status_code < 500, door
        body_of(answer)


def stating(ds: Dataset, stated: bytes) -> io.BytesIO:
    """Return a file whose head states these bytes as its transfer syntax."""
    known = str(ds.file_meta.TransferSyntaxUID).encode()
    known += b"\0" * (len(known) % 2)
    content = file_of(ds).getvalue()
    at = content.index(known)
    head, tail = content[:at], content[at + len(known) :]
    stated += b"\0" * (len(stated) % 2)
    length = len(stated).to_bytes(2, "little")
    group = int.from_bytes(head[140:144], "little") + len(stated) - len(known)
    return io.BytesIO(head[:140] + group.to_bytes(4, "little") + head[144:-2] + length + stated + tail)


@pytest.mark.parametrize("kind", ["document", "fragments"])
@pytest.mark.parametrize(
    "stated",
    [
        b"1.2.840.10008.1.2.1\r\nX-Injected: yes",
        b'1.2.840.10008.1.2.1"; injected="1',
        b"1.2.840\xff\xfe\r\n\r\ninjected",
        b"*",
        b"injected" * 9,
        b"9" * 300,
    ],
)
def test_a_transfer_syntax_that_is_no_uid_reaches_no_header(stated, kind, administrator, client_of) -> None:
    if kind == "document":
        ds = image(SOPClassUID=EncapsulatedPDFStorage, PixelData=b"", Rows=None, Columns=None)
        del ds.PixelData
        ds.EncapsulatedDocument = b"%PDF" * 500
    else:
        ds = image(PixelData=encapsulate([b"12345678"]))
        ds.file_meta.TransferSyntaxUID = RLELossless
        ds["PixelData"].is_undefined_length = True
    batch = open_import(actor=administrator, source="test")
    store_file(batch=batch, path="odd.dcm", file=stating(ds, stated))
    close_import(actor=administrator, batch=batch)
    for instance in Instance.objects.all():
        assert set(instance.transfer_syntax_uid) <= set("0123456789."), instance.transfer_syntax_uid
        ask_everything(client_of(administrator), instance)
    assert Instance.objects.count() + SetAsideFile.objects.count() == 1


def nested(depth: int) -> Dataset:
    innermost: Dataset = Dataset()
    innermost.EncapsulatedDocument = b"x" * 2000
    for _ in range(depth):
        outer = Dataset()
        outer.ContentSequence = Sequence([innermost])
        innermost = outer
    made = image()
    made.ContentSequence = innermost.ContentSequence if depth else Sequence([])
    return made


@pytest.mark.parametrize("depth", [16, 17, 100, 101, 300])
def test_however_deep_it_is_taken_in_or_set_aside_and_never_breaks_an_answer(depth, administrator, client_of) -> None:
    import sys

    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(20_000)  # to write it
    try:
        content = file_of(nested(depth))
    finally:
        sys.setrecursionlimit(limit)
    batch = open_import(actor=administrator, source="test")
    store_file(batch=batch, path="deep.dcm", file=content)
    close_import(actor=administrator, batch=batch)
    for instance in Instance.objects.all():
        ask_everything(client_of(administrator), instance)
    assert Instance.objects.count() + SetAsideFile.objects.count() == 1


def test_a_deflated_bomb_is_set_aside(administrator, settings) -> None:
    ds = image(EncapsulatedDocument=None)
    plain = file_of(ds).getvalue()
    at = plain.index(b"\x08\x00\x05\x00CS")
    bomb = plain[at:] + b"\xfc\xff\xfc\xffOB\0\0" + (300 << 20).to_bytes(4, "little") + bytes(300 << 20)
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packer.compress(bomb) + packer.flush()
    head = stating(image(), str(DeflatedExplicitVRLittleEndian).encode()).getvalue()
    content = head[: head.index(b"\x08\x00\x05\x00CS")] + packed
    assert len(content) < 400_000
    (outcome,) = store_file(
        batch=open_import(actor=administrator, source="test"), path="b.dcm", file=io.BytesIO(content)
    )
    assert outcome.outcome == Outcome.SET_ASIDE
    assert "inflates" in outcome.detail


def test_a_gzip_bomb_is_not_unpacked_to_its_end(administrator) -> None:
    """A DICOM file followed by nothing but zeros: 700 MB of them in some 700 kB."""
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", compresslevel=9) as out:
        out.write(file_of(image()).getvalue())
        for _ in range(700):
            out.write(bytes(1 << 20))
    batch = open_import(actor=administrator, source="test")
    (outcome,) = store_file(batch=batch, path="b.dcm.gz", file=io.BytesIO(packed.getvalue()))
    assert (outcome.outcome, outcome.reason) == (Outcome.SET_ASIDE, "unsafe_archive")


@pytest.mark.parametrize(
    "name",
    ['a"; filename="b.exe', "a\r\nX-Injected: yes", "../../etc/passwd", "\u202egpj.exe", "é" * 400, "<script>", "a\0b"],
)
def test_names_of_files_are_shown_and_sent_as_they_are_or_harmless(name, administrator, client_of) -> None:
    batch = open_import(actor=administrator, source=name, name=name)
    store_file(batch=batch, path=name, file=io.BytesIO(b"no image"))
    client = client_of(administrator)
    (listed,) = client.get("/api/set-aside").json()
    assert "\0" not in listed["path"]
    answer = client.get(f"/api/set-aside/{listed['id']}/file")
    assert body_of(answer) == b"no image"
    header = answer["Content-Disposition"]
    assert not set("\r\n\0") & set(header)
    assert header.startswith("attachment")
    assert "X-Injected" not in answer
    assert ".." not in header
    assert answer.get("X-Content-Type-Options") == "nosniff"


ODD_TEXTS = ("\0", "a\0b", "%", "\\", "'", "\ud800", "x" * 5000, "٣", "{}", "\u202e")
TEXT_ROUTES = (
    "studies?q=",
    "set-aside?q=",
    "imports?q=",
    "audit?subject=",
    "audit?action=",
    "studies/",
    "series/{}/volumes",
)


@pytest.mark.parametrize("route", TEXT_ROUTES)
def test_odd_texts_are_answered(route, administrator, client_of) -> None:
    from urllib.parse import quote

    client = client_of(administrator)
    client.raise_request_exception = False
    for text in ODD_TEXTS:
        safe = quote(text.encode("utf-8", "surrogatepass"))
        where = route.replace("{}", safe) if "{}" in route else route + safe
        answer: Any = client.get(f"/api/{where}")
        assert answer.status_code < 500, (route, text)
