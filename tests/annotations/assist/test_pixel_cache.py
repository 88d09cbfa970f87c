"""Frames for prompts from real files that form no volume: X-ray, colour ultrasound, palette."""

import io

import numpy as np
import pytest

from annotations.assist.pixel_cache import FrameCache, read_frames
from studies.models import Volume
from studies.services import close_import, open_import, store_file

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("projection/CR-MONO1-10-chest", (440, 440)),
        ("multiframe_colour/examples_ybr_color.dcm", (240, 320)),
        ("multiframe_colour/examples_palette.dcm", (350, 800)),
        ("multiframe_colour/examples_rgb_color.dcm", (240, 320)),
    ],
)
def test_every_kind_of_frame_is_one_plane_of_numbers(administrator, shared_data, name, shape):
    batch = open_import(actor=administrator, source="test")
    store_file(batch=batch, path=name, file=io.BytesIO((shared_data / name).read_bytes()))
    close_import(actor=administrator, batch=batch)
    volume = Volume.objects.first()
    assert volume is not None
    cache = FrameCache()
    places = [(str(uid), int(number)) for uid, number in volume.frames[-2:]]
    frames = read_frames(volume, places, cache=cache)
    assert [frame.shape for frame in frames] == [shape] * len(places)
    assert all(frame.dtype == np.float32 and np.isfinite(frame).all() and frame.std() > 0 for frame in frames)
    assert cache.size_bytes == sum(frame.nbytes for frame in frames)
    again = read_frames(volume, places, cache=cache)
    assert all(one is other for one, other in zip(frames, again, strict=True))
