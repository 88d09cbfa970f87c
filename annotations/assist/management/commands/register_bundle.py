"""`manage.py register_bundle PATH [--name NAME]`: register a MONAI bundle from a folder or zip."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from annotations.assist.services.registry import register_bundle
from common.errors import DomainError


class Command(BaseCommand):
    """Whoever may run commands on the machine is its operator, and so may register."""

    help = "Register a MONAI bundle (a folder or a zip) as a model version. Nothing of it is executed."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the path, and a name."""
        parser.add_argument("path", type=Path)
        parser.add_argument("--name", default="", help="the model's name (default: the bundle's own)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Register, and print the version and what it would need trust for."""
        try:
            version = register_bundle(actor=None, source=options["path"], name=options["name"])
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{version} {version.pk}")
        for target in version.untrusted_targets:
            self.stdout.write(f"needs trust: {target}")
