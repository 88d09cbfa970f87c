"""Key object selections: which frames of which images they name."""

import io
import uuid
from datetime import UTC, datetime

import pydicom
import pytest
from pydicom.dataset import Dataset

from annotations.marks.dicom.keys import write_key_objects
from annotations.marks.dicom.types import Identity

IDENTITY = Identity(
    mark_set=uuid.UUID(int=7),
    revision=3,
    at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    creator="Reader 1^",
    description="Case 1, marks",
    software_version="1",
)


def image(uid: str, frames: int | None = None) -> Dataset:
    """Return a header with as little as an image can say."""
    source = Dataset()
    source.SOPClassUID, source.SOPInstanceUID = "1.2.840.10008.5.1.4.1.1.3.1", uid
    source.StudyInstanceUID, source.SeriesInstanceUID = "1.2.3", "1.2.3.4"
    source.Rows, source.Columns = 4, 6
    if frames:
        source.NumberOfFrames = frames
    return source


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_frames_are_named_where_an_image_has_several() -> None:
    sources = {"1.2.3.4.1": image("1.2.3.4.1", frames=9), "1.2.3.4.2": image("1.2.3.4.2")}
    frames = [("1.2.3.4.1", 7), ("1.2.3.4.2", 1), ("1.2.3.4.1", 2)]
    (written,) = write_key_objects(frames=frames, sources=sources, identity=IDENTITY)
    document = pydicom.dcmread(io.BytesIO(written.data))
    named = [item.ReferencedSOPSequence[0] for item in document.ContentSequence if item.ValueType == "IMAGE"]
    assert [(str(one.ReferencedSOPInstanceUID), one.get("ReferencedFrameNumber")) for one in named] == [
        ("1.2.3.4.1", [2, 7]),
        ("1.2.3.4.2", None),
    ]
    assert document.ContentTemplateSequence[0].TemplateIdentifier == "2010"
    assert document.ConceptNameCodeSequence[0].CodeValue == "113000"
    assert document.ContentDate == "20260102"
    assert written.frames == tuple(frames)


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_each_study_has_a_document_of_its_own() -> None:
    other = image("1.2.3.5.1")
    other.StudyInstanceUID = "1.2.9"
    sources = {"1.2.3.4.1": image("1.2.3.4.1"), "1.2.3.5.1": other}
    one, two = write_key_objects(frames=[("1.2.3.5.1", 1), ("1.2.3.4.1", 1)], sources=sources, identity=IDENTITY)
    assert (one.frames, two.frames) == ((("1.2.3.5.1", 1),), (("1.2.3.4.1", 1),))
    assert one.sop_instance_uid != two.sop_instance_uid
