from typing import Any

from django.db import migrations


def forget(apps: Any, schema_editor: Any) -> None:
    """Volumes made before know no units, findings or overview: each series is indexed anew when next looked at."""
    apps.get_model("studies", "Series").objects.exclude(indexed_at=None).update(indexed_at=None)


class Migration(migrations.Migration):
    dependencies = [
        ("studies", "0012_research_instance_count"),
    ]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop),
    ]
