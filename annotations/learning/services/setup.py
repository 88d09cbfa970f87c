"""Set up how a project learns."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from ai.errors import SettingsError
from annotations.learning import policies
from annotations.learning.errors import SplitFixedError
from annotations.learning.models import LearningSetup
from annotations.reading.models import Project
from audit.services import record_action
from common.errors import DeniedError, InvalidError

PRELABEL_AFTER = "prelabel_after"
SPLIT_FIELDS = ("held_out_share", "seed")


def setup_of(*, project: Project) -> LearningSetup:
    """Return the project's set-up, made with its defaults when first asked for."""
    return LearningSetup.objects.select_related("champion__model").get_or_create(project=project)[0]


def locked_setup(*, project: Project) -> LearningSetup:
    """Return the set-up with its row locked until the caller's transaction ends.

    Whoever starts a run or changes the champion takes this lock first, so that those never cross.
    """
    setup_of(project=project)
    return LearningSetup.objects.select_for_update(of=("self",)).select_related("project__team").get(project=project)


def update_setup(*, actor: User, project: Project, changes: Mapping[str, Any]) -> LearningSetup:
    """Change trigger, split or training settings.

    Parameters
    ----------
    changes : mapping
        Any of `trigger_after` (None: by hand alone), `held_out_share`, `seed`, `settings` (replaces them all).

    Raises
    ------
    DeniedError
        The actor is neither manager nor engineer of the project.
    SplitFixedError
        Share or seed would change after a training run: its held-out patients must stay unseen.
    InvalidError
        Settings that training does not know or cannot use.
    """
    if not policies.can_teach(user=actor, project=project):
        raise DeniedError("Learning is for managers and engineers of the project.")
    with transaction.atomic():
        setup = locked_setup(project=project)
        moved = [name for name in SPLIT_FIELDS if name in changes and changes[name] != getattr(setup, name)]
        if moved and project.training_runs.exists():
            raise SplitFixedError(
                "The split is fixed once the project has trained: patients held out so far must stay unseen.",
                fields={"fixed": moved},
            )
        if "settings" in changes:
            training_settings(changes["settings"], seed=0)
        before = {name: getattr(setup, name) for name in changes}
        for name, value in changes.items():
            setattr(setup, name, value)
        setup.save(update_fields=list(changes))
        record_action(
            actor=actor,
            action="learning.change",
            subject=f"project:{project.pk}",
            team=project.team,
            detail={"before": before, "after": dict(changes)},
        )
    return setup


def training_settings(settings: Mapping[str, Any], *, seed: int) -> dict[str, Any]:
    """Return the whole settings of a training as plain values: those given, the rest by default.

    Raises
    ------
    InvalidError
        A name is unknown, or a value of the wrong type or out of range.
    """
    from ai.training.settings import TrainingSettings

    values = {name: value for name, value in settings.items() if name != PRELABEL_AFTER}
    if not isinstance(settings.get(PRELABEL_AFTER, True), bool):
        raise InvalidError(f"{PRELABEL_AFTER} is true or false.", code="settings")
    try:
        return TrainingSettings.from_dict({"seed": seed} | values).to_dict()
    except SettingsError as error:
        raise InvalidError(error.message, code=error.code, fields={"settings": [error.message]}) from error
