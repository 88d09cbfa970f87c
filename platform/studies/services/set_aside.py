"""Try set-aside files again, or throw them away. Repairing and settling lie beside (`repairing`, `conflicts`)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from accounts.models import User
from audit.services import record_action
from common.clock import now
from common.errors import DeniedError, InvalidError, NotFoundError
from jobs.models import Job
from jobs.services import emit_event, enqueue_job
from studies import policies
from studies.dicomfile.metadata import storable_text
from studies.errors import SetAsideError
from studies.models import Import, ImportedFile, Series, SetAsideFile
from studies.services.blobs import delete_unreferenced
from studies.services.indexing import index_series
from studies.services.preparing import Incoming, prepare
from studies.services.research import take_in_research
from studies.services.storing import store_group
from studies.types import FileOutcome, Outcome, RepairAction, SetAsideReason

KEPT_AS_THEY_ARE = frozenset({SetAsideReason.UNSAFE_ARCHIVE, SetAsideReason.SUPERSEDED, SetAsideReason.DAMAGED})
"""Reasons that looking again does not change: the first is unsafe still, the others were stored once."""
RETRY = "retry"
REPAIRABLE_BYTES = 1 << 30


@dataclass(frozen=True, slots=True)
class ManyDone:
    """What became of many set-aside files.

    Attributes
    ----------
    looked_at, taken_in, left : int
        How many files; `taken_in` and `left` (set aside still) make up `looked_at`.
    study_uids : list of str
        The studies that got new instances, in order.
    """

    looked_at: int
    taken_in: int
    left: int
    study_uids: list[str]


Treat = Callable[[SetAsideFile], FileOutcome]
Report = Callable[[float, str], None]


def retry_set_aside(*, actor: User, file: SetAsideFile) -> FileOutcome:
    """Look at a set-aside file once more, as after an upgrade or when a conflict was settled.

    Taken in, it is settled and no longer counted as set aside; otherwise its reason is brought up to date. It is
    taken in with the rights of the actor, so that an administrator can add to anybody's series. Archives stay as
    they are: what was unsafe is unsafe.

    Raises
    ------
    DeniedError
        It is of somebody else's import.
    NotFoundError
        Its bytes are not in storage.
    """
    outcome = look_again(actor=actor, file=file)
    index_taken_in([outcome])
    tell_changed(file.batch)
    return outcome


def look_again(*, actor: User, file: SetAsideFile) -> FileOutcome:
    """Do as `retry_set_aside`, but leave volumes and thumbnails to `index_taken_in`."""
    require_own(actor, file)
    if file.reason in KEPT_AS_THEY_ARE:
        return FileOutcome(file.path, Outcome.SET_ASIDE, SetAsideReason(file.reason), file.detail)
    try:
        outcome = _take_in(actor, file)
    except SetAsideError as error:
        return still_set_aside(file, error)
    except FileNotFoundError as error:
        raise NotFoundError("The bytes of this file are missing.", code="blob_missing") from error
    with transaction.atomic():
        SetAsideFile.objects.filter(pk=file.pk).update(settled_at=now())
        forget(actor=actor, file=file, action="set_aside.retry")
    return outcome


def _take_in(actor: User, file: SetAsideFile) -> FileOutcome:
    """Go the way of a new file: unpacked, converted or as it is; SetAsideError when it cannot be taken in."""
    with default_storage.open(file.blob) as stored:
        prepared = prepare(Incoming(file.path, stored))
        found = list(islice(prepared[1](), 2)) if prepared is not None else []
    try:
        if len(found) != 1:  # an archive: what was sound in it came in with it
            raise SetAsideError(SetAsideReason(file.reason), file.detail)
        one = found[0]
        if one.research:
            return take_in_research(batch=file.batch, one=one, adder=actor, into_closed=True)
        return store_group(batch=file.batch, files=[one], adder=actor, into_closed=True, refuse=True)[0]
    finally:
        for one in found:
            one.close()


def tell_changed(batch: Import) -> None:
    """Let the browser of whoever brought the files, and of administrators, load the list anew."""
    emit_event(
        kind="set_aside.changed", subject=f"import:{batch.pk}", payload={"import": str(batch.pk)},
        team=None, user=batch.created_by,
    )  # fmt: skip


def still_set_aside(file: SetAsideFile, error: SetAsideError) -> FileOutcome:
    """Bring the reason up to date and say it."""
    detail = storable_text(error.detail)
    with transaction.atomic():
        SetAsideFile.objects.filter(pk=file.pk).update(reason=error.reason, detail=detail)
        ImportedFile.objects.filter(set_aside=file.pk).update(reason=error.reason, detail=detail)
    return FileOutcome(file.path, Outcome.SET_ASIDE, error.reason, detail)


def discard_set_aside(*, actor: User, file: SetAsideFile) -> None:
    """Throw a set-aside file away for good; the audit record keeps its path, reason and hash.

    Raises
    ------
    DeniedError
        It is of somebody else's import.
    """
    require_own(actor, file)
    with transaction.atomic():
        forget(actor=actor, file=file, action="set_aside.discard")
        SetAsideFile.objects.filter(pk=file.pk).delete()
        tell_changed(file.batch)


def treat_many(*, ids: Iterable[UUID | str], treat: Treat, report: Report) -> ManyDone:
    """Treat unsettled set-aside files one after the other; each is committed by itself.

    Parameters
    ----------
    ids : iterable of UUID
        Which; those settled meanwhile are passed over.
    treat : callable
        `look_again` or the like, for one file.
    report : callable
        Told the share done before each file; what it raises ends the work, and what was taken in is indexed all the
        same.
    """
    wanted = list(ids)
    outcomes: list[FileOutcome] = []
    batches: dict[UUID, Import] = {}
    try:
        for number, pk in enumerate(wanted):
            report(number / max(len(wanted), 1), f"File {number + 1} of {len(wanted)}")
            file = SetAsideFile.objects.select_related("batch").filter(pk=pk, settled_at=None).first()
            if file is not None:
                batches[file.batch_id] = file.batch
                outcomes.append(treat(file))
    finally:
        index_taken_in(outcomes)
        for batch in batches.values():
            tell_changed(batch)
    taken = [one for one in outcomes if one.outcome != Outcome.SET_ASIDE]
    studies = list(dict.fromkeys(one.study_uid for one in taken))
    return ManyDone(len(outcomes), len(taken), len(outcomes) - len(taken), studies)


def repairs_of(file: SetAsideFile) -> list[RepairAction]:
    """Return what can be tried on a set-aside file; nothing above REPAIRABLE_BYTES, which must fit into memory."""
    lacking = file.reason == SetAsideReason.MISSING_UID and file.size_bytes <= REPAIRABLE_BYTES
    return [RepairAction.GIVE_UIDS] if lacking else []


def choose_set_aside(*, actor: User, ids: list[UUID] | None, import_id: UUID | None, action: str) -> list[str]:
    """Return the ids of unsettled files, in the order of their paths: the given ones, or all of one import.

    With a repair as action, those of an import that it is not for are left out.

    Raises
    ------
    InvalidError
        Neither or both are given, there are none, one of the ids is not there (for the actor), or the repair is not
        for one of them.
    """
    rows = SetAsideFile.objects.filter(batch__in=policies.visible_imports(user=actor), settled_at=None)
    if (ids is None) == (import_id is None):
        raise InvalidError("Say which files: either `ids` or `import_id`.", code="which_files")
    rows = rows.filter(batch=import_id) if ids is None else rows.filter(pk__in=ids)
    found = list(rows.order_by("path", "pk").only("pk", "reason", "size_bytes"))
    if ids is not None and len(found) != len(set(ids)):
        raise InvalidError("Some of these files are not there any more; load the list anew.", code="files_gone")
    fitting = found if action == RETRY else [file for file in found if action in repairs_of(file)]
    if ids is not None and len(fitting) != len(found):
        raise InvalidError("This repair is not for all of these files.", code="repair_not_fitting")
    if not fitting:
        raise InvalidError("There is no set-aside file to work on.", code="no_files")
    return [str(file.pk) for file in fitting]


def index_taken_in(outcomes: Iterable[FileOutcome]) -> None:
    """Make volumes and thumbnails of the series that got instances."""
    uids = {one.series_uid for one in outcomes if one.outcome != Outcome.SET_ASIDE}
    for series in Series.objects.filter(series_uid__in=uids, indexed_at=None).order_by("series_uid"):
        index_series(series=series)


def require_own(actor: User, file: SetAsideFile) -> None:
    """Refuse what is of somebody else's import."""
    if not policies.visible_imports(user=actor).filter(pk=file.batch_id).exists():
        raise DeniedError("This is somebody else's import.", code="import_denied")


def forget(*, actor: User | None, file: SetAsideFile, action: str, detail: dict[str, str] | None = None) -> None:
    """Correct the counts, write the record, and delete the bytes after the commit unless another row needs them.

    Without an actor it is the system's doing.
    A settled file needs its bytes no longer: its blob is cleared, so that only what was made of it keeps them.
    """
    if file.reason not in (SetAsideReason.SUPERSEDED, SetAsideReason.DAMAGED):  # these were never counted
        Import.objects.filter(pk=file.batch_id).update(set_aside=Greatest(F("set_aside") - 1, 0))
    ImportedFile.objects.filter(set_aside=file.pk).delete()
    SetAsideFile.objects.filter(pk=file.pk).update(blob="")
    record_action(
        actor=actor,
        action=action,
        subject=f"import:{file.batch_id}",
        detail={"path": file.path, "reason": file.reason, "sha256": file.sha256, **(detail or {})},
    )
    transaction.on_commit(lambda: delete_unreferenced([file.blob]))


def start_treating(*, actor: User, action: str, ids: list[UUID] | None = None, import_id: UUID | None = None) -> Job:
    """Start a job that tries again (`retry`) or repairs many files: the given ones, or all of an import.

    Raises
    ------
    InvalidError
        As `choose_set_aside`.
    """
    chosen = choose_set_aside(actor=actor, ids=ids, import_id=import_id, action=action)
    subject = f"import:{import_id}" if import_id else ""
    arguments = {"actor_id": str(actor.pk), "ids": chosen, "action": action}
    return enqueue_job(actor=actor, kind="studies.treat_set_aside", arguments=arguments, subject=subject)
