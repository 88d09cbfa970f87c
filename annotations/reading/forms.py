"""The case form: is a form well made, and does an answer fit its question? Pure: knows nothing of the database."""

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from annotations.reading.errors import AnswerError, AnswersMissingError, ProtocolError
from annotations.reading.types import QuestionKind

MAX_QUESTIONS = 100
MAX_CHOICES = 100
MAX_TEXT = 4000
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")

Question = dict[str, Any]


def clean_form(*, questions: Sequence[Mapping[str, Any]]) -> dict[str, list[Question]]:
    """Return the form with every field present, or raise.

    Raises
    ------
    ProtocolError
        A key is malformed or used twice, a choice question has no choices, or limits contradict each other.
    """
    if len(questions) > MAX_QUESTIONS:
        raise ProtocolError(f"A form has at most {MAX_QUESTIONS} questions.")
    cleaned = [_clean_question(question) for question in questions]
    keys = [question["key"] for question in cleaned]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise ProtocolError(f"Two questions have the key {twice[0]!r}.", fields={"form": twice})
    return {"questions": cleaned}


def _clean_question(question: Mapping[str, Any]) -> Question:
    key, text = str(question["key"]), str(question["text"]).strip()
    if not _KEY.fullmatch(key):
        raise ProtocolError(
            f"The key {key!r} must be small letters, digits and underscores, beginning with a letter, at most 40.",
            fields={"form": [key]},
        )
    if not text:
        raise ProtocolError(f"The question {key!r} has no text.", fields={"form": [key]})
    kind = QuestionKind(question["kind"])
    choices = [str(choice).strip() for choice in question.get("choices") or []] if kind == QuestionKind.CHOICE else []
    minimum, maximum = (
        (question.get("minimum"), question.get("maximum")) if kind == QuestionKind.NUMBER else (None, None)
    )
    if kind == QuestionKind.CHOICE and (
        not 2 <= len(choices) <= MAX_CHOICES or len(set(choices)) != len(choices) or not all(choices)
    ):
        raise ProtocolError(f"The question {key!r} needs at least two different choices.", fields={"form": [key]})
    if minimum is not None and maximum is not None and minimum > maximum:
        raise ProtocolError(f"The question {key!r} has a minimum above its maximum.", fields={"form": [key]})
    return {
        "key": key,
        "text": text,
        "kind": kind.value,
        "choices": choices,
        "minimum": minimum,
        "maximum": maximum,
        "unit": str(question.get("unit") or ""),
        "required": bool(question.get("required", False)),
    }


def questions_of(form: Mapping[str, Any]) -> list[Question]:
    """Return the questions of a stored form."""
    return list(form.get("questions", []))


def check_answers(*, form: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
    """Raise AnswerError unless each answer fits its question; null (taken back) always fits a known question."""
    questions = {question["key"]: question for question in questions_of(form)}
    problems: dict[str, str] = {}
    for key, value in answers.items():
        if key not in questions:
            problems[key] = "There is no such question."
        elif value is not None and (problem := _problem(questions[key], value)):
            problems[key] = problem
    if problems:
        first = next(iter(problems))
        raise AnswerError(f"The answer to {first!r} does not fit: {problems[first]}", fields=problems)


def require_answers(*, form: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
    """Raise AnswersMissingError unless every required question has an answer that fits."""
    missing = [
        question["key"]
        for question in questions_of(form)
        if question["required"]
        and (answers.get(question["key"]) is None or _problem(question, answers[question["key"]]))
    ]
    if missing:
        raise AnswersMissingError(
            f"{len(missing)} required question(s) of the case form are not answered.", fields={"questions": missing}
        )


def _problem(question: Question, value: object) -> str:
    kind = QuestionKind(question["kind"])
    if kind == QuestionKind.CHOICE:
        return "" if value in question["choices"] else "It is none of the choices."
    if kind == QuestionKind.YES_NO:
        return "" if isinstance(value, bool) else "It must be yes or no."
    if kind == QuestionKind.TEXT:
        if not isinstance(value, str) or not value.strip():
            return "It must be text."
        return "" if len(value) <= MAX_TEXT else f"It is longer than {MAX_TEXT} characters."
    return _number_problem(question, value)


def _number_problem(question: Question, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return "It must be a number."
    if question["minimum"] is not None and value < question["minimum"]:
        return f"It is below {question['minimum']}."
    if question["maximum"] is not None and value > question["maximum"]:
        return f"It is above {question['maximum']}."
    return ""
