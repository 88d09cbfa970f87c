"""Common ground as an app (no tables of its own)."""

from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Errors, clock, storage, base model."""

    name = "common"
