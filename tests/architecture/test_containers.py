"""No engine builds the images in the tests; so hold compose file, Dockerfile, settings and make targets together."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from jobs.types import Queue

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker" / "compose.yaml").read_text(encoding="utf-8"))
DOCKERFILE = (ROOT / "docker" / "Dockerfile").read_text(encoding="utf-8")
OURS = {name: service for name, service in COMPOSE["services"].items() if "build" in service}


def targets() -> set[str]:
    """Return the names of the make targets."""
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))


def test_every_service_builds_a_stage_of_the_dockerfile() -> None:
    stages = set(re.findall(r"^FROM \S+ AS (\S+)", DOCKERFILE, flags=re.MULTILINE))
    assert set(OURS) == {"web", "worker", "gpu-worker"}
    for service in OURS.values():
        assert service["build"]["target"] in stages
        assert (ROOT / "docker" / service["build"]["context"]).resolve() == ROOT
        assert (ROOT / service["build"]["dockerfile"]).is_file()


def test_images_run_make_targets_only() -> None:
    used = set(re.findall(r"RUN make (\S+)", DOCKERFILE)) | set(re.findall(r'CMD \["make", "([a-z-]+)"', DOCKERFILE))
    assert used >= {"install", "frontend", "gpu", "web", "worker"}
    assert used <= targets()


def test_variables_are_the_settings_own() -> None:
    read = set(
        re.findall(r'(?:environ\.get|_list)\(\s*"([A-Z_]+)"', (ROOT / "platform/config/env.py").read_text("utf-8"))
    )
    for name, service in OURS.items():
        assert set(service["environment"]) <= read, name
        assert service["environment"]["FIDUCIAL_MODE"] == "production"


def test_no_secret_has_a_default() -> None:
    for service in COMPOSE["services"].values():
        for name, value in (service.get("environment") or {}).items():
            if "PASSWORD" in name or "SECRET" in name:
                assert re.fullmatch(r"\$\{[A-Z_]+:\?.*\}", value)


def test_workers_serve_every_queue() -> None:
    served = {name for group in re.findall(r"QUEUES=([a-z,]+)", DOCKERFILE) for name in group.split(",")}
    assert served == set(Queue.values)


def test_environment_of_compose_starts_in_production(monkeypatch, tmp_path: Path) -> None:
    from config.env import read_env

    values = {"SECRET_KEY": "s" * 50, "POSTGRES_PASSWORD": "secret", "ALLOWED_HOSTS": "reading.example"}
    for name, value in OURS["web"]["environment"].items():
        filled = re.sub(
            r"\$\{([A-Z_]+)(?::[-?]([^}]*))?\}", lambda m: values.get(m[1]) or (m[2] if ":-" in m[0] else ""), value
        )
        monkeypatch.setenv(name, filled)
    monkeypatch.setenv("DATA", str(tmp_path))
    env = read_env()
    assert env.database_url == "postgres://fiducial:secret@database:5432/fiducial"
    assert env.redis_url.startswith("redis://redis")
    assert "reading.example" in env.allowed_hosts


TARGETS = ["run", "test", "web", "worker", "install", "gpu", "frontend", "bench", "lint", "screenshots"]


@pytest.mark.parametrize("target", TARGETS)
def test_make_knows_its_targets(target: str) -> None:
    done = subprocess.run(["make", "--dry-run", "--always-make", target], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
