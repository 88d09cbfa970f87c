"""Search by every indexed key in a million instances: `python -m tests.bench scale [--database …] [--instances …]`.

The rows are generated (no files; `--keep FOLDER` keeps them there for the next run), the server is the real one, the
client one connection with keep-alive on loopback.
"""

import argparse
import contextlib
import http.client
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import psycopg

from tests.bench.scale_rows import (
    MODALITIES,
    REGIONS,
    accession_of,
    date_of,
    description_of,
    doctor_of,
    name_of,
    patient_of,
    study_uid,
)
from tests.bench.servers import postgres
from tests.bench.table import Table
from tests.stack import Stack

GATE_MS = 50
TRIES = 30
SEED = 3


def measure(data: Path, arguments: list[str]) -> Table:
    """Fill the databases asked for, and time searches as administrator, in a big team and in a small one."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench scale")
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--instances", type=int, default=1_000_000)
    parser.add_argument("--keep", type=Path, help="a folder in which the databases stay, and are found by the next run")
    options = parser.parse_args(arguments)
    studies = max(options.instances // 10, 200)
    table = Table(
        f"QIDO study search among {studies * 10:,} instances in {studies:,} studies (ms, over HTTP)",
        ["database", "who", "search", "found", "median", "95th percentile"],
    )
    databases = ["sqlite", "postgres"] if options.database == "both" else [options.database]
    for name in databases:
        folder = (options.keep.resolve() if options.keep else data) / f"{name}-{studies}"
        with contextlib.ExitStack() as stack:
            url = stack.enter_context(postgres(folder / "server")) if name == "postgres" else ""
            _one_database(table, name, folder, url, studies)
    slowest = max(float(row[-1]) for row in table.rows)
    table.remark = f"{TRIES} searches each with values drawn by chance, limit=101; slowest {slowest:.1f} ms"
    table.remark += f"; gate: {GATE_MS} ms at the 95th percentile of each"
    return table


def _one_database(table: Table, name: str, folder: Path, url: str, studies: int) -> None:
    stack = Stack(folder / "data", **({"DATABASE_URL": url} if url else {}))
    stack.data.mkdir(parents=True, exist_ok=True)
    stack.manage("migrate", "-v0")
    filled = folder / "filled"
    if not filled.exists():
        code = f"from tests.bench.scale_rows import fill; print(fill({studies}))"
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "-v0", "-c", code],
            env=stack.environment | {"PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        filled.write_text(done.stdout)
    print(f"{name}: {filled.read_text().strip()}", flush=True)
    settle(folder, url)
    with stack:
        for who in ("admin", "big", "small"):
            client = Client(stack.port, stack.manage("issue_token", who))
            for search, query in queries(studies).items():
                table.add(name, who, search, *client.timed(query))


def settle(folder: Path, url: str) -> None:
    """Do what a minute of a running database does after many rows were written or migrated; read its files once."""
    if url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")  # autovacuum's work
    for file in [*folder.glob("data/*.sqlite3"), *folder.glob("server/data/base/*/*")]:
        with contextlib.suppress(FileNotFoundError), file.open("rb") as stream:
            while stream.read(1 << 20):
                pass


class Client:
    """One connection that is kept."""

    def __init__(self, port: int, token: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = {"Authorization": f"Bearer {token}", "Accept": "application/dicom+json"}

    def get(self, query: str) -> tuple[float, bytes, str]:
        """Return seconds, body and the address of the next page."""
        started = time.perf_counter()
        self.connection.request("GET", query, headers=self.headers)
        response = self.connection.getresponse()
        body = response.read()
        seconds = time.perf_counter() - started
        assert response.status in (200, 204), f"{query}: {response.status} {body[:500]!r}"
        link = response.headers.get("Link", "")
        return seconds, body, "/" + link.split("<")[1].split(">")[0].split("/", 3)[3] if link else ""

    def timed(self, query: Callable[[random.Random], str]) -> tuple[float, float, float]:
        """Return how many were found (median), median and 95th percentile in milliseconds."""
        chance = random.Random(SEED)  # noqa: S311  (a fixed draw, no secret)
        self.get("/dicomweb/studies?limit=1")
        asked = [query(chance) for _ in range(TRIES)]
        times, found = [], []
        for one in asked:
            if one == NEXT:
                continue
            seconds, body, _ = self.get(one)
            times.append(1000 * seconds)
            found.append(body.count(b'"0020000D"'))
        if NEXT in asked:
            times, found = self.follow(asked[0])
        return statistics.median(found), statistics.median(times), statistics.quantiles(times, n=20)[-1]

    def follow(self, first: str) -> tuple[list[float], list[int]]:
        """Time the pages that `Link: rel="next"` leads to, from a page deep in the list on."""
        _, body, link = self.get(first)
        times, found = [], []
        for _ in range(TRIES):
            seconds, body, following = self.get(link or first)
            times.append(1000 * seconds)
            found.append(body.count(b'"0020000D"'))
            link = following
        return times, found


NEXT = "follow the first"


def queries(studies: int) -> dict[str, Callable[[random.Random], str]]:
    """Return a maker of query strings per kind of search."""

    def day(chance: random.Random) -> str:
        return date_of(chance.randrange(studies), studies)

    def ask(text: str) -> str:
        return f"/dicomweb/studies?limit=101&{text}"

    deep = int(0.9 * studies)
    return {
        "no condition": lambda c: ask(""),
        f"offset={deep}": lambda c: ask(f"offset={deep + c.randrange(100)}"),
        "offset by chance": lambda c: ask(f"offset={c.randrange(1_000, deep)}"),
        f"next page after {deep}": _first_then_next(ask(f"offset={deep}")),
        "PatientID exact": lambda c: ask(f"PatientID={patient_of(c.randrange(studies), studies)}"),
        "PatientID prefix": lambda c: ask(f"PatientID={patient_of(c.randrange(studies), studies)[:5]}*"),
        "PatientName exact": lambda c: ask(f"PatientName={quote(name_of(c.randrange(studies), studies))}"),
        "PatientName prefix": lambda c: ask(f"PatientName={quote(name_of(c.randrange(studies), studies)[:6])}*"),
        "PatientName one letter*": lambda c: ask(f"PatientName={c.choice('BDFKLMRST')}*"),
        "PatientName contains": lambda c: ask(
            f"PatientName=*{quote(name_of(c.randrange(studies), studies).split('^')[1][1:])}*"
        ),
        "PatientName fuzzy": lambda c: ask(
            "fuzzymatching=true&PatientName=" + quote(" ".join(name_of(c.randrange(studies), studies).split("^")[::-1]))
        ),
        "PatientName not there": lambda c: ask(f"PatientName=*zzqx{c.randrange(99)}*"),
        "StudyDate day": lambda c: ask(f"StudyDate={day(c)}"),
        "StudyDate range": lambda c: ask("StudyDate={}-{}".format(*sorted([day(c), day(c)]))),
        "AccessionNumber exact": lambda c: ask(f"AccessionNumber={accession_of(c.randrange(studies), studies)}"),
        "AccessionNumber of an old year*": lambda c: ask(
            f"AccessionNumber={accession_of(c.randrange(studies // 10), studies)[:4]}*"
        ),
        "StudyInstanceUID": lambda c: ask(f"StudyInstanceUID={study_uid(c.randrange(studies))}"),
        "ModalitiesInStudy": lambda c: ask(f"ModalitiesInStudy={c.choice(MODALITIES)}"),
        "ModalitiesInStudy, one of two": lambda c: ask("ModalitiesInStudy=" + ",".join(c.sample(MODALITIES, 2))),
        "one modality and another": lambda c: ask(f"ModalitiesInStudy=SR&Modality={c.choice(MODALITIES[2:])}"),
        f"PatientName one letter*, offset={studies // 20}": lambda c: ask(
            f"PatientName={c.choice('BDFKLMRST')}*&offset={studies // 20 + c.randrange(100)}"
        ),
        f"ModalitiesInStudy, offset={studies // 5}": lambda c: ask(
            f"ModalitiesInStudy={c.choice(MODALITIES[:2])}&offset={studies // 5 + c.randrange(100)}"
        ),
        "StudyDescription exact": lambda c: ask(f"StudyDescription={quote(description_of(c.randrange(studies)))}"),
        "StudyDescription contains": lambda c: ask(f"StudyDescription=*{c.choice(REGIONS)}*"),
        "ReferringPhysicianName": lambda c: ask(f"ReferringPhysicianName={quote(doctor_of(c.randrange(studies)))}"),
        "modality and dates": lambda c: ask(
            "ModalitiesInStudy={}&StudyDate={}-{}".format(c.choice(MODALITIES), *sorted([day(c), day(c)]))
        ),
        "name*, modality, description": lambda c: ask(
            f"PatientName={c.choice('BDFKLMRST')}*&ModalitiesInStudy={c.choice(MODALITIES)}"
            f"&StudyDescription=*{c.choice(REGIONS)}*"
        ),
    }


def _first_then_next(first: str) -> Callable[[random.Random], str]:
    answers = iter([first])
    return lambda _: next(answers, NEXT)
