"""For how long the archive holds what nobody uses, and who sets its rules."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max, Q, Sum

from accounts.models import User
from accounts.policies import is_administrator
from audit.services import record_action
from common.clock import now
from common.errors import ConflictError, DeniedError, InvalidError
from jobs.services import enqueue_job
from studies.models import Import, Instance, Series, SetAsideFile, StorageRules, Study
from studies.services.deletion import delete_study, held_of
from studies.services.holders import series_held
from studies.services.quota import ask_anew
from studies.services.set_aside import forget, tell_changed
from studies.types import SetAsideReason

PAGE = 200
MAX_DAYS = 36_500
RULES = ("quota_bytes", "warn_percent", "retention_days", "set_aside_days", "apply_retention")
ONCE_STORED = (SetAsideReason.SUPERSEDED, SetAsideReason.DAMAGED)
"""Bytes that were images of the archive: only a person throws them away."""


@dataclass(frozen=True, slots=True)
class Expired:
    """A study that retention would delete."""

    study_uid: str
    description: str
    last_arrival: datetime
    series: int
    instances: int
    bytes: int


def set_storage_rules(*, actor: User, changes: dict[str, Any]) -> StorageRules:
    """Change quota and retention.

    Parameters
    ----------
    changes : dict
        Fields of `StorageRules`: quota_bytes, warn_percent, retention_days, set_aside_days, apply_retention.

    Raises
    ------
    DeniedError
        The actor is no administrator.
    InvalidError
        Retention should be applied by itself, without a number of days.
    """
    if not is_administrator(actor):
        raise DeniedError("Only administrators change the rules of storage.", code="administrators_only")
    with transaction.atomic():
        rules, _ = StorageRules.objects.select_for_update().get_or_create(pk=1)
        for name in RULES:
            if name in changes:
                setattr(rules, name, changes[name])
        if rules.apply_retention and rules.retention_days is None and rules.set_aside_days is None:
            raise InvalidError("Say after how many days first.", code="no_retention_days")
        rules.save()
        record_action(actor=actor, action="storage.rules", subject="storage:rules", detail=changes)
    ask_anew()
    return rules


def expired_studies(*, days: int) -> Iterator[Study]:
    """Yield studies whose newest instance came more than `days` ago and that nothing refers to, oldest first.

    `last_arrival` is set on each.
    """
    limit = now() - timedelta(days=days)
    old = Study.objects.annotate(last_arrival=Max("series__instances__created_at")).filter(last_arrival__lt=limit)
    last: Study | None = None
    while True:
        rows = old.order_by("last_arrival", "pk")
        if last is not None:
            arrived = last.last_arrival  # type: ignore[attr-defined]  # annotated above
            rows = rows.filter(Q(last_arrival__gt=arrived) | Q(last_arrival=arrived, pk__gt=last.pk))
        page = list(rows[:PAGE])
        series = list(Series.objects.filter(study__in=page))
        held = {one.uid for one in series_held(series)}
        used = {one.study_id for one in series if one.series_uid in held}
        yield from (study for study in page if study.pk not in used)
        if len(page) < PAGE:
            return
        last = page[-1]


def describe_expired(study: Study) -> Expired:
    """Return what would go with a study of `expired_studies`."""
    instances = Instance.objects.filter(series__study=study)
    return Expired(
        study_uid=study.study_uid,
        description=study.description,
        last_arrival=study.last_arrival,  # type: ignore[attr-defined]  # annotated by expired_studies
        series=study.series.count(),
        instances=instances.count(),
        bytes=instances.aggregate(total=Sum("size_bytes", default=0))["total"],
    )


def apply_retention(*, days: int, dry_run: bool, tell: Callable[[Expired], None]) -> tuple[int, int]:
    """Delete what has expired, or only say it; each study is a transaction and a record of its own.

    Returns
    -------
    (int, int)
        How many studies and bytes went, or would go.
    """
    studies = total = 0
    for study in expired_studies(days=days):
        found = describe_expired(study)
        if held_of(list(study.series.all())):  # masks on it, though no case refers to it any more
            continue
        if not dry_run:
            try:
                delete_study(actor=None, study=study, why=f"retention of {days} days")
            except ConflictError:  # somebody has begun to use it in this moment
                continue
        studies, total = studies + 1, total + found.bytes
        tell(found)
    ask_anew()
    return studies, total


def expire_set_aside(*, days: int, dry_run: bool, tell: Callable[[SetAsideFile], None]) -> tuple[int, int]:
    """Delete files that were set aside more than `days` ago, or only say it; each has an audit record of its own.

    What was an image of the archive before (`superseded`, `damaged`) stays, and so does what was settled.

    Returns
    -------
    (int, int)
        How many files and bytes went, or would go.
    """
    old = SetAsideFile.objects.filter(settled_at=None, created_at__lt=now() - timedelta(days=days))
    old = old.exclude(reason__in=ONCE_STORED).select_related("batch")
    files = total = 0
    batches: dict[UUID, Import] = {}
    for pk in list(old.order_by("created_at", "pk").values_list("pk", flat=True)):
        with transaction.atomic():
            file = old.select_for_update(of=("self",)).filter(pk=pk).first()
            if file is None:  # somebody has settled it meanwhile
                continue
            if not dry_run:
                forget(actor=None, file=file, action="set_aside.expire", detail={"why": f"retention of {days} days"})
                SetAsideFile.objects.filter(pk=pk).delete()
                batches[file.batch_id] = file.batch
        files, total = files + 1, total + file.size_bytes
        tell(file)
    for batch in batches.values():
        tell_changed(batch)
    ask_anew()
    return files, total


def start_daily_retention() -> bool:
    """Start the retention job when the rules want it and the last one began a day ago; say whether it was started."""
    with transaction.atomic():
        rules = StorageRules.objects.select_for_update().filter(pk=1, apply_retention=True).first()
        if rules is None or (rules.retention_days is None and rules.set_aside_days is None):
            return False
        if rules.applied_at is not None and rules.applied_at > now() - timedelta(days=1):
            return False
        rules.applied_at = now()
        rules.save(update_fields=["applied_at"])
        arguments = {"days": rules.retention_days, "set_aside_days": rules.set_aside_days}
        enqueue_job(actor=None, kind="studies.apply_retention", arguments=arguments)
    return True
