"""Problems: a learning curve for every configuration, and the cost of a training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benches.python.peers.space import Space
from benches.quality.problem import Params


def unit_cost(params: Params) -> float:
    """The cost of a training if all trainings cost the same."""
    return 1.0


@dataclass(frozen=True, slots=True)
class Problem:
    """Trainings whose final value is minimized.

    Attributes
    ----------
    name, family, half : str
        The unique name; the family, whose scores are averaged first; ``"tuning"`` or ``"report"``.
    space : Space
    steps : int
        The number of steps of a full training; steps count from 1.
    curve : callable
        ``curve(params)`` returns the values of all steps without noise.
    optimum : float
        The smallest value of :meth:`final`.
    noise : float
        The standard deviation of the noise on every reported value.
    is_folds : bool
        Whether a step is a fold of a cross-validation, so that the mean over all folds counts.
    cost : callable
        Returns the cost of a full training; the mean over uniform configurations is 1.
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
        """Return the value of a full training without noise."""
        values = self.curve(params)
        return float(values.mean() if self.is_folds else values[-1])


@dataclass(frozen=True, slots=True)
class Task:
    """The part of a problem that a peer knows in advance."""

    space: Space
    steps: int
    is_folds: bool
    workers: int
