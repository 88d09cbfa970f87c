"""What a mark set holds at a revision. Callers have already settled that the actor may see the mark set."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet

from annotations.marks.errors import UnknownFrameError
from annotations.marks.frames import Labels, stack_frames
from annotations.marks.models import AnswerState, FrameMask, LabelSet, MarkSet, MeasurementState, Revision
from annotations.marks.types import FrameKey, FrameLabels, MarkSetState
from common.errors import NotFoundError
from studies.models import Instance, Volume


def _frame_rows(*, mark_set: MarkSet, at: int | None, since: int) -> QuerySet[FrameMask]:
    """Return the newest row of each frame with a number ≤ `at`, where that number is > `since`."""
    head = mark_set.head if at is None else min(at, mark_set.head)
    rows = FrameMask.objects.filter(mark_set=mark_set, number__lte=head)
    newer = rows.filter(
        sop_instance_uid=OuterRef("sop_instance_uid"),
        frame_number=OuterRef("frame_number"),
        layer=OuterRef("layer"),
        number__gt=OuterRef("number"),
    )
    return rows.filter(number__gt=since).exclude(Exists(newer))


def frames_of(
    *, mark_set: MarkSet, at: int | None = None, since: int = 0, sop_instance_uids: Iterable[str] | None = None
) -> list[FrameLabels]:
    """Return the frames of a mark set as of revision `at` (its head when None), ordered by key.

    Only frames whose newest revision number is greater than `since`; frames that were emptied come with
    empty `data`, so that a client that holds revision `since` becomes equal by applying the answer.
    """
    rows = _frame_rows(mark_set=mark_set, at=at, since=since)
    if sop_instance_uids is not None:
        rows = rows.filter(sop_instance_uid__in=list(sop_instance_uids))
    return [
        FrameLabels(
            key=FrameKey(row.sop_instance_uid, row.frame_number, row.layer),
            rows=row.rows,
            columns=row.columns,
            data=bytes(row.data),
            number=row.number,
        )
        for row in rows.order_by("sop_instance_uid", "frame_number", "layer")
    ]


def changed_frames(*, mark_set: MarkSet, since: int) -> list[FrameKey]:
    """Return the keys of frames that any revision after `since` has touched."""
    keys = (
        FrameMask.objects.filter(mark_set=mark_set, number__gt=since)
        .values_list("sop_instance_uid", "frame_number", "layer")
        .distinct()
    )
    return sorted(FrameKey(*key) for key in keys)


def measurements_of(*, mark_set: MarkSet, at: int | None = None) -> dict[UUID, dict[str, Any]]:
    """Return the measurements as of revision `at` by key; deleted ones are left out."""
    return {key: data for key, data in _measurement_states(mark_set, at).items() if data is not None}


def answers_of(*, mark_set: MarkSet, at: int | None = None) -> dict[str, Any]:
    """Return the answers as of revision `at` by question key; those taken back are left out."""
    return {question: value for question, value in _answer_states(mark_set, at).items() if value is not None}


def state_at(*, mark_set: MarkSet, number: int) -> MarkSetState:
    """Return measurements and answers as of revision `number` (0: nothing).

    Raises
    ------
    NotFoundError
        There is no such revision (code `unknown_revision`).
    """
    if not 0 <= number <= mark_set.head:
        raise NotFoundError(f"There is no revision {number}.", code="unknown_revision")
    found = measurements_of(mark_set=mark_set, at=number)
    return MarkSetState(
        number=number,
        measurements=[{"key": str(key), "data": data} for key, data in found.items()],
        answers=answers_of(mark_set=mark_set, at=number),
    )


def changed_small(*, mark_set: MarkSet, since: int) -> tuple[list[str], list[str]]:
    """Return the keys of measurements and of questions that any revision after `since` has touched."""
    later = {"mark_set": mark_set, "number__gt": since}
    keys = MeasurementState.objects.filter(**later).values_list("key", flat=True).distinct()
    questions = AnswerState.objects.filter(**later).values_list("question", flat=True).distinct()
    return sorted(str(key) for key in keys), sorted(questions)


def _measurement_states(mark_set: MarkSet, at: int | None) -> dict[UUID, dict[str, Any] | None]:
    head = mark_set.head if at is None else at
    rows = MeasurementState.objects.filter(mark_set=mark_set, number__lte=head).order_by("number")
    return dict(rows.values_list("key", "data"))


def _answer_states(mark_set: MarkSet, at: int | None) -> dict[str, Any]:
    head = mark_set.head if at is None else at
    rows = AnswerState.objects.filter(mark_set=mark_set, number__lte=head).order_by("number")
    return dict(rows.values_list("question", "value"))


def history_of(*, mark_set: MarkSet) -> QuerySet[Revision]:
    """Return the revisions, newest first, each with `frame_count`, `measurement_count` and `answer_count`."""
    return (
        mark_set.revisions.select_related("author")
        .annotate(
            frame_count=Count("frames", distinct=True),
            measurement_count=Count("measurements", distinct=True),
            answer_count=Count("answers", distinct=True),
        )
        .order_by("-number")
    )


def label_values(*, label_set: LabelSet) -> frozenset[int]:
    """Return the values that masks of this label set may hold."""
    return frozenset(label_set.labels.values_list("value", flat=True))


def label_layers(*, label_set: LabelSet) -> dict[int, int]:
    """Return the layer that each label's masks lie in, by label value."""
    return dict(label_set.labels.values_list("value", "layer"))


def volume_shape(*, volume: Volume) -> tuple[int, int, int]:
    """Return (K, J, I) of a volume; where it has no regular grid, the size of its first frame serves.

    Raises
    ------
    UnknownFrameError
        When the volume has no frames, or its first one is not in the archive.
    """
    if volume.geometry:
        k, j, i = volume.geometry["shape_kji"]
        return int(k), int(j), int(i)
    first = volume.frames[0][0] if volume.frames else ""
    size = Instance.objects.filter(sop_instance_uid=first).values_list("rows", "columns").first()
    if size is None:
        raise UnknownFrameError("This volume has no frames that can be marked.")
    return len(volume.frames), size[0], size[1]


def label_volume(*, mark_set: MarkSet, volume: Volume, at: int | None = None, layer: int | None = None) -> Labels:
    """Return the marks on one volume as uint8 of shape (K, J, I); frames without labels are zero.

    Of one `layer`, or of all: then where labels overlap the higher layer shows.

    Raises
    ------
    MaskShapeError
        When frames of the volume differ in size: such a volume has no array.
    """
    _, rows, columns = volume_shape(volume=volume)
    order = [(str(uid), int(number)) for uid, number in volume.frames]
    frames = frames_of(mark_set=mark_set, at=at, sop_instance_uids={uid for uid, _ in order})
    chosen = frames if layer is None else [frame for frame in frames if frame.key.layer == layer]
    return stack_frames(chosen, order=order, shape=(rows, columns))
