"""A small project with phantom scans, made through the same doors as real ones."""

import io
import uuid
from dataclasses import dataclass, field

import numpy as np

from accounts.models import User
from accounts.types import Role
from ai.imaging.phantoms import Phantom, make_phantom
from annotations.marks.frames import volume_delta
from annotations.marks.types import Delta, Provenance, RevisionKind
from annotations.reading.models import Case, Project, Reading
from annotations.reading.services.cases import add_cases
from annotations.reading.services.projects import create_project, go_live, set_member
from annotations.reading.services.protocols import set_protocol
from annotations.reading.services.readings import append_marks, submit_reading
from annotations.reading.types import LabelDraft, ProtocolDraft
from config.demo.series import SeriesHeader, ct_series
from studies.models import Volume
from studies.services import close_import, open_import, store_file
from tests import factories

SHAPE_KJI = (12, 32, 32)
SPACING_MM = (5.0, 4.0, 4.0)


@dataclass
class World:
    """A live project, its people, and the phantom behind each case."""

    administrator: User
    manager: User
    engineer: User
    readers: list[User]
    stranger: User
    project: Project
    phantoms: dict[str, Phantom] = field(default_factory=dict)

    @property
    def cases(self) -> list[Case]:
        """All cases by number."""
        return list(self.project.cases.order_by("number"))

    def phantom(self, case: Case) -> Phantom:
        """Return the phantom of a case."""
        return self.phantoms[case.series.get().study.patient_id]

    def volume(self, case: Case) -> Volume:
        """Return the case's only volume."""
        return Volume.objects.get(series__cases=case)

    def reading(self, case: Case, reader: User) -> Reading:
        """Return a reader's reading of a case."""
        return Reading.objects.select_related("mark_set", "case__project__team").get(case=case, reader=reader)

    def add(self, patients: dict[str, int], *, modality: str = "CT") -> None:
        """Import one phantom per patient (name → seed) and make cases of them."""
        uids = [bring_in(self, patient, seed, modality=modality) for patient, seed in patients.items()]
        add_cases(actor=self.manager, project=self.project, study_uids=uids)

    def draw(self, case: Case, reader: User, labels: np.ndarray) -> None:
        """Draw label values (K, J, I) as the reader's marks."""
        reading = self.reading(case, reader)
        append_marks(
            actor=reader,
            reading=reading,
            base_revision=reading.mark_set.head,
            delta=Delta(frames=volume_delta(labels=labels, volume=self.volume(case))),
            provenance=Provenance(kind=RevisionKind.EDIT, client_id=uuid.uuid4(), tool="brush"),
        )

    def submit(self, case: Case, reader: User) -> None:
        """Submit a reading as it is."""
        reading = self.reading(case, reader)
        submit_reading(actor=reader, reading=reading, base_revision=reading.mark_set.head)

    def read(self, case: Case) -> None:
        """Let every reader draw the truth and submit: consensus and agreement jobs are queued."""
        for reader in self.readers:
            self.draw(case, reader, self.phantom(case).labels)
            self.submit(case, reader)


def bring_in(world: World, patient: str, seed: int, *, modality: str = "CT", description: str = "Phantom") -> str:
    """Import a phantom as a series of one patient and return its study UID."""
    phantom = make_phantom(seed, shape_kji=SHAPE_KJI, spacing_mm=SPACING_MM)
    world.phantoms[patient] = phantom
    header = SeriesHeader(patient, patient, description, modality=modality)
    batch = open_import(actor=world.manager, source="phantoms")
    uid = ""
    for k, data in enumerate(ct_series(phantom.image, phantom.geometry, header)):
        uid = store_file(batch=batch, path=f"{k}.dcm", file=io.BytesIO(data))[0].study_uid
    close_import(actor=world.manager, batch=batch)
    return uid


def make_world(
    patients: dict[str, int],
    *,
    readers: int = 2,
    labels: tuple[str, ...] = ("organ", "lesion"),
    ai_drafts: bool = True,
    blinded: bool = True,
) -> World:
    """Make a live project with one case per patient (name → seed of the phantom)."""
    administrator = factories.user("root", is_staff=True)
    manager, engineer = factories.user("mira"), factories.user("eng")
    people = [factories.user(f"reader{n}") for n in range(readers)]
    project = create_project(actor=administrator, name="Livers")
    set_member(actor=administrator, project=project, user=manager, roles={Role.MANAGER})
    set_member(actor=administrator, project=project, user=engineer, roles={Role.ENGINEER})
    for reader in people:
        set_member(actor=administrator, project=project, user=reader, roles={Role.READER})
    drafts = tuple(LabelDraft(name=name) for name in labels)
    protocol = ProtocolDraft(labels=drafts, readers_per_case=readers, ai_drafts=ai_drafts, blinded=blinded)
    set_protocol(actor=manager, project=project, draft=protocol)
    world = World(administrator, manager, engineer, people, factories.user("stranger"), project)
    world.add(patients)
    go_live(actor=manager, project=project)
    return world
