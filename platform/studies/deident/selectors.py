"""What an actor can see of de-identification: the team's managers and administrators, nobody else."""

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Team, User
from accounts.policies import has_role, is_administrator
from accounts.selectors.people import teams_of
from accounts.types import Role
from common.errors import DeniedError, NotFoundError
from studies.models import (
    DeidentificationDemand,
    DeidentificationProfile,
    DeidentificationRun,
    DeidentificationVersion,
    DeidentifiedSeries,
    HeldInstance,
    Instance,
    Series,
)
from studies.types import Origin


def visible_profiles(*, actor: User) -> QuerySet[DeidentificationProfile]:
    """Return the profiles of teams the actor manages; administrators see all."""
    profiles = DeidentificationProfile.objects.select_related("team").prefetch_related("versions", "reidentifiers")
    if is_administrator(actor):
        return profiles
    return profiles.filter(team__in=teams_of(actor=actor, roles={Role.MANAGER}))


def profile_for(*, actor: User, profile_id: UUID) -> DeidentificationProfile:
    """Return a visible profile, or raise NotFoundError."""
    profile = visible_profiles(actor=actor).filter(pk=profile_id).first()
    if profile is None:
        raise NotFoundError("There is no such de-identification profile.", code="profile_not_found")
    return profile


def current_version(profile: DeidentificationProfile) -> DeidentificationVersion:
    """Return the newest version of the rules."""
    return DeidentificationVersion.objects.filter(profile=profile).order_by("-number")[0]


def is_used(version: DeidentificationVersion) -> bool:
    """Return whether a run has used this version: it never changes from then on."""
    return DeidentificationRun.objects.filter(version=version).exists()


def visible_runs(*, actor: User) -> QuerySet[DeidentificationRun]:
    """Return the runs of visible profiles, newest first."""
    runs = DeidentificationRun.objects.select_related("version", "job", "created_by")
    return runs.filter(version__profile__in=visible_profiles(actor=actor).values("pk"))


def run_for(*, actor: User, run_id: UUID) -> DeidentificationRun:
    """Return a visible run, or raise NotFoundError."""
    run = visible_runs(actor=actor).filter(pk=run_id).first()
    if run is None:
        raise NotFoundError("There is no such run.", code="run_not_found")
    return run


def visible_held(*, actor: User) -> QuerySet[HeldInstance]:
    """Return the held instances of visible profiles, oldest first."""
    held = HeldInstance.objects.select_related("version", "version__profile", "settled_by")
    return held.filter(version__profile__in=visible_profiles(actor=actor).values("pk"))


def held_for(*, actor: User, held_id: UUID) -> HeldInstance:
    """Return a visible held instance, or raise NotFoundError."""
    held = visible_held(actor=actor).filter(pk=held_id).first()
    if held is None:
        raise NotFoundError("There is no such held image.", code="held_not_found")
    return held


def demand_of(team: Team | UUID) -> DeidentificationDemand | None:
    """Return which profile a team demands, or None."""
    return DeidentificationDemand.objects.select_related("profile").filter(team=team).first()


def passed(series: QuerySet[Series], profile: DeidentificationProfile) -> QuerySet[Series]:
    """Return those series that the newest rules of a profile made, every instance of them."""
    made = DeidentifiedSeries.objects.filter(series=OuterRef("pk"), version=current_version(profile))
    foreign = Instance.objects.filter(series=OuterRef("pk")).exclude(origin=Origin.DEIDENTIFIED)
    return series.filter(Exists(made)).exclude(Exists(foreign))


def require_profile_manager(*, actor: User, team: Team) -> None:
    """Raise DeniedError unless the actor manages the team."""
    if not has_role(user=actor, team=team, roles={Role.MANAGER}):
        raise DeniedError("Only a manager of this team may do this.")


def can_reidentify(*, actor: User, profile: DeidentificationProfile) -> bool:
    """Return whether the actor may ask who a pseudonym is: administrators, and managers an administrator has named."""
    if is_administrator(actor):
        return True
    manages = has_role(user=actor, team=profile.team, roles={Role.MANAGER})
    return manages and profile.reidentifiers.filter(pk=actor.pk).exists()
