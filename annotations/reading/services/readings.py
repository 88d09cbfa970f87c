"""Reading: opening, drawing, restoring, submitting, sending back."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from annotations.marks.errors import LockedError
from annotations.marks.models import MarkSet, Revision
from annotations.marks.selectors import answers_of
from annotations.marks.services import (
    append_or_repeat,
    lock_mark_set,
    require_base,
    restore_or_repeat,
    unlock_mark_set,
)
from annotations.marks.types import Delta, Provenance, RevisionKind
from annotations.marks.validation import check_delta
from annotations.reading.answers import check_answers, findings_of, key_images_of, require_answers
from annotations.reading.errors import AnswerError, ProjectStateError, ReadingStateError
from annotations.reading.models import Reading
from annotations.reading.policies import own_readings, require_manager
from annotations.reading.selectors.projects import protocol_form, protocol_forms
from annotations.reading.selectors.readings import own_reading_for, series_ids_of
from annotations.reading.services.results import enqueue_results
from annotations.reading.types import ProjectState, ReadingState
from audit.services import record_action
from common.clock import now
from common.errors import NotFoundError
from jobs.services import emit_event
from studies.models import Instance


@dataclass(frozen=True, slots=True)
class Saved:
    """What was made durable: the revision's number, the head now, and whether this call wrote it."""

    number: int
    head: int
    created: bool


@transaction.atomic
def open_reading(*, actor: User, reading: Reading) -> Reading:
    """Note that the reader has begun; a reading that is open, sent back or submitted stays as it is."""
    row = _lock(actor, reading)
    if _begin(row):
        record_action(actor=actor, action="reading.open", subject=f"reading:{row.pk}", team=row.case.project.team)
        _announce(row)
    return row


def append_marks(
    *, actor: User, reading: Reading | UUID, base_revision: int, delta: Delta, provenance: Provenance
) -> Saved:
    """Make one change of marks durable; the same `client_id` twice answers the first result.

    Parameters
    ----------
    actor : User
        The reader.
    reading : Reading or UUID
        The reading or its id.
    base_revision : int
        The head that the change was made on.
    delta : Delta
    provenance : Provenance
        Its author and protocol version are filled in here.

    Raises
    ------
    NotFoundError
        It is not the actor's own reading in a live project.
    LockedError, StaleBaseError, InvalidError
        As of `annotations.marks.services.append_or_repeat`.
    AnswerError
        An answer does not fit its question.
    """
    own = own_reading_for(actor=actor, reading_id=_id(reading))
    repeated = Revision.objects.filter(mark_set=own.mark_set, client_id=provenance.client_id).first()
    if repeated is not None:
        return Saved(number=repeated.number, head=own.mark_set.head, created=False)
    if own.mark_set.locked:  # asked again under the lock; here so that a locked reading is never called malformed
        raise LockedError("This reading was submitted and takes no change.", fields={"head": own.mark_set.head})
    version, forms = protocol_forms(project_id=own.case.project_id)
    check_answers(forms=forms, answers=delta.answers)
    within = series_ids_of(case=own.case)
    _check_places(delta.answers, within)
    checked = check_delta(mark_set=own.mark_set, delta=delta, within=within)

    def append(mark_set: MarkSet, filled: Provenance) -> tuple[Revision, bool]:
        return append_or_repeat(mark_set=mark_set, base_revision=base_revision, delta=checked, provenance=filled)

    return _save(actor, own, _filled(provenance, actor, version), append)


def _check_places(answers: Mapping[str, Any], within: Collection[UUID]) -> None:
    """Raise AnswerError unless each finding and each key image lies on a frame of the case."""
    placed = {**findings_of(answers), **key_images_of(answers)}
    places = {key: found["place"] for key, found in placed.items() if found["place"]}
    if not places:
        return
    uids = {place["sop_instance_uid"] for place in places.values()}
    known = Instance.objects.filter(series__in=within, sop_instance_uid__in=uids)
    rows = known.values_list("sop_instance_uid", "series__series_uid", "frame_count")
    frames = {(uid, series): count for uid, series, count in rows}
    for key, place in places.items():
        if not 1 <= place["frame_number"] <= frames.get((place["sop_instance_uid"], place["series_uid"]), 0):
            raise AnswerError(
                "A finding or a key image lies on a frame that is not part of this case.",
                fields={key: "There is no such frame."},
            )


def restore_marks(*, actor: User, reading: Reading | UUID, number: int, base_revision: int, client_id: UUID) -> Saved:
    """Append a revision equal to the state at `number`; raises as `append_marks`."""
    own = own_reading_for(actor=actor, reading_id=_id(reading))
    version, _ = protocol_form(project_id=own.case.project_id)
    wanted = Provenance(kind=RevisionKind.RESTORE, client_id=client_id, tool="restore", source_number=number)

    def restore(mark_set: MarkSet, filled: Provenance) -> tuple[Revision, bool]:
        return restore_or_repeat(mark_set=mark_set, number=number, base_revision=base_revision, provenance=filled)

    return _save(actor, own, _filled(wanted, actor, version), restore)


def _id(reading: Reading | UUID) -> UUID:
    return reading.pk if isinstance(reading, Reading) else reading


def _filled(provenance: Provenance, actor: User, version: int) -> Provenance:
    return replace(provenance, author=actor, protocol_version=version)


@transaction.atomic
def _save(
    actor: User,
    reading: Reading,
    provenance: Provenance,
    write: Callable[[MarkSet, Provenance], tuple[Revision, bool]],
) -> Saved:
    row = _lock(actor, reading)
    revision, created = write(row.mark_set, provenance)
    head = row.mark_set.head
    if created:
        begun = _begin(row)
        record_action(
            actor=actor,
            action="reading.mark",
            subject=f"reading:{row.pk}",
            team=row.case.project.team,
            detail={"number": revision.number, "kind": str(revision.kind), "tool": revision.tool},
        )
        _announce(row, to_managers=begun)
    return Saved(number=revision.number, head=head, created=created)


@transaction.atomic
def submit_reading(*, actor: User, reading: Reading, base_revision: int) -> Reading:
    """Submit and lock a reading; the last one of a case starts agreement and consensus.

    Submitting what is submitted already, at the same revision, changes nothing (a lost answer may be asked again).

    Raises
    ------
    StaleBaseError
        The head is not `base_revision`: something else was saved meanwhile.
    AnswersMissingError
        Required questions are not answered.
    ReadingStateError
        Submitted already, at another revision.
    """
    row = _lock(actor, reading)
    if row.state == ReadingState.SUBMITTED:
        if row.submitted_number == base_revision:
            return row
        raise ReadingStateError("This reading was submitted already.", code="already_submitted")
    mark_set = MarkSet.objects.select_for_update().get(pk=row.mark_set_id)
    require_base(mark_set=mark_set, base_revision=base_revision)
    _, form = protocol_form(project_id=row.case.project_id)
    require_answers(form=form, answers=answers_of(mark_set=mark_set))
    lock_mark_set(mark_set=mark_set)
    row.state, row.submitted_at, row.submitted_number = ReadingState.SUBMITTED, now(), mark_set.head
    row.opened_at = row.opened_at or row.submitted_at
    row.return_reason = ""
    row.save(update_fields=["state", "submitted_at", "submitted_number", "opened_at", "return_reason"])
    record_action(
        actor=actor,
        action="reading.submit",
        subject=f"reading:{row.pk}",
        team=row.case.project.team,
        detail={"number": row.submitted_number},
    )
    _announce(row, to_managers=True)
    enqueue_results(case=row.case)
    return row


@transaction.atomic
def return_reading(*, actor: User, reading: Reading, reason: str) -> Reading:
    """Send a submitted reading back to its reader, with a reason; its marks can be changed again.

    `submitted_number` stays, so that it is known what was submitted before.

    Raises
    ------
    DeniedError
        The actor does not manage the project.
    ReadingStateError
        It is not submitted.
    ProjectStateError
        The project is not live: its reader could not see it.
    """
    project = reading.case.project
    require_manager(actor=actor, project=project)
    row = _with_lock(Reading.objects.all()).get(pk=reading.pk)
    if row.case.project.state != ProjectState.LIVE:
        raise ProjectStateError("Readings can be sent back in a live project only.")
    if row.state != ReadingState.SUBMITTED:
        raise ReadingStateError("Only a submitted reading can be sent back.", fields={"state": row.state})
    unlock_mark_set(mark_set=row.mark_set)
    row.state, row.return_reason = ReadingState.RETURNED, reason
    row.save(update_fields=["state", "return_reason"])
    record_action(
        actor=actor,
        action="reading.return",
        subject=f"reading:{row.pk}",
        team=project.team,
        detail={"reason": reason, "number": row.submitted_number},
    )
    _announce(row, to_managers=True)
    return row


def _lock(actor: User, reading: Reading) -> Reading:
    """Return the actor's own reading, locked, or raise NotFoundError."""
    row = _with_lock(own_readings(actor=actor)).filter(pk=reading.pk).first()
    if row is None:
        raise NotFoundError("There is no such reading of yours.", code="reading_not_found")
    return row


def _with_lock(readings: QuerySet[Reading]) -> QuerySet[Reading]:
    return readings.select_for_update(of=("self",)).select_related(
        "case__project__team", "mark_set__label_set", "reader"
    )


def _begin(reading: Reading) -> bool:
    if reading.state != ReadingState.ASSIGNED:
        return False
    reading.state, reading.opened_at = ReadingState.OPEN, now()
    reading.save(update_fields=["state", "opened_at"])
    return True


def _announce(reading: Reading, *, to_managers: bool = True) -> None:
    """Tell the reader's other windows, and those who oversee the project; never the team at large."""
    subject = f"reading:{reading.pk}"
    project = reading.case.project
    payload = {
        "id": str(reading.pk),
        "state": str(reading.state),
        "project": str(project.pk),
        "case_number": reading.case.number,
    }
    emit_event(
        kind="reading.changed", subject=subject, payload={**payload, "head": reading.mark_set.head}, user=reading.reader
    )
    if to_managers:
        emit_event(
            kind="reading.changed",
            subject=subject,
            payload={**payload, "case": str(reading.case_id)},
            team=project.team,
            staff_only=True,
        )
