"""App configuration."""

from collections.abc import Collection

from django.apps import AppConfig


class MarksConfig(AppConfig):
    """See the package docstring."""

    name = "annotations.marks"

    def ready(self) -> None:
        """Tell the archive which images have masks: those are not replaced or deleted."""
        from studies.services.holders import register_instance_holder

        register_instance_holder("masks", _masks)


def _masks(sop_instance_uids: Collection[str], /) -> dict[str, int]:
    from django.db.models import Count

    from annotations.marks.models import FrameMask

    rows = FrameMask.objects.filter(sop_instance_uid__in=sop_instance_uids).values_list("sop_instance_uid")
    return dict(rows.annotate(count=Count("pk")))
