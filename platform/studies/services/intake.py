"""Take in one file: look at it once, keep its bytes, write its rows."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.models import User
from studies import policies
from studies.dicomfile.archive import ArchiveLimits, archive_members, is_junk, is_zip
from studies.dicomfile.facts import Facts, read_facts
from studies.dicomfile.metadata import storable_text
from studies.dicomfile.spool import Readable, Spooled, spool
from studies.errors import ImportClosedError, SetAsideError
from studies.models import Import, ImportedFile, Instance, InstanceHeader, Series, SetAsideFile, Study
from studies.types import FileOutcome, ImportState, Outcome, SetAsideReason


def store_file(*, batch: Import, path: str, file: Readable, only_study: str = "") -> list[FileOutcome]:
    """Take in a file, or every file of a zip; the actor is who opened the batch.

    With `only_study`, instances of any other study are set aside.

    When this returns, accepted bytes are durable and their rows committed. A file that cannot be taken in is set
    aside with its bytes and does not stop the rest. Files that are no images by their names (DICOMDIR, hidden
    files, resource forks) are passed over: no outcome.

    Raises
    ------
    TooLargeError
        More than MAX_UPLOAD_BYTES.
    ImportClosedError
        The batch is closed.
    """
    if not Import.objects.filter(pk=batch.pk, state=ImportState.OPEN).exists():
        raise ImportClosedError("This import is closed; open a new one.")
    if is_junk(path):
        return []
    path = storable_text(path)
    with spool(file, limit_bytes=settings.MAX_UPLOAD_BYTES) as held:
        if is_zip(held.stream):
            return list(_store_archive(batch, path, held, only_study))
        return [_store_one(batch, path, held, only_study)]


def _store_archive(batch: Import, path: str, held: Spooled, only_study: str) -> Iterator[FileOutcome]:
    limits = ArchiveLimits(inflated_bytes=4 * settings.MAX_UPLOAD_BYTES)
    try:
        for name, content in archive_members(held.stream, held.size, limits):
            try:
                with spool(content, limit_bytes=settings.MAX_UPLOAD_BYTES) as member:
                    outcome = _store_one(batch, f"{path}/{name}", member, only_study)
            except SetAsideError as error:  # this member is damaged: the archive is kept, the rest goes on
                outcome = _set_aside(batch, f"{path}/{name}", held, error, None)
            yield outcome
    except SetAsideError as error:
        yield _set_aside(batch, path, held, error, None)


def _store_one(batch: Import, path: str, held: Spooled, only_study: str) -> FileOutcome:
    """Take in one DICOM file, or set it aside."""
    facts = None
    try:
        facts = read_facts(held.stream, held.size)
        if only_study and facts.study_uid != only_study:
            raise SetAsideError(SetAsideReason.CONFLICT, f"It is of study {facts.study_uid}, not of {only_study}.")
        return admit(batch=batch, path=path, held=held, facts=facts)
    except SetAsideError as error:
        return _set_aside(batch, path, held, error, facts)


def admit(*, batch: Import, path: str, held: Spooled, facts: Facts, adder: User | None = None) -> FileOutcome:
    """Keep the bytes under their hash, then commit the rows; `adder` (else the batch's owner) must see the series.

    Raises
    ------
    SetAsideError
        `conflict`: the UID is taken by other bytes, or the series is not the actor's to add to.
    """
    present = _present(facts, held)
    if present is None:
        blob = f"instances/{held.sha256[:2]}/{held.sha256}.dcm"
        _keep(blob, held)
        try:
            with transaction.atomic():
                instance = _write_rows(batch, facts, held, blob, adder or batch.created_by)
                _count(batch, path, held.size, instance, Outcome.ACCEPTED)
            return _outcome(path, Outcome.ACCEPTED, facts)
        except IntegrityError:  # another process stored the same instance in the meantime
            present = _present(facts, held)
            if present is None:
                raise
    with transaction.atomic():
        _count(batch, path, held.size, present, Outcome.DUPLICATE)
    return _outcome(path, Outcome.DUPLICATE, facts)


def _outcome(path: str, outcome: Outcome, facts: Facts | None, error: SetAsideError | None = None) -> FileOutcome:
    return FileOutcome(
        path=path,
        outcome=outcome,
        reason=error.reason if error else None,
        detail=error.detail if error else "",
        study_uid=facts.study_uid if facts else "",
        series_uid=facts.series_uid if facts else "",
        sop_instance_uid=facts.sop_instance_uid if facts else "",
        sop_class_uid=facts.instance["sop_class_uid"] if facts else "",
    )


def _set_aside(batch: Import, path: str, held: Spooled, error: SetAsideError, facts: Facts | None) -> FileOutcome:
    """Keep the bytes of a file that cannot be taken in, with the reason."""
    blob = f"set-aside/{held.sha256[:2]}/{held.sha256}"
    _keep(blob, held)
    with transaction.atomic():
        kept = SetAsideFile.objects.create(
            batch=batch,
            path=storable_text(path)[-1000:],
            reason=error.reason,
            detail=storable_text(error.detail),
            blob=blob,
            size_bytes=held.size,
            sha256=held.sha256,
        )
        ImportedFile.objects.create(
            batch=batch, path=kept.path, size_bytes=held.size, outcome=Outcome.SET_ASIDE,
            reason=kept.reason, detail=kept.detail, set_aside=kept,
        )  # fmt: skip
        Import.objects.filter(pk=batch.pk).update(set_aside=F("set_aside") + 1)
    return _outcome(path, Outcome.SET_ASIDE, facts, error)


def _present(facts: Facts, held: Spooled) -> Instance | None:
    """Return the stored instance when it has the very same bytes; other bytes are a conflict."""
    instance = Instance.objects.filter(sop_instance_uid=facts.sop_instance_uid).first()
    if instance is not None and instance.sha256 != held.sha256:
        raise SetAsideError(
            SetAsideReason.CONFLICT,
            f"Instance {facts.sop_instance_uid} is stored already, with other bytes. Nothing was overwritten.",
        )
    return instance


def _keep(name: str, held: Spooled) -> None:
    """Save the bytes under a name that is their address, unless they are there."""
    if default_storage.exists(name):
        return
    held.raw.seek(0)
    default_storage.save(name, File(held.raw))


def _write_rows(batch: Import, facts: Facts, held: Spooled, blob: str, adder: User | None) -> Instance:
    study, _ = Study.objects.get_or_create(study_uid=facts.study_uid, defaults=facts.study)
    defaults: dict[str, Any] = {**facts.series, "study": study, "created_by": batch.created_by}
    series, made = Series.objects.get_or_create(series_uid=facts.series_uid, defaults=defaults)
    if series.study_id != study.pk:
        raise SetAsideError(SetAsideReason.CONFLICT, f"Series {facts.series_uid} is stored already, in another study.")
    if not made and not policies.can_add_to(user=adder, series=series):
        raise SetAsideError(
            SetAsideReason.CONFLICT,
            f"Series {facts.series_uid} is stored already and is not yours to add to; ask an administrator.",
        )
    instance = Instance.objects.create(
        series=series,
        sop_instance_uid=facts.sop_instance_uid,
        blob=blob,
        size_bytes=held.size,
        sha256=held.sha256,
        **facts.instance,
    )
    InstanceHeader.objects.create(instance=instance, packed=facts.packed_header)
    Series.objects.filter(pk=series.pk).update(
        instance_count=F("instance_count") + 1,
        frame_count=F("frame_count") + instance.frame_count,
        indexed_at=None,
    )
    return instance


def _count(batch: Import, path: str, size: int, instance: Instance, outcome: Outcome) -> None:
    ImportedFile.objects.create(
        batch=batch, path=path[-1000:], size_bytes=size, outcome=outcome, instance=instance, findings=instance.findings
    )
    field = "accepted" if outcome == Outcome.ACCEPTED else "duplicates"
    Import.objects.filter(pk=batch.pk).update(**{field: F(field) + 1})
