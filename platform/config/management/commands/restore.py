"""Put a backup into an empty installation."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import DomainError
from config.backups import restore


class Command(BaseCommand):
    """`manage.py restore SOURCE`, with DATA (and DATABASE_URL, STORAGE_URL) of an empty installation."""

    help = "Put a backup into an installation that holds nothing yet. Then: migrate, verify_archive."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("source", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        try:
            made = restore(source=options["source"], tell=self.stderr.write)
        except (DomainError, OSError) as error:
            raise CommandError(getattr(error, "message", str(error))) from error
        self.stdout.write(f"Restored the backup of {made.made_at}: {made.blobs:,} files. Now run verify_archive.")
