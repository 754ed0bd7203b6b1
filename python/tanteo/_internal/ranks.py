"""Ranks of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def mean_ranks(column: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return the rank of each value, from 0; equal values have the mean of their ranks."""
    import numpy as np

    _, place, counts = np.unique(column, return_inverse=True, return_counts=True)
    ranks: npt.NDArray[np.float64] = (np.cumsum(counts) - (counts + 1) / 2)[place]
    return ranks
