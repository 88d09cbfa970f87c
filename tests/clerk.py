"""Runs the management commands of one installation one after the other: starting Django takes longer than most of them.

    python -m tests.clerk

Reads `{"arguments": [...], "environment": {...}}` line by line; answers `{"output": ..., "error": ...}` after each.
"""

import contextlib
import io
import json
import os
import sys
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Serve until the input ends."""
    sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    for line in sys.stdin:
        asked = json.loads(line)
        os.environ.update(asked["environment"])
        output, said, error = io.StringIO(), io.StringIO(), ""
        try:
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(said):
                call_command(*asked["arguments"], stdout=output, stderr=said)
        except (Exception, SystemExit):  # noqa: BLE001  # whoever asked is told
            error = said.getvalue() + traceback.format_exc()
        connections.close_all()
        print(json.dumps({"output": output.getvalue(), "error": error}), flush=True)


if __name__ == "__main__":
    main()
