"""The commands' arguments and refusals (that they work is shown with real processes)."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from jobs.models import Job

pytestmark = pytest.mark.django_db


def test_check_jobs_says_which_queues_nobody_serves():
    with pytest.raises(CommandError, match="gpu, cpu"):
        call_command("check_jobs", queues="gpu,cpu", timeout=0.1, stdout=StringIO())
    assert Job.objects.count() == 2


@pytest.mark.parametrize("options", [{"queues": "gpu,attic"}, {"queues": ""}, {"concurrency": 0}])
def test_worker_refuses_nonsense(options):
    with pytest.raises(CommandError):
        call_command("worker", **options)
