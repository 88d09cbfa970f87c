"""App configuration."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """See the package docstring."""

    name = "audit"
