"""Take images from other machines by DICOM."""

import signal
import threading
from argparse import ArgumentParser
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from studies.dimse.listener import Listener, ListenerSettings
from studies.models import RemoteNode


class Command(BaseCommand):
    """`manage.py dicom_listener [--port 11112] [--ae-title FIDUCIAL] [--host 127.0.0.1]`; Ctrl-C ends it."""

    help = (
        "Listen for C-STORE and C-ECHO. Only machines that `manage.py dicom_nodes` or the API knows may connect. "
        "Success is answered when a file is durable."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 listens to other machines")
        parser.add_argument("--port", type=int, default=11112)
        parser.add_argument("--ae-title", default="FIDUCIAL")
        parser.add_argument("--max-associations", type=int, default=32)
        parser.add_argument("--max-pdu", type=int, default=128 << 10, help="bytes; 0: any")
        parser.add_argument("--idle", type=float, default=60.0, help="seconds until a silent association is ended")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it."""
        wanted = ListenerSettings(
            host=options["host"],
            port=options["port"],
            ae_title=options["ae_title"],
            spool=Path(settings.DATA_DIR) / "scratch" / f"dicom-{options['port']}",
            max_associations=options["max_associations"],
            max_pdu_bytes=options["max_pdu"],
            idle_s=options["idle"],
        )
        try:
            listener = Listener(wanted)
            port = listener.start()
        except (OSError, ValueError, OverflowError) as error:
            raise CommandError(f"Cannot listen on {wanted.host}:{wanted.port} as {wanted.ae_title}: {error}") from error
        ended = threading.Event()

        def end(signum: int, frame: FrameType | None) -> None:
            ended.set()

        for signum in (signal.SIGINT, signal.SIGTERM):
            signal.signal(signum, end)
        self.stdout.write(f"{wanted.ae_title} listens on {wanted.host}:{port}. Ctrl-C ends it.")
        if not RemoteNode.objects.filter(enabled=True).exists():
            self.stdout.write("No machine may send yet: see manage.py dicom_nodes --add.")
        self.stdout.flush()
        ended.wait()
        listener.stop()
