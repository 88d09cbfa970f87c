"""App configuration."""

from django.apps import AppConfig


class LearningConfig(AppConfig):
    """See the package docstring."""

    name = "annotations.learning"
