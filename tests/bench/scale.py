"""Search by every indexed key in a million instances: `python -m tests.bench scale [--database …] [--instances …]`.

The rows are generated (no files), the server is the real one, the client one connection with keep-alive on loopback.
"""

import argparse
import contextlib
import http.client
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.bench.table import Table
from tests.stack import Stack

GATE_MS = 50
TRIES = 30
SEED = 3
FAMILIES, GIVEN, DOCTORS = 400, 150, 300
MODALITIES = ("CT", "MR", "CR", "US", "MG", "PT")
SHARES = (40, 30, 20, 5, 3, 2)
REGIONS = ("chest", "abdomen", "head", "spine", "knee", "pelvis", "neck", "heart", "liver", "hand")
KINDS = ("routine", "follow-up", "with contrast", "without contrast", "screening", "emergency")


def measure(data: Path, arguments: list[str]) -> Table:
    """Fill the databases asked for, and time searches as administrator, in a big team and in a small one."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench scale")
    parser.add_argument("--database", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--instances", type=int, default=1_000_000)
    options = parser.parse_args(arguments)
    studies = max(options.instances // 10, 200)
    table = Table(
        f"QIDO study search among {studies * 10:,} instances in {studies:,} studies (ms, over HTTP)",
        ["database", "who", "search", "found", "median", "95th percentile"],
    )
    databases = ["sqlite", "postgres"] if options.database == "both" else [options.database]
    for name in databases:
        with contextlib.ExitStack() as stack:
            url = stack.enter_context(postgres()) if name == "postgres" else ""
            _one_database(table, name, data / name, url, studies)
    slowest = max(float(row[-1]) for row in table.rows)
    table.remark = f"{TRIES} searches each with values drawn by chance, limit=101; slowest {slowest:.1f} ms"
    table.remark += f"; gate: {GATE_MS} ms at the 95th percentile of each"
    return table


def _one_database(table: Table, name: str, data: Path, url: str, studies: int) -> None:
    environment = {"DATABASE_URL": url} if url else {}
    stack = Stack(data, **environment)
    data.mkdir(parents=True)
    stack.manage("migrate", "-v0")
    code = f"from tests.bench.scale import fill; print(fill({studies}))"
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "-v0", "-c", code],
        env=stack.environment | {"PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    print(f"{name}: {done.stdout.strip()}", flush=True)
    with stack:
        for who in ("admin", "big", "small"):
            client = Client(stack.port, stack.manage("issue_token", who))
            for search, query in queries(studies).items():
                table.add(name, who, search, *client.timed(query))


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


def study_uid(number: int) -> str:
    """Return the UID of a generated study."""
    return f"1.2.826.0.1.3680043.10.1471.5.{number}"


def _scatter(number: int, over: int) -> int:
    return (number * 2_654_435_761 >> 7) % over


def patient_of(number: int, studies: int) -> str:
    """Return a patient's ID: 1.7 studies each."""
    return f"P{_scatter(number, int(studies / 1.7)):07d}"


def name_of(number: int, studies: int) -> str:
    """Return a patient's name, made of syllables; one in twelve has accents."""
    patient = _scatter(number, int(studies / 1.7))
    family, given = _word(_scatter(patient, FAMILIES)), _word(FAMILIES + _scatter(patient * 7, GIVEN))
    return f"{family.replace('o', 'ö') if patient % 12 == 0 else family}^{given}"


def _word(number: int) -> str:
    first, second, third = "BDFGHKLMNPRSTVW", ("ar", "el", "im", "on", "us", "ae", "or", "en"), "aeiou"
    return first[number % 15] + second[number // 15 % 8] + first[number // 120 % 15].lower() + third[number % 5]


def date_of(number: int, studies: int) -> str:
    """Return the day of a study: they came over twelve years, in order."""
    from datetime import date, timedelta

    return f"{date(2013, 1, 1) + timedelta(days=4383 * number // studies):%Y%m%d}"


def accession_of(number: int, studies: int) -> str:
    """Return an accession number that begins with the year."""
    return f"{date_of(number, studies)[:4]}A{number:07d}"


def description_of(number: int) -> str:
    """Return one of sixty descriptions."""
    chosen = _scatter(number, len(REGIONS) * len(KINDS))
    return f"{REGIONS[chosen % len(REGIONS)].title()} {KINDS[chosen // len(REGIONS)]}"


def doctor_of(number: int) -> str:
    """Return one of three hundred referring physicians."""
    doctor = _scatter(number * 3, DOCTORS)
    return f"{_word(doctor)}^{_word(700 + doctor)}"


def modality_of(number: int) -> str:
    """Return a modality by its share."""
    return random.Random(number).choices(MODALITIES, SHARES)[0]  # noqa: S311  (no secret)


def fill(studies: int) -> str:
    """Write the rows: two series of five instances per study, three people, two teams. Runs inside Django."""
    from django.db import connection

    from accounts.models import Membership, Team
    from accounts.services import create_user
    from studies.models import Instance, Series, SeriesGrant, Study

    started = time.monotonic()
    people = {
        name: create_user(actor=None, username=name, is_administrator=name == "admin")[0]
        for name in ("admin", "big", "small")
    }
    teams = {name: Team.objects.create(name=name) for name in ("big", "small")}
    for name, team in teams.items():
        Membership.objects.create(team=team, user=people[name], role="reader")
    writer = Writer(connection)
    writer.write(Study, _study_rows(studies))
    writer.write(Series, _series_rows(studies, people["admin"].pk))
    writer.write(Instance, _instance_rows(studies))
    writer.write(SeriesGrant, _grant_rows(studies, teams["big"].pk, teams["small"].pk))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "PRAGMA wal_checkpoint(TRUNCATE)")
    return f"{studies * 10:,} instances written in {time.monotonic() - started:.0f} s"


def _key(kind: int, number: int) -> Any:
    from uuid import UUID

    return UUID(int=kind << 120 | (_scatter(number, 1 << 40) << 64) | number)


def _study_rows(studies: int) -> Iterator[dict[str, Any]]:
    from common.searching import fold, fold_name

    for number in range(studies):
        name, doctor, description = name_of(number, studies), doctor_of(number), description_of(number)
        yield {
            "id": _key(1, number),
            "study_uid": study_uid(number),
            "patient_id": patient_of(number, studies),
            "patient_name": name,
            "patient_name_key": fold_name(name),
            "study_date": date_of(number, studies),
            "study_time": f"{8 + number % 12:02d}{number % 60:02d}00",
            "accession_number": accession_of(number, studies),
            "referring_physician": doctor,
            "referring_physician_key": fold_name(doctor),
            "description": description,
            "description_key": fold(description),
        }


def _series_rows(studies: int, owner: Any) -> Iterator[dict[str, Any]]:
    for number in range(2 * studies):
        yield {
            "id": _key(2, number),
            "study_id": _key(1, number // 2),
            "created_by_id": owner,
            "series_uid": f"{study_uid(number // 2)}.{number % 2}",
            "modality": modality_of(number // 2) if number % 2 == 0 or number % 5 else "SR",
            "number": number % 2 + 1,
            "instance_count": 5,
            "frame_count": 5,
        }


def _instance_rows(studies: int) -> Iterator[dict[str, Any]]:
    for number in range(10 * studies):
        digest = f"{number:064x}"
        yield {
            "id": _key(3, number),
            "series_id": _key(2, number // 5),
            "sop_instance_uid": f"{study_uid(number // 10)}.{number // 5 % 2}.{number % 5}",
            "sop_class_uid": "1.2.840.10008.5.1.4.1.1.2",
            "transfer_syntax_uid": "1.2.840.10008.1.2.1",
            "number": number % 5 + 1,
            "frame_spans": [[1500, 524288]],
            "frame_count": 1,
            "blob": f"instances/{digest[-2:]}/{digest}.dcm",
            "sha256": digest,
            "size_bytes": 525_788,
        }


def _grant_rows(studies: int, big: Any, small: Any) -> Iterator[dict[str, Any]]:
    """Grant 19 of 20 series to the big team, and both series of twenty studies to the small one."""
    every = max(studies // 20, 1)
    for number in range(2 * studies):
        if number % 20:
            yield {"id": _key(4, number), "series_id": _key(2, number), "team_id": big}
        if number // 2 % every == every // 2 and number // 2 // every < 20:
            yield {"id": _key(5, number), "series_id": _key(2, number), "team_id": small}


class Writer:
    """Writes many rows of a model with what the columns that nobody names have by default."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    def write(self, model: Any, rows: Iterator[dict[str, Any]]) -> None:
        """Write the rows by COPY, or by prepared statements."""
        fields = model._meta.concrete_fields
        blank = model()
        common = {f.attname: f.get_db_prep_save(getattr(blank, f.attname), self.connection) for f in fields}
        by_name = {f.attname: f for f in fields}
        columns = ", ".join(f'"{f.column}"' for f in fields)

        def values() -> Iterator[list[Any]]:
            for row in rows:
                ready = {name: by_name[name].get_db_prep_save(value, self.connection) for name, value in row.items()}
                yield list((common | ready).values())

        with self.connection.cursor() as cursor:
            if self.connection.vendor == "postgresql":
                with cursor.copy(f'COPY "{model._meta.db_table}" ({columns}) FROM STDIN') as copy:
                    for one in values():
                        copy.write_row(one)
            else:
                marks = ", ".join("?" * len(fields))
                statement = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({marks})'  # noqa: S608  (names of our own columns)
                cursor.execute("BEGIN")
                cursor.connection.executemany(statement, values())
                cursor.execute("COMMIT")


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """Run a PostgreSQL of its own on loopback and yield its DATABASE_URL."""
    import shutil

    from tests.services import _as_owner, _postgres_binaries, _wait_for_port, free_port

    binaries = _postgres_binaries()
    folder = Path(tempfile.mkdtemp(prefix="fiducial-bench-postgres-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    data, port = folder / "data", free_port()
    make = [str(binaries / "initdb"), "-D", str(data), "-U", "fiducial", "--auth=trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(_as_owner(make), check=True, capture_output=True, cwd=folder)
    options = ["-c", "listen_addresses=127.0.0.1", "-k", str(folder), "-p", str(port), "-c", "max_wal_size=4GB"]
    with (folder / "log").open("wb") as log:
        command = [str(binaries / "postgres"), "-D", str(data), *options]
        process = subprocess.Popen(_as_owner(command), cwd=folder, stdout=log, stderr=log)
    try:
        _wait_for_port(port, process)
        time.sleep(1)
        yield f"postgres://fiducial@127.0.0.1:{port}/postgres"
    finally:
        os.kill(int((data / "postmaster.pid").read_text().split()[0]), 3)
        process.wait(timeout=20)
        shutil.rmtree(folder, ignore_errors=True)
