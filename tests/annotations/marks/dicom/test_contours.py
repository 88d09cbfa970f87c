"""Outlines filled by two programs give the very mask."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage
from skimage.draw import polygon2mask

from annotations.marks.dicom.contours import outlines
from studies.derived.raster import filled


@st.composite
def masks(draw):
    """Return masks of all sizes up to 9 × 9 and all densities."""
    rows, columns, share = draw(st.integers(1, 9)), draw(st.integers(1, 9)), draw(st.floats(0.05, 1.0))
    return np.random.default_rng(draw(st.integers(0, 2**32 - 1))).random((rows, columns)) < share


@given(masks())
def test_filling_an_outline_gives_the_mask_again(mask):
    polygons = outlines(mask)
    np.testing.assert_array_equal(filled(polygons, *mask.shape), mask)
    other = np.zeros_like(mask)
    for polygon in polygons:
        alone = polygon2mask(mask.shape, polygon)
        assert not (other & alone).any()  # whoever joins contours instead of counting parity sees the same
        other |= alone
    np.testing.assert_array_equal(other, mask)


@given(masks())
def test_there_is_one_outline_per_connected_piece(mask):
    assert len(outlines(mask)) == ndimage.label(mask)[1]


def test_a_square_with_a_hole_is_one_keyhole():
    mask = np.ones((5, 5), dtype=bool)
    mask[2, 2] = False
    (polygon,) = outlines(mask)
    assert len(polygon) == 4 + 4 + 2  # the square, the hole, where the way begins and where it comes back
    assert polygon.min() == -0.5
    assert polygon.max() == 4.5


def test_nothing_has_no_outline():
    assert outlines(np.zeros((4, 4), dtype=bool)) == []
