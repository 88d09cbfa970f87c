"""Addresses of learning, below `/api/`."""

from django.urls import path

from annotations.learning.api.views import (
    LearningChampionView,
    LearningRollbackView,
    LearningTrainView,
    LearningView,
    TrainingRunView,
)

urlpatterns = [
    path("projects/<uuid:project_id>/learning", LearningView.as_view(), name="learning"),
    path("projects/<uuid:project_id>/learning/champion", LearningChampionView.as_view(), name="learning-champion"),
    path("projects/<uuid:project_id>/learning/train", LearningTrainView.as_view(), name="learning-train"),
    path("projects/<uuid:project_id>/learning/rollback", LearningRollbackView.as_view(), name="learning-rollback"),
    path("training-runs/<uuid:run_id>", TrainingRunView.as_view(), name="training-run"),
]
