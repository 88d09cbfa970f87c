"""Carry over which import brought which instance (data only)."""

from typing import Any

from django.db import migrations


def forward(apps: Any, editor: Any) -> None:
    """Write a file row for each; paths were not kept before."""
    old, new = apps.get_model("studies", "ImportedInstance"), apps.get_model("studies", "ImportedFile")
    rows = old.objects.order_by("pk").values_list("batch_id", "instance_id", "instance__size_bytes")
    new.objects.bulk_create(
        (
            new(batch_id=batch, instance_id=instance, size_bytes=size, path="", outcome="accepted")
            for batch, instance, size in rows.iterator()
        ),
        batch_size=500,
    )


def back(apps: Any, editor: Any) -> None:
    """Write one row per import and instance."""
    old, new = apps.get_model("studies", "ImportedInstance"), apps.get_model("studies", "ImportedFile")
    pairs = new.objects.exclude(instance=None).order_by().values_list("batch_id", "instance_id").distinct()
    old.objects.bulk_create(
        (old(batch_id=batch, instance_id=instance) for batch, instance in pairs), ignore_conflicts=True, batch_size=500
    )


class Migration(migrations.Migration):
    dependencies = [("studies", "0002_findings_and_imported_files")]

    operations = [migrations.RunPython(forward, back)]
