"""Where the actions of this app are recorded.

The audit app stands above this one, so it hands its recorder down when it starts (`audit.apps`).
"""

from typing import Any, Protocol

from accounts.models import Team, User


class Recorder(Protocol):
    """A function that appends one audit record in the present transaction."""

    def __call__(
        self, *, actor: User | None, action: str, subject: str, team: Team | None, detail: dict[str, Any] | None
    ) -> None:
        """Append the record."""


_recorder: Recorder | None = None


def record_with(recorder: Recorder) -> None:
    """Set the recorder; called once, at start."""
    global _recorder
    _recorder = recorder


def record(
    *, actor: User | None, action: str, subject: str, team: Team | None = None, detail: dict[str, Any] | None = None
) -> None:
    """Record what `actor` did.

    Raises
    ------
    RuntimeError
        When no recorder was set: an action is never done unrecorded.
    """
    if _recorder is None:
        raise RuntimeError("No audit recorder is set: is the app 'audit' installed?")
    _recorder(actor=actor, action=action, subject=subject, team=team, detail=detail)
