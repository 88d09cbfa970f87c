"""Forms, findings and readings that cannot be read, from the reader's change to the manager's page."""

import uuid

import pytest

from annotations.marks.selectors import answers_of
from annotations.reading.agreement import compute_agreement
from annotations.reading.answers import NOT_READABLE
from annotations.reading.consensus import compute_consensus
from annotations.reading.errors import ProtocolError, ReadingStateError
from annotations.reading.models import Consensus
from annotations.reading.selectors.projects import current_protocol
from annotations.reading.services.protocols import set_protocol
from annotations.reading.services.readings import submit_reading
from annotations.reading.services.results import request_consensus
from annotations.reading.types import ConsensusRule, ProtocolDraft
from jobs.models import Job
from tests.annotations.marks import rows
from tests.annotations.reading.bodies import draw, revision
from tests.annotations.reading.conftest import ORGAN_LESION, make_house

QUESTIONS = (
    {"key": "visible", "text": "Is there a lesion?", "kind": "yes_no", "required": True},
    {
        "key": "score",
        "text": "Score",
        "kind": "score",
        "scale": [{"value": "1", "caption": "Negative"}, {"value": "2"}, {"value": "3"}],
        "required": True,
        "help": "As of the atlas",
        "shown_if": {"question": "visible", "values": [True]},
    },
)
LESION = ({"key": "margin", "text": "Margin", "kind": "choice", "choices": ["sharp", "blurred"], "required": True},)
MOTION = {"reason": "motion", "text": "Breathing"}


@pytest.fixture
def formed(db):
    """Return a live project with both forms."""
    return make_house("north", others=("adjudicator", "engineer"), cases=1, questions=QUESTIONS, lesion=LESION)


def finding(house, **fields):
    uid, frame = house.place()
    place = {
        "series_uid": house.cases[0].series.get().series_uid,
        "volume_index": 0,
        "sop_instance_uid": uid,
        "frame_number": frame,
        "point_lps": [0.0, 1.0, 2.0],
    }
    return {
        "name": "Lesion 1",
        "order": 1,
        "label": 2,
        "measurement": None,
        "place": place,
        "answers": {"margin": "sharp"},
        **fields,
    }


def finish(reading, frames=(), **answers):
    draw(reading, frames, **answers)
    reading.mark_set.refresh_from_db()
    submit_reading(actor=reading.reader, reading=reading, base_revision=reading.mark_set.head)
    reading.refresh_from_db()


def say(api, house, answers, code):
    reading = house.reading("ann")
    reading.mark_set.refresh_from_db()
    body = revision(
        reading.mark_set.head, answers=[{"question": key, "value": value} for key, value in answers.items()]
    )
    answer = api(house.readers["ann"], "post", f"readings/{reading.pk}/revisions", body)
    assert answer.status_code == code, answer.content
    return answer.json()


def test_the_reader_gets_the_forms_and_saves_findings(api, formed):
    reading = formed.reading("ann")
    form = api(formed.readers["ann"], "get", f"readings/{reading.pk}").json()["protocol"]["form"]
    assert form["questions"][1]["scale"][0] == {"value": "1", "caption": "Negative"}
    assert form["questions"][1]["shown_if"] == {"question": "visible", "values": [True]}
    assert form["lesion"][0]["labels"] == []
    key = f"finding:{uuid.uuid4().hex}"
    say(api, formed, {key: finding(formed), ":comment": "Fine."}, 201)
    answers = api(formed.readers["ann"], "get", f"readings/{reading.pk}").json()["answers"]
    assert answers == {key: finding(formed), ":comment": "Fine."}
    say(api, formed, {key: None}, 201)
    assert list(answers_of(mark_set=reading.mark_set)) in ([], [":comment"])


def test_what_is_wrong_is_named_per_field(api, formed):
    key = f"finding:{uuid.uuid4().hex}"
    wrong = {"score": "4", key: finding(formed, answers={"margin": "none"}), ":comment": ""}
    error = say(api, formed, wrong, 400)["error"]
    assert error["code"] == "answer_invalid"
    assert set(error["fields"]) == {"score", f"{key}.margin", ":comment"}
    elsewhere = {**finding(formed)["place"], "sop_instance_uid": "1.2.3"}
    assert set(say(api, formed, {key: finding(formed, place=elsewhere)}, 400)["error"]["fields"]) == {key}
    assert answers_of(mark_set=formed.reading("ann").mark_set) == {}


def key_image(house, **fields):
    return {"name": "CT · 3 / 9", "order": 1, "place": finding(house)["place"], **fields}


def test_key_images_are_kept_on_frames_of_the_case(api, formed):
    reading, one, two = formed.reading("ann"), *(f"image:{uuid.uuid4().hex}" for _ in range(2))
    nothing = api(formed.readers["ann"], "get", f"readings/{reading.pk}/export/ko")
    assert nothing.json()["error"]["fields"]["reason"] == "no_key_images"
    elsewhere = {**finding(formed)["place"], "sop_instance_uid": "1.2.3"}
    for wrong in (key_image(formed, place=None), key_image(formed, place=elsewhere), key_image(formed, more=1), "yes"):
        assert set(say(api, formed, {one: wrong}, 400)["error"]["fields"]) == {one}
    say(api, formed, {one: key_image(formed), two: key_image(formed, order=2)}, 201)
    say(api, formed, {two: None}, 201)
    assert answers_of(mark_set=reading.mark_set) == {one: key_image(formed)}


def test_submitting_asks_for_what_is_asked(api, formed):
    reading = formed.reading("ann")
    key = f"finding:{uuid.uuid4().hex}"
    say(api, formed, {"visible": True, key: finding(formed, answers={})}, 201)
    reading.mark_set.refresh_from_db()
    path, body = f"readings/{reading.pk}/submit", {"base_revision": reading.mark_set.head}
    error = api(formed.readers["ann"], "post", path, body).json()["error"]
    assert error["code"] == "answers_missing"
    assert error["fields"] == {"questions": ["score"], "findings": {key: ["margin"]}}
    say(api, formed, {"visible": False, key: finding(formed)}, 201)
    reading.mark_set.refresh_from_db()
    assert api(formed.readers["ann"], "post", path, {"base_revision": reading.mark_set.head}).status_code == 200


def test_an_answer_to_the_form_of_an_open_room_is_kept(api, formed):
    set_protocol(actor=formed.manager, project=formed.project, draft=ProtocolDraft(labels=ORGAN_LESION))
    say(api, formed, {"visible": True, "score": "2"}, 201)
    assert set(say(api, formed, {"colour": "red"}, 400)["error"]["fields"]) == {"colour"}


def test_a_form_for_a_label_that_is_not_there_is_refused(formed):
    lesion = ({**LESION[0], "labels": [7]},)
    with pytest.raises(ProtocolError):
        set_protocol(
            actor=formed.manager, project=formed.project, draft=ProtocolDraft(labels=ORGAN_LESION, lesion=lesion)
        )
    assert current_protocol(project=formed.project).version == 1


def test_answers_and_findings_stand_side_by_side(api, formed, run_jobs):
    lesion = {f"finding:{uuid.uuid4().hex}": finding(formed)}
    finish(formed.reading("ann"), visible=True, score="1", **lesion)
    finish(formed.reading("ben"), visible=True, score="3")
    run_jobs()
    ann, ben = (str(formed.reading(name).pk) for name in ("ann", "ben"))
    result = api(formed.manager, "get", f"cases/{formed.cases[0].pk}").json()["agreement"]["result"]
    same, score = result["answers"]
    assert (same["key"], same["same"], same["spread"]) == ("visible", True, None)
    assert (score["same"], score["spread"]) == (False, 2.0)
    assert score["values"] == [{"reading": ann, "value": "1"}, {"reading": ben, "value": "3"}]
    assert result["findings"] == [
        {"reading": ann, "name": "Lesion 1", "label": 2, "answers": {"margin": "sharp"}},
    ]
    assert result["not_readable"] == []


def test_who_could_not_read_has_no_mask_and_no_vote(api, formed, run_jobs):
    mark = rows.frame(formed.place(), rows.plane(1))
    finish(formed.reading("ann"), (mark,), visible=False)
    finish(formed.reading("ben"), **{NOT_READABLE: MOTION})
    run_jobs()
    ben = str(formed.reading("ben").pk)
    consensus = Consensus.objects.get()
    assert consensus.detail["readers"] == 1
    assert consensus.detail["not_readable"] == {ben: MOTION}
    found = compute_consensus(case=formed.cases[0], rule=ConsensusRule.MAJORITY)
    assert [frame.data for frame in found.frames] == [mark.data]
    inputs, result = compute_agreement(case=formed.cases[0])
    assert len(inputs) == 2
    assert result["pairs"] == []
    assert result["mean_dice"] is None
    assert result["not_readable"] == [{"reading": ben, **MOTION}]
    case = api(formed.manager, "get", f"cases/{formed.cases[0].pk}").json()
    assert {row["id"]: row["not_readable"] for row in case["readings"]}[ben] == MOTION
    seen = api(formed.others["engineer"], "get", f"cases/{formed.cases[0].pk}").json()
    assert [row["not_readable"] for row in seen["readings"]] == [None, None]


def test_nobody_could_read_it(formed, run_jobs):
    for reader in ("ann", "ben"):
        finish(formed.reading(reader), **{NOT_READABLE: MOTION})
    assert [job.kind for job in Job.objects.all()] == ["reading.agreement"]
    run_jobs()
    with pytest.raises(ReadingStateError) as caught:
        request_consensus(actor=formed.manager, case=formed.cases[0])
    assert caught.value.code == "none_readable"
    with pytest.raises(ReadingStateError):
        compute_consensus(case=formed.cases[0], rule=ConsensusRule.MAJORITY)
