"""Read a data set by pydicom: slower than `quick`, and able to read what is unusual or damaged.

`pydicom.dcmread` is not used as it stands: it swallows a data set that ends too soon, and inflates a deflated one
without bound. Its element reader is.
"""

import re
import struct
from collections.abc import Callable
from mmap import mmap
from typing import Any, BinaryIO

from pydicom.charset import convert_encodings
from pydicom.dataset import Dataset
from pydicom.filereader import data_element_generator

from studies.dicomfile.quick import MAX_ITEMS, PIXEL_TAGS, UNDEFINED, PixelElement, too_many_items
from studies.errors import SetAsideError
from studies.types import SetAsideReason

HEADER_LIMIT_BYTES = 256 << 20
_CUT_HEADER = "The file ends in the middle of its header."


def read_elements(
    stream: BinaryIO, size: int, *, implicit: bool, little: bool, stop: Callable[[int], bool]
) -> tuple[Dataset, PixelElement | None]:
    """Read elements up to the first for which `stop` is true; that one is described if it holds pixels.

    Raises
    ------
    SetAsideError
        `truncated`, `unsupported`. A damaged file may raise anything else from the parser.
    """
    stopped: list[PixelElement] = []
    begin = stream.tell()

    def watch(tag: Any, vr: str | None, length: int) -> bool:
        here = stream.tell()
        if stop(tag):
            stopped.append(PixelElement(int(tag), length, here))
            return True
        if length != UNDEFINED and here + length > size:
            raise SetAsideError(
                SetAsideReason.TRUNCATED,
                f"The file ends inside element {tag}, which should have {length:,} bytes but {size - here:,} are left.",
            )
        if here + (0 if length == UNDEFINED else length) - begin > HEADER_LIMIT_BYTES:
            raise SetAsideError(SetAsideReason.UNSUPPORTED, "The header alone is larger than 256 MB.")
        return False

    try:
        elements, end = {}, begin
        for element in data_element_generator(stream, implicit, little, stop_when=watch):
            elements[element.tag], end = element, stream.tell()
    except (EOFError, struct.error) as error:
        raise SetAsideError(SetAsideReason.TRUNCATED, _CUT_HEADER) from error
    if not stopped and 0 < size - end < 8:  # not even the head of another element
        raise SetAsideError(SetAsideReason.TRUNCATED, _CUT_HEADER)
    return Dataset(elements), stopped[0] if stopped else None


def read_dataset(
    stream: BinaryIO, data: bytes | mmap, *, implicit: bool, little: bool
) -> tuple[Dataset, PixelElement | None]:
    """Read the data set that begins where `stream` (the same bytes as `data`) stands, up to its pixel data.

    Raises
    ------
    SetAsideError
        As `read_elements`; also `unsupported` for more than a million sequence items, each of which costs memory.
    """
    marks = re.compile(re.escape(b"\xfe\xff\x00\xe0" if little else b"\xff\xfe\xe0\x00"))
    for number, _ in enumerate(marks.finditer(data, stream.tell(), stream.tell() + HEADER_LIMIT_BYTES), start=1):
        if number > MAX_ITEMS:
            raise too_many_items()
    dataset, pixels = read_elements(
        stream, len(data), implicit=implicit, little=little, stop=lambda tag: tag in PIXEL_TAGS
    )
    charsets = convert_encodings(dataset.get("SpecificCharacterSet") or "ISO_IR 6")
    dataset.set_original_encoding(implicit, little, charsets)
    return dataset, pixels
