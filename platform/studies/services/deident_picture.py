"""The picture of a held instance, for the person who reviews it."""

from typing import BinaryIO, cast

from django.core.files.storage import default_storage

from common.errors import NotFoundError
from studies.dicomfile.facts import read_facts
from studies.errors import PixelsError, SetAsideError
from studies.models import HeldInstance, Instance, InstanceHeader
from studies.rendering import encode, picture_of
from studies.types import HeldState


def held_picture(*, held: HeldInstance, frame: int) -> bytes:
    """Return one frame of a held instance as PNG, in full size.

    Raises
    ------
    NotFoundError
        It has no such frame, or has been dealt with.
    PixelsError
        It cannot be decoded here.
    """
    if held.state != HeldState.HELD or not held.blob or frame > max(held.frame_count, 1):
        raise NotFoundError("There is no such picture.", code="picture_not_found")
    try:
        with default_storage.open(held.blob) as file:
            facts = read_facts(cast(BinaryIO, file), held.size_bytes)
    except FileNotFoundError as error:
        raise NotFoundError("The stored bytes of this image are missing.", code="blob_missing") from error
    except SetAsideError as error:
        raise PixelsError("The pixels of this image cannot be read.") from error
    instance = Instance(
        sop_instance_uid=held.sop_instance_uid,
        blob=held.blob,
        size_bytes=held.size_bytes,
        sha256=held.sha256,
        **facts.instance,
    )
    instance.header = InstanceHeader(instance=instance, packed=facts.packed_header)
    return encode(picture_of(instance, frame), media_type="image/png")
