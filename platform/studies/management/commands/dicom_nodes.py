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
        parser.add_argument("--add", metavar="AE_TITLE", help="add this machine, or change what is named of it")
        parser.add_argument("--remove", metavar="AE_TITLE")
        parser.add_argument("--host", help="its IP address; empty (the default of a new one): any")
        parser.add_argument("--user", help="whose its images are; empty (the default): only administrators see them")
        parser.add_argument("--team", help="who else sees them")
        parser.add_argument("--description")

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
        node = RemoteNode.objects.filter(ae_title=options["add"]).first()
        before = node or RemoteNode()
        user = before.user if options["user"] is None else _named(User, "user", username=options["user"])
        team = before.team if options["team"] is None else _named(Team, "team", name=options["team"])
        host, description = (
            getattr(before, name) if options[name] is None else options[name] for name in ("host", "description")
        )
        draft = NodeDraft(options["add"], host, description, user, team, before.enabled)
        set_node(actor=None, draft=draft, node=node)


def _named(model: Any, what: str, **name: str) -> Any:
    """Return the row of this name; None for an empty one."""
    (text,) = name.values()
    found = model.objects.filter(**name).first() if text else None
    if text and found is None:
        raise CommandError(f"There is no {what} {text!r}.")
    return found
