"""Marks out of a file into a reading: first a preview that writes nothing, then one revision that can be undone."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from accounts.models import User
from annotations.marks.errors import MarksMisfitError, UnknownLabelError
from annotations.marks.loading.matching import match_label, match_segments
from annotations.marks.loading.merging import merge_masks
from annotations.marks.loading.opening import opened_instance
from annotations.marks.loading.types import (
    Choice,
    Choices,
    Counts,
    FileKind,
    FoundMeasurement,
    Matched,
    Merged,
    Source,
    Target,
    TargetImages,
)
from annotations.marks.measurements import measurement_problem
from annotations.marks.models import Label
from annotations.marks.selectors import frames_of, measurements_of
from annotations.marks.types import Delta, Provenance, RevisionKind
from annotations.reading.errors import NothingToLoadError
from annotations.reading.models import Reading
from annotations.reading.selectors.readings import own_reading_for, series_of
from annotations.reading.services.readings import Saved, append_marks
from audit.services import record_action
from common.errors import NotFoundError
from studies.derived.links import image_planes
from studies.models import Series
from studies.planes import Plane
from studies.selectors import derived_of


@dataclass(frozen=True, slots=True)
class TargetOffer:
    """Images that a file could be loaded onto, and on how many of them it lies."""

    target: Target
    planes: int


@dataclass(frozen=True, slots=True)
class SegmentPlan:
    """A segment, where it goes, and what that comes to."""

    matched: Matched
    choice: Choice
    counts: Counts


@dataclass(frozen=True, slots=True)
class MeasurementPlan:
    """A measurement, the label that it gets (value, or text where no label is of that name), and why it stays out."""

    found: FoundMeasurement
    label: int | str | None
    reason: str
    present: bool


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """What loading a file comes to; nothing is written by making it."""

    kind: FileKind
    title: str
    origin: str
    fractional: bool
    offers: list[TargetOffer]
    target: Target | None
    segments: list[SegmentPlan]
    measurements: list[MeasurementPlan]
    delta: Delta = field(default_factory=Delta)
    window: tuple[float, float] | None = None


def derived_source(*, actor: User, reading: Reading, sop_instance_uid: str) -> AbstractContextManager[Source]:
    """Return an object of the archive that speaks of the case's images, to be opened; or raise NotFoundError."""
    series_ids = set(reading.case.series.values_list("pk", flat=True))
    found = derived_of(actor=actor, series_ids=series_ids).filter(instance__sop_instance_uid=sop_instance_uid)
    derived = found.select_related("instance__header").first()
    if derived is None:
        raise NotFoundError("There is no such object about these images.", code="derived_not_found")
    return opened_instance(derived.instance)


def plan_load(*, actor: User, reading_id: UUID, source: Source, choices: Choices) -> LoadPlan:
    """Return what loading a file into one's own reading comes to, on the present marks.

    Raises
    ------
    NotFoundError
        It is not the actor's own reading in a live project.
    MarksMisfitError
        The file lies on none of the case's images, or on other voxels than theirs.
    UnknownLabelError
        A chosen label does not exist.
    PixelsError, TooLargeError
        It cannot be decoded, or touches too many images at a time.
    """
    reading = own_reading_for(actor=actor, reading_id=reading_id)
    labels = list(reading.mark_set.label_set.labels.order_by("value"))
    series = series_of(case=reading.case)
    planes = {row.series_uid: image_planes(row) for row in series}
    if source.kind in (FileKind.SR, FileKind.PR):
        every = {(plane.sop_instance_uid, plane.frame_number): plane for found in planes.values() for plane in found}
        references = frozenset(row.frame_of_reference_uid for row in series if row.frame_of_reference_uid)
        return _plan_measurements(reading, source, choices, labels, source.measurements(every, references))
    offers = _offers(source, series, planes)
    target = choices.target or (offers[0].target if offers else None)
    if target is None:
        raise MarksMisfitError(
            "These marks lie on none of the images of this case: another patient's, another series', or resampled ones."
        )
    images = _images(target, series, planes)
    by_value = source.kind == FileKind.LABEL_MAP
    matched = match_segments(source.segments(), labels, by_value=by_value)
    chosen = _chosen(matched, choices, labels)
    merged = _merged(reading, source, images, chosen, labels, choices)
    segments = [
        SegmentPlan(one, chosen[one.segment.number], merged.counts.get(one.segment.number, Counts())) for one in matched
    ]
    delta = Delta(frames=merged.frames)
    return LoadPlan(source.kind, source.title, source.origin, source.fractional, offers, target, segments, [], delta)


def load_marks(
    *, actor: User, reading_id: UUID, source: Source, choices: Choices, base_revision: int, client_id: UUID
) -> tuple[Saved, LoadPlan]:
    """Load a file into one's own reading, as one revision of tool `import:<kind>`; raises as `plan_load`, and:

    Raises
    ------
    NothingToLoadError
        The marks are as the file has them already, or everything of it is left out.
    StaleBaseError, LockedError
        As `append_marks`; nothing was written.
    """
    plan = plan_load(actor=actor, reading_id=reading_id, source=source, choices=choices)
    if not plan.delta.frames and not plan.delta.measurements:
        raise NothingToLoadError("Loading this would change nothing; nothing was written.")
    provenance = Provenance(kind=RevisionKind.EDIT, client_id=client_id, tool=f"import:{plan.kind.value}")
    saved = append_marks(
        actor=actor, reading=reading_id, base_revision=base_revision, delta=plan.delta, provenance=provenance
    )
    if saved.created:
        reading = own_reading_for(actor=actor, reading_id=reading_id)
        record_action(
            actor=actor,
            action="reading.import",
            subject=f"reading:{reading.pk}",
            team=reading.case.project.team,
            detail={
                "number": saved.number,
                "kind": plan.kind.value,
                "origin": plan.origin,
                "segments": {
                    str(one.matched.segment.number): one.choice.label for one in plan.segments if one.choice.label
                },
                "frames": len(plan.delta.frames),
                "measurements": len(plan.delta.measurements),
            },
        )
    return saved, plan


def _offers(source: Source, series: list[Series], planes: Mapping[str, list[Plane]]) -> list[TargetOffer]:
    """Return the images that a file lies on: series that its frames name first.

    Then volumes, those that it mentions before others: what names no frame lies on one time point, not on all.
    """
    named: list[TargetOffer] = []
    lying: list[tuple[int, TargetOffer]] = []
    for row in series:
        whole = _images(Target(row.series_uid), series, planes)
        if source.names(_uids(whole)):
            named.append(TargetOffer(whole.target, source.fits(whole)))
            continue
        for volume in row.volumes.all():
            part = _images(Target(row.series_uid, volume.index), series, planes)
            if count := source.fits(part):
                lying.append((source.mentions(_uids(part)), TargetOffer(part.target, count)))
    lying.sort(key=lambda one: (-one[0], -one[1].planes))
    return [*named, *(offer for _, offer in lying)]


def _uids(images: TargetImages) -> frozenset[str]:
    return frozenset(plane.sop_instance_uid for plane in images.planes)


def _images(target: Target, series: list[Series], planes: Mapping[str, list[Plane]]) -> TargetImages:
    row = next((row for row in series if row.series_uid == target.series_uid), None)
    if row is None:
        raise MarksMisfitError("There is no such series in this case.", fields={"series_uid": target.series_uid})
    if target.volume_index is None:
        return TargetImages(target, planes[row.series_uid], row.frame_of_reference_uid)
    volume = next((one for one in row.volumes.all() if one.index == target.volume_index), None)
    if volume is None:
        raise MarksMisfitError("There is no such volume in this series.", fields={"volume_index": target.volume_index})
    inside = {(str(uid), int(number)) for uid, number in volume.frames}
    found = [plane for plane in planes[row.series_uid] if (plane.sop_instance_uid, plane.frame_number) in inside]
    return TargetImages(target, found, row.frame_of_reference_uid, volume)


def _chosen(matched: list[Matched], choices: Choices, labels: list[Label]) -> dict[int, Choice]:
    if choices.segments is None:
        return {one.segment.number: Choice(one.label) for one in matched}
    known = {label.value for label in labels}
    asked = {choice.label for choice in choices.segments.values() if choice.label is not None}
    if unknown := sorted(asked - known):
        raise UnknownLabelError(f"There is no label with the value {unknown[0]}.", fields={"values": unknown})
    return {one.segment.number: choices.segments.get(one.segment.number, Choice(None)) for one in matched}


def _merged(
    reading: Reading,
    source: Source,
    images: TargetImages,
    chosen: Mapping[int, Choice],
    labels: list[Label],
    choices: Choices,
) -> Merged:
    inside = frozenset((plane.sop_instance_uid, plane.frame_number) for plane in images.planes)
    return merge_masks(
        source.masks(images, share=choices.share),
        present=frames_of(mark_set=reading.mark_set, sop_instance_uids={uid for uid, _ in inside}),
        inside=inside,
        choices=chosen,
        layers={label.value: label.layer for label in labels},
        over_others=choices.over_others,
    )


def _plan_measurements(
    reading: Reading, source: Source, choices: Choices, labels: list[Label], found: list[FoundMeasurement]
) -> LoadPlan:
    present = measurements_of(mark_set=reading.mark_set)
    plans = [_measurement_plan(one, labels, present) for one in found]
    if choices.measurements:
        taken = {plan.found.key: _labelled(plan) for plan in plans if not plan.reason and plan.found.data is not None}
        changed = {key: data for key, data in taken.items() if present.get(key) != data}
    else:
        changed = {}
    delta = Delta(measurements=changed)
    return LoadPlan(source.kind, source.title, source.origin, False, [], None, [], plans, delta, source.window)


def _measurement_plan(found: FoundMeasurement, labels: list[Label], present: Mapping[UUID, Any]) -> MeasurementPlan:
    matched = match_label(found.label, found.code, labels)
    label: int | str | None = matched[0].value if matched else (found.label or None)
    reason = found.reason
    if found.data is not None and (problem := measurement_problem({**found.data, "label": label})):
        reason = f"not_taken: a measurement {problem}"
    return MeasurementPlan(found, label, reason, found.key in present)


def _labelled(plan: MeasurementPlan) -> dict[str, Any]:
    return {**(plan.found.data or {}), "label": plan.label}
