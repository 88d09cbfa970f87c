"""Odd requests at every DICOMweb route: refused in words or answered, never an error of ours."""

import base64
import gzip
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studies.models import Series
from tests.studies.answers import body_of, instance_root, series_root
from tests.studies.making import stack

pytestmark = pytest.mark.django_db
CALM = settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)
GOOD = {200, 204, 206, 304, 400, 404, 405, 406, 413, 414, 415, 416}

WORD = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=12)
TYPES = st.sampled_from(
    [
        "*/*",
        "*",
        "image/*",
        "image/jpeg",
        "image/jls",
        "image/jphc",
        "image/dicom-rle",
        "application/dicom",
        "application/dicom+json",
        "application/octet-stream",
        "multipart/related",
        "multipart/*",
        "video/mp4",
        "text/html",
        "image/x-jls",
        "IMAGE/PNG",
        "image/gif",
        "",
    ]
)
PARAMETERS = st.sampled_from(
    [
        "type=application/octet-stream",
        'type="application/dicom"',
        "type=",
        'type="',
        "transfer-syntax=*",
        "q=0",
        "q=nan",
        "q=-1",
        "q=1e400",
        "transfer-syntax=1.2.840.10008.1.2.4.80",
        'transfer-syntax="1.2.840.10008.1.2.1"',
        "charset=x",
        "transfer-syntax=1.2.840.10008.1.2",
        ";",
        '"',
        "type=image/jls",
        "boundary=x",
    ]
)
RANGE_OF_TYPES = st.builds(lambda kind, more: ";".join([kind, *more]), TYPES, st.lists(PARAMETERS, max_size=3))
ACCEPT = st.one_of(st.lists(RANGE_OF_TYPES, max_size=4).map(",".join), WORD)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Accept": ACCEPT,
        "Accept-Encoding": st.one_of(WORD, st.sampled_from(["gzip", "zstd;q=0", "*", "gzip;q=x", ",,;"])),
        "Range": st.one_of(WORD, st.from_regex(r"bytes=[0-9]{0,25}-[0-9]{0,25}", fullmatch=True)),
        "If-None-Match": st.one_of(WORD, st.sampled_from(["*", '"', 'W/"x"', "W/"])),
        "If-Range": WORD,
    },
)
ANY = st.text(max_size=20)
PIECE = st.one_of(
    ANY, st.sampled_from(["1", "-1", "0", "1,1", "1e9", "nan", "*", "\\", "20200101-", "-", "?", "\0", "٣"])
)
NAMES = st.one_of(
    ANY,
    st.sampled_from(
        [
            "limit",
            "offset",
            "fuzzymatching",
            "includefield",
            "accept",
            "charset",
            "window",
            "viewport",
            "quality",
            "annotation",
            "iccprofile",
            "PatientName",
            "StudyDate",
            "StudyTime",
            "00100020",
            "ModalitiesInStudy",
            "InstanceNumber",
            "StudyInstanceUID",
            "0040A730.00080100",
            "SeriesDescription",
            "Rows",
        ]
    ),
)
QUERY = st.lists(st.tuples(NAMES, st.one_of(PIECE, st.lists(PIECE, max_size=6).map(",".join))), max_size=4)
PATHS = st.sampled_from(
    ["", "studies", "series", "instances", "{study}", "{study}/series", "{study}/instances", "{series}/instances"]
    + [
        f"{{{level}}}{door}"
        for level in ("study", "series", "instance")
        for door in ("", "/metadata", "/rendered", "/thumbnail", "/bulkdata", "/pixeldata")
    ]
    + [
        "{instance}/frames/{odd}",
        "{instance}/frames/{odd}/rendered",
        "{instance}/frames/1",
        "{instance}/frames/1,2",
        "{instance}/frames/1/thumbnail",
        "{instance}/bulkdata/{odd}",
        "{instance}/bulkdata/{odd}/0/{odd}",
        "{instance}/bulkdata/7FE00010",
        "studies/{odd}",
        "studies/{odd}/series/{odd}/instances/{odd}/frames/{odd}",
        "{series}/instances/{odd}/metadata",
    ]
)
ODD = st.one_of(
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="/?#"), min_size=1, max_size=12),
    st.sampled_from(
        ["0", "1", "-1", "1,2", "99999999999999999999", "1.2.3", "%00", "00100010", "7FE00010", "٣", "1,,2", ".."]
    ),
)


@pytest.fixture
def world(bring_in, administrator, client_of):
    """Return a client that turns errors of ours into answers, and the addresses of a study, a series, an instance."""
    bring_in(administrator, stack(2, EncapsulatedDocument=b"%PDF" * 500))
    client = client_of(administrator)
    client.raise_request_exception = False
    series = Series.objects.get()
    places = {
        "study": f"studies/{series.study.study_uid}",
        "series": series_root(series).removeprefix("/dicomweb/"),
        "instance": instance_root(series.instances.first()).removeprefix("/dicomweb/"),
    }
    return client, places


def check(answer, *asked: object) -> None:
    assert answer.status_code in GOOD | {401, 403}, asked
    body = body_of(answer)
    if answer.status_code >= 400:
        assert json.loads(body)["error"]["message"], asked


@CALM
@given(path=PATHS, odd=ODD, headers=HEADERS, query=QUERY)
def test_any_request_is_answered(world, path, odd, headers, query) -> None:
    client, places = world
    address = "/dicomweb/" + path.format(odd=odd.replace("{", "").replace("}", ""), **places)
    answer = client.get(address, query, headers=headers)
    check(answer, address, headers, query)


@CALM
@given(
    content_type=st.one_of(
        WORD,
        st.sampled_from(
            [
                "multipart/related; boundary=XX",
                'multipart/related; type="application/dicom"; boundary="XX"',
                "application/dicom",
                "application/dicom+json",
                "multipart/related; boundary=",
                "multipart/form-data",
                'multipart/related; type="application/dicom+json"; boundary=XX',
            ]
        ),
    ),
    body=st.one_of(
        st.binary(max_size=60),
        st.lists(
            st.sampled_from(
                [b"--XX", b"\r\n", b"--XX--", b"Content-Type: application/dicom", b"\r\n\r\n", b"DICM", b"\0" * 128]
            ),
            max_size=9,
        ).map(b"".join),
    ),
    accept=ACCEPT,
)
def test_any_body_is_answered(world, content_type, body, accept) -> None:
    client, places = world
    for path in ("studies", places["study"]):
        answer = client.generic("POST", f"/dicomweb/{path}", body, content_type, headers={"Accept": accept})
        assert answer.status_code in GOOD | {202, 409}, (content_type, body)


@pytest.mark.parametrize("address", ["/dicomweb/studies/", "/dicomweb/nothing", "/api/nothing", "/api/studies/"])
def test_what_is_no_address_is_said_in_the_one_shape(client, address) -> None:
    for answer in (client.get(address), client.post(address, {})):
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/json")
        assert set(answer.json()["error"]) == {"code", "message", "fields"}
    assert client.get("/static/nothing")["Content-Type"].startswith("text/html")


def after(*place: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "query",
    [
        "PatientID=" + "%5C".join(["a"] * 1200),
        "StudyDescription=" + "%5C".join(["a*"] * 1200),
        "SeriesDescription=" + "%5C".join(["a*"] * 1200),
        "ModalitiesInStudy=" + ",".join(["C*"] * 1200),
        "PatientName=*" + "a" * 50_100,
        "StudyDescription=*" + "a" * 50_100,
        "fuzzymatching=true&PatientName=" + "+".join(["a"] * 1500),
        "&".join(["PatientID=1"] * 1100),
        "after=" + after("2020", "0001-01-01T00:00:00+23:00", "0" * 32),
        "after=" + after("\ud800", "2020-01-01T00:00:00+00:00", "0" * 32),
        "after=" + base64.urlsafe_b64encode(b"[" * 6000).decode().rstrip("="),
    ],
    ids=lambda query: query[:25],
)
def test_questions_too_large_for_a_database(world, query) -> None:
    answer = world[0].get(f"/dicomweb/studies?{query}")
    assert answer.status_code == 400
    check(answer, query)


def test_pictures_do_not_outgrow_memory(world) -> None:
    client, places = world
    address = f"/dicomweb/{places['instance']}/frames/{','.join(['1'] * 9)}/rendered?viewport=8192,8192"
    for accept in ("image/gif", 'multipart/related; type="image/png"'):
        answer = client.get(address, headers={"Accept": accept})
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "too_many_frames")


def test_a_compressed_body_is_refused_as_one(world) -> None:
    content_type = 'multipart/related; type="application/dicom"; boundary=x'
    body = gzip.compress(b"--x--")
    answer = world[0].post(
        "/dicomweb/studies", data=body, content_type=content_type, headers={"Content-Encoding": "gzip"}
    )
    assert answer.status_code == 415
    assert "Content-Encoding" in answer.json()["error"]["message"]
