"""Background work of the archive."""

from typing import Any

from jobs.registry import JobContext, job
from jobs.types import Queue


@job("studies.index_series", queue=Queue.IO)
def index_series_job(context: JobContext, *, series_id: str) -> dict[str, Any]:
    """Make metadata, volumes and thumbnail of a series that STOW-RS brought."""
    from studies.models import Series
    from studies.services import ensure_indexed

    series = ensure_indexed(series=Series.objects.get(pk=series_id))
    with context.finishing():
        context.result = {"series_uid": series.series_uid, "volumes": series.volumes.count()}
    return context.result
