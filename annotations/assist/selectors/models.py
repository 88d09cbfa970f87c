"""Models and their versions."""

from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Membership, User
from accounts.policies import is_administrator
from annotations.assist import policies
from annotations.assist.models import Model, ModelVersion
from common.errors import NotFoundError


def visible_models(*, actor: User) -> QuerySet[Model]:
    """Return the models that `actor` may see: the common ones, and those of projects they run."""
    rows = Model.objects.select_related("project").prefetch_related("versions__model", "versions__trusted_by")
    if is_administrator(actor):
        return rows
    if not policies.can_see_models(user=actor):
        return rows.none()
    teams = Membership.objects.filter(user=actor, role__in=policies.STAFF).values("team")
    return rows.filter(Q(project__isnull=True) | Q(project__team__in=teams))


def visible_versions(*, actor: User) -> QuerySet[ModelVersion]:
    """Return the versions of the visible models."""
    return ModelVersion.objects.filter(model__in=visible_models(actor=actor)).select_related("model", "model__project")


def model_for(*, actor: User, model_id: UUID) -> Model:
    """Return one model.

    Raises
    ------
    NotFoundError
        There is none, or not for this actor.
    """
    row = visible_models(actor=actor).filter(pk=model_id).first()
    if row is None:
        raise NotFoundError("There is no such model.")
    return row


def version_for(*, actor: User, version_id: UUID) -> ModelVersion:
    """Return one model version.

    Raises
    ------
    NotFoundError
        There is none, or not for this actor.
    """
    row = visible_versions(actor=actor).filter(pk=version_id).first()
    if row is None:
        raise NotFoundError("There is no such model version.")
    return row
