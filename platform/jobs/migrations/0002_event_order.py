"""Let event ids become visible in growing order on PostgreSQL.

A reader asks for "everything after id n". With an ordinary sequence, a transaction that took id 5 may commit before one
that took id 4, and a reader that has seen 5 never sees 4. So each event gets its final id at commit: a deferred trigger
takes an advisory lock, which is held until the commit is visible, and then draws the next number. It is taken last,
after every other lock of the transaction, so that it adds no deadlock. SQLite has one writer at a time and needs none
of this.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

ON = [
    """CREATE FUNCTION jobs_event_number() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         PERFORM pg_advisory_xact_lock(hashtext('fiducial.jobs_event'));
         UPDATE jobs_event SET id = nextval(pg_get_serial_sequence('jobs_event', 'id')) WHERE id = NEW.id;
         RETURN NULL;
       END $$""",
    """CREATE CONSTRAINT TRIGGER jobs_event_number AFTER INSERT ON jobs_event
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION jobs_event_number()""",
]
OFF = ["DROP TRIGGER jobs_event_number ON jobs_event", "DROP FUNCTION jobs_event_number()"]


def order(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Add the trigger."""
    if editor.connection.vendor == "postgresql":
        for statement in ON:
            editor.execute(statement)


def unorder(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Remove the trigger."""
    if editor.connection.vendor == "postgresql":
        for statement in OFF:
            editor.execute(statement)


class Migration(migrations.Migration):
    """A deferred trigger on PostgreSQL."""

    dependencies = [("jobs", "0001_initial")]
    operations = [migrations.RunPython(order, unorder)]
