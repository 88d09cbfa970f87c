"""The Celery application under the name that Celery's own command line expects (`celery -A config.celery …`)."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
for root in (ROOT / "platform", ROOT):
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402  (the paths and the settings come first)

django.setup()

from jobs.celery import app  # noqa: E402
from jobs.worker import run_job_task  # noqa: E402

__all__ = ["app", "run_job_task"]
