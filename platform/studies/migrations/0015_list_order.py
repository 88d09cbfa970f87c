import django.db.models.deletion
from django.db import migrations, models

import common.clock
import common.searching


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("studies", "0014_set_aside_retention")]

    operations = [
        migrations.AddField(
            model_name="series",
            name="study_created_at",
            field=common.searching.CopiedDateTimeField(
                default=common.clock.now, editable=False, source="study.created_at"
            ),
        ),
        migrations.AddField(
            model_name="series",
            name="study_date",
            field=common.searching.CopiedCharField(
                blank=True, default="", editable=False, max_length=8, source="study.study_date"
            ),
        ),
        migrations.CreateModel(
            name="StudyGrant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "study_date",
                    common.searching.CopiedCharField(
                        blank=True, default="", editable=False, max_length=8, source="study.study_date"
                    ),
                ),
                (
                    "study_created_at",
                    common.searching.CopiedDateTimeField(
                        default=common.clock.now, editable=False, source="study.created_at"
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="studies.study"
                    ),
                ),
                (
                    "team",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.team",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="seriesgrant",
            name="study_grant",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="grants",
                to="studies.studygrant",
            ),
        ),
    ]
