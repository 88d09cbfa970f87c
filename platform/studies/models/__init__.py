"""The tables of the archive, by what they are for."""

from studies.models.care import RemoteNode, StorageRules
from studies.models.deident import (
    DeidentificationDemand,
    DeidentificationPatient,
    DeidentificationProfile,
    DeidentificationRun,
    DeidentificationUid,
    DeidentificationVersion,
    DeidentifiedSeries,
    HeldInstance,
)
from studies.models.derived import DerivedLink, DerivedObject, GridPlace, ResearchGroup, ResearchSource
from studies.models.index import Instance, InstanceHeader, Series, SeriesGrant, Study, StudyGrant, Volume
from studies.models.intake import Import, ImportedFile, PendingBlobs, SetAsideFile

__all__ = [
    "DeidentificationDemand",
    "DeidentificationPatient",
    "DeidentificationProfile",
    "DeidentificationRun",
    "DeidentificationUid",
    "DeidentificationVersion",
    "DeidentifiedSeries",
    "DerivedLink",
    "DerivedObject",
    "GridPlace",
    "HeldInstance",
    "Import",
    "ImportedFile",
    "Instance",
    "InstanceHeader",
    "PendingBlobs",
    "RemoteNode",
    "ResearchGroup",
    "ResearchSource",
    "Series",
    "SeriesGrant",
    "SetAsideFile",
    "StorageRules",
    "Study",
    "StudyGrant",
    "Volume",
]
