"""Releases that an actor may see, and how they stand."""

from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from annotations.datasets.errors import FormatError, NotFrozenError
from annotations.datasets.models import Release
from annotations.datasets.policies import can_release, can_see_project, is_blinded_to
from annotations.datasets.types import Format, ReleaseState
from annotations.reading.models import Project
from common.errors import DeniedError, NotFoundError
from jobs.types import JobState

_GIVEN_UP = frozenset({JobState.FAILED, JobState.CANCELLED})


def project_for_release(*, actor: User, project_id: UUID) -> Project:
    """Return a project whose releases `actor` may freeze and download.

    Raises
    ------
    NotFoundError
        There is no such project for this actor.
    DeniedError
        The actor is in the project, but neither manages it nor does research in it.
    """
    project = Project.objects.select_related("team").filter(pk=project_id).first()
    if project is None or not can_see_project(user=actor, project=project):
        raise NotFoundError("There is no such project.")
    if not can_release(user=actor, project=project):
        raise DeniedError("Only managers and researchers of the project freeze and download releases.")
    return project


def releases_for(*, actor: User, project_id: UUID) -> QuerySet[Release]:
    """Return the releases of a project, newest first (errors: see `project_for_release`)."""
    project = project_for_release(actor=actor, project_id=project_id)
    return Release.objects.filter(project=project).select_related("job", "created_by", "project", "protocol")


def release_for(*, actor: User, release_id: UUID) -> Release:
    """Return one release (errors: see `project_for_release`)."""
    release = (
        Release.objects.filter(pk=release_id).select_related("job", "created_by", "project__team", "protocol").first()
    )
    if release is None or not can_see_project(user=actor, project=release.project):
        raise NotFoundError("There is no such release.")
    if not can_release(user=actor, project=release.project):
        raise DeniedError("Only managers and researchers of the project freeze and download releases.")
    return release


def state_of(release: Release) -> ReleaseState:
    """Return how a release stands: the archives say frozen, and its job alone says failed."""
    if release.state == ReleaseState.FROZEN:
        return ReleaseState.FROZEN
    if release.job is None or release.job.state in _GIVEN_UP:
        return ReleaseState.FAILED
    return ReleaseState.FREEZING


def require_frozen(release: Release) -> None:
    """Raise `NotFrozenError` unless the archives are there."""
    state = state_of(release)
    if state == ReleaseState.FREEZING:
        raise NotFrozenError("This release is still being frozen. Wait until its job has finished.")
    if state == ReleaseState.FAILED:
        raise NotFrozenError("Freezing this release failed or was cancelled, so there is nothing to download.")


def require_unblinded(*, actor: User, release: Release) -> None:
    """Raise `DeniedError` (code `blinded`) when the actor still has to read a case of the release on their own."""
    if is_blinded_to(user=actor, release=release):
        raise DeniedError(
            "This release holds marks of cases that you are reading yourself. Submit your readings first.",
            code="blinded",
        )


def archive_of(release: Release, form: Format) -> dict[str, object]:
    """Return the archive's record ({"blob", "sha256", "size_bytes", "file_count", "manifest"}).

    Raises
    ------
    NotFrozenError
        There are no archives (yet).
    FormatError
        The release was not frozen in this format.
    """
    require_frozen(release)
    archive = release.archives.get(form.value)
    if archive is None:
        raise FormatError(f"This release was not frozen as {form.label}.")
    return dict(archive)
