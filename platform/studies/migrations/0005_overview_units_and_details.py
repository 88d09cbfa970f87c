from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("studies", "0004_drop_imported_instances"),
    ]

    operations = [
        migrations.AddField(
            model_name="series",
            name="overview_name",
            field=models.CharField(blank=True, max_length=300),
        ),
        migrations.AddField(
            model_name="volume",
            name="details",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name="volume",
            name="units",
            field=models.CharField(blank=True, max_length=16),
        ),
    ]
