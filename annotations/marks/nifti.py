"""Label maps as NIfTI-1 files with the names of their labels inside."""

import gzip
from collections.abc import Sequence
from typing import Any

import nibabel
import numpy.typing as npt

from ai.types import Geometry
from annotations.marks.frames import Labels
from annotations.marks.models import Label

LABEL_TABLE = 30
"""NIfTI extension code of Caret, whose Connectome Workbench reads and writes tables of labels."""
GZIP_LEVEL = 4


def nifti_image(array_kji: npt.NDArray[Any], geometry: Geometry) -> Any:
    """Return an array of shape (K, J, I) as NIfTI-1 in (I, J, K), RAS millimetres, sform and qform as scanner's."""
    nifti: Any = nibabel.Nifti1Image  # nibabel is not typed
    image = nifti(array_kji.T, None)
    affine = geometry.nifti_affine()
    image.set_sform(affine, code=1)
    image.set_qform(affine, code=1)
    image.header.set_xyzt_units("mm")
    return image


def write_label_map(labels: Labels, geometry: Geometry, names: Sequence[Label]) -> bytes:
    """Return labels (K, J, I) as .nii.gz with a table of names; equal labels always give the same bytes."""
    image = nifti_image(labels, geometry)
    extension: Any = nibabel.nifti1.Nifti1Extension(LABEL_TABLE, _table(names))
    image.header.extensions.append(extension)
    return gzip.compress(image.to_bytes(), GZIP_LEVEL, mtime=0)


def _table(names: Sequence[Label]) -> bytes:
    rows = "".join(_row(label) for label in names)
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    text = f'{head}<CaretExtension><VolumeInformation Index="0"><LabelTable>{rows}</LabelTable></VolumeInformation>'
    return (text + "</CaretExtension>").encode()


def _row(label: Label) -> str:
    red, green, blue = (int(label.colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    name = label.name.replace("]", ")").replace("<", "(")
    colours = f'Red="{red:.4f}" Green="{green:.4f}" Blue="{blue:.4f}" Alpha="1"'
    return f'<Label Key="{label.value}" {colours}><![CDATA[{name}]]></Label>'
