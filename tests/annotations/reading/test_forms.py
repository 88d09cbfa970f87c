"""Answers against questions."""

import pytest

from annotations.reading.errors import AnswerError, AnswersMissingError
from annotations.reading.forms import check_answers, clean_form, require_answers

FORM = clean_form(
    questions=[
        {"key": "grade", "text": "Grade?", "kind": "choice", "choices": ["low", "high"], "required": True},
        {"key": "count", "text": "How many?", "kind": "number", "minimum": 0, "maximum": 10},
        {"key": "note", "text": "Anything else?", "kind": "text"},
        {"key": "sure", "text": "Sure?", "kind": "yes_no", "required": True},
    ]
)


@pytest.mark.parametrize(
    ("key", "value"),
    [("grade", "low"), ("count", 0), ("count", 2.5), ("note", "fine"), ("sure", False), ("grade", None)],
)
def test_answers_that_fit(key, value):
    check_answers(form=FORM, answers={key: value})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("grade", "medium"),
        ("grade", ["low"]),
        ("count", -1),
        ("count", 11),
        ("count", True),
        ("count", "3"),
        ("count", float("nan")),
        ("note", ""),
        ("note", 5),
        ("note", "x" * 4001),
        ("sure", "yes"),
        ("sure", 1),
        ("colour", "red"),
    ],
)
def test_answers_that_do_not_fit(key, value):
    with pytest.raises(AnswerError) as caught:
        check_answers(form=FORM, answers={key: value})
    assert list(caught.value.fields) == [key]


def test_required_questions_must_be_answered():
    with pytest.raises(AnswersMissingError) as caught:
        require_answers(form=FORM, answers={"grade": "low", "count": 3})
    assert caught.value.fields == {"questions": ["sure"]}
    require_answers(form=FORM, answers={"grade": "low", "sure": False})


def test_an_answer_of_an_older_form_does_not_count():
    with pytest.raises(AnswersMissingError):
        require_answers(form=FORM, answers={"grade": "medium", "sure": True})
