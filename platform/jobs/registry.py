"""What kinds of job there are: the decorator, and what a job's body is handed.

A job is declared in its app's `tasks.py`; its arguments are JSON values, its body calls a plain function::

    @job("reading.agreement", queue=Queue.CPU)
    def compute_agreement_job(context: JobContext, *, case_id: str) -> dict[str, Any]:
        ...

`tasks.py` modules must be cheap to import: what is heavy (torch) is imported inside the body.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.utils.module_loading import autodiscover_modules

from jobs.types import Queue


class JobContext(Protocol):
    """What a running job says and asks.

    Attributes
    ----------
    job_id : UUID
        The Job row.
    attempt : int
        1 for the first try. A job that may be tried again must be able to start over or to resume.
    result : dict
        JSON facts kept on the row; set it inside `finishing()`, or return it.
    """

    job_id: UUID
    attempt: int
    result: dict[str, Any]

    def progress(self, share: float, message: str = "") -> None:
        """Tell how far the job is (0 to 1). Cheap: it writes a few times per second at most.

        Call it outside transactions: inside one nobody hears it, and on SQLite everybody waits.

        Raises
        ------
        jobs.errors.CancelledError
            When somebody cancelled the job or it was given to another worker; let it pass through.
        """

    def log(self, text: str) -> None:
        """Keep one line in the job's log."""

    def finishing(self) -> AbstractContextManager[None]:
        """Open the transaction in which the outcome is written.

        The job is marked as succeeded in that same transaction, so that the outcome is written exactly once,
        however often the job was started. Keep it short: other writers wait.

        Raises
        ------
        jobs.errors.CancelledError
            When the job was cancelled or given to another worker; nothing was written.
        """


Body = Callable[..., dict[str, Any] | None]
F = TypeVar("F", bound=Body)


@dataclass(frozen=True, slots=True)
class JobKind:
    """One kind of job.

    Attributes
    ----------
    name : str
        `app.what`, kept on the row.
    queue : Queue
        Where it waits.
    max_attempts : int
        How often it is started at most, when it crashes or its worker dies.
    body : callable
        `body(context, **arguments)`.
    """

    name: str
    queue: Queue
    max_attempts: int
    body: Body


_kinds: dict[str, JobKind] = {}


def job(name: str, *, queue: Queue, max_attempts: int = 3) -> Callable[[F], F]:
    """Declare the function below as the body of jobs of kind `name`; the function itself is left as it is."""

    def register(body: F) -> F:
        known = _kinds.get(name)
        if known is not None and (known.body.__module__, known.body.__qualname__) != (
            body.__module__,
            body.__qualname__,
        ):
            raise ValueError(f"Two functions declare the job kind {name!r}: {known.body!r} and {body!r}")
        _kinds[name] = JobKind(name=name, queue=queue, max_attempts=max_attempts, body=body)
        return body

    return register


def load_tasks() -> None:
    """Import the `tasks` module of every installed app."""
    autodiscover_modules("tasks")


def kind_named(name: str) -> JobKind:
    """Return the kind; task modules are imported when it is not known yet.

    Raises
    ------
    LookupError
        When no installed app declares it.
    """
    if name not in _kinds:
        load_tasks()
    try:
        return _kinds[name]
    except KeyError:
        raise LookupError(f"No installed app declares the job kind {name!r}") from None
