"""docs/dicomweb.md is true: every request in its tables is sent, and every key in it is searched by."""

import re
from pathlib import Path

import pytest
from pydicom.datadict import keyword_for_tag

from studies.dicomweb.matching import KEYS, MAX_RESULTS
from studies.models import Series
from tests.studies.answers import body_of, instance_root, series_root
from tests.studies.making import file_of, image, stack

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "dicomweb.md"
TEXT = DOCUMENT.read_text(encoding="utf-8")
LINES = [line for line in TEXT.splitlines() if re.match(r"\| `(GET|POST|DELETE|OPTIONS) ", line)]


def row_of(line: str) -> tuple[str, str, str, str, str]:
    """Return method, address, third column, status and media type of a line of a table."""
    request, third, status, content_type = (cell.strip(" `") for cell in line.strip("|").split("|"))
    method, _, address = request.partition(" ")
    return method, address, third, status, content_type


ROWS = [row_of(line) for line in LINES]
ASKED = [row for row in ROWS if row[0] != "POST"]
SENT = [row for row in ROWS if row[0] == "POST"]


@pytest.fixture
def client(administrator, client_of):
    return client_of(administrator)


@pytest.fixture
def places(bring_in, administrator) -> dict[str, str]:
    """Bring in the series that the document speaks of and return its addresses."""
    bring_in(administrator, stack(3, EncapsulatedDocument=b"%PDF" * 500))
    series = Series.objects.get()
    return {
        "study": f"/dicomweb/studies/{series.study.study_uid}",
        "series": series_root(series),
        "instance": instance_root(series.instances.first()),
        "uid": series.instances.first().sop_instance_uid,
    }


def test_every_row_is_read() -> None:
    assert all(status.isdecimal() for _, _, _, status, _ in ROWS)
    assert len(ASKED) > 80
    assert len(SENT) >= 10


def test_what_is_asked_is_answered_as_written(places, client) -> None:
    wrong = []
    for method, address, accept, status, content_type in ASKED:
        headers = {"Accept": accept} if accept else {}
        answer = client.generic(method, address.format(**places), headers=headers)
        body_of(answer)
        said = (answer.status_code, answer.get("Content-Type", "").partition("; boundary")[0])
        if said != (int(status), content_type):
            wrong.append(((method, address, accept), said, (status, content_type)))
    assert wrong == []


def body(files: list[bytes]) -> bytes:
    """Return a multipart body."""
    parts = (b"--XX\r\nContent-Type: application/dicom\r\n\r\n" + file + b"\r\n" for file in files)
    return b"".join(parts) + b"--XX--\r\n"


@pytest.mark.parametrize("row", SENT, ids=lambda row: row[2][:40])
def test_what_is_stored_is_answered_as_written(places, client, row) -> None:
    _, address, sent, status, content_type = row
    kind = sent.partition("`")[2]
    new = file_of(image()).getvalue()
    files = {
        "one new file": [new],
        "the same file twice": [new, new],
        "a new file and junk": [new, b"junk"],
        "junk alone": [b"junk"],
        "a file of another study": [new],
        "no part": [],
        "no boundary": [new],
        "metadata": [b"{}"],
    }[sent.partition(",")[0]]
    content = body(files) if kind.startswith("multipart") else files[0]
    boundary = "; boundary=XX" if kind.startswith("multipart") and "no boundary" not in sent else ""
    answer = client.generic("POST", address.format(**places), content, kind + boundary)
    assert (answer.status_code, answer["Content-Type"]) == (int(status), content_type), answer.content


def test_the_keys_are_those_searched_by() -> None:
    for level in ("study", "series", "instance"):
        (listed,) = re.findall(rf"^\| {level} \| (.*) \|$", TEXT, re.MULTILINE)
        written = {name.strip() for name in listed.split(",")}
        assert written == {keyword_for_tag(int(tag, 16)) for tag, key in KEYS.items() if key.level == level}
    assert f"at most {MAX_RESULTS:,} results" in TEXT


def test_every_address_is_in_the_document(places) -> None:
    from studies.dicomweb.capabilities import resources

    asked = {shape(address) for _, address, _, _, _ in ROWS}
    missing = {shape("/dicomweb/" + one["path"]) for one in resources()} - asked
    assert missing == set()


def shape(address: str) -> str:
    """Return an address without query, UIDs and numbers, so that those of the document and the table compare."""
    path = address.partition("?")[0]
    series = "/dicomweb/studies/{study}/series/{series}"
    for name, whole in (("instance", series + "/instances/{instance}"), ("series", series), ("study", series[:25])):
        path = re.sub(rf"^\{{{name}\}}", whole, path)
    return re.sub(r"/(bulkdata|frames)/[^/]+", r"/\1/*", path)
