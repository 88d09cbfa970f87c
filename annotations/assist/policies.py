"""Who may do what at the door to AI."""

from accounts.models import Membership, Team, User
from accounts.policies import has_role, is_administrator, roles_of
from accounts.types import Role
from annotations.assist.models import Model, ModelVersion
from annotations.reading.models import Project, Reading

STAFF = frozenset({Role.MANAGER, Role.ENGINEER})


def can_register(*, user: User) -> bool:
    """Administrators alone: a bundle can carry code."""
    return is_administrator(user)


def can_trust(*, user: User) -> bool:
    """Administrators alone."""
    return is_administrator(user)


def can_see_models(*, user: User) -> bool:
    """Managers and engineers of any team, and administrators."""
    return is_administrator(user) or Membership.objects.filter(user=user, role__in=STAFF).exists()


def can_use_version(*, user: User, version: ModelVersion) -> bool:
    """A model of no project serves everybody who may see models; one trained in a project, its own staff."""
    return can_see_model(user=user, model=version.model)


def can_see_model(*, user: User, model: Model) -> bool:
    """See `can_use_version`."""
    if model.project is None:
        return can_see_models(user=user)
    return is_staff_of(user=user, team=model.project.team)


def is_staff_of(*, user: User, team: Team) -> bool:
    """Say whether `user` is a manager or engineer of `team` (administrators are)."""
    return has_role(user=user, team=team, roles=STAFF)


def can_see_project(*, user: User, project: Project) -> bool:
    """Anybody with a role in its team."""
    return bool(roles_of(user=user, team=project.team))


def can_prelabel(*, user: User, project: Project) -> bool:
    """Managers and engineers of the project."""
    return is_staff_of(user=user, team=project.team)


def can_decide(*, user: User, reading: Reading) -> bool:
    """The reader alone."""
    return reading.reader_id == user.pk
