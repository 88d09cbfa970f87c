"""An archive of its own, looked at from this process."""

import hashlib
import os
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
Acks = dict[str, str]
"""Path of an acknowledged file and what was said of it."""
FOLDERS = ("instances/", "set-aside/", "sources/", "held/")


class Archive:
    """An archive in a folder, with whatever `servers` it stands on."""

    def __init__(self, folder: Path, variables: dict[str, str]) -> None:
        self.folder = folder
        chosen = {"DATA": str(folder / "data"), **variables}
        self.environment = {**os.environ, **chosen, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"}
        self.manage = [sys.executable, str(ROOT / "manage.py")]
        subprocess.run([*self.manage, "migrate", "-v0"], check=True, env=self.environment)
        os.environ |= chosen
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        sys.path[:0] = [str(ROOT), str(ROOT / "platform")]
        import django

        django.setup()

    def settled(self) -> None:
        """Wait until servers have noticed that their client is dead: what they had in hand may still come."""
        from django.db import connection

        while connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
                cursor.execute(others + "pg_backend_pid() AND backend_type = 'client backend'")
                if cursor.fetchone() == (0,):
                    break
            time.sleep(0.02)
        if "STORAGE_URL" in os.environ:
            before: set[str] | None = None
            while before != (before := stored()):
                time.sleep(0.2)

    def check(self, files: dict[str, bytes], acks: Acks) -> None:
        """Fail unless every acknowledged file is there, and nothing is there by half."""
        self.settled()
        for path, said in acks.items():
            acknowledged(path, files[path], *said.split(" ", 1))
        whole()

    def verify(self) -> None:
        """Index what the kills left for later, and fail unless `verify_archive` finds nothing wrong then."""
        from studies.models import Series
        from studies.services import index_series
        from studies.services.verification import Wish, verify_archive

        for series in Series.objects.filter(indexed_at=None):
            index_series(series=series)
        report = verify_archive(wish=Wish(idle=True))
        assert not report.problems, report.problems[:5]


def stored() -> set[str]:
    """Return the names of all blobs that must have a row."""
    from django.core.files.storage import default_storage

    bucket = getattr(default_storage, "bucket", None)
    if bucket is not None:
        return {one.key for one in bucket.objects.all() if one.key.startswith(FOLDERS)}
    root = Path(default_storage.location)
    places = [root / kind for kind in FOLDERS]
    return {str(path.relative_to(root)) for place in places for path in place.rglob("*") if path.is_file()}


def same_bytes(blob: str, digest: str) -> bool:
    """Say whether a blob holds the bytes of that SHA-256."""
    from django.core.files.storage import default_storage

    with default_storage.open(blob) as file:
        return hashlib.sha256(file.read()).hexdigest() == digest


def acknowledged(path: str, content: bytes, outcome: str, uid: str) -> None:
    """Fail unless what was said of a file is so."""
    from studies.models import Instance, ResearchSource, SetAsideFile
    from studies.types import Origin

    digest = hashlib.sha256(content).hexdigest()
    if outcome == "set_aside":
        assert same_bytes(SetAsideFile.objects.filter(sha256=digest).values_list("blob", flat=True)[0], digest), path
        return
    row = Instance.objects.select_related("header", "series").get(sop_instance_uid=uid)
    assert row.imports.exists(), path
    assert same_bytes(row.blob, row.sha256), path
    if row.origin != Origin.CONVERTED:
        assert (row.sha256, row.size_bytes) == (digest, len(content)), path
        return
    assert row.source_sha256 == digest, path
    assert same_bytes(row.source_blob, digest), path
    source = ResearchSource.objects.filter(sha256=digest, series_uid=row.series.series_uid)[0]
    pieces = list(row.series.instances.all())
    expected = 1 if source.is_label else source.grid["shape_kji"][0]
    assert len(pieces) == source.instance_count == expected, path
    assert all(same_bytes(piece.blob, piece.sha256) for piece in pieces), path


def whole() -> None:
    """Fail when, after recovery, anything lies without a row, is missing, or is counted wrongly."""
    from django.db import connection
    from django.db.models import Count, Sum

    from studies.models import HeldInstance, ImportedFile, Instance, InstanceHeader, PendingBlobs, Series, SetAsideFile
    from studies.services.recovery import recover_pending

    recover_pending(silent_for=timedelta(0))
    assert not PendingBlobs.objects.exists()
    named = {
        *Instance.objects.values_list("blob", flat=True),
        *Instance.objects.values_list("source_blob", flat=True),
        *SetAsideFile.objects.values_list("blob", flat=True),
        *HeldInstance.objects.values_list("blob", flat=True),
    } - {""}
    there = stored()
    assert there == named, (sorted(there - named)[:5], sorted(named - there)[:5])
    assert Instance.objects.count() == InstanceHeader.objects.count()
    assert not Instance.objects.filter(imports=None).exists()
    assert not Series.objects.filter(instances=None).exists()
    counted = Series.objects.annotate(n=Count("instances"), frames=Sum("instances__frame_count"))
    assert all((row.instance_count, row.frame_count) == (row.n, row.frames) for row in counted)
    pieces = ImportedFile.objects.filter(batch__research_groups=None).values("batch").annotate(n=Count("id"))
    for one in pieces.values("n", "batch__accepted", "batch__duplicates", "batch__set_aside"):
        assert one["n"] == one["batch__accepted"] + one["batch__duplicates"] + one["batch__set_aside"]
    connection.close()


def everything(files: dict[str, bytes]) -> None:
    """Fail unless every file of a round is in the archive."""
    from studies.models import Instance, SetAsideFile

    digests = {hashlib.sha256(content).hexdigest() for content in files.values()}
    found = set(Instance.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
    found |= set(Instance.objects.filter(source_sha256__in=digests).values_list("source_sha256", flat=True))
    found |= set(SetAsideFile.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
    assert found == digests
