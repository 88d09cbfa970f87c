"""Start everything on one machine: database migrated, web server, workers."""

import http.client
import socket
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from config.supervisor import Child, Supervisor
from jobs.types import Queue

DESK = (Queue.INTERACTIVE, Queue.CPU, Queue.IO)

WORKERS_STEP_BACK = "5"  # nice

# glibc gives every buffer of the size of a slice back to the system, to be handed out again page by page: a sixth of
# the time that storing takes. Few heaps, so that what is kept stays little however many threads there are.
KEEP_BUFFERS = {
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(128 << 20),
    "MALLOC_ARENA_MAX": "2",
}


class Command(BaseCommand):
    """`manage.py serve [--host 127.0.0.1] [--port 8000] [--demo]`; Ctrl-C ends every process."""

    help = "Migrate the database, then run web server and workers under one supervisor until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--concurrency", type=int, default=2, help="short jobs that run side by side")
        parser.add_argument("--web-workers", type=int, default=1, help="processes that answer the browser")
        parser.add_argument("--demo", action="store_true", help="load the demo project the first time")
        parser.add_argument("--dicom-port", type=int, help="listen for DICOM (C-STORE) on this port too")
        parser.add_argument("--dicom-ae-title", default="FIDUCIAL")
        parser.add_argument("--gpu-concurrency", type=int, default=1, help="models that run or learn side by side")

    def handle(self, *args: Any, **options: Any) -> None:
        """Start, tell the address, keep alive."""
        started = time.monotonic()
        host, port = options["host"], options["port"]
        _check_free(host, port)
        call_command("migrate", verbosity=0, interactive=False)
        if options["demo"]:
            call_command("load_demo", stdout=self.stdout)
        children = [
            Child("The web server", _web_command(host, port, options["web_workers"]), KEEP_BUFFERS),
            # A long training must not keep a reader waiting: it has a worker of its own.
            Child("The worker", _worker_command(DESK, options["concurrency"])),
            Child("The model worker", _worker_command((Queue.GPU,), options["gpu_concurrency"])),
        ]
        if options["dicom_port"]:
            _check_free(host, options["dicom_port"])
            children.append(
                Child("The DICOM listener", _dicom_command(host, options["dicom_port"], options["dicom_ae_title"]))
            )
        Supervisor(children).run(self._announcer(_reachable(host), port, started))
        self.stdout.write("Fiducial has stopped.")

    def _announcer(self, host: str, port: int, started: float) -> Callable[[], None]:
        told = False
        name = f"[{host}]" if ":" in host else host

        def tell() -> None:
            nonlocal told
            if not told and _answers(host, port):
                told = True
                seconds = time.monotonic() - started
                self.stdout.write(f"Fiducial is ready at http://{name}:{port}/ after {seconds:.1f} s. Ctrl-C ends it.")
                self.stdout.flush()

        return tell


def _reachable(host: str) -> str:
    """Return the name under which this machine reaches a server that listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  (compared, not bound)


def _web_command(host: str, port: int, processes: int) -> list[str]:
    return [
        sys.executable,
        *("-m", "uvicorn", "config.asgi:application", "--app-dir", str(settings.BASE_DIR / "platform")),
        *("--host", host, "--port", str(port), "--lifespan", "off", "--no-access-log", "--log-level", "warning"),
        *("--timeout-graceful-shutdown", "3", "--http", "config.protocol:BodyProtocol"),
        *(("--workers", str(processes)) if processes > 1 else ()),
    ]


def _worker_command(queues: tuple[Queue, ...], concurrency: int) -> list[str]:
    """Workers step back where all cores are busy: people wait for the web server, nobody for an index or a training."""
    manage = str(settings.BASE_DIR / "manage.py")
    worker = [sys.executable, manage, "worker", "--queues", ",".join(queues), "--concurrency", str(concurrency)]
    return ["nice", "-n", WORKERS_STEP_BACK, *worker]


def _dicom_command(host: str, port: int, ae_title: str) -> list[str]:
    manage = str(settings.BASE_DIR / "manage.py")
    return [sys.executable, manage, "dicom_listener", "--host", host, "--port", str(port), "--ae-title", ae_title]


def _check_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(f"Cannot listen on {host}:{port} ({error.strerror}). Choose another port.") from error


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/api/session")
        connection.getresponse()  # any answer is one: in production this host name may not be served
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
