"""Which volumes of a case a model can read."""

from collections.abc import Mapping
from typing import Any

from annotations.assist.errors import NoVolumeError
from annotations.reading.models import Case
from studies.models import Volume

MODALITIES = {"CT": "CT", "MR": "MR", "MRI": "MR", "PT": "PT", "PET": "PT"}
"""What bundles write → DICOM modality; other words say nothing that we could hold a series against."""


def wanted_modality(metadata: Mapping[str, Any]) -> str:
    """Return the DICOM modality that a bundle's metadata asks for, or an empty text."""
    found: Any = metadata
    for step in ("network_data_format", "inputs", "image"):
        found = found.get(step) if isinstance(found, Mapping) else None
    word = found.get("modality") if isinstance(found, Mapping) else None
    return MODALITIES.get(str(word).strip().upper(), "")


def regular_volumes(case: Case, *, modality: str = "") -> list[Volume]:
    """Return the volumes of a case that form a regular grid, in order of series and index.

    Parameters
    ----------
    modality : str
        Only those of this DICOM modality, when given.

    Raises
    ------
    NoVolumeError
        There is none; the message says why.
    """
    rows = (
        Volume.objects.filter(series__cases=case)
        .select_related("series")
        .order_by("series__number", "series__series_uid", "index")
    )
    volumes = list(rows)
    regular = [volume for volume in volumes if volume.geometry]
    if not regular:
        reasons = sorted({str(reason) for volume in volumes for reason in volume.reasons})
        raise NoVolumeError(
            f"No series of case {case.number} forms a regular volume"
            + (f" ({', '.join(reasons)})." if reasons else "."),
            fields={"reasons": reasons},
        )
    fitting = [volume for volume in regular if not modality or volume.series.modality == modality]
    if not fitting:
        there = sorted({volume.series.modality for volume in regular})
        raise NoVolumeError(
            f"The model reads {modality}, and case {case.number} has {', '.join(there)} alone.",
            code="modality",
            fields={"wanted": modality, "there": there},
        )
    return fitting
