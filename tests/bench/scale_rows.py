"""The rows of the scale bench: studies, series and instances without files, the same ones every time."""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

FAMILIES, GIVEN, DOCTORS = 400, 150, 300
MODALITIES = ("CT", "MR", "CR", "US", "MG", "PT")
SHARES = (40, 30, 20, 5, 3, 2)
REGIONS = ("chest", "abdomen", "head", "spine", "knee", "pelvis", "neck", "heart", "liver", "hand")
MADE = datetime(2026, 1, 1, tzinfo=UTC)
KINDS = ("routine", "follow-up", "with contrast", "without contrast", "screening", "emergency")


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
    from studies.models import Instance, Series, SeriesGrant, Study, StudyGrant

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
    writer.write(StudyGrant, _study_grant_rows(studies, teams["big"].pk, teams["small"].pk))
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
            "created_at": MADE,
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
            "study_date": date_of(number // 2, studies),
            "study_created_at": MADE,
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
            yield _grant(4, number, big, 1 + number // 2)
        if number // 2 % every == every // 2 and number // 2 // every < 20:
            yield _grant(5, number, small, 1 + studies + number // 2)


def _grant(kind: int, number: int, team: Any, study_grant: int) -> dict[str, Any]:
    return {"id": _key(kind, number), "team_id": team, "series_id": _key(2, number), "study_grant_id": study_grant}


def _study_grant_rows(studies: int, big: Any, small: Any) -> Iterator[dict[str, Any]]:
    """List the studies of those grants: all of them for the big team, as at most one of two series is missing."""
    every = max(studies // 20, 1)
    for number in range(studies):
        day = {"study_id": _key(1, number), "study_date": date_of(number, studies), "study_created_at": MADE}
        yield {"id": 1 + number, "team_id": big, **day}
        if number % every == every // 2 and number // every < 20:
            yield {"id": 1 + studies + number, "team_id": small, **day}


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
