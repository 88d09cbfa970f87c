"""Who may do what in learning: managers and engineers of the project, for all of it."""

from accounts.models import User
from annotations.assist.policies import is_staff_of
from annotations.reading.models import Project


def can_teach(*, user: User, project: Project) -> bool:
    """See, set up, train, choose the champion, roll back."""
    return is_staff_of(user=user, team=project.team)
