"""Two tenants: a live project with a manager and readers, another project, and a stranger to both."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from accounts.models import User
from accounts.types import Role
from annotations.reading.models import Case, Project, Reading
from annotations.reading.services.cases import add_cases
from annotations.reading.services.projects import create_project, go_live, set_member
from annotations.reading.services.protocols import set_protocol
from annotations.reading.types import LabelDraft, ProtocolDraft
from studies.models import Series, SeriesGrant
from tests import factories
from tests.annotations.marks import rows

ORGAN_LESION = (LabelDraft(name="organ"), LabelDraft(name="lesion"))
FORM = (
    {"key": "visible", "text": "Is there a lesion?", "kind": "yes_no", "required": True},
    {"key": "size", "text": "How large?", "kind": "number", "minimum": 0, "maximum": 50, "unit": "mm"},
)


@dataclass
class House:
    """A project with its people and cases."""

    project: Project
    manager: User
    readers: dict[str, User]
    others: dict[str, User] = field(default_factory=dict)

    @property
    def people(self) -> dict[str, User]:
        return {"manager": self.manager, **self.readers, **self.others}

    @property
    def cases(self) -> list[Case]:
        return list(self.project.cases.order_by("number"))

    def reading(self, reader: str, number: int = 1) -> Reading:
        return Reading.objects.get(case__project=self.project, case__number=number, reader=self.readers[reader])

    def place(self, number: int = 1, k: int = 0) -> tuple[str, int]:
        return rows.places(self.cases[number - 1].series.first())[k]


def make_house(
    name: str,
    *,
    readers: tuple[str, ...] = ("ann", "ben"),
    others: tuple[str, ...] = (),
    cases: int = 1,
    live: bool = True,
    series: dict[str, Any] | None = None,
    **protocol: Any,
) -> House:
    """Make a project; users are called `name-role`. Protocol fields may be overridden."""
    boss = factories.user(f"{name}-boss", is_staff=True)
    manager = factories.user(f"{name}-manager")
    project = create_project(actor=boss, name=name)
    set_member(actor=boss, project=project, user=manager, roles=[Role.MANAGER])
    set_member(actor=boss, project=project, user=boss, roles=[])
    User.objects.filter(pk=boss.pk).update(is_staff=False, is_active=False)
    house = House(project=project, manager=manager, readers={}, others={})
    for reader in readers:
        house.readers[reader] = factories.user(f"{name}-{reader}")
        set_member(actor=manager, project=project, user=house.readers[reader], roles=[Role.READER])
    for role in others:
        house.others[role] = factories.user(f"{name}-{role}")
        set_member(actor=manager, project=project, user=house.others[role], roles=[Role(role)])
    draft = {"labels": ORGAN_LESION, "questions": FORM, "readers_per_case": min(2, len(readers)), **protocol}
    set_protocol(actor=manager, project=project, draft=ProtocolDraft(**draft))
    studies = [seen_study(manager, **(series or {})).study.study_uid for _ in range(cases)]
    if studies:
        add_cases(actor=manager, project=project, study_uids=studies)
    if live:
        go_live(actor=manager, project=project)
    project.refresh_from_db()
    return house


def seen_study(user: User, **fields: Any) -> Series:
    """Make a study with one series that `user` brought in."""
    row = rows.series(**fields)
    Series.objects.filter(pk=row.pk).update(created_by=user)
    assert not SeriesGrant.objects.filter(series=row).exists()
    return row


@pytest.fixture(autouse=True)
def quick_passwords(settings):
    """Hash passwords cheaply: nobody signs in with one here, and each house has many people."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def house(db):
    """Return a live project with two readers, one of each other role, and two cases."""
    return make_house("north", others=("adjudicator", "engineer", "researcher"), cases=2)


@pytest.fixture
def other_house(db):
    """Return a second tenant."""
    return make_house("south", others=("adjudicator", "engineer", "researcher"))


@pytest.fixture
def stranger(db):
    """Return a signed-in user who belongs to nothing."""
    return factories.user("stranger")


@pytest.fixture
def api(client_of):
    """Return a function `api(user, method, path, body)` giving the response."""

    def call(user: User | None, method: str, path: str, body: Any = None):
        return getattr(client_of(user), method)(f"/api/{path}", body, format="json")

    return call
