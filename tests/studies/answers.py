"""Reading what DICOMweb answers, for tests."""

import re
from typing import Any, NamedTuple

from studies.models import Instance, Series


class Part(NamedTuple):
    """One part of a multipart body: its headers in lower case, and its bytes."""

    headers: dict[str, str]
    content: bytes

    @property
    def content_type(self) -> str:
        return self.headers["content-type"]


def body_of(response: Any) -> bytes:
    """Return all bytes of an answer, streamed or not."""
    return b"".join(response) if response.streaming else response.content


def parts_of(response: Any) -> list[Part]:
    """Return the parts of a multipart answer."""
    assert response["Content-Type"].startswith("multipart/related"), (response.status_code, response["Content-Type"])
    boundary = re.search(r"boundary=(\w+)", response["Content-Type"]).group(1).encode()
    *inner, end = body_of(response).split(b"\r\n--" + boundary)[1:]
    assert end == b"--\r\n", "the body does not end as it should"
    found = []
    for part in inner:
        head, _, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        lines = (line.partition(":") for line in head.decode().split("\r\n"))
        found.append(Part({name.lower(): value.strip() for name, _, value in lines}, content))
    return found


def series_root(series: Series) -> str:
    """Return the address of a series."""
    return f"/dicomweb/studies/{series.study.study_uid}/series/{series.series_uid}"


def instance_root(instance: Instance) -> str:
    """Return the address of an instance."""
    return f"{series_root(instance.series)}/instances/{instance.sop_instance_uid}"
