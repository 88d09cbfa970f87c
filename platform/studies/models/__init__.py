"""The tables of the archive, by what they are for."""

from studies.models.care import RemoteNode, StorageRules
from studies.models.index import Instance, InstanceHeader, Series, SeriesGrant, Study, Volume
from studies.models.intake import Import, ImportedFile, PendingBlobs, SetAsideFile

__all__ = [
    "Import",
    "ImportedFile",
    "Instance",
    "InstanceHeader",
    "PendingBlobs",
    "RemoteNode",
    "Series",
    "SeriesGrant",
    "SetAsideFile",
    "StorageRules",
    "Study",
    "Volume",
]
