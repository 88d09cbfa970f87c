"""App configuration."""

from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig


class DatasetsConfig(AppConfig):
    """See the package docstring."""

    name = "annotations.datasets"

    def ready(self) -> None:
        """Say which of our columns name blobs."""
        from studies.services.blobs import BlobColumn, register_blob_column

        register_blob_column(BlobColumn("datasets.Release", "archives", names=_names))


def _names(archives: Any) -> Iterable[str]:
    """Return the blobs of a release: an archive and a manifest per format."""
    return [archive[part] for archive in archives.values() for part in ("blob", "manifest") if archive.get(part)]
