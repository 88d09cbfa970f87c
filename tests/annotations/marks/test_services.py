"""Appending, repeating, refusing and restoring."""

import uuid

import numpy as np
import pytest

from annotations.marks.errors import (
    LockedError,
    MaskShapeError,
    MeasurementError,
    StaleBaseError,
    TooLargeError,
    UnknownFrameError,
    UnknownLabelError,
)
from annotations.marks.models import FrameMask, Revision
from annotations.marks.selectors import answers_of, frames_of, history_of, label_volume, measurements_of
from annotations.marks.services import (
    append_or_repeat,
    append_revision,
    lock_mark_set,
    restore_or_repeat,
    restore_revision,
    unlock_mark_set,
)
from annotations.marks.types import Delta, RevisionKind
from common.errors import NotFoundError
from tests import factories
from tests.annotations.marks import rows


def append(marks, delta, **fields):
    return append_revision(mark_set=marks, base_revision=marks.head, delta=delta, provenance=rows.provenance(**fields))


def length(place, value=3.0):
    return {
        "type": "length",
        "sop_instance_uid": place[0],
        "frame_number": place[1],
        "points_lps": [[0, 0, 0], [value, 0, 0.0]],
        "value": value,
        "unit": "mm",
    }


def test_the_newest_state_of_each_frame_counts(marks, ct):
    first, second = rows.places(ct)[:2]
    append(marks, Delta(frames=(rows.frame(first, rows.plane(1)), rows.frame(second, rows.plane(2)))))
    append(marks, rows.masks(first, rows.plane(2, at=3)))
    frames = {frame.key.sop_instance_uid: frame for frame in frames_of(mark_set=marks)}
    assert marks.head == 2
    assert {uid: frame.number for uid, frame in frames.items()} == {first[0]: 2, second[0]: 1}
    assert [frame.key.sop_instance_uid for frame in frames_of(mark_set=marks, since=1)] == [first[0]]
    assert {frame.number for frame in frames_of(mark_set=marks, at=1)} == {1}
    volume = label_volume(mark_set=marks, volume=ct.volumes.get())
    assert volume.shape == (4, 6, 5)
    assert volume[0, 0, 3] == 2
    assert volume[1, 0, 0] == 2
    assert np.count_nonzero(volume) == 2


def test_an_emptied_frame_is_still_told(marks, ct):
    place = rows.places(ct)[0]
    append(marks, rows.masks(place, rows.plane(1)))
    append(marks, rows.masks(place, rows.plane(0)))
    (frame,) = frames_of(mark_set=marks, since=1)
    assert frame.data == b""
    assert not label_volume(mark_set=marks, volume=ct.volumes.get()).any()
    assert label_volume(mark_set=marks, volume=ct.volumes.get(), at=1).any()


def test_measurements_and_answers_have_states(marks, ct):
    key, place = uuid.uuid4(), rows.places(ct)[0]
    append(marks, Delta(measurements={key: length(place)}, answers={"visible": True}))
    append(marks, Delta(measurements={key: None}, answers={"visible": None}))
    assert measurements_of(mark_set=marks) == {}
    assert measurements_of(mark_set=marks, at=1) == {key: length(place)}
    assert answers_of(mark_set=marks) == {}
    assert answers_of(mark_set=marks, at=1) == {"visible": True}


def test_the_same_client_id_is_one_revision_whatever_it_brings(marks, ct):
    first, second = rows.places(ct)[:2]
    same = rows.provenance()
    revision, created = append_or_repeat(
        mark_set=marks, base_revision=0, delta=rows.masks(first, rows.plane(1)), provenance=same
    )
    assert created
    broken = Delta(frames=(rows.frame(("1.2.3", 1), rows.plane(9)),))
    for delta in (rows.masks(first, rows.plane(1)), rows.masks(second, rows.plane(2)), broken):
        again, created = append_or_repeat(mark_set=marks, base_revision=0, delta=delta, provenance=same)
        assert (again.pk, created) == (revision.pk, False)
    lock_mark_set(mark_set=marks)
    again, created = append_or_repeat(mark_set=marks, base_revision=0, delta=broken, provenance=same)
    assert (again.pk, created) == (revision.pk, False)
    assert FrameMask.objects.count() == 1


def test_a_stale_base_is_a_conflict_that_tells_what_changed(marks, ct):
    first, second = rows.places(ct)[:2]
    append(marks, rows.masks(first, rows.plane(1)))
    with pytest.raises(StaleBaseError) as caught:
        append_revision(
            mark_set=marks, base_revision=0, delta=rows.masks(second, rows.plane(1)), provenance=rows.provenance()
        )
    assert caught.value.code == "stale_base"
    assert caught.value.fields == {
        "head": 1,
        "changed_frames": [{"sop_instance_uid": first[0], "frame_number": 1, "layer": 0}],
        "changed_measurements": [],
        "changed_answers": [],
    }
    assert Revision.objects.count() == 1
    with pytest.raises(StaleBaseError):
        append_revision(mark_set=marks, base_revision=7, delta=Delta(), provenance=rows.provenance())


def test_a_locked_mark_set_takes_nothing(marks, ct):
    lock_mark_set(mark_set=marks)
    with pytest.raises(LockedError) as caught:
        append(marks, rows.masks(rows.places(ct)[0], rows.plane(1)))
    assert caught.value.code == "locked"
    with pytest.raises(LockedError):
        restore_revision(mark_set=marks, number=0, base_revision=0, provenance=rows.provenance())
    unlock_mark_set(mark_set=marks)
    append(marks, rows.masks(rows.places(ct)[0], rows.plane(1)))


def test_restoring_is_a_new_revision_equal_to_the_old_state(marks, ct):
    first, second = rows.places(ct)[:2]
    key = uuid.uuid4()
    append(marks, Delta(frames=(rows.frame(first, rows.plane(1)),), answers={"q": "a"}))
    append(marks, Delta(frames=(rows.frame(second, rows.plane(2)),), measurements={key: length(first)}))
    append(marks, Delta(frames=(rows.frame(first, rows.plane(2)),), answers={"q": None, "r": 1}))
    same = rows.provenance(kind=RevisionKind.RESTORE)
    revision, created = restore_or_repeat(mark_set=marks, number=1, base_revision=3, provenance=same)
    assert (revision.number, created, marks.head) == (4, True, 4)
    again, created = restore_or_repeat(mark_set=marks, number=2, base_revision=3, provenance=same)
    assert (again.pk, created) == (revision.pk, False)
    state = {frame.key.sop_instance_uid: frame.data for frame in frames_of(mark_set=marks)}
    assert state == {first[0]: rows.frame(first, rows.plane(1)).data, second[0]: b""}
    assert (answers_of(mark_set=marks), measurements_of(mark_set=marks)) == ({"q": "a"}, {})
    with pytest.raises(NotFoundError):
        restore_revision(mark_set=marks, number=9, base_revision=4, provenance=rows.provenance())
    with pytest.raises(StaleBaseError):
        restore_revision(mark_set=marks, number=1, base_revision=3, provenance=rows.provenance())


def test_history_counts_what_each_revision_changed(marks, ct):
    author = factories.user("ann")
    place = rows.places(ct)[0]
    append(marks, rows.masks(place, rows.plane(1)), author=author, tool="brush")
    append(marks, Delta(answers={"q": 1}), model_version="liver/2", kind=RevisionKind.RUN)
    newest, oldest = history_of(mark_set=marks)
    assert (newest.number, newest.frame_count, newest.answer_count, newest.model_version) == (2, 0, 1, "liver/2")
    assert (oldest.number, oldest.frame_count, oldest.author) == (1, 1, author)
    assert marks.used_values == [1]


def test_frames_must_exist_and_be_the_teams(marks, ct):
    foreign = rows.series()
    granted_to_others = rows.series(team=factories.team("B"))
    for place in [("1.2.3", 1), rows.places(foreign)[0], rows.places(granted_to_others)[0], (rows.places(ct)[0][0], 2)]:
        with pytest.raises(UnknownFrameError) as caught:
            append(marks, rows.masks(place, rows.plane(1)))
        assert caught.value.code == "unknown_frame"
    with pytest.raises(UnknownFrameError):
        append_revision(
            mark_set=marks,
            base_revision=0,
            delta=rows.masks(rows.places(ct)[0], rows.plane(1)),
            provenance=rows.provenance(),
            within=[foreign.pk],
        )
    twice = rows.frame(rows.places(ct)[0], rows.plane(1))
    with pytest.raises(UnknownFrameError):
        append(marks, Delta(frames=(twice, twice)))


def test_masks_must_have_the_frames_size_and_known_labels(marks, ct):
    place = rows.places(ct)[0]
    with pytest.raises(MaskShapeError) as caught:
        append(marks, rows.masks(place, rows.plane(1, rows=5, columns=6)))
    assert caught.value.code == "mask_shape"
    with pytest.raises(UnknownLabelError) as caught:
        append(marks, rows.masks(place, rows.plane(3)))
    assert (caught.value.code, caught.value.fields) == ("unknown_label", {"values": [3]})
    assert not Revision.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"type": "volume"},
        {"type": None},
        {"points_lps": [[0, 0, 0]]},
        {"points_lps": [[0, 0, 0], [1, 2, float("nan")]]},
        {"points_lps": [[0, 0, 0], [1, 2]]},
        {"value": "3"},
        {"value": -1},
        {"value": float("inf")},
        {"unit": "cm"},
        {"frame_number": None},
        {"frame_number": True},
        {"sop_instance_uid": 5},
        {"label": ["x"]},
        {"colour": "red"},
    ],
)
def test_measurements_must_have_a_known_form(marks, ct, change):
    with pytest.raises(MeasurementError):
        append(marks, Delta(measurements={uuid.uuid4(): {**length(rows.places(ct)[0]), **change}}))


def test_a_measurement_lies_on_a_frame_of_the_team(marks, ct):
    with pytest.raises(UnknownFrameError):
        append(marks, Delta(measurements={uuid.uuid4(): length(("1.2.3", 1))}))
    with pytest.raises(UnknownFrameError):
        append(marks, Delta(measurements={uuid.uuid4(): length((rows.places(ct)[0][0], 4))}))


def test_one_change_is_bounded(marks, ct, monkeypatch):
    monkeypatch.setattr("annotations.marks.validation.MAX_FRAMES", 1)
    first, second = rows.places(ct)[:2]
    with pytest.raises(TooLargeError):
        append(marks, Delta(frames=(rows.frame(first, rows.plane(1)), rows.frame(second, rows.plane(1)))))
