"""STOW-RS: store instances, with a result for each (PS3.18 10.5)."""

import re
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request

from common.errors import DeniedError, InvalidError
from studies.dicomfile.spool import Readable
from studies.dicomweb.accept import check_json
from studies.dicomweb.base import json_response
from studies.dicomweb.elements import element
from studies.dicomweb.multipart import MultipartReader, boundary_of
from studies.dicomweb.qido import StudiesSearch
from studies.dicomweb.wado import DICOM, RetrieveView
from studies.errors import TooLargeError
from studies.models import Import
from studies.policies import can_import
from studies.requests import actor_of
from studies.services import close_import, open_import, store_files
from studies.services.preparing import Incoming
from studies.types import FileOutcome, Outcome, SetAsideReason

# PS3.4 table B.2-1 and PS3.7 annex C: what a failed item says.
CANNOT_UNDERSTAND, DUPLICATE, NOT_SUPPORTED = 0xC000, 0x0111, 0x0122
FAILURES = {
    SetAsideReason.CONFLICT: DUPLICATE,
    SetAsideReason.SERIES_TAKEN: DUPLICATE,
    SetAsideReason.UNSUPPORTED: NOT_SUPPORTED,
    SetAsideReason.DIRECTORY: NOT_SUPPORTED,
}


class StudiesView(StudiesSearch):
    """`POST /studies` stores; `GET /studies` searches."""

    def post(self, request: Request) -> HttpResponse:
        """Store every part of a multipart/related body, or one bare application/dicom body."""
        return store_response(request, "")


class StudyView(RetrieveView):
    """`POST /studies/{study}` stores; `GET /studies/{study}` retrieves."""

    def post(self, request: Request, study: str) -> HttpResponse:
        """Store instances of this study alone."""
        return store_response(request, study)


def store_response(request: Request, study: str) -> HttpResponse:
    """Store a request's body and answer 200 (all), 202 (some) or 409 (none) with the result of each instance."""
    if not can_import(user=actor_of(request)):
        raise DeniedError("Only managers and administrators can bring in images.", code="import_denied")
    check_json(request)
    content_type = request.headers.get("Content-Type", "")
    kind = content_kind(content_type)
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.MAX_UPLOAD_BYTES:
        raise TooLargeError(f"The request is larger than the {settings.MAX_UPLOAD_BYTES >> 20} MB that are allowed.")
    boundary = None if kind == DICOM else boundary_of(content_type)
    if boundary is not None and request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise UnsupportedMediaType(kind, "Send the body as it is, without a Content-Encoding.")
    batch = open_import(actor=actor_of(request), source="stow-rs")
    try:
        outcomes = _store_body(batch, request._request, boundary, study)
    finally:
        close_import(actor=actor_of(request), batch=batch, index=False)
    if not outcomes:
        raise InvalidError("There is nothing to store in the request.", code="nothing_to_store")
    stored = [one for one in outcomes if one.outcome != Outcome.SET_ASIDE]
    failed = [one for one in outcomes if one.outcome == Outcome.SET_ASIDE]
    root = request.build_absolute_uri("/dicomweb")
    body = result_json(stored, failed, root=root)
    status = 409 if not stored else 202 if failed else 200
    response = json_response([body], status=status)
    response.content = response.content[1:-1]  # one data set, not an array of them
    return response


def content_kind(content_type: str) -> str:
    """Return the media type of a request's body.

    Raises
    ------
    UnsupportedMediaType
        It holds no DICOM files: metadata apart from their bulk data (JSON, XML) are not put together here (415).
    """
    kind = content_type.split(";")[0].strip().lower()
    inner = re.search(r';\s*type\s*=\s*"?([^";\s]+)', content_type, re.IGNORECASE)
    part = inner.group(1).lower() if inner and kind == "multipart/related" else DICOM
    if kind not in (DICOM, "multipart/related") or part != DICOM:
        raise UnsupportedMediaType(kind, 'Send DICOM files: multipart/related; type="application/dicom", or one alone.')
    return kind


def _store_body(batch: Import, body: HttpRequest, boundary: bytes | None, study: str) -> list[FileOutcome]:
    """Store in groups while the body is read, with bounded memory however many instances there are."""
    stream: Any = getattr(body, "_stream", None)
    stop = getattr(stream, "stop", None)
    source = body if stop is None else stream  # ours (config.uploads): it can be stopped, and fill the reader's memory
    parts: Iterable[Readable] = [source]
    if boundary is not None:
        parts = (part for _, part in MultipartReader(source, boundary).parts())
    incoming = (Incoming(f"instance {number}", part) for number, part in enumerate(parts, start=1))
    return list(store_files(batch=batch, files=incoming, only_study=study, stop=stop))


def result_json(stored: list[FileOutcome], failed: list[FileOutcome], *, root: str) -> dict[str, Any]:
    """Return the Store Instances Response module (PS3.18 table I.2-1)."""
    body: dict[str, Any] = {}
    studies = {one.study_uid for one in stored}
    if len(studies) == 1:
        body["00081190"] = element("UR", f"{root}/studies/{studies.pop()}")
    if failed:
        body["00081198"] = {"vr": "SQ", "Value": [_failure(one) for one in failed]}
    if stored:
        body["00081199"] = {"vr": "SQ", "Value": [_success(one, root) for one in stored]}
    return body


def _success(one: FileOutcome, root: str) -> dict[str, Any]:
    address = f"{root}/studies/{one.study_uid}/series/{one.series_uid}/instances/{one.sop_instance_uid}"
    return {
        "00081150": element("UI", one.sop_class_uid),
        "00081155": element("UI", one.sop_instance_uid),
        "00081190": element("UR", address),
    }


def _failure(one: FileOutcome) -> dict[str, Any]:
    reason = FAILURES.get(one.reason, CANNOT_UNDERSTAND) if one.reason is not None else CANNOT_UNDERSTAND
    return {
        "00081150": element("UI", one.sop_class_uid),
        "00081155": element("UI", one.sop_instance_uid),
        "00081197": element("US", reason),
        "00000902": element("LO", one.detail[:64]),
    }
