"""Delete studies that nobody uses and that came long ago, and files that were set aside long ago."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studies.models import SetAsideFile
from studies.services.quota import storage_rules
from studies.services.retention import MAX_DAYS, Expired, apply_retention, expire_set_aside


class Command(BaseCommand):
    """`manage.py apply_retention [--dry-run] [--days N] [--set-aside-days N]`."""

    help = (
        "Delete studies older than the retention rule that no case or mask refers to, and set-aside files older than "
        "theirs. Each is in the audit."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--dry-run", action="store_true", help="only say what would go")
        parser.add_argument("--days", type=int, help="of studies, instead of the rule's")
        parser.add_argument("--set-aside-days", type=int, help="of set-aside files, instead of the rule's")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it: what the options name, or, without any, what the rules name."""
        days, aside = options["days"], options["set_aside_days"]
        if days is None and aside is None:
            days, aside = storage_rules().retention_days, storage_rules().set_aside_days
        if days is None and aside is None:
            raise CommandError("There is no retention rule: say --days, or set one by PATCH /api/storage.")
        if any(number is not None and not 1 <= number <= MAX_DAYS for number in (days, aside)):
            raise CommandError(f"A number of days must be from 1 to {MAX_DAYS:,}.")
        verb = "would go" if options["dry_run"] else "deleted"
        if days is not None:
            studies, size = apply_retention(days=days, dry_run=options["dry_run"], tell=self._tell)
            self.stdout.write(f"{studies:,} studies, {size / 1e9:.3f} GB {verb}")
        if aside is not None:
            files, size = expire_set_aside(days=aside, dry_run=options["dry_run"], tell=self._tell_file)
            self.stdout.write(f"{files:,} set-aside files, {size / 1e9:.3f} GB {verb}")

    def _tell(self, one: Expired) -> None:
        self.stdout.write(
            f"{one.study_uid}\t{one.last_arrival:%Y-%m-%d}\t{one.series} series\t{one.instances} instances\t"
            f"{one.bytes / 1e6:.1f} MB\t{one.description}"
        )

    def _tell_file(self, file: SetAsideFile) -> None:
        self.stdout.write(f"{file.path}\t{file.created_at:%Y-%m-%d}\t{file.reason}\t{file.size_bytes / 1e6:.1f} MB")
