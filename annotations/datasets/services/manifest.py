"""What an archive says of itself: definition, cases, and who or what made every segment."""

from typing import Any

from annotations.datasets.members import case_name, patient_name, reader_name
from annotations.datasets.selectors.attribution import Attribution, attribution_to_json
from annotations.datasets.services.ingredients import Ingredients, Member
from annotations.datasets.types import Format, LabelSource, Split
from annotations.marks.dicom.types import Made
from annotations.marks.models import Label

MANIFEST_VERSION = 1


def made_of(member: Member, value: int) -> Made:
    """Return how a segment came about, in DICOM's three words.

    MANUAL when every voxel was put there by the reader, AUTOMATIC when every voxel comes from a model, SEMIAUTOMATIC
    when both have a part in it, and for a consensus, which is computed from what readers marked.
    """
    kinds = {maker.kind for maker in member.attribution.get(value, {})}
    if kinds == {"reader"}:
        return Made.MANUAL
    return Made.AUTOMATIC if kinds == {"model"} else Made.SEMIAUTOMATIC


def models_in(member: Member, value: int) -> list[str]:
    """Return the model versions that made voxels of a segment, by name."""
    return sorted({maker.name for maker in member.attribution.get(value, {}) if maker.kind == "model"})


def manifest_of(ingredients: Ingredients, form: Format, cases: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the manifest without its list of files.

    Names no person, clock or address: readers and patients bear their numbers in the project.
    """
    release = ingredients.release
    members = ingredients.members_in(form)
    return {
        "manifest_version": MANIFEST_VERSION,
        "product": {"name": "Fiducial", "version": ingredients.version},
        "format": form.value,
        "name": release.name,
        "project": {"id": str(release.project_id), "name": release.project.name},
        "protocol_version": release.protocol.version,
        "definition": _definition(ingredients),
        "labels": [_label(label) for label in ingredients.labels],
        "splits": {
            split.value: {
                "cases": sum(member.split == split for member in members),
                "patients": len({member.plan.patient for member in members if member.split == split}),
            }
            for split in Split
        },
        "cases": cases,
        "missing": [
            {"case": case_name(one["number"]), "reason": one["reason"]}
            for one in release.missing
            if form.value in one["formats"]
        ],
    }


def _definition(ingredients: Ingredients) -> dict[str, Any]:
    definition = ingredients.definition
    reader = None
    if definition.label_source == LabelSource.READER and definition.reader_id is not None:
        reader = reader_name(ingredients.readers[definition.reader_id])
    return {
        "label_source": definition.label_source.value,
        "reader": reader,
        "formats": [one.value for one in definition.formats],
        "shares": {split.value: definition.shares[split] for split in Split},
        "seed": definition.seed,
        "split_by": "patient, in the order of SHA-256 of seed:patient",
    }


def _label(label: Label) -> dict[str, Any]:
    return {
        "value": label.value,
        "name": label.name,
        "colour": label.colour,
        "layer": label.layer,
        "category": [label.category_scheme, label.category_code, label.category_meaning],
        "type": [label.type_scheme, label.type_code, label.type_meaning],
    }


def case_of(ingredients: Ingredients, member: Member) -> dict[str, Any]:
    """Return what the manifest says of one case in every format."""
    plan = member.plan
    names = {label.value: label.name for label in ingredients.labels}
    return {
        "case": case_name(plan.number),
        "number": plan.number,
        "split": member.split.value,
        "patient": patient_name(plan.patient),
        "series": [
            {"series_uid": series.series_uid, "study_uid": series.study.study_uid, "modality": series.modality}
            for series in member.series
        ],
        "marks": {
            "source": "reader" if plan.reader else "consensus",
            "reader": reader_name(plan.reader) if plan.reader else None,
            "rule": plan.rule or None,
            "mark_set": str(plan.mark_set),
            "revision": plan.revision,
            "inputs": [
                {
                    "reader": reader_name(one.reader),
                    "mark_set": str(one.mark_set),
                    "revision": one.revision,
                    "segments": _segments(attribution, names),
                }
                for one, attribution in member.inputs
            ],
        },
        "segments": [
            {**segment, "algorithm_type": made_of(member, segment["label"]).value}
            for segment in _segments(member.attribution, names)
        ],
    }


def _segments(attribution: Attribution, names: dict[int, str]) -> list[dict[str, Any]]:
    return [
        {
            "label": value,
            "name": names[value],
            "voxels": sum(attribution[value].values()),
            "made_by": attribution_to_json(attribution[value]),
        }
        for value in sorted(attribution)
    ]
