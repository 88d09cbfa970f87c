"""Every type of measurement as a TID 1500 report: read by us, by highdicom and by dcmqi; and presentation states."""

import io
import json
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

import highdicom
import numpy as np
import pydicom
import pytest

from annotations.marks.dicom.measured import FORMS
from annotations.marks.dicom.places import place_of
from annotations.marks.dicom.presentation import write_presentation
from annotations.marks.dicom.reports import write_report
from annotations.marks.dicom.types import Code, Shown
from annotations.marks.loading.presentations import drawings_in, window_of
from annotations.marks.loading.reports import measurements_in
from studies.dicomfile.facts import read_facts
from studies.planes import planes_of
from tests.annotations.marks.dicom.makers import IDENTITY, ct_series, oblique, segment, sources_of

POINTS = {
    "length": 2, "bidirectional": 4, "angle": 3, "cobb": 4, "ellipse": 4, "rectangle": 4, "circle": 2, "freehand": 7,
    "spline": 9, "probe": 1, "arrow": 2, "height": 2, "ratio": 4,
}  # fmt: skip
UNITS = {"mm": "mm", "angle": "deg", "cobb": "deg", "ratio": "", "probe": "HU"}


def images():
    """Return four oblique slices whose pixels are not square."""
    found = ct_series((4, 20, 30), spacing=(2.0, 0.7, 0.9), axes=oblique())
    for image in found:
        image.PhotometricInterpretation, image.SamplesPerPixel = "MONOCHROME2", 1
        image.BitsAllocated = image.BitsStored = 16
        image.PixelRepresentation, image.HighBit = 1, 15
        image.PixelData = bytes(2 * 20 * 30)
    return found


def measured(series, *, off_mm=0.0):
    """Return one measurement of every type on the second slice, or `off_mm` beside it."""
    rng = np.random.default_rng(2)
    where = place_of(series[1], 1)
    normal = np.cross(where.steps[:, 1], where.steps[:, 0])
    beside = off_mm * normal / np.linalg.norm(normal)
    found = {}
    for kind, count in POINTS.items():
        points = where.points_lps(rng.random((count, 2)) * [18, 28] + 0.4) + beside
        if kind == "ellipse":
            centre, long, short = points[0], where.steps[:, 0] * 6, where.steps[:, 1] * 2
            points = np.array([centre + long, centre - long, centre + short, centre - short])
        extra = {"short": {"value": 3.25, "unit": "mm"}} if kind == "bidirectional" else {}
        area = kind in ("ellipse", "rectangle", "circle", "freehand", "spline")
        found[uuid.uuid4()] = {
            "type": kind,
            "sop_instance_uid": str(series[1].SOPInstanceUID),
            "frame_number": 1,
            "points_lps": points.tolist(),
            "value": 12.345678901,
            "unit": "mm2" if area else UNITS.get(kind, "mm"),
            "label": 3,
            "text": f"a {kind}",
            "values": {"mean": {"value": -41.5, "unit": "HU"}, "sd": {"value": 2.25, "unit": "HU"}} if area else extra,
        }
    return found


def planes_in(series):
    """Return where the frames of images lie, as the archive reads it."""
    planes = {}
    for image in series:
        buffer = io.BytesIO()
        pydicom.dcmwrite(buffer, image, enforce_file_format=True)
        header = read_facts(io.BytesIO(buffer.getvalue()), len(buffer.getvalue())).header
        planes |= {(plane.sop_instance_uid, plane.frame_number): plane for plane in planes_of(header, frame_count=1)}
    return planes


def read(data, series):
    """Return the measurements of a report by type."""
    facts = read_facts(io.BytesIO(data), len(data))
    found = measurements_in(facts.header, planes_in(series), frozenset({str(series[0].FrameOfReferenceUID)}))
    return {one.data["type"] if one.data else one.reason: one for one in found}


@pytest.mark.parametrize("off_mm", [0.0, 0.6], ids=["in the image's plane", "beside it"])
def test_every_measurement_comes_back(off_mm):
    series = images()
    wanted = {data["type"]: data for data in measured(series, off_mm=off_mm).values()}
    assert wanted.keys() == FORMS.keys()
    written = write_report(
        measurements={uuid.uuid4(): data for data in wanted.values()},
        sources=sources_of(series),
        segments=[segment(3)],
        identity=IDENTITY,
    )
    found = read(written.data, series)
    assert found.keys() == wanted.keys()
    for kind, one in found.items():
        data, original = one.data, wanted[kind]
        np.testing.assert_allclose(
            _ordered(kind, data["points_lps"]), _ordered(kind, original["points_lps"]), atol=2e-4
        )
        assert data["sop_instance_uid"] == original["sop_instance_uid"]
        assert (one.label, one.code.value, data["text"]) == ("Liver", "10200004", f"a {kind}")
        if kind != "arrow":
            assert (data["value"], data["unit"]) == (original["value"], original["unit"])
            assert data.get("values", {}) == original["values"]


def test_pixels_and_the_scale_of_the_detector_come_back():
    series = images()
    length = next(data for data in measured(series).values() if data["type"] == "length")
    area = next(data for data in measured(series).values() if data["type"] == "circle")
    for wanted in ({**length, "unit": "px"}, {**area, "unit": "px2"}, {**length, "scale": "detector"}):
        written = write_report(
            measurements={uuid.uuid4(): wanted}, sources=sources_of(series), segments=[segment(3)], identity=IDENTITY
        )
        (found,) = read(written.data, series).values()
        assert (found.data["unit"], found.data.get("scale")) == (wanted["unit"], wanted.get("scale"))


def _ordered(kind, points):
    """Return the points; of a circle the centre and its radius: any point of the edge means the same."""
    points = np.array(points)
    return np.append(points[0], np.linalg.norm(points[1] - points[0])) if kind == "circle" else points


def test_lines_in_another_frame_of_reference_stay_out():
    series = images()
    written = write_report(
        measurements=measured(series, off_mm=0.6), sources=sources_of(series), segments=[segment(3)], identity=IDENTITY
    )
    for image in series:
        image.FrameOfReferenceUID = "1.2.3.99"
    assert read(written.data, series).keys() == {"other_images"}


def test_other_programs_read_the_report(tmp_path):
    series = images()
    measurements = measured(series)
    written = write_report(
        measurements=measurements, sources=sources_of(series), segments=[segment(3)], identity=IDENTITY
    )
    report = highdicom.sr.srread(io.BytesIO(written.data))
    groups = report.content.get_image_measurement_groups()
    assert len(groups) == len(POINTS)
    values = [group.get_measurements()[0].value for group in groups]
    assert values == pytest.approx([12.345678901] * len(POINTS))
    path = tmp_path / "sr.dcm"
    path.write_bytes(written.data)
    tool = Path(sys.executable).parent / "tid1500reader"
    out = tmp_path / "sr.json"
    done = subprocess.run(
        [str(tool), "--inputDICOM", str(path), "--outputMetadata", str(out)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert len(json.loads(out.read_text())["Measurements"]) == len(POINTS)


@pytest.mark.parametrize("off_mm", [0.0, 0.6], ids=["in the image's plane", "beside it"])
def test_checkers_of_dicom_find_no_error(tmp_path, off_mm):
    if shutil.which("dsrdump") is None or shutil.which("dciodvfy") is None:
        pytest.skip("dcmtk and dicom3tools are not installed")
    series = images()
    measurements = measured(series, off_mm=off_mm)
    shown = Shown(window=(40.0, 350.0), area=(3, 2, 20, 15))
    report = write_report(
        measurements=measurements, sources=sources_of(series), segments=[segment(3)], identity=IDENTITY
    )
    state = write_presentation(measurements=measurements, sources=series, shown=shown, identity=IDENTITY)
    for name, written in (("sr.dcm", report), ("pr.dcm", state)):
        (tmp_path / name).write_bytes(written.data)
        checked = subprocess.run(["dciodvfy", name], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert "Error" not in checked.stderr
    dumped = subprocess.run(["dsrdump", "sr.dcm"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (dumped.returncode, dumped.stderr) == (0, "")
    assert dumped.stdout.count('"Measurement Group")') == len(POINTS)
    for data in measurements.values():
        assert f'"{data["text"]}"' in dumped.stdout


def test_the_same_measurements_are_the_same_bytes():
    series = images()
    once = {uuid.UUID(int=number): data for number, data in enumerate(measured(series).values())}
    options = {"sources": sources_of(series), "segments": [segment(3)], "identity": IDENTITY}
    assert write_report(measurements=once, **options).data == write_report(measurements=once, **options).data


def test_a_presentation_state_holds_window_area_and_lines():
    series = images()
    shown = Shown(window=(40.0, 350.0), area=(3, 2, 20, 15))
    written = write_presentation(measurements=measured(series), sources=series, shown=shown, identity=IDENTITY)
    state = pydicom.dcmread(io.BytesIO(written.data))
    voi, area = state.SoftcopyVOILUTSequence[0], state.DisplayedAreaSelectionSequence[0]
    assert (voi.WindowCenter, voi.WindowWidth) == (40, 350)
    assert list(area.DisplayedAreaTopLeftHandCorner) == [3, 2]
    assert list(area.DisplayedAreaBottomRightHandCorner) == [20, 15]
    assert len(state.GraphicAnnotationSequence) == len(POINTS)
    circle = next(
        one for one in state.GraphicAnnotationSequence if "circle" in one.TextObjectSequence[0].UnformattedTextValue
    )
    drawn = np.array(circle.GraphicObjectSequence[0].GraphicData).reshape(-1, 2)[:, ::-1] - 0.5
    original = next(data for data in measured(series).values() if data["type"] == "circle")
    where = place_of(series[1], 1)
    points = np.array(original["points_lps"])
    radius = np.linalg.norm(where.points_lps(drawn) - points[0], axis=1)
    inside = ((drawn > 0) & (drawn < [19.0, 29.0])).all(axis=1)  # what leaves the image is cut at its edge
    np.testing.assert_allclose(radius[inside], np.linalg.norm(points[1] - points[0]), atol=1e-3)


def test_drawings_and_window_of_a_presentation_state_are_loaded():
    series = images()
    originals = measured(series)
    written = write_presentation(
        measurements=originals, sources=series, shown=Shown(window=(40.0, 350.0)), identity=IDENTITY
    )
    facts = read_facts(io.BytesIO(written.data), len(written.data))
    assert window_of(facts.header) == (40.0, 350.0)
    found = [one.data for one in drawings_in(facts.header, planes_in(series)) if one.data]
    (length,) = (data for data in found if data["text"].startswith("a length"))
    (original,) = (data for data in originals.values() if data["type"] == "length")
    np.testing.assert_allclose(length["points_lps"], original["points_lps"], atol=2e-4)
    wanted = np.linalg.norm(np.subtract(*original["points_lps"]))
    assert (length["type"], length["unit"]) == ("length", "mm")
    assert length["value"] == pytest.approx(wanted, abs=1e-3)
    (ellipse,) = (data for data in found if data["text"].startswith("a ellipse"))
    assert ellipse["type"] == "freehand"  # curves are drawn as lines
    assert {one.reason for one in drawings_in(facts.header, {})} == {"other_images"}


def test_a_report_of_another_program_is_understood(shared_data):
    """dcmqi's example measures segments and draws nothing: its groups say so instead of showing something wrong."""
    data = (shared_data / "sr" / "dcmqi_tid1500" / "sr.dcm").read_bytes()
    facts = read_facts(io.BytesIO(data), len(data))
    found = measurements_in(facts.header, {}, frozenset())
    assert found
    assert {one.reason for one in found} <= {"not_drawn", "other_images"}
    assert all(isinstance(one.code, Code | None) for one in found)
