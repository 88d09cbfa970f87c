"""Marks saved to files and loaded from them, over the API: previews, choices, refusals, rights."""

import io
import json
import uuid
import zipfile

import numpy as np
import pydicom
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from annotations.marks.frames import decode_labels
from annotations.marks.selectors import frames_of, history_of
from annotations.reading.services.readings import submit_reading
from annotations.reading.types import ExchangeFormat
from audit.models import AuditRecord
from studies.models import Series, SeriesGrant
from studies.services import close_import, open_import, store_file
from tests.roundtrip.rooms import Room, masks_of, open_room, same
from tests.roundtrip.scenes import AXIAL, COLUMNS, ROWS, Scene, along, blobs, places_of, scenes, series

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::UserWarning")]


@pytest.fixture
def room() -> Room:
    """Return a room with overlapping marks."""
    return open_room(next(scene for scene in scenes() if scene.name == "overlapping"))


@pytest.fixture
def ask(client_of, room):
    """Return a function that posts a file to the loader's reading."""

    def post(data, door="import/preview", *, name="marks.dcm", user=None, reading=None, **fields):
        body = {key: json.dumps(value) if key == "choices" else value for key, value in fields.items()}
        if data is not None:
            body["file"] = SimpleUploadedFile(name, data)
        if door == "import":
            body = {"base_revision": room.loaded.mark_set.head, "client_id": str(uuid.uuid4()), **body}
        where = f"/api/readings/{(reading or room.loaded).pk}/{door}"
        return client_of(user or room.loader).post(where, body, format="multipart")

    return post


def seg_of(room: Room) -> bytes:
    """Return the drawn marks as one SEG."""
    (data,) = room.save(form("seg")).values()
    return data


def form(name):
    """Return a format by its name."""
    return ExchangeFormat(name)


def test_a_preview_says_what_goes_where_and_writes_nothing(ask, room):
    answer = ask(seg_of(room))
    plan = answer.json()
    assert answer.status_code == 200, plan
    assert (plan["kind"], plan["title"], plan["fractional"]) == ("seg", "organ, lesion, vessel", False)
    segments = {one["name"]: one for one in plan["segments"]}
    assert {name: (one["label"], one["matched_by"]) for name, one in segments.items()} == {
        "organ": (1, "code"),
        "lesion": (2, "code"),
        "vessel": (3, "code"),
    }
    wanted = sum(int((plane == 3).sum()) for plane in room.scene.masks.values())
    assert (segments["vessel"]["counts"]["placed"], segments["vessel"]["voxels"]) == (wanted, wanted)
    assert plan["frames_changed"] == len(room.scene.masks)
    room.loaded.mark_set.refresh_from_db()
    assert room.loaded.mark_set.head == 0


def test_loading_is_one_revision_that_says_where_it_came_from(ask, room, client_of):
    seg = seg_of(room)
    answer = ask(seg, "import")
    assert (answer.status_code, answer.json()["number"]) == (201, 1)
    assert same(room.found(), room.scene.masks)
    (revision,) = history_of(mark_set=room.loaded.mark_set)
    assert (revision.kind, revision.tool, revision.author) == ("edit", "import:seg", room.loader)
    detail = AuditRecord.objects.get(action="reading.import").detail
    assert detail["origin"] == pydicom.dcmread(io.BytesIO(seg)).SOPInstanceUID
    body = {"number": 0, "base_revision": 1, "client_id": str(uuid.uuid4())}
    client_of(room.loader).post(f"/api/readings/{room.loaded.pk}/restore", body, format="json")
    assert same(room.found(), {})


def test_the_same_client_id_loads_once_and_a_stale_base_loads_nothing(ask, room):
    again = {"client_id": str(uuid.uuid4()), "base_revision": 0}
    assert ask(seg_of(room), "import", **again).status_code == 201
    nothing = ask(seg_of(room), "import", base_revision=1)
    assert (nothing.status_code, nothing.json()["error"]["code"]) == (400, "nothing_to_load")
    other = {"segments": [{"number": 1, "label": 2}], "over_others": True}
    stale = ask(seg_of(room), "import", base_revision=0, choices=other)
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "stale_base")
    room.loaded.mark_set.refresh_from_db()
    assert room.loaded.mark_set.head == 1


def test_choices_are_kept_to(ask, room):
    choices = {"segments": [{"number": 3, "label": 2, "mode": "replace"}]}
    plan = ask(seg_of(room), choices=choices).json()
    assert {one["number"]: one["label"] for one in plan["segments"]} == {1: None, 2: None, 3: 2}
    assert ask(seg_of(room), "import", choices=choices).status_code == 201
    found = room.found()
    drawn = {key[:2]: plane for key, plane in room.scene.masks.items() if key[2] == 1}
    assert {key[2] for key in found} == {0}
    assert all(np.array_equal(found[(*place, 0)] == 2, plane == 3) for place, plane in drawn.items() if plane.any())
    unknown = ask(seg_of(room), choices={"segments": [{"number": 1, "label": 99}]})
    assert (unknown.status_code, unknown.json()["error"]["code"]) == (400, "unknown_label")


def test_key_images_are_saved_as_a_key_object_selection(room, client_of):
    api, here = client_of(room.drawer), f"/api/readings/{room.drawn.pk}"
    uid, frame = next(iter(room.scene.masks))[:2]
    place = {"series_uid": room.volumes()[0].series.series_uid, "volume_index": 0, "point_lps": None}
    value = {
        "name": "CT · 1 / 9",
        "order": 1,
        "place": {**place, "sop_instance_uid": uid, "frame_number": frame},
    }
    room.drawn.mark_set.refresh_from_db()
    change = {
        "client_id": str(uuid.uuid4()),
        "base_revision": room.drawn.mark_set.head,
        "tool": "key-image",
        "frames": [],
        "measurements": [],
        "answers": [{"question": f"image:{uuid.uuid4().hex}", "value": value}],
    }
    saved = api.post(f"{here}/revisions", change, format="json")
    assert saved.status_code == 201, saved.json()
    answer = api.get(f"{here}/export/ko")
    document = pydicom.dcmread(io.BytesIO(answer.content))
    assert document.SOPClassUID == "1.2.840.10008.5.1.4.1.1.88.59"
    (named,) = (item.ReferencedSOPSequence[0] for item in document.ContentSequence if item.ValueType == "IMAGE")
    assert (named.ReferencedSOPInstanceUID, "ReferencedFrameNumber" in named) == (uid, False)
    (study,) = document.CurrentRequestedProcedureEvidenceSequence
    assert study.ReferencedSeriesSequence[0].SeriesInstanceUID == place["series_uid"]
    assert api.get(f"{here}/export/ko").content == answer.content, "the same marks gave other bytes"


def test_marks_of_another_patient_in_the_same_place_are_refused(ask, room):
    images = series(along(AXIAL, [0, 2.5, 5, 7.5, 10, 12.5]))
    other = open_room(Scene("another patient", images, blobs(places_of(images), 3)))
    for name in ("seg", "rtstruct"):
        (data,) = other.save(form(name)).values()
        answer = ask(data)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, "marks_misfit"), name


def test_a_label_map_that_does_not_fit_says_how(ask, room):
    images = series(along(AXIAL, [0, 2.5, 5, 7.5, 10, 12.5], origin=(0, 0, 0)))
    other = open_room(Scene("elsewhere", images, blobs(places_of(images), 3)))
    (data,) = (data for name, data in other.save(form("nifti")).items() if name.endswith(".nii.gz"))
    answer = ask(data, name="elsewhere.nii.gz")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "marks_misfit")
    asked = {"target": {"series_uid": str(room.scene.images[0].SeriesInstanceUID), "volume_index": 0}}
    answer = ask(data, name="elsewhere.nii.gz", choices=asked)
    assert "mm away" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("name", "data"),
    [("x.dcm", b"nothing at all"), ("x.nii.gz", b"\x1f\x8b" + bytes(40)), ("x.dcm", bytes(128) + b"DICM" + bytes(60))],
)
def test_damaged_files_are_refused_with_a_reason(ask, name, data):
    answer = ask(data, name=name)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "marks_unreadable")


def test_an_image_holds_no_marks(ask, room):
    out = io.BytesIO()
    room.scene.images[0].save_as(out, enforce_file_format=True)
    answer = ask(out.getvalue())
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "marks_unreadable")


def test_one_source_is_needed(ask, room):
    assert ask(None).status_code == 400
    assert ask(seg_of(room), derived="1.2").status_code == 400
    assert ask(None, derived="1.2").status_code == 404


def test_an_object_of_the_archive_is_loaded(ask, room):
    admin = room.drawn.case.project.created_by
    batch = open_import(actor=admin, source="seg")
    (stored,) = store_file(batch=batch, path="seg.dcm", file=io.BytesIO(seg_of(room)))
    close_import(actor=admin, batch=batch)
    grants = Series.objects.get(series_uid=stored.series_uid)
    SeriesGrant.objects.give(series=grants, team=room.drawn.case.project.team)
    uid = str(pydicom.dcmread(io.BytesIO(seg_of(room))).SOPInstanceUID)
    assert ask(None, "import", derived=uid).status_code == 201
    assert same(room.found(), room.scene.masks)


def test_only_the_reader_loads_and_a_submitted_reading_takes_nothing(ask, room):
    seg = seg_of(room)
    assert ask(seg, user=room.drawer).status_code == 404
    submit_reading(actor=room.loader, reading=room.loaded, base_revision=0)
    answer = ask(seg, "import")
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "locked")


def test_any_revision_is_saved_and_the_other_reader_sees_none(client_of, room):
    here = f"/api/readings/{room.drawn.pk}/export"
    assert client_of(room.loader).get(f"{here}/seg").status_code == 404
    own = client_of(room.drawer)
    answer = own.get(f"{here}/seg?at=0")
    assert (answer.status_code, answer.json()["error"]["fields"]["reason"]) == (400, "nothing_marked")
    assert own.get(f"{here}/seg?at=7").json()["error"]["code"] == "unknown_revision"
    assert own.get(f"{here}/pdf").json()["error"]["code"] == "unknown_format"
    answer = own.get(f"{here}/seg?at=1")
    assert (answer["Content-Type"], "case_0001_r1_seg.dcm" in answer["Content-Disposition"]) == (
        "application/dicom",
        True,
    )
    assert answer.content == own.get(f"{here}/seg").content
    with zipfile.ZipFile(io.BytesIO(own.get(f"{here}/nifti").content)) as archive:
        names = archive.namelist()
        labels = json.loads(archive.read("labels.json"))
    assert names == ["labels.json", *(f"series_01_volume_01_layer_{layer}.nii.gz" for layer in (0, 1))]
    assert [(one["name"], one["layer"]) for one in labels] == [("organ", 0), ("lesion", 0), ("vessel", 1)]
    state = pydicom.dcmread(io.BytesIO(own.get(f"{here}/pr?window_centre=40&window_width=350").content))
    assert state.SoftcopyVOILUTSequence[0].WindowWidth == 350


def test_masks_of_the_room_are_what_they_should_be(room):
    """The suite's own helper is held against plain decoding."""
    frame = frames_of(mark_set=room.drawn.mark_set)[0]
    key = (frame.key.sop_instance_uid, frame.key.frame_number, frame.key.layer)
    plane = decode_labels(frame.data, rows=ROWS, columns=COLUMNS)
    assert np.array_equal(masks_of([frame])[key], plane)
