"""What can go wrong with jobs."""

from common.errors import ConflictError


class CancelledError(Exception):
    """The job must stop: somebody cancelled it. Raised inside its body; let it pass through."""


class ClaimLostError(CancelledError):
    """The job was given to another worker (this one was thought dead); whatever it does now must not count."""


class JobEndedError(ConflictError):
    """The job has ended already."""

    default_code = "job_ended"


class JobNotEndedError(ConflictError):
    """Only a job that failed or was cancelled can be tried again."""

    default_code = "job_not_retryable"
