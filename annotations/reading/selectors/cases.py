"""Cases as those who oversee a project see them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from accounts.models import User
from annotations.marks.models import AnswerState
from annotations.marks.selectors import answers_of
from annotations.reading import policies
from annotations.reading.answers import NOT_READABLE
from annotations.reading.models import Agreement, Case, Consensus, Project, Reading
from annotations.reading.selectors.projects import overseen_project_for
from annotations.reading.selectors.readings import description_of, modality_of
from annotations.reading.types import CaseState, ReadingState
from common.errors import NotFoundError
from studies.models import Series


@dataclass(frozen=True, slots=True)
class CaseOverview:
    """A case with its readings and newest results.

    `agreement` and `consensus` are None as well while the actor's own reading of the case keeps them hidden, and
    `not_readable` (by reading) holds what the actor may see.
    """

    case: Case
    state: CaseState
    series: list[Series]
    modality: str
    study_description: str
    readings: list[Reading]
    agreement: Agreement | None
    consensus: Consensus | None
    not_readable: dict[UUID, dict[str, str]]


def case_state(*, readings: Sequence[Reading]) -> CaseState:
    """Return how far a case is, from its readings."""
    if readings and all(reading.state == ReadingState.SUBMITTED for reading in readings):
        return CaseState.COMPLETE
    if any(reading.state != ReadingState.ASSIGNED for reading in readings):
        return CaseState.READING
    return CaseState.WAITING


def cases_of(*, actor: User, project_id: UUID | str) -> list[CaseOverview]:
    """Return the cases of a project by number, for those who oversee it."""
    project = overseen_project_for(actor=actor, project_id=project_id)
    return _overviews(actor, Case.objects.filter(project=project))


def case_for(*, actor: User, case_id: UUID | str) -> Case:
    """Return a case the actor oversees, or raise NotFoundError."""
    case = policies.visible_cases(actor=actor).select_related("project__team").filter(pk=case_id).first()
    if case is None:
        raise NotFoundError("There is no such case.", code="case_not_found")
    return case


def case_overview(*, actor: User, case_id: UUID | str) -> CaseOverview:
    """Return one case with readings and newest results, for those who oversee its project."""
    case = case_for(actor=actor, case_id=case_id)
    return _overviews(actor, Case.objects.filter(pk=case.pk))[0]


def case_overviews(*, actor: User, project: Project, case_ids: Sequence[UUID]) -> list[CaseOverview]:
    """Return some cases of a project the actor is known to oversee."""
    return _overviews(actor, Case.objects.filter(project=project, pk__in=case_ids))


def submitted_readings(*, case: Case) -> list[Reading]:
    """Return the submitted readings of a case in a stable order (by reader's user name)."""
    return list(
        case.readings.filter(state=ReadingState.SUBMITTED)
        .select_related("mark_set__label_set", "reader")
        .order_by("reader__username")
    )


def inputs_of(readings: Sequence[Reading]) -> list[list[Any]]:
    """Return [[reading id, submitted revision], …]: what a result is made of."""
    return [[str(reading.pk), reading.submitted_number] for reading in readings]


def submitted_answers(*, reading: Reading) -> dict[str, Any]:
    """Return the answers, comment and findings of a reading as they were submitted."""
    return answers_of(mark_set=reading.mark_set, at=reading.submitted_number)


def not_readable_readings(*, readings: Sequence[Reading]) -> dict[UUID, dict[str, str]]:
    """Return reading id → {"reason", "text"} of those submitted readings whose reader could not read the case."""
    submitted = {reading.mark_set_id: reading for reading in readings if reading.state == ReadingState.SUBMITTED}
    rows = AnswerState.objects.filter(mark_set__in=submitted, question=NOT_READABLE).order_by("number")
    found: dict[UUID, dict[str, str] | None] = {}
    for mark_set, number, value in rows.values_list("mark_set", "number", "value"):
        reading = submitted[mark_set]
        if number <= (reading.submitted_number or 0):
            found[reading.pk] = value
    return {pk: value for pk, value in found.items() if value}


def latest_agreement(*, case: Case) -> Agreement | None:
    """Return the newest agreement of a case, or None."""
    return case.agreements.order_by("-created_at").first()


def latest_consensus(*, case: Case) -> Consensus | None:
    """Return the newest consensus of a case, or None."""
    return case.consensuses.select_related("mark_set").order_by("-created_at").first()


def complete_cases(*, project: Project) -> list[Case]:
    """Return the cases whose readings are all submitted, by number."""
    cases = project.cases.prefetch_related("readings").order_by("number")
    return [case for case in cases if case_state(readings=list(case.readings.all())) == CaseState.COMPLETE]


def _overviews(actor: User, cases: QuerySet[Case]) -> list[CaseOverview]:
    hidden = set(policies.blinded_cases(actor=actor).filter(pk__in=cases.values("pk")).values_list("pk", flat=True))
    rows = cases.order_by("number").prefetch_related(
        Prefetch("series", queryset=Series.objects.select_related("study").order_by("number", "series_uid")),
        Prefetch("readings", queryset=Reading.objects.select_related("reader").order_by("reader__username")),
        Prefetch("agreements", queryset=Agreement.objects.order_by("-created_at")),
        Prefetch("consensuses", queryset=Consensus.objects.order_by("-created_at")),
    )
    seen = policies.visible_readings(actor=actor).filter(case__in=cases.values("pk"))
    unreadable = not_readable_readings(readings=list(seen))
    return [_overview(case, unreadable, hidden=case.pk in hidden) for case in rows]


def _overview(case: Case, unreadable: dict[UUID, dict[str, str]], *, hidden: bool) -> CaseOverview:
    series, readings = list(case.series.all()), list(case.readings.all())
    return CaseOverview(
        case=case,
        state=case_state(readings=readings),
        series=series,
        modality=modality_of(series),
        study_description=description_of(series),
        readings=readings,
        agreement=None if hidden else next(iter(case.agreements.all()), None),
        consensus=None if hidden else next(iter(case.consensuses.all()), None),
        not_readable={row.pk: unreadable[row.pk] for row in readings if row.pk in unreadable},
    )
