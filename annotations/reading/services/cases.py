"""Cases: what is read at once. One case per study, with its image series.

The key object selections that lie in the study by then are shown to the team too: somebody picked those images for who
reads next. Nothing else that speaks of the images is (segmentations, contours, reports): it may tell the answer.
"""

import hashlib
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from accounts.models import User
from annotations.reading.models import Case, Project
from annotations.reading.policies import require_manager
from annotations.reading.services.assignment import assign_readings
from annotations.reading.services.projects import lock_project
from annotations.reading.types import NOT_IMAGES, ProjectState, Skipped
from audit.services import record_action
from jobs.services import emit_event
from studies.deident.selectors import demand_of, passed
from studies.derived.reports import KEY_OBJECT_SELECTION
from studies.models import DeidentificationDemand, Instance, Series, Study
from studies.selectors import visible_series, visible_studies
from studies.services import grant_series
from studies.services.deident_demand import require_passed


@transaction.atomic
def add_cases(
    *, actor: User, project: Project, study_uids: Sequence[str] | None = None
) -> tuple[list[Case], list[Skipped]]:
    """Make one case of each study and let the project's team see its image series and key object selections.

    Parameters
    ----------
    actor : User
    project : Project
    study_uids : sequence of str, optional
        Study Instance UIDs; None: every study the actor sees, in the order in which they came.

    Returns
    -------
    list of Case
        Those made.
    list of Skipped
        Studies that did not become a case, with the reason.

    Raises
    ------
    DeniedError
        The actor does not manage the project.
    NotDeidentifiedError
        The project demands de-identified series, and a study that was named is not; nothing was added. Without names,
        such studies are skipped.
    """
    require_manager(actor=actor, project=project)
    row = lock_project(project)
    demand = demand_of(row.team)
    visible = {study.study_uid: study for study in _studies(actor, study_uids)}
    present = set(Case.objects.filter(project=row).values_list("series__study__study_uid", flat=True))
    number = Case.objects.filter(project=row).aggregate(last=Max("number"))["last"] or 0
    made: list[Case] = []
    skipped: list[Skipped] = []
    for uid in dict.fromkeys(visible if study_uids is None else study_uids):
        study = visible.get(uid)
        series = _image_series(actor, study) if study else []
        if demand is not None and series and uid not in present:
            if study_uids is not None:
                require_passed(profile=demand.profile, series=series)
            elif has_foreign(demand, series):
                skipped.append(Skipped(study_uid=uid, reason="not_deidentified"))
                continue
        if study is None or uid in present or not series:
            reason = "not_visible" if study is None else "present" if uid in present else "no_images"
            skipped.append(Skipped(study_uid=uid, reason=reason))
            continue
        number += 1
        made.append(_make(actor, row, study, series, number))
        for chosen in _key_objects(actor, study, demand):
            grant_series(actor=actor, series=chosen, team=row.team)
    if made:
        _conclude(actor, row, made)
    return made, skipped


def has_foreign(demand: DeidentificationDemand, series: Sequence[Series]) -> bool:
    """Return whether any of these series was not made by the newest rules of the demanded profile."""
    rows = Series.objects.filter(pk__in=[row.pk for row in series])
    return passed(rows, demand.profile).count() < len(series)


def _studies(actor: User, study_uids: Sequence[str] | None) -> list[Study]:
    studies = visible_studies(actor=actor).order_by("created_at", "study_uid")
    return list(studies if study_uids is None else studies.filter(study_uid__in=list(study_uids)))


def _image_series(actor: User, study: Study) -> list[Series]:
    series = visible_series(actor=actor).filter(study=study, frame_count__gt=0).exclude(modality__in=NOT_IMAGES)
    return list(series.order_by("number", "series_uid"))


def _key_objects(actor: User, study: Study, demand: DeidentificationDemand | None) -> list[Series]:
    """Return the study's series of key object selections and nothing else that may be shown."""
    others = Instance.objects.exclude(sop_class_uid=KEY_OBJECT_SELECTION).filter(series=OuterRef("pk"))
    series = visible_series(actor=actor).filter(~Exists(others), study=study, modality="KO")
    return list(series if demand is None else passed(series, demand.profile))


def _make(actor: User, project: Project, study: Study, series: Sequence[Series], number: int) -> Case:
    case = Case.objects.create(project=project, number=number, patient_key=patient_key_of(study=study))
    case.series.set(series)
    for row in series:
        grant_series(actor=actor, series=row, team=project.team)
    return case


def _conclude(actor: User, project: Project, made: Sequence[Case]) -> None:
    record_action(
        actor=actor,
        action="case.add",
        subject=f"project:{project.pk}",
        team=project.team,
        detail={"cases": [str(case.pk) for case in made]},
    )
    payload = {"project": str(project.pk), "added": len(made)}
    emit_event(
        kind="case.changed", subject=f"project:{project.pk}", payload=payload, team=project.team, staff_only=True
    )
    if project.state == ProjectState.LIVE:
        assign_readings(actor=actor, project=project)


def patient_key_of(*, study: Study) -> str:
    """Return SHA-256 (hex) of what identifies the patient: the Patient ID, or the study where there is none."""
    identity = f"patient:{study.patient_id}" if study.patient_id else f"study:{study.study_uid}"
    return hashlib.sha256(identity.encode()).hexdigest()
