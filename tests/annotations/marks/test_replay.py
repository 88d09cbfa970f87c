"""Any sequence of changes and restores equals a dictionary that is changed step by step."""

import copy
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from annotations.marks.selectors import answers_of, frames_of, measurements_of
from annotations.marks.services import append_revision, restore_revision
from annotations.marks.types import Delta, RevisionKind
from tests.annotations.marks import rows
from tests.annotations.marks.test_services import length

FRAMES = 3
KEYS = [uuid.UUID(int=number) for number in range(3)]

deltas = st.fixed_dictionaries(
    {
        "frames": st.dictionaries(
            st.tuples(st.integers(0, FRAMES - 1), st.integers(0, 1)), st.tuples(st.booleans(), st.integers(0, 29))
        ),
        "measurements": st.dictionaries(st.sampled_from(KEYS), st.none() | st.integers(0, 5)),
        "answers": st.dictionaries(st.sampled_from(["a", "b"]), st.none() | st.booleans() | st.text(max_size=3)),
    }
)
steps = st.lists(deltas | st.integers(0, 20), max_size=8)


def _change(state, step, places):
    """Apply one delta to the reference: a plain dictionary of dictionaries."""
    frames = []
    for (place, layer), (marked, at) in step["frames"].items():
        value = layer + 1 if marked else 0
        frame = rows.frame(places[place], rows.plane(value, at=at), layer)
        frames.append(frame)
        state["frames"][place, layer] = frame.data
    measurements = {
        key: None if value is None else length(places[0], float(value)) for key, value in step["measurements"].items()
    }
    for kind, changes in (("measurements", measurements), ("answers", step["answers"])):
        for key, value in changes.items():
            state[kind].pop(key, None)
            if value is not None:
                state[kind][key] = value
    return Delta(frames=tuple(frames), measurements=measurements, answers=step["answers"])


def _found(marks, places, at=None):
    names = {uid: number for number, (uid, _) in enumerate(places)}
    return {
        "frames": {
            (names[frame.key.sop_instance_uid], frame.key.layer): frame.data
            for frame in frames_of(mark_set=marks, at=at)
            if frame.data
        },
        "measurements": measurements_of(mark_set=marks, at=at),
        "answers": answers_of(mark_set=marks, at=at),
    }


def _without_empty(state):
    return {**state, "frames": {key: data for key, data in state["frames"].items() if data}}


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=steps)
def test_replay_equals_a_dictionary(team, ct, script):
    marks, places = rows.mark_set(team, rows.label_set(layers={2: 1})), rows.places(ct)
    state = {"frames": {}, "measurements": {}, "answers": {}}
    history = [copy.deepcopy(state)]
    for step in script:
        if isinstance(step, int):
            number = step % len(history)
            state = copy.deepcopy(history[number])
            restore_revision(
                mark_set=marks,
                number=number,
                base_revision=marks.head,
                provenance=rows.provenance(kind=RevisionKind.RESTORE),
            )
        else:
            delta = _change(state, step, places)
            append_revision(mark_set=marks, base_revision=marks.head, delta=delta, provenance=rows.provenance())
        history.append(copy.deepcopy(state))
    assert marks.head == len(script)
    for number, expected in enumerate(history):
        assert _found(marks, places, at=number) == _without_empty(expected)


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(script=st.lists(deltas, min_size=1, max_size=6), since=st.integers(0, 6))
def test_a_client_at_any_revision_catches_up(team, ct, script, since):
    """What a client holds at `since`, changed by the frames told since then, is the head's state."""
    marks, places = rows.mark_set(team, rows.label_set(layers={2: 1})), rows.places(ct)
    for step in script:
        delta = _change({"frames": {}, "measurements": {}, "answers": {}}, step, places)
        append_revision(mark_set=marks, base_revision=marks.head, delta=delta, provenance=rows.provenance())
    since = min(since, marks.head)
    held = {frame.key: frame.data for frame in frames_of(mark_set=marks, at=since)}
    held |= {frame.key: frame.data for frame in frames_of(mark_set=marks, since=since)}
    assert held == {frame.key: frame.data for frame in frames_of(mark_set=marks)}
