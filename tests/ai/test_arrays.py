import numpy as np
import pytest
from array_api_strict import asarray as strict_array

from ai import arrays
from ai.errors import ArrayMixError


def test_namespace_comes_from_the_arrays():
    assert arrays.namespace(np.zeros(2), np.ones(3)) is np
    assert arrays.namespace(strict_array([1.0])).__name__ == "array_api_strict"


def test_mixing_libraries_is_a_type_error():
    with pytest.raises(TypeError):
        arrays.namespace(np.zeros(2), strict_array([1.0]))
    with pytest.raises(ArrayMixError):
        arrays.namespace()
    with pytest.raises(ArrayMixError):
        arrays.namespace([1, 2])


def test_filters_exist_for_numpy_alone_on_the_host():
    assert arrays.ndimage(np.zeros(2)).__name__ == "scipy.ndimage"
    with pytest.raises(ArrayMixError):
        arrays.ndimage(strict_array([1.0]))


def test_to_numpy_does_not_copy_what_is_on_the_host():
    array = np.zeros(3)
    assert arrays.to_numpy(array) is array


@pytest.mark.gpu
def test_cupy_arrays_are_known():
    cupy = pytest.importorskip("cupy", reason="CuPy is not installed")
    if not cupy.cuda.is_available():
        pytest.skip("there is no CUDA device")
    array = cupy.arange(3)
    assert arrays.namespace(array) is cupy
    np.testing.assert_array_equal(arrays.to_numpy(array), [0, 1, 2])
    with pytest.raises(TypeError):
        arrays.namespace(array, np.zeros(3))
