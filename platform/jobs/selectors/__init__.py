"""Which jobs and events may be read."""

from jobs.selectors.events import newest_event_id, visible_events
from jobs.selectors.jobs import job_for, job_payload, visible_jobs

__all__ = ["job_for", "job_payload", "newest_event_id", "visible_events", "visible_jobs"]
