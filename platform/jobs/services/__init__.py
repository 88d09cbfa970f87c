"""What may be done with jobs, and how events are told."""

from jobs.services.events import emit_event, emit_job_changed
from jobs.services.jobs import cancel_job, enqueue_job, hasten_job, postpone_job, retry_job
from jobs.services.sending import send_job

__all__ = [
    "cancel_job",
    "emit_event",
    "emit_job_changed",
    "enqueue_job",
    "hasten_job",
    "postpone_job",
    "retry_job",
    "send_job",
]
