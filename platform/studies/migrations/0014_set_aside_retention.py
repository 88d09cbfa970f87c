from django.core.validators import MinValueValidator
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("studies", "0013_index_series_again"),
    ]

    operations = [
        migrations.AddField(
            model_name="storagerules",
            name="set_aside_days",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="Since a file was set aside; none: for ever",
                null=True,
                validators=[MinValueValidator(1)],
            ),
        ),
    ]
