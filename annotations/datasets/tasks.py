"""Background work on datasets."""

from typing import Any
from uuid import UUID

from annotations.datasets.models import Release
from annotations.datasets.services.releases import FREEZE, keep_archives
from jobs.registry import JobContext, job
from jobs.types import Queue


@job(FREEZE, queue=Queue.IO)
def freeze_release_job(context: JobContext, *, release_id: str) -> dict[str, Any]:
    """Write the archives of a release, then say that it is frozen."""
    from annotations.datasets.services.freezing import build_archives  # DICOM and NIfTI writers: slow to import

    release = Release.objects.select_related("project", "protocol__label_set").get(pk=UUID(release_id))
    archives = build_archives(release=release, report=context.progress)
    result = {form: {"sha256": one["sha256"], "size_bytes": one["size_bytes"]} for form, one in archives.items()}
    with context.finishing():
        keep_archives(release=release, archives=archives)
        context.result = result
    return result
