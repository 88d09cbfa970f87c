"""App configuration."""

from django.apps import AppConfig


class AssistConfig(AppConfig):
    """See the package docstring."""

    name = "annotations.assist"
