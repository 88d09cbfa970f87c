"""API tokens: issue, use, expiry, revocation, and never a secret in the database."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts import services
from accounts.models import Token
from common.clock import now
from common.errors import DeniedError, InvalidError
from tests import factories

pytestmark = pytest.mark.django_db


def bearer(client_of, secret):
    api = client_of()
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return api


@pytest.fixture
def ann():
    """Return a user."""
    return factories.user("ann")


def test_a_token_is_shown_once_and_opens_the_api(ann, client_of):
    made = client_of(ann).post("/api/tokens", {"name": "script", "days": 7}, format="json")
    assert made.status_code == 201
    secret = made.json()["secret"]
    assert secret.startswith("fid_")
    assert not Token.objects.filter(digest__contains=secret[4:]).exists()
    api = bearer(client_of, secret)
    listed = api.get("/api/tokens").json()
    assert [row["name"] for row in listed] == ["script"]
    assert "secret" not in listed[0]
    assert Token.objects.get().last_used_at is not None
    assert api.get("/api/session").json()["user"]["username"] == "ann"
    assert api.delete(f"/api/tokens/{made.json()['id']}").status_code == 204
    refused = api.get("/api/tokens")
    assert refused.status_code == 401
    assert refused.json()["error"]["code"] == "token_unknown"


def test_a_token_needs_no_csrf(ann, client_of):
    from rest_framework.test import APIClient

    _, secret = services.issue_token(actor=ann, user=ann, name="", lifetime=timedelta(days=1))
    api = APIClient(enforce_csrf_checks=True)
    api.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    assert api.post("/api/tokens", {"name": "x"}, format="json").status_code == 201


def test_an_expired_token_says_so(ann, client_of):
    token, secret = services.issue_token(actor=ann, user=ann, name="", lifetime=timedelta(days=1))
    Token.objects.filter(pk=token.pk).update(expires_at=now() - timedelta(seconds=1))
    answer = bearer(client_of, secret).get("/api/tokens")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "token_expired"
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize("secret", ["fid_nonsense", "", "fid_" + "x" * 5000])
def test_an_unknown_token_is_401_even_where_strangers_may_look(client_of, secret):
    answer = bearer(client_of, secret).get("/api/session")
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "token_unknown"


def test_the_token_of_an_inactive_user_is_dead(ann, client_of):
    _, secret = services.issue_token(actor=ann, user=ann, name="", lifetime=timedelta(days=1))
    ann.is_active = False
    ann.save()
    assert bearer(client_of, secret).get("/api/tokens").status_code == 401


def test_other_peoples_tokens_are_out_of_reach(ann, administrator, client_of):
    ben = factories.user("ben")
    token, _ = services.issue_token(actor=administrator, user=ann, name="", lifetime=timedelta(days=1))
    assert client_of(ben).get("/api/tokens").json() == []
    assert client_of(ben).delete(f"/api/tokens/{token.pk}").status_code == 404
    with pytest.raises(DeniedError):
        services.issue_token(actor=ben, user=ann, name="", lifetime=timedelta(days=1))
    with pytest.raises(DeniedError):
        services.revoke_token(actor=ben, token=token)
    services.revoke_token(actor=administrator, token=token)
    assert not Token.objects.exists()


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_lifetime_has_bounds(ann, client_of, days):
    with pytest.raises(InvalidError):
        services.issue_token(actor=ann, user=ann, name="", lifetime=timedelta(days=days))
    assert client_of(ann).post("/api/tokens", {"name": "x", "days": days}, format="json").status_code == 400


def test_the_command_prints_the_token_and_nothing_else(ann, client_of):
    out = StringIO()
    call_command("issue_token", "ann", stdout=out)
    assert bearer(client_of, out.getvalue().strip()).get("/api/tokens").status_code == 200
    with pytest.raises(CommandError, match="nobody"):
        call_command("issue_token", "nobody")
    with pytest.raises(CommandError, match="366"):
        call_command("issue_token", "ann", days=1000)
