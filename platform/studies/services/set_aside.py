"""Try a set-aside file again, or throw it away."""

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F

from accounts.models import User
from audit.services import record_action
from common.clock import now
from common.errors import DeniedError
from studies import policies
from studies.dicomfile.facts import read_facts
from studies.dicomfile.metadata import storable_text
from studies.dicomfile.spool import spool
from studies.errors import SetAsideError
from studies.models import Import, Series, SetAsideFile
from studies.services.indexing import index_series
from studies.services.intake import admit
from studies.types import FileOutcome, Outcome, SetAsideReason


def retry_set_aside(*, actor: User, file: SetAsideFile) -> FileOutcome:
    """Look at a set-aside file once more, as after an upgrade or when a conflict was settled.

    Taken in, it is settled and no longer counted as set aside; otherwise its reason is brought up to date. It is
    taken in with the rights of the actor, so that an administrator can add to anybody's series. Archives stay as
    they are: what was unsafe is unsafe.

    Raises
    ------
    DeniedError
        It is of somebody else's import.
    """
    _check(actor, file)
    if file.reason == SetAsideReason.UNSAFE_ARCHIVE:
        return FileOutcome(file.path, Outcome.SET_ASIDE, SetAsideReason(file.reason), file.detail)
    with default_storage.open(file.blob) as stored, spool(stored, limit_bytes=file.size_bytes) as held:
        try:
            facts = read_facts(held.stream, held.size)
            outcome = admit(batch=file.batch, path=file.path, held=held, facts=facts, adder=actor)
        except SetAsideError as error:
            SetAsideFile.objects.filter(pk=file.pk).update(reason=error.reason, detail=storable_text(error.detail))
            return FileOutcome(file.path, Outcome.SET_ASIDE, error.reason, error.detail)
    index_series(series=Series.objects.get(series_uid=outcome.series_uid))
    with transaction.atomic():
        SetAsideFile.objects.filter(pk=file.pk).update(settled_at=now())
        _forget_bytes(actor, file, "set_aside.retry")
    return outcome


def discard_set_aside(*, actor: User, file: SetAsideFile) -> None:
    """Throw a set-aside file away for good; the audit record keeps its path, reason and hash.

    Raises
    ------
    DeniedError
        It is of somebody else's import.
    """
    _check(actor, file)
    with transaction.atomic():
        SetAsideFile.objects.filter(pk=file.pk).delete()
        _forget_bytes(actor, file, "set_aside.discard")


def _check(actor: User, file: SetAsideFile) -> None:
    if not policies.visible_imports(user=actor).filter(pk=file.batch_id).exists():
        raise DeniedError("This is somebody else's import.", code="import_denied")


def _forget_bytes(actor: User, file: SetAsideFile, action: str) -> None:
    """Correct the count, write the record, and delete the bytes after the commit unless another row needs them."""
    Import.objects.filter(pk=file.batch_id).update(set_aside=F("set_aside") - 1)
    record_action(
        actor=actor,
        action=action,
        subject=f"import:{file.batch_id}",
        detail={"path": file.path, "reason": file.reason, "sha256": file.sha256},
    )
    if not SetAsideFile.objects.filter(blob=file.blob, settled_at=None).exclude(pk=file.pk).exists():
        transaction.on_commit(lambda: default_storage.delete(file.blob))
