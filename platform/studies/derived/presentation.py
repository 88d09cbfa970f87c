"""Presentation states (PS3.3 A.33): what they change and draw, and on which images."""

from collections import Counter
from typing import Any

from studies.derived.content import Described, gather_references, integer, item, items, number, words
from studies.dicomfile.metadata import numbers, storable_text
from studies.types import Finding

MAX_PARTS = 1_000


def describe_presentation(header: dict[str, Any]) -> Described:
    """Return what a presentation state does.

    The summary is {name, description, creator, modality_lut, voi: [{kind, centre, width, explanation, images}],
    presentation_lut, displayed_areas: [{top_left, bottom_right, mode, spacing_mm, images}], rotation, mirrored,
    shutters, layers, texts, graphics: {type: count}, images}.
    """
    described = Described(label=words(header, "00700080", 16) or words(header, "00700081", 64))
    gather_references(header, described)
    annotations = items(header, "00700001")[:MAX_PARTS]
    graphics: Counter[str] = Counter()
    texts: list[str] = []
    for annotation in annotations:
        texts += [words(part, "00700006", 1000) for part in items(annotation, "00700008")[:MAX_PARTS]]
        graphics.update(words(part, "00700023", 16) or "?" for part in items(annotation, "00700009")[:MAX_PARTS])
    described.summary = {
        "name": words(header, "00700080", 16),
        "description": words(header, "00700081", 64),
        "creator": words(header, "00700084", 64),
        "modality_lut": _modality(header),
        "voi": [_voi(voi) for voi in items(header, "00283110")[:MAX_PARTS]],
        "presentation_lut": words(header, "20500020", 16) or ("LUT" if items(header, "20500010") else ""),
        "displayed_areas": [_area(area) for area in items(header, "0070005A")[:MAX_PARTS]],
        "rotation": integer(header, "00700042") or 0,
        "mirrored": words(header, "00700041", 1) == "Y",
        "shutters": [storable_text(str(value))[:16] for value in (header.get("00181600", {}).get("Value") or [])[:10]],
        "layers": [words(layer, "00700002", 16) for layer in items(header, "00700060")[:MAX_PARTS]],
        "texts": [said for said in texts if said][:MAX_PARTS],
        "graphics": dict(graphics),
        "images": len(described.references),
    }
    if not described.references:
        described.notes.add(Finding.BROKEN_CONTENT, "It names no image.")
    return described


def _modality(header: dict[str, Any]) -> dict[str, Any] | None:
    table = item(header, "00283000")
    if table:
        return {"kind": "LUT", "type": words(table, "00283004", 64), "entries": _entries(table)}
    slope, intercept = number(header, "00281053"), number(header, "00281052")
    if slope is None:
        return None
    return {"kind": "linear", "slope": slope, "intercept": intercept or 0.0, "type": words(header, "00281054", 64)}


def _voi(voi: dict[str, Any]) -> dict[str, Any]:
    table = item(voi, "00283010")
    centre, width = number(voi, "00281050"), number(voi, "00281051")
    return {
        "kind": "LUT" if table else "window",
        "centre": centre,
        "width": width,
        "entries": _entries(table) if table else None,
        "explanation": words(table, "00283003", 64) or words(voi, "00281055", 64),
        "images": len(items(voi, "00081140")),
    }


def _entries(table: dict[str, Any]) -> int | None:
    """Return how many entries a lookup table says it has; 0 stands for 65,536 (PS3.3 C.11.1.1.1)."""
    descriptor = numbers(table, "00283002")
    return (int(descriptor[0]) or 65_536) if len(descriptor) == 3 else None


def _area(area: dict[str, Any]) -> dict[str, Any]:
    return {
        "top_left": [int(value) for value in numbers(area, "00700052")],
        "bottom_right": [int(value) for value in numbers(area, "00700053")],
        "mode": words(area, "00700100", 16),
        "spacing_mm": numbers(area, "00700101") or None,
        "images": len(items(area, "00081140")),
    }
