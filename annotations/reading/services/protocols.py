"""Protocols: immutable versions; a changed label list is a new label set."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from django.db import transaction

from accounts.models import User
from annotations.marks.models import LabelSet, MarkSet
from annotations.marks.selectors import label_values
from annotations.marks.services import create_label_set
from annotations.marks.types import Origin
from annotations.reading.errors import LabelInUseError, ProtocolError
from annotations.reading.forms import clean_form, lesion_questions_of
from annotations.reading.models import Project, Protocol
from annotations.reading.policies import require_manager
from annotations.reading.selectors.projects import current_protocol
from annotations.reading.services.assignment import assign_readings
from annotations.reading.services.projects import lock_project
from annotations.reading.types import OKABE_ITO, LabelDraft, ProjectState, ProtocolDraft
from audit.services import record_action
from jobs.services import emit_event

MAX_LABELS = 255
MAX_READERS_PER_CASE = 20
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_FIELDS = tuple(LabelDraft.__dataclass_fields__)


@transaction.atomic
def set_protocol(*, actor: User, project: Project, draft: ProtocolDraft) -> Protocol:
    """Write the next protocol version. In a live project, cases that now need more readers get them.

    Raises
    ------
    DeniedError
        The actor does not manage the project.
    ProtocolError
        Labels, form or numbers contradict themselves.
    LabelInUseError
        A label that has marks would be removed, or get another value or layer.
    """
    require_manager(actor=actor, project=project)
    row = lock_project(project)
    if not 1 <= draft.readers_per_case <= MAX_READERS_PER_CASE:
        raise ProtocolError(
            f"A case is read by 1 to {MAX_READERS_PER_CASE} readers.",
            fields={"readers_per_case": draft.readers_per_case},
        )
    form = clean_form(questions=draft.questions, lesion=draft.lesion)
    before = current_protocol(project=row)
    label_set = _label_set(row, before.label_set if before else None, draft.labels)
    _check_lesion_labels(form, label_set)
    protocol = Protocol.objects.create(
        project=row,
        version=(before.version if before else 0) + 1,
        label_set=label_set,
        form=form,
        readers_per_case=draft.readers_per_case,
        blinded=draft.blinded,
        ai_drafts=draft.ai_drafts,
        consensus_rule=draft.consensus_rule,
    )
    record_action(
        actor=actor,
        action="protocol.set",
        subject=f"project:{row.pk}",
        team=row.team,
        detail={"version": protocol.version, "blinded": draft.blinded, "readers_per_case": draft.readers_per_case},
    )
    payload = {"state": row.state, "protocol_version": protocol.version}
    emit_event(kind="project.changed", subject=f"project:{row.pk}", payload=payload, team=row.team)
    if row.state == ProjectState.LIVE:
        assign_readings(actor=actor, project=row)
    return protocol


def _check_lesion_labels(form: Mapping[str, Any], label_set: LabelSet) -> None:
    known = label_values(label_set=label_set)
    for question in lesion_questions_of(form):
        if set(question["labels"]) - known:
            raise ProtocolError(
                f"The question {question['key']!r} is asked of findings with a label that is not there.",
                fields={"form": [question["key"]]},
            )


def _label_set(project: Project, before: LabelSet | None, drafts: Sequence[LabelDraft]) -> LabelSet:
    """Return the label set of these labels: the present one when nothing changed, else a new one."""
    old = {label.value: LabelDraft(**{name: getattr(label, name) for name in _FIELDS}) for label in _rows(before)}
    # Locked, so that no stroke can use a label while it is being removed.
    mark_sets = MarkSet.objects.select_for_update().filter(team=project.team).values_list("used_values", flat=True)
    used = {value for values in list(mark_sets) for value in values}
    labels = _complete(drafts, old=old, used=used)
    _refuse_lost(labels, old=old, used=used)
    if before is not None and list(old.values()) == labels:
        return before
    label_set = create_label_set(name=project.name, labels=[asdict(label) for label in labels])
    MarkSet.objects.filter(team=project.team, origin=Origin.READER).update(label_set=label_set)
    return label_set


def _rows(label_set: LabelSet | None) -> Iterable[Any]:
    return label_set.labels.order_by("value") if label_set else ()


def _complete(drafts: Sequence[LabelDraft], *, old: Mapping[int, LabelDraft], used: set[int]) -> list[LabelDraft]:
    """Return labels by value, with values and colours filled in, or raise ProtocolError."""
    names = [draft.name.strip() for draft in drafts]
    if not 1 <= len(drafts) <= MAX_LABELS or not all(names):
        raise ProtocolError(f"A protocol has 1 to {MAX_LABELS} labels, each with a name.", fields={"labels": []})
    if len({name.casefold() for name in names}) != len(names):
        raise ProtocolError("Two labels have the same name.", fields={"labels": names})
    values = _values(drafts, old=old, used=used)
    labels = []
    for place, (draft, name, value) in enumerate(zip(drafts, names, values, strict=True)):
        colour = (draft.colour or OKABE_ITO[place % len(OKABE_ITO)]).lower()
        if not _COLOUR.fullmatch(colour):
            raise ProtocolError(f"The colour {draft.colour!r} is not of the form #rrggbb.", fields={"labels": [name]})
        before = old.get(value)
        kept = (before.layer if before else None) or 0
        layer = kept if draft.layer is None else draft.layer
        labels.append(replace(draft, name=name, value=value, colour=colour, layer=layer))
    return sorted(labels, key=lambda label: label.value or 0)


def _values(drafts: Sequence[LabelDraft], *, old: Mapping[int, LabelDraft], used: set[int]) -> list[int]:
    """Return the value of each label: the one given, else that of the old label of this name, else a free one."""
    by_name = {label.name.casefold(): value for value, label in old.items()}
    given = {draft.value for draft in drafts if draft.value is not None}
    chosen: list[int] = []
    for draft in drafts:
        value = draft.value
        kept = by_name.get(draft.name.strip().casefold())
        if value is None and kept is not None and kept not in given:
            value = kept
        if value is None:
            closed = given | used | set(old) | set(chosen)
            value = next((free for free in range(1, MAX_LABELS + 1) if free not in closed), 0)
        if not 1 <= value <= MAX_LABELS or value in chosen:
            raise ProtocolError(
                "Every label needs its own value from 1 to 255.", fields={"labels": [draft.name], "value": value}
            )
        chosen.append(value)
    return chosen


def _refuse_lost(labels: Sequence[LabelDraft], *, old: Mapping[int, LabelDraft], used: set[int]) -> None:
    values = {label.value for label in labels}
    by_name = {label.name.casefold(): label.value for label in labels}
    layers = {label.value: label.layer for label in labels}
    for value in sorted(used & set(old)):
        name = old[value].name
        moved = by_name.get(name.casefold(), value) != value
        if value not in values or moved:
            what = "another number" if moved else "removed"
            raise LabelInUseError(
                f"The label {name!r} has marks and cannot be {'given ' if moved else ''}{what}.",
                fields={"name": name, "value": value},
            )
        if layers[value] != old[value].layer:
            raise LabelInUseError(
                f"The label {name!r} has marks: whether it may overlap others cannot be changed any more.",
                fields={"name": name, "value": value, "layer": old[value].layer},
            )
