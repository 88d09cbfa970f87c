"""Share a series with a team."""

from django.db import transaction

from accounts.models import Team, User
from audit.services import record_action
from common.errors import DeniedError
from studies import policies
from studies.models import Series, SeriesGrant
from studies.services.deident_demand import check_demand


@transaction.atomic
def grant_series(*, actor: User, series: Series, team: Team) -> SeriesGrant:
    """Let a team see a series; granting twice is one grant.

    Raises
    ------
    DeniedError
        The actor is not a manager of the team, or does not see the series.
    NotDeidentifiedError
        The team demands a de-identification profile that did not make this series.
    """
    if not policies.can_grant(user=actor, series=series, team=team):
        raise DeniedError("Only a manager who sees the series can share it with the team.", code="grant_denied")
    Team.objects.select_for_update().get(pk=team.pk)  # against a demand that begins at this moment
    check_demand(team=team, series=[series])
    grant, made = SeriesGrant.objects.give(series=series, team=team)
    if made:
        record_action(actor=actor, action="series.grant", subject=f"series:{series.series_uid}", team=team)
    return grant


@transaction.atomic
def revoke_series(*, actor: User, series: Series, team: Team) -> None:
    """Take a series away from a team; nothing happens when it was not granted.

    Raises
    ------
    DeniedError
        The actor is not a manager of the team, or does not see the series.
    """
    if not policies.can_grant(user=actor, series=series, team=team):
        raise DeniedError("Only a manager who sees the series can take it away again.", code="grant_denied")
    if SeriesGrant.objects.take(series=series, team=team):
        record_action(actor=actor, action="series.revoke", subject=f"series:{series.series_uid}", team=team)
