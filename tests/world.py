"""A small world with two tenants, for tests of who may do what."""

import io
import uuid
from dataclasses import dataclass, field

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.models import Membership, Token, User
from accounts.types import Role
from ai.imaging.phantoms import make_phantom
from annotations.assist.models import Draft, Model, ModelVersion
from annotations.assist.types import VersionSource
from annotations.datasets.models import Release
from annotations.learning.models import TrainingRun
from annotations.learning.types import StartedBy
from annotations.marks.services import create_mark_set
from annotations.marks.types import Origin
from annotations.reading.models import Project, Reading
from annotations.reading.services.cases import add_cases
from annotations.reading.services.projects import create_project, go_live, set_member
from annotations.reading.services.protocols import set_protocol
from annotations.reading.types import LabelDraft, ProtocolDraft
from config.demo.series import SeriesHeader, ct_series
from jobs.models import Job
from jobs.types import Queue
from studies.deident.vault import Vault
from studies.models import (
    DeidentificationPatient,
    DeidentificationProfile,
    DeidentificationRun,
    HeldInstance,
    Import,
    Instance,
    RemoteNode,
    Series,
    SetAsideFile,
    Study,
)
from studies.services import close_import, open_import, store_file
from studies.services.deident_profiles import create_profile
from tests import factories

RELEASE = {
    "label_source": "consensus",
    "reader_id": None,
    "formats": ["nnunet"],
    "shares": {"train": 0.8, "val": 0.1, "test": 0.1},
    "seed": 0,
}


@dataclass
class World:
    """Everybody, and one of everything."""

    people: dict[str, User] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    project: Project | None = None
    reading: Reading | None = None


def bring_in(admin: User, number: int) -> tuple[Study, Series, Import]:
    """Import a tiny phantom series as `admin`."""
    phantom = make_phantom(number, shape_kji=(8, 16, 16), spacing_mm=(8.0, 4.0, 4.0))
    batch = open_import(actor=admin, source="test")
    header = SeriesHeader(f"PATIENT-{number}", f"Secret^Name{number}", "Phantom")
    for k, data in enumerate(ct_series(phantom.image, phantom.geometry, header)):
        store_file(batch=batch, path=f"{number}/{k}.dcm", file=io.BytesIO(data))
    store_file(batch=batch, path=f"{number}/notes.txt", file=io.BytesIO(b"not an image"))
    close_import(actor=admin, batch=batch)
    study = Study.objects.get(patient_id=f"PATIENT-{number}")
    return study, study.series.get(), batch


def live_project(admin: User, name: str, study: Study, members: dict[str, tuple[User, set[Role]]]) -> Project:
    """Make a blinded project with one label on one study, and open it."""
    project = create_project(actor=admin, name=name)
    for user, roles in members.values():
        set_member(actor=admin, project=project, user=user, roles=roles)
    readers = sum(Role.READER in roles for _, roles in members.values())
    draft = ProtocolDraft(labels=(LabelDraft(name="organ"),), readers_per_case=max(1, readers))
    set_protocol(actor=admin, project=project, draft=draft)
    add_cases(actor=admin, project=project, study_uids=[study.study_uid])
    go_live(actor=admin, project=project)
    project.refresh_from_db()
    return project


def deidentification_rows(
    admin: User, project: Project, instance: Instance
) -> tuple[DeidentificationProfile, DeidentificationRun, HeldInstance]:
    """Make a profile of the project's team with a run, a patient and a held instance."""
    profile = create_profile(actor=admin, team=project.team, name="First")
    version = profile.versions.get()
    run = DeidentificationRun.objects.create(version=version, sealed_sources=b"", series_count=1)
    sealed = Vault(profile.secret).seal(
        {"patient_id": "P", "issuer": "", "patient_name": "N", "birth_date": "", "sex": ""}
    )
    DeidentificationPatient.objects.create(profile=profile, lookup="0" * 64, number=1, sealed=sealed)
    held = HeldInstance.objects.create(
        version=version, run=run, study_uid="1.2.3", series_uid="1.2.3.4", sop_instance_uid="1.2.3.4.5",
        pseudonym="FIRST-0001", modality="CT", rows=instance.rows, columns=instance.columns, frame_count=1,
        reasons=[{"code": "declared", "detail": ""}], blob=instance.blob, size_bytes=instance.size_bytes,
        sha256=instance.sha256,
    )  # fmt: skip
    return profile, run, held


def make_world() -> World:
    """Make two projects of two tenants, and one row of every kind in the first."""
    world = World()
    admin = factories.user("administrator", is_staff=True)
    roles = {
        "reader": {Role.READER},
        "second_reader": {Role.READER},
        "adjudicator": {Role.ADJUDICATOR},
        "engineer": {Role.ENGINEER},
        "researcher": {Role.RESEARCHER},
        "manager": {Role.MANAGER},
    }
    world.people = {name: factories.user(name) for name in [*roles, "outsider", "rival"]}
    study, series, batch = bring_in(admin, 1)
    other_study, _, _ = bring_in(admin, 2)
    members = {name: (world.people[name], role) for name, role in roles.items()}
    project = world.project = live_project(admin, "First", study, members)
    rival = world.people["rival"]
    ally = factories.user("ally")
    live_project(admin, "Second", other_study, {"rival": (rival, {Role.MANAGER}), "ally": (ally, {Role.READER})})
    Membership.objects.filter(user=admin).delete()  # rights of an administrator must come from being one
    world.people["administrator"] = admin
    case = project.cases.get()
    reading = world.reading = Reading.objects.get(case=case, reader=world.people["reader"])
    label_set = project.protocols.first().label_set
    drafted = create_mark_set(label_set=label_set, team=project.team, origin=Origin.DRAFT)
    model = Model.objects.create(name="Line", project=project)
    default_storage.save("none.zip", ContentFile(b"a bundle"))
    version = ModelVersion.objects.create(
        model=model, number=1, source=VersionSource.TRAINED, bundle="none.zip", bundle_sha256="0" * 64,
        weights_sha256="0" * 64, size_bytes=1, labels={"1": "organ"},
    )  # fmt: skip
    draft = Draft.objects.create(case=case, model_version=version, mark_set=drafted, label_map={"1": 1})
    job = Job.objects.create(
        kind="jobs.self_test", queue=Queue.IO, team=project.team, created_by=world.people["manager"], arguments={}
    )
    run = TrainingRun.objects.create(project=project, started_by=StartedBy.HAND)
    release = Release.objects.create(
        project=project, protocol=project.protocols.first(), number=1, name="R", definition=RELEASE
    )
    token = Token.objects.create(
        user=world.people["manager"], digest="1" * 64, expires_at="2999-01-01T00:00:00Z", name="mine"
    )
    instance = Instance.objects.filter(series=series).first()
    profile, deidentified, held = deidentification_rows(admin, project, instance)
    world.ids = {
        "team_id": str(project.team_id),
        "profile_id": str(profile.pk),
        "deidentification_run_id": str(deidentified.pk),
        "held_id": str(held.pk),
        "pseudonym": "FIRST-0001",
        "user_id": str(world.people["outsider"].pk),
        "token_id": str(token.pk),
        "node_id": str(RemoteNode.objects.create(ae_title="SCANNER").pk),
        "job_id": str(job.pk),
        "import_id": str(batch.pk),
        "file_id": str(SetAsideFile.objects.filter(batch=batch).get().pk),
        "study_uid": study.study_uid,
        "series_uid": series.series_uid,
        "instance_uid": instance.sop_instance_uid,
        "sop_instance_uid": instance.sop_instance_uid,
        "study": study.study_uid,
        "series": series.series_uid,
        "instance": instance.sop_instance_uid,
        "frames": "1",
        "number": "0",
        "path": "7FE00010",
        "project_id": str(project.pk),
        "reading_id": str(reading.pk),
        "case_id": str(case.pk),
        "mark_set_id": str(reading.mark_set_id),
        "model_id": str(model.pk),
        "version_id": str(version.pk),
        "draft_id": str(draft.pk),
        "run_id": str(run.pk),
        "release_id": str(release.pk),
        "archive_format": "nnunet",
        "form": "seg",
        "unknown": str(uuid.uuid4()),
    }
    return world
