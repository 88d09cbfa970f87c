"""Read a research volume of any supported form, and decide what it is."""

import warnings
from dataclasses import dataclass, field
from typing import IO, BinaryIO

import numpy as np

from studies.errors import SetAsideError
from studies.research.geometry import Slices, slices_of
from studies.research.labels import looks_like_labels
from studies.research.metaimage import read_metaimage
from studies.research.naming import Named, named
from studies.research.nifti import read_nifti
from studies.research.nrrd import read_nrrd
from studies.research.source import ResearchVolume, refuse
from studies.research.stored import Seen, look
from studies.types import Finding, SetAsideReason

AIR_HU = -900
"""A volume of whole numbers that goes down to air in Hounsfield units is taken as CT."""


@dataclass(slots=True)
class Choices:
    """What is known beside the file: by the person who brings it, or by nnU-Net's dataset.json.

    Attributes
    ----------
    modality : str
        "CT", "MR", "PT", "US" or "".
    modality_said_by : str
        Who said so, for the finding; "" for the person.
    labels : bool or None
        Whether it is a label map; None: look.
    names : dict
        Label value → name.
    instead_of : str
        The series that was made of the same file before and that the person is not content with.
    """

    modality: str = ""
    modality_said_by: str = ""
    labels: bool | None = None
    names: dict[int, str] = field(default_factory=dict)
    instead_of: str = ""

    @property
    def stamp(self) -> str:
        """What tells a series made by a person's choice from the first one; empty without one."""
        return f"{self.modality} {self.labels}" if self.instead_of else ""


@dataclass(slots=True)
class ReadVolume:
    """A research volume that was read and understood.

    Attributes
    ----------
    volume, slices, seen, name
        Voxels and place; where its slices lie; its range; what its path says.
    is_label : bool
    modality : str
        Of an image; "OT" where nothing says what made it.
    """

    volume: ResearchVolume
    slices: Slices
    seen: Seen
    name: Named
    is_label: bool
    modality: str
    findings: list[dict[str, str]]


def read_research_volume(
    path: str, stream: BinaryIO, size: int, *, into: IO[bytes], choices: Choices | None = None
) -> ReadVolume:
    """Read a NIfTI, NRRD or MetaImage file; its voxels lie in `into` (see studies.research.source.scratch).

    Raises
    ------
    SetAsideError
        It cannot be taken in, with the reason. Nothing else is raised, whatever the bytes are.
    """
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd headers are the library's to warn of; what matters is said here
            return _read(path, stream, size, into, choices or Choices())
    except SetAsideError:
        raise
    except Exception as error:  # a hostile file may make parsers raise anything
        said = " ".join(str(error).split())[:200]
        detail = f"The file is damaged ({type(error).__name__}: {said})."
        raise SetAsideError(SetAsideReason.UNREADABLE, detail) from error


def _read(path: str, stream: BinaryIO, size: int, into: IO[bytes], choices: Choices) -> ReadVolume:
    volume = _volume(path, stream, size, into)
    slices = slices_of(volume)
    seen, name = look(volume), named(path)
    findings = [_finding(Finding.ASSUMED_GEOMETRY, note) for note in volume.notes]
    why = looks_like_labels(volume, seen, name)
    is_label = bool(why) if choices.labels is None else choices.labels
    if is_label:
        if not seen.whole or seen.strange or seen.smallest < 0 or seen.largest > 65_535 or volume.shape[3] > 1:
            raise refuse("Label maps hold whole numbers from 0 to 65,535, at one time; this one does not.")
        if choices.labels is None:
            findings.append(_finding(Finding.TREATED_AS_LABELS, f"It was taken as a label map because {why}."))
        return ReadVolume(volume, slices, seen, name, True, "SEG", findings)
    modality, how = _modality(volume, seen, name, choices)
    if how:
        findings.append(_finding(Finding.ASSUMED_MODALITY, how))
    return ReadVolume(volume, slices, seen, name, False, modality, findings)


def _volume(path: str, stream: BinaryIO, size: int, into: IO[bytes]) -> ResearchVolume:
    stream.seek(0)
    start = stream.read(16)
    lower = path.lower()
    if start.startswith(b"NRRD000") or lower.endswith((".nrrd", ".nhdr")):
        return read_nrrd(stream, size, into)
    if lower.endswith((".mha", ".mhd")):
        return read_metaimage(stream, size, into)
    return read_nifti(stream, size, into)


def _modality(volume: ResearchVolume, seen: Seen, name: Named, choices: Choices) -> tuple[str, str]:
    """Return the modality of an image, and how it was found where the person did not say it."""
    if choices.modality:
        by = choices.modality_said_by
        return choices.modality, f"Treated as {choices.modality} because {by} says so." if by else ""
    if name.modality:
        return name.modality, f"Treated as {name.modality} because the file's name says so."
    smallest = min(seen.smallest * volume.slope, seen.largest * volume.slope) + volume.intercept
    if seen.whole and smallest <= AIR_HU:
        return "CT", f"Treated as CT because its values go down to {smallest:g}."
    return "OT", "Nothing says what made the images; they are kept as OT (other)."


def _finding(code: Finding, detail: str) -> dict[str, str]:
    return {"code": str(code), "detail": detail}
