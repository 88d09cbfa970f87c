"""The tables of the archive, by what they are for."""

from studies.models.index import Instance, InstanceHeader, Series, SeriesGrant, Study, Volume
from studies.models.intake import Import, ImportedFile, PendingBlobs, SetAsideFile

__all__ = [
    "Import",
    "ImportedFile",
    "Instance",
    "InstanceHeader",
    "PendingBlobs",
    "Series",
    "SeriesGrant",
    "SetAsideFile",
    "Study",
    "Volume",
]
