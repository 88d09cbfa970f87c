"""Click to mask on real images whose masks are known."""

import numpy as np
import pydicom
import pytest

from ai.engines.prompts import load_prompt_engine, segment_around
from ai.types import PromptLine
from tests.ai.imaging.clicking import dice_after_clicks, real_cases

LEAST = {
    "CT liver (5)": (0.8, 0.85),
    "CT spleen (1)": (0.0, 0.75),  # one click leaks into the stomach; negative clicks take it back
    "CT muscle, left (86)": (0.7, 0.8),
    "CT muscle, right (87)": (0.7, 0.8),
    "CT sarcoma": (0.8, 0.85),
    "MR breast lesion": (0.0, 0.6),
    "CT vertebra (29)": (0.0, 0.55),  # hangs together with its neighbours, and with ribs
    "MR brain tumour": (0.4, 0.5),  # a click on its dark part looks like brain
}
"""Dice after one and after five clicks, a little under what was found."""


@pytest.mark.parametrize("name", LEAST)
def test_clicks_on_real_images(shared_data, name):
    image, truth, spacing_mm = dict(real_cases(shared_data))[name]()
    scores = dice_after_clicks(image, truth, spacing_mm)
    first, last = LEAST[name]
    assert scores[0] >= first
    assert scores[-1] >= last


def test_one_click_on_an_organ_does_not_take_the_body(shared_data):
    """A whole CT of 51 slices of 5 mm, of which air and fat are the most part; what an organ may hold, in mL."""
    files = [pydicom.dcmread(path) for path in (shared_data / "ct" / "CRLM-CT-1006").iterdir()]
    files.sort(key=lambda file: file.ImagePositionPatient[2])
    image = np.stack([file.pixel_array * float(file.RescaleSlope) + float(file.RescaleIntercept) for file in files])
    image, spacing_mm = image.astype(np.float32), (5.0, 0.804688, 0.804688)
    for place, least, most in (((25, 272, 268), 20, 60), ((25, 270, 400), 150, 350), ((25, 250, 150), 1000, 1700)):
        mask, _ = segment_around(
            load_prompt_engine(),
            lambda region: image[tuple(slice(a, b) for a, b in zip(*region, strict=True))],
            image.shape,
            spacing_mm,
            [PromptLine((place,))],
        )
        assert least < mask.sum() * np.prod(spacing_mm) / 1000 < most, place
