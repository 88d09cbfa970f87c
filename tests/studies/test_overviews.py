"""Thumbnails and overviews: what they show, and what is said when a frame cannot be shown."""

import io
import json
import tempfile
import tracemalloc
import zlib
from uuid import uuid4

import numpy as np
import pytest
from django.core.files.storage import default_storage
from PIL import Image
from pydicom.encaps import encapsulate

from studies.models import Instance, InstanceHeader, PendingBlobs, Series
from studies.overviews import chosen_frames, mosaic
from studies.pixels import decode_frame, header_of, rescaled, stored_file
from studies.rendering import SOFT_TISSUE, grey_of, picture_of
from studies.services import ensure_indexed
from studies.services.indexing import _gather, index_series
from tests.studies.making import image, stack, uid


def numbered(*sizes: int) -> list[list[tuple[int, int]]]:
    return [[(volume, frame) for frame in range(1, size + 1)] for volume, size in enumerate(sizes)]


@pytest.mark.parametrize(
    ("sizes", "count", "columns"),
    [
        ((200,), 16, 4),
        ((60, 60, 60), 15, 5),
        ((3,), 3, 3),
        ((10, 1), 9, 4),
        ([2] * 40, 16, 4),
        ((), 0, 0),
        ((1,), 1, 1),
    ],
)
def test_frames_are_spread_over_the_volumes(sizes, count, columns) -> None:
    frames, width = chosen_frames(numbered(*sizes))
    assert (len(frames), width) == (count, columns)
    assert len(set(frames)) == count
    assert frames == sorted(frames)


def test_sixteen_frames_are_the_middles_of_sixteen_parts() -> None:
    frames, _ = chosen_frames(numbered(160))
    assert [frame for _, frame in frames] == list(range(6, 160, 10))


def test_a_mosaic_shows_every_frame_in_its_place() -> None:
    frames, columns = chosen_frames(numbered(6))
    shades = {frame: 40 * index for index, frame in enumerate(frames)}
    content = mosaic(frames, columns, lambda frame, side: np.full((2 * side, 2 * side), shades[frame], np.uint8))
    sheet = np.asarray(Image.open(io.BytesIO(content)))
    assert sheet.shape == (256, 512)
    for index, frame in enumerate(frames):
        assert abs(int(sheet[64 + 128 * (index // 4), 64 + 128 * (index % 4)]) - shades[frame]) <= 2
    assert mosaic(frames, columns, lambda frame, side: None) is None


def picture(name: str) -> np.ndarray:
    with default_storage.open(name) as file:
        return np.asarray(Image.open(io.BytesIO(file.read())))


def test_a_series_gets_both_and_a_single_image_one(bring_in, administrator, client_of) -> None:
    bring_in(administrator, stack(20, Rows=64, Columns=64))
    series = Series.objects.get()
    assert picture(series.overview_name).shape == (512, 512)
    assert picture(series.thumbnail_name).shape == (192, 192)
    answer = client_of(administrator).get(f"/api/series/{series.series_uid}/overview")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    body = client_of(administrator).get(f"/api/studies/{series.study.study_uid}").json()["series"][0]
    assert body["overview"] == f"/api/series/{series.series_uid}/overview"
    assert body["volumes"][0]["units"] == "HU"
    single = image()
    bring_in(administrator, [single])
    alone = Series.objects.get(series_uid=single.SeriesInstanceUID)
    assert alone.overview_name == alone.thumbnail_name != ""


def test_what_is_no_image_has_no_picture(bring_in, administrator, client_of) -> None:
    report = image(
        SOPClassUID="1.2.840.10008.5.1.4.1.1.88.11", Modality="SR", PixelData=None, Rows=None, Columns=None,
        SamplesPerPixel=None, PhotometricInterpretation=None, BitsAllocated=None, BitsStored=None, HighBit=None,
        PixelRepresentation=None,
    )  # fmt: skip
    bring_in(administrator, [report])
    answer = client_of(administrator).get(f"/api/series/{report.SeriesInstanceUID}/overview")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "no_thumbnail")


def test_a_frame_that_cannot_be_decoded_is_a_finding_with_its_reason(bring_in, administrator) -> None:
    series_uid = uid()
    slices = stack(3, SeriesInstanceUID=series_uid, Rows=16, Columns=16)
    for ds in slices:
        ds.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.90"
        ds.PixelData = encapsulate([b"\xff\x4f\xff\x51 nothing of the kind"])
        ds["PixelData"].is_undefined_length = True
        ds["PixelData"].VR = "OB"
    bring_in(administrator, slices)
    series = Series.objects.get(series_uid=series_uid)
    (finding,) = [one for one in series.findings if one["code"] == "undecodable"]
    assert "cut off" in finding["detail"]
    assert (series.thumbnail_name, series.overview_name) == ("", "")
    assert series.indexed_at is not None


def test_missing_bytes_are_said_and_do_not_stop_the_indexing(bring_in, administrator) -> None:
    bring_in(administrator, stack(3))
    for instance in Instance.objects.all():
        default_storage.delete(instance.blob)
    series = index_series(series=Series.objects.get())
    (finding,) = series.findings
    assert finding == {"code": "undecodable", "detail": "The stored bytes of this instance are missing."}
    assert series.volumes.get().geometry is not None


def test_findings_of_others_are_left_alone(bring_in, administrator) -> None:
    bring_in(administrator, stack(3))
    series = Series.objects.get()
    theirs = {"code": "broken_references", "detail": "Somebody else's."}
    Series.objects.filter(pk=series.pk).update(findings=[theirs, {"code": "uneven", "detail": "of before"}])
    series = index_series(series=Series.objects.get())
    assert series.findings == [theirs]


def test_indexing_again_changes_nothing_and_leaves_no_announcement(bring_in, administrator) -> None:
    bring_in(administrator, stack(5))
    before = Series.objects.values("metadata_name", "thumbnail_name", "overview_name").get()
    index_series(series=Series.objects.get())
    assert Series.objects.values("metadata_name", "thumbnail_name", "overview_name").get() == before
    assert not PendingBlobs.objects.exists()


def test_memory_stays_small_however_many_headers(bring_in, administrator) -> None:
    """Two thousand headers of 50 kB are 100 MB unpacked; they are never held together."""
    bring_in(administrator, stack(2))
    head = Instance.objects.first()
    header = json.loads(zlib.decompress(bytes(head.header.packed)))
    header["00204000"] = {"vr": "LT", "Value": ["x" * 50_000]}
    kept = {field.attname: getattr(head, field.attname) for field in Instance._meta.fields}
    rows = [Instance(**kept | {"id": uuid4(), "sop_instance_uid": f"2.25.{n}"}) for n in range(2000)]
    Instance.objects.bulk_create(rows)
    packed = []
    for n, row in enumerate(rows):
        header["00200032"]["Value"] = [0, 0, 10 + 2 * n]
        header["00080018"]["Value"] = [row.sop_instance_uid]
        packed.append(InstanceHeader(instance=row, packed=zlib.compress(json.dumps(header).encode(), 1)))
    InstanceHeader.objects.bulk_create(packed)
    Series.objects.update(instance_count=2002, indexed_at=None)
    series = Series.objects.get()
    gathered, peak = 0, 0
    tracemalloc.start()
    try:
        with tempfile.TemporaryFile() as spool:
            gathered = _gather(series, spool).count
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert gathered == 2002
    assert peak < 24 << 20, f"{peak:,} bytes"
    ensure_indexed(series=series)
    assert sum(len(volume.frames) for volume in series.volumes.all()) == 2002


def test_windows() -> None:
    values = np.linspace(-1000, 1000, 5, dtype=np.float32)
    tissue = {"00080060": {"vr": "CS", "Value": ["CT"]}, "00281053": {"vr": "DS", "Value": [1]}}
    assert np.array_equal(grey_of(values, tissue, 1), SOFT_TISSUE.apply(values))
    own = tissue | {"00281050": {"vr": "DS", "Value": [0]}, "00281051": {"vr": "DS", "Value": [4000]}}
    assert grey_of(values, own, 1).tolist() == pytest.approx([64, 96, 128, 159, 191], abs=1)
    table = {"00283002": {"Value": [5, 0, 8]}, "00283006": {"Value": [0, 10, 250, 20, 30]}}
    turned = grey_of(np.arange(5, dtype=np.float32), {"00283010": {"vr": "SQ", "Value": [table]}}, 1)
    assert turned.argmax() == 2
    padded = np.array([-2000] * 50 + [0, 50, 100], dtype=np.float32)
    shown = grey_of(padded, {"00280120": {"vr": "SS", "Value": [-2000]}}, 1)
    assert shown[-1] == 255
    assert 100 < shown[-2] < 155


@pytest.mark.parametrize("changes", [{}, {"WindowCenter": 0, "WindowWidth": 500}, {"Modality": "MR"}])
@pytest.mark.parametrize("dtype", ["<i2", "<u2", "u1"])
def test_the_short_way_to_grey_is_the_long_one(bring_in, administrator, changes, dtype) -> None:
    """Frames of up to 16 bits go through a table of the values that occur; the long way works each pixel out."""
    kind = np.dtype(dtype)
    values = np.random.default_rng(3).normal(100, 60, (160, 160)).clip(0 if kind.kind == "u" else -400, 250)
    slices = image(
        Rows=160, Columns=160, PixelData=values.astype(kind).tobytes(), PixelRepresentation=int(kind.kind == "i"),
        RescaleIntercept="-200",
        BitsAllocated=8 * kind.itemsize, BitsStored=8 * kind.itemsize, HighBit=8 * kind.itemsize - 1, **changes,
    )  # fmt: skip
    bring_in(administrator, [slices])
    row = Instance.objects.get()
    header = header_of(row)
    with stored_file(row) as file:
        long = grey_of(rescaled(decode_frame(row, 1, file=file), header, 1), header, 1)
    assert np.array_equal(picture_of(row, 1), long)
    assert np.ptp(long) > 100
