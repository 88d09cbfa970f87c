"""What is made once per series from its headers: metadata blob, volumes, thumbnail."""

import gzip
import hashlib
import logging
import zlib

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from common.clock import now
from jobs.services import emit_event
from studies.errors import PixelsError
from studies.models import Instance, InstanceHeader, Series, Volume
from studies.pixels import unpack_header
from studies.planes import Plane, planes_of
from studies.rendering import Viewport, encode, picture_of
from studies.volumes import FoundVolume, find_volumes

logger = logging.getLogger(__name__)
THUMBNAIL_PIXELS = 192
NO_VOLUMES = frozenset({"SEG", "PR", "SR", "RTSTRUCT", "RTPLAN", "KO"})


def ensure_indexed(*, series: Series) -> Series:
    """Return the series with metadata, volumes and thumbnail that know every instance of it."""
    return series if series.indexed_at is not None else index_series(series=series)


def index_series(*, series: Series) -> Series:
    """Make metadata, volumes and thumbnail anew.

    Reads headers from the database and decodes one frame. Blobs are content-addressed and written first; the rows
    change in one short transaction. An instance that arrives meanwhile leaves `indexed_at` empty, so that the next
    call does it again.
    """
    rows = list(
        InstanceHeader.objects.filter(instance__series=series)
        .order_by("instance__number", "instance__sop_instance_uid")
        .select_related("instance")
    )
    if not rows:
        return series
    metadata_name = _keep_metadata([zlib.decompress(row.packed) for row in rows])
    found = find_volumes(_planes(series, rows))
    thumbnail_name = _keep_thumbnail([row.instance for row in rows], found)
    with transaction.atomic():
        locked = Series.objects.select_for_update().get(pk=series.pk)
        complete = locked.instance_count == len(rows)
        locked.metadata_name = metadata_name
        locked.thumbnail_name = thumbnail_name
        locked.indexed_at = now() if complete else None
        locked.save(update_fields=["metadata_name", "thumbnail_name", "indexed_at"])
        _write_volumes(locked, found)
        emit_event(
            kind="study.changed",
            subject=f"study:{locked.study.study_uid}",
            payload={"study_uid": locked.study.study_uid, "series_uid": locked.series_uid},
            team=None,
            user=locked.created_by,
        )
    return locked


def _planes(series: Series, rows: list[InstanceHeader]) -> list[Plane]:
    if series.modality in NO_VOLUMES:
        return []
    return [
        plane
        for row in rows
        if row.instance.frame_count
        for plane in planes_of(unpack_header(row.packed), frame_count=row.instance.frame_count)
    ]


def _write_volumes(series: Series, found: list[FoundVolume]) -> None:
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
            },
        )
    Volume.objects.filter(series=series, index__gte=len(found)).delete()


def _keep_metadata(headers: list[bytes]) -> str:
    """Save the gzip DICOM JSON array of the headers (each a JSON object) and return its name."""
    packed = gzip.compress(b"[" + b",".join(headers) + b"]", 6, mtime=0)
    return _keep("metadata", packed, "json.gz")


def _keep_thumbnail(instances: list[Instance], found: list[FoundVolume]) -> str:
    """Save a small JPEG of the middle frame and return its name; empty when there is none or it cannot be decoded."""
    by_uid = {instance.sop_instance_uid: instance for instance in instances}
    if found:
        plane = found[0].planes[len(found[0].planes) // 2]
        middle, frame = by_uid[plane.sop_instance_uid], plane.frame_number
    else:
        images = [instance for instance in instances if instance.frame_count]
        if not images:
            return ""
        middle = images[len(images) // 2]
        frame = (middle.frame_count + 1) // 2
    try:
        picture = picture_of(middle, frame)
    except PixelsError as error:
        logger.warning("no thumbnail: %s", error.message)
        return ""
    small = encode(picture, media_type="image/jpeg", viewport=Viewport(THUMBNAIL_PIXELS, THUMBNAIL_PIXELS), quality=80)
    return _keep("thumbnails", small, "jpg")


def _keep(folder: str, content: bytes, extension: str) -> str:
    digest = hashlib.sha256(content).hexdigest()
    name = f"{folder}/{digest[:2]}/{digest}.{extension}"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(content))
    return name
