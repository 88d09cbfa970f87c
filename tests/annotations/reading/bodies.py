"""Bodies of requests, and what readers do, shortly."""

import base64
import uuid
from typing import Any

from annotations.marks.frames import Labels, encode_labels
from annotations.marks.types import Delta, FrameLabels
from annotations.reading.models import Reading
from annotations.reading.services.readings import append_marks, submit_reading
from tests.annotations.marks import rows


def frame_body(place: tuple[str, int], labels: Labels, layer: int = 0) -> dict[str, Any]:
    """Return a frame as JSON."""
    return {
        "sop_instance_uid": place[0],
        "frame_number": place[1],
        "layer": layer,
        "rows": labels.shape[0],
        "columns": labels.shape[1],
        "data": base64.b64encode(encode_labels(labels)).decode(),
    }


def revision(base: int = 0, **fields: Any) -> dict[str, Any]:
    """Return a change as JSON, with a fresh client id."""
    return {"client_id": str(uuid.uuid4()), "base_revision": base, "tool": "brush", **fields}


def draw(reading: Reading, frames: tuple[FrameLabels, ...] = (), **answers: Any) -> None:
    """Let the reader save masks and answers."""
    reading.refresh_from_db()
    append_marks(
        actor=reading.reader,
        reading=reading,
        base_revision=reading.mark_set.head,
        delta=Delta(frames=frames, answers=answers),
        provenance=rows.provenance(),
    )


def submit(reading: Reading, frames: tuple[FrameLabels, ...] = ()) -> None:
    """Let the reader save masks with the required answer, and submit."""
    draw(reading, frames, visible=True)
    reading.mark_set.refresh_from_db()
    submit_reading(actor=reading.reader, reading=reading, base_revision=reading.mark_set.head)
    reading.refresh_from_db()
