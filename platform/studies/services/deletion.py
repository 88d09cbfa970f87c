"""Take images out of the archive for good."""

from collections.abc import Collection, Sequence

from django.db import transaction

from accounts.models import User
from accounts.policies import is_administrator
from audit.services import record_action
from common.errors import ConflictError, DeniedError
from jobs.services import emit_event
from studies.models import Instance, Series, SeriesGrant, Study
from studies.services.blobs import blob_columns, delete_unreferenced, model_of, retire
from studies.services.holders import Held, instances_held, series_held

PAGE = 500
SHOWN = 20


def delete_study(*, actor: User | None, study: Study, why: str = "by hand") -> None:
    """Delete a study with all of its series; see `delete_series`."""
    _delete(actor, study, list(study.series.order_by("pk")), why)


def delete_series(*, actor: User | None, series: Series, why: str = "by hand") -> None:
    """Delete a series, its instances and their bytes; the audit record keeps what it was. It cannot be undone.

    The rows go in one transaction, the bytes after it. A study without series goes too.

    Parameters
    ----------
    actor : User or None
        An administrator, or None for the system (retention).
    why : str
        For the record: `by hand`, `retention`.

    Raises
    ------
    DeniedError
        The actor is no administrator.
    ConflictError
        `in_use`: cases or masks refer to it; `fields["held"]` says which.
    """
    _delete(actor, series.study, [series], why)


def _delete(actor: User | None, study: Study, wanted: Sequence[Series], why: str) -> None:
    if actor is not None and not is_administrator(actor):
        raise DeniedError("Only administrators delete images.", code="administrators_only")
    with transaction.atomic():
        Study.objects.select_for_update().filter(pk=study.pk).first()
        locked = list(Series.objects.select_for_update().filter(pk__in=[one.pk for one in wanted]).order_by("pk"))
        refuse_held(held_of(locked))
        names: set[str] = set()
        for series in locked:
            names |= _names_of(series)
            _record(actor, study, series, why)
        Series.objects.filter(pk__in=[one.pk for one in locked]).delete()
        SeriesGrant.objects.forget_empty(study=study)
        if not study.series.exists():
            Study.objects.filter(pk=study.pk).delete()
        rows = retire(names)
        transaction.on_commit(lambda: delete_unreferenced(names, retired=rows))


def held_of(series: Collection[Series]) -> list[Held]:
    """Return what refers to these series or to their instances; reads instances a page at a time."""
    found = series_held(series)
    uids = Instance.objects.filter(series__in=series).order_by("pk").values_list("sop_instance_uid", flat=True)
    page: list[str] = []
    for uid in uids.iterator(PAGE):
        page.append(uid)
        if len(page) == PAGE:
            found += instances_held(page)
            page = []
    return found + (instances_held(page) if page else [])


def refuse_held(held: Sequence[Held]) -> None:
    """Raise ConflictError `in_use` when something refers to what should go."""
    if held:
        what = ", ".join(sorted({one.what for one in held}))
        raise ConflictError(
            f"It is in use: {what} refer to it. Nothing was deleted.",
            code="in_use",
            fields={"held": [one.as_json() for one in held[:SHOWN]], "count": len(held)},
        )


def _names_of(series: Series) -> set[str]:
    """Return the blobs of a series: of its row and of everything below it that names some."""
    names: set[str] = set()
    for column in blob_columns():
        model = model_of(column)
        if model is Series:
            names.add(getattr(series, column.field))
        elif model is Instance:
            names.update(series.instances.values_list(column.field, flat=True))
    return names - {""}


def _record(actor: User | None, study: Study, series: Series, why: str) -> None:
    size = sum(series.instances.values_list("size_bytes", flat=True))
    record_action(
        actor=actor,
        action="series.delete",
        subject=f"series:{series.series_uid}",
        detail={
            "why": why,
            "study_uid": study.study_uid,
            "modality": series.modality,
            "instances": series.instance_count,
            "bytes": size,
            "arrived": series.created_at.isoformat(),
        },
    )
    emit_event(
        kind="study.changed",
        subject=f"study:{study.study_uid}",
        payload={"study_uid": study.study_uid, "series_uid": series.series_uid, "deleted": True},
        team=None,
        user=series.created_by,
    )
