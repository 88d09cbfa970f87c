"""The examples in the docstrings of metrics and selection are true."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

import ai.metrics
import ai.selection

MODULES = sorted(
    [
        "ai.training.ensemble",
        *(
            found.name
            for package in (ai.metrics, ai.selection)
            for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        ),
    ]
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_are_true(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


HELPERS = {
    "as_kernel", "as_labels", "as_mask", "as_masks", "as_table", "as_full_table", "as_choice", "analytic",
    "average_covariances", "bounding_box", "boxed", "check_expectation", "check_level", "check_spacing", "check_stack",
    "checked_members", "compare", "counts", "distances_between", "jackknife_estimate", "join", "mean_of", "moments",
    "negligible", "pilot_of", "pooled", "score_case", "simulate", "surface_codes", "surface_of", "take_farthest",
    "values_of", "wafroc_kernel", "whole_case", "with_columns",
}  # fmt: skip
"""Functions whose use another one's example shows, or that an example cannot show in a few lines."""


def test_every_other_function_has_an_example():
    without = set()
    for name in MODULES:
        module = importlib.import_module(name)
        for own, found in vars(module).items():
            if inspect.isfunction(found) and found.__module__ == name and not own.startswith("_"):
                assert found.__doc__, f"{name}.{own} says nothing"
                if ">>>" not in found.__doc__:
                    without.add(own)
    # train_ensemble trains; its example would take minutes
    assert without - {"train_ensemble"} == HELPERS
