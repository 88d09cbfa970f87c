"""How far answers and findings of submitted readings agree: plain functions, nothing is written here."""

from collections.abc import Mapping, Sequence
from typing import Any

from annotations.reading.answers import Answers, findings_of, given_answers
from annotations.reading.forms import Question, lesion_questions_of, questions_of
from annotations.reading.types import QuestionKind

READINGS_TO_COMPARE = 2


def compare_answers(*, form: Mapping[str, Any], answers: Mapping[str, Answers]) -> dict[str, Any]:
    """Return what readings answer, side by side.

    Parameters
    ----------
    form : mapping
        Of the protocol.
    answers : mapping
        By reading id, in the order of the readings; those that could not read the case are left out.

    Returns
    -------
    dict
        "answers": per question of the case form its values by reading, whether they are the `same` (null below two
        answers) and their `spread` (numbers: greatest minus smallest; scores: in steps of the scale); "findings" of
        every reading in their order; "lesion_questions": what was asked of them.
    """
    questions, lesion = questions_of(form), lesion_questions_of(form)
    given = {reading: given_answers(questions, found) for reading, found in answers.items()}
    return {
        "answers": [_compare(question, given) for question in questions],
        "lesion_questions": [_asked(question) for question in lesion],
        "findings": [
            {
                "reading": reading,
                "name": finding["name"],
                "label": finding["label"],
                "answers": given_answers(lesion, finding["answers"], label=finding["label"]),
            }
            for reading, found in answers.items()
            for finding in findings_of(found).values()
        ],
    }


def _asked(question: Question) -> dict[str, Any]:
    return {name: question[name] for name in ("key", "text", "kind", "unit")}


def _compare(question: Question, given: Mapping[str, Answers]) -> dict[str, Any]:
    values = {reading: answers.get(question["key"]) for reading, answers in given.items()}
    known = [sorted(value) if isinstance(value, list) else value for value in values.values() if value is not None]
    compared = len(known) >= READINGS_TO_COMPARE
    return {
        **_asked(question),
        "same": all(value == known[0] for value in known) if compared else None,
        "spread": _spread(question, known) if compared else None,
        "values": [{"reading": reading, "value": value} for reading, value in values.items()],
    }


def _spread(question: Question, known: Sequence[Any]) -> float | None:
    if question["kind"] == QuestionKind.SCORE:
        steps = [step["value"] for step in question["scale"]]
        known = [steps.index(value) for value in known]
    elif question["kind"] != QuestionKind.NUMBER:
        return None
    return float(max(known) - min(known))
