"""Bring files in from the command line."""

import gc
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.utils import OperationalError

from accounts.models import User
from common.errors import DomainError
from common.failures import unavailable
from studies.models import Import
from studies.selectors import studies_of_import
from studies.services import close_import
from studies.services.folders import DiskFile, files_below, missing_from, read_ahead
from studies.services.intake import store_prepared
from studies.services.resuming import continued_import, files_seen
from studies.types import FileOutcome, Outcome

PROGRESS_EVERY_S = 2.0
NAMED = 5


class Command(BaseCommand):
    """`manage.py import_dicom PATH… [--user USERNAME] [--each] [--fresh]`."""

    help = (
        "Bring in DICOM files, folders, zip files and DICOMDIRs. What cannot be taken in is set aside with its reason "
        "and does not stop the rest; the exit code is 0 then as well. Interrupted or killed, the same command goes on "
        "where it was; running it again on the same files changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("paths", nargs="+", metavar="PATH", help="a DICOM file, zip file or DICOMDIR, or a folder")
        parser.add_argument("--user", default="", help="who brings them in (default: the system; administrators see)")
        parser.add_argument(
            "--each", action="store_true", help="print outcome, UID and path of each file once it is durable"
        )
        parser.add_argument(
            "--fresh", action="store_true", help="do not go on with an unfinished import of these paths"
        )

    def handle(self, *args: Any, paths: list[str], user: str, each: bool, fresh: bool, **options: Any) -> None:
        """Run it."""
        actor = User.objects.filter(username=user).first() if user else None
        if user and actor is None:
            raise CommandError(f"There is no user {user!r}.")
        missing = [path for path in paths if not Path(path).exists()]
        if missing:
            raise CommandError(f"Not found: {', '.join(missing)}")
        gc.freeze()  # what was imported stays; without it, every full collection would look through all of it
        run = _Run(self, [Path(path) for path in paths], each)
        try:
            with continued_import(actor=actor, source=" ".join(paths), fresh=fresh) as (batch, again):
                run.bring_in(actor, batch, again)
        except DomainError as error:
            raise CommandError(error.message) from error
        except (OSError, OperationalError) as error:
            failure = unavailable(error)
            if failure is None:
                raise
            advice = "What was accepted is kept; run the same command again to go on."
            raise CommandError(f"{failure.message} Until then: {run.summary()}. {advice}") from error
        except KeyboardInterrupt:
            self.stderr.write(f"Interrupted. {run.summary()}. Run the same command again to go on.")
            sys.exit(130)
        if run.unread:
            raise CommandError(f"{run.unread} files could not be read.")


class _Run:
    """One run of the command: what it has seen, and how fast."""

    def __init__(self, command: BaseCommand, places: list[Path], each: bool) -> None:
        self.out, self.err = command.stdout, command.stderr
        self.places, self.each = places, each
        self.counts: Counter[Outcome] = Counter()
        self.findings = self.unread = self.skipped = self.total = self.looked_at = 0
        self.began = self.told = time.monotonic()

    def bring_in(self, actor: User | None, batch: Import, again: bool) -> None:
        """Take in everything, then index it."""
        seen = files_seen(batch) if again else set()
        if again:
            self.err.write(f"Going on with the import of {batch.created_at:%Y-%m-%d %H:%M}, which was not finished.")
        for place in self.places:
            for directory, gone in missing_from(place):
                self.err.write(f"{directory} lists {len(gone)} files that are not there: {_some(gone)}")
        self.total = sum(1 for place in self.places for _ in files_below(place))
        self.began = self.told = time.monotonic()
        for outcome in store_prepared(batch=batch, files=read_ahead(self._files(seen), complain=self._unread)):
            self._note(outcome)
        took = max(time.monotonic() - self.began, 1e-6)
        done = sum(self.counts.values())
        self.err.write(f"{done:,} files in {took:.1f} s ({done / took:,.0f} per second); making volumes and thumbnails")
        began = time.monotonic()
        batch = close_import(actor=actor, batch=batch)
        self.err.write(f"Volumes and thumbnails: {time.monotonic() - began:.1f} s")
        self.out.write(f"{self.summary()}, {len(studies_of_import(batch=batch))} studies (import {batch.pk})")
        if self.counts[Outcome.SET_ASIDE]:
            self.out.write("What was set aside is kept and listed in the browser under Studies.")

    def summary(self) -> str:
        """Return the counts as a sentence."""
        found = f" ({self.findings:,} of them with findings)" if self.findings else ""
        known = f", {self.skipped:,} known from before" if self.skipped else ""
        return (
            f"{self.counts[Outcome.ACCEPTED]:,} accepted{found}, {self.counts[Outcome.DUPLICATE]:,} already there, "
            f"{self.counts[Outcome.SET_ASIDE]:,} set aside{known}"
        )

    def _files(self, seen: set[tuple[str, int, int]]) -> Iterator[DiskFile]:
        for place in self.places:
            for file in files_below(place):
                if (file.path, file.size_bytes, file.modified_ns) in seen:
                    self.skipped += 1
                else:
                    yield file

    def _note(self, outcome: FileOutcome) -> None:
        self.counts[outcome.outcome] += 1
        self.findings += bool(outcome.findings) and outcome.outcome == Outcome.ACCEPTED
        if self.each:
            self.out.write(f"{outcome.outcome}\t{outcome.sop_instance_uid}\t{outcome.path}")
            self.out.flush()
        if outcome.outcome == Outcome.SET_ASIDE:
            self.err.write(f"set aside ({outcome.reason}): {outcome.path}: {outcome.detail}")
        moment = time.monotonic()
        if moment - self.told >= PROGRESS_EVERY_S:
            self.told = moment
            done = sum(self.counts.values())
            rate = done / (moment - self.began)
            left = max(self.total - self.skipped - done, 0) / rate
            self.err.write(
                f"{done + self.skipped:,} of {self.total:,} files, {rate:,.0f} per second, about {_span(left)} left"
            )

    def _unread(self, path: str, why: str) -> None:
        self.unread += 1
        self.err.write(f"not read: {path}: {why}")


def _some(names: list[str]) -> str:
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
