"""The record: who sees it, and that nobody changes it, not even at the database."""

import importlib

import pytest
from django.db import DatabaseError, connection, transaction

from audit.models import AuditRecord
from audit.services import record_action
from tests import factories

pytestmark = pytest.mark.django_db

append_only = importlib.import_module("audit.migrations.0002_append_only")


def test_managers_see_their_team_administrators_all_others_nothing(administrator, client_of):
    manager, reader = factories.user("managing"), factories.user("reader")
    here, there = factories.team("A", manager=[manager], reader=[reader]), factories.team("B")
    record_action(actor=manager, action="thing.do", subject="thing:1", team=here, detail={"n": 1})
    record_action(actor=reader, action="thing.do", subject="thing:2", team=there.pk)
    record_action(actor=None, action="thing.sweep", subject="thing:3")

    def seen(user, query=""):
        return [row["subject"] for row in client_of(user).get(f"/api/audit{query}").json()]

    assert seen(administrator) == ["thing:3", "thing:2", "thing:1"]
    assert seen(manager) == ["thing:1"]
    assert seen(manager, f"?team={there.pk}") == []
    assert seen(reader) == []
    assert seen(administrator, "?subject=thing:2") == ["thing:2"]
    assert seen(administrator, f"?team={here.pk}") == ["thing:1"]
    newest = client_of(administrator).get("/api/audit?limit=1").json()[0]
    assert newest["actor_name"] == "system"
    assert seen(administrator, f"?before={newest['id']}") == ["thing:2", "thing:1"]
    assert client_of().get("/api/audit").status_code == 401
    assert client_of(administrator).get("/api/audit?team=x").status_code == 400


@pytest.fixture
def triggers():
    """Put the triggers back, which the tests' database lacks so that it can be emptied."""
    append_only.protect(None, _Editor())
    yield
    append_only.release(None, _Editor())


class _Editor:
    """Runs statements in the test's own transaction (a schema editor would want one of its own)."""

    connection = connection

    def execute(self, statement):
        with connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.usefixtures("triggers")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditrecord SET actor_name = 'somebody else'",
        "DELETE FROM audit_auditrecord",
        "INSERT OR REPLACE INTO audit_auditrecord "
        "SELECT id, at, actor_id, 'somebody else', action, subject, team_id, detail FROM audit_auditrecord",
    ],
)
def test_the_database_refuses_changes(administrator, statement):
    record_action(actor=administrator, action="thing.do", subject="thing:1")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditRecord.objects.get().actor_name == str(administrator)


@pytest.mark.usefixtures("triggers")
def test_the_record_goes_with_the_transaction_it_is_about(administrator):
    with transaction.atomic():
        record_action(actor=administrator, action="thing.do", subject="thing:1")
        transaction.set_rollback(True)
    assert not AuditRecord.objects.exists()
