"""The jobs of this app, and what it looks for again and again."""

from typing import Any
from uuid import UUID

from annotations.learning.services.runs import KIND, check_triggers
from annotations.learning.services.training import run_training
from jobs.periodic import periodic
from jobs.registry import JobContext, job
from jobs.types import Queue


@job(KIND, queue=Queue.GPU, max_attempts=5)
def train_job(context: JobContext, *, run_id: str) -> dict[str, Any]:
    """Train, score and settle one run."""
    return run_training(context, run_id=UUID(run_id))


@periodic("learning.triggers", every_s=2)
def check_triggers_periodically() -> None:
    """Start the runs whose trigger is due (consensuses are written below, by reading, which knows nothing of us)."""
    check_triggers()
