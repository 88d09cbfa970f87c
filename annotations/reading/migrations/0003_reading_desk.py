"""At which machine a reading is being worked on."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reading", "0002_hanging_rules")]

    operations = [
        migrations.AddField(
            model_name="reading",
            name="desk",
            field=models.UUIDField(
                blank=True, help_text="The machine (browser) at which the reader works on it", null=True
            ),
        ),
        migrations.AddField(
            model_name="reading",
            name="desk_at",
            field=models.DateTimeField(blank=True, help_text="When that machine was last heard of", null=True),
        ),
    ]
