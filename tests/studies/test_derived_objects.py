"""Reports, presentation states, maps and plans as a person is shown them; damaged ones; who sees what."""

import io
import json
import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import generate_uid

from annotations.marks.dicom.keys import write_key_objects
from annotations.marks.dicom.types import Identity
from studies.derived.content import Described, gather_references
from studies.derived.describe import describe, speaks_of
from studies.derived.links import fit
from studies.derived.placing import pixel_map
from studies.derived.presented import _shaped, _turned
from studies.derived.raster import enclosed_area, filled
from studies.derived.reports import MAX_LEVEL, describe_report
from studies.models import DerivedObject, Instance, Series, Study
from studies.pixels import header_of
from studies.planes import Plane
from studies.services import grant_series
from studies.types import Finding, LinkKind, SeriesKind
from tests import factories
from tests.studies.making import image, stack

CT_SLICES = "seg/dcmqi/ct-3slice"


def only_derived() -> DerivedObject:
    return DerivedObject.objects.select_related("instance__series").get()


def test_a_measurement_report_is_the_table_that_dcmqi_reads(shared_data, bring_in, administrator, tmp_path) -> None:
    folder = shared_data / "sr/dcmqi_tid1500"
    bring_in(administrator, folder)
    derived = DerivedObject.objects.get(kind=SeriesKind.REPORT)
    out = tmp_path / "sr.json"
    tool = Path(sys.executable).parent / "tid1500reader"
    subprocess.run([tool, "--inputDICOM", folder / "sr.dcm", "--outputMetadata", out], check=True, capture_output=True)
    theirs = json.loads(out.read_text())["Measurements"]
    groups = derived.summary["groups"]
    assert len(groups) == len(theirs) == 1
    (mine,), (other,) = groups, theirs
    assert (mine["tracking_id"], mine["tracking_uid"]) == (
        other["TrackingIdentifier"],
        other["TrackingUniqueIdentifier"],
    )
    assert mine["finding"] == other["Finding"]["CodeMeaning"]
    assert mine["segment"]["number"] == other["ReferencedSegment"]
    assert mine["series"] == [other["SourceSeriesForImageSegmentation"]]
    assert len(mine["measurements"]) == len(other["measurementItems"]) == 22
    for one, two in zip(mine["measurements"], other["measurementItems"], strict=True):
        assert one["value"] == float(two["value"])
        assert (one["code"]["value"], one["unit"]["value"]) == (two["quantity"]["CodeValue"], two["units"]["CodeValue"])
        assert one["derivation"] == two.get("derivationModifier", {}).get("CodeMeaning", "")
    hows = {link.series.kind: link.how for link in derived.links.all() if link.series}
    assert hows == {SeriesKind.SEGMENTATION: LinkKind.BY_REFERENCE, SeriesKind.PARAMETRIC: LinkKind.BY_REFERENCE}
    lost = derived.links.get(how=LinkKind.UNLINKED)
    assert (lost.series, lost.referenced) == (None, 191)  # the PET is not there
    units = DerivedObject.objects.get(kind=SeriesKind.PARAMETRIC).summary["mappings"]
    assert [(one["unit"]["value"], one["slope"], one["images"]) for one in units] == [("{SUVbw}g/ml", 0.000375125, 191)]


@pytest.mark.parametrize(
    ("name", "title", "said"),
    [
        ("test-SR.dcm", "Diagnosis", ("Diameter", "3 cm")),
        ("reportsi.dcm", "Document Title", ("Recording Observer's Name", "Enter text")),
        ("reportsi_with_empty_number_tags.dcm", "Document Title", ("Recording Observer's Name", "Enter text")),
    ],
)
def test_a_plain_report_is_its_text(shared_data, bring_in, administrator, name, title, said) -> None:
    bring_in(administrator, [shared_data / "sr/misc" / name])
    summary = only_derived().summary
    assert summary["title"] == title
    assert said in {(line["name"], line["value"]) for line in summary["lines"]}
    assert summary["groups"] == []


@pytest.mark.parametrize("images_first", [True, False])
def test_a_key_object_selection_names_its_images(
    shared_data, bring_in, administrator, client_of, tmp_path, images_first
) -> None:
    slices = [dcmread(path, stop_before_pixels=True) for path in sorted((shared_data / CT_SLICES).glob("*.dcm"))]
    for one in slices:
        del one.SpecificCharacterSet  # it is empty, which highdicom cannot copy
    wanted = [str(slices[at].SOPInstanceUID) for at in (2, 0)]
    identity = Identity(uuid4(), 1, datetime(2026, 1, 2, tzinfo=UTC), "Reader^", "Look here.", "1")
    (written,) = write_key_objects(
        frames=[(uid, 1) for uid in wanted],
        sources={str(one.SOPInstanceUID): one for one in slices},
        identity=identity,
    )
    (tmp_path / "ko.dcm").write_bytes(written.data)
    for files in [shared_data / CT_SLICES, tmp_path] if images_first else [tmp_path, shared_data / CT_SLICES]:
        bring_in(administrator, files)
    derived = only_derived()
    series_uid = str(slices[0].SeriesInstanceUID)
    assert derived.summary["key_images"] == [
        {"sop_instance_uid": uid, "series_uid": series_uid, "frames": []} for uid in wanted
    ]
    assert (derived.label, derived.summary["description"]) == ("Of Interest", "Look here.")
    (link,) = derived.links.all()
    assert (link.how, link.series_uid, link.matched) == (LinkKind.BY_REFERENCE, series_uid, 2)
    (one,) = client_of(administrator).get(f"/api/series/{series_uid}/derived").json()
    assert one["summary"]["key_images"] == derived.summary["key_images"]


def test_frames_of_key_images_are_gathered() -> None:
    def named(uid: str, *frames: int) -> dict:
        reference = {"00081155": {"vr": "UI", "Value": [uid]}}
        if frames:
            reference["00081160"] = {"vr": "IS", "Value": list(frames)}
        return {"0040A040": {"vr": "CS", "Value": ["IMAGE"]}, "00081199": {"vr": "SQ", "Value": [reference]}}

    content = [named("1.2", 7), named("1.3"), named("1.2", 2, 7, 0), {}]
    header = {
        "00080016": {"vr": "UI", "Value": ["1.2.840.10008.5.1.4.1.1.88.59"]},
        "0040A730": {"vr": "SQ", "Value": content},
    }
    found = describe_report(header).summary["key_images"]
    assert found == [
        {"sop_instance_uid": "1.2", "series_uid": "", "frames": [2, 7]},
        {"sop_instance_uid": "1.3", "series_uid": "", "frames": []},
    ]
    del header["00080016"]
    assert "key_images" not in describe_report(header).summary


def test_a_presentation_state_says_what_it_does(shared_data, bring_in, administrator) -> None:
    bring_in(administrator, shared_data / "pr/luts")
    derived = only_derived()
    summary = derived.summary
    assert summary["modality_lut"] == {"kind": "LUT", "type": "US", "entries": 256}
    assert [(voi["kind"], voi["entries"]) for voi in summary["voi"]] == [("LUT", 256)]
    assert (summary["presentation_lut"], summary["images"]) == ("LUT", 1)
    assert summary["displayed_areas"][0]["bottom_right"] == [512, 512]
    link = derived.links.get()
    assert (link.how, link.series.kind, link.matched) == (LinkKind.BY_REFERENCE, SeriesKind.IMAGE, 1)


@pytest.mark.parametrize("kind", ["float", "double_float"])
def test_a_parametric_map_says_its_unit_and_range(shared_data, bring_in, administrator, kind) -> None:
    path = shared_data / f"paramap/pydicom/parametric_map_{kind}.dcm"
    bring_in(administrator, [path])
    derived = only_derived()
    ds = dcmread(path)
    single = kind == "float"
    values = np.frombuffer(ds.FloatPixelData if single else ds.DoubleFloatPixelData, "<f4" if single else "<f8")
    assert derived.summary["largest"] == pytest.approx(float(values.max()))
    assert derived.summary["smallest"] == pytest.approx(float(values.min()))
    assert derived.summary["mappings"][0]["unit"]["value"] == "1"
    assert derived.instance.series.kind == SeriesKind.PARAMETRIC


def test_plans_and_doses(shared_data, bring_in, administrator) -> None:
    folder = shared_data / "rt/pydicom"
    bring_in(administrator, [folder / "rtdose.dcm", folder / "rtplan.dcm", folder / "rtstruct.dcm"])
    found = {one.summary.get("type", one.kind): one for one in DerivedObject.objects.all()}
    dose = dcmread(folder / "rtdose.dcm")
    assert found["dose"].summary["largest"] == pytest.approx(
        float(dose.pixel_array.max()) * float(dose.DoseGridScaling)
    )
    plan = found["plan"].summary
    assert (plan["fractions"][0]["planned"], plan["beams"][0]["radiation"], plan["beams"][0]["energy"]) == (
        30,
        "PHOTON",
        6,
    )
    rois = found[SeriesKind.STRUCTURES].summary["rois"]
    assert [(roi["name"], roi["contours"], roi["other_contours"]) for roi in rois] == [
        ("patient", 3, 0), ("Isocenter 1", 0, 1), ("Isocenter 2", 0, 1),
    ]  # fmt: skip


# Damaged and hostile objects


def segmentation(shared_data) -> Dataset:
    ds = dcmread(shared_data / "seg/dcmqi/24x38x3/seg/label.seg")
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    return ds


BROKEN = {
    "no segments": lambda ds: delattr(ds, "SegmentSequence"),
    "no groups": lambda ds: [
        delattr(ds, n) for n in ("PerFrameFunctionalGroupsSequence", "SharedFunctionalGroupsSequence")
    ],
    "fewer groups than frames": lambda ds: setattr(
        ds, "PerFrameFunctionalGroupsSequence", ds.PerFrameFunctionalGroupsSequence[:1]
    ),
    "no place": lambda ds: [delattr(part, "PlanePositionSequence") for part in ds.PerFrameFunctionalGroupsSequence],
    "a segment twice": lambda ds: ds.SegmentSequence.append(ds.SegmentSequence[0]),
    "far away": lambda ds: [
        setattr(part.PlanePositionSequence[0], "ImagePositionPatient", ["1e300", "-1e300", "1e300"])
        for part in ds.PerFrameFunctionalGroupsSequence
    ],
    "no orientation": lambda ds: setattr(
        ds.SharedFunctionalGroupsSequence[0].PlaneOrientationSequence[0], "ImageOrientationPatient", [0, 0, 0, 0, 0, 0]
    ),
    "empty sequences": lambda ds: [setattr(ds, e.keyword, Sequence()) for e in list(ds) if e.VR == "SQ"],
}


@pytest.mark.parametrize("damage", BROKEN)
def test_a_damaged_segmentation_is_kept_and_said(shared_data, bring_in, administrator, damage) -> None:
    ds = segmentation(shared_data)
    BROKEN[damage](ds)
    images = sorted(path for path in (shared_data / "seg/dcmqi/24x38x3").rglob("*.dcm"))
    assert bring_in(administrator, [ds, *images]).set_aside == 0
    derived = only_derived()
    assert derived.kind == SeriesKind.SEGMENTATION
    codes = {finding["code"] for finding in derived.findings}
    if damage in ("no segments", "a segment twice", "empty sequences"):
        assert Finding.BROKEN_CONTENT in codes


def structures(contours: list[Dataset]) -> Dataset:
    ds = image(SOPClassUID="1.2.840.10008.5.1.4.1.1.481.3", Modality="RTSTRUCT", Rows=None, Columns=None)
    for name in ("PixelData", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation", "SamplesPerPixel"):
        if name in ds:
            delattr(ds, name)
    roi = Dataset()
    roi.ROINumber, roi.ROIName = 1, "tumour"
    drawn = Dataset()
    drawn.ReferencedROINumber = 1
    drawn.ContourSequence = contours
    ds.StructureSetROISequence, ds.ROIContourSequence = [roi], [drawn]
    return ds


def contour(points, kind: str = "CLOSED_PLANAR", count: int | None = None) -> Dataset:
    ds = Dataset()
    ds.ContourGeometricType = kind
    ds.NumberOfContourPoints = len(points) if count is None else count
    ds.ContourData = [f"{value:.6g}" for point in points for value in point]
    return ds


SQUARE = [(0.75, 0.5, 2), (2.25, 0.5, 2), (2.25, 2, 2), (0.75, 2, 2)]


@pytest.mark.parametrize(
    ("odd", "finding"),
    [
        (contour([(1, 1, 2)]), Finding.BROKEN_CONTENT),
        (contour([(1, 1, 2), (2, 2, 2)]), Finding.BROKEN_CONTENT),
        (contour(SQUARE, count=10**9), Finding.BROKEN_CONTENT),
        (contour([(0, 0, 2), (1, 0, 2), (2, 0, 2)]), None),
        (contour([(1e30, 0, 2), (1e30, 1e30, 2), (0, 1e30, 2)]), None),
        (contour([(0, 0, -50), (9, 0, 30), (3, 8, 12), (1, 1, 77)]), None),
        (contour([(1, 1, 2)], kind="POINT"), None),
        (Dataset(), None),
    ],
)
def test_odd_contours_do_not_spoil_the_others(bring_in, importer, odd, finding) -> None:
    slices = stack(3, FrameOfReferenceUID="1.2.3.4")
    ds = structures([contour(SQUARE), odd] if odd.get("NumberOfContourPoints") != 10**9 else [odd])
    ds.StudyInstanceUID, ds.FrameOfReferenceUID = slices[0].StudyInstanceUID, "1.2.3.4"
    bring_in(importer, [*slices, ds])
    derived = only_derived()
    codes = {found["code"] for found in derived.findings}
    assert codes == ({str(finding)} if finding else set())
    link = derived.links.get()
    assert link.how == LinkKind.BY_GEOMETRY
    (roi,) = link.detail["rois"]
    assert roi["voxels"] > 0
    if finding is not None:
        assert (roi["voxels"], roi["volume_ml"]) == (6, pytest.approx(6 * 0.5 * 0.75 * 2 / 1000))


def test_a_report_nested_beyond_measure_is_cut_short() -> None:
    deepest: dict = {"0040A040": {"vr": "CS", "Value": ["TEXT"]}, "0040A160": {"vr": "UT", "Value": ["bottom"]}}
    for _ in range(500):
        deepest = {
            "0040A040": {"vr": "CS", "Value": ["CONTAINER"]},
            "0040A730": {"vr": "SQ", "Value": [deepest, "no item", None, 7]},
        }
    described = describe_report(deepest)
    assert {found["code"] for found in described.notes.found} == {Finding.TOO_MUCH_CONTENT}
    assert max([line["level"] for line in described.summary["lines"]], default=0) <= MAX_LEVEL
    gathered = Described()
    gather_references(deepest, gathered)
    assert gathered.references == {}


def test_ten_thousand_items_are_bounded() -> None:
    leaf = {"0040A040": {"vr": "CS", "Value": ["TEXT"]}, "0040A160": {"vr": "UT", "Value": ["said"]}}
    described = describe_report({"0040A730": {"vr": "SQ", "Value": [leaf] * 30_000}})
    assert Finding.TOO_MUCH_CONTENT in {found["code"] for found in described.notes.found}
    assert len(described.summary["lines"]) == 2_000


# Who sees what


def test_links_are_seen_only_where_both_ends_are(shared_data, bring_in, administrator, client_of) -> None:
    folder = shared_data / "seg/dcmqi"
    bring_in(administrator, [*sorted((folder / "ct-3slice").iterdir()), folder / "liver.dcm"])
    ct, seg = Series.objects.get(modality="CT"), Series.objects.get(modality="SEG")
    reader, manager = factories.user("reader-1"), administrator
    team = factories.team("Readers", reader=[reader], manager=[manager])
    grant_series(actor=manager, series=ct, team=team)
    client = client_of(reader)
    assert client.get(f"/api/series/{ct.series_uid}/derived").json() == []
    assert client.get(f"/api/series/{seg.series_uid}/derived").status_code == 404
    (row,) = client.get(f"/api/studies/{Study.objects.get().study_uid}").json()["series"]
    assert (row["kind"], row["derived"]) == ("image", [])
    grant_series(actor=manager, series=seg, team=team)
    (found,) = client.get(f"/api/series/{ct.series_uid}/derived").json()
    assert (found["kind"], found["label"], found["volume_ml"]) == ("segmentation", "Liver", 70.3619)
    assert found["links"] == [
        {"series_uid": ct.series_uid, "how": "by_reference", "matched": 3, "referenced": 3, "rois": []}
    ]
    assert found["findings"] == []
    assert found["summary"]["segments"][0]["voxels"] == 107098
    rows = client.get(f"/api/studies/{Study.objects.get().study_uid}").json()["series"]
    assert [one["label"] for row in rows for one in row["derived"]] == ["Liver", "Liver"]
    ct.grants.all().delete()
    (found,) = client.get(f"/api/series/{seg.series_uid}/derived").json()
    assert [(link["how"], link["matched"]) for link in found["links"]] == [("unlinked", 0)]
    assert Finding.UNLINKED in {finding["code"] for finding in found["findings"]}


def test_a_link_by_place_says_so(shared_data, bring_in, administrator, client_of) -> None:
    bring_in(administrator, shared_data / "petct/STS_002/dicom/CT")
    ct = Series.objects.get(modality="CT")
    (found,) = client_of(administrator).get(f"/api/series/{ct.series_uid}/derived").json()
    assert {finding["code"] for finding in found["findings"]} == {Finding.LINKED_BY_GEOMETRY}
    assert found["volume_ml"] == 53.2954
    assert "16 of its 16 planes" in found["findings"][0]["detail"]


# Pixels and grids


def slow_fill(polygon: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """Return the pixels inside, one at a time, by counting crossings to the left."""
    found = np.zeros((rows, columns), bool)
    for y in range(rows):
        for x in range(columns):
            for (y0, x0), (y1, x1) in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
                if (y0 <= y) != (y1 <= y) and x0 + (y - y0) / (y1 - y0) * (x1 - x0) <= x:
                    found[y, x] ^= True
    return found


@pytest.mark.parametrize("seed", range(8))
def test_filling_is_the_even_odd_rule(seed) -> None:
    rng = np.random.default_rng(seed)
    polygon = rng.uniform(-3, 23, (rng.integers(3, 12), 2))  # corners outside the grid, edges that cross
    assert np.array_equal(filled([polygon], 20, 18), slow_fill(polygon, 20, 18))


def test_holes_keyholes_and_shared_edges() -> None:
    outer = np.array([(1, 1), (1, 11), (11, 11), (11, 1)], float)
    inner = np.array([(4, 4), (4, 8), (8, 8), (8, 4)], float)
    nested = filled([outer, inner], 13, 13)
    keyhole = np.concatenate([outer, outer[:1], inner[:1], inner[::-1], outer[:1]])
    assert nested.sum() == 100 - 16
    assert np.array_equal(filled([keyhole], 13, 13), nested)
    left, right = np.array([(0, 0), (0, 5), (9, 5), (9, 0)], float), np.array([(0, 5), (0, 9), (9, 9), (9, 5)], float)
    assert not (filled([left], 9, 9) & filled([right], 9, 9)).any()
    assert (filled([left], 9, 9) | filled([right], 9, 9)).all()
    assert filled([outer[:2]], 13, 13).sum() == 0
    circle = np.array([(50 + 40 * np.cos(t), 50 + 40 * np.sin(t)) for t in np.linspace(0, 2 * np.pi, 2000)[:-1]])
    assert filled([circle], 101, 101).sum() == pytest.approx(
        enclosed_area(circle), rel=5e-3
    )  # lattice points in a circle


def plane(rows, columns, position, along_row=(1, 0, 0), along_column=(0, 1, 0), spacing=(2.0, 3.0)) -> Plane:
    return Plane("1.2", 1, rows, columns, position, along_row, along_column, spacing)


def test_mirrored_turned_and_cut_grids_are_one_grid() -> None:
    rng = np.random.default_rng(0)
    target = plane(6, 5, (0.0, 0.0, 0.0))
    whole = rng.integers(0, 9, (6, 5))
    mirrored = plane(6, 5, (12.0, 0.0, 0.0), along_row=(-1, 0, 0))
    assert np.array_equal(pixel_map(mirrored, target).put(whole[:, ::-1], 6, 5), whole)
    turned = plane(5, 6, (0.0, 0.0, 0.0), along_row=(0, 1, 0), along_column=(1, 0, 0), spacing=(3.0, 2.0))
    assert np.array_equal(pixel_map(turned, target).put(whole.T, 6, 5), whole)
    part = plane(2, 3, (3.0, 4.0, 0.0))
    expected = np.zeros_like(whole)
    expected[2:4, 1:4] = whole[2:4, 1:4]
    assert np.array_equal(pixel_map(part, target).put(whole[2:4, 1:4], 6, 5), expected)
    assert pixel_map(plane(6, 5, (0.0, 0.0, 0.0), spacing=(2.0, 3.1)), target) is None
    assert pixel_map(plane(6, 5, (1.5, 0.0, 0.0)), target) is None


def test_a_scrambled_image_becomes_a_grey_scale(shared_data, bring_in, administrator, client_of) -> None:
    bring_in(administrator, shared_data / "pr/luts")
    state = Instance.objects.get(series__kind=SeriesKind.PRESENTATION)
    row = Instance.objects.get(series__kind=SeriesKind.IMAGE)
    study, series = row.series.study.study_uid, row.series.series_uid
    address = f"/dicomweb/studies/{study}/series/{series}/instances/{row.sop_instance_uid}/rendered"
    client = client_of(administrator)
    answer = client.get(address, {"presentation": state.sop_instance_uid}, HTTP_ACCEPT="image/png")
    picture = np.asarray(Image.open(io.BytesIO(answer.content)))
    ramp, bars = picture[100].astype(int), picture[400].astype(int)
    assert (np.diff(ramp) >= 0).all()  # a ramp from black to white above
    assert (ramp[0], ramp[-1], len(set(ramp))) == (0, 255, 256)
    assert sorted(set(bars)) == [17 * step for step in range(16)]  # sixteen even bars below
    plain = np.asarray(Image.open(io.BytesIO(client.get(address, HTTP_ACCEPT="image/png").content)))
    assert not (np.diff(plain[100].astype(int)) >= 0).all()
    assert client.get(address, {"presentation": "1.2.3"}).status_code == 404
    assert client.get(address, {"presentation": row.sop_instance_uid}).status_code == 404
    both = client.get(address, {"presentation": state.sop_instance_uid, "window": "1,2,linear"})
    assert (both.status_code, both.json()["error"]["code"]) == (400, "two_windows")
    slices = stack(1)
    bring_in(administrator, slices)
    other = Instance.objects.get(sop_instance_uid=slices[0].SOPInstanceUID)
    parts = (other.series.study.study_uid, other.series.series_uid, other.sop_instance_uid)
    address = "/dicomweb/studies/{}/series/{}/instances/{}/rendered".format(*parts)
    assert client.get(address, {"presentation": state.sop_instance_uid}).status_code == 400


def test_a_state_turns_and_inverts() -> None:
    grey = np.array([[0, 50], [100, 200]], np.uint8)
    state = {"00700042": {"vr": "US", "Value": [90]}, "20500020": {"vr": "CS", "Value": ["INVERSE"]}}
    assert np.array_equal(_turned(_shaped(grey, state), state), [[155, 255], [55, 205]])
    state["00700041"] = {"vr": "CS", "Value": ["Y"]}
    assert np.array_equal(_turned(_shaped(grey, state), state), [[255, 155], [205, 55]])


ODD_VALUES: list = [[], [""], ["x" * 5000], [-1], [1e308], ["1e400"], [1, 2, 3], ["\0"], ["NaN"], [None], [0], [9**15]]


def spoiled(dataset: dict, rng: random.Random) -> dict:
    """Return a copy of a data set in DICOM JSON, as a damaged file gives it: elements missing, values odd."""
    copy = {}
    for tag, element in dataset.items():
        if rng.random() < 0.03:
            continue
        if element["vr"] == "SQ":
            items = [spoiled(item, rng) for item in element.get("Value", [])[:40] if rng.random() > 0.03]
            copy[tag] = element | {"Value": [{}, *items] if rng.random() < 0.03 else items}
        else:
            copy[tag] = element | {"Value": rng.choice(ODD_VALUES)} if rng.random() < 0.05 else element
    return copy


@pytest.mark.parametrize(
    "name",
    [
        "seg/dcmqi/24x38x3/seg/label.seg",
        "seg/dcmqi/sparse-labelmap-ppv5.dcm",
        "sr/dcmqi_tid1500/sr.dcm",
        "petct/STS_002/dicom/MR_T1/mask/RS.dcm",
        "pr/luts/prLUTs.dcm",
        "paramap/pydicom/parametric_map_float.dcm",
        "sr/dcmqi_tid1500/rwvm.dcm",
        "rt/pydicom/rtplan.dcm",
    ],
)
def test_spoiled_objects_are_described_all_the_same(shared_data, bring_in, administrator, name, caplog) -> None:
    bring_in(administrator, [shared_data / name])
    instance = only_derived().instance
    header = header_of(instance)
    rng = random.Random(name)  # noqa: S311  # a seed that is kept, no secret
    planes = [plane(20, 20, (0.0, 0.0, float(k))) for k in range(9)]
    for _ in range(120):
        bad = spoiled(header, rng)
        described = describe(instance, bad)
        said = json.dumps([described.summary, described.notes.found], allow_nan=False)
        assert "\\u0000" not in said
        assert len(described.label) <= 5_000
        speaks = speaks_of(instance, bad)
        matched, places, _ = fit(speaks, planes)
        assert 0 <= matched <= places
    assert not [record for record in caplog.records if record.exc_info]  # nothing had to be caught
