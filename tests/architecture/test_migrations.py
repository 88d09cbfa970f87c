"""Migrations agree with the models, form no cycle, can be undone, and follow the order of the house."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

ORDER = ["accounts", "audit", "jobs", "studies", "marks", "reading", "assist", "learning", "datasets"]


@pytest.mark.django_db
def test_no_model_change_without_migration() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_dependencies_follow_the_one_way_order() -> None:
    loader = MigrationLoader(None)
    loader.graph.ensure_not_cyclic()
    above = [
        f"{key} needs {parent}"
        for key, migration in loader.disk_migrations.items()
        if key[0] in ORDER
        for parent in migration.dependencies
        if parent[0] in ORDER and ORDER.index(parent[0]) > ORDER.index(key[0])
    ]
    assert not above


def test_every_operation_is_reversible() -> None:
    loader = MigrationLoader(None)
    one_way = [
        f"{key}: {operation.describe()}"
        for key, migration in loader.disk_migrations.items()
        if key[0] in ORDER
        for operation in migration.operations
        if not operation.reversible
    ]
    assert not one_way


def test_every_app_of_the_house_is_installed() -> None:
    assert {config.label for config in apps.get_app_configs()} >= set(ORDER)
    assert connection.vendor in ("sqlite", "postgresql")
