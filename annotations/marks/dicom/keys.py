"""Key images as a key object selection document (PS3.3 A.35.4, template TID 2010), written by highdicom."""

import io
import warnings
from collections.abc import Mapping, Sequence

from highdicom import ko
from pydicom.dataset import Dataset
from pydicom.sr.coding import Code as DicomCode
from pydicom.uid import ExplicitVRLittleEndian

from annotations.marks.dicom.reports import observer, settle
from annotations.marks.dicom.sources import complete
from annotations.marks.dicom.types import FrameId, Identity, Written, derived_uid

SERIES_NUMBER = 9004
_OF_INTEREST = DicomCode("113000", "DCM", "Of Interest")


def write_key_objects(
    *, frames: Sequence[FrameId], sources: Mapping[str, Dataset], identity: Identity
) -> list[Written]:
    """Write key images, a document for each study: such a document names images of one study alone.

    See `write_study`; `sources` may be of several studies.
    """
    by_study: dict[str, list[FrameId]] = {}
    for frame in frames:
        by_study.setdefault(sources[frame[0]].StudyInstanceUID, []).append(frame)
    return [write_study(frames=chosen, sources=sources, identity=identity) for chosen in by_study.values()]


def write_study(*, frames: Sequence[FrameId], sources: Mapping[str, Dataset], identity: Identity) -> Written:
    """Write the key images of one study.

    Parameters
    ----------
    frames : sequence of FrameId
        At least one, each once; images are named in this order, with the numbers of their frames where they have
        several.
    sources : mapping of SOP Instance UID to Dataset
        The images, all of one study.
    identity : Identity

    Raises
    ------
    KeyError
        An image is not described.
    """
    uids = list(dict.fromkeys(uid for uid, _ in frames))
    images = [complete(sources[uid]) for uid in uids]
    key = (identity.mark_set, identity.revision, images[0].StudyInstanceUID, "KO")
    content = ko.KeyObjectSelection(
        document_title=_OF_INTEREST,
        referenced_objects=images,
        observer_person_context=observer(identity),
        description=identity.description,
    )
    _name_frames(content[0], frames, sources)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they are about the source images' headers, which nobody here can mend
        document = ko.KeyObjectSelectionDocument(
            evidence=images,
            content=content,
            series_instance_uid=derived_uid("series", *key),
            series_number=SERIES_NUMBER,
            sop_instance_uid=derived_uid("instance", *key),
            instance_number=1,
            manufacturer="Fiducial",
            series_description=identity.description[:64],
            transfer_syntax_uid=ExplicitVRLittleEndian,
        )
    settle(document, identity)
    buffer = io.BytesIO()
    document.save_as(buffer)
    return Written(
        sop_instance_uid=str(document.SOPInstanceUID),
        series_instance_uid=str(document.SeriesInstanceUID),
        data=buffer.getvalue(),
        frames=tuple(frames),
    )


def _name_frames(root: Dataset, frames: Sequence[FrameId], sources: Mapping[str, Dataset]) -> None:
    """Let the references to images of several frames name those that are meant; highdicom names the whole image."""
    for item in root.ContentSequence:
        for reference in item.get("ReferencedSOPSequence", []):
            uid = str(reference.ReferencedSOPInstanceUID)
            if int(sources[uid].get("NumberOfFrames") or 1) > 1:
                reference.ReferencedFrameNumber = sorted(number for sop, number in frames if sop == uid)
