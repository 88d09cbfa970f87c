"""App configuration."""

from django.apps import AppConfig


class StudiesConfig(AppConfig):
    """See the package docstring."""

    name = "studies"
