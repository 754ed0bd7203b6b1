"""What the problems are made of: hollows in a plain, and the softened lowest of several."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benches.python.peers.space import Space
from benches.quality.problem import Params, Problem, exact

TRIALS = 100
# Differences below this are smoothed where two basins meet.
SOFTNESS = 0.02
# How far below the false basins a value must be to count as one of the right basin: softened values are a little lower.
MARGIN = 0.01


@dataclass(frozen=True, slots=True)
class Basins:
    """A problem with a right basin, whose lowest value is 0, and false ones.

    ``right`` is the best configuration, and ``false_floor`` the lowest value outside the right basin.
    """

    name: str
    space: Space
    value: Callable[[Params], float]
    right: Params
    false_floor: float

    @property
    def problem(self) -> Problem:
        """The problem of 100 trials."""
        return Problem(self.name, self.name.rpartition("-")[0], self.space, TRIALS, exact(self.value), optimum=0.0)

    def is_right(self, value: float) -> bool:
        """Whether only the right basin has values as low as this one."""
        return value < self.false_floor - MARGIN


def lowest(*heights: float) -> float:
    """Return the lowest height, softened: smooth where two are equal."""
    return float(-SOFTNESS * np.logaddexp.reduce(-np.array(heights) / SOFTNESS))


def hollow(z: np.ndarray, centre: np.ndarray | list[float], width: float) -> float:
    """Return an inverted Gaussian: 0 at the centre and nearly 1 beyond two and a half widths."""
    distance = np.sum((z - np.array(centre)) ** 2)
    return float(1.0 - np.exp(-0.5 * distance / width**2))


def slope(z: np.ndarray, corner: np.ndarray | list[float]) -> float:
    """Return the mean square of the distances from a corner: 0 there and 1 at the opposite one."""
    return float(np.mean((z - np.array(corner)) ** 2))
