"""Parametric maps (PS3.3 A.75), real world value maps (A.71), and radiotherapy plans and doses (A.18, A.20)."""

from typing import Any, BinaryIO

import numpy as np

from studies.derived.content import (
    RT_DOSE,
    RT_PLANS,
    Described,
    code_of,
    gather_references,
    integer,
    item,
    items,
    meaning,
    number,
    words,
)
from studies.dicomfile.metadata import numbers, text
from studies.errors import PixelsError
from studies.models import Instance
from studies.pixels import decode_frame
from studies.types import Finding

MAX_MAPPINGS = 500
MAX_MEASURED_FRAMES = 2_000


def describe_parametric(instance: Instance, header: dict[str, Any], file: BinaryIO) -> Described:
    """Return what the values of a parametric map are.

    The summary is {type, frames, rows, columns, pixels, mappings: [{label, explanation, unit, slope, intercept, first,
    last, quantity}], smallest, largest}; smallest and largest are stored values.
    """
    described = Described(label=words(header, "00700080", 64) or words(header, "0008103E"))
    gather_references(header, described)
    shared = item(header, "52009229")
    layers = [shared, *items(header, "52009230")[:1], header]
    mappings = [mapping for layer in layers for mapping in items(layer, "00409096")][:MAX_MAPPINGS]
    pixels = next((kind for tag, kind in _PIXELS.items() if tag in header), "")
    described.summary = {
        "type": "map",
        "frames": instance.frame_count,
        "rows": instance.rows,
        "columns": instance.columns,
        "pixels": pixels,
        "mappings": [_mapping(mapping) for mapping in mappings],
    } | _range(instance, described, file)
    if not mappings:
        described.notes.add(Finding.BROKEN_CONTENT, "It does not say in which unit its values are.")
    return described


_PIXELS = {"7FE00008": "float", "7FE00009": "double", "7FE00010": "integer"}


def _range(instance: Instance, described: Described, file: BinaryIO) -> dict[str, float | None]:
    """Return the smallest and largest finite stored value."""
    smallest = largest = None
    try:
        for frame in range(1, min(instance.frame_count, MAX_MEASURED_FRAMES) + 1):
            values = decode_frame(instance, frame, file=file)
            values = values[np.isfinite(values)]
            if values.size:
                low, high = float(values.min()), float(values.max())
                smallest = low if smallest is None else min(smallest, low)
                largest = high if largest is None else max(largest, high)
    except PixelsError as error:
        described.notes.add(Finding.UNDECODABLE, error.message)
    if instance.frame_count > MAX_MEASURED_FRAMES:
        described.notes.add(Finding.TOO_MUCH_CONTENT, f"Only {MAX_MEASURED_FRAMES:,} frames were measured.")
    return {"smallest": smallest, "largest": largest}


def _mapping(mapping: dict[str, Any]) -> dict[str, Any]:
    quantity = next((meaning(part, "0040A168") for part in items(mapping, "00409220") if meaning(part, "0040A168")), "")
    return {
        "label": words(mapping, "00409210", 16),
        "explanation": words(mapping, "00283003", 64),
        "unit": code_of(mapping, "004008EA"),
        "slope": number(mapping, "00409225"),
        "intercept": number(mapping, "00409224"),
        "table": bool(mapping.get("00409212")),
        "first": _either(mapping, "00409216", "00409214"),
        "last": _either(mapping, "00409211", "00409213"),
        "quantity": quantity,
    }


def _either(mapping: dict[str, Any], *tags: str) -> float | None:
    return next((value for tag in tags if (value := number(mapping, tag)) is not None), None)


def describe_real_world_values(header: dict[str, Any]) -> Described:
    """Return the units that a real world value map gives to images.

    The summary is {type, label, mappings: [{…, images}]}; equal mappings are told once, with the images of all.
    """
    described = Described(label=words(header, "00700080", 64) or words(header, "00700081", 64))
    gather_references(header, described)
    found: dict[str, dict[str, Any]] = {}
    for part in items(header, "00409094"):
        images = len(items(part, "00081140"))
        for mapping in items(part, "00409096"):
            told = _mapping(mapping)
            key = repr(sorted(told.items(), key=lambda pair: pair[0]))
            if key in found:
                found[key]["images"] += images
            elif len(found) < MAX_MAPPINGS:
                found[key] = told | {"images": images}
    described.summary = {"type": "real world values", "mappings": list(found.values())}
    if not found:
        described.notes.add(Finding.BROKEN_CONTENT, "It maps no values.")
    return described


def describe_other(instance: Instance, header: dict[str, Any], file: BinaryIO) -> Described:
    """Return what can be said of a radiotherapy plan or dose, or of anything else that is no image."""
    described = Described(label=words(header, "300A0002", 16) or words(header, "0008103E") or words(header, "00420010"))
    gather_references(header, described)
    if instance.sop_class_uid in RT_PLANS:
        described.summary = _plan(header)
    elif instance.sop_class_uid == RT_DOSE:
        described.summary = _dose(instance, header, described, file)
    else:
        described.summary = {"type": "object", "title": words(header, "00420010", 200)}
    return described


def _plan(header: dict[str, Any]) -> dict[str, Any]:
    beams = (items(header, "300A00B0") or items(header, "300A03A2"))[:MAX_MAPPINGS]
    return {
        "type": "plan",
        "name": words(header, "300A0003", 64),
        "date": words(header, "300A0006", 8),
        "geometry": words(header, "300A000C", 16),
        "fractions": [
            {
                "number": integer(group, "300A0071"),
                "planned": integer(group, "300A0078"),
                "beams": integer(group, "300A0080"),
            }
            for group in items(header, "300A0070")[:MAX_MAPPINGS]
        ],
        "beams": [
            {
                "number": integer(beam, "300A00C0"),
                "name": words(beam, "300A00C2", 64),
                "type": words(beam, "300A00C4", 16),
                "radiation": words(beam, "300A00C6", 16),
                "machine": words(beam, "300A00B2", 16),
                "energy": number(item(beam, "300A0111"), "300A0114"),
                "control_points": integer(beam, "300A0110"),
            }
            for beam in beams
        ],
        "prescriptions": [
            {
                "structure": words(dose, "300A0014", 16),
                "description": words(dose, "300A0016", 64),
                "dose_gy": number(dose, "300A0026"),
            }
            for dose in items(header, "300A0010")[:MAX_MAPPINGS]
        ],
    }


def _dose(instance: Instance, header: dict[str, Any], described: Described, file: BinaryIO) -> dict[str, Any]:
    scaling = number(header, "3004000E")
    found = _range(instance, described, file)
    largest = found["largest"]
    return {
        "type": "dose",
        "dose_type": words(header, "30040004", 16),
        "unit": words(header, "30040002", 16),
        "summation": words(header, "3004000A", 16),
        "frames": instance.frame_count,
        "rows": instance.rows,
        "columns": instance.columns,
        "planes": len(numbers(header, "3004000C")),
        "largest": None if largest is None or scaling is None else largest * scaling,
        "plan": text(item(header, "300C0002"), "00081155"),
    }
