"""Answers and findings in archives, and cases that could not be read."""

import csv
import json
import uuid
from pathlib import Path

import pydicom

from annotations.datasets.types import Format, LabelSource
from annotations.marks.types import Delta, Provenance, RevisionKind
from annotations.reading.services.protocols import set_protocol
from annotations.reading.services.readings import append_marks
from annotations.reading.types import LabelDraft, ProtocolDraft
from studies.models import Volume
from tests.annotations.datasets.makers import make_project
from tests.annotations.datasets.test_archives import unpack

QUESTIONS = (
    {"key": "visible", "text": "Lesion?", "kind": "yes_no", "required": True},
    {"key": "signs", "text": "Signs", "kind": "several", "choices": ["rim", "capsule"]},
    {"key": "size", "text": "Size", "kind": "number", "shown_if": {"question": "visible", "values": [True]}},
)
LESION = ({"key": "margin", "text": "Margin", "kind": "choice", "choices": ["sharp", "blurred"]},)
MOTION = {"reason": "motion", "text": 'He said: "no"'}


def test_tables_of_answers_and_findings(db, run_jobs, tmp_path):
    read = make_project({"A": 1, "B": 2, "C": 3})
    world = read.world
    labels = tuple(
        LabelDraft(name=label.name, value=label.value) for label in world.project.protocols.get().label_set.labels.all()
    )
    set_protocol(
        actor=world.administrator,
        project=world.project,
        draft=ProtocolDraft(labels=labels, questions=QUESTIONS, lesion=LESION),
    )

    def say(case, reader, answers, measurements=None):
        reading = world.reading(case, reader)
        append_marks(
            actor=reader,
            reading=reading,
            base_revision=reading.mark_set.head,
            delta=Delta(answers=answers, measurements=measurements or {}),
            provenance=Provenance(kind=RevisionKind.EDIT, client_id=uuid.uuid4(), tool="form"),
        )

    finding = {
        "name": "Größe, links",
        "order": 1,
        "label": 2,
        "measurement": None,
        "place": None,
        "answers": {"margin": "sharp"},
    }
    first, second, third = world.cases
    sop, frame_number = world.volume(first).frames[3]
    region = {
        "type": "ellipse",
        "sop_instance_uid": sop,
        "frame_number": frame_number,
        "points_lps": [[0.0, 0.0, 0.0], [20.0, 0.0, 0.0], [10.0, -5.0, 0.0], [10.0, 5.0, 0.0]],
        "value": 157.25,
        "unit": "mm2",
        "label": 2,
        "text": "Rand, links",
        "values": {"mean": {"value": 41.5, "unit": "HU"}},
    }
    for number, reader in enumerate(world.readers):
        for case in (first, second):
            world.draw(case, reader, read.drawing(case, number))
        measured = {uuid.uuid4(): {**region, "value": 157.25 + number}}
        hidden = {"visible": False, "size": 4, "signs": ["rim", "capsule"]}
        chosen = {"name": "CT · 4", "order": 1, "place": place_of(world.volume(first), 3 + number)}
        told = {f"finding:{uuid.uuid4().hex}": finding, ":comment": "Fine.", f"image:{uuid.uuid4().hex}": chosen}
        say(first, reader, {**hidden, **told}, measured)
        say(second, reader, {":not_readable": MOTION} if number else {"visible": True, "size": 3.5})
        say(third, reader, {":not_readable": MOTION})
        for case in (first, second, third):
            world.submit(case, reader)
    run_jobs()

    release = read.freeze(formats=(Format.DICOM_SEG,))
    run_jobs()
    folder = unpack(release, "dicom_seg", tmp_path) / "DICOM"
    with (folder / "answers.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["case"], row["reader"]) for row in rows] == [
        (f"case_{case.number:04d}", f"reader_{number}") for case in (first, second) for number in (1, 2)
    ]
    assert (rows[0]["visible"], rows[0]["size"], rows[0]["signs"], rows[0]["comment"]) == (
        "no",
        "",
        "rim; capsule",
        "Fine.",
    )
    assert (rows[2]["visible"], rows[2]["size"], rows[2]["not_readable"]) == ("yes", "3.5", "")
    assert (rows[3]["not_readable"], rows[3]["not_readable_text"]) == ("motion", MOTION["text"])
    with (folder / "findings.csv").open(newline="", encoding="utf-8") as file:
        found = list(csv.DictReader(file))
    assert [(row["name"], row["label_name"], row["margin"]) for row in found] == [
        ("Größe, links", "lesion", "sharp")
    ] * 2
    whole = json.loads((folder / "answers.json").read_text())
    assert whole["form"]["lesion"][0]["key"] == "margin"
    assert whole["readings"][0]["findings"][0]["answers"] == {"margin": "sharp"}
    assert "measurements" not in whole["readings"][0]
    with (folder / "measurements.csv").open(newline="", encoding="utf-8") as file:
        figures = list(csv.DictReader(file))
    assert [
        (row["reader"], row["type"], row["label_name"], row["figure"], row["value"], row["unit"]) for row in figures
    ] == [
        ("reader_1", "ellipse", "lesion", "value", "157.25", "mm2"),
        ("reader_1", "ellipse", "lesion", "mean", "41.5", "HU"),
        ("reader_2", "ellipse", "lesion", "value", "158.25", "mm2"),
        ("reader_2", "ellipse", "lesion", "mean", "41.5", "HU"),
    ]
    assert {(row["text"], row["sop_instance_uid"], row["frame_number"]) for row in figures} == {
        ("Rand, links", sop, str(frame_number))
    }
    points = json.loads((folder / "measurements.json").read_text())["readings"][0]["measurements"][0]
    assert points["points_lps"] == region["points_lps"]
    key_images_are_there(folder, world.volume(first), first.number)
    missing = {one["number"]: one["reason"] for one in release.missing}
    assert missing == {third.number: "not_readable"}

    of_one = read.freeze(label_source=LabelSource.READER, reader_id=world.readers[1].pk, formats=(Format.DICOM_SEG,))
    reasons = {one["number"]: one["reason"] for one in of_one.missing}
    assert reasons == {second.number: "not_readable", third.number: "not_readable"}


def place_of(volume: Volume, index: int) -> dict[str, object]:
    """Return a frame as the place of a key image."""
    uid, frame = volume.frames[index]
    place = {"series_uid": volume.series.series_uid, "volume_index": 0, "point_lps": None}
    return {**place, "sop_instance_uid": uid, "frame_number": frame}


def key_images_are_there(folder: Path, volume: Volume, number: int) -> None:
    """Check that each reader's key image is in the table, in the JSON, and in a key object selection of its own."""
    uids = [str(volume.frames[at][0]) for at in (3, 4)]
    with (folder / "key_images.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [(row["reader"], row["key_image"], row["name"], row["sop_instance_uid"]) for row in rows] == [
        (f"reader_{at}", "1", "CT · 4", uid) for at, uid in enumerate(uids, start=1)
    ]
    whole = json.loads((folder / "key_images.json").read_text())["readings"]
    assert [one["key_images"][0]["place"]["sop_instance_uid"] for one in whole[:2]] == uids
    assert whole[2]["key_images"] == []
    files = sorted((folder / f"case_{number:04d}" / "key_images").iterdir())
    assert [file.name for file in files] == ["reader_1_01.dcm", "reader_2_01.dcm"]
    for file, uid in zip(files, uids, strict=True):
        document = pydicom.dcmread(file)
        (named,) = (item.ReferencedSOPSequence[0] for item in document.ContentSequence if item.ValueType == "IMAGE")
        assert (document.Modality, named.ReferencedSOPInstanceUID) == ("KO", uid)
    assert not (folder / f"case_{number + 1:04d}" / "key_images").exists()
