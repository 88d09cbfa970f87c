"""Bring an image or labels from one grid onto another through patient space. Works on NumPy and CuPy arrays."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ai import arrays
from ai.errors import RequestError
from ai.types import Geometry


def index_map(source: Geometry, target: Geometry) -> NDArray[np.float64]:
    """Return the 4x4 matrix that turns an index (k, j, i, 1) of the target into the source's fractional index."""
    return np.asarray(np.linalg.solve(source.affine_lps, target.affine_lps), dtype=np.float64)


def resample_image(image: Any, source: Geometry, target: Geometry, fill: float = 0.0) -> Any:
    """Return the image (K, J, I) on the target grid by trilinear interpolation, same library and dtype.

    Beyond the outermost voxel centres the image fades into ``fill`` over one voxel.

    Raises
    ------
    RequestError
        The array does not have the source's shape.
    """
    return _resample(image, source, target, order=1, fill=fill)


def resample_labels(labels: Any, source: Geometry, target: Geometry) -> Any:
    """Return label values (K, J, I) on the target grid by nearest neighbour: no new value can appear.

    A voxel reaches half its size around its centre; outside of all voxels is 0.

    Raises
    ------
    RequestError
        The array does not have the source's shape.
    """
    return _resample(labels, source, target, order=0, fill=0)


def _resample(array: Any, source: Geometry, target: Geometry, *, order: int, fill: float) -> Any:
    if array.shape != source.shape_kji:
        raise RequestError(f"The array has shape {array.shape}, its grid {source.shape_kji}.")
    xp, ndimage = arrays.namespace(array), arrays.ndimage(array)
    if source.is_close(target):
        return array.copy()
    matrix = index_map(source, target)
    return ndimage.affine_transform(
        array,
        xp.asarray(matrix[:3, :3]),
        offset=xp.asarray(matrix[:3, 3]),
        output_shape=target.shape_kji,
        order=order,
        mode="grid-constant",  # "constant" would drop the border where rounding puts it a hair outside
        cval=fill,
        prefilter=False,
    )
