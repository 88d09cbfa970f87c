"""Voxels that lie in a file beside their header: found among what the same import set aside."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import BinaryIO, cast

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F

from common.clock import now
from studies.errors import SetAsideError
from studies.models import Import, ImportedFile, SetAsideFile
from studies.research.joining import companion_of, joined
from studies.services.blobs import delete_unreferenced
from studies.services.preparing import Prepared
from studies.types import Outcome, SetAsideReason


@contextmanager
def with_voxels(batch: Import, one: Prepared) -> Iterator[Prepared]:
    """Yield the file itself, or, for a header, one file of it and its voxels; these are set aside no longer then.

    The voxels come in the same import and were set aside, because alone they are nothing.

    Raises
    ------
    SetAsideError
        They have not come.
    """
    companion = companion_of(one.path, one.content.stream)
    if companion is None:
        yield one
        return
    path = companion.path(one.path)
    row = SetAsideFile.objects.filter(batch=batch, path=path, settled_at=None).exclude(blob="").first()
    if row is None:
        detail = f"Its voxels are in {companion.name}, which has not come in the same import from the same folder."
        raise SetAsideError(SetAsideReason.UNSUPPORTED, detail)
    with default_storage.open(row.blob) as voxels:
        content = joined(companion, cast(BinaryIO, voxels), row.size_bytes, limit_bytes=settings.MAX_UPLOAD_BYTES)
    with closing(content):
        yield replace(one, content=content)
    settle_joined(batch, row)


def settle_joined(batch: Import, row: SetAsideFile) -> None:
    """Take a file off the list of those set aside: its bytes are part of a volume now."""
    with transaction.atomic():
        if not SetAsideFile.objects.filter(pk=row.pk, settled_at=None).update(settled_at=now(), blob=""):
            return
        ImportedFile.objects.filter(set_aside=row).update(
            outcome=Outcome.ACCEPTED, reason="", detail="Part of a volume.", set_aside=None
        )
        Import.objects.filter(pk=batch.pk).update(set_aside=F("set_aside") - 1)
        transaction.on_commit(lambda: delete_unreferenced([row.blob]))
