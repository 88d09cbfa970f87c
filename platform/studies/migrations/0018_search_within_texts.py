"""On PostgreSQL, an index for texts that stand anywhere in what studies are searched by (pg_trgm)."""

import sys
from typing import Any

from django.db import Error, migrations, transaction

NAME = "study_texts_within"
COLUMNS = ("patient_name_key", "description_key", "referring_physician_key", "patient_id", "accession_number")
EXTENSION = "CREATE EXTENSION IF NOT EXISTS pg_trgm"
INDEX = f"CREATE INDEX {NAME} ON studies_study USING gin ({', '.join(f'{one} gin_trgm_ops' for one in COLUMNS)})"


def add(apps: Any, schema_editor: Any) -> None:
    """Add it; where the extension may not be created or is not installed, searches are slower without it."""
    if schema_editor.connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            schema_editor.execute(EXTENSION)
            schema_editor.execute(INDEX)
    except Error as error:
        told = f"Searches for a text within names and descriptions stay slow: {str(error).strip()}\n"
        sys.stderr.write(f"{told}Somebody who may: {EXTENSION}; {INDEX};\n")


def remove(apps: Any, schema_editor: Any) -> None:
    """Remove the index; the extension may serve others."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {NAME}")


class Migration(migrations.Migration):
    dependencies = [("studies", "0017_list_order_indexes")]
    operations = [migrations.RunPython(add, remove)]
