"""Settings from the environment: safe by default, strict in production."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import read_env

SECRET = "x" * 50
VARIABLES = "FIDUCIAL_MODE SECRET_KEY DEBUG ALLOWED_HOSTS DATABASE_URL REDIS_URL STORAGE_URL MAX_UPLOAD_MB".split()  # noqa: SIM905  (shorter to read)


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """Return a function that reads the environment with these variables and no others of ours."""

    def read(**variables: str):
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("DATA", str(tmp_path / "data"))
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return read_env()

    return read


def test_local_needs_nothing_and_keeps_one_private_secret(environment, tmp_path: Path) -> None:
    first, second = environment(), environment()
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 50
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o077 == 0
    assert first.allowed_hosts == ("127.0.0.1", "localhost", "[::1]")


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECRET_KEY": SECRET}, "ALLOWED_HOSTS"),
        ({"SECRET_KEY": SECRET, "ALLOWED_HOSTS": "*"}, "wildcard"),
        ({"SECRET_KEY": SECRET, "ALLOWED_HOSTS": "a.example,.example"}, "wildcard"),
        ({"SECRET_KEY": SECRET, "ALLOWED_HOSTS": "a.example", "DEBUG": "1"}, "DEBUG"),
    ],
)
def test_production_refuses(environment, variables: dict[str, str], said: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=said):
        environment(FIDUCIAL_MODE="production", **variables)


def test_production_starts_when_all_is_set(environment) -> None:
    env = environment(FIDUCIAL_MODE="production", SECRET_KEY=SECRET, ALLOWED_HOSTS="a.example, b.example")
    assert env.production
    assert env.allowed_hosts == ("a.example", "b.example")


def test_storage_urls(environment) -> None:
    assert environment().storage.folder is not None
    assert environment(STORAGE_URL="file:///srv/blobs").storage.folder == Path("/srv/blobs")
    bucket = environment(STORAGE_URL="s3://images?endpoint_url=https://s3.example&region=eu").storage
    assert (bucket.folder, bucket.bucket, bucket.endpoint_url, bucket.region) == (
        None, "images", "https://s3.example", "eu",
    )  # fmt: skip


@pytest.mark.parametrize(
    "variables", [{"STORAGE_URL": "ftp://x"}, {"FIDUCIAL_MODE": "prod"}, {"MAX_UPLOAD_MB": "many"}]
)
def test_unknown_values_are_said(environment, variables: dict[str, str]) -> None:
    with pytest.raises(ImproperlyConfigured):
        environment(**variables)
