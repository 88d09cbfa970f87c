"""App configuration."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The append-only record; it hands its recorder to the app below it."""

    name = "audit"

    def ready(self) -> None:
        """Let accounts, which stand below and cannot import this app, record what is done there."""
        from accounts.recording import record_with
        from audit.services import record_action

        record_with(record_action)
