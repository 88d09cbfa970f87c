"""Print a new API token."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.services import issue_token
from common.errors import DomainError


class Command(BaseCommand):
    """`manage.py issue_token USERNAME` prints the token and nothing else."""

    help = "Print a new API token for a user. It is shown once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("username")
        parser.add_argument("--days", type=int, default=30, help="lifetime in days (1 to 366)")
        parser.add_argument("--name", default="command line", help="what the token is for")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make and print it."""
        user = User.objects.filter(username=options["username"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user {options['username']!r}.")
        try:
            _, secret = issue_token(
                actor=None, user=user, name=options["name"], lifetime=timedelta(days=options["days"])
            )
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(secret)
