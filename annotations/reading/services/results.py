"""Agreement and consensus: asking for them, and writing what the jobs found."""

from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from accounts.models import User
from annotations.marks.models import LabelSet
from annotations.marks.services import append_revision, create_mark_set, lock_mark_set
from annotations.marks.types import Delta, FrameLabels, Origin, Provenance, RevisionKind
from annotations.reading.errors import ReadingStateError
from annotations.reading.models import Agreement, Case, Consensus
from annotations.reading.policies import can_oversee
from annotations.reading.selectors.cases import case_state, inputs_of, not_readable_readings, submitted_readings
from annotations.reading.selectors.projects import current_protocol
from annotations.reading.types import CaseState, ConsensusRule
from audit.services import record_action
from common.errors import DeniedError
from jobs.models import Job
from jobs.services import emit_event, enqueue_job

AGREEMENT_JOB = "reading.agreement"
CONSENSUS_JOB = "reading.consensus"


def enqueue_results(*, case: Case) -> list[Job]:
    """Enqueue agreement and consensus when every reading of the case is submitted; in the caller's transaction.

    The jobs belong to nobody: the last reader must not see the results.
    """
    readings = list(case.readings.all())
    protocol = current_protocol(project=case.project)
    if protocol is None or len(readings) < protocol.readers_per_case:
        return []
    if case_state(readings=readings) != CaseState.COMPLETE:
        return []
    jobs = [_enqueue(None, case, AGREEMENT_JOB)] if len(readings) > 1 else []
    if len(not_readable_readings(readings=readings)) < len(readings):  # else there is nothing to agree on
        jobs.append(_enqueue(None, case, CONSENSUS_JOB, rule=str(protocol.consensus_rule)))
    return jobs


@transaction.atomic
def request_agreement(*, actor: User, case: Case) -> Job:
    """Enqueue agreement over the readings submitted so far (two at least), by hand."""
    _require_submitted(actor, case, at_least=2)
    record_action(actor=actor, action="case.request_agreement", subject=f"case:{case.pk}", team=case.project.team)
    return _enqueue(actor, case, AGREEMENT_JOB)


@transaction.atomic
def request_consensus(*, actor: User, case: Case, rule: ConsensusRule | None = None) -> Job:
    """Enqueue a consensus over the readings submitted so far, by `rule` or that of the protocol, by hand."""
    _require_submitted(actor, case, at_least=1)
    submitted = submitted_readings(case=case)
    if len(not_readable_readings(readings=submitted)) == len(submitted):
        raise ReadingStateError("No reader could read this case, so it has no consensus.", code="none_readable")
    protocol = current_protocol(project=case.project)
    chosen = rule or (protocol.consensus_rule if protocol else ConsensusRule.MAJORITY)
    record_action(
        actor=actor,
        action="case.request_consensus",
        subject=f"case:{case.pk}",
        team=case.project.team,
        detail={"rule": str(chosen)},
    )
    return _enqueue(actor, case, CONSENSUS_JOB, rule=str(chosen))


def _require_submitted(actor: User, case: Case, *, at_least: int) -> None:
    if not can_oversee(actor=actor, project=case.project):
        raise DeniedError("Only those who oversee this project may ask for this.")
    count = len(submitted_readings(case=case))
    if count < at_least:
        raise ReadingStateError(
            f"This needs {at_least} submitted reading(s); the case has {count}.",
            code="too_few_submitted",
            fields={"submitted": count, "needed": at_least},
        )


def _enqueue(actor: User | None, case: Case, kind: str, **arguments: str) -> Job:
    return enqueue_job(
        actor=actor,
        kind=kind,
        arguments={"case_id": str(case.pk), "inputs": inputs_of(submitted_readings(case=case)), **arguments},
        subject=f"case:{case.pk}",
        team=case.project.team,
    )


def write_agreement(*, case: Case, job_id: UUID | None, inputs: list[list[Any]], result: dict[str, Any]) -> Agreement:
    """Write what the agreement job found; in the job's finishing transaction."""
    require_current(case=case, inputs=inputs)
    agreement = Agreement.objects.create(case=case, job_id=job_id, inputs=inputs, result=result)
    record_action(
        actor=None,
        action="case.agreement",
        subject=f"case:{case.pk}",
        team=case.project.team,
        detail={"agreement": str(agreement.pk)},
    )
    _announce(case, "agreement", agreement.pk)
    return agreement


def write_consensus(
    *,
    case: Case,
    job_id: UUID | None,
    rule: ConsensusRule,
    label_set: LabelSet,
    inputs: list[list[Any]],
    frames: tuple[FrameLabels, ...],
    detail: dict[str, Any],
) -> Consensus:
    """Write a consensus as a locked mark set of one revision; in the job's finishing transaction."""
    require_current(case=case, inputs=inputs)
    protocol = current_protocol(project=case.project)
    mark_set = create_mark_set(label_set=label_set, team=case.project.team, origin=Origin.CONSENSUS)
    append_revision(
        mark_set=mark_set,
        base_revision=0,
        delta=Delta(frames=frames),
        provenance=Provenance(
            kind=RevisionKind.CONSENSUS,
            client_id=uuid4(),
            tool=str(rule),
            protocol_version=protocol.version if protocol else 1,
        ),
        within=frozenset(case.series.values_list("pk", flat=True)),
    )
    lock_mark_set(mark_set=mark_set)
    consensus = Consensus.objects.create(
        case=case, job_id=job_id, rule=rule, mark_set=mark_set, inputs=inputs, detail=detail
    )
    record_action(
        actor=None,
        action="case.consensus",
        subject=f"case:{case.pk}",
        team=case.project.team,
        detail={"consensus": str(consensus.pk), "rule": str(rule)},
    )
    _announce(case, "consensus", consensus.pk)
    return consensus


def require_current(*, case: Case, inputs: list[list[Any]]) -> None:
    """Raise ReadingStateError (code `superseded`) unless exactly `inputs` are what is submitted now.

    So a result is never made of fewer readings than it was asked for, and an old one never looks like the newest.
    """
    if inputs != inputs_of(submitted_readings(case=case)):
        raise ReadingStateError(
            "Readings of this case were sent back or submitted again meanwhile. Nothing was written.",
            code="superseded",
        )


def _announce(case: Case, what: str, pk: UUID) -> None:
    emit_event(
        kind="case.changed",
        subject=f"case:{case.pk}",
        payload={"id": str(case.pk), "project": str(case.project_id), what: str(pk)},
        team=case.project.team,
        staff_only=True,
    )
