"""Projects, their protocols and people."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from accounts.models import Membership, User
from accounts.policies import roles_of
from accounts.types import Role
from annotations.marks.models import LabelSet
from annotations.reading import policies
from annotations.reading.models import Case, Project, Protocol, Reading
from annotations.reading.types import ProjectState, ReadingState
from common.errors import DeniedError, NotFoundError
from studies.deident.selectors import demand_of


@dataclass(frozen=True, slots=True)
class ProjectCounts:
    """How much there is, as far as the actor may know: a mere reader counts their own readings alone."""

    cases: int
    readings: int
    submitted: int


@dataclass(frozen=True, slots=True)
class ProjectOverview:
    """A project as one actor sees it; only its managers are told which de-identification profile it demands."""

    project: Project
    roles: list[Role]
    protocol: Protocol | None
    counts: ProjectCounts
    deidentification_profile: UUID | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """A person of a project with all their roles in it."""

    user: User
    roles: list[Role]


@dataclass(frozen=True, slots=True)
class ReaderProgress:
    """How far one reader is; `median_minutes` from opening to submission, None before the first submission."""

    reader: User
    assigned: int
    submitted: int
    median_minutes: float | None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a project is."""

    cases: int
    readings_by_state: dict[str, int]
    per_reader: list[ReaderProgress]


def projects_for(*, actor: User) -> QuerySet[Project]:
    """Return the projects an actor knows of, by name."""
    return policies.visible_projects(actor=actor).select_related("team").order_by("name", "created_at")


def project_for(*, actor: User, project_id: UUID | str) -> Project:
    """Return one project, or raise NotFoundError when it does not exist for the actor."""
    project = projects_for(actor=actor).filter(pk=project_id).first()
    if project is None:
        raise NotFoundError("There is no such project.", code="project_not_found")
    return project


def managed_project_for(*, actor: User, project_id: UUID | str) -> Project:
    """Return a project that the actor manages; NotFoundError when invisible, DeniedError when only visible."""
    project = project_for(actor=actor, project_id=project_id)
    policies.require_manager(actor=actor, project=project)
    return project


def overseen_project_for(*, actor: User, project_id: UUID | str) -> Project:
    """Return a project whose cases the actor may oversee; NotFoundError or DeniedError otherwise."""
    project = project_for(actor=actor, project_id=project_id)
    if not policies.can_oversee(actor=actor, project=project):
        raise DeniedError("Only managers, adjudicators and AI engineers of this project may see this.")
    return project


def current_protocol(*, project: Project) -> Protocol | None:
    """Return the newest protocol version, or None while there is none."""
    return (
        project.protocols.select_related("label_set").prefetch_related("label_set__labels").order_by("-version").first()
    )


def protocol_form(*, project_id: UUID) -> tuple[int, dict[str, Any]]:
    """Return version and form of the newest protocol, or raise NotFoundError."""
    newest = Protocol.objects.filter(project=project_id).order_by("-version").values_list("version", "form").first()
    if newest is None:
        raise NotFoundError("This project has no protocol yet.", code="no_protocol")
    return newest


def protocol_forms(*, project_id: UUID) -> tuple[int, list[dict[str, Any]]]:
    """Return the newest version and the forms of all versions, newest first, or raise NotFoundError."""
    found = list(Protocol.objects.filter(project=project_id).order_by("-version").values_list("version", "form"))
    if not found:
        raise NotFoundError("This project has no protocol yet.", code="no_protocol")
    return found[0][0], [form for _, form in found]


def protocol_for(*, actor: User, project_id: UUID | str) -> Protocol:
    """Return the newest protocol of a visible project, or raise NotFoundError."""
    protocol = current_protocol(project=project_for(actor=actor, project_id=project_id))
    if protocol is None:
        raise NotFoundError("This project has no protocol yet.", code="no_protocol")
    return protocol


def label_set_of(*, project: Project) -> LabelSet | None:
    """Return the label set of the newest protocol, or None."""
    protocol = current_protocol(project=project)
    return protocol.label_set if protocol else None


def overviews(*, actor: User, projects: Iterable[Project]) -> list[ProjectOverview]:
    """Return projects with the actor's roles, the newest protocol and counts."""
    return [overview(actor=actor, project=project) for project in projects]


def overview(*, actor: User, project: Project) -> ProjectOverview:
    """Return one project as the actor sees it."""
    roles = sorted(roles_of(user=actor, team=project.team))
    demand = demand_of(project.team) if Role.MANAGER in roles else None
    return ProjectOverview(
        project=project,
        roles=roles,
        protocol=current_protocol(project=project),
        counts=_counts(actor, project),
        deidentification_profile=demand.profile_id if demand else None,
    )


def _counts(actor: User, project: Project) -> ProjectCounts:
    readings = Reading.objects.filter(case__project=project)
    if not policies.can_see_members(actor=actor, project=project):
        readings = policies.own_readings(actor=actor).filter(case__project=project)
        cases = readings.count()
    else:
        cases = Case.objects.filter(project=project).count()
    found = readings.aggregate(all=Count("pk"), submitted=Count("pk", filter=Q(state=ReadingState.SUBMITTED)))
    return ProjectCounts(cases=cases, readings=found["all"], submitted=found["submitted"])


def members_of(*, actor: User, project_id: UUID | str) -> list[Member]:
    """Return the people of a project by name.

    Raises
    ------
    DeniedError
        For a mere reader: who else reads is not theirs to know.
    """
    project = project_for(actor=actor, project_id=project_id)
    if not policies.can_see_members(actor=actor, project=project):
        raise DeniedError("Readers do not see who else takes part.")
    roles: dict[User, list[Role]] = defaultdict(list)
    for row in Membership.objects.filter(team=project.team).select_related("user").order_by("user__username", "role"):
        roles[row.user].append(Role(row.role))
    return [Member(user=user, roles=found) for user, found in roles.items()]


def readers_of(*, project: Project) -> list[User]:
    """Return the active readers of a project, by user name."""
    return list(
        User.objects.filter(memberships__team=project.team, memberships__role=Role.READER, is_active=True)
        .order_by("username")
        .distinct()
    )


def progress_of(*, actor: User, project_id: UUID | str) -> Progress:
    """Return how far a project is, for those who oversee it."""
    project = overseen_project_for(actor=actor, project_id=project_id)
    readings = list(Reading.objects.filter(case__project=project).select_related("reader"))
    by_reader: dict[User, list[Reading]] = {reader: [] for reader in readers_of(project=project)}
    by_state = dict.fromkeys(ReadingState.values, 0)
    for reading in readings:
        by_state[reading.state] += 1
        by_reader.setdefault(reading.reader, []).append(reading)
    return Progress(
        cases=Case.objects.filter(project=project).count(),
        readings_by_state=by_state,
        per_reader=[
            ReaderProgress(
                reader=reader,
                assigned=len(own),
                submitted=sum(reading.state == ReadingState.SUBMITTED for reading in own),
                median_minutes=_median_minutes(own),
            )
            for reader, own in by_reader.items()
        ],
    )


def _median_minutes(readings: Iterable[Reading]) -> float | None:
    minutes = [
        (reading.submitted_at - reading.opened_at).total_seconds() / 60
        for reading in readings
        if reading.submitted_at is not None and reading.opened_at is not None
    ]
    return round(median(minutes), 2) if minutes else None


def live_projects(*, actor: User) -> QuerySet[Project]:
    """Return the live projects an actor knows of."""
    return projects_for(actor=actor).filter(state=ProjectState.LIVE)
