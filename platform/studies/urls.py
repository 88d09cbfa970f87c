"""Addresses under /api/."""

from django.urls import path

from studies.api.imports import ImportCloseView, ImportFilesView, ImportsView, ImportView
from studies.api.set_aside import SetAsideBytesView, SetAsideFilesView, SetAsideRetryView, SetAsideView
from studies.api.studies import SeriesThumbnailView, SeriesVolumesView, StudiesView, StudyView

urlpatterns = [
    path("imports", ImportsView.as_view(), name="imports"),
    path("imports/<uuid:import_id>", ImportView.as_view(), name="import"),
    path("imports/<uuid:import_id>/files", ImportFilesView.as_view(), name="import-files"),
    path("imports/<uuid:import_id>/close", ImportCloseView.as_view(), name="import-close"),
    path("set-aside", SetAsideFilesView.as_view(), name="set-aside-files"),
    path("set-aside/<uuid:file_id>", SetAsideView.as_view(), name="set-aside-file"),
    path("set-aside/<uuid:file_id>/retry", SetAsideRetryView.as_view(), name="set-aside-retry"),
    path("set-aside/<uuid:file_id>/file", SetAsideBytesView.as_view(), name="set-aside-bytes"),
    path("studies", StudiesView.as_view(), name="studies"),
    path("studies/<str:study_uid>", StudyView.as_view(), name="study"),
    path("series/<str:series_uid>/volumes", SeriesVolumesView.as_view(), name="series-volumes"),
    path("series/<str:series_uid>/thumbnail", SeriesThumbnailView.as_view(), name="series-thumbnail"),
]
