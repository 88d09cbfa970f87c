"""Write many prepared files with few transactions: names first, then bytes in parallel, then all rows at once.

What is told as stored is durable. What a killed writer leaves without rows is named by its `PendingBlobs` row
(`studies.services.recovery`). A writer whose row was taken away meanwhile, because it was thought dead, notices in the
transaction that would write the rows, and begins again: being slow never loses bytes.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import DataError, IntegrityError, OperationalError, transaction
from django.db.models import F

from accounts.models import User
from common.clock import now
from common.threads import call_off
from studies import policies
from studies.dicomfile.metadata import storable_text
from studies.dicomfile.spool import Spooled
from studies.errors import ImportClosedError, SetAsideError
from studies.models import (
    Import,
    ImportedFile,
    Instance,
    InstanceHeader,
    PendingBlobs,
    Series,
    SetAsideFile,
    Study,
)
from studies.services.blobs import delete_unreferenced
from studies.services.preparing import Prepared, source_name
from studies.services.quota import require_space
from studies.services.staging import disk
from studies.types import FileOutcome, ImportState, Origin, Outcome, SetAsideReason

ATTEMPTS = 6
ALIVE_EVERY_S = 20.0
DEADLOCKS = ("40P01", "40001")  # PostgreSQL's codes for "try the transaction again"


class _OvertakenError(Exception):
    """Something changed between looking and writing: look again."""


@dataclass(slots=True)
class _Plan:
    """What is to become of each file of a group, as things stand."""

    accepted: list[Prepared] = field(default_factory=list)
    duplicates: list[tuple[Prepared, str]] = field(default_factory=list)
    set_aside: list[Prepared] = field(default_factory=list)
    known_series: set[str] = field(default_factory=set)

    def blobs(self) -> dict[str, Spooled]:
        """Return what must lie in storage, by name."""
        found = {one.blob: one.content for one in (*self.accepted, *self.set_aside)}
        found |= {source_name(one): one.source for one in self.accepted if one.source is not None}
        return found

    def outcomes(self, files: Sequence[Prepared]) -> list[FileOutcome]:
        """Return what becomes of each of the files, in their order."""
        became = {id(one): Outcome.ACCEPTED for one in self.accepted}
        became |= {id(one): Outcome.DUPLICATE for one, _ in self.duplicates}
        return [one.outcome(became.get(id(one), Outcome.SET_ASIDE)) for one in files]


def store_group(
    *,
    batch: Import,
    files: Sequence[Prepared],
    adder: User | None = None,
    into_closed: bool = False,
    refuse: bool = False,
) -> list[FileOutcome]:
    """Store a group of files, or set them aside; their outcomes in the same order. The files are not closed.

    Parameters
    ----------
    batch : Import
        Whose files these are.
    files : sequence of Prepared
        About 64 files or 64 MB: all of them are lost together when this process dies before the end.
    adder : User or None
        Who must see a series to add to it; None: the owner of the batch.
    into_closed : bool
        Whether the batch may be closed: for files of it that are tried again.
    refuse : bool
        Raise where a file would be set aside; nothing of the group is stored then.

    Raises
    ------
    ImportClosedError
        The batch is closed.
    SetAsideError
        With `refuse` alone.
    """
    owner = adder or batch.created_by
    looked = [one.error for one in files]
    for attempt in range(ATTEMPTS):
        for one, error in zip(files, looked, strict=True):
            one.error = error
        try:
            plan = _plan(files, owner)
            if refuse and plan.set_aside and plan.set_aside[0].error is not None:
                raise plan.set_aside[0].error
            return _carry_out(batch, plan, files, into_closed)
        except (_OvertakenError, IntegrityError, OperationalError) as error:
            # Somebody stored the same at the same time, or we were too slow.
            deadlock = getattr(error.__cause__, "sqlstate", "") in DEADLOCKS
            if attempt == ATTEMPTS - 1 or (isinstance(error, OperationalError) and not deadlock):
                raise
        except DataError as error:  # one of them holds what the database refuses
            if len(files) > 1:
                return [
                    outcome
                    for one in files
                    for outcome in store_group(
                        batch=batch, files=[one], adder=adder, into_closed=into_closed, refuse=refuse
                    )
                ]
            said = f"The index cannot hold a value of it: {' '.join(str(error).split())[:200]}"
            looked = [SetAsideError(SetAsideReason.UNREADABLE, said)]
    raise AssertionError("unreachable")


def foresee(*, files: Sequence[Prepared], adder: User) -> list[FileOutcome]:
    """Return what `store_group` would make of files as things stand; nothing is written, their bytes are not read."""
    return _plan(files, adder).outcomes(files)


def _plan(files: Sequence[Prepared], owner: User | None) -> _Plan:
    """Decide by what is stored; the transaction that writes checks again what may have changed."""
    plan = _Plan()
    sound = [one.facts for one in files if one.error is None and one.facts is not None]
    known = dict(
        Instance.objects.filter(sop_instance_uid__in={facts.sop_instance_uid for facts in sound}).values_list(
            "sop_instance_uid", "sha256"
        )
    )
    rows = Series.objects.filter(series_uid__in={facts.series_uid for facts in sound})
    study_of = dict(rows.values_list("series_uid", "study__study_uid"))
    plan.known_series = set(study_of)
    open_to = set(study_of)
    if owner is not None and study_of:
        reach = policies.visible_series(user=owner).filter(series_uid__in=study_of)
        open_to = set(reach.values_list("series_uid", flat=True))
    if study_of and any(one.origin != Origin.DEIDENTIFIED for one in files):
        open_to -= policies.made_series(series_uids=study_of)
    for one in files:
        try:
            _place(one, plan, known, study_of, open_to)
        except SetAsideError as error:
            one.error = error
            plan.set_aside.append(one)
    return plan


def _place(one: Prepared, plan: _Plan, known: dict[str, str], study_of: dict[str, str], open_to: set[str]) -> None:
    if one.error is not None:
        raise one.error
    facts = one.facts
    assert facts is not None  # noqa: S101  # without an error there are facts; this is for the type checker
    stored = known.get(facts.sop_instance_uid)
    if stored is not None:
        if stored != one.content.sha256:
            raise SetAsideError(
                SetAsideReason.CONFLICT,
                f"Instance {facts.sop_instance_uid} is stored already, with other bytes. Nothing was overwritten.",
            )
        plan.duplicates.append((one, facts.sop_instance_uid))
        return
    if study_of.setdefault(facts.series_uid, facts.study_uid) != facts.study_uid:
        detail = f"Series {facts.series_uid} is stored already, in another study."
        raise SetAsideError(SetAsideReason.SERIES_TAKEN, detail)
    if facts.series_uid in plan.known_series and facts.series_uid not in open_to:
        raise SetAsideError(
            SetAsideReason.SERIES_TAKEN,
            f"Series {facts.series_uid} is stored already and is not yours to add to; ask an administrator.",
        )
    known[facts.sop_instance_uid] = one.content.sha256
    plan.accepted.append(one)


def _carry_out(batch: Import, plan: _Plan, files: Sequence[Prepared], into_closed: bool) -> list[FileOutcome]:
    blobs = plan.blobs()
    require_space(sum(one.size for one in blobs.values()))
    blobs |= _lost(plan)  # the quota counts them already
    pending = PendingBlobs.objects.create(names=sorted(blobs)) if blobs else None
    try:
        if pending is not None:
            _write_blobs(pending, blobs)
        with transaction.atomic():
            if pending is not None and not PendingBlobs.objects.filter(pk=pending.pk).delete()[0]:
                raise _OvertakenError("this writer was thought dead")
            _write_rows(batch, plan, into_closed)
    except BaseException as error:
        if pending is not None:
            ours, _ = PendingBlobs.objects.filter(pk=pending.pk).delete()
            delete_unreferenced(blobs)
            if not ours and isinstance(error, FileNotFoundError):  # what we were writing was cleared away
                raise _OvertakenError("this writer was thought dead") from error
        raise
    return plan.outcomes(files)


def _lost(plan: _Plan) -> dict[str, Spooled]:
    """Return the bytes of duplicates whose own file is not in storage, by its name.

    Whoever sends them is told that they are kept, and may delete their copy: so they are put back.
    """
    sent = {uid: one.content for one, uid in plan.duplicates}
    names = Instance.objects.filter(sop_instance_uid__in=sent).values_list("sop_instance_uid", "blob") if sent else ()
    there = [(uid, blob, disk.submit(default_storage.exists, blob)) for uid, blob in names]
    return {blob: sent[uid] for uid, blob, found in there if not found.result()}


def _write_blobs(pending: PendingBlobs, blobs: dict[str, Spooled]) -> None:
    """Save what is not there yet, several at once; say from time to time that we are alive."""
    left, unsettled = _adopt(blobs)
    waiting: set[Future[None]] = {disk.submit(_keep, name, blobs[name]) for name in left}
    waiting |= {disk.submit(default_storage.settle, name) for name in unsettled}  # type: ignore[attr-defined]
    try:
        while waiting:
            done, waiting = wait(waiting, timeout=ALIVE_EVERY_S)
            for one in done:
                one.result()
            if waiting:
                PendingBlobs.objects.filter(pk=pending.pk).update(alive_at=now())
    finally:
        call_off(waiting)


def _adopt(blobs: dict[str, Spooled]) -> tuple[list[str], Iterable[str]]:
    """Name what was staged; return what was not, and a name in each folder whose list of names is to be flushed."""
    left, unsettled = [], {}
    for name, content in blobs.items():
        writing, content.staged = content.staged, None  # once: should the group be stored again, its bytes are saved
        staged = writing.result() if writing is not None else None
        if staged is None:
            left.append(name)
        else:
            default_storage.adopt(name, staged)  # type: ignore[attr-defined]  # the storage that staged them
            unsettled[PurePosixPath(name).parent] = name
    return left, unsettled.values()


def _keep(name: str, content: Spooled) -> None:
    """Save the bytes under a name that is their address, unless they are there."""
    if default_storage.exists(name):
        settle: Callable[[str], None] | None = getattr(default_storage, "settle", None)
        if settle is not None:
            settle(name)
        return
    with content.reader() as file:
        default_storage.save(name, File(file))


def _write_rows(batch: Import, plan: _Plan, into_closed: bool) -> None:
    studies = _studies(plan)
    series = _series(batch, plan, studies)
    instances = {}
    for one in plan.accepted:
        facts = one.facts
        assert facts is not None  # noqa: S101  # see _place
        instances[facts.sop_instance_uid] = Instance(
            series=series[facts.series_uid],
            sop_instance_uid=facts.sop_instance_uid,
            blob=one.blob,
            size_bytes=one.content.size,
            sha256=one.content.sha256,
            findings=one.findings,
            origin=one.origin,
            source_blob=source_name(one),
            source_sha256=one.source.sha256 if one.source is not None else one.source_sha256,
            **facts.instance,
        )
    Instance.objects.bulk_create(instance for _, instance in sorted(instances.items()))  # one order for all writers
    InstanceHeader.objects.bulk_create(
        InstanceHeader(instance=instances[one.facts.sop_instance_uid], packed=one.facts.packed_header)
        for one in plan.accepted
        if one.facts is not None
    )
    _count_series(series, instances.values())
    _write_files(batch, plan, instances, into_closed)


def _studies(plan: _Plan) -> dict[str, Study]:
    wanted = {one.facts.study_uid: one.facts.study for one in reversed(plan.accepted) if one.facts is not None}
    found = Study.objects.in_bulk(list(wanted), field_name="study_uid")
    missing = sorted(set(wanted) - set(found))
    if missing:
        # Another process may write the same study now: it waits or we do, and then both mean the same row.
        Study.objects.bulk_create((Study(study_uid=uid, **wanted[uid]) for uid in missing), ignore_conflicts=True)
        found |= Study.objects.in_bulk(missing, field_name="study_uid")
    return found


def _series(batch: Import, plan: _Plan, studies: dict[str, Study]) -> dict[str, Series]:
    wanted = {one.facts.series_uid: one.facts for one in reversed(plan.accepted) if one.facts is not None}
    found = Series.objects.in_bulk(list(wanted), field_name="series_uid")
    if set(found) - plan.known_series:
        raise _OvertakenError("somebody made the series meanwhile: may we add to it?")
    for uid, row in found.items():
        if row.study_id != studies[wanted[uid].study_uid].pk:
            raise _OvertakenError("the series is in another study now")
    missing = sorted(set(wanted) - set(found))
    made = [
        Series(series_uid=uid, study=studies[wanted[uid].study_uid], created_by=batch.created_by, **wanted[uid].series)
        for uid in missing
    ]
    Series.objects.bulk_create(made)  # an IntegrityError is another process's: the group looks again
    return found | {row.series_uid: row for row in made}


def _count_series(series: dict[str, Series], instances: Any) -> None:
    """Add to the counts, in one order for all writers so that none waits for another in a circle."""
    files, frames = Counter[Any](), Counter[Any]()
    for instance in instances:
        files[instance.series_id] += 1
        frames[instance.series_id] += instance.frame_count
    for _, row in sorted(series.items()):
        Series.objects.filter(pk=row.pk).update(
            instance_count=F("instance_count") + files[row.pk],
            frame_count=F("frame_count") + frames[row.pk],
            indexed_at=None,
        )


def _write_files(batch: Import, plan: _Plan, instances: dict[str, Instance], into_closed: bool) -> None:
    kept = {
        id(one): SetAsideFile(
            batch=batch,
            path=one.path,
            reason=one.error.reason,
            detail=storable_text(one.error.detail),
            blob=one.blob,
            size_bytes=one.content.size,
            sha256=one.content.sha256,
        )
        for one in plan.set_aside
        if one.error is not None
    }
    SetAsideFile.objects.bulk_create(kept.values())
    met = Instance.objects.in_bulk(
        [uid for _, uid in plan.duplicates if uid not in instances], field_name="sop_instance_uid"
    )
    if any(uid not in met and uid not in instances for _, uid in plan.duplicates):
        raise _OvertakenError("an instance went away meanwhile")
    stored = met | instances
    rows = [
        _file_row(batch, one, Outcome.ACCEPTED, instance=stored[one.facts.sop_instance_uid])
        for one in plan.accepted
        if one.facts is not None
    ]
    rows += [_file_row(batch, one, Outcome.DUPLICATE, instance=stored[uid]) for one, uid in plan.duplicates]
    rows += [_file_row(batch, one, Outcome.SET_ASIDE, set_aside=kept[id(one)]) for one in plan.set_aside]
    ImportedFile.objects.bulk_create(rows)
    of_batch = Import.objects.filter(pk=batch.pk)
    counted = (of_batch if into_closed else of_batch.filter(state=ImportState.OPEN)).update(
        accepted=F("accepted") + len(plan.accepted),
        with_findings=F("with_findings") + sum(bool(one.findings) for one in plan.accepted),
        duplicates=F("duplicates") + len(plan.duplicates),
        set_aside=F("set_aside") + len(plan.set_aside),
    )
    if not counted:
        raise ImportClosedError("This import is closed; open a new one.")


def _file_row(batch: Import, one: Prepared, outcome: Outcome, **links: Any) -> ImportedFile:
    return ImportedFile(
        batch=batch,
        path=one.path,
        size_bytes=one.size_bytes,
        modified_ns=one.modified_ns,
        outcome=outcome,
        reason=one.error.reason if one.error is not None else "",
        detail=storable_text(one.error.detail) if one.error is not None else "",
        findings=one.findings,
        **links,
    )
