"""The vocabulary of jobs."""

from django.db import models


class Queue(models.TextChoices):
    """Where a job waits."""

    INTERACTIVE = "interactive", "Interactive"
    GPU = "gpu", "GPU"
    CPU = "cpu", "CPU"
    IO = "io", "IO"


class JobState(models.TextChoices):
    """queued → running → succeeded | failed | cancelled; a lost worker or a retry puts it back to queued."""

    QUEUED = "queued", "Queued"
    RUNNING = "running", "Running"
    SUCCEEDED = "succeeded", "Succeeded"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"
