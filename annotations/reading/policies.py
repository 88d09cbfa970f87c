"""Who may see and do what with projects, cases and readings. Blinding lives here, for every door alike.

A reader sees their own readings in live projects, and nothing of anybody else's. Managers and adjudicators see
every reading of their project, with one exception: who has an own reading of a case that is not submitted yet does
not see the others' marks of that case while the project is blinded, whatever their roles.
"""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from accounts.models import Membership, Team, User
from accounts.policies import has_role, is_administrator
from accounts.types import Role
from annotations.marks.models import MarkSet
from annotations.reading.models import Case, Project, Protocol, Reading
from annotations.reading.types import ProjectState, ReadingState
from common.errors import DeniedError

STAFF = frozenset({Role.MANAGER, Role.ADJUDICATOR, Role.ENGINEER})
"""See cases and how far they are."""
OVERSEERS = frozenset({Role.MANAGER, Role.ADJUDICATOR})
"""See the marks of every reading."""
CONSENSUS_ROLES = STAFF | {Role.RESEARCHER}
"""See consensus marks."""


def _teams(actor: User, roles: Iterable[Role]) -> QuerySet[Team]:
    """Return the teams in which the actor holds any of these roles."""
    held = Membership.objects.filter(user=actor, role__in=list(roles))
    return Team.objects.filter(pk__in=held.values("team"))


def visible_projects(*, actor: User) -> QuerySet[Project]:
    """Return the projects an actor knows of: readers know live ones only."""
    if is_administrator(actor):
        return Project.objects.all()
    return Project.objects.filter(
        Q(team__in=_teams(actor, CONSENSUS_ROLES)) | Q(team__in=_teams(actor, [Role.READER]), state=ProjectState.LIVE)
    )


def visible_cases(*, actor: User) -> QuerySet[Case]:
    """Return the cases whose state an actor may oversee (manager, adjudicator, engineer)."""
    if is_administrator(actor):
        return Case.objects.all()
    return Case.objects.filter(project__team__in=_teams(actor, STAFF))


def own_readings(*, actor: User) -> QuerySet[Reading]:
    """Return the actor's own readings in live projects where they are a reader still."""
    return Reading.objects.filter(
        reader=actor, case__project__state=ProjectState.LIVE, case__project__team__in=_teams(actor, [Role.READER])
    )


def _unfinished_own(actor: User, case: str) -> Exists:
    """Return: the actor's own reading of the case named by `case` is under way."""
    return Exists(
        Reading.objects.filter(case=OuterRef(case), reader=actor, case__project__state=ProjectState.LIVE).exclude(
            state=ReadingState.SUBMITTED
        )
    )


def _is_blinded(project: str) -> Subquery:
    return Subquery(Protocol.objects.filter(project=OuterRef(project)).order_by("-version").values("blinded")[:1])


def blinded_cases(*, actor: User) -> QuerySet[Case]:
    """Return the cases whose readings by others, agreement and consensus are hidden from the actor for now."""
    return Case.objects.annotate(blinded=_is_blinded("project")).filter(_unfinished_own(actor, "pk"), blinded=True)


def visible_readings(*, actor: User) -> QuerySet[Reading]:
    """Return the readings whose marks an actor may see."""
    others = Reading.objects.exclude(reader=actor).exclude(case__in=blinded_cases(actor=actor))
    if is_administrator(actor):
        return Reading.objects.filter(Q(pk__in=others.values("pk")) | Q(reader=actor))
    overseen = others.filter(case__project__team__in=_teams(actor, OVERSEERS))
    own_submitted = own_readings(actor=actor).filter(state=ReadingState.SUBMITTED)
    peers = others.annotate(blinded=_is_blinded("case__project")).filter(
        blinded=False, state=ReadingState.SUBMITTED, case__in=own_submitted.values("case")
    )
    return Reading.objects.filter(
        Q(pk__in=own_readings(actor=actor).values("pk"))
        | Q(pk__in=overseen.values("pk"))
        | Q(pk__in=peers.values("pk"))
    )


def visible_mark_sets(*, actor: User) -> QuerySet[MarkSet]:
    """Return the mark sets of readings and consensuses that an actor may see (drafts: see assist)."""
    consensus = Case.objects.exclude(pk__in=blinded_cases(actor=actor).values("pk"))
    if not is_administrator(actor):
        consensus = consensus.filter(project__team__in=_teams(actor, CONSENSUS_ROLES))
    return MarkSet.objects.filter(
        Q(reading__in=visible_readings(actor=actor).values("pk")) | Q(consensus__case__in=consensus.values("pk"))
    )


def can_create_project(*, actor: User) -> bool:
    """Return whether the actor is an administrator, or a manager anywhere."""
    return is_administrator(actor) or Membership.objects.filter(user=actor, role=Role.MANAGER).exists()


def can_manage(*, actor: User, project: Project) -> bool:
    """Return whether the actor manages the project."""
    return has_role(user=actor, team=project.team, roles={Role.MANAGER})


def can_oversee(*, actor: User, project: Project) -> bool:
    """Return whether the actor may see cases and progress of everybody (manager, adjudicator, engineer)."""
    return has_role(user=actor, team=project.team, roles=set(STAFF))


def can_see_members(*, actor: User, project: Project) -> bool:
    """Return whether the actor may know who takes part; a mere reader may not."""
    return has_role(user=actor, team=project.team, roles=set(CONSENSUS_ROLES))


def can_edit(*, actor: User, reading: Reading) -> bool:
    """Return whether the actor may draw: their own reading, live, and not submitted."""
    return reading.state != ReadingState.SUBMITTED and own_readings(actor=actor).filter(pk=reading.pk).exists()


def require_manager(*, actor: User, project: Project) -> None:
    """Raise DeniedError unless the actor manages the project."""
    if not can_manage(actor=actor, project=project):
        raise DeniedError("Only a manager of this project may do this.")
