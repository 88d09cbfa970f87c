"""One row of figures per candidate region, out of maps of doubt."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from enum import StrEnum
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from ai.arrays import namespace, to_numpy
from ai.errors import RequestError
from ai.selection.disagreement import vote_entropy
from ai.selection.regions import Region
from ai.selection.uncertainty import checked_members, class_entropy, mutual_information, predictive_entropy

Table = npt.NDArray[np.float64]
TOP_SHARE = 0.05


class Aggregation(StrEnum):
    """How a region's voxels become one figure."""

    MEAN = "mean"
    """Over all voxels, as the sources of the strategies do with patches."""
    TOP = "top"
    """Over the `TOP_SHARE` with the highest values: for whole cases, whose mean tells how large a structure is."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Regions that may be read next, with the figures that strategies choose by; what is not known is None.

    Parameters
    ----------
    regions : tuple of Region, length N
        Any number, also none.
    entropy, mutual_information, disagreement : ndarray of float64, shape (N,)
        See `ai.selection.uncertainty` and `ai.selection.disagreement`; at least 0.
    class_entropy : ndarray of float64, shape (N, C)
        Column 0 is background.
    class_share : ndarray of float64, shape (N, C)
        Share of voxels that the model gives each class, 0 to 1.
    embedding : ndarray of float64, shape (N, D)

    Raises
    ------
    RequestError
        A column has another length, a value that is not finite, or (all but embeddings) a negative one.
    """

    regions: tuple[Region, ...]
    entropy: Table | None = None
    mutual_information: Table | None = None
    disagreement: Table | None = None
    class_entropy: Table | None = None
    class_share: Table | None = None
    embedding: Table | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "regions", tuple(self.regions))
        for name, axes in COLUMNS.items():
            value = getattr(self, name)
            if value is None:
                continue
            column = np.asarray(to_numpy(value), dtype=np.float64)
            if column.ndim != axes or len(column) != len(self.regions):
                raise RequestError(f"{name} of shape {column.shape} does not fit {len(self.regions)} candidates.")
            wrong = ~np.isfinite(column) | ((column < 0) & (name != "embedding"))
            if wrong.any():
                case = self.regions[int(np.argwhere(wrong)[0][0])].case
                raise RequestError(f"{name} of a candidate of case {case} is missing, infinite or negative.")
            object.__setattr__(self, name, column)

    def __len__(self) -> int:
        return len(self.regions)

    def column(self, name: str) -> Table:
        """Return a column.

        Raises
        ------
        RequestError
            It is not known for these candidates.
        """
        found: Table | None = getattr(self, name)
        if found is None:
            raise RequestError(f"This strategy needs the {name.replace('_', ' ')} of each candidate.")
        return found


COLUMNS = {
    "entropy": 1,
    "mutual_information": 1,
    "disagreement": 1,
    "class_entropy": 2,
    "class_share": 2,
    "embedding": 2,
}


def join(parts: Sequence[Candidates]) -> Candidates:
    """Return the candidates of several cases as one pool, in their order.

    Columns that some part lacks are left out; so cases can be scored one at a time and only rows kept.

    Raises
    ------
    RequestError
        Parts speak of different numbers of classes or features.
    """
    filled = [part for part in parts if len(part)]
    columns: dict[str, Table] = {}
    for name in COLUMNS:
        found = [part.column(name) for part in filled if getattr(part, name) is not None]
        if filled and len(found) == len(filled):
            if len({one.shape[1:] for one in found}) > 1:
                raise RequestError(f"The {name.replace('_', ' ')} of cases is not of one width.")
            columns[name] = np.concatenate(found)
    return Candidates(tuple(region for part in filled for region in part.regions), **columns)


def with_columns(candidates: Candidates, **columns: Any) -> Candidates:
    """Return the candidates with further columns, or others in the place of what they have (see `Candidates`)."""
    unknown = set(columns) - {one.name for one in fields(Candidates)}
    if unknown:
        raise RequestError(f"Candidates have no {', '.join(sorted(unknown))}.")
    return replace(candidates, **columns)


def region_means(maps: Any, regions: Sequence[Region], *, aggregation: Aggregation = Aggregation.MEAN) -> Table:
    """Return one figure per region of each map, on the host.

    Parameters
    ----------
    maps : array of float, shape (F, …)
        Maps of the case that the regions are of, in NumPy or CuPy.
    regions : sequence of Region, length N
        Inside the maps.
    aggregation : Aggregation

    Returns
    -------
    ndarray of float64, shape (N, F)

    Raises
    ------
    RequestError
        A region is not inside the maps.

    Examples
    --------
    >>> import numpy as np
    >>> region_means(np.array([[0.0, 0.0, 1.0, 3.0]]), [Region("a", (0,), (4,)), Region("a", (2,), (2,))]).tolist()
    [[1.0], [2.0]]
    """
    xp = namespace(maps)
    found = [_means(xp, maps, region, aggregation) for region in regions]
    return to_numpy(xp.stack(found)).astype(np.float64) if found else np.zeros((0, maps.shape[0]))


def _means(xp: ModuleType, maps: Any, region: Region, aggregation: Aggregation) -> Any:
    shape = maps.shape[1:]
    if len(region.corner) != len(shape) or any(
        start + count > whole for start, count, whole in zip(region.corner, region.size, shape, strict=True)
    ):
        raise RequestError(f"The region at {region.corner} of case {region.case} is not inside a map of {shape}.")
    values = maps[(slice(None), *region.slices)].reshape(maps.shape[0], -1)
    if aggregation is Aggregation.TOP:
        rest = values.shape[1] - max(round(values.shape[1] * TOP_SHARE), 1)
        values = xp.partition(values, rest, axis=1)[:, rest:]
    return values.mean(axis=1, dtype=xp.float64)


def score_case(members: Any, regions: Sequence[Region], *, aggregation: Aggregation = Aggregation.MEAN) -> Candidates:
    """Return the figures of the regions of one case, from what the members of an ensemble say of it.

    Parameters
    ----------
    members : array of float, shape (M, C, …)
        Probabilities, class 0 is background. NumPy or CuPy.
    regions : sequence of Region
        Of this case.
    aggregation : Aggregation
        Of entropy, mutual information, disagreement and entropy of classes.

    Returns
    -------
    Candidates
        All but embeddings. Disagreement is the vote entropy of the members' labels; None for a single one.

    Raises
    ------
    RequestError
        As `checked_members` and `region_means`; or the regions are of several cases.

    Notes
    -----
    Memory: besides the members in float, two times C + 3 maps of the case.
    """
    if len({region.case for region in regions}) > 1:
        raise RequestError("Regions of one case are scored at a time.")
    p = checked_members(members)
    xp, classes = namespace(p), p.shape[1]
    maps = [predictive_entropy(p), mutual_information(p), *class_entropy(p)]
    if p.shape[0] > 1:
        maps.append(vote_entropy(p.argmax(axis=1)).astype(p.dtype))
    found = region_means(xp.stack(maps), regions, aggregation=aggregation)
    labels = p.mean(axis=0).argmax(axis=0)
    shares = region_means(xp.stack([(labels == value).astype(xp.float32) for value in range(classes)]), regions)
    return Candidates(
        tuple(regions),
        entropy=found[:, 0],
        mutual_information=found[:, 1],
        class_entropy=found[:, 2 : 2 + classes],
        disagreement=found[:, 2 + classes] if p.shape[0] > 1 else None,
        class_share=shares,
    )
