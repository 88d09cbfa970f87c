"""App configuration."""

from django.apps import AppConfig


class DatasetsConfig(AppConfig):
    """See the package docstring."""

    name = "annotations.datasets"
