"""Addresses under /api/."""

from django.urls import path

from annotations.reading.api import cases, codes, exchange, hanging, marks, projects, readings

urlpatterns = [
    path("projects", projects.ProjectsView.as_view(), name="projects"),
    path("projects/<uuid:project_id>", projects.ProjectView.as_view(), name="project"),
    path("projects/<uuid:project_id>/protocol", projects.ProtocolView.as_view(), name="protocol"),
    path("projects/<uuid:project_id>/members", projects.MembersView.as_view(), name="members"),
    path("projects/<uuid:project_id>/cases", cases.CasesView.as_view(), name="cases"),
    path("projects/<uuid:project_id>/go-live", projects.GoLiveView.as_view(), name="go-live"),
    path("projects/<uuid:project_id>/close", projects.CloseView.as_view(), name="close"),
    path("projects/<uuid:project_id>/hanging", hanging.HangingView.as_view(), name="hanging"),
    path("projects/<uuid:project_id>/hanging/own", hanging.OwnHangingView.as_view(), name="hanging-own"),
    path("projects/<uuid:project_id>/progress", projects.ProgressView.as_view(), name="progress"),
    path("structures", codes.StructuresView.as_view(), name="structures"),
    path("worklist", readings.WorklistView.as_view(), name="worklist"),
    path("worklist/next", readings.NextView.as_view(), name="worklist-next"),
    path("readings/<uuid:reading_id>", readings.ReadingView.as_view(), name="reading"),
    path("readings/<uuid:reading_id>/open", readings.OpenView.as_view(), name="reading-open"),
    path("readings/<uuid:reading_id>/frames", marks.ReadingFramesView.as_view(), name="reading-frames"),
    path("readings/<uuid:reading_id>/revisions", marks.RevisionsView.as_view(), name="revisions"),
    path("readings/<uuid:reading_id>/revisions/<int:number>", marks.RevisionStateView.as_view(), name="revision-state"),
    path("readings/<uuid:reading_id>/desk", readings.DeskView.as_view(), name="reading-desk"),
    path("readings/<uuid:reading_id>/restore", marks.RestoreView.as_view(), name="reading-restore"),
    path("readings/<uuid:reading_id>/export/<str:form>", exchange.ExportView.as_view(), name="reading-export"),
    path(
        "readings/<uuid:reading_id>/import/preview",
        exchange.ImportPreviewView.as_view(),
        name="reading-import-preview",
    ),
    path("readings/<uuid:reading_id>/import", exchange.ImportView.as_view(), name="reading-import"),
    path("readings/<uuid:reading_id>/submit", readings.SubmitView.as_view(), name="reading-submit"),
    path("readings/<uuid:reading_id>/return", readings.ReturnView.as_view(), name="reading-return"),
    path("cases/<uuid:case_id>", cases.CaseView.as_view(), name="case"),
    path("cases/<uuid:case_id>/agreement", cases.AgreementView.as_view(), name="case-agreement"),
    path("cases/<uuid:case_id>/consensus", cases.ConsensusView.as_view(), name="case-consensus"),
    path("mark-sets/<uuid:mark_set_id>/frames", marks.MarkSetFramesView.as_view(), name="mark-set-frames"),
]
