"""An image as a presentation state shows it (PS3.3 C.11, PS3.4 N.2): values, and how the picture is turned."""

from typing import Any

import numpy as np

from common.errors import InvalidError
from studies.derived.content import Described, gather_references, integer, item, items, words
from studies.dicomfile.metadata import text
from studies.models import Instance
from studies.pixels import decode_frame, header_of, looked_up_values, rescaled, stored_file
from studies.rendering import Picture, grey_of

_MODALITY = ("00283000", "00281052", "00281053", "00281054")
_VOI = ("00283010", "00281050", "00281051", "00281055", "00281056")


def presented_picture(image: Instance, frame_number: int, *, state: Instance) -> Picture:
    """Return a grey frame as a presentation state shows it: 0 to 255, (rows, columns).

    Applied in turn: modality lookup table or slope, VOI lookup table or window, presentation lookup table or shape,
    then rotation and mirroring. Annotations, shutters and the displayed area are told in the summary and not drawn.

    Raises
    ------
    InvalidError
        The state does not name this image, or the image is a colour one.
    PixelsError
        The frame cannot be decoded.
    """
    header, wanted = header_of(image), header_of(state)
    described = Described()
    gather_references(wanted, described)
    if image.sop_instance_uid not in described.references:
        raise InvalidError("This presentation state does not speak of this image.", code="other_image")
    if image.samples_per_pixel > 1:
        raise InvalidError("Presentation states are applied to grey images only.", code="colour_image")
    with stored_file(image) as file:
        samples = decode_frame(image, frame_number, file=file, header=header)
    merged = presented_header(header, wanted, image.sop_instance_uid)
    grey = grey_of(rescaled(samples, merged, frame_number), merged, frame_number)
    return _turned(_shaped(grey, wanted), wanted)


def presented_header(header: dict[str, Any], state: dict[str, Any], sop_instance_uid: str) -> dict[str, Any]:
    """Return an image's header with the modality and VOI transformations that a state puts in their place."""
    merged = dict(header)
    if any(tag in state for tag in _MODALITY):
        merged = {tag: value for tag, value in merged.items() if tag not in _MODALITY}
        merged |= {tag: state[tag] for tag in _MODALITY if tag in state}
    for voi in items(state, "00283110"):
        named = [text(reference, "00081155") for reference in items(voi, "00081140")]
        if not named or sop_instance_uid in named:
            merged = {tag: value for tag, value in merged.items() if tag not in _VOI}
            merged |= {tag: voi[tag] for tag in _VOI if tag in voi}
            break
    return merged


def _shaped(grey: Picture, state: dict[str, Any]) -> Picture:
    """Return grey values by the presentation LUT, whose input is the whole range of what comes in."""
    table = item(state, "20500010")
    if table:
        entries = integer(table, "00283002") or 65_536
        first_bits = table.get("00283002", {}).get("Value") or [0, 0, 8]
        found = looked_up_values(np.rint(grey.astype(np.float32) * ((entries - 1) / 255.0)) + int(first_bits[1]), table)
        if found is not None:
            highest = 2.0 ** int(first_bits[2]) - 1
            grey = np.clip(np.rint(found * (255.0 / highest)), 0, 255).astype(np.uint8)
    return np.asarray(255 - grey) if words(state, "20500020", 16) == "INVERSE" else grey


def _turned(grey: Picture, state: dict[str, Any]) -> Picture:
    """Return the picture rotated clockwise, then mirrored left to right (PS3.3 C.10.6)."""
    turned = np.rot90(grey, k=-((integer(state, "00700042") or 0) // 90) % 4)
    return np.ascontiguousarray(turned[:, ::-1] if words(state, "00700041", 1) == "Y" else turned)
