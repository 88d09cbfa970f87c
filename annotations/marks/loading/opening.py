"""A file that holds marks, opened and understood."""

import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import BinaryIO

from annotations.marks.errors import UnreadableMarksError
from annotations.marks.loading.dicom import KINDS, DicomSource
from annotations.marks.loading.types import Source
from annotations.marks.loading.volumes import LabelMapSource
from studies.derived.content import kind_of
from studies.dicomfile.facts import read_facts
from studies.errors import SetAsideError
from studies.models import Instance
from studies.pixels import header_of, stored_file
from studies.research import HEAD_BYTES, is_research_volume
from studies.research.convert import Choices, read_research_volume
from studies.research.source import scratch

_WANTED = "Load a DICOM segmentation, structure set or report, or a label map (NIfTI, NRRD, MetaImage)."

CHUNK_BYTES = 1 << 20

MOST_LABELS = 512
"""A volume of more different values is no label map: whole-body maps have some 120, brain parcellations some 200."""


@contextmanager
def opened_file(name: str, file: BinaryIO, size: int) -> Iterator[Source]:
    """Yield an uploaded file as a source of marks; nothing of it is stored.

    Raises
    ------
    UnreadableMarksError
        It is damaged, or holds no marks; the message says why.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    if is_research_volume(name, head):
        with scratch() as into:
            try:
                read = read_research_volume(name, file, size, into=into, choices=Choices(labels=True))
            except SetAsideError as error:
                raise UnreadableMarksError(error.detail) from error
            source = LabelMapSource(PurePosixPath(name).name, _sha256(file), read)
            if len(source.segments()) > MOST_LABELS:
                raise UnreadableMarksError(
                    f"More than {MOST_LABELS} different values: this volume looks like an image, not a label map."
                )
            yield source
        return
    try:
        facts = read_facts(file, size)
    except SetAsideError as error:
        raise UnreadableMarksError(f"{error.detail} {_WANTED}") from error
    instance = Instance(sop_instance_uid=facts.sop_instance_uid, **facts.instance)
    if not facts.new_head:
        yield _dicom(instance, facts.header, file)
        return
    with tempfile.TemporaryFile(prefix="marks-") as whole:  # as intake keeps such a file: with a head of its own
        whole.write(facts.new_head)
        file.seek(facts.head_bytes)
        shutil.copyfileobj(file, whole, CHUNK_BYTES)
        yield _dicom(instance, facts.header, whole)


@contextmanager
def opened_instance(instance: Instance) -> Iterator[Source]:
    """Yield an object of the archive as a source of marks; raises as `opened_file`."""
    with stored_file(instance) as file:
        yield _dicom(instance, header_of(instance), file)


def _dicom(instance: Instance, header: dict[str, object], file: BinaryIO) -> DicomSource:
    kind = KINDS.get(kind_of(instance.sop_class_uid, frames=instance.frame_count))
    if kind is None:
        raise UnreadableMarksError(f"This DICOM file holds no marks. {_WANTED}")
    return DicomSource(kind, instance, header, file)


def _sha256(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()
