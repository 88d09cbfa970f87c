"""Real processes, killed in the middle: no job is lost, and each ends exactly once with the right result."""

import json
import os
import signal
import socket
import time
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed

from tests.jobs.installation import is_alive, parent_of, wait_until

pytestmark = [pytest.mark.processes]


@pytest.fixture(scope="module")
def house(install):
    """Return a running installation on SQLite and the folder broker."""
    made = install()
    took = made.serve()
    print(f"serve: ready after {took:.1f} s, first start with migrations")
    made.sign_up()
    return made


def check_ended_once(house, *job_ids, steps, attempt=None):
    """Check result, log and events of counting jobs."""
    ends = [event for event in all_events(house) if event["payload"]["state"] == "succeeded"]
    for job_id in job_ids:
        job = house.job(job_id)
        assert (job["state"], job["progress"]) == ("succeeded", 1.0)
        assert (job["result"]["counted"], job["result"]["sum"]) == (steps, steps * (steps + 1) // 2)
        if attempt is not None:
            assert job["result"]["attempt"] == attempt
        lines = [line["text"] for line in house.get(f"/api/jobs/{job_id}/log")]
        assert sum(line.startswith("Counted to") for line in lines) == 1, lines
        assert [end["payload"] for end in ends if end["subject"] == f"job:{job_id}"] == [job]


def all_events(house):
    """Return every event from the first on."""
    events = []
    with house.events(since=0) as socket:
        assert json_of(socket)["type"] == "hello"
        while True:
            try:
                events.append(json_of(socket, timeout=0.8))
            except TimeoutError:
                return events


def json_of(socket, timeout=10):
    """Return the next message."""
    return json.loads(socket.recv(timeout=timeout))


def half_way(house, job_id):
    wait_until(lambda: house.job(job_id)["progress"] > 0.2, seconds=15)


def test_every_queue_is_served(house):
    out = house.manage("check_jobs", "--seconds", "0.2")
    assert {line.split(":")[0] for line in out.splitlines()} == {"interactive", "gpu", "cpu", "io"}
    assert out.count("succeeded") == 4


def test_kill_9_of_a_worker_in_the_middle(house):
    (job_id,) = house.start_jobs(queues="gpu", steps=20, seconds=1.5)
    half_way(house, job_id)
    (master,) = house.masters("worker --queues gpu")
    children = [pid for pid in house.processes("worker --queues gpu") if parent_of(pid) == master]
    assert children
    started = time.monotonic()
    os.kill(master, signal.SIGKILL)
    wait_until(lambda: not any(is_alive(pid) for pid in children), seconds=3)
    house.wait_for(job_id)
    print(f"worker killed: job ended {time.monotonic() - started:.1f} s later (2 s without heartbeat, 2 s work)")
    check_ended_once(house, job_id, steps=20, attempt=2)


def test_kill_9_of_the_process_that_runs_the_job(house):
    (job_id,) = house.start_jobs(queues="gpu", steps=20, seconds=1.5)
    half_way(house, job_id)
    (master,) = house.masters("worker --queues gpu")
    for pid in house.processes("worker --queues gpu"):
        if parent_of(pid) == master:
            os.kill(pid, signal.SIGKILL)
    house.wait_for(job_id)
    assert house.masters("worker --queues gpu") == [master]
    check_ended_once(house, job_id, steps=20, attempt=2)


def test_kill_9_of_the_web_server_and_a_client_that_comes_back(house):
    heard = []
    with house.events() as socket:
        last = json_of(socket)["last_id"]
        first = last
        (job_id,) = house.start_jobs(queues="cpu", steps=20, seconds=3)
        for _ in range(3):
            heard.append(json_of(socket))
            last = heard[-1]["id"]
        (web,) = house.masters("uvicorn")
        os.kill(web, signal.SIGKILL)
        with suppress(ConnectionClosed):
            while True:
                heard.append(json_of(socket))
                last = heard[-1]["id"]
    started = time.monotonic()
    wait_until(lambda: house.get("/api/session"), seconds=15)
    print(f"web server killed: it answered again after {time.monotonic() - started:.1f} s")
    house.wait_for(job_id)
    with house.events(since=last) as socket:
        assert json_of(socket) == {"type": "hello", "last_id": last}
        while heard[-1]["payload"]["state"] != "succeeded":
            heard.append(json_of(socket))
    assert heard == [event for event in all_events(house) if event["id"] > first]
    check_ended_once(house, job_id, steps=20, attempt=1)


def test_a_broker_without_its_messages(house):
    ids = [job for _ in range(2) for job in house.start_jobs(queues="gpu,gpu,gpu", steps=2, seconds=0.3)]
    assert house.delete_messages() > 0
    house.wait_for(*ids)
    check_ended_once(house, *ids, steps=2)


def test_everything_dies_at_once_with_its_messages(house):
    ids = house.start_jobs(queues="gpu,gpu,cpu,io", steps=20, seconds=1.5)
    half_way(house, ids[0])
    for pid in house.processes():
        os.kill(pid, signal.SIGKILL)
    house.server.wait(timeout=10)
    house.delete_messages()
    assert house.processes() == {}
    print(f"serve: ready after {house.serve():.1f} s, second start")
    house.wait_for(*ids)
    check_ended_once(house, *ids, steps=20)


def test_ctrl_c_ends_every_process_and_a_job_goes_on_uncounted(house):
    (job_id,) = house.start_jobs(queues="gpu", steps=20, seconds=2)
    half_way(house, job_id)
    assert len(house.processes()) >= 6
    print(f"Ctrl-C: all ended after {house.stop():.1f} s")
    assert house.server.returncode == 0
    assert house.processes() == {}
    house.serve()
    house.wait_for(job_id)
    check_ended_once(house, job_id, steps=20, attempt=1)


def test_kill_9_of_the_supervisor_leaves_no_orphans(house):
    os.kill(house.server.pid, signal.SIGKILL)
    house.server.wait(timeout=10)
    wait_until(lambda: house.processes() == {}, seconds=15)
    assert house.processes() == {}


def test_a_taken_port_is_said_plainly(house):
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", house.port))
        taken.listen()
        with pytest.raises(AssertionError, match="Choose another port"):
            house.manage("serve", "--port", str(house.port))
