"""Problems: a learning curve for every configuration, and the cost of a training."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from benches.python.peers.space import Space
from benches.quality.problem import Params

#: Sizes of trainings of their own; the last one is a full training.
SIZES = (1, 3, 9, 27)


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
    is_retrained : bool
        Whether every step is a training of its own, such as one on a part of the data. Steps are then :data:`SIZES`,
        and one costs as much as the share of its size in a full training. Otherwise all steps cost the same.
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
    is_retrained: bool = False

    def retrained(self) -> Problem:
        """Return the same problem with a few trainings of growing size in place of one training by steps."""
        indices = [max(1, round(self.steps * size / SIZES[-1])) - 1 for size in SIZES]
        return replace(
            self, name=f"{self.name}-sizes", half=f"{self.half}-sizes", steps=SIZES[-1], is_retrained=True,
            curve=lambda params: self.curve(params)[indices],
        )  # fmt: skip

    @property
    def reported(self) -> tuple[int, ...]:
        """The steps that are reported."""
        return SIZES if self.is_retrained else tuple(range(1, self.steps + 1))

    def step_costs(self, params: Params) -> np.ndarray:
        """Return the cost of each reported step."""
        shares = np.array(SIZES) if self.is_retrained else np.ones(self.steps)
        return self.cost(params) * shares / self.steps

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
