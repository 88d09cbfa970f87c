"""All cases on CuPy against NumPy; without CUDA on a NumPy that refuses what CuPy refuses."""

import importlib
import sys

import numpy as np
import pytest

from tests.gpu import strict
from tests.gpu.cases import CASES, SMALL
from tests.gpu.compare import TOLERANCE, apart


def cuda():
    """Return CuPy, or skip."""
    cupy = pytest.importorskip("cupy", reason="CuPy is not installed")
    if not cupy.cuda.is_available():
        pytest.skip("there is no CUDA device")
    return cupy


@pytest.fixture(params=["strict", pytest.param("cupy", marks=pytest.mark.gpu)])
def device(request, monkeypatch):
    """Return CuPy, or what stands for it."""
    if request.param == "cupy":
        return cuda()
    for name, module in strict.modules().items():
        monkeypatch.setitem(sys.modules, name, module)
    return importlib.import_module("cupy")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_same_answer_on_the_device(device, case):
    arrays = case.make(SMALL)
    expected = case.run(*(one.copy() for one in arrays))
    found = case.run(*(device.asarray(one) for one in arrays))
    worst, where = apart(expected, found)
    assert worst <= (case.share or TOLERANCE), f"{where} differs by {worst:.2g} of its range"


def test_the_comparison_can_fail():
    assert apart(np.array([0.0, 1.0]), np.array([0.0, 1.001]))[0] == pytest.approx(1e-3)
    assert apart((1, 2), (1, 3)) == (1.0, "[1]")
    assert apart({"a": np.nan}, {"a": 0.0})[0] == np.inf


def test_what_is_strict_refuses_the_host(monkeypatch):
    for name, module in strict.modules().items():
        monkeypatch.setitem(sys.modules, name, module)
    array = importlib.import_module("cupy").asarray([1.0, 2.0])
    for wrong in (
        lambda: np.asarray(array),
        lambda: array + np.ones(2),
        lambda: np.sqrt(array),
        lambda: np.sort(array),
    ):
        with pytest.raises(TypeError):
            wrong()
