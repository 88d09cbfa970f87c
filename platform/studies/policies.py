"""Who may bring in, see and share images."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Membership, Team, User
from accounts.policies import has_role, is_administrator
from accounts.types import Role
from studies.models import Import, ImportedFile, Instance, Series, SeriesGrant, StudyGrant
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
    whole = Q(Exists(Import.objects.filter(created_by=user))) & _brought_whole(user)
    return Series.objects.filter(Exists(granted) | Q(created_by=user) | whole)


@dataclass(frozen=True, slots=True)
class VisiblePart:
    """A part of what somebody sees: `found` begins at the person and may hold more, `seen` is exact.

    `found` are sets with studies' ids as `study_id`, for the question how much it is, and which. `seen` is for whether
    some hundreds of series are in it, `studies` for whether studies are: its rows have exactly those as `study`.
    `listed`, where there is one, has them in an index in the order of lists, by `study_date`, `study_created_at` and
    `study_id`.
    """

    found: Sequence[QuerySet[Any]]
    seen: QuerySet[Series]
    studies: QuerySet[Any]
    listed: QuerySet[StudyGrant] | None = None


def visible_parts(*, user: User) -> list[VisiblePart]:
    """Return parts that together are `visible_series`; a series may be in more than one.

    Every database answers each of them by its indexes, where one condition of three alternatives makes PostgreSQL
    read every grant. What is empty for this person is left out.
    """
    if is_administrator(user):
        return [VisiblePart([Series.objects.all()], Series.objects.all(), Series.objects.all())]
    parts = []
    # By their ids, not by a subquery: PostgreSQL knows how much is granted to this team, and not to "some team".
    teams = list(Membership.objects.filter(user=user).values_list("team_id", flat=True))
    if teams:
        # `seen` as a condition: SQLite would begin a join at the team, and read all that is granted to it.
        granted = SeriesGrant.objects.filter(series=OuterRef("pk"), team__in=teams)
        found = [StudyGrant.objects.filter(team=team) for team in teams]
        listed = found[0] if len(found) == 1 else None
        some = StudyGrant.objects.filter(team__in=teams)
        parts.append(VisiblePart(found, Series.objects.filter(Exists(granted)), some, listed))
    if Series.objects.filter(created_by=user).exists():
        brought_first = Series.objects.filter(created_by=user)
        parts.append(VisiblePart([brought_first], brought_first, brought_first))
    if Import.objects.filter(created_by=user).exists():
        touched = Series.objects.filter(instances__imports__batch__created_by=user).exclude(created_by=user)
        whole = Series.objects.filter(_brought_whole(user))
        parts.append(VisiblePart([touched], whole, whole))
    return parts


def _brought_whole(user: User) -> Q:
    """Return the condition that `user` brought every instance of a series."""
    own = ImportedFile.objects.filter(instance__series=OuterRef("pk"), batch__created_by=user)
    brought = ImportedFile.objects.filter(instance=OuterRef("pk"), batch__created_by=user)
    foreign = Instance.objects.filter(series=OuterRef("pk")).exclude(Exists(brought))
    return Q(Exists(own)) & ~Q(Exists(foreign))


def can_add_to(*, user: User | None, series: Series) -> bool:
    """Only who sees a series may add instances to it; None is the system (the command line without --user)."""
    return user is None or visible_series(user=user).filter(pk=series.pk).exists()


def can_replace_in(*, user: User, series: Series) -> bool:
    """Administrators, who brought the series, and managers of a team that is shown it may replace its images."""
    if is_administrator(user) or series.created_by_id == user.pk:
        return True
    managed = Membership.objects.filter(user=user, role=Role.MANAGER).values("team")
    return SeriesGrant.objects.filter(series=series, team__in=managed).exists()


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
