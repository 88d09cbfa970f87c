"""Prove that the archive is whole."""

import json
import sys
import time
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand

from studies.services.verification import Problem, Report, Wish, verify_archive
from studies.types import Trouble

TELL_EVERY_S = 2.0


class Command(BaseCommand):
    """`manage.py verify_archive [--repair] [--forget-missing] [--quick] [--idle] [--json]`."""

    help = (
        "Check by hash that every instance's file is there and whole, that no file is without a row, and that the "
        "index fits. Exit code 1 when something is wrong and was not repaired. Safe to run while others work."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--repair", action="store_true", help="put right what can be without losing a byte")
        parser.add_argument("--quick", action="store_true", help="compare sizes, not hashes")
        parser.add_argument(
            "--idle", action="store_true", help="nobody else writes: judge files of the last minutes too"
        )
        parser.add_argument(
            "--forget-missing",
            action="store_true",
            help="with --repair: take instances out of the index whose file is gone (first make sure that the storage "
            "is really there)",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object instead of sentences")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        self._told_at = time.monotonic()
        wish = Wish(**{name: options[name] for name in ("repair", "quick", "idle", "forget_missing")})
        report = verify_archive(wish=wish, tell=self._tell)
        if options["json"]:
            self.stdout.write(json.dumps(asdict(report) | {"left": report.left}, indent=1))
        else:
            self._print(report, repair=options["repair"])
        if report.left:
            sys.exit(1)

    def _tell(self, text: str) -> None:
        if time.monotonic() - self._told_at >= TELL_EVERY_S:
            self._told_at = time.monotonic()
            self.stderr.write(text)

    def _print(self, report: Report, *, repair: bool) -> None:
        for problem in report.problems:
            self.stdout.write(_line(problem))
        listed = len(report.problems)
        if sum(report.found.values()) > listed:
            self.stdout.write(f"… and {sum(report.found.values()) - listed:,} more")
        self.stdout.write(
            f"{report.instances:,} instances, {report.set_aside:,} set-aside files, {report.series:,} series, "
            f"{report.files:,} files; {report.bytes_hashed / 1e9:.3f} GB hashed"
        )
        for kind, count in sorted(report.found.items()):
            self.stdout.write(f"{Trouble(kind).label}: {count:,}, repaired {report.repaired.get(kind, 0):,}")
        if not report.found:
            self.stdout.write("Nothing is wrong.")
        elif report.left and not repair:
            self.stdout.write("Run it again with --repair.")
        if report.found.get(Trouble.MISSING_BLOB, 0) > report.repaired.get(Trouble.MISSING_BLOB, 0):
            self.stdout.write(
                "A missing file comes back when somebody sends it again; --repair --forget-missing takes those that "
                "are gone for good out of the index."
            )


def _line(problem: Problem) -> str:
    return f"{'repaired ' if problem.repaired else ''}{problem.kind}: {problem.subject}: {problem.detail}"
