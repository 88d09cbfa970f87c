"""Structured reports (PS3.3 A.35): the content tree as text, and TID 1500 measurement groups as a table."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from studies.derived.content import (
    UID_LENGTH,
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
from studies.types import Finding

MAX_NODES = 20_000
MAX_LEVEL = 50
MAX_LINES = 2_000
MAX_ROWS = 5_000
MAX_KEY_IMAGES = 2_000

# Concepts of TID 1500, 1410 and 1411 (PS3.16), by code; schemes differ over the years (SRT became SCT).
MEASUREMENT_GROUP = {"125007"}
TRACKING_ID, TRACKING_UID = {"112039"}, {"112040"}
FINDING, FINDING_CATEGORY = {"121071"}, {"276214006", "G-0001"}
FINDING_SITE = {"363698007", "G-C0E3"}
LATERALITY = {"272741003", "G-C171"}
METHOD = {"370129005", "G-C036"}
DERIVATION = {"121401"}
REFERENCED_SEGMENT, SOURCE_SERIES = {"121191", "121214"}, {"121232"}
KEY_OBJECT_SELECTION = "1.2.840.10008.5.1.4.1.1.88.59"
KEY_OBJECT_DESCRIPTION = {"113012"}
SESSION, TIME_POINT = {"C67447"}, {"C2348792"}


@dataclass(frozen=True, slots=True)
class Node:
    """One content item and how deep it lies."""

    content: dict[str, Any]
    level: int

    @property
    def concept(self) -> str:
        """The code value of its name."""
        code = code_of(self.content, "0040A043")
        return code["value"] if code else ""


def nodes_of(root: dict[str, Any]) -> Iterator[Node]:
    """Yield every content item below one, in reading order; depth and number are bounded."""
    waiting = [Node(child, 1) for child in reversed(items(root, "0040A730"))]
    seen = 0
    while waiting and seen < MAX_NODES:
        node = waiting.pop()
        seen += 1
        yield node
        if node.level < MAX_LEVEL:
            waiting.extend(Node(child, node.level + 1) for child in reversed(items(node.content, "0040A730")))


def describe_report(header: dict[str, Any]) -> Described:
    """Return a report's title, text and measurements.

    The summary is {title, template, completion, verification, observers, date, lines: [{level, relationship, name,
    value}], groups: [{tracking_id, tracking_uid, finding, category, site, method, segment, series, images,
    measurements: [{name, code, value, unit, derivation, method, site, missing}]}]}. That of a key object selection
    (TID 2010) has key_images besides: [{sop_instance_uid, series_uid, frames}], frames empty where all are meant, and
    what it says of them as its description.
    """
    title = meaning(header, "0040A043") or words(header, "0008103E", 64)
    described = Described(label=title[:200])
    gather_references(header, described)
    nodes = list(nodes_of(header))
    if len(nodes) >= MAX_NODES:
        described.notes.add(Finding.TOO_MUCH_CONTENT, f"Only the first {MAX_NODES:,} items are read.")
    if any(node.level >= MAX_LEVEL and items(node.content, "0040A730") for node in nodes):
        described.notes.add(Finding.TOO_MUCH_CONTENT, f"Items nested deeper than {MAX_LEVEL} levels are left out.")
    if not nodes:
        described.notes.add(Finding.BROKEN_CONTENT, "The report is empty.")
    lines = [line for node in nodes[:MAX_LINES] if (line := _line(node)) is not None]
    if len(nodes) > MAX_LINES:
        described.notes.add(Finding.TOO_MUCH_CONTENT, f"Only the first {MAX_LINES:,} items are shown as text.")
    described.summary = {
        "title": title,
        "template": words(item(header, "0040A504"), "0040DB00", 16),
        "completion": words(header, "0040A491", 16),
        "verification": words(header, "0040A493", 16),
        "observers": _observers(header, nodes),
        "date": words(header, "00080023", 8),
        "lines": lines,
        "groups": _groups(nodes, described),
    }
    if words(header, "00080016", 64) == KEY_OBJECT_SELECTION:
        described.summary |= {
            "key_images": _key_images(nodes, described),
            "description": _said(nodes, KEY_OBJECT_DESCRIPTION),
        }
    return described


def _key_images(nodes: list[Node], described: Described) -> list[dict[str, Any]]:
    """Return the images that a key object selection names, in its order, each once."""
    found: dict[str, dict[str, Any]] = {}
    for node in nodes:
        reference = item(node.content, "00081199")
        uid = text(reference, "00081155")[:UID_LENGTH]
        if uid and text(node.content, "0040A040") == "IMAGE":
            frames = [int(value) for value in numbers(reference, "00081160") if value >= 1]
            one = found.setdefault(
                uid, {"sop_instance_uid": uid, "series_uid": described.references.get(uid, ""), "frames": []}
            )
            one["frames"] = sorted({*one["frames"], *frames})
    if len(found) > MAX_KEY_IMAGES:
        described.notes.add(Finding.TOO_MUCH_CONTENT, f"Only the first {MAX_KEY_IMAGES:,} key images are read.")
    return list(found.values())[:MAX_KEY_IMAGES]


def _observers(header: dict[str, Any], nodes: list[Node]) -> list[str]:
    verifying = [words(observer, "0040A075", 100) for observer in items(header, "0040A073")[:20]]
    named = [_value(node.content) for node in nodes[:200] if node.concept in {"121008", "121013"}]
    return sorted({name for name in (*verifying, *named) if name})


def _line(node: Node) -> dict[str, Any] | None:
    name, value = meaning(node.content, "0040A043"), _value(node.content)
    if not name and not value:
        return None
    relationship = words(node.content, "0040A010", 16)
    return {"level": node.level, "relationship": relationship, "name": name, "value": value}


def _value(content: dict[str, Any]) -> str:
    """Return what an item says, as text, by its value type (PS3.3 C.17.3)."""
    kind = text(content, "0040A040")
    if kind == "NUM":
        measured = item(content, "0040A300")
        value = text(measured, "0040A30A")
        unit = code_of(measured, "004008EA")
        return f"{value} {unit['value'] if unit and unit['value'] != '1' else ''}".strip()
    if kind == "CODE":
        return meaning(content, "0040A168")
    if kind in ("IMAGE", "COMPOSITE", "WAVEFORM"):
        reference = item(content, "00081199")
        uid = text(reference, "00081155")
        segment = integer(reference, "0062000B")
        return f"{uid}, segment {segment}" if segment is not None else uid
    tags = {
        "TEXT": "0040A160",
        "PNAME": "0040A123",
        "DATE": "0040A121",
        "TIME": "0040A122",
        "DATETIME": "0040A120",
        "UIDREF": "0040A124",
        "SCOORD": "00700023",
        "SCOORD3D": "00700023",
    }
    return words(content, tags[kind], 4000) if kind in tags else ""


def _groups(nodes: list[Node], described: Described) -> list[dict[str, Any]]:
    groups = []
    rows = 0
    for index, node in enumerate(nodes):
        if node.concept not in MEASUREMENT_GROUP:
            continue
        inside = _inside(nodes, index)
        measurements = [_measurement(nodes, at) for at in inside if text(nodes[at].content, "0040A040") == "NUM"]
        rows += len(measurements)
        if rows > MAX_ROWS:
            described.notes.add(Finding.TOO_MUCH_CONTENT, f"Only the first {MAX_ROWS:,} measurements are shown.")
            break
        direct = [nodes[at] for at in inside if nodes[at].level == node.level + 1]
        groups.append(_group(direct, [nodes[at] for at in inside]) | {"measurements": measurements})
    return groups


def _inside(nodes: list[Node], index: int) -> list[int]:
    """Return the indices of the items below one; they follow it in reading order."""
    end = index + 1
    while end < len(nodes) and nodes[end].level > nodes[index].level:
        end += 1
    return list(range(index + 1, end))


def _group(direct: list[Node], inside: list[Node]) -> dict[str, Any]:
    segment = next((item(node.content, "00081199") for node in inside if node.concept in REFERENCED_SEGMENT), None)
    return {
        "tracking_id": _said(direct, TRACKING_ID),
        "tracking_uid": _said(direct, TRACKING_UID),
        "finding": _said(direct, FINDING),
        "category": _said(direct, FINDING_CATEGORY),
        "site": " ".join(part for part in (_said(inside, LATERALITY), _said(inside, FINDING_SITE)) if part),
        "method": _said(direct, METHOD),
        "session": _said(direct, SESSION),
        "time_point": _said(direct, TIME_POINT),
        "segment": None
        if segment is None
        else {"sop_instance_uid": text(segment, "00081155"), "number": integer(segment, "0062000B")},
        "series": sorted({_value(node.content) for node in inside if node.concept in SOURCE_SERIES} - {""}),
        "images": sorted(
            {
                text(item(node.content, "00081199"), "00081155")
                for node in inside
                if text(node.content, "0040A040") == "IMAGE" and node.concept not in REFERENCED_SEGMENT
            }
            - {""}
        ),
    }


def _said(nodes: list[Node], concepts: set[str]) -> str:
    return next((_value(node.content) for node in nodes if node.concept in concepts), "")


def _measurement(nodes: list[Node], index: int) -> dict[str, Any]:
    node = nodes[index]
    measured = item(node.content, "0040A300")
    about = [nodes[at] for at in _inside(nodes, index)]
    return {
        "name": meaning(node.content, "0040A043"),
        "code": code_of(node.content, "0040A043"),
        "value": number(measured, "0040A30A"),
        "unit": code_of(measured, "004008EA"),
        "derivation": _said(about, DERIVATION),
        "method": _said(about, METHOD),
        "site": _said(about, FINDING_SITE),
        "missing": meaning(node.content, "0040A301"),
    }
