"""NumPy in the disguise of CuPy, for machines without CUDA: it refuses what CuPy refuses.

An array of it is never turned into one of NumPy without being asked (``.get()``), and no function of it takes one of
NumPy. So a test with it finds host functions that were called with device arrays and the other way round. It does not
know which functions CuPy lacks.
"""

import importlib
import operator
import types
from typing import Any

import numpy as np

NUMPY_TYPES = (np.dtype, type)


class StrictArray:
    """An array that stays on its device."""

    __array_priority__ = 100

    def __init__(self, held: np.ndarray) -> None:
        self._held = held

    def get(self) -> np.ndarray:
        """Return a copy on the host."""
        return self._held.copy()

    def __array__(self, *_: Any, **__: Any) -> np.ndarray:
        raise TypeError("Implicit conversion to a NumPy array is not allowed.")

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        if ufunc.__name__ in {"add", "multiply", "subtract", "true_divide", "divide", "power"} and method == "__call__":
            return _wrapped(ufunc(*_bare(inputs), **_bare(options)))  # a NumPy scalar on the left of an operator
        raise TypeError(f"numpy.{ufunc.__name__} was called with an array of the device.")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _lifted(getattr(self._held, name))

    def __getitem__(self, place: Any) -> Any:
        return _wrapped(np.asarray(self._held[_bare(place)]))

    def __setitem__(self, place: Any, value: Any) -> None:
        self._held[_bare(place)] = _bare(value)

    def __iter__(self) -> Any:
        return (_wrapped(np.asarray(one)) for one in self._held)

    def __len__(self) -> int:
        return len(self._held)

    def __bool__(self) -> bool:
        return bool(self._held)

    def __int__(self) -> int:
        return int(self._held)

    def __float__(self) -> float:
        return float(self._held)

    __hash__ = None  # type: ignore[assignment]


def _operator(name: str) -> Any:
    work = getattr(operator, name.strip("_"), None) or getattr(operator, f"{name.strip('_')}_")

    def forward(self: StrictArray, *others: Any) -> Any:
        return _wrapped(np.asarray(work(self._held, *_bare(others))))

    def backward(self: StrictArray, other: Any) -> Any:
        return _wrapped(np.asarray(work(_bare(other), self._held)))

    def inplace(self: StrictArray, other: Any) -> Any:
        self._held = np.asarray(getattr(operator, f"i{work.__name__.rstrip('_')}")(self._held, _bare(other)))
        return self

    return forward, backward, inplace


for _name in (
    "add",
    "sub",
    "mul",
    "truediv",
    "floordiv",
    "mod",
    "pow",
    "matmul",
    "and",
    "or",
    "xor",
    "lshift",
    "rshift",
):
    _forward, _backward, _inplace = _operator(_name)
    setattr(StrictArray, f"__{_name}__", _forward)
    setattr(StrictArray, f"__r{_name}__", _backward)
    setattr(StrictArray, f"__i{_name}__", _inplace)
for _name in ("lt", "le", "eq", "ne", "gt", "ge", "neg", "invert", "abs"):
    setattr(StrictArray, f"__{_name}__", _operator(_name)[0])
StrictArray.__module__ = "cupy"


def _bare(value: Any) -> Any:
    """Return what NumPy can work with; arrays of NumPy itself are refused, as CuPy does."""
    if isinstance(value, StrictArray):
        return value._held
    if isinstance(value, np.ndarray):
        raise TypeError("An array of the host was handed to the device.")
    if isinstance(value, (list, tuple)):
        return type(value)(_bare(one) for one in value)
    if isinstance(value, dict):
        return {key: _bare(one) for key, one in value.items()}
    return value


def _wrapped(value: Any) -> Any:
    if isinstance(value, (np.ndarray, np.generic)):
        return StrictArray(np.asarray(value))
    if isinstance(value, tuple):
        return tuple(_wrapped(one) for one in value)
    return value


def _lifted(found: Any) -> Any:
    """Return a function of NumPy or SciPy as one of the device; constants and types as they are."""
    if isinstance(found, type) and found.__name__ == "KDTree":
        return lambda data: _Tree(found, data)
    if isinstance(found, NUMPY_TYPES) or not callable(found):
        return _wrapped(found) if isinstance(found, np.ndarray) else found
    return lambda *arguments, **options: _wrapped(found(*_bare(arguments), **_bare(options)))


class _Tree:
    def __init__(self, kind: type, data: Any) -> None:
        self._tree = kind(_bare(data))

    def query(self, points: Any) -> Any:
        return _wrapped(self._tree.query(_bare(points)))


class _Module(types.ModuleType):
    def __init__(self, name: str, source: str) -> None:
        super().__init__(name)
        self._source = importlib.import_module(source)

    def __getattr__(self, name: str) -> Any:
        if name == "asarray":
            return lambda value, **options: StrictArray(
                np.asarray(value._held if isinstance(value, StrictArray) else value, **options)
            )
        return _lifted(getattr(self._source, name))


def modules() -> dict[str, types.ModuleType]:
    """Return what stands for CuPy in ``sys.modules``."""
    return {
        "cupy": _Module("cupy", "numpy"),
        "cupyx.scipy.ndimage": _Module("cupyx.scipy.ndimage", "scipy.ndimage"),
        "cupyx.scipy.spatial": _Module("cupyx.scipy.spatial", "scipy.spatial"),
    }
