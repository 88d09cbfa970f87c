"""Start training runs, by hand or by the trigger: never two at once in a project."""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from accounts.models import User
from annotations.assist.services.prelabel import project_labels
from annotations.learning import policies
from annotations.learning.errors import NotReadyError, TrainingRunningError
from annotations.learning.models import LearningSetup, PatientPart, TrainingRun
from annotations.learning.selectors.setup import (
    new_cases,
    newest_consensus,
    parts_of,
    readiness,
    split_cases,
)
from annotations.learning.services.setup import locked_setup, training_settings
from annotations.learning.types import Part, StartedBy
from annotations.reading.models import Consensus, Project
from annotations.reading.types import ProjectState
from audit.services import record_action
from common.errors import DeniedError
from jobs.services import emit_event, enqueue_job
from jobs.types import JobState

KIND = "learning.train"
ACTIVE = (JobState.QUEUED, JobState.RUNNING)


def start_training(*, actor: User, project: Project) -> TrainingRun:
    """Start a training run by hand.

    Raises
    ------
    DeniedError
        The actor is neither manager nor engineer of the project.
    TrainingRunningError
        A run is under way.
    NotReadyError
        Too few consensus cases; the message says what is missing.
    """
    if not policies.can_teach(user=actor, project=project):
        raise DeniedError("Learning is for managers and engineers of the project.")
    with transaction.atomic():
        setup = locked_setup(project=project)
        return _start(setup=setup, actor=actor, started_by=StartedBy.HAND)


def check_triggers() -> list[TrainingRun]:
    """Start a run in every project whose trigger is due; called again and again by the workers.

    A trigger is due when so many cases have a consensus that the newest run did not know of. Whoever holds the
    set-up's lock looks again under it: one trigger, one run, however many workers look at once.
    """
    waiting = LearningSetup.objects.filter(trigger_after__isnull=False, project__state=ProjectState.LIVE)
    started = []
    for setup in waiting.select_related("project"):
        if _is_due(setup):
            run = _start_if_due(project=setup.project)
            if run is not None:
                started.append(run)
    return started


def _start_if_due(*, project: Project) -> TrainingRun | None:
    with transaction.atomic():
        setup = locked_setup(project=project)
        if not _is_due(setup):
            return None
        return _start(setup=setup, actor=None, started_by=StartedBy.TRIGGER)


def _is_due(setup: LearningSetup) -> bool:
    if setup.trigger_after is None or is_training(setup.project):
        return False
    consensus = newest_consensus(project=setup.project)
    if len(new_cases(project=setup.project, consensus=consensus)) < setup.trigger_after:
        return False
    return readiness(split=split_cases(setup=setup, consensus=consensus)).reason is None


def is_training(project: Project) -> bool:
    """Say whether a run is queued or under way."""
    return project.training_runs.filter(job__state__in=ACTIVE).exists()


def _start(*, setup: LearningSetup, actor: User | None, started_by: StartedBy) -> TrainingRun:
    """Write a run with all that it will use, and its job; the caller holds the set-up's lock."""
    project = setup.project
    if is_training(project):
        raise TrainingRunningError("This project is training already; wait for that run, or cancel it.")
    labels = project_labels(project=project)
    consensus = newest_consensus(project=project)
    sides = split_cases(setup=setup, consensus=consensus)
    missing = readiness(split=sides).reason
    if missing is not None:
        raise NotReadyError(missing)
    _fix_parts(setup=setup, consensus=consensus)
    run = TrainingRun.objects.create(
        project=project,
        started_by=started_by,
        base_version=setup.champion,
        labels={
            str(place): {"value": value, "name": name} for place, (value, name) in enumerate(sorted(labels.items()), 1)
        },
        split={part.value: [str(case.pk) for case in cases] for part, cases in sides.items()},
        inputs={str(pk): [str(row.pk), row.mark_set.head] for pk, row in consensus.items()},
        settings=training_settings(setup.settings, seed=setup.seed),
    )
    run.checkpoint = f"training/{run.pk}"
    run.job = enqueue_job(
        actor=actor,
        kind=KIND,
        arguments={"run_id": str(run.pk)},
        subject=f"training_run:{run.pk}",
        team=project.team,
    )
    run.save(update_fields=["checkpoint", "job"])
    record_action(
        actor=actor,
        action="training.start",
        subject=f"training_run:{run.pk}",
        team=project.team,
        detail={"project": str(project.pk), "started_by": started_by.value, "cases": len(run.inputs)},
    )
    tell_training_changed(run)
    return run


def _fix_parts(*, setup: LearningSetup, consensus: Mapping[UUID, Consensus]) -> None:
    """Write the side of every patient that has none yet: from now on it never changes."""
    known = set(setup.patients.values_list("patient_key", flat=True))
    parts = parts_of(setup=setup, consensus=consensus)
    PatientPart.objects.bulk_create(
        PatientPart(setup=setup, patient_key=key, part=Part(part)) for key, part in parts.items() if key not in known
    )


def tell_training_changed(run: TrainingRun) -> None:
    """Tell the project's managers and engineers how a run stands; inside the transaction that changed it."""
    newest = run.curve[-1] if run.curve else None
    emit_event(
        kind="training.changed",
        subject=f"training_run:{run.pk}",
        payload={"run": str(run.pk), "project": str(run.project_id), "state": run.state, "epoch": newest},
        team=run.project.team,
        staff_only=True,
    )
