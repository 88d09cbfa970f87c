"""App configuration."""

import logging

from django.apps import AppConfig


class StudiesConfig(AppConfig):
    """See the package docstring."""

    name = "studies"

    def ready(self) -> None:
        """Let pydicom take values as they are: real files break their VRs, and a log line for each helps nobody."""
        from pydicom import config

        config.settings.reading_validation_mode = config.IGNORE
        logging.getLogger("pydicom").setLevel(logging.ERROR)
