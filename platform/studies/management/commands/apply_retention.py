"""Delete studies that nobody uses and that came long ago."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studies.services.quota import storage_rules
from studies.services.retention import Expired, apply_retention


class Command(BaseCommand):
    """`manage.py apply_retention [--dry-run] [--days N]`."""

    help = "Delete studies older than the retention rule that no case or mask refers to. Each is in the audit."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")
        parser.add_argument("--days", type=int, help="instead of the rule's")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        days = options["days"] if options["days"] is not None else storage_rules().retention_days
        if days is None:
            raise CommandError("There is no retention rule: say --days, or set one by PATCH /api/storage.")
        if days < 1:
            raise CommandError("--days must be at least 1.")
        studies, size = apply_retention(days=days, dry_run=options["dry_run"], tell=self._tell)
        verb = "would go" if options["dry_run"] else "deleted"
        self.stdout.write(f"{studies:,} studies, {size / 1e9:.3f} GB {verb}")

    def _tell(self, one: Expired) -> None:
        self.stdout.write(
            f"{one.study_uid}\t{one.last_arrival:%Y-%m-%d}\t{one.series} series\t{one.instances} instances\t"
            f"{one.bytes / 1e6:.1f} MB\t{one.description}"
        )
