"""Events, by audience. This is where blinding holds for the live stream."""

from django.db.models import Max, Q, QuerySet

from accounts.policies import Actor, is_administrator
from accounts.selectors.people import teams_of
from jobs.models import Event
from jobs.policies import STAFF_ROLES


def visible_events(*, actor: Actor) -> QuerySet[Event]:
    """Return the events `actor` may hear, oldest first.

    An event addressed to one user is heard by that user alone, not even by administrators: whoever else should know
    gets an event of their own. Events of a team are heard by its members (`staff_only`: by its managers and
    engineers), those of nobody in particular by administrators.
    """
    if actor.pk is None or not actor.is_active:
        return Event.objects.none()
    own = Q(user_id=actor.pk)
    if is_administrator(actor):
        return Event.objects.filter(own | Q(user__isnull=True)).order_by("pk")
    member = Q(user__isnull=True, staff_only=False, team_id__in=teams_of(actor=actor).values("pk"))
    staff = Q(user__isnull=True, staff_only=True, team_id__in=teams_of(actor=actor, roles=STAFF_ROLES).values("pk"))
    return Event.objects.filter(own | member | staff).order_by("pk")


def newest_event_id() -> int:
    """Return the id of the newest event, whoever may hear it; 0 before the first."""
    return Event.objects.aggregate(newest=Max("pk"))["newest"] or 0
