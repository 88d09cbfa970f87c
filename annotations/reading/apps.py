"""App configuration."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from studies.models import Series


class ReadingConfig(AppConfig):
    """See the package docstring."""

    name = "annotations.reading"

    def ready(self) -> None:
        """Tell the archive which series are read: those stay, and with them readings, marks and releases."""
        from studies.services.holders import register_series_holder

        register_series_holder("cases", _cases)


def _cases(series: "Collection[Series]", /) -> dict[str, int]:
    from django.db.models import Count

    from annotations.reading.models import Case

    rows = Case.objects.filter(series__in=series).order_by().values_list("series__series_uid")
    return dict(rows.annotate(count=Count("pk")))
