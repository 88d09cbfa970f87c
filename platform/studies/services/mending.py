"""What `verify_archive --repair` does about each kind of trouble. Every method says whether it is right now."""

import logging
import re
from pathlib import PurePosixPath

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Count, Sum

from audit.services import record_action
from common.errors import DomainError
from studies.dicomfile.facts import read_facts
from studies.dicomfile.spool import spool
from studies.errors import SetAsideError
from studies.models import Import, Instance, InstanceHeader, PendingBlobs, Series, SeriesGrant, SetAsideFile, Study
from studies.services.blobs import delete_unreferenced, referenced
from studies.services.holders import instances_held, series_held
from studies.services.imports import close_import, open_import
from studies.services.indexing import index_series
from studies.services.intake import store_file
from studies.services.verification import hash_of
from studies.types import FileOutcome, ImportState, Origin, Outcome, SetAsideReason, Trouble

logger = logging.getLogger(__name__)
SOURCES, HELD = "sources/", "held/"
_HASH = re.compile(r"[0-9a-f]{64}")


class Mender:
    """Repairs one thing after the other; orphans go into one import."""

    def __init__(self, *, forget_missing: bool) -> None:
        self._forget_missing = forget_missing
        self._batch: Import | None = None

    def end_writer(self, row: PendingBlobs) -> bool:
        """Delete what a dead writer left; blobs that a committed row names stay."""
        delete_unreferenced(row.names, retired=[row.pk])
        return True

    def adopt(self, name: str) -> bool:
        """Take an orphan file in, or set it aside."""
        if self._batch is None:
            self._batch = open_import(actor=None, source="verify_archive")
        try:
            if name.startswith(HELD):  # nobody has looked at it: it must not come in by this door
                self._quarantine(self._batch, name, name, "Held for review, and its review is lost: make it anew")
            elif _misnamed(name):
                self._quarantine(self._batch, name, f"{name} as found in storage", "Its bytes do not fit its name")
            else:
                with default_storage.open(name) as file:
                    outcomes = store_file(batch=self._batch, path=name, file=file)
                if name.startswith(SOURCES):
                    _link_source(name, outcomes)
        except FileNotFoundError:
            return True
        if referenced([name]):
            return True
        if not _kept_elsewhere(name):
            return False
        delete_unreferenced([name])
        return True

    def finish_adopting(self) -> None:
        """Index what was adopted."""
        if self._batch is not None:
            close_import(actor=None, batch=self._batch)
            self._batch = None

    def delete_partial(self, name: str) -> bool:
        """Delete what a killed writer had begun to write; nobody was told that it is there."""
        default_storage.delete(name)
        return True

    def set_aside_damaged(self, row: Instance, kind: Trouble, detail: str) -> bool:
        """Take a damaged instance out of the index, so that it can be sent again; its bytes are kept.

        One that masks or cases refer to stays, and is told again: sending the same bytes again heals it. One whose
        file is gone stays too, unless `forget_missing`.
        """
        if kind == Trouble.MISSING_BLOB and not self._forget_missing:
            return False
        if instances_held([row.sop_instance_uid]) or series_held([row.series]):
            return False
        with transaction.atomic():
            if kind == Trouble.CHANGED_BLOB:
                self._keep_damaged(row, detail)
            series = row.series
            Instance.objects.filter(pk=row.pk).delete()
            record_action(
                actor=None,
                action="instance.damaged",
                subject=f"instance:{row.sop_instance_uid}",
                detail={"sha256": row.sha256, "blob": row.blob, "trouble": str(kind)},
            )
        self.recount(series)
        return True

    def _keep_damaged(self, row: Instance, detail: str) -> None:
        batch = Import.objects.filter(files__instance=row).order_by("created_at").first()
        batch = batch or Import.objects.create(created_by=None, source="verify_archive", state=ImportState.CLOSED)
        self._quarantine(batch, row.blob, f"{row.sop_instance_uid} as found in storage", f"{detail}. Send it again")
        transaction.on_commit(lambda: delete_unreferenced([row.blob]))

    def _quarantine(self, batch: Import, name: str, path: str, detail: str) -> None:
        """Move damaged bytes out of the way of the right ones, whose address they occupy."""
        sha256 = hash_of(name)
        place = f"damaged/{sha256[:2]}/{sha256}"
        with default_storage.open(name) as damaged:
            default_storage.save(place, damaged)
        SetAsideFile.objects.create(
            batch=batch, path=path, reason=SetAsideReason.DAMAGED, detail=f"{detail}.", blob=place,
            size_bytes=default_storage.size(place), sha256=sha256,
        )  # fmt: skip

    def write_header(self, row: Instance) -> bool:
        """Read a header anew from its file."""
        try:
            with default_storage.open(row.blob) as stored, spool(stored, limit_bytes=row.size_bytes) as held:
                facts = read_facts(held.stream, held.size)
        except (SetAsideError, FileNotFoundError, DomainError) as error:
            logger.warning("no header for %s: %s", row.sop_instance_uid, error)
            return False
        with transaction.atomic():
            InstanceHeader.objects.update_or_create(instance=row, defaults={"packed": facts.packed_header})
            Series.objects.filter(pk=row.series_id).update(indexed_at=None)
        return True

    def recount(self, series: Series) -> bool:
        """Count a series anew and index it; one without instances goes, unless somebody refers to it."""
        found = series.instances.aggregate(rows=Count("pk"), frames=Sum("frame_count", default=0))
        if not found["rows"]:
            if series_held([series]):
                return False
            Series.objects.filter(pk=series.pk).delete()
            SeriesGrant.objects.forget_empty(study=series.study)
            Study.objects.filter(pk=series.study_id, series=None).delete()
            return True
        Series.objects.filter(pk=series.pk).update(
            instance_count=found["rows"], frame_count=found["frames"], indexed_at=None
        )
        return self.index(Series.objects.get(pk=series.pk))

    def index(self, series: Series) -> bool:
        """Make volumes, metadata and thumbnail anew."""
        return index_series(series=series).indexed_at is not None

    def remove_empty_study(self, study: Study) -> bool:
        """Delete a study without series."""
        return bool(Study.objects.filter(pk=study.pk, series=None).delete()[0])

    def close(self, batch: Import) -> bool:
        """Close an import that nobody closed."""
        close_import(actor=None, batch=batch)
        return True


def _misnamed(name: str) -> bool:
    """Say whether a file is named by a hash that its bytes do not have."""
    stem = PurePosixPath(name).name.split(".")[0]
    return bool(_HASH.fullmatch(stem)) and hash_of(name) != stem


def _link_source(name: str, outcomes: list[FileOutcome]) -> None:
    """Tell the instances that were made of a file of their source again."""
    stem = PurePosixPath(name).name
    uids = [one.sop_instance_uid for one in outcomes if one.outcome != Outcome.SET_ASIDE and one.sop_instance_uid]
    made = Instance.objects.filter(sop_instance_uid__in=uids, source_blob="").exclude(sha256=stem)
    made.update(source_blob=name, source_sha256=stem, origin=Origin.REPAIRED)


def _kept_elsewhere(name: str) -> bool:
    """Say whether the very bytes of a file lie under another name that a row needs."""
    digest = hash_of(name)
    names = [
        *Instance.objects.filter(sha256=digest).values_list("blob", flat=True)[:1],
        *SetAsideFile.objects.filter(sha256=digest).exclude(blob="").values_list("blob", flat=True)[:1],
    ]
    return any(one != name and default_storage.exists(one) for one in names)
