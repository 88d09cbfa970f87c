from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_user_hotkeys"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="overlay",
            field=models.JSONField(
                blank=True, default=dict, help_text="{text over images: shown}; the others are as usual"
            ),
        ),
    ]
