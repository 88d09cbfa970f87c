"""Addresses of releases, under /api/."""

from django.urls import path

from annotations.datasets.api.releases import (
    ReleaseDownloadView,
    ReleaseManifestView,
    ReleasePreviewView,
    ReleasesView,
    ReleaseView,
)

urlpatterns = [
    path("projects/<uuid:project_id>/releases", ReleasesView.as_view(), name="releases"),
    path("projects/<uuid:project_id>/releases/preview", ReleasePreviewView.as_view(), name="release-preview"),
    path("releases/<uuid:release_id>", ReleaseView.as_view(), name="release"),
    path("releases/<uuid:release_id>/manifest", ReleaseManifestView.as_view(), name="release-manifest"),
    path(
        "releases/<uuid:release_id>/download/<str:archive_format>",
        ReleaseDownloadView.as_view(),
        name="release-download",
    ),
]
