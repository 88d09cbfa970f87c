"""The same jobs and events on real PostgreSQL and real Redis."""

import json
import os
import signal
import subprocess
import sys

import psycopg
import pytest
import redis

from tests.jobs.installation import ROOT, wait_until

pytestmark = [pytest.mark.processes]


def written_read_missed(**environment):
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "jobs" / "order_check.py")],
        env={**kept, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=90,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_event_ids_become_visible_in_order_on_sqlite(tmp_path):
    assert written_read_missed(DATA=str(tmp_path)) == ["120", "120", "0"]


def test_event_ids_become_visible_in_order_on_postgresql(tmp_path, postgres_url):
    assert written_read_missed(DATA=str(tmp_path), DATABASE_URL=postgres_url) == ["120", "120", "0"]


def check_record_is_append_only(url):
    for statement in (
        "UPDATE audit_auditrecord SET actor_name = 'x'",
        "DELETE FROM audit_auditrecord",
        "TRUNCATE audit_auditrecord",
    ):
        with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.IntegrityError):
            connection.execute(statement)
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT count(*) FROM audit_auditrecord").fetchone() == (1,)


def test_a_house_on_postgresql_and_redis(postgres_url, redis_url, install_once):
    """Serve, kill a worker in the middle, lose the broker's memory, and hear of it all at once over the socket."""
    house = install_once(DATABASE_URL=postgres_url, REDIS_URL=redis_url)
    print(f"serve: ready after {house.serve():.1f} s on PostgreSQL and Redis")
    house.sign_up()  # issues a token, which is recorded
    check_record_is_append_only(postgres_url)
    redis.Redis.from_url(redis_url).execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    assert house.manage("check_jobs", "--seconds", "0.2").count("succeeded") == 4
    with house.events() as socket:
        json.loads(socket.recv(timeout=10))
        (job_id,) = house.start_jobs(queues="gpu", steps=10, seconds=1.5)
        wait_until(lambda: house.job(job_id)["progress"] > 0.2, seconds=15)
        (master,) = house.masters("worker --queues gpu")
        os.kill(master, signal.SIGKILL)
        more = house.start_jobs(queues="gpu,gpu", steps=2, seconds=0.2)
        redis.Redis.from_url(redis_url).flushall()
        events = []
        while len([event for event in events if event["payload"]["state"] == "succeeded"]) < 3:
            events.append(json.loads(socket.recv(timeout=40)))
    assert [event["id"] for event in events] == sorted(event["id"] for event in events)
    assert [house.job(ended)["result"]["attempt"] for ended in (job_id, *more)] == [2, 1, 1]
    assert not (house.data / "broker").exists()
    print(f"Ctrl-C: all ended after {house.stop():.1f} s")
    assert house.processes() == {}
