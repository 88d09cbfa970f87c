"""What is odd about a file that is taken in all the same."""

from typing import Any

from pydicom.charset import python_encoding

from studies.dicomfile.metadata import first, numbers, text
from studies.types import Finding

MOST_FINDINGS = 20
_SLICES = frozenset({"CT", "MR", "PT"})
_SPACINGS = ("00280030", "00181164", "00182010", "00186011", "52009229", "52009230", "30020011", "00482001")


class Findings:
    """Codes and details, each once, and not without end."""

    def __init__(self) -> None:
        self.found: list[dict[str, str]] = []

    def add(self, code: Finding, detail: str) -> None:
        """Keep one finding."""
        one = {"code": str(code), "detail": detail}
        if len(self.found) < MOST_FINDINGS and one not in self.found:
            self.found.append(one)


def look_at_text(header: str, charset: list[str], findings: Findings) -> None:
    """Say where letters may be wrong: unknown character set, letters outside the stated one, or none stated.

    Parameters
    ----------
    header : str
        The whole DICOM JSON as text.
    charset : list of str
        Specific Character Set as the file states it.
    """
    unknown = [term for term in charset if term not in python_encoding]
    if unknown:
        findings.add(Finding.ODD_CHARSET, f"The character set {unknown[0][:40]!r} is not one of DICOM's.")
    if header.isascii():
        return
    if not any(charset):
        findings.add(Finding.ODD_CHARSET, "There are letters beyond ASCII, but no character set is stated.")
    elif "\ufffd" in header:
        findings.add(Finding.ODD_CHARSET, f"Some letters do not fit the stated character set {charset[0][:40]!r}.")


def look_at_places(values: dict[str, Any], frames: int, findings: Findings) -> None:
    """Say what an image lacks to be measured, or to be placed in the patient."""
    if not frames:
        return
    if text(values, "00080060") in _SLICES and "52009230" not in values and frames == 1:
        lacking = [
            name
            for tag, name, count in (("00200032", "position", 3), ("00200037", "orientation", 6))
            if len(numbers(values, tag)) != count
        ]
        if lacking:
            findings.add(Finding.NO_GEOMETRY, f"It has no {' and no '.join(lacking)} in the patient.")
    if all(first(values, tag) is None for tag in _SPACINGS):
        findings.add(Finding.NO_SPACING, "It has no pixel spacing: lengths can be measured in pixels alone.")
