"""Events from many writers at once: a reader that asks for "everything after the last id" must miss none.

Run as a program, with DATABASE_URL or DATA in its environment; it migrates, writes, reads and prints what it saw.
Transactions stay open for random times after their event was written, so that they commit in another order.
"""

import os
import random
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WRITERS, EACH = 6, 20


def main() -> None:
    """Print `written read missed`."""
    sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections, transaction

    from jobs.models import Event
    from jobs.services import emit_event

    call_command("migrate", verbosity=0)
    for app in ("audit", "jobs"):  # the triggers come off and on again
        call_command("migrate", app, "0001", verbosity=0)
    call_command("migrate", verbosity=0)

    def write(writer: int) -> None:
        chance = random.Random(writer)  # noqa: S311  (no secret)
        for number in range(EACH):
            with transaction.atomic():
                emit_event(kind="x", subject=f"x:{writer}-{number}", payload={})
                time.sleep(chance.random() * 0.02)
        connections.close_all()

    seen: list[str] = []
    writing = threading.Event()
    writing.set()

    def read() -> None:
        last = 0
        while True:
            over = not writing.is_set()
            rows = list(Event.objects.filter(pk__gt=last).order_by("pk"))
            seen.extend(row.subject for row in rows)
            if rows:
                last = rows[-1].pk
            elif over:
                break
        connections.close_all()

    reader = threading.Thread(target=read)
    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(WRITERS)]
    reader.start()
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    writing.clear()
    reader.join()
    written = set(Event.objects.values_list("subject", flat=True))
    print(len(written), len(seen), len(written - set(seen)))


if __name__ == "__main__":
    main()
