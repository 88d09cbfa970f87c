"""Simulated studies of known truth: Roe and Metz, Acad Radiol 4(4), 1997."""

import numpy as np


def study(rng, *, readers=5, negatives=50, positives=50, mean=1.5, gain=0.0, reader=0.0055, test_reader=0.0055):
    """Return scores (2, R, N) and truth: components of readers as given, of cases .3, .3, .2 and .2 (structure HL).

    `gain` moves the positives of the second test.
    """
    n = negatives + positives
    truth = np.arange(n) >= negatives
    scores = mean * truth + np.zeros((2, readers, n))
    scores[1] += gain * truth
    for kind in (truth, ~truth):
        scores += kind * rng.normal(0, reader**0.5, (1, readers, 1)) + kind * rng.normal(
            0, test_reader**0.5, (2, readers, 1)
        )
    for variance, shape in ((0.3, (1, 1, n)), (0.3, (2, 1, n)), (0.2, (1, readers, n)), (0.2, (2, readers, n))):
        scores += rng.normal(0, variance**0.5, shape)
    return scores, truth
