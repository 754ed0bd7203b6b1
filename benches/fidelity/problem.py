"""What a problem is: a curve for every configuration, and what a training costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benches.python.peers.space import Space
from benches.quality.problem import Params


def unit_cost(params: Params) -> float:
    """The cost of a training where all cost the same."""
    return 1.0


@dataclass(frozen=True, slots=True)
class Problem:
    """Trainings to be minimized.

    Attributes
    ----------
    name, family, half : str
        Unique name; the family whose scores are averaged first; ``"tuning"`` or ``"report"``.
    space : Space
    steps : int
        Of a full training; they count from 1.
    curve : callable
        ``curve(params)``: the values without noise, one for every step.
    optimum : float
        The least of what :meth:`final` gives.
    noise : float
        Standard deviation of what is added to every value that is shown.
    is_folds : bool
        Whether a step is a fold of a cross-validation, and what counts the mean over all of them.
    cost : callable
        Of a full training; 1 on average over uniform configurations.
    """

    name: str
    family: str
    half: str
    space: Space
    steps: int
    curve: Callable[[Params], np.ndarray]
    optimum: float
    noise: float = 0.0
    is_folds: bool = False
    cost: Callable[[Params], float] = unit_cost

    def final(self, params: Params) -> float:
        """What a full training is worth, without noise."""
        values = self.curve(params)
        return float(values.mean() if self.is_folds else values[-1])


@dataclass(frozen=True, slots=True)
class Task:
    """All that a peer is told of a problem beforehand."""

    space: Space
    steps: int
    is_folds: bool
    workers: int
