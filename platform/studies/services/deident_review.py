"""What a person does with an instance that is held for its pixels: release it, blank regions of it, or discard it."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from audit.services import record_action
from common.clock import now
from common.errors import InvalidError, NotFoundError
from jobs.services import emit_event
from studies.deident import selectors
from studies.deident.blanking import Region, blank_regions, mark_reviewed
from studies.deident.codes import CLEAN_PIXELS
from studies.errors import HeldStateError
from studies.models import HeldInstance, PendingBlobs
from studies.services.blobs import delete_unreferenced
from studies.services.deident_store import store_made
from studies.types import HeldState

CLAIM = timedelta(minutes=5)
"""So long somebody who decides keeps others from it; a process that died gives way then."""


def release_held(*, actor: User, held: HeldInstance, reason: str) -> HeldInstance:
    """Let an instance go as it is, because a person has looked and found nothing; `reason` is kept.

    Raises
    ------
    DeniedError
        The actor does not manage the team.
    InvalidError
        No reason.
    HeldStateError
        It has been dealt with already.
    """
    if not reason.strip():
        raise InvalidError("Say why it may be released.", fields={"reason": ["required"]})
    _check(actor, held)
    data = mark_reviewed(_bytes_of(held), code=None)
    return _settle(actor, held, HeldState.RELEASED, data=data, reason=reason.strip())


def blank_held(*, actor: User, held: HeldInstance, regions: Sequence[Region], all_frames: bool = True) -> HeldInstance:
    """Blank regions in every frame and let the instance go; compressed pixels become uncompressed.

    The result is decoded again, and every region looked at, before anything is stored.

    Parameters
    ----------
    all_frames : bool
        False is refused for more than one frame: text that moves would stay somewhere.

    Raises
    ------
    DeniedError
        The actor does not manage the team.
    InvalidError
        No region, or one outside the image.
    HeldStateError
        It has been dealt with already.
    PixelsError
        The pixels cannot be decoded here.
    """
    _check(actor, held)
    if not all_frames and held.frame_count > 1:
        raise InvalidError("Regions are blanked in all frames of an instance.", fields={"all_frames": ["required"]})
    data = mark_reviewed(blank_regions(_bytes_of(held), regions), code=CLEAN_PIXELS)
    detail = [region.as_json() for region in regions]
    return _settle(actor, held, HeldState.BLANKED, data=data, regions=detail)


def discard_held(*, actor: User, held: HeldInstance, reason: str = "") -> HeldInstance:
    """Give an instance up: its bytes are deleted, and a later run does not bring it back.

    Raises
    ------
    DeniedError
        The actor does not manage the team.
    HeldStateError
        It has been dealt with already.
    """
    _check(actor, held)
    return _settle(actor, held, HeldState.DISCARDED, data=None, reason=reason.strip())


def hold(*, held: HeldInstance, data: bytes) -> HeldInstance:
    """Keep an instance for review; one that is held already, or was dealt with, stays as it is."""
    name = f"held/{held.sha256[:2]}/{held.sha256}.dcm"
    present = HeldInstance.objects.filter(version=held.version, sop_instance_uid=held.sop_instance_uid).first()
    if present is not None:
        return present
    while True:
        pending = PendingBlobs.objects.create(names=[name])
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(data))
        with transaction.atomic():
            if pending.delete()[0]:  # else we were thought dead, and the bytes may be gone
                held.blob = name
                held.save(force_insert=True)
                return held


def _check(actor: User, held: HeldInstance) -> None:
    selectors.require_profile_manager(actor=actor, team=held.version.profile.team)
    if held.state != HeldState.HELD:
        raise HeldStateError("This image has been dealt with already.", fields={"state": held.state})


def _bytes_of(held: HeldInstance) -> bytes:
    try:
        with default_storage.open(held.blob) as file:
            data: bytes = file.read()
    except FileNotFoundError as error:
        raise NotFoundError("The stored bytes of this image are missing.", code="blob_missing") from error
    return data


def _settle(
    actor: User,
    held: HeldInstance,
    state: HeldState,
    *,
    data: bytes | None,
    reason: str = "",
    regions: list[dict[str, int]] | None = None,
) -> HeldInstance:
    """Claim the instance, store what goes on, then write the decision; bytes nobody needs are deleted at the end.

    A process that dies in between leaves the instance held; storing the same bytes again later is harmless.
    """
    _claim(held)
    try:
        if data is not None:
            store_made(version=held.version, files=[(held.sop_instance_uid, data)], actor=actor)
    except BaseException:
        HeldInstance.objects.filter(pk=held.pk).update(settled_at=None)
        raise
    with transaction.atomic():
        row = HeldInstance.objects.select_for_update().select_related("version__profile__team").get(pk=held.pk)
        row.state, row.reason = state, reason
        row.settled_by, row.settled_at = actor, now()
        old, row.blob = row.blob, ""
        row.save(update_fields=["state", "reason", "settled_by", "settled_at", "blob"])
        verb = {HeldState.RELEASED: "release", HeldState.BLANKED: "blank", HeldState.DISCARDED: "discard"}[state]
        detail: dict[str, Any] = {"instance": row.sop_instance_uid, "reasons": [r["code"] for r in row.reasons]}
        detail |= {"reason": reason} if reason else {}
        detail |= {"regions": regions} if regions else {}
        detail |= {"sha256": hashlib.sha256(data).hexdigest()} if data is not None else {}
        _tell(actor, row, verb, detail)
    delete_unreferenced([old])
    return row


def _claim(held: HeldInstance) -> None:
    """Let one person at a time decide: whoever comes second is told."""
    free = Q(settled_at=None) | Q(settled_at__lt=now() - CLAIM)
    if not HeldInstance.objects.filter(free, pk=held.pk, state=HeldState.HELD).update(settled_at=now()):
        raise HeldStateError("Somebody else is dealing with this image, or has.", fields={"state": held.state})


def _tell(actor: User, held: HeldInstance, verb: str, detail: dict[str, Any]) -> None:
    profile = held.version.profile
    record_action(
        actor=actor,
        action=f"deidentification.{verb}",
        subject=f"deidentification:{profile.pk}",
        team=profile.team_id,
        detail=detail,
    )
    emit_event(
        kind="deidentification.changed",
        subject=f"deidentification:{profile.pk}",
        payload={"profile": str(profile.pk), "held": str(held.pk), "state": held.state},
        team=profile.team,
        staff_only=True,
    )
