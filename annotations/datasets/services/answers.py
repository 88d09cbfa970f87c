"""Answers, findings and measurements of a release: as tables (CSV), and whole (JSON)."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from annotations.datasets.members import case_name, patient_name, reader_name
from annotations.datasets.services.ingredients import Ingredients, Member
from annotations.datasets.services.zipping import Entry, pieces, to_json
from annotations.datasets.types import Format
from annotations.marks.models import MarkSet
from annotations.marks.selectors import answers_of, measurements_of
from annotations.reading.answers import COMMENT, findings_of, given_answers, key_images_of, not_readable_in
from annotations.reading.forms import Question, lesion_questions_of, questions_of

BETWEEN = "; "
"""Stands between the choices of one answer in a table."""
_WHERE = ("case", "patient", "split", "reader", "revision")
_APART = ("measurements", "key_images")
"""What has files of its own."""


def answer_entries(ingredients: Ingredients, form: Format, folder: str) -> list[Entry]:
    """Return the tables of what readings say: of answers and findings where anything was asked, said or found,
    `measurements.csv` and `measurements.json` where anything was measured, `key_images.csv` and `key_images.json`
    where any image was chosen.

    One row for each reading that the marks come from (of a consensus: of each reading it was made of), with a column
    per question of the release's protocol. What is not asked, or was answered to another form, is left empty.
    """
    asked = ingredients.release.protocol.form
    questions, lesion = questions_of(asked), lesion_questions_of(asked)
    readings = [row for member in ingredients.members_in(form) for row in _readings(member, questions, lesion)]
    texts = _measurement_texts(readings, _names(ingredients)) | _key_image_texts(readings)
    said = any(row["comment"] or row["not_readable"] or row["findings"] for row in readings)
    if questions or lesion or said:
        whole = [{name: value for name, value in row.items() if name not in _APART} for row in readings]
        texts |= _answer_texts(whole, questions, lesion, _names(ingredients))
    return [Entry(f"{folder}/{name}", pieces(data)) for name, data in texts.items()]


def _answer_texts(
    readings: Sequence[Mapping[str, Any]],
    questions: Sequence[Question],
    lesion: Sequence[Question],
    names: Mapping[int, str],
) -> dict[str, bytes]:
    return {
        "answers.csv": _table(
            [*_WHERE, "not_readable", "not_readable_text", "comment", *(question["key"] for question in questions)],
            (_answer_row(row, questions) for row in readings),
        ),
        "findings.csv": _table(
            [
                *_WHERE,
                "finding",
                "name",
                "label",
                "label_name",
                "sop_instance_uid",
                "frame_number",
                "x_lps_mm",
                "y_lps_mm",
                "z_lps_mm",
                "measurement",
                "value",
                "unit",
                *(question["key"] for question in lesion),
            ],
            (line for row in readings for line in _finding_rows(row, lesion, names)),
        ),
        "answers.json": to_json({"form": {"questions": questions, "lesion": lesion}, "readings": readings}),
    }


def _measurement_texts(readings: Sequence[Mapping[str, Any]], names: Mapping[int, str]) -> dict[str, bytes]:
    """Return every measurement: as a table with a line for each figure, and as it is stored, with its points."""
    if not any(row["measurements"] for row in readings):
        return {}
    head = [*_WHERE, "measurement", "type", "label", "label_name", "text", "sop_instance_uid", "frame_number", "scale"]
    whole = [{name: row[name] for name in (*_WHERE, "measurements")} for row in readings]
    return {
        "measurements.csv": _table(
            [*head, "figure", "value", "unit"],
            (line for row in readings for line in _measurement_rows(row, names)),
        ),
        "measurements.json": to_json({"readings": whole}),
    }


def _measurement_rows(row: Mapping[str, Any], names: Mapping[int, str]) -> Iterable[list[object]]:
    for number, one in enumerate(row["measurements"], start=1):
        told = [
            *(row[name] for name in _WHERE),
            number,
            one["type"],
            _cell(one.get("label")),
            names.get(one.get("label"), ""),
            one.get("text", ""),
            one["sop_instance_uid"],
            one["frame_number"],
            one.get("scale", ""),
        ]
        figures = {"value": {"value": one["value"], "unit": one["unit"]}, **one.get("values", {})}
        yield from ([*told, name, _cell(figure["value"]), figure["unit"]] for name, figure in figures.items())


def _key_image_texts(readings: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
    """Return every key image, in the order of choosing."""
    if not any(row["key_images"] for row in readings):
        return {}
    place = ["series_uid", "volume_index", "sop_instance_uid", "frame_number"]
    lines = (
        [*(row[name] for name in _WHERE), number, one["name"], *(one["place"][name] for name in place)]
        for row in readings
        for number, one in enumerate(row["key_images"], start=1)
    )
    whole = [{name: row[name] for name in (*_WHERE, "key_images")} for row in readings]
    return {
        "key_images.csv": _table([*_WHERE, "key_image", "name", *place], lines),
        "key_images.json": to_json({"readings": whole}),
    }


def _names(ingredients: Ingredients) -> dict[int, str]:
    return {label.value: label.name for label in ingredients.labels}


def readings_of(member: Member) -> list[tuple[int, UUID, int]]:
    """Return the readings that a case's marks come from: the reader's number, the mark set and its revision."""
    plan = member.plan
    if plan.reader is not None:
        return [(plan.reader, plan.mark_set, plan.revision)]
    return [(one.reader, one.mark_set, one.revision) for one in plan.inputs]


def _readings(member: Member, questions: Sequence[Question], lesion: Sequence[Question]) -> list[dict[str, Any]]:
    plan = member.plan
    return [
        {
            "case": case_name(plan.number),
            "patient": patient_name(plan.patient),
            "split": member.split.value,
            "reader": reader_name(reader),
            "revision": revision,
            **_said(mark_set, revision, questions, lesion),
        }
        for reader, mark_set, revision in readings_of(member)
    ]


def _said(pk: UUID, revision: int, questions: Sequence[Question], lesion: Sequence[Question]) -> dict[str, Any]:
    mark_set = MarkSet.objects.get(pk=pk)
    answers = answers_of(mark_set=mark_set, at=revision)
    measured = {str(key): data for key, data in measurements_of(mark_set=mark_set, at=revision).items()}
    return {
        "not_readable": not_readable_in(answers),
        "comment": answers.get(COMMENT, ""),
        "answers": given_answers(questions, answers),
        "findings": [
            {
                **finding,
                "key": key.removeprefix("finding:"),
                "answers": given_answers(lesion, finding["answers"], label=finding["label"]),
                "measured": measured.get(str(finding["measurement"])),
            }
            for key, finding in findings_of(answers).items()
        ],
        "measurements": [{"key": key, **data} for key, data in sorted(measured.items(), key=_by_place)],
        "key_images": [{**one, "key": key.removeprefix("image:")} for key, one in key_images_of(answers).items()],
    }


def _by_place(item: tuple[str, Mapping[str, Any]]) -> tuple[str, int, str]:
    key, data = item
    return data["sop_instance_uid"], data["frame_number"], key


def _answer_row(row: Mapping[str, Any], questions: Sequence[Question]) -> list[object]:
    reason = row["not_readable"] or {"reason": "", "text": ""}
    return [
        *(row[name] for name in _WHERE),
        reason["reason"],
        reason["text"],
        row["comment"],
        *(_cell(row["answers"].get(question["key"])) for question in questions),
    ]


def _finding_rows(
    row: Mapping[str, Any], lesion: Sequence[Question], names: Mapping[int, str]
) -> Iterable[list[object]]:
    for number, finding in enumerate(row["findings"], start=1):
        place = finding["place"] or {"sop_instance_uid": "", "frame_number": "", "point_lps": None}
        measured = finding["measured"] or {}
        yield [
            *(row[name] for name in _WHERE),
            number,
            finding["name"],
            _cell(finding["label"]),
            names.get(finding["label"], ""),
            place["sop_instance_uid"],
            place["frame_number"],
            *(place["point_lps"] or ["", "", ""]),
            measured.get("type", ""),
            _cell(measured.get("value")),
            measured.get("unit", ""),
            *(_cell(finding["answers"].get(question["key"])) for question in lesion),
        ]


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return BETWEEN.join(value) if isinstance(value, list) else value


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a table as CSV in UTF-8, as RFC 4180 has it."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue().encode()
