"""Which cases, marks and splits a definition comes to in the present state of a project."""

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from accounts.models import User
from annotations.datasets.errors import DefinitionError
from annotations.datasets.selectors.readers import patient_numbers, reader_numbers
from annotations.datasets.selectors.volumes import choose_volume
from annotations.datasets.split import split_patients
from annotations.datasets.types import (
    Candidate,
    Cohort,
    Definition,
    Format,
    LabelSource,
    MarksInput,
    Missing,
    MissingReason,
)
from annotations.marks.models import LabelSet, MarkSet
from annotations.reading.models import Case, Consensus, Project, Protocol, Reading
from annotations.reading.policies import blinded_cases
from annotations.reading.selectors.cases import not_readable_readings
from annotations.reading.types import ReadingState
from studies.selectors import visible_series


@dataclass(frozen=True, slots=True)
class _Marks:
    mark_set: MarkSet
    revision: int
    reader: int | None = None
    rule: str = ""
    inputs: tuple[MarksInput, ...] = ()


@dataclass(frozen=True, slots=True)
class _Ground:
    """What is looked up once for all cases."""

    readings: Mapping[UUID, list[Reading]]
    consensuses: Mapping[UUID, Consensus]
    readers: Mapping[UUID, int]
    labels: frozenset[tuple[Any, ...]]
    label_sets: dict[UUID, frozenset[tuple[Any, ...]]]
    visible: frozenset[UUID]
    hidden: frozenset[UUID]
    """cases whose marks by others the actor may not see yet"""
    unreadable: frozenset[UUID]
    """readings whose reader could not read the case"""


def current_protocol(*, project: Project) -> Protocol:
    """Return the newest protocol, whose labels a release has.

    Raises
    ------
    DefinitionError
        The project has none.
    """
    protocol = project.protocols.select_related("label_set").order_by("-version").first()
    if protocol is None:
        raise DefinitionError("The project has no protocol yet, so there are no labels to release.", code="no_protocol")
    return protocol


def cohort_of(*, actor: User, project: Project, definition: Definition) -> Cohort:
    """Return what would be in a release, and what would not and why.

    A case is in when it has usable marks: those of its newest consensus, if every reading that went into it still
    stands as it was submitted, or those that the chosen reader submitted; made with the labels that the project has
    now. A volumetric format also needs one regular volume that holds all marks (see `choose_volume`).

    Raises
    ------
    DefinitionError
        The chosen reader reads nothing here, the shares are not right, or the project has no protocol.
    """
    ground = _look_up(actor=actor, project=project)
    if definition.reader_id == actor.pk:
        ground = replace(ground, hidden=frozenset())  # the marks are their own
    if definition.label_source == LabelSource.READER and definition.reader_id not in ground.readers:
        raise DefinitionError(
            "This person reads no case of the project.", code="reader", fields={"reader": ["unknown"]}
        )
    patients = patient_numbers(project=project)
    candidates: list[Candidate] = []
    missing: list[Missing] = []
    for case in project.cases.prefetch_related("series__volumes").order_by("number"):
        marks = _marks_of(case, definition, ground)
        if isinstance(marks, MissingReason):
            missing.append(Missing(case.pk, case.number, marks, definition.formats))
            continue
        candidate = _candidate(case, marks, patients[case.patient_key])
        candidate, gaps = _with_formats(candidate, case, marks, definition.formats)
        missing.extend(gaps)
        if candidate.formats:
            candidates.append(candidate)
    split_of = split_patients((c.patient_key for c in candidates), shares=definition.shares, seed=definition.seed)
    return Cohort(candidates=tuple(candidates), missing=tuple(missing), split_of=split_of)


def _look_up(*, actor: User, project: Project) -> _Ground:
    readings: dict[UUID, list[Reading]] = {}
    for reading in Reading.objects.filter(case__project=project).select_related("mark_set"):
        readings.setdefault(reading.case_id, []).append(reading)
    rows = Consensus.objects.filter(case__project=project).select_related("mark_set").order_by("created_at", "id")
    label_set = current_protocol(project=project).label_set
    return _Ground(
        readings=readings,
        consensuses={row.case_id: row for row in rows},
        readers=reader_numbers(project=project),
        labels=labels_identity(label_set),
        label_sets={},
        visible=frozenset(visible_series(actor=actor).filter(cases__project=project).values_list("pk", flat=True)),
        unreadable=frozenset(not_readable_readings(readings=list(itertools.chain(*readings.values())))),
        hidden=frozenset(blinded_cases(actor=actor).filter(project=project).values_list("pk", flat=True)),
    )


def labels_identity(label_set: LabelSet) -> frozenset[tuple[Any, ...]]:
    """Return what makes two label sets the same to a dataset: values, names and codes, not colours."""
    return frozenset(
        label_set.labels.values_list("value", "name", "category_scheme", "category_code", "type_scheme", "type_code")
    )


def _same_labels(mark_set: MarkSet, ground: _Ground) -> bool:
    key = mark_set.label_set_id
    if key not in ground.label_sets:
        ground.label_sets[key] = labels_identity(mark_set.label_set)
    return ground.label_sets[key] == ground.labels


def _marks_of(case: Case, definition: Definition, ground: _Ground) -> _Marks | MissingReason:
    if any(series.pk not in ground.visible for series in case.series.all()):
        return MissingReason.IMAGES_WITHHELD
    if case.pk in ground.hidden:
        return MissingReason.BLINDED
    if definition.label_source == LabelSource.CONSENSUS:
        marks = _consensus_marks(case, ground)
    else:
        marks = _reader_marks(case, definition, ground)
    if isinstance(marks, MissingReason):
        return marks
    return marks if _same_labels(marks.mark_set, ground) else MissingReason.LABELS_CHANGED


def _reader_marks(case: Case, definition: Definition, ground: _Ground) -> _Marks | MissingReason:
    for reading in ground.readings.get(case.pk, []):
        if reading.reader_id != definition.reader_id:
            continue
        if reading.state != ReadingState.SUBMITTED or reading.submitted_number is None:
            return MissingReason.NOT_SUBMITTED
        if reading.pk in ground.unreadable:
            return MissingReason.NOT_READABLE
        return _Marks(reading.mark_set, reading.submitted_number, reader=ground.readers[reading.reader_id])
    return MissingReason.NOT_ASSIGNED


def _consensus_marks(case: Case, ground: _Ground) -> _Marks | MissingReason:
    readings = ground.readings.get(case.pk, [])
    if readings and all(reading.pk in ground.unreadable for reading in readings):
        return MissingReason.NOT_READABLE
    consensus = ground.consensuses.get(case.pk)
    if consensus is None:
        return MissingReason.NO_CONSENSUS
    standing = {str(reading.pk): reading for reading in readings if reading.state == ReadingState.SUBMITTED}
    inputs = []
    for reading_id, revision in consensus.inputs:
        reading = standing.pop(str(reading_id), None)
        if reading is None or reading.submitted_number != revision:
            return MissingReason.CONSENSUS_OUTDATED
        inputs.append(MarksInput(ground.readers[reading.reader_id], reading.mark_set_id, int(revision)))
    if standing:
        return MissingReason.CONSENSUS_OUTDATED
    inputs.sort(key=lambda entry: entry.reader)
    return _Marks(consensus.mark_set, consensus.mark_set.head, rule=consensus.rule, inputs=tuple(inputs))


def _candidate(case: Case, marks: _Marks, patient: int) -> Candidate:
    return Candidate(
        case_id=case.pk,
        number=case.number,
        patient_key=case.patient_key,
        patient=patient,
        mark_set=marks.mark_set.pk,
        revision=marks.revision,
        reader=marks.reader,
        rule=marks.rule,
        inputs=marks.inputs,
        formats=(),
    )


def _with_formats(
    candidate: Candidate, case: Case, marks: _Marks, formats: Iterable[Format]
) -> tuple[Candidate, list[Missing]]:
    """Return the candidate with those formats it can be in, and a `Missing` for each other one."""
    taken: list[Format] = []
    gaps: list[Missing] = []
    volume_id: UUID | None = None
    for form in formats:
        if form != Format.NNUNET:
            taken.append(form)
            continue
        chosen = choose_volume(case=case, mark_set=marks.mark_set, revision=marks.revision)
        if isinstance(chosen, MissingReason):
            gaps.append(Missing(case.pk, case.number, chosen, (form,)))
        else:
            volume_id = chosen.pk
            taken.append(form)
    return replace(candidate, formats=tuple(taken), volume=volume_id), gaps
