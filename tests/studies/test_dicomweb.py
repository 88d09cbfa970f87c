"""QIDO-RS, WADO-RS and STOW-RS by their own rules."""

import gzip
import io
import json
import re
import time

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset

from studies.dicomweb.accept import media_ranges
from studies.models import Import, Instance, Series, Volume
from tests import factories
from tests.studies.making import file_of, image, stack, stow_body, uid

OCTETS = "application/octet-stream"
MULTIPART = 'multipart/related; type="application/dicom"; boundary=XX'


@pytest.fixture
def client(administrator, client_of):
    return client_of(administrator)


@pytest.fixture
def series(bring_in, administrator) -> Series:
    bring_in(administrator, stack(3, PatientName="Wang^XiaoDong=王^小東", StudyDescription="Chest"))
    return Series.objects.get()


def root_of(series: Series) -> str:
    return f"/dicomweb/studies/{series.study.study_uid}/series/{series.series_uid}"


def parts_of(response) -> list[tuple[str, bytes]]:
    """Return (content type, bytes) of a multipart answer."""
    boundary = re.search(r"boundary=(\w+)", response["Content-Type"]).group(1).encode()
    body = b"".join(response) if response.streaming else response.content
    found = []
    for part in body.split(b"\r\n--" + boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        found.append((head.decode().split(": ")[1].strip(), content))
    return found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("PatientName=Wang*", True),
        ("PatientName=wang^xiaodong", True),
        ("PatientName=王^小東", True),
        ("PatientName=*小東*", True),
        ("PatientName=Wang", False),
        ("PatientName=xiaodong wang&fuzzymatching=true", True),
        ("00100020=P-1", True),
        ("PatientID=P-%3F", True),
        ("PatientID=p-2", False),
        ("StudyDate=20200131", True),
        ("StudyDate=20200101-20200131", True),
        ("StudyDate=20200201-", False),
        ("StudyDate=-20191231", False),
        ("StudyTime=1000-1015", True),
        ("ModalitiesInStudy=CT", True),
        ("ModalitiesInStudy=MR", False),
        ("StudyDescription=chest", True),
        ("StudyDescription=*", True),
        ("AccessionNumber=", True),
        ("limit=0", False),
        ("limit=101&offset=0&fuzzymatching=false&includefield=all&includefield=00081030,00080060", True),
        ("offset=1", False),
        ("Nonsense=1", True),
    ],
)
def test_study_search(series, client, query: str, found: bool) -> None:
    response = client.get(f"/dicomweb/studies?{query}")
    assert response.status_code == (200 if found else 204), response.content
    if not found:
        assert response.content == b""
        return
    assert response["Content-Type"] == "application/dicom+json"
    (study,) = json.loads(response.content)
    assert study["0020000D"]["Value"] == [series.study.study_uid]
    assert study["00100010"]["Value"] == [{"Alphabetic": "Wang^XiaoDong", "Ideographic": "王^小東"}]
    assert Dataset.from_json(study).PatientName.ideographic == "王^小東"
    assert ("Warning" in response) == ("Nonsense" in query)


@pytest.mark.parametrize("query", ["limit=-1", "limit=x", "offset=1.5"])
def test_a_bad_query_is_said(series, client, query: str) -> None:
    response = client.get(f"/dicomweb/studies?{query}")
    assert (response.status_code, response.json()["error"]["code"]) == (400, "bad_query")
    assert client.get("/dicomweb/instances?InstanceNumber=x").status_code == 400


def test_series_and_instance_search(series, client) -> None:
    study = series.study.study_uid
    (found,) = client.get(f"/dicomweb/studies/{study}/series?Modality=CT&includefield=00201041,PixelSpacing").json()
    assert found["00201209"]["Value"] == [3]
    assert found["00280030"]["Value"] == [0.5, 0.75]
    assert "00100010" not in found
    (found,) = client.get("/dicomweb/series").json()
    assert found["00100010"]["Value"][0]["Alphabetic"] == "Wang^XiaoDong"
    instances = client.get(f"{root_of(series)}/instances").json()
    assert [one["00200013"]["Value"] for one in instances] == [[1], [2], [3]]
    first, second = instances[0]["00080018"]["Value"][0], instances[1]["00080018"]["Value"][0]
    for listed in (f"{first},{second}", f"{first}%5C{second}"):
        assert len(client.get(f"/dicomweb/instances?SOPInstanceUID={listed}").json()) == 2
    assert len(client.get(f"/dicomweb/studies/{study}/instances?limit=2&offset=2").json()) == 1
    assert client.get(f"/dicomweb/instances?InstanceNumber=2&StudyInstanceUID={uid()}").status_code == 204


def test_whole_instances_come_back_byte_for_byte(series, client) -> None:
    stored = {row.sop_instance_uid: row for row in Instance.objects.all()}
    for address in (f"/dicomweb/studies/{series.study.study_uid}", root_of(series)):
        parts = parts_of(client.get(address, headers={"Accept": 'multipart/related; type="application/dicom"'}))
        assert len(parts) == 3
        for content_type, content in parts:
            assert content_type == "application/dicom; transfer-syntax=1.2.840.10008.1.2.1"
            assert len(content) == stored[dcmread(io.BytesIO(content)).SOPInstanceUID].size_bytes
    one = f"{root_of(series)}/instances/{next(iter(stored))}"
    bare = client.get(one, headers={"Accept": "application/dicom"})
    assert dcmread(io.BytesIO(bare.content)).SOPInstanceUID == next(iter(stored))
    assert client.get(one, headers={"Accept": "text/html"}).status_code == 406


def test_metadata_at_three_levels(series, client) -> None:
    address = f"{root_of(series)}/metadata"
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    plain = client.get(address)
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    headers = plain.json()
    assert [header["00200013"]["Value"] for header in headers] == [[1], [2], [3]]
    bulk = headers[0]["7FE00010"]["BulkDataURI"]
    assert client.get(bulk).content == np.arange(24, dtype="<i2").tobytes()
    again = client.get(address, headers={"If-None-Match": plain["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    instance = headers[1]["00080018"]["Value"][0]
    assert client.get(f"{root_of(series)}/instances/{instance}/metadata").json() == [headers[1]]
    assert client.get(f"/dicomweb/studies/{series.study.study_uid}/metadata").json() == headers


def test_metadata_follows_what_comes_later(series, client, bring_in, administrator) -> None:
    before = client.get(f"{root_of(series)}/metadata")
    later = image(
        StudyInstanceUID=series.study.study_uid,
        SeriesInstanceUID=series.series_uid,
        InstanceNumber=9,
        ImagePositionPatient=[0, 0, 6],
    )
    bring_in(administrator, [later], close=False)
    after = client.get(f"{root_of(series)}/metadata")
    assert (len(before.json()), len(after.json())) == (3, 4)
    assert before["ETag"] != after["ETag"]
    assert Volume.objects.get().geometry["shape_kji"] == [4, 6, 4]


def frame_of(series: Series) -> str:
    instance = series.instances.first()
    return f"{root_of(series)}/instances/{instance.sop_instance_uid}/frames"


def test_a_frame_as_single_part_and_as_ohif_asks(series, client) -> None:
    pixels = np.arange(24, dtype="<i2").tobytes()
    single = client.get(f"{frame_of(series)}/1")
    assert single.content == pixels
    assert single["Content-Type"] == "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1"
    assert single["Cache-Control"] == "private, max-age=31536000, immutable"
    ohif = "multipart/related; type=application/octet-stream; transfer-syntax=*"
    response = client.get(f"{frame_of(series)}/1", headers={"Accept": ohif})
    assert response["Content-Type"].startswith('multipart/related; type="application/octet-stream"')
    assert parts_of(response) == [(single["Content-Type"], pixels)]


def test_frames_are_cached_and_ranged(series, client) -> None:
    address = f"{frame_of(series)}/1"
    whole = client.get(address)
    assert client.get(address, headers={"If-None-Match": whole["ETag"]}).status_code == 304
    assert client.get(address, headers={"If-None-Match": '"other"'}).status_code == 200
    part = client.get(address, headers={"Range": "bytes=4-9"})
    assert (part.status_code, part.content) == (206, whole.content[4:10])
    assert part["Content-Range"] == "bytes 4-9/48"
    assert client.get(address, headers={"Range": "bytes=-6"}).content == whole.content[-6:]
    assert client.get(address, headers={"Range": "bytes=40-"}).content == whole.content[40:]
    beyond = client.get(address, headers={"Range": "bytes=48-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, "bytes */48")
    assert client.get(address, headers={"Range": "bytes=0-1", "If-Range": '"old"'}).status_code == 200


@pytest.mark.parametrize(("frames", "status"), [("2", 404), ("0", 404), ("1,2", 404), ("x", 400), ("-1", 400)])
def test_frames_that_are_not(series, client, frames: str, status: int) -> None:
    assert client.get(f"{frame_of(series)}/{frames}").status_code == status


def test_rendered_and_thumbnails(series, client) -> None:
    address = f"{frame_of(series)}/1/rendered"
    values = np.arange(24).reshape(6, 4) * 2.0 - 1000
    png = client.get(f"{address}?window=-976,48,linear-exact", headers={"Accept": "image/png"})
    picture = np.array(Image.open(io.BytesIO(png.content)))
    expected = np.clip(np.rint(((values + 976) / 48 + 0.5) * 255), 0, 255)
    assert np.abs(picture - expected).max() <= 1  # we count in float32
    scaled = client.get(f"{address}?viewport=8,100,0,0,4,2&quality=50")
    assert scaled["Content-Type"] == "image/jpeg"
    assert Image.open(io.BytesIO(scaled.content)).size == (8, 4)
    for query in ("window=1", "window=1,-5", "window=1,2,odd", "viewport=0,0", "viewport=a,b", "quality=0"):
        assert client.get(f"{address}?{query}").status_code == 400, query
    assert client.get(address, headers={"Accept": "video/mp4"}).status_code == 406
    for place in (root_of(series), f"/dicomweb/studies/{series.study.study_uid}", f"{frame_of(series)}/1"):
        small = client.get(f"{place}/thumbnail")
        assert Image.open(io.BytesIO(small.content)).format == "JPEG"


@pytest.mark.parametrize(
    ("file", "accept", "content_type", "decodes"),
    [
        ("transfer_syntax/small/MR_small_jp2klossless.dcm", "*/*", "image/jp2", False),
        ("transfer_syntax/small/MR_small_jpeg_ls_lossless.dcm", "*/*", "image/jls", False),
        ("transfer_syntax/small/MR_small_RLE.dcm", "image/dicom-rle", "image/dicom-rle", False),
        ("transfer_syntax/small/MR_small_RLE.dcm", "application/octet-stream", "application/octet-stream", True),
        (
            "transfer_syntax/small/MR_small_jp2klossless.dcm",
            "application/octet-stream",
            "application/octet-stream",
            True,
        ),
        ("transfer_syntax/small/MR_small_bigendian.dcm", "*/*", "application/octet-stream", True),
        ("transfer_syntax/small/MR_small_implicit.dcm", "*/*", "application/octet-stream", True),
    ],
)
def test_one_image_in_many_encodings(shared_data, bring_in, administrator, client, file, accept, content_type, decodes):
    bring_in(administrator, [shared_data / file])
    response = client.get(f"{frame_of(Series.objects.get())}/1", headers={"Accept": accept})
    assert response["Content-Type"].split(";")[0] == content_type
    reference = dcmread(shared_data / "transfer_syntax/small/MR_small.dcm").pixel_array
    if decodes:
        assert response["Content-Type"].endswith("transfer-syntax=1.2.840.10008.1.2.1")
        assert np.array_equal(np.frombuffer(response.content, "<i2").reshape(64, 64), reference)
    else:
        assert Instance.objects.get().transfer_syntax_uid in response["Content-Type"]
        assert response.content in (shared_data / file).read_bytes()


@pytest.mark.parametrize(
    "file",
    ["transfer_syntax/small/SC_ybr_full_422_uncompressed.dcm", "multiframe_colour/US-YBR_FULL_422-EVRLE.dcm"],
)
def test_uncompressed_422_goes_out_as_rgb_and_says_so(shared_data, bring_in, administrator, client, file) -> None:
    bring_in(administrator, [shared_data / file])
    series = Series.objects.get()
    (header,) = client.get(f"{root_of(series)}/metadata").json()
    assert header["00280004"]["Value"] == ["RGB"]
    frame = client.get(f"{frame_of(series)}/1").content
    rows, columns = header["00280010"]["Value"][0], header["00280011"]["Value"][0]
    assert len(frame) == rows * columns * 3
    png = client.get(f"{frame_of(series)}/1/rendered", headers={"Accept": "image/png"}).content
    assert np.array_equal(
        np.array(Image.open(io.BytesIO(png))), np.frombuffer(frame, np.uint8).reshape(rows, columns, 3)
    )


def test_fragmented_frames_are_put_together(shared_data, bring_in, administrator, client) -> None:
    (path,) = (shared_data / "transfer_syntax/ctimage").glob("CT0012*")
    bring_in(administrator, [path])
    assert Instance.objects.get().frame_spans == []
    for number in (1, 2):
        frame = client.get(f"{frame_of(Series.objects.get())}/{number}")
        assert frame["Content-Type"] == "image/jpeg; transfer-syntax=1.2.840.10008.1.2.4.51"
        assert frame.content.startswith(b"\xff\xd8")
    both = client.get(f"{frame_of(Series.objects.get())}/1,2")
    assert len(parts_of(both)) == 2
    refused = client.get(f"{frame_of(Series.objects.get())}/1", headers={"Accept": "image/jp3"})
    assert refused.status_code == 406


def test_a_palette_is_inline_and_rendered_in_colour(shared_data, bring_in, administrator, client) -> None:
    bring_in(administrator, [shared_data / "multiframe_colour/examples_palette.dcm"])
    series = Series.objects.get()
    (header,) = client.get(f"{root_of(series)}/metadata").json()
    assert len(header["00281201"]["InlineBinary"]) > 400
    png = client.get(f"{frame_of(series)}/1/rendered", headers={"Accept": "image/png"}).content
    assert np.array(Image.open(io.BytesIO(png))).shape == (350, 800, 3)


def test_accept_headers_are_read_tolerantly(rf) -> None:
    def read(text: str) -> list[tuple[str, bool, str]]:
        request = rf.get("/", headers={"Accept": text})
        return [(one.media_type, one.multipart, one.transfer_syntax) for one in media_ranges(request)]

    assert read("multipart/related; type=application/octet-stream; transfer-syntax=*") == [(OCTETS, True, "*")]
    assert read('multipart/related;type="application/octet-stream";transfer-syntax="1.2.3"') == [
        (OCTETS, True, "1.2.3")
    ]
    assert read("image/jpeg;q=0.1, image/png") == [("image/png", False, ""), ("image/jpeg", False, "")]
    assert read("") == [("*/*", False, "")]
    assert read('multipart/related; type="a,b;c"; transfer-syntax=*, image/png') == [
        ("a,b;c", True, "*"),
        ("image/png", False, ""),
    ]


def test_a_broken_accept_header_costs_no_more_than_a_good_one(rf) -> None:
    for said in ("a" + ";x=  " * 3000 + ";bad", "a" + ';x="' * 3001, "," * 9000, 'a;x="b" ' * 2000):
        request = rf.get("/", headers={"Accept": said})
        begun = time.thread_time()
        media_ranges(request)
        assert time.thread_time() - begun < 1


def test_stow_all_some_none(client, run_jobs) -> None:
    slices = stack(2)
    good = [file_of(ds).getvalue() for ds in slices]
    body, content_type = stow_body(good)
    response = client.post("/dicomweb/studies", data=body, content_type=content_type)
    assert response.status_code == 200, response.content
    answer = json.loads(response.content)
    assert [one["00081155"]["Value"][0] for one in answer["00081199"]["Value"]] == [ds.SOPInstanceUID for ds in slices]
    assert run_jobs() == 1
    assert Volume.objects.get().geometry["shape_kji"] == [2, 6, 4]
    slices[0].PatientID = "changed"
    body, content_type = stow_body([good[0], b"not dicom", file_of(slices[0]).getvalue(), file_of(image()).getvalue()])
    response = client.post("/dicomweb/studies", data=body, content_type=content_type)
    assert response.status_code == 202
    answer = json.loads(response.content)
    assert len(answer["00081199"]["Value"]) == 2
    assert [one["00081197"]["Value"][0] for one in answer["00081198"]["Value"]] == [0xC000, 0x0111]
    assert answer["00081198"]["Value"][1]["00081155"]["Value"] == [slices[0].SOPInstanceUID]
    body, content_type = stow_body([b"junk"])
    assert client.post("/dicomweb/studies", data=body, content_type=content_type).status_code == 409


def test_stow_into_one_study_takes_no_other(client) -> None:
    mine, other = image(), image()
    body, content_type = stow_body([file_of(mine).getvalue(), file_of(other).getvalue()])
    response = client.post(f"/dicomweb/studies/{mine.StudyInstanceUID}", data=body, content_type=content_type)
    assert response.status_code == 202
    assert list(Instance.objects.values_list("sop_instance_uid", flat=True)) == [mine.SOPInstanceUID]
    single = client.post("/dicomweb/studies", data=file_of(other).getvalue(), content_type="application/dicom")
    assert single.status_code == 200


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"--XX\r\n\r\nabc", MULTIPART, 400),
        (b"", MULTIPART, 400),
        (b"--XX--", MULTIPART, 400),
        (b"abc", "multipart/related", 400),
        (b"{}", "application/json", 415),
        (b"{}", "application/dicom+json", 415),
        (b"--XX--", 'multipart/related; type="application/dicom+json"; boundary=XX', 415),
        (b"--XX--", 'multipart/related; type="application/dicom+xml"; boundary=XX', 415),
    ],
)
def test_stow_of_what_is_no_multipart(client, body: bytes, content_type: str, status: int) -> None:
    answer = client.post("/dicomweb/studies", data=body, content_type=content_type)
    assert (answer.status_code, Import.objects.filter(state="open").count()) == (status, 0)
    assert answer.json()["error"]["message"]


def test_readers_do_not_store(client_of, db) -> None:
    body, content_type = stow_body([file_of(image()).getvalue()])
    response = client_of(factories.user("reader")).post("/dicomweb/studies", data=body, content_type=content_type)
    assert response.status_code == 403


def test_bulk_values_by_reference(bring_in, administrator, client) -> None:
    item = Dataset()
    item.EncapsulatedDocument = bytes(range(256)) * 8
    ds = image(EncapsulatedDocument=b"%PDF" * 600, IconImageSequence=[item])
    bring_in(administrator, [ds])
    (header,) = client.get(f"{root_of(Series.objects.get())}/metadata").json()
    assert client.get(header["00420011"]["BulkDataURI"]).content == b"%PDF" * 600
    nested = header["00880200"]["Value"][0]["00420011"]["BulkDataURI"]
    assert client.get(nested).content == item.EncapsulatedDocument
    multipart = client.get(nested, headers={"Accept": 'multipart/related; type="application/octet-stream"'})
    assert parts_of(multipart) == [(OCTETS, item.EncapsulatedDocument)]
    for path in ("00420012", "nonsense", "00880200/5/00420011", "00100010"):
        assert client.get(f"{header['7FE00010']['BulkDataURI'].rsplit('/', 1)[0]}/{path}").status_code == 404


def test_an_instance_decoded_on_demand(shared_data, bring_in, administrator, client) -> None:
    bring_in(administrator, [shared_data / "transfer_syntax/small/MR_small_jp2klossless.dcm"])
    instance = Instance.objects.get()
    address = f"{root_of(instance.series)}/instances/{instance.sop_instance_uid}"
    explicit = "1.2.840.10008.1.2.1"
    accept = f'multipart/related; type="application/dicom"; transfer-syntax={explicit}'
    ((content_type, content),) = parts_of(client.get(address, headers={"Accept": accept}))
    assert content_type.endswith(explicit)
    decoded = dcmread(io.BytesIO(content))
    assert (decoded.file_meta.TransferSyntaxUID, decoded.SOPInstanceUID) == (explicit, instance.sop_instance_uid)
    reference = dcmread(shared_data / "transfer_syntax/small/MR_small.dcm").pixel_array
    assert np.array_equal(decoded.pixel_array, reference)
    refused = client.get(address, headers={"Accept": "application/dicom; transfer-syntax=1.2.840.10008.1.2.4.50"})
    assert refused.status_code == 406
