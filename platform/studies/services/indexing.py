"""What is made once per series from its headers: metadata blob, volumes, findings, thumbnail, overview."""

import gzip
import hashlib
import io
import json
import logging
import tempfile
import zlib
from dataclasses import dataclass, field, replace
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction

from common.clock import now
from common.errors import DomainError, NotFoundError
from jobs.services import emit_event
from studies.errors import PixelsError
from studies.models import Instance, InstanceHeader, PendingBlobs, Series, Volume
from studies.overviews import chosen_frames, mosaic
from studies.planes import Plane, planes_of
from studies.real_values import NoSuvError, pet_facts, suv_of, units_of
from studies.regularity import findings_of, step_range_mm
from studies.rendering import Picture, Viewport, encode, picture_of
from studies.services.blobs import retire
from studies.services.derived import describe_series
from studies.types import Finding
from studies.volumes import FoundVolume, find_volumes

logger = logging.getLogger(__name__)
THUMBNAIL_PIXELS = 192
NO_VOLUMES = frozenset({"SEG", "PR", "SR", "RTSTRUCT", "RTPLAN", "KO"})
CHUNK = 200
"""Headers held at once."""
OURS = frozenset(
    str(code)
    for code in (
        *(Finding.UNDECODABLE, Finding.NO_GEOMETRY, Finding.UNEVEN, Finding.MISSING_SLICES),
        *(Finding.DUPLICATE_SLICES, Finding.TILTED, Finding.MIXED_SERIES, Finding.NO_SUV),
    )
)
"""Findings of a series that are told anew at each indexing; others are left as they are."""


class _OvertakenError(Exception):
    """What was written is no longer sure to be there: write it again."""


@dataclass(slots=True)
class Gathered:
    """What one pass over the headers of a series leaves in memory: no header, a few numbers per frame.

    Attributes
    ----------
    count : int
        Instances seen.
    planes : list
        One per frame.
    images : list
        (instance id, frames) of the instances that are images, in order.
    ids : dict
        Instance id by SOP Instance UID.
    pet : list
        What SUV needs of each header of a PET.
    units : str
        Of the first image's values.
    """

    count: int = 0
    planes: list[Plane] = field(default_factory=list)
    images: list[tuple[Any, int]] = field(default_factory=list)
    ids: dict[str, Any] = field(default_factory=dict)
    pet: list[dict[str, Any]] = field(default_factory=list)
    units: str = ""


def ensure_indexed(*, series: Series) -> Series:
    """Return the series with metadata, volumes and pictures that know every instance of it."""
    return series if series.indexed_at is not None else index_series(series=series)


def index_series(*, series: Series) -> Series:
    """Make metadata, volumes, findings, thumbnail and overview anew.

    Reads headers from the database, a few at a time, and decodes up to 16 frames. Blobs are content-addressed,
    announced, and written first; the rows change in one short transaction. An instance that arrives meanwhile leaves
    `indexed_at` empty, so that the next call does it again. A series that is deleted meanwhile is returned as it was.
    Memory: about 1 kB per frame.
    """
    while True:
        try:
            return _index(series)
        except _OvertakenError:
            continue
        except Exception:  # rows may go at any moment: a picture's instance, the series itself
            if Series.objects.filter(pk=series.pk).exists():
                raise
            return series


def _index(series: Series) -> Series:
    if not InstanceHeader.objects.filter(instance__series=series).exists():
        return series
    with tempfile.SpooledTemporaryFile(max_size=8 << 20) as spool:
        keep = Keeper()
        gathered = _gather(series, spool)
        metadata_name = keep.stream("metadata", spool, "json.gz")
        found = find_volumes(gathered.planes)
        findings = findings_of(found, series.modality)
        found, units = _with_units(found, gathered, findings)
        thumbnail_name, overview_name = _keep_pictures(series, gathered, found, findings, keep)
        keep.save()
    with transaction.atomic():
        locked = Series.objects.select_for_update().get(pk=series.pk)
        complete = locked.instance_count == gathered.count
        before = {locked.metadata_name, locked.thumbnail_name, locked.overview_name}
        locked.metadata_name, locked.thumbnail_name, locked.overview_name = metadata_name, thumbnail_name, overview_name
        retire(before - {metadata_name, thumbnail_name, overview_name})  # somebody may be reading them: they go later
        locked.findings = [one for one in locked.findings if one["code"] not in OURS] + findings
        locked.indexed_at = now() if complete else None
        locked.save(update_fields=["metadata_name", "thumbnail_name", "overview_name", "findings", "indexed_at"])
        _write_volumes(locked, found, units)
        emit_event(
            kind="study.changed",
            subject=f"study:{locked.study.study_uid}",
            payload={"study_uid": locked.study.study_uid, "series_uid": locked.series_uid},
            team=None,
            user=locked.created_by,
        )
        keep.settled()
    return describe_series(series=locked)


def _gather(series: Series, spool: IO[bytes]) -> Gathered:
    """Go once over the headers in order: pack them into `spool`, note what volumes and units need."""
    gathered = Gathered()
    rows = (
        InstanceHeader.objects.filter(instance__series=series)
        .order_by("instance__number", "instance__sop_instance_uid")
        .select_related("instance")
        .defer("instance__frame_spans")
    )
    images = series.modality not in NO_VOLUMES
    with gzip.GzipFile(filename="", fileobj=spool, mode="wb", compresslevel=6, mtime=0) as packed:
        for row in rows.iterator(chunk_size=CHUNK):
            header = zlib.decompress(row.packed)
            packed.write(b"," if gathered.count else b"[")
            packed.write(header)
            gathered.count += 1
            _note(gathered, row.instance, header, planes=images)
        packed.write(b"]")
    return gathered


def _note(gathered: Gathered, instance: Instance, packed: bytes, *, planes: bool) -> None:
    gathered.ids[instance.sop_instance_uid] = instance.pk
    if not instance.frame_count:
        return
    gathered.images.append((instance.pk, instance.frame_count))
    if not planes:
        return
    header: dict[str, Any] = json.loads(packed)
    gathered.planes.extend(planes_of(header, frame_count=instance.frame_count))
    if len(gathered.images) == 1:
        gathered.units = units_of(header)
    if header.get("00080060", {}).get("Value") == ["PT"]:
        gathered.pet.append(pet_facts(header))


def _with_units(
    found: list[FoundVolume], gathered: Gathered, findings: list[dict[str, str]]
) -> tuple[list[FoundVolume], str]:
    """Return the volumes with the range of their steps, and for PET with what makes SUV of them; and their units."""
    units, suv = gathered.units, {}
    if gathered.pet:
        try:
            made = suv_of(gathered.pet)
            units, suv = made.units, {"suv": made.as_json()}
        except NoSuvError as error:
            suv = {"suv": {"missing": str(error)}}
            findings.append({"code": str(Finding.NO_SUV), "detail": str(error)})
    described = []
    for volume in found:
        steps = step_range_mm(volume.planes) if volume.geometry else None
        described.append(replace(volume, details=volume.details | ({"step_mm": steps} if steps else {}) | suv))
    return described, units


def _write_volumes(series: Series, found: list[FoundVolume], units: str) -> None:
    """Replace the volumes, keeping the ids of those whose index stays."""
    for index, volume in enumerate(found):
        grid = volume.geometry
        Volume.objects.update_or_create(
            series=series,
            index=index,
            defaults={
                "frames": [[plane.sop_instance_uid, plane.frame_number] for plane in volume.planes],
                "geometry": (
                    {"shape_kji": list(grid.shape_kji), "affine_lps": grid.affine_lps.tolist()} if grid else None
                ),
                "reasons": [str(reason) for reason in volume.reasons],
                "units": "" if volume.planes[0].colour else units,
                "details": volume.details,
            },
        )
    Volume.objects.filter(series=series, index__gte=len(found)).delete()


def _keep_pictures(
    series: Series, gathered: Gathered, found: list[FoundVolume], findings: list[dict[str, str]], keep: "Keeper"
) -> tuple[str, str]:
    """Save thumbnail and overview; return their names, empty when there is nothing to show.

    A frame that cannot be decoded is a finding with its reason. With one frame the thumbnail is the overview.
    """
    middle = _middle(gathered, found)
    if middle is None:
        return "", ""
    frames, columns = chosen_frames(_by_volume(gathered, found))
    wanted = {pk for pk, _ in [*frames, middle]}
    instances = {row.pk: row for row in Instance.objects.filter(pk__in=wanted).select_related("header")}
    failed: list[DomainError] = []

    def picture(frame: tuple[Any, int], side: int) -> Picture | None:
        try:
            return picture_of(instances[frame[0]], frame[1], coarse_pixels=2 * side)
        except (PixelsError, NotFoundError) as error:  # damaged, or its bytes are gone
            failed.append(error)
            return None

    first_picture = picture(middle, THUMBNAIL_PIXELS)
    thumbnail_name = ""
    if first_picture is not None:
        small = Viewport(THUMBNAIL_PIXELS, THUMBNAIL_PIXELS)
        content = encode(first_picture, media_type="image/jpeg", viewport=small, quality=80)
        thumbnail_name = keep.content("thumbnails", content, "jpg")
    overview_name = thumbnail_name
    if len(frames) > 1:
        tiles = mosaic(frames, columns, picture)
        overview_name = keep.content("overviews", tiles, "jpg") if tiles is not None else ""
    if failed:
        logger.warning("series %s: %s", series.series_uid, failed[0].message)
        tried = len({*frames, middle})
        some = "" if len(failed) >= tried else f"{len(failed)} of the {tried} frames looked at. "
        findings.append({"code": str(Finding.UNDECODABLE), "detail": some + failed[0].message})
    return thumbnail_name, overview_name


def _middle(gathered: Gathered, found: list[FoundVolume]) -> tuple[Any, int] | None:
    """Return (instance id, frame number) of the frame that stands for the series; None when it has no image."""
    if found:
        plane = found[0].planes[len(found[0].planes) // 2]
        return gathered.ids[plane.sop_instance_uid], plane.frame_number
    if not gathered.images:
        return None
    pk, frames = gathered.images[len(gathered.images) // 2]
    return pk, (frames + 1) // 2


def _by_volume(gathered: Gathered, found: list[FoundVolume]) -> list[list[tuple[Any, int]]]:
    """Return (instance id, frame number) of the frames of each volume; without volumes, of all images."""
    if found:
        return [[(gathered.ids[p.sop_instance_uid], p.frame_number) for p in volume.planes] for volume in found]
    return [[(pk, number) for pk, frames in gathered.images for number in range(1, frames + 1)]]


class Keeper:
    """Holds content-addressed blobs back and saves them at once, their names announced in one row before the first
    byte is written (see `studies.services.blobs`). What a failure leaves behind is found by that row."""

    def __init__(self) -> None:
        self._held: dict[str, File[bytes]] = {}
        self._pending: PendingBlobs | None = None

    def content(self, folder: str, content: bytes, extension: str) -> str:
        """Take bytes and return their name."""
        return self.stream(folder, io.BytesIO(content), extension)

    def stream(self, folder: str, stream: IO[bytes], extension: str) -> str:
        """Take an open file, which stays open until `save`, and return its name."""
        stream.seek(0)
        digest = hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]  # a spooled file reads so too
        name = f"{folder}/{digest[:2]}/{digest}.{extension}"
        self._held[name] = File(stream)
        return name

    def save(self) -> None:
        """Announce all names in one commit, then write what is not there."""
        self._pending = PendingBlobs.objects.create(names=sorted(self._held))
        for name, file in self._held.items():
            if not default_storage.exists(name):
                file.seek(0)
                default_storage.save(name, file)

    def settled(self) -> None:
        """Take the announcement back, in the transaction that writes the rows.

        Raises
        ------
        _OvertakenError
            It is gone: this process was thought dead, and what it wrote may be deleted.
        """
        if self._pending is not None and not self._pending.delete()[0]:
            raise _OvertakenError
