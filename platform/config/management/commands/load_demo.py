"""`manage.py load_demo`: the demo project, once."""

from typing import Any

from django.core.management.base import BaseCommand

from config.demo.project import ADMINISTRATOR, PEOPLE, load_demo


class Command(BaseCommand):
    """Make the demo project and print the people's password; say so when it is there already."""

    help = "Load the demo project, if it is not there yet"

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it."""
        demo = load_demo()
        if demo is None:
            self.stdout.write("The demo project is there already.")
            self.stdout.write("A lost password: manage.py changepassword USERNAME")
            return
        names = ", ".join([ADMINISTRATOR, *PEOPLE])
        self.stdout.write(f"Demo people: {names}")
        self.stdout.write(f"Demo password (shown this once): {demo.password}")
