"""Masks as bytes, and volumes as frames."""

import tracemalloc
import zlib
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from annotations.marks.errors import MaskShapeError
from annotations.marks.frames import decode_labels, encode_labels, stack_frames, values_in, volume_delta
from annotations.marks.types import FrameKey, FrameLabels

planes = npst.arrays(np.uint8, npst.array_shapes(min_dims=2, max_dims=2, max_side=12))
volumes = npst.arrays(np.uint8, npst.array_shapes(min_dims=3, max_dims=3, max_side=6), elements=st.integers(0, 3))


@given(labels=planes)
def test_what_is_encoded_is_decoded(labels):
    back = decode_labels(encode_labels(labels), rows=labels.shape[0], columns=labels.shape[1])
    np.testing.assert_array_equal(back, labels)


@given(labels=planes)
def test_values_are_those_present_without_zero(labels):
    assert values_in(labels) == set(np.unique(labels).tolist()) - {0}


def test_an_empty_mask_is_empty_bytes():
    assert encode_labels(np.zeros((3, 4), dtype=np.uint8)) == b""
    assert not decode_labels(b"", rows=3, columns=4).any()


@pytest.mark.parametrize("labels", [np.zeros((2, 2), dtype=np.int64), np.zeros(4, dtype=np.uint8)])
def test_other_arrays_are_refused(labels):
    with pytest.raises(MaskShapeError):
        encode_labels(labels)


@pytest.mark.parametrize(
    "data",
    [
        zlib.compress(bytes(11)),
        zlib.compress(bytes(13)),
        zlib.compress(bytes(12)) + b"tail",
        zlib.compress(bytes(12))[:-3],
        b"not zlib at all",
        bytes(5000),
    ],
    ids=["short", "long", "tail", "cut", "garbage", "more bytes than it can need"],
)
def test_wrong_bytes_are_refused(data):
    with pytest.raises(MaskShapeError):
        decode_labels(data, rows=3, columns=4)


def test_a_bomb_is_not_inflated():
    """64 MiB of zeros hide in 64 KiB: no more memory is touched than the frame has voxels."""
    bomb = zlib.compress(bytes(64 << 20), 9)
    tracemalloc.start()
    try:
        with pytest.raises(MaskShapeError):
            decode_labels(bomb, rows=256, columns=256)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 1 << 20


def _volume(labels):
    return SimpleNamespace(frames=[[f"1.{k}", 1] for k in range(len(labels))])


def _order(labels):
    return [(f"1.{k}", 1) for k in range(len(labels))]


@given(labels=volumes)
def test_a_volume_comes_back_from_its_frames(labels):
    frames = volume_delta(labels=labels, volume=_volume(labels))
    assert {frame.key.sop_instance_uid for frame in frames} == {f"1.{k}" for k in range(len(labels)) if labels[k].any()}
    np.testing.assert_array_equal(stack_frames(frames, order=_order(labels), shape=labels.shape[1:]), labels)


@given(data=st.data(), before=volumes)
def test_with_a_previous_state_exactly_the_changed_frames_are_sent(data, before):
    after = data.draw(npst.arrays(np.uint8, before.shape, elements=st.integers(0, 3)))
    frames = volume_delta(labels=after, volume=_volume(after), previous=before)
    changed = {f"1.{k}" for k in range(len(after)) if (after[k] != before[k]).any()}
    assert {frame.key.sop_instance_uid for frame in frames} == changed
    held = {frame.key: frame for frame in volume_delta(labels=before, volume=_volume(before))}
    held |= {frame.key: frame for frame in frames}
    np.testing.assert_array_equal(stack_frames(held.values(), order=_order(after), shape=after.shape[1:]), after)


def test_the_higher_layer_shows():
    low, high = np.full((2, 2), 1, dtype=np.uint8), np.array([[0, 2], [0, 0]], dtype=np.uint8)
    frames = [
        FrameLabels(FrameKey("1.0", 1, 1), 2, 2, encode_labels(high)),
        FrameLabels(FrameKey("1.0", 1, 0), 2, 2, encode_labels(low)),
    ]
    np.testing.assert_array_equal(stack_frames(frames, order=[("1.0", 1)], shape=(2, 2))[0], [[1, 2], [1, 1]])


def test_shapes_that_do_not_match_are_refused():
    labels = np.ones((2, 3, 3), dtype=np.uint8)
    with pytest.raises(MaskShapeError):
        volume_delta(labels=labels, volume=SimpleNamespace(frames=[["1.0", 1]]))
    with pytest.raises(MaskShapeError):
        volume_delta(labels=labels, volume=_volume(labels), previous=labels[:, :2])
    with pytest.raises(MaskShapeError):
        stack_frames([FrameLabels(FrameKey("1.0"), 3, 3, encode_labels(labels[0]))], order=[("1.0", 1)], shape=(2, 2))
