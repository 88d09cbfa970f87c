"""Addresses under /api/."""

from django.urls import path

from studies.api import deidentification as deident
from studies.api.derived import SeriesConvertView, SeriesDerivedView
from studies.api.imports import ImportCloseView, ImportFilesView, ImportKnownView, ImportsView, ImportView
from studies.api.set_aside import (
    SetAsideBytesView,
    SetAsideCompareView,
    SetAsideFilesView,
    SetAsideRepairManyView,
    SetAsideRepairPreviewView,
    SetAsideRepairView,
    SetAsideRetryManyView,
    SetAsideRetryView,
    SetAsideSettleView,
    SetAsideView,
)
from studies.api.storage import ExpiredView, NodesView, NodeView, SeriesView, StorageView
from studies.api.studies import SeriesOverviewView, SeriesThumbnailView, SeriesVolumesView, StudiesView, StudyView

urlpatterns = [
    path("imports", ImportsView.as_view(), name="imports"),
    path("imports/<uuid:import_id>", ImportView.as_view(), name="import"),
    path("imports/<uuid:import_id>/files", ImportFilesView.as_view(), name="import-files"),
    path("imports/<uuid:import_id>/known", ImportKnownView.as_view(), name="import-known"),
    path("imports/<uuid:import_id>/close", ImportCloseView.as_view(), name="import-close"),
    path("set-aside", SetAsideFilesView.as_view(), name="set-aside-files"),
    path("set-aside/retry", SetAsideRetryManyView.as_view(), name="set-aside-retry-many"),
    path("set-aside/repair", SetAsideRepairManyView.as_view(), name="set-aside-repair-many"),
    path("set-aside/repair/preview", SetAsideRepairPreviewView.as_view(), name="set-aside-repair-preview"),
    path("set-aside/<uuid:file_id>", SetAsideView.as_view(), name="set-aside-file"),
    path("set-aside/<uuid:file_id>/retry", SetAsideRetryView.as_view(), name="set-aside-retry"),
    path("set-aside/<uuid:file_id>/repair", SetAsideRepairView.as_view(), name="set-aside-repair"),
    path("set-aside/<uuid:file_id>/compare", SetAsideCompareView.as_view(), name="set-aside-compare"),
    path("set-aside/<uuid:file_id>/settle", SetAsideSettleView.as_view(), name="set-aside-settle"),
    path("set-aside/<uuid:file_id>/file", SetAsideBytesView.as_view(), name="set-aside-bytes"),
    path("storage", StorageView.as_view(), name="storage"),
    path("storage/expired", ExpiredView.as_view(), name="storage-expired"),
    path("dicom-nodes", NodesView.as_view(), name="dicom-nodes"),
    path("dicom-nodes/<uuid:node_id>", NodeView.as_view(), name="dicom-node"),
    path("series/<str:series_uid>", SeriesView.as_view(), name="series"),
    path("studies", StudiesView.as_view(), name="studies"),
    path("studies/<str:study_uid>", StudyView.as_view(), name="study"),
    path("series/<str:series_uid>/volumes", SeriesVolumesView.as_view(), name="series-volumes"),
    path("series/<str:series_uid>/convert", SeriesConvertView.as_view(), name="series-convert"),
    path("series/<str:series_uid>/derived", SeriesDerivedView.as_view(), name="series-derived"),
    path("series/<str:series_uid>/thumbnail", SeriesThumbnailView.as_view(), name="series-thumbnail"),
    path("series/<str:series_uid>/overview", SeriesOverviewView.as_view(), name="series-overview"),
    path("deidentification/profiles", deident.ProfilesView.as_view(), name="deidentification-profiles"),
    path("deidentification/profiles/<uuid:profile_id>", deident.ProfileView.as_view(), name="deidentification-profile"),
    path(
        "deidentification/profiles/<uuid:profile_id>/runs",
        deident.ProfileRunsView.as_view(),
        name="deidentification-profile-runs",
    ),
    path(
        "deidentification/profiles/<uuid:profile_id>/reidentify",
        deident.ReidentifyView.as_view(),
        name="deidentification-reidentify",
    ),
    path("deidentification/runs", deident.RunsView.as_view(), name="deidentification-runs"),
    path(
        "deidentification/runs/<uuid:deidentification_run_id>", deident.RunView.as_view(), name="deidentification-run"
    ),
    path("deidentification/held", deident.HeldListView.as_view(), name="deidentification-held"),
    path(
        "deidentification/held/<uuid:held_id>/picture",
        deident.HeldPictureView.as_view(),
        name="deidentification-picture",
    ),
    path(
        "deidentification/held/<uuid:held_id>/release",
        deident.HeldReleaseView.as_view(),
        name="deidentification-release",
    ),
    path("deidentification/held/<uuid:held_id>/blank", deident.HeldBlankView.as_view(), name="deidentification-blank"),
    path(
        "deidentification/held/<uuid:held_id>/discard",
        deident.HeldDiscardView.as_view(),
        name="deidentification-discard",
    ),
]
