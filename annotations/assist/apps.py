"""App configuration."""

from django.apps import AppConfig


class AssistConfig(AppConfig):
    """See the package docstring."""

    name = "annotations.assist"

    def ready(self) -> None:
        """Say which of our columns name blobs."""
        from studies.services.blobs import BlobColumn, register_blob_column

        register_blob_column(BlobColumn("assist.ModelVersion", "bundle"))
