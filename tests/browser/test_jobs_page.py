"""The jobs page tells the truth without a reload, whatever dies behind it."""

import os
import signal
import subprocess
import sys
import uuid

import pytest

from tests.browser.chromium import NO_SERVER, Person
from tests.stack import ROOT, Stack, wait_until


@pytest.fixture
def stack(tmp_path):
    """Start an installation that gives a silent worker up after two seconds."""
    with Stack(tmp_path / "data", JOB_LOST_AFTER_S="2") as running:
        yield running


def children(stack: Stack, what: str) -> list[int]:
    """Return the supervisor's own children whose command holds a text."""
    assert stack.process
    listing = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 2) for line in listing.splitlines()[1:]]
    return [int(pid) for pid, parent, command in rows if int(parent) == stack.process.pid and what in command]


def test_jobs_end_on_the_page_though_worker_and_server_die(browser, stack: Stack) -> None:
    password = stack.environment["DJANGO_SUPERUSER_PASSWORD"] = uuid.uuid4().hex
    stack.manage("createsuperuser", "--noinput", "--username", "ada", "--email", "ada@example.org")
    ada = Person(browser, stack.url)
    ada.expects(*NO_SERVER)
    ada.sign_in("ada", password)
    ada.go("/jobs")
    ada.by("jobs-page").wait_for()
    ada.page.evaluate("() => { window.neverReloaded = true; }")
    command = [sys.executable, "manage.py", "check_jobs", "--seconds", "5"]
    with subprocess.Popen(command, cwd=ROOT, env=stack.environment, stdout=subprocess.PIPE, text=True) as check:
        running = ada.page.locator('[data-testid="job-row"][data-state="running"]')
        wait_until(lambda: running.count() >= 2, timeout_s=60, what="two jobs running on the page")
        for what in ("worker --queues gpu", "uvicorn"):
            for pid in children(stack, what):
                os.kill(pid, signal.SIGKILL)
        done = ada.page.locator('[data-testid="job-row"][data-state="succeeded"]')
        wait_until(lambda: done.count() == 4, timeout_s=120, what="four jobs done on the page")
        said = check.communicate(timeout=120)[0]
    assert said.count("succeeded") == 4
    assert ada.page.evaluate("() => window.neverReloaded") is True
    ada.close()
