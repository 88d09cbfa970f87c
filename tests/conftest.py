"""Fixtures for everybody: real data, people, and a way to run queued jobs inline."""

import importlib
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from rest_framework.test import APIClient

from tests import factories

ROOT = Path(__file__).resolve().parents[1]
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # as the worker does; before torch is imported


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real images, or skip."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the folder of real images (../shared/data) is not on this machine")
    return folder


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    """Let tests with real transactions empty the audit table afterwards; tests/audit puts its triggers back."""
    migration = importlib.import_module("audit.migrations.0002_append_only")
    with django_db_blocker.unblock(), connection.schema_editor() as editor:
        migration.release(None, editor)


@pytest.fixture(autouse=True)
def own_blobs(tmp_path: Path, settings) -> None:
    """Give every test its own blob folder and data folder."""
    settings.DATA_DIR = tmp_path / "data"
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the real one takes its time
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "common.storage.DurableFileStorage",
            "OPTIONS": {"location": str(tmp_path / "blobs")},
        },
    }


@pytest.fixture
def manager(db):
    """Return a user who manages projects."""
    return factories.user("manager")


@pytest.fixture
def administrator(db):
    """Return an administrator."""
    return factories.user("administrator", is_staff=True)


@pytest.fixture
def client_of() -> Callable[..., APIClient]:
    """Return a function giving an API client signed in as a user (None: a stranger)."""

    def client(user=None) -> APIClient:
        api = APIClient()
        if user is not None:
            api.force_login(user)
        return api

    return client


@pytest.fixture
def run_jobs() -> Callable[[], int]:
    """Return a function that runs queued jobs inline, through the real claim, until none is left."""

    def run() -> int:
        from jobs.execution import run_job
        from jobs.models import Job
        from jobs.registry import load_tasks
        from jobs.types import JobState

        load_tasks()
        count = 0
        while True:
            queued = (
                Job.objects.filter(state=JobState.QUEUED).order_by("created_at").values_list("pk", flat=True).first()
            )
            if queued is None:
                return count
            run_job(queued)
            count += 1
            assert count < 200, "jobs keep coming back"

    return run
