"""Let the database itself refuse to change or delete a record."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQLITE_ON = [
    """CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit_auditrecord
       BEGIN SELECT RAISE(ABORT, 'audit records are append-only'); END""",
    """CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit_auditrecord
       BEGIN SELECT RAISE(ABORT, 'audit records are append-only'); END""",
    # INSERT OR REPLACE deletes without asking the trigger above.
    """CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit_auditrecord
       WHEN EXISTS (SELECT 1 FROM audit_auditrecord WHERE id = NEW.id)
       BEGIN SELECT RAISE(ABORT, 'audit records are append-only'); END""",
]
SQLITE_OFF = ["DROP TRIGGER audit_no_update", "DROP TRIGGER audit_no_delete", "DROP TRIGGER audit_no_replace"]

POSTGRESQL_ON = [
    """CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'audit records are append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$""",
    """CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit_auditrecord
       FOR EACH ROW EXECUTE FUNCTION audit_refuse()""",
    """CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit_auditrecord
       FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()""",
]
POSTGRESQL_OFF = [
    "DROP TRIGGER audit_no_truncate ON audit_auditrecord",
    "DROP TRIGGER audit_no_change ON audit_auditrecord",
    "DROP FUNCTION audit_refuse()",
]


def _run(editor: BaseDatabaseSchemaEditor, *, sqlite: list[str], postgresql: list[str]) -> None:
    statements = {"sqlite": sqlite, "postgresql": postgresql}[editor.connection.vendor]
    for statement in statements:
        editor.execute(statement)


def protect(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Add the triggers."""
    _run(editor, sqlite=SQLITE_ON, postgresql=POSTGRESQL_ON)


def release(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Remove the triggers."""
    _run(editor, sqlite=SQLITE_OFF, postgresql=POSTGRESQL_OFF)


class Migration(migrations.Migration):
    """Triggers for SQLite and PostgreSQL, the two databases that Fiducial runs on."""

    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(protect, release)]
