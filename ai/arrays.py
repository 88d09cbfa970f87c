"""Which array library an array belongs to: the one file that knows CuPy.

Operators take their namespace from their arguments (``xp = namespace(image)``) and answer in the same library on the
same device. Nothing here imports CuPy before a CuPy array is seen.
"""

import importlib
from types import ModuleType
from typing import Any

import numpy as np

from ai.errors import ArrayMixError


def _library(array: object) -> str:
    if isinstance(array, np.ndarray):
        return "numpy"
    return type(array).__module__.partition(".")[0]


def namespace(*arrays: Any) -> ModuleType:
    """Return the module whose functions work on these arrays: NumPy, CuPy, or what the Array API standard names.

    Raises
    ------
    ArrayMixError
        The arrays (at least one) are of several libraries, or one is no array. It is a TypeError.
    """
    libraries = {_library(array) for array in arrays}
    if len(libraries) != 1:
        raise ArrayMixError(f"All arrays must be of one library, not of {sorted(libraries) or 'none'}.")
    library = libraries.pop()
    if library in {"numpy", "cupy"}:
        return importlib.import_module(library)
    if hasattr(arrays[0], "__array_namespace__"):
        found: ModuleType = arrays[0].__array_namespace__()
        return found
    raise ArrayMixError(f"{type(arrays[0]).__name__} is no array.")


def ndimage(*arrays: Any) -> ModuleType:
    """Return ``scipy.ndimage`` or its CuPy twin for these arrays.

    Raises
    ------
    ArrayMixError
        The arrays are mixed, or of a library that has no such module.
    """
    library = namespace(*arrays).__name__
    if library == "numpy":
        return importlib.import_module("scipy.ndimage")
    if library == "cupy":
        return importlib.import_module("cupyx.scipy.ndimage")
    raise ArrayMixError(f"There are no image filters for arrays of {library}.")


def spatial(*arrays: Any) -> ModuleType:
    """Return ``scipy.spatial`` or its CuPy twin for these arrays.

    Raises
    ------
    ArrayMixError
        The arrays are mixed, or of a library that has no such module.
    """
    library = namespace(*arrays).__name__
    if library == "numpy":
        return importlib.import_module("scipy.spatial")
    if library == "cupy":
        return importlib.import_module("cupyx.scipy.spatial")
    raise ArrayMixError(f"There is no search among points for arrays of {library}.")


def to_numpy(array: Any) -> np.ndarray[Any, Any]:
    """Return the array on the host; a copy is made only where it lives on a device."""
    if _library(array) == "cupy":
        host: np.ndarray[Any, Any] = array.get()
        return host
    return np.asarray(array)
