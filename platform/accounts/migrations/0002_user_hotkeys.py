from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="hotkeys",
            field=models.JSONField(
                blank=True, default=dict, help_text="{command: [keys]}; the others have the usual ones"
            ),
        ),
    ]
