"""Every address against every kind of person: two tenants, each role, a stranger, nobody."""

from contextlib import contextmanager

from django.db import transaction

from annotations.reading.models import Consensus
from annotations.reading.urls import urlpatterns
from tests import factories
from tests.annotations.marks import rows
from tests.annotations.reading.bodies import draw, revision, submit

PEOPLE = ["manager", "adjudicator", "engineer", "researcher", "ann", "ben", "foreign-manager", "stranger", "nobody"]

# Who gets through (any answer but 401, 403, 404); `ann` owns the reading. Everybody else must be turned away.
STAFF = {"manager", "adjudicator", "engineer"}
MEMBERS = STAFF | {"researcher", "ann", "ben"}
DOORS: dict[str, dict[str, set[str]]] = {
    "projects": {"get": {*MEMBERS, "foreign-manager", "stranger"}, "post": {"manager", "foreign-manager"}},
    "project": {"get": MEMBERS, "patch": {"manager"}},
    "protocol": {"get": MEMBERS, "put": {"manager"}},
    "members": {"get": STAFF | {"researcher"}, "put": {"manager"}},
    "cases": {"get": STAFF, "post": {"manager"}},
    "go-live": {"post": {"manager"}},
    "close": {"post": {"manager"}},
    "hanging": {"get": MEMBERS, "put": {"manager"}},
    "hanging-own": {"put": MEMBERS},
    "progress": {"get": STAFF},
    "structures": {"get": {*MEMBERS, "foreign-manager", "stranger"}},
    "worklist": {"get": {*MEMBERS, "foreign-manager", "stranger"}},
    "worklist-next": {"post": {"ann"}},
    "reading": {"get": {"manager", "adjudicator", "ann"}},
    "reading-open": {"post": {"ann"}},
    "reading-frames": {"get": {"manager", "adjudicator", "ann"}},
    "revisions": {"get": {"manager", "adjudicator", "ann"}, "post": {"ann"}},
    "revision-state": {"get": {"manager", "adjudicator", "ann"}},
    "reading-desk": {"post": {"ann"}},
    "reading-restore": {"post": {"ann"}},
    "reading-export": {"get": {"manager", "adjudicator", "ann"}},
    "reading-import-preview": {"post": {"ann"}},
    "reading-import": {"post": {"ann"}},
    "reading-submit": {"post": {"ann"}},
    "reading-return": {"post": {"manager"}},
    "case": {"get": STAFF},
    "case-agreement": {"post": STAFF},
    "case-consensus": {"post": STAFF},
    "mark-set-frames": {"get": STAFF | {"researcher"}},
}
BODIES = {
    "projects": {"name": "x"},
    "worklist-next": {},
    "reading-return": {"reason": "x"},
    "reading-submit": {"base_revision": 0},
    "cases": {"all_studies": True},
    "protocol": {"labels": [{"name": "organ"}, {"name": "lesion"}]},
}


def test_every_address_is_listed_here():
    assert {pattern.name for pattern in urlpatterns} == set(DOORS)


def test_who_gets_through_which_door(api, house, other_house, stranger, run_jobs):
    """`ann` has an open reading of case 2; case 1 is done, and its consensus is the mark set asked for."""
    for reader in ("ann", "ben"):
        submit(house.reading(reader), (rows.frame(house.place(), rows.plane(1)),))
    submit(house.reading("ben", 2))
    draw(house.reading("ann", 2), visible=True)
    run_jobs()
    parts = {
        "project_id": house.project.pk,
        "case_id": house.cases[0].pk,
        "reading_id": house.reading("ann", 2).pk,
        "mark_set_id": Consensus.objects.get().mark_set_id,
    }
    users = {**house.people, "foreign-manager": other_house.manager, "stranger": stranger, "nobody": None}
    bodies = {**BODIES, "revisions": revision(), "members": {"user": str(users["ben"].pk), "roles": ["reader"]}}
    wrong = []
    for pattern in urlpatterns:
        path = str(pattern.pattern)
        for part, value in parts.items():
            path = path.replace(f"<uuid:{part}>", str(value))
        path = path.replace("<str:form>", "seg").replace("<int:number>", "1")
        for method in {"get", "post", "put", "patch", "delete"} - set(DOORS[pattern.name]):
            assert api(house.manager, method, path).status_code == 405, f"{method} {pattern.name}"
        for method, allowed in DOORS[pattern.name].items():
            for person in PEOPLE:
                with undone():
                    body = bodies.get(pattern.name, {}) if method != "get" else None
                    status = api(users[person], method, path, body).status_code
                through = status not in (401, 403, 404)
                if status >= 500 or through != (person in allowed) or (person == "nobody" and status != 401):
                    wrong.append(f"{method} {pattern.name} as {person}: {status}")
    assert wrong == []


@contextmanager
def undone():
    """Undo what was written inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def test_the_other_tenants_people_find_nothing(api, house, other_house):
    foreign = house.reading("ann")
    for person in other_house.people.values():
        for path in (
            f"projects/{house.project.pk}",
            f"projects/{house.project.pk}/cases",
            f"readings/{foreign.pk}",
            f"readings/{foreign.pk}/frames",
            f"cases/{house.cases[0].pk}",
            f"mark-sets/{foreign.mark_set_id}/frames",
        ):
            assert api(person, "get", path).status_code == 404


def test_an_administrator_sees_everything_but_reads_nothing(api, house, other_house):
    admin = factories.user("admin", is_staff=True)
    assert len(api(admin, "get", "projects").json()) == 2
    reading = house.reading("ann")
    assert api(admin, "get", f"readings/{reading.pk}").json()["may_edit"] is False
    assert api(admin, "post", f"readings/{reading.pk}/revisions", revision()).status_code == 404
    assert api(admin, "get", "worklist").json() == []
