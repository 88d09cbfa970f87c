"""The tables of the archive, by what they are for."""

from studies.models.index import Instance, InstanceHeader, Series, SeriesGrant, Study, Volume
from studies.models.intake import Import, ImportedInstance, SetAsideFile

__all__ = [
    "Import",
    "ImportedInstance",
    "Instance",
    "InstanceHeader",
    "Series",
    "SeriesGrant",
    "SetAsideFile",
    "Study",
    "Volume",
]
