"""App configuration."""

from django.apps import AppConfig


class MarksConfig(AppConfig):
    """See the package docstring."""

    name = "annotations.marks"
