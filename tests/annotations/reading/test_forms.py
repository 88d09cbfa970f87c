"""Forms, answers against questions, and which questions are asked."""

import json
import math
from pathlib import Path

import pytest

from annotations.reading.answers import (
    COMMENT,
    NOT_READABLE,
    answer_problem,
    asked_questions,
    check_answers,
    findings_of,
    given_answers,
    missing_answers,
    require_answers,
)
from annotations.reading.errors import AnswerError, AnswersMissingError, ProtocolError
from annotations.reading.forms import clean_form

# The front end's rules are held to the same cases: frontend/src/shared/forms/rules.test.ts.
CASES = json.loads((Path(__file__).parent / "form_cases.json").read_text())
QUESTIONS = clean_form(questions=CASES["questions"])["questions"]
BY_KEY = {question["key"]: question for question in QUESTIONS}

FORM = clean_form(
    questions=[
        {"key": "grade", "text": "Grade?", "kind": "choice", "choices": ["low", "high"], "required": True},
        {"key": "count", "text": "How many?", "kind": "number", "minimum": 0, "maximum": 10},
        {"key": "note", "text": "Anything else?", "kind": "text"},
        {"key": "sure", "text": "Sure?", "kind": "yes_no", "required": True},
    ],
    lesion=[
        {"key": "margin", "text": "Margin", "kind": "choice", "choices": ["sharp", "blurred"], "required": True},
        {"key": "size", "text": "Size", "kind": "number", "minimum": 0, "required": True, "labels": [2]},
    ],
)
LESION = "finding:" + "a" * 32
PLACE = {"series_uid": "1", "volume_index": 0, "sop_instance_uid": "1.2", "frame_number": 1, "point_lps": [1, -2.5, 0]}


def finding(**fields):
    return {"name": "Lesion", "order": 1, "label": None, "measurement": None, "place": None, "answers": {}, **fields}


@pytest.mark.parametrize(("key", "value", "problem"), CASES["problems"])
def test_answers_against_questions(key, value, problem):
    assert answer_problem(BY_KEY[key], value) == problem


@pytest.mark.parametrize("case", CASES["asked"], ids=lambda case: case["why"])
def test_which_questions_are_asked_and_missing(case):
    asked = asked_questions(QUESTIONS, case["answers"], label=case["label"])
    assert [question["key"] for question in asked] == case["asked"]
    assert missing_answers(QUESTIONS, case["answers"], label=case["label"]) == case["missing"]


def test_answers_that_are_not_asked_or_do_not_fit_do_not_count():
    answers = {"visible": False, "count": 3, "birads": "4", "grade": "low", "sure": None}
    assert given_answers(QUESTIONS, answers) == {"visible": False, "grade": "low"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("grade", "low"),
        ("count", 0),
        ("note", "fine"),
        ("sure", False),
        ("grade", None),
        (COMMENT, "Seen twice."),
        (COMMENT, None),
        (NOT_READABLE, {"reason": "motion", "text": ""}),
        (NOT_READABLE, {"reason": "other", "text": "A coat button"}),
        (NOT_READABLE, None),
        (LESION, None),
        (LESION, finding()),
        (LESION, finding(label=2, measurement="5e0d1f9c-7c1a-4f5e-9a68-0f4a1b2c3d4e", answers={"margin": "sharp"})),
        (LESION, finding(place=PLACE)),
        (LESION, finding(place={**PLACE, "point_lps": None})),
        (LESION, finding(answers={"size": None})),
    ],
)
def test_answers_that_fit(key, value):
    check_answers(forms=[FORM], answers={key: value})


@pytest.mark.parametrize(
    ("key", "value", "where"),
    [
        ("grade", "medium", "grade"),
        ("count", math.nan, "count"),
        ("note", "x" * 4001, "note"),
        ("colour", "red", "colour"),
        ("colour", None, "colour"),
        (":other", "x", ":other"),
        ("finding:xyz", None, "finding:xyz"),
        (COMMENT, "  ", COMMENT),
        (NOT_READABLE, {"reason": "bored", "text": ""}, NOT_READABLE),
        (NOT_READABLE, {"reason": "other", "text": " "}, NOT_READABLE),
        (NOT_READABLE, "motion", NOT_READABLE),
        (LESION, {"name": "Lesion"}, LESION),
        (LESION, "Lesion", LESION),
        (LESION, finding(name="x" * 121), LESION),
        (LESION, finding(order="first"), LESION),
        (LESION, finding(label=0), LESION),
        (LESION, finding(label=True), LESION),
        (LESION, finding(measurement="5"), LESION),
        (LESION, finding(place={**PLACE, "point_lps": [1, 2]}), LESION),
        (LESION, finding(place={**PLACE, "point_lps": [1, 2, "3"]}), LESION),
        (LESION, finding(place={**PLACE, "frame_number": True}), LESION),
        (LESION, finding(place={"sop_instance_uid": "1.2"}), LESION),
        (LESION, finding(answers={"margin": "none"}), f"{LESION}.margin"),
        (LESION, finding(answers={"grade": "low"}), f"{LESION}.grade"),
    ],
)
def test_answers_that_do_not_fit_are_named(key, value, where):
    with pytest.raises(AnswerError) as caught:
        check_answers(forms=[FORM], answers={key: value})
    assert list(caught.value.fields) == [where]


def test_an_answer_to_a_former_form_is_taken_but_does_not_count():
    before = clean_form(questions=[{"key": "grade", "text": "Grade?", "kind": "choice", "choices": ["medium", "odd"]}])
    check_answers(forms=[FORM, before], answers={"grade": "medium"})
    with pytest.raises(AnswerError):
        check_answers(forms=[FORM, before], answers={"grade": "huge"})
    with pytest.raises(AnswersMissingError):
        require_answers(form=FORM, answers={"grade": "medium", "sure": True})


def test_a_form_from_before_there_was_more_serves():
    old = {"questions": [{"key": "sure", "text": "Sure?", "kind": "yes_no", "choices": [], "required": True}]}
    check_answers(forms=[old], answers={"sure": True, COMMENT: "Fine."})
    assert missing_answers(old["questions"], {}) == ["sure"]
    require_answers(form=old, answers={"sure": False})


def test_required_questions_must_be_answered():
    with pytest.raises(AnswersMissingError) as caught:
        require_answers(form=FORM, answers={"grade": "low", "count": 3})
    assert caught.value.fields == {"questions": ["sure"]}
    require_answers(form=FORM, answers={"grade": "low", "sure": False})


def test_so_must_those_of_findings_by_their_labels():
    whole = {"grade": "low", "sure": True}
    with pytest.raises(AnswersMissingError) as caught:
        require_answers(form=FORM, answers={**whole, LESION: finding(label=2, answers={"margin": "sharp"})})
    assert caught.value.fields == {"questions": [], "findings": {LESION: ["size"]}}
    require_answers(form=FORM, answers={**whole, LESION: finding(label=1, answers={"margin": "sharp"})})


def test_nothing_is_required_of_what_cannot_be_read():
    require_answers(form=FORM, answers={NOT_READABLE: {"reason": "motion", "text": ""}, LESION: finding(label=2)})


def test_findings_come_in_their_order():
    keys = [f"finding:{digit * 32}" for digit in "abc"]
    answers = {keys[0]: finding(order=3), "sure": True, keys[1]: None, keys[2]: finding(order=1)}
    assert list(findings_of(answers)) == [keys[2], keys[0]]


ASK = {"key": "ask", "text": "Ask?", "kind": "yes_no"}


@pytest.mark.parametrize(
    "question",
    [
        {"key": "Bad key", "text": "?", "kind": "text"},
        {"key": "q", "text": " ", "kind": "text"},
        {"key": "q", "text": "?", "kind": "several", "choices": ["one"]},
        {"key": "q", "text": "?", "kind": "score", "scale": [{"value": "1"}, {"value": "1"}]},
        {"key": "q", "text": "?", "kind": "score", "scale": []},
        {"key": "q", "text": "?", "kind": "number", "minimum": 2, "maximum": 1},
        {"key": "q", "text": "?", "kind": "text", "shown_if": {"question": "q", "values": []}},
        {"key": "q", "text": "?", "kind": "text", "shown_if": {"question": "later", "values": []}},
        {"key": "q", "text": "?", "kind": "text", "shown_if": {"question": "ask", "values": ["yes"]}},
        {"key": "ask", "text": "?", "kind": "text"},
    ],
)
@pytest.mark.parametrize("part", ["questions", "lesion"])
def test_forms_that_contradict_themselves(question, part):
    with pytest.raises(ProtocolError):
        clean_form(**{"questions": [], part: [ASK, question]})


def test_one_key_may_stand_in_both_parts():
    form = clean_form(questions=[ASK], lesion=[ASK])
    assert [question["key"] for question in form["lesion"]] == ["ask"]
