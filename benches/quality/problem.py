"""The definition of a problem."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from benches.python.peers.space import Space

Params = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Observation:
    """The result of one evaluation.

    ``told`` is the value that the optimizer gets (``None``: the trial failed). ``true`` is the value it is judged by:
    the value without noise, infinity for a failure.
    """

    told: float | None
    true: float


@dataclass(frozen=True, slots=True)
class Problem:
    """A function to be minimized.

    Attributes
    ----------
    name, family : str
        The unique name, and the family, whose scores are averaged first.
    space : Space
    budget : int
        The number of trials of a full run.
    evaluate : callable
        ``evaluate(params, rng)``; ``rng`` is used for noise only.
    optimum : float
        The best value known in advance; the report takes the best of this value and of all runs.
    """

    name: str
    family: str
    space: Space
    budget: int
    evaluate: Callable[[Params, np.random.Generator], Observation]
    optimum: float = np.inf

    @property
    def is_noisy(self) -> bool:
        """Whether told values differ from true values."""
        return self.family == "noisy"


def exact(function: Callable[[Params], float | None]) -> Callable[[Params, np.random.Generator], Observation]:
    """Return an evaluation without noise; ``None`` or a ``ValueError`` (a diverged training) is a failure."""

    def evaluate(params: Params, rng: np.random.Generator) -> Observation:
        try:
            value = function(params)
        except ValueError:
            value = None
        return Observation(value, np.inf if value is None else value)

    return evaluate


def noisy(function: Callable[[Params], float], std: float) -> Callable[[Params, np.random.Generator], Observation]:
    """Return an evaluation with additive normal noise of standard deviation ``std``."""

    def evaluate(params: Params, rng: np.random.Generator) -> Observation:
        value = function(params)
        return Observation(value + std * float(rng.standard_normal()), value)

    return evaluate


def vector(space: Space) -> Callable[[Params], np.ndarray]:
    """Return the numeric parameters of a flat space as an array, in order."""
    names = [p.name for p in space if p.kind != "categorical"]
    return lambda params: np.array([params[name] for name in names], dtype=float)
