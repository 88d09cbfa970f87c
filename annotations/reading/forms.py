"""The case form and the per-lesion form: is a form well made? Pure: knows nothing of the database.

A form is {"questions": […], "lesion": […]}: asked once per case, and once per finding. What a question holds is
written at `Question`; whether an answer fits, and whether a question is asked at all, is in `reading.answers`.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from annotations.reading.errors import ProtocolError
from annotations.reading.types import QuestionKind

MAX_QUESTIONS = 100
MAX_CHOICES = 100
MAX_HELP = 1000
MAX_CAPTION = 200
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
WITH_CHOICES = (QuestionKind.CHOICE, QuestionKind.SEVERAL)

Question = dict[str, Any]
"""One question: "key", "text", "help", "kind", "required", and by its kind
"choices" (choice, several), "scale" (score: [{"value", "caption"}], in order), "minimum", "maximum", "unit" (number);
"shown_if" (null, or {"question", "values"}: asked only when that earlier question has one of these answers, or any
answer where there are none) and, in the per-lesion form, "labels" (values of labels; none: of every finding)."""


def clean_form(
    *, questions: Sequence[Mapping[str, Any]], lesion: Sequence[Mapping[str, Any]] = ()
) -> dict[str, list[Question]]:
    """Return the form with every field present, or raise.

    Raises
    ------
    ProtocolError
        A key is malformed or used twice, a choice or score has nothing to choose from, limits contradict each other,
        or a condition names no earlier question or an answer that it cannot have. `fields["form"]` are the keys.
    """
    return {"questions": _clean_part(questions), "lesion": _clean_part(lesion)}


def _clean_part(questions: Sequence[Mapping[str, Any]]) -> list[Question]:
    if len(questions) > MAX_QUESTIONS:
        raise ProtocolError(f"A form has at most {MAX_QUESTIONS} questions.")
    cleaned = [_clean_question(question) for question in questions]
    keys = [question["key"] for question in cleaned]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise ProtocolError(f"Two questions have the key {twice[0]!r}.", fields={"form": twice})
    for place, question in enumerate(cleaned):
        _check_condition(question, {earlier["key"]: earlier for earlier in cleaned[:place]})
    return cleaned


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
    number = kind == QuestionKind.NUMBER
    minimum, maximum = (question.get("minimum"), question.get("maximum")) if number else (None, None)
    if minimum is not None and maximum is not None and minimum > maximum:
        raise ProtocolError(f"The question {key!r} has a minimum above its maximum.", fields={"form": [key]})
    return {
        "key": key,
        "text": text,
        "help": str(question.get("help") or "").strip()[:MAX_HELP],
        "kind": kind.value,
        "choices": _choices(key, question) if kind in WITH_CHOICES else [],
        "scale": _scale(key, question) if kind == QuestionKind.SCORE else [],
        "minimum": minimum,
        "maximum": maximum,
        "unit": str(question.get("unit") or "") if number else "",
        "required": bool(question.get("required", False)),
        "shown_if": _condition(question.get("shown_if")),
        "labels": sorted({int(value) for value in question.get("labels") or []}),
    }


def _choices(key: str, question: Mapping[str, Any]) -> list[str]:
    choices = [str(choice).strip() for choice in question.get("choices") or []]
    _require_distinct(key, choices, "choices")
    return choices


def _scale(key: str, question: Mapping[str, Any]) -> list[dict[str, str]]:
    scale = [
        {"value": str(step["value"]).strip(), "caption": str(step.get("caption") or "").strip()[:MAX_CAPTION]}
        for step in question.get("scale") or []
    ]
    _require_distinct(key, [step["value"] for step in scale], "values")
    return scale


def _require_distinct(key: str, values: Sequence[str], what: str) -> None:
    if not 2 <= len(values) <= MAX_CHOICES or len(set(values)) != len(values) or not all(values):
        raise ProtocolError(f"The question {key!r} needs at least two different {what}.", fields={"form": [key]})


def _condition(condition: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not condition:
        return None
    return {"question": str(condition["question"]), "values": list(condition.get("values") or [])}


def _check_condition(question: Question, earlier: Mapping[str, Question]) -> None:
    condition = question["shown_if"]
    if condition is None:
        return
    key, asked = question["key"], earlier.get(condition["question"])
    if asked is None:
        raise ProtocolError(
            f"The question {key!r} depends on {condition['question']!r}, which is no question before it.",
            fields={"form": [key]},
        )
    if any(not _can_have(asked, value) for value in condition["values"]):
        raise ProtocolError(
            f"The question {key!r} waits for an answer that {asked['key']!r} cannot have.", fields={"form": [key]}
        )


def _can_have(question: Question, value: object) -> bool:
    """Return whether a condition may ask for this answer: texts can only be asked to be there."""
    kind = QuestionKind(question["kind"])
    if kind == QuestionKind.YES_NO:
        return isinstance(value, bool)
    if kind == QuestionKind.NUMBER:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind == QuestionKind.SCORE:
        return value in [step["value"] for step in question["scale"]]
    return kind in WITH_CHOICES and value in question["choices"]


def questions_of(form: Mapping[str, Any]) -> list[Question]:
    """Return the questions that a stored form asks once per case; also of a form from before there was more."""
    return list(form.get("questions", []))


def lesion_questions_of(form: Mapping[str, Any]) -> list[Question]:
    """Return the questions that a stored form asks of every finding."""
    return list(form.get("lesion", []))
