"""A project in which two readers read one scene: one draws and saves, the other loads."""

import io
import uuid
import zipfile
from dataclasses import dataclass

import numpy as np

from accounts.models import User
from accounts.types import Role
from annotations.marks.frames import decode_labels, encode_labels
from annotations.marks.loading.opening import opened_file
from annotations.marks.loading.types import Choice, Choices, Mode
from annotations.marks.selectors import frames_of
from annotations.marks.types import Delta, FrameKey, FrameLabels, Provenance, RevisionKind
from annotations.reading.models import Reading
from annotations.reading.services.cases import add_cases
from annotations.reading.services.exporting import export_marks
from annotations.reading.services.importing import LoadPlan, load_marks
from annotations.reading.services.projects import create_project, go_live, set_member
from annotations.reading.services.protocols import set_protocol
from annotations.reading.services.readings import append_marks
from annotations.reading.types import ExchangeFormat, LabelDraft, ProtocolDraft
from studies.models import Volume
from studies.services import close_import, open_import, store_file
from tests import factories
from tests.roundtrip.scenes import Masks, Scene
from tests.studies.making import bytes_of

LABELS = (
    LabelDraft(name="organ", type_code="10200004", type_meaning="Liver"),
    LabelDraft(name="lesion", type_code="4147007", type_meaning="Mass"),
    LabelDraft(name="vessel", type_code="12738006", type_meaning="Vessel", layer=1),
)


@dataclass
class Room:
    """One scene in the archive, and two readings of it."""

    scene: Scene
    drawer: User
    loader: User
    drawn: Reading
    loaded: Reading

    def save(self, form: ExchangeFormat) -> dict[str, bytes]:
        """Return the files that the drawn marks are saved as."""
        found = export_marks(actor=self.drawer, reading_id=self.drawn.pk, form=form)
        if not found.filename.endswith(".zip"):
            return {found.filename: found.data}
        with zipfile.ZipFile(io.BytesIO(found.data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    def load(self, name: str, data: bytes, choices: Choices | None = None) -> LoadPlan:
        """Load a file into the other reading."""
        self.loaded.refresh_from_db()
        self.loaded.mark_set.refresh_from_db()
        with opened_file(name, io.BytesIO(data), len(data)) as source:
            return load_marks(
                actor=self.loader,
                reading_id=self.loaded.pk,
                source=source,
                choices=choices or Choices(),
                base_revision=self.loaded.mark_set.head,
                client_id=uuid.uuid4(),
            )[1]

    def volumes(self) -> list[Volume]:
        """Return the volumes of the scene's series."""
        return list(Volume.objects.filter(series__cases=self.drawn.case).order_by("index"))

    def found(self) -> Masks:
        """Return the loaded marks."""
        self.loaded.mark_set.refresh_from_db()
        return masks_of(frames_of(mark_set=self.loaded.mark_set))


def masks_of(frames: list[FrameLabels]) -> Masks:
    """Return frames as arrays; those without a label are left out."""
    return {
        (frame.key.sop_instance_uid, frame.key.frame_number, frame.key.layer): decode_labels(
            frame.data, rows=frame.rows, columns=frame.columns
        )
        for frame in frames
        if frame.data
    }


def same(found: Masks, wanted: Masks) -> bool:
    """Return whether two sets of masks are equal, empty ones aside."""
    here, there = ({key: plane for key, plane in masks.items() if plane.any()} for masks in (found, wanted))
    return here.keys() == there.keys() and all(np.array_equal(here[key], there[key]) for key in here)


def all_replaced() -> dict[int, Choice]:
    """Return the choice of replacing each label by the segment of its number."""
    return {value: Choice(value, Mode.REPLACE) for value in (1, 2, 3)}


def open_room(scene: Scene) -> Room:
    """Bring a scene in through the front door and let the first reader draw it."""
    admin = factories.user(f"root-{uuid.uuid4()}", is_staff=True)
    project = create_project(actor=admin, name=scene.name)
    readers = [factories.user(f"{name}-{uuid.uuid4()}") for name in ("ann", "ben")]
    for reader in readers:
        set_member(actor=admin, project=project, user=reader, roles={Role.READER})
    set_protocol(actor=admin, project=project, draft=ProtocolDraft(labels=LABELS, readers_per_case=2))
    batch = open_import(actor=admin, source=scene.name)
    for number, one in enumerate(scene.images):
        (outcome,) = store_file(batch=batch, path=f"{number}.dcm", file=io.BytesIO(bytes_of(one)))
        assert outcome.study_uid, outcome
    close_import(actor=admin, batch=batch)
    add_cases(actor=admin, project=project, study_uids=[str(scene.images[0].StudyInstanceUID)])
    go_live(actor=admin, project=project)
    drawn, loaded = (Reading.objects.get(reader=reader) for reader in readers)
    frames = tuple(
        FrameLabels(FrameKey(sop, number, layer), *plane.shape, encode_labels(plane))
        for (sop, number, layer), plane in scene.masks.items()
    )
    append_marks(
        actor=readers[0],
        reading=drawn,
        base_revision=0,
        delta=Delta(frames=frames),
        provenance=Provenance(kind=RevisionKind.EDIT, client_id=uuid.uuid4(), tool="brush"),
    )
    return Room(scene, readers[0], readers[1], drawn, loaded)
