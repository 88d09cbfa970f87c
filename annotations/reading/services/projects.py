"""Projects: making them, their people, going live and closing."""

from collections.abc import Collection

from django.db import transaction

from accounts.models import User
from accounts.services import create_team, set_roles
from accounts.types import Role
from annotations.reading.errors import NotReadyError, ProjectStateError
from annotations.reading.models import Project
from annotations.reading.policies import can_create_project, require_manager
from annotations.reading.selectors.projects import current_protocol, readers_of
from annotations.reading.services.assignment import assign_readings, withdraw_untouched
from annotations.reading.types import ProjectState
from audit.services import record_action
from common.errors import DeniedError
from jobs.services import emit_event
from studies.models import DeidentificationProfile, Series
from studies.services.deident_demand import require_passed, set_demand

MISSING = {
    "protocol": "a protocol with labels",
    "readers": "as many readers as a case needs",
    "cases": "a case",
}


@transaction.atomic
def create_project(*, actor: User, name: str, description: str = "") -> Project:
    """Make a project with its team; the actor becomes its manager.

    Raises
    ------
    DeniedError
        The actor neither administers nor manages any project.
    """
    if not can_create_project(actor=actor):
        raise DeniedError("Only managers and administrators may make a project.")
    team = create_team(actor=actor, name=name)
    project = Project.objects.create(name=name, description=description, team=team, created_by=actor)
    record_action(
        actor=actor, action="project.create", subject=f"project:{project.pk}", team=team, detail={"name": name}
    )
    return project


@transaction.atomic
def update_project(
    *, actor: User, project: Project, name: str | None = None, description: str | None = None
) -> Project:
    """Change name or description; None leaves it."""
    require_manager(actor=actor, project=project)
    row = lock_project(project)
    row.name = row.name if name is None else name
    row.description = row.description if description is None else description
    row.save(update_fields=["name", "description"])
    record_action(
        actor=actor,
        action="project.update",
        subject=f"project:{row.pk}",
        team=row.team,
        detail={"name": row.name, "description": row.description},
    )
    return row


@transaction.atomic
def demand_deidentification(
    *, actor: User, project: Project, profile: DeidentificationProfile | None
) -> DeidentificationProfile | None:
    """Accept only series that a de-identification profile made from now on; None demands nothing.

    Raises
    ------
    DeniedError
        The actor does not manage the project.
    NotFoundError
        The profile is another team's.
    NotDeidentifiedError
        The project's team is shown series already that the profile did not make.
    """
    require_manager(actor=actor, project=project)
    row = lock_project(project)
    set_demand(actor=actor, team=row.team, profile=profile)
    if profile is not None:  # also series that were taken away from the team, and are still in cases
        in_cases = Series.objects.filter(cases__project=row).distinct()
        require_passed(profile=profile, series=list(in_cases), shown_already=True)
    return profile


@transaction.atomic
def set_member(*, actor: User, project: Project, user: User, roles: Collection[Role]) -> None:
    """Give a person exactly these roles in the project (none: no longer a member).

    Who becomes a reader of a live project gets the readings that still lack a reader; who ceases to be one loses
    those not begun, which go to others.

    Raises
    ------
    DeniedError
        The actor does not manage the project.
    ConflictError
        The project would be left without a manager (code `last_manager`).
    """
    require_manager(actor=actor, project=project)
    row = lock_project(project)
    set_roles(actor=actor, team=row.team, user=user, roles=roles)
    if Role.READER not in roles:
        withdraw_untouched(actor=actor, project=row, reader=user)
    if row.state == ProjectState.LIVE:
        assign_readings(actor=actor, project=row)
    record_action(
        actor=actor,
        action="project.set_member",
        subject=f"project:{row.pk}",
        team=row.team,
        detail={"user": str(user.pk), "roles": sorted(roles)},
    )


@transaction.atomic
def go_live(*, actor: User, project: Project) -> Project:
    """Open the project to its readers and assign the readings. A live project stays as it is; a closed one reopens.

    Raises
    ------
    NotReadyError
        `fields["missing"]` lists what is missing: `protocol`, `readers`, `cases`.
    """
    require_manager(actor=actor, project=project)
    row = lock_project(project)
    _require_ready(row)
    if row.state != ProjectState.LIVE:
        row.state = ProjectState.LIVE
        row.save(update_fields=["state"])
        record_action(actor=actor, action="project.go_live", subject=f"project:{row.pk}", team=row.team)
        _announce(row)
    assign_readings(actor=actor, project=row)
    return row


@transaction.atomic
def close_project(*, actor: User, project: Project) -> Project:
    """Close a live project: readers no longer see it; nothing is deleted.

    Raises
    ------
    ProjectStateError
        It is not live.
    """
    require_manager(actor=actor, project=project)
    row = lock_project(project)
    if row.state != ProjectState.LIVE:
        raise ProjectStateError("Only a live project can be closed.", fields={"state": row.state})
    row.state = ProjectState.CLOSED
    row.save(update_fields=["state"])
    record_action(actor=actor, action="project.close", subject=f"project:{row.pk}", team=row.team)
    _announce(row)
    return row


def lock_project(project: Project) -> Project:
    """Return the project's row, locked until the transaction ends."""
    return Project.objects.select_for_update(of=("self",)).select_related("team").get(pk=project.pk)


def _require_ready(project: Project) -> None:
    protocol = current_protocol(project=project)
    missing = []
    if protocol is None or not protocol.label_set.labels.exists():
        missing.append("protocol")
    needed = protocol.readers_per_case if protocol else 1
    if len(readers_of(project=project)) < needed:
        missing.append("readers")
    if not project.cases.exists():
        missing.append("cases")
    if missing:
        wanted = ", ".join(MISSING[code] for code in missing)
        raise NotReadyError(
            f"The project cannot go live yet. It needs: {wanted}.",
            fields={"missing": missing, "readers_per_case": needed},
        )


def _announce(project: Project) -> None:
    emit_event(
        kind="project.changed", subject=f"project:{project.pk}", payload={"state": project.state}, team=project.team
    )
