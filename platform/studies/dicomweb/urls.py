"""Addresses under /dicomweb/ (PS3.18 table 10.1-1)."""

from django.urls import path

from studies.dicomweb.bulkdata import AllBulkView, AllPixelsView, BulkdataView
from studies.dicomweb.capabilities import CapabilitiesView
from studies.dicomweb.frames import FramesView
from studies.dicomweb.qido import InstancesSearch, SeriesSearch
from studies.dicomweb.rendered import AllRenderedView, InstanceThumbnailView, RenderedView, SeriesThumbnailView
from studies.dicomweb.stow import StudiesView, StudyView
from studies.dicomweb.wado import MetadataView, RetrieveView

SERIES = "studies/<str:study>/series/<str:series>"
INSTANCE = f"{SERIES}/instances/<str:instance>"

urlpatterns = [
    path("", CapabilitiesView.as_view(), name="dicomweb-capabilities"),
    path(f"{INSTANCE}/frames/<str:frames>", FramesView.as_view(), name="wado-frames"),
    path(f"{INSTANCE}/frames/<str:frames>/rendered", RenderedView.as_view(), name="wado-frame-rendered"),
    path(f"{INSTANCE}/frames/<str:frames>/thumbnail", InstanceThumbnailView.as_view(), name="wado-frame-thumbnail"),
    path(f"{INSTANCE}/bulkdata/<path:path>", BulkdataView.as_view(), name="wado-bulkdata"),
    path(f"{INSTANCE}/bulkdata", AllBulkView.as_view(), name="wado-instance-bulkdata"),
    path(f"{INSTANCE}/pixeldata", AllPixelsView.as_view(), name="wado-instance-pixeldata"),
    path(f"{INSTANCE}/rendered", RenderedView.as_view(), name="wado-rendered"),
    path(f"{INSTANCE}/thumbnail", InstanceThumbnailView.as_view(), name="wado-instance-thumbnail"),
    path(f"{INSTANCE}/metadata", MetadataView.as_view(), name="wado-instance-metadata"),
    path(INSTANCE, RetrieveView.as_view(), name="wado-instance"),
    path(f"{SERIES}/bulkdata", AllBulkView.as_view(), name="wado-series-bulkdata"),
    path(f"{SERIES}/pixeldata", AllPixelsView.as_view(), name="wado-series-pixeldata"),
    path(f"{SERIES}/rendered", AllRenderedView.as_view(), name="wado-series-rendered"),
    path(f"{SERIES}/metadata", MetadataView.as_view(), name="wado-series-metadata"),
    path(f"{SERIES}/thumbnail", SeriesThumbnailView.as_view(), name="wado-series-thumbnail"),
    path(f"{SERIES}/instances", InstancesSearch.as_view(), name="qido-series-instances"),
    path(SERIES, RetrieveView.as_view(), name="wado-series"),
    path("studies/<str:study>/series", SeriesSearch.as_view(), name="qido-study-series"),
    path("studies/<str:study>/instances", InstancesSearch.as_view(), name="qido-study-instances"),
    path("studies/<str:study>/bulkdata", AllBulkView.as_view(), name="wado-study-bulkdata"),
    path("studies/<str:study>/pixeldata", AllPixelsView.as_view(), name="wado-study-pixeldata"),
    path("studies/<str:study>/rendered", AllRenderedView.as_view(), name="wado-study-rendered"),
    path("studies/<str:study>/metadata", MetadataView.as_view(), name="wado-study-metadata"),
    path("studies/<str:study>/thumbnail", SeriesThumbnailView.as_view(), name="wado-study-thumbnail"),
    path("studies/<str:study>", StudyView.as_view(), name="wado-study"),
    path("studies", StudiesView.as_view(), name="qido-studies"),
    path("series", SeriesSearch.as_view(), name="qido-series"),
    path("instances", InstancesSearch.as_view(), name="qido-instances"),
]
