"""The Celery application: which broker, which queues.

Celery only carries job ids. A message that is lost, doubled or late does no harm: see `jobs.execution` and
`jobs.sweeping`. `config.celery` offers this application to Celery's own command line.
"""

from pathlib import Path
from typing import Any

from celery import Celery
from django.conf import settings
from kombu import Queue as BrokerQueue
from kombu.transport import TRANSPORT_ALIASES

from jobs.types import Queue

RUN_JOB = "jobs.run_job"
POLLING_S = 0.02

TRANSPORT_ALIASES["folder"] = "jobs.transport:Transport"


def _broker(redis_url: str, folder: Path) -> dict[str, Any]:
    if redis_url:
        return {"broker_url": redis_url}
    folder.mkdir(parents=True, exist_ok=True)
    options = {
        "data_folder_in": str(folder),
        "data_folder_out": str(folder),
        "control_folder": str(folder / "control"),
        "polling_interval": POLLING_S,
    }
    return {"broker_url": "folder://localhost", "broker_transport_options": options}


def make_app(*, redis_url: str, folder: Path) -> Celery:
    """Return an application that sends to Redis, or, when `redis_url` is empty, through files in `folder`."""
    made = Celery("fiducial", set_as_current=True)
    made.conf.update(
        **_broker(redis_url, folder),
        task_queues=[BrokerQueue(name, routing_key=name, durable=True) for name in Queue.values],
        task_default_queue=Queue.CPU.value,
        task_ignore_result=True,
        # A worker holds no second message back while it is busy: another worker may be idle.
        task_acks_late=True,
        worker_prefetch_multiplier=1,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_lost_wait=1.0,  # a child that was killed holds its place for so long, in seconds
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        broker_connection_retry_on_startup=True,
        # Sending must not hang a web request when Redis is away: the sweeper sends again.
        task_publish_retry_policy={"max_retries": 1, "interval_start": 0, "interval_step": 0.1, "interval_max": 0.1},
        enable_utc=True,
        timezone="UTC",
    )
    return made


app = make_app(redis_url=settings.REDIS_URL, folder=Path(settings.BROKER_FOLDER))
