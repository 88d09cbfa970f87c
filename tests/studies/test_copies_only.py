"""Members of a project that is shown copies alone: no address, list, event or record tells them of an original."""

import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from django.apps import apps
from django.urls import URLPattern, get_resolver

from accounts.models import Membership
from accounts.types import Role
from annotations.reading.services.cases import add_cases
from annotations.reading.services.projects import create_project, demand_deidentification, set_member
from audit.selectors import visible_records
from jobs.selectors.events import visible_events
from jobs.selectors.jobs import job_payload, visible_jobs
from studies.models import Instance, Series, Study
from studies.services.deident_profiles import create_profile
from studies.services.deident_runs import start_run
from tests import factories
from tests.studies.answers import body_of
from tests.studies.making import stack

pytestmark = pytest.mark.django_db
ROOT = "1.2.826.0.1.3680043.10.1471.777"
PERSON = {"PatientName": "Zyxwvut^Annabella", "PatientID": "QQ7654321", "AccessionNumber": "ACC998877"}
SECRETS = re.compile(r"zyxwvut|annabella|qq7654321|acc998877|springfield|" + re.escape(ROOT), re.IGNORECASE)
FRAMES = {"frames": ["1"], "path": ["7FE00010", "00080080"], "form": ["seg"], "archive_format": ["nnunet"]}


@pytest.fixture
def project(importer, bring_in, run_jobs):
    """Return a project that demands de-identification and reads the copies of a study that its manager brought."""
    project = create_project(actor=importer, name="Lungs")
    profile = create_profile(actor=importer, team=project.team, name="Lungs", options=["retain_modified_dates"])
    originals = stack(3, StudyInstanceUID=f"{ROOT}.1", SeriesInstanceUID=f"{ROOT}.2", **PERSON)
    for number, one in enumerate(originals):
        one.SOPInstanceUID, one.InstitutionName = f"{ROOT}.3.{number}", "Springfield General"
        one.BurnedInAnnotation = "YES" if number == 1 else "NO"
    bring_in(importer, originals)
    start_run(actor=importer, profile=profile, series_uids=[f"{ROOT}.2"])
    run_jobs()
    demand_deidentification(actor=importer, project=project, profile=profile)
    copies = Study.objects.exclude(study_uid=f"{ROOT}.1")
    add_cases(actor=importer, project=project, study_uids=[row.study_uid for row in copies])
    run_jobs()
    return project


def patterns(found: Any, before: str = "") -> Iterator[str]:
    for one in found:
        route = before + str(one.pattern)
        if isinstance(one, URLPattern):
            yield route
        else:
            yield from patterns(one.url_patterns, route)


def known(kind: str, name: str) -> list[str]:
    """Return everything that could stand for a part of an address: rows of any table, UIDs, originals' included."""
    if name in ("study", "study_uid"):
        return list(Study.objects.values_list("study_uid", flat=True))
    if name in ("series", "series_uid"):
        return list(Series.objects.values_list("series_uid", flat=True))
    if name == "instance":
        rows = Instance.objects.order_by("origin", "number").values_list("sop_instance_uid", flat=True)
        return [*rows[:1], *rows.reverse()[:1]]  # a copy and an original
    if kind == "uuid":
        words = name.removesuffix("_id").replace("_", "")
        models = [model for model in apps.get_models() if words in model.__name__.lower() or name == "batch_id"]
        return [str(pk) for model in models for pk in model._default_manager.values_list("pk", flat=True)[:6]]
    return FRAMES.get(name, [])


def addresses() -> Iterator[str]:
    for route in patterns(get_resolver().url_patterns):
        if not route.startswith(("api/", "dicomweb/")) or "(?P" in route:
            continue
        parts = re.findall(r"<(?:(\w+):)?(\w+)>", route)
        pieces = re.split(r"<[^>]+>", route)
        for values in product(*(known(kind, name) for kind, name in parts)):
            yield "/" + "".join(f"{piece}{value}" for piece, value in zip(pieces, [*values, ""], strict=True))


@pytest.mark.parametrize("role", [Role.MANAGER, Role.READER, Role.RESEARCHER])
def test_nothing_tells_of_an_original(project, importer, client_of, role) -> None:
    member = factories.user("member")
    set_member(actor=importer, project=project, user=member, roles=[role])
    assert Membership.objects.filter(user=member, team=project.team).exists()
    client = client_of(member)
    client.raise_request_exception = False
    answered, seen = 0, False
    asked = [
        *addresses(),
        "/dicomweb/studies?PatientName=Zyx*",
        "/dicomweb/studies?includefield=all",
        "/api/studies?q=Zyx",
    ]
    for address in asked:
        answer = client.get(address)
        assert answer.status_code != 500, address
        body = body_of(answer)
        answered += answer.status_code == 200
        seen |= address.startswith("/dicomweb/studies/2.25") and answer.status_code == 200
        if ROOT in address:
            assert answer.status_code in (204, 400, 403, 404, 405, 406), address
            body = body.replace(address.encode(), b"")
        said = body.decode("latin-1") + str(sorted(answer.items()))
        assert not SECRETS.search(said), (address, SECRETS.search(said))
    assert answered > 20
    assert seen, "the copies are not shown either"
    told = [event.payload for event in visible_events(actor=member)]
    told += [job_payload(job) for job in visible_jobs(actor=member)]
    told += [[row.subject, row.action, row.detail] for row in visible_records(actor=member)]
    assert not SECRETS.search(json.dumps(told, default=str))
