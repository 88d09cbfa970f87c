"""Who may bring in, see and share images."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Membership, Team, User
from accounts.policies import has_role, is_administrator
from accounts.types import Role
from studies.models import Import, ImportedFile, Instance, Series, SeriesGrant
from studies.types import Origin


def can_import(*, user: User) -> bool:
    """Administrators, and whoever is a manager in any team, may bring in files."""
    return is_administrator(user) or Membership.objects.filter(user=user, role=Role.MANAGER).exists()


def visible_series(*, user: User) -> QuerySet[Series]:
    """Return the series that exist for `user`.

    Administrators: all. Others: what is granted to a team of theirs; what they brought first; and what they brought
    every instance of (somebody who holds a part of a series, or just knows its UID, does not get the rest).
    """
    if is_administrator(user):
        return Series.objects.all()
    teams = Membership.objects.filter(user=user).values("team")
    granted = SeriesGrant.objects.filter(series=OuterRef("pk"), team__in=teams)
    # Asked once per query, not per series: most people have never brought anything.
    ever = Import.objects.filter(created_by=user)
    own = ImportedFile.objects.filter(instance__series=OuterRef("pk"), batch__created_by=user)
    brought = ImportedFile.objects.filter(instance=OuterRef("pk"), batch__created_by=user)
    foreign = Instance.objects.filter(series=OuterRef("pk")).exclude(Exists(brought))
    whole = Q(Exists(ever)) & Q(Exists(own)) & ~Q(Exists(foreign))
    return Series.objects.filter(Exists(granted) | Q(created_by=user) | whole)


def series_within_reach(*, user: User) -> list[QuerySet[Series]]:
    """Return sets that together hold whatever `visible_series` holds, and perhaps more: each is found by an index.

    For those who see little of a large archive (not for administrators): a search begins with these, and applies
    `visible_series` to them.
    """
    # By their ids, not by a subquery: PostgreSQL knows how much is granted to this team, and not to "some team".
    teams = list(Membership.objects.filter(user=user).values_list("team_id", flat=True))
    return [
        Series.objects.filter(created_by=user),
        Series.objects.filter(grants__team__in=teams),
        Series.objects.filter(instances__imports__batch__created_by=user).exclude(created_by=user),
    ]


def can_add_to(*, user: User | None, series: Series) -> bool:
    """Only who sees a series may add instances to it; None is the system (the command line without --user)."""
    return user is None or visible_series(user=user).filter(pk=series.pk).exists()


def made_series(*, series_uids: Iterable[str]) -> set[str]:
    """Return those series that de-identification made: nothing else is ever added to them, whoever brings it."""
    made = Instance.objects.filter(series=OuterRef("pk"), origin=Origin.DEIDENTIFIED)
    rows = Series.objects.filter(Exists(made), series_uid__in=list(series_uids))
    return set(rows.values_list("series_uid", flat=True))


def can_grant(*, user: User, series: Series, team: Team) -> bool:
    """A manager may share with the team what they see themselves."""
    return has_role(user=user, team=team, roles={Role.MANAGER}) and (
        visible_series(user=user).filter(pk=series.pk).exists()
    )


def visible_imports(*, user: User) -> QuerySet[Import]:
    """Return one's own imports; administrators see all."""
    return Import.objects.all() if is_administrator(user) else Import.objects.filter(created_by=user)
