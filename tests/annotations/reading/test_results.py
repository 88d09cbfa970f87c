"""Agreement and consensus of drawn spheres, from the last submission to the written result."""

import numpy as np
import pytest

from annotations.marks.frames import volume_delta
from annotations.marks.selectors import label_volume
from annotations.marks.services import append_revision
from annotations.marks.types import Delta, Origin, RevisionKind
from annotations.reading.agreement import NO_GRID, ONE_SIDED, UNMARKED, compute_agreement
from annotations.reading.consensus import compute_consensus
from annotations.reading.errors import ReadingStateError
from annotations.reading.models import Agreement, Consensus
from annotations.reading.services.cases import add_cases
from annotations.reading.services.projects import go_live
from annotations.reading.services.readings import return_reading
from annotations.reading.services.results import write_consensus
from annotations.reading.types import ConsensusRule, LabelDraft
from audit.models import AuditRecord
from jobs.models import Event, Job
from jobs.types import JobState
from studies.models import Volume
from tests.ai.metrics.shapes import sphere
from tests.annotations.marks import rows
from tests.annotations.reading.bodies import submit
from tests.annotations.reading.conftest import make_house, seen_study

SPACING = (2.5, 0.8, 0.8)


def labels(shift=(0, 0, 0)):
    """Return an organ (1) with a lesion (2), moved by voxels."""
    organ = sphere(20, shift=shift, spacing_mm=SPACING)
    lesion = np.zeros_like(organ)
    small = sphere(8, shift=shift, spacing_mm=SPACING)
    start = [(a - b) // 2 for a, b in zip(organ.shape, small.shape, strict=True)]
    lesion[tuple(slice(at, at + size) for at, size in zip(start, small.shape, strict=True))] = small
    return np.where(lesion, 2, organ).astype(np.uint8)


@pytest.fixture
def ball_house(db):
    """Return a function making a house whose cases fit the spheres."""
    shape = labels().shape

    def make(readers=("ann", "ben"), **fields):
        series = {"frames": shape[0], "rows": shape[1], "columns": shape[2], "spacing_mm": SPACING}
        return make_house("north", readers=readers, series=series, readers_per_case=len(readers), **fields)

    return make


def volume_of(house):
    return Volume.objects.get(series__cases=house.cases[0])


def read(house, reader, marks):
    submit(house.reading(reader), volume_delta(labels=marks, volume=volume_of(house)))


def by_value(result, pair=0):
    return {row["value"]: row for row in result["pairs"][pair]["per_label"]}


def test_from_the_last_submission_to_agreement_and_consensus(api, ball_house, run_jobs):
    house = ball_house()
    read(house, "ann", labels())
    assert not Job.objects.exists()
    read(house, "ben", labels(shift=(0, 0, 2)))
    assert {job.kind for job in Job.objects.all()} == {"reading.agreement", "reading.consensus"}
    assert run_jobs() == 2

    result = Agreement.objects.get().result
    assert [label["name"] for label in result["labels"]] == ["organ", "lesion"]
    organ = by_value(result)[1]
    a, b = labels() == 1, labels(shift=(0, 0, 2)) == 1
    assert organ["dice"] == pytest.approx(2 * (a & b).sum() / (a.sum() + b.sum()))
    assert organ["volume_a_ml"] == pytest.approx(a.sum() * 2.5 * 0.8 * 0.8 / 1000)
    assert organ["volume_difference_ml"] == pytest.approx(0)
    lesion = by_value(result)[2]
    assert lesion["volume_a_ml"] == pytest.approx(4 / 3 * np.pi * 8**3 / 1000, rel=0.05)
    assert lesion["hd95_mm"] == pytest.approx(1.6, abs=1e-6)
    assert 0 < lesion["assd_mm"] < 1.6
    assert result["mean_dice"] == pytest.approx((organ["dice"] + lesion["dice"]) / 2)

    consensus = Consensus.objects.get()
    assert (consensus.rule, consensus.mark_set.origin, consensus.mark_set.locked) == (
        "majority",
        Origin.CONSENSUS,
        True,
    )
    found = label_volume(mark_set=consensus.mark_set, volume=volume_of(house))
    np.testing.assert_array_equal(found, np.where(labels() == labels(shift=(0, 0, 2)), labels(), 0))
    assert consensus.inputs == [[str(house.reading(name).pk), 1] for name in ("ann", "ben")]
    assert consensus.detail["disputed_voxels"] == (labels() != labels(shift=(0, 0, 2))).sum()
    step = consensus.mark_set.revisions.get()
    assert (step.kind, step.tool, step.author) == (RevisionKind.CONSENSUS, "majority", None)
    assert set(
        AuditRecord.objects.filter(actor_id=None, subject=f"case:{house.cases[0].pk}").values_list("action", flat=True)
    ) >= {"case.agreement", "case.consensus"}
    told = Event.objects.filter(kind="case.changed", subject=f"case:{house.cases[0].pk}")
    assert told.count() == 2
    assert all(event.staff_only for event in told)

    body = api(house.manager, "get", f"cases/{house.cases[0].pk}").json()
    assert body["agreement"]["result"] == result
    frames = api(house.manager, "get", f"mark-sets/{body['consensus']['mark_set']}/frames").json()["frames"]
    assert len(frames) == int(found.any(axis=(1, 2)).sum())


def test_staple_of_three_outvotes_nobody_needlessly(api, ball_house, run_jobs):
    house = ball_house(readers=("ann", "ben", "cat"), consensus_rule=ConsensusRule.STAPLE)
    read(house, "ann", labels())
    read(house, "ben", labels())
    read(house, "cat", labels(shift=(0, 3, 0)))
    run_jobs()
    consensus = Consensus.objects.get()
    np.testing.assert_array_equal(label_volume(mark_set=consensus.mark_set, volume=volume_of(house)), labels())
    learned = consensus.detail["labels"]["1"]
    assert learned["sensitivity"][str(house.reading("ann").pk)] > learned["sensitivity"][str(house.reading("cat").pk)]
    assert len(Agreement.objects.get().result["pairs"]) == 3
    asked = api(house.manager, "post", f"cases/{house.cases[0].pk}/consensus", {"rule": "majority"})
    assert (asked.status_code, asked.json()["kind"]) == (202, "reading.consensus")
    run_jobs()
    assert Consensus.objects.order_by("-created_at").first().rule == "majority"
    assert api(house.manager, "get", f"cases/{house.cases[0].pk}").json()["consensus"]["rule"] == "majority"


def test_a_single_reader_is_their_own_consensus(ball_house, run_jobs):
    house = ball_house(readers=("ann",))
    read(house, "ann", labels())
    assert [job.kind for job in Job.objects.all()] == ["reading.consensus"]
    run_jobs()
    found = label_volume(mark_set=Consensus.objects.get().mark_set, volume=volume_of(house))
    np.testing.assert_array_equal(found, labels())


def test_nothing_marked_by_anybody(ball_house, run_jobs):
    house = ball_house()
    read(house, "ann", labels() * 0)
    read(house, "ben", labels() * 0)
    run_jobs()
    result = Agreement.objects.get().result
    assert result["mean_dice"] is None
    assert by_value(result)[1] == {
        "value": 1,
        "dice": None,
        "volume_a_ml": 0,
        "volume_b_ml": 0,
        "volume_difference_ml": 0,
        "assd_mm": None,
        "hd95_mm": None,
        "reason": UNMARKED,
    }
    assert Consensus.objects.get().mark_set.head == 1


def test_a_label_of_one_reader_alone_has_no_surface_distance(ball_house, run_jobs):
    house = ball_house()
    read(house, "ann", np.where(labels() == 2, 1, labels()))
    read(house, "ben", labels())
    run_jobs()
    lesion = by_value(Agreement.objects.get().result)[2]
    assert (lesion["dice"], lesion["volume_a_ml"], lesion["hd95_mm"], lesion["reason"]) == (0, 0, None, ONE_SIDED)
    assert lesion["volume_b_ml"] > 2


def test_frames_without_a_grid_give_overlap_alone(db, run_jobs):
    house = make_house("north", series={"spacing_mm": None})
    for reader, at in (("ann", [0, 1]), ("ben", [1, 2])):
        plane = rows.plane(1, at=at[0]) | rows.plane(1, at=at[1])
        submit(house.reading(reader), (rows.frame(house.place(), plane),))
    run_jobs()
    organ = by_value(Agreement.objects.get().result)[1]
    assert organ["dice"] == 0.5
    assert (organ["volume_a_ml"], organ["assd_mm"], organ["reason"]) == (None, None, NO_GRID)
    assert len(compute_consensus(case=house.cases[0], rule=ConsensusRule.MAJORITY).frames) == 1


def test_layers_are_kept_apart(db, run_jobs):
    """A lesion on a layer above the organ takes nothing away from the organ."""
    house = make_house("north", labels=(LabelDraft(name="organ"), LabelDraft(name="lesion", layer=1)))
    organ, lesion = rows.plane(1, at=3) | rows.plane(1, at=4), rows.plane(2, at=3)
    for reader in ("ann", "ben"):
        submit(house.reading(reader), (rows.frame(house.place(), organ), rows.frame(house.place(), lesion, layer=1)))
    run_jobs()
    found = by_value(Agreement.objects.get().result)
    assert found[1]["volume_a_ml"] == pytest.approx(2 * 2.0 / 1000)
    assert found[2]["volume_a_ml"] == pytest.approx(1 * 2.0 / 1000)
    for rule in ConsensusRule:
        consensus = compute_consensus(case=house.cases[0], rule=rule)
        drawn = {frame.key.layer: frame.data for frame in consensus.frames}
        assert drawn == {0: rows.frame(house.place(), organ).data, 1: rows.frame(house.place(), lesion).data}
        assert (consensus.detail["marked_voxels"], consensus.detail["disputed_voxels"]) == (3, 0)


def test_two_series_are_one_case(db, run_jobs):
    """Volumes add up over the series of a study, each with its own spacing."""
    house = make_house("north", cases=0, live=False)
    first = seen_study(house.manager, spacing_mm=(2.0, 1.0, 1.0))
    second = seen_study(house.manager, study=first.study, spacing_mm=(5.0, 1.0, 1.0), modality="PT")

    add_cases(actor=house.manager, project=house.project, study_uids=[first.study.study_uid])
    go_live(actor=house.manager, project=house.project)
    frames = (rows.frame(rows.places(first)[0], rows.plane(1)), rows.frame(rows.places(second)[0], rows.plane(1)))
    submit(house.reading("ann"), frames)
    submit(house.reading("ben"), frames[:1])
    run_jobs()
    organ = by_value(Agreement.objects.get().result)[1]
    assert (organ["volume_a_ml"], organ["volume_b_ml"]) == (pytest.approx(0.007), pytest.approx(0.002))
    assert organ["dice"] == pytest.approx(2 / 3)
    assert organ["reason"] == ONE_SIDED


def test_what_was_submitted_counts_not_what_was_drawn_since(ball_house, run_jobs):
    house = ball_house()
    read(house, "ann", labels())
    read(house, "ben", labels())
    inputs, _ = compute_agreement(case=house.cases[0])
    assert inputs == [[str(house.reading(name).pk), 1] for name in ("ann", "ben")]
    ann = house.reading("ann")
    return_reading(actor=house.manager, reading=ann, reason="again")
    marks = ann.mark_set
    marks.refresh_from_db()
    append_revision(
        mark_set=marks,
        base_revision=1,
        delta=Delta(frames=volume_delta(labels=labels() * 0, volume=volume_of(house), previous=labels())),
        provenance=rows.provenance(),
    )
    with pytest.raises(ReadingStateError) as caught:
        compute_agreement(case=house.cases[0])
    assert caught.value.code == "too_few_submitted"


def test_a_job_overtaken_by_a_return_writes_nothing(ball_house, run_jobs):
    house = ball_house()
    read(house, "ann", labels())
    read(house, "ben", labels())
    found = compute_consensus(case=house.cases[0], rule=ConsensusRule.MAJORITY)
    return_reading(actor=house.manager, reading=house.reading("ann"), reason="again")
    with pytest.raises(ReadingStateError) as caught:
        write_consensus(
            case=house.cases[0],
            job_id=None,
            rule=ConsensusRule.MAJORITY,
            label_set=found.label_set,
            inputs=found.inputs,
            frames=found.frames,
            detail=found.detail,
        )
    assert caught.value.code == "superseded"
    run_jobs()
    assert not Consensus.objects.exists()
    assert not Agreement.objects.exists()
    assert set(Job.objects.values_list("state", "error_code")) == {(JobState.FAILED, "superseded")}
    read(house, "ann", labels())
    run_jobs()
    assert Consensus.objects.get().inputs == [[str(house.reading("ann").pk), 2], [str(house.reading("ben").pk), 1]]


def test_results_need_submitted_readings(api, house):
    case = house.cases[0]
    for door in ("agreement", "consensus"):
        answer = api(house.manager, "post", f"cases/{case.pk}/{door}", {})
        assert (answer.status_code, answer.json()["error"]["code"]) == (409, "too_few_submitted")
    assert api(house.manager, "post", f"cases/{case.pk}/consensus", {"rule": "oracle"}).status_code == 400
