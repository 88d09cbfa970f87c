"""Blobs: every column that names one is known, and only what no row needs is deleted."""

import pytest
from django.apps import apps
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models

from studies.models import Import, Instance, Series, SetAsideFile
from studies.services.blobs import blob_columns, delete_unreferenced, model_of, referenced
from tests.studies.making import image, stack

OTHERS = {
    # not blobs: a text for people, and a folder under the data folder
    ("jobs.Job", "message"),
    ("learning.TrainingRun", "checkpoint"),
}
"""Columns as long as a blob's name that hold none."""


def could_name_a_blob(field: models.Field) -> bool:
    if isinstance(field, models.FileField):
        return True
    named = "blob" in field.name or field.name in ("metadata_name", "thumbnail_name", "overview_name", "bundle")
    return isinstance(field, models.CharField) and (named or field.max_length == 300)


def test_every_column_that_names_a_blob_is_known() -> None:
    """A new one must be registered, or its blobs would be deleted as nobody's."""
    known = {(column.model, column.field) for column in blob_columns()} | OTHERS
    found = {
        (model._meta.label, field.name)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if could_name_a_blob(field)
    }
    assert found - known == set()


def test_every_known_column_exists() -> None:
    missing = {(column.model, column.field) for column in blob_columns() if model_of(column) is None}
    assert missing <= {("studies.Series", "overview_name")}


def keep(name: str) -> str:
    return default_storage.save(name, ContentFile(b"x"))


@pytest.mark.django_db
def test_only_what_no_row_needs_is_deleted(importer, bring_in) -> None:
    bring_in(importer, [image()])
    series, instance = Series.objects.get(), Instance.objects.get()
    batch = Import.objects.get()
    aside = SetAsideFile.objects.create(
        batch=batch, path="a", reason="not_dicom", blob=keep("set-aside/aa/a"), size_bytes=1, sha256="a" * 64
    )
    needed = {instance.blob, series.metadata_name, series.thumbnail_name, aside.blob}
    orphan = keep("instances/ff/" + "f" * 64 + ".dcm")
    assert referenced([*needed, orphan, "", "instances/none"]) == needed
    assert delete_unreferenced([*needed, orphan, "", "instances/none"]) == [orphan]
    assert all(default_storage.exists(name) for name in needed)
    assert not default_storage.exists(orphan)


@pytest.mark.django_db
def test_an_announced_blob_is_not_deleted() -> None:
    """A writer that has said what it will need, and has not written its rows yet."""
    pending = apps.get_model("studies.PendingBlobs")
    name = keep("instances/ee/" + "e" * 64 + ".dcm")
    row = pending.objects.create(names=[name])
    assert delete_unreferenced([name]) == []
    row.delete()
    assert delete_unreferenced([name]) == [name]


@pytest.mark.django_db
def test_many_names_in_few_questions(importer, bring_in, django_assert_max_num_queries) -> None:
    bring_in(importer, stack(3))
    orphans = [keep(f"instances/dd/{number:064}.dcm") for number in range(450)]
    needed = list(Instance.objects.values_list("blob", flat=True))
    with django_assert_max_num_queries(60):
        assert delete_unreferenced([*orphans, *needed]) == sorted(orphans)
