"""Who may see and steer jobs, and who hears which event."""

from accounts.models import Team, User
from accounts.policies import Actor, has_role, is_administrator
from accounts.types import Role
from jobs.models import Job

STAFF_ROLES = frozenset({Role.MANAGER, Role.ENGINEER})


def is_staff_of(*, user: Actor | None, team: Team | None) -> bool:
    """Return whether `user` is a manager or engineer of `team`; without a team: an administrator."""
    return is_administrator(user) if team is None else has_role(user=user, team=team, roles=STAFF_ROLES)


def can_steer_job(*, user: Actor, job: Job) -> bool:
    """Return whether `user` may cancel `job` or try it again: whoever started it, and the staff of its team."""
    if isinstance(user, User) and user.is_active and job.created_by_id == user.pk:
        return True
    return is_staff_of(user=user, team=job.team)
