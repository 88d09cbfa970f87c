"""Rendered pictures: window, viewport, turned, as loops and of whole series, against values counted here."""

import io

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread

from studies.models import Instance
from tests.studies.answers import body_of, instance_root, parts_of, series_root
from tests.studies.making import image, stack

VALUES = np.arange(24).reshape(6, 4) * 2.0 - 1000  # of making.image, slope and intercept applied


@pytest.fixture
def client(administrator, client_of):
    return client_of(administrator)


@pytest.fixture
def row(bring_in, administrator) -> Instance:
    bring_in(administrator, [image()])
    return Instance.objects.get()


def png(client, address: str, query: str = "") -> np.ndarray:
    answer = client.get(f"{address}?{query}", headers={"Accept": "image/png"})
    assert answer.status_code == 200, answer.content
    return np.array(Image.open(io.BytesIO(answer.content)))


def by_rule(values: np.ndarray, centre: float, width: float, function: str) -> np.ndarray:
    """Return grey values by the formulas of PS3.3 C.11.2.1.2 and C.11.2.1.3, written down once more."""
    if function == "sigmoid":
        return np.rint(255 / (1 + np.exp(-4 * (values - centre) / width)))
    if function == "linear-exact":
        grey = np.where(values <= centre - width / 2, 0, np.where(values > centre + width / 2, 255, np.nan))
        return np.rint(np.where(np.isnan(grey), ((values - centre) / width + 0.5) * 255, grey))
    low, high = centre - 0.5 - (width - 1) / 2, centre - 0.5 + (width - 1) / 2
    inside = ((values - (centre - 0.5)) / max(width - 1, 1e-9) + 0.5) * 255
    return np.rint(np.where(values <= low, 0, np.where(values > high, 255, inside)))


@pytest.mark.parametrize("function", ["linear", "linear-exact", "sigmoid", "LINEAR_EXACT"])
@pytest.mark.parametrize(("centre", "width"), [(-976, 48), (-990, 7), (-976.5, 20.25), (-900, 1), (0, 4000)])
def test_windows_by_the_rule(row, client, centre, width, function) -> None:
    seen = png(client, f"{instance_root(row)}/rendered", f"window={centre},{width},{function}")
    expected = by_rule(VALUES, centre, width, function.lower().replace("_", "-"))
    assert np.abs(seen.astype(float) - expected).max() <= 1, "we count in float32"


def test_a_window_is_linear_when_it_does_not_say(row, client) -> None:
    address = f"{instance_root(row)}/rendered"
    assert np.array_equal(png(client, address, "window=-976,48"), png(client, address, "window=-976,48,linear"))


WINDOW = "window=-976,48,linear-exact"


@pytest.mark.parametrize(
    ("viewport", "shown"),
    [
        ("4,6", np.s_[:, :]),
        ("4,6,,,,", np.s_[:, :]),
        ("2,3,1,2,2,3", np.s_[2:5, 1:3]),
        ("4,6,0,0,-4,6", np.s_[:, ::-1]),
        ("4,6,0,0,4,-6", np.s_[::-1, :]),
        ("4,6,,,-4,-6", np.s_[::-1, ::-1]),
        ("2,2,2,4,,", np.s_[4:, 2:]),
        ("2,6,2,0,100,100", np.s_[:, 2:]),
        ("3,5,-1,-1,4,6", np.s_[:5, :3]),
    ],
)
def test_viewports_show_the_part_asked_for(row, client, viewport, shown) -> None:
    address = f"{instance_root(row)}/rendered"
    whole = png(client, address, WINDOW)
    assert np.array_equal(png(client, address, f"{WINDOW}&viewport={viewport}"), whole[shown])


def test_viewports_scale_and_keep_the_shape(row, client) -> None:
    address = f"{instance_root(row)}/rendered"
    assert png(client, address, "viewport=100,30").shape == (30, 20)
    assert png(client, address, "viewport=40,600").shape == (60, 40)
    assert png(client, address, "viewport=8,100,0,0,4,2").shape == (4, 8)


@pytest.mark.parametrize(
    "query",
    [
        "window=1", "window=1,-5", "window=1,0", "window=1,2,odd", "window=1,2,linear,3", "window=nan,1", "window=,",
        "window=1e999,2", f"window={'9' * 500},2", "viewport=0,0", "viewport=a,b", "viewport=1", "viewport=8193,1",
        "viewport=4,6,0,0,0,6", "viewport=4,6,9,9,2,2", "viewport=4,6,0,0", "viewport=4,6,0,0,1e9,1", "viewport=-4,6",
        "quality=0", "quality=101", "quality=x", f"quality={'9' * 5000}", "quality=٣", "iccprofile=srgb",
    ],
)  # fmt: skip
def test_parameters_that_are_none_are_said(row, client, query) -> None:
    answer = client.get(f"{instance_root(row)}/rendered?{query}")
    assert answer.status_code == 400, query
    assert answer.json()["error"]["code"] == "bad_query"


def test_quality_changes_the_size(shared_data, bring_in, administrator, client) -> None:
    bring_in(administrator, [shared_data / "transfer_syntax/small/MR_small.dcm"])
    address = f"{instance_root(Instance.objects.get())}/rendered"
    sizes = [len(client.get(f"{address}?quality={quality}").content) for quality in (5, 50, 95)]
    assert sizes == sorted(sizes)
    assert sizes[0] * 3 < sizes[2]


def test_annotations_are_not_drawn_and_that_is_said(row, client) -> None:
    address = f"{instance_root(row)}/rendered"
    answer = client.get(f"{address}?annotation=patient,technique", headers={"Accept": "image/png"})
    assert answer["Warning"] == '299 Fiducial "The following annotation values are not supported: patient,technique"'
    assert answer.content == client.get(address, headers={"Accept": "image/png"}).content
    assert "Warning" not in client.get(address).headers


def test_a_loop_of_a_multiframe_instance(shared_data, bring_in, administrator, client) -> None:
    bring_in(administrator, [shared_data / "multiframe_colour/emri_small.dcm"])
    row = Instance.objects.get()
    address = f"{instance_root(row)}/rendered"
    answer = client.get(address, headers={"Accept": "image/gif"})
    assert answer["Content-Type"] == "image/gif"
    loop = Image.open(io.BytesIO(answer.content))
    assert (loop.n_frames, loop.size) == (10, (64, 64))
    for number in (0, 9):
        loop.seek(number)
        one = png(client, f"{instance_root(row)}/frames/{number + 1}/rendered")
        assert np.abs(np.array(loop.convert("L")).astype(int) - one).max() <= 2, "256 greys fit a palette"
    parts = parts_of(client.get(address, headers={"Accept": 'multipart/related; type="image/png"'}))
    assert len(parts) == 10
    middle = client.get(address, headers={"Accept": "image/png"})
    assert middle.content == parts[4].content, "one part holds the middle frame"
    some = client.get(
        f"{instance_root(row)}/frames/2,9/rendered", headers={"Accept": "multipart/related;type=image/png"}
    )
    assert [part.content for part in parts_of(some)] == [parts[1].content, parts[8].content]
    refused = client.get(f"{instance_root(row)}/frames/2,9/rendered", headers={"Accept": "image/png"})
    assert refused.status_code == 406


def test_the_time_of_a_frame_comes_from_the_header(bring_in, administrator, client) -> None:
    pixels = np.arange(72, dtype="<i2").tobytes()
    bring_in(administrator, [image(NumberOfFrames=3, FrameTime="250", PixelData=pixels)])
    loop = Image.open(
        io.BytesIO(
            client.get(f"{instance_root(Instance.objects.get())}/rendered?accept=image/gif&window=-930,140").content
        )
    )
    assert loop.info["duration"] == 250


def test_a_series_and_a_study_as_pictures(bring_in, administrator, client) -> None:
    slices = stack(3)
    bring_in(administrator, [*slices, image(StudyInstanceUID=slices[0].StudyInstanceUID)])
    rows = list(Instance.objects.filter(series__series_uid=slices[0].SeriesInstanceUID).order_by("number"))
    root = series_root(rows[0].series)
    answer = client.get(f"{root}/rendered?{WINDOW}", headers={"Accept": 'multipart/related; type="image/png"'})
    parts = parts_of(answer)
    assert [part.headers["content-location"] for part in parts] == [
        f"{instance_root(row)}/frames/1/rendered" for row in rows
    ]
    for part, row in zip(parts, rows, strict=True):
        one = client.get(f"{instance_root(row)}/rendered?{WINDOW}", headers={"Accept": "image/png"})
        assert part.content == one.content
    study = client.get(f"/dicomweb/studies/{slices[0].StudyInstanceUID}/rendered")
    assert [part.content_type for part in parts_of(study)] == ["image/jpeg"] * 4


def test_what_is_no_image_has_no_picture(shared_data, bring_in, administrator, client) -> None:
    bring_in(administrator, [next((shared_data / "sr").rglob("*.dcm"))])
    row = Instance.objects.get()
    for door in ("rendered", "thumbnail", "frames/1"):
        assert client.get(f"{instance_root(row)}/{door}").status_code == 404, door
    for door in ("rendered", "thumbnail"):
        assert client.get(f"{series_root(row.series)}/{door}").status_code == 404, door


@pytest.mark.parametrize("kind", ["image/jpeg", "image/png", "image/gif"])
def test_thumbnails_at_every_level(shared_data, bring_in, administrator, client, kind) -> None:
    bring_in(administrator, [shared_data / "transfer_syntax/small/MR_small.dcm"])
    row = Instance.objects.get()
    study = f"/dicomweb/studies/{row.series.study.study_uid}"
    for place in (study, series_root(row.series), instance_root(row), f"{instance_root(row)}/frames/1"):
        small = client.get(f"{place}/thumbnail", headers={"Accept": kind})
        assert small["Content-Type"] == kind, place
        assert Image.open(io.BytesIO(small.content)).format == kind.removeprefix("image/").upper()
        smaller = client.get(f"{place}/thumbnail?viewport=20,16", headers={"Accept": kind})
        assert max(Image.open(io.BytesIO(smaller.content)).size) == 16, place


def test_colour_and_palette_and_inverted_grey_are_shown_as_pydicom_shows_them(
    shared_data, bring_in, administrator, client
) -> None:
    from pydicom.pixels import pixel_array

    path = shared_data / "multiframe_colour/examples_rgb_color.dcm"
    bring_in(administrator, [path])
    assert np.array_equal(png(client, f"{instance_root(Instance.objects.get())}/rendered"), pixel_array(path))
    bring_in(administrator, [image(PhotometricInterpretation="MONOCHROME1", SOPInstanceUID="1.2.3.4")])
    inverted = Instance.objects.get(sop_instance_uid="1.2.3.4")
    expected = 255 - by_rule(VALUES, -976, 48, "linear-exact")
    assert np.abs(png(client, f"{instance_root(inverted)}/rendered", WINDOW) - expected).max() <= 1


def test_a_rendered_frame_equals_the_window_of_the_decoded_values(shared_data, bring_in, administrator, client) -> None:
    path = next((shared_data / "ct/CRLM-CT-1006").glob("*.dcm"))
    bring_in(administrator, [path])
    source = dcmread(path)
    values = source.pixel_array * float(source.RescaleSlope) + float(source.RescaleIntercept)
    seen = png(client, f"{instance_root(Instance.objects.get())}/rendered", "window=40,400,linear")
    assert np.abs(seen.astype(float) - by_rule(values, 40, 400, "linear")).max() <= 1
    assert body_of(client.get(f"{instance_root(Instance.objects.get())}/rendered"))[:2] == b"\xff\xd8"
