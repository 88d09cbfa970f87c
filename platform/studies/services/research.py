"""Take in research volumes: decide whose they are, make DICOM of them, store it, and remember what was made of what.

Identity is invented and stays the same: files of one subject (studies.research.naming) in one import become one study;
the same bytes under the same name, brought again by the same person, are that study again and change nothing.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q

from accounts.models import User
from audit.services import record_action
from common.errors import DeniedError, InvalidError
from studies import policies
from studies.dicomfile.facts import read_facts
from studies.dicomfile.spool import held, hold, spool
from studies.errors import ImportClosedError, SetAsideError, TooLargeError
from studies.models import Import, ImportedFile, Instance, ResearchGroup, ResearchSource, Series, SetAsideFile
from studies.research.convert import Choices, ReadVolume, read_research_volume
from studies.research.images import Belongs, derived_uid, write_images
from studies.research.labels import Target, write_labels
from studies.research.naming import Named, named
from studies.research.source import scratch
from studies.research.stored import plan_storing
from studies.services.preparing import Prepared
from studies.services.research_context import choices_for, find_target, study_of
from studies.services.research_voxels import settle_joined, with_voxels
from studies.services.storing import store_group
from studies.types import FileOutcome, ImportState, Origin, Outcome

GROUP_FILES = 64
LABEL_SERIES_NUMBER = 9001


def store_research(*, batch: Import, one: Prepared) -> FileOutcome:
    """Take in one research volume: as images, or as a segmentation when it is a label map.

    Memory: one slice at a time for images, twice the volume for a label map; the voxels are unpacked to a temporary
    file. Each group of 64 slices is durable by itself; the file counts as taken in when all are.

    Raises
    ------
    ImportClosedError
        The batch is closed.
    """
    try:
        return take_in_research(batch=batch, one=one)
    except SetAsideError as error:
        one.error = error
        return store_group(batch=batch, files=[one])[0]


def take_in_research(
    *, batch: Import, one: Prepared, adder: User | None = None, into_closed: bool = False
) -> FileOutcome:
    """Do as `store_research`, but raise what would set the file aside; `adder` and `into_closed` as in `store_group`.

    Raises
    ------
    SetAsideError
        It cannot be taken in. Slices that were stored before the trouble stay; bringing the file again completes them.
    """
    with with_voxels(batch, one) as whole:
        return _take_in(batch, whole, adder, into_closed)


def _take_in(batch: Import, one: Prepared, adder: User | None, into_closed: bool) -> FileOutcome:
    name = named(one.path)
    previous = _previous(batch, name, one)
    if previous is not None and _whole(previous):
        return _again(batch, one, previous, into_closed=into_closed)
    with scratch() as into:
        choices = choices_for(batch, name)
        read = read_research_volume(one.path, one.content.stream, one.content.size, into=into, choices=choices)
        store = partial(store_group, batch=batch, adder=adder, into_closed=into_closed, refuse=True)
        return _store(batch, one, read, choices, previous, store)


def convert_again(*, actor: User, series: Series, modality: str = "", labels: bool | None = None) -> FileOutcome:
    """Make a series anew of the research file it came from, as the person says: other modality, label map or image.

    The new series stands beside the old one, which an administrator may delete; bringing the file in again gives the
    new one.

    Raises
    ------
    InvalidError
        The series was not made of a research file, or the file does not hold what the person says.
    DeniedError
        It came with somebody else's import.
    """
    if not policies.can_import(user=actor):
        raise DeniedError("Only managers and administrators can bring in images.", code="import_denied")
    source = ResearchSource.objects.filter(series_uid=series.series_uid).select_related("group__batch").first()
    made = Instance.objects.filter(series=series, origin=Origin.CONVERTED).exclude(source_blob="").first()
    if source is None or made is None:
        raise InvalidError("This series was not made of a research file.", code="not_converted")
    if not policies.visible_imports(user=actor).filter(pk=source.group.batch_id).exists():
        raise DeniedError("This came with somebody else's import.", code="import_denied")
    choices = Choices(modality=modality, labels=labels, instead_of=series.series_uid)
    store = partial(store_group, batch=source.group.batch, adder=actor, into_closed=True, refuse=True)
    try:
        with default_storage.open(made.source_blob) as stored, scratch() as into:
            content = hold(stored, limit_bytes=settings.MAX_UPLOAD_BYTES)
            with closing(content):
                one = Prepared(path=source.path, content=content, size_bytes=content.size)
                read = read_research_volume(source.path, content.stream, content.size, into=into, choices=choices)
                outcome = _store(source.group.batch, one, read, choices, source, store)
    except SetAsideError as error:
        raise InvalidError(error.detail, code="not_convertible") from error
    record_action(
        actor=actor,
        action="series.convert",
        subject=f"series:{series.series_uid}",
        detail={"made": outcome.series_uid, "modality": modality, "labels": labels},
    )
    return outcome


def join_waiting(*, batch: Import) -> None:
    """Look again at headers of an open import whose voxels came after them."""
    headers = Q(path__iendswith=".mhd") | Q(path__iendswith=".nhdr")
    for row in SetAsideFile.objects.filter(headers, batch=batch, settled_at=None).exclude(blob=""):
        with default_storage.open(row.blob) as stored, spool(stored, limit_bytes=row.size_bytes) as content:
            try:
                one = Prepared(path=row.path, content=content, size_bytes=row.size_bytes)
                take_in_research(batch=batch, one=one, into_closed=True)
            except (SetAsideError, TooLargeError):  # it stays set aside, with the reason it has
                continue
        settle_joined(batch, row)


def _previous(batch: Import, name: Named, one: Prepared) -> ResearchSource | None:
    """Return what this person made of the same file before."""
    found = ResearchSource.objects.filter(
        sha256=one.content.sha256, group__key=name.key, group__batch__created_by=batch.created_by
    )
    return found.filter(path__endswith=name.title_with_ending).select_related("group").order_by("created_at").first()


def _whole(source: ResearchSource) -> bool:
    """Return whether everything that was made of a file is still there."""
    return Instance.objects.filter(series__series_uid=source.series_uid).count() >= source.instance_count


def _again(batch: Import, one: Prepared, previous: ResearchSource, *, into_closed: bool) -> FileOutcome:
    group, _ = ResearchGroup.objects.get_or_create(
        batch=batch,
        key=previous.group.key,
        defaults={"study_uid": previous.group.study_uid, "patient_id": previous.group.patient_id},
    )
    instances = list(Instance.objects.filter(series__series_uid=previous.series_uid).select_related("series__study"))
    with transaction.atomic():
        _note_source(group, one, previous)
        ImportedFile.objects.bulk_create(
            ImportedFile(batch=batch, path=f"{one.path}#{n}", outcome=Outcome.DUPLICATE, instance=instance)
            for n, instance in enumerate(instances[1:], start=2)
        )
        _note_file(batch, one, Outcome.DUPLICATE, instances[0], [])
        _count_duplicate(batch, into_closed=into_closed)
    return _outcome(one, Outcome.DUPLICATE, instances[0], [])


def _note_source(group: ResearchGroup, one: Prepared, like: ResearchSource) -> None:
    ResearchSource.objects.get_or_create(
        group=group,
        path=one.path[-1000:],
        sha256=one.content.sha256,
        defaults={
            "series_uid": like.series_uid,
            "target_series_uid": like.target_series_uid,
            "is_label": like.is_label,
            "grid": like.grid,
            "instance_count": like.instance_count,
        },
    )


def _store(
    batch: Import,
    one: Prepared,
    read: ReadVolume,
    choices: Choices,
    previous: ResearchSource | None,
    store: Callable[..., list[FileOutcome]],
) -> FileOutcome:
    group = _group(batch, read.name, one, previous)
    target, study, frame_of_reference = None, _study(group, read.name), derived_uid("frame", group.study_uid)
    if read.is_label:
        found = find_target(batch, group, read, previous, instead_of=choices.instead_of)
        if found is not None:
            target, series = found
            study, frame_of_reference = study_of(series), series.frame_of_reference_uid or frame_of_reference
    told = (one.content.sha256, read.name.title, target.series_uid if target else "", choices.stamp)
    series_uid = derived_uid("series", study["StudyInstanceUID"], *told)
    number = LABEL_SERIES_NUMBER if read.is_label else 1 + (read.name.channel or 0)
    described = {"SeriesInstanceUID": series_uid, "SeriesNumber": number, "SeriesDescription": read.name.title[:64]}
    belongs = Belongs(study, described, frame_of_reference, read.name.title_with_ending[-64:], one.content.sha256)
    findings = list(read.findings)
    outcomes = []
    for part in _groups(_pieces(one, read, belongs, choices, target, findings)):
        try:
            outcomes += store(files=part)
        finally:
            for piece in part:
                piece.content.close()
    grid = read.slices.grid
    with transaction.atomic():
        ResearchSource.objects.update_or_create(
            group=group,
            path=one.path[-1000:],
            sha256=one.content.sha256,
            defaults={
                "series_uid": series_uid,
                "target_series_uid": target.series_uid if target else "",
                "is_label": read.is_label,
                "grid": {"shape_kji": list(grid.shape_kji), "affine_lps": grid.affine_lps.tolist()},
                "instance_count": len(outcomes),
            },
        )
        first = Instance.objects.select_related("series__study").get(sop_instance_uid=outcomes[0].sop_instance_uid)
        fresh = any(outcome.outcome == Outcome.ACCEPTED for outcome in outcomes)
        became = Outcome.ACCEPTED if fresh else Outcome.DUPLICATE
        _note_file(batch, one, became, first, findings)
    return _outcome(one, became, first, findings)


def _pieces(
    one: Prepared,
    read: ReadVolume,
    belongs: Belongs,
    choices: Choices,
    target: Target | None,
    findings: list[dict[str, str]],
) -> Iterator[Prepared]:
    """Yield what a volume becomes, ready to be stored; the first piece bears the findings."""
    if read.is_label:
        names = read.volume.names | choices.names
        files: Iterator[bytes] = iter((write_labels(read.volume, read.slices, belongs, names=names, target=target),))
    else:
        storing = plan_storing(read.volume, read.seen)
        findings += storing.findings
        files = write_images(read.volume, read.slices, storing, belongs, read.modality)
    for number, data in enumerate(files, start=1):
        content = held(data)
        yield Prepared(
            path=f"{one.path}#{number}",
            content=content,
            size_bytes=content.size,
            facts=read_facts(content.stream, content.size),
            findings=list(findings) if number == 1 else [],
            origin=Origin.CONVERTED,
            source=one.content,
        )


def _groups(pieces: Iterator[Prepared]) -> Iterator[list[Prepared]]:
    while group := list(islice(pieces, GROUP_FILES)):
        yield group


def _group(batch: Import, name: Named, one: Prepared, previous: ResearchSource | None) -> ResearchGroup:
    """Return the study that a file's subject has in this import, made when it is the first of its files."""
    if previous is not None:
        study_uid, patient_id = previous.group.study_uid, previous.group.patient_id
    else:
        study_uid = derived_uid("study", batch.created_by_id, name.key, one.content.sha256)
        plain = re.sub(r"[^A-Za-z0-9._-]+", "-", name.subject)[:48].strip("-") or "volume"
        patient_id = f"{plain}-{derived_uid(study_uid)[-6:]}"
    group, _ = ResearchGroup.objects.get_or_create(
        batch=batch, key=name.key, defaults={"study_uid": study_uid, "patient_id": patient_id}
    )
    return group


def _study(group: ResearchGroup, name: Named) -> dict[str, Any]:
    return {
        "StudyInstanceUID": group.study_uid,
        "PatientID": group.patient_id,
        "PatientName": name.subject.replace("^", " ").replace("=", " ")[:64],
        "StudyDescription": (name.folder or name.subject)[-64:],
    }


def _note_file(
    batch: Import, one: Prepared, outcome: Outcome, instance: Instance, findings: list[dict[str, str]]
) -> None:
    """Write what became of the file itself, when all of it is stored: an import that goes on then knows it."""
    ImportedFile.objects.create(
        batch=batch,
        path=one.path,
        size_bytes=one.size_bytes,
        modified_ns=one.modified_ns,
        outcome=outcome,
        findings=findings,
        instance=instance,
    )


def _count_duplicate(batch: Import, *, into_closed: bool) -> None:
    rows = Import.objects.filter(pk=batch.pk)
    rows = rows if into_closed else rows.filter(state=ImportState.OPEN)
    if not rows.update(duplicates=F("duplicates") + 1):
        raise ImportClosedError("This import is closed; open a new one.")


def _outcome(one: Prepared, outcome: Outcome, instance: Instance, findings: list[dict[str, str]]) -> FileOutcome:
    return FileOutcome(
        path=one.path,
        outcome=outcome,
        study_uid=instance.series.study.study_uid,
        series_uid=instance.series.series_uid,
        sop_instance_uid=instance.sop_instance_uid,
        sop_class_uid=instance.sop_class_uid,
        findings=findings,
    )
