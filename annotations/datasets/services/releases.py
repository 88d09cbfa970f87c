"""Define, preview and start freezing a release."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from annotations.datasets.errors import DefinitionError, EmptyReleaseError
from annotations.datasets.members import definition_to_json, members_to_json, missing_to_json
from annotations.datasets.models import Release
from annotations.datasets.selectors.cohort import cohort_of, current_protocol
from annotations.datasets.selectors.releases import archive_of, project_for_release, require_unblinded
from annotations.datasets.split import check_shares
from annotations.datasets.types import Cohort, Definition, Format, LabelSource, ReleaseState, Split
from annotations.reading.models import Project
from audit.services import record_action
from jobs.services import emit_event, enqueue_job

FREEZE = "datasets.freeze"
NAME_LENGTH = 120


@dataclass(frozen=True, slots=True)
class Preview:
    """What a definition would come to; nothing is written."""

    project: Project
    cohort: Cohort


def check_definition(definition: Definition) -> None:
    """Raise `DefinitionError` when a definition contradicts itself."""
    if not definition.name.strip() or len(definition.name) > NAME_LENGTH:
        raise DefinitionError(
            f"A release needs a name of at most {NAME_LENGTH} characters.", fields={"name": ["required"]}
        )
    if not definition.formats or len(set(definition.formats)) != len(definition.formats):
        raise DefinitionError("Choose at least one format, each once.", fields={"formats": ["required"]})
    if (definition.label_source == LabelSource.READER) != (definition.reader_id is not None):
        raise DefinitionError(
            "A reader is named when, and only when, one reader's marks are released.", fields={"reader": ["mismatch"]}
        )
    check_shares(definition.shares)


def preview_release(*, actor: User, project_id: UUID, definition: Definition) -> Preview:
    """Return what a definition would come to now.

    Raises
    ------
    NotFoundError, DeniedError
        As of `project_for_release`.
    DefinitionError
        The definition contradicts itself or the project.
    """
    project = project_for_release(actor=actor, project_id=project_id)
    check_definition(definition)
    return Preview(project=project, cohort=cohort_of(actor=actor, project=project, definition=definition))


def create_release(*, actor: User, project_id: UUID, definition: Definition) -> Release:
    """Fix the members of a release and enqueue the job that freezes it.

    The exact revision of every case's marks and the split of every patient are written here, in one transaction;
    what readers do later changes nothing of this release.

    Raises
    ------
    EmptyReleaseError
        No case has usable marks, or one of the formats would hold none (nnU-Net: none to train or validate on).
    NotFoundError, DeniedError, DefinitionError
        As of `preview_release`.
    """
    check_definition(definition)
    with transaction.atomic():
        project = project_for_release(actor=actor, project_id=project_id)
        Project.objects.select_for_update().get(pk=project.pk)
        cohort = cohort_of(actor=actor, project=project, definition=definition)
        _require_contents(cohort, definition)
        newest = Release.objects.filter(project=project).aggregate(number=Max("number"))["number"] or 0
        release = Release.objects.create(
            project=project,
            number=newest + 1,
            name=definition.name.strip(),
            definition=definition_to_json(definition),
            protocol=current_protocol(project=project),
            members=members_to_json(cohort),
            missing=[missing_to_json(one) for one in cohort.missing],
            created_by=actor,
        )
        subject = f"release:{release.pk}"
        release.job = enqueue_job(
            actor=actor, kind=FREEZE, arguments={"release_id": str(release.pk)}, subject=subject, team=project.team
        )
        release.save(update_fields=["job"])
        record_action(
            actor=actor,
            action="release.create",
            subject=subject,
            team=project.team,
            detail={
                "name": release.name,
                "number": release.number,
                "definition": release.definition,
                "cases": len(release.members),
            },
        )
        emit_release_changed(release)
    return release


def _require_contents(cohort: Cohort, definition: Definition) -> None:
    if not cohort.candidates:
        raise EmptyReleaseError(
            "No case of the project has marks that this definition can take, so there is nothing to release.",
            fields={"missing": len(cohort.missing)},
        )
    for form in definition.formats:
        taken = [one for one in cohort.candidates if form in one.formats]
        if not taken:
            raise EmptyReleaseError(
                f"No case could go into {form.label}. Leave this format out, or see which cases are missing and why.",
                fields={"format": form.value},
            )
        if form == Format.NNUNET and all(cohort.split_of[one.patient_key] == Split.TEST for one in taken):
            raise EmptyReleaseError(
                "nnU-Net needs at least one case to train on. Give training a larger share.",
                code="no_training_case",
                fields={"format": form.value},
            )


def keep_archives(*, release: Release, archives: dict[str, dict[str, object]]) -> Release:
    """Write that a release is frozen; the freezing job calls this in its finishing transaction."""
    with transaction.atomic():
        row = Release.objects.select_for_update(of=("self",)).select_related("project__team").get(pk=release.pk)
        row.archives = archives
        row.state = ReleaseState.FROZEN
        row.save(update_fields=["archives", "state"])
        record_action(
            actor=row.created_by,
            action="release.freeze",
            subject=f"release:{row.pk}",
            team=row.project.team,
            detail={form: archive["sha256"] for form, archive in archives.items()},
        )
        emit_release_changed(row)
    return row


def record_download(*, actor: User, release: Release, form: Format) -> dict[str, object]:
    """Return the archive's record after writing down that `actor` takes it out of the house.

    Raises
    ------
    DeniedError
        The actor is reading one of its cases and must not see others' marks of it yet.
    NotFrozenError, FormatError
        As of `archive_of`.
    """
    require_unblinded(actor=actor, release=release)
    archive = archive_of(release, form)
    record_action(
        actor=actor,
        action="release.download",
        subject=f"release:{release.pk}",
        team=release.project.team,
        detail={"format": form.value, "sha256": archive["sha256"]},
    )
    return archive


def emit_release_changed(release: Release) -> None:
    """Tell the managers and engineers of the team, and who made the release; call inside the transaction."""
    subject = f"release:{release.pk}"
    payload = {"release": str(release.pk), "project": str(release.project_id), "state": release.state}
    emit_event(kind="release.changed", subject=subject, payload=payload, team=release.project.team, staff_only=True)
    if release.created_by is not None:
        emit_event(kind="release.changed", subject=subject, payload=payload, user=release.created_by)
