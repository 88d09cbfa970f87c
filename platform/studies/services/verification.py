"""Prove that the archive is whole, by hash, and repair its index from the files.

Two directions: every row's blob is there and unchanged; every file in the archive's folders is named by a row. Bounded
in memory: rows are read in pages, files folder by folder, bytes in pieces of 1 MiB.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Count, F, Model, Q, Sum

from audit.services import record_action
from common.clock import now
from studies.models import Import, Instance, InstanceHeader, PendingBlobs, Series, SetAsideFile, Study
from studies.services.blobs import blob_columns, blob_folders, delete_unreferenced, model_of, referenced
from studies.types import ImportState, Trouble

if TYPE_CHECKING:
    from studies.services.mending import Mender

CHUNK_BYTES = 1 << 20
PAGE = 500
LISTED = 1000
LEFT_OPEN_AFTER = timedelta(hours=24)
YOUNG = timedelta(minutes=10)
"""Files younger than this may belong to a writer that is at work without having said so (thumbnails, metadata)."""
PARTIAL = ".partial-"
DERIVED = ("metadata/", "thumbnails/", "overviews/")
"""Folders of what can be made anew from the rows at any time."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes
    ----------
    kind : Trouble
        What.
    subject : str
        Which: a UID, a blob's name, an import's id.
    detail : str
        What exactly, in a sentence.
    repaired : bool
        It was wrong and is right now.
    """

    kind: Trouble
    subject: str
    detail: str = ""
    repaired: bool = False


@dataclass(slots=True)
class Report:
    """What a verification looked at and found; `problems` holds the first 1,000, the counts hold all.

    `bytes_hashed` is 0 for a quick one, which looks at presence and size alone. `superseded` files are metadata and
    pictures of a series as it was before it grew: no problem, and cleared now and then.
    """

    instances: int = 0
    set_aside: int = 0
    series: int = 0
    files: int = 0
    superseded: int = 0
    bytes_hashed: int = 0
    found: dict[str, int] = field(default_factory=dict)
    repaired: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def left(self) -> int:
        """How many problems were not repaired."""
        return sum(self.found.values()) - sum(self.repaired.values())

    def add(self, problem: Problem) -> None:
        """Count a problem, and keep it while there is room."""
        self.found[problem.kind] = self.found.get(problem.kind, 0) + 1
        if problem.repaired:
            self.repaired[problem.kind] = self.repaired.get(problem.kind, 0) + 1
        if len(self.problems) < LISTED:
            self.problems.append(problem)


Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """How to verify.

    Attributes
    ----------
    repair : bool
        Change what is wrong.
    quick : bool
        Compare sizes, not hashes.
    idle : bool
        Nobody else writes: judge also files of the last ten minutes.
    forget_missing : bool
        With `repair`: take instances out of the index whose file is gone. Not the default: a folder that is not
        mounted looks just the same.
    """

    repair: bool = False
    quick: bool = False
    idle: bool = False
    forget_missing: bool = False


def verify_archive(*, wish: Wish, tell: Tell = lambda _: None) -> Report:
    """Look at everything; with `repair`, put right what can be put right without losing a byte.

    Repair ends what dead writers left; takes orphan files in again, so that a lost index comes back from the files;
    writes missing headers, counts, metadata, thumbnails and volumes anew; closes imports left open for a day; and
    puts damaged instances that no mark refers to among the set-aside files, so that their sender can send them again.
    Who brought a file, who may see it, and what it was made from are known to the database alone: they do not come
    back from the files.

    Parameters
    ----------
    wish : Wish
        What to look at and what to change.
    tell : callable
        Hears how far it is.
    """
    from studies.services.mending import Mender

    report = Report()
    mender = Mender(forget_missing=wish.forget_missing) if wish.repair else None
    newest = now() if wish.idle else now() - YOUNG
    _pending(report, mender, newest)
    _instances(report, mender, wish.quick, tell)
    _set_aside(report, wish.quick, tell)
    _files(report, mender, newest, tell)
    _index(report, mender, tell)
    _imports(report, mender)
    if mender is not None and report.found:
        with transaction.atomic():
            record_action(
                actor=None,
                action="archive.repair",
                subject="archive:all",
                detail={"found": dict(report.found), "repaired": dict(report.repaired)},
            )
    return report


def _pending(report: Report, mender: "Mender | None", newest: datetime) -> None:
    """Find writers that died between announcing their blobs and writing their rows."""
    rows = PendingBlobs.objects.filter(alive_at__lt=newest)
    for row in list(rows):
        if all(name.startswith(DERIVED) for name in row.names):  # what a series was before it grew, not gone yet
            report.superseded += len(row.names)
            if mender is not None:
                mender.end_writer(row)
            continue
        repaired = mender is not None and mender.end_writer(row)
        report.add(Problem(Trouble.STALE_PENDING, str(row.pk), f"A writer of {len(row.names)} files died.", repaired))


def _instances(report: Report, mender: "Mender | None", quick: bool, tell: Tell) -> None:
    total = Instance.objects.count()
    for row in _paged(Instance.objects.select_related("series")):
        report.instances += 1
        kind, detail = _blob_trouble(row.blob, row.size_bytes, row.sha256, quick, report)
        if kind is not None and _stands(row, "blob"):
            repaired = mender is not None and mender.set_aside_damaged(row, kind, detail)
            report.add(Problem(kind, row.sop_instance_uid, f"{row.blob}: {detail}", repaired))
        if row.source_blob and not default_storage.exists(row.source_blob) and _stands(row, "source_blob"):
            report.add(Problem(Trouble.MISSING_BLOB, row.sop_instance_uid, f"{row.source_blob}, what it was made from"))
        if report.instances % PAGE == 0:
            tell(f"{report.instances:,} of {total:,} instances, {report.bytes_hashed / 1e9:.1f} GB hashed")


def _set_aside(report: Report, quick: bool, tell: Tell) -> None:
    for row in _paged(SetAsideFile.objects.exclude(blob="")):
        report.set_aside += 1
        kind, detail = _blob_trouble(row.blob, row.size_bytes, row.sha256, quick, report)
        if kind is not None and _stands(row, "blob"):
            report.add(Problem(kind, f"set-aside:{row.pk}", f"{row.path}: {detail}"))
    if report.set_aside:
        tell(f"{report.set_aside:,} set-aside files")


def _stands(row: Model, field: str) -> bool:
    """Return whether a row still names the blob it named when its page was read.

    Others go on deleting while bytes are hashed. A row that stands has stood all along, since ids are not given twice,
    so what is wrong with its blob is wrong; a row that is gone took its blob with it by right.
    """
    kept = type(row)._default_manager.filter(**{"pk": row.pk, field: getattr(row, field)})
    return kept.exists()


def _blob_trouble(name: str, size: int, sha256: str, quick: bool, report: Report) -> tuple[Trouble | None, str]:
    """Return what is wrong with a blob, or None."""
    try:
        found = default_storage.size(name)
    except FileNotFoundError:
        return Trouble.MISSING_BLOB, "it is not in storage"
    if found != size:
        return Trouble.CHANGED_BLOB, f"it has {found:,} bytes instead of {size:,}"
    if not quick:
        digest = hash_of(name)
        report.bytes_hashed += size
        if digest != sha256:
            return Trouble.CHANGED_BLOB, f"its SHA-256 is {digest[:16]}… instead of {sha256[:16]}…"
    return None, ""


def hash_of(name: str) -> str:
    """Return the SHA-256 of a blob in hexadecimal."""
    digest = hashlib.sha256()
    with default_storage.open(name) as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()


def _files(report: Report, mender: "Mender | None", newest: datetime, tell: Tell) -> None:
    """Find files that no row names."""
    for folder in blob_folders():
        for page in file_pages(folder):
            report.files += len(page)
            whole = [name for name in page if not PurePosixPath(name).name.startswith(PARTIAL)]
            needed = referenced(whole)
            for name in page:
                if name not in needed and not _younger(name, newest):
                    _orphan(report, mender, name)
            tell(f"{report.files:,} files looked at in {folder}")
    if mender is not None:
        mender.finish_adopting()


def _orphan(report: Report, mender: "Mender | None", name: str) -> None:
    if PurePosixPath(name).name.startswith(PARTIAL):
        repaired = mender is not None and mender.delete_partial(name)
        report.add(Problem(Trouble.PARTIAL_FILE, name, "A writer died while writing it.", repaired))
        return
    if name.startswith(DERIVED):
        report.superseded += 1
        if mender is not None:
            delete_unreferenced([name])
        return
    repaired = mender is not None and mender.adopt(name)
    report.add(Problem(Trouble.ORPHAN_FILE, name, "No row names it.", repaired))


def _younger(name: str, newest: datetime) -> bool:
    try:
        return bool(default_storage.get_modified_time(name) > newest)
    except FileNotFoundError:
        return True  # gone meanwhile: nothing to say of it


def file_pages(folder: str) -> Iterator[list[str]]:
    """Yield the names of the files below a folder of storage, one folder at a time."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    if files:
        yield [f"{folder}/{name}" for name in sorted(files) if name]
    for one in sorted(folders):
        if one:
            yield from file_pages(f"{folder}/{one}")


def _index(report: Report, mender: "Mender | None", tell: Tell) -> None:
    """Find rows that do not fit each other, and derived blobs that are gone."""
    for instance in Instance.objects.filter(header=None).iterator(PAGE):
        repaired = mender is not None and mender.write_header(instance)
        report.add(Problem(Trouble.NO_HEADER, instance.sop_instance_uid, "Its row has no header.", repaired))
    for header in InstanceHeader.objects.select_related("instance").iterator(PAGE):
        if not _readable(bytes(header.packed)):
            repaired = mender is not None and mender.write_header(header.instance)
            report.add(Problem(Trouble.NO_HEADER, header.instance.sop_instance_uid, "Its header is damaged.", repaired))
    counted = Series.objects.annotate(rows=Count("instances"), frames=Sum("instances__frame_count", default=0))
    wrong = counted.filter(~Q(instance_count=F("rows")) | ~Q(frame_count=F("frames")) | Q(rows=0)).order_by("pk")
    for series in list(wrong):
        detail = f"It counts {series.instance_count} instances, and has {series.rows}."
        repaired = mender is not None and mender.recount(series)
        report.add(Problem(Trouble.WRONG_COUNT, series.series_uid, detail, repaired))
    for series in _paged(Series.objects.filter(instances__isnull=False).distinct()):
        report.series += 1
        missing = _derived_missing(series)
        if missing:
            repaired = mender is not None and mender.index(series)
            report.add(Problem(Trouble.NOT_INDEXED, series.series_uid, missing, repaired))
        if report.series % PAGE == 0:
            tell(f"{report.series:,} series")
    for study in list(Study.objects.filter(series=None)):
        repaired = mender is not None and mender.remove_empty_study(study)
        report.add(Problem(Trouble.EMPTY_STUDY, study.study_uid, "It has no series.", repaired))


def _derived_missing(series: Series) -> str:
    """Return what a series lacks of metadata, thumbnail and overview; "" when it is whole."""
    if series.indexed_at is None:
        return "Volumes, metadata and thumbnail do not know all of its instances."
    for column in blob_columns():
        name = getattr(series, column.field, "") if model_of(column) is Series else ""
        if name and not default_storage.exists(name) and _stands(series, column.field):
            return f"{column.field} is not in storage."
    return "" if series.metadata_name else "It has no metadata."


def _readable(packed: bytes) -> bool:
    try:
        return zlib.decompress(packed)[:1] == b"{"
    except zlib.error:
        return False


def _imports(report: Report, mender: "Mender | None") -> None:
    for batch in list(Import.objects.filter(state=ImportState.OPEN, created_at__lt=now() - LEFT_OPEN_AFTER)):
        repaired = mender is not None and mender.close(batch)
        report.add(Problem(Trouble.LEFT_OPEN, str(batch.pk), "The import was never closed.", repaired))


def _paged(rows: Any) -> Iterator[Any]:
    """Yield rows in the order of their ids, a page at a time: no cursor stays open while bytes are hashed."""
    last = None
    while True:
        page = list((rows if last is None else rows.filter(pk__gt=last)).order_by("pk")[:PAGE])
        yield from page
        if len(page) < PAGE:
            return
        last = page[-1].pk
