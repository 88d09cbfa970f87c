"""Readings and worklists."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import Case as When_
from django.db.models import IntegerField, Prefetch, QuerySet, Value, When

from accounts.models import User
from annotations.marks.models import MarkSet
from annotations.reading import policies
from annotations.reading.models import Case, Protocol, Reading
from annotations.reading.selectors.projects import current_protocol
from annotations.reading.types import ReadingState
from common.errors import NotFoundError
from studies.models import Series, Volume


@dataclass(frozen=True, slots=True)
class WorklistRow:
    """One reading to do, or done, as its reader sees it."""

    reading: Reading
    modality: str
    study_description: str
    frame_count: int


@dataclass(frozen=True, slots=True)
class ReadingDetail:
    """Everything a reading room needs to begin."""

    reading: Reading
    protocol: Protocol
    series: list[Series]
    priors: list["Prior"]
    may_edit: bool


@dataclass(frozen=True, slots=True)
class Prior:
    """A series of an earlier study of the same patient. Days, not dates: the reader need not know the calendar.

    `own_reading` is the actor's own reading of it, when there are marks in it: what they may copy from.
    """

    series: Series
    days_before: int
    own_reading: UUID | None = None


def reading_for(*, actor: User, reading_id: UUID | str) -> Reading:
    """Return a reading whose marks the actor may see, or raise NotFoundError."""
    reading = _with_parts(policies.visible_readings(actor=actor)).filter(pk=reading_id).first()
    if reading is None:
        raise NotFoundError("There is no such reading.", code="reading_not_found")
    return reading


def own_reading_for(*, actor: User, reading_id: UUID | str) -> Reading:
    """Return one of the actor's own readings in a live project, or raise NotFoundError."""
    reading = _with_parts(policies.own_readings(actor=actor)).filter(pk=reading_id).first()
    if reading is None:
        raise NotFoundError("There is no such reading of yours.", code="reading_not_found")
    return reading


def _with_parts(readings: QuerySet[Reading]) -> QuerySet[Reading]:
    return readings.select_related("case__project__team", "mark_set__label_set", "reader")


def reading_detail(*, actor: User, reading_id: UUID | str) -> ReadingDetail:
    """Return a visible reading with the protocol, the series and their volumes."""
    reading = reading_for(actor=actor, reading_id=reading_id)
    protocol = current_protocol(project=reading.case.project)
    if protocol is None:
        raise NotFoundError("This project has no protocol.", code="no_protocol")
    return ReadingDetail(
        reading=reading,
        protocol=protocol,
        series=(series := series_of(case=reading.case)),
        priors=_with_own(priors_of(case=reading.case, series=series), actor, reading),
        may_edit=policies.can_edit(actor=actor, reading=reading),
    )


def series_of(*, case: Case) -> list[Series]:
    """Return the series of a case with studies and volumes, in the order of their numbers."""
    return list(
        case.series.select_related("study")
        .prefetch_related(Prefetch("volumes", queryset=Volume.objects.order_by("index")))
        .order_by("number", "series_uid")
    )


def priors_of(*, case: Case, series: Sequence[Series]) -> list[Prior]:
    """Return the series of the patient's earlier studies in the same project, the latest study first.

    The project's people see the series of all its cases, so nothing is shown that was not theirs to see. A study
    without a date is neither earlier nor later than another.
    """
    begin = min((day for row in series if (day := _day(row.study.study_date))), default=None)
    if begin is None:
        return []
    others = Case.objects.filter(project=case.project_id, patient_key=case.patient_key).exclude(pk=case.pk)
    rows = (
        Series.objects.filter(cases__in=others)
        .exclude(pk__in=[row.pk for row in series])
        .select_related("study")
        .prefetch_related(Prefetch("volumes", queryset=Volume.objects.order_by("index")))
        .order_by("-study__study_date", "number", "series_uid")
        .distinct()
    )
    days = [(row, _day(row.study.study_date)) for row in rows]
    return [Prior(series=row, days_before=(begin - day).days) for row, day in days if day and day < begin]


def _with_own(priors: Sequence[Prior], actor: User, reading: Reading) -> list[Prior]:
    """Return the priors with the actor's own marked readings of them under the same labels."""
    rows = (
        policies.own_readings(actor=actor)
        .filter(case__series__in=[prior.series.pk for prior in priors], mark_set__head__gt=0)
        .filter(mark_set__label_set=reading.mark_set.label_set_id)
        .exclude(pk=reading.pk)
        .values_list("case__series", "pk")
    )
    own = dict(rows)
    return [replace(prior, own_reading=own.get(prior.series.pk)) for prior in priors]


def _day(text: str) -> date | None:
    """Return the day of a DICOM date, or None where it is empty or wrong."""
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007  # a day has no time zone
    except ValueError:
        return None


def series_ids_of(*, case: Case) -> frozenset[UUID]:
    """Return the ids of the series of a case: what may be marked."""
    return frozenset(case.series.values_list("pk", flat=True))


def mark_set_for(*, actor: User, mark_set_id: UUID | str) -> MarkSet:
    """Return a mark set of a reading or consensus that the actor may see, or raise NotFoundError."""
    mark_set = policies.visible_mark_sets(actor=actor).filter(pk=mark_set_id).first()
    if mark_set is None:
        raise NotFoundError("There are no such marks.", code="mark_set_not_found")
    return mark_set


def worklist_of(*, actor: User, project_id: UUID | str | None = None) -> list[WorklistRow]:
    """Return the actor's own readings in live projects, in the order in which they should be done."""
    readings = in_order(policies.own_readings(actor=actor))
    if project_id is not None:
        readings = readings.filter(case__project__pk=project_id)
    rows = readings.select_related("case__project").prefetch_related(
        Prefetch("case__series", queryset=Series.objects.select_related("study").order_by("number", "series_uid"))
    )
    return [_row(reading) for reading in rows]


def next_reading_of(*, actor: User, project_id: UUID | str | None = None) -> Reading:
    """Return what to read next: sent back first, then begun, then new, each by case number.

    Raises
    ------
    NotFoundError
        Nothing is left (code `worklist_empty`).
    """
    readings = in_order(policies.own_readings(actor=actor)).exclude(state=ReadingState.SUBMITTED)
    if project_id is not None:
        readings = readings.filter(case__project__pk=project_id)
    reading = readings.first()
    if reading is None:
        raise NotFoundError("Nothing is left on your worklist.", code="worklist_empty")
    return reading


def in_order(readings: QuerySet[Reading]) -> QuerySet[Reading]:
    """Return readings in working order: sent back, begun, new, submitted; then by project and case number."""
    order = [ReadingState.RETURNED, ReadingState.OPEN, ReadingState.ASSIGNED, ReadingState.SUBMITTED]
    rank = When_(
        *(When(state=state, then=Value(place)) for place, state in enumerate(order)), output_field=IntegerField()
    )
    return readings.annotate(rank=rank).order_by("rank", "case__project__name", "case__number", "pk")


def _row(reading: Reading) -> WorklistRow:
    series = list(reading.case.series.all())
    return WorklistRow(
        reading=reading,
        modality=modality_of(series),
        study_description=description_of(series),
        frame_count=sum(row.frame_count for row in series),
    )


def modality_of(series: Sequence[Series]) -> str:
    """Return the modalities of series as text, such as "CT" or "CT/PT"."""
    return "/".join(sorted({row.modality for row in series if row.modality}))


def description_of(series: Sequence[Series]) -> str:
    """Return the description of the first series' study, or that of the series where the study has none."""
    for row in series:
        if text := row.study.description or row.description:
            return text
    return ""
