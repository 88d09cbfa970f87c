"""Who reads what: each case gets as many readers as the protocol says, least busy first."""

from collections import Counter

from accounts.models import User
from annotations.marks.services import create_mark_set
from annotations.marks.types import Origin
from annotations.reading.models import Case, Project, Protocol, Reading
from annotations.reading.selectors.projects import current_protocol, readers_of
from annotations.reading.types import ReadingState
from audit.services import record_action
from jobs.services import emit_event


def assign_readings(*, actor: User | None, project: Project) -> list[Reading]:
    """Fill up the readings of every case; the caller holds the project's lock.

    Deterministic: cases by number; for each, the readers with the fewest readings so far, ties by user name. Where
    there are fewer readers than a case needs, it keeps fewer readings until somebody joins.
    """
    protocol = current_protocol(project=project)
    if protocol is None:
        return []
    readers = readers_of(project=project)
    load = Counter(Reading.objects.filter(case__project=project).values_list("reader_id", flat=True))
    made: list[Reading] = []
    for case in project.cases.prefetch_related("readings").order_by("number"):
        taken = {reading.reader_id for reading in case.readings.all()}
        free = sorted(
            (user for user in readers if user.pk not in taken), key=lambda user: (load[user.pk], user.username)
        )
        for reader in free[: max(0, protocol.readers_per_case - len(taken))]:
            made.append(_assign(case, reader, project, protocol))
            load[reader.pk] += 1
    if made:
        record_action(
            actor=actor,
            action="reading.assign",
            subject=f"project:{project.pk}",
            team=project.team,
            detail={"readings": [str(reading.pk) for reading in made]},
        )
    return made


def _assign(case: Case, reader: User, project: Project, protocol: Protocol) -> Reading:
    mark_set = create_mark_set(label_set=protocol.label_set, team=project.team, origin=Origin.READER, author=reader)
    reading = Reading.objects.create(case=case, reader=reader, mark_set=mark_set)
    payload = {
        "id": str(reading.pk),
        "state": str(reading.state),
        "project": str(project.pk),
        "case_number": case.number,
    }
    emit_event(kind="reading.changed", subject=f"reading:{reading.pk}", payload=payload, user=reader)
    return reading


def withdraw_untouched(*, actor: User, project: Project, reader: User) -> int:
    """Take back the readings that a person has not begun, and return how many; begun ones stay for the record."""
    rows = Reading.objects.filter(
        case__project=project, reader=reader, state=ReadingState.ASSIGNED, mark_set__head=0
    ).select_related("mark_set")
    gone = [str(row.pk) for row in rows]
    for row in rows:
        row.delete()
        row.mark_set.delete()
    if gone:
        record_action(
            actor=actor,
            action="reading.withdraw",
            subject=f"project:{project.pk}",
            team=project.team,
            detail={"reader": str(reader.pk), "readings": gone},
        )
    return len(gone)
