import numpy as np
import pytest

from ai.errors import RequestError
from ai.imaging.phantoms import LESION, LOW_DOSE_STYLE, ORGAN, PORTAL_STYLE, make_phantom
from ai.types import Geometry


def test_a_seed_names_a_phantom():
    one, same, other = make_phantom(7), make_phantom(7), make_phantom(8)
    np.testing.assert_array_equal(one.image, same.image)
    np.testing.assert_array_equal(one.labels, same.labels)
    assert (one.labels != other.labels).any()
    assert one.image.dtype == np.float32
    assert one.labels.dtype == np.uint8


@pytest.mark.parametrize("seed", range(12))
def test_lesions_lie_inside_the_organ_and_have_their_exact_volume(seed):
    phantom = make_phantom(seed, shape_kji=(72, 96, 96), spacing_mm=(2.0, 1.5, 1.5))
    voxels = int((phantom.labels == LESION).sum())
    exact_ml = sum(lesion.volume_ml for lesion in phantom.lesions)
    assert voxels * phantom.geometry.voxel_volume_ml == pytest.approx(exact_ml, rel=0.06)
    # each lesion is wrapped in organ: growing it by a voxel meets organ only
    from scipy import ndimage

    rim = ndimage.binary_dilation(phantom.labels == LESION) & (phantom.labels != LESION)
    assert (phantom.labels[rim] == ORGAN).all()


def test_style_decides_contrast_and_noise():
    for style in (PORTAL_STYLE, LOW_DOSE_STYLE):
        phantom = make_phantom(3, style=style)
        from scipy import ndimage

        core = ndimage.binary_erosion(phantom.labels == ORGAN, iterations=3)
        organ_hu = phantom.image[core]
        assert abs(organ_hu.mean() - style.organ_hu) < style.organ_spread_hu + 1
        assert organ_hu.std() == pytest.approx(style.noise_hu, rel=0.1)
        lesion = phantom.image[phantom.labels == LESION].mean()
        assert lesion < organ_hu.mean() - 0.4 * abs(style.lesion_contrast_hu)


def test_the_same_anatomy_on_an_oblique_grid():
    straight = make_phantom(5)
    angle = np.deg2rad(15.0)
    turn = np.eye(4)
    turn[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    oblique = make_phantom(5, geometry=Geometry(straight.geometry.shape_kji, turn @ straight.geometry.affine_lps))
    # the organ is cut at the same places in the patient: its volume agrees
    volumes = [int((p.labels > 0).sum()) for p in (straight, oblique)]
    assert volumes[0] == pytest.approx(volumes[1], rel=0.01)


def test_a_phantom_needs_room():
    with pytest.raises(RequestError):
        make_phantom(0, shape_kji=(8, 96, 96))
