"""The set-up of learning, the split, and what is missing before training can start."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from annotations.learning import policies
from annotations.learning.models import ChampionChange, LearningSetup, TrainingRun
from annotations.learning.splits import extend_split
from annotations.learning.types import Part, TrainingState
from annotations.reading.models import Case, Consensus, Project
from annotations.reading.policies import visible_projects
from common.errors import DeniedError, NotFoundError
from jobs.types import JobState


@dataclass(frozen=True, slots=True)
class Readiness:
    """How many consensus cases each side has; `reason` says what is missing, None when training can start."""

    train: int
    held_out: int
    reason: str | None


@dataclass(frozen=True, slots=True)
class LearningState:
    """All of a project's learning."""

    setup: LearningSetup
    new_since_last: int
    readiness: Readiness
    history: list[ChampionChange]
    runs: list[TrainingRun]


def project_for(*, actor: User, project_id: UUID) -> Project:
    """Return a project whose learning `actor` may see and steer.

    Raises
    ------
    NotFoundError
        There is none, or not for this actor.
    DeniedError
        The actor sees the project, but is neither manager nor engineer of it.
    """
    project = visible_projects(actor=actor).select_related("team").filter(pk=project_id).first()
    if project is None:
        raise NotFoundError("There is no such project.")
    if not policies.can_teach(user=actor, project=project):
        raise DeniedError("Learning is for managers and engineers of the project.")
    return project


def run_for(*, actor: User, run_id: UUID) -> TrainingRun:
    """Return a training run.

    Raises
    ------
    NotFoundError
        There is none, or not for this actor.
    """
    run = _runs().select_related("project__team").filter(pk=run_id).first()
    if run is None or not policies.can_teach(user=actor, project=run.project):
        raise NotFoundError("There is no such training run.")
    return run


def learning_state(*, setup: LearningSetup) -> LearningState:
    """Return everything about a project's learning; the caller has settled who may see it."""
    project = setup.project
    consensus = newest_consensus(project=project)
    changes = project.champion_changes.select_related("version__model", "previous__model", "changed_by")
    return LearningState(
        setup=setup,
        new_since_last=len(new_cases(project=project, consensus=consensus)),
        readiness=readiness(split=split_cases(setup=setup, consensus=consensus)),
        history=list(changes),
        runs=list(_runs().filter(project=project)),
    )


def run_state(run: TrainingRun) -> TrainingState:
    """Return how a run stands: what was settled, else what its job says (nobody else writes that it failed)."""
    state = TrainingState(run.state)
    if state in (TrainingState.WON, TrainingState.LOST):
        return state
    if run.job is None or run.job.state in (JobState.FAILED, JobState.CANCELLED):
        return TrainingState.FAILED
    return TrainingState.WAITING if run.job.state == JobState.QUEUED else TrainingState.TRAINING


def _runs() -> QuerySet[TrainingRun]:
    return TrainingRun.objects.select_related("job", "base_version__model", "result_version__model")


def newest_consensus(*, project: Project) -> dict[UUID, Consensus]:
    """Return case id → its newest consensus, for the cases that have one."""
    rows = Consensus.objects.filter(case__project=project).select_related("case", "mark_set").order_by("created_at")
    return {row.case_id: row for row in rows}


def new_cases(*, project: Project, consensus: Mapping[UUID, Consensus]) -> list[UUID]:
    """Return the cases with a consensus that the newest training run (however it ended) did not know of."""
    last = project.training_runs.order_by("-created_at").first()
    known = set(last.inputs) if last else set()
    return [case_id for case_id in consensus if str(case_id) not in known]


def parts_of(*, setup: LearningSetup, consensus: Mapping[UUID, Consensus]) -> dict[str, Part]:
    """Return patient key → side of the split, for those that have a side and those that would get one now."""
    known = {key: Part(part) for key, part in setup.patients.values_list("patient_key", "part")}
    patients = [row.case.patient_key for row in consensus.values()]
    return extend_split(known=known, patients=patients, share=setup.held_out_share, seed=setup.seed)


def split_cases(*, setup: LearningSetup, consensus: Mapping[UUID, Consensus]) -> dict[Part, list[Case]]:
    """Return the consensus cases on each side of the split, by number."""
    parts = parts_of(setup=setup, consensus=consensus)
    sides: dict[Part, list[Case]] = {Part.TRAIN: [], Part.HELD_OUT: []}
    for row in sorted(consensus.values(), key=lambda row: row.case.number):
        sides[parts[row.case.patient_key]].append(row.case)
    return sides


def readiness(*, split: Mapping[Part, list[Case]]) -> Readiness:
    """Say in words what is missing before training can start."""
    train, held_out = len(split[Part.TRAIN]), len(split[Part.HELD_OUT])
    reason = None
    if not train and not held_out:
        reason = (
            "No case has a consensus yet. Training needs consensus cases of at least two patients: "
            "one to learn from, one held out to score on."
        )
    elif not held_out:
        reason = (
            f"{_cases(train)} can be learned from, but none is held out to score on: "
            "a consensus case of another patient is needed."
        )
    elif not train:
        reason = (
            f"{_cases(held_out)} held out to score on, but none to learn from: "
            "a consensus case of another patient is needed."
        )
    return Readiness(train=train, held_out=held_out, reason=reason)


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count} cases"
