"""Series that still grow, and series that are too large to be indexed while somebody waits."""

import json
from datetime import timedelta

import pytest

from common.clock import now
from jobs.models import Job
from jobs.types import JobState
from studies.models import Series
from studies.services import close_import, open_import, store_files
from studies.services.imports import INDEX_JOB, QUIET_FOR, WAIT_AT_MOST
from studies.services.preparing import Incoming
from studies.services.readiness import WHILE_WAITING
from tests.studies.making import file_of, image, stack
from tests.studies.test_dicomweb import stow_body

pytestmark = pytest.mark.django_db


@pytest.fixture
def send(client, importer):
    client.force_login(importer)

    def stow(slices):
        body, content_type = stow_body([file_of(ds).getvalue() for ds in slices])
        response = client.post("/dicomweb/studies", data=body, content_type=content_type)
        assert response.status_code == 200, response.content

    return stow


@pytest.fixture
def large(importer):
    """Return the address of a series that was stored in many requests and is not indexed yet."""
    first, *others = stack(WHILE_WAITING, PixelData=bytes(2 * 4 * 4), Rows=4, Columns=4)
    batch = open_import(actor=importer, source="stow-rs")
    files = (Incoming(f"{number}", file_of(ds)) for number, ds in enumerate([first, *others]))
    assert len(list(store_files(batch=batch, files=files))) == WHILE_WAITING
    close_import(actor=importer, batch=batch, index=False)
    return f"/dicomweb/studies/{first.StudyInstanceUID}/series/{first.SeriesInstanceUID}"


def test_one_job_waits_until_the_series_is_quiet(send, run_jobs) -> None:
    slices = stack(6)
    send(slices[:2])
    job = Job.objects.get(kind=INDEX_JOB)
    assert timedelta(seconds=1) < job.not_before - now() <= QUIET_FOR
    assert job.sent_at is None
    Job.objects.filter(pk=job.pk).update(not_before=now())
    send(slices[2:4])
    job.refresh_from_db()
    assert timedelta(seconds=1) < job.not_before - now() <= QUIET_FOR
    assert Job.objects.filter(kind=INDEX_JOB).count() == 1
    Job.objects.filter(pk=job.pk).update(not_before=now(), created_at=now() - WAIT_AT_MOST)
    send(slices[4:])
    job.refresh_from_db()
    assert job.not_before <= now()  # it has grown for long enough
    assert run_jobs() == 1
    series = Series.objects.get()
    assert (series.indexed_at is not None, series.instance_count) == (True, 6)


def test_who_asks_before_has_it_at_once(send, client) -> None:
    slices = stack(3)
    send(slices)
    answer = client.get(f"/api/studies/{slices[0].StudyInstanceUID}").json()
    assert [len(one["volumes"]) for one in answer["series"]] == [1]
    assert answer["series"][0]["findings"] == []


def test_a_large_series_is_prepared_by_its_job_and_the_rest_is_answered(large, importer, client, run_jobs) -> None:
    client.force_login(importer)
    series = Series.objects.get()
    waiting = Job.objects.get(kind=INDEX_JOB)
    assert waiting.not_before > now()
    refused = [f"{large}/metadata", f"{large}/thumbnail", f"{large.split('/series')[0]}/metadata"]
    refused += [f"/api/series/{series.series_uid}/{what}" for what in ("volumes", "thumbnail", "overview", "derived")]
    for address in refused:
        response = client.get(address)
        assert (response.status_code, response["Retry-After"]) == (503, "2"), address
        assert response.json()["error"]["code"] == "being_prepared"
    waiting.refresh_from_db()
    assert waiting.not_before <= now()  # moved to the front
    assert Job.objects.filter(kind=INDEX_JOB).count() == 1
    assert Series.objects.get().indexed_at is None

    found = json.loads(client.get(f"{large}/instances?limit=1").content)
    instance = found[0]["00080018"]["Value"][0]
    frame = client.get(f"{large}/instances/{instance}/frames/1", headers={"accept": "application/octet-stream"})
    assert frame.status_code == 200
    assert client.get(f"{large}/instances/{instance}/metadata").status_code == 200
    (listed,) = client.get(f"/api/studies/{series.study.study_uid}").json()["series"]
    assert listed["findings"][0]["code"] == "being_prepared"
    assert (listed["volumes"], listed["thumbnail"]) == ([], "")

    assert run_jobs() == 1
    for address in refused[:-1]:
        assert client.get(address).status_code == 200, address
    (listed,) = client.get(f"/api/studies/{series.study.study_uid}").json()["series"]
    assert [one["shape_kji"][0] for one in listed["volumes"]] == [WHILE_WAITING]
    assert "being_prepared" not in [one["code"] for one in listed["findings"]]


def test_a_job_is_begun_where_none_waits(large, importer, client, run_jobs) -> None:
    client.force_login(importer)
    Job.objects.all().delete()
    assert client.get(f"{large}/metadata").status_code == 503
    assert Job.objects.get(kind=INDEX_JOB).state == JobState.QUEUED
    assert run_jobs() == 1
    assert client.get(f"{large}/metadata").status_code == 200


def test_what_is_indexed_while_somebody_waits_is_bounded_for_a_study_of_many_series(importer, client, run_jobs) -> None:
    study = stack(1)[0].StudyInstanceUID
    batch = open_import(actor=importer, source="stow-rs")
    images = [image(StudyInstanceUID=study) for _ in range(40)]
    list(store_files(batch=batch, files=(Incoming(f"{n}", file_of(ds)) for n, ds in enumerate(images))))
    close_import(actor=importer, batch=batch, index=False)
    client.force_login(importer)
    listed = client.get(f"/api/studies/{study}").json()["series"]
    waiting = [one for one in listed if one["findings"] and one["findings"][0]["code"] == "being_prepared"]
    assert len(listed) == 40
    assert 0 < len(waiting) < 40
    run_jobs()
    listed = client.get(f"/api/studies/{study}").json()["series"]
    assert all(one["volumes"] for one in listed)
