"""Run a model on a case and write what it proposes."""

import time
import uuid
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.models import Team
from ai.errors import AiError
from ai.types import SegmentRequest
from annotations.assist.engines import engine_of
from annotations.assist.errors import domain_error
from annotations.assist.labels import relabel
from annotations.assist.models import Draft
from annotations.assist.services.prelabel import label_set_of
from annotations.assist.volumes import regular_volumes, wanted_modality
from annotations.marks.frames import split_by_layer, volume_delta
from annotations.marks.models import LabelSet, MarkSet
from annotations.marks.selectors import label_layers
from annotations.marks.services import append_revision, create_mark_set, lock_mark_set
from annotations.marks.types import CheckedDelta, Delta, FrameLabels, Origin, Provenance, RevisionKind
from annotations.marks.validation import check_delta
from annotations.reading.types import ProjectState
from jobs.registry import JobContext
from jobs.services import emit_event
from studies.models import Volume
from studies.pixels import read_volume

READY_AT = 0.15
"""Share of the progress bar that loading the model takes."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a model says about a case: frames with project label values, and how they were made."""

    frames: tuple[FrameLabels, ...]
    provenance: dict[str, Any]


def draft_case(context: JobContext, *, draft_id: UUID) -> dict[str, Any]:
    """Run the draft's model on its case and write the draft's marks; the body of the job `assist.prelabel`.

    Raises
    ------
    DomainError
        The model may not run or cannot read the case.
    CancelledError
        The job was cancelled; nothing was written.
    """
    draft = Draft.objects.select_related("case__project__team", "model_version__model").get(pk=draft_id)
    if draft.mark_set_id is not None:  # an earlier attempt of this very job has written it
        return _result(draft)
    label_set = label_set_of(project=draft.case.project)
    team = draft.case.project.team
    try:
        proposal = propose(context, draft=draft)
    except AiError as error:
        raise domain_error(error) from error
    context.progress(0.97, "Writing the draft")
    blank = MarkSet(label_set=label_set, team=team, origin=Origin.DRAFT)
    checked = check_delta(mark_set=blank, delta=Delta(frames=proposal.frames))
    with context.finishing():
        write_draft(draft=draft, label_set=label_set, team=team, delta=checked, provenance=proposal.provenance)
        context.result = _result(draft)
    return context.result


def propose(context: JobContext, *, draft: Draft) -> Proposal:
    """Segment every volume of the draft's case that the model can read.

    Raises
    ------
    NoVolumeError
        There is none.
    AiError
        The bundle cannot be loaded or run.
    """
    version = draft.model_version
    volumes = regular_volumes(draft.case, modality=wanted_modality(version.metadata))
    context.progress(0.02, f"Loading {version}")
    started = time.monotonic()
    engine = engine_of(version)
    layers = label_layers(label_set=label_set_of(project=draft.case.project))
    frames: list[FrameLabels] = []
    runs: list[dict[str, Any]] = []
    for place, volume in enumerate(volumes):
        labels, run = _segment(context, engine=engine, volume=volume, place=place, count=len(volumes))
        relabelled = relabel(labels, draft.label_map)
        for layer, own in split_by_layer(relabelled, layers).items():
            frames.extend(volume_delta(labels=own, volume=volume, layer=layer))
        runs.append(run)
    newest = runs[-1]
    return Proposal(
        frames=tuple(frames),
        provenance={
            "model_version": str(version),
            "bundle_sha256": version.bundle_sha256,
            "weights_sha256": newest["weights_sha256"],
            "device": newest["device"],
            "seed": newest["seed"],
            "elapsed_s": sum(run["elapsed_s"] for run in runs),
            "total_s": time.monotonic() - started,
            "volumes": runs,
        },
    )


def _segment(context: JobContext, *, engine: Any, volume: Volume, place: int, count: int) -> tuple[Any, dict[str, Any]]:
    first, share = READY_AT + 0.8 * place / count, 0.8 / count
    context.progress(first, f"Reading volume {place + 1} of {count}")
    image, geometry = read_volume(volume)

    def on_progress(done: float) -> None:
        context.progress(first + share * done, f"Segmenting volume {place + 1} of {count}: {done:.0%}")

    result = engine.segment(SegmentRequest(image=image, geometry=geometry, on_progress=on_progress))
    run = result.provenance.to_dict() | {"series_uid": volume.series.series_uid, "volume": volume.index}
    return result.labels, run


def write_draft(
    *, draft: Draft, label_set: LabelSet, team: Team, delta: Delta | CheckedDelta, provenance: dict[str, Any]
) -> None:
    """Write the draft's mark set, close it, and tell who may know; the caller holds the transaction."""
    mark_set = create_mark_set(label_set=label_set, team=team, origin=Origin.DRAFT)
    append_revision(
        mark_set=mark_set,
        base_revision=0,
        delta=delta,
        provenance=Provenance(
            kind=RevisionKind.RUN, client_id=uuid.uuid4(), model_version=str(draft.model_version), tool="prelabel"
        ),
    )
    lock_mark_set(mark_set=mark_set)
    draft.mark_set = mark_set
    draft.provenance = provenance
    draft.save(update_fields=["mark_set", "provenance"])
    tell_draft_ready(draft)


def tell_draft_ready(draft: Draft) -> None:
    """Tell managers and engineers, and, where the protocol shows drafts, the readers of the case alone."""
    project = draft.case.project
    payload = {"draft": str(draft.pk), "model_version": str(draft.model_version), "project": str(project.pk)}
    emit_event(
        kind="draft.ready",
        subject=f"case:{draft.case_id}",
        payload=payload | {"case": str(draft.case_id)},
        team=project.team,
        staff_only=True,
    )
    protocol = project.protocols.first()
    if protocol is None or not protocol.ai_drafts or project.state != ProjectState.LIVE:
        return
    for reading in draft.case.readings.select_related("reader"):
        emit_event(
            kind="draft.ready",
            subject=f"reading:{reading.pk}",
            payload=payload | {"reading": str(reading.pk)},
            user=reading.reader,
        )


def _result(draft: Draft) -> dict[str, Any]:
    return {"draft": str(draft.pk), "mark_set": str(draft.mark_set_id)}
