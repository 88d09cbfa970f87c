"""Who is the champion: chosen by hand, by winning, or by going back."""

from django.db import transaction

from accounts.models import User
from annotations.assist.errors import UntrustedModelError
from annotations.assist.labels import match_by_name
from annotations.assist.models import ModelVersion
from annotations.assist.policies import can_use_version
from annotations.assist.services.prelabel import project_labels, request_prelabel
from annotations.learning import policies
from annotations.learning.errors import NoPreviousChampionError
from annotations.learning.models import ChampionChange, LearningSetup, TrainingRun
from annotations.learning.services.setup import PRELABEL_AFTER, locked_setup
from annotations.learning.types import ChangeKind
from annotations.reading.models import Project, Reading
from annotations.reading.types import ReadingState
from audit.services import record_action
from common.errors import DeniedError, InvalidError, NotFoundError
from jobs.services import emit_event


def choose_champion(*, actor: User, project: Project, version: ModelVersion, reason: str) -> LearningSetup:
    """Make `version` the champion by hand, such as the first one.

    Raises
    ------
    DeniedError
        The actor is neither manager nor engineer of the project.
    NotFoundError
        The actor may not use this model.
    UntrustedModelError
        It needs a trust that it has not.
    NoLabelMapError, InvalidError
        None of its labels is one of the project's; the project has no protocol.
    """
    _check_may_teach(actor=actor, project=project)
    if not can_use_version(user=actor, version=version):
        raise NotFoundError("There is no such model version.")
    if not version.may_run:
        raise UntrustedModelError(f"{version} names code that no administrator has trusted.")
    if not match_by_name(version.labels, project_labels(project=project)):
        raise InvalidError(
            f"{version} knows none of the project's labels, so it cannot be compared with what is trained here.",
            code="no_label_map",
        )
    with transaction.atomic():
        setup = locked_setup(project=project)
        if setup.champion_id == version.pk:
            return setup
        crown(setup=setup, version=version, kind=ChangeKind.CHOSEN, actor=actor, reason=reason or "Chosen by hand")
    return setup


def roll_back(*, actor: User, project: Project, reason: str = "") -> LearningSetup:
    """Give the title back to the champion before the present one; again and again, to the first.

    Raises
    ------
    DeniedError
        The actor is neither manager nor engineer of the project.
    NoPreviousChampionError
        There was none before.
    """
    _check_may_teach(actor=actor, project=project)
    with transaction.atomic():
        setup = locked_setup(project=project)
        came = (
            project.champion_changes.exclude(kind=ChangeKind.ROLLED_BACK)
            .filter(version=setup.champion_id)
            .select_related("previous__model")
            .first()
            if setup.champion_id
            else None
        )
        if came is None or came.previous is None:
            raise NoPreviousChampionError("There was no champion before this one.")
        crown(
            setup=setup,
            version=came.previous,
            kind=ChangeKind.ROLLED_BACK,
            actor=actor,
            reason=reason or "Rolled back by hand",
        )
    return setup


def crown(
    *,
    setup: LearningSetup,
    version: ModelVersion,
    kind: ChangeKind,
    actor: User | None,
    reason: str,
    run: TrainingRun | None = None,
) -> ChampionChange:
    """Write a change of champion; the caller holds the set-up's lock."""
    project = setup.project
    change = ChampionChange.objects.create(
        project=project,
        version=version,
        previous_id=setup.champion_id,
        run=run,
        kind=kind,
        changed_by=actor,
        reason=reason[:200],
    )
    setup.champion = version
    setup.save(update_fields=["champion"])
    record_action(
        actor=actor,
        action=f"champion.{kind.value}",
        subject=f"project:{project.pk}",
        team=project.team,
        detail={
            "version": str(version.pk),
            "previous": str(change.previous_id) if change.previous_id else None,
            "reason": change.reason,
        },
    )
    emit_event(
        kind="champion.changed",
        subject=f"project:{project.pk}",
        payload={"project": str(project.pk), "version": str(version.pk), "name": str(version), "kind": kind.value},
        team=project.team,
        staff_only=True,
    )
    return change


def prelabel_unopened(*, setup: LearningSetup) -> int:
    """Ask the champion for drafts of the cases that nobody has opened, if the set-up says so; return how many.

    None when the champion knows no label of the newest protocol (its labels were renamed since): a training must not
    fail for that.
    """
    version = setup.champion
    if version is None or not setup.settings.get(PRELABEL_AFTER, True):
        return 0
    if not match_by_name(version.labels, project_labels(project=setup.project)):
        return 0
    begun = Reading.objects.filter(case__project=setup.project).exclude(state=ReadingState.ASSIGNED)
    cases = list(setup.project.cases.exclude(pk__in=begun.values("case")).values_list("pk", flat=True))
    if not cases:
        return 0
    return len(request_prelabel(actor=None, project=setup.project, version=version, cases=cases))


def _check_may_teach(*, actor: User, project: Project) -> None:
    if not policies.can_teach(user=actor, project=project):
        raise DeniedError("Learning is for managers and engineers of the project.")
