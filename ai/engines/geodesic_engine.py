"""Click to mask by geodesic distance and grey values: no weights, NumPy on the CPU."""

import time

import numpy as np

from ai.imaging.prompt_region import box_on_grid, drawn
from ai.imaging.prompting import DEFAULT_SETTINGS, WARY_SETTINGS, segment_prompts
from ai.types import PromptRequest, PromptResult


class GeodesicEngine:
    """See `ai.imaging.prompting`: about 0.2 s of one core for 128³ voxels."""

    name = "geodesic"

    def segment(self, request: PromptRequest) -> PromptResult:
        """Return the mask.

        Raises
        ------
        RequestError
            The prompts contradict each other.
        """
        started = time.perf_counter()
        shape = request.image.shape
        whole = ((0, 0, 0), (shape[0], shape[1], shape[2]))
        box = None if request.box_kji is None else box_on_grid(request.box_kji, shape)
        mask = segment_prompts(
            np.ascontiguousarray(request.image),
            drawn(request.lines, whole, positive=True),
            drawn(request.lines, whole, positive=False),
            request.spacing_mm,
            None if box is None else tuple(zip(*box, strict=True)),
            WARY_SETTINGS if request.wary else DEFAULT_SETTINGS,
        )
        return PromptResult(mask, time.perf_counter() - started)
