"""Jobs: agreement and consensus of one case.

What computes is imported where it runs: the web process knows the jobs too, and starts them while a reader waits.
"""

from typing import Any

from annotations.reading.models import Case
from annotations.reading.services.results import (
    AGREEMENT_JOB,
    CONSENSUS_JOB,
    require_current,
    write_agreement,
    write_consensus,
)
from annotations.reading.types import ConsensusRule
from common.errors import NotFoundError
from jobs.registry import JobContext, job
from jobs.types import Queue


@job(AGREEMENT_JOB, queue=Queue.CPU, max_attempts=3)
def compute_agreement_job(context: JobContext, *, case_id: str, inputs: list[list[Any]]) -> dict[str, Any]:
    """Compare the submitted readings of a case. The job's own result holds no figure: see `Agreement`."""
    from annotations.reading.agreement import compute_agreement

    case = _case(case_id)
    require_current(case=case, inputs=inputs)
    compared, result = compute_agreement(case=case, on_progress=context.progress)
    with context.finishing():
        agreement = write_agreement(case=case, job_id=context.job_id, inputs=compared, result=result)
        context.result = {"agreement": str(agreement.pk)}
    return context.result


@job(CONSENSUS_JOB, queue=Queue.CPU, max_attempts=3)
def compute_consensus_job(context: JobContext, *, case_id: str, inputs: list[list[Any]], rule: str) -> dict[str, Any]:
    """Make one mask out of the submitted readings of a case."""
    from annotations.reading.consensus import compute_consensus

    case = _case(case_id)
    require_current(case=case, inputs=inputs)
    found = compute_consensus(case=case, rule=ConsensusRule(rule), on_progress=context.progress)
    with context.finishing():
        consensus = write_consensus(
            case=case,
            job_id=context.job_id,
            rule=ConsensusRule(rule),
            label_set=found.label_set,
            inputs=found.inputs,
            frames=found.frames,
            detail=found.detail,
        )
        context.result = {"consensus": str(consensus.pk), "mark_set": str(consensus.mark_set_id)}
    return context.result


def _case(case_id: str) -> Case:
    case = Case.objects.select_related("project__team").filter(pk=case_id).first()
    if case is None:
        raise NotFoundError("This case is gone.", code="case_not_found")
    return case
