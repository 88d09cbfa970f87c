"""The query parameters of rendered resources (PS3.18 8.3.5.1), read and refused."""

import math
from dataclasses import dataclass

from django.http import QueryDict
from rest_framework.request import Request

from common.errors import InvalidError
from studies.dicomweb.accept import Unavailable, media_ranges
from studies.rendering import Picture, Viewport, Window

MAX_SIDE = 8192
FUNCTIONS = frozenset({"linear", "linear-exact", "sigmoid"})
IMAGE_TYPES = ("image/jpeg", "image/png", "image/gif")


def image_type(request: Request) -> tuple[str, bool]:
    """Return image/jpeg, image/png or image/gif, and whether it goes into multipart; or refuse with 406 (video …)."""
    for one in media_ranges(request):
        found = next((kind for kind in IMAGE_TYPES if one.takes(kind)), None)
        if found is not None:
            return found, one.multipart
    raise Unavailable([*IMAGE_TYPES, *(f'multipart/related; type="{kind}"' for kind in IMAGE_TYPES)])


def _bad(name: str, said: str, message: str) -> InvalidError:
    return InvalidError(message, code="bad_query", fields={name: said[:200]})


def _number(text: str) -> float:
    value = float(text) if len(text) <= 40 else math.nan
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def wanted_window(query: QueryDict) -> Window | None:
    """Read `window=centre,width[,function]` (8.3.5.1.4)."""
    text = query.get("window", "")
    if not text:
        return None
    parts = text.split(",")
    function = parts[2].strip().lower().replace("_", "-") if len(parts) == 3 else "linear"
    try:
        centre, width = (_number(part) for part in parts[:2])
    except ValueError:
        centre, width = 0.0, 0.0
    if len(parts) > 3 or function not in FUNCTIONS or width <= 0:
        raise _bad("window", text, "window is centre,width[,linear|linear-exact|sigmoid] with a positive width.")
    return Window(centre, width, function)


@dataclass(frozen=True, slots=True)
class View:
    """A viewport, and the part of the frame shown in it.

    Attributes
    ----------
    width, height : int
        The largest size of the picture, in pixels.
    left, top : float
        First column and row that are shown.
    across, down : float or None
        How many columns and rows are shown, None for the rest; negative: turned left to right, upside down.
    """

    width: int
    height: int
    left: float = 0.0
    top: float = 0.0
    across: float | None = None
    down: float | None = None

    @property
    def viewport(self) -> Viewport:
        """The size alone."""
        return Viewport(self.width, self.height)

    def shown(self, picture: Picture) -> Picture:
        """Return the part of a picture that is shown, turned as asked.

        Raises
        ------
        InvalidError
            It lies outside the picture.
        """
        rows, columns = picture.shape[:2]
        across = columns - self.left if self.across is None else abs(self.across)
        down = rows - self.top if self.down is None else abs(self.down)
        begin_x, end_x = _inside(self.left, across, columns)
        begin_y, end_y = _inside(self.top, down, rows)
        if begin_x >= end_x or begin_y >= end_y:
            message = f"The part to be shown lies outside the picture, which is {columns} by {rows} pixels."
            raise InvalidError(message, code="bad_query")
        part = picture[begin_y:end_y, begin_x:end_x]
        if self.across is not None and self.across < 0:
            part = part[:, ::-1]
        if self.down is not None and self.down < 0:
            part = part[::-1]
        return part


def _inside(begin: float, length: float, limit: int) -> tuple[int, int]:
    return max(round(begin), 0), min(round(begin + length), limit)


def wanted_view(query: QueryDict) -> View | None:
    """Read `viewport=vw,vh[,sx,sy,sw,sh]` (8.3.5.1.3); any of the last four may be left empty."""
    text = query.get("viewport", "")
    if not text:
        return None
    message = (
        f"viewport is width,height[,left,top,width,height]: the first two are whole numbers from 1 to {MAX_SIDE}, "
        "the last two are not 0."
    )
    parts = [part.strip() for part in text.split(",")]
    try:
        width, height = (int(_number(part)) for part in parts[:2])
        left, top, across, down = ([_number(part) if part else None for part in parts[2:]] + [None] * 4)[:4]
    except ValueError as error:
        raise _bad("viewport", text, message) from error
    if len(parts) not in (2, 6) or not (1 <= width <= MAX_SIDE and 1 <= height <= MAX_SIDE) or 0 in (across, down):
        raise _bad("viewport", text, message)
    if any(value is not None and abs(value) > 1 << 20 for value in (left, top, across, down)):
        raise _bad("viewport", text, message)
    return View(width, height, left or 0.0, top or 0.0, across, down)


def wanted_quality(query: QueryDict) -> int:
    """Read `quality`, 1 to 100 (8.3.5.1.2)."""
    text = query.get("quality", "90")
    if not (text.isascii() and text.isdecimal() and len(text) <= 3 and 1 <= int(text) <= 100):
        raise _bad("quality", text, "quality is a whole number from 1 to 100.")
    return int(text)


def check_colours(query: QueryDict) -> None:
    """Refuse ICC profiles other than none (8.3.5.1.5): colours would not be what was asked for."""
    text = query.get("iccprofile", "no")
    if text != "no":
        raise _bad("iccprofile", text, "Pictures carry no ICC profile here; leave iccprofile out or say no.")


def ignored(query: QueryDict) -> str:
    """Return the text of a Warning header for what is left out of pictures on purpose, or nothing.

    Names, dates and technique are never burned into a picture (annotation, 8.3.5.1.1).
    """
    wanted = [part for part in query.get("annotation", "").split(",") if part]
    if not wanted:
        return ""
    said = ",".join(wanted).encode("ascii", "replace").decode().replace('"', "'")[:200]
    return f'299 Fiducial "The following annotation values are not supported: {said}"'
