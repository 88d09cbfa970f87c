"""Who may freeze and download datasets."""

from accounts.models import User
from accounts.policies import has_role
from accounts.types import Role
from annotations.datasets.models import Release
from annotations.reading.models import Project
from annotations.reading.policies import blinded_cases, visible_projects

RELEASERS = frozenset({Role.MANAGER, Role.RESEARCHER})


def can_see_project(*, user: User, project: Project) -> bool:
    """Return whether the project exists for `user` at all."""
    return visible_projects(actor=user).filter(pk=project.pk).exists()


def can_release(*, user: User, project: Project) -> bool:
    """Return whether `user` may define, freeze and download releases: managers and researchers of the project."""
    return has_role(user=user, team=project.team, roles=RELEASERS)


def is_blinded_to(*, user: User, release: Release) -> bool:
    """Return whether a release holds a case that `user` is reading without being allowed to see others' marks yet."""
    if release.definition["reader_id"] == str(user.pk):
        return False  # the marks are their own
    hidden = blinded_cases(actor=user).filter(project=release.project_id).values_list("pk", flat=True)
    return not {member["case"] for member in release.members}.isdisjoint(str(case) for case in hidden)
