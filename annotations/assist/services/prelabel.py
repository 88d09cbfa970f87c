"""Ask a model for drafts: one Draft row and one job per case."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db import transaction

from accounts.models import User
from annotations.assist import policies
from annotations.assist.errors import UntrustedModelError
from annotations.assist.labels import checked_label_map
from annotations.assist.models import Draft, ModelVersion
from annotations.marks.models import LabelSet
from annotations.reading.models import Case, Project
from audit.services import record_action
from common.errors import DeniedError, InvalidError, NotFoundError
from jobs.models import Job
from jobs.services import enqueue_job
from jobs.types import JobState

KIND = "assist.prelabel"
ACTIVE = (JobState.QUEUED, JobState.RUNNING)


def request_prelabel(
    *,
    actor: User | None,
    project: Project,
    version: ModelVersion,
    cases: Iterable[UUID] | None = None,
    label_map: Mapping[str, int] | None = None,
) -> list[Job]:
    """Ask for a draft of `version` on each case.

    Where such a draft is in the making already, its job is returned and none is added. When `cases` is left out,
    all cases of the project are meant that have no draft with this version and label map.

    Parameters
    ----------
    actor : User or None
        None when the system acts (a new champion).
    label_map : mapping, optional
        Bundle label value (text) → project label value; labels of equal name when left out.

    Raises
    ------
    DeniedError
        The actor is neither manager nor engineer of the project, or may not use this model.
    UntrustedModelError
        The model needs a trust that it has not.
    InvalidError
        The project has no protocol, or the label map is wrong.
    NoLabelMapError
        Nothing maps.
    NotFoundError
        A case that the project does not have.
    """
    _check_may_prelabel(actor=actor, project=project, version=version)
    checked = checked_label_map(
        asked=label_map, bundle_labels=version.labels, project_labels=project_labels(project=project)
    )
    with transaction.atomic():
        wanted = _wanted(project=project, version=version, cases=cases, label_map=checked)
        jobs = [_job(actor=actor, case=case, version=version, label_map=checked) for case in wanted]
        record_action(
            actor=actor,
            action="project.prelabel",
            subject=f"project:{project.pk}",
            team=project.team,
            detail={"model_version": str(version), "cases": len(jobs), "label_map": checked},
        )
    return jobs


def label_set_of(*, project: Project) -> LabelSet:
    """Return the label set of the newest protocol.

    Raises
    ------
    InvalidError
        The project has no protocol yet.
    """
    protocol = project.protocols.select_related("label_set").first()
    if protocol is None:
        raise InvalidError("The project has no labels yet: write its protocol first.", code="no_protocol")
    return protocol.label_set


def project_labels(*, project: Project) -> dict[int, str]:
    """Return label value → name of the newest protocol (see `label_set_of`)."""
    return {label.value: label.name for label in label_set_of(project=project).labels.all()}


def _check_may_prelabel(*, actor: User | None, project: Project, version: ModelVersion) -> None:
    if actor is not None and not policies.can_prelabel(user=actor, project=project):
        raise DeniedError("Only managers and engineers of the project may ask for drafts.")
    if actor is not None and not policies.can_use_version(user=actor, version=version):
        raise NotFoundError("There is no such model version.")
    if not version.may_run:
        raise UntrustedModelError(
            f"{version} names code that no administrator has trusted.",
            fields={"untrusted_targets": version.untrusted_targets},
        )


def _wanted(
    *, project: Project, version: ModelVersion, cases: Iterable[UUID] | None, label_map: Mapping[str, int]
) -> list[Case]:
    rows = Case.objects.filter(project=project)
    if cases is None:
        done = Draft.objects.filter(model_version=version, case__project=project, mark_set__isnull=False)
        skip = {draft.case_id for draft in done if draft.label_map == label_map}
        return [case for case in rows if case.pk not in skip]
    asked = set(cases)
    found = list(rows.filter(pk__in=asked))
    if len(found) != len(asked):
        missing = asked - {case.pk for case in found}
        raise NotFoundError("The project has no such case.", fields={"cases": sorted(str(pk) for pk in missing)})
    return found


def _job(*, actor: User | None, case: Case, version: ModelVersion, label_map: dict[str, int]) -> Job:
    running = (
        Draft.objects.select_related("job")
        .filter(case=case, model_version=version, job__state__in=ACTIVE, mark_set__isnull=True)
        .first()
    )
    if running is not None and running.job is not None and running.label_map == label_map:
        return running.job
    draft = Draft.objects.create(case=case, model_version=version, label_map=label_map)
    draft.job = enqueue_job(
        actor=actor,
        kind=KIND,
        arguments={"draft_id": str(draft.pk)},
        subject=f"case:{case.pk}",
        team=case.project.team,
    )
    draft.save(update_fields=["job"])
    return draft.job
