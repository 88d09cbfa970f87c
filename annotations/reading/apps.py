"""App configuration."""

from django.apps import AppConfig


class ReadingConfig(AppConfig):
    """See the package docstring."""

    name = "annotations.reading"
