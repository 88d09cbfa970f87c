"""Retrieve Capabilities (PS3.18 8.9): which addresses there are, and which methods and media types each takes."""

import re
from typing import Any
from xml.etree import ElementTree

from django.http import HttpResponse, JsonResponse
from rest_framework.request import Request

from studies.dicomweb.accept import Unavailable, media_ranges
from studies.dicomweb.base import REVALIDATE, DicomwebView

WADL = "application/vnd.sun.wadl+xml"
NAMESPACE = "http://wadl.dev.java.net/2009/02"
METHODS = ("get", "post", "put", "delete")
PRODUCES = {
    "metadata": ["application/dicom+json"],
    "rendered": ["image/jpeg", "image/png", "image/gif", "multipart/related"],
    "thumbnail": ["image/jpeg", "image/png", "image/gif"],
    "frames": ["application/octet-stream", "multipart/related"],
    "bulkdata": ["application/octet-stream", "multipart/related"],
    "pixeldata": ["multipart/related"],
    "search": ["application/dicom+json"],
    "retrieve": ["multipart/related", "application/dicom"],
}


def resources() -> list[dict[str, Any]]:
    """Return every address below the root with its methods, from the table of addresses itself."""
    from studies.dicomweb.urls import urlpatterns

    found = []
    for pattern in urlpatterns:
        path = re.sub(r"<\w+:(\w+)>", r"{\1}", str(pattern.pattern))
        view: type[DicomwebView] = getattr(pattern.callback, "view_class")  # noqa: B009  # as_view() sets it
        methods = [method.upper() for method in METHODS if hasattr(view, method)]
        if path:
            found.append({"path": path, "methods": methods, "produces": _produces(path)})
    return found


def _produces(path: str) -> list[str]:
    steps = [step for step in path.split("/") if not step.startswith("{")]
    if steps[-1] in PRODUCES:
        return PRODUCES[steps[-1]]
    return PRODUCES["retrieve" if path.endswith("}") else "search"]


class CapabilitiesView(DicomwebView):
    """`OPTIONS /dicomweb/` and `GET /dicomweb/`."""

    def get(self, request: Request) -> HttpResponse:
        """Return the table of addresses as WADL, or as JSON."""
        root = request.build_absolute_uri("/dicomweb")
        for one in media_ranges(request):
            if one.takes("application/json"):
                body = {"root": root, "resources": resources(), "conformance": "docs/dicomweb.md"}
                response: HttpResponse = JsonResponse(body)
            elif one.takes(WADL):
                response = HttpResponse(wadl(root), content_type=WADL)
            else:
                continue
            response["Cache-Control"] = REVALIDATE
            return response
        raise Unavailable([WADL, "application/json"])

    def options(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        """Answer as `GET` does (8.9.1)."""
        return self.get(request)


def wadl(root: str) -> bytes:
    """Return the table of addresses as a WADL document (W3C submission of 2009-08-31)."""
    application = ElementTree.Element("application", {"xmlns": NAMESPACE})
    base = ElementTree.SubElement(application, "resources", {"base": root})
    for one in resources():
        resource = ElementTree.SubElement(base, "resource", {"path": one["path"]})
        for method in one["methods"]:
            call = ElementTree.SubElement(resource, "method", {"name": method})
            answer = ElementTree.SubElement(call, "response")
            kinds = one["produces"] if method == "GET" else PRODUCES["search"]
            for kind in kinds:
                ElementTree.SubElement(answer, "representation", {"mediaType": kind})
    return bytes(ElementTree.tostring(application, encoding="utf-8", xml_declaration=True))
