"""Fiducial against Orthanc: the same machine, the same run, the same images (`python -m tests.bench archive`)."""

import argparse
import contextlib
import json
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.archive_data import SLICES, Ct, make_ct, small_studies
from tests.bench.http_client import Client, kept, many
from tests.bench.servers import file_server, front, orthanc, orthanc_is_there, web_server
from tests.bench.table import Table
from tests.stack import ROOT, Stack

MB = 1e6
PARTS = {"Accept": 'multipart/related; type="application/octet-stream"; transfer-syntax=*'}
FILES = {"Accept": 'multipart/related; type="application/dicom"; transfer-syntax=*'}
JSON = {"Accept": "application/dicom+json", "Accept-Encoding": "gzip"}
CONNECTIONS = 6
PER_STOW = {"stow": 20, "stow whole": SLICES}

BEHIND = "behind nginx"


@dataclass(frozen=True)
class Work:
    """A row: its name, unit, what counts as better, and the ratio to Orthanc to reach."""

    name: str
    unit: str
    more_is_better: bool
    ratio: float

    def reached(self, ours: float, theirs: float) -> bool:
        """Say whether the ratio is reached."""
        return ours >= self.ratio * theirs if self.more_is_better else ours <= self.ratio * theirs


WORKS = {
    "studies": Work("QIDO 101 of 2,000 studies", "ms", False, 0.1),
    "instances": Work("QIDO instances of a 200-slice series", "ms", False, 0.1),
    "metadata": Work("series metadata, 200 instances", "ms", False, 0.1),
    "frame": Work("one frame, one connection", "ms", False, 1.0),
    "frames": Work(f"200 frames, {CONNECTIONS} connections", "frames/s", True, 2.0),
    "series": Work("whole series, multipart", "MB/s", True, 1.5),
    "series kept": Work("whole series, by Python's http.client", "MB/s", True, 1.5),
    **{
        what: Work(f"STOW {SLICES} instances, {count} per request", "instances/s", True, 2.0)
        for what, count in PER_STOW.items()
    },
    "rendered": Work("rendered JPEG", "ms", False, 1.0),
}


class Server:
    """One of the servers: where its DICOMweb is and how it is asked."""

    def __init__(self, name: str, port: int, root: str, headers: dict[str, str], ct: Ct) -> None:
        self.name, self.port, self.root, self.headers, self.ct = name, port, root, headers, ct
        self.client = Client(port, headers)
        self.copies = 0
        self.sizes: dict[str, int] = {}

    @property
    def series(self) -> str:
        """Address of the CT series."""
        return f"{self.root}/studies/{self.ct.study}/series/{self.ct.series}"

    def frame(self, instance: str) -> str:
        """Address of a frame."""
        return f"{self.series}/instances/{instance}/frames/1"

    def timed(self, what: str, path: str, times: int, **headers: str) -> float:
        """Return the median milliseconds of a GET."""
        taken = []
        for _ in range(times):
            started = time.perf_counter()
            reply = self.client.request(path, **headers)
            taken.append(1000 * (time.perf_counter() - started))
            assert reply.status == 200, f"{self.name} {path}: {reply.status}"
            self.sizes[what] = reply.size
        return statistics.median(taken)

    def run(self, what: str) -> float:
        """Do one of the works and return its figure."""
        middle = self.ct.instances[SLICES // 2]
        gets: dict[str, tuple[str, int, dict[str, str]]] = {
            "studies": (f"{self.root}/studies?limit=101", 5, JSON),
            "instances": (f"{self.series}/instances", 5, JSON),
            "metadata": (f"{self.series}/metadata", 5, JSON),
            "frame": (self.frame(middle), 40, PARTS),
            "rendered": (
                f"{self.series}/instances/{middle}/frames/1/rendered",
                10,
                {"Accept": "image/jpeg"},
            ),
        }
        if what in gets:
            path, times, headers = gets[what]
            return self.timed(what, path, times, **headers)
        if what == "frames":
            paths = [self.frame(instance) for instance in self.ct.instances]
            return SLICES / many(self.port, paths, connections=CONNECTIONS, headers=self.headers | PARTS)
        if what == "series":
            seconds = self.timed(what, self.series, 2, **FILES) / 1000
            return self.sizes[what] / MB / seconds
        if what == "series kept":
            return kept(self.port, self.series, self.headers | FILES)
        return self.stow(PER_STOW[what])

    def stow(self, per_request: int) -> float:
        """Store a copy of the CT and return instances per second."""
        self.copies += 1
        copy = self.ct.copy(self.copies)
        bodies = [stow_body(copy.files[at : at + per_request]) for at in range(0, SLICES, per_request)]
        started = time.perf_counter()
        for body in bodies:
            reply = self.client.request(
                f"{self.root}/studies",
                method="POST",
                body=body,
                keep=True,
                Accept="application/dicom+json",
                Content_Type='multipart/related; type="application/dicom"; boundary=BENCH',
            )
            assert reply.status == 200, f"{self.name}: STOW {reply.status} {reply.body[:300]!r}"
        return SLICES / (time.perf_counter() - started)

    def check(self) -> None:
        """Assert that the server holds what the works ask for."""
        for path, count in ((f"{self.root}/studies?limit=101", 101), (f"{self.series}/instances", SLICES)):
            reply = self.client.request(path, keep=True, Accept="application/dicom+json")
            assert reply.status == 200, f"{self.name} {path}: {reply.status} {reply.body[:300]!r}"
            assert len(json.loads(reply.body)) == count, f"{self.name} {path}: {len(json.loads(reply.body))}"


def stow_body(files: list[bytes]) -> bytes:
    """Return a STOW-RS request body."""
    head = b"\r\n--BENCH\r\nContent-Type: application/dicom\r\n\r\n"
    return b"".join(head + data for data in files) + b"\r\n--BENCH--\r\n"


def measure(data: Path, arguments: list[str]) -> Table:
    """Fill both archives, run every work in turn in interleaved rounds, and compare medians."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench archive")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--studies", type=int, default=2000, help="small studies")
    parser.add_argument("--web-workers", type=int, default=1)
    options = parser.parse_args(arguments)
    ct = make_ct()
    small = data / "small"
    small.mkdir(parents=True)
    for number, content in enumerate(small_studies(options.studies)):
        (small / f"{number}.dcm").write_bytes(content)
    large = data / "ct"
    large.mkdir()
    for number, content in enumerate(ct.files):
        (large / f"{number:03d}.dcm").write_bytes(content)
    with contextlib.ExitStack() as stack:
        installation, fiducial, imported = _fiducial(stack, data, ct, options.web_workers)
        servers = [fiducial, *_behind_nginx(stack, data, ct, installation, fiducial)]
        if orthanc_is_there():
            servers.insert(0, _orthanc(stack, data, ct))
        floor, served_by = _floor(stack, data, ct, fiducial)
        figures = _rounds(servers, floor, options.rounds)
    return _table(figures, imported, options.rounds, f"floor: {served_by}; CT with {ct.headers}", fiducial.sizes)


def _fiducial(
    stack: contextlib.ExitStack, data: Path, ct: Ct, web_workers: int
) -> tuple[Stack, Server, tuple[float, float]]:
    installation = Stack(data / "fiducial")
    installation.data.mkdir(parents=True)
    installation.manage("migrate", "-v0")
    code = "from accounts.services import create_user as c; c(actor=None, username='bench', is_administrator=True)"
    installation.manage("shell", "-v0", "-c", code)
    installation.manage("import_dicom", str(data / "small"))
    imported = _timed_import(installation, data)
    installation.serve_options = ["--web-workers", str(web_workers)]
    stack.enter_context(installation)
    token = installation.manage("issue_token", "bench")
    server = Server("Fiducial", installation.port, "/dicomweb", {"Authorization": f"Bearer {token}"}, ct)
    server.check()
    return installation, server, imported


def _behind_nginx(
    stack: contextlib.ExitStack, data: Path, ct: Ct, installation: Stack, fiducial: Server
) -> list[Server]:
    """Put nginx, as docker/nginx.conf has it, before a second web server on the same data, where nginx is installed."""
    if shutil.which("nginx") is None:
        return []
    folder = data / "front"
    folder.mkdir()
    environment = installation.environment | {"ACCEL_REDIRECT": "/protected-blobs/"}
    web_port = stack.enter_context(web_server(environment, folder / "web-log"))
    port = stack.enter_context(front(folder, web_port, installation.data / "blobs"))
    server = Server(BEHIND, port, fiducial.root, fiducial.headers, ct)
    server.check()
    return [server]


def _timed_import(installation: Stack, data: Path) -> tuple[float, float]:
    """Return instances per second of the whole command, and until its last row was durable, as it says itself."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "manage.py", "import_dicom", str(data / "ct")],
        cwd=ROOT,
        env=installation.environment,
        capture_output=True,
        text=True,
        check=True,
    )
    whole = time.perf_counter() - started
    said = re.search(r"^200 files in ([0-9.]+) s \(([0-9,]+) per second\)", done.stderr, re.MULTILINE)
    assert said, done.stderr
    return SLICES / whole, float(said.group(2).replace(",", ""))


def _orthanc(stack: contextlib.ExitStack, data: Path, ct: Ct) -> Server:
    port = stack.enter_context(orthanc(data / "orthanc"))
    client = Client(port)
    for path in sorted([*(data / "small").iterdir(), *(data / "ct").iterdir()]):
        reply = client.request("/instances", method="POST", body=path.read_bytes(), keep=True)
        assert reply.status == 200, f"Orthanc does not take {path.name}: {reply.status}"
    server = Server("Orthanc", port, "/dicom-web", {}, ct)
    server.check()
    return server


def _floor(
    stack: contextlib.ExitStack, data: Path, ct: Ct, server: Server
) -> tuple[dict[str, Callable[[], float]], str]:
    """Serve the very bytes of each answer as files, and return how each work is done there."""
    folder = data / "floor"
    folder.mkdir()
    middle = ct.instances[SLICES // 2]
    bodies = {
        "studies": (f"{server.root}/studies?limit=101", JSON),
        "instances": (f"{server.series}/instances", JSON),
        "metadata": (f"{server.series}/metadata", JSON),
        "frame": (server.frame(middle), PARTS),
        "rendered": (f"{server.series}/instances/{middle}/frames/1/rendered", {"Accept": "image/jpeg"}),
        "series": (server.series, FILES),
    }
    for name, (path, headers) in bodies.items():
        (folder / name).write_bytes(server.client.request(path, keep=True, **headers).body)
    for number, instance in enumerate(ct.instances):
        reply = server.client.request(server.frame(instance), keep=True, **PARTS)
        (folder / f"frame{number}").write_bytes(reply.body)
    port, served_by = stack.enter_context(file_server(folder, data / "floor-server"))
    client = Server("floor", port, "", {}, ct)
    paths = [f"/frame{number}" for number in range(SLICES)]
    works: dict[str, Callable[[], float]] = {
        name: lambda name=name: client.timed(name, f"/{name}", 40 if name == "frame" else 5)  # type: ignore[misc]
        for name in bodies
        if name != "series"
    }
    works["frames"] = lambda: SLICES / many(port, paths, connections=CONNECTIONS, headers={})
    works["series"] = lambda: client.sizes["series"] / MB / (client.timed("series", "/series", 2) / 1000)
    works["series kept"] = lambda: kept(port, "/series", {})
    client.timed("series", "/series", 1)
    return works, served_by


def _rounds(
    servers: list[Server], floor: dict[str, Callable[[], float]], rounds: int
) -> dict[tuple[str, str], list[float]]:
    """Return every figure of every round, by server and work; the first round warms up and is left out."""
    figures: dict[tuple[str, str], list[float]] = defaultdict(list)
    for turn in range(rounds + 1):
        for what in WORKS:
            for server in servers if turn % 2 else servers[::-1]:
                if server.name == BEHIND and what in PER_STOW:
                    continue
                figure = server.run(what)
                if turn:
                    figures[server.name, what].append(figure)
            if what in floor:
                figure = floor[what]()
                if turn:
                    figures["floor", what].append(figure)
        print(f"round {turn} of {rounds}", flush=True)
    return figures


def _median(figures: dict[tuple[str, str], list[float]], server: str, what: str) -> float | str:
    return statistics.median(found) if (found := figures.get((server, what))) else ""


def _table(
    figures: dict[tuple[str, str], list[float]],
    imported: tuple[float, float],
    rounds: int,
    remark: str,
    sizes: dict[str, int],
) -> Table:
    table = Table(
        "DICOMweb of Fiducial against Orthanc 1.10, loopback (medians)",
        ["work", "unit", "Orthanc", "Fiducial", "ratio", "to reach", "reached", BEHIND, "floor", "floor's ratio"],
    )
    for what, work in WORKS.items():
        ours = statistics.median(figures["Fiducial", what])
        behind, below = (_median(figures, name, what) for name in (BEHIND, "floor"))
        sign = "≥" if work.more_is_better else "≤"
        wanted = f"{sign} {work.ratio:g} × Orthanc"
        if ("Orthanc", what) in figures:
            theirs = statistics.median(figures["Orthanc", what])
            verdict = "yes" if work.reached(ours, theirs) else "NO"
            least = below / theirs if isinstance(below, float) else ""
            table.add(work.name, work.unit, theirs, ours, ours / theirs, wanted, verdict, behind, below, least)
        else:
            table.add(work.name, work.unit, "not installed", ours, "", wanted, "", behind, below, "")
    whole, durable = imported
    verdict = "yes" if durable >= 300 else "NO"
    table.add("import by command line, until durable", "instances/s", "", durable, "", "≥ 300", verdict, "", "", "")
    table.add("the same with start, volumes, pictures", "instances/s", "", whole, "", "", "", "", "", "")
    listed = ", ".join(f"{name} {size / 1000:.0f} kB" for name, size in sorted(sizes.items()))
    table.remark = f"{rounds} interleaved rounds; {remark}; answers of Fiducial: {listed}"
    return table
