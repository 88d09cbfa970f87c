"""Background work of the archive."""

from typing import Any

from jobs.periodic import periodic
from jobs.registry import JobContext, job
from jobs.types import Queue


@job("studies.index_series", queue=Queue.IO)
def index_series_job(context: JobContext, *, series_id: str) -> dict[str, Any]:
    """Make metadata, volumes and thumbnail of a series that STOW-RS brought."""
    from studies.models import Series
    from studies.services import ensure_indexed

    series = ensure_indexed(series=Series.objects.get(pk=series_id))
    with context.finishing():
        context.result = {"series_uid": series.series_uid, "volumes": series.volumes.count()}
    return context.result


@job("studies.index_import", queue=Queue.IO)
def index_import_job(context: JobContext, *, import_id: str) -> dict[str, Any]:
    """Index the series of a large import; started over, it goes on with those that are left."""
    from studies.models import Import
    from studies.services.imports import index_import

    return {"series": index_import(batch=Import.objects.get(pk=import_id), report=context.progress)}


@periodic("studies.recover_pending", every_s=60)
def recover_pending_periodically() -> None:
    """Delete what killed writers left in storage without a row."""
    from studies.services.recovery import recover_pending

    recover_pending()


@job("studies.treat_set_aside", queue=Queue.IO)
def treat_set_aside_job(context: JobContext, *, actor_id: str, ids: list[str], action: str) -> dict[str, Any]:
    """Try set-aside files again (`retry`), or repair them (a RepairAction), one after the other.

    Each file is committed by itself: a job that is started over goes on with those that are left.
    """
    from accounts.models import User
    from studies.models import SetAsideFile
    from studies.services.repairing import repair_one
    from studies.services.set_aside import look_again, treat_many
    from studies.types import FileOutcome, RepairAction

    actor = User.objects.get(pk=actor_id)

    def treat(file: SetAsideFile) -> FileOutcome:
        if action == "retry":
            return look_again(actor=actor, file=file)
        return repair_one(actor=actor, file=file, action=RepairAction(action))

    done = treat_many(ids=ids, treat=treat, report=context.progress)
    return {"taken_in": done.taken_in, "left": done.left, "studies": done.study_uids}


@job("studies.deidentify", queue=Queue.CPU)
def deidentify_job(context: JobContext, *, run_id: str) -> dict[str, Any]:
    """Do the work of a de-identification run. Which series they are is sealed in the run, not among the arguments.

    What was made is found again by content, so that an attempt after a killed one makes nothing twice.
    """
    from studies.models import DeidentificationRun
    from studies.services.deident_runs import finish_run, work_of

    run = DeidentificationRun.objects.select_related("version__profile__team", "created_by").get(pk=run_id)
    if run.finished_at is not None:  # its outcome is written
        return {"run": run_id, "counts": run.counts}
    work = work_of(run)
    work.all(context.progress)
    with context.finishing():
        context.result = finish_run(run=run, work=work)
    return context.result


@job("studies.apply_retention", queue=Queue.IO)
def apply_retention_job(context: JobContext, *, days: int | None, set_aside_days: int | None = None) -> dict[str, Any]:
    """Delete studies that nobody uses and files that are set aside, as old as the rules say; each is in the audit."""
    from studies.services.retention import apply_retention, expire_set_aside

    gone = 0

    def tell(one: object) -> None:
        nonlocal gone
        gone += 1
        context.progress(0.5, f"{gone} studies and files deleted")

    studies = files = size = freed = 0
    if days is not None:
        studies, size = apply_retention(days=days, dry_run=False, tell=tell)
    if set_aside_days is not None:
        files, freed = expire_set_aside(days=set_aside_days, dry_run=False, tell=tell)
    return {"studies": studies, "set_aside": files, "bytes": size + freed}


@periodic("studies.retention", every_s=600)
def apply_retention_daily() -> None:
    """Start the job once a day where the rules say so."""
    from studies.services.retention import start_daily_retention

    start_daily_retention()
