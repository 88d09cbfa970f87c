"""Write the search keys of the studies that are there."""

from itertools import islice
from typing import Any

from django.db import migrations

KEYS = ("patient_name_key", "referring_physician_key", "description_key")


def fill(apps: Any, schema_editor: Any) -> None:
    """Fold what was stored before there were keys, a thousand studies at a time."""
    study = apps.get_model("studies", "Study")
    fields = [study._meta.get_field(name) for name in KEYS]
    ids = study.objects.order_by().values_list("pk", flat=True)
    left = ids.iterator()
    while part := list(islice(left, 1000)):
        rows = list(study.objects.filter(pk__in=part))
        for row in rows:
            for field in fields:
                field.pre_save(row, add=False)
        study.objects.bulk_update(rows, KEYS)


class Migration(migrations.Migration):
    dependencies = [("studies", "0009_search_keys")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
