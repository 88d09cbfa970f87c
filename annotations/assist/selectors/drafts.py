"""Drafts, and what became of them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, Q

from accounts.models import User
from annotations.assist import policies
from annotations.assist.masks import by_key, still_the_draft
from annotations.assist.models import Draft, DraftDecision
from annotations.assist.types import DraftAction, DraftOutcome
from annotations.marks.models import Label
from annotations.marks.selectors import frames_of
from annotations.marks.types import FrameLabels
from annotations.reading.models import Case, Project, Reading
from annotations.reading.policies import blinded_cases, own_readings
from annotations.reading.types import ReadingState
from common.errors import DeniedError, NotFoundError


@dataclass(frozen=True, slots=True)
class DraftInReading:
    """A draft as one reading shows it; `labels` are those that its model can draw."""

    draft: Draft
    reading: Reading
    decision: DraftDecision | None
    outcome: DraftOutcome
    labels: list[Label]


@dataclass(frozen=True, slots=True)
class DraftOfCase:
    """A draft (perhaps still in the making) with its outcome in every reading of its case."""

    draft: Draft
    readings: list[DraftInReading]


@dataclass(frozen=True, slots=True)
class CaseDrafts:
    """The newest draft of each model version on one case."""

    case: Case
    drafts: list[DraftOfCase]


def project_for(*, actor: User, project_id: UUID) -> Project:
    """Return a project that `actor` staffs as manager or engineer.

    Raises
    ------
    NotFoundError
        There is none, or the actor has no role in it.
    DeniedError
        The actor is there in another role.
    """
    project = Project.objects.select_related("team").filter(pk=project_id).first()
    if project is None or not policies.can_see_project(user=actor, project=project):
        raise NotFoundError("There is no such project.")
    if not policies.is_staff_of(user=actor, team=project.team):
        raise DeniedError("This is for managers and engineers of the project.")
    return project


def reading_for(*, actor: User, reading_id: UUID) -> Reading:
    """Return a reading: one's own, or, for managers and engineers of its project, any that blinding does not hide.

    Raises
    ------
    NotFoundError
        There is none, or not for this actor.
    """
    rows = Reading.objects.select_related("case__project__team", "mark_set__label_set", "reader")
    own = rows.filter(pk__in=own_readings(actor=actor).values("pk"), pk=reading_id).first()
    if own is not None:
        return own
    row = rows.exclude(case__in=blinded_cases(actor=actor).values("pk")).filter(pk=reading_id).first()
    if row is None or not policies.is_staff_of(user=actor, team=row.case.project.team):
        raise NotFoundError("There is no such reading.")
    return row


def shows_drafts(project: Project) -> bool:
    """Say whether the newest protocol lets readers see drafts (off: the no-AI control arm)."""
    protocol = project.protocols.first()
    return protocol is not None and protocol.ai_drafts


def drafts_in_reading(*, actor: User, reading_id: UUID) -> list[DraftInReading]:
    """Return the finished drafts (see `_kept`) for a reading, newest first.

    Empty when the protocol shows no drafts.

    Raises
    ------
    NotFoundError
        As of `reading_for`.
    """
    reading = reading_for(actor=actor, reading_id=reading_id)
    return [_in_reading(draft, reading) for draft in _shown(reading)]


def draft_for_reading(*, actor: User, reading: Reading, draft_id: UUID) -> Draft:
    """Return a finished draft that the actor's own reading shows.

    Raises
    ------
    NotFoundError
        The reading shows no such draft.
    """
    if reading.reader_id == actor.pk:
        for draft in _shown(reading):
            if draft.pk == draft_id:
                return draft
    raise NotFoundError("There is no such draft.")


def frames_of_draft(*, actor: User, draft_id: UUID) -> tuple[int, list[FrameLabels]]:
    """Return the head and frames of a finished draft, for readers of its case and for the project's staff.

    Raises
    ------
    NotFoundError
        There is none, or not for this actor.
    """
    draft = (
        Draft.objects.select_related("case__project__team", "mark_set")
        .filter(pk=draft_id, mark_set__isnull=False)
        .first()
    )
    if draft is None or draft.mark_set is None or not _may_see(actor, draft):
        raise NotFoundError("There is no such draft.")
    return draft.mark_set.head, frames_of(mark_set=draft.mark_set)


def drafts_of_project(*, actor: User, project_id: UUID) -> list[CaseDrafts]:
    """Return, per case, the drafts (see `_kept`) with their outcome in every reading that blinding does not hide.

    Raises
    ------
    NotFoundError, DeniedError
        As of `project_for`.
    """
    project = project_for(actor=actor, project_id=project_id)
    hidden = blinded_cases(actor=actor).values("pk")
    readings = Reading.objects.exclude(~Q(reader=actor), case__in=hidden).select_related("mark_set", "reader")
    cases = project.cases.prefetch_related(
        Prefetch("readings", queryset=readings.prefetch_related("mark_set__label_set__labels"))
    )
    drafts = Draft.objects.filter(case__project=project).select_related("model_version__model", "mark_set", "job")
    by_case: dict[UUID, list[Draft]] = {}
    for draft in drafts.prefetch_related("decisions"):
        by_case.setdefault(draft.case_id, []).append(draft)
    return [
        CaseDrafts(
            case=case,
            drafts=[
                DraftOfCase(draft=draft, readings=[_in_reading(draft, reading) for reading in case.readings.all()])
                for draft in _kept(by_case[case.pk], readings={reading.pk for reading in case.readings.all()})
            ],
        )
        for case in cases
        if case.pk in by_case
    ]


def values_of(draft: Draft) -> frozenset[int]:
    """Return the project label values that the draft's model can draw."""
    return frozenset(int(value) for value in draft.label_map.values())


def outcome_of(*, draft: Draft, reading: Reading, decision: DraftDecision | None) -> DraftOutcome:
    """Say what became of a draft in a reading, by the marks themselves (as submitted, else as they are now).

    Only frames that changed after the draft was taken need a look: at that moment the two were equal.
    """
    if decision is None or draft.mark_set is None:
        return DraftOutcome.PENDING
    if decision.action == DraftAction.REJECT or decision.revision_number is None:
        return DraftOutcome.REJECTED
    at = reading.submitted_number if reading.state == ReadingState.SUBMITTED else None
    changed = frames_of(mark_set=reading.mark_set, at=at, since=decision.revision_number)
    if not changed:
        return DraftOutcome.ACCEPTED
    proposed = by_key(frames_of(mark_set=draft.mark_set, sop_instance_uids={f.key.sop_instance_uid for f in changed}))
    same = still_the_draft(changed=changed, draft=proposed, values=values_of(draft))
    return DraftOutcome.ACCEPTED if same else DraftOutcome.EDITED


def _may_see(actor: User, draft: Draft) -> bool:
    if policies.is_staff_of(user=actor, team=draft.case.project.team):
        return True
    return shows_drafts(draft.case.project) and own_readings(actor=actor).filter(case=draft.case_id).exists()


def _shown(reading: Reading) -> list[Draft]:
    if not shows_drafts(reading.case.project):
        return []
    drafts = Draft.objects.filter(case=reading.case_id, mark_set__isnull=False).select_related(
        "model_version__model", "mark_set"
    )
    return _kept(drafts.prefetch_related("decisions"), readings={reading.pk})


def _kept(drafts: Iterable[Draft], *, readings: Collection[UUID]) -> list[Draft]:
    """Return the newest draft of each model version, and older ones that one of `readings` has decided on."""
    seen: set[UUID] = set()
    kept = []
    for draft in drafts:  # newest first
        decided = any(decision.reading_id in readings for decision in draft.decisions.all())
        if decided or draft.model_version_id not in seen:
            kept.append(draft)
        seen.add(draft.model_version_id)
    return kept


def _in_reading(draft: Draft, reading: Reading) -> DraftInReading:
    decision = next((row for row in draft.decisions.all() if row.reading_id == reading.pk), None)
    values = values_of(draft)
    return DraftInReading(
        draft=draft,
        reading=reading,
        decision=decision,
        outcome=outcome_of(draft=draft, reading=reading, decision=decision),
        labels=[label for label in reading.mark_set.label_set.labels.all() if label.value in values],
    )
