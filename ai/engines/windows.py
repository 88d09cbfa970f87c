"""Progress of a sliding window: how many there are, and a network that counts them as they go by."""

import math
from collections.abc import Callable, Sequence
from typing import Any


def window_count(image_size: Sequence[int], roi_size: Sequence[int], overlap: Sequence[float] | float) -> int:
    """Return how many windows MONAI's sliding window lays over an image, one number per dimension.

    A window steps by its size times (1 - overlap), and the last one ends at the border; an image smaller than the
    window is padded to it. A window size below 1 stands for the whole image.
    """
    overlaps = [overlap] * len(image_size) if isinstance(overlap, (int, float)) else list(overlap)
    count = 1
    for size, wanted, share in zip(image_size, roi_size, overlaps, strict=True):
        roi = wanted if wanted > 0 else size
        padded = max(size, roi)
        step = roi if roi == padded else max(1, int(roi * (1 - share)))
        count *= math.ceil((padded - roi) / step) + 1
    return count


def counted_network(
    network: Callable[..., Any], inferer: Any, image_size: tuple[int, ...], report: Callable[[float], None]
) -> Callable[..., Any]:
    """Return the network with progress: ``report`` gets the share of windows done after each call.

    What ``report`` raises ends the inference. Where the inferer is no sliding window the share is told once, at 1.
    """
    roi = getattr(inferer, "roi_size", None)
    total = 1
    if roi is not None:
        sizes = [roi] * len(image_size) if isinstance(roi, int) else list(roi)
        total = window_count(image_size, sizes, inferer.overlap) if len(sizes) == len(image_size) else 1
    done = 0

    def counted(windows: Any, *args: Any, **kwargs: Any) -> Any:
        nonlocal done
        result = network(windows, *args, **kwargs)
        done += int(windows.shape[0])
        report(min(1.0, done / total))
        return result

    return counted
