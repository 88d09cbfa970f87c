"""Members of a release as JSON: what a `Release.members` row holds, written and read in one place."""

from typing import Any
from uuid import UUID

from annotations.datasets.types import Candidate, Cohort, Definition, Format, LabelSource, MarksInput, Missing, Split


def case_name(number: int) -> str:
    """Return the name that a case bears in archives."""
    return f"case_{number:04d}"


def patient_name(number: int) -> str:
    """Return the pseudonym that a patient bears in archives."""
    return f"patient_{number:04d}"


def reader_name(number: int) -> str:
    """Return the pseudonym that a reader bears in archives."""
    return f"reader_{number}"


def members_to_json(cohort: Cohort) -> list[dict[str, Any]]:
    """Return the members of a cohort, ordered by case number."""
    return [
        {
            "case": str(one.case_id),
            "number": one.number,
            "split": cohort.split_of[one.patient_key].value,
            "patient": one.patient,
            "patient_key": one.patient_key,
            "mark_set": str(one.mark_set),
            "revision": one.revision,
            "reader": one.reader,
            "rule": one.rule,
            "inputs": [[entry.reader, str(entry.mark_set), entry.revision] for entry in one.inputs],
            "volume": str(one.volume) if one.volume else None,
            "formats": [form.value for form in one.formats],
        }
        for one in sorted(cohort.candidates, key=lambda one: one.number)
    ]


def member_from_json(data: dict[str, Any]) -> tuple[Candidate, Split]:
    """Return a member and its split; the inverse of `members_to_json`."""
    candidate = Candidate(
        case_id=UUID(data["case"]),
        number=data["number"],
        patient_key=data["patient_key"],
        patient=data["patient"],
        mark_set=UUID(data["mark_set"]),
        revision=data["revision"],
        formats=tuple(Format(form) for form in data["formats"]),
        reader=data["reader"],
        rule=data["rule"],
        inputs=tuple(MarksInput(reader, UUID(mark_set), revision) for reader, mark_set, revision in data["inputs"]),
        volume=UUID(data["volume"]) if data["volume"] else None,
    )
    return candidate, Split(data["split"])


def missing_to_json(missing: Missing) -> dict[str, Any]:
    """Return one missing case."""
    return {
        "case": str(missing.case_id),
        "number": missing.number,
        "reason": missing.reason.value,
        "message": str(missing.reason.label),
        "formats": [form.value for form in missing.formats],
    }


def definition_to_json(definition: Definition) -> dict[str, Any]:
    """Return a definition (its name is kept beside it)."""
    return {
        "label_source": definition.label_source.value,
        "reader_id": str(definition.reader_id) if definition.reader_id else None,
        "formats": [form.value for form in definition.formats],
        "shares": {split.value: definition.shares[split] for split in Split},
        "seed": definition.seed,
    }


def definition_from_json(data: dict[str, Any], *, name: str) -> Definition:
    """Return a definition; the inverse of `definition_to_json`."""
    return Definition(
        name=name,
        label_source=LabelSource(data["label_source"]),
        formats=tuple(Format(form) for form in data["formats"]),
        shares={split: float(data["shares"][split.value]) for split in Split},
        seed=data["seed"],
        reader_id=UUID(data["reader_id"]) if data["reader_id"] else None,
    )


def counts_by_split(members: list[dict[str, Any]]) -> dict[str, dict[str, int]]:
    """Return split → {"cases", "patients"} of members as JSON."""
    return {
        split.value: {
            "cases": sum(member["split"] == split for member in members),
            "patients": len({member["patient_key"] for member in members if member["split"] == split}),
        }
        for split in Split
    }
