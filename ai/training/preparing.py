"""From cases to tensors, by the same MONAI transforms that a packed bundle names in its config."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from monai.data import MetaTensor
from monai.transforms import (
    ClassesToIndicesd,
    Compose,
    Orientationd,
    RandCropByLabelClassesd,
    RandGaussianNoised,
    RandScaleIntensityd,
    RandShiftIntensityd,
    ScaleIntensityRanged,
    Spacingd,
    SpatialPadd,
)

from ai.training.settings import TrainingSettings
from ai.types import TrainingCase

_RAS = (("L", "R"), ("P", "A"), ("I", "S"))


def case_tensors(case: TrainingCase) -> dict[str, MetaTensor]:
    """Return image and label of a case as MetaTensors (1, I, J, K) with their RAS affine."""
    affine = torch.as_tensor(case.geometry.nifti_affine())
    arrays = {"image": case.image, "label": case.labels.astype(np.float32)}
    return {
        name: MetaTensor(torch.as_tensor(np.ascontiguousarray(array.transpose(2, 1, 0))[None]), affine=affine)
        for name, array in arrays.items()
    }


def spatial_transforms(settings: TrainingSettings) -> list[Any]:
    """Return what brings a case onto the network's grid and values into the window."""
    low, high = settings.window_hu
    return [
        Orientationd(keys=["image", "label"], axcodes="RAS", labels=_RAS),
        Spacingd(keys=["image", "label"], pixdim=settings.spacing_mm[::-1], mode=("bilinear", "nearest")),
        ScaleIntensityRanged(keys="image", a_min=low, a_max=high, b_min=0.0, b_max=1.0, clip=True),
    ]


def prepare(cases: Sequence[TrainingCase], settings: TrainingSettings, classes: int) -> list[dict[str, Any]]:
    """Return prepared cases with the indices of each class, for sampling. Holds all of them in memory (float32)."""
    prepared = Compose(
        [
            *spatial_transforms(settings),
            SpatialPadd(keys=["image", "label"], spatial_size=settings.patch_kji[::-1]),
            ClassesToIndicesd(keys="label", num_classes=classes),
        ]
    )
    return [prepared(case_tensors(case)) for case in cases]


def patch_sampler(settings: TrainingSettings, classes: int) -> Compose:
    """Return the random transform that cuts one augmented patch; seed it with ``set_random_state``."""
    background = 1.0 - settings.foreground_share
    ratios = [background] + [settings.foreground_share / max(1, classes - 1)] * (classes - 1)
    jitter = settings.intensity_jitter
    return Compose(
        [
            RandCropByLabelClassesd(
                keys=["image", "label"],
                label_key="label",
                indices_key="label_cls_indices",
                spatial_size=settings.patch_kji[::-1],
                ratios=ratios,
                num_classes=classes,
                num_samples=1,
                warn=False,
            ),
            RandScaleIntensityd(keys="image", factors=jitter, prob=0.5 if jitter else 0.0),
            RandShiftIntensityd(keys="image", offsets=jitter, prob=0.5 if jitter else 0.0),
            RandGaussianNoised(keys="image", std=jitter / 2.0, prob=0.25 if jitter else 0.0),
        ]
    )
