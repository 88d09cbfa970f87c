"""Accounts by administrators, teams by managers, roles."""

import pytest
from rest_framework.test import APIClient

from accounts import policies, services
from accounts.models import Membership, User
from accounts.selectors.people import members_of, teams_of, visible_users
from accounts.types import Role
from audit.models import AuditRecord
from common.errors import ConflictError, DeniedError
from tests import factories

pytestmark = pytest.mark.django_db


def test_an_administrator_makes_an_account_with_a_one_time_password(administrator, client_of):
    api = client_of(administrator)
    made = api.post("/api/users", {"username": "ben", "display_name": "Ben"}, format="json")
    assert made.status_code == 201
    body = made.json()
    assert body["is_administrator"] is False
    signed_in = APIClient().post("/api/session", {"username": "ben", "password": body["password"]}, format="json")
    assert signed_in.status_code == 200
    taken = api.post("/api/users", {"username": "ben"}, format="json")
    assert taken.status_code == 409
    assert taken.json()["error"]["code"] == "username_taken"
    assert body["password"] not in str(list(AuditRecord.objects.values_list("detail", flat=True)))


def test_a_user_name_with_a_blank_is_refused(administrator, client_of):
    answer = client_of(administrator).post("/api/users", {"username": "a b"}, format="json")
    assert answer.status_code == 400
    assert "username" in answer.json()["error"]["fields"]


def test_who_may_look_people_up(administrator, client_of):
    reader, manager = factories.user("reader"), factories.user("managing")
    factories.team("A", reader=[reader], manager=[manager])
    assert client_of().get("/api/users").status_code == 401
    assert client_of(reader).get("/api/users").status_code == 403
    names = [row["username"] for row in client_of(manager).get("/api/users?q=READ").json()]
    assert names == ["reader"]
    assert len(client_of(administrator).get("/api/users").json()) == 3
    assert [user.username for user in visible_users(actor=reader)] == ["reader"]


def test_only_administrators_change_accounts(administrator, client_of):
    manager, other = factories.user("managing"), factories.user("other")
    factories.team("A", manager=[manager])
    for api, expected in ((client_of(manager), 403), (client_of(other), 404)):
        assert api.patch(f"/api/users/{administrator.pk}", {"is_active": False}, format="json").status_code == expected
        assert api.post(f"/api/users/{administrator.pk}/reset-password").status_code == expected
        assert api.post("/api/users", {"username": "new"}, format="json").status_code == 403
    api = client_of(administrator)
    answer = api.patch(f"/api/users/{other.pk}", {"display_name": "O.", "is_administrator": True}, format="json")
    assert answer.json()["is_administrator"] is True
    password = api.post(f"/api/users/{other.pk}/reset-password").json()["password"]
    other.refresh_from_db()
    assert other.check_password(password)
    assert set(AuditRecord.objects.values_list("action", flat=True)) == {"user.change", "user.reset_password"}


def test_the_last_administrator_stays(administrator, client_of):
    api = client_of(administrator)
    for wish in ({"is_active": False}, {"is_administrator": False}):
        answer = api.patch(f"/api/users/{administrator.pk}", wish, format="json")
        assert answer.status_code == 409
        assert answer.json()["error"]["code"] == "last_administrator"
    factories.user("second", is_staff=True)
    assert api.patch(f"/api/users/{administrator.pk}", {"is_administrator": False}, format="json").status_code == 200


def test_roles(administrator):
    ann, gone = factories.user("ann"), factories.user("gone", is_active=False)
    here = factories.team("A", reader=[ann, gone], engineer=[ann])
    there = factories.team("B")
    assert policies.roles_of(user=ann, team=here) == {Role.READER, Role.ENGINEER}
    assert policies.roles_of(user=ann, team=here.pk) == {Role.READER, Role.ENGINEER}
    assert policies.roles_of(user=ann, team=there) == frozenset()
    assert policies.roles_of(user=administrator, team=there) == set(Role)
    assert policies.roles_of(user=gone, team=here) == frozenset()
    assert policies.roles_of(user=None, team=here) == frozenset()
    assert policies.has_role(user=ann, team=here, roles={Role.MANAGER, Role.READER})
    assert not policies.has_role(user=ann, team=here, roles={Role.MANAGER})
    assert list(teams_of(actor=ann, roles={Role.ENGINEER})) == [here]
    assert not teams_of(actor=ann, roles={Role.MANAGER}).exists()
    assert teams_of(actor=administrator).count() == 2


def test_a_team_is_run_by_its_managers(manager, administrator):
    ann, stranger = factories.user("ann"), factories.user("stranger")
    with pytest.raises(DeniedError):
        services.create_team(actor=manager, name="A")
    team = services.create_team(actor=administrator, name="A")
    services.add_member(actor=administrator, team=team, user=manager, role=Role.MANAGER)
    services.set_roles(actor=manager, team=team, user=ann, roles={Role.READER, Role.RESEARCHER})
    services.set_roles(actor=manager, team=team, user=ann, roles={Role.READER})
    assert members_of(team=team)[ann] == [Role.READER]
    for actor in (ann, stranger):
        with pytest.raises(DeniedError):
            services.add_member(actor=actor, team=team, user=stranger, role=Role.READER)
    services.remove_member(actor=manager, team=team, user=administrator)
    with pytest.raises(ConflictError, match="last manager"):
        services.remove_member(actor=manager, team=team, user=manager, role=Role.MANAGER)
    services.remove_member(actor=manager, team=team, user=ann)
    assert set(Membership.objects.filter(team=team).values_list("user", flat=True)) == {manager.pk}
    assert AuditRecord.objects.filter(team_id=team.pk).count() == 6


def test_an_unrecorded_action_does_not_happen(administrator, monkeypatch):
    from accounts import recording

    monkeypatch.setattr(recording, "_recorder", None)
    with pytest.raises(RuntimeError, match="audit"):
        services.create_user(actor=administrator, username="ben")
    assert not User.objects.filter(username="ben").exists()
