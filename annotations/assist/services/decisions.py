"""What a reader does with a draft."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from accounts.models import User
from annotations.assist import policies
from annotations.assist.masks import take_draft
from annotations.assist.models import Draft, DraftDecision
from annotations.assist.selectors.drafts import draft_for_reading, values_of
from annotations.assist.types import DraftAction
from annotations.marks.errors import LockedError
from annotations.marks.models import MarkSet
from annotations.marks.selectors import frames_of
from annotations.marks.types import Delta, Provenance, RevisionKind
from annotations.reading.models import Reading
from annotations.reading.services.readings import Saved, append_marks
from audit.services import record_action
from common.errors import DeniedError
from jobs.services import emit_event


@dataclass(frozen=True, slots=True)
class Decided:
    """Where the reading stands after a decision; `number` is the revision that took the draft, if one did."""

    head: int
    number: int | None


def decide_draft(
    *, actor: User, reading: Reading, draft_id: UUID, action: DraftAction, base_revision: int, client_id: UUID
) -> Decided:
    """Accept a draft, take it to edit, or reject it.

    Accept and edit copy the draft into the reading as a revision of kind `take_draft` (see `annotations.assist.masks`
    for what happens to marks that are there); reject is recorded and changes no mark. The same `client_id` twice is
    one decision.

    Raises
    ------
    DeniedError
        The actor is not the reader.
    NotFoundError
        The reading shows no such draft.
    LockedError
        The reading was submitted.
    StaleBaseError
        The marks have moved on from `base_revision`; nothing was written.
    """
    if not policies.can_decide(user=actor, reading=reading):
        raise DeniedError("Only the reader decides on a draft.")
    repeated = DraftDecision.objects.filter(reading=reading, client_id=client_id).first()
    if repeated is not None:
        return Decided(head=reading.mark_set.head, number=repeated.revision_number)
    draft = draft_for_reading(actor=actor, reading=reading, draft_id=draft_id)
    with transaction.atomic():
        if action is DraftAction.REJECT:
            decided = Decided(head=_open_head(reading), number=None)
        else:
            saved = _take(actor=actor, reading=reading, draft=draft, base_revision=base_revision, client_id=client_id)
            decided = Decided(head=saved.head, number=saved.number)
        DraftDecision.objects.create(
            draft=draft, reading=reading, action=action, revision_number=decided.number, client_id=client_id
        )
        _record(actor=actor, reading=reading, draft=draft, action=action, decided=decided)
    return decided


def _open_head(reading: Reading) -> int:
    row = MarkSet.objects.select_for_update().get(pk=reading.mark_set_id)
    if row.locked:
        raise LockedError("This reading was submitted: its drafts are decided.", fields={"head": row.head})
    return row.head


def _take(*, actor: User, reading: Reading, draft: Draft, base_revision: int, client_id: UUID) -> Saved:
    assert draft.mark_set is not None  # noqa: S101 - draft_for_reading returns finished drafts alone
    frames = take_draft(
        draft=frames_of(mark_set=draft.mark_set),
        present=frames_of(mark_set=reading.mark_set, at=base_revision),
        values=values_of(draft),
    )
    return append_marks(
        actor=actor,
        reading=reading,
        base_revision=base_revision,
        delta=Delta(frames=frames),
        provenance=Provenance(
            kind=RevisionKind.TAKE_DRAFT,
            client_id=client_id,
            model_version=str(draft.model_version),
            tool="draft",
            source_mark_set=draft.mark_set,
            source_number=draft.mark_set.head,
        ),
    )


def _record(*, actor: User, reading: Reading, draft: Draft, action: DraftAction, decided: Decided) -> None:
    project = reading.case.project
    record_action(
        actor=actor,
        action=f"draft.{action.value}",
        subject=f"reading:{reading.pk}",
        team=project.team,
        detail={"draft": str(draft.pk), "model_version": str(draft.model_version), "number": decided.number},
    )
    payload = {"draft": str(draft.pk), "project": str(project.pk)}
    emit_event(
        kind="draft.decided",
        subject=f"case:{reading.case_id}",
        payload=payload | {"case": str(reading.case_id)},
        team=project.team,
        staff_only=True,
    )
    emit_event(
        kind="draft.decided",
        subject=f"reading:{reading.pk}",
        payload=payload | {"reading": str(reading.pk)},
        user=reading.reader,
    )
