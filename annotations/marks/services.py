"""Writing marks. Append-only: nothing here changes or deletes what was written.

Who may write is settled by the callers, who know whose marks these are (a reading, a draft, a consensus); each also
writes the audit record and the event that its action deserves.
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.models import Team, User
from annotations.marks.errors import LockedError, StaleBaseError, UnknownLabelError
from annotations.marks.models import AnswerState, FrameMask, Label, LabelSet, MarkSet, MeasurementState, Revision
from annotations.marks.selectors import (
    answers_of,
    changed_frames,
    changed_small,
    frames_of,
    label_values,
    measurements_of,
)
from annotations.marks.types import CheckedDelta, Delta, FrameKey, FrameLabels, Origin, Provenance
from annotations.marks.validation import check_delta
from common.errors import NotFoundError


def create_label_set(*, name: str, labels: Sequence[dict[str, Any]]) -> LabelSet:
    """Write a label set; `labels` are the fields of `Label` (value, name, colour, codes)."""
    with transaction.atomic():
        label_set = LabelSet.objects.create(name=name)
        Label.objects.bulk_create([Label(label_set=label_set, **fields) for fields in labels])
    return label_set


def create_mark_set(*, label_set: LabelSet, team: Team, origin: Origin, author: User | None = None) -> MarkSet:
    """Write an empty mark set."""
    return MarkSet.objects.create(label_set=label_set, team=team, origin=origin, author=author)


def append_revision(
    *,
    mark_set: MarkSet,
    base_revision: int,
    delta: Delta | CheckedDelta,
    provenance: Provenance,
    within: Collection[UUID] | None = None,
) -> Revision:
    """Append one revision; see `append_or_repeat`."""
    return append_or_repeat(
        mark_set=mark_set, base_revision=base_revision, delta=delta, provenance=provenance, within=within
    )[0]


def append_or_repeat(
    *,
    mark_set: MarkSet,
    base_revision: int,
    delta: Delta | CheckedDelta,
    provenance: Provenance,
    within: Collection[UUID] | None = None,
) -> tuple[Revision, bool]:
    """Append one revision, or answer the one that the same `client_id` made before.

    Parameters
    ----------
    mark_set : MarkSet
        Its `head` is brought up to date in place.
    base_revision : int
        The head that the change was made on.
    delta : Delta or CheckedDelta
        Checked here unless it was checked before (outside the caller's transaction, to hold the lock shortly).
    provenance : Provenance
    within : collection of UUID, optional
        Series that may be marked; see `check_delta`.

    Returns
    -------
    Revision
        The new one, or the earlier one of the same `client_id`, whatever the content is now.
    bool
        True when it is new.

    Raises
    ------
    StaleBaseError
        The head is no longer `base_revision`; `fields` hold `head` and `changed_frames`.
    LockedError
        The mark set is locked.
    InvalidError
        As of `check_delta`.

    Notes
    -----
    Locks the mark set's row until the transaction ends (SQLite: the whole database, by BEGIN IMMEDIATE).
    """
    if isinstance(delta, CheckedDelta):
        checked = delta
    elif repeated := _repeated(mark_set, provenance):
        return repeated, False
    else:
        checked = check_delta(mark_set=mark_set, delta=delta, within=within)
    with transaction.atomic():
        locked = _lock(mark_set)
        if repeated := _repeated(mark_set, provenance):
            return repeated, False
        require_base(mark_set=locked, base_revision=base_revision)
        revision = _write(locked, checked, provenance)
    mark_set.head = locked.head
    mark_set.used_values = locked.used_values
    return revision, True


def restore_revision(*, mark_set: MarkSet, number: int, base_revision: int, provenance: Provenance) -> Revision:
    """Append a revision whose state equals that at `number` (0: nothing); see `restore_or_repeat`."""
    return restore_or_repeat(mark_set=mark_set, number=number, base_revision=base_revision, provenance=provenance)[0]


def restore_or_repeat(
    *, mark_set: MarkSet, number: int, base_revision: int, provenance: Provenance
) -> tuple[Revision, bool]:
    """Append a revision whose state equals that at `number`, or answer the one that the same `client_id` made.

    Raises
    ------
    NotFoundError
        There is no revision `number` (code `unknown_revision`).
    StaleBaseError, LockedError
        As of `append_or_repeat`.
    UnknownLabelError
        That state holds a label that was removed since.
    """
    with transaction.atomic():
        locked = _lock(mark_set)
        if repeated := _repeated(mark_set, provenance):
            return repeated, False
        require_base(mark_set=locked, base_revision=base_revision)
        if not 0 <= number <= locked.head:
            raise NotFoundError(f"There is no revision {number}.", code="unknown_revision")
        checked = CheckedDelta(delta=_way_back(locked, number), values=frozenset(locked.used_values))
        revision = _write(locked, checked, provenance)
    mark_set.head = locked.head
    return revision, True


def lock_mark_set(*, mark_set: MarkSet) -> MarkSet:
    """Take no more revisions, from now on."""
    return _set_locked(mark_set, locked=True)


def unlock_mark_set(*, mark_set: MarkSet) -> MarkSet:
    """Take revisions again."""
    return _set_locked(mark_set, locked=False)


def _set_locked(mark_set: MarkSet, *, locked: bool) -> MarkSet:
    with transaction.atomic():
        row = _lock(mark_set)
        row.locked = locked
        row.save(update_fields=["locked"])
    mark_set.locked = locked
    mark_set.head = row.head
    return row


def _lock(mark_set: MarkSet) -> MarkSet:
    return MarkSet.objects.select_for_update(of=("self",)).select_related("label_set").get(pk=mark_set.pk)


def _repeated(mark_set: MarkSet, provenance: Provenance) -> Revision | None:
    return Revision.objects.filter(mark_set=mark_set, client_id=provenance.client_id).first()


def require_base(*, mark_set: MarkSet, base_revision: int) -> None:
    """Raise LockedError or StaleBaseError unless the (locked) row can take a revision made on `base_revision`."""
    if mark_set.locked:
        raise LockedError(
            "These marks were submitted and take no change. Nothing was written; a manager can send them back.",
            fields={"head": mark_set.head},
        )
    if base_revision != mark_set.head:
        changed = changed_frames(mark_set=mark_set, since=base_revision)
        measurements, answers = changed_small(mark_set=mark_set, since=base_revision)
        raise StaleBaseError(
            f"The marks have moved on from revision {base_revision} to {mark_set.head}. Nothing was written or lost.",
            fields={
                "head": mark_set.head,
                "changed_frames": [
                    {"sop_instance_uid": key.sop_instance_uid, "frame_number": key.frame_number, "layer": key.layer}
                    for key in changed
                ],
                "changed_measurements": measurements,
                "changed_answers": answers,
            },
        )


def _write(mark_set: MarkSet, checked: CheckedDelta, provenance: Provenance) -> Revision:
    """Write revision head + 1 with all its rows; the mark set's row is locked."""
    if unknown := sorted(checked.values - label_values(label_set=mark_set.label_set)):
        raise UnknownLabelError(f"A mask holds the value {unknown[0]}, which is no label.", fields={"values": unknown})
    number = mark_set.head + 1
    source = provenance.source_mark_set
    revision = Revision.objects.create(
        mark_set=mark_set,
        number=number,
        kind=provenance.kind,
        client_id=provenance.client_id,
        author=provenance.author,
        model_version=provenance.model_version,
        tool=provenance.tool,
        source_mark_set_id=source.pk if source else None,
        source_number=provenance.source_number,
        protocol_version=provenance.protocol_version,
        drawn_at=provenance.drawn_at,
    )
    _write_rows(revision, checked.delta)
    mark_set.head = number
    mark_set.used_values = sorted({*mark_set.used_values, *checked.values})
    mark_set.save(update_fields=["head", "used_values"])
    return revision


def _write_rows(revision: Revision, delta: Delta) -> None:
    step = {"revision": revision, "mark_set_id": revision.mark_set_id, "number": revision.number}
    FrameMask.objects.bulk_create(
        [
            FrameMask(
                **step,
                sop_instance_uid=frame.key.sop_instance_uid,
                frame_number=frame.key.frame_number,
                layer=frame.key.layer,
                rows=frame.rows,
                columns=frame.columns,
                data=frame.data,
            )
            for frame in delta.frames
        ],
        batch_size=200,
    )
    MeasurementState.objects.bulk_create(
        [MeasurementState(**step, key=key, data=data) for key, data in delta.measurements.items()], batch_size=200
    )
    AnswerState.objects.bulk_create(
        [AnswerState(**step, question=question, value=value) for question, value in delta.answers.items()],
        batch_size=200,
    )


def _way_back(mark_set: MarkSet, number: int) -> Delta:
    """Return the delta that makes the head's state equal to that at `number`."""
    changed = frames_of(mark_set=mark_set, since=number)
    before: dict[FrameKey, FrameLabels] = {
        frame.key: frame
        for frame in frames_of(
            mark_set=mark_set, at=number, sop_instance_uids={frame.key.sop_instance_uid for frame in changed}
        )
    }
    frames = tuple(
        before.get(frame.key, FrameLabels(key=frame.key, rows=frame.rows, columns=frame.columns, data=b""))
        for frame in changed
    )
    measured, measured_before = measurements_of(mark_set=mark_set), measurements_of(mark_set=mark_set, at=number)
    answered, answered_before = answers_of(mark_set=mark_set), answers_of(mark_set=mark_set, at=number)
    return Delta(
        frames=frames,
        measurements={
            key: measured_before.get(key)
            for key in measured.keys() | measured_before.keys()
            if measured.get(key) != measured_before.get(key)
        },
        answers={
            question: answered_before.get(question)
            for question in answered.keys() | answered_before.keys()
            if answered.get(question) != answered_before.get(question)
        },
    )
