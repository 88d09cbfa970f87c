"""Copy the whole installation aside."""

import sqlite3
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.errors import DomainError
from config.backups import back_up


class Command(BaseCommand):
    """`manage.py backup TARGET [--no-blobs]`."""

    help = "Copy database, blobs and secret into a folder while everything works. Again into the same folder: the news."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("target", type=Path)
        parser.add_argument("--no-blobs", action="store_true", help="the database alone")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        try:
            made = back_up(target=options["target"], blobs=not options["no_blobs"], tell=self.stderr.write)
        except (DomainError, OSError, sqlite3.Error) as error:
            raise CommandError(getattr(error, "message", str(error))) from error
        self.stdout.write(f"{options['target']}: {made.database}, {made.blobs:,} files, {made.bytes / 1e9:.3f} GB")
