"""Bring files in from the command line."""

import os
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from common.errors import DomainError
from studies.selectors import studies_of_import
from studies.services import close_import, open_import, store_file
from studies.types import FileOutcome, Outcome

PROGRESS_EVERY = 50


class Command(BaseCommand):
    """`manage.py import_dicom PATH… [--user USERNAME]`."""

    help = (
        "Bring in DICOM files, folders and zip files. What cannot be taken in is set aside with its reason and does "
        "not stop the rest; the exit code is 0 then as well. Running it again on the same files changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("paths", nargs="+", metavar="PATH", help="a DICOM file, a zip file, or a folder")
        parser.add_argument("--user", default="", help="who brings them in (default: the system; administrators see)")

    def handle(self, *args: Any, paths: list[str], user: str, **options: Any) -> None:
        """Run it."""
        actor = User.objects.filter(username=user).first() if user else None
        if user and actor is None:
            raise CommandError(f"There is no user {user!r}.")
        missing = [path for path in paths if not Path(path).exists()]
        if missing:
            raise CommandError(f"Not found: {', '.join(missing)}")
        try:
            self._bring_in(actor, paths)
        except DomainError as error:
            raise CommandError(error.message) from error

    def _bring_in(self, actor: User | None, paths: list[str]) -> None:
        batch = open_import(actor=actor, source=" ".join(paths))
        counts: Counter[Outcome] = Counter()
        seen = 0
        for path in paths:
            for file, name in _files(Path(path)):
                seen += 1
                with file.open("rb") as content:
                    for outcome in store_file(batch=batch, path=name, file=content):
                        counts[outcome.outcome] += 1
                        self._complain(outcome)
                if seen % PROGRESS_EVERY == 0:
                    self.stderr.write(f"{seen} files looked at, {counts[Outcome.ACCEPTED]} accepted")
        self.stderr.write(f"{seen} files looked at; making volumes and thumbnails")
        batch = close_import(actor=actor, batch=batch)
        self.stdout.write(
            f"{counts[Outcome.ACCEPTED]} accepted, {counts[Outcome.DUPLICATE]} already there, "
            f"{counts[Outcome.SET_ASIDE]} set aside, {len(studies_of_import(batch=batch))} studies (import {batch.pk})"
        )
        if counts[Outcome.SET_ASIDE]:
            self.stdout.write("What was set aside is kept and listed in the browser under Studies.")

    def _complain(self, outcome: FileOutcome) -> None:
        if outcome.outcome == Outcome.SET_ASIDE:
            self.stderr.write(f"set aside ({outcome.reason}): {outcome.path}: {outcome.detail}")


def _files(path: Path) -> Iterator[tuple[Path, str]]:
    """Yield a file, or all files below a folder in order of name, with names as seen from there.

    Links to folders are not followed. That a folder above is hidden says nothing of the files in it.
    """
    if path.is_file():
        yield path, path.name
        return
    for folder, folders, files in os.walk(path):
        folders.sort()
        for name in sorted(files):
            file = Path(folder) / name
            if file.is_file():
                yield file, str(file.relative_to(path))
