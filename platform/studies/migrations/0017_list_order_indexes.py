import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("studies", "0016_fill_list_order")]

    operations = [
        migrations.AlterField(
            model_name="seriesgrant",
            name="study_grant",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="grants", to="studies.studygrant"
            ),
        ),
        migrations.AddIndex(
            model_name="series",
            index=models.Index(
                fields=["modality", "-study_date", "-study_created_at", "-study"], name="series_modality_order"
            ),
        ),
        migrations.AddIndex(
            model_name="studygrant",
            index=models.Index(fields=["team", "-study_date", "-study_created_at", "-study"], name="study_grant_order"),
        ),
        migrations.AddConstraint(
            model_name="studygrant",
            constraint=models.UniqueConstraint(fields=("study", "team"), name="study_grant_once"),
        ),
    ]
