"""Say which machines may send images by DICOM."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Team, User
from common.errors import DomainError
from studies.models import RemoteNode
from studies.services import NodeDraft, remove_node, set_node


class Command(BaseCommand):
    """`manage.py dicom_nodes [--add AE | --remove AE] [--host H] [--user U] [--team T]`; alone it lists them."""

    help = "List, add, change or remove machines that may send to the DICOM listener."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--add", metavar="AE_TITLE", help="add this machine, or change it")
        parser.add_argument("--remove", metavar="AE_TITLE")
        parser.add_argument("--host", default="", help="its IP address; empty: any")
        parser.add_argument("--user", default="", help="whose its images are; empty: only administrators see them")
        parser.add_argument("--team", default="", help="who else sees them")
        parser.add_argument("--description", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        try:
            if options["add"]:
                self._add(options)
            elif options["remove"]:
                node = RemoteNode.objects.filter(ae_title=options["remove"]).first()
                if node is None:
                    raise CommandError(f"There is no machine {options['remove']!r}.")
                remove_node(actor=None, node=node)
        except DomainError as error:
            raise CommandError(error.message) from error
        for node in RemoteNode.objects.select_related("user", "team"):
            self.stdout.write(
                f"{node.ae_title}\t{node.host or 'any address'}\t{node.user or 'administrators'}\t{node.team or ''}"
                f"\t{'' if node.enabled else 'off'}\t{node.description}"
            )

    def _add(self, options: dict[str, Any]) -> None:
        user = User.objects.filter(username=options["user"]).first() if options["user"] else None
        team = Team.objects.filter(name=options["team"]).first() if options["team"] else None
        if options["user"] and user is None:
            raise CommandError(f"There is no user {options['user']!r}.")
        if options["team"] and team is None:
            raise CommandError(f"There is no team {options['team']!r}.")
        draft = NodeDraft(options["add"], options["host"], options["description"], user, team)
        set_node(actor=None, draft=draft, node=RemoteNode.objects.filter(ae_title=options["add"]).first())
