"""What every DICOMweb route shares: who asks, versions, ranges, HEAD, OPTIONS, compression, and how it refuses."""

import base64
import gzip
import io
from datetime import timedelta

import pytest
import zstandard
from PIL import Image
from rest_framework.test import APIClient

from accounts.services import issue_token
from studies.dicomweb.accept import accepted_encoding
from studies.models import Instance, Series
from tests import factories
from tests.studies.answers import body_of, instance_root, series_root
from tests.studies.making import image, stack


@pytest.fixture
def client(administrator, client_of):
    return client_of(administrator)


@pytest.fixture
def series(bring_in, administrator) -> Series:
    bring_in(administrator, stack(3, StudyDescription="Chest " * 8))
    return Series.objects.get()


@pytest.fixture
def token(administrator) -> str:
    return issue_token(actor=administrator, user=administrator, name="test", lifetime=timedelta(hours=1))[1]


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def routes(series: Series) -> list[str]:
    """Return an address of every kind."""
    study, root = f"/dicomweb/studies/{series.study.study_uid}", series_root(series)
    instance = instance_root(series.instances.first())
    searches = ["/dicomweb/studies", "/dicomweb/series", "/dicomweb/instances", f"{study}/series", f"{root}/instances"]
    every = [f"{place}{door}" for place in (study, root, instance) for door in ("", *DOORS)]
    frames = [f"{instance}/frames/1{door}" for door in ("", "/rendered", "/thumbnail")]
    return ["/dicomweb/", *searches, *every, *frames, f"{instance}/bulkdata/7FE00010"]


DOORS = ("/metadata", "/rendered", "/thumbnail", "/bulkdata", "/pixeldata")


def test_a_token_opens_every_route_as_bearer_and_as_basic(series, token) -> None:
    for header in (f"Bearer {token}", f"bearer {token}", basic("token", token), basic("", token)):
        for route in routes(series):
            response = APIClient().get(route, headers={"Authorization": header})
            assert response.status_code == 200, (route, header, response.content)
            body_of(response)


def test_what_is_no_token_opens_nothing(series, token, administrator) -> None:
    administrator.set_password("long enough a password")
    administrator.save()
    wrong = (
        "", "Bearer", "Bearer x", "Bearer " + token[:-1], basic("token", token + "x"), "Basic !!!", "Basic",
        basic(administrator.username, "long enough a password"), "Digest x", basic("token", ""), "Basic /w==",
    )  # fmt: skip
    for header in wrong:
        for route in routes(series):
            response = APIClient().get(route, headers={"Authorization": header} if header else {})
            assert response.status_code == 401, (route, header)
            assert response["WWW-Authenticate"].startswith("Bearer"), "never a Basic challenge: browsers would keep it"
            assert response.json()["error"]["message"]


def test_basic_tokens_open_dicomweb_alone(series, token) -> None:
    assert APIClient().get("/api/studies", headers={"Authorization": basic("token", token)}).status_code == 401


def test_what_is_not_shared_does_not_exist(series, client_of) -> None:
    stranger = client_of(factories.user("somebody"))
    unknown = "/dicomweb/studies/1.2.3/series/1.2.3/instances/1.2.3"
    searches = {
        "/dicomweb/",
        *(route for route in routes(series) if route.endswith(("studies", "series", "instances"))),
    }
    for route in routes(series):
        response = stranger.get(route)
        if route in searches:
            assert response.status_code in (200, 204)
            continue
        assert response.status_code == 404, route
    there, nowhere = (
        stranger.get(f"{instance_root(series.instances.first())}/frames/1"),
        stranger.get(f"{unknown}/frames/1"),
    )
    assert there.content == nowhere.content, "hidden and missing look the same"


def test_head_says_what_get_would_without_a_body(series, client) -> None:
    for route in routes(series):
        got, head = client.get(route), client.head(route)
        assert (head.status_code, body_of(head)) == (got.status_code, b""), route
        body_of(got)
        assert head["Content-Type"].split("boundary")[0] == got["Content-Type"].split("boundary")[0]
        assert head.get("ETag") == got.get("ETag"), route


def test_options_says_the_methods_and_lets_no_other_origin_in(series, client) -> None:
    answer = client.options("/dicomweb/studies", headers={"Origin": "https://elsewhere.example"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert {"GET", "POST", "HEAD", "OPTIONS"} <= {name.strip() for name in answer["Allow"].split(",")} | {"HEAD"}
    for response in (answer, client.get("/dicomweb/studies", headers={"Origin": "https://elsewhere.example"})):
        assert not [name for name in response.headers if name.lower().startswith("access-control")]
    refused = client.delete(series_root(series))
    assert (refused.status_code, refused["Allow"].split(", ")[0]) == (405, "GET")
    assert APIClient().options("/dicomweb/studies").status_code == 401


def test_capabilities_as_json_and_wadl(series, client) -> None:
    from xml.etree import ElementTree

    listed = client.get("/dicomweb/").json()
    assert listed["root"] == "http://testserver/dicomweb"
    by_path = {one["path"]: one for one in listed["resources"]}
    assert by_path["studies"]["methods"] == ["GET", "POST"]
    assert "image/png" in by_path["studies/{study}/series/{series}/instances/{instance}/rendered"]["produces"]
    wadl = client.options("/dicomweb/", headers={"Accept": "application/vnd.sun.wadl+xml"})
    tree = ElementTree.fromstring(wadl.content)  # noqa: S314  # our own document
    space = "{http://wadl.dev.java.net/2009/02}"
    assert {one.get("path") for one in tree.iter(f"{space}resource")} == set(by_path)
    assert client.get("/dicomweb/", headers={"Accept": "text/html"}).status_code == 406


def test_pixels_are_immutable_and_lists_are_asked_again(series, client) -> None:
    instance = instance_root(series.instances.first())
    for route in (f"{instance}/frames/1", f"{instance}/rendered", f"{instance}/bulkdata/7FE00010"):
        answer = client.get(route)
        assert answer["Cache-Control"] == "private, max-age=31536000, immutable", route
        assert "Accept" in answer["Vary"], "another Accept is another answer"
        again = client.get(route, headers={"If-None-Match": answer["ETag"]})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", answer["ETag"])
        other = client.get(route, headers={"If-None-Match": '"x"'})
        assert other.status_code == 200
    for route in (f"{series_root(series)}/metadata", "/dicomweb/studies", f"{series_root(series)}/thumbnail"):
        assert client.get(route)["Cache-Control"] == "private, no-cache", route
    whole = client.get(instance, headers={"Accept": "application/dicom"})
    assert whole["Cache-Control"].endswith("immutable")
    assert (
        client.get(instance, headers={"Accept": "application/dicom", "If-None-Match": whole["ETag"]}).status_code == 304
    )


@pytest.mark.parametrize(
    ("asked", "status", "begin", "end"),
    [
        ("bytes=0-0", 206, 0, 1),
        ("BYTES=4-9", 206, 4, 10),
        ("bytes=40-", 206, 40, 48),
        ("bytes=40-999", 206, 40, 48),
        ("bytes=-6", 206, 42, 48),
        ("bytes=-999", 206, 0, 48),
        ("bytes=48-", 416, 0, 0),
        ("bytes=-0", 416, 0, 0),
        ("bytes=9-4", 200, 0, 48),
        ("bytes=0-1,3-4", 200, 0, 48),
        ("bytes=-", 200, 0, 48),
        ("bytes=" + "9" * 5000 + "-", 200, 0, 48),
        ("lines=1-2", 200, 0, 48),
        ("bytes=٣-", 200, 0, 48),
    ],
)
def test_ranges(series, client, asked, status, begin, end) -> None:
    instance = instance_root(series.instances.first())
    for route in (f"{instance}/frames/1", f"{instance}/bulkdata/7FE00010"):
        whole = client.get(route)
        assert len(whole.content) == 48
        answer = client.get(route, headers={"Range": asked})
        assert answer.status_code == status
        if status == 206:
            assert answer["Content-Range"] == f"bytes {begin}-{end - 1}/48"
            assert answer.content == whole.content[begin:end]
        elif status == 416:
            assert answer["Content-Range"] == "bytes */48"
            assert answer.json()["error"]["code"] == "bad_range"
        else:
            assert answer.content == whole.content
        assert client.get(route, headers={"Range": "bytes=0-1", "If-Range": whole["ETag"]}).status_code == 206
        assert client.get(route, headers={"Range": "bytes=0-1", "If-Range": '"older"'}).status_code == 200


def test_a_range_of_a_whole_file(series, client) -> None:
    instance = series.instances.first()
    whole = client.get(instance_root(instance), headers={"Accept": "application/dicom"})
    part = client.get(instance_root(instance), headers={"Accept": "application/dicom", "Range": "bytes=128-131"})
    assert (part.status_code, body_of(part)) == (206, b"DICM")
    assert part["Content-Range"] == f"bytes 128-131/{len(body_of(whole))}"


@pytest.mark.parametrize("route", ["studies", "instances", "metadata"])
def test_json_is_compressed_as_the_client_takes_it(bring_in, administrator, client, route) -> None:
    bring_in(administrator, stack(12))
    series = Series.objects.get()
    address = f"{series_root(series)}/metadata" if route == "metadata" else f"/dicomweb/{route}?includefield=all"
    if route == "studies":
        bring_in(administrator, [image() for _ in range(6)])
    plain = client.get(address)
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in plain["Vary"]
    packed = client.get(address, headers={"Accept-Encoding": "gzip, deflate"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content) / 2
    for refusing in ("", "identity", "gzip;q=0", "br", "gzip;q=0.0, *;q=0"):
        assert "Content-Encoding" not in client.get(address, headers={"Accept-Encoding": refusing}).headers, refusing
    chrome = client.get(address, headers={"Accept-Encoding": "gzip, deflate, br, zstd"})
    if chrome["Content-Encoding"] == "zstd":
        assert zstandard.ZstdDecompressor().decompressobj().decompress(chrome.content) == plain.content
    else:
        assert (route, gzip.decompress(chrome.content)) == ("metadata", plain.content), "kept as gzip since intake"


def test_content_codings_are_read_by_their_weights(rf) -> None:
    def best(text: str) -> str:
        return accepted_encoding(rf.get("/", headers={"Accept-Encoding": text}), ["zstd", "gzip"])

    assert best("gzip, zstd") == "zstd"
    assert best("zstd;q=0, gzip;q=0.5") == "gzip"
    assert best("*") == "zstd"
    assert best("*;q=0") == best("") == best("br") == ""


@pytest.mark.parametrize(
    ("route", "accept"),
    [
        ("studies", "application/dicom+xml"),
        ("studies", 'multipart/related; type="application/dicom+xml"'),
        ("studies", "text/html"),
        ("{series}/metadata", 'multipart/related; type="application/dicom+xml"'),
        ("{instance}/metadata", "application/xml"),
        ("{series}", "application/zip"),
        ("{series}", "application/dicom"),
        ("{instance}", "application/octet-stream"),
        ("{instance}/frames/1", "image/jpeg"),
        ("{instance}/frames/1", "video/mp4"),
        ("{instance}/frames/1,1", "application/octet-stream"),
        ("{instance}/rendered", "video/mp4"),
        ("{instance}/rendered", "image/jp2"),
        ("{instance}/rendered", "application/pdf"),
        ("{series}/rendered", "image/png"),
        ("{series}/pixeldata", "application/octet-stream"),
        ("{instance}/bulkdata/7FE00010", "text/plain"),
        ("{instance}/metadata", "application/dicom+json;q=0"),
        ("{instance}/metadata", ";;;,,,"),
    ],
)
def test_what_cannot_be_had_is_refused_with_what_can(series, client, route, accept) -> None:
    places = {"series": series_root(series)[10:], "instance": instance_root(series.instances.first())[10:]}
    address = "/dicomweb/" + route.format(**places)
    answer = client.get(address, headers={"Accept": accept})
    assert answer.status_code == 406, answer.content
    error = answer.json()["error"]
    assert error["code"] == "not_acceptable"
    assert error["fields"]["available"], "and the message names it:"
    assert error["fields"]["available"][0] in error["message"]
    by_query = client.get(address, {"accept": accept}, headers={"Accept": "*/*"})
    assert by_query.status_code == 406, "the query parameter beats the header"


def test_the_accept_parameter_chooses(series, client) -> None:
    instance = instance_root(series.instances.first())
    answer = client.get(f"{instance}/rendered", {"accept": "image/png"}, headers={"Accept": "image/jpeg"})
    assert Image.open(io.BytesIO(answer.content)).format == "PNG"
    bare = client.get(instance, {"accept": "application/dicom"})
    assert bare["Content-Type"].startswith("application/dicom;")
    assert client.get(f"{instance}/metadata", {"charset": "utf-8"}).status_code == 200
    assert client.get(f"{instance}/metadata", {"charset": "iso-8859-1"}).status_code == 406


@pytest.mark.parametrize("uid", ["abc", "1.2.3%00", "1" * 65, "1.2.3%0A", "%27", "..%2F..", "1.2.٣"])
def test_what_is_no_uid_is_said_before_anything_is_looked_for(series, client, uid) -> None:
    for route in (f"studies/{uid}", f"studies/{uid}/metadata", f"studies/1.2/series/{uid}/instances"):
        answer = client.get(f"/dicomweb/{route}")
        assert answer.status_code in (400, 404), route
        if answer.status_code == 400:
            assert answer.json()["error"]["code"] == "bad_uid"


def test_nul_is_refused_before_a_database_is_asked(series, client) -> None:
    """SQLite would take it, PostgreSQL would not."""
    instance = instance_root(series.instances.first())
    for address in (
        "/dicomweb/studies?PatientID=a%00b",
        "/dicomweb/studies?a%00b=1",
        f"{instance}/rendered?presentation=%00",
        f"{instance}/bulkdata/%00",
        f"{instance}/frames/%00",
    ):
        answer = client.get(address)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "bad_query"), address


def test_missing_bytes_are_not_found_and_said(series, client, caplog) -> None:
    from django.core.files.storage import default_storage

    row = Instance.objects.first()
    default_storage.delete(row.blob)
    answer = client.get(f"{instance_root(row)}/frames/1")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "blob_missing")
