"""Every voxel belongs to the revision that gave it its value."""

import uuid

import numpy as np
import pytest

from annotations.datasets.selectors.attribution import Maker, attribution_of
from annotations.datasets.services.ingredients import gather
from annotations.datasets.services.manifest import made_of
from annotations.datasets.types import Format, LabelSource
from annotations.marks.dicom.types import Made
from annotations.marks.frames import volume_delta
from annotations.marks.services import append_revision, create_mark_set, restore_revision
from annotations.marks.types import Delta, Origin, Provenance, RevisionKind
from tests.annotations.datasets.makers import Read


class Drawing:
    """A mark set on one case of a project, drawn on step by step."""

    def __init__(self, project: Read) -> None:
        self.case = project.world.cases[0]
        self.reader = project.world.readers[0]
        self.volume = project.world.volume(self.case)
        self.labels = np.zeros((12, 32, 32), dtype=np.uint8)
        label_set = project.world.project.protocols.first().label_set
        team = project.world.project.team
        self.mark_set = create_mark_set(label_set=label_set, team=team, origin=Origin.READER, author=self.reader)

    def put(self, where, value: int, kind=RevisionKind.EDIT, **provenance) -> None:
        """Set voxels and append what changed."""
        before = self.labels.copy()
        self.labels[where] = value
        delta = Delta(frames=volume_delta(labels=self.labels, volume=self.volume, previous=before))
        author = self.reader if kind == RevisionKind.EDIT else None
        append_revision(
            mark_set=self.mark_set,
            base_revision=self.mark_set.head,
            delta=delta,
            provenance=Provenance(kind=kind, client_id=uuid.uuid4(), author=author, **provenance),
        )

    def restore(self, number: int) -> None:
        """Go back to a revision."""
        restore_revision(
            mark_set=self.mark_set,
            number=number,
            base_revision=self.mark_set.head,
            provenance=Provenance(
                kind=RevisionKind.RESTORE, client_id=uuid.uuid4(), author=self.reader, source_number=number
            ),
        )

    def attribution(self, revision: int | None = None):
        """Return the attribution with the reader as number 4."""
        at = self.mark_set.head if revision is None else revision
        return attribution_of(mark_set=self.mark_set, revision=at, readers={self.reader.pk: 4})


MODEL = {"kind": RevisionKind.TAKE_DRAFT, "model_version": "phantom/1", "tool": "draft"}
PHANTOM, BRUSH, ERASER = (
    Maker("model", "phantom/1", "draft"),
    Maker("reader", "reader_4", "brush"),
    Maker("reader", "4", "eraser"),
)


@pytest.fixture
def drawing(project) -> Drawing:
    """Return an empty drawing."""
    return Drawing(project)


def test_voxels_belong_to_who_changed_them_last(drawing):
    drawing.put(np.s_[2:4, 0:4, 0:4], 1, **MODEL)
    drawing.put(np.s_[3, 0:4, 0:8], 1, tool="brush")
    drawing.put(np.s_[2, 0, 0], 2, tool="brush")
    drawing.put(np.s_[2, 1, :], 0, tool="eraser")
    assert drawing.attribution() == {1: {PHANTOM: 32 - 1 - 4, BRUSH: 16}, 2: {BRUSH: 1}}


def test_the_past_keeps_its_own_attribution(drawing):
    drawing.put(np.s_[2, 0:4, 0:4], 1, **MODEL)
    drawing.put(np.s_[2, 0:4, 0:4], 2, tool="brush")
    assert drawing.attribution(1) == {1: {PHANTOM: 16}}
    assert drawing.attribution() == {2: {BRUSH: 16}}


def test_erasing_and_painting_again_makes_it_ones_own(drawing):
    drawing.put(np.s_[2, 0:4, 0:4], 1, **MODEL)
    drawing.put(np.s_[2, 0:4, 0:4], 0, tool="eraser")
    drawing.put(np.s_[2, 0:4, 0:4], 1, tool="brush")
    assert drawing.attribution() == {1: {BRUSH: 16}}


def test_restoring_gives_voxels_back_to_whom_they_belonged(drawing):
    drawing.put(np.s_[2, 0:4, 0:4], 1, **MODEL)
    drawing.put(np.s_[2, 0:4, 0:4], 0, tool="eraser")
    drawing.put(np.s_[2, 0:2, 0:2], 1, tool="brush")
    drawing.restore(1)
    assert drawing.attribution() == {1: {PHANTOM: 16}}
    drawing.restore(3)
    assert drawing.attribution() == {1: {BRUSH: 4}}


def test_nothing_marked_is_nobodys(drawing):
    assert drawing.attribution() == {}


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([("brush", 1)], Made.MANUAL),
        ([("model", 1)], Made.AUTOMATIC),
        ([("model", 1), ("brush", 1)], Made.SEMIAUTOMATIC),
    ],
)
def test_segment_algorithm_type_follows_attribution(project, steps, expected):
    """A reader's release says MANUAL, AUTOMATIC or SEMIAUTOMATIC by who made the voxels of each label."""
    case, reader = project.world.cases[0], project.world.readers[0]
    reading = project.world.reading(case, reader)
    labels = np.zeros((12, 32, 32), dtype=np.uint8)
    for index, (tool, value) in enumerate(steps):
        before = labels.copy()
        labels[4, index * 4 : index * 4 + 4] = value
        append_revision(
            mark_set=reading.mark_set,
            base_revision=reading.mark_set.head,
            delta=Delta(frames=volume_delta(labels=labels, volume=project.world.volume(case), previous=before)),
            provenance=Provenance(
                kind=RevisionKind.EDIT if tool == "brush" else RevisionKind.TAKE_DRAFT,
                client_id=uuid.uuid4(),
                author=reader,
                model_version="" if tool == "brush" else "phantom/1",
                tool=tool,
            ),
        )
    project.world.submit(case, reader)
    release = project.freeze(label_source=LabelSource.READER, reader_id=reader.pk, formats=(Format.DICOM_SEG,))
    (member,) = gather(release=release, report=lambda share, message: None).members
    assert made_of(member, 1) == expected
