"""Seal the keys of all de-identification profiles with the newest master key."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from studies.deident.vault import KeyMissingError
from studies.services.deident_profiles import rotate_keys


class Command(BaseCommand):
    """`manage.py rotate_deidentification_key`: put the new key first in DEIDENTIFICATION_KEY, run it, drop the old."""

    help = "Seal the keys of all de-identification profiles with the first key of DEIDENTIFICATION_KEY."

    def handle(self, *args: Any, **options: Any) -> None:
        """Rotate, and say how many."""
        try:
            count = rotate_keys()
        except KeyMissingError as error:
            raise CommandError(error.message) from error
        self.stdout.write(f"{count} profiles are sealed with the newest key.")
