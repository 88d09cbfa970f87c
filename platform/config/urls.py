"""All addresses of the installation."""

from django.urls import include, path, re_path

from config.views import front_end, schema

handler404 = "config.views.nothing_here"
urlpatterns = [
    path("api/", include("accounts.urls")),
    path("api/", include("audit.urls")),
    path("api/", include("jobs.urls")),
    path("api/", include("studies.urls")),
    path("dicomweb/", include("studies.dicomweb.urls")),
    path("api/", include("annotations.reading.urls")),
    path("api/", include("annotations.assist.urls")),
    path("api/", include("annotations.learning.urls")),
    path("api/", include("annotations.datasets.urls")),
    path("api/schema", schema, name="schema"),
    re_path(r"^(?!api/|dicomweb/|ws/|static/|assets/).*$", front_end, name="front-end"),
]
