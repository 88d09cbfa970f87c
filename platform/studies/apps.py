"""App configuration."""

import logging

from django.apps import AppConfig


class StudiesConfig(AppConfig):
    """See the package docstring."""

    name = "studies"

    def ready(self) -> None:
        """Let pydicom take values as they are: real files break their VRs, and a log line for each helps nobody."""
        from pydicom import config

        from studies.services.blobs import BlobColumn, register_blob_column

        config.settings.reading_validation_mode = config.IGNORE
        logging.getLogger("pydicom").setLevel(logging.ERROR)
        logging.getLogger("highdicom").setLevel(logging.WARNING)  # it tells every module that it copies
        register_blob_column(BlobColumn("studies.HeldInstance", "blob", hash_field="sha256"), folders=["held"])
