"""The jobs of this app."""

from typing import Any
from uuid import UUID

from annotations.assist.services.inference import draft_case
from annotations.assist.services.prelabel import KIND
from jobs.registry import JobContext, job
from jobs.types import Queue


@job(KIND, queue=Queue.GPU, max_attempts=3)
def prelabel_job(context: JobContext, *, draft_id: str) -> dict[str, Any]:
    """Run a model on one case and write the draft."""
    return draft_case(context, draft_id=UUID(draft_id))
