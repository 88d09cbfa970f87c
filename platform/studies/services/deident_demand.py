"""A team's demand: only what a de-identification profile made may be shared with it."""

from collections.abc import Collection
from typing import Any

from django.db import transaction

from accounts.models import Team, User
from audit.services import record_action
from common.errors import NotFoundError
from studies.deident import selectors
from studies.errors import NotDeidentifiedError
from studies.models import DeidentificationDemand, DeidentificationProfile, Series

SHOWN = 50
HOW_TO = "Open De-identification, run the profile over the originals, review what is held, and add what it made."


@transaction.atomic
def set_demand(*, actor: User, team: Team, profile: DeidentificationProfile | None) -> None:
    """Demand a profile of the team, or (None) demand nothing any more.

    Raises
    ------
    DeniedError
        The actor does not manage the team.
    NotFoundError
        The profile is another team's.
    NotDeidentifiedError
        The team is shown series already that the profile did not make; nothing was changed.
    """
    selectors.require_profile_manager(actor=actor, team=team)
    Team.objects.select_for_update().get(pk=team.pk)  # no series is shared while the demand begins
    if profile is None:
        DeidentificationDemand.objects.filter(team=team).delete()
    else:
        if profile.team_id != team.pk:
            raise NotFoundError("There is no such de-identification profile.", code="profile_not_found")
        shown = Series.objects.filter(grants__team=team)
        require_passed(profile=profile, series=list(shown), shown_already=True)
        DeidentificationDemand.objects.update_or_create(team=team, defaults={"profile": profile})
    record_action(
        actor=actor,
        action="deidentification.demand",
        subject=f"team:{team.pk}",
        team=team,
        detail={"profile": str(profile.pk) if profile else None},
    )


def check_demand(*, team: Team, series: Collection[Series]) -> None:
    """Raise NotDeidentifiedError when the team demands a profile that did not make all of these series."""
    demand = selectors.demand_of(team)
    if demand is not None:
        require_passed(profile=demand.profile, series=series)


def require_passed(
    *, profile: DeidentificationProfile, series: Collection[Series], shown_already: bool = False
) -> None:
    """Raise NotDeidentifiedError, with what to do, unless the profile's newest rules made all of these series."""
    wanted = {row.pk: row.series_uid for row in series}
    fine = set(selectors.passed(Series.objects.filter(pk__in=wanted), profile).values_list("pk", flat=True))
    lacking = sorted(uid for key, uid in wanted.items() if key not in fine)
    if not lacking:
        return
    fields: dict[str, Any] = {"series": lacking[:SHOWN], "count": len(lacking), "profile": str(profile.pk)}
    if shown_already:
        raise NotDeidentifiedError(
            f"{len(lacking)} series that the project is shown already were not made by {profile.name}. Begin a new "
            "project with this demand, or remove their cases first.",
            fields=fields,
        )
    raise NotDeidentifiedError(
        f"This project accepts only series that the newest rules of {profile.name} made; {len(lacking)} did not pass. "
        + HOW_TO,
        fields=fields,
    )
