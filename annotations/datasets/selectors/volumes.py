"""Which regular volume of a case a volumetric format takes."""

from annotations.datasets.types import MissingReason
from annotations.marks.models import FrameMask, MarkSet
from annotations.reading.models import Case
from studies.models import Volume


def marked_frames(*, mark_set: MarkSet, revision: int) -> frozenset[tuple[str, int]]:
    """Return (sop_instance_uid, frame_number) of every frame that holds a label at `revision`, without its pixels."""
    newest: dict[tuple[str, int, int], int] = {}
    rows = FrameMask.objects.filter(mark_set=mark_set, number__lte=revision).order_by("number")
    for uid, frame, layer, number in rows.values_list("sop_instance_uid", "frame_number", "layer", "number"):
        newest[uid, frame, layer] = number
    filled = set(rows.exclude(data=b"").values_list("sop_instance_uid", "frame_number", "layer", "number"))
    return frozenset(key[:2] for key, number in newest.items() if (*key, number) in filled)


def choose_volume(*, case: Case, mark_set: MarkSet, revision: int) -> Volume | MissingReason:
    """Return the one regular volume that holds all marks of a case, or why there is none.

    Where nothing is marked it is the first regular volume, in the order of series number, series UID and volume index.
    `case` should come with `series__volumes` prefetched.
    """
    ordered = sorted(case.series.all(), key=lambda s: (s.number is None, s.number or 0, s.series_uid))
    volumes = [volume for series in ordered for volume in sorted(series.volumes.all(), key=lambda v: v.index)]
    regular = [volume for volume in volumes if volume.geometry]
    if not regular:
        return MissingReason.NO_VOLUME
    if len(volumes) == 1:
        return regular[0]
    marked = marked_frames(mark_set=mark_set, revision=revision)
    holding = [volume for volume in regular if marked & {(str(uid), int(frame)) for uid, frame in volume.frames}]
    if len(holding) > 1:
        return MissingReason.SEVERAL_VOLUMES
    if not holding:
        return MissingReason.OFF_VOLUME if marked else regular[0]
    inside = {(str(uid), int(frame)) for uid, frame in holding[0].frames}
    return holding[0] if marked <= inside else MissingReason.OFF_VOLUME
