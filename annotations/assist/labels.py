"""From a model's labels to a project's. Pure functions."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from annotations.assist.errors import NoLabelMapError
from common.errors import InvalidError


def match_by_name(bundle_labels: Mapping[str, str], project_labels: Mapping[int, str]) -> dict[str, int]:
    """Return bundle label value → project label value for labels of equal name, whatever their capitals.

    Parameters
    ----------
    bundle_labels : mapping
        Label value as text → name, as the bundle's metadata says ({"1": "liver"}).
    project_labels : mapping
        Label value → name, as the protocol says.
    """
    by_name = {_plain(name): value for value, name in project_labels.items()}
    return {value: by_name[_plain(name)] for value, name in bundle_labels.items() if _plain(name) in by_name}


def _plain(name: str) -> str:
    return " ".join(name.replace("_", " ").casefold().split())


def checked_label_map(
    *, asked: Mapping[str, int] | None, bundle_labels: Mapping[str, str], project_labels: Mapping[int, str]
) -> dict[str, int]:
    """Return the label map to use: the one asked for, checked, or that of equal names.

    Raises
    ------
    InvalidError
        A label that the bundle or the project does not have.
    NoLabelMapError
        Nothing maps.
    """
    if asked is None:
        found = match_by_name(bundle_labels, project_labels)
    else:
        unknown = sorted(set(asked) - set(bundle_labels))
        foreign = sorted(set(asked.values()) - set(project_labels))
        if unknown or foreign:
            raise InvalidError(
                "The label map names labels that do not exist.",
                code="unknown_label",
                fields={"bundle_labels": unknown, "project_labels": foreign},
            )
        found = dict(asked)
    if not found:
        raise NoLabelMapError(
            f"None of the model's labels ({_names(bundle_labels)}) has the name of a label of the project "
            f"({_names(project_labels)}). Say which is which in label_map.",
            fields={"bundle_labels": dict(bundle_labels), "project_labels": dict(project_labels)},
        )
    return found


def _names(labels: Mapping[Any, str]) -> str:
    return ", ".join(labels.values()) or "none"


def relabel(labels: NDArray[np.uint8], label_map: Mapping[str, int]) -> NDArray[np.uint8]:
    """Return `labels` (uint8, any shape) with the model's values turned into the project's; unmapped ones become 0."""
    table = np.zeros(256, dtype=np.uint8)
    for source, target in label_map.items():
        table[int(source)] = target
    return table[labels]
