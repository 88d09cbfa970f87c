"""A reader who clicks: first into the middle of the object, then into the middle of the largest mistake."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from scipy import ndimage

from ai.engines.prompts import load_prompt_engine, segment_around
from ai.types import PromptLine

Spacing = tuple[float, float, float]


def dice(one: np.ndarray, other: np.ndarray) -> float:
    """Return the Dice coefficient of two masks."""
    return float(2.0 * (one & other).sum() / max(1, one.sum() + other.sum()))


def middle(mask: np.ndarray, spacing_mm: Spacing) -> tuple[int, int, int]:
    """Return the voxel deepest inside the mask."""
    depth = ndimage.distance_transform_edt(np.pad(mask, 1), sampling=spacing_mm)[1:-1, 1:-1, 1:-1]
    return tuple(int(n) for n in np.unravel_index(depth.argmax(), depth.shape))


def largest_part(mask: np.ndarray) -> np.ndarray:
    """Return the largest part of a mask."""
    labels, count = ndimage.label(mask)
    return labels == 1 + np.bincount(labels.ravel())[1:].argmax() if count else mask


def dice_after_clicks(image: np.ndarray, truth: np.ndarray, spacing_mm: Spacing, clicks: int = 5) -> list[float]:
    """Return Dice after each of so many clicks."""
    engine = load_prompt_engine()
    lines, scores, known = [PromptLine((middle(truth, spacing_mm),))], [], {}
    for _ in range(clicks):
        part, (low, high) = segment_around(
            engine,
            lambda region: image[tuple(slice(a, b) for a, b in zip(*region, strict=True))],
            image.shape,
            spacing_mm,
            lines,
            known=known,
        )
        mask = np.zeros(image.shape, dtype=bool)
        mask[tuple(slice(a, b) for a, b in zip(low, high, strict=True))] = part
        scores.append(dice(mask, truth))
        missed, wrong = largest_part(truth & ~mask), largest_part(mask & ~truth)
        positive = bool(missed.sum() >= wrong.sum())
        lines.append(PromptLine((middle(missed if positive else wrong, spacing_mm),), positive))
    return scores


def real_cases(data: Path) -> Iterator[tuple[str, Callable[[], tuple[np.ndarray, np.ndarray, Spacing]]]]:
    """Yield name and loader of real images with a known mask: organs, muscles, vertebrae, tumours of three kinds."""
    body = data / "image_label" / "TotalSegmentator_ct"
    for name, label in (("liver", 5), ("spleen", 1), ("muscle, left", 86), ("muscle, right", 87)):
        yield (
            f"CT {name} ({label})",
            lambda label=label: _nifti(body / "example_ct_sm.nii.gz", body / "example_seg.nii.gz", label),
        )
    sarcoma = data / "petct" / "STS_002" / "nifti"
    yield "CT sarcoma", lambda: _nifti(sarcoma / "CT_image.nii.gz", sarcoma / "CT_mask.nii.gz", None)
    for label in (27, 29):
        spine = body / "spine" / "totalseg.nii.gz"
        yield (
            f"CT vertebra ({label})",
            lambda label=label, spine=spine: _nifti(body / "example_ct.nii.gz", spine, label),
        )
    yield "MR brain tumour", lambda: _nrrd(data / "image_label" / "pyradiomics", "brain1")
    yield "MR breast lesion", lambda: _nrrd(data / "image_label" / "pyradiomics", "breast1")


def _nifti(image: Path, mask: Path, label: int | None) -> tuple[np.ndarray, np.ndarray, Spacing]:
    import nibabel

    volume, labels = nibabel.load(image), np.asarray(nibabel.load(mask).dataobj).T
    i, j, k = (float(step) for step in volume.header.get_zooms()[:3])
    values = np.ascontiguousarray(np.asarray(volume.dataobj).T.astype(np.float32))
    return values, labels > 0 if label is None else labels == label, (k, j, i)


def _nrrd(folder: Path, name: str) -> tuple[np.ndarray, np.ndarray, Spacing]:
    import SimpleITK as sitk  # noqa: N813 - its usual name

    image = sitk.ReadImage(str(folder / f"{name}_image.nrrd"))
    mask = sitk.GetArrayFromImage(sitk.ReadImage(str(folder / f"{name}_label.nrrd"))) > 0
    return sitk.GetArrayFromImage(image).astype(np.float32), mask, tuple(image.GetSpacing()[::-1])
