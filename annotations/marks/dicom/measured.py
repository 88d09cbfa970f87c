"""What measurements are called in reports, and which lines draw them. No DICOM library.

Points of each type stand in the module `annotations.marks.measurements`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from annotations.marks.dicom.types import Code

OWN_SCHEME = "99FIDUCIAL"
TYPE_CONCEPT = Code(OWN_SCHEME, "measurement-type", "Type of measurement")
LABEL_CONCEPT = Code(OWN_SCHEME, "label", "Label")
COMMENT_CONCEPT = Code("DCM", "121106", "Comment")

SCALE_CONCEPT = Code(OWN_SCHEME, "scale", "What millimetres are measured by")

LENGTH = Code("SCT", "410668003", "Length")
LONG_AXIS = Code("SCT", "103339001", "Long axis")
SHORT_AXIS = Code("SCT", "103340004", "Short axis")
ANGLE = Code("SCT", "1483009", "Angle")
AREA = Code("SCT", "42798000", "Area")
RATIO = Code("SCT", "118586006", "Ratio")

MILLIMETRE = Code("UCUM", "mm", "millimeter")
UNITS: Mapping[str, Code] = {
    "mm": MILLIMETRE,
    "px": Code("UCUM", "{pixels}", "pixels"),
    "px2": Code("UCUM", "{square_pixels}", "square pixels"),
    "mm2": Code("UCUM", "mm2", "square millimeter"),
    "deg": Code("UCUM", "deg", "degree"),
    "": Code("UCUM", "1", "no units"),
    "1": Code("UCUM", "1", "no units"),
    "HU": Code("UCUM", "[hnsf'U]", "Hounsfield unit"),
    "[hnsf'U]": Code("UCUM", "[hnsf'U]", "Hounsfield unit"),
    "g/ml": Code("UCUM", "g/ml{SUVbw}", "standardized uptake value body weight"),
    "SUVbw": Code("UCUM", "g/ml{SUVbw}", "standardized uptake value body weight"),
}
"""Our units → UCUM; others are taken as UCUM codes as they are."""

STATISTICS: Mapping[str, Code] = {
    "mean": Code("SCT", "373098007", "Mean"),
    "sd": Code("SCT", "386136009", "Standard Deviation"),
    "min": Code("SCT", "255605001", "Minimum"),
    "max": Code("SCT", "56851009", "Maximum"),
    "area": AREA,
    "perimeter": Code("SCT", "131191004", "Perimeter"),
    "SUVmax": Code("DCM", "126401", "SUVbw"),
    "short": SHORT_AXIS,
    "first": Code(OWN_SCHEME, "first-length", "First length of a ratio"),
    "second": Code(OWN_SCHEME, "second-length", "Second length of a ratio"),
    "red": Code(OWN_SCHEME, "red", "Red"),
    "green": Code(OWN_SCHEME, "green", "Green"),
    "blue": Code(OWN_SCHEME, "blue", "Blue"),
    "SUVpeak": Code("DCM", "126031", "Peak Value Within ROI"),
}


@dataclass(frozen=True, slots=True)
class Form:
    """How one type of measurement is written.

    Attributes
    ----------
    name : str
        For people.
    concept : Code
        What its value is.
    lines : sequence of sequences of int
        Its lines, as places in its list of points; empty: one line through all points.
    shape : str
        `line`, `closed`, `ellipse`, `circle` or `point`.
    """

    name: str
    concept: Code
    lines: Sequence[Sequence[int]] = ()
    shape: str = "line"


_TWO_LINES = ((0, 1), (2, 3))
FORMS: Mapping[str, Form] = {
    "length": Form("Length", LENGTH),
    "bidirectional": Form("Bidirectional", LONG_AXIS, _TWO_LINES),
    "angle": Form("Angle", ANGLE),
    "cobb": Form("Cobb angle", Code("SCT", "285285000", "Cobb angle"), _TWO_LINES),
    "ellipse": Form("Ellipse", AREA, shape="ellipse"),
    "rectangle": Form("Rectangle", AREA, shape="closed"),
    "circle": Form("Circle", AREA, shape="circle"),
    "freehand": Form("Freehand region", AREA, shape="closed"),
    "spline": Form("Spline region", AREA, shape="closed"),
    "probe": Form("Probe", Code("DCM", "112031", "Attenuation Coefficient"), shape="point"),
    "arrow": Form("Arrow", LENGTH),
    "height": Form("Height", Code("DCM", "121207", "Height")),
    "ratio": Form("Ratio", RATIO, _TWO_LINES),
}


def unit_of(text: str) -> Code:
    """Return the UCUM code of a unit as measurements have it."""
    return UNITS.get(text) or Code("UCUM", text[:16], text[:64])


def unit_text(code: str) -> str:
    """Return the unit as measurements have it, of a UCUM code."""
    names = {"1": "", "[hnsf'U]": "HU", "g/ml{SUVbw}": "SUVbw", "{pixels}": "px", "{square_pixels}": "px2"}
    return names.get(code, code)
