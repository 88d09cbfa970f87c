"""A frame as an 8-bit picture for people: window, crop, scale, PNG or JPEG."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studies.dicomfile.metadata import first, numbers, text
from studies.errors import PixelsError
from studies.models import Instance
from studies.pixels import Samples, decode_frame, header_of, looked_up_values, rescale_of, rescaled, stored_file
from studies.real_values import units_of

Picture = NDArray[np.uint8]
SAMPLED = 200_000


@dataclass(frozen=True, slots=True)
class Window:
    """A VOI window in real values (HU for CT): centre, width; linear, linear-exact or sigmoid (PS3.3 C.11.2)."""

    centre: float
    width: float
    function: str = "linear"

    def apply(self, values: NDArray[np.float32]) -> Picture:
        """Return grey values 0 to 255 of the same shape."""
        with np.errstate(over="ignore", invalid="ignore"):  # damaged files hold values and windows beyond float32
            if self.function == "sigmoid":
                grey = 255.0 / (1.0 + np.exp(np.clip(-4.0 * (values - self.centre) / self.width, -80, 80)))
            elif self.function == "linear-exact":
                grey = ((values - self.centre) / self.width + 0.5) * 255.0
            else:
                grey = ((values - (self.centre - 0.5)) / max(self.width - 1.0, 1e-6) + 0.5) * 255.0
            return np.asarray(np.clip(np.rint(np.nan_to_num(grey)), 0, 255), dtype=np.uint8)


SOFT_TISSUE = Window(40.0, 400.0)


@dataclass(frozen=True, slots=True)
class Viewport:
    """Largest width and height of the picture, and the part of the frame shown: left, top, width, height in pixels."""

    width: int
    height: int
    source: tuple[float, float, float, float] | None = None


def picture_of(
    instance: Instance, frame_number: int, *, window: Window | None = None, coarse_pixels: int = 0
) -> Picture:
    """Return a frame as grey (rows, columns) or RGB (rows, columns, 3) of uint8.

    Without a window: the one in the header, else its VOI lookup table, else soft tissue for CT in HU, else the middle
    98 % of the values. MONOCHROME1 is turned, palettes are applied, YCbCr becomes RGB.

    Parameters
    ----------
    coarse_pixels : int
        For small pictures: take every n-th pixel, so that neither side falls below this. 0: take all.

    Raises
    ------
    PixelsError
        The frame cannot be decoded.
    """
    header = header_of(instance)
    photometric = text(header, "00280004")
    with stored_file(instance) as file:
        samples = decode_frame(instance, frame_number, file=file, raw=False, header=header)
    if coarse_pixels:
        step = max(min(samples.shape[:2]) // coarse_pixels, 1)
        samples = samples[::step, ::step]
    if photometric == "PALETTE COLOR":
        return _palette(samples, header)
    if samples.ndim == 3:
        return _eight_bits(samples, instance, header)
    grey = _grey_of_samples(samples, header, frame_number, window)
    inverse = photometric == "MONOCHROME1" or text(header, "20500020") == "INVERSE"
    return np.asarray(255 - grey) if inverse else grey


def grey_of(
    values: NDArray[np.float32], header: dict[str, Any], frame_number: int, *, window: Window | None = None
) -> Picture:
    """Return real values (any shape) as grey 0 to 255, by the first of: window, header, VOI table, preset, values."""
    return _shade_of(lambda: values, header, frame_number, window)(values)


def _grey_of_samples(samples: Samples, header: dict[str, Any], frame_number: int, window: Window | None) -> Picture:
    """Return stored values as grey; of up to 16 bits each value that occurs is worked out once (ten times faster)."""
    if samples.dtype.kind not in "iu" or samples.dtype.itemsize > 2 or samples.size < 1 << 14:
        return grey_of(rescaled(samples, header, frame_number), header, frame_number, window=window)

    def some() -> NDArray[np.float32]:
        flat = samples.reshape(-1)
        return rescaled(flat[:: max(flat.size // SAMPLED, 1)], header, frame_number)

    shade = _shade_of(some, header, frame_number, window)
    places = np.dtype(f"u{samples.dtype.itemsize}")
    steps = np.arange(int(samples.min()), int(samples.max()) + 1).astype(samples.dtype)
    table = np.zeros(256**places.itemsize, dtype=np.uint8)
    table[steps.view(places)] = shade(rescaled(steps, header, frame_number))
    return table.take(samples.view(places), mode="clip")  # "clip" spares a check; no place lies outside


def _shade_of(
    some: Callable[[], NDArray[np.float32]], header: dict[str, Any], frame_number: int, window: Window | None
) -> Callable[[NDArray[np.float32]], Picture]:
    """Return what turns real values into grey; `some` of them are looked at where nothing else says."""
    found = window or _window_in(header, frame_number)
    if found is not None:
        return found.apply
    table = first(header, "00283010")
    if isinstance(table, dict) and looked_up_values(np.zeros(1, np.float32), table) is not None:
        bits = numbers(table, "00283002")[2]
        whole = Window((2.0**bits - 1) / 2, 2.0**bits - 1, "linear-exact")
        return lambda real: whole.apply(cast("NDArray[np.float32]", looked_up_values(real, table)))
    if text(header, "00080060") == "CT" and units_of(header) == "HU":
        return SOFT_TISSUE.apply
    values = some()
    padding = numbers(header, "00280120")
    if padding:
        slope, intercept = rescale_of(header, frame_number)
        values = values[values != padding[0] * slope + intercept]
    return _window_from(values).apply


def encode(picture: Picture, *, media_type: str, viewport: Viewport | None = None, quality: int = 90) -> bytes:
    """Return the picture as PNG or JPEG (`image/png`, `image/jpeg`), cropped and scaled into the viewport."""
    image = Image.fromarray(picture)
    if viewport is not None:
        if viewport.source is not None:
            left, top, width, height = viewport.source
            image = image.crop((round(left), round(top), round(left + width), round(top + height)))
        scale = min(viewport.width / image.width, viewport.height / image.height)
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        image = image.resize(size, Image.Resampling.BILINEAR)
    out = io.BytesIO()
    if media_type == "image/png":
        image.save(out, "PNG")
    else:
        image.save(out, "JPEG", quality=quality)
    return out.getvalue()


def _window_in(header: dict[str, Any], frame_number: int) -> Window | None:
    per_frame = header.get("52009230", {}).get("Value") or []
    layers = [per_frame[frame_number - 1]] if len(per_frame) >= frame_number else []
    layers.append(first(header, "52009229") or {})
    for spot in [*(first(layer, "00289132") or {} for layer in layers), header]:
        centre, width = numbers(spot, "00281050"), numbers(spot, "00281051")
        if centre and width and width[0] >= 1:
            function = {"SIGMOID": "sigmoid", "LINEAR_EXACT": "linear-exact"}.get(text(spot, "00281056"), "linear")
            return Window(centre[0], width[0], function)
    return None


def _window_from(values: NDArray[np.float32]) -> Window:
    """Return a window over the middle 98 % of the values, looked at in at most SAMPLED places."""
    flat = values.ravel()
    flat = flat[:: max(flat.size // SAMPLED, 1)]
    finite = flat[np.isfinite(flat)]
    if finite.size == 0:
        return Window(0.0, 1.0, "linear-exact")
    low, high = (float(value) for value in np.percentile(finite, (1, 99)))
    if high <= low:
        low, high = float(finite.min()), float(finite.max())
    return Window((low + high) / 2, max(high - low, 1e-6), "linear-exact")


def _eight_bits(samples: NDArray[Any], instance: Instance, header: dict[str, Any]) -> Picture:
    if samples.dtype == np.uint8:
        return samples[..., :3]
    bits = int((numbers(header, "00280101") or [float(instance.bits_allocated)])[0])
    return (samples[..., :3].astype(np.float64) * (255.0 / (2.0**bits - 1))).clip(0, 255).astype(np.uint8)


def _palette(samples: NDArray[Any], header: dict[str, Any]) -> Picture:
    """Return RGB by the palette's three tables (PS3.3 C.7.6.3.1.5), by way of pydicom."""
    from pydicom.dataset import Dataset
    from pydicom.pixels import apply_color_lut

    tags = [tag for tag in header if tag.startswith(("002811", "002812"))]
    try:
        table = Dataset.from_json({tag: header[tag] for tag in tags})
        colours = apply_color_lut(samples, table)
    except Exception as error:  # a damaged palette may break in any way
        raise PixelsError("The palette of this image is damaged.") from error
    if colours.dtype == np.uint8:
        return np.asarray(colours)
    depth = numbers(header, "00281101")
    top = 2.0 ** (depth[2] if len(depth) == 3 else 16) - 1
    return np.asarray(colours.astype(np.float64) * (255.0 / top), dtype=np.uint8)
