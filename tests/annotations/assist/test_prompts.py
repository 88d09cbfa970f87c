"""Click to mask, through the API."""

import base64
import json

import numpy as np
import pytest

from ai.imaging.phantoms import ORGAN
from annotations.assist import pixel_cache
from annotations.assist.pixel_cache import FRAMES, FrameCache
from annotations.assist.services import prompts
from annotations.marks.frames import decode_labels
from annotations.marks.models import Revision
from studies.models import Series, Volume

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_frames_kept():
    FRAMES.clear()
    yield
    FRAMES.clear()


@pytest.fixture
def case(world):
    return world.cases[0]


@pytest.fixture
def ask(world, case, client_of):
    """Return a function that posts a prompt as the first reader and returns the response."""
    reading = world.reading(case, world.readers[0])

    def post(user=None, **changes):
        volume = world.volume(case)
        body = {"series_uid": volume.series.series_uid, "volume_index": 0, "label": 1, "points": []}
        client = client_of(world.readers[0] if user is None else user)
        return client.post(f"/api/readings/{reading.pk}/prompt", body | changes, format="json")

    return post


def organ_place(world, case):
    """Return the index and the LPS point of a voxel well inside the phantom's organ."""
    from scipy import ndimage

    phantom = world.phantom(case)
    depth = ndimage.distance_transform_edt(phantom.labels == ORGAN)
    index = np.unravel_index(depth.argmax(), depth.shape)
    return index, phantom.geometry.points_lps([index])[0].tolist()


def mask_of(answer, volume, shape):
    """Return the label volume that an answer's frames make."""
    labels = np.zeros(shape, dtype=np.uint8)
    place = {tuple(frame): k for k, frame in enumerate(volume.frames)}
    for frame in answer["frames"]:
        k = place[(frame["sop_instance_uid"], frame["frame_number"])]
        labels[k] = decode_labels(base64.b64decode(frame["data"]), rows=frame["rows"], columns=frame["columns"])
    return labels


def test_a_click_on_the_organ_marks_it_in_the_label_and_saves_nothing(world, case, ask):
    index, lps = organ_place(world, case)
    before = Revision.objects.count()
    response = ask(points=[{"lps": lps, "positive": True}])
    assert response.status_code == 200, response.json()
    answer, phantom = response.json(), world.phantom(case)
    labels = mask_of(answer, world.volume(case), phantom.labels.shape)
    assert set(np.unique(labels)) == {0, 1}
    assert labels[index] == 1
    assert (labels > 0).sum() == answer["voxels"]
    truth = phantom.labels > 0
    assert 2 * ((labels > 0) & truth).sum() / ((labels > 0).sum() + truth.sum()) > 0.7
    assert answer["engine"] == "geodesic"
    assert answer["elapsed_ms"] > 0
    assert answer["region"] == {"start_kji": [0, 0, 0], "stop_kji": list(phantom.labels.shape)}
    assert Revision.objects.count() == before


def test_the_second_click_decodes_nothing_again(world, case, ask, monkeypatch):
    _, lps = organ_place(world, case)
    first = ask(points=[{"lps": lps}]).json()
    assert FRAMES.size_bytes == world.phantom(case).image.nbytes

    def never(*_: object, **__: object) -> None:
        raise AssertionError("decoded again")

    monkeypatch.setattr(pixel_cache, "decode_frame", never)
    assert ask(points=[{"lps": lps}]).json()["frames"] == first["frames"]


def test_a_negative_click_is_left_out_and_a_scribble_and_a_box_are_obeyed(world, case, ask):
    phantom = world.phantom(case)
    (k, j, i), lps = organ_place(world, case)
    organ = np.argwhere(phantom.labels == ORGAN)
    far = organ[np.abs(organ - (k, j, i)).sum(axis=1).argmax()]
    away = phantom.geometry.points_lps([far])[0].tolist()
    answer = ask(points=[{"lps": lps}, {"lps": away, "positive": False}]).json()
    labels = mask_of(answer, world.volume(case), phantom.labels.shape)
    assert labels[k, j, i] == 1
    assert labels[tuple(far)] == 0
    line = phantom.geometry.points_lps([(k, j - 2, i), (k, j + 2, i)]).tolist()
    corners = phantom.geometry.points_lps([(k - 1, j - 3, i - 3), (k + 1, j + 3, i + 3)]).tolist()
    answer = ask(scribbles=[{"points_lps": line, "positive": True}], box_lps=corners).json()
    labels = mask_of(answer, world.volume(case), phantom.labels.shape)
    assert (labels[k, j - 2 : j + 3, i] == 1).all()
    marked = np.argwhere(labels)
    assert (np.abs(marked - (k, j, i)) <= (1, 3, 3)).all()


def test_one_frame_alone_in_pixels(world, case, ask):
    (k, j, i), _ = organ_place(world, case)
    volume = world.volume(case)
    uid, number = volume.frames[k]
    frame = {"sop_instance_uid": uid, "frame_number": number}
    answer = ask(frame=frame, points=[{"pixel": [int(i), int(j)]}]).json()
    (only,) = answer["frames"]
    assert only["sop_instance_uid"] == uid
    labels = mask_of(answer, volume, world.phantom(case).labels.shape)
    assert labels[k, j, i] == 1


def test_a_loose_stack_asks_for_a_frame(world, case, ask):
    (k, j, i), lps = organ_place(world, case)
    Volume.objects.filter(series__cases=case).update(geometry=None, reasons=["missing_slices"])
    refused = ask(points=[{"lps": lps}])
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "not_a_volume"
    uid, number = world.volume(case).frames[k]
    taken = ask(
        frame={"sop_instance_uid": uid, "frame_number": number},
        points=[{"pixel": [float(i), float(j)]}],
    )
    assert taken.status_code == 200
    assert len(taken.json()["frames"]) == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"points": []}, "prompts"),
        ({"points": [{"lps": [9999, 0, 0]}]}, "prompts"),
        ({"points": [{"lps": [0, 0]}]}, "invalid"),
        ({"points": [{"positive": True}]}, "invalid"),
        ({"points": [{"pixel": [3, 4]}]}, "places"),
        ({"points": [{"lps": [0, 0, 0]}, {"lps": [0, 0, 0], "positive": False}]}, "prompts"),
        ({"label": 77, "points": [{"lps": [0, 0, 0]}]}, "unknown_label"),
        ({"label": 0}, "invalid"),
        ({"engine": "magic", "points": [{"lps": [0, 0, 0]}]}, "engine"),
        ({"box_lps": [[0, 0], [1, 1]]}, "places"),
        ({"box_lps": [[9999, 0, 0], [9999, 1, 1]]}, "prompts"),
        ({"frame": {"sop_instance_uid": "1.2.3"}, "points": [{"pixel": [1, 1]}]}, "unknown_frame"),
        ({"points": [{"lps": [0, 0, 0]}] * 201}, "invalid"),
    ],
)
def test_mistakes_are_named(ask, changes, code):
    response = ask(**changes)
    assert response.status_code == 400, response.json()
    assert response.json()["error"]["code"] == code


def test_numbers_beyond_all_measure_are_refused(world, case, client_of):
    reading, volume = world.reading(case, world.readers[0]), world.volume(case)
    for number in ("1e999", "-1e308", "1e30"):
        body = {"series_uid": volume.series.series_uid, "label": 1, "points": [{"lps": [0, 0, "X"]}]}
        response = client_of(world.readers[0]).post(
            f"/api/readings/{reading.pk}/prompt",
            json.dumps(body).replace('"X"', number),
            content_type="application/json",
        )
        assert response.status_code == 400, response.content


def test_a_series_of_another_case_is_none_of_this_reading(world, ask):
    other = Series.objects.get(cases=world.cases[1])
    response = ask(series_uid=other.series_uid, points=[{"lps": [0, 0, 0]}])
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "volume_not_found"


def test_only_the_reader_and_only_before_submitting(world, case, ask):
    _, lps = organ_place(world, case)
    for stranger in (world.readers[1], world.manager, world.administrator, world.stranger):
        assert ask(stranger, points=[{"lps": lps}]).status_code == 404
        assert ask(stranger, points="nonsense").status_code == 404
    world.submit(case, world.readers[0])
    response = ask(points=[{"lps": lps}])
    assert response.status_code == 409
    assert response.json()["error"]["code"] == "locked"


def test_too_many_at_once_are_asked_to_come_again(world, case, ask, monkeypatch):
    _, lps = organ_place(world, case)
    monkeypatch.setattr(prompts, "PATIENCE_S", 0.05)
    for _ in range(prompts.AT_ONCE):
        assert prompts._slots.acquire(blocking=False)
    try:
        response = ask(points=[{"lps": lps}])
    finally:
        for _ in range(prompts.AT_ONCE):
            prompts._slots.release()
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "prompt_busy"
    assert response.headers["Retry-After"]
    assert ask(points=[{"lps": lps}]).status_code == 200


def test_the_cache_forgets_what_was_used_longest_ago(world):
    frame = np.zeros((4, 4), dtype=np.float32)
    cache = FrameCache(most_bytes=3 * frame.nbytes)
    keys = [(world.project.pk, "1.2", number) for number in range(4)]
    for key in keys[:3]:
        cache.put(key, frame.copy())
    assert cache.get(keys[0]) is not None
    cache.put(keys[3], frame.copy())
    assert cache.get(keys[1]) is None
    assert cache.get(keys[0]) is not None
    cache.put(keys[1], np.zeros((40, 40), dtype=np.float32))
    assert cache.get(keys[1]) is None
    assert cache.size_bytes == 3 * frame.nbytes
