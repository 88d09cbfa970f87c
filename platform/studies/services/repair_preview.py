"""What a repair would make, asked before it is done: the same steps, without storing anything."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID

from accounts.models import User
from common.errors import InvalidError
from studies.dicomfile.spool import held
from studies.errors import SetAsideError
from studies.models import Series, SetAsideFile
from studies.services.preparing import Prepared
from studies.services.quota import has_room
from studies.services.repairing import ready, repaired
from studies.services.set_aside import choose_set_aside
from studies.services.storing import foresee
from studies.types import FileOutcome, Outcome, RepairAction, SetAsideReason

MOST_FILES = 1000
"""Each is read whole (about 10 ms for a CT slice), while somebody waits for the answer."""


@dataclass(slots=True)
class RepairedSeries:
    """A series that a repair would make or add to.

    Attributes
    ----------
    stored : bool
        Whether the archive holds the series already.
    files, duplicates, size_bytes : int
        Files that would be taken in; those that are stored already; how large the former are.
    folders : list of str
        Where the files come from, in order.
    """

    study_uid: str
    series_uid: str
    patient: str
    modality: str
    description: str
    stored: bool
    files: int = 0
    duplicates: int = 0
    size_bytes: int = 0
    folders: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RepairLeft:
    """A file that the repair would leave set aside, and why."""

    path: str
    reason: SetAsideReason
    detail: str


@dataclass(frozen=True, slots=True)
class RepairPreview:
    """What a repair would make. `fits` is false where the quota leaves no room for it: the repair would stop."""

    series: list[RepairedSeries]
    left: list[RepairLeft]
    fits: bool


def preview_repair(
    *, actor: User, action: RepairAction, ids: list[UUID] | None = None, import_id: UUID | None = None
) -> RepairPreview:
    """Return what repairing the given files, or all of an import, would make as things stand; nothing is changed.

    Every file goes the way of the repair itself (`repaired`, `ready`) up to where it would be stored, so that what is
    said here is what is done. Only a value that the database refuses is found no sooner than by storing.

    Raises
    ------
    InvalidError
        It is not said which files, there are none or more than MOST_FILES, a given one is gone or does not fit.
    NotFoundError
        The bytes of one are not in storage.
    """
    chosen = choose_set_aside(actor=actor, ids=ids, import_id=import_id, action=action)
    if len(chosen) > MOST_FILES:
        raise InvalidError(f"A preview is of at most {MOST_FILES:,} files.", code="too_many_files")
    left: list[RepairLeft] = []
    files = list(_made(chosen, RepairAction(action), left))
    series: dict[str, RepairedSeries] = {}
    stored = set(
        Series.objects.filter(series_uid__in={_uids(one)[1] for one in files}).values_list("series_uid", flat=True)
    )
    for one, outcome in zip(files, foresee(files=files, adder=actor), strict=True):
        if outcome.outcome == Outcome.SET_ASIDE:
            left.append(_left(outcome))
        else:
            row = series.setdefault(outcome.series_uid, _series_of(one, outcome, outcome.series_uid in stored))
            _count(row, one, outcome.outcome)
    found = sorted(series.values(), key=lambda row: (row.study_uid, row.series_uid))
    return RepairPreview(found, left, has_room(sum(row.size_bytes for row in found)))


def _made(chosen: Iterable[str], action: RepairAction, left: list[RepairLeft]) -> Iterator[Prepared]:
    """Yield what the repair makes of each file, without its bytes; those that it cannot repair go to `left`."""
    for pk in chosen:
        file = SetAsideFile.objects.filter(pk=pk).first()
        if file is None:  # treated meanwhile
            continue
        try:
            with ready(file=file, content=repaired(file=file, action=action)[0]) as one:
                empty = replace(held(b""), size=one.content.size, sha256=one.content.sha256)
                yield replace(one, content=empty)
        except SetAsideError as error:
            left.append(RepairLeft(file.path, error.reason, error.detail))


def _uids(one: Prepared) -> tuple[str, str]:
    assert one.facts is not None  # noqa: S101  # `ready` raises without facts; this is for the type checker
    return one.facts.study_uid, one.facts.series_uid


def _left(outcome: FileOutcome) -> RepairLeft:
    return RepairLeft(outcome.path, outcome.reason or SetAsideReason.UNREADABLE, outcome.detail)


def _series_of(one: Prepared, outcome: FileOutcome, stored: bool) -> RepairedSeries:
    assert one.facts is not None  # noqa: S101
    study, series = one.facts.study, one.facts.series
    return RepairedSeries(
        study_uid=outcome.study_uid,
        series_uid=outcome.series_uid,
        patient=study["patient_name"] or study["patient_id"],
        modality=series["modality"],
        description=series["description"],
        stored=stored,
    )


def _count(row: RepairedSeries, one: Prepared, outcome: Outcome) -> None:
    if outcome == Outcome.DUPLICATE:
        row.duplicates += 1
    else:
        row.files += 1
        row.size_bytes += one.content.size
    folder = one.path.replace("\\", "/").rpartition("/")[0]
    if folder not in row.folders:
        row.folders.append(folder)
