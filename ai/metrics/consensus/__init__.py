"""One mask out of several readers' masks. NumPy or CuPy: masks stay where they are.

All rules work voxel by voxel and on disputed voxels only: where all readers agree, their common value stands. So the
answer does not depend on how much background surrounds the marks.
"""

from ai.metrics.consensus.staple import EVEN, Staple, StapleLabels, staple, staple_labels, staple_soft
from ai.metrics.consensus.voting import disputed, majority, weighted_vote

__all__ = [
    "EVEN",
    "Staple",
    "StapleLabels",
    "disputed",
    "majority",
    "staple",
    "staple_labels",
    "staple_soft",
    "weighted_vote",
]
