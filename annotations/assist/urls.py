"""Addresses of AI assistance, below `/api/`."""

from django.urls import path

from annotations.assist.api.aligning import ReadingAlignView
from annotations.assist.api.drafts import (
    DraftDecideView,
    DraftFramesView,
    ProjectDraftsView,
    ProjectPrelabelView,
    ReadingDraftsView,
)
from annotations.assist.api.models import (
    ModelListView,
    ModelVersionBundleView,
    ModelVersionTrustView,
    ModelVersionView,
    ModelView,
)
from annotations.assist.api.prompts import ReadingPromptView

urlpatterns = [
    path("models", ModelListView.as_view(), name="models"),
    path("models/<uuid:model_id>", ModelView.as_view(), name="model"),
    path("model-versions/<uuid:version_id>", ModelVersionView.as_view(), name="model-version"),
    path("model-versions/<uuid:version_id>/trust", ModelVersionTrustView.as_view(), name="model-version-trust"),
    path("model-versions/<uuid:version_id>/bundle", ModelVersionBundleView.as_view(), name="model-version-bundle"),
    path("projects/<uuid:project_id>/prelabel", ProjectPrelabelView.as_view(), name="project-prelabel"),
    path("projects/<uuid:project_id>/drafts", ProjectDraftsView.as_view(), name="project-drafts"),
    path("readings/<uuid:reading_id>/drafts", ReadingDraftsView.as_view(), name="reading-drafts"),
    path("readings/<uuid:reading_id>/drafts/<uuid:draft_id>/decide", DraftDecideView.as_view(), name="draft-decide"),
    path("readings/<uuid:reading_id>/align", ReadingAlignView.as_view(), name="reading-align"),
    path("readings/<uuid:reading_id>/prompt", ReadingPromptView.as_view(), name="reading-prompt"),
    path("drafts/<uuid:draft_id>/frames", DraftFramesView.as_view(), name="draft-frames"),
]
