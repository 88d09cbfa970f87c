"""Do answers and findings fit the form, and which questions are asked? Pure: knows nothing of the database.

`frontend/src/shared/forms/rules.ts` has the same rules; `tests/annotations/reading/form_cases.json` holds both to them.
Beside the answers by question key a reading may hold, in the same append-only rows (a question's key has no colon):

- `:comment`: free text on the case;
- `:not_readable`: {"reason", "text"}, why the case cannot be read; then nothing else has to be answered;
- `finding:<32 hexadecimal digits>`: {"name", "order", "label", "measurement", "place", "answers"}, one finding whole;
  "place" is null or {"series_uid", "volume_index", "sop_instance_uid", "frame_number", "point_lps" (null off a grid)};
- `image:<32 hexadecimal digits>`: {"name", "order", "place"}, one key image, whose place is never null.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from annotations.reading.errors import AnswerError, AnswersMissingError
from annotations.reading.forms import Question, lesion_questions_of, questions_of
from annotations.reading.types import NotReadableReason, QuestionKind

COMMENT = ":comment"
NOT_READABLE = ":not_readable"
MAX_TEXT = 4000
MAX_NAME = 120
MAX_FINDINGS = 500
_FINDING = re.compile(r"finding:[0-9a-f]{32}")
_KEY_IMAGE = re.compile(r"image:[0-9a-f]{32}")
_PLACE_FIELDS = frozenset({"series_uid", "volume_index", "sop_instance_uid", "frame_number", "point_lps"})
_FINDING_FIELDS = frozenset({"name", "order", "label", "measurement", "place", "answers"})
_KEY_IMAGE_FIELDS = frozenset({"name", "order", "place"})

Answers = Mapping[str, Any]

MESSAGES = {
    "unknown": "There is no such question.",
    "choice": "It is none of the choices.",
    "several": "It must be some of the choices, each once.",
    "score": "It is no value of the scale.",
    "yes_no": "It must be yes or no.",
    "text": "It must be text.",
    "long": f"It is longer than {MAX_TEXT} characters.",
    "number": "It must be a number.",
    "below": "It is below the smallest value.",
    "above": "It is above the greatest value.",
    "reason": "It needs one of the reasons, and a text where the reason is another one.",
    "finding": "It is no finding.",
    "key_image": "It is no key image.",
}


def answer_problem(question: Question, value: object) -> str:
    """Return what is wrong with an answer, as a key of `MESSAGES`; empty when it fits."""
    kind = QuestionKind(question["kind"])
    if kind == QuestionKind.CHOICE:
        return "" if value in question["choices"] else "choice"
    if kind == QuestionKind.SEVERAL:
        return "" if _are_choices(question, value) else "several"
    if kind == QuestionKind.SCORE:
        return "" if value in [step["value"] for step in question["scale"]] else "score"
    if kind == QuestionKind.YES_NO:
        return "" if isinstance(value, bool) else "yes_no"
    if kind == QuestionKind.TEXT:
        return _text_problem(value)
    return _number_problem(question, value)


def _are_choices(question: Question, value: object) -> bool:
    if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
        return False
    return len(set(value)) == len(value) and set(value) <= set(question["choices"])


def _text_problem(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        return "text"
    return "" if len(value) <= MAX_TEXT else "long"


def _number_problem(question: Question, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return "number"
    if question["minimum"] is not None and value < question["minimum"]:
        return "below"
    return "above" if question["maximum"] is not None and value > question["maximum"] else ""


def asked_questions(questions: Sequence[Question], answers: Answers, *, label: int | None = None) -> list[Question]:
    """Return the questions that are asked, given the answers: those whose conditions hold, chains included.

    `label` is that of the finding, for the per-lesion form: a question for other labels is not asked.
    """
    asked: dict[str, Question] = {}
    for question in questions:
        labels = question.get("labels") or []
        if (not labels or label in labels) and _is_met(question.get("shown_if"), asked, answers):
            asked[question["key"]] = question
    return list(asked.values())


def _is_met(condition: Mapping[str, Any] | None, asked: Mapping[str, Question], answers: Answers) -> bool:
    if not condition:
        return True
    on = asked.get(condition["question"])
    value = answers.get(condition["question"])
    if on is None or value is None or answer_problem(on, value):
        return False
    given = value if isinstance(value, list) else [value]
    wanted = condition["values"]
    return not wanted or any(_same(one, other) for one in given for other in wanted)


def _same(a: object, b: object) -> bool:
    """Return whether two JSON values are equal; in Python, 1 equals True."""
    return isinstance(a, bool) == isinstance(b, bool) and a == b


def given_answers(questions: Sequence[Question], answers: Answers, *, label: int | None = None) -> dict[str, Any]:
    """Return the answers that count: to questions that are asked, and that fit them."""
    asked = asked_questions(questions, answers, label=label)
    return {
        question["key"]: answers[question["key"]]
        for question in asked
        if answers.get(question["key"]) is not None and not answer_problem(question, answers[question["key"]])
    }


def missing_answers(questions: Sequence[Question], answers: Answers, *, label: int | None = None) -> list[str]:
    """Return the keys of questions that are asked and required and have no answer that fits."""
    given = given_answers(questions, answers, label=label)
    asked = asked_questions(questions, answers, label=label)
    return [question["key"] for question in asked if question["required"] and question["key"] not in given]


def findings_of(answers: Answers) -> dict[str, dict[str, Any]]:
    """Return the findings among the answers, by key, in their order."""
    return _ordered(answers, _FINDING)


def key_images_of(answers: Answers) -> dict[str, dict[str, Any]]:
    """Return the key images among the answers, by key, in their order."""
    return _ordered(answers, _KEY_IMAGE)


def key_frames(answers: Answers) -> list[tuple[str, int]]:
    """Return the frames that are key images (SOP Instance UID and number), each once, in the order of choosing."""
    places = [found["place"] for found in key_images_of(answers).values()]
    return list(dict.fromkeys((str(place["sop_instance_uid"]), int(place["frame_number"])) for place in places))


def _ordered(answers: Answers, kind: re.Pattern[str]) -> dict[str, dict[str, Any]]:
    found = [(key, value) for key, value in answers.items() if value is not None and kind.fullmatch(key)]
    return dict(sorted(found, key=lambda item: (item[1]["order"], item[0])))


def not_readable_in(answers: Answers) -> dict[str, str] | None:
    """Return why the case could not be read ({"reason", "text"}), or None when it could."""
    return answers.get(NOT_READABLE)


def check_answers(*, forms: Sequence[Mapping[str, Any]], answers: Answers) -> None:
    """Raise AnswerError unless each answer fits; null (taken back) always fits a known question.

    Parameters
    ----------
    forms : sequence of mapping
        The form now, then the former ones: a reader whose room was open while the form changed loses nothing.
    answers : mapping
        By question key, with the comment, the reason for not reading, findings and key images.

    Raises
    ------
    AnswerError
        `fields` name each question that is wrong; of a finding as `finding:….question`.
    """
    problems: dict[str, str] = {}
    for key, value in answers.items():
        problems.update(_problems(forms, key, value))
    if problems:
        first = next(iter(problems))
        raise AnswerError(
            f"The answer to {first!r} does not fit: {MESSAGES[problems[first]]}",
            fields={key: MESSAGES[code] for key, code in problems.items()},
        )


def _problems(forms: Sequence[Mapping[str, Any]], key: str, value: object) -> dict[str, str]:
    if _FINDING.fullmatch(key):
        return {} if value is None else _finding_problems(forms, key, value)
    if _KEY_IMAGE.fullmatch(key):
        code = "" if value is None or _is_key_image(value) else "key_image"
    elif key == COMMENT:
        code = "" if value is None else _text_problem(value)
    elif key == NOT_READABLE:
        code = "" if value is None or _is_reason(value) else "reason"
    else:
        code = _fits_any([questions_of(form) for form in forms], key, value)
    return {key: code} if code else {}


def _fits_any(parts: Iterable[Sequence[Question]], key: str, value: object) -> str:
    """Return what is wrong by the newest form that knows the question; empty when any form takes the answer."""
    codes = [
        answer_problem(question, value) if value is not None else ""
        for questions in parts
        for question in questions
        if question["key"] == key
    ]
    return "" if "" in codes else (codes[0] if codes else "unknown")


def _is_reason(value: object) -> bool:
    if not isinstance(value, dict) or set(value) != {"reason", "text"} or not isinstance(value["text"], str):
        return False
    other = value["reason"] == NotReadableReason.OTHER
    return (
        value["reason"] in NotReadableReason.values
        and len(value["text"]) <= MAX_TEXT
        and (not other or bool(value["text"].strip()))
    )


def _finding_problems(forms: Sequence[Mapping[str, Any]], key: str, value: object) -> dict[str, str]:
    if not isinstance(value, dict) or set(value) != _FINDING_FIELDS or not _is_finding(value):
        return {key: "finding"}
    parts = [lesion_questions_of(form) for form in forms]
    codes = {name: _fits_any(parts, name, answer) for name, answer in value["answers"].items()}
    return {f"{key}.{name}": code for name, code in codes.items() if code}


def _is_key_image(value: object) -> bool:
    return (
        isinstance(value, dict)
        and set(value) == _KEY_IMAGE_FIELDS
        and isinstance(value["name"], str)
        and len(value["name"]) <= MAX_NAME
        and _is_whole(value["order"])
        and _is_place(value["place"])
    )


def _is_finding(value: Mapping[str, Any]) -> bool:
    name, order, label = value["name"], value["order"], value["label"]
    return (
        isinstance(name, str)
        and len(name) <= MAX_NAME
        and _is_whole(order)
        and (label is None or (_is_whole(label) and 1 <= label <= 255))
        and (value["measurement"] is None or _is_uuid(value["measurement"]))
        and (value["place"] is None or _is_place(value["place"]))
        and isinstance(value["answers"], dict)
    )


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_uuid(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(UUID(value))
    except ValueError:
        return False


def _is_place(value: object) -> bool:
    if not isinstance(value, dict) or set(value) != _PLACE_FIELDS:
        return False
    return (
        isinstance(value["sop_instance_uid"], str)
        and isinstance(value["series_uid"], str)
        and _is_whole(value["frame_number"])
        and _is_whole(value["volume_index"])
        and (value["point_lps"] is None or _is_point(value["point_lps"]))
    )


def _is_point(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 3
        and all(isinstance(x, int | float) and not isinstance(x, bool) and math.isfinite(x) for x in value)
    )


def require_answers(*, form: Mapping[str, Any], answers: Answers) -> None:
    """Raise AnswersMissingError unless every required question that is asked has an answer that fits.

    Nothing is required of a case that cannot be read.

    Raises
    ------
    AnswersMissingError
        `fields["questions"]` are keys; `fields["findings"]` are keys by finding, where any are missing.
    """
    if not_readable_in(answers):
        return
    missing = missing_answers(questions_of(form), answers)
    lesion = lesion_questions_of(form)
    of_findings = {
        key: left
        for key, finding in findings_of(answers).items()
        if (left := missing_answers(lesion, finding["answers"], label=finding["label"]))
    }
    if missing or of_findings:
        count = len(missing) + sum(len(left) for left in of_findings.values())
        raise AnswersMissingError(
            f"{count} required question(s) are not answered.",
            fields={"questions": missing, **({"findings": of_findings} if of_findings else {})},
        )
